//! Daily summaries: boletas that travel together, late ones, refused files, lost answers.

use ramal_db::Db;
use ramal_emulador::fallas::{FallaCodigo, Fallas, Regla};
use ramal_fiscal::{ComprobanteId, Estado, Tipo, actions, lotes};
use ramal_testkit::both_engines;

use crate::mundo::{DIA, Dialecto, MIGRACIONES, MINUTO, Mundo};

const POR_RESUMEN: &str = r#"{"boletas":"resumen"}"#;

async fn send_day(m: &Mundo, id: ComprobanteId) {
    let fecha = m.fila(id).await.fecha;
    let tx = m.db.begin().await.unwrap();
    actions::send_resumenes(&tx, &m.cx, m.pe.id, fecha).await.unwrap();
    tx.commit().await.unwrap();
    m.drain().await;
}

both_engines! {
    migraciones: MIGRACIONES;

    async fn boletas_go_in_one_summary_and_its_cdr_is_their_proof(db: Db) {
        let m = Mundo::with(db, Dialecto::Sw, POR_RESUMEN).await;
        let mut ids = Vec::new();
        for _ in 0..5 {
            ids.push(m.issue(Tipo::Boleta, 5_900).await);
        }
        let factura = m.issue(Tipo::Factura, 11_800).await;
        m.drain().await;
        assert_eq!(m.estado(factura).await, Estado::Aceptado);
        assert_eq!(m.fila(ids[0]).await.intentos, 0, "a boleta does not go alone");
        send_day(&m, ids[0]).await;
        send_day(&m, ids[0]).await;
        m.pass(MINUTO, 3).await;
        for id in ids {
            let fila = m.fila(id).await;
            assert_eq!(fila.estado().unwrap(), Estado::Aceptado, "{:?}", fila.mensaje);
            assert!(lotes::cdr_of(&m.db, id).await.unwrap().is_some());
        }
        assert_eq!(m.count("SELECT COUNT(*) FROM resumenes").await, 1);
    }

    async fn a_refused_summary_is_halved_until_the_bad_boleta_stands_alone(db: Db) {
        let m = Mundo::with(db, Dialecto::Sw, POR_RESUMEN).await;
        let mut ids = Vec::new();
        for _ in 0..4 {
            ids.push(m.issue(Tipo::Boleta, 5_900).await);
        }
        m.drain().await;
        let regla = Regla { proximas: 2, por_diez_mil: 0 };
        let codigo = FallaCodigo { regla, codigo: "2278".into(), mensaje: String::new() };
        m.sunat.control().replace(Fallas { codigo, ..Fallas::default() });
        send_day(&m, ids[0]).await;
        m.pass(MINUTO, 12).await;
        for id in &ids {
            let fila = m.fila(*id).await;
            let estado = fila.estado().unwrap();
            assert!(matches!(estado, Estado::Aceptado | Estado::Excepcion), "{estado:?}");
        }
        let aceptados = "SELECT COUNT(*) FROM resumenes WHERE estado = 'aceptado'";
        assert!(m.count(aceptados).await >= 2);
        let rechazados = "SELECT COUNT(*) FROM resumenes WHERE estado = 'rechazado'";
        assert_eq!(m.count(rechazados).await, 2);
    }

    async fn a_late_boleta_moves_to_a_summary_by_itself(db: Db) {
        let m = Mundo::new(db).await;
        let id = m.issue(Tipo::Boleta, 5_900).await;
        m.reloj.advance(6 * DIA);
        m.drain().await;
        m.pass(MINUTO, 3).await;
        let fila = m.fila(id).await;
        assert!(fila.estado().unwrap().is_aceptado(), "{fila:?}");
        assert_eq!(m.count("SELECT COUNT(*) FROM resumenes WHERE tipo = 'RC'").await, 1);
    }

    async fn a_lost_ticket_ends_with_a_person_and_never_in_a_second_file(db: Db) {
        let m = Mundo::with(db, Dialecto::Sw, POR_RESUMEN).await;
        let id = m.issue(Tipo::Boleta, 5_900).await;
        m.drain().await;
        let una = Regla { proximas: 1, por_diez_mil: 0 };
        m.sunat.control().replace(Fallas { cortar_despues: una, ..Fallas::default() });
        send_day(&m, id).await;
        m.pass(MINUTO, 3).await;
        let fila = m.fila(id).await;
        assert_eq!(fila.estado().unwrap(), Estado::Incierto, "{:?}", fila.mensaje);
        assert_eq!(fila.codigo.as_deref(), Some("2223"));
        assert_eq!(m.count("SELECT COUNT(*) FROM resumenes").await, 1);
        // The way out: sent alone when a person asks, SUNAT tells it by its CDR or by 1033.
        let tx = m.db.begin().await.unwrap();
        actions::retry_comprobante(&tx, &m.cx, id).await.unwrap();
        tx.commit().await.unwrap();
        m.drain().await;
        let fila = m.fila(id).await;
        assert_eq!(fila.estado().unwrap(), Estado::Aceptado, "{:?}", fila.mensaje);
        assert_eq!(m.count("SELECT COUNT(*) FROM resumenes").await, 1);
    }
}
