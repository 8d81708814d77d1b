//! Sign-in by an identity provider: a small one of our own, which signs whatever the test says.

use std::sync::{Arc, Mutex};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ramal_db::Db;
use ramal_oidc::{Ajustes, Proveedor};
use ramal_plataforma::oidc::{AjustesOidc, Desconocidos};
use ramal_plataforma::{RolDado, roles_de, usuario_por_correo};
use ramal_testkit::both_engines;
use serde_json::{Value, json};

use crate::navegador::{Casa, FRASE, Navegador, Vuelta};

const SALIDA: &str = "http://schemas.openid.net/event/backchannel-logout";

/// A provider that runs until the test ends.
struct Emisor {
    base: String,
    llave: EcdsaKeyPair,
    ficha: Arc<Mutex<String>>,
}

impl Emisor {
    async fn start() -> Emisor {
        let llave = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        let puerta = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", puerta.local_addr().unwrap());
        let punto = llave.public_key().as_ref();
        let (x, y) = punto[1..].split_at(32);
        let b64 = |b: &[u8]| URL_SAFE_NO_PAD.encode(b);
        let jwk = json!({"kty": "EC", "crv": "P-256", "kid": "k1", "use": "sig", "alg": "ES256",
            "x": b64(x), "y": b64(y)});
        let ficha: Arc<Mutex<String>> = Arc::default();
        let documento = json!({
            "issuer": base, "authorization_endpoint": format!("{base}/auth"),
            "token_endpoint": format!("{base}/token"), "jwks_uri": format!("{base}/jwks"),
            "response_types_supported": ["code"], "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256"],
        });
        let dada = ficha.clone();
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(Json(documento)))
            .route("/jwks", get(Json(json!({"keys": [jwk]}))))
            .route("/token", post(move || token(dada.clone())));
        tokio::spawn(async move { axum::serve(puerta, router).await });
        Emisor { base, llave, ficha }
    }

    fn ajustes(&self) -> AjustesOidc {
        let ajustes = Ajustes::new(&self.base, "ramal", "http://localhost/entrar/oidc/retorno");
        let http = ramal_oidc::http_client().unwrap();
        AjustesOidc::new(Proveedor::new(ajustes, http).unwrap())
    }

    fn sign(&self, datos: &Value) -> String {
        let b64 = |v: &Value| URL_SAFE_NO_PAD.encode(v.to_string());
        let texto = format!("{}.{}", b64(&json!({"alg": "ES256", "kid": "k1"})), b64(datos));
        let firma = self.llave.sign(&SystemRandom::new(), texto.as_bytes()).unwrap();
        format!("{texto}.{}", URL_SAFE_NO_PAD.encode(firma.as_ref()))
    }

    /// A whole sign-in of somebody with claims over the usual ones.
    async fn ingreso(&self, casa: &Casa, n: &mut Navegador, cambio: Value) -> Vuelta {
        let ida = n.get("/entrar/oidc").await;
        assert_eq!(ida.estado, 303, "{}", ida.texto);
        let (state, nonce) = (query(ida.lugar(), "state"), query(ida.lugar(), "nonce"));
        let ahora = casa.cx.now().millis() / 1000;
        let mut datos = json!({"iss": self.base, "aud": "ramal", "sub": "u-1", "sid": "s-1",
            "nonce": nonce, "iat": ahora, "exp": ahora + 300, "email": "javier@norte.pe",
            "email_verified": true, "name": "Javier Mosca",
            "realm_access": {"roles": ["cobranzas", "otra-cosa"]}});
        datos.as_object_mut().unwrap().extend(cambio.as_object().unwrap().clone());
        *self.ficha.lock().unwrap() = self.sign(&datos);
        n.get(&format!("/entrar/oidc/retorno?code=c&state={state}")).await
    }

    async fn salida(&self, casa: &Casa, cambio: Value) -> u16 {
        let ahora = casa.cx.now().millis() / 1000;
        let mut orden = json!({"iss": self.base, "aud": "ramal", "iat": ahora, "jti": "j-1",
            "exp": ahora + 120, "sub": "u-1", "sid": "s-1", "events": {SALIDA: {}}});
        orden.as_object_mut().unwrap().extend(cambio.as_object().unwrap().clone());
        let jwt = self.sign(&orden);
        let mut servidor = casa.navegador();
        servidor.post("/entrar/oidc/salida", &[("logout_token", &jwt)]).await.estado
    }
}

async fn token(ficha: Arc<Mutex<String>>) -> Json<Value> {
    let ficha = ficha.lock().unwrap().clone();
    Json(json!({"access_token": "a", "token_type": "Bearer", "id_token": ficha}))
}

fn query(url: &str, nombre: &str) -> String {
    let consulta = url.split_once('?').unwrap().1;
    let mut pares = form_urlencoded::parse(consulta.as_bytes());
    pares.find(|(n, _)| n == nombre).unwrap().1.into_owned()
}

