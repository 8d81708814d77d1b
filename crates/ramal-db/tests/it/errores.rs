//! Refusals of the engine have the same name on both, so a slice can answer 409 instead of 500.

use ramal_base::Problema;
use ramal_db::{Consulta, Db, DbError, Tx, params};

async fn crear(db: &Db) {
    for sql in [
        "CREATE TABLE clientes (ruc TEXT NOT NULL PRIMARY KEY, correo TEXT)",
        "CREATE UNIQUE INDEX clientes_correo ON clientes (correo)",
        "CREATE TABLE pagos (n BIGINT NOT NULL PRIMARY KEY, \
            ruc TEXT NOT NULL REFERENCES clientes (ruc))",
    ] {
        let tx = db.begin().await.unwrap();
        tx.exec(sql, params![]).await.unwrap();
        tx.commit().await.unwrap();
    }
}

async fn cliente(tx: &Tx, ruc: &str, correo: &str) -> Result<u64, DbError> {
    let sql = "INSERT INTO clientes (ruc, correo) VALUES ($1, $2)";
    tx.exec(sql, params![ruc, correo]).await
}

ramal_testkit::both_engines! {
    migraciones: [];

    async fn a_repeated_key_is_unique_and_names_what_was_repeated(db: Db) {
        crear(&db).await;
        let tx = db.begin().await.unwrap();
        cliente(&tx, "20100070970", "a@x.pe").await.unwrap();
        tx.commit().await.unwrap();
        for (ruc, correo, nombre) in [("20100070970", "b@x.pe", "ruc"), ("2", "a@x.pe", "correo")] {
            let tx = db.begin().await.unwrap();
            let error = cliente(&tx, ruc, correo).await.unwrap_err();
            let DbError::Unique(clave) = &error else { panic!("{error}") };
            let nombra = clave.contains(nombre) || clave.contains("clientes_pkey");
            assert!(nombra, "{clave} names {nombre}");
            assert!(!error.to_string().contains("x.pe"), "no value reaches the text: {error}");
        }
    }

    async fn a_reference_to_nobody_is_a_foreign_key(db: Db) {
        crear(&db).await;
        let tx = db.begin().await.unwrap();
        let sql = "INSERT INTO pagos (n, ruc) VALUES (1, $1)";
        let error = tx.exec(sql, params!["nadie"]).await.unwrap_err();
        assert!(matches!(error, DbError::ForeignKey(_)), "{error}");
    }

    async fn a_wrong_statement_is_storage_and_tells_the_person_nothing(db: Db) {
        let error = db.scalar::<i64>("SELECT secreto FROM nada", params![]).await.unwrap_err();
        assert!(matches!(error, DbError::Storage(_)), "{error}");
        let texto = serde_json::to_string(&Problema::from(error)).unwrap();
        assert!(!texto.contains("nada") && !texto.contains("SELECT"), "{texto}");
    }

    async fn a_busy_database_asks_to_try_again(db: Db) {
        let _ = db;
        let texto = serde_json::to_string(&Problema::from(DbError::Busy)).unwrap();
        assert!(texto.contains("503") && texto.contains("base_ocupada"), "{texto}");
    }
}
