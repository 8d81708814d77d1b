//! SUNAT's client against the emulated SUNAT.

use std::sync::Arc;

use ramal_conectores::{
    ConsultaCdr, EnvioCpe, Falla, Respuesta, RespuestaTicket, RespuestaTicketEstado, Sunat,
};
use ramal_emulador::Fallas;
use ramal_emulador::fallas::{FallaCodigo, FallaHttp, PrefijoCdr, Regla, VarianteCdr};
use ramal_emulador::sunat::Emulador;

use crate::falso::{clock, red_paciente};
use crate::peru::{Archivo, RUC, autoridad, baja, cliente, factura, resumen};

const UNA: Regla = Regla { proximas: 1, por_diez_mil: 0 };

async fn mundo() -> (Arc<Emulador>, Sunat) {
    let (emulador, entorno) = autoridad(clock()).await;
    let sunat = cliente(&red_paciente(clock()), entorno, "moddatos");
    (emulador, sunat)
}

async fn enviar(sunat: &Sunat, a: &Archivo) -> Respuesta {
    sunat.enviar(&a.nombre, &a.xml).await
}

fn consulta(numero: u32, digest: Option<&str>) -> ConsultaCdr<'_> {
    ConsultaCdr { ruc: RUC, tipo: "01", serie: "F001", numero, digest }
}

async fn ticket(sunat: &Sunat, a: &Archivo) -> String {
    match sunat.enviar_resumen(&a.nombre, &a.xml).await {
        RespuestaTicket::Ticket(t) => t,
        otra => panic!("{otra:?}"),
    }
}

#[tokio::test]
async fn a_factura_is_accepted_with_its_cdr() {
    let (_emulador, sunat) = mundo().await;
    let r = enviar(&sunat, &factura(1)).await;
    let Respuesta::Aceptado(a) = r else { panic!("{r:?}") };
    assert_eq!((a.codigo.as_str(), a.previo, a.firma_valida), ("0", false, Some(true)));
    assert!(a.bytes.starts_with(b"PK") && a.uuid_fiscal.is_none());
    assert_eq!(sunat.comprobar().await, Ok(()));
}

#[tokio::test]
async fn a_lost_answer_is_told_by_1033_and_its_cdr_by_the_consult() {
    let (emulador, sunat) = mundo().await;
    let f = factura(2);
    let r = sunat.consultar_cdr(&consulta(2, None)).await;
    assert_eq!((r.nombre(), r.codigo()), ("no_existe", "0011"));
    emulador.control().replace(Fallas { cortar_despues: UNA, ..Fallas::default() });
    assert_eq!(enviar(&sunat, &f).await.nombre(), "incierto");
    let r = enviar(&sunat, &f).await;
    assert_eq!((r.nombre(), r.codigo()), ("ya_registrado", "1033"), "a code is no proof");
    let r = sunat.consultar_cdr(&consulta(2, Some(&f.digest))).await;
    let Respuesta::Aceptado(a) = r else { panic!("{r:?}") };
    assert!(a.previo);
    assert!(!sunat.can_consultar("B001"));
    let boleta = ConsultaCdr { serie: "B001", tipo: "03", ..consulta(2, None) };
    assert_eq!(sunat.consultar_cdr(&boleta).await.nombre(), "incierto");
}

#[tokio::test]
async fn every_shape_of_cdr_met_in_practice_is_read() {
    let (emulador, sunat) = mundo().await;
    let cdr = VarianteCdr {
        dummy: true,
        mayusculas: true,
        prefijo: PrefijoCdr::Ns3,
        latin1: true,
        notas: vec!["4252 - El dato ingresado como atributo @listName es incorrecto".into()],
        ..VarianteCdr::default()
    };
    emulador.control().replace(Fallas { cdr, ..Fallas::default() });
    let r = enviar(&sunat, &factura(3)).await;
    let Respuesta::Aceptado(a) = r else { panic!("{r:?}") };
    assert_eq!(a.observaciones.len(), 1);
    assert!(a.observaciones[0].starts_with("4252 - El dato"), "{:?}", a.observaciones);
}

#[tokio::test]
async fn a_cdr_of_another_document_or_broken_changes_nothing() {
    let (emulador, sunat) = mundo().await;
    let otra = VarianteCdr { referencia_equivocada: true, ..VarianteCdr::default() };
    let rota = VarianteCdr { zip_corrupto: true, ..VarianteCdr::default() };
    for (numero, cdr) in [(4, otra), (5, rota)] {
        emulador.control().replace(Fallas { cdr, ..Fallas::default() });
        let r = enviar(&sunat, &factura(numero)).await;
        assert_eq!(r.nombre(), "incierto", "{r:?}");
    }
}

#[tokio::test]
async fn a_consult_that_says_accepted_with_an_unusable_cdr_leaves_only_the_proof_pending() {
    let (emulador, sunat) = mundo().await;
    let otra = VarianteCdr { referencia_equivocada: true, ..VarianteCdr::default() };
    let rota = VarianteCdr { zip_corrupto: true, ..VarianteCdr::default() };
    for (numero, cdr) in [(4, otra), (5, rota)] {
        emulador.control().replace(Fallas { cdr, ..Fallas::default() });
        let f = factura(numero);
        enviar(&sunat, &f).await;
        let r = sunat.consultar_cdr(&consulta(numero, Some(&f.digest))).await;
        assert_eq!((r.nombre(), r.codigo()), ("ya_registrado", "0001"), "{r:?}");
    }
}

