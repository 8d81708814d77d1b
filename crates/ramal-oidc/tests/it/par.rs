//! The whole sign-in against oidc-provider, a real one: what both sides understand by the
//! standard. The wrong tokens, which it would never send, are in `fichas` and `salidas`.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use ramal_base::{Clock as _, SystemClock};
use ramal_oidc::{Ajustes, Error, Proveedor, Reclamos, Secreto};
use tokio::sync::mpsc::{Receiver, Sender, channel};

use crate::falso::azar;
use crate::navegador::Navegador;
use crate::peer::{Donde, Par};

const RETORNO: &str = "http://127.0.0.1:1/entrar/oidc/retorno";

/// A provider, and the place where it posts its logout tokens.
struct Escena {
    par: Par,
    ordenes: Receiver<String>,
}

impl Escena {
    async fn start(donde: Donde) -> Option<Escena> {
        let puerta = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let salida = format!("http://{}/salida", puerta.local_addr().unwrap());
        let (envia, ordenes) = channel(4);
        let app = Router::new().route("/salida", post(receive)).with_state(Arc::new(envia));
        tokio::spawn(async move { axum::serve(puerta, app).await });
        let par = Par::start(RETORNO, &salida, donde).await?;
        Some(Escena { par, ordenes })
    }

    fn client(&self, client_id: &str, secreto: Option<&str>) -> Proveedor {
        let mut ajustes = Ajustes::new(&self.par.emisor, client_id, RETORNO);
        ajustes.client_secret = secreto.map(Secreto::new);
        Proveedor::new(ajustes, ramal_oidc::http_client().unwrap()).unwrap()
    }

    async fn order(&mut self) -> String {
        let espera = tokio::time::timeout(Duration::from_secs(20), self.ordenes.recv());
        espera.await.expect("no logout token came").unwrap()
    }
}

async fn receive(State(envia): State<Arc<Sender<String>>>, cuerpo: String) -> StatusCode {
    let jwt = cuerpo.strip_prefix("logout_token=").expect("one field");
    envia.send(jwt.to_owned()).await.unwrap();
    StatusCode::OK
}

async fn sign_in(
    proveedor: &Proveedor,
    navegador: &Navegador,
    persona: &str,
) -> Result<Reclamos, Error> {
    let (url, pendiente) = proveedor.begin(&azar(), SystemClock.now()).await?;
    let regreso = navegador.sign_in(url, persona, RETORNO).await;
    assert!(regreso.iss.is_some(), "this provider names itself (RFC 9207)");
    proveedor.finish(&regreso, &pendiente, SystemClock.now()).await
}

#[tokio::test]
async fn a_person_signs_in_and_his_code_does_not_serve_twice() {
    let Some(escena) = Escena::start(Donde::Ficha).await else { return };
    let proveedor = escena.client("ramal", None);
    let (url, pendiente) = proveedor.begin(&azar(), SystemClock.now()).await.unwrap();
    let regreso = Navegador::new().sign_in(url, "jmosca", RETORNO).await;

    let reclamos = proveedor.finish(&regreso, &pendiente, SystemClock.now()).await.unwrap();
    assert_eq!(reclamos.sub, "jmosca");
    assert_eq!(reclamos.roles, ["administrador", "offline_access"]);
    assert_eq!(reclamos.correo.as_deref(), Some("jmosca@isp.example"));
    assert!(reclamos.correo_verificado);
    assert_eq!(reclamos.nombre.as_deref(), Some("Javier Mosca"));
    assert!(reclamos.sid.is_some());
    let vida = reclamos.id_token_exp.millis() - SystemClock.now().millis();
    assert!((500_000..=600_000).contains(&vida), "{vida}");

    let otra_vez = proveedor.finish(&regreso, &pendiente, SystemClock.now()).await;
    assert!(matches!(otra_vez, Err(Error::CodeRefused)), "{otra_vez:?}");
}

#[tokio::test]
async fn a_code_without_its_verifier_or_with_a_wrong_secret_is_refused_by_the_provider() {
    let Some(escena) = Escena::start(Donde::Ficha).await else { return };
    let proveedor = escena.client("ramal", None);
    let (url, mut pendiente) = proveedor.begin(&azar(), SystemClock.now()).await.unwrap();
    let regreso = Navegador::new().sign_in(url, "jmosca", RETORNO).await;
    pendiente.verifier = "x".repeat(43);
    let fin = proveedor.finish(&regreso, &pendiente, SystemClock.now()).await;
    assert!(matches!(fin, Err(Error::CodeRefused)), "{fin:?}");

    let errado = escena.client("ramal-es", Some("otro secreto"));
    let fin = sign_in(&errado, &Navegador::new(), "jmosca").await;
    assert!(matches!(fin, Err(Error::ClientRefused)), "{fin:?}");
}

#[tokio::test]
async fn claims_kept_out_of_the_token_come_from_userinfo() {
    let Some(escena) = Escena::start(Donde::Userinfo).await else { return };
    // A secret with signs, over Basic, and tokens of ES256; then PS256 with the secret in the body.
    let clientes = [("ramal-es", "secreto de pruebas: &=+%"), ("ramal-ps", "secreto-de-pruebas")];
    for (client_id, secreto) in clientes {
        let proveedor = escena.client(client_id, Some(secreto));
        let reclamos = sign_in(&proveedor, &Navegador::new(), "lgomez").await.unwrap();
        assert_eq!((&*reclamos.sub, reclamos.roles), ("lgomez", vec!["consulta".to_owned()]));
        assert_eq!(reclamos.nombre.as_deref(), Some("Laura Gómez"));
        assert!(!reclamos.correo_verificado);
    }
}

#[tokio::test]
async fn a_rotation_of_keys_does_not_stop_the_next_sign_in() {
    let Some(mut escena) = Escena::start(Donde::Ficha).await else { return };
    let proveedor = escena.client("ramal", None);
    let antes = sign_in(&proveedor, &Navegador::new(), "jmosca").await.unwrap();
    escena.par.rotate().await;
    // The same client, with the old keys in its memory.
    let despues = sign_in(&proveedor, &Navegador::new(), "jmosca").await.unwrap();
    assert_ne!(antes.sid, despues.sid);
}

#[tokio::test]
async fn leaving_at_the_provider_orders_us_to_close_the_same_session() {
    let Some(mut escena) = Escena::start(Donde::Ficha).await else { return };
    for (client_id, secreto) in [("ramal", None), ("ramal-es", Some("secreto de pruebas: &=+%"))] {
        let (proveedor, navegador) = (escena.client(client_id, secreto), Navegador::new());
        let reclamos = sign_in(&proveedor, &navegador, "jmosca").await.unwrap();
        let ficha = reclamos.id_token.reveal();
        let fin = proveedor.end_session_url(Some(ficha), Some(RETORNO), SystemClock.now()).await;
        navegador.sign_out(fin.unwrap().unwrap(), RETORNO).await;

        let jwt = escena.order().await;
        let salida = proveedor.check_logout_token(&jwt, SystemClock.now()).await.unwrap();
        assert_eq!(salida.sid, reclamos.sid);
        assert_eq!(salida.sub.as_deref(), Some("jmosca"));
        assert!(!salida.jti.is_empty());
        let ajeno = escena.client("ramal-ps", None);
        let fin = ajeno.check_logout_token(&jwt, SystemClock.now()).await;
        assert!(matches!(fin, Err(Error::Token(ramal_oidc::TokenError::Audience))), "{fin:?}");
    }
}
