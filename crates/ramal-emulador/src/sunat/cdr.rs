//! The acknowledgement (CDR): a signed ApplicationResponse in a zip, in every shape seen in
//! practice. It deliberately decides no verdict.

use ramal_xml::Writer;

use super::sobre::pack;
use crate::fallas::{PrefijoCdr, VarianteCdr};
use crate::firma::{Forma, signature};
use crate::prueba::Identidad;

/// RUC of SUNAT.
pub const RUC_SUNAT: &str = "20131312955";
const RESPONSE: &str = "urn:oasis:names:specification:ubl:schema:xsd:ApplicationResponse-2";
const NAMESPACES: [(&str, &str); 4] = [
    ("xmlns:cac", "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"),
    ("xmlns:cbc", "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"),
    ("xmlns:ds", "http://www.w3.org/2000/09/xmldsig#"),
    ("xmlns:ext", "urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2"),
];

/// What the acknowledgement says.
pub struct Datos<'a> {
    /// Base name of the document: `20600000005-01-F001-1`.
    pub base: &'a str,
    /// ID of the document.
    pub id: &'a str,
    /// RUC of the issuer.
    pub ruc: &'a str,
    /// Number of the reception.
    pub recepcion: &'a str,
    /// Local `YYYY-MM-DDThh:mm:ss` of the reception.
    pub momento: &'a str,
    /// `0`, or the code of the rejection.
    pub codigo: &'a str,
    /// Text.
    pub mensaje: &'a str,
    /// Observations.
    pub notas: &'a [String],
}

/// The zip as the service gives it. An empty answer means that the zip could not be written.
pub fn build(datos: &Datos<'_>, identidad: &Identidad, variante: &VarianteCdr) -> Vec<u8> {
    let (raiz, alcance) = names(variante.prefijo);
    let canonico = write(datos, variante, (raiz, &alcance), b"");
    let forma = Forma { prefijo: "ds", alcance: &alcance, id: "SignSUNAT" };
    let firma = signature(identidad, &canonico, &forma);
    let firmado = write(datos, variante, (raiz, &alcance), &firma);
    let xml = encode(&firmado, variante.latin1);
    let extension = if variante.mayusculas { "XML" } else { "xml" };
    let nombre = format!("R-{}.{extension}", datos.base);
    let mut zip = pack(&nombre, &xml, variante.dummy).unwrap_or_default();
    if variante.zip_corrupto {
        zip.truncate(zip.len() / 2);
    }
    zip
}

/// Name of the root and its declarations in canonical order.
fn names(prefijo: PrefijoCdr) -> (&'static str, Vec<(&'static str, &'static str)>) {
    let mut alcance = NAMESPACES.to_vec();
    match prefijo {
        PrefijoCdr::Ar => {
            alcance.insert(0, ("xmlns:ar", RESPONSE));
            ("ar:ApplicationResponse", alcance)
        }
        PrefijoCdr::Ns3 => {
            alcance.push(("xmlns:ns3", RESPONSE));
            ("ns3:ApplicationResponse", alcance)
        }
        PrefijoCdr::Ninguno => {
            alcance.insert(0, ("xmlns", RESPONSE));
            ("ApplicationResponse", alcance)
        }
    }
}

fn write(
    d: &Datos<'_>,
    variante: &VarianteCdr,
    (raiz, alcance): (&str, &[(&str, &str)]),
    firma: &[u8],
) -> Vec<u8> {
    let (fecha, hora) = d.momento.split_once('T').unwrap_or((d.momento, ""));
    let otro = if variante.referencia_equivocada { "F999-99999999" } else { d.id };
    let mut w = Writer::new();
    w.open(raiz, alcance);
    for nombre in ["ext:UBLExtensions", "ext:UBLExtension", "ext:ExtensionContent"] {
        w.open(nombre, &[]);
    }
    w.raw(firma);
    for nombre in ["ext:ExtensionContent", "ext:UBLExtension", "ext:UBLExtensions"] {
        w.close(nombre);
    }
    for (nombre, valor) in [
        ("cbc:UBLVersionID", "2.0"),
        ("cbc:CustomizationID", "1.0"),
        ("cbc:ID", d.recepcion),
        ("cbc:IssueDate", fecha),
        ("cbc:IssueTime", hora),
        ("cbc:ResponseDate", fecha),
        ("cbc:ResponseTime", hora),
    ] {
        w.leaf(nombre, &[], valor);
    }
    d.notas.iter().chain(&variante.notas).for_each(|nota| w.leaf("cbc:Note", &[], nota));
    write_signer(&mut w);
    party(&mut w, "cac:SenderParty", RUC_SUNAT);
    party(&mut w, "cac:ReceiverParty", d.ruc);
    w.open("cac:DocumentResponse", &[]);
    w.open("cac:Response", &[]);
    w.leaf("cbc:ReferenceID", &[], otro);
    w.leaf("cbc:ResponseCode", &[], d.codigo);
    w.leaf("cbc:Description", &[], d.mensaje);
    w.close("cac:Response");
    w.open("cac:DocumentReference", &[]);
    w.leaf("cbc:ID", &[], otro);
    w.close("cac:DocumentReference");
    party(&mut w, "cac:RecipientParty", &format!("6-{}", d.ruc));
    w.close("cac:DocumentResponse");
    w.close(raiz);
    w.into_bytes()
}

fn write_signer(w: &mut Writer) {
    w.open("cac:Signature", &[]);
    w.leaf("cbc:ID", &[], "SignSUNAT");
    party(w, "cac:SignatoryParty", RUC_SUNAT);
    w.open("cac:DigitalSignatureAttachment", &[]);
    w.open("cac:ExternalReference", &[]);
    w.leaf("cbc:URI", &[], "#SignSUNAT");
    w.close("cac:ExternalReference");
    w.close("cac:DigitalSignatureAttachment");
    w.close("cac:Signature");
}

fn party(w: &mut Writer, nombre: &str, id: &str) {
    w.open(nombre, &[]);
    w.open("cac:PartyIdentification", &[]);
    w.leaf("cbc:ID", &[], id);
    w.close("cac:PartyIdentification");
    w.close(nombre);
}

/// Declaration and bytes in the encoding asked for; what ISO-8859-1 lacks becomes a reference.
fn encode(canonico: &[u8], latin1: bool) -> Vec<u8> {
    if !latin1 {
        return [b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".as_slice(), canonico].concat();
    }
    let mut bytes = b"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n".to_vec();
    for c in String::from_utf8_lossy(canonico).chars() {
        match u8::try_from(u32::from(c)) {
            Ok(byte) => bytes.push(byte),
            Err(_) => bytes.extend_from_slice(format!("&#{};", u32::from(c)).as_bytes()),
        }
    }
    bytes
}
