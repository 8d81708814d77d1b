//! SOAP envelopes of billService and billConsultService, and the reading of their answers: pure
//! functions (§15). It opens no connection.

use std::fmt;

use ramal_xml::{Limits, NodeRef, Writer, b64, parse};
use serde::Serialize;

use crate::fault::{self, Fault, SOAP};

const WSSE: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
const SERVICIO: &str = "http://service.sunat.gob.pe";

/// SOL credentials of the secondary user. `Debug` hides the password.
#[derive(Clone)]
pub struct Credenciales {
    usuario: String,
    clave: String,
}

impl Credenciales {
    /// User name is the RUC followed by the SOL user: `20600000005MODDATOS`.
    pub fn new(ruc: &str, usuario: &str, clave: &str) -> Credenciales {
        Credenciales { usuario: format!("{ruc}{usuario}"), clave: clave.to_owned() }
    }

    /// RUC and SOL user, joined.
    pub fn usuario(&self) -> &str {
        &self.usuario
    }
}

impl fmt::Debug for Credenciales {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credenciales").field("usuario", &self.usuario).finish_non_exhaustive()
    }
}

/// Document asked to the consult service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consultado {
    /// RUC of the issuer.
    pub ruc: String,
    /// Catalogue 01.
    pub tipo: String,
    /// Series.
    pub serie: String,
    /// Number.
    pub numero: u32,
}

/// One call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operacion<'a> {
    /// A factura, boleta or note, alone.
    SendBill {
        /// Base name, without extension.
        nombre: &'a str,
        /// Bytes of the zip.
        zip: &'a [u8],
    },
    /// An RC or RA; answers a ticket.
    SendSummary {
        /// Base name, without extension.
        nombre: &'a str,
        /// Bytes of the zip.
        zip: &'a [u8],
    },
    /// State of a ticket.
    GetStatus {
        /// Ticket.
        ticket: &'a str,
    },
    /// State and CDR of a document of an F series.
    GetStatusCdr(&'a Consultado),
    /// State of a document, without CDR.
    ConsultarEstado(&'a Consultado),
}

impl Operacion<'_> {
    /// Name of the operation element.
    pub fn nombre(&self) -> &'static str {
        match self {
            Operacion::SendBill { .. } => "sendBill",
            Operacion::SendSummary { .. } => "sendSummary",
            Operacion::GetStatus { .. } | Operacion::ConsultarEstado(_) => "getStatus",
            Operacion::GetStatusCdr(_) => "getStatusCdr",
        }
    }

    /// Value of the `SOAPAction` header, quotes included.
    pub fn soap_action(&self) -> String {
        format!("\"urn:{}\"", self.nombre())
    }

    fn parametros(&self) -> Vec<(&'static str, String)> {
        match self {
            Operacion::SendBill { nombre, zip } | Operacion::SendSummary { nombre, zip } => {
                vec![("fileName", format!("{nombre}.zip")), ("contentFile", b64::encode(zip))]
            }
            Operacion::GetStatus { ticket } => vec![("ticket", (*ticket).to_owned())],
            Operacion::GetStatusCdr(c) | Operacion::ConsultarEstado(c) => vec![
                ("rucComprobante", c.ruc.clone()),
                ("tipoComprobante", c.tipo.clone()),
                ("serieComprobante", c.serie.clone()),
                ("numeroComprobante", c.numero.to_string()),
            ],
        }
    }
}

