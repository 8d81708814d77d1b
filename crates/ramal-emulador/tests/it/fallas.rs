//! Fault switches of the PAC: each does what it says and nothing is stamped twice.

use std::net::SocketAddr;

use axum::Router;
use ramal_emulador::fallas::{FallaCodigo, FallaHttp, Fallas, Regla};
use ramal_emulador::servir;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::cfdi::{Factura, clock, code, emulador, stamp};
use crate::http::{self, multipart, post_raw};

const UNA: Regla = Regla { proximas: 1, por_diez_mil: 0 };

async fn serve(router: Router) -> (SocketAddr, CancellationToken) {
    let cancel = CancellationToken::new();
    let addr = "127.0.0.1:0".parse().unwrap();
    (servir(router, addr, cancel.clone()).await.unwrap(), cancel)
}

#[tokio::test]
async fn a_cut_after_processing_leaves_the_stamp_and_no_answer() {
    let (emulador, router) = emulador(clock());
    let (addr, cancel) = serve(router.clone()).await;
    let (tipo, cuerpo) = multipart(Factura::new("1").sealed().as_bytes());
    emulador.control().replace(Fallas { cortar_despues: UNA, ..Fallas::default() });
    let nada = post_raw(addr, "/v4/cfdi33/stamp/v4", &tipo, &cuerpo).await;
    assert!(nada.is_empty(), "{}", String::from_utf8_lossy(&nada));
    assert_eq!(emulador.conteos()["EKU9003173C9|I|F|1"].timbres.len(), 1);
    let otra = post_raw(addr, "/v4/cfdi33/stamp/v4", &tipo, &cuerpo).await;
    let texto = String::from_utf8_lossy(&otra);
    assert!(texto.starts_with("HTTP/1.1 400") && texto.contains("307. El comprobante"), "{texto}");
    assert_eq!(emulador.conteos()["EKU9003173C9|I|F|1"].timbres.len(), 1);
    cancel.cancel();
}

#[tokio::test]
async fn a_cut_before_processing_leaves_nothing() {
    let (emulador, router) = emulador(clock());
    let (addr, cancel) = serve(router).await;
    let (tipo, cuerpo) = multipart(Factura::new("1").sealed().as_bytes());
    emulador.control().replace(Fallas { cortar_antes: UNA, ..Fallas::default() });
    assert!(post_raw(addr, "/v4/cfdi33/stamp/v4", &tipo, &cuerpo).await.is_empty());
    assert!(emulador.conteos().is_empty());
    cancel.cancel();
}

