//! Rules of the complement Pagos 2.0 and of the type P envelope (CRP codes). It deliberately knows
//! no ledger: partial numbers and balances are compared only inside the document.
//!
//! Source: SAT matrix for Pagos 2.0, revision B.

use std::collections::BTreeMap;

use ramal_xml::NodeRef;
use rust_decimal::Decimal;

use super::catalogos::{BANCARIZADAS, FORMA_PAGO, OBJETO_IMP, is_moneda};
use super::rechazo::{Rechazo, ensure};
use super::reglas::amount;
use super::reglas_conceptos::impuesto_limits;
use crate::decimales::{half_unit, round, written};
use crate::xml::{attr, children};

/// Factor, impuesto, tasa: base and importe.
type Grupos = BTreeMap<(String, String, String), (Decimal, Decimal)>;

/// The envelope of type P is constant: CRP20101 to CRP20123.
pub fn check_envelope(root: NodeRef<'_>) -> Result<(), Rechazo> {
    for (nombre, codigo) in [
        ("FormaPago", "CRP20104"),
        ("MetodoPago", "CRP20105"),
        ("CondicionesDePago", "CRP20106"),
        ("Descuento", "CRP20107"),
        ("TipoCambio", "CRP20108"),
    ] {
        ensure(root.attr(nombre).is_none(), codigo, format!("{nombre} no va en P"))?;
    }
    ensure(attr(root, "SubTotal") == "0", "CRP20102", "SubTotal debe ser 0")?;
    ensure(attr(root, "Moneda") == "XXX", "CRP20103", "Moneda debe ser XXX")?;
    ensure(attr(root, "Total") == "0", "CRP20109", "Total debe ser 0")?;
    ensure(attr(root, "Exportacion") == "01", "CRP20110", "Exportacion debe ser 01")?;
    let uso = root.child("Receptor").map_or("", |r| attr(r, "UsoCFDI"));
    ensure(uso == "CP01", "CRP20112", "UsoCFDI debe ser CP01")?;
    let conceptos: Vec<NodeRef<'_>> =
        children(root, "Conceptos").flat_map(|n| children(n, "Concepto")).collect();
    let [concepto] = conceptos[..] else {
        return Err(Rechazo::new("CRP20113", "debe haber un solo concepto"));
    };
    check_concepto(concepto)
}

fn check_concepto(n: NodeRef<'_>) -> Result<(), Rechazo> {
    ensure(n.children().next().is_none(), "CRP20114", "el concepto no lleva nodos hijos")?;
    for (nombre, valor, codigo) in [
        ("ClaveProdServ", "84111506", "CRP20115"),
        ("Cantidad", "1", "CRP20117"),
        ("ClaveUnidad", "ACT", "CRP20118"),
        ("Descripcion", "Pago", "CRP20120"),
        ("ValorUnitario", "0", "CRP20121"),
        ("Importe", "0", "CRP20122"),
        ("ObjetoImp", "01", "CRP20123"),
    ] {
        ensure(attr(n, nombre) == valor, codigo, format!("{nombre} debe ser {valor}"))?;
    }
    for (nombre, codigo) in
        [("NoIdentificacion", "CRP20116"), ("Unidad", "CRP20119"), ("Descuento", "CRP20123")]
    {
        ensure(n.attr(nombre).is_none(), codigo, format!("{nombre} no va en P"))?;
    }
    Ok(())
}

/// First broken rule of the complement.
pub fn check(root: NodeRef<'_>) -> Result<(), Rechazo> {
    let pagos = root.descend(&["Complemento", "Pagos"]);
    let pagos = pagos.ok_or_else(|| Rechazo::new("CRP20999", "falta el complemento Pagos"))?;
    for pago in children(pagos, "Pago") {
        check_pago(pago)?;
    }
    check_totales(pagos)
}

