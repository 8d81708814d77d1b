//! Rules of the header of a CFDI 4.0 and of its parties. It deliberately leaves lines and taxes to
//! their own files.
//!
//! Source: SAT validation matrix for CFDI 4.0, revision of March 2026.

use ramal_base::Fecha;
use ramal_xml::NodeRef;
use rust_decimal::Decimal;

use super::catalogos::{
    FORMA_PAGO, Persona, TIPO_RELACION, allows_regimen, allows_uso, is_moneda, is_regimen, is_uso,
    persona,
};
use super::rechazo::{Rechazo, ensure};
use super::{reglas_conceptos, reglas_impuestos, reglas_pagos};
use crate::decimales;
use crate::xml::{attr, children};

/// RFC of the public in general.
pub const PUBLICO: &str = "XAXX010101000";
/// RFC of foreign residents.
pub const EXTRANJERO: &str = "XEXX010101000";

/// First broken rule of the document. `hoy` is the day in the zone of issue.
pub fn check(root: NodeRef<'_>, hoy: Fecha) -> Result<(), Rechazo> {
    let tipo = attr(root, "TipoDeComprobante");
    ensure(tipo != "N", "CFDI40121", "el emulador no timbra nómina")?;
    if tipo == "P" {
        reglas_pagos::check_envelope(root)?;
    }
    check_payment(root, tipo)?;
    check_currency(root, tipo)?;
    check_global(root, hoy)?;
    for relacion in children(root, "CfdiRelacionados") {
        let clave = attr(relacion, "TipoRelacion");
        ensure(TIPO_RELACION.contains(&clave), "CFDI40137", "TipoRelacion fuera de catálogo")?;
    }
    check_parties(root, tipo)?;
    reglas_conceptos::check(root, tipo)?;
    reglas_impuestos::check(root, tipo)?;
    check_totals(root, tipo)?;
    if tipo == "P" {
        reglas_pagos::check(root)?;
    }
    Ok(())
}

/// Amount in an attribute already checked by its pattern; absent is zero.
pub fn amount(node: NodeRef<'_>, name: &str) -> Decimal {
    node.attr(name).and_then(|v| decimales::parse(v, 10)).unwrap_or(Decimal::ZERO)
}

fn check_payment(root: NodeRef<'_>, tipo: &str) -> Result<(), Rechazo> {
    let (forma, metodo) = (root.attr("FormaPago"), root.attr("MetodoPago"));
    if tipo == "T" || tipo == "P" {
        ensure(forma.is_none(), "CFDI40103", "FormaPago no debe existir en T y P")?;
        ensure(metodo.is_none(), "CFDI40125", "MetodoPago no debe existir en T y P")?;
        let condiciones = root.attr("CondicionesDePago").is_none();
        return ensure(condiciones, "CFDI40999", "CondicionesDePago no debe existir en T y P");
    }
    let forma = forma.ok_or_else(|| Rechazo::new("CFDI40103", "falta FormaPago"))?;
    ensure(FORMA_PAGO.contains(&forma), "CFDI40104", "FormaPago fuera de catálogo")?;
    let metodo = metodo.ok_or_else(|| Rechazo::new("CFDI40124", "falta MetodoPago"))?;
    ensure(["PUE", "PPD"].contains(&metodo), "CFDI40124", "MetodoPago fuera de catálogo")?;
    ensure((forma == "99") == (metodo == "PPD"), "CFDI40105", "99 va si y solo si es PPD")
}

