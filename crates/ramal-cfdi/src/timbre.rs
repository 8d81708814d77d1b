//! TimbreFiscalDigital 1.1: reading, building, inserting without touching the sealed bytes, and
//! what must be checked when a PAC answers. It asks no PAC.

use ramal_xml::certificado::Certificado;
use ramal_xml::llave::Llave;
use ramal_xml::{Document, Limits, NodeRef, b64, parse, push_attr};

use crate::cadena::{CadenaError, Espacios, NS_TFD, cadena_de_documento};
use crate::lectura::motivo_ilegible;
use crate::texto::{is_fecha_hora, is_uuid, push_normalizado};

const ESQUEMA: &str = "http://www.sat.gob.mx/TimbreFiscalDigital \
    http://www.sat.gob.mx/sitio_internet/cfd/TimbreFiscalDigital/TimbreFiscalDigitalv11.xsd";

/// The stamp of the PAC.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Timbre {
    /// Fiscal folio, as received.
    pub uuid: String,
    /// Local time of the PAC.
    pub fecha_timbrado: String,
    /// RFC of the PAC.
    pub rfc_prov_certif: String,
    /// Optional legend.
    pub leyenda: Option<String>,
    /// Sello of the emitter that was stamped.
    pub sello_cfd: String,
    /// Number of the PAC's certificate.
    pub no_certificado_sat: String,
    /// Signature of the PAC over the cadena of the timbre.
    pub sello_sat: String,
}

/// Why a stamped answer is not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TimbreError {
    /// The bytes are no XML.
    #[error("el comprobante timbrado {0}")]
    Ilegible(String),
    /// Not a CFDI of a known version.
    #[error(transparent)]
    Cadena(#[from] CadenaError),
    /// No timbre inside.
    #[error("el comprobante no trae timbre fiscal digital")]
    SinTimbre,
    /// It already carries a timbre.
    #[error("el comprobante ya está timbrado")]
    YaTimbrado,
    /// Another version than 1.1.
    #[error("el timbre no es versión 1.1")]
    VersionNoSoportada,
    /// The Sello of the answer, or the SelloCFD of the timbre, is not the one that was sent.
    #[error("el timbre es de otro comprobante: el sello no es el que se envió")]
    SelloDistinto,
    /// The document was changed on the way.
    #[error("el comprobante devuelto no es el que se envió: cambió su cadena original")]
    CadenaDistinta,
    /// The UUID is not one.
    #[error("el UUID del timbre no tiene la forma de un UUID")]
    UuidInvalido,
    /// The time of the stamp is not one.
    #[error("la fecha del timbre no es válida")]
    FechaInvalida,
    /// The PAC's signature does not verify with its certificate.
    #[error("el sello del SAT no corresponde al timbre")]
    SelloSatInvalido,
}

/// Whether the signature of the PAC could be checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SelloSat {
    /// Verified with the certificate given.
    Valido,
    /// No certificate at hand: mark it and go on.
    NoVerificado,
}

impl Timbre {
    /// Reads the timbre of a document; `None` if it has none.
    pub fn of(documento: &Document) -> Option<Timbre> {
        nodo(documento).map(Timbre::read)
    }

    /// Reads a `tfd:TimbreFiscalDigital`; absent attributes become empty.
    pub fn read(nodo: NodeRef<'_>) -> Timbre {
        let attr = |nombre: &str| nodo.attr(nombre).unwrap_or_default().to_owned();
        Timbre {
            uuid: attr("UUID"),
            fecha_timbrado: attr("FechaTimbrado"),
            rfc_prov_certif: attr("RfcProvCertif"),
            leyenda: nodo.attr("Leyenda").map(str::to_owned),
            sello_cfd: attr("SelloCFD"),
            no_certificado_sat: attr("NoCertificadoSAT"),
            sello_sat: attr("SelloSAT"),
        }
    }

    /// Cadena original of the timbre, as the printed form shows it. Source: Anexo 20, III.B.
    pub fn cadena(&self) -> Vec<u8> {
        let mut cadena = b"|".to_vec();
        let campos = [
            Some("1.1"),
            Some(&self.uuid),
            Some(&self.fecha_timbrado),
            Some(&self.rfc_prov_certif),
            self.leyenda.as_deref(),
            Some(&self.sello_cfd),
            Some(&self.no_certificado_sat),
        ];
        for campo in campos.into_iter().flatten() {
            cadena.push(b'|');
            push_normalizado(&mut cadena, campo);
        }
        cadena.extend_from_slice(b"||");
        cadena
    }

    /// Signs as a PAC does; only emulators and tests stamp.
    pub fn sign(mut self, llave: &Llave) -> Timbre {
        self.sello_sat = b64::encode(&llave.sign_sha256(&self.cadena()));
        self
    }

    /// True if SelloSAT verifies with the certificate of the PAC.
    pub fn is_sello_sat_de(&self, certificado: &Certificado) -> bool {
        b64::decode(self.sello_sat.trim())
            .is_ok_and(|sello| certificado.verify_sha256(&self.cadena(), &sello))
    }

