//! The signed request, written by hand in canonical form: the document is fixed and tiny, so what
//! is signed is what is sent. RSA-SHA1 because the SAT demands it here.

use ramal_xml::{b64, push_attr, sha1};

use crate::csd::Csd;
use crate::texto::{is_fecha_hora, is_uuid};

/// Why a document is cancelled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Motivo {
    /// `01`: issued with errors; the substitute already exists.
    ConRelacion {
        /// UUID of the substitute.
        sustituye: String,
    },
    /// `02`: issued with errors, nothing substitutes it.
    SinRelacion,
    /// `03`: the operation did not take place.
    NoRealizada,
    /// `04`: nominative operation that went into a global invoice.
    EnGlobal,
}

impl Motivo {
    /// Key of the catalogue.
    pub const fn clave(&self) -> &'static str {
        match self {
            Motivo::ConRelacion { .. } => "01",
            Motivo::SinRelacion => "02",
            Motivo::NoRealizada => "03",
            Motivo::EnGlobal => "04",
        }
    }

    /// Reads the key with its substitute. Errors: `MotivoInvalido`, `FaltaSustituto`,
    /// `SobraSustituto`.
    pub fn parse(clave: &str, sustituye: Option<&str>) -> Result<Motivo, CancelacionError> {
        match (clave, sustituye) {
            ("01", Some(uuid)) => Ok(Motivo::ConRelacion { sustituye: uuid.to_owned() }),
            ("01", None) => Err(CancelacionError::FaltaSustituto),
            ("02" | "03" | "04", Some(_)) => Err(CancelacionError::SobraSustituto),
            ("02", None) => Ok(Motivo::SinRelacion),
            ("03", None) => Ok(Motivo::NoRealizada),
            ("04", None) => Ok(Motivo::EnGlobal),
            _ => Err(CancelacionError::MotivoInvalido),
        }
    }
}

/// One document to cancel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FolioCancelado {
    /// Fiscal folio.
    pub uuid: String,
    /// Why.
    pub motivo: Motivo,
}

/// Why a request cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CancelacionError {
    /// Not 01 to 04.
    #[error("el motivo de cancelación debe ser 01, 02, 03 o 04")]
    MotivoInvalido,
    /// Motivo 01 names the substitute.
    #[error("con motivo 01 primero se emite el sustituto y se indica su UUID")]
    FaltaSustituto,
    /// The other motivos do not.
    #[error("solo el motivo 01 lleva folio de sustitución; quítelo")]
    SobraSustituto,
    /// A UUID without the form of one.
    #[error("el UUID no tiene la forma de un UUID")]
    UuidInvalido,
    /// The date is not `AAAA-MM-DDThh:mm:ss`.
    #[error("la fecha de la solicitud debe ser AAAA-MM-DDThh:mm:ss")]
    FechaInvalida,
}

const NS: &str = "http://cancelacfd.sat.gob.mx";
const NS_COMUNES: &str = "xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\" \
    xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"";
const NS_DS: &str = "http://www.w3.org/2000/09/xmldsig#";

/// Signed request for one document: the bytes to send.
///
/// `fecha` is local, `AAAA-MM-DDThh:mm:ss`; the same inputs give the same bytes. Errors:
/// `UuidInvalido`, `FechaInvalida`. Source: rules of the cancellation service of the SAT (one UUID
/// per request keeps its acuse).
pub fn solicitud(
    folio: &FolioCancelado,
    fecha: &str,
    csd: &Csd,
) -> Result<Vec<u8>, CancelacionError> {
    if !is_fecha_hora(fecha) {
        return Err(CancelacionError::FechaInvalida);
    }
    let sustituto_mal =
        matches!(&folio.motivo, Motivo::ConRelacion { sustituye } if !is_uuid(sustituye));
    if !is_uuid(&folio.uuid) || sustituto_mal {
        return Err(CancelacionError::UuidInvalido);
    }
    let cuerpo = cuerpo(&csd.datos().rfc, fecha, folio);
    let sin_firma = format!("{cuerpo}</Cancelacion>");
    let digest = b64::encode(&sha1(sin_firma.as_bytes()));
    let firma = b64::encode(&csd.llave().sign_sha1(firmado(&digest, Ambito::Canonico).as_bytes()));
    let signature = format!(
        "<Signature xmlns=\"{NS_DS}\">{}<SignatureValue>{firma}</SignatureValue>{}</Signature>",
        firmado(&digest, Ambito::EnElDocumento),
        key_info(csd),
    );
    let declaracion = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";
    Ok(format!("{declaracion}{cuerpo}{signature}</Cancelacion>").into_bytes())
}

