//! ID tokens that must not open the door. Logout tokens are in `salidas`.

use ramal_oidc::{Error, Reclamos, Secreto, TokenError};
use serde_json::{Value, json};

use crate::claves::{Llave, at_hash, b64, hs256, unsigned};
use crate::falso::{ACCESO, AHORA_S, Falso};

fn refusal(resultado: Result<Reclamos, Error>) -> TokenError {
    match resultado {
        Err(Error::Token(motivo)) => motivo,
        otro => panic!("expected a refused token, got {otro:?}"),
    }
}

async fn refused(cambio: impl FnOnce(&mut Value)) -> TokenError {
    refusal(Falso::start().await.finish_with(cambio).await)
}

#[tokio::test]
async fn a_good_token_gives_the_person_and_his_roles() {
    let reclamos = Falso::start().await.finish_with(|_| {}).await.unwrap();
    assert_eq!(reclamos.sub, "u-1");
    assert_eq!(reclamos.sid.as_deref(), Some("s-1"));
    assert_eq!(reclamos.correo.as_deref(), Some("jmosca@isp.example"));
    assert!(reclamos.correo_verificado);
    assert_eq!(reclamos.nombre.as_deref(), Some("Javier Mosca"));
    assert_eq!(reclamos.roles, ["administrador", "consulta"]);
    assert_eq!(reclamos.id_token_exp.millis(), (AHORA_S + 300) * 1000);
    assert!(reclamos.id_token.reveal().split('.').count() == 3);
}

#[tokio::test]
async fn the_three_algorithms_of_the_list_are_accepted() {
    for (llave, alg) in
        [(Llave::rsa("a"), "RS256"), (Llave::rsa("b"), "PS256"), (Llave::ec("c"), "ES256")]
    {
        let falso = Falso::with(llave, |_| {}).await;
        let pendiente = falso.begin().await;
        let ficha = falso.llave.sign(alg, &falso.claims(&pendiente));
        assert_eq!(falso.finish(&pendiente, ficha).await.unwrap().sub, "u-1", "{alg}");
    }
}

#[tokio::test]
async fn a_token_of_another_sign_in_is_refused_by_its_nonce() {
    assert_eq!(refused(|d| d["nonce"] = json!("otro")).await, TokenError::Nonce);
    let sin = |d: &mut Value| drop(d.as_object_mut().unwrap().remove("nonce"));
    assert_eq!(refused(sin).await, TokenError::Nonce);
}

#[tokio::test]
async fn a_token_for_another_application_is_refused() {
    assert_eq!(refused(|d| d["aud"] = json!("otra")).await, TokenError::Audience);
    assert_eq!(refused(|d| d["aud"] = json!(["ramal", "otra"])).await, TokenError::Audience);
    assert_eq!(refused(|d| d["azp"] = json!("otra")).await, TokenError::Audience);
    assert!(Falso::start().await.finish_with(|d| d["aud"] = json!(["ramal"])).await.is_ok());
}

#[tokio::test]
async fn a_token_of_another_issuer_is_refused() {
    let otro = |d: &mut Value| d["iss"] = json!("https://idp.example");
    assert_eq!(refused(otro).await, TokenError::Issuer);
    // Not even one that differs by the last bar.
    let barra = |d: &mut Value| d["iss"] = json!(format!("{}/", d["iss"].as_str().unwrap()));
    assert_eq!(refused(barra).await, TokenError::Issuer);
}

#[tokio::test]
async fn an_expired_token_is_refused_beyond_a_minute_of_tolerance() {
    assert_eq!(refused(|d| d["exp"] = json!(AHORA_S - 60)).await, TokenError::Expired);
    let justo = |d: &mut Value| d["exp"] = json!(AHORA_S - 59);
    assert!(Falso::start().await.finish_with(justo).await.is_ok());
    assert_eq!(refused(|d| d["iat"] = json!(AHORA_S + 61)).await, TokenError::IssueTime);
}

