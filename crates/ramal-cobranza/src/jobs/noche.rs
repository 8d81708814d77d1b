//! Jobs by the clock: the pass, the cuts at their hour, the returns of pauses.

use async_trait::async_trait;
use ramal_base::Fecha;
use ramal_jobs::{JobError, Manejador, Politica, Trabajo};
use serde::Deserialize;

use super::{Base, DIARIA, EJECUTAR, HORA, PAUSAS};
use crate::reglas::Reglas;
use crate::storage::pausas;
use crate::{actions, ejecucion, pasada};

/// One at a time: two would only wait for each other.
const DE_A_UNO: Politica =
    Politica { esperas_ms: &[30_000, 120_000, 600_000], max_intentos: 20, concurrencia: 1 };

pub(super) struct Diaria(pub(super) Base);

#[async_trait]
impl Manejador for Diaria {
    fn tipo(&self) -> &'static str {
        DIARIA
    }

    fn politica(&self) -> Politica {
        DE_A_UNO
    }

    async fn run(&self, _trabajo: &Trabajo) -> Result<(), JobError> {
        let Base { db, cx, puertos } = &self.0;
        let hecho = pasada::run(db, cx, puertos).await.map_err(JobError::retry)?;
        let (dias, fallidos) = (hecho.dias.len(), hecho.fallidos.len());
        tracing::info!(dias, clientes = hecho.clientes, fallidos, "pass of collections");
        Ok(())
    }
}

#[derive(Deserialize)]
struct DeFecha {
    fecha: Fecha,
}

pub(super) struct Ejecutar(pub(super) Base);

#[async_trait]
impl Manejador for Ejecutar {
    fn tipo(&self) -> &'static str {
        EJECUTAR
    }

    fn politica(&self) -> Politica {
        DE_A_UNO
    }

    async fn run(&self, trabajo: &Trabajo) -> Result<(), JobError> {
        let fecha = trabajo.datos_as::<DeFecha>()?.fecha;
        execute(&self.0, fecha).await
    }
}

pub(super) struct Hora(pub(super) Base);

#[async_trait]
impl Manejador for Hora {
    fn tipo(&self) -> &'static str {
        HORA
    }

    fn politica(&self) -> Politica {
        DE_A_UNO
    }

    async fn run(&self, _trabajo: &Trabajo) -> Result<(), JobError> {
        let reglas = Reglas::load(&self.0.db, &self.0.cx).await.map_err(JobError::retry)?;
        execute(&self.0, reglas.hoy).await
    }
}

async fn execute(base: &Base, fecha: Fecha) -> Result<(), JobError> {
    let Base { db, cx, puertos } = base;
    let hecho = ejecucion::run(db, cx, puertos, fecha).await.map_err(JobError::retry)?;
    let ejecucion::Ejecucion { suspendidos, omitidos, despues } = hecho;
    tracing::info!(%fecha, suspendidos, omitidos, despues, "cuts executed");
    Ok(())
}

pub(super) struct Pausas(pub(super) Base);

#[async_trait]
impl Manejador for Pausas {
    fn tipo(&self) -> &'static str {
        PAUSAS
    }

    async fn run(&self, _trabajo: &Trabajo) -> Result<(), JobError> {
        let Base { db, cx, .. } = &self.0;
        let hoy = ramal_contratos::actions::hoy(db, cx).await.map_err(JobError::retry)?;
        loop {
            let pagina = pausas::ended(db, hoy, 100).await?;
            if pagina.is_empty() {
                return Ok(());
            }
            for pausa in pagina {
                let tx = db.begin().await?;
                actions::finish_pausa(&tx, cx, pausa.id, hoy).await.map_err(JobError::retry)?;
                tx.commit().await?;
            }
        }
    }
}
