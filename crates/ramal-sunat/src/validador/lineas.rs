//! Lines of 01, 03, 07 and 08: formats, tributes, and the sums inside each line (§19.1, §19.2).

use rust_decimal::Decimal;

use super::{Hallazgos, Rigor, is_importe, is_numero, is_texto, numero, por, suma};
use crate::catalogos::{TRIBUTOS, tributo_de_afectacion};
use crate::lectura::{LineaLeida, SubtotalLeido, Vista};

/// Tributes that say how the IGV touches a line; every line has exactly one.
const DE_IGV: [&str; 6] = ["1000", "1016", "9995", "9996", "9997", "9998"];
/// Tributes that the customer pays.
pub(super) const PAGADOS: [&str; 5] = ["1000", "1016", "2000", "7152", "9999"];

pub(super) fn revisar(h: &mut Hallazgos, v: &Vista, rigor: Rigor) {
    h.si(v.lineas.is_empty(), "2023", "líneas", "el comprobante necesita al menos una línea");
    for (i, l) in v.lineas.iter().enumerate() {
        let en = format!("línea {}", i + 1);
        let orden = l.id.parse::<u16>().unwrap_or(0);
        let bien = (1..=999).contains(&orden) && l.id.len() <= 3;
        h.si(!bien, "2023", &en, "el número de línea va de 1 a 999");
        let repetida = v.lineas[..i].iter().any(|otra| otra.id == l.id);
        h.si(repetida, "2752", &en, "el número de línea está repetido");
        formatos(h, &en, l);
        tributos(h, &en, l, v);
        cuentas(h, &en, l, rigor);
    }
}

fn formatos(h: &mut Hallazgos, en: &str, l: &LineaLeida) {
    h.si(l.cantidad.is_empty(), "2024", en, "falta la cantidad");
    let mala =
        !l.cantidad.is_empty() && (!is_numero(&l.cantidad, 12, 10) || cantidad(l) == Decimal::ZERO);
    h.si(mala, "2025", en, "la cantidad debe ser mayor que 0, hasta 12 enteros y 10 decimales");
    h.si(l.unidad.is_empty(), "2883", en, "falta la unidad de medida; un servicio es ZZ");
    let rara = !l.unidad.is_empty() && !is_unidad(&l.unidad);
    h.si(rara, "2936", en, "la unidad de medida no está en el catálogo 03");
    h.si(l.descripciones == 0, "2026", en, "falta la descripción");
    let vacia = l.descripciones > 0 && !is_texto(&l.descripcion, 1, 500);
    h.si(vacia, "2027", en, "la descripción debe tener de 1 a 500 caracteres");
    let motivo = "el valor de venta debe ser un importe con dos decimales";
    h.si(!is_importe(&l.valor_venta.texto), "2370", en, motivo);
    let motivo = "el valor unitario admite hasta 12 enteros y 10 decimales";
    h.si(l.valor_unitario.texto.is_empty(), "2068", en, "falta el valor unitario");
    let malo = l.valor_unitario.esta() && !is_numero(&l.valor_unitario.texto, 12, 10);
    h.si(malo, "2369", en, motivo);
    h.si(l.precios.is_empty(), "2028", en, "falta el precio unitario de referencia");
    let malo = l.precios.iter().any(|p| !is_numero(&p.monto.texto, 12, 10));
    h.si(malo, "2367", en, "el precio unitario admite hasta 12 enteros y 10 decimales");
    let malo = l.precios.iter().any(|p| !["01", "02", "03"].contains(&p.tipo.as_str()));
    h.si(malo, "2410", en, "el tipo de precio debe ser 01, o 02 si la línea es gratuita");
    h.si(l.codigo.chars().count() > 30, "4269", en, "el código del producto admite 30 caracteres");
}

/// Shape of a UN/ECE rec 20 code; the whole list is SUNAT's.
fn is_unidad(texto: &str) -> bool {
    let permitido = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit();
    (2..=3).contains(&texto.len()) && texto.bytes().all(permitido)
}

