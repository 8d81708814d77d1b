//! Rules of each line, and the sums by tribute that the header must agree with. It deliberately
//! trusts no header.

use std::collections::BTreeMap;

use ramal_xml::NodeRef;
use rust_decimal::Decimal;

use super::{amount_at, decimal_at, unit};
use crate::decimales::near;
use crate::sunat::catalogos::{UNIDAD, is_gravada_gratuita, tributo, tributo_of};
use crate::sunat::fallo::{Fallo, ensure};
use crate::xml::{attr, children, text_at};

/// What the lines add up to.
#[derive(Default)]
pub struct Sumas {
    /// Base and tax of each tribute.
    pub tributos: BTreeMap<String, (Decimal, Decimal)>,
    /// Value of the paid lines.
    pub pagadas: Decimal,
    /// Discounts of lines that do not touch the base (01).
    pub descuentos: Decimal,
    /// Charges of lines that do not touch the base (48).
    pub cargos: Decimal,
    /// IGV rate of the lines, percent.
    pub tasa: Option<Decimal>,
}

/// Tributes that enter the total of tax.
pub const SUMADOS: &[&str] = &["1000", "1016", "2000", "7152", "9999"];

/// Checks every line and gives the sums.
pub fn check(root: NodeRef<'_>, tipo: &str) -> Result<Sumas, Fallo> {
    let nombre = match tipo {
        "07" => "CreditNoteLine",
        "08" => "DebitNoteLine",
        _ => "InvoiceLine",
    };
    let mut sumas = Sumas::default();
    let mut vistas = Vec::new();
    for linea in children(root, nombre) {
        let id = text_at(linea, &["ID"]);
        let numero = id.parse::<u32>().is_ok_and(|n| (1..=99999).contains(&n));
        ensure(numero, "2023", "el número de orden no cumple el formato")?;
        ensure(!vistas.contains(&id), "2752", "el número de orden se repite")?;
        vistas.push(id);
        check_line(linea, tipo, &mut sumas)?;
    }
    ensure(!vistas.is_empty(), "0306", "el documento no tiene líneas")?;
    Ok(sumas)
}

fn check_line(linea: NodeRef<'_>, tipo: &str, sumas: &mut Sumas) -> Result<(), Fallo> {
    let cantidad = check_quantity(linea, tipo)?;
    let descripcion = text_at(linea, &["Item", "Description"]);
    ensure(!descripcion.is_empty(), "2026", "falta la descripción")?;
    ensure(descripcion.chars().count() <= 500, "2027", "la descripción excede 500 caracteres")?;
    let impuestos: Vec<NodeRef<'_>> = children(linea, "TaxTotal").collect();
    ensure(!impuestos.is_empty(), "3195", "falta TaxTotal en la línea")?;
    ensure(impuestos.len() == 1, "3026", "hay más de un TaxTotal en la línea")?;
    let valor = decimal_at(linea, &["LineExtensionAmount"]);
    let valor = valor.ok_or_else(|| Fallo::new("2033", "el valor de venta no es un número"))?;
    let gratuita = check_taxes(impuestos[0], valor, sumas)?;
    check_prices(linea, cantidad, valor, gratuita, tipo)?;
    check_allowances(linea, sumas)?;
    if !gratuita {
        sumas.pagadas += valor;
    }
    Ok(())
}

fn check_quantity(linea: NodeRef<'_>, tipo: &str) -> Result<Decimal, Fallo> {
    let nombre = match tipo {
        "07" => "CreditedQuantity",
        "08" => "DebitedQuantity",
        _ => "InvoicedQuantity",
    };
    let nodo = linea.child(nombre).ok_or_else(|| Fallo::new("2024", "falta la cantidad"))?;
    let unidad = attr(nodo, "unitCode");
    ensure(!unidad.is_empty(), "2883", "falta la unidad de medida")?;
    ensure(UNIDAD.contains(&unidad), "2936", "la unidad de medida no existe")?;
    let cantidad = decimal_at(nodo, &[]).filter(|c| *c > Decimal::ZERO);
    cantidad.ok_or_else(|| Fallo::new("2025", "la cantidad no cumple el formato"))
}

