//! The status service against the emulated SAT.

use ramal_conectores::{
    AccesoSw, Cancelable, ConfigSw, ConsultaEstado, ConsultaSat, EstadoCfdi, Falla, Respuesta, Sat,
    Secreto, SolicitudCancelacion, Sw, Timbrador,
};

use crate::falso::{Falso, Paso, clock, red, red_paciente};
use crate::mexico::{RFC, cancelacion, consulta, envio, factura, pac};

#[tokio::test]
async fn only_the_sat_says_that_a_document_is_cancelled() {
    let (_emulador, entorno) = pac(clock()).await;
    let red = red_paciente(clock());
    let sat = Sat::new(&red, &entorno).unwrap();
    let acceso = AccesoSw::Token(Secreto::new("token-demo"));
    let sw = Sw::new(&red, ConfigSw { entorno, acceso, certificados: Vec::new() }).unwrap();
    let f = factura("1", 49_900);
    let nadie = "5A9C1B2E-0000-4000-8000-000000000001";
    let e = sat.estado(&consulta(&f, nadie, 49_900)).await.unwrap();
    assert_eq!(e.estado, EstadoCfdi::NoEncontrado);
    let Respuesta::Aceptado(a) = sw.timbrar(&envio(&f, "k")).await else { panic!() };
    let folio = a.uuid_fiscal.unwrap();
    let e = sat.estado(&consulta(&f, &folio, 49_900)).await.unwrap();
    assert_eq!((e.estado, e.cancelable), (EstadoCfdi::Vigente, Cancelable::SinAceptacion));
    let e = sat.estado(&consulta(&f, &folio, 49_901)).await.unwrap();
    assert_eq!(e.estado, EstadoCfdi::ExpresionInvalida, "wrong total");
    let xml = cancelacion(&folio);
    sw.cancelar(&SolicitudCancelacion { xml: &xml, uuid: &folio, emisor: RFC }).await;
    let e = sat.estado(&consulta(&f, &folio, 49_900)).await.unwrap();
    assert_eq!(e.estado, EstadoCfdi::Cancelado);
}

#[tokio::test]
async fn the_question_is_the_one_of_the_norm_and_rubbish_says_nothing() {
    let falso = Falso::start(vec![Paso::html(503)]).await;
    let sat = Sat::new(&red(clock()), &falso.entorno()).unwrap();
    let f = factura("1", 100_000);
    let pregunta = ConsultaEstado {
        emisor: "H&E951128469",
        ..consulta(&f, "5A9C1B2E-0000-4000-8000-000000000001", 100_000)
    };
    let r = sat.estado(&pregunta).await;
    assert!(matches!(r, Err(Falla::Transporte { .. })), "{r:?}");
    falso.with(0, |v| {
        assert_eq!(v.ruta, "/ConsultaCFDIService.svc");
        assert_eq!(v.cabeceras["soapaction"], "http://tempuri.org/IConsultaCFDIService/Consulta");
        let cuerpo = String::from_utf8_lossy(&v.cuerpo);
        assert!(cuerpo.contains("re=H&amp;amp;E951128469&amp;"), "{cuerpo}");
        assert!(cuerpo.contains("&amp;tt=1000.0&amp;"), "{cuerpo}");
    });
}
