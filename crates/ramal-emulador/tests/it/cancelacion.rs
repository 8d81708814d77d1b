//! Cancellation: signed request, motives, acceptance, timers, status service.

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use ramal_xml::{Certificado, Llave, b64, sha1, verify_enveloped};
use serde_json::json;

use crate::cfdi::{CSD, Factura, RFC, clock, emulador, stamped};
use crate::http::{self, Respuesta, multipart, send};

const NS: &str = "xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\" \
                  xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"";

/// The signed request, written in canonical form.
fn request(folio: &str, (llave, certificado): &(Llave, Certificado)) -> String {
    let cuerpo = |firma: &str| {
        format!(
            "<Cancelacion xmlns=\"http://cancelacfd.sat.gob.mx\" {NS} \
             Fecha=\"2026-11-20T10:05:00\" RfcEmisor=\"{RFC}\"><Folios>{folio}</Folios>{firma}\
             </Cancelacion>"
        )
    };
    let digest = b64::encode(&sha1(cuerpo("").as_bytes()));
    let info = |alcance: &str| {
        format!(
            "<SignedInfo{alcance}><CanonicalizationMethod \
             Algorithm=\"http://www.w3.org/TR/2001/REC-xml-c14n-20010315\">\
             </CanonicalizationMethod><SignatureMethod \
             Algorithm=\"http://www.w3.org/2000/09/xmldsig#rsa-sha1\"></SignatureMethod>\
             <Reference URI=\"\"><Transforms><Transform \
             Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"></Transform>\
             </Transforms><DigestMethod Algorithm=\"http://www.w3.org/2000/09/xmldsig#sha1\">\
             </DigestMethod><DigestValue>{digest}</DigestValue></Reference></SignedInfo>"
        )
    };
    let alcance = format!(" xmlns=\"http://www.w3.org/2000/09/xmldsig#\" {NS}");
    let valor = b64::encode(&llave.sign_sha1(info(&alcance).as_bytes()));
    cuerpo(&format!(
        "<Signature xmlns=\"http://www.w3.org/2000/09/xmldsig#\">{}<SignatureValue>{valor}\
         </SignatureValue><KeyInfo><X509Data><X509Certificate>{}</X509Certificate></X509Data>\
         </KeyInfo></Signature>",
        info(""),
        certificado.base64()
    ))
}

fn folio(uuid: &str, motivo: &str, sustituto: &str) -> String {
    let sustituto = match sustituto {
        "" => String::new(),
        s => format!("FolioSustitucion=\"{s}\" "),
    };
    format!("<Folio {sustituto}Motivo=\"{motivo}\" UUID=\"{uuid}\"></Folio>")
}

async fn post(router: &Router, xml: &str) -> Respuesta {
    let (tipo, cuerpo) = multipart(xml.as_bytes());
    let pedido = Request::post("/cfdi33/cancel/xml")
        .header("content-type", tipo)
        .header("authorization", "Bearer token-demo")
        .body(Body::from(cuerpo));
    send(router, pedido.unwrap()).await
}

/// EstatusUUID of one folio.
async fn cancel(router: &Router, uuid: &str, motivo: &str, sustituto: &str) -> String {
    let r = post(router, &request(&folio(uuid, motivo, sustituto), &CSD)).await;
    assert_eq!(r.estado, 200, "{}", r.texto());
    r.json()["data"]["uuid"][uuid].as_str().unwrap().to_owned()
}

/// (Estado, EstatusCancelacion) of the status service.
async fn status(router: &Router, uuid: &str, total: &str) -> (String, String) {
    let expresion = format!("?re={RFC}&amp;rr=CACX7605101P8&amp;tt={total}&amp;id={uuid}");
    let cuerpo = format!(
        "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><Consulta \
         xmlns=\"http://tempuri.org/\"><expresionImpresa>{expresion}</expresionImpresa>\
         </Consulta></s:Body></s:Envelope>"
    );
    let r = http::soap(router, "/ConsultaCFDIService.svc", cuerpo).await.texto();
    let de = |n: &str| {
        let (inicio, fin) = (format!("<a:{n}>"), format!("</a:{n}>"));
        r.split(&inicio).nth(1).unwrap().split(&fin).next().unwrap().to_owned()
    };
    (de("Estado"), de("EstatusCancelacion"))
}

fn pair(estado: &str, cancelacion: &str) -> (String, String) {
    (estado.to_owned(), cancelacion.to_owned())
}

#[tokio::test]
async fn a_small_invoice_is_cancelled_at_once_and_the_acuse_verifies() {
    let (_, router) = emulador(clock());
    let uuid = stamped(&router, &Factura::new("1")).await;
    assert_eq!(status(&router, &uuid, "499.00").await, pair("Vigente", ""));
    assert_eq!(status(&router, &uuid, "499.01").await.0, "No Encontrado");
    let r = post(&router, &request(&folio(&uuid, "02", ""), &CSD)).await.json();
    assert_eq!(r["data"]["uuid"][&uuid], "201");
    let acuse = r["data"]["acuse"].as_str().unwrap();
    let doc = ramal_xml::parse(acuse.as_bytes(), &ramal_xml::Limits::default()).unwrap();
    assert!(verify_enveloped(&doc).unwrap().is_valid());
    assert_eq!(status(&router, &uuid, "499.0").await.1, "Cancelado sin aceptación");
    assert_eq!(cancel(&router, &uuid, "02", "").await, "202");
}

