//! The Graph API is as strict as Meta's.

use axum::http::StatusCode;
use ramal_emulador::whatsapp::{Interruptores, Marketing, Momento, Presencia};
use serde_json::{Value, json};

use super::{PERSONA, WA, mundo, plantilla, promo, receptor, texto, token, valores};

#[tokio::test]
async fn token_version_and_ids_are_checked_before_anything_else() {
    let m = mundo();
    let ruta = "/v24.0/100000000000001/messages";
    for (ruta, token, estado, codigo) in [
        (ruta, "otro", 401, 190),
        (ruta, "", 401, 190),
        ("/v13.0/100000000000001/messages", "token-whatsapp-demo", 400, 2_635),
        ("/24.0/100000000000001/messages", "token-whatsapp-demo", 400, 2_635),
        ("/v24.0/999/messages", "token-whatsapp-demo", 400, 100),
        ("/v24.0/200000000000002/messages", "token-whatsapp-demo", 400, 100),
    ] {
        let r = m.call("POST", ruta, token, texto("Hola")).await;
        assert_eq!(r.estado.as_u16(), estado, "{ruta}");
        assert_eq!(r.json()["error"]["code"], codigo, "{ruta}");
    }
    assert!(m.emulador.pump().await.entregados == 0);
}

#[tokio::test]
async fn a_message_of_the_wrong_shape_is_refused_with_its_code() {
    let m = mundo();
    m.emulador.write(PERSONA, "Hola").unwrap();
    let con = |cambio: fn(&mut Value)| {
        let mut v = texto("Hola");
        cambio(&mut v);
        v
    };
    let casos = [
        (100, con(|v| v["messaging_product"] = json!("sms"))),
        (100, con(|v| v["sorpresa"] = json!(1))),
        (100, con(|v| v["text"]["cuerpo"] = json!(1))),
        (100, con(|v| v["type"] = json!("carta"))),
        (100, con(|v| v["text"]["body"] = json!("x".repeat(4_097)))),
        (100, con(|v| v["biz_opaque_callback_data"] = json!("x".repeat(513)))),
        (100, con(|v| v["to"] = json!(525512345678i64))),
        (131_008, con(|v| v["text"]["body"] = json!(""))),
        (131_008, con(|v| v["to"] = Value::Null)),
        (131_009, con(|v| v["to"] = json!("55 1234 5678"))),
        (131_009, con(|v| v["to"] = json!("MX.1234"))),
        (131_051, con(|v| v["type"] = json!("interactive"))),
        (0, con(|v| v["to"] = json!("+525512345678"))),
    ];
    for (codigo, cuerpo) in casos {
        assert_eq!(m.code(cuerpo.clone()).await, codigo, "{cuerpo}");
    }
}

#[tokio::test]
async fn a_template_leaves_only_as_it_was_approved() {
    let m = mundo();
    let pdf = m.pdf().await;
    let bien = plantilla(&pdf, valores(), token());
    assert_eq!(m.code(bien.clone()).await, 0);
    let con = |cambio: &dyn Fn(&mut Value)| {
        let mut v = bien.clone();
        cambio(&mut v["template"]);
        v
    };
    let cuerpo =
        |texto: &str| json!([{"type": "text", "text": texto}, {"type": "text", "text": "x"}]);
    let casos = [
        (132_001, con(&|t| t["name"] = json!("otro"))),
        (132_001, con(&|t| t["language"]["code"] = json!("es"))),
        (
            132_000,
            con(&|t| t["components"][1]["parameters"] = json!([{"type": "text", "text": "x"}])),
        ),
        (132_012, con(&|t| t["components"][0]["parameters"] = json!([]))),
        (
            132_012,
            con(&|t| {
                t["components"][0]["parameters"][0] = json!({"type": "image", "image": {"id": "1"}})
            }),
        ),
        (132_012, con(&|t| t["components"][2]["sub_type"] = json!("quick_reply"))),
        (
            131_008,
            con(&|t| {
                t["components"].as_array_mut().unwrap().pop();
            }),
        ),
        (
            132_000,
            con(&|t| {
                let mut otro = t["components"][2].clone();
                otro["index"] = json!("7");
                t["components"].as_array_mut().unwrap().push(otro);
            }),
        ),
        (131_008, con(&|t| t["components"][1]["parameters"] = cuerpo(""))),
        (132_008, con(&|t| t["components"][1]["parameters"] = cuerpo("a\nb"))),
        (132_008, con(&|t| t["components"][1]["parameters"] = cuerpo("a     b"))),
        (132_005, con(&|t| t["components"][1]["parameters"] = cuerpo(&"x".repeat(1_100)))),
        (100, con(&|t| t["components"][0]["parameters"][0]["document"]["id"] = json!("404"))),
        (
            100,
            con(&|t| {
                t["components"][0]["parameters"][0]["document"]["link"] = json!("https://x.example")
            }),
        ),
        (100, con(&|t| t["idioma"] = json!("es"))),
    ];
    for (codigo, cuerpo) in casos {
        assert_eq!(m.code(cuerpo.clone()).await, codigo, "{cuerpo}");
    }
}