/// Envelope of a call. It holds the password: never log it.
pub fn sobre(credenciales: &Credenciales, operacion: &Operacion<'_>) -> Vec<u8> {
    let mut w = Writer::new();
    w.declaration();
    let espacios = [("xmlns:ser", SERVICIO), ("xmlns:soapenv", SOAP), ("xmlns:wsse", WSSE)];
    w.open("soapenv:Envelope", &espacios);
    w.open("soapenv:Header", &[]);
    w.open("wsse:Security", &[]);
    w.open("wsse:UsernameToken", &[]);
    w.leaf("wsse:Username", &[], &credenciales.usuario);
    w.leaf("wsse:Password", &[], &credenciales.clave);
    for nombre in ["wsse:UsernameToken", "wsse:Security", "soapenv:Header"] {
        w.close(nombre);
    }
    w.open("soapenv:Body", &[]);
    let elemento = format!("ser:{}", operacion.nombre());
    w.open(&elemento, &[]);
    for (nombre, valor) in operacion.parametros() {
        w.leaf(nombre, &[], &valor);
    }
    w.close(&elemento);
    w.close("soapenv:Body");
    w.close("soapenv:Envelope");
    w.into_bytes()
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Respuesta {
    /// Zip with the CDR (`sendBill`).
    Cdr(Vec<u8>),
    /// Ticket of an RC or RA (`sendSummary`).
    Ticket(String),
    /// State of a ticket or of a consulted document.
    Estado(Estado),
    /// The service refused.
    Fault(Fault),
    /// HTML, empty, 401, 503, or SOAP of something else: nothing is known about the document.
    Transporte {
        /// HTTP status.
        http: u16,
        /// Why it is not an answer.
        motivo: String,
    },
}

/// Answer of getStatus and getStatusCdr.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Estado {
    /// As an integer: tickets 0, 98, 99; consults 1–12; anything else is an error code.
    pub codigo: u32,
    /// Text, if any.
    pub mensaje: String,
    /// Zip with the CDR, if it came.
    pub contenido: Option<Vec<u8>>,
}

impl Estado {
    /// What a ticket's answer means.
    pub fn ticket(&self) -> EstadoTicket {
        match self.codigo {
            0 => EstadoTicket::Terminado,
            98 => EstadoTicket::EnProceso,
            99 => EstadoTicket::TerminadoConError,
            otro => EstadoTicket::Error(format!("{otro:04}")),
        }
    }

    /// What a consult's answer means.
    pub fn consulta(&self) -> EstadoConsulta {
        match self.codigo {
            1 => EstadoConsulta::Aceptado,
            2 => EstadoConsulta::Rechazado,
            3 => EstadoConsulta::DeBaja,
            11 => EstadoConsulta::NoExiste,
            otro => EstadoConsulta::Error(format!("{otro:04}")),
        }
    }
}

/// State of a ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EstadoTicket {
    /// 0: the CDR is in the content.
    Terminado,
    /// 98: ask again later.
    EnProceso,
    /// 99: the content holds a CDR that rejects, or a message.
    TerminadoConError,
    /// Any other: an error code of four characters.
    Error(String),
}

/// State of a consulted document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EstadoConsulta {
    /// 0001.
    Aceptado,
    /// 0002.
    Rechazado,
    /// 0003.
    DeBaja,
    /// 0011.
    NoExiste,
    /// Bad parameters, not yours, or an error code.
    Error(String),
}

/// Reads the answer of a call. Never panics; what is not an answer is `Transporte`.
pub fn interpretar(http: u16, cuerpo: &[u8]) -> Respuesta {
    let transporte = |motivo: &str| Respuesta::Transporte { http, motivo: motivo.to_owned() };
    if cuerpo.iter().all(u8::is_ascii_whitespace) {
        return transporte("respuesta vacía");
    }
    let limites = Limits { max_bytes: 8 * 1024 * 1024, ..Limits::default() };
    let Ok(documento) = parse(cuerpo, &limites) else {
        return transporte("la respuesta no es XML");
    };
    let raiz = documento.root();
    let body = raiz.children().find(|n| n.is(SOAP, "Body"));
    let Some(body) = body.filter(|_| raiz.is(SOAP, "Envelope")) else {
        return transporte("la respuesta no es SOAP");
    };
    if let Some(fault) = fault::de_cuerpo(body) {
        return Respuesta::Fault(fault);
    }
    if !(200..300).contains(&http) {
        return transporte("estado HTTP de error sin fault");
    }
    let leido = body.children().next().and_then(exito);
    leido.unwrap_or_else(|| transporte("la respuesta no trae resultado"))
}

