//! Vectors of facturacion.md 5.3 to 5.8 as tests. No property tests here; see `simulacion`.

use proptest::prelude::*;
use ramal_base::{Fecha, Instante};
use ramal_contratos::{
    Ancla, Centavos, EventoServicio, Hecho, Periodo, PoliticaAncla, PoliticaTramos,
    SuspensionCobro, linea_tiempo,
};
use uuid::Uuid;

use super::prorrateo::prorrata;
use super::*;

fn f(texto: &str) -> Fecha {
    Fecha::parse(texto).unwrap()
}

fn historia(hechos: Vec<(&str, Hecho)>) -> Vec<EventoServicio> {
    let evento = |(secuencia, (desde, hecho)): (u32, (&str, Hecho))| EventoServicio {
        secuencia,
        desde: f(desde),
        registrado: Instante::from_millis(0),
        hecho,
    };
    (1..).zip(hechos).map(evento).collect()
}

fn alta(precio: Centavos, ancla: Ancla) -> Hecho {
    Hecho::Alta { producto: Uuid::nil(), precio, ancla }
}

fn mensual(origen: &str) -> Ancla {
    Ancla::new(f(origen), 1).unwrap()
}

/// Service started on the day, billing day 1.
fn dia_uno(
    inicio: &str,
    precio: Centavos,
    resto: Vec<(&'static str, Hecho)>,
) -> ServicioFacturable {
    let ancla = PoliticaAncla::DiaFijo(1).ancla(f(inicio), 1).unwrap();
    let mut hechos = vec![(inicio, alta(precio, ancla))];
    hechos.extend(resto);
    facturable(&historia(hechos), None)
}

fn facturable(eventos: &[EventoServicio], desde: Option<&str>) -> ServicioFacturable {
    ServicioFacturable::new(linea_tiempo(eventos, PoliticaTramos::default()), desde.map(f))
}

fn reglas(prorrateo: Prorrateo, primer_periodo: PrimerPeriodo) -> Reglas {
    Reglas { prorrateo, primer_periodo, ..Reglas::default() }
}

fn montos(servicio: &ServicioFacturable, as_of: &str, reglas: &Reglas) -> Vec<(String, Centavos)> {
    let propuestos = pendientes(servicio, &[], Corte::new(f(as_of)), reglas).unwrap();
    propuestos.iter().map(|c| (c.periodo.desde.to_string(), c.monto)).collect()
}

fn filas(esperado: &[(&str, Centavos)]) -> Vec<(String, Centavos)> {
    esperado.iter().map(|(d, m)| (d.to_string(), *m)).collect()
}

fn publicar(propuestos: &[CargoPropuesto]) -> Vec<Publicado> {
    let publicado = |c: &CargoPropuesto| Publicado {
        periodo_desde: c.periodo.desde,
        clase: c.clase,
        suma: c.esperado,
        revisiones: c.revision + 1,
    };
    propuestos.iter().map(publicado).collect()
}

#[test]
fn a_partial_period_is_measured_against_the_whole_one() {
    let parte = |a, b, s, e, modo| {
        prorrata(39900, Periodo::new(f(a), f(b)), Periodo::new(f(s), f(e)), modo)
    };
    let enero = |modo| parte("2026-01-20", "2026-02-01", "2026-01-01", "2026-02-01", modo);
    assert_eq!(enero(Prorrateo::DiasReales), 15445);
    assert_eq!(enero(Prorrateo::Mes30), 14630);
    let febrero = |modo| parte("2027-02-10", "2027-03-01", "2027-02-01", "2027-03-01", modo);
    assert_eq!(febrero(Prorrateo::DiasReales), 27075);
    assert_eq!(febrero(Prorrateo::Mes30), 27930);
    assert_eq!(enero(Prorrateo::SinProrrateo), 39900);
}

#[test]
fn the_first_partial_period_follows_the_policy() {
    let servicio = dia_uno("2026-11-20", 39900, vec![]);
    let con = |primer, as_of| montos(&servicio, as_of, &reglas(Prorrateo::DiasReales, primer));
    let parcial = ("2026-11-20", 14630);
    let diciembre = ("2026-12-01", 39900);
    assert_eq!(con(PrimerPeriodo::Separado, "2026-11-20"), filas(&[parcial]));
    assert_eq!(con(PrimerPeriodo::ConSiguiente, "2026-11-20"), filas(&[parcial, diciembre]));
    assert_eq!(con(PrimerPeriodo::Diferido, "2026-11-30"), filas(&[]));
    assert_eq!(con(PrimerPeriodo::Diferido, "2026-12-01"), filas(&[parcial, diciembre]));
    assert_eq!(con(PrimerPeriodo::Gratis, "2026-12-01"), filas(&[diciembre]));
    assert!(con(PrimerPeriodo::Separado, "2026-11-19").is_empty());
}

#[test]
fn without_proration_the_first_day_of_the_period_decides() {
    let sin = reglas(Prorrateo::SinProrrateo, PrimerPeriodo::Separado);
    let cambio = ("2026-12-10", Hecho::CambioPrecio { precio: 54900 });
    let servicio = dia_uno("2026-11-20", 39900, vec![cambio, ("2027-02-10", Hecho::Cancelacion)]);
    let esperado = filas(&[
        ("2026-11-20", 39900),
        ("2026-12-01", 39900),
        ("2027-01-01", 54900),
        ("2027-02-01", 54900),
    ]);
    assert_eq!(montos(&servicio, "2027-04-01", &sin), esperado);
}

#[test]
fn a_suspension_frees_its_days_and_nothing_is_billed_back_on_return() {
    let corto = vec![("2026-11-16", Hecho::Suspension), ("2026-11-24", Hecho::Reactivacion)];
    let servicio = dia_uno("2026-11-01", 39900, corto);
    assert_eq!(
        montos(&servicio, "2026-11-30", &Reglas::default()),
        filas(&[("2026-11-01", 29260)])
    );
    let largo = vec![("2026-11-10", Hecho::Suspension), ("2027-01-18", Hecho::Reactivacion)];
    let servicio = dia_uno("2026-11-01", 39900, largo);
    let esperado = filas(&[("2026-11-01", 11970), ("2027-01-01", 18019)]);
    assert_eq!(montos(&servicio, "2027-01-31", &Reglas::default()), esperado);
}

#[test]
fn a_pause_of_half_a_month_costs_half() {
    let pausa = vec![("2026-11-06", Hecho::Pausa), ("2026-11-21", Hecho::FinPausa)];
    let servicio = dia_uno("2026-11-01", 39900, pausa);
    assert_eq!(
        montos(&servicio, "2026-11-30", &Reglas::default()),
        filas(&[("2026-11-01", 19950)])
    );
}

#[test]
fn a_suspension_of_a_billed_period_is_credited_by_difference() {
    let antes = dia_uno("2026-11-01", 39900, vec![]);
    let corte = Corte::new(f("2026-11-25"));
    let primera = pendientes(&antes, &[], corte, &Reglas::default()).unwrap();
    let publicado = publicar(&primera);
    assert!(pendientes(&antes, &publicado, corte, &Reglas::default()).unwrap().is_empty());
    let corto = vec![("2026-11-16", Hecho::Suspension), ("2026-11-24", Hecho::Reactivacion)];
    let despues = dia_uno("2026-11-01", 39900, corto);
    let abono = pendientes(&despues, &publicado, corte, &Reglas::default()).unwrap();
    assert_eq!((abono.len(), abono[0].monto, abono[0].revision), (1, -10640, 1));
    assert_eq!(abono[0].explicacion.iter().map(|p| p.importe).sum::<i64>(), 29260);
    assert_eq!(abono[0].explicacion.len(), 3);
}

#[test]
fn a_new_billing_day_bridges_without_billing_a_day_twice() {
    let quince = mensual("2026-11-15");
    let hechos = vec![
        ("2026-10-01", alta(30000, mensual("2026-10-01"))),
        ("2026-11-10", Hecho::CambioAncla { ancla: quince }),
    ];
    let servicio = facturable(&historia(hechos), None);
    let esperado = filas(&[
        ("2026-10-01", 30000),
        ("2026-11-01", 9000), // 9 of 30 days until the change
        ("2026-11-10", 4839), // 5 of the 31 days of 15 October to 15 November
        ("2026-11-15", 30000),
    ]);
    for prorrateo in [Prorrateo::DiasReales, Prorrateo::SinProrrateo] {
        let reglas = reglas(prorrateo, PrimerPeriodo::Gratis);
        assert_eq!(montos(&servicio, "2026-11-20", &reglas), esperado);
    }
    let dias: i32 = servicio.periodos().take(40).map(|p| p.cubierto.dias()).sum();
    let ultimo = servicio.periodos().nth(39).unwrap().cubierto.hasta;
    assert_eq!(dias, Periodo::new(f("2026-10-01"), ultimo).dias());
}

#[test]
fn monthly_to_yearly_closes_the_month_and_starts_the_year_on_the_day() {
    let hechos = vec![
        ("2026-10-01", alta(30000, mensual("2026-10-01"))),
        ("2026-11-10", Hecho::CambioAncla { ancla: Ancla::new(f("2026-11-10"), 12).unwrap() }),
        ("2026-11-10", Hecho::CambioPrecio { precio: 300_000 }),
    ];
    let servicio = facturable(&historia(hechos), None);
    let esperado = filas(&[("2026-10-01", 30000), ("2026-11-01", 9000), ("2026-11-10", 300_000)]);
    assert_eq!(montos(&servicio, "2027-11-09", &Reglas::default()), esperado);
    let siguiente = siguiente_revision(&servicio, f("2026-11-10"), &Reglas::default());
    assert_eq!(siguiente, Some(f("2027-11-10")));
}

#[test]
fn an_imported_service_is_billed_from_its_first_unbilled_period() {
    let hechos = vec![("2026-03-31", alta(39900, mensual("2026-03-31")))];
    let servicio = facturable(&historia(hechos.clone()), Some("2026-10-05"));
    let esperado = filas(&[("2026-10-31", 39900), ("2026-11-30", 39900)]);
    assert_eq!(montos(&servicio, "2026-12-01", &Reglas::default()), esperado);
    let exacto = facturable(&historia(hechos.clone()), Some("2026-10-31"));
    assert_eq!(montos(&exacto, "2026-12-01", &Reglas::default()), esperado);
    let mut con_cambio = hechos;
    let uno = Hecho::CambioAncla { ancla: mensual("2026-10-01") };
    con_cambio.push(("2026-10-10", uno));
    let puente = facturable(&historia(con_cambio), Some("2026-10-05"));
    let esperado = filas(&[("2026-10-31", 1287), ("2026-11-01", 39900)]);
    assert_eq!(montos(&puente, "2026-11-15", &Reglas::default()), esperado);
}

#[test]
fn a_back_dated_cancellation_credits_every_period_after_it() {
    let antes = dia_uno("2026-10-01", 39900, vec![]);
    let corte = Corte::new(f("2026-12-05"));
    let publicado = publicar(&pendientes(&antes, &[], corte, &Reglas::default()).unwrap());
    assert_eq!(publicado.len(), 3);
    let despues = dia_uno("2026-10-01", 39900, vec![("2026-11-16", Hecho::Cancelacion)]);
    let abonos = pendientes(&despues, &publicado, corte, &Reglas::default()).unwrap();
    let montos: Vec<_> = abonos.iter().map(|c| (c.monto, c.revision)).collect();
    assert_eq!(montos, [(-19950, 1), (-39900, 1)]);
    assert_eq!(siguiente_revision(&despues, f("2026-12-05"), &Reglas::default()), None);
}

#[test]
fn a_service_that_never_was_is_credited_whole_and_not_parked() {
    let publicado = publicar(
        &pendientes(
            &dia_uno("2026-11-01", 39900, vec![]),
            &[],
            Corte::new(f("2026-11-05")),
            &Reglas::default(),
        )
        .unwrap(),
    );
    let nada = facturable(&[], None);
    let abonos = pendientes(&nada, &publicado, Corte::new(f("2026-11-05")), &Reglas::default());
    assert_eq!(abonos.unwrap()[0].monto, -39900);
}

#[test]
fn the_clock_moved_back_posts_nothing() {
    let servicio = dia_uno("2026-10-01", 39900, vec![]);
    let reglas = Reglas::default();
    let corte = Corte::new(f("2026-12-05"));
    let publicado = publicar(&pendientes(&servicio, &[], corte, &reglas).unwrap());
    let atras = pendientes(&servicio, &publicado, Corte::new(f("2026-10-15")), &reglas).unwrap();
    assert!(atras.is_empty());
}

#[test]
fn the_window_bills_ahead_and_the_index_date_follows_it() {
    let servicio = dia_uno("2026-10-01", 39900, vec![]);
    let reglas = Reglas { ventana_dias: 10, ..Reglas::default() };
    let as_of = f("2026-10-22");
    let propuestos = pendientes(&servicio, &[], Corte::new(as_of), &reglas).unwrap();
    assert_eq!(propuestos.len(), 2);
    assert_eq!(siguiente_revision(&servicio, as_of, &reglas), Some(f("2026-12-01")));
    assert_eq!(siguiente_revision(&servicio, f("2026-10-20"), &reglas), Some(f("2026-11-01")));
    let publicado = publicar(&propuestos);
    let cambio = vec![("2026-11-01", Hecho::CambioPrecio { precio: 29900 })];
    let barato = dia_uno("2026-10-01", 39900, cambio);
    let corte = Corte::new(f("2026-10-25"));
    let ajuste = pendientes(&barato, &publicado, corte, &Reglas::default()).unwrap();
    assert_eq!(ajuste[0].monto, -10000, "a period billed ahead is corrected at once");
}

#[test]
fn the_kind_of_a_charge_is_read_back_from_its_column() {
    for clase in [Clase::Recurrente, Clase::Ajuste, Clase::Cuota, Clase::Cargo, Clase::Interes] {
        assert_eq!(Clase::parse(clase.texto()), Some(clase));
    }
    assert_eq!((Clase::parse("descuento"), Clase::parse("")), (Some(Clase::Descuento), None));
}

#[test]
fn guard_rails_park_with_a_reason() {
    let servicio = dia_uno("2024-01-01", 39900, vec![]);
    let corte = Corte::new(f("2026-11-05"));
    let error = pendientes(&servicio, &[], corte, &Reglas::default()).unwrap_err();
    assert_eq!(error, Aparcado::DemasiadasPublicaciones { publicaciones: 35, maximo: 15 });
    let sucio = Publicado {
        periodo_desde: f("2026-11-01"),
        clase: Clase::Recurrente,
        suma: -200_000,
        revisiones: 3,
    };
    let servicio = dia_uno("2026-11-01", 39900, vec![]);
    let guardas = Guardas { max_publicaciones: 15, multiplo_maximo: 1 };
    let reglas = Reglas { guardas, ..Reglas::default() };
    let error = pendientes(&servicio, &[sucio], corte, &reglas).unwrap_err();
    assert!(matches!(error, Aparcado::DiferenciaExcesiva { monto: 239_900, .. }));
    let llenas = Corte { publicaciones_hoy: 15, ..corte };
    assert!(pendientes(&servicio, &[], llenas, &reglas).is_err());
}

/// Quote on a service with the facts: mode, credit, charge and net.
fn cotiza(hechos: Vec<(&str, Hecho)>, precio: Centavos, fecha: &str) -> Cotizacion {
    let eventos = historia(hechos);
    cotizar(
        Historia { eventos: &eventos, politica: PoliticaTramos::default(), facturado_desde: None },
        &solicitud(precio, fecha),
        &Condiciones { bajada_inmediata: BajadaInmediata::Permitida, ..Condiciones::default() },
        &Reglas::default(),
        Instante::from_millis(0),
    )
    .unwrap()
}

fn solicitud(precio: Centavos, fecha: &str) -> SolicitudCambio {
    let (servicio, producto) = (Uuid::from_u128(1), Uuid::from_u128(2));
    SolicitudCambio { servicio, producto, precio, ancla: None, fecha: f(fecha), modo: None }
}

fn importes(cotizacion: &Cotizacion) -> Vec<Centavos> {
    cotizacion.lineas.iter().map(|l| l.importe).collect()
}

#[test]
fn an_upgrade_is_quoted_as_credit_and_charge_of_the_remaining_days() {
    let mx = vec![("2026-10-15", alta(39900, mensual("2026-10-15")))];
    let c = cotiza(mx, 54900, "2026-11-25");
    assert_eq!((importes(&c), c.ajuste), (vec![-26600, 36600], 10000));
    assert_eq!(c.proximo, Some((Periodo::new(f("2026-12-15"), f("2027-01-15")), 54900)));
    let pe = vec![("2026-10-31", alta(7990, mensual("2026-10-31")))];
    let c = cotiza(pe, 9990, "2027-02-10");
    assert_eq!((importes(&c), c.ajuste), (vec![-5136, 6422], 1286));
    let anual = vec![("2026-03-31", alta(120_000, Ancla::new(f("2026-03-31"), 12).unwrap()))];
    assert_eq!(cotiza(anual, 180_000, "2026-11-20").ajuste, 21534);
    // Meteroid's fixture: two components, 16 of 31 days.
    let parte = |precio| {
        let enero = Periodo::new(f("2026-01-01"), f("2026-02-01"));
        let resto = Periodo::new(f("2026-01-16"), enero.hasta);
        prorrata(precio, resto, enero, Prorrateo::DiasReales)
    };
    assert_eq!([parte(2900), parte(1000), parte(9900), parte(2500)], [1497, 516, 5110, 1290]);
    let enero = vec![("2026-01-01", alta(3900, mensual("2026-01-01")))];
    assert_eq!(cotiza(enero, 12400, "2026-01-16").ajuste, 4387);
}

#[test]
fn monthly_to_yearly_is_quoted_with_the_rest_of_the_month_back() {
    let eventos = historia(vec![("2026-10-01", alta(30000, mensual("2026-10-01")))]);
    let anual = Ancla::new(f("2026-11-10"), 12).unwrap();
    let c = cotizar(
        Historia { eventos: &eventos, politica: PoliticaTramos::default(), facturado_desde: None },
        &SolicitudCambio { ancla: Some(anual), ..solicitud(400_000, "2026-11-10") },
        &Condiciones::default(),
        &Reglas::default(),
        Instante::from_millis(0),
    )
    .unwrap();
    assert_eq!(c.modo, ModoCambio::Inmediato);
    assert_eq!((importes(&c), c.ajuste), (vec![-21000, 400_000], 379_000));
    assert_eq!(c.proximo.unwrap().0, Periodo::new(f("2027-11-10"), f("2028-11-10")));
}

#[test]
fn the_confirmed_quote_is_what_the_run_posts() {
    let hechos = vec![("2026-10-15", alta(39900, mensual("2026-10-15")))];
    let c = cotiza(hechos.clone(), 54900, "2026-11-25");
    let mut eventos = historia(hechos);
    let corte = Corte::new(f("2026-11-25"));
    let reglas = Reglas::default();
    let antes = facturable(&eventos, None);
    let publicado = publicar(&pendientes(&antes, &[], corte, &reglas).unwrap());
    for (i, hecho) in (2..).zip(c.hechos.clone()) {
        let registrado = Instante::from_millis(1);
        eventos.push(EventoServicio { secuencia: i, desde: c.desde, registrado, hecho });
    }
    let cargos = pendientes(&facturable(&eventos, None), &publicado, corte, &reglas).unwrap();
    assert_eq!(cargos.iter().map(|c| c.monto).collect::<Vec<_>>(), [c.ajuste]);
    assert_eq!(cargos[0].periodo.desde, f("2026-11-15"));
    assert_eq!(cargos[0].revision, 1);
}

#[test]
fn a_downgrade_waits_for_the_end_of_the_period_and_replaces_the_one_scheduled() {
    let producto = Uuid::from_u128(9);
    let hechos = vec![
        ("2026-10-15", alta(39900, mensual("2026-10-15"))),
        ("2026-12-15", Hecho::CambioPlan { producto, precio: 29900 }),
    ];
    let c = cotiza(hechos.clone(), 19900, "2026-11-25");
    assert_eq!((c.modo, c.desde), (ModoCambio::FinDePeriodo, f("2026-12-15")));
    assert_eq!((c.ajuste, c.lineas.len()), (0, 0));
    assert_eq!(c.hechos[0], Hecho::Anulacion { secuencia: 2 });
    assert_eq!(c.proximo.unwrap().1, 19900);
    let sin_permiso = cotizar(
        Historia {
            eventos: &historia(hechos),
            politica: PoliticaTramos::default(),
            facturado_desde: None,
        },
        &SolicitudCambio { modo: Some(ModoCambio::Inmediato), ..solicitud(19900, "2026-11-25") },
        &Condiciones::default(),
        &Reglas::default(),
        Instante::from_millis(0),
    );
    assert_eq!(sin_permiso, Err(CotizacionError::BajadaSinPermiso));
}

#[test]
fn a_quote_expires_and_its_hash_tells_another_price_apart() {
    let hechos = || vec![("2026-10-15", alta(39900, mensual("2026-10-15")))];
    let c = cotiza(hechos(), 54900, "2026-11-25");
    assert_eq!(c.huella, cotiza(hechos(), 54900, "2026-11-25").huella);
    assert_ne!(c.huella, cotiza(hechos(), 54901, "2026-11-25").huella);
    assert_ne!(c.huella, cotiza(hechos(), 54900, "2026-11-26").huella);
    assert_eq!(c.huella.len(), 64);
    assert!(!c.is_expirada(Instante::from_millis(899_999)));
    assert!(c.is_expirada(Instante::from_millis(900_000)));
}

#[test]
fn fees_and_minimum_term_are_shown_in_the_quote() {
    let eventos = historia(vec![("2026-10-15", alta(39900, mensual("2026-10-15")))]);
    let historia =
        Historia { eventos: &eventos, politica: PoliticaTramos::default(), facturado_desde: None };
    let plazo = |regla| Condiciones {
        cargo_subida: 5000,
        cargo_bajada: 2500,
        plazo: Some(PlazoMinimo { hasta: f("2027-04-15"), regla }),
        ..Condiciones::default()
    };
    let con = |precio, condiciones| {
        let ahora = Instante::from_millis(0);
        cotizar(historia, &solicitud(precio, "2026-11-25"), &condiciones, &Reglas::default(), ahora)
    };
    let sube = con(54900, plazo(ReglaPlazo::Bloquear)).unwrap();
    assert_eq!((sube.ajuste, sube.cargos), (10000, 5000));
    let baja = con(29900, plazo(ReglaPlazo::Bloquear));
    assert_eq!(baja, Err(CotizacionError::PlazoMinimo(f("2027-04-15"))));
    // Four months from 15 December to 15 April, half of the 100.00 given up.
    let cobra = con(29900, plazo(ReglaPlazo::Cobrar { puntos_base: 5000 })).unwrap();
    assert_eq!((cobra.ajuste, cobra.cargos), (0, 2500 + 20000));
}

#[test]
fn billing_to_the_end_of_the_period_gives_no_credit() {
    let eventos = historia(vec![
        ("2026-11-01", alta(39900, mensual("2026-11-01"))),
        ("2026-11-16", Hecho::Suspension),
    ]);
    let suspension = SuspensionCobro::CobrarHastaFinPeriodo;
    let linea = linea_tiempo(&eventos, PoliticaTramos { suspension, tope_dias: None });
    let servicio = ServicioFacturable::new(linea, None);
    let esperado = filas(&[("2026-11-01", 39900)]);
    assert_eq!(montos(&servicio, "2027-02-05", &Reglas::default()), esperado);
}

proptest! {
    #[test]
    fn pieces_at_one_price_add_up_to_the_price(
        precio in 1i64..200_000,
        cortes in prop::collection::btree_set(0i32..31, 0..8),
        mes30 in any::<bool>(),
    ) {
        let producto = |i: usize| Uuid::from_u128(i as u128 + 1);
        let mut eventos = historia(vec![("2026-01-31", alta(precio, mensual("2026-01-31")))]);
        for (i, dias) in cortes.iter().enumerate() {
            eventos.push(EventoServicio {
                secuencia: i as u32 + 2,
                desde: f("2026-01-31").plus_dias(*dias),
                registrado: Instante::from_millis(0),
                hecho: Hecho::CambioPlan { producto: producto(i), precio },
            });
        }
        let modo = if mes30 { Prorrateo::Mes30 } else { Prorrateo::DiasReales };
        let reglas = reglas(modo, PrimerPeriodo::Separado);
        let servicio = facturable(&eventos, None);
        for periodo in servicio.periodos().take(3) {
            let piezas = explicacion(&servicio, &periodo, &reglas);
            prop_assert_eq!(piezas.iter().map(|p| p.importe).sum::<i64>(), precio);
            prop_assert_eq!(esperado(&servicio, &periodo, &reglas), precio);
            prop_assert_eq!(piezas.iter().map(|p| p.dias).sum::<i32>(), piezas[0].total);
        }
    }

    #[test]
    fn the_quote_is_the_formula_of_the_norm_up_to_one_cent(
        viejo in 1i64..100_000, nuevo in 1i64..100_000, dia in 1i32..30,
    ) {
        let c = cotiza(
            vec![("2026-11-01", alta(viejo, mensual("2026-11-01")))],
            nuevo,
            &f("2026-11-01").plus_dias(dia).to_string(),
        );
        if c.modo == ModoCambio::Inmediato {
            let entero = Periodo::new(f("2026-11-01"), f("2026-12-01"));
            let resto = Periodo::new(c.desde, entero.hasta);
            let parte = |precio| prorrata(precio, resto, entero, Prorrateo::DiasReales);
            prop_assert!((c.ajuste - (parte(nuevo) - parte(viejo))).abs() <= 1);
        }
        prop_assert_eq!(importes(&c).iter().sum::<i64>(), c.ajuste + c.cargos);
    }
}