both_engines! {
    migraciones: [ramal_db::MIGRACIONES, ramal_web::MIGRACIONES, ramal_plataforma::MIGRACIONES];

    async fn a_stranger_of_the_provider_becomes_a_user_with_the_mapped_roles(db: Db) {
        let emisor = Emisor::start().await;
        let casa = Casa::with(db, |puerta| puerta.with_oidc(emisor.ajustes()));
        casa.jefa().await;
        let mut n = casa.navegador();
        assert!(n.get("/entrar").await.texto.contains("/entrar/oidc"));
        let vuelta = emisor.ingreso(&casa, &mut n, json!({})).await;
        assert_eq!((vuelta.estado, vuelta.lugar()), (303, "/entrar"));
        assert!(n.get("/perfil").await.texto.contains("javier@norte.pe"));
        let javier = usuario_por_correo(&casa.db, "javier@norte.pe").await.unwrap().unwrap();
        let roles = roles_de(&casa.db, javier.id).await.unwrap();
        assert_eq!(roles, [RolDado::everywhere("cobranzas")]);
        let cambio = json!({"realm_access": {"roles": ["consulta"]}});
        emisor.ingreso(&casa, &mut casa.navegador(), cambio).await;
        let roles = roles_de(&casa.db, javier.id).await.unwrap();
        assert_eq!(roles, [RolDado::everywhere("consulta")]);
        assert_eq!(casa.navegador().entrar("javier@norte.pe", FRASE).await.estado, 422);
    }

    async fn an_answer_that_nobody_of_this_browser_asked_for_signs_nobody_in(db: Db) {
        let emisor = Emisor::start().await;
        let casa = Casa::with(db, |puerta| puerta.with_oidc(emisor.ajustes()));
        casa.jefa().await;
        let mut n = casa.navegador();
        let ida = n.get("/entrar/oidc").await;
        let state = query(ida.lugar(), "state");
        let mut otro = casa.navegador();
        for (quien, state) in [(&mut n, "inventado".to_owned()), (&mut otro, state)] {
            let ruta = format!("/entrar/oidc/retorno?code=c&state={state}");
            let vuelta = quien.get(&ruta).await;
            assert_eq!((vuelta.estado, vuelta.lugar()), (303, "/entrar"));
            assert!(quien.token().is_empty());
        }
        assert_eq!(casa.cuenta("SELECT COUNT(*) FROM sesiones").await, 0);
        assert_eq!(casa.cuenta("SELECT COUNT(*) FROM usuarios").await, 1);
    }

    async fn an_account_of_ours_is_taken_by_a_verified_e_mail_alone(db: Db) {
        let emisor = Emisor::start().await;
        let casa = Casa::with(db, |puerta| {
            let ajustes = emisor.ajustes();
            puerta.with_oidc(AjustesOidc { desconocidos: Desconocidos::Rechazar, ..ajustes })
        });
        casa.jefa().await;
        let mut n = casa.navegador();
        let sin_verificar = json!({"email": "rosa@norte.pe", "email_verified": false});
        emisor.ingreso(&casa, &mut n, sin_verificar).await;
        assert!(n.token().is_empty());
        emisor.ingreso(&casa, &mut n, json!({})).await;
        assert!(n.token().is_empty(), "strangers are refused here");
        let suya = json!({"email": "Rosa@norte.pe", "realm_access": {"roles": []}});
        emisor.ingreso(&casa, &mut n, suya).await;
        assert_eq!(n.get("/admin/usuarios").await.estado, 200);
        let otra = json!({"email": "rosa@norte.pe", "sub": "u-2"});
        let mut ladron = casa.navegador();
        emisor.ingreso(&casa, &mut ladron, otra).await;
        assert!(ladron.token().is_empty(), "the account is tied to another person there");
    }

    async fn a_suspended_user_is_refused_also_by_the_provider(db: Db) {
        let emisor = Emisor::start().await;
        let casa = Casa::with(db, |puerta| puerta.with_oidc(emisor.ajustes()));
        casa.jefa().await;
        emisor.ingreso(&casa, &mut casa.navegador(), json!({})).await;
        let javier = usuario_por_correo(&casa.db, "javier@norte.pe").await.unwrap().unwrap();
        let tx = casa.db.begin().await.unwrap();
        let todo = ["*".to_owned()];
        ramal_plataforma::suspend_usuario(&tx, &casa.cx, &todo, javier.id).await.unwrap();
        tx.commit().await.unwrap();
        let mut n = casa.navegador();
        emisor.ingreso(&casa, &mut n, json!({})).await;
        assert!(n.token().is_empty());
        assert!(n.get("/entrar").await.texto.contains("suspendida"));
    }

    async fn an_order_of_the_provider_ends_its_sessions_once(db: Db) {
        let emisor = Emisor::start().await;
        let casa = Casa::with(db, |puerta| puerta.with_oidc(emisor.ajustes()));
        casa.jefa().await;
        let (mut uno, mut dos) = (casa.navegador(), casa.navegador());
        emisor.ingreso(&casa, &mut uno, json!({})).await;
        emisor.ingreso(&casa, &mut dos, json!({"sid": "s-2"})).await;
        let mut ella = casa.dentro("rosa@norte.pe").await;
        assert_eq!(emisor.salida(&casa, json!({"aud": "otro"})).await, 400);
        assert!(uno.is_dentro().await);
        assert_eq!(emisor.salida(&casa, json!({})).await, 200);
        assert_eq!((uno.is_dentro().await, dos.is_dentro().await), (false, true));
        assert_eq!(emisor.salida(&casa, json!({})).await, 400, "a replay");
        let todas = json!({"jti": "j-2", "sid": null});
        assert_eq!(emisor.salida(&casa, todas).await, 200);
        assert_eq!((dos.is_dentro().await, ella.is_dentro().await), (false, true));
    }

    async fn without_a_provider_there_is_no_way_to_it(db: Db) {
        let casa = Casa::new(db);
        casa.jefa().await;
        let mut n = casa.navegador();
        assert_eq!(n.get("/entrar/oidc").await.estado, 404);
        assert!(!n.get("/entrar").await.texto.contains("/entrar/oidc"));
        assert_eq!(n.post("/entrar/oidc/salida", &[("logout_token", "x")]).await.estado, 404);
    }
}
