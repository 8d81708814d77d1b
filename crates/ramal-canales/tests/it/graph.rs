//! The client against a Graph API that answers as told.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use ramal_base::SystemClock;
use ramal_canales::whatsapp::{
    CategoriaPlantilla, ConfigWhatsapp, Contenido, DestinoWhatsapp, Escribiendo, EstadoPlantilla,
    MedioSaliente, NuevaPlantilla, VistaPrevia, Whatsapp,
};
use ramal_canales::{
    Alcance, Causa, CausaDetener, EnvioWhatsapp, FallaEnvio, MensajeWhatsapp, Secreto,
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::smtp_real::autoridad;

struct Pedido {
    metodo: Method,
    uri: Uri,
    cabeceras: HeaderMap,
    cuerpo: Bytes,
}

/// What the API answers next.
enum Dice {
    Json(u16, Value),
    Bytes(Vec<u8>),
    Espera(u16, &'static str),
    Calla,
}

#[derive(Default)]
struct Graph {
    pedidos: Mutex<Vec<Pedido>>,
    dice: Mutex<VecDeque<Dice>>,
}

async fn attend(
    State(g): State<Arc<Graph>>,
    metodo: Method,
    uri: Uri,
    cabeceras: HeaderMap,
    cuerpo: Bytes,
) -> Response {
    g.pedidos.lock().unwrap().push(Pedido { metodo, uri, cabeceras, cuerpo });
    let dice = g.dice.lock().unwrap().pop_front();
    match dice.expect("an unexpected call") {
        Dice::Json(estado, json) => {
            (StatusCode::from_u16(estado).unwrap(), axum::Json(json)).into_response()
        }
        Dice::Bytes(bytes) => bytes.into_response(),
        Dice::Espera(estado, segundos) => {
            let estado = StatusCode::from_u16(estado).unwrap();
            (estado, [("retry-after", segundos)], "<html>").into_response()
        }
        Dice::Calla => std::future::pending().await,
    }
}

async fn graph(dice: Vec<Dice>) -> (Arc<Graph>, Whatsapp, String) {
    let g = Arc::new(Graph { dice: Mutex::new(dice.into()), ..Graph::default() });
    let app = Router::new().fallback(attend).with_state(g.clone());
    let oido = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", oido.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(oido, app).await });
    let config = ConfigWhatsapp {
        base: base.clone(),
        version: "v25.0".into(),
        total_ms: 300,
        ..ConfigWhatsapp::new("111", "222", Secreto::new("EAAG-token"))
    };
    (g, Whatsapp::new(config, Arc::new(SystemClock)).unwrap(), base)
}

fn texto() -> MensajeWhatsapp {
    MensajeWhatsapp {
        destino: DestinoWhatsapp::Telefono("+525512345678".into()),
        contenido: Contenido::Texto { cuerpo: "Hola".into(), vista_previa: VistaPrevia::No },
        referencia: "ob_1".into(),
        cita: None,
    }
}

fn error(codigo: i64) -> Value {
    json!({"error": {"message": format!("(#{codigo}) x"), "type": "OAuthException",
        "code": codigo, "error_data": {"messaging_product": "whatsapp", "details": "detalle"},
        "fbtrace_id": "A"}})
}

#[tokio::test]
async fn an_accepted_message_gives_its_ids_and_carries_token_version_and_reference() {
    let si = json!({"messaging_product": "whatsapp",
        "contacts": [{"input": "525512345678", "wa_id": "5215512345678"}],
        "messages": [{"id": "wamid.X"}]});
    let (g, cliente, _) = graph(vec![Dice::Json(200, si)]).await;
    let aceptado = cliente.send(&texto()).await.unwrap();
    assert_eq!(
        (aceptado.wamid.as_str(), aceptado.wa_id.as_deref()),
        ("wamid.X", Some("5215512345678"))
    );
    let pedidos = g.pedidos.lock().unwrap();
    assert_eq!((&pedidos[0].metodo, pedidos[0].uri.path()), (&Method::POST, "/v25.0/111/messages"));
    assert_eq!(pedidos[0].cabeceras["authorization"], "Bearer EAAG-token");
    let cuerpo: Value = serde_json::from_slice(&pedidos[0].cuerpo).unwrap();
    assert_eq!(
        (&cuerpo["to"], &cuerpo["biz_opaque_callback_data"]),
        (&json!("525512345678"), &json!("ob_1"))
    );
}

#[tokio::test]
async fn an_error_is_judged_by_its_code_whatever_the_status_says() {
    let (_, cliente, _) = graph(vec![
        Dice::Json(400, error(131_047)),
        Dice::Json(400, error(131_056)),
        Dice::Json(500, error(131_026)),
        Dice::Json(200, error(190)),
        Dice::Json(400, error(131_050)),
        Dice::Espera(429, "9"),
        Dice::Espera(503, "9"),
    ])
    .await;
    let falla = cliente.send(&texto()).await.unwrap_err();
    assert!(matches!(falla, FallaEnvio::CambiarAPlantilla { .. }));
    assert_eq!(falla.mensaje(), "(#131047) x: detalle");
    let falla = cliente.send(&texto()).await.unwrap_err();
    assert!(matches!(
        falla,
        FallaEnvio::Reintentable { alcance: Alcance::Destinatario, espera_ms: Some(6_000), .. }
    ));
    let falla = cliente.send(&texto()).await.unwrap_err();
    assert!(matches!(falla, FallaEnvio::Permanente { causa: Causa::SinWhatsapp, .. }));
    let falla = cliente.send(&texto()).await.unwrap_err();
    assert!(matches!(falla, FallaEnvio::Detener { causa: CausaDetener::Credencial, .. }));
    let falla = cliente.send(&texto()).await.unwrap_err();
    assert!(matches!(falla, FallaEnvio::Baja { .. }));
    for _ in 0..2 {
        let falla = cliente.send(&texto()).await.unwrap_err();
        let espera = matches!(falla, FallaEnvio::Reintentable { espera_ms: Some(9_000), .. });
        assert!(espera, "{falla:?}");
    }
}

#[tokio::test]
async fn a_message_without_answer_is_uncertain_and_is_not_sent_twice() {
    let (g, cliente, _) = graph(vec![
        Dice::Calla,
        Dice::Espera(502, "1"),
        Dice::Json(200, json!({"messages": []})),
        Dice::Bytes(b"<html>".to_vec()),
    ])
    .await;
    for _ in 0..4 {
        let falla = cliente.send(&texto()).await.unwrap_err();
        assert!(matches!(falla, FallaEnvio::Incierto { .. }), "{falla:?}");
    }
    assert_eq!(g.pedidos.lock().unwrap().len(), 4);
}

#[tokio::test]
async fn nobody_listening_is_a_retry_and_after_five_times_nobody_calls() {
    let config = ConfigWhatsapp {
        base: "http://127.0.0.1:9".into(),
        ..ConfigWhatsapp::new("111", "222", Secreto::new("t"))
    };
    let cliente = Whatsapp::new(config, Arc::new(SystemClock)).unwrap();
    for _ in 0..5 {
        let falla = cliente.send(&texto()).await.unwrap_err();
        assert_eq!(falla.codigo(), "sin_conexion");
    }
    assert_eq!(cliente.send(&texto()).await.unwrap_err().codigo(), "circuito_abierto");
}

#[tokio::test]
async fn what_would_be_refused_does_not_leave() {
    let (g, cliente, _) = graph(vec![]).await;
    let malos = [
        MensajeWhatsapp { destino: DestinoWhatsapp::Telefono("55 12".into()), ..texto() },
        MensajeWhatsapp { referencia: "x".repeat(513), ..texto() },
        MensajeWhatsapp {
            contenido: Contenido::Texto { cuerpo: " ".into(), vista_previa: VistaPrevia::No },
            ..texto()
        },
    ];
    for malo in malos {
        assert_eq!(cliente.send(&malo).await.unwrap_err().codigo(), "local");
    }
    assert!(cliente.media("../222/subscribed_apps").await.is_err());
    assert!(g.pedidos.lock().unwrap().is_empty());
    for (version, id) in [("24.0", "111"), ("v24", "111"), ("v24.0", "1/2"), ("v24.0", "")] {
        let config = ConfigWhatsapp {
            version: version.into(),
            ..ConfigWhatsapp::new(id, "222", Secreto::new("t"))
        };
        assert!(Whatsapp::new(config, Arc::new(SystemClock)).is_err(), "{version} {id}");
    }
}

#[tokio::test]
async fn every_page_of_templates_is_reached_and_the_last_one_ends() {
    let pagina = |nombre: &str, next: bool| {
        let mut p = json!({"data": [{"id": "9", "name": nombre, "language": "es_MX",
            "status": "APPROVED", "category": "UTILITY", "components": [{"type": "BODY",
            "text": "Hola"}]}],
            "paging": {"cursors": {"before": "a", "after": "b&c"}}});
        if next {
            p["paging"]["next"] = json!("https://graph.facebook.com/x");
        }
        Dice::Json(200, p)
    };
    let (g, cliente, _) = graph(vec![pagina("uno", true), pagina("dos", false)]).await;
    let primera = cliente.templates(None).await.unwrap();
    assert_eq!(primera.plantillas[0].estado, EstadoPlantilla::Aprobada);
    let segunda = cliente.templates(primera.siguiente.as_deref()).await.unwrap();
    assert_eq!((segunda.plantillas[0].nombre.as_str(), segunda.siguiente), ("dos", None));
    let pedidos = g.pedidos.lock().unwrap();
    assert_eq!(pedidos[0].uri.path(), "/v25.0/222/message_templates");
    assert!(pedidos[1].uri.query().unwrap().contains("after=b%26c"));
}

#[tokio::test]
async fn a_template_is_asked_for_and_a_message_marked_as_read() {
    let (g, cliente, _) = graph(vec![
        Dice::Json(200, json!({"id": "77", "status": "PENDING", "category": "MARKETING"})),
        Dice::Json(200, json!({"success": true})),
    ])
    .await;
    let nueva = NuevaPlantilla {
        nombre: "promo".into(),
        idioma: "es_PE".into(),
        categoria: CategoriaPlantilla::Utilidad,
        componentes: json!([{"type": "BODY", "text": "Hola"}]),
    };
    let creada = cliente.create_template(&nueva).await.unwrap();
    assert_eq!(
        (creada.estado, creada.categoria),
        (EstadoPlantilla::Pendiente, CategoriaPlantilla::Marketing)
    );
    cliente.mark_read("wamid.Z", Escribiendo::Si).await.unwrap();
    let pedidos = g.pedidos.lock().unwrap();
    let leido: Value = serde_json::from_slice(&pedidos[1].cuerpo).unwrap();
    assert_eq!(
        leido,
        json!({"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.Z",
            "typing_indicator": {"type": "text"}})
    );
}

#[tokio::test]
async fn a_file_goes_up_with_its_type_and_comes_down_only_if_it_is_whole() {
    let archivo = b"%PDF-1.7".to_vec();
    let sha = hex::encode(Sha256::digest(&archivo));
    let (g, cliente, base) = graph(vec![Dice::Json(200, json!({"id": "555"}))]).await;
    let medio = MedioSaliente {
        nombre: "F001-1.pdf".into(),
        mime: "application/pdf".into(),
        bytes: archivo.clone(),
    };
    assert_eq!(cliente.upload(&medio).await.unwrap(), "555");
    {
        let pedidos = g.pedidos.lock().unwrap();
        assert_eq!(pedidos[0].uri.path(), "/v25.0/111/media");
        let cuerpo = String::from_utf8_lossy(&pedidos[0].cuerpo).into_owned();
        for parte in [
            "name=\"messaging_product\"",
            "filename=\"F001-1.pdf\"",
            "Content-Type: application/pdf",
            "%PDF-1.7",
        ] {
            assert!(cuerpo.contains(parte), "{parte}: {cuerpo}");
        }
    }
    let ficha = |sha: &str, url: &str| {
        Dice::Json(
            200,
            json!({"url": url, "mime_type": "application/pdf",
            "sha256": sha, "file_size": 8, "id": "555"}),
        )
    };
    let url = format!("{base}/archivo?x=1");
    g.dice.lock().unwrap().extend([
        ficha(&sha, &url),
        Dice::Bytes(archivo.clone()),
        ficha(&"0".repeat(64), &url),
        Dice::Bytes(archivo.clone()),
        ficha(&sha, "http://robo.example/archivo"),
    ]);
    assert_eq!(cliente.download("555").await.unwrap().bytes, archivo);
    assert_eq!(cliente.download("555").await.unwrap_err().codigo(), "sha256");
    let falla = cliente.download("555").await.unwrap_err();
    assert!(matches!(falla, FallaEnvio::Detener { .. }), "the token must not leave bare");
}

#[tokio::test]
async fn an_example_goes_up_in_two_steps_and_the_second_wants_another_word() {
    let (g, cliente, _) = graph(vec![
        Dice::Json(200, json!({"id": "upload:MTph?sig=ARZ_x-1"})),
        Dice::Json(200, json!({"h": "4::aW1h"})),
        Dice::Json(200, json!({"id": "../222/subscribed_apps"})),
    ])
    .await;
    let medio = MedioSaliente {
        nombre: "orden de pago.pdf".into(),
        mime: "application/pdf".into(),
        bytes: b"%PDF-1.7".to_vec(),
    };
    assert_eq!(cliente.upload_sample(&medio).await.unwrap(), "4::aW1h");
    assert!(cliente.upload_sample(&medio).await.is_err(), "an address that leads elsewhere");
    let pedidos = g.pedidos.lock().unwrap();
    assert_eq!(pedidos.len(), 3);
    assert_eq!(pedidos[0].uri.path(), "/v25.0/app/uploads");
    let consulta = pedidos[0].uri.query().unwrap();
    assert_eq!(consulta, "file_length=8&file_type=application%2Fpdf&file_name=orden+de+pago.pdf");
    assert_eq!(pedidos[1].uri.to_string(), "/v25.0/upload:MTph?sig=ARZ_x-1");
    assert_eq!(pedidos[1].cabeceras["authorization"], "OAuth EAAG-token");
    assert_eq!(pedidos[1].cabeceras["file_offset"], "0");
    assert_eq!(pedidos[1].cuerpo.as_ref(), b"%PDF-1.7");
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_stops_the_line_instead_of_waiting() {
    use tokio_rustls::rustls::pki_types::pem::PemObject;
    use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
    use tokio_rustls::rustls::{ServerConfig, crypto::aws_lc_rs};
    let autoridad = autoridad();
    let cadena =
        vec![CertificateDer::from_pem_slice(autoridad.pem("cert.pem").as_bytes()).unwrap()];
    let llave = PrivateKeyDer::from_pem_slice(autoridad.pem("key.pem").as_bytes()).unwrap();
    let tls = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(cadena, llave)
        .unwrap();
    let tls = tokio_rustls::TlsAcceptor::from(Arc::new(tls));
    let oido = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("https://localhost:{}", oido.local_addr().unwrap().port());
    tokio::spawn(async move {
        while let Ok((flujo, _)) = oido.accept().await {
            let _ = tls.accept(flujo).await;
        }
    });
    let config = ConfigWhatsapp { base, ..ConfigWhatsapp::new("111", "222", Secreto::new("t")) };
    let cliente = Whatsapp::new(config, Arc::new(SystemClock)).unwrap();
    let falla = cliente.send(&texto()).await.unwrap_err();
    assert_eq!(falla.codigo(), "tls", "{falla:?}");
    assert!(matches!(falla, FallaEnvio::Detener { causa: CausaDetener::Configuracion, .. }));
}
