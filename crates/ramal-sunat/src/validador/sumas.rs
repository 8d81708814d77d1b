//! Header sums of 01, 03, 07 and 08, recomputed from the lines as written (§19.3). It shares no
//! code with the arithmetic that built them.

use rust_decimal::Decimal;

use super::lineas::{PAGADOS, gratuita, tasa};
use super::{Hallazgos, Rigor, is_importe, numero, por, suma};
use crate::lectura::{SubtotalLeido, Vista};

/// Code of the check of each tribute's base, and the global discounts and charges that touch it.
const BASES: [(&str, &str, &[&str], &[&str]); 5] = [
    ("1000", "3277", &["02", "04"], &["49"]),
    ("9997", "3275", &["05"], &[]),
    ("9998", "3274", &["06"], &[]),
    ("9995", "3273", &[], &[]),
    ("9996", "3276", &[], &[]),
];

pub(super) fn revisar(h: &mut Hallazgos, v: &Vista, rigor: Rigor) {
    formatos(h, v);
    let de_cabecera: Vec<&SubtotalLeido> = v.impuestos.iter().flat_map(|i| &i.subtotales).collect();
    tributos_presentes(h, v, &de_cabecera);
    for (tributo, codigo, menos, mas) in BASES {
        if let Some(s) = de_cabecera.iter().find(|s| s.tributo == tributo) {
            let base = suma_de_lineas(v, tributo, |x| x.base.o_cero()) - globales(v, menos)
                + globales(v, mas);
            let campo = format!("base del tributo {tributo}");
            h.cuadre(codigo, &campo, (s.base.o_cero(), base), rigor.suma());
            impuesto_de(h, v, s, rigor);
        }
    }
    let pagados = de_cabecera.iter().filter(|s| PAGADOS.contains(&s.tributo.as_str()));
    let esperado = suma(pagados.map(|s| s.impuesto.o_cero()));
    let total = suma(v.impuestos.iter().map(|i| i.total.o_cero()));
    h.cuadre("3294", "total de impuestos", (total, esperado), rigor.suma());
    tasas(h, v);
    monetario(h, v, rigor);
}

fn formatos(h: &mut Hallazgos, v: &Vista) {
    h.si(v.impuestos.is_empty(), "2956", "cac:TaxTotal", "falta el total de impuestos");
    h.si(v.impuestos.len() > 1, "3024", "cac:TaxTotal", "el total de impuestos va una sola vez");
    let t = &v.totales;
    let obligatorios = [
        (&t.total, "2062", "importe total"),
        (&t.valor_venta, "3288", "total valor de venta"),
        (&t.precio_venta, "3305", "total precio de venta"),
    ];
    for (monto, codigo, campo) in obligatorios {
        let malo = !is_importe(&monto.texto);
        h.si(malo, codigo, campo, "falta, o no es un importe con dos decimales");
    }
    let opcionales = [
        (&t.descuentos, "2065", "total descuentos"),
        (&t.cargos, "2064", "total otros cargos"),
        (&t.anticipos, "2509", "total anticipos"),
    ];
    for (monto, codigo, campo) in opcionales {
        let malo = monto.esta() && !is_importe(&monto.texto);
        h.si(malo, codigo, campo, "no es un importe con dos decimales");
    }
    let redondeo = t.redondeo.texto.trim_start_matches('-');
    let malo = t.redondeo.esta() && !is_importe(redondeo);
    let excede = t.redondeo.o_cero().abs() > Decimal::ONE;
    h.si(malo || excede, "3303", "redondeo", "el redondeo va de -1.00 a 1.00");
}

/// One subtotal per tribute of the lines, none repeated (2638, 3068).
fn tributos_presentes(h: &mut Hallazgos, v: &Vista, cabecera: &[&SubtotalLeido]) {
    for (i, s) in cabecera.iter().enumerate() {
        let repetido = cabecera[..i].iter().any(|o| o.tributo == s.tributo);
        h.si(repetido, "3068", "cac:TaxTotal", "el tributo está repetido en los totales");
        let malo = !is_importe(&s.base.texto) || !is_importe(&s.impuesto.texto);
        h.si(malo, "2999", "cac:TaxTotal", "los importes del tributo llevan dos decimales");
    }
    let mut faltan: Vec<&str> = Vec::new();
    for s in v.lineas.iter().flat_map(|l| &l.impuestos).flat_map(|i| &i.subtotales) {
        let tributo = s.tributo.as_str();
        if !cabecera.iter().any(|c| c.tributo == tributo) && !faltan.contains(&tributo) {
            faltan.push(tributo);
        }
    }
    for tributo in faltan {
        let motivo = format!("las líneas usan el tributo {tributo} y los totales no lo traen");
        h.si(true, "2638", "cac:TaxTotal", &motivo);
    }
}

fn suma_de_lineas(v: &Vista, tributo: &str, dato: impl Fn(&SubtotalLeido) -> Decimal) -> Decimal {
    let subtotales = v.lineas.iter().flat_map(|l| &l.impuestos).flat_map(|i| &i.subtotales);
    suma(subtotales.filter(|s| s.tributo == tributo).map(dato))
}

