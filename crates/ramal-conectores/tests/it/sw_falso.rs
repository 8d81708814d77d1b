//! SW sapien against a server that misbehaves.

use ramal_cfdi::timbre::{Timbre, insertar};
use ramal_conectores::{AccesoSw, ConfigSw, Respuesta, Secreto, Sw, Timbrador};
use serde_json::json;

use crate::falso::{Falso, Paso, clock, red};
use crate::mexico::{envio, factura};

const UUID: &str = "5A9C1B2E-0000-4000-8000-000000000001";

fn sw(falso: &Falso, acceso: AccesoSw) -> Sw {
    let config = ConfigSw { entorno: falso.entorno(), acceso, certificados: Vec::new() };
    Sw::new(&red(clock()), config).unwrap()
}

fn con_token(falso: &Falso) -> Sw {
    sw(falso, AccesoSw::Token(Secreto::new("t")))
}

fn timbre(sello: &str) -> Timbre {
    Timbre {
        uuid: UUID.into(),
        fecha_timbrado: "2026-11-20T10:05:00".into(),
        rfc_prov_certif: "PAC010101AA1".into(),
        leyenda: None,
        sello_cfd: sello.into(),
        no_certificado_sat: "30001000000500009999".into(),
        sello_sat: "c2VsbG8=".into(),
    }
}

fn timbrado(f: &ramal_cfdi::Sellado) -> String {
    String::from_utf8(insertar(&f.xml, &timbre(&f.sello_b64)).unwrap()).unwrap()
}

#[tokio::test]
async fn the_request_is_the_one_of_the_norm() {
    let f = factura("1", 49_900);
    let exito = json!({"status": "success", "data": {"uuid": UUID, "cfdi": timbrado(&f)}});
    let falso = Falso::start(vec![Paso::json(200, exito.to_string())]).await;
    let r = con_token(&falso).timbrar(&envio(&f, "clave-1")).await;
    let Respuesta::Aceptado(a) = r else { panic!("{r:?}") };
    assert_eq!((a.uuid_fiscal.as_deref(), a.firma_valida), (Some(UUID), None));
    falso.with(0, |v| {
        assert_eq!(v.ruta, "/v4/cfdi33/stamp/v4");
        assert_eq!(v.cabeceras["customid"], "clave-1");
        assert_eq!(v.cabeceras["authorization"], "Bearer t");
        let cuerpo = String::from_utf8_lossy(&v.cuerpo);
        assert!(cuerpo.contains("name=\"xml\"; filename=\"xml\""));
        assert!(v.cuerpo.windows(f.xml.len()).any(|w| w == f.xml), "the very bytes");
    });
}

#[tokio::test]
async fn a_stamp_of_another_document_is_never_accepted() {
    let (mia, ajena) = (factura("1", 49_900), factura("2", 49_900));
    let exito = json!({"status": "success", "data": {"uuid": UUID, "cfdi": timbrado(&ajena)}});
    let alterada = timbrado(&mia).replace("MXN", "USD");
    let cambiado = json!({"status": "success", "data": {"uuid": UUID, "cfdi": alterada}});
    let sin_timbre = String::from_utf8(mia.xml.clone()).unwrap();
    let desnudo = json!({"status": "success", "data": {"uuid": UUID, "cfdi": sin_timbre}});
    for cuerpo in [exito, cambiado, desnudo] {
        let falso = Falso::start(vec![Paso::json(200, cuerpo.to_string())]).await;
        let r = con_token(&falso).timbrar(&envio(&mia, "k")).await;
        assert_eq!(r.nombre(), "incierto", "{r:?}");
    }
}

#[tokio::test]
async fn an_earlier_stamp_that_brings_only_its_tfd_is_fetched_by_folio() {
    let f = factura("1", 49_900);
    let tfd = String::from_utf8(timbre(&f.sello_b64).xml()).unwrap();
    let previo = json!({
        "status": "error",
        "message": "CFDI3307 - Timbre duplicado. El customId proporcionado está duplicado.",
        "data": {"tfd": tfd, "cfdi": ""},
    });
    let vivo = json!({"status": "success", "data": {"uuid": UUID, "cfdi": timbrado(&f)}});
    let pasos = vec![Paso::json(400, previo.to_string()), Paso::json(200, vivo.to_string())];
    let falso = Falso::start(pasos).await;
    let r = con_token(&falso).timbrar(&envio(&f, "k")).await;
    let Respuesta::Aceptado(a) = r else { panic!("{r:?}") };
    assert_eq!((a.previo, a.codigo.as_str()), (true, "CFDI3307"));
    assert_eq!(falso.rutas()[1], format!("/datawarehouse/v1/live/{UUID}"));
}

#[tokio::test]
async fn silence_and_unknown_errors_are_uncertain() {
    let f = factura("1", 49_900);
    let raro = json!({"status": "error", "message": "Error interno", "data": null});
    for paso in [Paso::Calla, Paso::json(500, raro.to_string()), Paso::json(200, "{}")] {
        let falso = Falso::start(vec![paso]).await;
        let r = con_token(&falso).timbrar(&envio(&f, "k")).await;
        assert_eq!(r.nombre(), "incierto", "{r:?}");
    }
}

#[tokio::test]
async fn one_login_serves_many_calls_and_a_refused_token_is_asked_for_again_once() {
    let f = factura("1", 49_900);
    let entra = |t: &str| {
        Paso::json(
            200,
            json!({"status": "success", "data": {"token": t, "expires_in": 7200}}).to_string(),
        )
    };
    let malo =
        || Paso::json(400, json!({"status": "error", "message": "CFDI40148 - x"}).to_string());
    let pasos = vec![
        entra("uno"),
        malo(),
        malo(),
        Paso::html(401),
        entra("dos"),
        malo(),
        Paso::html(401),
        entra("tres"),
        Paso::html(401),
    ];
    let falso = Falso::start(pasos).await;
    let acceso = AccesoSw::Clave { usuario: "u".into(), clave: Secreto::new("c") };
    let sw = sw(&falso, acceso);
    for esperado in ["rechazado", "rechazado", "rechazado", "configuracion"] {
        assert_eq!(sw.timbrar(&envio(&f, "k")).await.nombre(), esperado);
    }
    let logins = falso.rutas().iter().filter(|r| r.ends_with("/authenticate")).count();
    assert_eq!(logins, 3);
    falso.with(5, |v| assert_eq!(v.cabeceras["authorization"], "Bearer dos"));
}
