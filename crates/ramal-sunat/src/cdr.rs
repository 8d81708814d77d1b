//! The answer of SUNAT or of an OSE: `ApplicationResponse`, read in any prefix and encoding (§16).
//! It changes no state; it says what the answer means.

use ramal_xml::{Limits, NodeRef, XmlError, parse, verify_enveloped};
use serde::Serialize;

use crate::zip::{ZipError, leer_cdr};

const RESPUESTA: &str = "urn:oasis:names:specification:ubl:schema:xsd:ApplicationResponse-2";

/// Why an answer cannot be read; the document's state stays as it was.
#[derive(Debug, thiserror::Error)]
pub enum CdrError {
    /// The zip.
    #[error(transparent)]
    Zip(#[from] ZipError),
    /// Not XML, or XML over the limits.
    #[error("la constancia no es un XML legible: {0}")]
    Xml(#[from] XmlError),
    /// Another kind of document.
    #[error("el archivo no es una constancia de recepción (ApplicationResponse)")]
    OtroDocumento,
    /// No response code.
    #[error("la constancia no trae código de respuesta")]
    SinCodigo,
}

/// Code and text of an observation: the document was accepted all the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Observacion {
    /// Leading digits of the note; empty if it had none.
    pub codigo: String,
    /// Rest of the note.
    pub texto: String,
}

/// A receipt, read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cdr {
    /// Reception number (a UUID from an OSE).
    pub id: String,
    /// Document answered, `F001-1`, as `Response/ReferenceID` says.
    pub referencia: String,
    /// Document answered, as `DocumentReference/ID` says; may be absent.
    pub documento: String,
    /// Response code with its leading zeros: `0` accepted.
    pub codigo: String,
    /// Text to show.
    pub descripcion: String,
    /// Observations.
    pub observaciones: Vec<Observacion>,
    /// Response day and time as written.
    pub fecha: String,
    /// Response time as written.
    pub hora: String,
    /// RUC of the receiver of the answer, if it says.
    pub receptor: String,
    /// Digest of our document that SUNAT saw, if it returns it.
    pub hash_documento: Option<String>,
    /// Whether its own signature verifies; a warning, not a gate. `None`: not signed or not judged.
    pub firma_valida: Option<bool>,
}

/// What an answer means for the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Veredicto {
    /// Code 0.
    Aceptado,
    /// Code 0 with notes, or a 4000+ code.
    AceptadoConObservaciones,
    /// 2000–3999: registered as rejected, the number is burned.
    Rechazado,
    /// 0100–1999: not registered; fix and send the same number.
    Excepcion,
    /// 1032 and 1033: something was registered before (§17.4).
    Incierto,
}

impl Cdr {
    /// Meaning of the code (§16).
    pub fn veredicto(&self) -> Veredicto {
        match self.codigo.trim().parse::<u32>() {
            Ok(0) if self.observaciones.is_empty() => Veredicto::Aceptado,
            Ok(0) => Veredicto::AceptadoConObservaciones,
            Ok(1032 | 1033) => Veredicto::Incierto,
            Ok(2000..=3999) => Veredicto::Rechazado,
            Ok(4000..) => Veredicto::AceptadoConObservaciones,
            Ok(_) => Veredicto::Excepcion,
            Err(_) => Veredicto::Incierto,
        }
    }

    /// Whether the answer is about the document `id` (`F001-1`, `RC-20261120-1`). If not, it
    /// changes nothing.
    ///
    /// Padding of the number is ignored; a base file name (`20600000005-01-F001-1`) also matches.
    pub fn is_de(&self, id: &str) -> bool {
        let nombrados = [&self.referencia, &self.documento];
        let mut presentes = nombrados.iter().filter(|r| !r.is_empty()).peekable();
        presentes.peek().is_some() && presentes.all(|r| mismo_documento(r, id))
    }
}

