//! Rules of credit and debit notes: motive, reference, and the document they modify. It
//! deliberately does not accumulate credits of several notes: that control is the issuer's.

use ramal_base::Fecha;
use ramal_xml::NodeRef;
use rust_decimal::Decimal;

use super::cabecera::is_clean;
use super::{Observaciones, Resumen, amount_at, summary};
use crate::sunat::catalogos::{MOTIVO_CREDITO, MOTIVO_DEBITO};
use crate::sunat::fallo::{Fallo, ensure};
use crate::sunat::sobre::Nombre;
use crate::xml::{children, text_at};

/// Document that a note modifies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Referencia {
    /// 01 or 03.
    pub tipo: String,
    /// `F001-1`.
    pub id: String,
}

/// What the registry knows of the modified document.
pub enum Afectado<'a> {
    /// Nothing.
    Desconocido,
    /// Refused.
    Rechazado,
    /// Voided.
    Baja,
    /// Accepted.
    Aceptado(&'a Resumen),
}

/// The document that a note modifies; `None` for a factura or boleta.
pub fn reference(root: NodeRef<'_>) -> Option<Referencia> {
    let referencia = root.descend(&["BillingReference", "InvoiceDocumentReference"])?;
    Some(Referencia {
        tipo: text_at(referencia, &["DocumentTypeCode"]),
        id: text_at(referencia, &["ID"]),
    })
}

/// Rules that need only the note.
pub fn check(root: NodeRef<'_>, nombre: &Nombre, notas: &mut Observaciones) -> Result<(), Fallo> {
    let credito = nombre.tipo == "07";
    let motivos: Vec<NodeRef<'_>> = children(root, "DiscrepancyResponse").collect();
    ensure(motivos.len() <= 1, "3203", "la nota lleva un solo motivo")?;
    let motivo = motivos.first().copied();
    let motivo = motivo.ok_or_else(|| Fallo::new("2414", "falta el motivo de la nota"))?;
    let codigo = text_at(motivo, &["ResponseCode"]);
    ensure(!codigo.is_empty(), "2128", "falta el código del motivo")?;
    let catalogo = if credito { MOTIVO_CREDITO } else { MOTIVO_DEBITO };
    ensure(catalogo.contains(&codigo.as_str()), "2172", "el código del motivo no existe")?;
    let sustento = motivo.child("Description").map(|d| d.text());
    let sustento = sustento.ok_or_else(|| Fallo::new("2136", "falta el sustento"))?;
    ensure(is_clean(&sustento, 1, 500), "2135", "el sustento no cumple el formato")?;
    check_reference(root, nombre, credito)?;
    if credito && codigo == "13" {
        check_motive_13(root)?;
    }
    let raro = nombre.serie.starts_with('B') && ["04", "05", "08"].contains(&codigo.as_str());
    notas.add(!raro, "4367", "El motivo no corresponde a una boleta");
    Ok(())
}

fn check_reference(root: NodeRef<'_>, nombre: &Nombre, credito: bool) -> Result<(), Fallo> {
    let referencia = reference(root);
    let referencia = referencia.ok_or_else(|| Fallo::new("2524", "falta el documento afectado"))?;
    let (serie_factura, otra) = if credito { ("2116", "2399") } else { ("2204", "2400") };
    if nombre.serie.starts_with('F') {
        ensure(referencia.tipo == "01", serie_factura, "la serie F modifica facturas")?;
    } else {
        ensure(referencia.tipo == "03", otra, "la serie B modifica boletas")?;
    }
    let (serie, numero) = referencia.id.split_once('-').unwrap_or(("", ""));
    let digitos = !numero.is_empty() && numero.bytes().all(|b| b.is_ascii_digit());
    let forma = (1..=4).contains(&serie.len()) && digitos && numero.len() <= 8;
    let codigo = if credito { "2117" } else { "2205" };
    ensure(forma, codigo, "la referencia no cumple el formato")?;
    let nombrado = text_at(root, &["DiscrepancyResponse", "ReferenceID"]);
    let mismo = nombrado.is_empty() || nombrado == referencia.id;
    ensure(mismo, "2884", "ReferenceID no es el documento afectado")
}

fn check_motive_13(root: NodeRef<'_>) -> Result<(), Fallo> {
    ensure(super::pago::is_credito(root), "3257", "el motivo 13 lleva las nuevas cuotas")?;
    let cuantos = children(root, "BillingReference").count();
    ensure(cuantos == 1, "3261", "el motivo 13 modifica un solo documento")?;
    let total = amount_at(root, &["LegalMonetaryTotal", "PayableAmount"]);
    ensure(total.is_zero(), "3315", "el motivo 13 lleva importes en cero")
}

/// Rules against the document that the note modifies.
pub fn check_affected(
    root: NodeRef<'_>,
    nombre: &Nombre,
    referencia: &Referencia,
    afectado: &Afectado<'_>,
) -> Result<(), Fallo> {
    let credito = nombre.tipo == "07";
    let code = |c: &'static str, d: &'static str| if credito { c } else { d };
    let afectado = match afectado {
        Afectado::Desconocido => return Err(Fallo::new(code("2119", "2209"), "")),
        Afectado::Rechazado => return Err(Fallo::new("2121", "")),
        Afectado::Baja => return Err(Fallo::new(code("2120", "2207"), "")),
        Afectado::Aceptado(resumen) => resumen,
    };
    let nota = summary(root);
    let motivo = text_at(root, &["DiscrepancyResponse", "ResponseCode"]);
    let exenta = motivo == code("10", "03");
    let orden = match (Fecha::parse(&afectado.fecha), Fecha::parse(&nota.fecha)) {
        (Ok(antes), Ok(despues)) => despues >= antes,
        _ => true,
    };
    ensure(exenta || orden, "2885", "la nota es anterior al documento afectado")?;
    ensure(nota.moneda == afectado.moneda, "3209", "la nota lleva otra moneda")?;
    if !credito {
        return Ok(());
    }
    ensure(nota.total <= afectado.total, "3286", "la nota excede el documento afectado")?;
    if motivo == "13" {
        ensure(referencia.tipo == "01", "3259", "el motivo 13 solo modifica facturas")?;
        ensure(afectado.credito, "3260", "la factura afectada no es al crédito")?;
        let pendiente = pending(root);
        ensure(pendiente <= afectado.total, "3320", "lo pendiente excede la factura")?;
    }
    Ok(())
}

fn pending(root: NodeRef<'_>) -> Decimal {
    children(root, "PaymentTerms")
        .filter(|t| text_at(*t, &["PaymentMeansID"]) == "Credito")
        .map(|t| amount_at(t, &["Amount"]))
        .sum()
}
