//! Risk: taking a batch back destroys what was billed, or leaves something behind.

use ramal_db::{Db, params};
use ramal_migracion::{Error, deshacer, storage};
use ramal_testkit::both_engines;
use uuid::Uuid;

use crate::apoyo::{self, Mundo, mundo, pedido};
use crate::fixtures::{MX, PE};

async fn undo(m: &Mundo, lote: Uuid) -> Result<(u64, u64), Error> {
    let tx = m.db.begin().await.unwrap();
    let hecho = deshacer(&tx, &m.cx, lote).await?;
    tx.commit().await.unwrap();
    Ok((hecho.clientes, hecho.servicios))
}

both_engines! {
    migraciones: (apoyo::MIGRACIONES);

    async fn a_batch_taken_back_leaves_the_other_one_and_can_come_again(db: Db) {
        let m = mundo(db).await;
        let pe = m.import(pedido("seed003", PE)).await;
        let antes = m.counts().await;
        let mx = m.import(pedido("panel", MX)).await;
        assert_eq!(undo(&m, mx.lote).await.unwrap(), (mx.clientes, mx.servicios));
        let lotes = 1;
        let mut despues = m.counts().await;
        despues[3] -= lotes;
        assert_eq!(despues, antes);
        assert_eq!(undo(&m, mx.lote).await.unwrap(), (0, 0));
        let otra = m.import(pedido("panel", MX)).await;
        assert_eq!((otra.importadas, otra.clientes), (mx.importadas, mx.clientes));
        assert!(otra.verificacion.cuadra);
        let lote = storage::lote(&m.db, pe.lote).await.unwrap().unwrap();
        assert_eq!(lote.estado, "terminado");
    }

    async fn a_batch_with_a_charge_is_refused_naming_the_service(db: Db) {
        let m = mundo(db).await;
        let informe = m.import(pedido("seed003", PE)).await;
        let servicio = m.servicios().await.swap_remove(4);
        let tx = m.db.begin().await.unwrap();
        let cargo = "INSERT INTO cargos (id, servicio_id, cliente_id, periodo_desde, \
            periodo_hasta, clase, revision, monto, moneda, fecha) \
            VALUES ($1, $2, $3, $4, $5, 'recurrente', 0, 100, 'PEN', $4)";
        let (desde, hasta) = (apoyo::fecha("2026-12-01"), apoyo::fecha("2027-01-01"));
        let valores = params![Uuid::from_u128(7), servicio.id, servicio.cliente_id, desde, hasta];
        tx.exec(cargo, valores).await.unwrap();
        tx.commit().await.unwrap();
        let antes = m.counts().await;
        let error = undo(&m, informe.lote).await.unwrap_err();
        assert_eq!(error.codigo(), "lote_facturado");
        assert!(error.to_string().contains("S-5"), "{error}");
        assert_eq!(m.counts().await, antes);
    }

    async fn a_customer_with_a_later_service_keeps_the_batch_in(db: Db) {
        let m = mundo(db).await;
        let informe = m.import(pedido("seed003", PE)).await;
        let mut nuevo = m.servicios().await.swap_remove(0);
        (nuevo.id, nuevo.numero) = (m.cx.new_id(), 99_999);
        let tx = m.db.begin().await.unwrap();
        ramal_contratos::storage::insert_many(&tx, &m.cx, &[nuevo], None).await.unwrap();
        tx.commit().await.unwrap();
        let antes = m.counts().await;
        let error = undo(&m, informe.lote).await.unwrap_err();
        assert_eq!(error.codigo(), "lote_en_uso");
        assert_eq!(m.counts().await, antes);
    }

    async fn a_batch_that_is_not_there_is_said_to_be_missing(db: Db) {
        let m = mundo(db).await;
        let error = undo(&m, Uuid::from_u128(1)).await.unwrap_err();
        assert_eq!(error.codigo(), "lote_no_encontrado");
    }
}
