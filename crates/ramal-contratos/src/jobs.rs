//! Daily job of the slice: rows whose facts reach their day. It decides nothing: the facts did.

use std::sync::Arc;

use async_trait::async_trait;
use ramal_base::{Cx, Zona};
use ramal_db::Db;
use ramal_jobs::{Horario, JobError, Manejador, Trabajo};

use crate::{Error, actions, storage};

/// Kind of the job.
pub const ESTADOS: &str = "contratos.estados";

/// Services brought up to date between two looks at the queue.
const TANDA: i64 = 200;

/// Brings up to date the services that change by the calendar.
pub struct ActualizarEstados {
    db: Db,
    cx: Cx,
}

impl ActualizarEstados {
    /// Handler over a database.
    pub fn new(db: Db, cx: &Cx) -> ActualizarEstados {
        ActualizarEstados { db, cx: cx.as_actor("trabajo:contratos.estados") }
    }

    /// Brings up to date every service that is not; gives how many. A service has a transaction of
    /// its own, so a stop in the middle loses nothing.
    ///
    /// Errors: `Plataforma`, `Storage`.
    pub async fn run_all(&self) -> Result<u64, Error> {
        let hoy = actions::hoy(&self.db, &self.cx).await?;
        let mut hechos = 0;
        loop {
            let ids = storage::por_cambiar(&self.db, hoy, TANDA).await?;
            if ids.is_empty() {
                return Ok(hechos);
            }
            for id in ids {
                let tx = self.db.begin().await?;
                actions::refresh_estado(&tx, &self.cx, id).await?;
                tx.commit().await?;
                hechos += 1;
            }
        }
    }
}

#[async_trait]
impl Manejador for ActualizarEstados {
    fn tipo(&self) -> &'static str {
        ESTADOS
    }

    async fn run(&self, _trabajo: &Trabajo) -> Result<(), JobError> {
        let servicios = self.run_all().await.map_err(JobError::retry)?;
        tracing::info!(servicios, "services brought up to date by the calendar");
        Ok(())
    }
}

/// Handlers of the slice and of the customers' below it, whose bulk acts begin in the pages here.
pub fn manejadores(db: &Db, cx: &Cx) -> Vec<Arc<dyn Manejador>> {
    let mut todos = ramal_clientes::manejadores(db, cx);
    todos.push(Arc::new(ActualizarEstados::new(db.clone(), cx)));
    todos
}

/// Schedules of the slice in the company's zone: just after midnight, before the billing run.
pub fn horarios(zona: &Zona) -> Vec<Horario> {
    vec![Horario { nombre: ESTADOS, cron: "5 0 * * *", zona: zona.clone(), trabajo_tipo: ESTADOS }]
}
