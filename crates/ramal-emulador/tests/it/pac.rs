//! Stamping through both dialects: what is accepted, what is refused and with which code.

use ramal_emulador::pac::{Emulador, NUMERO_PAC, Opciones, RFC_PAC};
use ramal_xml::{Certificado, b64};
use serde_json::json;

use crate::cfdi::{Factura, clock, code, csd, emulador, stamp, stamp_as, stamped};
use crate::http;

#[tokio::test]
async fn a_good_factura_gets_a_stamp_that_verifies() {
    let (emulador, router) = emulador(clock());
    let r = stamp(&router, &Factura::new("1").sealed()).await;
    assert_eq!(r.estado, 200, "{}", r.texto());
    let data = &r.json()["data"];
    let cfdi = data["cfdi"].as_str().unwrap();
    let doc = ramal_xml::parse(cfdi.as_bytes(), &ramal_xml::Limits::default()).unwrap();
    let tfd = doc.root().descend(&["Complemento", "TimbreFiscalDigital"]).unwrap();
    let de = |n: &str| tfd.attr(n).unwrap();
    assert_eq!(de("UUID"), data["uuid"].as_str().unwrap());
    assert_eq!(de("SelloCFD"), doc.root().attr("Sello").unwrap());
    assert_eq!((de("RfcProvCertif"), de("NoCertificadoSAT")), (RFC_PAC, NUMERO_PAC));
    assert_eq!(de("FechaTimbrado"), "2026-11-20T10:05:00");
    let cadena = format!(
        "||1.1|{}|{}|{RFC_PAC}|{}|{NUMERO_PAC}||",
        de("UUID"),
        de("FechaTimbrado"),
        de("SelloCFD")
    );
    let sello = b64::decode(de("SelloSAT")).unwrap();
    let certificado = Certificado::from_der(emulador.certificado_der()).unwrap();
    assert!(certificado.verify_sha256(cadena.as_bytes(), &sello));
}

#[tokio::test]
async fn the_same_document_twice_is_307_with_the_same_stamp() {
    let (emulador, router) = emulador(clock());
    let xml = Factura::new("1").sealed();
    let primero = stamp(&router, &xml).await.json();
    let segundo = stamp(&router, &xml).await;
    assert_eq!((segundo.estado.as_u16(), code(&segundo).as_str()), (400, "307"));
    let segundo = segundo.json();
    assert_eq!(segundo["data"]["cfdi"], primero["data"]["cfdi"]);
    assert!(segundo["data"]["tfd"].as_str().unwrap().starts_with("<tfd:TimbreFiscalDigital"));
    let conteo = &emulador.conteos()["EKU9003173C9|I|F|1"];
    assert_eq!((conteo.recibidos, conteo.timbres.len(), conteo.repetidos), (2, 1, 1));
}

