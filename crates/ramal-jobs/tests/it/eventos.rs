//! The relay: every event to every subscriber once, and to the sink at least once.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use ramal_base::Cx;
use ramal_db::evento::Eventos;
use ramal_db::{Consulta, Db, DbError, Evento, EventoRegistrado, params};
use ramal_jobs::{ArchivoPublicador, NuevoTrabajo, Obrero, Publicador, Registro, enqueue};
use ramal_testkit::{Base, cx_fijo};
use serde::Serialize;
use serde_json::{Value, json};

use crate::apoyo::{Sonda, cola};

#[derive(Serialize)]
struct PagoAplicado {
    n: usize,
}

impl Evento for PagoAplicado {
    const TIPO: &'static str = "pago.aplicado";

    fn sujeto(&self) -> String {
        format!("pago/{}", self.n)
    }
}

async fn emitir(db: &Db, cx: &Cx, n: usize) {
    let tx = db.begin().await.unwrap();
    let mut lote = Eventos::default();
    for n in 0..n {
        lote.push(cx, &PagoAplicado { n }).unwrap();
    }
    lote.insert(&tx).await.unwrap();
    tx.commit().await.unwrap();
}

async fn por_publicar(db: &Db) -> i64 {
    let sql = "SELECT COUNT(*) FROM eventos WHERE publicado = FALSE";
    db.scalar(sql, params![]).await.unwrap().unwrap()
}

fn suscrito(a: &Arc<Sonda>, b: &Arc<Sonda>) -> Registro {
    Registro::new()
        .handler(a.clone())
        .handler(b.clone())
        .on("pago.aplicado", "reactivar")
        .on("pago.aplicado", "avisar")
        .on("contrato.firmado", "avisar")
}

fn sujetos(sonda: &Sonda) -> Vec<String> {
    let mut lista: Vec<String> =
        sonda.vistos().iter().map(|t| t.evento().unwrap().sujeto).collect();
    lista.sort();
    lista
}

/// Sink that can be told to be down.
struct Intermitente(AtomicBool);

#[async_trait]
impl Publicador for Intermitente {
    async fn publish(&self, _: &[EventoRegistrado]) -> Result<(), DbError> {
        match self.0.load(Ordering::SeqCst) {
            true => Ok(()),
            false => Err(DbError::Storage("disk full".into())),
        }
    }
}

/// Sink during whose publication another process relays, and does, everything.
struct Adelantado(Obrero);

#[async_trait]
impl Publicador for Adelantado {
    async fn publish(&self, _: &[EventoRegistrado]) -> Result<(), DbError> {
        self.0.drain().await.map(|_| ())
    }
}

