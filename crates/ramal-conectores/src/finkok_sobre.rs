//! SOAP of Finkok: envelopes of the calls and the reading of their results. It decides nothing
//! about a document.

use ramal_xml::{Document, Limits, NodeRef, Writer, b64, parse};

use crate::config::Secreto;
use crate::red::Cruda;

const SOAP: &str = "http://schemas.xmlsoap.org/soap/envelope/";
/// Largest answer read, bytes: it holds an escaped document.
const MAX_XML: usize = 16 * 1024 * 1024;

/// One of the three services.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Servicio {
    Stamp,
    Cancel,
}

impl Servicio {
    fn nombre(self) -> &'static str {
        match self {
            Servicio::Stamp => "stamp",
            Servicio::Cancel => "cancel",
        }
    }

    /// Path under the base.
    pub(crate) fn ruta(self) -> String {
        format!("/servicios/soap/{}", self.nombre())
    }
}

/// User and password, elements of every call.
#[derive(Clone, Debug)]
pub(crate) struct Cuenta {
    pub(crate) usuario: String,
    pub(crate) clave: Secreto,
}

/// One call.
pub(crate) struct Llamada<'a> {
    pub(crate) servicio: Servicio,
    pub(crate) operacion: &'a str,
    /// Base64 of these bytes goes first, once.
    pub(crate) xml: Option<&'a [u8]>,
    /// The rest, after the credentials.
    pub(crate) campos: &'a [(&'a str, &'a str)],
}

/// Envelope. It holds the password: never log it.
pub(crate) fn sobre(cuenta: &Cuenta, llamada: &Llamada<'_>) -> Vec<u8> {
    let ns = format!("http://facturacion.finkok.com/{}", llamada.servicio.nombre());
    let largo = llamada.xml.map_or(0, |x| x.len() / 3 * 4);
    let mut w = Writer::with_capacity(largo + 1_024);
    w.declaration();
    w.open("soapenv:Envelope", &[("xmlns:fk", &ns), ("xmlns:soapenv", SOAP)]);
    w.open("soapenv:Body", &[]);
    let elemento = format!("fk:{}", llamada.operacion);
    w.open(&elemento, &[]);
    if let Some(xml) = llamada.xml {
        w.leaf("fk:xml", &[], &b64::encode(xml));
    }
    w.leaf("fk:username", &[], &cuenta.usuario);
    w.leaf("fk:password", &[], cuenta.clave.expose());
    for (nombre, valor) in llamada.campos {
        w.leaf(&format!("fk:{nombre}"), &[], valor);
    }
    w.close(&elemento);
    w.close("soapenv:Body");
    w.close("soapenv:Envelope");
    w.into_bytes()
}

/// A SOAP answer.
pub(crate) struct Sobre(Document);

/// Reads an answer. `None`: not SOAP.
pub(crate) fn read(cruda: Cruda) -> Option<Sobre> {
    let limites = Limits { max_bytes: MAX_XML, ..Limits::default() };
    let documento = parse(&cruda.cuerpo, &limites).ok()?;
    let raiz = documento.root();
    raiz.children().find(|n| n.is(SOAP, "Body")).filter(|_| raiz.is(SOAP, "Envelope"))?;
    Some(Sobre(documento))
}

impl Sobre {
    /// Result of the operation, `stampResult`, or the text of the fault that came instead.
    pub(crate) fn resultado(&self, operacion: &str) -> Result<Resultado<'_>, String> {
        let raiz = self.0.root();
        if let Some(nodo) = buscar(raiz, &format!("{operacion}Result")) {
            return Ok(Resultado(nodo));
        }
        let fault = buscar(raiz, "faultstring").map(|n| n.text().trim().to_owned());
        Err(fault.unwrap_or_else(|| "la respuesta no trae resultado".to_owned()))
    }
}

/// Result of an operation.
#[derive(Clone, Copy)]
pub(crate) struct Resultado<'a>(NodeRef<'a>);

impl Resultado<'_> {
    /// Text of a direct child; empty if absent.
    pub(crate) fn text(&self, nombre: &str) -> String {
        self.0.child(nombre).map(|n| n.text().trim().to_owned()).unwrap_or_default()
    }

    /// Code and text of the first incidence.
    pub(crate) fn incidencia(&self) -> Option<(String, String)> {
        let nodo = self.0.descend(&["Incidencias", "Incidencia"])?;
        let de = |n: &str| nodo.child(n).map(|c| c.text().trim().to_owned()).unwrap_or_default();
        Some((de("CodigoError"), de("MensajeIncidencia")))
    }

    /// EstatusUUID of a fiscal folio.
    pub(crate) fn estatus_of(&self, uuid: &str) -> Option<String> {
        let folios = self.0.child("Folios")?;
        let suyo = |n: &NodeRef<'_>| {
            n.child("UUID").is_some_and(|u| u.text().trim().eq_ignore_ascii_case(uuid))
        };
        let folio = folios.children().find(suyo)?;
        folio.child("EstatusUUID").map(|n| n.text().trim().to_owned())
    }

    /// Texts of a list of strings inside `nombre`.
    pub(crate) fn list(&self, nombre: &str) -> Vec<String> {
        let lista = self.0.child(nombre).map(|n| n.children().map(|c| c.text()).collect());
        lista.unwrap_or_default()
    }
}

fn buscar<'a>(nodo: NodeRef<'a>, local: &str) -> Option<NodeRef<'a>> {
    if nodo.name() == local {
        return Some(nodo);
    }
    nodo.children().find_map(|hijo| buscar(hijo, local))
}
