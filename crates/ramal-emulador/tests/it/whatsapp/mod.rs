//! WhatsApp: the world of these tests, and somebody who takes webhooks.

mod avisos;
mod envio;
mod paginas;

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, Request, StatusCode};
use axum::routing::post;
use ramal_base::{FixedClock, Instante};
use ramal_emulador::whatsapp::{Emulador, Opciones};
use serde_json::{Value, json};

use crate::http::{Respuesta, send};

pub const PERSONA: &str = "525512345678";
pub const WA: &str = "5215512345678";

pub struct Mundo {
    pub emulador: Arc<Emulador>,
    pub router: Router,
    pub reloj: Arc<FixedClock>,
}

pub fn mundo() -> Mundo {
    let reloj = Arc::new(FixedClock::new(Instante::parse("2026-11-20T15:00:00Z").unwrap()));
    let emulador = Emulador::abrir(Opciones::new(reloj.clone())).unwrap();
    emulador.seed_template(&aviso()).unwrap();
    Mundo { router: emulador.clone().router(), emulador, reloj }
}

pub fn aviso() -> Value {
    json!({"name": "aviso", "language": "es_MX", "category": "UTILITY", "components": [
        {"type": "HEADER", "format": "DOCUMENT", "example": {"header_handle": ["4::x"]}},
        {"type": "BODY", "text": "Hola, {{1}}. Su saldo es {{2}} y vence pronto.",
         "example": {"body_text": [["Javier", "$ 450.00"]]}},
        {"type": "FOOTER", "text": "Fibra del Sur"},
        {"type": "BUTTONS", "buttons": [
            {"type": "URL", "text": "Pagar", "url": "https://fibra.example/f/{{1}}",
             "example": ["t"]},
            {"type": "QUICK_REPLY", "text": "Ya pagué"}]}]})
}

pub fn promo() -> Value {
    json!({"name": "promo", "language": "es_MX", "category": "MARKETING",
        "components": [{"type": "BODY", "text": "Doble velocidad este mes."}]})
}

impl Mundo {
    pub async fn call(&self, metodo: &str, ruta: &str, token: &str, cuerpo: Value) -> Respuesta {
        let pedido = Request::builder()
            .method(metodo)
            .uri(ruta)
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/json")
            .header("host", "127.0.0.1:9")
            .body(cuerpo.to_string().into())
            .unwrap();
        send(&self.router, pedido).await
    }

    pub async fn post(&self, cuerpo: Value) -> Respuesta {
        // The pair limit is tried by its own test.
        self.reloj.advance(6_000);
        let ruta = "/v24.0/100000000000001/messages";
        self.call("POST", ruta, "token-whatsapp-demo", cuerpo).await
    }

    pub async fn code(&self, cuerpo: Value) -> i64 {
        let r = self.post(cuerpo).await;
        if r.estado == StatusCode::OK { 0 } else { r.json()["error"]["code"].as_i64().unwrap() }
    }

    pub async fn upload(&self, nombre: &str, mime: &str, bytes: &[u8]) -> Respuesta {
        let mut cuerpo = Vec::new();
        for (campo, valor) in [("messaging_product", "whatsapp"), ("type", mime)] {
            let parte = format!(
                "--X\r\nContent-Disposition: form-data; name=\"{campo}\"\r\n\r\n{valor}\r\n"
            );
            cuerpo.extend_from_slice(parte.as_bytes());
        }
        let parte = format!(
            "--X\r\nContent-Disposition: form-data; name=\"file\"; \
            filename=\"{nombre}\"\r\nContent-Type: {mime}\r\n\r\n"
        );
        cuerpo.extend_from_slice(parte.as_bytes());
        cuerpo.extend_from_slice(bytes);
        cuerpo.extend_from_slice(b"\r\n--X--\r\n");
        let pedido = Request::post("/v24.0/100000000000001/media")
            .header("authorization", "Bearer token-whatsapp-demo")
            .header("content-type", "multipart/form-data; boundary=X")
            .body(cuerpo.into())
            .unwrap();
        send(&self.router, pedido).await
    }

    pub async fn pdf(&self) -> String {
        let r = self.upload("F001-1.pdf", "application/pdf", b"%PDF-1.7 x").await;
        r.json()["id"].as_str().unwrap().to_owned()
    }
}

pub fn texto(cuerpo: &str) -> Value {
    json!({"messaging_product": "whatsapp", "to": PERSONA, "type": "text", "text": {"body": cuerpo},
        "biz_opaque_callback_data": "ob_1"})
}

pub fn plantilla(medio: &str, cuerpo: Value, boton: Value) -> Value {
    json!({"messaging_product": "whatsapp", "to": PERSONA, "type": "template",
        "biz_opaque_callback_data": "ob_1",
        "template": {"name": "aviso", "language": {"code": "es_MX", "policy": "deterministic"},
        "components": [
            {"type": "header", "parameters": [{"type": "document", "document": {"id": medio}}]},
            {"type": "body", "parameters": cuerpo},
            {"type": "button", "sub_type": "url", "index": "0", "parameters": boton}]}})
}

pub fn valores() -> Value {
    json!([{"type": "text", "text": "Javier"}, {"type": "text", "text": "$ 450.00"}])
}

pub fn token() -> Value {
    json!([{"type": "text", "text": "tok123"}])
}

#[derive(Default)]
pub struct Receptor {
    pub avisos: Mutex<Vec<(String, Bytes)>>,
    pub caido: Mutex<bool>,
}

impl Receptor {
    pub fn bodies(&self) -> Vec<Value> {
        let avisos = self.avisos.lock().unwrap();
        avisos.iter().map(|(_, b)| serde_json::from_slice(b).unwrap()).collect()
    }

    /// Statuses received: message and state.
    pub fn statuses(&self) -> Vec<(String, String)> {
        let cambios = self.bodies();
        let valores = cambios.iter().flat_map(|b| b["entry"][0]["changes"].as_array().unwrap());
        valores
            .flat_map(|c| c["value"]["statuses"].as_array().cloned().unwrap_or_default())
            .map(|s| {
                let de = |k: &str| s[k].as_str().unwrap().to_owned();
                (de("id"), de("status"))
            })
            .collect()
    }
}

async fn take(State(r): State<Arc<Receptor>>, cabeceras: HeaderMap, cuerpo: Bytes) -> StatusCode {
    if *r.caido.lock().unwrap() {
        return StatusCode::INTERNAL_SERVER_ERROR;
    }
    let firma = cabeceras["x-hub-signature-256"].to_str().unwrap().to_owned();
    r.avisos.lock().unwrap().push((firma, cuerpo));
    StatusCode::OK
}

#[derive(serde::Deserialize)]
pub struct Reto {
    #[serde(rename = "hub.verify_token")]
    token: String,
    #[serde(rename = "hub.challenge")]
    reto: String,
}

async fn challenge(Query(r): Query<Reto>) -> (StatusCode, String) {
    let estado = if r.token == "verifica-demo" { StatusCode::OK } else { StatusCode::FORBIDDEN };
    (estado, r.reto)
}

pub async fn receptor(mundo: &Mundo) -> Arc<Receptor> {
    let receptor = Arc::new(Receptor::default());
    let app =
        Router::new().route("/webhook", post(take).get(challenge)).with_state(receptor.clone());
    let oido = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/webhook", oido.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(oido, app).await });
    mundo.emulador.redirect(Some(url));
    receptor
}
