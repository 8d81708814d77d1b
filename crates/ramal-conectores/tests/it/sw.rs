//! SW sapien against the emulated PAC.

use std::sync::Arc;

use ramal_base::FixedClock;
use ramal_conectores::{
    AccesoSw, ConfigSw, Entorno, Envio, Falla, Red, Respuesta, RespuestaBaja, Saldo, Secreto,
    SolicitudCancelacion, Sw, Timbrador,
};
use ramal_emulador::Fallas;
use ramal_emulador::fallas::{FallaCodigo, FallaHttp, Regla};
use ramal_emulador::pac::Emulador;

use crate::falso::{clock, red_paciente};
use crate::mexico::{RFC, cancelacion, certificados, envio, factura, pac, timbres};

const UNA: Regla = Regla { proximas: 1, por_diez_mil: 0 };

struct Mundo {
    emulador: Arc<Emulador>,
    reloj_pac: Arc<FixedClock>,
    entorno: Entorno,
    red: Arc<Red>,
    sw: Sw,
}

fn acceso(clave: &str) -> AccesoSw {
    AccesoSw::Clave { usuario: "demo".into(), clave: Secreto::new(clave) }
}

async fn mundo() -> Mundo {
    let reloj_pac = clock();
    let (emulador, entorno) = pac(reloj_pac.clone()).await;
    let red = red_paciente(clock());
    let config = ConfigSw {
        entorno: entorno.clone(),
        acceso: acceso("demo"),
        certificados: certificados(&emulador),
    };
    let sw = Sw::new(&red, config).unwrap();
    Mundo { emulador, reloj_pac, entorno, red, sw }
}

fn uuid(r: &Respuesta) -> (String, bool) {
    match r {
        Respuesta::Aceptado(a) => (a.uuid_fiscal.clone().unwrap(), a.previo),
        otra => panic!("{otra:?}"),
    }
}

#[tokio::test]
async fn an_invoice_is_stamped_and_the_stamp_verified() {
    let m = mundo().await;
    let f = factura("1", 49_900);
    let r = m.sw.timbrar(&envio(&f, "e1-F-1")).await;
    let Respuesta::Aceptado(a) = &r else { panic!("{r:?}") };
    assert_eq!((a.previo, a.firma_valida), (false, Some(true)));
    assert!(String::from_utf8_lossy(&a.bytes).contains("tfd:TimbreFiscalDigital"));
    assert_eq!(timbres(&m.emulador), 1);
    let con_folio = Envio { uuid: a.uuid_fiscal.as_deref(), ..envio(&f, "e1-F-1") };
    let otra = m.sw.recuperar(&con_folio).await;
    assert_eq!(uuid(&otra), (uuid(&r).0, true));
}

#[tokio::test]
async fn a_lost_answer_and_the_same_bytes_again_give_one_stamp() {
    let m = mundo().await;
    let f = factura("2", 49_900);
    let operaciones = vec!["stamp".to_owned()];
    m.emulador.control().replace(Fallas { cortar_despues: UNA, operaciones, ..Fallas::default() });
    let r = m.sw.timbrar(&envio(&f, "e1-F-2")).await;
    assert_eq!(r.nombre(), "incierto");
    let (folio, previo) = uuid(&m.sw.timbrar(&envio(&f, "e1-F-2")).await);
    assert!(previo);
    assert_eq!(uuid(&m.sw.timbrar(&envio(&f, "e1-F-2")).await).0, folio);
    assert_eq!(timbres(&m.emulador), 1);
}

#[tokio::test]
async fn an_earlier_stamp_without_data_is_not_taken_for_accepted() {
    let m = mundo().await;
    let f = factura("3", 49_900);
    let (folio, _) = uuid(&m.sw.timbrar(&envio(&f, "e1-F-3")).await);
    m.emulador.control().replace(Fallas { previo_sin_datos: true, ..Fallas::default() });
    let r = m.sw.timbrar(&envio(&f, "e1-F-3")).await;
    assert_eq!((r.nombre(), r.codigo()), ("ya_registrado", "307"));
    let r = m.sw.recuperar(&envio(&f, "e1-F-3")).await;
    assert_eq!(r.nombre(), "incierto", "SW cannot look by seal");
    let con_folio = Envio { uuid: Some(&folio), ..envio(&f, "e1-F-3") };
    assert_eq!(uuid(&m.sw.recuperar(&con_folio).await), (folio.clone(), true));
    let nadie = Envio { uuid: Some("5A9C1B2E-0000-4000-8000-000000000001"), ..con_folio };
    assert_eq!(m.sw.recuperar(&nadie).await.nombre(), "no_existe");
}

#[tokio::test]
async fn a_key_that_stamped_other_bytes_never_passes_for_these() {
    let m = mundo().await;
    let (una, otra) = (factura("4", 49_900), factura("5", 49_900));
    m.sw.timbrar(&envio(&una, "misma-clave")).await;
    let r = m.sw.timbrar(&envio(&otra, "misma-clave")).await;
    assert_eq!(r.nombre(), "incierto");
    assert!(r.mensaje().contains("CFDI3307"), "{r:?}");
}

