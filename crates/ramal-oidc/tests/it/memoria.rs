//! The discovery document and the keys: what is believed, for how long, and what a rotation costs.
//! The rotation of a real provider is in `par`.

use std::sync::atomic::Ordering;

use ramal_oidc::{Ajustes, Error, Proveedor, TokenError};
use serde_json::json;

use crate::claves::Llave;
use crate::falso::{Falso, ahora, azar, regreso};

#[tokio::test]
async fn a_key_never_seen_is_asked_for_once_and_the_old_ones_are_dropped() {
    let falso = Falso::start().await;
    falso.finish_with(|_| {}).await.unwrap();
    assert_eq!(falso.keys_asked(), 1);

    let nueva = Llave::rsa("k2");
    *falso.guion.claves.lock().unwrap() = vec![nueva.jwk()];
    let pendiente = falso.begin().await;
    let ficha = nueva.sign("RS256", &falso.claims(&pendiente));
    assert_eq!(falso.finish(&pendiente, ficha).await.unwrap().sub, "u-1");
    assert_eq!(falso.keys_asked(), 2);

    let vieja = falso.finish_with(|_| {}).await;
    assert!(matches!(vieja, Err(Error::Token(TokenError::UnknownKey))), "{vieja:?}");
}

#[tokio::test]
async fn invented_key_ids_do_not_make_the_provider_work() {
    let falso = Falso::start().await;
    let ajena = Llave::rsa("inventada");
    for _ in 0..5 {
        let pendiente = falso.begin().await;
        let ficha = ajena.sign("RS256", &falso.claims(&pendiente));
        let fin = falso.finish(&pendiente, ficha).await;
        assert!(matches!(fin, Err(Error::Token(TokenError::UnknownKey))), "{fin:?}");
    }
    assert_eq!(falso.keys_asked(), 2, "one of the discovery and one for the unknown key");

    // After the pause it is asked again: a rotation in between is not lost.
    *falso.guion.claves.lock().unwrap() = vec![ajena.jwk()];
    let pendiente = falso.begin().await;
    *falso.guion.ficha.lock().unwrap() = ajena.sign("RS256", &falso.claims(&pendiente));
    let tarde = ahora(30_000);
    assert!(falso.proveedor.finish(&regreso(&pendiente), &pendiente, tarde).await.is_ok());
}

#[tokio::test]
async fn the_document_is_asked_again_after_a_quarter_of_an_hour_or_if_the_clock_goes_back() {
    let falso = Falso::start().await;
    let pedidos = || falso.guion.documentos_pedidos.load(Ordering::SeqCst);
    for (ms, esperado) in [(0, 1), (899_999, 1), (900_000, 2), (800_000, 3)] {
        falso.proveedor.begin(&azar(), ahora(ms)).await.unwrap();
        assert_eq!(pedidos(), esperado, "at {ms} ms");
    }
}

#[tokio::test]
async fn a_document_of_another_issuer_is_refused() {
    let falso = Falso::start().await;
    falso.guion.descubrimiento.lock().unwrap()["issuer"] = json!("https://idp.example");
    let fin = falso.proveedor.probe(ahora(0)).await;
    assert!(matches!(fin, Err(Error::IssuerMismatch)), "{fin:?}");
}

#[tokio::test]
async fn a_document_that_points_to_plain_http_elsewhere_is_refused() {
    for campo in [
        "authorization_endpoint",
        "token_endpoint",
        "userinfo_endpoint",
        "end_session_endpoint",
        "jwks_uri",
    ] {
        let falso = Falso::start().await;
        falso.guion.descubrimiento.lock().unwrap()[campo] = json!("http://idp.example/x");
        let fin = falso.proveedor.probe(ahora(0)).await;
        assert!(matches!(fin, Err(Error::InsecureUrl(_))), "{campo}: {fin:?}");
    }
}

