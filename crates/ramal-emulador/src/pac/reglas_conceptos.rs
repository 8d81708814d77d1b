//! Rules of each Concepto and of its taxes. It deliberately accepts any well formed key of the
//! large catalogues.

use ramal_xml::NodeRef;
use rust_decimal::Decimal;

use super::catalogos::{OBJETO_IMP, is_tasa_traslado, max_tasa_retencion};
use super::rechazo::{Rechazo, ensure};
use super::reglas::amount;
use crate::decimales::{ceil, floor, half_unit, written};
use crate::xml::{attr, children};

/// First broken rule of the lines.
pub fn check(root: NodeRef<'_>, tipo: &str) -> Result<(), Rechazo> {
    for concepto in children(root, "Conceptos").flat_map(|n| children(n, "Concepto")) {
        if tipo != "P" && tipo != "T" {
            check_amounts(concepto)?;
        }
        check_objeto(concepto)?;
        let impuestos = concepto.child("Impuestos");
        for traslado in impuestos.iter().flat_map(|i| children(*i, "Traslados")) {
            children(traslado, "Traslado").try_for_each(check_traslado)?;
        }
        for retencion in impuestos.iter().flat_map(|i| children(*i, "Retenciones")) {
            children(retencion, "Retencion").try_for_each(check_retencion)?;
        }
    }
    Ok(())
}

fn check_amounts(n: NodeRef<'_>) -> Result<(), Rechazo> {
    let unitario = amount(n, "ValorUnitario");
    ensure(!unitario.is_zero(), "CFDI40166", "ValorUnitario debe ser mayor que cero")?;
    let importe = amount(n, "Importe");
    let (abajo, arriba) = importe_limits(attr(n, "Cantidad"), attr(n, "ValorUnitario"));
    let dentro = abajo <= importe && importe <= arriba;
    ensure(dentro, "CFDI40167", format!("Importe debe estar entre {abajo} y {arriba}"))?;
    if let Some(descuento) = n.attr("Descuento") {
        let cabe = written(descuento) <= written(attr(n, "Importe"));
        ensure(cabe, "CFDI40168", "Descuento lleva más decimales que Importe")?;
        ensure(amount(n, "Descuento") <= importe, "CFDI40169", "Descuento es mayor que Importe")?;
    }
    Ok(())
}

/// Limits of `Importe` for a quantity and a unit value as written. Source: Anexo 20, Guía,
/// CFDI40167.
pub fn importe_limits(cantidad: &str, unitario: &str) -> (Decimal, Decimal) {
    let value = |s: &str| s.parse::<Decimal>().unwrap_or(Decimal::ZERO);
    let (c, v) = (value(cantidad), value(unitario));
    let (hc, hv) = (half_unit(written(cantidad)), half_unit(written(unitario)));
    let epsilon = Decimal::new(1, 12);
    let abajo = floor((c - hc) * (v - hv), 2);
    (abajo, ceil((c + hc - epsilon) * (v + hv - epsilon), 2))
}

/// Limits of a tax amount for a base as written, to `dec` decimals. Source: CFDI40180, CRP20261.
pub fn impuesto_limits(base: &str, tasa: Decimal, dec: u32) -> (Decimal, Decimal) {
    let b = base.parse::<Decimal>().unwrap_or(Decimal::ZERO);
    let half = half_unit(written(base));
    let arriba = ceil((b + half - Decimal::new(1, 12)) * tasa, dec);
    (floor((b - half) * tasa, dec), arriba)
}