#[tokio::test]
async fn a_rejection_keeps_its_code_and_its_cdr() {
    let (emulador, sunat) = mundo().await;
    for (numero, como_fault) in [(6, false), (7, true)] {
        let codigo =
            FallaCodigo { regla: UNA, codigo: "2022".into(), mensaje: "Razón social".into() };
        let fallas = Fallas { codigo, rechazo_como_fault: como_fault, ..Fallas::default() };
        emulador.control().replace(fallas);
        let r = enviar(&sunat, &factura(numero)).await;
        let Respuesta::Rechazado(n) = r else { panic!("{r:?}") };
        assert_eq!((n.codigo.as_str(), n.acuse.is_some()), ("2022", !como_fault));
        assert!(!n.salida.is_empty());
    }
}

#[tokio::test]
async fn the_way_and_the_account_fail_each_in_its_class() {
    let (emulador, sunat) = mundo().await;
    let f = factura(8);
    for (estado, html, nombre) in [
        (401, true, "reintentar"),
        (503, true, "incierto"),
        (500, false, "incierto"),
        (200, true, "incierto"),
    ] {
        let http = FallaHttp { regla: UNA, estado, html };
        emulador.control().replace(Fallas { http, ..Fallas::default() });
        assert_eq!(enviar(&sunat, &f).await.nombre(), nombre, "{estado}");
    }
    for (codigo, nombre) in
        [("0109", "reintentar"), ("0111", "configuracion"), ("0306", "excepcion")]
    {
        let codigo = FallaCodigo { regla: UNA, codigo: codigo.into(), mensaje: "x".into() };
        emulador.control().replace(Fallas { codigo, ..Fallas::default() });
        assert_eq!(enviar(&sunat, &f).await.nombre(), nombre);
    }
    assert_eq!(enviar(&sunat, &f).await.nombre(), "aceptado");
    let (_otra, entorno) = autoridad(clock()).await;
    let intruso = cliente(&red_paciente(clock()), entorno, "mala");
    assert_eq!(enviar(&intruso, &f).await.nombre(), "configuracion");
    assert!(matches!(intruso.comprobar().await, Err(Falla::Credenciales { .. })));
}

#[tokio::test]
async fn a_file_of_another_emisor_never_leaves() {
    let (emulador, sunat) = mundo().await;
    let f = factura(9);
    let r = sunat.enviar("20512333797-01-F001-9", &f.xml).await;
    assert_eq!((r.nombre(), r.codigo()), ("excepcion", "0151"));
    assert!(emulador.conteos().is_empty());
}

#[tokio::test]
async fn a_summary_goes_through_its_ticket() {
    let (emulador, sunat) = mundo().await;
    let fallas = Fallas { en_proceso_veces: 2, estado_relleno: true, ..Fallas::default() };
    emulador.control().replace(fallas);
    let rc = resumen(1);
    let t = ticket(&sunat, &rc).await;
    for _ in 0..2 {
        let r = sunat.consultar_ticket(&t, &rc.nombre).await;
        assert_eq!(r, RespuestaTicketEstado::EnProceso, "0098");
    }
    let r = sunat.consultar_ticket(&t, &rc.nombre).await;
    let RespuestaTicketEstado::Terminado(Respuesta::Aceptado(a)) = r else { panic!("{r:?}") };
    assert_eq!(a.codigo, "0");
    let r = sunat.consultar_ticket("202600000000", &rc.nombre).await;
    assert!(matches!(r, RespuestaTicketEstado::Desconocido { .. }), "{r:?}");
    let r = sunat.consultar_ticket(&t, &resumen(2).nombre).await;
    assert!(
        matches!(r, RespuestaTicketEstado::Fallo(Respuesta::Incierto { .. })),
        "a ticket of another file: {r:?}"
    );
}

#[tokio::test]
async fn a_voided_factura_is_told_by_the_consult() {
    let (_emulador, sunat) = mundo().await;
    assert_eq!(enviar(&sunat, &factura(10)).await.nombre(), "aceptado");
    let ra = baja(1, 10);
    let t = ticket(&sunat, &ra).await;
    let r = sunat.consultar_ticket(&t, &ra.nombre).await;
    assert!(matches!(&r, RespuestaTicketEstado::Terminado(Respuesta::Aceptado(_))), "{r:?}");
    let r = sunat.consultar_cdr(&consulta(10, None)).await;
    assert_eq!((r.nombre(), r.codigo()), ("de_baja", "0003"));
}

#[tokio::test]
async fn a_refused_summary_registers_nothing_and_brings_its_cdr() {
    let (_emulador, sunat) = mundo().await;
    let ra = baja(1, 77);
    let t = ticket(&sunat, &ra).await;
    let r = sunat.consultar_ticket(&t, &ra.nombre).await;
    let RespuestaTicketEstado::Terminado(Respuesta::Rechazado(n)) = r else { panic!("{r:?}") };
    assert!(n.acuse.is_some(), "{n:?}");
}
