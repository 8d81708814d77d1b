//! The way there and back: the address sent to, the answer brought, the claims completed from
//! userinfo. Signatures are in `fichas`.

use std::collections::HashMap;
use std::sync::atomic::Ordering;

use aws_lc_rs::digest;
use ramal_oidc::{Error, Pendiente, TokenError};
use serde_json::{Value, json};

use crate::claves::{Llave, b64};
use crate::falso::{Falso, ahora, azar, regreso};

#[tokio::test]
async fn the_browser_is_sent_with_state_nonce_and_a_hidden_verifier() {
    let falso = Falso::start().await;
    let (url, pendiente) = falso.proveedor.begin(&azar(), ahora(0)).await.unwrap();
    assert!(url.as_str().starts_with(&format!("{}/auth?", falso.base)));
    let query: HashMap<String, String> = url.query_pairs().into_owned().collect();
    let reto = b64(digest::digest(&digest::SHA256, pendiente.verifier.as_bytes()));
    assert_eq!(query["response_type"], "code");
    assert_eq!(query["client_id"], "ramal");
    assert_eq!(query["redirect_uri"], "http://127.0.0.1/entrar/oidc/retorno");
    assert_eq!(query["scope"], "openid email profile");
    assert_eq!(query["state"], pendiente.state);
    assert_eq!(query["nonce"], pendiente.nonce);
    assert_eq!((&*query["code_challenge_method"], &query["code_challenge"]), ("S256", &reto));
    assert!(!url.as_str().contains(&pendiente.verifier));
    assert_eq!(pendiente.verifier.len(), 43);
    let otro = falso.begin().await;
    assert!(otro.state != pendiente.state && otro.nonce != pendiente.nonce);
}

#[tokio::test]
async fn a_pending_sign_in_survives_its_cookie_and_hides_from_logs() {
    let pendiente = Falso::start().await.begin().await;
    let texto = serde_json::to_string(&pendiente).unwrap();
    let vuelta: Pendiente = serde_json::from_str(&texto).unwrap();
    assert_eq!((&vuelta.state, &vuelta.verifier), (&pendiente.state, &pendiente.verifier));
    assert!(!format!("{pendiente:?}").contains(&pendiente.verifier));
}

#[tokio::test]
async fn an_answer_that_nobody_asked_for_spends_no_code() {
    let falso = Falso::start().await;
    let pendiente = falso.begin().await;
    let mut ajeno = regreso(&pendiente);
    for state in [None, Some(String::new()), Some("otro".into())] {
        ajeno.state = state;
        let fin = falso.proveedor.finish(&ajeno, &pendiente, ahora(0)).await;
        assert!(matches!(fin, Err(Error::StateMismatch)), "{fin:?}");
    }
    let mut sin_codigo = regreso(&pendiente);
    sin_codigo.code = None;
    let fin = falso.proveedor.finish(&sin_codigo, &pendiente, ahora(0)).await;
    assert!(matches!(fin, Err(Error::StateMismatch)));
    let mut otro_emisor = regreso(&pendiente);
    otro_emisor.iss = Some("https://idp.example".into());
    let fin = falso.proveedor.finish(&otro_emisor, &pendiente, ahora(0)).await;
    assert!(matches!(fin, Err(Error::IssuerMismatch)));
}

#[tokio::test]
async fn a_sign_in_forgotten_for_ten_minutes_has_to_begin_again() {
    let falso = Falso::start().await;
    let pendiente = falso.begin().await;
    for ms in [600_000, -1] {
        let fin = falso.proveedor.finish(&regreso(&pendiente), &pendiente, ahora(ms)).await;
        assert!(matches!(fin, Err(Error::Stale)), "{fin:?}");
    }
}

#[tokio::test]
async fn a_person_who_declines_is_told_apart_from_a_fault() {
    let falso = Falso::start().await;
    let pendiente = falso.begin().await;
    let mut negado = regreso(&pendiente);
    negado.code = None;
    negado.error = Some("access_denied".into());
    let fin = falso.proveedor.finish(&negado, &pendiente, ahora(0)).await;
    assert!(matches!(fin, Err(Error::Denied(codigo)) if codigo == "access_denied"));
}

#[tokio::test]
async fn each_failure_of_the_exchange_has_its_name() {
    let falso = Falso::start().await;
    let casos = [
        (400, json!({"error": "invalid_grant"}), "code refused"),
        (401, json!({"error": "invalid_client"}), "client refused"),
        (400, json!({"error": "invalid_scope"}), "provider answered badly: token"),
        (503, json!({"error": "invalid_grant"}), "provider unreachable: token"),
        (200, json!({"access_token": "a", "token_type": "Bearer"}), "answered badly: token"),
        (200, json!(["nada"]), "provider answered badly: token"),
    ];
    for (estado, cuerpo, esperado) in casos {
        *falso.guion.canje.lock().unwrap() = Some((estado, cuerpo));
        let fin = falso.finish_with(|_| {}).await.unwrap_err().to_string();
        assert!(fin.ends_with(esperado), "{fin} is not {esperado}");
    }
}

