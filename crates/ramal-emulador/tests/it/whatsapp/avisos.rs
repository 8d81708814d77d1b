//! Webhooks as unkind as Meta's, and what outlives a restart.

use std::sync::Arc;

use axum::http::StatusCode;
use ramal_base::{FixedClock, Instante};
use ramal_emulador::fallas::{FallaCodigo, Regla};
use ramal_emulador::whatsapp::{Emulador, Interruptores, Lectura, Opciones, Revision};
use serde_json::json;

use super::{PERSONA, WA, mundo, plantilla, promo, receptor, texto, token, valores};

#[tokio::test]
async fn by_default_a_refusal_about_the_person_comes_later_as_a_status() {
    let m = mundo();
    let r = receptor(&m).await;
    let aceptado = m.post(texto("Hola")).await;
    assert_eq!(aceptado.estado, StatusCode::OK);
    m.emulador.pump().await;
    let cuerpo = &r.bodies()[0]["entry"][0]["changes"][0]["value"]["statuses"][0];
    assert_eq!(
        (&cuerpo["status"], &cuerpo["errors"][0]["code"]),
        (&json!("failed"), &json!(131_047))
    );
    assert_eq!(cuerpo["biz_opaque_callback_data"], "ob_1");
}

#[tokio::test]
async fn webhooks_are_signed_escaped_priced_and_registered_with_a_handshake() {
    let m = mundo();
    let r = receptor(&m).await;
    assert!(m.emulador.register_webhook().await);
    let pdf = m.pdf().await;
    m.post(plantilla(&pdf, valores(), token())).await;
    m.emulador.write(PERSONA, "Sin señal 😡").unwrap();
    m.emulador.pump().await;
    let avisos = r.avisos.lock().unwrap().clone();
    assert_eq!(avisos.len(), 3);
    let entrante = String::from_utf8(avisos[2].1.to_vec()).unwrap();
    assert!(entrante.contains(r"Sin se\u00f1al \ud83d\ude21"), "{entrante}");
    assert!(avisos.iter().all(|(firma, b)| b.is_ascii() && firma.len() == 71));
    let enviado = &r.bodies()[0]["entry"][0]["changes"][0]["value"];
    assert_eq!(enviado["metadata"]["phone_number_id"], "100000000000001");
    let precio = &enviado["statuses"][0]["pricing"];
    assert_eq!((&precio["billable"], &precio["category"]), (&json!(true), &json!("utility")));
    let mensaje = &r.bodies()[2]["entry"][0]["changes"][0]["value"];
    assert_eq!(mensaje["messages"][0]["from"], WA);
    assert!(mensaje["contacts"][0]["user_id"].as_str().unwrap().starts_with("MX."));
}

#[tokio::test]
async fn a_receiver_that_is_down_gets_everything_later() {
    let m = mundo();
    let r = receptor(&m).await;
    *r.caido.lock().unwrap() = true;
    m.emulador.write(PERSONA, "Hola").unwrap();
    assert_eq!(m.emulador.pump().await.pospuestos, 1);
    assert_eq!(m.emulador.pump().await.pospuestos, 0, "not before its time");
    *r.caido.lock().unwrap() = false;
    m.reloj.advance(1_000);
    assert_eq!(m.emulador.pump().await.entregados, 1);
    assert_eq!(r.bodies().len(), 1);
}