    /// The node as the PAC writes it, with its own namespace declarations.
    pub fn xml(&self) -> Vec<u8> {
        let mut x = b"<tfd:TimbreFiscalDigital".to_vec();
        let fijos = [
            ("xmlns:tfd", NS_TFD),
            ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"),
            ("xsi:schemaLocation", ESQUEMA),
            ("Version", "1.1"),
            ("UUID", &self.uuid),
            ("FechaTimbrado", &self.fecha_timbrado),
            ("RfcProvCertif", &self.rfc_prov_certif),
        ];
        let leyenda = self.leyenda.iter().map(|l| ("Leyenda", l.as_str()));
        let finales = [
            ("SelloCFD", self.sello_cfd.as_str()),
            ("NoCertificadoSAT", &self.no_certificado_sat),
            ("SelloSAT", &self.sello_sat),
        ];
        for (nombre, valor) in fijos.into_iter().chain(leyenda).chain(finales) {
            x.push(b' ');
            x.extend_from_slice(nombre.as_bytes());
            x.extend_from_slice(b"=\"");
            push_attr(&mut x, valor);
            x.push(b'"');
        }
        x.extend_from_slice(b"/>");
        x
    }
}

fn nodo(documento: &Document) -> Option<NodeRef<'_>> {
    let raiz = documento.root();
    let complementos = raiz.children().filter(|n| n.is(raiz.ns(), "Complemento"));
    complementos.flat_map(|c| c.children()).find(|n| n.is(NS_TFD, "TimbreFiscalDigital"))
}

/// The sealed bytes with the timbre inside `cfdi:Complemento`; nothing else changes.
///
/// Shape: the prefix is `cfdi`, as PACs require. Errors: `Ilegible`, `YaTimbrado`.
pub fn insertar(sellado: &[u8], timbre: &Timbre) -> Result<Vec<u8>, TimbreError> {
    let documento = leer(sellado)?;
    if nodo(&documento).is_some() {
        return Err(TimbreError::YaTimbrado);
    }
    let mut nuevo = timbre.xml();
    let donde = match ultimo(sellado, b"</cfdi:Complemento>") {
        Some(donde) => donde,
        None => {
            nuevo.splice(0..0, *b"<cfdi:Complemento>");
            nuevo.extend_from_slice(b"</cfdi:Complemento>");
            let addenda = ultimo(sellado, b"<cfdi:Addenda");
            let cierre = addenda.or_else(|| ultimo(sellado, b"</cfdi:Comprobante>"));
            cierre.ok_or(TimbreError::Cadena(CadenaError::NoEsCfdi))?
        }
    };
    let mut xml = Vec::with_capacity(sellado.len() + nuevo.len());
    xml.extend_from_slice(&sellado[..donde]);
    xml.extend_from_slice(&nuevo);
    xml.extend_from_slice(&sellado[donde..]);
    Ok(xml)
}

/// Start of the last occurrence. A `<` in a value is always escaped, so what is found is markup.
fn ultimo(bytes: &[u8], marca: &[u8]) -> Option<usize> {
    bytes.windows(marca.len()).rposition(|v| v == marca)
}

/// A global invoice of ten thousand receipts is ours and larger than what is read from strangers.
const LIMITES: Limits = Limits { max_bytes: 32 << 20, max_depth: 64, max_nodes: 2_000_000 };

fn leer(bytes: &[u8]) -> Result<Document, TimbreError> {
    parse(bytes, &LIMITES).map_err(|e| TimbreError::Ilegible(motivo_ilegible(&e)))
}

/// Checks what a PAC returned against what was sent, before it is stored as stamped.
///
/// Without the PAC's certificate the SelloSAT is not verified, and the answer says so. Errors:
/// every way in which the answer is not the stamp of this very document. Source: Anexo 20, III.
pub fn check_timbrado(
    enviado: &[u8],
    recibido: &[u8],
    certificado_sat: Option<&Certificado>,
) -> Result<(Timbre, SelloSat), TimbreError> {
    let (mio, suyo) = (leer(enviado)?, leer(recibido)?);
    let tfd = nodo(&suyo).ok_or(TimbreError::SinTimbre)?;
    if tfd.attr("Version") != Some("1.1") {
        return Err(TimbreError::VersionNoSoportada);
    }
    let timbre = Timbre::read(tfd);
    let sello = mio.root().attr("Sello").unwrap_or_default();
    if sello.is_empty() || suyo.root().attr("Sello") != Some(sello) || timbre.sello_cfd != sello {
        return Err(TimbreError::SelloDistinto);
    }
    let cadena = |d| cadena_de_documento(d, Espacios::Conservar).map(|c| c.cadena);
    if cadena(&mio)? != cadena(&suyo)? {
        return Err(TimbreError::CadenaDistinta);
    }
    if !is_uuid(&timbre.uuid) {
        return Err(TimbreError::UuidInvalido);
    }
    if !is_fecha_hora(&timbre.fecha_timbrado) {
        return Err(TimbreError::FechaInvalida);
    }
    match certificado_sat {
        None => Ok((timbre, SelloSat::NoVerificado)),
        Some(certificado) if timbre.is_sello_sat_de(certificado) => Ok((timbre, SelloSat::Valido)),
        Some(_) => Err(TimbreError::SelloSatInvalido),
    }
}
