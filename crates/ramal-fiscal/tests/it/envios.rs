//! Sending: accepted, answered twice, lost answers, order of notes, second deliveries.

use ramal_db::{Consulta, Db, params};
use ramal_emulador::fallas::{Fallas, Regla};
use ramal_fiscal::emision::send_job;
use ramal_fiscal::storage::{self, Clase};
use ramal_fiscal::{ComprobanteId, Estado, Tipo, actions};
use ramal_jobs::enqueue;
use ramal_testkit::both_engines;

use crate::mundo::{Dialecto, MIGRACIONES, MINUTO, Mundo, SEGUNDO};

const UNA: Regla = Regla { proximas: 1, por_diez_mil: 0 };

async fn eventos(m: &Mundo, tipo: &str) -> usize {
    let sql = "SELECT sujeto FROM eventos WHERE tipo = $1";
    m.db.column::<String>(sql, params![tipo]).await.unwrap().len()
}

fn timbres(m: &Mundo) -> usize {
    m.pac.conteos().values().map(|c| c.timbres.len()).sum()
}

async fn deliver_again(m: &Mundo, id: ComprobanteId) {
    let tx = m.db.begin().await.unwrap();
    enqueue(&tx, &m.cx, send_job(id.uuid())).await.unwrap();
    tx.commit().await.unwrap();
    m.drain().await;
}

