//! What a broken network lets one believe, and when to stop insisting.

use std::sync::Arc;

use ramal_conectores::{AccesoSw, ConfigSw, Entorno, Respuesta, Secreto, Sw, Timbrador};

use crate::falso::{Falso, Paso, clock, red};
use crate::mexico::{envio, factura};

fn config(entorno: Entorno) -> ConfigSw {
    ConfigSw { entorno, acceso: AccesoSw::Token(Secreto::new("t")), certificados: Vec::new() }
}

#[tokio::test]
async fn what_never_left_can_be_sent_again_without_fear() {
    let libre = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", libre.local_addr().unwrap());
    drop(libre);
    let sw = Sw::new(&red(clock()), config(Entorno::Emulado(base))).unwrap();
    let r = sw.timbrar(&envio(&factura("1", 10_000), "k")).await;
    assert!(matches!(r, Respuesta::Reintentar { .. }), "{r:?}");
}

#[tokio::test]
async fn after_failures_in_a_row_nobody_calls_until_one_try_succeeds() {
    let falso = Falso::start((0..4).map(|_| Paso::html(502)).collect()).await;
    let reloj = clock();
    let red = red(reloj.clone());
    let sw = Arc::new(Sw::new(&red, config(falso.entorno())).unwrap());
    let f = factura("1", 10_000);
    for _ in 0..3 {
        assert_eq!(sw.timbrar(&envio(&f, "k")).await.nombre(), "incierto");
    }
    let r = sw.timbrar(&envio(&f, "k")).await;
    assert!(matches!(r, Respuesta::Reintentar { despues_ms: Some(30_000), .. }), "{r:?}");
    assert_eq!(falso.rutas().len(), 3, "the fourth did not go out");
    reloj.advance(30_000);
    assert_eq!(sw.timbrar(&envio(&f, "k")).await.nombre(), "incierto");
    assert_eq!(sw.timbrar(&envio(&f, "k")).await.nombre(), "reintentar");
    assert_eq!(falso.rutas().len(), 4);
    reloj.advance(30_000);
    let malo = r#"{"status":"error","message":"CFDI40148 - x"}"#;
    falso.push(Paso::json(400, malo));
    falso.push(Paso::json(400, malo));
    assert_eq!(sw.timbrar(&envio(&f, "k")).await.nombre(), "rechazado");
    assert_eq!(sw.timbrar(&envio(&f, "k")).await.nombre(), "rechazado");
}

#[test]
fn a_password_is_not_printed_with_its_configuration() {
    let acceso = AccesoSw::Clave { usuario: "u".into(), clave: Secreto::new("muy-secreta") };
    let texto = format!("{:?}", ConfigSw { acceso, ..config(Entorno::Prueba) });
    assert!(!texto.contains("muy-secreta"), "{texto}");
}
