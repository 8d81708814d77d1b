//! Schedules in the database: once per due time, however many processes and however long the
//! silence.

use ramal_base::{Instante, Zona};
use ramal_db::Db;
use ramal_jobs::{Horario, Obrero, Registro};
use ramal_testkit::{Base, cx_en, reloj};
use serde_json::json;

use crate::apoyo::{Sonda, cola};

const DIA_MS: i64 = 86_400_000;

fn nocturno(sonda: &std::sync::Arc<Sonda>) -> Registro {
    let zona = Zona::parse("America/Lima").unwrap();
    Registro::new().handler(sonda.clone()).schedule(Horario {
        nombre: "corrida-nocturna",
        cron: "30 2 * * *",
        zona,
        trabajo_tipo: "correr",
    })
}

ramal_testkit::both_engines! {
    migraciones: [ramal_db::MIGRACIONES, ramal_jobs::MIGRACIONES];

    async fn a_schedule_asks_once_per_due_time_for_two_processes(base: Base) {
        let otra = Db::open(&base.options).await.unwrap();
        let (reloj, sonda) = (reloj(), Sonda::buena("correr"));
        let cx = cx_en(&reloj);
        let uno = Obrero::new(base.db.clone(), cx.clone(), nocturno(&sonda));
        let dos = Obrero::new(otra.clone(), cx.clone(), nocturno(&sonda));
        uno.drain().await.unwrap();
        dos.drain().await.unwrap();
        assert!(sonda.vistos().is_empty(), "a new schedule owes nothing");

        reloj.set(Instante::parse("2026-11-21T07:30:00Z").unwrap());
        let (a, b) = tokio::join!(uno.drain(), dos.drain());
        assert_eq!(a.unwrap().horarios + b.unwrap().horarios, 1);
        uno.drain().await.unwrap();
        assert_eq!(sonda.vistos().len(), 1);
        let esperado = json!({ "horario": "corrida-nocturna", "instante": "2026-11-21T07:30:00Z" });
        assert_eq!(sonda.vistos()[0].datos, esperado);
        otra.close().await.unwrap();
    }

    async fn a_week_down_asks_once_and_the_next_night_again(db: Db) {
        let (reloj, sonda) = (reloj(), Sonda::buena("correr"));
        let obrero = Obrero::new(db.clone(), cx_en(&reloj), nocturno(&sonda));
        obrero.drain().await.unwrap();
        reloj.advance(7 * DIA_MS);
        assert_eq!(obrero.drain().await.unwrap().horarios, 1);
        let esperado = json!("2026-11-27T07:30:00Z");
        assert_eq!(sonda.vistos()[0].datos["instante"], esperado);
        reloj.advance(DIA_MS);
        assert_eq!(obrero.drain().await.unwrap().horarios, 1);
        assert_eq!(sonda.vistos().len(), 2);
        assert!(cola(&db).await.is_empty());
    }
}
