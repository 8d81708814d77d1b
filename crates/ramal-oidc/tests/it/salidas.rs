//! Orders to leave that must not be obeyed, and those that must. Closing sessions is not here.

use ramal_oidc::{Error, SalidaRemota, TokenError};
use serde_json::{Value, json};

use crate::claves::{Llave, hs256, unsigned};
use crate::falso::{AHORA_S, Falso, ahora};

const EVENTO: &str = "http://schemas.openid.net/event/backchannel-logout";

fn order(falso: &Falso) -> Value {
    json!({
        "iss": falso.base, "aud": "ramal", "iat": AHORA_S, "exp": AHORA_S + 120, "jti": "j-1",
        "sub": "u-1", "sid": "s-1", "events": {EVENTO: {}},
    })
}

async fn check(falso: &Falso, jwt: &str) -> Result<SalidaRemota, TokenError> {
    match falso.proveedor.check_logout_token(jwt, ahora(0)).await {
        Ok(salida) => Ok(salida),
        Err(Error::Token(motivo)) => Err(motivo),
        Err(otro) => panic!("{otro}"),
    }
}

async fn with(cambio: impl FnOnce(&mut Value)) -> Result<SalidaRemota, TokenError> {
    let falso = Falso::start().await;
    let mut orden = order(&falso);
    cambio(&mut orden);
    let cabecera = json!({"alg": "RS256", "kid": "k1", "typ": "logout+jwt"});
    check(&falso, &falso.llave.sign_as(&cabecera, &orden)).await
}

fn without(nombre: &'static str) -> impl FnOnce(&mut Value) {
    move |orden| drop(orden.as_object_mut().unwrap().remove(nombre))
}

#[tokio::test]
async fn a_good_order_names_the_session_and_what_to_remember_against_a_replay() {
    let salida = with(|_| {}).await.unwrap();
    assert_eq!((salida.sub.as_deref(), salida.sid.as_deref()), (Some("u-1"), Some("s-1")));
    assert_eq!((&*salida.jti, salida.iat), ("j-1", ahora(0)));
    assert_eq!(salida.recordar_hasta, ahora(360_000));
}

#[tokio::test]
async fn an_order_repeated_after_its_jti_is_forgotten_is_refused_by_its_age() {
    let falso = Falso::start().await;
    let mut orden = order(&falso);
    without("exp")(&mut orden);
    let jwt = falso.llave.sign("RS256", &orden);
    let primera = check(&falso, &jwt).await.unwrap();
    let despues = primera.recordar_hasta.plus_millis(1);
    let fin = falso.proveedor.check_logout_token(&jwt, despues).await;
    assert!(matches!(fin, Err(Error::Token(TokenError::IssueTime))), "{fin:?}");
}

#[tokio::test]
async fn the_type_may_be_missing_or_old_but_not_of_another_thing() {
    let falso = Falso::start().await;
    let orden = order(&falso);
    for typ in ["logout+jwt", "application/logout+jwt", "JWT", "LOGOUT+JWT"] {
        let cabecera = json!({"alg": "RS256", "kid": "k1", "typ": typ});
        assert!(check(&falso, &falso.llave.sign_as(&cabecera, &orden)).await.is_ok(), "{typ}");
    }
    assert!(check(&falso, &falso.llave.sign("RS256", &orden)).await.is_ok());
    let acceso = json!({"alg": "RS256", "kid": "k1", "typ": "at+jwt"});
    let fin = check(&falso, &falso.llave.sign_as(&acceso, &orden)).await;
    assert_eq!(fin, Err(TokenError::Type));
    let critica = json!({"alg": "RS256", "kid": "k1", "crit": ["b64"], "b64": true});
    let fin = check(&falso, &falso.llave.sign_as(&critica, &orden)).await;
    assert_eq!(fin, Err(TokenError::Type));
}

#[tokio::test]
async fn an_order_with_a_nonce_is_refused() {
    assert_eq!(with(|o| o["nonce"] = json!("n")).await, Err(TokenError::Nonce));
    assert_eq!(with(|o| o["nonce"] = json!(null)).await, Err(TokenError::Nonce));
}

#[tokio::test]
async fn an_id_token_is_not_an_order_to_leave() {
    let falso = Falso::start().await;
    let pendiente = falso.begin().await;
    let ficha = falso.llave.sign("RS256", &falso.claims(&pendiente));
    assert_eq!(check(&falso, &ficha).await, Err(TokenError::LogoutEvent));
}

