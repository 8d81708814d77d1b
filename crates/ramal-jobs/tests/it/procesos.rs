//! Many workers, workers that die and workers that stop. The claims here are the ones about kills.

use std::collections::BTreeSet;
use std::sync::Arc;

use ramal_db::{Consulta, Db, params};
use ramal_jobs::{Obrero, Politica, Registro};
use ramal_testkit::{Base, cx_en, cx_fijo, reloj};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::apoyo::{Sonda, TIPO, cola, obrero, pedir};

const UNO: Politica = Politica { esperas_ms: &[1_000], max_intentos: 2, concurrencia: 1 };

/// Two gates: one that the handler opens when it begins, one at which it waits.
fn compuertas() -> (Arc<Semaphore>, Arc<Semaphore>) {
    (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)))
}

fn detenida(empezo: &Arc<Semaphore>, soltar: &Arc<Semaphore>) -> Arc<Sonda> {
    let (empezo, soltar) = (empezo.clone(), soltar.clone());
    Sonda::new(TIPO, UNO, move |_| {
        let (empezo, soltar) = (empezo.clone(), soltar.clone());
        async move {
            empezo.add_permits(1);
            soltar.acquire().await.unwrap().forget();
            Ok(())
        }
    })
}

ramal_testkit::both_engines! {
    migraciones: [ramal_db::MIGRACIONES, ramal_jobs::MIGRACIONES];

    async fn two_workers_never_run_one_job_twice(base: Base) {
        let otra = Db::open(&base.options).await.unwrap();
        let (cx, sonda) = (cx_fijo(), Sonda::buena(TIPO));
        pedir(&base.db, &cx, 300).await;
        let uno = obrero(&base.db, &cx, &sonda);
        let dos = obrero(&otra, &cx, &sonda);
        let (uno, dos) = tokio::join!(uno.drain(), dos.drain());
        assert_eq!(uno.unwrap().hechos + dos.unwrap().hechos, 300);
        let vistos = sonda.vistos();
        let distintos: BTreeSet<_> = vistos.iter().map(|t| t.id).collect();
        assert_eq!((vistos.len(), distintos.len()), (300, 300));
        assert!(cola(&base.db).await.is_empty());
        otra.close().await.unwrap();
    }

    async fn the_jobs_of_a_killed_process_come_back_when_the_lease_ends(db: Db) {
        let reloj = reloj();
        let cx = cx_en(&reloj);
        pedir(&db, &cx, 2).await;
        let (empezo, soltar) = compuertas();
        let muerto = obrero(&db, &cx, &detenida(&empezo, &soltar));
        let proceso = tokio::spawn(async move { muerto.drain().await });
        empezo.acquire().await.unwrap().forget();
        proceso.abort();
        assert!(proceso.await.unwrap_err().is_cancelled());
        assert_eq!(cola(&db).await, ["timbrar en_curso 2"]);

        let sonda = Sonda::buena(TIPO);
        let vivo = obrero(&db, &cx, &sonda);
        reloj.advance(29_999);
        assert_eq!(vivo.drain().await.unwrap().hechos, 0, "the lease still holds");
        reloj.advance(1);
        assert_eq!(vivo.drain().await.unwrap().hechos, 2);
        assert!(sonda.vistos().iter().all(|t| t.intento == 1), "a kill is not a failed attempt");
    }

    async fn a_job_that_kills_its_process_every_time_is_given_up(db: Db) {
        let reloj = reloj();
        let (cx, sonda) = (cx_en(&reloj), Sonda::buena(TIPO));
        pedir(&db, &cx, 1).await;
        let tx = db.begin().await.unwrap();
        let sql = "UPDATE trabajos SET estado = 'en_curso', caidas = 49, arrendado_hasta = $1";
        tx.exec(sql, params![cx.now()]).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(obrero(&db, &cx, &sonda).drain().await.unwrap().hechos, 0);
        assert_eq!(cola(&db).await, ["timbrar muerto 1"]);
    }

    async fn a_worker_that_lost_its_lease_does_not_settle_the_job_of_another(db: Db) {
        let cx = cx_fijo();
        pedir(&db, &cx, 1).await;
        let otra = db.clone();
        let sonda = Sonda::new(TIPO, UNO, move |_| {
            let db = otra.clone();
            async move {
                // Another worker claims it meanwhile, as it would after the lease.
                let tx = db.begin().await?;
                tx.exec("UPDATE trabajos SET intentos = intentos + 1", params![]).await?;
                Ok(tx.commit().await?)
            }
        });
        assert_eq!(obrero(&db, &cx, &sonda).drain().await.unwrap().hechos, 0);
        assert_eq!(cola(&db).await, ["timbrar en_curso 1"]);
    }

    async fn a_long_job_keeps_its_lease_while_its_process_lives(db: Db) {
        let reloj = reloj();
        let cx = cx_en(&reloj);
        pedir(&db, &cx, 1).await;
        let (empezo, soltar) = compuertas();
        let obrero = obrero(&db, &cx, &detenida(&empezo, &soltar));
        let proceso = tokio::spawn(async move { obrero.drain().await });
        empezo.acquire().await.unwrap().forget();
        reloj.advance(10_000);
        let esperado = cx.now().plus_millis(30_000);
        let mut hasta = None;
        for _ in 0..2_000 {
            hasta = db.scalar("SELECT arrendado_hasta FROM trabajos", params![]).await.unwrap();
            if hasta == Some(esperado) {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
        assert_eq!(hasta, Some(esperado));
        soltar.add_permits(1);
        assert_eq!(proceso.await.unwrap().unwrap().hechos, 1);
    }

    async fn a_stopping_worker_ends_what_runs_and_gives_the_rest_back(db: Db) {
        let cx = cx_fijo();
        pedir(&db, &cx, 3).await;
        let (empezo, soltar) = compuertas();
        let sonda = detenida(&empezo, &soltar);
        let (obrero, cancel) = (obrero(&db, &cx, &sonda), CancellationToken::new());
        let hijo = cancel.clone();
        let proceso = tokio::spawn(async move { obrero.run(hijo).await });
        empezo.acquire().await.unwrap().forget();
        cancel.cancel();
        tokio::task::yield_now().await;
        assert!(!proceso.is_finished(), "a job still runs");
        soltar.add_permits(1);
        proceso.await.unwrap();

        assert_eq!(sonda.vistos().len(), 1);
        assert_eq!(cola(&db).await, ["timbrar pendiente 2"]);
        let intentos: Vec<i32> =
            db.column("SELECT intentos FROM trabajos", params![]).await.unwrap();
        assert_eq!(intentos, [0, 0], "as if they had not been claimed");
    }

    async fn a_kind_never_exceeds_its_concurrency(db: Db) {
        let cx = cx_fijo();
        pedir(&db, &cx, 40).await;
        let (plazas, politica) =
            (Arc::new(Semaphore::new(3)), Politica { concurrencia: 3, ..UNO });
        let sonda = Sonda::new(TIPO, politica, move |_| {
            let plazas = plazas.clone();
            async move {
                let plaza = plazas.try_acquire();
                tokio::task::yield_now().await;
                plaza.map(|_| ()).map_err(ramal_jobs::JobError::fail)
            }
        });
        let resumen = obrero(&db, &cx, &sonda).drain().await.unwrap();
        assert_eq!((resumen.hechos, resumen.muertos), (40, 0));
    }

    async fn a_poke_wakes_a_resting_worker(db: Db) {
        let (cx, sonda) = (cx_fijo(), Sonda::buena(TIPO));
        let obrero = Obrero::new(
            db.clone(),
            cx.clone(),
            Registro::new().handler(sonda.clone()),
        );
        let (cancel, corredor) = (CancellationToken::new(), obrero.clone());
        let hijo = cancel.clone();
        let proceso = tokio::spawn(async move { corredor.run(hijo).await });
        pedir(&db, &cx, 1).await;
        for _ in 0..2_000 {
            obrero.poke();
            if cola(&db).await.is_empty() {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
        assert!(cola(&db).await.is_empty());
        cancel.cancel();
        proceso.await.unwrap();
        assert_eq!(sonda.vistos().len(), 1);
    }
}