fn check_currency(root: NodeRef<'_>, tipo: &str) -> Result<(), Rechazo> {
    let moneda = attr(root, "Moneda");
    let cambio = root.attr("TipoCambio");
    ensure(is_moneda(moneda), "CFDI40113", "Moneda fuera de catálogo")?;
    ensure(tipo != "P" || moneda == "XXX", "CRP20103", "en P la moneda es XXX")?;
    ensure(tipo == "P" || moneda != "XXX", "CFDI40113", "XXX solo va en P")?;
    match moneda {
        "XXX" => ensure(cambio.is_none(), "CFDI40116", "TipoCambio no va con XXX"),
        "MXN" => ensure(cambio.is_none_or(|c| c == "1"), "CFDI40114", "TipoCambio debe ser 1"),
        _ => ensure(cambio.is_some(), "CFDI40115", "falta TipoCambio"),
    }?;
    ensure(
        attr(root, "Exportacion") != "02",
        "CFDI40122",
        "falta el complemento ComercioExterior",
    )?;
    let confirmacion = root.attr("Confirmacion").is_none();
    ensure(confirmacion, "CFDI40127", "Confirmacion no debe existir: ningún importe la pide")
}

fn check_global(root: NodeRef<'_>, hoy: Fecha) -> Result<(), Rechazo> {
    let receptor = root.child("Receptor");
    let rfc = receptor.map_or("", |r| attr(r, "Rfc"));
    let nombre = receptor.map_or("", |r| attr(r, "Nombre"));
    let publico = rfc == PUBLICO && nombre == "PUBLICO EN GENERAL";
    let debe = publico && attr(root, "TipoDeComprobante") == "I";
    let info = root.child("InformacionGlobal");
    ensure(debe == info.is_some(), "CFDI40130", "InformacionGlobal falta o sobra")?;
    let Some(info) = info else {
        return Ok(());
    };
    let periodicidad = attr(info, "Periodicidad");
    let conocida = ["01", "02", "03", "04", "05"].contains(&periodicidad);
    ensure(conocida, "CFDI40131", "Periodicidad fuera de catálogo")?;
    let regimen = root.child("Emisor").map_or("", |e| attr(e, "RegimenFiscal"));
    let bimestral = periodicidad == "05";
    ensure(!bimestral || regimen == "621", "CFDI40132", "05 solo con régimen 621")?;
    let mes: u32 = attr(info, "Meses").parse().unwrap_or(0);
    ensure((1..=18).contains(&mes), "CFDI40133", "Meses fuera de catálogo")?;
    let codigo = if bimestral { "CFDI40134" } else { "CFDI40135" };
    ensure(bimestral == (mes >= 13), codigo, "Meses no corresponde a la periodicidad")?;
    let anio: i16 = attr(info, "Año").parse().unwrap_or(0);
    let vale = anio == hoy.anio() || anio == hoy.anio() - 1;
    ensure(vale, "CFDI40136", "el año debe ser el actual o el anterior")
}

fn check_parties(root: NodeRef<'_>, tipo: &str) -> Result<(), Rechazo> {
    let (Some(emisor), Some(receptor)) = (root.child("Emisor"), root.child("Receptor")) else {
        return Err(Rechazo::new("301", "faltan las partes"));
    };
    let regimen = attr(emisor, "RegimenFiscal");
    ensure(is_regimen(regimen), "CFDI40140", "RegimenFiscal fuera de catálogo")?;
    let suya = allows_regimen(persona(attr(emisor, "Rfc")), regimen);
    ensure(suya, "CFDI40141", "RegimenFiscal no corresponde al tipo de persona")?;
    check_receptor(root, receptor, tipo)
}

fn check_receptor(root: NodeRef<'_>, receptor: NodeRef<'_>, tipo: &str) -> Result<(), Rechazo> {
    let (rfc, nombre) = (attr(receptor, "Rfc"), attr(receptor, "Nombre"));
    let generico = rfc == PUBLICO || rfc == EXTRANJERO;
    let publico = nombre != "PUBLICO EN GENERAL" || rfc == PUBLICO;
    ensure(publico, "CFDI40146", "PUBLICO EN GENERAL solo va con XAXX010101000")?;
    let mismo = attr(receptor, "DomicilioFiscalReceptor") == attr(root, "LugarExpedicion");
    ensure(
        !generico || mismo,
        "CFDI40149",
        "con RFC genérico DomicilioFiscalReceptor debe ser LugarExpedicion",
    )?;
    check_residence(receptor, rfc)?;
    let regimen = attr(receptor, "RegimenFiscalReceptor");
    ensure(is_regimen(regimen), "CFDI40157", "RegimenFiscalReceptor fuera de catálogo")?;
    ensure(!generico || regimen == "616", "CFDI40158", "con RFC genérico el régimen es 616")?;
    let quien = persona(rfc);
    let suyo = allows_regimen(quien, regimen);
    ensure(suyo, "CFDI40158", "RegimenFiscalReceptor no corresponde al tipo de persona")?;
    check_uso(attr(receptor, "UsoCFDI"), quien, regimen, tipo)
}