#[tokio::test]
async fn an_expired_token_is_renewed_once_and_the_document_stamped() {
    let m = mundo().await;
    m.sw.comprobar().await.unwrap();
    // The PAC's clock runs ahead of ours, so it refuses a token that we believe in force.
    m.reloj_pac.advance(3 * 3_600_000);
    let f = factura("6", 49_900);
    assert!(!uuid(&m.sw.timbrar(&envio(&f, "e1-F-6")).await).1);
}

#[tokio::test]
async fn wrong_credentials_pause_the_queue() {
    let m = mundo().await;
    let f = factura("7", 49_900);
    for (acceso, codigo) in
        [(acceso("otra"), "AU2000"), (AccesoSw::Token(Secreto::new("viejo")), "AU4101")]
    {
        let config = ConfigSw { entorno: m.entorno.clone(), acceso, certificados: Vec::new() };
        let sw = Sw::new(&m.red, config).unwrap();
        let r = sw.timbrar(&envio(&f, "e1-F-7")).await;
        assert_eq!((r.nombre(), r.codigo()), ("configuracion", codigo));
        assert!(matches!(sw.comprobar().await, Err(Falla::Credenciales { .. })));
    }
    assert_eq!(timbres(&m.emulador), 0);
}

#[tokio::test]
async fn each_code_asks_for_its_own_remedy() {
    let m = mundo().await;
    let f = factura("8", 49_900);
    for (codigo, nombre) in [
        ("CFDI40148", "rechazado"),
        ("302", "rechazado"),
        ("305", "configuracion"),
        ("402", "configuracion"),
        ("401", "tiempo"),
        ("708", "reintentar"),
    ] {
        let falla = FallaCodigo { regla: UNA, codigo: codigo.into(), mensaje: "texto".into() };
        m.emulador.control().replace(Fallas { codigo: falla, ..Fallas::default() });
        let r = m.sw.timbrar(&envio(&f, "e1-F-8")).await;
        assert_eq!(r.nombre(), nombre, "{codigo}");
        if let Respuesta::Rechazado(n) = &r {
            assert_eq!((n.codigo.as_str(), n.mensaje.as_str()), (codigo, "texto"));
            assert!(!n.salida.is_empty());
        }
        if codigo == "CFDI40148" {
            let Respuesta::Rechazado(n) = r else { panic!() };
            assert_eq!(n.campo.as_deref(), Some("Receptor.DomicilioFiscalReceptor"));
        }
    }
    m.emulador.control().replace(Fallas { timbres_restantes: Some(0), ..Fallas::default() });
    let r = m.sw.timbrar(&envio(&f, "e1-F-8")).await;
    assert_eq!((r.nombre(), r.codigo()), ("configuracion", "718"));
    assert_eq!(m.sw.saldo().await, Ok(Saldo { restantes: Some(0), usados: 0 }));
}

#[tokio::test]
async fn a_broken_gateway_leaves_the_document_uncertain() {
    let m = mundo().await;
    m.sw.comprobar().await.unwrap();
    let f = factura("9", 49_900);
    for (estado, nombre) in
        [(500, "incierto"), (503, "incierto"), (200, "incierto"), (429, "reintentar")]
    {
        let http = FallaHttp { regla: UNA, estado, html: true };
        m.emulador.control().replace(Fallas { http, ..Fallas::default() });
        assert_eq!(m.sw.timbrar(&envio(&f, "e1-F-9")).await.nombre(), nombre, "{estado}");
    }
    assert_eq!(timbres(&m.emulador), 0);
}

#[tokio::test]
async fn a_cancellation_received_is_told_apart_from_one_done_before() {
    let m = mundo().await;
    let f = factura("10", 49_900);
    let (folio, _) = uuid(&m.sw.timbrar(&envio(&f, "e1-F-10")).await);
    let xml = cancelacion(&folio);
    let solicitud = SolicitudCancelacion { xml: &xml, uuid: &folio, emisor: RFC };
    let r = m.sw.cancelar(&solicitud).await;
    let RespuestaBaja::Solicitada { acuse, codigo } = r else { panic!("{r:?}") };
    assert_eq!(codigo, "201");
    assert!(ramal_cfdi::cancelacion::leer_acuse(&acuse).is_ok());
    let r = m.sw.cancelar(&solicitud).await;
    assert!(matches!(&r, RespuestaBaja::YaCancelado { codigo, .. } if codigo == "202"), "{r:?}");
    let otro = "5A9C1B2E-0000-4000-8000-000000000001";
    let xml = cancelacion(otro);
    let r = m.sw.cancelar(&SolicitudCancelacion { xml: &xml, uuid: otro, emisor: RFC }).await;
    assert!(matches!(r, RespuestaBaja::Reintentar { despues_ms: Some(_), .. }), "205: {r:?}");
    m.emulador.control().replace(Fallas { sat_no_disponible: true, ..Fallas::default() });
    let r = m.sw.cancelar(&solicitud).await;
    assert!(matches!(r, RespuestaBaja::Reintentar { .. }), "708: {r:?}");
    assert_eq!(m.sw.pendientes("H&E951128469").await, Ok(Vec::new()));
    assert_eq!(m.sw.acuse(RFC, &folio).await, Err(Falla::NoOfrecida));
}
