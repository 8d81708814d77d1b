//! Falls of the process between the answer and its settling, and the archive of bytes.

use std::sync::atomic::Ordering;
use std::time::Duration;

use ramal_db::Db;
use ramal_fiscal::jobs::TRABAJO_ARCHIVAR;
use ramal_fiscal::storage::{self, Clase};
use ramal_fiscal::{Estado, Tipo};
use ramal_jobs::{NuevoTrabajo, enqueue};
use ramal_testkit::both_engines;
use serde_json::json;

use crate::mundo::{MIGRACIONES, MINUTO, Mundo};

both_engines! {
    migraciones: MIGRACIONES;

    async fn a_fall_after_the_answer_sends_the_same_bytes_and_gets_the_same_stamp(db: Db) {
        let m = Mundo::new(db).await;
        let id = m.issue(Tipo::Ingreso, 11_600).await;
        m.colgar.store(true, Ordering::SeqCst);
        let caida = tokio::time::timeout(Duration::from_secs(3), m.obrero.drain()).await;
        assert!(caida.is_err(), "the process dies with the answer in its hands");
        let uuid = m.pac.conteos().values().next().unwrap().timbres[0].clone();
        assert_eq!(m.estado(id).await, Estado::Enviando);
        m.pass(MINUTO, 2).await;
        let fila = m.fila(id).await;
        assert_eq!(fila.estado().unwrap(), Estado::Aceptado);
        assert_eq!(fila.uuid_fiscal.unwrap(), uuid.to_ascii_uppercase());
        assert_eq!(m.pac.conteos().values().next().unwrap().timbres.len(), 1);
    }

    async fn archived_bytes_leave_the_database_and_read_the_same(db: Db) {
        let m = Mundo::new(db).await;
        let (mx, pe) = (m.issue(Tipo::Ingreso, 11_600).await, m.issue(Tipo::Factura, 11_800).await);
        m.drain().await;
        let antes = storage::bytes(&m.db, &m.objetos, mx, Clase::Timbrado).await.unwrap();
        let tx = m.db.begin().await.unwrap();
        enqueue(&tx, &m.cx, NuevoTrabajo::new(TRABAJO_ARCHIVAR, json!({}))).await.unwrap();
        tx.commit().await.unwrap();
        m.drain().await;
        assert_eq!(m.count("SELECT COUNT(*) FROM documentos WHERE contenido IS NOT NULL").await, 0);
        assert_eq!(m.count("SELECT COUNT(*) FROM documentos WHERE ruta IS NOT NULL").await, 4);
        let despues = storage::bytes(&m.db, &m.objetos, mx, Clase::Timbrado).await.unwrap();
        assert!(antes.is_some() && antes == despues);
        let cdr = storage::bytes(&m.db, &m.objetos, pe, Clase::Cdr).await.unwrap().unwrap();
        assert!(cdr.starts_with(b"PK"));
    }
}