fn globales(v: &Vista, codigos: &[&str]) -> Decimal {
    let tales = v.cargos.iter().filter(|c| codigos.contains(&c.codigo.as_str()));
    suma(tales.map(|c| c.monto.o_cero()))
}

/// IGV of the header against base × rate (3291); the tax of free lines against its lines (3276).
fn impuesto_de(h: &mut Hallazgos, v: &Vista, s: &SubtotalLeido, rigor: Rigor) {
    let monto = s.impuesto.o_cero();
    match s.tributo.as_str() {
        "1000" => {
            let subtotales = v.lineas.iter().flat_map(|l| &l.impuestos).flat_map(|i| &i.subtotales);
            let r = subtotales.filter(|x| x.tributo == "1000").map(tasa).next().unwrap_or_default();
            let esperado = por(s.base.o_cero(), r);
            h.cuadre("3291", "IGV", (monto, esperado), tolerancia_igv(v, rigor));
            if rigor == Rigor::Propio && v.cargos.is_empty() {
                let lineas = suma_de_lineas(v, "1000", |x| x.impuesto.o_cero());
                h.cuadre("3291", "IGV, suma de las líneas", (monto, lineas), Decimal::ZERO);
            }
        }
        "9996" => {
            let lineas = suma_de_lineas(v, "9996", |x| x.impuesto.o_cero());
            h.cuadre("3276", "IGV de las gratuitas", (monto, lineas), rigor.suma());
        }
        _ => {
            let motivo = "este tributo lleva impuesto 0.00 en los totales";
            h.si(!monto.is_zero(), "3000", &format!("tributo {}", s.tributo), motivo);
        }
    }
}

/// Ours: 0.006 per line or advance, never over 0.90. SUNAT's: one unit.
fn tolerancia_igv(v: &Vista, rigor: Rigor) -> Decimal {
    if rigor == Rigor::Sunat {
        return Decimal::ONE;
    }
    let partes = i64::try_from(v.lineas.len() + v.anticipos.len()).unwrap_or(i64::MAX / 10);
    Decimal::new(partes.saturating_mul(6), 3).clamp(Decimal::new(6, 3), Decimal::new(90, 2))
}

fn tasas(h: &mut Hallazgos, v: &Vista) {
    let subtotales = v.lineas.iter().flat_map(|l| &l.impuestos).flat_map(|i| &i.subtotales);
    let mut con_igv = subtotales.filter(|s| s.tributo == "1000").map(tasa);
    if let Some(primera) = con_igv.next() {
        let varias = con_igv.any(|t| t != primera);
        h.si(varias, "3462", "tasa del IGV", "todas las líneas gravadas llevan una sola tasa");
    }
}

fn de_lineas(v: &Vista, codigos: &[&str]) -> Decimal {
    let cargos = v.lineas.iter().flat_map(|l| &l.cargos);
    suma(cargos.filter(|c| codigos.contains(&c.codigo.as_str())).map(|c| c.monto.o_cero()))
}

fn monetario(h: &mut Hallazgos, v: &Vista, rigor: Rigor) {
    let t = &v.totales;
    let pagadas = v.lineas.iter().filter(|l| !gratuita(l)).map(|l| l.valor_venta.o_cero());
    let valor = suma(pagadas) - globales(v, &["02"]) + globales(v, &["49"]);
    h.cuadre("3278", "total valor de venta", (t.valor_venta.o_cero(), valor), rigor.suma());
    let precio = t.valor_venta.o_cero() + impuestos_sin_anticipos(v);
    let tolerancia = if v.anticipos.is_empty() { rigor.suma() } else { rigor.producto() };
    h.cuadre("3279", "total precio de venta", (t.precio_venta.o_cero(), precio), tolerancia);
    let descuentos = de_lineas(v, &["01"]) + globales(v, &["03", "63"]);
    h.cuadre("3300", "total descuentos", (t.descuentos.o_cero(), descuentos), rigor.suma());
    let cargos = de_lineas(v, &["48"]) + globales(v, &["45", "46", "50"]);
    h.cuadre("3301", "total otros cargos", (t.cargos.o_cero(), cargos), rigor.suma());
    let total = t.precio_venta.o_cero() - t.descuentos.o_cero() + t.cargos.o_cero()
        - t.anticipos.o_cero()
        + t.redondeo.o_cero();
    h.cuadre("3280", "importe total", (t.total.o_cero(), total), rigor.suma());
    for c in v.cargos.iter().filter(|c| !c.factor.is_empty() && c.codigo != "62") {
        let factor = numero(&c.factor).unwrap_or(Decimal::ONE_HUNDRED);
        let esperado = por(c.base.o_cero(), factor);
        h.cuadre("3307", "descuento global", (c.monto.o_cero(), esperado), rigor.producto());
    }
}

/// Taxes of the sale before advances: what the header says plus the IGV already paid with them.
fn impuestos_sin_anticipos(v: &Vista) -> Decimal {
    let cabecera = suma(v.impuestos.iter().map(|i| i.total.o_cero()));
    if v.anticipos.is_empty() {
        return cabecera;
    }
    let bruto = suma(v.anticipos.iter().map(|(_, m)| m.o_cero()));
    cabecera + bruto - globales(v, &["04", "05", "06", "20"])
}