#[tokio::test]
async fn a_client_that_hangs_up_early_is_stamped_all_the_same() {
    let (emulador, router) = emulador(clock());
    let (addr, cancel) = serve(router).await;
    emulador.control().replace(Fallas { latencia_ms: 80, ..Fallas::default() });
    let (tipo, cuerpo) = multipart(Factura::new("1").sealed().as_bytes());
    let pedido = post_raw(addr, "/v4/cfdi33/stamp/v4", &tipo, &cuerpo);
    assert!(tokio::time::timeout(std::time::Duration::from_millis(40), pedido).await.is_err());
    for _ in 0..100 {
        if !emulador.conteos().is_empty() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert_eq!(emulador.conteos()["EKU9003173C9|I|F|1"].timbres.len(), 1);
    cancel.cancel();
}

#[tokio::test]
async fn processing_twice_answers_the_earlier_stamp() {
    let (emulador, router) = emulador(clock());
    emulador.control().replace(Fallas { procesar_dos_veces: UNA, ..Fallas::default() });
    let r = stamp(&router, &Factura::new("1").sealed()).await;
    assert_eq!(code(&r), "307");
    assert!(r.json()["data"]["cfdi"].as_str().unwrap().contains("TimbreFiscalDigital"));
    assert_eq!(emulador.conteos()["EKU9003173C9|I|F|1"].timbres.len(), 1);
}

#[tokio::test]
async fn switches_are_read_and_written_as_json() {
    let (_, router) = emulador(clock());
    let fallas = json!({ "http": { "regla": { "proximas": 2 }, "estado": 503, "html": true } });
    let r = http::json(&router, "PUT", "/_emulador/fallas", fallas).await;
    assert_eq!(r.estado, 200, "{}", r.texto());
    for _ in 0..2 {
        let r = stamp(&router, &Factura::new("1").sealed()).await;
        assert!(r.estado == 503 && r.texto().starts_with("<html>"));
    }
    assert_eq!(stamp(&router, &Factura::new("1").sealed()).await.estado, 200);
    let r = http::get(&router, "/_emulador/fallas").await.json();
    assert_eq!(r["http"]["regla"]["proximas"], 0);
    let r = http::json(&router, "PUT", "/_emulador/fallas", json!({ "inventada": 1 })).await;
    assert_eq!(r.estado, 422);
}

#[tokio::test]
async fn codes_stamps_left_and_sat_down_answer_as_the_pac() {
    let (emulador, router) = emulador(clock());
    let xml = Factura::new("1").sealed();
    let falla = FallaCodigo { regla: UNA, codigo: "CFDI40143".into(), mensaje: String::new() };
    emulador.control().replace(Fallas { codigo: falla, ..Fallas::default() });
    assert_eq!(code(&stamp(&router, &xml).await), "CFDI40143");
    emulador.control().replace(Fallas { sat_no_disponible: true, ..Fallas::default() });
    assert_eq!(code(&stamp(&router, &xml).await), "708");
    emulador.control().replace(Fallas { timbres_restantes: Some(1), ..Fallas::default() });
    assert_eq!(stamp(&router, &xml).await.estado, 200);
    assert_eq!(code(&stamp(&router, &Factura::new("2").sealed()).await), "718");
    emulador.control().replace(Fallas { previo_sin_datos: true, ..Fallas::default() });
    let r = stamp(&router, &xml).await;
    assert!(code(&r) == "307" && r.json()["data"].is_null());
}

#[tokio::test]
async fn a_share_is_refused_the_same_way_each_time_and_corrected_data_pass() {
    let (emulador, router) = emulador(clock());
    let dos_de_diez = Fallas { rechazo_por_diez_mil: 2_000, ..Fallas::default() };
    emulador.control().replace(dos_de_diez);
    let mut rechazadas = Vec::new();
    for n in 0..40 {
        let factura = Factura::new(&n.to_string());
        if stamp(&router, &factura.sealed()).await.estado == 400 {
            rechazadas.push(factura);
        }
    }
    assert!((2..=16).contains(&rechazadas.len()), "{}", rechazadas.len());
    let mut curadas = 0;
    for factura in &rechazadas {
        assert_eq!(code(&stamp(&router, &factura.sealed()).await), "CFDI40148");
        let otra = Factura { cp: "36260", ..factura.clone() };
        curadas += usize::from(stamp(&router, &otra.sealed()).await.estado == 200);
    }
    assert!(curadas > 0);
}

#[tokio::test]
async fn faults_can_be_limited_to_one_operation() {
    let (emulador, router) = emulador(clock());
    let http =
        FallaHttp { regla: Regla { proximas: 9, por_diez_mil: 0 }, estado: 500, html: false };
    let operaciones = vec!["cancel".to_owned()];
    emulador.control().replace(Fallas { operaciones, http, ..Fallas::default() });
    assert_eq!(stamp(&router, &Factura::new("1").sealed()).await.estado, 200);
    let r = http::json(&router, "POST", "/cfdi33/cancel/xml", json!({})).await;
    assert_eq!(r.estado, 500);
}

#[tokio::test]
async fn state_lists_every_invoice_and_no_double() {
    let (_, router) = emulador(clock());
    for n in 1..4 {
        stamp(&router, &Factura::new(&n.to_string()).sealed()).await;
    }
    stamp(&router, &Factura::new("1").sealed()).await;
    let r = http::get(&router, "/_emulador/estado").await.json();
    assert_eq!((&r["recibidos"], &r["timbrados"]), (&json!(4), &json!(3)));
    assert_eq!((&r["repetidos"], &r["dobles"]), (&json!(1), &json!([])));
    assert_eq!(r["documentos"]["EKU9003173C9|I|F|1"]["recibidos"], 2);
}
