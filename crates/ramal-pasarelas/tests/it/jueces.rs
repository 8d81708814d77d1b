//! The vendors' own libraries as judges: they accept what the emulated gateway signs and sends,
//! they sign for us, and they refuse what we refuse. Nothing is skipped without them.

use std::sync::Arc;

use ramal_base::{Clock as _, FixedClock, SystemClock};
use ramal_emulador::fallas::Regla;
use ramal_emulador::pasarela::{FallasAvisos, SECRETO_EMULADA};
use ramal_pasarelas::{AvisoCrudo, MedioRemoto};
use serde_json::{Value, json};

use crate::herramientas::{node, python};
use crate::mundo::{Hilo, Mundo};

/// A world at the machine's own time: the libraries read no other clock.
async fn today() -> Mundo {
    Mundo::at(Arc::new(FixedClock::new(SystemClock.now()))).await
}

/// Notices of a payment, honest and forged.
async fn notices(m: &Mundo, hilo: Hilo) -> Vec<AvisoCrudo> {
    let siempre = Regla { proximas: 0, por_diez_mil: 10_000 };
    m.notice_faults(FallasAvisos { falsificar: siempre, vencer: siempre, ..Default::default() });
    let p = m.pasarela(hilo);
    let creado = p.create_cobro(&m.pedido(hilo, "c-0401", MedioRemoto::Enlace)).await.unwrap();
    m.pay(&creado.url.unwrap(), &[("metodo", "tarjeta")]).await;
    let pago = p.consult(&creado.referencia).await.unwrap().referencia;
    m.press(&pago, "contracargo").await;
    m.notices().await
}

fn headers(aviso: &AvisoCrudo) -> Value {
    aviso.cabeceras.iter().map(|(n, v)| (n.clone(), Value::from(v.clone()))).collect()
}

fn body(aviso: &AvisoCrudo) -> String {
    String::from_utf8(aviso.cuerpo.clone()).unwrap()
}

#[tokio::test]
async fn stripe_and_standard_webhooks_judge_our_notices_as_we_do() {
    let m = today().await;
    for (hilo, nombre, secreto) in
        [(Hilo::Stripe, "stripe", "whsec_demo"), (Hilo::Emulada, "emulada", SECRETO_EMULADA)]
    {
        let avisos = notices(&m, hilo).await;
        let preguntas: Vec<Value> = avisos
            .iter()
            .map(|a| {
                json!({
                    "hilo": nombre, "secreto": secreto,
                    "cabeceras": headers(a), "cuerpo": body(a),
                })
            })
            .collect();
        let dicho = python("juez_avisos.py", &[], &json!({ "avisos": preguntas })).await;
        let p = m.pasarela(hilo);
        let nuestro: Vec<bool> = avisos.iter().map(|a| p.verify(a).is_ok()).collect();
        assert_eq!(dicho["juicios"], json!(nuestro), "{nombre}");
        let buenos = nuestro.iter().filter(|b| **b).count();
        assert!(buenos >= 2 && buenos < nuestro.len(), "{nombre}: both kinds were judged");
    }
}

#[tokio::test]
async fn what_the_libraries_sign_is_accepted_here() {
    let m = today().await;
    let de_stripe = json!({
        "id": "evt_1", "object": "event", "type": "payment_intent.succeeded",
        "data": { "object": { "id": "pi_1", "object": "payment_intent" } },
    })
    .to_string();
    let propio = json!({ "tipo": "pago.acreditado", "datos": { "id": "pag_ñ" } }).to_string();
    let pedidos = json!({ "firmar": [
        { "hilo": "stripe", "cuerpo": de_stripe, "secreto": "whsec_demo" },
        { "hilo": "emulada", "cuerpo": propio, "secreto": SECRETO_EMULADA },
    ] });
    let firmas = python("juez_avisos.py", &[], &pedidos).await;
    for (n, hilo, cuerpo, recurso) in
        [(0, Hilo::Stripe, de_stripe, "pi_1"), (1, Hilo::Emulada, propio, "pag_ñ")]
    {
        let cabeceras = firmas["firmas"][n].as_object().unwrap();
        let texto = |v: &Value| v.as_str().unwrap().to_owned();
        let mut aviso = AvisoCrudo {
            cabeceras: cabeceras.iter().map(|(k, v)| (k.clone(), texto(v))).collect(),
            consulta: String::new(),
            cuerpo: cuerpo.into_bytes(),
            recibido: SystemClock.now(),
        };
        assert_eq!(m.pasarela(hilo).verify(&aviso).unwrap().recurso, recurso);
        aviso.cuerpo.push(b' ');
        assert!(m.pasarela(hilo).verify(&aviso).is_err(), "{hilo:?}: one byte more");
    }
}

#[tokio::test]
async fn the_sdk_of_mercado_pago_judges_our_notices_as_we_do() {
    let m = today().await;
    let avisos = notices(&m, Hilo::MercadoPago).await;
    let p = m.pasarela(Hilo::MercadoPago);
    let pregunta = |a: &AvisoCrudo| {
        json!({
            "firma": a.cabecera("x-signature"), "pedido": a.cabecera("x-request-id"),
            "id": a.parametro("data.id"), "secreto": "clave-webhook-demo",
        })
    };
    let mut preguntas: Vec<Value> = avisos.iter().map(pregunta).collect();
    let mut nuestro: Vec<bool> = avisos.iter().map(|a| p.verify(a).is_ok()).collect();
    // The same notice about another payment.
    let mut movido = avisos[0].clone();
    movido.consulta = movido.consulta.replacen("data.id=1", "data.id=2", 1);
    preguntas.push(pregunta(&movido));
    nuestro.push(p.verify(&movido).is_ok());
    let dicho = node(&["avisos"], &json!(preguntas)).await;
    let dicho: Value = serde_json::from_str(&dicho).unwrap();
    assert_eq!(dicho, json!(nuestro));
    assert!(nuestro.contains(&true) && nuestro.contains(&false));
    // Where the vendor's tolerance is asked for, it says what our flag says.
    let con_tolerancia: Vec<Value> = avisos
        .iter()
        .filter(|a| p.verify(a).is_ok())
        .map(|a| {
            let mut una = pregunta(a);
            una["tolerancia"] = json!(600);
            una
        })
        .collect();
    let marcas: Vec<bool> =
        avisos.iter().filter_map(|a| p.verify(a).ok()).map(|v| !v.fuera_de_ventana).collect();
    let dicho = node(&["avisos"], &json!(con_tolerancia)).await;
    let dicho: Value = serde_json::from_str(&dicho).unwrap();
    assert_eq!(dicho, json!(marcas));
    assert!(marcas.contains(&false));
}

#[tokio::test]
async fn the_stripe_library_works_against_the_emulated_gateway() {
    let m = today().await;
    let dicho = python("cliente_stripe.py", &[&m.base], &Value::Null).await;
    assert_eq!(dicho, json!("BIEN"));
}

#[tokio::test]
async fn the_sdk_of_mercado_pago_works_against_the_emulated_gateway() {
    let m = today().await;
    assert_eq!(node(&["cliente", &m.base], &Value::Null).await.trim(), "BIEN");
}