/// Everything before the end tag, canonical.
fn cuerpo(rfc: &str, fecha: &str, folio: &FolioCancelado) -> String {
    let sustitucion = match &folio.motivo {
        Motivo::ConRelacion { sustituye } => {
            format!(" FolioSustitucion=\"{}\"", escapado(sustituye))
        }
        _ => String::new(),
    };
    format!(
        "<Cancelacion xmlns=\"{NS}\" {NS_COMUNES} Fecha=\"{}\" RfcEmisor=\"{}\"><Folios>\
         <Folio{sustitucion} Motivo=\"{}\" UUID=\"{}\"></Folio></Folios>",
        escapado(fecha),
        escapado(rfc),
        folio.motivo.clave(),
        escapado(&folio.uuid),
    )
}

/// Where a SignedInfo is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ambito {
    Canonico,
    EnElDocumento,
}

/// SignedInfo: with the namespaces in scope when it is what gets signed, without them when it is
/// inside the document.
fn firmado(digest: &str, ambito: Ambito) -> String {
    let espacios = match ambito {
        Ambito::Canonico => format!(" xmlns=\"{NS_DS}\" {NS_COMUNES}"),
        Ambito::EnElDocumento => String::new(),
    };
    format!(
        "<SignedInfo{espacios}><CanonicalizationMethod \
         Algorithm=\"http://www.w3.org/TR/2001/REC-xml-c14n-20010315\"></CanonicalizationMethod>\
         <SignatureMethod \
         Algorithm=\"http://www.w3.org/2000/09/xmldsig#rsa-sha1\"></SignatureMethod>\
         <Reference URI=\"\"><Transforms><Transform \
         Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"></Transform>\
         </Transforms>\
         <DigestMethod Algorithm=\"http://www.w3.org/2000/09/xmldsig#sha1\"></DigestMethod>\
         <DigestValue>{digest}</DigestValue></Reference></SignedInfo>"
    )
}

fn key_info(csd: &Csd) -> String {
    let certificado = csd.certificado();
    format!(
        "<KeyInfo><X509Data><X509IssuerSerial><X509IssuerName>{}</X509IssuerName>\
         <X509SerialNumber>{}</X509SerialNumber></X509IssuerSerial>\
         <X509Certificate>{}</X509Certificate></X509Data></KeyInfo>",
        texto(&certificado.issuer_text()),
        certificado.serial_decimal(),
        csd.certificado_base64(),
    )
}

fn escapado(valor: &str) -> String {
    let mut salida = Vec::with_capacity(valor.len());
    push_attr(&mut salida, valor);
    String::from_utf8_lossy(&salida).into_owned()
}

fn texto(valor: &str) -> String {
    let mut salida = Vec::with_capacity(valor.len());
    ramal_xml::push_text(&mut salida, valor);
    String::from_utf8_lossy(&salida).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn canonical_form_has_the_published_digest() {
        let folio = FolioCancelado {
            uuid: "5A9C1B2E-0000-4000-8000-000000000001".into(),
            motivo: Motivo::ConRelacion {
                sustituye: "5A9C1B2E-0000-4000-8000-000000000002".into(),
            },
        };
        let documento = cuerpo("EKU9003173C9", "2026-11-20T10:00:00", &folio) + "</Cancelacion>";
        assert_eq!(b64::encode(&sha1(documento.as_bytes())), "10L7I6RW/ItmOPczdFnt9ZaBkHs=");
    }

    #[test]
    fn only_motivo_01_names_a_substitute() {
        assert_eq!(Motivo::parse("01", None), Err(CancelacionError::FaltaSustituto));
        assert_eq!(Motivo::parse("02", Some("x")), Err(CancelacionError::SobraSustituto));
        assert_eq!(Motivo::parse("05", None), Err(CancelacionError::MotivoInvalido));
        assert_eq!(Motivo::parse("03", None), Ok(Motivo::NoRealizada));
    }
}
