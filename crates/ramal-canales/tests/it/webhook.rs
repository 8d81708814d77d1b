//! Reading of webhooks: every kind, batched, shuffled, and what does not exist yet.

use proptest::prelude::*;
use ramal_base::Instante;
use ramal_canales::whatsapp::webhook::{
    Avance, Hecho, Suceso, TipoEntrante, WebhookIlegible, parse,
};
use ramal_canales::whatsapp::{CategoriaPlantilla, EstadoPlantilla};
use ramal_canales::{CausaDetener, FallaEnvio};
use serde_json::{Value, json};

fn aviso(campo: &str, valor: Value) -> Value {
    json!({"object": "whatsapp_business_account",
        "entry": [{"id": "222", "changes": [{"field": campo, "value": valor}]}]})
}

fn leer(v: &Value) -> Vec<Suceso> {
    parse(v.to_string().as_bytes()).unwrap()
}

fn mensajes(mensajes: Value, contactos: Value) -> Value {
    aviso(
        "messages",
        json!({"messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "5255", "phone_number_id": "111"},
        "contacts": contactos, "messages": mensajes}),
    )
}

fn uno(mensaje: Value) -> ramal_canales::whatsapp::webhook::MensajeEntrante {
    let contactos = json!([{"profile": {"name": "Javier"}, "wa_id": "5215512345678"}]);
    match leer(&mensajes(json!([mensaje]), contactos)).remove(0).hecho {
        Hecho::Mensaje(m) => *m,
        otro => panic!("{otro:?}"),
    }
}

fn base(tipo: &str, cuerpo: Value) -> Value {
    json!({"from": "5215512345678", "id": "wamid.A", "timestamp": "1763640000", "type": tipo,
        tipo: cuerpo})
}

#[test]
fn every_kind_of_message_is_read_and_the_unknown_ones_are_kept() {
    use TipoEntrante as T;
    let casos = [
        ("text", json!({"body": "Hola"}), T::Texto, Some("Hola")),
        (
            "image",
            json!({"id": "1", "mime_type": "image/jpeg", "caption": "Voucher"}),
            T::Imagen,
            Some("Voucher"),
        ),
        ("audio", json!({"id": "1", "mime_type": "audio/ogg", "voice": true}), T::Audio, None),
        ("button", json!({"text": "Ya pagué", "payload": "PAGUE"}), T::Boton, Some("Ya pagué")),
        (
            "interactive",
            json!({"type": "list_reply", "list_reply": {"id": "7", "title": "Plan 100"}}),
            T::Interactivo,
            Some("Plan 100"),
        ),
        ("reaction", json!({"message_id": "wamid.Z", "emoji": "👍"}), T::Reaccion, Some("👍")),
        ("reaction", json!({"message_id": "wamid.Z"}), T::Reaccion, None),
        (
            "location",
            json!({"latitude": -12.0, "longitude": -77.0, "name": "Casa"}),
            T::Ubicacion,
            Some("Casa"),
        ),
        ("contacts", json!([{"name": {"formatted_name": "X"}}]), T::Contactos, None),
        (
            "system",
            json!({"type": "user_changed_number", "body": "cambió"}),
            T::Sistema,
            Some("cambió"),
        ),
        ("request_welcome", json!({}), T::Bienvenida, None),
        ("unsupported", json!({}), T::NoAdmitido, None),
        (
            "edit",
            json!({"original_message_id": "wamid.Z", "message": {"text": {"body": "Nuevo"}}}),
            T::Edicion,
            Some("Nuevo"),
        ),
        ("holograma", json!({"body": 3}), T::Otro("holograma".into()), Some("3")),
    ];
    for (tipo, cuerpo, esperado, texto) in casos {
        let crudo = base(tipo, cuerpo);
        let m = uno(crudo.clone());
        assert_eq!((m.tipo, m.texto.as_deref()), (esperado, texto), "{tipo}");
        assert_eq!(m.crudo, crudo);
        assert_eq!(m.momento, Instante::parse("2025-11-20T12:00:00Z").unwrap());
        assert_eq!(m.de.nombre.as_deref(), Some("Javier"));
    }
}

