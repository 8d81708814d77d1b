//! Rules of the document's Impuestos against the sums of its lines. It deliberately trusts no
//! figure of the header.

use std::collections::BTreeMap;

use ramal_xml::NodeRef;
use rust_decimal::Decimal;

use super::rechazo::{Rechazo, ensure};
use super::reglas::amount;
use crate::decimales::{round, written};
use crate::xml::{attr, children};

/// Impuesto, TipoFactor, TasaOCuota.
type Clave = (String, String, String);

/// First broken rule of the totals of tax.
pub fn check(root: NodeRef<'_>, tipo: &str) -> Result<(), Rechazo> {
    let impuestos = root.child("Impuestos");
    if tipo == "P" || tipo == "T" {
        return ensure(impuestos.is_none(), "CFDI40201", "Impuestos no va en T y P");
    }
    let traslados = line_traslados(root);
    let retenciones = line_retenciones(root);
    let hay = !traslados.is_empty() || !retenciones.is_empty();
    ensure(hay == impuestos.is_some(), "CFDI40201", "Impuestos del comprobante falta o sobra")?;
    let Some(impuestos) = impuestos else {
        return Ok(());
    };
    check_retenciones(impuestos, &retenciones)?;
    check_traslados(impuestos, &traslados)
}

fn line_items<'a>(root: NodeRef<'a>, grupo: &'static str, item: &'static str) -> Vec<NodeRef<'a>> {
    children(root, "Conceptos")
        .flat_map(|n| children(n, "Concepto"))
        .flat_map(|n| children(n, "Impuestos"))
        .flat_map(|n| children(n, grupo))
        .flat_map(|n| children(n, item))
        .collect()
}

fn clave(n: NodeRef<'_>) -> Clave {
    let tasa = n
        .attr("TasaOCuota")
        .map_or_else(String::new, |_| amount(n, "TasaOCuota").normalize().to_string());
    (attr(n, "Impuesto").to_owned(), attr(n, "TipoFactor").to_owned(), tasa)
}

fn line_traslados(root: NodeRef<'_>) -> BTreeMap<Clave, (Decimal, Decimal)> {
    let mut grupos: BTreeMap<Clave, (Decimal, Decimal)> = BTreeMap::new();
    for n in line_items(root, "Traslados", "Traslado") {
        let grupo = grupos.entry(clave(n)).or_default();
        grupo.0 += amount(n, "Base");
        grupo.1 += amount(n, "Importe");
    }
    grupos
}

fn line_retenciones(root: NodeRef<'_>) -> BTreeMap<String, Decimal> {
    let mut grupos: BTreeMap<String, Decimal> = BTreeMap::new();
    for n in line_items(root, "Retenciones", "Retencion") {
        *grupos.entry(attr(n, "Impuesto").to_owned()).or_default() += amount(n, "Importe");
    }
    grupos
}

fn check_retenciones(
    impuestos: NodeRef<'_>,
    esperadas: &BTreeMap<String, Decimal>,
) -> Result<(), Rechazo> {
    let mut vistas: BTreeMap<String, Decimal> = BTreeMap::new();
    let mut suma = Decimal::ZERO;
    for n in children(impuestos, "Retenciones").flat_map(|n| children(n, "Retencion")) {
        let importe = amount(n, "Importe");
        ensure(written(attr(n, "Importe")) <= 2, "CFDI40210", "Importe con más de dos decimales")?;
        suma += importe;
        let repetida = vistas.insert(attr(n, "Impuesto").to_owned(), importe).is_some();
        ensure(!repetida, "CFDI40207", "hay más de una retención del mismo impuesto")?;
    }
    let total = impuestos.attr("TotalImpuestosRetenidos");
    ensure(
        vistas.is_empty() == total.is_none(),
        "CFDI40204",
        "TotalImpuestosRetenidos falta o sobra",
    )?;
    ensure(total.is_none_or(|t| written(t) <= 2), "CFDI40202", "más de dos decimales")?;
    let escrito = amount(impuestos, "TotalImpuestosRetenidos");
    ensure(escrito == suma, "CFDI40203", format!("TotalImpuestosRetenidos debe ser {suma}"))?;
    let esperadas: BTreeMap<String, Decimal> =
        esperadas.iter().map(|(k, v)| (k.clone(), round(*v, 2))).collect();
    ensure(vistas == esperadas, "CFDI40211", "las retenciones no suman las de los conceptos")
}

fn check_traslados(
    impuestos: NodeRef<'_>,
    esperados: &BTreeMap<Clave, (Decimal, Decimal)>,
) -> Result<(), Rechazo> {
    let mut vistos: BTreeMap<Clave, (Decimal, Decimal)> = BTreeMap::new();
    let (mut suma, mut gravados) = (Decimal::ZERO, 0);
    for n in children(impuestos, "Traslados").flat_map(|n| children(n, "Traslado")) {
        let exento = attr(n, "TipoFactor") == "Exento";
        let completo = n.attr("TasaOCuota").is_some() && n.attr("Importe").is_some();
        let vacio = n.attr("TasaOCuota").is_none() && n.attr("Importe").is_none();
        let forma = if exento { vacio } else { completo };
        ensure(forma, "CFDI40214", "TasaOCuota e Importe faltan o sobran")?;
        let cortos = written(attr(n, "Base")) <= 2 && written(attr(n, "Importe")) <= 2;
        ensure(cortos, "CFDI40215", "Base o Importe con más de dos decimales")?;
        gravados += usize::from(!exento);
        suma += amount(n, "Importe");
        let grupo = (amount(n, "Base"), amount(n, "Importe"));
        let repetido = vistos.insert(clave(n), grupo).is_some();
        ensure(!repetido, "CFDI40217", "hay más de un traslado con la misma tasa")?;
    }
    let total = impuestos.attr("TotalImpuestosTrasladados");
    let debe = gravados > 0;
    ensure(debe == total.is_some(), "CFDI40212", "TotalImpuestosTrasladados falta o sobra")?;
    ensure(total.is_none_or(|t| written(t) <= 2), "CFDI40212", "más de dos decimales")?;
    let escrito = amount(impuestos, "TotalImpuestosTrasladados");
    ensure(escrito == suma, "CFDI40213", format!("TotalImpuestosTrasladados debe ser {suma}"))?;
    compare(&vistos, esperados)
}

fn compare(
    vistos: &BTreeMap<Clave, (Decimal, Decimal)>,
    esperados: &BTreeMap<Clave, (Decimal, Decimal)>,
) -> Result<(), Rechazo> {
    let iguales = vistos.keys().eq(esperados.keys());
    ensure(iguales, "CFDI40219", "los traslados no son los de los conceptos")?;
    for (clave, (base, importe)) in esperados {
        let Some((escrita, impuesto)) = vistos.get(clave) else {
            return Err(Rechazo::new("CFDI40219", "falta un traslado de los conceptos"));
        };
        let (base, importe) = (round(*base, 2), round(*importe, 2));
        ensure(*escrita == base, "CFDI40216", format!("la Base del traslado debe ser {base}"))?;
        let texto = format!("el Importe del traslado debe ser {importe}");
        ensure(*impuesto == importe, "CFDI40221", texto)?;
    }
    Ok(())
}