#[tokio::test]
async fn each_fault_has_its_code() {
    let f = Factura::new("1");
    let otro = csd("CACX7605101P8", true);
    let fiel = csd("EKU9003173C9", false);
    let casos = [
        ("302", f.sealed().replace("XOCHILT", "XOCHITL")),
        ("302", f.sealed().replace("Total=\"499.00\"", "Total=\"499.01\"")),
        ("301", f.sealed().replace("Exportacion=\"01\" ", "")),
        ("301", f.sealed().replace(" Exportacion", " Inventado=\"1\" Exportacion")),
        ("301", f.sealed().replace("<cfdi:Emisor", "<cfdi:Addenda/><cfdi:Emisor")),
        ("301", f.sealed().replace("Serie=\"F\"", "Serie=\"\"")),
        ("301", "esto no es XML".to_owned()),
        ("738", f.sealed().replace("cfdv40.xsd", "cfdv33.xsd")),
        (
            "738",
            f.sealed()
                .replace(" Version=", " xmlns:pago20=\"http://www.sat.gob.mx/Pagos20\" Version="),
        ),
        ("303", f.sealed_by(&otro)),
        ("306", f.sealed_by(&fiel)),
        ("401", Factura { fecha: "2026-11-20T10:05:01".into(), ..f.clone() }.sealed()),
        ("401", Factura { fecha: "2026-11-17T10:04:59".into(), ..f.clone() }.sealed()),
        ("305", Factura { fecha: "2024-12-31T10:00:00".into(), ..f.clone() }.sealed()),
        ("CFDI40101", Factura { fecha: "2026-11-20".into(), ..f.clone() }.sealed()),
        ("CFDI40104", Factura { forma: "07", ..f.clone() }.sealed()),
        ("CFDI40105", Factura { forma: "99", ..f.clone() }.sealed()),
        ("CFDI40124", Factura { metodo: "XYZ", ..f.clone() }.sealed()),
        ("CFDI40119", Factura { total: "499.01", ..f.clone() }.sealed()),
        ("CFDI40180", Factura { iva: "68.90", total: "499.07", ..f.clone() }.sealed()),
        (
            "CFDI40149",
            Factura { receptor: "XAXX010101000", nombre: "VECINO", ..f.clone() }.sealed(),
        ),
        ("CFDI40158", Factura { regimen: "601", ..f.clone() }.sealed()),
        ("CFDI40161", Factura { regimen: "605", ..f.clone() }.sealed()),
        ("CFDI40161", Factura { uso: "CP01", ..f.clone() }.sealed()),
        ("CFDI40160", Factura { uso: "P01", ..f.clone() }.sealed()),
        (
            "CFDI40130",
            Factura {
                receptor: "XAXX010101000",
                nombre: "PUBLICO EN GENERAL",
                cp: "64000",
                regimen: "616",
                uso: "S01",
                ..f.clone()
            }
            .sealed(),
        ),
        ("CFDI40146", Factura { nombre: "PUBLICO EN GENERAL", ..f.clone() }.sealed()),
    ];
    let (emulador, router) = emulador(clock());
    for (esperado, xml) in casos {
        let r = stamp(&router, &xml).await;
        assert_eq!(code(&r), esperado, "{}\n{xml}", r.texto());
        assert_eq!(r.estado, 400);
    }
    assert!(emulador.conteos().values().all(|c| c.timbres.is_empty()));
}

#[tokio::test]
async fn customid_protects_against_another_xml_of_the_same_sale() {
    let (_, router) = emulador(clock());
    let primero = stamp_as(&router, &Factura::new("1").sealed(), Some("t-1")).await.json();
    let r = stamp_as(&router, &Factura::new("2").sealed(), Some("t-1")).await;
    assert_eq!(code(&r), "CFDI3307");
    let data = &r.json()["data"];
    assert_eq!(data["uuid"], primero["data"]["uuid"]);
    assert!(data["tfd"].as_str().unwrap().contains("SelloSAT"));
    let uuid = data["uuid"].as_str().unwrap();
    let vivo = http::get(&router, &format!("/datawarehouse/v1/live/{uuid}")).await.json();
    assert_eq!(vivo["data"]["cfdi"], primero["data"]["cfdi"]);
}

#[tokio::test]
async fn login_gives_a_token_that_stamps_and_a_bad_one_does_not() {
    let (_, router) = emulador(clock());
    let mala = json!({ "user": "demo", "password": "otra" });
    let r = http::json(&router, "POST", "/v2/security/authenticate", mala).await;
    assert_eq!(code(&r), "AU2000");
    let buena = json!({ "user": "demo", "password": "demo" });
    let r = http::json(&router, "POST", "/v2/security/authenticate", buena).await.json();
    let token = r["data"]["token"].as_str().unwrap().to_owned();
    for (token, estado) in [(token.as_str(), 200), ("falso", 401)] {
        let pedido = axum::http::Request::get("/management/v2/api/users/balance")
            .header("authorization", format!("Bearer {token}"))
            .body(axum::body::Body::empty());
        assert_eq!(http::send(&router, pedido.unwrap()).await.estado, estado);
    }
}

fn finkok(op: &str, campos: &str) -> String {
    format!(
        "<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\" \
         xmlns:stam=\"http://facturacion.finkok.com/stamp\"><soapenv:Body><stam:{op}>{campos}\
         <stam:username>demo</stam:username><stam:password>demo</stam:password></stam:{op}>\
         </soapenv:Body></soapenv:Envelope>"
    )
}

