//! Tokens: a fixed source for other tests, and the refresh flow against a provider of ours.

use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use ramal_base::{FixedClock, Instante};
use ramal_canales::correo::oauth::{ConfigOauth, FuenteToken, RefrescoOauth};
use ramal_canales::{CausaDetener, FallaEnvio, Secreto};
use serde_json::json;

/// One token, and another after it is renewed.
pub struct Fija {
    primero: Secreto,
    segundo: Secreto,
    renovaciones: AtomicUsize,
}

impl Fija {
    pub fn new(primero: &str, segundo: &str) -> Fija {
        let renovaciones = AtomicUsize::new(0);
        Fija { primero: Secreto::new(primero), segundo: Secreto::new(segundo), renovaciones }
    }

    pub fn renewals(&self) -> usize {
        self.renovaciones.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl FuenteToken for Fija {
    async fn token(&self) -> Result<Secreto, FallaEnvio> {
        Ok(self.primero.clone())
    }

    async fn renew(&self, _: &Secreto) -> Result<Secreto, FallaEnvio> {
        self.renovaciones.fetch_add(1, Ordering::SeqCst);
        Ok(self.segundo.clone())
    }
}

#[derive(Default)]
struct Proveedor {
    pedidos: Mutex<Vec<String>>,
    dados: AtomicI64,
    rechaza: Mutex<Option<(u16, &'static str)>>,
}

async fn answer(State(p): State<Arc<Proveedor>>, cuerpo: String) -> Response {
    p.pedidos.lock().unwrap().push(cuerpo);
    if let Some((estado, error)) = *p.rechaza.lock().unwrap() {
        let estado = StatusCode::from_u16(estado).unwrap();
        return (estado, Json(json!({ "error": error }))).into_response();
    }
    let n = p.dados.fetch_add(1, Ordering::SeqCst) + 1;
    Json(json!({"access_token": format!("acceso-{n}"), "expires_in": 3600,
        "refresh_token": format!("refresco-{}", n + 1)}))
    .into_response()
}

async fn provider() -> (Arc<Proveedor>, String) {
    let proveedor = Arc::new(Proveedor::default());
    let app =
        Router::new().route("/token", axum::routing::post(answer)).with_state(proveedor.clone());
    let oido = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/token", oido.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(oido, app).await });
    (proveedor, url)
}

fn config(url: String, guardados: Arc<Mutex<Vec<String>>>) -> ConfigOauth {
    ConfigOauth {
        url,
        cliente: "ramal".into(),
        secreto: Some(Secreto::new("s&creto")),
        refresco: Secreto::new("refresco-1"),
        alcance: Some("https://outlook.office.com/SMTP.Send".into()),
        al_rotar: Some(Arc::new(move |n| guardados.lock().unwrap().push(n.expose().into()))),
    }
}

#[tokio::test]
async fn a_token_is_kept_until_a_minute_before_its_end_and_a_changed_refresh_token_is_handed_on() {
    let (proveedor, url) = provider().await;
    let guardados = Arc::new(Mutex::new(Vec::new()));
    let reloj = Arc::new(FixedClock::new(Instante::from_millis(0)));
    let fuente = RefrescoOauth::new(config(url, guardados.clone()), reloj.clone()).unwrap();
    assert_eq!(fuente.token().await.unwrap().expose(), "acceso-1");
    reloj.set(Instante::from_millis(3_539_000));
    assert_eq!(fuente.token().await.unwrap().expose(), "acceso-1");
    reloj.set(Instante::from_millis(3_541_000));
    assert_eq!(fuente.token().await.unwrap().expose(), "acceso-2");
    assert_eq!(*guardados.lock().unwrap(), ["refresco-2", "refresco-3"]);
    let pedidos = proveedor.pedidos.lock().unwrap().clone();
    assert_eq!(pedidos.len(), 2);
    assert!(pedidos[0].contains("grant_type=refresh_token&client_id=ramal"));
    assert!(pedidos[0].contains("client_secret=s%26creto"));
    assert!(pedidos[1].contains("refresh_token=refresco-2"));
}

#[tokio::test]
async fn two_who_renew_the_same_token_ask_once() {
    let (proveedor, url) = provider().await;
    let reloj = Arc::new(FixedClock::new(Instante::from_millis(0)));
    let fuente = RefrescoOauth::new(config(url, Arc::default()), reloj).unwrap();
    let usado = fuente.token().await.unwrap();
    let (a, b) = tokio::join!(fuente.renew(&usado), fuente.renew(&usado));
    assert_eq!((a.unwrap().expose(), b.unwrap().expose()), ("acceso-2", "acceso-2"));
    assert_eq!(proveedor.pedidos.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn a_withdrawn_consent_stops_the_account_and_a_sick_provider_is_a_retry() {
    let (proveedor, url) = provider().await;
    let reloj = Arc::new(FixedClock::new(Instante::from_millis(0)));
    let fuente = RefrescoOauth::new(config(url, Arc::default()), reloj).unwrap();
    *proveedor.rechaza.lock().unwrap() = Some((400, "invalid_grant"));
    let falla = fuente.token().await.unwrap_err();
    assert!(matches!(falla, FallaEnvio::Detener { causa: CausaDetener::Credencial, .. }));
    *proveedor.rechaza.lock().unwrap() = Some((503, "x"));
    let falla = fuente.token().await.unwrap_err();
    assert!(matches!(falla, FallaEnvio::Reintentable { .. }), "{falla:?}");
    let mala = ConfigOauth {
        url: "http://proveedor.example/token".into(),
        ..config(String::new(), Arc::default())
    };
    let reloj = Arc::new(FixedClock::new(Instante::from_millis(0)));
    assert!(RefrescoOauth::new(mala, reloj).is_err());
}
