//! Payment terms, instalments and detracción. It deliberately asks nothing of a boleta: its terms
//! are omitted.

use ramal_base::Fecha;
use ramal_xml::NodeRef;
use rust_decimal::Decimal;

use super::{Observaciones, amount_at, decimal_at};
use crate::decimales::near;
use crate::sunat::catalogos::is_detraccion;
use crate::sunat::fallo::{Fallo, ensure};
use crate::xml::{attr, children, text_at};

/// Terms called FormaPago.
fn terms<'a>(root: NodeRef<'a>) -> Vec<(String, NodeRef<'a>)> {
    children(root, "PaymentTerms")
        .filter(|t| text_at(*t, &["ID"]) == "FormaPago")
        .map(|t| (text_at(t, &["PaymentMeansID"]), t))
        .collect()
}

/// Whether it is on credit.
pub fn is_credito(root: NodeRef<'_>) -> bool {
    terms(root).iter().any(|(medio, _)| medio == "Credito")
}

/// First broken rule of the payment.
pub fn check(root: NodeRef<'_>, tipo: &str, notas: &mut Observaciones) -> Result<(), Fallo> {
    if tipo == "01" {
        check_detraccion(root, notas)?;
        ensure(!terms(root).is_empty(), "3244", "falta la forma de pago")?;
    }
    if tipo == "01" || tipo == "07" {
        check_terms(root, tipo)?;
    }
    Ok(())
}

fn check_terms(root: NodeRef<'_>, tipo: &str) -> Result<(), Fallo> {
    let formas = terms(root);
    let mut vistos: Vec<&str> = Vec::new();
    for (medio, nodo) in &formas {
        let repetidos = children(*nodo, "PaymentMeansID").count() > 1;
        ensure(!repetidos, "3461", "cada dato va en su propio PaymentTerms")?;
        ensure(!medio.is_empty(), "3245", "falta el tipo de forma de pago")?;
        let conocido = match tipo {
            "07" => medio == "Credito" || is_cuota(medio),
            _ => ["Contado", "Credito"].contains(&medio.as_str()) || is_cuota(medio),
        };
        ensure(conocido, "3246", format!("la forma de pago {medio} no se admite"))?;
        ensure(!vistos.contains(&medio.as_str()), "3248", format!("{medio} se repite"))?;
        vistos.push(medio);
    }
    let (contado, credito) = (vistos.contains(&"Contado"), vistos.contains(&"Credito"));
    let cuotas: Vec<NodeRef<'_>> =
        formas.iter().filter(|(m, _)| is_cuota(m)).map(|(_, n)| *n).collect();
    ensure(!(contado && credito), "3247", "no puede ser al contado y al crédito")?;
    ensure(credito || cuotas.is_empty(), "3252", "hay cuotas sin crédito")?;
    if !credito {
        return Ok(());
    }
    ensure(!cuotas.is_empty(), "3249", "el crédito no tiene cuotas")?;
    let pendiente = formas.iter().find(|(m, _)| m == "Credito").map(|(_, n)| *n);
    let pendiente = pendiente.and_then(|n| decimal_at(n, &["Amount"]));
    let pendiente = pendiente.ok_or_else(|| Fallo::new("3251", "falta el monto pendiente"))?;
    check_instalments(root, tipo, pendiente, &cuotas)
}

fn is_cuota(medio: &str) -> bool {
    medio
        .strip_prefix("Cuota")
        .is_some_and(|n| n.len() == 3 && n != "000" && n.bytes().all(|b| b.is_ascii_digit()))
}

fn check_instalments(
    root: NodeRef<'_>,
    tipo: &str,
    pendiente: Decimal,
    cuotas: &[NodeRef<'_>],
) -> Result<(), Fallo> {
    ensure(pendiente > Decimal::ZERO, "3250", "el monto pendiente debe ser mayor a cero")?;
    let total = amount_at(root, &["LegalMonetaryTotal", "PayableAmount"]);
    let cabe = tipo != "01" || pendiente <= total;
    ensure(cabe, "3265", "el monto pendiente es mayor que el total")?;
    let emision = Fecha::parse(&text_at(root, &["IssueDate"]));
    let mut suma = Decimal::ZERO;
    for cuota in cuotas {
        let monto = decimal_at(*cuota, &["Amount"]);
        let monto = monto.ok_or_else(|| Fallo::new("3253", "falta el monto de la cuota"))?;
        ensure(monto > Decimal::ZERO, "3254", "el monto de la cuota debe ser mayor a cero")?;
        ensure(tipo != "01" || monto <= total, "3266", "la cuota es mayor que el total")?;
        suma += monto;
        let vence = text_at(*cuota, &["PaymentDueDate"]);
        ensure(!vence.is_empty(), "3256", "falta la fecha de la cuota")?;
        let vence = Fecha::parse(&vence).map_err(|_| Fallo::new("3255", "fecha inválida"))?;
        let despues = tipo != "01" || emision.as_ref().is_ok_and(|e| vence > *e);
        ensure(despues, "3267", "la cuota debe vencer después de la emisión")?;
    }
    ensure(near(suma, pendiente, Decimal::new(1, 2)), "3319", "las cuotas no suman lo pendiente")
}

fn check_detraccion(root: NodeRef<'_>, notas: &mut Observaciones) -> Result<(), Fallo> {
    let operacion = root.child("InvoiceTypeCode").map_or("", |t| attr(t, "listID"));
    let medio = children(root, "PaymentMeans").find(|m| text_at(*m, &["ID"]) == "Detraccion");
    let termino = children(root, "PaymentTerms").find(|t| text_at(*t, &["ID"]) == "Detraccion");
    let debe = ["1001", "1002", "1003", "1004"].contains(&operacion);
    let (Some(medio), Some(termino)) = (medio, termino) else {
        ensure(!debe, "3127", "falta el bloque de detracción")?;
        let ninguno = medio.is_none() && termino.is_none();
        return ensure(ninguno, "3128", "el bloque de detracción está incompleto");
    };
    ensure(debe, "3128", "la detracción no va con esa operación")?;
    let cuenta = text_at(medio, &["PayeeFinancialAccount", "ID"]);
    ensure(!cuenta.is_empty(), "3034", "falta la cuenta del Banco de la Nación")?;
    let codigo = text_at(termino, &["PaymentMeansID"]);
    ensure(is_detraccion(&codigo), "3033", "el código de detracción no existe")?;
    let monto = decimal_at(termino, &["Amount"]);
    let monto = monto.ok_or_else(|| Fallo::new("3035", "falta el monto de la detracción"))?;
    ensure(monto > Decimal::ZERO, "3037", "el monto de la detracción debe ser mayor a cero")?;
    let moneda = termino.child("Amount").map_or("", |a| attr(a, "currencyID"));
    ensure(moneda == "PEN", "3208", "la detracción va en soles")?;
    let leyenda = children(root, "Note").any(|n| n.attr("languageLocaleID") == Some("2006"));
    notas.add(leyenda, "4265", "Falta la leyenda 2006 de detracción");
    Ok(())
}
