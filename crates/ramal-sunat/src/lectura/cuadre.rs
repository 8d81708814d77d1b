//! Whether the totals of a document agree, with SUNAT's own tolerance of one unit per check (§10):
//! for documents of any software. The strict check of ours is in `validador`.

use rust_decimal::Decimal;

use super::cifras::{numero, por, suma};
use super::vista::{CargoLeido, LineaLeida, LineaResumenLeida, SubtotalLeido, Vista};

const PAGADOS: [&str; 5] = ["1000", "1016", "2000", "7152", "9999"];

/// Problems of the sums; empty: they agree. `None`: the kind has no totals (RA, guías).
pub fn totales_cuadran(vista: &Vista) -> Option<Vec<String>> {
    match vista.tipo.as_str() {
        "RC" => Some(vista.resumen.iter().filter_map(resumen).collect()),
        "RA" | "RR" | "09" | "20" | "40" => None,
        _ if vista.ubl == "2.0" => Some(antiguo(vista)),
        _ => Some(moderno(vista)),
    }
}

fn cerca(a: Decimal, b: Decimal, tolerancia: i64) -> bool {
    (a - b).abs() <= Decimal::from(tolerancia)
}

struct Hallados(Vec<String>);

impl Hallados {
    fn exigir(&mut self, campo: &str, declarado: Decimal, calculado: Decimal) {
        if !cerca(declarado, calculado, 1) {
            self.0.push(format!("{campo}: dice {declarado} y resulta {calculado}"));
        }
    }
}

fn moderno(v: &Vista) -> Vec<String> {
    let mut h = Hallados(Vec::new());
    if !v.totales.total.esta() || v.totales.total.valor().is_none() {
        h.0.push("el importe total falta o no es un número".to_owned());
        return h.0;
    }
    for linea in &v.lineas {
        revisar_linea(&mut h, linea);
    }
    let lineas_pagadas =
        suma(v.lineas.iter().filter(|l| !gratuita(l)).map(|l| l.valor_venta.o_cero()));
    let esperado = lineas_pagadas - globales(v, &["02"]) + globales(v, &["49"]);
    if v.totales.valor_venta.esta() {
        h.exigir("total valor de venta", v.totales.valor_venta.o_cero(), esperado);
    }
    impuestos(&mut h, v);
    monetario(&mut h, v);
    h.0
}

fn globales(v: &Vista, codigos: &[&str]) -> Decimal {
    let tales = v.cargos.iter().filter(|c| codigos.contains(&c.codigo.as_str()));
    suma(tales.map(|c| c.monto.o_cero()))
}

fn gratuita(linea: &LineaLeida) -> bool {
    let subtotales = linea.impuestos.iter().flat_map(|i| &i.subtotales);
    subtotales.into_iter().any(|s| s.tributo == "9996")
}

/// A line: quantity × unit value − discounts = net; taxes of the line add up; IGV is base ×
/// percent.
fn revisar_linea(h: &mut Hallados, l: &LineaLeida) {
    let valor = |t: &str| numero(t).unwrap_or_default();
    let ajuste = |c: &CargoLeido| match c.codigo.as_str() {
        "00" | "07" => -c.monto.o_cero(),
        "47" | "54" => c.monto.o_cero(),
        _ => Decimal::ZERO,
    };
    let unitario = if gratuita(l) {
        l.precios.iter().find(|p| p.tipo == "02").map(|p| p.monto.o_cero()).unwrap_or_default()
    } else {
        l.valor_unitario.o_cero()
    };
    let esperado = por(valor(&l.cantidad), unitario) + suma(l.cargos.iter().map(ajuste));
    h.exigir(&format!("línea {}, valor de venta", l.id), l.valor_venta.o_cero(), esperado);
    for s in l.impuestos.iter().flat_map(|i| &i.subtotales).filter(|s| s.tributo == "1000") {
        let igv = por(s.base.o_cero(), valor(&s.porcentaje)) / Decimal::ONE_HUNDRED;
        h.exigir(&format!("línea {}, IGV", l.id), s.impuesto.o_cero(), igv);
    }
}

/// Header taxes: total = Σ subtotals that are paid; each base = Σ lines of its tribute; IGV =
/// base × rate.
fn impuestos(h: &mut Hallados, v: &Vista) {
    let subtotales: Vec<&SubtotalLeido> = v.impuestos.iter().flat_map(|i| &i.subtotales).collect();
    let pagados = subtotales.iter().filter(|s| PAGADOS.contains(&s.tributo.as_str()));
    let declarado = suma(v.impuestos.iter().map(|i| i.total.o_cero()));
    h.exigir("total de impuestos", declarado, suma(pagados.map(|s| s.impuesto.o_cero())));
    for s in &subtotales {
        let (menos, mas): (&[&str], &[&str]) = match s.tributo.as_str() {
            "1000" => (&["02", "04"], &["49"]),
            "9997" => (&["05"], &[]),
            "9998" => (&["06"], &[]),
            "9995" | "9996" => (&[], &[]),
            _ => continue,
        };
        let base = base_de_lineas(v, &s.tributo) - globales(v, menos) + globales(v, mas);
        h.exigir(&format!("base del tributo {}", s.tributo), s.base.o_cero(), base);
        if s.tributo == "1000" {
            igv_de_cabecera(h, v, s);
        }
    }
}