ramal_testkit::both_engines! {
    migraciones: [ramal_db::MIGRACIONES, ramal_jobs::MIGRACIONES];

    async fn each_subscriber_gets_each_event_once(db: Db) {
        let cx = cx_fijo();
        let (reactivar, avisar) = (Sonda::buena("reactivar"), Sonda::buena("avisar"));
        let obrero = Obrero::new(db.clone(), cx.clone(), suscrito(&reactivar, &avisar));
        emitir(&db, &cx, 3).await;
        let resumen = obrero.drain().await.unwrap();
        assert_eq!((resumen.eventos, resumen.hechos), (3, 6));
        assert_eq!(obrero.drain().await.unwrap().eventos, 0, "a second pass finds nothing");
        for sonda in [&reactivar, &avisar] {
            assert_eq!(sujetos(sonda), ["pago/0", "pago/1", "pago/2"]);
        }
        let evento = reactivar.vistos()[0].evento().unwrap();
        assert_eq!((evento.tipo.as_str(), evento.instante), ("pago.aplicado", cx.now()));
        assert!(evento.datos["n"].is_number());
    }

    async fn a_rolled_back_event_wakes_nobody(db: Db) {
        let cx = cx_fijo();
        let (reactivar, avisar) = (Sonda::buena("reactivar"), Sonda::buena("avisar"));
        let tx = db.begin().await.unwrap();
        tx.emit(&cx, &PagoAplicado { n: 1 }).await.unwrap();
        tx.rollback().await.unwrap();
        let obrero = Obrero::new(db.clone(), cx, suscrito(&reactivar, &avisar));
        assert_eq!(obrero.drain().await.unwrap().eventos, 0);
        assert!(reactivar.vistos().is_empty());
    }

    async fn two_relays_at_once_wake_each_subscriber_once(base: Base) {
        let otra = Db::open(&base.options).await.unwrap();
        let cx = cx_fijo();
        let (reactivar, avisar) = (Sonda::buena("reactivar"), Sonda::buena("avisar"));
        emitir(&base.db, &cx, 1_500).await;
        let uno = Obrero::new(base.db.clone(), cx.clone(), suscrito(&reactivar, &avisar));
        let dos = Obrero::new(otra.clone(), cx.clone(), suscrito(&reactivar, &avisar));
        let (a, b) = tokio::join!(uno.drain(), dos.drain());
        let (a, b) = (a.unwrap(), b.unwrap());
        uno.drain().await.unwrap();
        assert_eq!(a.eventos + b.eventos, 1_500);
        for sonda in [&reactivar, &avisar] {
            let todos = sujetos(sonda);
            let distintos: BTreeSet<&String> = todos.iter().collect();
            assert_eq!((todos.len(), distintos.len()), (1_500, 1_500));
        }
        assert_eq!(por_publicar(&base.db).await, 0);
        otra.close().await.unwrap();
    }

    async fn a_relay_that_comes_late_wakes_nobody_again(db: Db) {
        let cx = cx_fijo();
        let (reactivar, avisar) = (Sonda::buena("reactivar"), Sonda::buena("avisar"));
        emitir(&db, &cx, 3).await;
        let otro = Obrero::new(db.clone(), cx.clone(), suscrito(&reactivar, &avisar));
        let registro = suscrito(&reactivar, &avisar).publish_to(Arc::new(Adelantado(otro)));
        let tardio = Obrero::new(db.clone(), cx, registro);
        assert_eq!(tardio.drain().await.unwrap().eventos, 0);
        assert_eq!((reactivar.vistos().len(), avisar.vistos().len()), (3, 3));
    }

    async fn events_are_published_as_cloud_events_in_their_order(db: Db) {
        let cx = cx_fijo();
        let carpeta = tempfile::tempdir().unwrap();
        let ruta = carpeta.path().join("eventos.jsonl");
        let publicador = Arc::new(ArchivoPublicador::new(&ruta, "/ramal"));
        let registro = Registro::new().publish_to(publicador);
        let obrero = Obrero::new(db.clone(), cx.clone(), registro);
        emitir(&db, &cx, 1_100).await;
        assert_eq!(obrero.drain().await.unwrap().eventos, 1_100);
        emitir(&db, &cx, 1).await;
        obrero.drain().await.unwrap();

        let texto = std::fs::read_to_string(&ruta).unwrap();
        let lineas: Vec<Value> = texto.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
        assert_eq!(lineas.len(), 1_101);
        assert_eq!(lineas[1_099]["subject"], json!("pago/1099"));
        let ids: BTreeSet<&str> = lineas.iter().map(|l| l["id"].as_str().unwrap()).collect();
        assert_eq!(ids.len(), 1_101);
        assert_eq!(lineas[0]["specversion"], json!("1.0"));
        assert_eq!(lineas[0]["time"], json!("2026-11-20T15:00:00Z"));
    }

    async fn a_sink_that_is_down_loses_no_event_and_holds_up_no_job(db: Db) {
        let cx = cx_fijo();
        let (reactivar, avisar) = (Sonda::buena("reactivar"), Sonda::buena("avisar"));
        let sink = Arc::new(Intermitente(AtomicBool::new(false)));
        let registro = suscrito(&reactivar, &avisar).publish_to(sink.clone());
        let obrero = Obrero::new(db.clone(), cx.clone(), registro);
        emitir(&db, &cx, 2).await;
        let tx = db.begin().await.unwrap();
        enqueue(&tx, &cx, NuevoTrabajo::new("reactivar", json!({}))).await.unwrap();
        tx.commit().await.unwrap();

        assert!(matches!(obrero.drain().await, Err(DbError::Storage(_))));
        assert!(cola(&db).await.is_empty(), "the job that was due was done");
        assert_eq!(por_publicar(&db).await, 2);
        sink.0.store(true, Ordering::SeqCst);
        assert_eq!(obrero.drain().await.unwrap().eventos, 2);
        assert_eq!((reactivar.vistos().len(), avisar.vistos().len()), (3, 2));
    }
}