fn check_pago(n: NodeRef<'_>) -> Result<(), Rechazo> {
    let forma = attr(n, "FormaDePagoP");
    let vale = forma != "99" && FORMA_PAGO.contains(&forma);
    ensure(vale, "CRP20212", "FormaDePagoP no puede ser 99")?;
    let moneda = attr(n, "MonedaP");
    ensure(moneda != "XXX" && is_moneda(moneda), "CRP20213", "MonedaP no puede ser XXX")?;
    let cambio = n.attr("TipoCambioP");
    if moneda == "MXN" {
        ensure(cambio == Some("1"), "CRP20215", "TipoCambioP debe ser 1 con MXN")?;
    } else {
        ensure(cambio.is_some(), "CRP20214", "falta TipoCambioP")?;
    }
    let monto = amount(n, "Monto");
    let decimales = written(attr(n, "Monto")) <= 2;
    ensure(!monto.is_zero() && decimales, "CRP20218", "Monto debe ser mayor que cero")?;
    check_bank(n, forma)?;
    let mut abajo = Decimal::ZERO;
    for docto in children(n, "DoctoRelacionado") {
        check_docto(docto, moneda)?;
        abajo += lower_paid(docto);
    }
    ensure(abajo <= monto, "CRP20217", "la suma de ImpPagado es mayor que Monto")?;
    check_impuestos_p(n)
}

/// Least amount, in the currency of the payment, that a document's ImpPagado stands for (CRP20275).
fn lower_paid(docto: NodeRef<'_>) -> Decimal {
    let pagado = amount(docto, "ImpPagado");
    let equivalencia = attr(docto, "EquivalenciaDR");
    if equivalencia.is_empty() || equivalencia == "1" {
        return pagado;
    }
    let arriba = amount(docto, "EquivalenciaDR") + half_unit(written(equivalencia));
    (pagado - half_unit(written(attr(docto, "ImpPagado")))) / arriba
}

fn check_bank(n: NodeRef<'_>, forma: &str) -> Result<(), Rechazo> {
    if !BANCARIZADAS.contains(&forma) {
        for (nombre, codigo) in [
            ("RfcEmisorCtaOrd", "CRP20221"),
            ("CtaOrdenante", "CRP20224"),
            ("RfcEmisorCtaBen", "CRP20227"),
            ("CtaBeneficiario", "CRP20228"),
        ] {
            ensure(n.attr(nombre).is_none(), codigo, format!("{nombre} no va con esa forma"))?;
        }
    }
    let cadena = n.attr("TipoCadPago");
    ensure(cadena.is_none_or(|c| c == "01"), "CRP20229", "TipoCadPago fuera de catálogo")?;
    ensure(cadena.is_none() || forma == "03", "CRP20230", "TipoCadPago solo va con 03")?;
    for (nombre, codigo) in
        [("CertPago", "CRP20231"), ("CadPago", "CRP20233"), ("SelloPago", "CRP20235")]
    {
        let parejos = n.attr(nombre).is_some() == cadena.is_some();
        ensure(parejos, codigo, format!("{nombre} va si y solo si hay TipoCadPago"))?;
    }
    Ok(())
}

fn check_docto(n: NodeRef<'_>, moneda: &str) -> Result<(), Rechazo> {
    let equivalencia = n.attr("EquivalenciaDR");
    if attr(n, "MonedaDR") == moneda {
        ensure(equivalencia == Some("1"), "CRP20238", "EquivalenciaDR debe ser 1")?;
    } else {
        ensure(equivalencia.is_some(), "CRP20237", "falta EquivalenciaDR")?;
    }
    let (antes, pagado) = (amount(n, "ImpSaldoAnt"), amount(n, "ImpPagado"));
    ensure(!antes.is_zero(), "CRP20239", "ImpSaldoAnt debe ser mayor que cero")?;
    ensure(!pagado.is_zero(), "CRP20241", "ImpPagado debe ser mayor que cero")?;
    let resto = antes - pagado;
    ensure(resto >= Decimal::ZERO, "CRP20243", "ImpPagado es mayor que ImpSaldoAnt")?;
    let vale = amount(n, "ImpSaldoInsoluto") == resto;
    ensure(vale, "CRP20244", format!("ImpSaldoInsoluto debe ser {resto}"))?;
    let objeto = attr(n, "ObjetoImpDR");
    ensure(OBJETO_IMP.contains(&objeto), "CRP20246", "ObjetoImpDR fuera de catálogo")?;
    let impuestos = n.child("ImpuestosDR");
    match objeto {
        "02" => ensure(impuestos.is_some(), "CRP20247", "02 necesita ImpuestosDR")?,
        "01" | "03" | "04" | "05" => {
            ensure(impuestos.is_none(), "CRP20278", "no lleva ImpuestosDR")?;
        }
        _ => {}
    }
    check_impuestos_dr(n)
}

fn dr_items<'a>(docto: NodeRef<'a>, grupo: &'static str, item: &'static str) -> Vec<NodeRef<'a>> {
    children(docto, "ImpuestosDR")
        .flat_map(|n| children(n, grupo))
        .flat_map(|n| children(n, item))
        .collect()
}

