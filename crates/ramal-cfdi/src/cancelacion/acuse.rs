//! The receipt of a cancellation request, also when it comes as escaped text inside another answer.
//! The bytes of the acuse are the tenant's proof: they are stored as they came, this is only their
//! reading.

use ramal_xml::{Limits, NodeRef, parse};

use super::buscar;
use crate::lectura::motivo_ilegible;

/// A receipt.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Acuse {
    /// Local time of the SAT, as written.
    pub fecha: String,
    /// Emitter.
    pub rfc_emisor: String,
    /// Answer for each document.
    pub folios: Vec<FolioAcuse>,
}

/// Answer for one document.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct FolioAcuse {
    /// Fiscal folio.
    pub uuid: String,
    /// EstatusUUID, e.g. `201`.
    pub estatus: String,
}

/// What to do after an EstatusUUID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Desenlace {
    /// 201, 798: received, not yet cancelled; ask for the status.
    Solicitada,
    /// 202: it was cancelled before.
    YaCancelado,
    /// 205, 708, 300: try again later.
    Reintentar,
    /// Anything else: a person must look.
    Rechazada,
}

/// Why an answer is no acuse.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AcuseError {
    /// The bytes are no XML.
    #[error("la respuesta de cancelación {0}")]
    Ilegible(String),
    /// No Acuse inside.
    #[error("la respuesta no trae un acuse de cancelación")]
    SinAcuse,
}

/// Meaning of an EstatusUUID. Source: list of codes of the cancellation service.
pub fn desenlace(estatus: &str) -> Desenlace {
    match estatus.trim() {
        "201" | "798" => Desenlace::Solicitada,
        "202" => Desenlace::YaCancelado,
        "205" | "708" | "300" => Desenlace::Reintentar,
        _ => Desenlace::Rechazada,
    }
}

/// Reads an acuse, bare, inside SOAP, or escaped as text. Errors: `Ilegible`, `SinAcuse`.
pub fn leer_acuse(bytes: &[u8]) -> Result<Acuse, AcuseError> {
    let documento =
        parse(bytes, &Limits::default()).map_err(|e| AcuseError::Ilegible(motivo_ilegible(&e)))?;
    if let Some(acuse) = acuse_en(documento.root()) {
        return Ok(acuse);
    }
    let texto = texto_con_acuse(documento.root()).ok_or(AcuseError::SinAcuse)?;
    let interior = parse(texto.trim().as_bytes(), &Limits::default())
        .map_err(|e| AcuseError::Ilegible(motivo_ilegible(&e)))?;
    acuse_en(interior.root()).ok_or(AcuseError::SinAcuse)
}

fn acuse_en(nodo: NodeRef<'_>) -> Option<Acuse> {
    let acuse = buscar_con_fecha(nodo)?;
    let folios = acuse.children().filter(|n| n.name() == "Folios").filter_map(|n| {
        let uuid = n.child("UUID")?.text().trim().to_owned();
        let estatus = n.child("EstatusUUID")?.text().trim().to_owned();
        Some(FolioAcuse { uuid, estatus })
    });
    Some(Acuse {
        fecha: acuse.attr("Fecha").unwrap_or_default().to_owned(),
        rfc_emisor: acuse.attr("RfcEmisor").unwrap_or_default().to_owned(),
        folios: folios.collect(),
    })
}

/// The element that is a receipt: a PAC may also call `Acuse` the element that only holds its text.
fn buscar_con_fecha<'a>(nodo: NodeRef<'a>) -> Option<NodeRef<'a>> {
    let is_acuse = |n: NodeRef<'_>| n.attr("RfcEmisor").is_some() && n.attr("Fecha").is_some();
    let propio = is_acuse(nodo) && buscar(nodo, "Folios").is_some();
    if propio && nodo.name() != "Cancelacion" {
        return Some(nodo);
    }
    nodo.children().find_map(buscar_con_fecha)
}

fn texto_con_acuse(nodo: NodeRef<'_>) -> Option<String> {
    let texto = nodo.text();
    if texto.trim_start().starts_with('<') && texto.contains("Acuse") {
        return Some(texto);
    }
    nodo.children().find_map(texto_con_acuse)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACUSE: &str = "<Acuse Fecha=\"2026-11-20T10:00:01\" RfcEmisor=\"EKU9003173C9\">\
        <Folios xmlns=\"http://cancelacfd.sat.gob.mx\"><UUID>5A9C</UUID>\
        <EstatusUUID>201</EstatusUUID></Folios></Acuse>";

    #[test]
    fn acuse_is_read_bare_and_escaped_inside_soap() {
        let escapado = ACUSE.replace('<', "&lt;").replace('>', "&gt;");
        let soap = format!("<E xmlns=\"s\"><B><Acuse>{escapado}</Acuse></B></E>");
        for texto in [ACUSE, &soap] {
            let acuse = leer_acuse(texto.as_bytes()).unwrap();
            assert_eq!(acuse.rfc_emisor, "EKU9003173C9");
            assert_eq!(acuse.folios[0].estatus, "201");
        }
        assert_eq!(leer_acuse(b"<x/>"), Err(AcuseError::SinAcuse));
        assert!(matches!(leer_acuse(b"nada"), Err(AcuseError::Ilegible(_))));
    }

    #[test]
    fn received_is_not_cancelled() {
        assert_eq!(desenlace("201"), Desenlace::Solicitada);
        assert_eq!(desenlace("202"), Desenlace::YaCancelado);
        assert_eq!(desenlace("205"), Desenlace::Reintentar);
        assert_eq!(desenlace("203"), Desenlace::Rechazada);
    }
}
