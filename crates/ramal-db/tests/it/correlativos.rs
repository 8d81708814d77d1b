//! Printed numbers: without gaps and without repeats, whatever is rolled back around them.

use ramal_db::{Consulta, Db, params};

const TABLA: &str = "CREATE TABLE folios (n BIGINT NOT NULL PRIMARY KEY, quien BIGINT NOT NULL)";

async fn crear(db: &Db) {
    let tx = db.begin().await.unwrap();
    tx.exec(TABLA, params![]).await.unwrap();
    tx.commit().await.unwrap();
}

/// Takes 1 to 3 numbers and writes them down; every third transaction changes its mind.
async fn tomar(db: Db, quien: i64) {
    let tx = db.begin().await.unwrap();
    let n = quien % 3 + 1;
    let primero = tx.take_numbers("F001", n).await.unwrap();
    for folio in primero..primero + n {
        let sql = "INSERT INTO folios (n, quien) VALUES ($1, $2)";
        tx.exec(sql, params![folio, quien]).await.unwrap();
    }
    tokio::task::yield_now().await;
    match quien % 3 {
        0 => tx.rollback().await.unwrap(),
        _ => tx.commit().await.unwrap(),
    }
}

ramal_testkit::both_engines! {
    migraciones: [ramal_db::MIGRACIONES];

    async fn fifty_parallel_transactions_with_rollbacks_leave_no_gap(db: Db) {
        crear(&db).await;
        let tareas: Vec<_> =
            (0..50).map(|quien| tokio::spawn(tomar(db.clone(), quien))).collect();
        for tarea in tareas {
            tarea.await.unwrap();
        }
        let folios: Vec<i64> =
            db.column("SELECT n FROM folios ORDER BY n", params![]).await.unwrap();
        // 17 of 50 rolled back; 17 took two numbers and 16 took three.
        assert_eq!(folios, (1..=17 * 2 + 16 * 3).collect::<Vec<i64>>());
    }

    async fn counters_begin_at_one_and_do_not_mix(db: Db) {
        let tx = db.begin().await.unwrap();
        assert_eq!(tx.take_numbers("F001", 1).await.unwrap(), 1);
        assert_eq!(tx.take_numbers("F001", 1_000).await.unwrap(), 2);
        assert_eq!(tx.take_numbers("F001", 1).await.unwrap(), 1_002);
        assert_eq!(tx.take_numbers("B001", 5).await.unwrap(), 1);
        tx.commit().await.unwrap();
    }
}
