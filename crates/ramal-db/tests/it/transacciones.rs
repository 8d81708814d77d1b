//! Transactions and the outbox: nothing without commit, and readers never see half of a change.

use ramal_db::{Consulta, Db, Evento, EventoRegistrado, params};
use ramal_testkit::cx_fijo;
use serde::Serialize;
use uuid::Uuid;

#[derive(Serialize)]
struct ClienteCreado {
    nombre: &'static str,
}

impl Evento for ClienteCreado {
    const TIPO: &'static str = "cliente.creado";

    fn sujeto(&self) -> String {
        "cliente/66489".into()
    }

    fn cliente(&self) -> Option<Uuid> {
        Some(Uuid::from_u128(66_489))
    }
}

async fn eventos(db: &Db) -> i64 {
    db.scalar("SELECT COUNT(*) FROM eventos", params![]).await.unwrap().unwrap()
}

ramal_testkit::both_engines! {
    migraciones: [ramal_db::MIGRACIONES];

    async fn an_event_lies_in_the_outbox_beside_its_change(db: Db) {
        let cx = cx_fijo();
        let tx = db.begin().await.unwrap();
        tx.emit(&cx, &ClienteCreado { nombre: "Javier Mosca" }).await.unwrap();
        assert_eq!(eventos(&db).await, 0, "no reader sees it before the commit");
        tx.commit().await.unwrap();
        let sql = "SELECT id, tipo, sujeto, instante, datos FROM eventos \
            WHERE cliente_id = $1 AND publicado = FALSE";
        let params = params![Uuid::from_u128(66_489)];
        let evento: EventoRegistrado = db.opt(sql, params).await.unwrap().unwrap();
        assert_eq!((evento.tipo.as_str(), evento.instante), ("cliente.creado", cx.now()));
        assert_eq!(evento.datos, r#"{"nombre":"Javier Mosca"}"#);
    }

    async fn dropped_or_rolled_back_means_nothing_happened(db: Db) {
        let cx = cx_fijo();
        let tx = db.begin().await.unwrap();
        tx.emit(&cx, &ClienteCreado { nombre: "a" }).await.unwrap();
        drop(tx);
        let tx = db.begin().await.unwrap();
        tx.emit(&cx, &ClienteCreado { nombre: "b" }).await.unwrap();
        tx.rollback().await.unwrap();
        assert_eq!(eventos(&db).await, 0);
        let tx = db.begin().await.unwrap();
        tx.emit(&cx, &ClienteCreado { nombre: "c" }).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(eventos(&db).await, 1, "the writer is free again");
    }
}