fn tributos(h: &mut Hallazgos, en: &str, l: &LineaLeida, v: &Vista) {
    h.si(l.impuestos.is_empty(), "3195", en, "falta el bloque de impuestos de la línea");
    h.si(l.impuestos.len() > 1, "3026", en, "la línea lleva un solo bloque de impuestos");
    let Some(impuesto) = l.impuestos.first() else { return };
    let malo = !is_importe(&impuesto.total.texto);
    h.si(malo, "3021", en, "el total de impuestos de la línea debe tener dos decimales");
    let subtotales = &impuesto.subtotales;
    let de_igv = subtotales.iter().filter(|s| DE_IGV.contains(&s.tributo.as_str())).count();
    h.si(de_igv == 0, "3105", en, "la línea debe decir cómo la afecta el IGV");
    for (i, s) in subtotales.iter().enumerate() {
        let repetido = subtotales[..i].iter().any(|o| o.tributo == s.tributo);
        h.si(repetido, "3067", en, "el tributo está repetido en la línea");
        let mala = !is_importe(&s.base.texto);
        h.si(mala, "3031", en, "la base imponible debe tener dos decimales");
        let malo = !is_importe(&s.impuesto.texto);
        h.si(malo, "2033", en, "el impuesto debe tener dos decimales");
        afectacion(h, en, s, v);
        ficha(h, en, s);
    }
}

fn afectacion(h: &mut Hallazgos, en: &str, s: &SubtotalLeido, v: &Vista) {
    if !DE_IGV.contains(&s.tributo.as_str()) {
        return;
    }
    h.si(s.porcentaje.is_empty(), "2992", en, "falta la tasa del tributo, por ejemplo 18.00");
    let mala = !s.porcentaje.is_empty() && !is_numero(&s.porcentaje, 3, 5);
    h.si(mala, "3102", en, "la tasa admite hasta 3 enteros y 5 decimales");
    match tributo_de_afectacion(&s.afectacion) {
        None => {
            h.si(true, "3105", en, "falta el código de afectación, o no está en el catálogo 07");
        }
        Some(esperado) => {
            let motivo = "el código de afectación no corresponde al tributo de la línea";
            h.si(esperado != s.tributo, "2040", en, motivo);
        }
    }
    let es_13 = v.motivos.first().is_some_and(|m| m.codigo == "13");
    let sin_base = s.base.o_cero().is_zero() && s.tributo != "9996" && v.tipo != "07" && !es_13;
    let motivo = "una línea que se cobra necesita base mayor que 0; si es gratis use 15 o 21";
    h.si(sin_base, "3105", en, motivo);
}

fn ficha(h: &mut Hallazgos, en: &str, s: &SubtotalLeido) {
    match TRIBUTOS.iter().find(|(id, ..)| *id == s.tributo) {
        None => h.si(true, "2036", en, "el tributo no está en el catálogo 05"),
        Some((_, nombre, tipo)) => {
            let motivo = format!("el nombre del tributo {} es {nombre}", s.tributo);
            h.si(s.nombre != *nombre, "3051", en, &motivo);
            let motivo = format!("el código internacional del tributo {} es {tipo}", s.tributo);
            h.si(s.tipo != *tipo, "2961", en, &motivo);
        }
    }
}

pub(super) fn cantidad(l: &LineaLeida) -> Decimal {
    numero(&l.cantidad).unwrap_or_default()
}

/// Whether the customer pays nothing for the line.
pub(super) fn gratuita(l: &LineaLeida) -> bool {
    l.impuestos.iter().flat_map(|i| &i.subtotales).any(|s| s.tributo == "9996")
}

/// Percent as a rate: 18.00 gives 0.18.
pub(super) fn tasa(s: &SubtotalLeido) -> Decimal {
    let porcentaje = numero(&s.porcentaje).unwrap_or_default();
    porcentaje / Decimal::ONE_HUNDRED
}

