//! SUNAT's client against a server that misbehaves.

use std::sync::Arc;

use ramal_conectores::{EnvioCpe, Falla, Respuesta, RespuestaTicket, RespuestaTicketEstado};

use crate::falso::{Falso, Paso, clock, red, red_paciente};
use crate::peru::{cliente, factura, resumen};

fn fault(codigo: &str, texto: &str) -> Paso {
    Paso::xml(
        500,
        format!(
            "<soap-env:Envelope xmlns:soap-env=\"http://schemas.xmlsoap.org/soap/envelope/\">\
             <soap-env:Body><soap-env:Fault><faultcode>{codigo}</faultcode><faultstring>{texto}\
             </faultstring></soap-env:Fault></soap-env:Body></soap-env:Envelope>"
        ),
    )
}

fn estado(dentro: &str) -> Paso {
    Paso::xml(
        200,
        format!(
            "<S:Envelope xmlns:S=\"http://schemas.xmlsoap.org/soap/envelope/\"><S:Body>\
             <r:getStatusResponse xmlns:r=\"http://service.sunat.gob.pe\"><status>{dentro}\
             </status></r:getStatusResponse></S:Body></S:Envelope>"
        ),
    )
}

#[tokio::test]
async fn the_request_is_the_one_of_the_norm_and_the_same_bytes_travel_twice() {
    let pasos = vec![Paso::Calla, fault("soap-env:Client.1033", "registrado")];
    let falso = Falso::start(pasos).await;
    let sunat = cliente(&red(clock()), falso.entorno(), "m<d&s");
    let f = factura(1);
    assert_eq!(sunat.enviar(&f.nombre, &f.xml).await.nombre(), "incierto");
    assert_eq!(sunat.enviar(&f.nombre, &f.xml).await.nombre(), "ya_registrado");
    let primero = falso.with(0, |v| {
        assert_eq!(v.ruta, "/ol-ti-itcpfegem-beta/billService");
        assert_eq!(v.cabeceras["soapaction"], "\"urn:sendBill\"");
        let cuerpo = String::from_utf8_lossy(&v.cuerpo).into_owned();
        assert!(cuerpo.contains("<wsse:Username>20600000005MODDATOS</wsse:Username>"));
        assert!(cuerpo.contains("<wsse:Password>m&lt;d&amp;s</wsse:Password>"));
        assert!(cuerpo.contains("<fileName>20600000005-01-F001-1.zip</fileName>"));
        v.cuerpo.clone()
    });
    falso.with(1, |v| assert_eq!(v.cuerpo, primero));
}

#[tokio::test]
async fn faults_are_read_wherever_the_code_is() {
    let f = factura(1);
    for (codigo, texto, nombre) in [
        ("soap-env:Server.0109", "x", "reintentar"),
        ("soap-env:Server", "0151", "excepcion"),
        ("soap-env:Client.0140", "x", "incierto"),
        ("soap-env:Client.0402", "x", "ya_registrado"),
        ("soap-env:Server", "Internal Error", "incierto"),
    ] {
        let falso = Falso::start(vec![fault(codigo, texto)]).await;
        let sunat = cliente(&red(clock()), falso.entorno(), "c");
        let r = sunat.enviar(&f.nombre, &f.xml).await;
        assert_eq!(r.nombre(), nombre, "{codigo} {texto}");
    }
}

#[tokio::test]
async fn a_summary_sent_twice_says_already_presented_not_accepted() {
    let falso = Falso::start(vec![fault("soap-env:Client.2223", "x"), Paso::html(401)]).await;
    let sunat = cliente(&red(clock()), falso.entorno(), "c");
    let rc = resumen(1);
    let r = sunat.enviar_resumen(&rc.nombre, &rc.xml).await;
    assert!(matches!(&r, RespuestaTicket::Otra(Respuesta::YaRegistrado { .. })), "{r:?}");
    let r = sunat.enviar_resumen(&rc.nombre, &rc.xml).await;
    assert!(matches!(&r, RespuestaTicket::Otra(Respuesta::Reintentar { .. })), "{r:?}");
}

#[tokio::test]
async fn a_ticket_that_ends_in_words_is_a_refusal_and_one_without_cdr_is_not_an_acceptance() {
    let texto = ramal_xml::b64::encode("2335 - El documento fue alterado".as_bytes());
    let falso = Falso::start(vec![
        estado(&format!("<statusCode>99</statusCode><content>{texto}</content>")),
        estado("<statusCode>0</statusCode>"),
        estado(&format!("<statusCode>0</statusCode><content>{texto}</content>")),
        estado("<statusCode>0200</statusCode>"),
    ])
    .await;
    let sunat = cliente(&red(clock()), falso.entorno(), "c");
    let nombre = resumen(1).nombre;
    let r = sunat.consultar_ticket("1", &nombre).await;
    let RespuestaTicketEstado::Terminado(Respuesta::Rechazado(n)) = r else { panic!("{r:?}") };
    assert_eq!(n.codigo, "2335");
    for _ in 0..2 {
        let r = sunat.consultar_ticket("1", &nombre).await;
        assert!(matches!(r, RespuestaTicketEstado::Fallo(Respuesta::Incierto { .. })), "{r:?}");
    }
    let r = sunat.consultar_ticket("1", &nombre).await;
    assert!(matches!(r, RespuestaTicketEstado::Fallo(Respuesta::Reintentar { .. })), "{r:?}");
}

#[tokio::test]
async fn no_more_than_four_calls_of_an_emisor_go_at_a_time() {
    let falso = Falso::start((0..10).map(|_| Paso::Lento).collect()).await;
    let sunat = Arc::new(cliente(&red_paciente(clock()), falso.entorno(), "c"));
    let mut tareas = tokio::task::JoinSet::new();
    for _ in 0..10 {
        let sunat = sunat.clone();
        tareas.spawn(async move { sunat.comprobar().await });
    }
    let todas = tareas.join_all().await;
    assert!(todas.iter().all(|r| matches!(r, Err(Falla::Transporte { .. }))), "{todas:?}");
    assert_eq!((falso.rutas().len(), falso.most_at_a_time()), (10, 4));
}
