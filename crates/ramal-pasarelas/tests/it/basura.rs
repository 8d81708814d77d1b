//! Answers and notices that no honest gateway sends: never money, never a panic.

use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use proptest::prelude::*;
use ramal_base::{Clock as _, SystemClock};
use ramal_emulador::servir;
use ramal_pasarelas::{
    AjustesRed, AvisoCrudo, ConfigEmulada, ConfigMercadoPago, ConfigStripe, Emulada, FallaPasarela,
    MercadoPago, Pasarela, Red, Secreto, Secretos, Stripe,
};
use tokio_util::sync::CancellationToken;

fn gateways(base: &str) -> [Arc<dyn Pasarela>; 3] {
    let ajustes = AjustesRed { reintentos: 0, fallos_seguidos: 1_000, ..AjustesRed::default() };
    let red = Red::new(Arc::new(SystemClock), ajustes).unwrap();
    let firmas = || Secretos::new(Secreto::new("whsec_cmFtYWw="));
    let emulada = ConfigEmulada {
        base: base.into(),
        clave: Secreto::new("x"),
        cuenta: "x".into(),
        firmas: firmas(),
    };
    let mp = ConfigMercadoPago {
        base: base.into(),
        token: Secreto::new("x"),
        cuenta: "1".into(),
        firmas: firmas(),
        descriptor: String::new(),
    };
    let stripe = ConfigStripe {
        base: base.into(),
        clave: Secreto::new("sk_x"),
        cuenta: "acct_x".into(),
        firmas: firmas(),
    };
    [
        Arc::new(Emulada::new(&red, emulada).unwrap()),
        Arc::new(MercadoPago::new(&red, mp).unwrap()),
        Arc::new(Stripe::new(&red, stripe).unwrap()),
    ]
}

/// Made once: reading the certificates of the machine takes its time.
static NADIE: LazyLock<[Arc<dyn Pasarela>; 3]> = LazyLock::new(|| gateways("http://127.0.0.1:9"));

/// Base of a server that always answers the same JSON.
async fn parrot(cuerpo: &'static str) -> (String, CancellationToken) {
    let cancel = CancellationToken::new();
    let say = |State(cuerpo): State<&'static str>| async move {
        ([(header::CONTENT_TYPE, "application/json")], cuerpo).into_response()
    };
    let router = Router::new().fallback(say).with_state(cuerpo);
    let addr = servir(router, "127.0.0.1:0".parse().unwrap(), cancel.clone()).await.unwrap();
    (format!("http://{addr}"), cancel)
}

#[tokio::test]
async fn an_answer_with_an_amount_that_cannot_be_is_not_money() {
    // Mercado Pago, Stripe, emulada: the same payment with one field that lies.
    let respuestas = [
        r#"{"id":1,"status":"approved","transaction_amount":1e3,"currency_id":"MXN"}"#,
        r#"{"id":1,"status":"approved","transaction_amount":399.001,"currency_id":"MXN"}"#,
        r#"{"id":1,"status":"approved","transaction_amount":92233720368547758.08,"currency_id":"MXN"}"#,
        r#"{"id":1,"status":"approved","transaction_amount":399,"currency_id":"ARS"}"#,
        r#"{"id":1,"status":"approved","currency_id":"MXN"}"#,
        r#"{"id":{},"status":"approved","transaction_amount":399,"currency_id":"MXN"}"#,
        r#"{"id":"pi_1","status":"succeeded","amount":399.5,"currency":"mxn"}"#,
        r#"{"id":"pi_1","status":"succeeded","amount":1,"currency":"brl"}"#,
        r#"{"id":"pag_1","externa":"c","estado":"acreditado","importe":"1.234","devuelto":"0.00","moneda":"MXN","cuenta":"x"}"#,
        r#"{"id":"pag_1","externa":"c","estado":"approved","importe":"1.23","devuelto":"0.00","moneda":"MXN","cuenta":"x"}"#,
        r#"{"id":"pag_1","externa":"c","estado":"acreditado","importe":1.23,"devuelto":"0.00","moneda":"MXN","cuenta":"x"}"#,
        "null",
        "[]",
        "",
        "{",
        r#"{"data":[{}],"results":[{}],"datos":[{}]}"#,
    ];
    for cuerpo in respuestas {
        let (base, cancel) = parrot(cuerpo).await;
        for (p, referencia) in gateways(&base).iter().zip(["pag_1", "123", "pi_1"]) {
            let leido = p.consult(referencia).await;
            let falla = leido.expect_err(&format!("{}: {cuerpo}", p.codigo()));
            let tipada = matches!(
                falla,
                FallaPasarela::Reintentable { .. } | FallaPasarela::Rechazada { .. }
            );
            assert!(tipada, "{}: {cuerpo}: {falla:?}", p.codigo());
            assert!(p.search("c-1").await.is_err() || cuerpo.is_empty(), "{cuerpo}");
        }
        cancel.cancel();
    }
}

#[tokio::test]
async fn an_answer_about_another_reference_is_left_out_of_a_search() {
    let ajenos = r#"{
        "results":[{"id":1,"status":"approved","transaction_amount":1,"currency_id":"MXN",
                    "external_reference":"c-10"}],"paging":{"total":1},
        "data":[{"id":"pi_1","status":"succeeded","amount":1,"currency":"mxn",
                 "metadata":{"externa":"c-10"}}],
        "datos":[{"id":"pag_1","externa":"c-10","estado":"acreditado","importe":"0.01",
                  "devuelto":"0.00","moneda":"MXN","cuenta":"x"}]}"#;
    let (base, _cancel) = parrot(ajenos).await;
    for p in gateways(&base) {
        assert_eq!(p.search("c-1").await.unwrap(), [], "{}", p.codigo());
        assert_eq!(p.search("c-10").await.unwrap().len(), 1, "{}", p.codigo());
    }
}

proptest! {
    #[test]
    fn no_heap_of_bytes_is_a_good_notice(
        firma in ".{0,80}", id in "\\PC{0,20}", marca in "[0-9a-z+-]{0,16}",
        consulta in "[a-z.=&%0-9#/?]{0,40}",
        cuerpo in proptest::collection::vec(any::<u8>(), 0..200),
    ) {
        let par = |n: &str, v: &str| (n.to_owned(), v.to_owned());
        let aviso = AvisoCrudo {
            cabeceras: vec![
                par("webhook-id", &id),
                par("webhook-timestamp", &marca),
                par("webhook-signature", &firma),
                par("stripe-signature", &format!("t={marca},v1={firma}")),
                par("x-signature", &format!("ts={marca},v1={firma}")),
                par("x-request-id", &id),
            ],
            consulta,
            cuerpo,
            recibido: SystemClock.now(),
        };
        for p in NADIE.iter() {
            prop_assert!(p.verify(&aviso).is_err());
        }
    }
}
