//! Finkok against the emulated PAC and against a server that misbehaves.

use std::sync::Arc;

use ramal_cfdi::timbre::{Timbre, insertar};
use ramal_conectores::{
    ConfigFinkok, Entorno, Falla, Finkok, Respuesta, RespuestaBaja, Secreto, SolicitudCancelacion,
    Timbrador,
};
use ramal_emulador::Fallas;
use ramal_emulador::fallas::{FallaCodigo, Regla};
use ramal_emulador::pac::Emulador;

use crate::falso::{Falso, Paso, clock, red, red_paciente};
use crate::mexico::{RFC, cancelacion, certificados, envio, factura, pac, timbres};

const UNA: Regla = Regla { proximas: 1, por_diez_mil: 0 };
const UUID: &str = "5A9C1B2E-0000-4000-8000-000000000001";

fn config(entorno: Entorno, clave: &str) -> ConfigFinkok {
    let esperas_previo_ms = vec![1, 1];
    ConfigFinkok { esperas_previo_ms, ..ConfigFinkok::new(entorno, "demo", Secreto::new(clave)) }
}

async fn mundo() -> (Arc<Emulador>, Finkok, Entorno) {
    let (emulador, entorno) = pac(clock()).await;
    let certificados = certificados(&emulador);
    let config = ConfigFinkok { certificados, ..config(entorno.clone(), "demo") };
    let finkok = Finkok::new(&red_paciente(clock()), config).unwrap();
    (emulador, finkok, entorno)
}

fn uuid(r: &Respuesta) -> (String, bool) {
    match r {
        Respuesta::Aceptado(a) => (a.uuid_fiscal.clone().unwrap(), a.previo),
        otra => panic!("{otra:?}"),
    }
}

#[tokio::test]
async fn a_lost_answer_is_recovered_by_resending_or_by_asking() {
    let (emulador, finkok, _) = mundo().await;
    let f = factura("1", 49_900);
    assert_eq!(finkok.recuperar(&envio(&f, "k")).await.nombre(), "no_existe");
    emulador.control().replace(Fallas { cortar_despues: UNA, ..Fallas::default() });
    assert_eq!(finkok.timbrar(&envio(&f, "k")).await.nombre(), "incierto");
    let (folio, previo) = uuid(&finkok.timbrar(&envio(&f, "k")).await);
    assert!(previo);
    let r = finkok.recuperar(&envio(&f, "k")).await;
    assert_eq!(uuid(&r), (folio, true));
    let Respuesta::Aceptado(a) = r else { panic!() };
    assert_eq!((a.codigo.as_str(), a.firma_valida), ("307", Some(true)));
    assert_eq!(timbres(&emulador), 1);
}

#[tokio::test]
async fn a_duplicate_without_the_stamp_is_asked_for_until_it_comes() {
    let (emulador, finkok, _) = mundo().await;
    let f = factura("2", 49_900);
    let (folio, previo) = uuid(&finkok.timbrar(&envio(&f, "k")).await);
    assert!(!previo);
    emulador.control().replace(Fallas { previo_sin_datos: true, ..Fallas::default() });
    assert_eq!(uuid(&finkok.timbrar(&envio(&f, "k")).await), (folio, true));
}

#[tokio::test]
async fn each_code_asks_for_its_own_remedy() {
    let (emulador, finkok, entorno) = mundo().await;
    let f = factura("3", 49_900);
    for (codigo, nombre) in [
        ("CFDI40145", "rechazado"),
        ("705", "rechazado"),
        ("702", "configuracion"),
        ("401", "tiempo"),
        ("709", "reintentar"),
    ] {
        let falla = FallaCodigo { regla: UNA, codigo: codigo.into(), mensaje: "texto".into() };
        emulador.control().replace(Fallas { codigo: falla, ..Fallas::default() });
        let r = finkok.timbrar(&envio(&f, "k")).await;
        assert_eq!(r.nombre(), nombre, "{codigo}: {r:?}");
    }
    let intruso = Finkok::new(&red_paciente(clock()), config(entorno, "otra")).unwrap();
    let r = intruso.timbrar(&envio(&f, "k")).await;
    assert_eq!((r.nombre(), r.codigo()), ("configuracion", "300"));
    let xml = cancelacion(UUID);
    let solicitud = SolicitudCancelacion { xml: &xml, uuid: UUID, emisor: RFC };
    assert!(matches!(intruso.cancelar(&solicitud).await, RespuestaBaja::Configuracion(_)));
    assert!(matches!(intruso.comprobar().await, Err(Falla::Credenciales { .. })));
    assert_eq!(finkok.comprobar().await, Ok(()));
    assert_eq!(finkok.saldo().await, Err(Falla::NoOfrecida));
    assert_eq!(timbres(&emulador), 0);
}

