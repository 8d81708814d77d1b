//! Hand-written CFDIs with their cadena, and a certificate that looks like a CSD.

use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use ramal_base::{FixedClock, Instante};
use ramal_emulador::pac::{Emulador, Opciones};
use ramal_xml::{Certificado, Llave, NuevoCertificado, b64, self_signed};

use crate::http::{Respuesta, multipart, send};

pub const NUMERO: &str = "30001000000400002434";
pub const RFC: &str = "EKU9003173C9";

/// Key and certificate of the issuer, made once.
pub static CSD: LazyLock<(Llave, Certificado)> = LazyLock::new(|| csd(RFC, true));

pub fn csd(rfc: &str, sucursal: bool) -> (Llave, Certificado) {
    let llave = Llave::generate(2048).unwrap();
    let mut subject = vec![
        ("2.5.4.3".to_owned(), "ESCUELA KEMPER URGATE".to_owned()),
        ("2.5.4.45".to_owned(), format!("{rfc} / CACX7605101P8")),
    ];
    if sucursal {
        subject.push(("2.5.4.11".to_owned(), "Sucursal 1".to_owned()));
    }
    let datos = NuevoCertificado {
        subject,
        serial: NUMERO.as_bytes().to_vec(),
        not_before_ms: at("2025-01-01T00:00:00Z").millis(),
        not_after_ms: at("2028-01-01T00:00:00Z").millis(),
    };
    let certificado = self_signed(&llave, &datos).unwrap();
    (llave, certificado)
}

pub fn at(texto: &str) -> Instante {
    Instante::parse(texto).unwrap()
}

/// Five minutes after the Fecha of the documents, in Mexico City.
pub fn clock() -> Arc<FixedClock> {
    Arc::new(FixedClock::new(at("2026-11-20T16:05:00Z")))
}

pub fn emulador(clock: Arc<FixedClock>) -> (Arc<Emulador>, Router) {
    let emulador = Emulador::abrir(Opciones::new(clock)).unwrap();
    (emulador.clone(), emulador.router())
}

/// A factura of one line; every field can be changed before it is sealed.
#[derive(Clone)]
pub struct Factura {
    pub tipo: &'static str,
    pub folio: String,
    pub fecha: String,
    pub forma: &'static str,
    pub metodo: &'static str,
    pub emisor: &'static str,
    pub receptor: &'static str,
    pub nombre: &'static str,
    pub cp: &'static str,
    pub regimen: &'static str,
    pub uso: &'static str,
    pub base: &'static str,
    pub iva: &'static str,
    pub total: &'static str,
    pub relacion: Option<(&'static str, String)>,
}

impl Factura {
    /// 430.17 + 68.83 = 499.00.
    pub fn new(folio: &str) -> Factura {
        Factura {
            tipo: "I",
            folio: folio.into(),
            fecha: "2026-11-20T10:00:00".into(),
            forma: "03",
            metodo: "PUE",
            emisor: RFC,
            receptor: "CACX7605101P8",
            nombre: "XOCHILT CASAS CHAVEZ",
            cp: "36257",
            regimen: "612",
            uso: "G03",
            base: "430.17",
            iva: "68.83",
            total: "499.00",
            relacion: None,
        }
    }

    /// 1,500.00 + 240.00: its cancellation needs the receiver.
    pub fn grande(folio: &str) -> Factura {
        Factura { base: "1500.00", iva: "240.00", total: "1740.00", ..Factura::new(folio) }
    }

    fn cadena(&self) -> String {
        let Factura { tipo, folio, fecha, forma, metodo, emisor, receptor, nombre, .. } = self;
        let Factura { cp, regimen, uso, base, iva, total, .. } = self;
        let relacion =
            self.relacion.as_ref().map_or_else(String::new, |(t, u)| format!("{t}|{u}|"));
        format!(
            "||4.0|F|{folio}|{fecha}|{forma}|{NUMERO}|{base}|MXN|{total}|{tipo}|01|{metodo}|64000|\
             {relacion}{emisor}|ESCUELA KEMPER URGATE|601|{receptor}|{nombre}|{cp}|{regimen}|{uso}|\
             81112101|1|E48|Internet 100 Mbps|{base}|{base}|02|{base}|002|Tasa|0.160000|{iva}|\
             {base}|002|Tasa|0.160000|{iva}|{iva}||"
        )
    }