#[tokio::test]
async fn an_order_that_lacks_something_says_what() {
    assert_eq!(with(without("events")).await, Err(TokenError::LogoutEvent));
    assert_eq!(with(|o| o["events"] = json!({EVENTO: true})).await, Err(TokenError::LogoutEvent));
    assert_eq!(with(|o| o["events"] = json!({"otro": {}})).await, Err(TokenError::LogoutEvent));
    assert_eq!(with(|o| o["events"] = json!([EVENTO])).await, Err(TokenError::LogoutEvent));
    assert_eq!(with(without("jti")).await, Err(TokenError::Jti));
    assert_eq!(with(without("iat")).await, Err(TokenError::IssueTime));
    assert_eq!(with(without("iss")).await, Err(TokenError::Issuer));
    assert_eq!(with(without("aud")).await, Err(TokenError::Audience));
    let nadie = |o: &mut Value| {
        without("sub")(o);
        without("sid")(o);
    };
    assert_eq!(with(nadie).await, Err(TokenError::Subject));
    assert_eq!(with(without("sub")).await.unwrap().sub, None);
    assert_eq!(with(without("sid")).await.unwrap().sid, None);
}

#[tokio::test]
async fn an_order_for_another_application_or_of_another_time_is_refused() {
    assert_eq!(with(|o| o["aud"] = json!("otra")).await, Err(TokenError::Audience));
    assert_eq!(with(|o| o["aud"] = json!(["ramal", "otra"])).await, Err(TokenError::Audience));
    assert_eq!(with(|o| o["aud"] = json!([])).await, Err(TokenError::Audience));
    assert!(with(|o| o["aud"] = json!(["ramal"])).await.is_ok());
    assert_eq!(with(|o| o["iss"] = json!("https://idp.example")).await, Err(TokenError::Issuer));
    assert_eq!(with(|o| o["iat"] = json!(AHORA_S + 61)).await, Err(TokenError::IssueTime));
    assert_eq!(with(|o| o["iat"] = json!(AHORA_S - 361)).await, Err(TokenError::IssueTime));
    assert_eq!(with(|o| o["iat"] = json!("ayer")).await, Err(TokenError::IssueTime));
    assert_eq!(with(|o| o["exp"] = json!(AHORA_S - 60)).await, Err(TokenError::Expired));
    assert_eq!(with(|o| o["exp"] = json!("nunca")).await, Err(TokenError::Malformed));
    let fraccion =
        with(|o| o["iat"] = serde_json::from_str(&format!("{AHORA_S}.75")).unwrap()).await.unwrap();
    assert_eq!(fraccion.iat, ahora(0));
}

#[tokio::test]
async fn a_forged_order_is_refused_whatever_its_algorithm() {
    let falso = Falso::start().await;
    let orden = order(&falso);
    let sin_firma = format!("{}.", unsigned(&json!({"alg": "none", "kid": "k1"}), &orden));
    assert_eq!(check(&falso, &sin_firma).await, Err(TokenError::Algorithm));
    let hmac = hs256(&falso.llave.public_der(), "k1", &orden);
    assert_eq!(check(&falso, &hmac).await, Err(TokenError::Algorithm));
    let ajena = Llave::rsa("k1").sign("RS256", &orden);
    assert_eq!(check(&falso, &ajena).await, Err(TokenError::Signature));
    // A key of another family under the good id: no key of the provider fits.
    let curva = Llave::ec("k1").sign("ES256", &orden);
    assert_eq!(check(&falso, &curva).await, Err(TokenError::UnknownKey));
    for basura in ["", "a.b", "a.b.c", "a.b.c.d", "..", "ñ.ñ.ñ"] {
        assert_eq!(check(&falso, basura).await, Err(TokenError::Malformed), "{basura:?}");
    }
    assert_eq!(check(&falso, &"a".repeat(40_000)).await, Err(TokenError::Malformed));
}

#[tokio::test]
async fn the_first_order_after_a_rotation_is_obeyed() {
    let falso = Falso::start().await;
    check(&falso, &falso.llave.sign("RS256", &order(&falso))).await.unwrap();
    let nueva = Llave::ec("k2");
    *falso.guion.claves.lock().unwrap() = vec![nueva.jwk()];
    assert!(check(&falso, &nueva.sign("ES256", &order(&falso))).await.is_ok());
    assert_eq!(falso.keys_asked(), 2);
    let vieja = falso.llave.sign("RS256", &order(&falso));
    assert_eq!(check(&falso, &vieja).await, Err(TokenError::UnknownKey));
}
