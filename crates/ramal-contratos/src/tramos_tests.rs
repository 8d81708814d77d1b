//! Tests of the fold from facts to segments. No storage here.

use ramal_base::Instante;

use super::*;

fn f(texto: &str) -> Fecha {
    Fecha::parse(texto).unwrap()
}

fn historia(hechos: Vec<(&str, Hecho)>) -> Vec<EventoServicio> {
    let evento = |(i, (desde, hecho)): (usize, (&str, Hecho))| EventoServicio {
        secuencia: u32::try_from(i).unwrap() + 1,
        desde: f(desde),
        registrado: Instante::from_millis(0),
        hecho,
    };
    hechos.into_iter().enumerate().map(evento).collect()
}

fn alta(precio: Centavos) -> Hecho {
    let ancla = Ancla::new(f("2026-11-01"), 1).unwrap();
    Hecho::Alta { producto: Uuid::nil(), precio, ancla }
}

fn precios(eventos: &[EventoServicio], politica: PoliticaTramos) -> Vec<(String, Centavos)> {
    let texto = |t: &Tramo| (t.periodo.desde.to_string(), t.precio);
    tramos(eventos, politica).iter().map(texto).collect()
}

fn filas(esperado: &[(&str, Centavos)]) -> Vec<(String, Centavos)> {
    esperado.iter().map(|(d, p)| (d.to_string(), *p)).collect()
}

#[test]
fn only_the_last_change_of_a_day_counts() {
    let cambio = |precio| Hecho::CambioPrecio { precio };
    let ida_y_vuelta = historia(vec![
        ("2026-11-01", alta(39900)),
        ("2026-11-10", cambio(54900)),
        ("2026-11-10", cambio(39900)),
    ]);
    let politica = PoliticaTramos::default();
    assert_eq!(precios(&ida_y_vuelta, politica), filas(&[("2026-11-01", 39900)]));
    let mut eventos = historia(vec![
        ("2026-11-01", alta(39900)),
        ("2026-11-10", cambio(54900)),
        ("2026-11-10", cambio(44900)),
    ]);
    let esperado = filas(&[("2026-11-01", 39900), ("2026-11-10", 44900)]);
    assert_eq!(precios(&eventos, politica), esperado);
    eventos.reverse();
    assert_eq!(precios(&eventos, politica), esperado, "order of reading must not matter");
}

#[test]
fn suspension_follows_the_policy_of_the_company() {
    let eventos = historia(vec![
        ("2026-11-01", alta(39900)),
        ("2026-11-16", Hecho::Suspension),
        ("2027-01-24", Hecho::Reactivacion),
    ]);
    let con = |suspension, tope_dias| precios(&eventos, PoliticaTramos { suspension, tope_dias });
    let no_cobrar = filas(&[("2026-11-01", 39900), ("2026-11-16", 0), ("2027-01-24", 39900)]);
    assert_eq!(con(SuspensionCobro::NoCobrar, None), no_cobrar);
    let hasta_fin = filas(&[
        ("2026-11-01", 39900),
        ("2026-11-16", 39900),
        ("2026-12-01", 0),
        ("2027-01-24", 39900),
    ]);
    assert_eq!(con(SuspensionCobro::CobrarHastaFinPeriodo, None), hasta_fin);
    assert_eq!(con(SuspensionCobro::Cobrar, Some(10)), hasta_fin);
    assert!(con(SuspensionCobro::Cobrar, None).iter().all(|(_, precio)| *precio == 39900));
    assert_eq!(con(SuspensionCobro::Cobrar, Some(30))[2], ("2027-01-01".to_owned(), 0));
}

