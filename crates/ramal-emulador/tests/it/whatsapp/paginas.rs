//! The page where one is the customer.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use ramal_base::{FixedClock, Instante};
use ramal_emulador::whatsapp::{Emulador, Opciones};
use serde_json::json;

use crate::http::{Respuesta, get, send};

const BASE: &str = "/emuladores/whatsapp";

fn mundo() -> (Arc<Emulador>, Router, Router) {
    let reloj = Arc::new(FixedClock::new(Instante::parse("2026-11-20T15:00:00Z").unwrap()));
    let e = Emulador::abrir(Opciones::new(reloj)).unwrap();
    e.seed_template(&json!({"name": "aviso", "language": "es", "category": "UTILITY",
        "components": [{"type": "HEADER", "format": "TEXT", "text": "Fibra del Sur"},
            {"type": "BODY", "text": "Hola, {{1}}. Le escribimos.",
             "example": {"body_text": [["x"]]}},
            {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "Ya pagué"}]}]}))
        .unwrap();
    (e.clone(), e.clone().router(), e.paginas())
}

async fn form(paginas: &Router, ruta: &str, cuerpo: &str) -> Respuesta {
    let pedido = Request::post(format!("{BASE}{ruta}"))
        .header("content-type", "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin")
        .body(Body::from(cuerpo.to_owned()))
        .unwrap();
    send(paginas, pedido).await
}

async fn avisa(graph: &Router, nombre: &str) {
    let cuerpo = json!({"messaging_product": "whatsapp", "to": "51979514083", "type": "template",
        "template": {"name": "aviso", "language": {"code": "es"}, "components": [
            {"type": "body", "parameters": [{"type": "text", "text": nombre}]}]}});
    let pedido = Request::post("/v24.0/100000000000001/messages")
        .header("authorization", "Bearer token-whatsapp-demo")
        .body(Body::from(cuerpo.to_string()))
        .unwrap();
    assert_eq!(send(graph, pedido).await.estado, StatusCode::OK);
}

#[tokio::test]
async fn what_was_sent_is_seen_answered_by_its_button_and_stopped_with_baja() {
    let (_, graph, paginas) = mundo();
    assert!(get(&paginas, BASE).await.texto().contains("Todavía no hay teléfonos"));
    avisa(&graph, "Javier").await;
    let lista = get(&paginas, BASE).await.texto();
    assert!(lista.contains("+51979514083") && lista.contains("solo plantillas"), "{lista}");
    let chat = format!("{BASE}/chat/51979514083");
    let pagina = get(&paginas, &chat).await.texto();
    for parte in
        ["Fibra del Sur", "Hola, Javier. Le escribimos.", "entregado", "categoría utilidad"]
    {
        assert!(pagina.contains(parte), "{parte}: {pagina}");
    }
    let wamid = pagina.split("name=\"wamid\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let pulsado = format!("wamid={}&indice=0", form_urlencoded(wamid));
    assert_eq!(
        form(&paginas, "/chat/51979514083/boton", &pulsado).await.estado,
        StatusCode::SEE_OTHER
    );
    assert_eq!(
        form(&paginas, "/chat/51979514083/texto", "texto=BAJA").await.estado,
        StatusCode::SEE_OTHER
    );
    form(&paginas, "/chat/51979514083/leer", "leer=si").await;
    let pagina = get(&paginas, &chat).await.texto();
    for parte in [
        "leído",
        "abierta hasta",
        "<p class=\"cuerpo\">BAJA</p>",
        "<p class=\"cuerpo\">Ya pagué</p>",
    ] {
        assert!(pagina.contains(parte), "{parte}: {pagina}");
    }
}

fn form_urlencoded(texto: &str) -> String {
    texto.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D")
}

#[tokio::test]
async fn nothing_that_people_write_runs_on_the_page() {
    let (e, graph, paginas) = mundo();
    avisa(&graph, "<script>alert(1)</script>").await;
    e.introduce("51979514083", "\"><img src=x onerror=alert(2)>").unwrap();
    e.write("51979514083", "<b onclick='x'>hola</b>").unwrap();
    for ruta in [
        BASE.to_owned(),
        format!("{BASE}/chat/51979514083"),
        format!("{BASE}?q=%22%3E%3Cscript%3E"),
    ] {
        let pagina = get(&paginas, &ruta).await.texto();
        for malo in ["<script", "<img src=x", "<b onclick"] {
            assert!(!pagina.contains(malo), "{ruta}: {malo}");
        }
        assert!(!pagina.contains(" style=") && !pagina.contains(" onload="));
    }
}

#[tokio::test]
async fn forms_of_another_site_press_no_button_here() {
    let (e, _, paginas) = mundo();
    for cabecera in
        [("sec-fetch-site", "cross-site"), ("origin", "https://malo.example"), ("x", "y")]
    {
        let pedido = Request::post(format!("{BASE}/personas"))
            .header("content-type", "application/x-www-form-urlencoded")
            .header("host", "127.0.0.1")
            .header(cabecera.0, cabecera.1)
            .body(Body::from("telefono=51979514083&texto=hola"))
            .unwrap();
        assert_eq!(send(&paginas, pedido).await.estado, StatusCode::FORBIDDEN, "{cabecera:?}");
    }
    assert!(e.prefer("51979514083", ramal_emulador::whatsapp::Marketing::Detener).is_err());
    let bien = form(&paginas, "/personas", "telefono=51979514083&texto=hola").await;
    assert_eq!(bien.estado, StatusCode::SEE_OTHER);
    let mal = form(&paginas, "/personas", "telefono=12&texto=hola").await;
    assert_eq!(mal.estado, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn switches_and_templates_are_changed_from_their_pages() {
    let (e, _, paginas) = mundo();
    let malo = form(&paginas, "/interruptores", "json=%7B%22barajear%22%3Atrue%7D").await;
    assert!(malo.texto().contains("El JSON no se entiende") && malo.texto().contains("barajear"));
    assert!(!e.switches().barajar);
    form(&paginas, "/interruptores", "json=%7B%22barajar%22%3Atrue%7D").await;
    assert!(e.switches().barajar);
    let pagina = get(&paginas, &format!("{BASE}/plantillas")).await.texto();
    let accion = pagina.split("action=\"").nth(1).unwrap().split('"').next().unwrap();
    let ruta = accion.strip_prefix(BASE).unwrap();
    assert_eq!(
        form(&paginas, ruta, "estado=INVENTADO").await.estado,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert_eq!(form(&paginas, ruta, "estado=PAUSED").await.estado, StatusCode::SEE_OTHER);
    assert!(get(&paginas, &format!("{BASE}/plantillas")).await.texto().contains("PAUSED"));
}