#[test]
fn a_reply_its_payload_and_its_file_are_told() {
    let mut crudo = base(
        "document",
        json!({"id": "99", "mime_type": "application/pdf",
        "sha256": "abc=", "filename": "voucher.pdf", "url": "https://lookaside.example/x"}),
    );
    crudo["context"] = json!({"id": "wamid.NUESTRO", "from": "5255"});
    let m = uno(crudo);
    let medio = m.medio.unwrap();
    assert_eq!(
        (medio.id.as_str(), medio.nombre.as_deref(), medio.voz),
        ("99", Some("voucher.pdf"), false)
    );
    assert!(medio.url.is_some());
    assert_eq!(m.cita.unwrap().wamid, "wamid.NUESTRO");
    assert_eq!(
        uno(base("button", json!({"text": "x", "payload": "P"}))).carga.as_deref(),
        Some("P")
    );
    assert_eq!(
        uno(base("reaction", json!({"message_id": "wamid.Z"}))).cita.unwrap().wamid,
        "wamid.Z"
    );
}

#[test]
fn a_person_without_phone_is_a_bsuid_and_never_a_phone() {
    let contactos =
        json!([{"profile": {"name": "Ana", "username": "ana"}, "user_id": "PE.77", "wa_id": ""}]);
    let mut crudo = base("text", json!({"body": "x"}));
    crudo["from"] = json!("PE.77");
    let de =
        |crudo: &Value, contactos: &Value| match leer(&mensajes(json!([crudo]), contactos.clone()))
            .remove(0)
            .hecho
        {
            Hecho::Mensaje(m) => m.de,
            otro => panic!("{otro:?}"),
        };
    let quien = de(&crudo, &contactos);
    assert_eq!((quien.wa_id.as_deref(), quien.bsuid.as_deref()), (None, Some("PE.77")));
    assert_eq!(quien.usuario.as_deref(), Some("ana"));
    // Digits that are the user id are no phone either (W8).
    crudo["from"] = json!("1349");
    let quien = de(&crudo, &json!([{"user_id": "1349"}]));
    assert_eq!((quien.wa_id.as_deref(), quien.bsuid.as_deref()), (None, Some("1349")));
    crudo["from"] = json!("51979514083");
    crudo["from_user_id"] = json!("PE.77");
    let quien = de(&crudo, &json!([]));
    assert_eq!(
        (quien.wa_id.as_deref(), quien.bsuid.as_deref()),
        (Some("51979514083"), Some("PE.77"))
    );
}

#[test]
fn a_status_tells_its_reference_its_price_and_what_may_follow() {
    let valor = json!({"metadata": {"phone_number_id": "111"}, "statuses": [
        {"id": "wamid.A", "status": "delivered", "timestamp": "1763640000",
         "recipient_id": "5215512345678",
         "biz_opaque_callback_data": "ob_1",
         "pricing": {"billable": true, "pricing_model": "PMP", "category": "utility",
         "type": "regular"}},
        {"id": "wamid.B", "status": "failed", "timestamp": "1763640001", "recipient_id": "52",
         "errors": [{"code": 131047, "title": "Re-engagement message",
         "message": "Re-engagement message",
           "error_data": {"details": "Message failed to send because more than 24 hours"}}]},
        {"id": "wamid.C", "status": "teletransportado", "timestamp": 1763640002},
        {"status": "sent"}]});
    let sucesos = leer(&aviso("messages", valor));
    assert_eq!(sucesos.len(), 4);
    assert!(
        sucesos.iter().all(|s| s.phone_number_id.as_deref() == Some("111") && s.waba_id == "222")
    );
    let Hecho::Estado(a) = &sucesos[0].hecho else { panic!() };
    assert_eq!((a.avance.rango(), a.referencia.as_deref()), (Some(2), Some("ob_1")));
    let precio = a.precio.clone().unwrap();
    assert_eq!((precio.cobrable, precio.categoria.as_deref()), (Some(true), Some("utility")));
    let Hecho::Estado(b) = &sucesos[1].hecho else { panic!() };
    assert_eq!((&b.avance, b.avance.rango()), (&Avance::Fallido, None));
    assert!(matches!(b.errores[0].falla(), FallaEnvio::CambiarAPlantilla { .. }));
    let Hecho::Estado(c) = &sucesos[2].hecho else { panic!() };
    assert_eq!(c.avance, Avance::Otro("teletransportado".into()));
    assert!(matches!(sucesos[3].hecho, Hecho::Otro(_)), "a status without id is kept raw");
}