both_engines! {
    migraciones: MIGRACIONES;

    async fn both_authorities_accept_and_the_proof_is_kept(db: Db) {
        let m = Mundo::new(db).await;
        let mx = m.issue(Tipo::Ingreso, 11_600).await;
        let factura = m.issue(Tipo::Factura, 11_800).await;
        let boleta = m.issue(Tipo::Boleta, 5_900).await;
        m.drain().await;
        for id in [mx, factura, boleta] {
            let fila = m.fila(id).await;
            assert_eq!(fila.estado().unwrap(), Estado::Aceptado, "{:?}", fila.mensaje);
            assert_eq!(fila.intentos, 1);
            let estados: Vec<String> =
                storage::historia(&m.db, id).await.unwrap().into_iter().map(|e| e.estado).collect();
            assert_eq!(estados, ["enviando", "aceptado"]);
        }
        let fila = m.fila(mx).await;
        let timbrado = storage::bytes(&m.db, &m.objetos, mx, Clase::Timbrado).await.unwrap();
        let timbrado = String::from_utf8(timbrado.unwrap()).unwrap();
        assert!(timbrado.contains(&fila.uuid_fiscal.unwrap()));
        let cdr = storage::bytes(&m.db, &m.objetos, factura, Clase::Cdr).await.unwrap().unwrap();
        assert!(cdr.starts_with(b"PK"));
        assert_eq!(eventos(&m, "comprobante.aceptado").await, 3);
    }

    async fn a_second_delivery_of_the_job_sends_nothing(db: Db) {
        let m = Mundo::new(db).await;
        let (mx, pe) = (m.issue(Tipo::Ingreso, 11_600).await, m.issue(Tipo::Boleta, 5_900).await);
        m.drain().await;
        deliver_again(&m, mx).await;
        deliver_again(&m, pe).await;
        assert!(m.pac.conteos().values().all(|c| c.recibidos == 1));
        assert!(m.sunat.conteos().values().all(|c| c.recibidos == 1));
        assert_eq!(eventos(&m, "comprobante.aceptado").await, 2);
    }

    async fn two_jobs_for_one_document_settle_one_acceptance(db: Db) {
        let m = Mundo::new(db).await;
        let (mx, pe) = (m.issue(Tipo::Ingreso, 11_600).await, m.issue(Tipo::Factura, 11_800).await);
        let lenta = Fallas { latencia_ms: 300, ..Fallas::default() };
        m.pac.control().replace(lenta.clone());
        m.sunat.control().replace(lenta);
        for id in [mx, pe] {
            let tx = m.db.begin().await.unwrap();
            actions::retry_comprobante(&tx, &m.cx, id).await.unwrap();
            tx.commit().await.unwrap();
        }
        m.drain().await;
        m.pass(SEGUNDO, 2).await;
        assert_eq!(m.estado(mx).await, Estado::Aceptado);
        assert_eq!(m.estado(pe).await, Estado::Aceptado);
        assert!(m.pac.conteos().values().all(|c| c.recibidos == 2), "both were on their way");
        assert_eq!(timbres(&m), 1);
        assert_eq!(eventos(&m, "comprobante.aceptado").await, 2);
        for id in [mx, pe] {
            let historia = storage::historia(&m.db, id).await.unwrap();
            assert_eq!(historia.iter().filter(|e| e.estado == "aceptado").count(), 1);
            assert_eq!(historia.last().unwrap().estado, "aceptado");
        }
    }

    async fn an_answer_lost_after_stamping_gives_one_stamp(db: Db) {
        let m = Mundo::new(db).await;
        m.pac.control().replace(Fallas { cortar_despues: UNA, ..Fallas::default() });
        let id = m.issue(Tipo::Ingreso, 11_600).await;
        m.drain().await;
        assert_eq!(m.estado(id).await, Estado::Enviando);
        m.pass(SEGUNDO, 3).await;
        let fila = m.fila(id).await;
        assert_eq!(fila.estado().unwrap(), Estado::Aceptado);
        assert_eq!((fila.intentos, timbres(&m)), (2, 1));
    }

    async fn a_307_without_the_stamp_is_recovered(db: Db) {
        let m = Mundo::with(db, Dialecto::Finkok, "{}").await;
        let fallas = Fallas { cortar_despues: UNA, previo_sin_datos: true, ..Fallas::default() };
        m.pac.control().replace(fallas);
        let id = m.issue(Tipo::Ingreso, 11_600).await;
        m.drain().await;
        m.pass(SEGUNDO, 3).await;
        assert_eq!(m.estado(id).await, Estado::Aceptado, "{:?}", m.fila(id).await.mensaje);
        assert_eq!(timbres(&m), 1);
    }

    async fn a_307_that_nobody_can_recover_ends_with_a_person_and_no_second_stamp(db: Db) {
        let m = Mundo::new(db).await;
        let fallas = Fallas { cortar_despues: UNA, previo_sin_datos: true, ..Fallas::default() };
        m.pac.control().replace(fallas);
        let id = m.issue(Tipo::Ingreso, 11_600).await;
        m.drain().await;
        m.pass(SEGUNDO, 2).await;
        let fila = m.fila(id).await;
        let visto = (fila.estado().unwrap(), timbres(&m));
        assert!(matches!(visto, (Estado::Enviando | Estado::Aceptado, 1)), "{visto:?}");
        m.pass(71 * 60 * MINUTO, 1).await;
        let estado = m.estado(id).await;
        assert!(matches!(estado, Estado::Incierto | Estado::Aceptado), "{estado:?}");
        assert_eq!(timbres(&m), 1);
    }

    async fn a_cdr_lost_after_registration_is_consulted_or_marked_pending(db: Db) {
        let m = Mundo::new(db).await;
        let dos = Regla { proximas: 2, por_diez_mil: 0 };
        m.sunat.control().replace(Fallas { cortar_despues: dos, ..Fallas::default() });
        let factura = m.issue(Tipo::Factura, 11_800).await;
        let boleta = m.issue(Tipo::Boleta, 5_900).await;
        m.drain().await;
        m.pass(SEGUNDO, 4).await;
        let (f, b) = (m.fila(factura).await, m.fila(boleta).await);
        assert_eq!(f.estado().unwrap(), Estado::Aceptado, "{:?}", f.mensaje);
        assert!(!f.cdr_pendiente, "an F series has a consult");
        assert_eq!((b.estado().unwrap(), b.cdr_pendiente), (Estado::Aceptado, true));
        assert_eq!(b.codigo.as_deref(), Some("1033"));
        assert!(m.sunat.conteos().values().all(|c| c.aceptaciones == 1));
    }

    async fn an_answer_that_comes_too_late_is_not_a_second_stamp(db: Db) {
        let m = Mundo::new(db).await;
        let tarde = Fallas { demorar_respuesta: UNA, demora_ms: 6_000, ..Fallas::default() };
        m.pac.control().replace(tarde);
        let id = m.issue(Tipo::Ingreso, 11_600).await;
        m.drain().await;
        assert_eq!(m.estado(id).await, Estado::Enviando);
        m.pass(SEGUNDO, 3).await;
        assert_eq!((m.estado(id).await, timbres(&m)), (Estado::Aceptado, 1));
    }

    async fn answered_twice_is_accepted_once(db: Db) {
        let m = Mundo::new(db).await;
        let fallas = || Fallas { procesar_dos_veces: UNA, ..Fallas::default() };
        m.pac.control().replace(fallas());
        m.sunat.control().replace(fallas());
        let (mx, pe) = (m.issue(Tipo::Ingreso, 11_600).await, m.issue(Tipo::Factura, 11_800).await);
        m.drain().await;
        assert_eq!(m.estado(mx).await, Estado::Aceptado);
        assert_eq!(m.estado(pe).await, Estado::Aceptado);
        assert_eq!(timbres(&m), 1);
        assert_eq!(eventos(&m, "comprobante.aceptado").await, 2);
    }

    async fn a_note_waits_for_its_factura_without_spending_attempts(db: Db) {
        let m = Mundo::new(db).await;
        let cinco = Regla { proximas: 1, por_diez_mil: 0 };
        m.sunat.control().replace(Fallas { cortar_antes: cinco, ..Fallas::default() });
        let factura = m.issue(Tipo::Factura, 11_800).await;
        let nota = m.issue_about(Tipo::NotaCredito, 2_000, Some(factura)).await;
        m.drain().await;
        assert_ne!(m.estado(factura).await, Estado::Aceptado);
        let fila = m.fila(nota).await;
        assert_eq!((fila.estado().unwrap(), fila.intentos), (Estado::EnCola, 0));
        m.pass(SEGUNDO, 3).await;
        assert_eq!(m.estado(factura).await, Estado::Aceptado);
        let fila = m.fila(nota).await;
        assert_eq!(fila.estado().unwrap(), Estado::Aceptado, "{:?}", fila.mensaje);
        assert_eq!(fila.intentos, 1);
    }
}