/// Checks the tributes of a line; says whether it is free of charge.
fn check_taxes(total: NodeRef<'_>, valor: Decimal, sumas: &mut Sumas) -> Result<bool, Fallo> {
    let mut gratuita = false;
    let mut afectos = 0;
    let (mut suma, mut isc) = (Decimal::ZERO, Decimal::ZERO);
    for subtotal in children(total, "TaxSubtotal") {
        if text_at(subtotal, &["TaxCategory", "TaxScheme", "ID"]) == "2000" {
            isc += amount_at(subtotal, &["TaxAmount"]);
        }
    }
    for subtotal in children(total, "TaxSubtotal") {
        let id = check_scheme(subtotal)?;
        let base = amount_at(subtotal, &["TaxableAmount"]);
        let monto = decimal_at(subtotal, &["TaxAmount"]);
        let monto = monto.ok_or_else(|| Fallo::new("2033", "el tributo no es un número"))?;
        if SUMADOS.contains(&id.as_str()) {
            suma += monto;
        }
        let grupo = sumas.tributos.entry(id.clone()).or_default();
        grupo.0 += base;
        grupo.1 += monto;
        if !["2000", "7152", "9999"].contains(&id.as_str()) {
            afectos += 1;
            gratuita = id == "9996";
            ensure(base == valor + isc, "3272", format!("la base debe ser {}", valor + isc))?;
            check_affectation(subtotal, &id, (base, monto), sumas)?;
        }
    }
    ensure(afectos == 1, "3105", "la línea debe llevar exactamente una afectación")?;
    let escrita = amount_at(total, &["TaxAmount"]);
    ensure(near(escrita, suma, unit()), "3292", format!("el total de tributos debe ser {suma}"))?;
    Ok(gratuita)
}

/// Name and type of the tribute; gives its code.
pub fn check_scheme(subtotal: NodeRef<'_>) -> Result<String, Fallo> {
    let esquema = subtotal.descend(&["TaxCategory", "TaxScheme"]);
    let esquema = esquema.ok_or_else(|| Fallo::new("2037", "falta el tributo"))?;
    let id = text_at(esquema, &["ID"]);
    let conocido = tributo(&id);
    let (nombre, tipo) = conocido.ok_or_else(|| Fallo::new("2036", "el tributo no existe"))?;
    ensure(text_at(esquema, &["Name"]) == nombre, "3051", format!("el nombre es {nombre}"))?;
    let codigo = text_at(esquema, &["TaxTypeCode"]);
    ensure(codigo == tipo, "2961", format!("el código internacional es {tipo}"))?;
    Ok(id)
}

fn check_affectation(
    subtotal: NodeRef<'_>,
    id: &str,
    (base, monto): (Decimal, Decimal),
    sumas: &mut Sumas,
) -> Result<(), Fallo> {
    let categoria = ["TaxCategory", "TaxExemptionReasonCode"];
    let afectacion = text_at(subtotal, &categoria);
    let suyo = tributo_of(&afectacion) == Some(id);
    ensure(suyo, "3105", "la afectación falta o no es la del tributo")?;
    let porcentaje = text_at(subtotal, &["TaxCategory", "Percent"]);
    ensure(!porcentaje.is_empty(), "2992", "falta la tasa del tributo")?;
    let tasa = decimal_at(subtotal, &["TaxCategory", "Percent"]);
    let tasa = tasa.ok_or_else(|| Fallo::new("3102", "la tasa no cumple el formato"))?;
    let esperado = base * tasa / Decimal::ONE_HUNDRED;
    match id {
        "1000" | "1016" => {
            ensure(
                base > Decimal::ZERO || monto.is_zero(),
                "3105",
                "la base debe ser mayor a cero",
            )?;
            let texto = format!("el IGV debe ser {}", crate::decimales::round(esperado, 2));
            ensure(near(monto, esperado, unit()), "3103", texto)?;
            let una = sumas.tasa.is_none_or(|t| t == tasa);
            ensure(una, "3462", "las líneas llevan tasas distintas")?;
            sumas.tasa = Some(tasa);
        }
        "9996" if is_gravada_gratuita(&afectacion) => {
            let vale = base <= Decimal::new(6, 2) || !monto.is_zero();
            ensure(vale, "3111", "el tributo debe ser mayor a cero")?;
            ensure(near(monto, esperado, unit()), "3103", "el IGV de referencia no cuadra")?;
        }
        _ => ensure(monto.is_zero(), "3110", "el tributo debe ser cero")?,
    }
    Ok(())
}

