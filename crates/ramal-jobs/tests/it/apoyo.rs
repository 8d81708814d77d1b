//! Handlers that remember what they were given, and shorthands to look at the queue. Asserts
//! nothing.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use ramal_base::Cx;
use ramal_db::{Consulta, Db, params};
use ramal_jobs::{JobError, Manejador, NuevoTrabajo, Obrero, Politica, Registro, Trabajo, enqueue};
use serde_json::json;

pub const TIPO: &str = "timbrar";

type Respuesta = Pin<Box<dyn Future<Output = Result<(), JobError>> + Send>>;
type Accion = dyn Fn(Trabajo) -> Respuesta + Send + Sync;

/// Handler that remembers every job that it was given and then does as told.
pub struct Sonda {
    tipo: &'static str,
    politica: Politica,
    accion: Box<Accion>,
    vistos: Mutex<Vec<Trabajo>>,
}

impl Sonda {
    pub fn new<F, R>(tipo: &'static str, politica: Politica, accion: F) -> Arc<Sonda>
    where
        F: Fn(Trabajo) -> R + Send + Sync + 'static,
        R: Future<Output = Result<(), JobError>> + Send + 'static,
    {
        let accion: Box<Accion> = Box::new(move |t| Box::pin(accion(t)));
        Arc::new(Sonda { tipo, politica, accion, vistos: Mutex::default() })
    }

    /// Handler for which everything goes well.
    pub fn buena(tipo: &'static str) -> Arc<Sonda> {
        Sonda::new(tipo, Politica::default(), |_| async {
            tokio::task::yield_now().await;
            Ok(())
        })
    }

    pub fn vistos(&self) -> Vec<Trabajo> {
        self.vistos.lock().unwrap().clone()
    }
}

#[async_trait]
impl Manejador for Sonda {
    fn tipo(&self) -> &'static str {
        self.tipo
    }

    fn politica(&self) -> Politica {
        self.politica
    }

    async fn run(&self, trabajo: &Trabajo) -> Result<(), JobError> {
        self.vistos.lock().unwrap().push(trabajo.clone());
        (self.accion)(trabajo.clone()).await
    }
}

pub fn obrero(db: &Db, cx: &Cx, sonda: &Arc<Sonda>) -> Obrero {
    Obrero::new(db.clone(), cx.clone(), Registro::new().handler(sonda.clone()))
}

pub async fn pedir(db: &Db, cx: &Cx, n: usize) {
    let tx = db.begin().await.unwrap();
    for i in 0..n {
        enqueue(&tx, cx, NuevoTrabajo::new(TIPO, json!({ "n": i }))).await.unwrap();
    }
    tx.commit().await.unwrap();
}

/// `tipo estado cantidad` of everything in the queue.
pub async fn cola(db: &Db) -> Vec<String> {
    let conteos = ramal_jobs::conteos(db).await.unwrap();
    conteos.iter().map(|c| format!("{} {} {}", c.tipo, c.estado, c.cantidad)).collect()
}

/// Reason of the only job in the queue.
pub async fn motivo(db: &Db) -> Option<String> {
    db.scalar("SELECT error FROM trabajos", params![]).await.unwrap()
}
