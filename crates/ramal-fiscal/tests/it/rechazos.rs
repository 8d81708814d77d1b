//! Refusals: each one visible with its reason and way out; configuration pauses and resumes.

use ramal_db::Db;
use ramal_emulador::fallas::{FallaCodigo, Fallas, Regla, VarianteCdr};
use ramal_fiscal::storage::{self, Clase};
use ramal_fiscal::{Estado, Tipo, actions};
use ramal_testkit::both_engines;

use crate::mundo::{HORA, MIGRACIONES, Mundo, SEGUNDO};

fn code(codigo: &str, proximas: u32) -> Fallas {
    let regla = Regla { proximas, por_diez_mil: 0 };
    let codigo = FallaCodigo { regla, codigo: codigo.into(), mensaje: String::new() };
    Fallas { codigo, ..Fallas::default() }
}

both_engines! {
    migraciones: MIGRACIONES;

    async fn two_percent_of_refusals_are_all_visible_with_a_way_out(db: Db) {
        let m = Mundo::new(db).await;
        let fallas = || Fallas { rechazo_por_diez_mil: 2_500, ..Fallas::default() };
        m.pac.control().replace(fallas());
        m.sunat.control().replace(fallas());
        let mut ids = Vec::new();
        for _ in 0..12 {
            ids.push(m.issue(Tipo::Ingreso, 11_600).await);
            ids.push(m.issue(Tipo::Factura, 11_800).await);
        }
        m.drain().await;
        m.pass(SEGUNDO, 2).await;
        let mut malos = 0;
        for id in ids {
            let fila = m.fila(id).await;
            match fila.estado().unwrap() {
                Estado::Aceptado => {}
                Estado::Rechazado => {
                    malos += 1;
                    assert!(fila.codigo.is_some_and(|c| !c.is_empty()));
                    assert!(fila.mensaje.is_some_and(|t| t.len() > 30));
                    if fila.tipo == "01" {
                        let cdr = storage::has_bytes(&m.db, id, Clase::Cdr).await.unwrap();
                        assert!(cdr, "the CDR of a rejection is kept");
                    }
                }
                otro => panic!("{otro:?} {:?}", fila.mensaje),
            }
        }
        assert!((1..24).contains(&malos), "{malos}");
        let detenidos = "SELECT COUNT(*) FROM eventos WHERE tipo = 'comprobante.detenido'";
        assert_eq!(m.count(detenidos).await, malos);
    }

    async fn a_refusal_whose_answer_was_lost_is_a_refusal_and_not_a_doubt(db: Db) {
        let m = Mundo::new(db).await;
        let una = Regla { proximas: 1, por_diez_mil: 0 };
        let mut ids = Vec::new();
        for tipo in [Tipo::Factura, Tipo::Boleta] {
            m.sunat.control().replace(Fallas { cortar_despues: una, ..code("2022", 1) });
            ids.push(m.issue(tipo, 11_800).await);
            m.drain().await;
            m.pass(SEGUNDO, 3).await;
        }
        let (factura, boleta) = (m.fila(ids[0]).await, m.fila(ids[1]).await);
        assert_eq!(factura.estado().unwrap(), Estado::Rechazado, "{:?}", factura.mensaje);
        assert_eq!(factura.codigo.as_deref(), Some("2022"), "the consult brings the reason");
        assert_eq!(boleta.estado().unwrap(), Estado::Rechazado, "{:?}", boleta.mensaje);
        assert_eq!(boleta.codigo.as_deref(), Some("1032"), "nobody answers for a boleta");
        assert!(boleta.mensaje.unwrap().contains("emita otro"));
    }

    async fn a_registered_factura_with_an_unusable_cdr_does_not_wait_for_ever(db: Db) {
        let m = Mundo::new(db).await;
        let cdr = VarianteCdr { zip_corrupto: true, ..VarianteCdr::default() };
        m.sunat.control().replace(Fallas { cdr, ..Fallas::default() });
        let factura = m.issue(Tipo::Factura, 11_800).await;
        m.drain().await;
        m.pass(SEGUNDO, 3).await;
        let fila = m.fila(factura).await;
        assert_eq!(fila.estado().unwrap(), Estado::Aceptado, "{:?}", fila.mensaje);
        assert!(fila.cdr_pendiente);
    }

    async fn a_bad_account_pauses_the_emisor_and_resuming_sends_all(db: Db) {
        let m = Mundo::new(db).await;
        m.pac.control().replace(code("305", 1));
        let primero = m.issue(Tipo::Ingreso, 11_600).await;
        m.drain().await;
        assert_eq!(m.estado(primero).await, Estado::Pausado);
        let segundo = m.issue(Tipo::Ingreso, 11_600).await;
        let ajeno = m.issue(Tipo::Boleta, 5_900).await;
        m.drain().await;
        m.pass(HORA, 1).await;
        assert_eq!(m.fila(segundo).await.intentos, 0, "a paused emisor sends nothing");
        assert_eq!(m.estado(ajeno).await, Estado::Aceptado, "another emisor goes on");
        let tx = m.db.begin().await.unwrap();
        assert_eq!(actions::resume_emisor(&tx, &m.cx, m.mx.id).await.unwrap(), 1);
        tx.commit().await.unwrap();
        m.drain().await;
        assert_eq!(m.estado(primero).await, Estado::Aceptado);
        assert_eq!(m.estado(segundo).await, Estado::Aceptado);
    }

    async fn an_exception_is_sent_again_with_the_same_number_and_bytes(db: Db) {
        let m = Mundo::new(db).await;
        m.sunat.control().replace(code("1083", 1));
        let id = m.issue(Tipo::Factura, 11_800).await;
        m.drain().await;
        let antes = m.fila(id).await;
        assert_eq!(antes.estado().unwrap(), Estado::Excepcion, "{:?}", antes.mensaje);
        assert_eq!(antes.codigo.as_deref(), Some("1083"));
        let tx = m.db.begin().await.unwrap();
        actions::retry_comprobante(&tx, &m.cx, id).await.unwrap();
        tx.commit().await.unwrap();
        m.drain().await;
        let despues = m.fila(id).await;
        assert_eq!(despues.estado().unwrap(), Estado::Aceptado, "{:?}", despues.mensaje);
        assert_eq!((despues.folio, despues.huella), (antes.folio, antes.huella));
    }

    async fn what_never_got_an_answer_ends_with_a_person_at_the_term(db: Db) {
        let m = Mundo::new(db).await;
        let siempre = Regla { proximas: 0, por_diez_mil: 10_000 };
        m.pac.control().replace(Fallas { cortar_antes: siempre, ..Fallas::default() });
        let id = m.issue(Tipo::Ingreso, 11_600).await;
        m.drain().await;
        m.pass(71 * HORA, 2).await;
        let fila = m.fila(id).await;
        assert_eq!(fila.estado().unwrap(), Estado::Incierto);
        assert_eq!(fila.codigo.as_deref(), Some("plazo_vencido"));
        let tx = m.db.begin().await.unwrap();
        let otra_vez = actions::retry_comprobante(&tx, &m.cx, id).await;
        assert!(otra_vez.is_ok(), "a person may insist");
    }

    async fn a_date_out_of_range_is_sealed_again_once(db: Db) {
        let m = Mundo::new(db).await;
        m.pac.control().replace(code("401", 1));
        let id = m.issue(Tipo::Ingreso, 11_600).await;
        let antes = m.fila(id).await.huella;
        m.reloj.advance(5 * HORA);
        m.drain().await;
        m.pass(SEGUNDO, 2).await;
        let fila = m.fila(id).await;
        assert_eq!(fila.estado().unwrap(), Estado::Aceptado, "{:?}", fila.mensaje);
        assert_ne!(fila.huella, antes);
        assert!(storage::has_bytes(&m.db, id, Clase::Anterior).await.unwrap());
        m.pac.control().replace(code("401", 2));
        let otro = m.issue(Tipo::Ingreso, 11_600).await;
        m.drain().await;
        m.pass(SEGUNDO, 3).await;
        assert_eq!(m.estado(otro).await, Estado::Excepcion, "once, not for ever");
    }
}