#[tokio::test]
async fn a_provider_that_redirects_is_not_followed_even_by_a_client_that_would() {
    let falso = Falso::start().await;
    falso.guion.descubrimiento.lock().unwrap()["jwks_uri"] =
        json!(format!("{}/desvio", falso.base));
    let seguidor = reqwest::Client::new();
    for http in [ramal_oidc::http_client().unwrap(), seguidor] {
        let ajustes = Ajustes::new(&falso.base, "ramal", "http://127.0.0.1/r");
        let proveedor = Proveedor::new(ajustes, http).unwrap();
        let fin = proveedor.probe(ahora(0)).await;
        assert!(matches!(fin, Err(Error::Provider("discovery"))), "{fin:?}");
    }
}

#[tokio::test]
async fn a_provider_that_is_down_is_left_alone_for_a_moment() {
    let puerta = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let emisor = format!("http://{}", puerta.local_addr().unwrap());
    drop(puerta);
    let ajustes = Ajustes::new(&emisor, "ramal", "http://127.0.0.1/r");
    let proveedor = Proveedor::new(ajustes, ramal_oidc::http_client().unwrap()).unwrap();
    for ms in [0, 4_999, 5_000] {
        let fin = proveedor.probe(ahora(ms)).await;
        assert!(matches!(fin, Err(Error::Unreachable("discovery"))), "{fin:?}");
    }
}

#[tokio::test]
async fn keys_of_kinds_that_we_do_not_know_do_not_hide_the_good_one() {
    let falso = Falso::start().await;
    let rara = json!({"kty": "AKP", "kid": "pq", "alg": "ML-DSA-65", "pub": "AAAA"});
    let cifrado = {
        let mut jwk = Llave::rsa("cifrar").jwk();
        jwk["use"] = json!("enc");
        jwk["alg"] = json!("RSA-OAEP");
        jwk
    };
    falso.guion.claves.lock().unwrap().extend([rara, cifrado]);
    assert!(falso.finish_with(|_| {}).await.is_ok());
}

#[tokio::test]
async fn a_document_with_values_that_we_do_not_know_is_understood() {
    let falso = Falso::start().await;
    let otros = json!({
        "grant_types_supported": ["authorization_code", "implicit", "urn:ietf:params:oauth:x"],
        "response_types_supported": ["code", "none", "id_token token", "code id_token token"],
        "response_modes_supported": ["query", "form_post.jwt", "jwt"],
        "subject_types_supported": ["public", "pairwise"],
        "id_token_signing_alg_values_supported": ["PS384", "EdDSA", "ML-DSA-65", "RS256"],
        "id_token_encryption_alg_values_supported": ["ECDH-ES+A256KW", "RSA-OAEP-256", "RSA1_5"],
        "token_endpoint_auth_methods_supported": ["tls_client_auth", "client_secret_basic"],
        "code_challenge_methods_supported": ["plain", "S256"],
        "acr_values_supported": ["0", "1"],
        "claim_types_supported": ["normal"],
        "mtls_endpoint_aliases": {"token_endpoint": "http://idp.example/mtls"},
        "backchannel_logout_session_supported": true,
        "prompt_values_supported": ["none", "login", "consent", "create"],
    });
    let mut documento = falso.guion.descubrimiento.lock().unwrap().clone();
    documento.as_object_mut().unwrap().extend(otros.as_object().unwrap().clone());
    *falso.guion.descubrimiento.lock().unwrap() = documento;
    assert!(falso.finish_with(|_| {}).await.is_ok());
}

#[tokio::test]
async fn asking_for_keys_does_not_make_the_document_younger() {
    let falso = Falso::start().await;
    let ajena = Llave::rsa("inventada").sign("RS256", &json!({}));
    for ms in [0, 899_000, 900_000] {
        assert!(falso.proveedor.check_logout_token(&ajena, ahora(ms)).await.is_err());
    }
    assert_eq!(falso.guion.documentos_pedidos.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_web_server_may_await_every_call() {
    fn is_send<T: Send>(_: &T) {}
    let falso = Falso::start().await;
    let (azar, pendiente) = (azar(), falso.begin().await);
    let regreso = regreso(&pendiente);
    is_send(&falso.proveedor.begin(&azar, ahora(0)));
    is_send(&falso.proveedor.finish(&regreso, &pendiente, ahora(0)));
    is_send(&falso.proveedor.check_logout_token("", ahora(0)));
    is_send(&falso.proveedor.end_session_url(None, None, ahora(0)));
}