#[tokio::test]
async fn a_template_is_reviewed_and_its_state_decides() {
    let m = mundo();
    let ruta = "/v24.0/200000000000002/message_templates";
    let pide = |cuerpo: Value| m.call("POST", ruta, "token-whatsapp-demo", cuerpo);
    let r = pide(promo()).await;
    assert_eq!((r.estado, r.json()["status"].as_str()), (StatusCode::OK, Some("PENDING")));
    assert_eq!(pide(promo()).await.estado, StatusCode::BAD_REQUEST, "the same name and language");
    let con = |cambio: &dyn Fn(&mut Value)| {
        let mut v = promo();
        v["name"] = json!("nueva");
        cambio(&mut v);
        v
    };
    for mala in [
        con(&|v| v["name"] = json!("Con Espacio")),
        con(&|v| v["language"] = json!("quechua")),
        con(&|v| v["category"] = json!("TRANSACTIONAL")),
        con(&|v| v["components"] = json!([{"type": "FOOTER", "text": "x"}])),
        con(&|v| v["components"][0]["text"] = json!("Hola {{1}} y adiós")),
        con(&|v| {
            v["components"][0] =
                json!({"type": "BODY", "text": "{{1}} hola", "example": {"body_text": [["x"]]}})
        }),
        con(&|v| {
            v["components"][0] =
                json!({"type": "BODY", "text": "a {{2}} b", "example": {"body_text": [["x"]]}})
        }),
    ] {
        assert_eq!(pide(mala.clone()).await.estado, StatusCode::BAD_REQUEST, "{mala}");
    }
    let mensaje = json!({"messaging_product": "whatsapp", "to": PERSONA, "type": "template",
        "template": {"name": "promo", "language": {"code": "es_MX"}}});
    assert_eq!(m.code(mensaje.clone()).await, 0);
    let id = r.json()["id"].as_str().unwrap().to_owned();
    for (estado, codigo) in
        [("PAUSED", 132_015), ("DISABLED", 132_016), ("REJECTED", 132_001), ("APPROVED", 0)]
    {
        assert!(m.emulador.decide_template(&id, estado).unwrap());
        assert_eq!(m.code(mensaje.clone()).await, codigo, "{estado}");
    }
}

#[tokio::test]
async fn templates_come_in_pages_that_end() {
    let m = mundo();
    for n in 0..5 {
        let mut v = promo();
        v["name"] = json!(format!("promo_{n}"));
        m.emulador.seed_template(&v).unwrap();
    }
    let (mut nombres, mut ruta) =
        (Vec::new(), Some("/v24.0/200000000000002/message_templates?limit=2".to_owned()));
    while let Some(r) = ruta {
        let pagina = m.call("GET", &r, "token-whatsapp-demo", Value::Null).await.json();
        nombres.extend(pagina["data"].as_array().unwrap().iter().map(|p| p["name"].clone()));
        let after = pagina["paging"]["cursors"]["after"].as_str().unwrap_or_default().to_owned();
        let base = "/v24.0/200000000000002/message_templates?limit=2&after=";
        ruta = pagina["paging"]["next"].is_string().then(|| format!("{base}{after}"));
    }
    assert_eq!(nombres.len(), 6);
}

