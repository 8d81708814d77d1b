//! What nobody was waiting for any more: a proof that never came, a term that runs out.

use ramal_db::Db;
use ramal_fiscal::jobs::{TRABAJO_CONSTANCIAS, TRABAJO_PLAZOS};
use ramal_fiscal::storage::{self, Clase};
use ramal_fiscal::{Estado, Tipo};
use ramal_jobs::{NuevoTrabajo, enqueue};
use ramal_testkit::both_engines;
use serde_json::json;

use crate::mundo::{HORA, MIGRACIONES, Mundo};
use crate::visita::{TODO, Visita};

async fn correr(m: &Mundo, tipo: &'static str) {
    let tx = m.db.begin().await.unwrap();
    enqueue(&tx, &m.cx, NuevoTrabajo::new(tipo, json!({}))).await.unwrap();
    tx.commit().await.unwrap();
    m.drain().await;
}

both_engines! {
    migraciones: MIGRACIONES;

    async fn a_proof_that_never_came_is_asked_for_until_it_comes(db: Db) {
        let m = Mundo::new(db).await;
        let factura = m.issue(Tipo::Factura, 11_800).await;
        let boleta = m.issue(Tipo::Boleta, 1_000).await;
        m.drain().await;
        let tx = m.db.begin().await.unwrap();
        tx.exec("UPDATE comprobantes SET cdr_pendiente = TRUE", vec![]).await.unwrap();
        tx.exec("DELETE FROM documentos WHERE clase = 'cdr'", vec![]).await.unwrap();
        tx.commit().await.unwrap();
        for _ in 0..2 {
            correr(&m, TRABAJO_CONSTANCIAS).await;
        }
        let fila = m.fila(factura).await;
        assert_eq!((fila.cdr_pendiente, fila.estado().unwrap()), (false, Estado::Aceptado));
        assert!(storage::has_bytes(&m.db, factura, Clase::Cdr).await.unwrap());
        let pasos = storage::historia(&m.db, factura).await.unwrap();
        assert_eq!(pasos.len(), 3, "told once");
        assert!(m.fila(boleta).await.cdr_pendiente, "SUNAT answers for no boleta");
        let v = Visita::new(&m, &TODO);
        let texto = v.get(&format!("/facturacion/documentos/{boleta}")).await.texto;
        assert!(texto.contains("Operaciones en Línea"), "what a person can do");
    }

    async fn a_term_that_runs_out_is_told_at_half_and_at_four_fifths(db: Db) {
        let m = Mundo::new(db).await;
        let id = m.issue(Tipo::Ingreso, 50_000).await;
        let tx = m.db.begin().await.unwrap();
        tx.exec("DELETE FROM trabajos", vec![]).await.unwrap();
        tx.commit().await.unwrap();
        let avisos = "SELECT COUNT(*) FROM eventos WHERE tipo = 'comprobante.por_vencer'";
        let v = Visita::new(&m, &TODO);
        for (horas, esperados) in [(30, 0), (36, 1), (40, 1), (57, 2), (60, 2)] {
            m.reloj.set(m.fila(id).await.emitido.plus_millis(horas * HORA));
            correr(&m, TRABAJO_PLAZOS).await;
            assert_eq!(m.count(avisos).await, esperados, "{horas} h of 70");
        }
        let detalle = v.get(&format!("/facturacion/documentos/{id}")).await.texto;
        assert!(detalle.contains("Queda menos de la quinta parte"), "{detalle}");
        let lista = v.get("/facturacion/documentos?estado=plazo").await.texto;
        assert!(lista.contains(&id.to_string()) && lista.contains("Plazo por vencer 1"));
    }
}
