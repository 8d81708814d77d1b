//! The trail: complete, in order, and never rewritten.

use ramal_db::{Consulta, Db, params};
use ramal_plataforma::{Registro, audit};
use ramal_testkit::both_engines;
use serde_json::json;

use crate::mundo::Mundo;

both_engines! {
    migraciones: [ramal_db::MIGRACIONES, ramal_web::MIGRACIONES, ramal_plataforma::MIGRACIONES];

    async fn a_line_of_the_trail_cannot_be_changed_or_removed(db: Db) {
        let mundo = Mundo::new(db);
        mundo.clave("panel", &["*"]).await;
        for sql in ["UPDATE auditoria SET actor = 'nadie'", "DELETE FROM auditoria"] {
            let tx = mundo.db.begin().await.unwrap();
            assert!(tx.exec(sql, params![]).await.is_err(), "{sql}");
            tx.rollback().await.unwrap();
        }
        let actor: Option<String> =
            mundo.db.scalar("SELECT actor FROM auditoria", params![]).await.unwrap();
        assert_eq!(actor.as_deref(), Some("prueba"));
    }

    async fn the_pages_of_the_trail_join_without_gaps(db: Db) {
        let mundo = Mundo::new(db);
        let clave = mundo.clave("panel", &["*"]).await.texto;
        let tx = mundo.db.begin().await.unwrap();
        for n in 0..7 {
            let registro = Registro::new("emisor.cambiar", "emisor", n)
                .antes(json!({"modo": "emulado"}))
                .despues(json!({"modo": "real", "token": "x"}));
            audit(&tx, &mundo.cx, registro).await.unwrap();
        }
        tx.commit().await.unwrap();
        let (mut vistos, mut cursor) = (Vec::new(), String::new());
        loop {
            let ruta = format!("/api/v1/auditoria?limite=3&objeto_tipo=emisor{cursor}");
            let (estado, pagina) = mundo.llamar("GET", &ruta, &clave, "").await;
            assert_eq!(estado, 200, "{pagina}");
            for linea in pagina["datos"].as_array().unwrap() {
                assert_eq!(linea["despues"], json!({"modo": "real", "token": "***"}));
                vistos.push(linea["objeto_id"].as_str().unwrap().to_owned());
            }
            match pagina["siguiente"].as_str() {
                Some(siguiente) => cursor = format!("&cursor={siguiente}"),
                None => break,
            }
        }
        assert_eq!(vistos, ["6", "5", "4", "3", "2", "1", "0"]);
        let (_, una) = mundo
            .llamar("GET", "/api/v1/auditoria?objeto_tipo=emisor&objeto_id=4", &clave, "")
            .await;
        assert_eq!(una["datos"].as_array().unwrap().len(), 1);
    }
}