#[tokio::test]
async fn free_text_needs_the_window_and_marketing_a_person_who_wants_it() {
    let m = mundo();
    let r = receptor(&m).await;
    m.emulador
        .switch(Interruptores { rechazos: Momento::EnLaRespuesta, ..Interruptores::default() });
    m.emulador.seed_template(&promo()).unwrap();
    let promo = json!({"messaging_product": "whatsapp", "to": PERSONA, "type": "template",
        "template": {"name": "promo", "language": {"code": "es_MX"}}});
    assert_eq!(m.code(texto("Hola")).await, 131_047);
    m.emulador.write(PERSONA, "Tengo una duda").unwrap();
    assert_eq!(m.code(texto("Hola")).await, 0);
    m.reloj.advance(86_400_000);
    assert_eq!(m.code(texto("Hola")).await, 131_047, "the window closes after 24 hours");
    assert_eq!(m.code(promo.clone()).await, 0);
    m.emulador.prefer(WA, Marketing::Detener).unwrap();
    assert_eq!(m.code(promo.clone()).await, 131_050);
    let pdf = m.pdf().await;
    assert_eq!(m.code(plantilla(&pdf, valores(), token())).await, 0, "a notice still arrives");
    m.emulador.prefer(WA, Marketing::Reanudar).unwrap();
    assert_eq!(m.code(promo.clone()).await, 0);
    m.emulador.set_presence(WA, Presencia::SinWhatsapp).unwrap();
    assert_eq!(m.code(promo).await, 131_026);
    m.emulador.pump().await;
    let preferencias: Vec<Value> = r
        .bodies()
        .iter()
        .map(|b| b["entry"][0]["changes"][0].clone())
        .filter(|c| c["field"] == "user_preferences")
        .map(|c| c["value"]["user_preferences"][0]["value"].clone())
        .collect();
    assert_eq!(preferencias, [json!("stop"), json!("resume")]);
}

#[tokio::test]
async fn one_message_every_six_seconds_to_a_person_and_eighty_a_second_in_all() {
    let m = mundo();
    m.emulador.seed_template(&promo()).unwrap();
    let a = |to: String| {
        let cuerpo = json!({"messaging_product": "whatsapp", "to": to, "type": "template",
            "template": {"name": "promo", "language": {"code": "es_MX"}}});
        let ruta = "/v24.0/100000000000001/messages";
        m.call("POST", ruta, "token-whatsapp-demo", cuerpo)
    };
    assert_eq!(a(PERSONA.into()).await.estado, StatusCode::OK);
    m.reloj.advance(5_999);
    let r = a(PERSONA.into()).await;
    assert_eq!(r.json()["error"]["code"], 131_056);
    m.reloj.advance(1);
    assert_eq!(a(PERSONA.into()).await.estado, StatusCode::OK);
    m.reloj.advance(1_000);
    for n in 0..80 {
        assert_eq!(a(format!("5197951{n:04}")).await.estado, StatusCode::OK, "{n}");
    }
    let r = a("51979520000".into()).await;
    assert_eq!((r.estado.as_u16(), r.json()["error"]["code"].as_i64()), (429, Some(130_429)));
    m.reloj.advance(1_000);
    assert_eq!(a("51979520000".into()).await.estado, StatusCode::OK);
}

#[tokio::test]
async fn files_are_checked_by_kind_size_and_content_and_served_for_five_minutes() {
    let m = mundo();
    let grande = [b"\xff\xd8\xff".to_vec(), vec![0; 5 << 20]].concat();
    for (nombre, mime, bytes, codigo) in [
        ("a.pdf", "application/pdf", b"no es".to_vec(), 131_053),
        ("a.jpg", "image/jpeg", grande, 131_053),
        ("a.jpg", "image/jpeg", Vec::new(), 131_053),
        ("a.tif", "image/tiff", b"II*".to_vec(), 100),
    ] {
        let r = m.upload(nombre, mime, &bytes).await;
        assert_eq!(r.json()["error"]["code"], codigo, "{nombre} {mime}");
    }
    let id = m.pdf().await;
    let ficha =
        m.call("GET", &format!("/v24.0/{id}"), "token-whatsapp-demo", Value::Null).await.json();
    let ruta =
        ficha["url"].as_str().unwrap().strip_prefix("http://127.0.0.1:9").unwrap().to_owned();
    let baja = |token: &'static str| m.call("GET", &ruta, token, Value::Null);
    assert_eq!(baja("token-whatsapp-demo").await.cuerpo, b"%PDF-1.7 x");
    assert_eq!(baja("otro").await.estado, StatusCode::UNAUTHORIZED);
    m.reloj.advance(5 * 60_000 + 1);
    assert_eq!(baja("token-whatsapp-demo").await.estado, StatusCode::NOT_FOUND);
    m.reloj.advance(30 * 86_400_000);
    let vieja = plantilla(&id, valores(), token());
    assert_eq!(m.code(vieja).await, 100, "an id lives 30 days");
}