fn check_uso(uso: &str, quien: Persona, regimen: &str, tipo: &str) -> Result<(), Rechazo> {
    ensure(is_uso(uso), "CFDI40160", "UsoCFDI fuera de catálogo")?;
    ensure((uso == "CP01") == (tipo == "P"), "CFDI40161", "CP01 va si y solo si es P")?;
    let vale = allows_uso(uso, quien, regimen);
    ensure(vale, "CFDI40161", format!("UsoCFDI {uso} no se admite con régimen {regimen}"))
}

fn check_residence(receptor: NodeRef<'_>, rfc: &str) -> Result<(), Rechazo> {
    let (pais, registro) = (receptor.attr("ResidenciaFiscal"), receptor.attr("NumRegIdTrib"));
    if rfc != EXTRANJERO {
        ensure(pais.is_none(), "CFDI40151", "ResidenciaFiscal solo va con XEXX010101000")?;
        return ensure(registro.is_none(), "CFDI40154", "NumRegIdTrib solo va con XEXX010101000");
    }
    ensure(pais != Some("MEX"), "CFDI40152", "ResidenciaFiscal no puede ser MEX")?;
    let parejos = pais.is_some() == registro.is_some();
    ensure(parejos, "CFDI40153", "ResidenciaFiscal y NumRegIdTrib van juntos")
}

fn check_totals(root: NodeRef<'_>, tipo: &str) -> Result<(), Rechazo> {
    let cero = tipo == "P" || tipo == "T";
    let conceptos: Vec<NodeRef<'_>> =
        children(root, "Conceptos").flat_map(|n| children(n, "Concepto")).collect();
    let sum = |name: &str| -> Decimal { conceptos.iter().map(|c| amount(*c, name)).sum() };
    let dec = |name: &str| decimales::written(attr(root, name));
    ensure(dec("SubTotal") <= 2, "CFDI40107", "SubTotal lleva más decimales que la moneda")?;
    let subtotal = amount(root, "SubTotal");
    let esperado = decimales::round(sum("Importe"), 2);
    ensure(!cero || subtotal.is_zero(), "CFDI40109", "SubTotal debe ser cero")?;
    ensure(subtotal == esperado, "CFDI40108", format!("SubTotal debe ser {esperado}"))?;
    let alguno = conceptos.iter().any(|c| c.attr("Descuento").is_some());
    let descuento = amount(root, "Descuento");
    ensure(descuento <= subtotal, "CFDI40110", "Descuento es mayor que SubTotal")?;
    let existe = root.attr("Descuento").is_some();
    ensure(alguno == existe && !(cero && existe), "CFDI40111", "Descuento falta o sobra")?;
    let esperado = decimales::round(sum("Descuento"), 2);
    ensure(descuento == esperado, "CFDI40111", format!("Descuento debe ser {esperado}"))?;
    ensure(dec("Descuento") <= 2, "CFDI40112", "Descuento lleva más decimales que la moneda")?;
    let impuestos = root.child("Impuestos");
    let de = |name: &str| impuestos.map_or(Decimal::ZERO, |i| amount(i, name));
    let total =
        subtotal - descuento + de("TotalImpuestosTrasladados") - de("TotalImpuestosRetenidos");
    let vale = amount(root, "Total") == total && dec("Total") <= 2;
    ensure(vale, "CFDI40119", format!("Total debe ser {total}"))?;
    let tope = Decimal::from(20_000_000);
    ensure(total <= tope, "CFDI40120", "Total excede el límite sin Confirmacion")
}