#[tokio::test]
async fn a_token_without_signature_is_refused() {
    let falso = Falso::start().await;
    let pendiente = falso.begin().await;
    let datos = falso.claims(&pendiente);
    let sin_firma = unsigned(&json!({"alg": "none"}), &datos);
    let con_kid = unsigned(&json!({"alg": "none", "kid": "k1"}), &datos);
    for ficha in [format!("{sin_firma}."), format!("{con_kid}."), format!("{con_kid}.AAAA")] {
        assert_eq!(refusal(falso.finish(&pendiente, ficha).await), TokenError::Algorithm);
    }
    // "None", "nOnE": not even an algorithm, the answer itself is unreadable.
    let rara = format!("{}.", unsigned(&json!({"alg": "nOnE", "kid": "k1"}), &datos));
    assert!(falso.finish(&pendiente, rara).await.is_err());
}

#[tokio::test]
async fn the_public_key_does_not_serve_as_an_hmac_secret() {
    let falso = Falso::with(Llave::rsa("k1"), |a| {
        a.client_secret = Some(Secreto::new("secreto-de-pruebas"));
    })
    .await;
    let pendiente = falso.begin().await;
    let datos = falso.claims(&pendiente);
    let n = falso.llave.jwk()["n"].as_str().unwrap().to_owned();
    let secretos =
        [falso.llave.public_der(), n.into_bytes(), b"secreto-de-pruebas".to_vec(), vec![]];
    for secreto in secretos {
        let ficha = hs256(&secreto, "k1", &datos);
        assert_eq!(refusal(falso.finish(&pendiente, ficha).await), TokenError::Algorithm);
    }
}

#[tokio::test]
async fn a_tampered_payload_is_refused() {
    let falso = Falso::start().await;
    let pendiente = falso.begin().await;
    let mut datos = falso.claims(&pendiente);
    let buena = falso.llave.sign("RS256", &datos);
    datos["realm_access"]["roles"] = json!(["administrador", "dueno"]);
    let partes: Vec<&str> = buena.split('.').collect();
    let alterada = format!("{}.{}.{}", partes[0], b64(datos.to_string()), partes[2]);
    assert_eq!(refusal(falso.finish(&pendiente, alterada).await), TokenError::Signature);
    let cortada = format!("{}.{}.{}", partes[0], partes[1], &partes[2][..40]);
    assert_eq!(refusal(falso.finish(&pendiente, cortada).await), TokenError::Signature);
}

#[tokio::test]
async fn a_token_that_brings_its_own_key_is_not_believed() {
    let (falso, ajena) = (Falso::start().await, Llave::rsa("k1"));
    let pendiente = falso.begin().await;
    let cabecera = json!({"alg": "RS256", "kid": "k1", "jwk": ajena.jwk()});
    let ficha = ajena.sign_as(&cabecera, &falso.claims(&pendiente));
    assert_eq!(refusal(falso.finish(&pendiente, ficha).await), TokenError::Signature);
}

#[tokio::test]
async fn a_logout_token_does_not_open_the_door() {
    let falso = Falso::start().await;
    let pendiente = falso.begin().await;
    let cabecera = json!({"alg": "RS256", "kid": "k1", "typ": "logout+jwt"});
    let ficha = falso.llave.sign_as(&cabecera, &falso.claims(&pendiente));
    assert_eq!(refusal(falso.finish(&pendiente, ficha).await), TokenError::Type);
}

#[tokio::test]
async fn the_access_token_must_be_the_one_of_the_id_token() {
    assert_eq!(
        refused(|d| d["at_hash"] = json!(at_hash("otro"))).await,
        TokenError::AccessTokenHash
    );
    let suyo = |d: &mut Value| d["at_hash"] = json!(at_hash(ACCESO));
    assert!(Falso::start().await.finish_with(suyo).await.is_ok());
}

#[tokio::test]
async fn a_token_without_subject_is_refused() {
    assert_eq!(refused(|d| d["sub"] = json!("")).await, TokenError::Subject);
}

#[tokio::test]
async fn a_token_with_an_unknown_critical_header_is_refused() {
    let falso = Falso::start().await;
    let pendiente = falso.begin().await;
    let cabecera = json!({"alg": "RS256", "kid": "k1", "crit": ["exp"], "exp": 1});
    let ficha = falso.llave.sign_as(&cabecera, &falso.claims(&pendiente));
    assert_eq!(refusal(falso.finish(&pendiente, ficha).await), TokenError::Type);
}
