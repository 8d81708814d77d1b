//! The public status service of the SAT: its question and its answer. Only an answer that begins
//! with `S` says what the state is.

use ramal_xml::{Limits, parse, push_text};

use super::buscar;

/// Address of the service.
pub const ESTADO_URL: &str =
    "https://consultaqr.facturaelectronica.sat.gob.mx/ConsultaCFDIService.svc";
/// SOAPAction of the question.
pub const ESTADO_ACCION: &str = "http://tempuri.org/IConsultaCFDIService/Consulta";

/// What the SAT holds of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Situacion {
    /// In force.
    Vigente,
    /// Cancelled.
    Cancelado,
    /// Not found (602), or not yet.
    NoEncontrado,
    /// The question was wrong (601) or the answer is not understood: it says nothing of the
    /// document.
    SinRespuesta,
}

/// Answer of the service, as written.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct RespuestaEstado {
    /// `S - Comprobante obtenido satisfactoriamente.` or `N - 601…`.
    pub codigo: String,
    /// Vigente, Cancelado, No Encontrado.
    pub estado: String,
    /// No cancelable, Cancelable sin aceptación, Cancelable con aceptación.
    pub es_cancelable: String,
    /// Empty, En proceso, Cancelado sin aceptación, Plazo vencido, Solicitud rechazada…
    pub estatus_cancelacion: String,
    /// 200 or 201 when the emitter is not listed as suspicious.
    pub validacion_efos: String,
    /// What can be relied on.
    pub situacion: Situacion,
}

impl RespuestaEstado {
    /// True while a cancellation waits for the receiver; no second request may be sent.
    pub fn is_en_proceso(&self) -> bool {
        self.estatus_cancelacion.trim().eq_ignore_ascii_case("En proceso")
    }

    /// True if the receiver refused the cancellation.
    pub fn is_rechazada(&self) -> bool {
        self.estatus_cancelacion.to_lowercase().contains("rechazada")
    }
}

/// SOAP question for the text of the QR.
pub fn consulta_soap(expresion: &str) -> Vec<u8> {
    let mut x = b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\
        <soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\" \
        xmlns:tem=\"http://tempuri.org/\"><soapenv:Body><tem:Consulta><tem:expresionImpresa>"
        .to_vec();
    push_text(&mut x, expresion);
    x.extend_from_slice(
        b"</tem:expresionImpresa></tem:Consulta></soapenv:Body></soapenv:Envelope>",
    );
    x
}

/// Reads the answer; `None` if the bytes are no answer of the service.
pub fn leer_estado(bytes: &[u8]) -> Option<RespuestaEstado> {
    let documento = parse(bytes, &Limits::default()).ok()?;
    let resultado = buscar(documento.root(), "ConsultaResult")?;
    let campo = |nombre: &str| {
        resultado.child(nombre).map(|n| n.text().trim().to_owned()).unwrap_or_default()
    };
    let (codigo, estado) = (campo("CodigoEstatus"), campo("Estado"));
    let situacion = situacion(&codigo, &estado);
    Some(RespuestaEstado {
        codigo,
        estado,
        es_cancelable: campo("EsCancelable"),
        estatus_cancelacion: campo("EstatusCancelacion"),
        validacion_efos: campo("ValidacionEFOS"),
        situacion,
    })
}

fn situacion(codigo: &str, estado: &str) -> Situacion {
    match (codigo.starts_with('S'), estado) {
        (true, "Vigente") => Situacion::Vigente,
        (true, "Cancelado") => Situacion::Cancelado,
        (true, "No Encontrado") => Situacion::NoEncontrado,
        _ if codigo.contains("602") => Situacion::NoEncontrado,
        _ => Situacion::SinRespuesta,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn respuesta(codigo: &str, estado: &str) -> RespuestaEstado {
        let xml = format!(
            "<s:Envelope xmlns:s=\"e\"><s:Body><ConsultaResponse xmlns=\"http://tempuri.org/\">\
             <ConsultaResult xmlns:a=\"b\"><a:CodigoEstatus>{codigo}</a:CodigoEstatus>\
             <a:EsCancelable>Cancelable con aceptación</a:EsCancelable>\
             <a:Estado>{estado}</a:Estado><a:EstatusCancelacion>En proceso</a:EstatusCancelacion>\
             </ConsultaResult></ConsultaResponse></s:Body></s:Envelope>"
        );
        leer_estado(xml.as_bytes()).unwrap()
    }

    #[test]
    fn a_wrong_question_says_nothing_of_the_document() {
        let ok = "S - Comprobante obtenido satisfactoriamente.";
        assert_eq!(respuesta(ok, "Cancelado").situacion, Situacion::Cancelado);
        assert!(respuesta(ok, "Vigente").is_en_proceso());
        let mala = respuesta("N - 601: La expresión impresa no es válida.", "Vigente");
        assert_eq!(mala.situacion, Situacion::SinRespuesta);
        let nada = respuesta("N - 602: Comprobante no encontrado.", "No Encontrado");
        assert_eq!(nada.situacion, Situacion::NoEncontrado);
        assert_eq!(leer_estado(b"<html/>"), None);
    }

    #[test]
    fn the_question_escapes_the_ampersands_of_the_qr() {
        let pregunta = String::from_utf8(consulta_soap("?id=1&re=H&amp;E951128469")).unwrap();
        assert!(pregunta.contains("?id=1&amp;re=H&amp;amp;E951128469<"));
    }
}