#[test]
fn templates_preferences_echoes_history_and_errors_are_told_apart() {
    let plantilla = json!({"event": "PAUSED", "message_template_id": 77,
        "message_template_name": "promo", "message_template_language": "es_MX", "reason": "NONE"});
    let Hecho::Plantilla(p) =
        leer(&aviso("message_template_status_update", plantilla)).remove(0).hecho
    else {
        panic!()
    };
    assert_eq!(
        (p.estado, p.id.as_deref(), p.motivo),
        (Some(EstadoPlantilla::Pausada), Some("77"), None)
    );
    let categoria = json!({"message_template_id": 77, "message_template_name": "promo",
        "message_template_language": "es_MX", "previous_category": "UTILITY",
        "new_category": "MARKETING"});
    let Hecho::Plantilla(p) = leer(&aviso("template_category_update", categoria)).remove(0).hecho
    else {
        panic!()
    };
    assert_eq!((p.estado, p.categoria), (None, Some(CategoriaPlantilla::Marketing)));
    let baja = json!({"metadata": {"phone_number_id": "111"}, "user_preferences": [
        {"wa_id": "5215512345678", "category": "marketing_messages", "value": "stop",
         "timestamp": 1763640000}]});
    let Hecho::Preferencia(p) = leer(&aviso("user_preferences", baja)).remove(0).hecho else {
        panic!()
    };
    assert!(p.is_baja());
    let eco = json!({"message_echoes": [base("text", json!({"body": "Soy el dueño"}))]});
    assert!(matches!(leer(&aviso("smb_message_echoes", eco))[0].hecho, Hecho::Eco(_)));
    let historia = json!({"history": [{"metadata": {"phase": 0}, "threads": [
        {"id": "52", "messages": [base("text", json!({"body": "viejo"}))]}]}]});
    assert!(matches!(leer(&aviso("history", historia))[0].hecho, Hecho::Historia(_)));
    let error = json!({"errors": [{"code": "190", "title": "token"}]});
    let Hecho::Error(e) = &leer(&aviso("messages", error))[0].hecho else { panic!() };
    assert!(matches!(e.falla(), FallaEnvio::Detener { causa: CausaDetener::Credencial, .. }));
    let sucesos = leer(&aviso("account_update", json!({"event": "VERIFIED_ACCOUNT"})));
    assert_eq!(sucesos[0].hecho, Hecho::Otro(json!({"event": "VERIFIED_ACCOUNT"})));
}

#[test]
fn what_is_no_webhook_is_refused_and_a_broken_piece_does_not_cost_the_others() {
    for malo in [&b""[..], b"{}", b"[]", b"{\"entry\":3}", b"<xml/>", &[0xff, 0xfe]] {
        assert_eq!(parse(malo), Err(WebhookIlegible));
    }
    let buenos =
        json!([7, {"type": "text"}, base("text", json!({"body": "x"})), {"id": "wamid.B"}]);
    let sucesos = leer(&mensajes(buenos, json!("no es lista")));
    let leidos = sucesos.iter().filter(|s| matches!(s.hecho, Hecho::Mensaje(_))).count();
    assert_eq!((sucesos.len(), leidos), (4, 2));
}

/// Keys by which a store would tell events apart.
fn keys(v: &Value) -> Vec<String> {
    let mut claves: Vec<String> = leer(v)
        .iter()
        .map(|s| match &s.hecho {
            Hecho::Mensaje(m) => format!("m {}", m.wamid),
            Hecho::Estado(e) => format!("e {} {:?}", e.wamid, e.avance),
            otro => panic!("{otro:?}"),
        })
        .collect();
    claves.sort();
    claves
}

proptest! {
    #[test]
    fn batched_in_any_way_every_event_comes_out_once(
        reparto in proptest::collection::vec((0usize..4, 0usize..4, any::<bool>()), 1..60),
    ) {
        let mut entradas: Vec<Vec<Vec<(bool, Value)>>> = vec![vec![vec![]; 4]; 4];
        let mut esperadas = Vec::new();
        for (n, (entrada, cambio, mensaje)) in reparto.into_iter().enumerate() {
            let id = format!("wamid.{n}");
            let v = if mensaje {
                esperadas.push(format!("m {id}"));
                json!({"id": id, "from": "52", "type": "text", "text": {"body": "x"}})
            } else {
                esperadas.push(format!("e {id} Leido"));
                json!({"id": id, "status": "read", "timestamp": "1"})
            };
            entradas[entrada][cambio].push((mensaje, v));
        }
        esperadas.sort();
        let de = |lista: &[(bool, Value)], cual: bool| -> Vec<Value> {
            lista.iter().filter(|(m, _)| *m == cual).map(|(_, v)| v.clone()).collect()
        };
        let cuerpo = json!({"entry": entradas.iter().map(|e| json!({"id": "1",
            "changes": e.iter().filter(|c| !c.is_empty()).map(|c| json!({"field": "messages",
                "value": {"messages": de(c, true), "statuses": de(c, false)}})).collect::<Vec<_>>()
        })).collect::<Vec<_>>()});
        prop_assert_eq!(keys(&cuerpo), esperadas);
    }

    #[test]
    fn no_body_breaks_the_reader(cuerpo in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = parse(&cuerpo);
    }
}
