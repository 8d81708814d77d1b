//! What follows a payment, a reversal or a change of a contract: at once, not at night.

use async_trait::async_trait;
use ramal_contratos::ServicioId;
use ramal_jobs::{JobError, Manejador, Politica, Trabajo};
use serde_json::Value;
use uuid::Uuid;

use super::{Base, CONTRATO, PAGO, REABIERTA};
use crate::actions;
use crate::reglas::Reglas;

/// Somebody without service waits: soon and often.
const PRONTO: Politica = Politica {
    esperas_ms: &[500, 2_000, 10_000, 60_000, 600_000],
    max_intentos: 30,
    concurrencia: 4,
};

/// An identifier of the event's data. Errors: `Fail` if it has none.
fn id_of(datos: &Value, campo: &str) -> Result<Uuid, JobError> {
    let id = datos[campo].as_str().and_then(|t| t.parse().ok());
    id.ok_or_else(|| JobError::fail(format!("the event has no {campo}")))
}

pub(super) struct Pago(pub(super) Base);

#[async_trait]
impl Manejador for Pago {
    fn tipo(&self) -> &'static str {
        PAGO
    }

    fn politica(&self) -> Politica {
        PRONTO
    }

    async fn run(&self, trabajo: &Trabajo) -> Result<(), JobError> {
        let cliente = id_of(&trabajo.evento()?.datos, "cliente_id")?;
        let Base { db, cx, .. } = &self.0;
        let tx = db.begin().await?;
        let reglas = Reglas::load(&tx, cx).await.map_err(JobError::retry)?;
        let de = (cliente, reglas.hoy);
        actions::review_cliente(&tx, cx, &reglas, de).await.map_err(JobError::retry)?;
        Ok(tx.commit().await?)
    }
}

pub(super) struct Reabierta(pub(super) Base);

#[async_trait]
impl Manejador for Reabierta {
    fn tipo(&self) -> &'static str {
        REABIERTA
    }

    async fn run(&self, trabajo: &Trabajo) -> Result<(), JobError> {
        let datos = trabajo.evento()?.datos;
        let de = (id_of(&datos, "factura_id")?, id_of(&datos, "cliente_id")?);
        let Base { db, cx, .. } = &self.0;
        let tx = db.begin().await?;
        let reglas = Reglas::load(&tx, cx).await.map_err(JobError::retry)?;
        actions::reopen_factura(&tx, cx, &reglas, de).await.map_err(JobError::retry)?;
        Ok(tx.commit().await?)
    }
}

pub(super) struct Contrato(pub(super) Base);

#[async_trait]
impl Manejador for Contrato {
    fn tipo(&self) -> &'static str {
        CONTRATO
    }

    fn politica(&self) -> Politica {
        PRONTO
    }

    async fn run(&self, trabajo: &Trabajo) -> Result<(), JobError> {
        let id = ServicioId::from_uuid(id_of(&trabajo.evento()?.datos, "servicio_id")?);
        let Base { db, cx, .. } = &self.0;
        let tx = db.begin().await?;
        let reglas = Reglas::load(&tx, cx).await.map_err(JobError::retry)?;
        actions::follow_contrato(&tx, cx, &reglas, id).await.map_err(JobError::retry)?;
        Ok(tx.commit().await?)
    }
}
