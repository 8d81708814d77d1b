//! Damaged requests: always an answer of the authority, never an HTTP 500 or a stamp.

use ramal_xml::{b64, sha256};

use crate::cfdi::{self, Factura, stamp};
use crate::http;
use crate::ubl::{self, BILL, Cpe, bill_xml, verdict};

/// The text with one byte changed, removed or repeated, or cut, by a fixed draw.
fn damaged(bytes: &[u8], n: u32) -> Vec<u8> {
    let h = sha256(&n.to_be_bytes());
    let at = (usize::from(h[0]) << 16 | usize::from(h[1]) << 8 | usize::from(h[2])) % bytes.len();
    let mut roto = bytes.to_vec();
    match h[3] % 5 {
        0 => roto[at] ^= 1 << (h[4] % 7),
        1 => drop(roto.remove(at)),
        2 => roto.insert(at, h[5]),
        3 => roto.truncate(at),
        _ => roto.insert(at, roto[at]),
    }
    roto
}

#[tokio::test]
async fn a_damaged_cfdi_is_refused_with_a_code() {
    let (emulador, router) = cfdi::emulador(cfdi::clock());
    let xml = Factura::new("1").sealed();
    for n in 0..300 {
        let roto = damaged(xml.as_bytes(), n);
        let (tipo, cuerpo) = http::multipart(&roto);
        let pedido = axum::http::Request::post("/v4/cfdi33/stamp/v4")
            .header("content-type", tipo)
            .header("authorization", "Bearer token-demo")
            .body(axum::body::Body::from(cuerpo));
        let r = http::send(&router, pedido.unwrap()).await;
        let texto = String::from_utf8_lossy(&roto).into_owned();
        // A change that the cadena does not see (a blank, an encoding of the seal) is no change.
        let igual = r.estado == 200 || r.json()["message"].as_str().unwrap().starts_with("307");
        assert!(r.estado == 400 || igual, "{n} {} {texto}", r.estado);
    }
    let timbres: usize = emulador.conteos().values().map(|c| c.timbres.len()).sum();
    assert!(timbres <= 1, "{timbres}");
}

#[tokio::test]
async fn huge_amounts_are_refused_and_not_computed() {
    let (_, router) = cfdi::emulador(cfdi::clock());
    for base in ["999999999999999999.00", "9999999999999.99", "0.0000000000001", "-1.00"] {
        let r = stamp(&router, &Factura { base, ..Factura::new("1") }.sealed()).await;
        assert_eq!(cfdi::code(&r), "301", "{base}");
    }
    let base = "999999999999.99";
    let r = stamp(&router, &Factura { base, ..Factura::new("1") }.sealed()).await;
    assert_eq!(r.estado, 400);
}

#[tokio::test]
async fn a_damaged_ubl_is_refused_with_a_code() {
    let (_, router) = ubl::emulador(ubl::clock());
    let declaracion = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";
    for n in 0..200 {
        // A rejected number is burned, so each try has its own.
        let f = Cpe::factura(n + 1);
        let xml = f.xml();
        let cuerpo = xml.strip_prefix(declaracion).unwrap();
        let roto = [declaracion.as_bytes(), &damaged(cuerpo.as_bytes(), n)].concat();
        let Ok(texto) = String::from_utf8(roto) else {
            continue;
        };
        let codigo = match bill_xml(&router, &f.base(), &texto).await {
            Ok(cdr) => verdict(&cdr),
            Err(codigo) => codigo,
        };
        assert!(codigo.parse::<u32>().is_ok(), "{codigo}");
        // A certificate's own signature is not covered by the document's.
        assert!(codigo != "0" || outside(&texto) == outside(&xml), "{n} {texto}");
    }
}

/// The document but its certificate.
fn outside(xml: &str) -> (Option<&str>, Option<&str>) {
    (xml.split("<ds:X509Certificate>").next(), xml.split("</ds:X509Certificate>").nth(1))
}

#[tokio::test]
async fn damaged_envelopes_get_a_fault() {
    let (_, router) = ubl::emulador(ubl::clock());
    let (_, pac) = cfdi::emulador(cfdi::clock());
    let sobre = format!("<a>{}</a>", b64::encode(b"nada"));
    for cuerpo in ["", "hola", "<a/>", "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", sobre.as_str()] {
        for (router, ruta) in [
            (&router, BILL),
            (&router, ubl::CONSULTA),
            (&pac, "/servicios/soap/stamp"),
            (&pac, "/ConsultaCFDIService.svc"),
        ] {
            let r = http::soap(router, ruta, cuerpo.to_owned()).await;
            assert!(r.texto().contains("<soap-env:Fault>"), "{ruta} {cuerpo}: {}", r.texto());
        }
    }
}