#[tokio::test]
async fn a_large_invoice_waits_for_the_receiver() {
    let reloj = clock();
    let (_, router) = emulador(reloj.clone());
    for (n, respuesta, esperado) in [
        ("1", Some("aceptar"), pair("Cancelado", "Cancelado con aceptación")),
        ("2", Some("rechazar"), pair("Vigente", "Solicitud rechazada")),
        ("3", None, pair("Cancelado", "Plazo vencido")),
    ] {
        let fecha = "2026-11-20T10:00:00".to_owned();
        let uuid = stamped(&router, &Factura { fecha, ..Factura::grande(n) }).await;
        assert_eq!(cancel(&router, &uuid, "02", "").await, "201");
        assert_eq!(status(&router, &uuid, "1740").await, pair("Vigente", "En proceso"));
        assert_eq!(cancel(&router, &uuid, "02", "").await, "798");
        match respuesta {
            Some(respuesta) => {
                let ruta = format!("/_emulador/cancelaciones/{uuid}");
                let r = http::json(&router, "POST", &ruta, json!({ "respuesta": respuesta })).await;
                assert_eq!(r.estado, 204);
            }
            None => reloj.advance(3 * 86_400_000),
        }
        assert_eq!(status(&router, &uuid, "1740").await, esperado);
    }
}

#[tokio::test]
async fn motives_and_substitutes_have_their_codes() {
    let (_, router) = emulador(clock());
    let uuid = stamped(&router, &Factura::new("1")).await;
    let ajena = stamped(&router, &Factura::new("2")).await;
    let nadie = "5A9C1B2E-0000-4000-8000-000000000001";
    assert_eq!(cancel(&router, &uuid, "05", "").await, "207");
    assert_eq!(cancel(&router, &uuid, "01", "").await, "208");
    assert_eq!(cancel(&router, &uuid, "01", nadie).await, "208");
    assert_eq!(cancel(&router, &uuid, "01", &ajena).await, "312");
    assert_eq!(cancel(&router, &uuid, "02", &ajena).await, "209");
    assert_eq!(cancel(&router, nadie, "02", "").await, "205");
    let relacion = Some(("04", uuid.clone()));
    let nueva = stamped(&router, &Factura { relacion, ..Factura::new("3") }).await;
    assert_eq!(cancel(&router, &uuid, "02", "").await, "204");
    assert_eq!(cancel(&router, &uuid, "01", &nueva).await, "201");
}

#[tokio::test]
async fn an_altered_or_foreign_request_is_refused() {
    let (_, router) = emulador(clock());
    let uuid = stamped(&router, &Factura::new("1")).await;
    let buena = request(&folio(&uuid, "02", ""), &CSD);
    let r = post(&router, &buena.replace("Motivo=\"02\"", "Motivo=\"03\"")).await.json();
    assert!(r["messageDetail"].as_str().unwrap().starts_with("CR1302"), "{r}");
    let otro = crate::cfdi::csd("CACX7605101P8", true);
    let r = post(&router, &request(&folio(&uuid, "02", ""), &otro)).await.json();
    assert!(r["messageDetail"].as_str().unwrap().starts_with("CR1303"), "{r}");
    assert_eq!(status(&router, &uuid, "499").await, pair("Vigente", ""));
}

#[tokio::test]
async fn after_the_annual_return_it_is_too_late() {
    let reloj = clock();
    let (_, router) = emulador(reloj.clone());
    let uuid = stamped(&router, &Factura::new("1")).await;
    reloj.set(crate::cfdi::at("2027-04-01T18:00:00Z"));
    assert_eq!(cancel(&router, &uuid, "02", "").await, "210");
}

#[tokio::test]
async fn soap_dialect_cancels_and_gives_the_receipt() {
    let (_, router) = emulador(clock());
    let uuid = stamped(&router, &Factura::new("1")).await;
    let call = |op: &str, campos: &str| {
        format!(
            "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><c:{op} \
             xmlns:c=\"http://facturacion.finkok.com/cancel\">{campos}<c:username>demo\
             </c:username><c:password>demo</c:password></c:{op}></s:Body></s:Envelope>"
        )
    };
    let xml = b64::encode(request(&folio(&uuid, "02", ""), &CSD).as_bytes());
    let ruta = "/servicios/soap/cancel";
    let cuerpo = call("cancel_signature", &format!("<c:xml>{xml}</c:xml>"));
    let r = http::soap(&router, ruta, cuerpo).await.texto();
    assert!(r.contains("<s0:EstatusUUID>201<") && r.contains("&lt;Acuse"), "{r}");
    let campos = format!("<c:taxpayer_id>{RFC}</c:taxpayer_id><c:uuid>{uuid}</c:uuid>");
    let r = http::soap(&router, ruta, call("get_receipt", &campos)).await.texto();
    assert!(r.contains("<s0:success>true<") && r.contains("&lt;Acuse"), "{r}");
    let campos =
        format!("{campos}<c:rtaxpayer_id>CACX7605101P8</c:rtaxpayer_id><c:total>499.00</c:total>");
    let r = http::soap(&router, ruta, call("get_sat_status", &campos)).await.texto();
    assert!(r.contains("<s0:Estado>Cancelado<"), "{r}");
}