fn check_impuestos_dr(docto: NodeRef<'_>) -> Result<(), Rechazo> {
    for n in dr_items(docto, "RetencionesDR", "RetencionDR") {
        ensure(!amount(n, "BaseDR").is_zero(), "CRP20248", "BaseDR debe ser mayor que cero")?;
        ensure(attr(n, "TipoFactorDR") != "Exento", "CRP20250", "Exento no va en retenciones")?;
        check_importe_dr(n, "CRP20254")?;
    }
    for n in dr_items(docto, "TrasladosDR", "TrasladoDR") {
        ensure(!amount(n, "BaseDR").is_zero(), "CRP20255", "BaseDR debe ser mayor que cero")?;
        let exento = attr(n, "TipoFactorDR") == "Exento";
        let (tasa, importe) = (n.attr("TasaOCuotaDR"), n.attr("ImporteDR"));
        if exento {
            let vacio = tasa.is_none() && importe.is_none();
            ensure(vacio, "CRP20258", "Exento no lleva TasaOCuotaDR ni ImporteDR")?;
            continue;
        }
        let completo = tasa.is_some() && importe.is_some();
        ensure(completo, "CRP20259", "faltan TasaOCuotaDR o ImporteDR")?;
        check_importe_dr(n, "CRP20261")?;
    }
    Ok(())
}

fn check_importe_dr(n: NodeRef<'_>, codigo: &str) -> Result<(), Rechazo> {
    let dec = written(attr(n, "ImporteDR"));
    let (abajo, arriba) = impuesto_limits(attr(n, "BaseDR"), amount(n, "TasaOCuotaDR"), dec);
    let valor = amount(n, "ImporteDR");
    let texto = format!("ImporteDR debe estar entre {abajo} y {arriba}");
    ensure(abajo <= valor && valor <= arriba, codigo, texto)
}

fn clave(n: NodeRef<'_>, sufijo: &str) -> (String, String, String) {
    let tasa = format!("TasaOCuota{sufijo}");
    let tasa = n.attr(&tasa).map_or_else(String::new, |_| amount(n, &tasa).normalize().to_string());
    let de = |nombre: &str| attr(n, &format!("{nombre}{sufijo}")).to_owned();
    (de("Impuesto"), de("TipoFactor"), tasa)
}

fn check_impuestos_p(pago: NodeRef<'_>) -> Result<(), Rechazo> {
    let (mut traslados, mut retenciones) = (Grupos::new(), BTreeMap::new());
    for docto in children(pago, "DoctoRelacionado") {
        let equivalencia = match amount(docto, "EquivalenciaDR") {
            cero if cero.is_zero() => Decimal::ONE,
            otra => otra,
        };
        for n in dr_items(docto, "TrasladosDR", "TrasladoDR") {
            let grupo = traslados.entry(clave(n, "DR")).or_default();
            grupo.0 += amount(n, "BaseDR") / equivalencia;
            grupo.1 += amount(n, "ImporteDR") / equivalencia;
        }
        for n in dr_items(docto, "RetencionesDR", "RetencionDR") {
            let suma: &mut Decimal =
                retenciones.entry(attr(n, "ImpuestoDR").to_owned()).or_default();
            *suma += amount(n, "ImporteDR") / equivalencia;
        }
    }
    compare_retenciones(pago, &retenciones)?;
    compare_traslados(pago, &traslados)
}

fn p_items<'a>(pago: NodeRef<'a>, grupo: &'static str, item: &'static str) -> Vec<NodeRef<'a>> {
    children(pago, "ImpuestosP")
        .flat_map(|n| children(n, grupo))
        .flat_map(|n| children(n, item))
        .collect()
}

/// Rounding that the sums of P taxes may carry.
fn tolerance() -> Decimal {
    Decimal::new(1, 2)
}

fn compare_retenciones(
    pago: NodeRef<'_>,
    esperadas: &BTreeMap<String, Decimal>,
) -> Result<(), Rechazo> {
    let items = p_items(pago, "RetencionesP", "RetencionP");
    ensure(items.len() == esperadas.len(), "CRP20263", "RetencionesP falta, sobra o se repite")?;
    for n in items {
        let esperada = esperadas.get(attr(n, "ImpuestoP")).copied();
        let esperada = esperada.ok_or_else(|| Rechazo::new("CRP20262", "retención sin origen"))?;
        let diferencia = (amount(n, "ImporteP") - esperada).abs();
        let texto = format!("ImporteP debe ser {}", round(esperada, 6));
        ensure(diferencia <= tolerance(), "CRP20265", texto)?;
    }
    Ok(())
}

