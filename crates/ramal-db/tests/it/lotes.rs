//! Many rows at once: past every limit of the engines, and all or nothing.

use ramal_db::{Bulk, Consulta, Db, DbError, Value, params};

const COLUMNAS: &[&str] = &["n", "a", "b", "c", "d", "e", "f", "g"];

async fn crear(db: &Db) {
    let tx = db.begin().await.unwrap();
    let sql = "CREATE TABLE filas (n BIGINT NOT NULL PRIMARY KEY, a TEXT, b TEXT, c TEXT, \
        d TEXT, e TEXT, f TEXT, g BIGINT)";
    tx.exec(sql, params![]).await.unwrap();
    tx.commit().await.unwrap();
}

fn lote(rango: std::ops::Range<i64>) -> Bulk {
    let mut lote = Bulk::new("filas", COLUMNAS);
    for n in rango {
        let mut fila = vec![Value::from(n)];
        fila.extend((0..6).map(|i| Value::from(format!("{n}·{i}"))));
        fila.push(Value::from((n % 2 == 0).then_some(n)));
        lote.push(fila);
    }
    lote
}

async fn cuenta(db: &Db) -> i64 {
    db.scalar("SELECT COUNT(*) FROM filas", params![]).await.unwrap().unwrap()
}

ramal_testkit::both_engines! {
    migraciones: [];

    async fn five_thousand_wide_rows_go_in_complete(db: Db) {
        crear(&db).await;
        let tx = db.begin().await.unwrap();
        let lote = lote(0..5_000);
        assert_eq!(lote.len(), 5_000);
        assert_eq!(lote.insert(&tx).await.unwrap(), 5_000);
        tx.commit().await.unwrap();
        assert_eq!(cuenta(&db).await, 5_000);
        let sql = "SELECT f FROM filas WHERE n = 4999";
        assert_eq!(db.scalar::<String>(sql, params![]).await.unwrap().unwrap(), "4999·5");
        let sql = "SELECT CAST(SUM(g) AS BIGINT) FROM filas";
        assert_eq!(db.scalar::<i64>(sql, params![]).await.unwrap(), Some(2_499 * 2_500));
    }

    async fn a_repeated_key_in_the_last_row_keeps_none(db: Db) {
        crear(&db).await;
        let tx = db.begin().await.unwrap();
        let mut lote = lote(0..1_200);
        lote.push(COLUMNAS.iter().map(|c| match *c {
            "n" => Value::from(7_i64),
            "g" => Value::from(None::<i64>),
            _ => Value::from(None::<String>),
        }));
        assert!(matches!(lote.insert(&tx).await, Err(DbError::Unique(_))));
        drop(tx);
        assert_eq!(cuenta(&db).await, 0);
    }

    async fn ignoring_counts_only_what_went_in(db: Db) {
        crear(&db).await;
        let tx = db.begin().await.unwrap();
        assert_eq!(lote(0..700).insert_ignoring(&tx).await.unwrap(), 700);
        assert_eq!(lote(600..1_300).insert_ignoring(&tx).await.unwrap(), 600);
        assert_eq!(lote(0..0).insert(&tx).await.unwrap(), 0);
        tx.commit().await.unwrap();
        assert_eq!(cuenta(&db).await, 1_300);
    }
}

#[test]
#[should_panic(expected = "one value per column")]
fn a_row_with_a_missing_value_is_a_mistake_of_the_program() {
    Bulk::new("filas", COLUMNAS).push([Value::from(1_i64)]);
}