fn check_prices(
    linea: NodeRef<'_>,
    cantidad: Decimal,
    valor: Decimal,
    gratuita: bool,
    tipo: &str,
) -> Result<(), Fallo> {
    let unitario = decimal_at(linea, &["Price", "PriceAmount"]);
    let unitario = unitario.ok_or_else(|| Fallo::new("2068", "falta el valor unitario"))?;
    let precio = linea.descend(&["PricingReference", "AlternativeConditionPrice"]);
    let precio = precio.ok_or_else(|| Fallo::new("2028", "falta el precio unitario"))?;
    let (monto, clase) = (amount_at(precio, &["PriceAmount"]), text_at(precio, &["PriceTypeCode"]));
    if gratuita {
        ensure(clase == "02", "3224", "una línea gratuita lleva valor referencial 02")?;
        ensure(unitario.is_zero(), "2640", "el valor unitario de lo gratuito es cero")?;
        return ensure(near(valor, monto * cantidad, unit()), "3271", "el valor no cuadra");
    }
    ensure(clase != "02", "3234", "02 solo va en líneas gratuitas")?;
    let cero_permitido = tipo == "07";
    let positivo = valor > Decimal::ZERO || cero_permitido;
    ensure(positivo, "3105", "una línea onerosa lleva base mayor a cero")?;
    let afecto = |codigo: &str| -> Decimal {
        children(linea, "AllowanceCharge")
            .filter(|a| text_at(*a, &["AllowanceChargeReasonCode"]) == codigo)
            .map(|a| amount_at(a, &["Amount"]))
            .sum()
    };
    let esperado = cantidad * unitario - afecto("00") + afecto("47");
    let texto = format!("el valor de venta debe ser {}", crate::decimales::round(esperado, 2));
    ensure(near(valor, esperado, unit()), "3271", texto)?;
    let con_impuestos = (valor + amount_at(linea, &["TaxTotal", "TaxAmount"]) - afecto("01")
        + afecto("48"))
        / cantidad;
    let texto = format!("el precio unitario debe ser {}", con_impuestos.round_dp(10));
    ensure(near(monto, con_impuestos, unit()), "3270", texto)
}

fn check_allowances(linea: NodeRef<'_>, sumas: &mut Sumas) -> Result<(), Fallo> {
    for a in children(linea, "AllowanceCharge") {
        let monto = amount_at(a, &["Amount"]);
        check_factor(a, "3290")?;
        match text_at(a, &["AllowanceChargeReasonCode"]).as_str() {
            "01" => sumas.descuentos += monto,
            "48" => sumas.cargos += monto,
            _ => {}
        }
    }
    Ok(())
}

/// Amount = base × factor ± 1 when there is a factor.
pub fn check_factor(a: NodeRef<'_>, codigo: &str) -> Result<(), Fallo> {
    let Some(factor) = decimal_at(a, &["MultiplierFactorNumeric"]) else {
        return Ok(());
    };
    let esperado = amount_at(a, &["BaseAmount"]) * factor;
    let vale = near(amount_at(a, &["Amount"]), esperado, unit());
    ensure(vale, codigo, format!("el cargo o descuento debe ser {}", esperado.round_dp(2)))
}