fn compare_traslados(pago: NodeRef<'_>, esperados: &Grupos) -> Result<(), Rechazo> {
    let items = p_items(pago, "TrasladosP", "TrasladoP");
    ensure(items.len() == esperados.len(), "CRP20269", "TrasladosP falta, sobra o se repite")?;
    for n in items {
        let esperado = esperados.get(&clave(n, "P"));
        let (base, importe) =
            esperado.ok_or_else(|| Rechazo::new("CRP20268", "traslado sin origen"))?;
        let texto = format!("BaseP debe ser {}", round(*base, 6));
        ensure((amount(n, "BaseP") - base).abs() <= tolerance(), "CRP20271", texto)?;
        let texto = format!("ImporteP debe ser {}", round(*importe, 6));
        ensure((amount(n, "ImporteP") - importe).abs() <= tolerance(), "CRP20274", texto)?;
    }
    Ok(())
}

/// Totales, in MXN with two decimals: CRP20201 to CRP20211.
fn check_totales(pagos: NodeRef<'_>) -> Result<(), Rechazo> {
    let totales = pagos.child("Totales");
    let totales = totales.ok_or_else(|| Rechazo::new("CRP20211", "falta Totales"))?;
    let mut esperados: BTreeMap<&str, Decimal> = BTreeMap::new();
    for pago in children(pagos, "Pago") {
        let cambio = amount(pago, "TipoCambioP");
        *esperados.entry("MontoTotalPagos").or_default() += amount(pago, "Monto") * cambio;
        for n in p_items(pago, "RetencionesP", "RetencionP") {
            let nombre = match attr(n, "ImpuestoP") {
                "002" => "TotalRetencionesIVA",
                "001" => "TotalRetencionesISR",
                _ => "TotalRetencionesIEPS",
            };
            *esperados.entry(nombre).or_default() += amount(n, "ImporteP") * cambio;
        }
        for n in p_items(pago, "TrasladosP", "TrasladoP") {
            let Some((base, importe)) = total_names(&clave(n, "P")) else {
                continue;
            };
            *esperados.entry(base).or_default() += amount(n, "BaseP") * cambio;
            if let Some(importe) = importe {
                *esperados.entry(importe).or_default() += amount(n, "ImporteP") * cambio;
            }
        }
    }
    for (nombre, codigo) in TOTALES {
        let esperado = esperados.get(nombre).map(|v| round(*v, 2));
        let escrito = totales.attr(nombre).map(|_| amount(totales, nombre));
        let texto = format!("{nombre} debe ser {}", esperado.unwrap_or_default());
        ensure(esperado == escrito, codigo, texto)?;
    }
    Ok(())
}

fn total_names(clave: &(String, String, String)) -> Option<(&'static str, Option<&'static str>)> {
    match (clave.0.as_str(), clave.1.as_str(), clave.2.as_str()) {
        ("002", "Exento", _) => Some(("TotalTrasladosBaseIVAExento", None)),
        ("002", _, "0.16") => {
            Some(("TotalTrasladosBaseIVA16", Some("TotalTrasladosImpuestoIVA16")))
        }
        ("002", _, "0.08") => Some(("TotalTrasladosBaseIVA8", Some("TotalTrasladosImpuestoIVA8"))),
        ("002", _, "0") => Some(("TotalTrasladosBaseIVA0", Some("TotalTrasladosImpuestoIVA0"))),
        _ => None,
    }
}

const TOTALES: [(&str, &str); 11] = [
    ("TotalRetencionesIVA", "CRP20201"),
    ("TotalRetencionesISR", "CRP20202"),
    ("TotalRetencionesIEPS", "CRP20203"),
    ("TotalTrasladosBaseIVA16", "CRP20204"),
    ("TotalTrasladosImpuestoIVA16", "CRP20205"),
    ("TotalTrasladosBaseIVA8", "CRP20206"),
    ("TotalTrasladosImpuestoIVA8", "CRP20207"),
    ("TotalTrasladosBaseIVA0", "CRP20208"),
    ("TotalTrasladosImpuestoIVA0", "CRP20209"),
    ("TotalTrasladosBaseIVAExento", "CRP20210"),
    ("MontoTotalPagos", "CRP20211"),
];
