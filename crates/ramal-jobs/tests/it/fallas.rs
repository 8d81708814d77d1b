//! What becomes of a job that does not end well. The authority being down must lose nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use ramal_base::Id;
use ramal_db::{Cursor, Db};
use ramal_jobs::{JobError, Politica, muertos, revive};
use ramal_testkit::{cx_en, cx_fijo, reloj};

use crate::apoyo::{Sonda, TIPO, cola, motivo, obrero, pedir};

const CORTA: Politica = Politica { esperas_ms: &[1_000, 4_000], max_intentos: 3, concurrencia: 2 };

fn siempre_falla() -> Arc<Sonda> {
    Sonda::new(TIPO, CORTA, |_| async { Err(JobError::retry("el PAC no responde")) })
}

fn todos() -> Cursor {
    Cursor { limite: 50, cursor: None }
}

ramal_testkit::both_engines! {
    migraciones: [ramal_db::MIGRACIONES, ramal_jobs::MIGRACIONES];

    async fn after_its_last_attempt_a_job_is_a_dead_letter_with_its_reason(db: Db) {
        let reloj = reloj();
        let (cx, sonda) = (cx_en(&reloj), siempre_falla());
        pedir(&db, &cx, 1).await;
        let obrero = obrero(&db, &cx, &sonda);

        assert_eq!(obrero.drain().await.unwrap().reintentos, 1);
        reloj.advance(999);
        assert_eq!(obrero.drain().await.unwrap().reintentos, 0, "the back-off is kept");
        reloj.advance(251);
        assert_eq!(obrero.drain().await.unwrap().reintentos, 1);
        assert_eq!(motivo(&db).await.as_deref(), Some("el PAC no responde"));
        reloj.advance(5_000);
        assert_eq!(obrero.drain().await.unwrap().muertos, 1);
        reloj.advance(1_000_000);
        obrero.drain().await.unwrap();

        let intentos: Vec<i32> = sonda.vistos().iter().map(|t| t.intento).collect();
        assert_eq!(intentos, [1, 2, 3]);
        let lista = muertos(&db, &todos()).await.unwrap().datos;
        assert_eq!(lista.len(), 1);
        assert_eq!((lista[0].intentos, lista[0].tipo.as_str()), (3, TIPO));
        assert_eq!(lista[0].error.as_deref(), Some("el PAC no responde"));
    }

    async fn what_cannot_be_helped_is_given_up_at_once(db: Db) {
        let cx = cx_fijo();
        let sonda = Sonda::new(TIPO, CORTA, |_| async { Err(JobError::fail("RFC inexistente")) });
        pedir(&db, &cx, 1).await;
        assert_eq!(obrero(&db, &cx, &sonda).drain().await.unwrap().muertos, 1);
        assert_eq!(motivo(&db).await.as_deref(), Some("RFC inexistente"));
        assert_eq!(sonda.vistos().len(), 1);
    }

    async fn a_revived_job_has_all_its_attempts_again(db: Db) {
        let cx = cx_fijo();
        let roto = Arc::new(AtomicBool::new(true));
        let visto = roto.clone();
        let sonda = Sonda::new(TIPO, CORTA, move |_| {
            let roto = visto.load(Ordering::SeqCst);
            async move { if roto { Err(JobError::fail("sin folios")) } else { Ok(()) } }
        });
        pedir(&db, &cx, 1).await;
        let obrero = obrero(&db, &cx, &sonda);
        obrero.drain().await.unwrap();
        roto.store(false, Ordering::SeqCst);
        obrero.drain().await.unwrap();
        assert_eq!(cola(&db).await, ["timbrar muerto 1"], "nobody revives it by itself");

        let id = muertos(&db, &todos()).await.unwrap().datos[0].id;
        let tx = db.begin().await.unwrap();
        assert!(revive(&tx, &cx, id).await.unwrap());
        assert!(!revive(&tx, &cx, id).await.unwrap(), "it is no longer dead");
        assert!(!revive(&tx, &cx, Id::from_uuid(uuid::Uuid::nil())).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(obrero.drain().await.unwrap().hechos, 1);
        assert_eq!(sonda.vistos()[1].intento, 1);
        assert!(cola(&db).await.is_empty());
    }

    async fn the_other_side_may_say_how_long_to_wait(db: Db) {
        let reloj = reloj();
        let cx = cx_en(&reloj);
        let sonda = Sonda::new(TIPO, CORTA, |_| async {
            Err(JobError::retry_after("Retry-After: 90", 90_000))
        });
        pedir(&db, &cx, 1).await;
        let obrero = obrero(&db, &cx, &sonda);
        obrero.drain().await.unwrap();
        reloj.advance(89_999);
        obrero.drain().await.unwrap();
        assert_eq!(sonda.vistos().len(), 1);
        reloj.advance(1);
        obrero.drain().await.unwrap();
        assert_eq!(sonda.vistos().len(), 2);
    }

    async fn a_panic_is_a_failure_and_takes_nobody_along(db: Db) {
        let cx = cx_fijo();
        let sonda = Sonda::new(TIPO, CORTA, |t| async move {
            assert!(t.datos["n"] != 1, "número uno");
            Ok(())
        });
        pedir(&db, &cx, 3).await;
        let resumen = obrero(&db, &cx, &sonda).drain().await.unwrap();
        assert_eq!((resumen.hechos, resumen.reintentos), (2, 1));
        assert_eq!(motivo(&db).await.as_deref(), Some("el programa falló: número uno"));
    }

    async fn data_of_another_shape_are_given_up_not_retried(db: Db) {
        let cx = cx_fijo();
        let sonda = Sonda::new(TIPO, CORTA, |t| async move { t.evento().map(|_| ()) });
        pedir(&db, &cx, 1).await;
        assert_eq!(obrero(&db, &cx, &sonda).drain().await.unwrap().muertos, 1);
    }

    async fn the_list_of_dead_letters_is_paged(db: Db) {
        let cx = cx_fijo();
        let sonda = Sonda::new(TIPO, CORTA, |_| async { Err(JobError::fail("x".repeat(900))) });
        pedir(&db, &cx, 5).await;
        obrero(&db, &cx, &sonda).drain().await.unwrap();

        let mut cursor = Cursor { limite: 2, cursor: None };
        let mut vistos = Vec::new();
        loop {
            let pagina = muertos(&db, &cursor).await.unwrap();
            vistos.extend(pagina.datos);
            cursor.cursor = pagina.siguiente;
            if cursor.cursor.is_none() {
                break;
            }
        }
        assert_eq!(vistos.len(), 5);
        assert!(vistos.windows(2).all(|v| v[0].id < v[1].id), "oldest first, none twice");
        assert_eq!(vistos[0].error.as_ref().unwrap().len(), 500, "a reason is kept short");
    }
}
