//! Plan, price and billing-day changes as facts. No storage here.

use ramal_base::{Instante, Moneda};
use ramal_catalogo::ProductoId;
use serde_json::json;
use uuid::Uuid;

use super::*;

fn f(texto: &str) -> Fecha {
    Fecha::parse(texto).unwrap()
}

fn servicio(ancla: &str) -> Servicio {
    let id = |n| Uuid::from_u128(n);
    let cero = Instante::from_millis(0);
    Servicio {
        id: ramal_base::Id::from_uuid(id(1)),
        numero: 1,
        cliente_id: ramal_base::Id::from_uuid(id(2)),
        contrato_id: None,
        emisor_id: id(3),
        producto_id: ProductoId::from_uuid(id(4)),
        descripcion: "Fibra 100".into(),
        precio: Dinero::new(39900, Moneda::Mxn),
        impuesto_incluido: true,
        requiere_factura: true,
        ancla: Ancla::new(f(ancla), 1).unwrap(),
        inicio: f(ancla),
        facturado_desde: f(ancla),
        fin: None,
        estado: EstadoServicio::Activo,
        auto_renovacion: true,
        grupo: None,
        hechos: 1,
        revisar_desde: f(ancla),
        proxima_revision: Some(f(ancla)),
        configuracion: json!({}),
        notas: None,
        version: 1,
        creado: cero,
        actualizado: cero,
    }
}

fn plan(precio: i64) -> Pedido {
    Pedido {
        producto: Some(Uuid::from_u128(9)),
        precio: Some(Dinero::new(precio, Moneda::Mxn)),
        meses: 1,
        dia: None,
        momento: None,
        desde: None,
        baja: BajaInmediata::Negada,
        plazo: None,
    }
}

fn cambiar(s: &Servicio, pedido: Pedido) -> Result<Vec<(String, Hecho)>, Error> {
    let hechos = hechos_de_cambio(s, &[s.alta()], &pedido, f("2026-11-25"))?;
    Ok(hechos.into_iter().map(|(dia, hecho)| (dia.to_string(), hecho)).collect())
}

#[test]
fn a_dearer_plan_begins_today_and_a_cheaper_one_with_the_next_period() {
    let s = servicio("2026-11-15");
    let dia = |pedido| cambiar(&s, pedido).unwrap()[0].0.clone();
    assert_eq!(dia(plan(54900)), "2026-11-25");
    assert_eq!(dia(plan(39900)), "2026-12-15");
    assert_eq!(dia(plan(29900)), "2026-12-15");
    let ya = Pedido { momento: Some(Momento::Inmediato), ..plan(29900) };
    assert!(matches!(cambiar(&s, ya), Err(Error::BajaInmediata)));
    assert_eq!(dia(Pedido { baja: BajaInmediata::Permitida, ..ya }), "2026-11-25");
    let anual = Pedido { meses: 12, ..plan(400_000) };
    assert_eq!(dia(anual), "2026-12-15", "dearer in all, cheaper per month");
}

#[test]
fn a_31st_stays_a_31st_when_the_period_grows() {
    let mut s = servicio("2027-01-31");
    s.inicio = f("2026-01-31");
    s.ancla = Ancla::new(f("2026-01-31"), 1).unwrap();
    let anual = Pedido { meses: 12, producto: None, ..plan(400_000) };
    let hechos = hechos_de_cambio(&s, &[s.alta()], &anual, f("2027-02-10")).unwrap();
    let Hecho::CambioAncla { ancla } = hechos[0].1 else { panic!("{hechos:?}") };
    assert_eq!((hechos[0].0, ancla.dia()), (f("2027-02-28"), 31));
    assert_eq!(ancla.limite(1), f("2028-02-29"));
    let ya = Pedido { momento: Some(Momento::Inmediato), precio: anual.precio, ..anual };
    let ya = Pedido { baja: BajaInmediata::Permitida, ..ya };
    let hechos = hechos_de_cambio(&s, &[s.alta()], &ya, f("2027-02-10")).unwrap();
    let Hecho::CambioAncla { ancla } = hechos[0].1 else { panic!("{hechos:?}") };
    assert_eq!((ancla.dia(), ancla.limite(1)), (10, f("2028-02-10")));
}

#[test]
fn another_billing_day_puts_today_inside_its_period_zero() {
    let s = servicio("2026-11-15");
    let dia = Pedido { producto: None, precio: None, dia: Some(1), ..plan(0) };
    let hechos = cambiar(&s, dia).unwrap();
    let Hecho::CambioAncla { ancla } = hechos[0].1 else { panic!("{hechos:?}") };
    assert_eq!(
        (hechos.len(), ancla.limite(0), ancla.limite(1)),
        (1, f("2026-11-01"), f("2026-12-01"))
    );
    let mismo = Pedido { dia: Some(15), ..dia };
    assert!(cambiar(&s, mismo).unwrap().is_empty(), "the day that it has is no change");
}

#[test]
fn not_renewing_ends_with_the_current_period() {
    let s = servicio("2026-11-15");
    let nada = Pedido { producto: None, precio: None, ..plan(0) };
    let fin = cambiar(&s, Pedido { plazo: Some(Plazo::Termina(None)), ..nada }).unwrap();
    assert_eq!(fin[0].1, Hecho::Vigencia { hasta: Some(f("2026-12-15")) });
    let sigue = cambiar(&s, Pedido { plazo: Some(Plazo::SeRenueva), ..nada }).unwrap();
    assert_eq!(sigue, [("2026-11-25".to_owned(), Hecho::Vigencia { hasta: None })]);
}