    fn xml(&self, sello: &str, certificado: &str) -> String {
        let Factura { tipo, folio, fecha, forma, metodo, emisor, receptor, nombre, .. } = self;
        let Factura { cp, regimen, uso, base, iva, total, .. } = self;
        let relacion = self.relacion.as_ref().map_or_else(String::new, |(t, u)| {
            format!(
                "<cfdi:CfdiRelacionados TipoRelacion=\"{t}\"><cfdi:CfdiRelacionado UUID=\"{u}\"/>\
                 </cfdi:CfdiRelacionados>"
            )
        });
        let traslado = format!(
            "<cfdi:Traslado Base=\"{base}\" Impuesto=\"002\" TipoFactor=\"Tasa\" \
             TasaOCuota=\"0.160000\" Importe=\"{iva}\"/>"
        );
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><cfdi:Comprobante \
             xmlns:cfdi=\"http://www.sat.gob.mx/cfd/4\" \
             xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" \
             xsi:schemaLocation=\"http://www.sat.gob.mx/cfd/4 \
             http://www.sat.gob.mx/sitio_internet/cfd/4/cfdv40.xsd\" Version=\"4.0\" Serie=\"F\" \
             Folio=\"{folio}\" Fecha=\"{fecha}\" Sello=\"{sello}\" FormaPago=\"{forma}\" \
             NoCertificado=\"{NUMERO}\" Certificado=\"{certificado}\" SubTotal=\"{base}\" \
             Moneda=\"MXN\" Total=\"{total}\" TipoDeComprobante=\"{tipo}\" Exportacion=\"01\" \
             MetodoPago=\"{metodo}\" LugarExpedicion=\"64000\">{relacion}<cfdi:Emisor \
             Rfc=\"{emisor}\" Nombre=\"ESCUELA KEMPER URGATE\" RegimenFiscal=\"601\"/>\
             <cfdi:Receptor Rfc=\"{receptor}\" Nombre=\"{nombre}\" \
             DomicilioFiscalReceptor=\"{cp}\" RegimenFiscalReceptor=\"{regimen}\" \
             UsoCFDI=\"{uso}\"/><cfdi:Conceptos><cfdi:Concepto ClaveProdServ=\"81112101\" \
             Cantidad=\"1\" ClaveUnidad=\"E48\" Descripcion=\"Internet 100 Mbps\" \
             ValorUnitario=\"{base}\" Importe=\"{base}\" ObjetoImp=\"02\"><cfdi:Impuestos>\
             <cfdi:Traslados>{traslado}</cfdi:Traslados></cfdi:Impuestos></cfdi:Concepto>\
             </cfdi:Conceptos><cfdi:Impuestos TotalImpuestosTrasladados=\"{iva}\">\
             <cfdi:Traslados>{traslado}</cfdi:Traslados></cfdi:Impuestos></cfdi:Comprobante>"
        )
    }

    pub fn sealed(&self) -> String {
        self.sealed_by(&CSD)
    }

    pub fn sealed_by(&self, (llave, certificado): &(Llave, Certificado)) -> String {
        let sello = b64::encode(&llave.sign_sha256(self.cadena().as_bytes()));
        self.xml(&sello, &certificado.base64())
    }
}

/// Stamps by the REST dialect.
pub async fn stamp(router: &Router, xml: &str) -> Respuesta {
    stamp_as(router, xml, None).await
}

pub async fn stamp_as(router: &Router, xml: &str, customid: Option<&str>) -> Respuesta {
    let (tipo, cuerpo) = multipart(xml.as_bytes());
    let mut pedido = Request::post("/v4/cfdi33/stamp/v4")
        .header("content-type", tipo)
        .header("authorization", "Bearer token-demo");
    if let Some(id) = customid {
        pedido = pedido.header("customid", id);
    }
    send(router, pedido.body(Body::from(cuerpo)).unwrap()).await
}

/// UUID of a document that must be stamped.
pub async fn stamped(router: &Router, factura: &Factura) -> String {
    let r = stamp(router, &factura.sealed()).await;
    assert_eq!(r.estado, 200, "{}", r.texto());
    r.json()["data"]["uuid"].as_str().unwrap().to_owned()
}

/// Leading code of the message of a refusal.
pub fn code(r: &Respuesta) -> String {
    let json = r.json();
    assert_eq!(json["status"], "error", "{}", r.texto());
    let mensaje = json["message"].as_str().unwrap();
    mensaje.split([' ', '.']).next().unwrap().to_owned()
}