#[test]
fn nothing_follows_a_cancellation_unless_it_is_taken_back() {
    let mut hechos = vec![("2026-11-01", alta(100)), ("2026-12-10", Hecho::Cancelacion)];
    let eventos = historia(hechos.clone());
    let lista = tramos(&eventos, PoliticaTramos::default());
    assert_eq!(lista.len(), 1);
    assert_eq!(lista[0].periodo, Periodo::new(f("2026-11-01"), f("2026-12-10")));
    assert_eq!(estado_en(&eventos, f("2026-12-09")), Some(EstadoServicio::Activo));
    assert_eq!(estado_en(&eventos, f("2026-12-10")), Some(EstadoServicio::Cancelado));
    assert_eq!(estado_en(&eventos, f("2026-10-31")), None);
    hechos.push(("2026-12-10", Hecho::Anulacion { secuencia: 2 }));
    let lista = tramos(&historia(hechos), PoliticaTramos::default());
    assert_eq!(lista[0].periodo.hasta, SIN_FIN);
}

#[test]
fn discounts_lower_the_price_until_their_day_and_never_below_zero() {
    let descuento = |etiqueta: &str, valor, hasta: Option<&str>| Hecho::Descuento {
        etiqueta: etiqueta.to_owned(),
        valor,
        hasta: hasta.map(f),
    };
    let eventos = historia(vec![
        ("2026-11-01", alta(40000)),
        ("2026-11-01", descuento("10", ValorDescuento::PuntosBase(1000), Some("2027-01-01"))),
        ("2026-12-01", descuento("todo", ValorDescuento::Importe(99999), Some("2026-12-15"))),
    ]);
    let esperado = filas(&[
        ("2026-11-01", 36000),
        ("2026-12-01", 0),
        ("2026-12-15", 36000),
        ("2027-01-01", 40000),
    ]);
    assert_eq!(precios(&eventos, PoliticaTramos::default()), esperado);
}

#[test]
fn a_fixed_term_ends_the_billing_and_a_pause_is_free() {
    let eventos = historia(vec![
        ("2026-11-01", alta(39900)),
        ("2026-11-05", Hecho::Pausa),
        ("2026-11-20", Hecho::FinPausa),
        ("2026-11-25", Hecho::Vigencia { hasta: Some(f("2027-02-01")) }),
    ]);
    let lista = tramos(&eventos, PoliticaTramos::default());
    assert_eq!(lista.iter().map(|t| t.precio).collect::<Vec<_>>(), [39900, 0, 39900]);
    assert_eq!(lista[1].motivo, Motivo::Pausado);
    assert_eq!(lista[2].periodo.hasta, f("2027-02-01"));
    let estado = |d| estado_en(&eventos, f(d)).unwrap();
    assert_eq!(estado("2026-11-06"), EstadoServicio::Suspendido);
    assert_eq!(estado("2027-01-31"), EstadoServicio::Activo);
    assert_eq!(estado("2027-02-01"), EstadoServicio::Vencido);
}

#[test]
fn a_service_without_changes_needs_no_facts_from_storage() {
    let (producto, precio, ancla) = (Uuid::nil(), 39900, Ancla::new(f("2026-11-01"), 1).unwrap());
    let eventos = historia(vec![("2026-11-20", alta(39900))]);
    let directa = LineaTiempo::sin_cambios(producto, precio, ancla, f("2026-11-20"));
    assert_eq!(linea_tiempo(&eventos, PoliticaTramos::default()), directa);
    assert_eq!(EstadoServicio::parse("vencido"), Some(EstadoServicio::Vencido));
    assert_eq!(EstadoServicio::parse("Vencido"), None);
}

#[test]
fn anchors_are_listed_once_per_change() {
    let quince = Ancla::new(f("2026-11-15"), 1).unwrap();
    let eventos = historia(vec![
        ("2026-11-01", alta(100)),
        ("2026-11-10", Hecho::CambioAncla { ancla: quince }),
        ("2026-11-12", Hecho::CambioPrecio { precio: 200 }),
    ]);
    let linea = linea_tiempo(&eventos, PoliticaTramos::default());
    assert_eq!(linea.anclas.len(), 2);
    assert_eq!(linea.anclas[1], AnclaVigente { desde: f("2026-11-10"), ancla: quince });
    assert_eq!(linea.tramos.len(), 2, "an anchor alone does not split the price");
}
