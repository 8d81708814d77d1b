//! The comparison on known lives of a service, and on thousands of random pairs of papers.

use std::collections::{HashMap, HashSet};

use proptest::prelude::*;
use ramal_base::Fecha;
use ramal_contratos::{Motivo, Periodo};
use uuid::Uuid;

use super::{Comparacion, Entorno, Hoja, Renglon, Suerte, Tipo, compare};
use crate::nucleo::{Clase, Pieza};

fn dia(texto: &str) -> Fecha {
    Fecha::parse(texto).unwrap()
}

fn servicio(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

/// A month of a service at a price with the tax inside.
fn mes(n: u128, nombre: &str, centavos: i64) -> Renglon {
    Renglon {
        servicio: Some(servicio(n)),
        clase: Clase::Recurrente,
        nombre: nombre.into(),
        importe: centavos,
        total: centavos,
        impuesto: "general".into(),
        periodo: Some((dia("2026-11-01"), dia("2026-12-01"))),
        piezas: Vec::new(),
        descuento: 0,
    }
}

fn pieza((dias, total): (i32, i32), precio: i64, importe: i64, motivo: Motivo) -> Pieza {
    let periodo = Periodo::new(dia("2026-11-01"), dia("2026-11-01").plus_dias(dias));
    Pieza { periodo, dias, total, precio, importe, motivo, producto: servicio(99) }
}

fn hoja(renglones: Vec<Renglon>) -> Hoja {
    Hoja { total: renglones.iter().map(|r| r.total).sum(), acreditado: 0, renglones }
}

fn causes(comparacion: &Comparacion) -> Vec<(Tipo, i64)> {
    comparacion.causas.iter().map(|c| (c.tipo, c.monto)).collect()
}

fn of(ahora: Vec<Renglon>, antes: Vec<Renglon>) -> Vec<(Tipo, i64)> {
    causes(&compare(&hoja(ahora), &hoja(antes), &Entorno::default()))
}

#[test]
fn an_equal_month_has_no_cause() {
    let igual = compare(
        &hoja(vec![mes(1, "Fibra 100", 7_900)]),
        &hoja(vec![mes(1, "Fibra 100", 7_900)]),
        &Entorno::default(),
    );
    assert_eq!((igual.diferencia, igual.causas.len()), (0, 0));
    assert!(igual.principal().is_none());
}

#[test]
fn a_change_of_plan_is_told_apart_from_a_change_of_price() {
    let plan = of(vec![mes(1, "Fibra 300", 9_990)], vec![mes(1, "Fibra 100", 7_990)]);
    assert_eq!(plan, [(Tipo::CambioPlan, 2_000)]);
    let precio = of(vec![mes(1, "Fibra 100", 8_990)], vec![mes(1, "Fibra 100", 7_990)]);
    assert_eq!(precio, [(Tipo::CambioPrecio, 1_000)]);
}

#[test]
fn a_first_month_in_part_explains_the_rise_of_the_second() {
    let parcial = Renglon {
        importe: 14_630,
        total: 14_630,
        piezas: vec![pieza((11, 30), 39_900, 14_630, Motivo::Normal)],
        ..mes(1, "Fibra 100", 0)
    };
    let comparacion = compare(
        &hoja(vec![mes(1, "Fibra 100", 39_900)]),
        &hoja(vec![parcial]),
        &Entorno::default(),
    );
    assert_eq!(causes(&comparacion), [(Tipo::ProrrateoAnterior, 25_270)]);
    assert_eq!(comparacion.causas[0].dias, Some((11, 30)));
}

#[test]
fn days_suspended_are_not_a_proration() {
    let cortado = Renglon {
        importe: 29_260,
        total: 29_260,
        piezas: vec![
            pieza((15, 30), 39_900, 19_950, Motivo::Normal),
            pieza((8, 30), 0, 0, Motivo::Suspendido),
            pieza((7, 30), 39_900, 9_310, Motivo::Normal),
        ],
        ..mes(1, "Fibra 100", 0)
    };
    let comparacion = compare(
        &hoja(vec![cortado]),
        &hoja(vec![mes(1, "Fibra 100", 39_900)]),
        &Entorno::default(),
    );
    assert_eq!(causes(&comparacion), [(Tipo::DiasSinServicio, -10_640)]);
    assert_eq!(comparacion.causas[0].dias, Some((22, 30)));
}

#[test]
fn two_months_at_once_and_a_new_price_are_two_causes() {
    let enero = Renglon {
        periodo: Some((dia("2026-12-01"), dia("2027-01-01"))),
        ..mes(1, "Fibra 100", 8_990)
    };
    let causas = of(vec![mes(1, "Fibra 100", 7_990), enero], vec![mes(1, "Fibra 100", 7_990)]);
    assert_eq!(causas, [(Tipo::Periodos, 7_990), (Tipo::CambioPrecio, 1_000)]);
}

#[test]
fn the_end_of_a_promotion_is_not_a_rise_of_the_price() {
    let rebajado = Renglon { descuento: 2_000, ..mes(1, "Fibra 100", 5_990) };
    let causas = of(vec![mes(1, "Fibra 100", 7_990)], vec![rebajado.clone()]);
    assert_eq!(causas, [(Tipo::FinPromocion, 2_000)]);
    let causas = of(vec![rebajado], vec![mes(1, "Fibra 100", 7_990)]);
    assert_eq!(causas, [(Tipo::Promocion, -2_000)]);
}

#[test]
fn another_tax_at_the_same_price_is_the_tax() {
    let neto = |total: i64, impuesto: &str| Renglon {
        total,
        impuesto: impuesto.into(),
        ..mes(1, "Fibra 100", 10_000)
    };
    let causas = of(vec![neto(11_600, "general")], vec![neto(10_800, "frontera")]);
    assert_eq!(causas, [(Tipo::Impuesto, 800)]);
    let tasa = of(vec![neto(11_800, "general")], vec![neto(11_600, "general")]);
    assert_eq!(tasa, [(Tipo::Impuesto, 200)]);
}

#[test]
fn a_service_that_comes_or_goes_says_why() {
    let dos = || vec![mes(1, "Fibra 100", 7_990), mes(2, "TV", 3_000)];
    let uno = || vec![mes(1, "Fibra 100", 7_990)];
    assert_eq!(of(dos(), uno()), [(Tipo::ServicioNuevo, 3_000)]);
    assert_eq!(of(uno(), dos()), [(Tipo::SinCobro, -3_000)]);
    let entorno = Entorno {
        cobrados_antes: HashSet::from([servicio(2)]),
        suertes: HashMap::from([(servicio(2), Suerte::Baja)]),
    };
    let vuelve = compare(&hoja(dos()), &hoja(uno()), &entorno);
    assert_eq!(causes(&vuelve), [(Tipo::OtraFactura, 3_000)]);
    let baja = compare(&hoja(uno()), &hoja(dos()), &entorno);
    assert_eq!(causes(&baja), [(Tipo::ServicioTerminado, -3_000)]);
}

#[test]
fn notes_and_roundings_have_a_name() {
    let nueva = Hoja { total: 8_001, acreditado: 500, renglones: vec![mes(1, "F", 8_000)] };
    let antes = Hoja { total: 8_000, acreditado: 1_000, renglones: vec![mes(1, "F", 8_000)] };
    let comparacion = compare(&nueva, &antes, &Entorno::default());
    let esperadas = [(Tipo::NotaAnterior, 1_000), (Tipo::Nota, -500), (Tipo::Redondeo, 1)];
    assert_eq!(causes(&comparacion), esperadas);
    assert_eq!(comparacion.diferencia, 501);
}

fn any_line() -> impl Strategy<Value = Renglon> {
    let clase = prop_oneof![
        6 => Just(Clase::Recurrente),
        1 => Just(Clase::Ajuste),
        1 => Just(Clase::Cargo),
    ];
    let tasa = prop_oneof![Just((100_i64, "exento")), Just((116, "general")), Just((118, "igv"))];
    let cosa = (proptest::option::weighted(0.9, 1_u128..5), clase, 0_usize..3, 0_i64..500_000);
    (cosa, tasa, 0_i32..3, 1_i32..31, 0_i64..5_000).prop_map(
        |((servicio_n, clase, nombre, importe), (tasa, impuesto), forma, dias, descuento)| {
            let piezas = match forma {
                0 => Vec::new(),
                1 => vec![pieza((dias, 31), importe * 2 + 7, importe, Motivo::Normal)],
                _ => vec![
                    pieza((dias, 31), importe, importe, Motivo::Normal),
                    pieza((31 - dias, 31), 0, 0, Motivo::Pausado),
                ],
            };
            Renglon {
                clase,
                nombre: ["Fibra 100", "Fibra 300", "TV"][nombre].into(),
                importe,
                total: importe * tasa / 100,
                impuesto: impuesto.into(),
                servicio: servicio_n.map(servicio),
                piezas,
                descuento,
                ..mes(1, "", 0)
            }
        },
    )
}

fn any_paper() -> impl Strategy<Value = Hoja> {
    let lineas = proptest::collection::vec(any_line(), 0..6);
    (lineas, -3_i64..4, 0_i64..20_000).prop_map(|(renglones, redondeo, acreditado)| {
        let lineas: i64 = renglones.iter().map(|r| r.total).sum();
        Hoja { total: lineas + redondeo, acreditado, renglones }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn the_causes_add_up_to_the_difference(nueva in any_paper(), antes in any_paper()) {
        let comparacion = compare(&nueva, &antes, &Entorno::default());
        let suma: i64 = comparacion.causas.iter().map(|c| c.monto).sum();
        prop_assert_eq!(suma, nueva.neto() - antes.neto());
        prop_assert_eq!(suma, comparacion.diferencia);
        prop_assert!(comparacion.causas.iter().all(|c| c.monto != 0));
    }

    #[test]
    fn what_the_lines_explain_is_never_called_rounding(
        nueva in proptest::collection::vec(any_line(), 0..6),
        antes in proptest::collection::vec(any_line(), 0..6),
    ) {
        let comparacion = compare(&hoja(nueva), &hoja(antes), &Entorno::default());
        prop_assert!(comparacion.causas.iter().all(|c| c.tipo != Tipo::Redondeo));
    }
}