#[tokio::test]
async fn soap_dialect_stamps_recovers_and_refuses() {
    let (_, router) = emulador(clock());
    let xml = Factura::new("1").sealed();
    let campo = format!("<stam:xml>{}</stam:xml>", b64::encode(xml.as_bytes()));
    let ruta = "/servicios/soap/stamp";
    let r = http::soap(&router, ruta, finkok("stamped", &campo)).await.texto();
    assert!(r.contains("<s0:CodigoError>603<"), "{r}");
    let r = http::soap(&router, ruta, finkok("stamp", &campo)).await.texto();
    assert!(r.contains("Comprobante timbrado satisfactoriamente"), "{r}");
    let uuid = r.split("<s0:UUID>").nth(1).unwrap()[..36].to_owned();
    let r = http::soap(&router, ruta, finkok("stamp", &campo)).await.texto();
    assert!(r.contains(&uuid) && r.contains("<s0:CodigoError>307<"), "{r}");
    let r = http::soap(&router, ruta, finkok("quick_stamp", &campo)).await.texto();
    assert!(!r.contains("<s0:UUID>") && r.contains("<s0:CodigoError>307<"), "{r}");
    let r = http::soap(&router, "/servicios/soap/stamp.wsdl", finkok("stamped", &campo)).await;
    assert!(r.texto().contains(&uuid));
    let dos_veces = b64::encode(b64::encode(xml.as_bytes()).as_bytes());
    let campo = format!("<stam:xml>{dos_veces}</stam:xml>");
    let r = http::soap(&router, ruta, finkok("stamp", &campo)).await.texto();
    assert!(r.contains("<s0:CodigoError>705<"), "{r}");
    let r = http::soap(&router, ruta, finkok("stamp", &campo).replace(">demo<", ">otro<")).await;
    assert!(r.texto().contains("<s0:CodigoError>300<"));
}

#[tokio::test]
async fn a_restart_from_disk_keeps_the_stamp() {
    let dir = tempfile::tempdir().unwrap();
    let open = || {
        let opciones = Opciones { dir: Some(dir.path().into()), ..Opciones::new(clock()) };
        Emulador::abrir(opciones).unwrap()
    };
    let xml = Factura::new("1").sealed();
    let primero = stamp(&open().router(), &xml).await.json();
    assert_eq!(primero["status"], "success");
    let otro = open();
    let r = stamp(&otro.clone().router(), &xml).await;
    assert_eq!(code(&r), "307");
    assert_eq!(r.json()["data"]["cfdi"], primero["data"]["cfdi"]);
    assert_eq!(otro.conteos()["EKU9003173C9|I|F|1"].timbres.len(), 1);
}

#[tokio::test]
async fn after_72_hours_the_seal_is_forgotten_and_the_date_is_late() {
    let reloj = clock();
    let (_, router) = emulador(reloj.clone());
    let factura = Factura::new("1");
    stamped(&router, &factura).await;
    reloj.advance(73 * 3_600_000);
    assert_eq!(code(&stamp(&router, &factura.sealed()).await), "401");
}

#[tokio::test]
async fn a_registered_taxpayer_must_be_named_as_registered() {
    let (_, router) = emulador(clock());
    let datos = json!({
        "rfc": "CACX7605101P8", "nombre": "XOCHILT CASAS CHAVEZ", "codigo_postal": "36257",
    });
    let r = http::json(&router, "POST", "/_emulador/padron", datos).await;
    assert_eq!(r.estado, 204);
    stamped(&router, &Factura::new("1")).await;
    let mal = Factura { nombre: "XOCHILT CASAS", ..Factura::new("2") };
    assert_eq!(code(&stamp(&router, &mal.sealed()).await), "CFDI40145");
    let mal = Factura { cp: "36258", ..Factura::new("3") };
    assert_eq!(code(&stamp(&router, &mal.sealed()).await), "CFDI40148");
}
