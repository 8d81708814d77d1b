//! Prices at the edges of their days. Reads no database.

use ramal_base::{Instante, Moneda};
use serde_json::json;
use uuid::Uuid;

use super::*;
use crate::promocion::Descuento;
use crate::{Categoria, ClaseProducto, Periodicidad};

fn id<T>(n: u128) -> Id<T> {
    Id::from_uuid(Uuid::from_u128(n))
}

fn dia(texto: &str) -> Fecha {
    Fecha::parse(texto).unwrap()
}

fn mxn(centavos: i64) -> Dinero {
    Dinero::new(centavos, Moneda::Mxn)
}

fn producto() -> Producto {
    Producto {
        id: id(1),
        codigo: "fibra-100".into(),
        nombre: "FIBRA 100".into(),
        clase: ClaseProducto::Plan,
        categoria: Categoria::Internet,
        tecnologia: None,
        precio: mxn(39_900),
        periodos: vec![Periodicidad::Mensual],
        impuesto_incluido: true,
        requiere_factura: true,
        impuesto: ramal_fiscal::Impuesto::General,
        clave_prod_serv: None,
        clave_unidad: None,
        velocidad_mbps: Some(100),
        configuracion: json!({}),
        activo: true,
        version: 1,
        creado: Instante::from_millis(0),
        actualizado: Instante::from_millis(0),
    }
}

fn precio(n: u128, zona: u128, centavos: i64, desde: &str, hasta: Option<&str>) -> PrecioZona {
    PrecioZona {
        id: id(n),
        producto_id: id(1),
        zona_id: id(zona),
        precio: mxn(centavos),
        desde: dia(desde),
        hasta: hasta.map(dia),
    }
}

fn promo(codigo: &str, descuento: Descuento) -> Promocion {
    Promocion {
        id: id(9),
        codigo: codigo.into(),
        nombre: codigo.into(),
        producto_id: None,
        descuento,
        periodos: None,
        desde: dia("2026-12-01"),
        hasta: Some(dia("2027-01-01")),
        activa: true,
        version: 1,
        creado: Instante::from_millis(0),
        actualizado: Instante::from_millis(0),
    }
}

fn paid(precios: &[PrecioZona], promociones: &[Promocion], fecha: &str) -> (i64, i64) {
    let v = vigente(&producto(), Some(id(5)), precios, promociones, dia(fecha));
    assert_eq!(v.lista.centavos, v.a_pagar.centavos + v.descuento.centavos);
    (v.lista.centavos, v.a_pagar.centavos)
}

#[test]
fn a_zone_price_holds_from_its_first_day_to_the_day_before_its_end() {
    let precios = [
        precio(1, 5, 35_000, "2026-12-01", Some("2027-01-01")),
        precio(2, 6, 10_000, "2026-01-01", None),
    ];
    for (fecha, lista) in [
        ("2026-11-30", 39_900),
        ("2026-12-01", 35_000),
        ("2026-12-31", 35_000),
        ("2027-01-01", 39_900),
    ] {
        assert_eq!(paid(&precios, &[], fecha), (lista, lista), "{fecha}");
    }
}

#[test]
fn the_price_that_began_last_wins_and_gives_way_when_it_ends() {
    let precios = [
        precio(1, 5, 35_000, "2026-01-01", None),
        precio(2, 5, 30_000, "2026-12-01", Some("2026-12-15")),
    ];
    assert_eq!(paid(&precios, &[], "2026-12-14").0, 30_000);
    assert_eq!(paid(&precios, &[], "2026-12-15").0, 35_000);
}

#[test]
fn outside_any_zone_the_products_own_price_holds() {
    let precios = [precio(1, 5, 35_000, "2026-01-01", None)];
    let v = vigente(&producto(), None, &precios, &[], dia("2026-12-01"));
    assert_eq!((v.lista, v.zona_id, v.promocion), (mxn(39_900), None, None));
}

#[test]
fn a_promotion_is_taken_inside_its_days_only() {
    let quince = [promo("quince", Descuento::Porcentaje(1500))];
    for (fecha, pagado) in [
        ("2026-11-30", 39_900),
        ("2026-12-01", 33_915),
        ("2026-12-31", 33_915),
        ("2027-01-01", 39_900),
    ] {
        assert_eq!(paid(&[], &quince, fecha).1, pagado, "{fecha}");
    }
    let apagada = [Promocion { activa: false, ..quince[0].clone() }];
    assert_eq!(paid(&[], &apagada, "2026-12-01").1, 39_900);
}

#[test]
fn the_largest_discount_wins_and_they_do_not_add_up() {
    let promos = [
        promo("b-mitad", Descuento::Porcentaje(5000)),
        promo("cien", Descuento::Importe(mxn(10_000))),
        promo("a-mitad", Descuento::Porcentaje(5000)),
    ];
    let v = vigente(&producto(), None, &[], &promos, dia("2026-12-01"));
    assert_eq!(v.a_pagar, mxn(19_950));
    assert_eq!(v.promocion.unwrap().codigo, "a-mitad");
}

#[test]
fn a_discount_rounds_half_up_and_never_goes_below_zero() {
    let puntos =
        |n, centavos| promo("x", Descuento::Porcentaje(n)).descuento(mxn(centavos)).centavos;
    assert_eq!(puntos(1, 5_000), 1, "0.5 cents");
    assert_eq!(puntos(1, 4_999), 0);
    assert_eq!(puntos(10_000, 39_900), 39_900);
    let enorme = promo("x", Descuento::Importe(mxn(99_999)));
    assert_eq!(enorme.descuento(mxn(39_900)), mxn(39_900));
}

#[test]
fn an_amount_of_another_currency_or_product_does_not_apply() {
    let soles = promo("soles", Descuento::Importe(Dinero::new(100, Moneda::Pen)));
    let ajena =
        Promocion { producto_id: Some(id(2)), ..promo("ajena", Descuento::Porcentaje(5000)) };
    let suya = Promocion { producto_id: Some(id(1)), ..promo("suya", Descuento::Porcentaje(100)) };
    assert_eq!(paid(&[], &[soles, ajena, suya], "2026-12-01").1, 39_501);
}

#[test]
fn a_longer_period_costs_its_months_and_an_unsold_one_has_no_price() {
    let periodos = vec![Periodicidad::Mensual, Periodicidad::Anual];
    let p = Producto { periodos, ..producto() };
    assert_eq!(p.precio_de(Periodicidad::Mensual), Some(mxn(39_900)));
    assert_eq!(p.precio_de(Periodicidad::Anual), Some(mxn(478_800)));
    assert_eq!(p.precio_de(Periodicidad::Trimestral), None);
}