fn mismo_documento(nombrado: &str, id: &str) -> bool {
    let normal = |t: &str| -> Vec<String> {
        let partes = t.trim().split('-');
        partes.map(|p| p.trim_start_matches('0').to_ascii_uppercase()).collect()
    };
    let (nombrado, id) = (normal(nombrado), normal(id));
    id.len() >= 2 && nombrado.ends_with(&id)
}

/// Reads the CDR inside its zip.
///
/// Errors: `CdrError`; never panics whatever the bytes.
pub fn leer_zip(bytes: &[u8]) -> Result<Cdr, CdrError> {
    leer(&leer_cdr(bytes)?.bytes)
}

/// Reads the XML of a CDR.
///
/// Errors: `Xml`, `OtroDocumento`, `SinCodigo`.
pub fn leer(xml: &[u8]) -> Result<Cdr, CdrError> {
    let documento = parse(xml, &Limits::default())?;
    let raiz = documento.root();
    if raiz.name() != "ApplicationResponse" || raiz.ns() != RESPUESTA {
        return Err(CdrError::OtroDocumento);
    }
    let respuesta = raiz.descend(&["DocumentResponse", "Response"]);
    let codigo = respuesta.map(|r| texto(r, &["ResponseCode"])).unwrap_or_default();
    if codigo.is_empty() {
        return Err(CdrError::SinCodigo);
    }
    let en_respuesta = |camino: &[&str]| respuesta.map(|r| texto(r, camino)).unwrap_or_default();
    let referencia_hash = ["Attachment", "ExternalReference", "DocumentHash"];
    let documento_referido = raiz.descend(&["DocumentResponse", "DocumentReference"]);
    let hash = documento_referido.map(|d| texto(d, &referencia_hash)).unwrap_or_default();
    Ok(Cdr {
        id: texto(raiz, &["ID"]),
        referencia: en_respuesta(&["ReferenceID"]),
        documento: documento_referido.map(|d| texto(d, &["ID"])).unwrap_or_default(),
        codigo,
        descripcion: en_respuesta(&["Description"]),
        observaciones: observaciones(raiz, respuesta),
        fecha: texto(raiz, &["ResponseDate"]),
        hora: texto(raiz, &["ResponseTime"]),
        receptor: texto(raiz, &["ReceiverParty", "PartyIdentification", "ID"]),
        hash_documento: (!hash.is_empty()).then_some(hash),
        firma_valida: verify_enveloped(&documento).ok().map(|r| r.is_valid()),
    })
}

fn texto(nodo: NodeRef<'_>, camino: &[&str]) -> String {
    nodo.descend(camino).map(|n| n.text().trim().to_owned()).unwrap_or_default()
}

/// Notes of SUNAT (`4252 - text`) and status reasons of an OSE.
fn observaciones(raiz: NodeRef<'_>, respuesta: Option<NodeRef<'_>>) -> Vec<Observacion> {
    let notas = raiz.children().filter(|n| n.name() == "Note").map(|n| observacion(&n.text()));
    let mut lista: Vec<Observacion> = notas.filter(|o| !o.texto.is_empty()).collect();
    let estados = respuesta.into_iter().flat_map(|r| r.children()).filter(|n| n.name() == "Status");
    for estado in estados {
        let codigo = texto(estado, &["StatusReasonCode"]);
        let numero = codigo.parse::<u32>().unwrap_or(0);
        if numero > 0 {
            lista.push(Observacion { codigo, texto: texto(estado, &["StatusReason"]) });
        }
    }
    lista
}

fn observacion(nota: &str) -> Observacion {
    let nota = nota.trim();
    let corte = nota.find(|c: char| !c.is_ascii_digit()).unwrap_or(nota.len());
    let (codigo, resto) = nota.split_at(corte);
    let texto = resto.trim_start_matches([' ', '-', ':', '\t']).trim();
    let texto = if texto.is_empty() { nota } else { texto };
    Observacion { codigo: codigo.to_owned(), texto: texto.to_owned() }
}
