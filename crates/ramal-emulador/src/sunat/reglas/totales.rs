//! Header sums against the lines. It deliberately keeps SUNAT's tolerance of one unit, not Ramal's
//! exact rule.

use std::collections::BTreeSet;

use ramal_xml::NodeRef;
use rust_decimal::Decimal;

use super::lineas::{SUMADOS, Sumas, check_factor, check_scheme};
use super::{amount_at, decimal_at, rate, unit};
use crate::decimales::{near, round};
use crate::sunat::fallo::{Fallo, ensure};
use crate::xml::{children, text_at};

/// First header sum that does not agree.
pub fn check(root: NodeRef<'_>, lineas: &Sumas) -> Result<(), Fallo> {
    for a in children(root, "AllowanceCharge") {
        check_factor(a, "3307")?;
    }
    let impuestos = check_taxes(root, lineas)?;
    check_monetary(root, lineas, impuestos)
}

/// Sum of the global charges or discounts with those codes.
fn globals(root: NodeRef<'_>, codigos: &[&str]) -> Decimal {
    children(root, "AllowanceCharge")
        .filter(|a| codigos.contains(&text_at(*a, &["AllowanceChargeReasonCode"]).as_str()))
        .map(|a| amount_at(a, &["Amount"]))
        .sum()
}

/// Gives the total of tax before advances.
fn check_taxes(root: NodeRef<'_>, lineas: &Sumas) -> Result<Decimal, Fallo> {
    let totales: Vec<NodeRef<'_>> = children(root, "TaxTotal").collect();
    ensure(!totales.is_empty(), "2956", "falta el total de tributos")?;
    ensure(totales.len() == 1, "3024", "hay más de un total de tributos")?;
    let mut vistos = BTreeSet::new();
    let (mut suma, mut igv_escrito) = (Decimal::ZERO, Decimal::ZERO);
    for subtotal in children(totales[0], "TaxSubtotal") {
        let id = check_scheme(subtotal)?;
        ensure(vistos.insert(id.clone()), "3068", "el tributo se repite")?;
        let monto = decimal_at(subtotal, &["TaxAmount"]);
        let monto = monto.ok_or_else(|| Fallo::new("2033", "el tributo no es un número"))?;
        check_base(root, lineas, subtotal, &id)?;
        if SUMADOS.contains(&id.as_str()) {
            suma += monto;
        }
        if id == "1000" {
            igv_escrito = monto;
            check_igv(lineas, subtotal, monto)?;
        } else if ["9995", "9997", "9998"].contains(&id.as_str()) {
            ensure(monto.is_zero(), "3000", "el tributo debe ser cero")?;
        }
    }
    let presentes: BTreeSet<String> = lineas.tributos.keys().cloned().collect();
    ensure(vistos == presentes, "2638", "los tributos no son los de las líneas")?;
    let escrito = amount_at(totales[0], &["TaxAmount"]);
    ensure(near(escrito, suma, unit()), "3294", format!("el total de tributos debe ser {suma}"))?;
    let anticipos = globals(root, &["04"]) * lineas.tasa.unwrap_or_default() / Decimal::ONE_HUNDRED;
    let antes = if igv_escrito.is_zero() && anticipos.is_zero() { suma } else { suma + anticipos };
    Ok(antes)
}

fn check_base(
    root: NodeRef<'_>,
    lineas: &Sumas,
    subtotal: NodeRef<'_>,
    id: &str,
) -> Result<(), Fallo> {
    let (codigo, ajuste) = match id {
        "1000" => ("3277", globals(root, &["49"]) - globals(root, &["02", "04"])),
        "9997" => ("3275", -globals(root, &["05"])),
        "9998" => ("3274", -globals(root, &["06"])),
        "9995" => ("3273", Decimal::ZERO),
        "9996" => ("3276", Decimal::ZERO),
        _ => return Ok(()),
    };
    let base = lineas.tributos.get(id).map_or(Decimal::ZERO, |(base, _)| *base) + ajuste;
    let escrita = amount_at(subtotal, &["TaxableAmount"]);
    ensure(near(escrita, base, unit()), codigo, format!("la base de {id} debe ser {base}"))
}

fn check_igv(lineas: &Sumas, subtotal: NodeRef<'_>, monto: Decimal) -> Result<(), Fallo> {
    let tasa = lineas.tasa.map_or_else(rate, |t| t / Decimal::ONE_HUNDRED);
    let esperado = round(amount_at(subtotal, &["TaxableAmount"]) * tasa, 2);
    ensure(near(monto, esperado, unit()), "3291", format!("el IGV debe ser {esperado}"))
}

fn check_monetary(root: NodeRef<'_>, lineas: &Sumas, impuestos: Decimal) -> Result<(), Fallo> {
    let totales = root.child("LegalMonetaryTotal").or_else(|| root.child("RequestedMonetaryTotal"));
    let totales = totales.ok_or_else(|| Fallo::new("0306", "faltan los totales"))?;
    let agrees = |nombre: &str, esperado: Decimal, codigo: &str| {
        let escrito = amount_at(totales, &[nombre]);
        let vale = near(escrito, esperado, unit());
        ensure(vale, codigo, format!("{nombre} debe ser {}", round(esperado, 2)))
    };
    ensure(
        totales.child("LineExtensionAmount").is_some(),
        "3288",
        "falta el total valor de venta",
    )?;
    ensure(
        totales.child("TaxInclusiveAmount").is_some(),
        "3305",
        "falta el total precio de venta",
    )?;
    let pagar = decimal_at(totales, &["PayableAmount"]);
    ensure(pagar.is_some_and(|p| p >= Decimal::ZERO), "2062", "falta el importe total")?;
    let venta = lineas.pagadas - globals(root, &["02"]) + globals(root, &["49"]);
    agrees("LineExtensionAmount", venta, "3278")?;
    let escrita = amount_at(totales, &["LineExtensionAmount"]);
    agrees("TaxInclusiveAmount", escrita + impuestos, "3279")?;
    agrees("AllowanceTotalAmount", lineas.descuentos + globals(root, &["03", "63"]), "3300")?;
    agrees("ChargeTotalAmount", lineas.cargos + globals(root, &["45", "46", "50"]), "3301")?;
    let redondeo = amount_at(totales, &["PayableRoundingAmount"]);
    ensure(redondeo.abs() <= unit(), "3303", "el redondeo excede una unidad")?;
    let anticipos: Decimal =
        children(root, "PrepaidPayment").map(|p| amount_at(p, &["PaidAmount"])).sum();
    let pagados = amount_at(totales, &["PrepaidAmount"]);
    ensure(near(pagados, anticipos, unit()), "2509", "el total de anticipos no cuadra")?;
    let de = |nombre: &str| amount_at(totales, &[nombre]);
    let esperado = de("TaxInclusiveAmount") - de("AllowanceTotalAmount") + de("ChargeTotalAmount")
        - pagados
        + redondeo;
    agrees("PayableAmount", esperado, "3280")
}