#[tokio::test]
async fn roles_missing_in_the_token_come_from_userinfo_of_the_same_person() {
    let falso = Falso::start().await;
    let sin_roles = |d: &mut Value| drop(d.as_object_mut().unwrap().remove("realm_access"));
    *falso.guion.userinfo.lock().unwrap() = json!({
        "sub": "u-1", "realm_access": {"roles": ["consulta"]}, "name": "Otro nombre",
        "email": "otro@isp.example", "email_verified": true,
    });
    let reclamos = falso.finish_with(sin_roles).await.unwrap();
    assert_eq!(reclamos.roles, ["consulta"]);
    assert_eq!(reclamos.nombre.as_deref(), Some("Javier Mosca"), "the signed claim wins");
    assert_eq!(reclamos.correo.as_deref(), Some("jmosca@isp.example"));

    falso.guion.userinfo.lock().unwrap()["sub"] = json!("u-2");
    let fin = falso.finish_with(sin_roles).await;
    assert!(matches!(fin, Err(Error::Token(TokenError::Subject))), "{fin:?}");
    *falso.guion.userinfo.lock().unwrap() = json!({"realm_access": {"roles": ["x"]}});
    assert!(falso.finish_with(sin_roles).await.is_err());
}

#[tokio::test]
async fn userinfo_does_not_vouch_for_an_address_that_it_did_not_give() {
    let falso = Falso::start().await;
    *falso.guion.userinfo.lock().unwrap() =
        json!({"sub": "u-1", "email": "jefe@isp.example", "email_verified": true});
    let con_correo = falso
        .finish_with(|d| {
            let datos = d.as_object_mut().unwrap();
            datos.remove("realm_access");
            datos.remove("email_verified");
        })
        .await
        .unwrap();
    assert_eq!(con_correo.correo.as_deref(), Some("jmosca@isp.example"));
    assert!(!con_correo.correo_verificado);
    assert!(con_correo.roles.is_empty());

    *falso.guion.userinfo.lock().unwrap() = json!({"sub": "u-1", "email": "jefe@isp.example"});
    let sin_correo =
        falso.finish_with(|d| drop(d.as_object_mut().unwrap().remove("email"))).await.unwrap();
    assert_eq!(sin_correo.correo.as_deref(), Some("jefe@isp.example"));
    assert!(!sin_correo.correo_verificado);
}

#[tokio::test]
async fn userinfo_is_not_asked_when_the_token_says_it_all() {
    let falso = Falso::start().await;
    falso.finish_with(|d| d["realm_access"]["roles"] = json!([])).await.unwrap();
    assert_eq!(falso.guion.userinfo_pedidos.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn the_roles_claim_is_configurable_and_odd_values_are_ignored() {
    let grupos = Falso::with(Llave::rsa("k1"), |a| a.rol_claim = "groups".into()).await;
    let dicho = json!(["admin", 7, "", "admin", {"a": 1}, " ventas "]);
    let reclamos = grupos.finish_with(|d| d["groups"] = dicho).await.unwrap();
    assert_eq!(reclamos.roles, ["admin", "ventas"]);

    let url = "https://isp.example/roles";
    let literal = Falso::with(Llave::rsa("k1"), |a| a.rol_claim = url.into()).await;
    let reclamos = literal.finish_with(|d| d[url] = json!("soporte")).await.unwrap();
    assert_eq!(reclamos.roles, ["soporte"]);
    assert!(reclamos.roles.iter().all(|r| r != "administrador"), "realm_access is not read");
}

#[tokio::test]
async fn signing_out_at_the_provider_carries_the_hint_and_keeps_its_query() {
    let falso = Falso::start().await;
    let vuelta = "https://isp.example/entrar?a=1&b=2";
    let url = falso.proveedor.end_session_url(Some("h.i.nt"), Some(vuelta), ahora(0)).await;
    let url = url.unwrap().unwrap();
    let query: HashMap<String, String> = url.query_pairs().into_owned().collect();
    assert_eq!(query["x"], "1");
    assert_eq!(query["id_token_hint"], "h.i.nt");
    assert_eq!(query["client_id"], "ramal");
    assert_eq!(query["post_logout_redirect_uri"], vuelta);
}