fn exito(respuesta: NodeRef<'_>) -> Option<Respuesta> {
    let texto = |n: NodeRef<'_>| n.text().trim().to_owned();
    if let Some(n) = respuesta.child("applicationResponse") {
        return b64::decode(&texto(n)).ok().filter(|z| !z.is_empty()).map(Respuesta::Cdr);
    }
    if let Some(n) = respuesta.child("ticket") {
        return Some(texto(n)).filter(|t| !t.is_empty()).map(Respuesta::Ticket);
    }
    let estado = respuesta.child("status").or(respuesta.child("statusCdr"))?;
    let hijo = |nombre: &str| estado.child(nombre).map(texto).unwrap_or_default();
    let codigo = hijo("statusCode").parse().ok()?;
    let contenido = b64::decode(&hijo("content")).ok().filter(|z| !z.is_empty());
    Some(Respuesta::Estado(Estado { codigo, mensaje: hijo("statusMessage"), contenido }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cred() -> Credenciales {
        Credenciales::new("20600000005", "MODDATOS", "mod<dat&os")
    }

    fn respuesta(dentro: &str) -> Vec<u8> {
        format!(
            "<S:Envelope xmlns:S=\"{SOAP}\"><S:Body><b:r xmlns:b=\"{SERVICIO}\">{dentro}</b:r>\
             </S:Body></S:Envelope>"
        )
        .into_bytes()
    }

    #[test]
    fn the_envelope_is_the_contract_of_billservice() {
        let nombre = "20600000005-01-F001-1";
        let operacion = Operacion::SendBill { nombre, zip: b"PK" };
        let sobre = String::from_utf8(sobre(&cred(), &operacion)).unwrap();
        assert!(sobre.contains("<wsse:Username>20600000005MODDATOS</wsse:Username>"));
        assert!(sobre.contains("<wsse:Password>mod&lt;dat&amp;os</wsse:Password>"));
        let cuerpo = "<ser:sendBill><fileName>20600000005-01-F001-1.zip</fileName>\
                      <contentFile>UEs=</contentFile></ser:sendBill>";
        assert!(sobre.contains(cuerpo), "{sobre}");
        assert_eq!(operacion.soap_action(), "\"urn:sendBill\"");
        assert!(!format!("{:?}", cred()).contains("mod<dat"), "the password never shows");
    }

    #[test]
    fn consult_parameters_are_four_and_unqualified() {
        let c = Consultado {
            ruc: "20600000005".into(),
            tipo: "01".into(),
            serie: "F001".into(),
            numero: 7,
        };
        let sobre = String::from_utf8(sobre(&cred(), &Operacion::GetStatusCdr(&c))).unwrap();
        let cuerpo = "<ser:getStatusCdr><rucComprobante>20600000005</rucComprobante>\
                      <tipoComprobante>01</tipoComprobante><serieComprobante>F001\
                      </serieComprobante><numeroComprobante>7</numeroComprobante>";
        assert!(sobre.contains(cuerpo), "{sobre}");
    }

    #[test]
    fn answers_are_told_apart_from_noise() {
        let leer = |t: &str| interpretar(200, &respuesta(t));
        let cdr = "<applicationResponse>UEs=</applicationResponse>";
        assert_eq!(leer(cdr), Respuesta::Cdr(b"PK".to_vec()));
        assert_eq!(
            leer("<ticket>1700000000001</ticket>"),
            Respuesta::Ticket("1700000000001".into())
        );
        let Respuesta::Estado(e) = leer("<status><statusCode>0098</statusCode></status>") else {
            panic!("a padded 98 is a state")
        };
        assert_eq!(e.ticket(), EstadoTicket::EnProceso);
        let doble = "<statusCdr><content>UEs=</content><statusCode>0001</statusCode>\
                     <statusMessage>existe</statusMessage></statusCdr>";
        let Respuesta::Estado(e) = leer(doble) else { panic!("a consult answers a state") };
        assert_eq!((e.consulta(), e.contenido), (EstadoConsulta::Aceptado, Some(b"PK".to_vec())));
        for (http, cuerpo) in [
            (200, &b""[..]),
            (503, b"<html>Service Unavailable</html>"),
            (401, b"Unauthorized"),
            (200, b"<x/>"),
            (500, &respuesta("<ticket>1</ticket>")),
            (200, &respuesta("<ticket></ticket>")),
            (200, &respuesta("<status><statusCode>ok</statusCode></status>")),
        ] {
            assert!(matches!(interpretar(http, cuerpo), Respuesta::Transporte { .. }), "{http}");
        }
    }
}