#[tokio::test]
async fn switches_lose_double_shuffle_group_and_forge() {
    let m = mundo();
    m.emulador.seed_template(&promo()).unwrap();
    let r = receptor(&m).await;
    let siempre = Regla { proximas: 0, por_diez_mil: 10_000 };
    let envia = |n: usize| {
        json!({"messaging_product": "whatsapp", "to": format!("5197951{n:04}"),
        "type": "template", "template": {"name": "promo", "language": {"code": "es_MX"}}})
    };
    m.emulador.switch(Interruptores {
        barajar: true,
        agrupar: 5,
        lectura: Lectura::Enseguida,
        duplicar_avisos: siempre,
        ..Interruptores::default()
    });
    for n in 0..20 {
        assert_eq!(m.code(envia(n)).await, 0);
    }
    m.emulador.pump().await;
    let estados = r.statuses();
    assert_eq!((estados.len(), r.bodies().len()), (120, 24), "60 statuses, five a body, twice");
    let orden: Vec<&str> = estados.iter().take(3).map(|(_, e)| e.as_str()).collect();
    let en_orden = estados.chunks(3).all(|c| c[0].1 == "sent" && c[1].1 == "delivered");
    assert!(!en_orden, "nothing was shuffled: {orden:?}");

    let antes = r.bodies().len();
    m.emulador.switch(Interruptores { perder_avisos: siempre, ..Interruptores::default() });
    m.post(envia(30)).await;
    assert_eq!(m.emulador.pump().await.perdidos, 2);
    assert_eq!(r.bodies().len(), antes);

    let codigo = |codigo: &str| FallaCodigo {
        regla: Regla { proximas: 1, por_diez_mil: 0 },
        codigo: codigo.into(),
        mensaje: String::new(),
    };
    m.emulador.switch(Interruptores {
        codigo: codigo("131048"),
        codigo_estado: codigo("131049"),
        ..Interruptores::default()
    });
    assert_eq!(m.code(envia(31)).await, 131_048);
    assert_eq!(m.code(envia(31)).await, 0);
    m.emulador.pump().await;
    assert_eq!(r.statuses().last().unwrap().1, "failed");
}

#[tokio::test]
async fn new_templates_wait_for_a_person_when_told_to() {
    let m = mundo();
    let r = receptor(&m).await;
    m.emulador.switch(Interruptores { revision: Revision::Esperar, ..Interruptores::default() });
    let ruta = "/v24.0/200000000000002/message_templates";
    let id = m.call("POST", ruta, "token-whatsapp-demo", promo()).await.json()["id"].clone();
    let mensaje = json!({"messaging_product": "whatsapp", "to": PERSONA, "type": "template",
        "template": {"name": "promo", "language": {"code": "es_MX"}}});
    assert_eq!(m.code(mensaje.clone()).await, 132_001);
    m.emulador.decide_template(id.as_str().unwrap(), "APPROVED").unwrap();
    assert_eq!(m.code(mensaje).await, 0);
    m.emulador.pump().await;
    let cambio = r.bodies()[0]["entry"][0]["changes"][0].clone();
    assert_eq!(cambio["field"], "message_template_status_update");
    assert_eq!(cambio["value"]["event"], "APPROVED");
}

#[tokio::test]
async fn what_happened_outlives_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let reloj = Arc::new(FixedClock::new(Instante::from_millis(1_800_000_000_000)));
    let abrir = || {
        let opciones = Opciones { dir: Some(dir.path().into()), ..Opciones::new(reloj.clone()) };
        Emulador::abrir(opciones).unwrap()
    };
    let antes = abrir();
    antes.seed_template(&promo()).unwrap();
    let foto = b"\x89PNG\r\n\x1a\n...";
    antes.attach(PERSONA, ("voucher.png", "image/png", foto), "Ya pagué").unwrap();
    drop(antes);
    let despues = abrir();
    despues.seed_template(&promo()).unwrap();
    let paginas = despues.clone().paginas();
    let pagina =
        crate::http::get(&paginas, &format!("/emuladores/whatsapp/chat/{WA}")).await.texto();
    assert!(pagina.contains("Ya pagué"), "{pagina}");
    let ruta = pagina.split("<img src=\"").nth(1).unwrap().split('"').next().unwrap();
    assert_eq!(crate::http::get(&paginas, ruta).await.cuerpo, foto);
    let estado = crate::http::get(&despues.router(), "/_emulador/estado").await.json();
    assert_eq!((&estado["telefonos"], &estado["plantillas"]), (&json!(1), &json!(1)));
}
