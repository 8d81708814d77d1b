//! A provider that says whatever the test tells it to, and counts what it is asked. It checks no
//! client: the real peer does.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use ramal_base::Instante;
use ramal_oidc::{AZAR_BYTES, Ajustes, Error, Pendiente, Proveedor, Reclamos, Regreso};
use serde_json::{Value, json};

use crate::claves::Llave;

/// 2026-12-01T00:00:00Z, in seconds: the present of these tests.
pub const AHORA_S: i64 = 1_796_083_200;
/// The access token that the provider gives.
pub const ACCESO: &str = "acceso-de-pruebas";

/// What the provider answers.
#[derive(Default)]
pub struct Guion {
    pub descubrimiento: Mutex<Value>,
    pub claves: Mutex<Vec<Value>>,
    pub ficha: Mutex<String>,
    pub userinfo: Mutex<Value>,
    pub canje: Mutex<Option<(u16, Value)>>,
    pub claves_pedidas: AtomicUsize,
    pub documentos_pedidos: AtomicUsize,
    pub userinfo_pedidos: AtomicUsize,
}

/// The provider, running until the test ends, and a client of it.
pub struct Falso {
    pub base: String,
    pub guion: Arc<Guion>,
    pub llave: Llave,
    pub proveedor: Proveedor,
}

impl Falso {
    pub async fn start() -> Falso {
        Falso::with(Llave::rsa("k1"), |_| {}).await
    }

    /// Provider that publishes `llave`, and a client with `cambio` in its settings.
    pub async fn with(llave: Llave, cambio: impl FnOnce(&mut Ajustes)) -> Falso {
        let puerta = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", puerta.local_addr().unwrap());
        let guion = Arc::new(Guion::default());
        *guion.descubrimiento.lock().unwrap() = discovery(&base);
        *guion.claves.lock().unwrap() = vec![llave.jwk()];
        *guion.userinfo.lock().unwrap() = json!({"sub": "u-1"});
        let app = router().with_state(guion.clone());
        tokio::spawn(async move { axum::serve(puerta, app).await });
        let mut ajustes = Ajustes::new(&base, "ramal", "http://127.0.0.1/entrar/oidc/retorno");
        cambio(&mut ajustes);
        let proveedor = Proveedor::new(ajustes, ramal_oidc::http_client().unwrap()).unwrap();
        Falso { base, guion, llave, proveedor }
    }

    /// Claims of a good ID token for `pendiente`.
    pub fn claims(&self, pendiente: &Pendiente) -> Value {
        json!({
            "iss": self.base, "aud": "ramal", "sub": "u-1", "sid": "s-1", "nonce": pendiente.nonce,
            "iat": AHORA_S, "exp": AHORA_S + 300, "email": "jmosca@isp.example",
            "email_verified": true, "name": "Javier Mosca",
            "realm_access": {"roles": ["administrador", "consulta"]},
        })
    }

    pub async fn begin(&self) -> Pendiente {
        self.proveedor.begin(&azar(), ahora(0)).await.unwrap().1
    }

    /// A whole sign-in that ends with `ficha` as ID token.
    pub async fn finish(&self, pendiente: &Pendiente, ficha: String) -> Result<Reclamos, Error> {
        *self.guion.ficha.lock().unwrap() = ficha;
        self.proveedor.finish(&regreso(pendiente), pendiente, ahora(0)).await
    }

    /// A whole sign-in whose claims are the good ones with `cambio`, signed by the provider's key.
    pub async fn finish_with(&self, cambio: impl FnOnce(&mut Value)) -> Result<Reclamos, Error> {
        let pendiente = self.begin().await;
        let mut datos = self.claims(&pendiente);
        cambio(&mut datos);
        self.finish(&pendiente, self.llave.sign("RS256", &datos)).await
    }

    pub fn keys_asked(&self) -> usize {
        self.guion.claves_pedidas.load(Ordering::SeqCst)
    }
}

/// What the browser brings back after a good sign-in.
pub fn regreso(pendiente: &Pendiente) -> Regreso {
    Regreso {
        code: Some("codigo".into()),
        state: Some(pendiente.state.clone()),
        ..Regreso::default()
    }
}

/// The present of the tests plus `ms`.
pub fn ahora(ms: i64) -> Instante {
    Instante::from_millis(AHORA_S * 1000 + ms)
}

pub fn azar() -> [u8; AZAR_BYTES] {
    let mut azar = [0; AZAR_BYTES];
    aws_lc_rs::rand::fill(&mut azar).unwrap();
    azar
}

fn discovery(base: &str) -> Value {
    json!({
        "issuer": base,
        "authorization_endpoint": format!("{base}/auth"),
        "token_endpoint": format!("{base}/token"),
        "userinfo_endpoint": format!("{base}/me"),
        "jwks_uri": format!("{base}/jwks"),
        "end_session_endpoint": format!("{base}/fin?x=1"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
    })
}

fn router() -> Router<Arc<Guion>> {
    Router::new()
        .route("/.well-known/openid-configuration", get(documento))
        .route("/jwks", get(jwks))
        .route("/token", post(token))
        .route("/me", get(me))
        .route("/desvio", get(desvio))
}

async fn documento(State(guion): State<Arc<Guion>>) -> Response {
    guion.documentos_pedidos.fetch_add(1, Ordering::SeqCst);
    answer(200, &guion.descubrimiento.lock().unwrap())
}

async fn jwks(State(guion): State<Arc<Guion>>) -> Response {
    guion.claves_pedidas.fetch_add(1, Ordering::SeqCst);
    answer(200, &json!({"keys": *guion.claves.lock().unwrap()}))
}

async fn token(State(guion): State<Arc<Guion>>) -> Response {
    if let Some((estado, cuerpo)) = &*guion.canje.lock().unwrap() {
        return answer(*estado, cuerpo);
    }
    let ficha = guion.ficha.lock().unwrap().clone();
    let cuerpo = json!({"access_token": ACCESO, "token_type": "Bearer", "id_token": ficha});
    answer(200, &cuerpo)
}

async fn me(State(guion): State<Arc<Guion>>, cabeceras: axum::http::HeaderMap) -> Response {
    guion.userinfo_pedidos.fetch_add(1, Ordering::SeqCst);
    assert_eq!(cabeceras[header::AUTHORIZATION], format!("Bearer {ACCESO}"));
    answer(200, &guion.userinfo.lock().unwrap())
}

async fn desvio() -> Response {
    (StatusCode::FOUND, [(header::LOCATION, "/jwks")]).into_response()
}

fn answer(estado: u16, cuerpo: &Value) -> Response {
    let estado = StatusCode::from_u16(estado).unwrap();
    (estado, [(header::CONTENT_TYPE, "application/json")], cuerpo.to_string()).into_response()
}