fn cargos(l: &LineaLeida, codigos: &[&str]) -> Decimal {
    let tales = l.cargos.iter().filter(|c| codigos.contains(&c.codigo.as_str()));
    suma(tales.map(|c| c.monto.o_cero()))
}

fn cuentas(h: &mut Hallazgos, en: &str, l: &LineaLeida, rigor: Rigor) {
    let q = cantidad(l);
    let vv = l.valor_venta.o_cero();
    let gratis = gratuita(l);
    let precio = |tipo: &str| l.precios.iter().find(|p| p.tipo == tipo).map(|p| p.monto.o_cero());
    let unitario =
        if gratis { precio("02").unwrap_or_default() } else { l.valor_unitario.o_cero() };
    let esperado = por(q, unitario) - cargos(l, &["00", "07"]) + cargos(l, &["47", "54"]);
    h.cuadre("3271", &format!("{en}, valor de venta"), (vv, esperado), rigor.producto());
    let subtotales: Vec<&SubtotalLeido> = l.impuestos.iter().flat_map(|i| &i.subtotales).collect();
    let con_isc = subtotales.iter().any(|s| s.tributo == "2000");
    for s in &subtotales {
        impuesto(h, en, s, (vv, con_isc), rigor);
    }
    let pagados = subtotales.iter().filter(|s| PAGADOS.contains(&s.tributo.as_str()));
    let impuestos = suma(pagados.map(|s| s.impuesto.o_cero()));
    let total = suma(l.impuestos.iter().map(|i| i.total.o_cero()));
    h.cuadre("3292", &format!("{en}, impuestos"), (total, impuestos), rigor.suma());
    if gratis {
        let cobra = !l.valor_unitario.o_cero().is_zero();
        h.si(cobra, "2640", en, "una línea gratuita lleva valor unitario 0 y un valor referencial");
        h.si(precio("02").is_none(), "3234", en, "una línea gratuita lleva precio de tipo 02");
    } else {
        h.si(precio("02").is_some(), "3224", en, "el precio de tipo 02 es solo para gratuitas");
        let pagado = vv + impuestos - cargos(l, &["01"]) + cargos(l, &["48"]);
        let unitario = por(precio("01").unwrap_or_default(), q);
        h.cuadre("3270", &format!("{en}, precio unitario"), (unitario, pagado), rigor.producto());
    }
    for c in l.cargos.iter().filter(|c| !c.factor.is_empty()) {
        let factor = numero(&c.factor).unwrap_or(Decimal::ONE_HUNDRED);
        let esperado = por(c.base.o_cero(), factor);
        h.cuadre(
            "3290",
            &format!("{en}, descuento"),
            (c.monto.o_cero(), esperado),
            rigor.producto(),
        );
    }
}

fn impuesto(
    h: &mut Hallazgos,
    en: &str,
    s: &SubtotalLeido,
    (vv, con_isc): (Decimal, bool),
    rigor: Rigor,
) {
    let (base, monto) = (s.base.o_cero(), s.impuesto.o_cero());
    if DE_IGV.contains(&s.tributo.as_str()) && !con_isc {
        h.cuadre("3272", &format!("{en}, base"), (base, vv), Decimal::ZERO);
    }
    let retiro_gravado = s.tributo == "9996" && s.afectacion.starts_with('1');
    match s.tributo.as_str() {
        "1000" | "1016" => {
            let campo = format!("{en}, IGV");
            h.cuadre("3103", &campo, (monto, por(base, tasa(s))), rigor.producto());
        }
        "9996" if retiro_gravado => {
            let nulo = base > Decimal::new(6, 2) && monto.is_zero();
            h.si(nulo, "3111", en, "un retiro gravado declara el IGV de su valor referencial");
            let campo = format!("{en}, IGV referencial");
            h.cuadre("3103", &campo, (monto, por(base, tasa(s))), rigor.producto());
        }
        "9995" | "9996" | "9997" | "9998" => {
            h.si(!monto.is_zero(), "3110", en, "este tributo lleva impuesto 0.00");
        }
        _ => {}
    }
}
