//! Housekeeping of the whole program that belongs to no slice. It touches nothing of the business.

use std::sync::Arc;

use async_trait::async_trait;
use ramal_base::{Cx, Zona};
use ramal_db::Db;
use ramal_jobs::{Horario, JobError, Manejador, Trabajo};

/// Job that forgets the answers kept for repeated requests once nobody repeats them any more, and
/// the sessions, links and attempts that expired.
const PURGAR: &str = "web.purgar_claves";
/// Days that an answer is kept; far longer than any client retries.
const DIAS: i64 = 30;
const DIA_MS: i64 = 86_400_000;

struct PurgarClaves {
    db: Db,
    cx: Cx,
}

#[async_trait]
impl Manejador for PurgarClaves {
    fn tipo(&self) -> &'static str {
        PURGAR
    }

    async fn run(&self, _trabajo: &Trabajo) -> Result<(), JobError> {
        let antes = self.cx.now().plus_millis(-DIAS * DIA_MS);
        let tx = self.db.begin().await?;
        ramal_web::idempotencia::purge(&tx, antes).await?;
        ramal_plataforma::purge_identidad(&tx, &self.cx).await?;
        tx.commit().await.map_err(JobError::from)
    }
}

/// Handlers of the housekeeping.
pub fn manejadores(db: &Db, cx: &Cx) -> Vec<Arc<dyn Manejador>> {
    vec![Arc::new(PurgarClaves { db: db.clone(), cx: cx.clone() })]
}

/// When it is done: every night at 03:30.
pub fn horarios(zona: &Zona) -> Vec<Horario> {
    vec![Horario { nombre: PURGAR, cron: "30 3 * * *", zona: zona.clone(), trabajo_tipo: PURGAR }]
}