fn check_objeto(n: NodeRef<'_>) -> Result<(), Rechazo> {
    let objeto = attr(n, "ObjetoImp");
    ensure(OBJETO_IMP.contains(&objeto), "CFDI40170", "ObjetoImp fuera de catálogo")?;
    let impuestos = n.child("Impuestos");
    if let Some(i) = impuestos {
        ensure(i.children().next().is_some(), "CFDI40173", "Impuestos está vacío")?;
    }
    let traslada = |clave: &str| {
        let grupos = impuestos.iter().flat_map(|i| children(*i, "Traslados"));
        grupos.flat_map(|g| children(g, "Traslado")).any(|t| attr(t, "Impuesto") == clave)
    };
    match objeto {
        "02" => ensure(impuestos.is_some(), "CFDI40171", "02 necesita Impuestos"),
        "06" | "08" => {
            ensure(!traslada("002") && !traslada("003"), "CFDI40172", "no lleva IVA ni IEPS")
        }
        "07" => ensure(!traslada("002") && traslada("003"), "CFDI40172", "07 lleva solo IEPS"),
        _ => ensure(impuestos.is_none(), "CFDI40172", format!("{objeto} no lleva Impuestos")),
    }
}

fn check_traslado(n: NodeRef<'_>) -> Result<(), Rechazo> {
    ensure(!amount(n, "Base").is_zero(), "CFDI40174", "Base debe ser mayor que cero")?;
    let (impuesto, factor) = (attr(n, "Impuesto"), attr(n, "TipoFactor"));
    ensure(["002", "003"].contains(&impuesto), "CFDI40175", "Impuesto fuera de catálogo")?;
    ensure(["Tasa", "Cuota", "Exento"].contains(&factor), "CFDI40176", "TipoFactor inválido")?;
    let (tasa, importe) = (n.attr("TasaOCuota"), n.attr("Importe"));
    if factor == "Exento" {
        let vacio = tasa.is_none() && importe.is_none();
        return ensure(vacio, "CFDI40177", "Exento no lleva TasaOCuota ni Importe");
    }
    let ambos = tasa.is_some() && importe.is_some();
    ensure(ambos, "CFDI40178", "faltan TasaOCuota o Importe")?;
    let tasa = tasa.unwrap_or("");
    let conocida = is_tasa_traslado(impuesto, factor, tasa);
    ensure(conocida, "CFDI40179", format!("la tasa {tasa} no está en el catálogo"))?;
    let (abajo, arriba) = impuesto_limits(attr(n, "Base"), amount(n, "TasaOCuota"), 2);
    let valor = amount(n, "Importe");
    let texto = format!("Importe del traslado debe estar entre {abajo} y {arriba}");
    ensure(abajo <= valor && valor <= arriba, "CFDI40180", texto)
}

fn check_retencion(n: NodeRef<'_>) -> Result<(), Rechazo> {
    ensure(!amount(n, "Base").is_zero(), "CFDI40181", "Base debe ser mayor que cero")?;
    let maxima = max_tasa_retencion(attr(n, "Impuesto"));
    let maxima = maxima.ok_or_else(|| Rechazo::new("CFDI40182", "Impuesto fuera de catálogo"))?;
    let factor = attr(n, "TipoFactor");
    ensure(factor != "Exento", "CFDI40184", "Exento no va en retenciones")?;
    ensure(["Tasa", "Cuota"].contains(&factor), "CFDI40183", "TipoFactor inválido")?;
    let tasa = amount(n, "TasaOCuota");
    ensure(tasa <= Decimal::new(maxima, 6), "CFDI40185", "la tasa excede el catálogo")?;
    let (abajo, arriba) = impuesto_limits(attr(n, "Base"), tasa, 2);
    let valor = amount(n, "Importe");
    let texto = format!("Importe de la retención debe estar entre {abajo} y {arriba}");
    ensure(abajo <= valor && valor <= arriba, "CFDI40186", texto)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texto((abajo, arriba): (Decimal, Decimal)) -> String {
        format!("{abajo} {arriba}")
    }

    #[test]
    fn limits_are_those_of_the_anexo() {
        assert_eq!(texto(importe_limits("14.16", "13.66")), "193.28 193.57");
        let iva = Decimal::new(16, 2);
        assert_eq!(texto(impuesto_limits("430.17", iva, 2)), "68.82 68.83");
        assert_eq!(texto(impuesto_limits("103.00", iva, 2)), "16.47 16.49");
        assert_eq!(texto(impuesto_limits("0.03", iva, 2)), "0.00 0.01");
    }
}