/// Net of the lines of a tribute: their value, so that an ISC in the base of the IGV does not
/// count.
fn base_de_lineas(v: &Vista, tributo: &str) -> Decimal {
    let del_tributo = |l: &&LineaLeida| {
        l.impuestos.iter().flat_map(|i| &i.subtotales).any(|s| s.tributo == tributo)
    };
    suma(v.lineas.iter().filter(del_tributo).map(|l| l.valor_venta.o_cero()))
}

fn igv_de_cabecera(h: &mut Hallados, v: &Vista, s: &SubtotalLeido) {
    let lineas = v.lineas.iter().flat_map(|l| &l.impuestos).flat_map(|i| &i.subtotales);
    let tasa = lineas.into_iter().find(|x| x.tributo == "1000").map(|x| x.porcentaje.as_str());
    let con_isc = v.impuestos.iter().flat_map(|i| &i.subtotales).any(|x| x.tributo == "2000");
    let Some(tasa) = tasa.and_then(numero).filter(|_| !con_isc) else { return };
    let igv = por(s.base.o_cero(), tasa) / Decimal::ONE_HUNDRED;
    h.exigir("IGV", s.impuesto.o_cero(), igv);
}

/// Payable = price − discounts + charges − advances + rounding; price = value + taxes before
/// advances.
fn monetario(h: &mut Hallados, v: &Vista) {
    let t = &v.totales;
    if !t.precio_venta.esta() {
        return;
    }
    let total = t.precio_venta.o_cero() - t.descuentos.o_cero() + t.cargos.o_cero()
        - t.anticipos.o_cero()
        + t.redondeo.o_cero();
    h.exigir("importe total", t.total.o_cero(), total);
    let con_anticipos =
        v.cargos.iter().any(|c| ["04", "05", "06", "20"].contains(&c.codigo.as_str()));
    if t.valor_venta.esta() && !con_anticipos {
        let impuestos = suma(v.impuestos.iter().map(|i| i.total.o_cero()));
        h.exigir(
            "total precio de venta",
            t.precio_venta.o_cero(),
            t.valor_venta.o_cero() + impuestos,
        );
    }
}

/// UBL 2.0: totals by code live in an extension, and discounts or advances may be inside them or
/// not.
fn antiguo(v: &Vista) -> Vec<String> {
    let Some(total) = v.totales.total.valor() else {
        return vec!["el importe total falta o no es un número".to_owned()];
    };
    let operaciones =
        v.totales_antiguos.iter().filter(|(c, _)| ["1001", "1002", "1003"].contains(&c.as_str()));
    let operaciones = suma(operaciones.map(|(_, m)| m.o_cero()));
    let lineas = suma(v.lineas.iter().map(|l| l.valor_venta.o_cero()));
    let base = if v.totales_antiguos.is_empty() { lineas } else { operaciones };
    let impuestos = suma(v.impuestos.iter().map(|i| i.total.o_cero()));
    let pleno = base + impuestos + v.totales.cargos.o_cero();
    let rebajas = [Decimal::ZERO, v.totales.descuentos.o_cero()];
    let anticipos = [Decimal::ZERO, v.totales.anticipos.o_cero()];
    let alguno = rebajas.iter().any(|r| anticipos.iter().any(|a| cerca(pleno - r - a, total, 1)));
    if alguno { Vec::new() } else { vec![format!("importe total: dice {total} y resulta {pleno}")] }
}

/// Five units in a line of an RC (4027).
fn resumen(l: &LineaResumenLeida) -> Option<String> {
    let pagos = l.pagos.iter().filter(|(_, codigo)| codigo != "05").map(|(m, _)| m.o_cero());
    let impuestos = l.impuestos.iter().map(|i| i.total.o_cero());
    let cargos = l.cargos.iter().map(|c| c.monto.o_cero());
    let esperado = suma(pagos.chain(impuestos).chain(cargos));
    let total = l.total.valor();
    let bien = total.is_some_and(|t| cerca(t, esperado, 5));
    (!bien).then(|| format!("línea {}: dice {} y resulta {esperado}", l.linea, l.total.texto))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lectura::vista::{ImpuestoLeido, Monto, TotalesLeidos};

    fn monto(texto: &str) -> Monto {
        Monto { texto: texto.into(), moneda: "PEN".into() }
    }

    /// Factura of 2017 in UBL 2.0, as SUNAT's own portal wrote them.
    fn antigua(total: &str) -> Vista {
        Vista {
            tipo: "01".into(),
            ubl: "2.0".into(),
            totales_antiguos: vec![
                ("1001".into(), monto("5698.00")),
                ("1002".into(), monto("0.00")),
                ("1005".into(), monto("5698.00")),
            ],
            impuestos: vec![ImpuestoLeido { total: monto("1025.64"), subtotales: Vec::new() }],
            totales: TotalesLeidos { total: monto(total), ..TotalesLeidos::default() },
            ..Vista::default()
        }
    }

    #[test]
    fn totals_of_the_old_extension_are_understood() {
        assert_eq!(totales_cuadran(&antigua("6723.64")), Some(Vec::new()));
        assert_eq!(totales_cuadran(&antigua("6723.00")), Some(Vec::new()), "within one unit");
        assert_eq!(totales_cuadran(&antigua("6700.00")).map(|p| p.len()), Some(1));
        assert_eq!(totales_cuadran(&antigua("")).map(|p| p.len()), Some(1));
        let baja = Vista { tipo: "RA".into(), ..Vista::default() };
        assert_eq!(totales_cuadran(&baja), None, "a baja has no totals");
    }
}
