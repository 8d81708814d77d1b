//! The SAT's status service: state of a document by its printed expression. It deliberately needs
//! no login.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::Response;
use axum::routing::post;
use ramal_xml::Writer;
use rust_decimal::Decimal;

use super::Emulador;
use super::cancelacion::{cancelacion, needs_acceptance};
use super::registro::{Cfdi, Estado};
use crate::servidor::blocking;
use crate::soap;
use crate::xml::{find, read};

const TEMPURI: &str = "http://tempuri.org/";
const DATOS: &str =
    "http://schemas.datacontract.org/2004/07/Sat.Cfdi.Negocio.ConsultaCfdi.Servicio";

/// Answer of the status service.
pub struct EstadoSat {
    /// `S - …`, `N - 601 …`, `N - 602 …`.
    pub codigo: &'static str,
    /// Vigente, Cancelado, No Encontrado.
    pub estado: &'static str,
    /// Whether and how it can be cancelled.
    pub es_cancelable: &'static str,
    /// How its cancellation stands.
    pub cancelacion: &'static str,
}

/// What a printed expression says.
#[derive(Default)]
pub struct Expresion {
    /// Folio fiscal.
    pub uuid: String,
    /// RFC of the issuer.
    pub emisor: String,
    /// RFC of the receiver.
    pub receptor: String,
    /// Total.
    pub total: String,
    /// Last eight characters of the seal; may be absent.
    pub sello: String,
}

/// Route of the service.
pub fn routes() -> Router<Arc<Emulador>> {
    Router::new().route("/ConsultaCFDIService.svc", post(consult))
}

async fn consult(State(emulador): State<Arc<Emulador>>, body: Bytes) -> Response {
    blocking(move || {
        let Ok(doc) = read(&body) else {
            return soap::fault("Client", "El mensaje no es XML", "");
        };
        let Some(texto) = find(doc.root(), "expresionImpresa").map(|n| n.text()) else {
            return soap::fault("Client", "Falta expresionImpresa", "");
        };
        let estado = emulador.status(&Expresion::parse(&texto));
        soap::answer(&result(&estado))
    })
    .await
}

fn result(e: &EstadoSat) -> Vec<u8> {
    let mut w = Writer::new();
    w.open("ConsultaResponse", &[("xmlns", TEMPURI)]);
    w.open("ConsultaResult", &[("xmlns:a", DATOS)]);
    w.leaf("a:CodigoEstatus", &[], e.codigo);
    w.leaf("a:EsCancelable", &[], e.es_cancelable);
    w.leaf("a:Estado", &[], e.estado);
    w.leaf("a:EstatusCancelacion", &[], e.cancelacion);
    w.leaf("a:ValidacionEFOS", &[], "200");
    w.close("ConsultaResult");
    w.close("ConsultaResponse");
    w.into_bytes()
}

impl Expresion {
    /// Reads `…?id=…&re=…&rr=…&tt=…&fe=…` in any order; `&amp;` inside an RFC is an ampersand.
    pub fn parse(texto: &str) -> Expresion {
        let consulta = texto.split_once('?').map_or(texto, |(_, q)| q).replace("&amp;", "\u{1}");
        let mut e = Expresion::default();
        for par in consulta.trim().split('&') {
            let Some((nombre, valor)) = par.split_once('=') else {
                continue;
            };
            let valor = valor.replace('\u{1}', "&");
            match nombre {
                "id" => e.uuid = valor.to_ascii_uppercase(),
                "re" => e.emisor = valor,
                "rr" => e.receptor = valor,
                "tt" => e.total = valor,
                "fe" => e.sello = valor,
                _ => {}
            }
        }
        e
    }
}

impl Emulador {
    /// State of the document that the expression names, as the SAT would tell it.
    pub fn status(&self, e: &Expresion) -> EstadoSat {
        let mut registro = self.state();
        self.settle(&mut registro, &e.uuid);
        let Some(cfdi) = self.visible(&registro, &e.uuid) else {
            return EstadoSat::missing("N - 602: Comprobante no encontrado.");
        };
        if !matches(cfdi, e) {
            return EstadoSat::missing("N - 601: La expresión impresa proporcionada no es válida.");
        }
        let relacionado = !registro.live_related(&cfdi.ficha.uuid).is_empty();
        let cancelado = matches!(cfdi.estado, Estado::Cancelado(_));
        EstadoSat {
            codigo: "S - Comprobante obtenido satisfactoriamente.",
            estado: if cancelado { "Cancelado" } else { "Vigente" },
            es_cancelable: match () {
                () if relacionado => "No cancelable",
                () if needs_acceptance(cfdi) => "Cancelable con aceptación",
                () => "Cancelable sin aceptación",
            },
            cancelacion: cancelacion(cfdi),
        }
    }
}

impl EstadoSat {
    fn missing(codigo: &'static str) -> EstadoSat {
        EstadoSat { codigo, estado: "No Encontrado", es_cancelable: "", cancelacion: "" }
    }
}

fn matches(cfdi: &Cfdi, e: &Expresion) -> bool {
    let ficha = &cfdi.ficha;
    let total = |t: &str| t.parse::<Decimal>().ok();
    let sello = e.sello.is_empty() || e.sello == ficha.fin_sello;
    total(&ficha.total) == total(&e.total)
        && ficha.emisor == e.emisor
        && ficha.receptor == e.receptor
        && sello
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ampersand_inside_an_rfc_does_not_cut_the_expression() {
        let e = Expresion::parse("https://x/default.aspx?id=ab&re=H&amp;E951128469&tt=1.0&fe=Ah==");
        assert_eq!((e.uuid.as_str(), e.emisor.as_str()), ("AB", "H&E951128469"));
        assert_eq!((e.total.as_str(), e.sello.as_str()), ("1.0", "Ah=="));
    }
}
