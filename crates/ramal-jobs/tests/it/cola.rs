//! Entering the queue and leaving it. Failures are in `fallas`, many processes in `procesos`.

use ramal_db::Db;
use ramal_jobs::{LoteTrabajos, NuevoTrabajo, Obrero, Registro, enqueue};
use ramal_testkit::{cx_en, cx_fijo, reloj};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::apoyo::{Sonda, TIPO, cola, obrero, pedir};

ramal_testkit::both_engines! {
    migraciones: [ramal_db::MIGRACIONES, ramal_jobs::MIGRACIONES];

    async fn a_rolled_back_change_asks_for_nothing(db: Db) {
        let cx = cx_fijo();
        let tx = db.begin().await.unwrap();
        enqueue(&tx, &cx, NuevoTrabajo::new(TIPO, json!({}))).await.unwrap();
        tx.rollback().await.unwrap();
        assert!(cola(&db).await.is_empty());

        let tx = db.begin().await.unwrap();
        enqueue(&tx, &cx, NuevoTrabajo::new(TIPO, json!({}))).await.unwrap();
        drop(tx);
        assert!(cola(&db).await.is_empty(), "dropped without commit");
    }

    async fn a_job_reaches_its_handler_with_its_data_and_leaves(db: Db) {
        let (cx, sonda) = (cx_fijo(), Sonda::buena(TIPO));
        let tx = db.begin().await.unwrap();
        let datos = json!({ "factura": "F001-1", "ñ": [1, null] });
        enqueue(&tx, &cx, NuevoTrabajo::new(TIPO, datos.clone()).with_clave("F001-1"))
            .await
            .unwrap();
        tx.commit().await.unwrap();
        assert_eq!(cola(&db).await, ["timbrar pendiente 1"]);

        let resumen = obrero(&db, &cx, &sonda).drain().await.unwrap();
        assert_eq!(resumen.hechos, 1);
        assert!(cola(&db).await.is_empty());
        let visto = &sonda.vistos()[0];
        assert_eq!((&visto.datos, visto.intento), (&datos, 1));
        assert_eq!(visto.clave.as_deref(), Some("F001-1"));
        assert_eq!(visto.creado, cx.now());
    }

    async fn the_same_key_is_asked_for_once_while_it_waits_or_lies_dead(db: Db) {
        let cx = cx_fijo();
        for _ in 0..2 {
            let tx = db.begin().await.unwrap();
            let mut lote = LoteTrabajos::new();
            for clave in ["a", "b", "a"] {
                lote.push(&cx, NuevoTrabajo::new(TIPO, json!({})).with_clave(clave));
            }
            lote.push(&cx, NuevoTrabajo::new("otro", json!({})).with_clave("a"));
            lote.insert(&tx).await.unwrap();
            tx.commit().await.unwrap();
        }
        assert_eq!(cola(&db).await, ["otro pendiente 1", "timbrar pendiente 2"]);
    }

    async fn jobs_without_key_are_never_taken_for_the_same(db: Db) {
        pedir(&db, &cx_fijo(), 3).await;
        assert_eq!(cola(&db).await, ["timbrar pendiente 3"]);
    }

    async fn a_done_key_may_be_asked_for_again(db: Db) {
        let (cx, sonda) = (cx_fijo(), Sonda::buena(TIPO));
        for _ in 0..2 {
            let tx = db.begin().await.unwrap();
            let nuevo = NuevoTrabajo::new(TIPO, json!({})).with_clave("dia 20");
            enqueue(&tx, &cx, nuevo).await.unwrap();
            tx.commit().await.unwrap();
            obrero(&db, &cx, &sonda).drain().await.unwrap();
        }
        assert_eq!(sonda.vistos().len(), 2);
    }

    async fn a_job_for_later_waits_for_its_instant(db: Db) {
        let reloj = reloj();
        let (cx, sonda) = (cx_en(&reloj), Sonda::buena(TIPO));
        let tx = db.begin().await.unwrap();
        let luego = cx.now().plus_millis(60_000);
        enqueue(&tx, &cx, NuevoTrabajo::new(TIPO, json!({})).no_antes_de(luego)).await.unwrap();
        tx.commit().await.unwrap();

        let obrero = obrero(&db, &cx, &sonda);
        reloj.advance(59_999);
        assert_eq!(obrero.drain().await.unwrap().hechos, 0);
        reloj.advance(1);
        assert_eq!(obrero.drain().await.unwrap().hechos, 1);
    }

    async fn a_kind_without_handler_waits_for_a_program_that_has_one(db: Db) {
        let cx = cx_fijo();
        pedir(&db, &cx, 1).await;
        let otro = Sonda::buena("otro");
        obrero(&db, &cx, &otro).drain().await.unwrap();
        Obrero::new(db.clone(), cx, Registro::new()).drain().await.unwrap();
        assert_eq!(cola(&db).await, ["timbrar pendiente 1"]);
    }

    async fn thousands_are_drained_in_batches_with_none_left(db: Db) {
        let (cx, sonda) = (cx_fijo(), Sonda::buena(TIPO));
        let tx = db.begin().await.unwrap();
        let mut lote = LoteTrabajos::new();
        for n in 0..2_000 {
            lote.push(&cx, NuevoTrabajo::new(TIPO, json!(n)));
        }
        lote.insert(&tx).await.unwrap();
        tx.commit().await.unwrap();

        assert_eq!(obrero(&db, &cx, &sonda).drain().await.unwrap().hechos, 2_000);
        let mut vistos: Vec<i64> =
            sonda.vistos().iter().map(|t| t.datos.as_i64().unwrap()).collect();
        vistos.sort_unstable();
        assert_eq!(vistos, (0..2_000).collect::<Vec<i64>>());
        assert!(cola(&db).await.is_empty());
    }

    async fn drain_until_works_on_until_the_caller_is_content(db: Db) {
        let (cx, sonda) = (cx_fijo(), Sonda::buena(TIPO));
        pedir(&db, &cx, 5).await;
        let vistos = || {
            let n = sonda.vistos().len();
            async move { Ok(n == 5) }
        };
        let cancel = CancellationToken::new();
        let resumen = obrero(&db, &cx, &sonda).drain_until(&cancel, vistos).await.unwrap();
        assert_eq!(resumen.hechos, 5);
        cancel.cancel();
        let nunca = || async { Ok(false) };
        obrero(&db, &cx, &sonda).drain_until(&cancel, nunca).await.unwrap();
    }
}
