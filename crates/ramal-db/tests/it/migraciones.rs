//! The schema is applied once and never silently edited.

use ramal_db::{Consulta, Db, DbError, Migracion, params};

const PRIMERA: Migracion = Migracion {
    id: "20261120_1000_gatos",
    sql: "CREATE TABLE gatos (n BIGINT NOT NULL PRIMARY KEY); INSERT INTO gatos VALUES (1);",
    postgres: None,
};
const SEGUNDA: Migracion = Migracion {
    id: "20261120_1100_gatos_color",
    sql: "ALTER TABLE gatos ADD COLUMN color TEXT",
    postgres: None,
};
const EDITADA: Migracion =
    Migracion { sql: "CREATE TABLE gatos (n BIGINT NOT NULL PRIMARY KEY)", ..PRIMERA };
const ROTA: Migracion = Migracion {
    id: "20261120_1200_rota",
    sql: "CREATE TABLE perros (n BIGINT NOT NULL PRIMARY KEY); INSERT INTO nada VALUES (1)",
    postgres: None,
};

async fn gatos(db: &Db) -> i64 {
    db.scalar("SELECT COUNT(*) FROM gatos", params![]).await.unwrap().unwrap()
}

ramal_testkit::both_engines! {
    migraciones: [];

    async fn migrating_twice_applies_once_and_in_order_of_ids(db: Db) {
        let hechas = db.migrate(&[&[SEGUNDA], &[PRIMERA]]).await.unwrap();
        assert_eq!(hechas, [PRIMERA.id, SEGUNDA.id]);
        assert!(db.migrate(&[&[PRIMERA], &[SEGUNDA]]).await.unwrap().is_empty());
        assert_eq!(gatos(&db).await, 1, "the insert of the migration ran once");
    }

    async fn a_migration_that_changed_after_release_is_refused(db: Db) {
        db.migrate(&[&[PRIMERA]]).await.unwrap();
        let error = db.migrate(&[&[EDITADA, SEGUNDA]]).await.unwrap_err();
        assert!(matches!(error, DbError::Corrupt("a migration changed")), "{error}");
        let sql = "SELECT id FROM migraciones";
        let aplicadas: Vec<String> = db.column(sql, params![]).await.unwrap();
        assert_eq!(aplicadas, [PRIMERA.id], "nothing after it was applied");
    }

    async fn a_migration_that_fails_half_way_leaves_nothing(db: Db) {
        db.migrate(&[&[PRIMERA]]).await.unwrap();
        db.migrate(&[&[PRIMERA, ROTA]]).await.unwrap_err();
        let sql = "SELECT COUNT(*) FROM perros";
        db.scalar::<i64>(sql, params![]).await.expect_err("the table was rolled back");
        assert_eq!(db.migrate(&[&[PRIMERA, SEGUNDA]]).await.unwrap(), [SEGUNDA.id]);
    }

    async fn two_processes_that_start_together_both_find_the_schema(db: Db) {
        let lista: &[&[Migracion]] = &[&[PRIMERA, SEGUNDA]];
        let (a, b) = tokio::join!(db.migrate(lista), db.migrate(lista));
        assert_eq!(a.unwrap().len() + b.unwrap().len(), 2);
        assert_eq!(gatos(&db).await, 1);
    }

    async fn the_ground_tables_apply(db: Db) {
        assert_eq!(db.migrate(&[ramal_db::MIGRACIONES]).await.unwrap().len(), 1);
    }
}