#[tokio::test]
async fn a_cancellation_keeps_its_acuse() {
    let (_emulador, finkok, _) = mundo().await;
    let f = factura("4", 49_900);
    let (folio, _) = uuid(&finkok.timbrar(&envio(&f, "k")).await);
    assert_eq!(finkok.acuse(RFC, &folio).await, Ok(None));
    let xml = cancelacion(&folio);
    let solicitud = SolicitudCancelacion { xml: &xml, uuid: &folio, emisor: RFC };
    let r = finkok.cancelar(&solicitud).await;
    let RespuestaBaja::Solicitada { acuse, codigo } = r else { panic!("{r:?}") };
    assert_eq!(codigo, "201");
    let leido = ramal_cfdi::cancelacion::leer_acuse(&acuse).unwrap();
    assert_eq!(leido.folios[0].estatus, "201");
    assert_eq!(finkok.acuse(RFC, &folio).await, Ok(Some(acuse)));
    assert!(matches!(finkok.cancelar(&solicitud).await, RespuestaBaja::YaCancelado { .. }));
}

fn soap(dentro: &str) -> String {
    format!(
        "<senv:Envelope xmlns:senv=\"http://schemas.xmlsoap.org/soap/envelope/\"><senv:Body>\
         {dentro}</senv:Body></senv:Envelope>"
    )
}

fn incidencia(operacion: &str, codigo: &str) -> Paso {
    Paso::xml(
        200,
        soap(&format!(
            "<t:{operacion}Response xmlns:t=\"http://facturacion.finkok.com/stamp\" \
             xmlns:s0=\"apps.services.soap.core.views\"><t:{operacion}Result><s0:Incidencias>\
             <s0:Incidencia><s0:CodigoError>{codigo}</s0:CodigoError><s0:MensajeIncidencia>texto\
             </s0:MensajeIncidencia></s0:Incidencia></s0:Incidencias></t:{operacion}Result>\
             </t:{operacion}Response>"
        )),
    )
}

#[tokio::test]
async fn a_stamp_that_never_comes_stays_registered_without_proof() {
    let pasos = vec![
        incidencia("stamp", "307"),
        incidencia("stamped", "603"),
        Paso::html(500),
        incidencia("stamped", "603"),
    ];
    let falso = Falso::start(pasos).await;
    let finkok = Finkok::new(&red(clock()), config(falso.entorno(), "a<b&c")).unwrap();
    let f = factura("5", 49_900);
    let r = finkok.timbrar(&envio(&f, "k")).await;
    assert_eq!((r.nombre(), r.codigo()), ("ya_registrado", "307"));
    assert_eq!(falso.rutas().len(), 4);
    falso.with(0, |v| {
        let cuerpo = String::from_utf8_lossy(&v.cuerpo);
        assert_eq!(v.ruta, "/servicios/soap/stamp");
        assert!(cuerpo.contains("<fk:password>a&lt;b&amp;c</fk:password>"));
        assert!(cuerpo.contains(&ramal_xml::b64::encode(&f.xml)), "base64 once");
    });
}

#[tokio::test]
async fn what_is_no_answer_is_uncertain() {
    let fault = soap(
        "<senv:Fault><faultcode>senv:Server</faultcode><faultstring>boom</faultstring>\
         </senv:Fault>",
    );
    let vacio = soap("<t:stampResponse xmlns:t=\"x\"><t:stampResult/></t:stampResponse>");
    let pasos = vec![
        Paso::Calla,
        Paso::xml(500, fault),
        Paso::html(200),
        Paso::xml(200, ""),
        Paso::xml(200, vacio),
    ];
    for paso in pasos {
        let falso = Falso::start(vec![paso]).await;
        let finkok = Finkok::new(&red(clock()), config(falso.entorno(), "c")).unwrap();
        let r = finkok.timbrar(&envio(&factura("6", 49_900), "k")).await;
        assert_eq!(r.nombre(), "incierto", "{r:?}");
    }
}

#[tokio::test]
async fn a_stamp_that_comes_with_a_307_is_an_earlier_one() {
    let f = factura("7", 49_900);
    let timbre = Timbre {
        uuid: UUID.into(),
        fecha_timbrado: "2026-11-20T10:05:00".into(),
        rfc_prov_certif: "PAC010101AA1".into(),
        leyenda: None,
        sello_cfd: f.sello_b64.clone(),
        no_certificado_sat: "30001000000500009999".into(),
        sello_sat: "c2VsbG8=".into(),
    };
    let mut xml = Vec::new();
    let timbrado = String::from_utf8(insertar(&f.xml, &timbre).unwrap()).unwrap();
    ramal_xml::push_text(&mut xml, &timbrado);
    let xml = String::from_utf8(xml).unwrap();
    for (incidencia, esperado) in [("307", true), ("", false)] {
        let resultado = soap(&format!(
            "<stampResponse><stampResult><xml>{xml}</xml><UUID>{UUID}</UUID><Incidencias>\
             <Incidencia><CodigoError>{incidencia}</CodigoError></Incidencia></Incidencias>\
             </stampResult></stampResponse>"
        ));
        let falso = Falso::start(vec![Paso::xml(200, resultado)]).await;
        let finkok = Finkok::new(&red(clock()), config(falso.entorno(), "c")).unwrap();
        let r = finkok.timbrar(&envio(&f, "k")).await;
        assert_eq!(uuid(&r), (UUID.to_owned(), esperado));
    }
}
