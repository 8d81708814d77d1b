//! Jobs that queue documents: those that waited for another, those of a resumed emisor, those that
//! lost their job. They send nothing themselves.

use async_trait::async_trait;
use ramal_base::Cx;
use ramal_db::{Consulta, DbError, Tx, params};
use ramal_jobs::{JobError, LoteTrabajos, Manejador, NuevoTrabajo, Trabajo};
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use crate::conexiones::Servicio;
use crate::emision::{TRABAJO_ENVIAR, send_job};
use crate::jobs::{TRABAJO_BARRIDO, TRABAJO_DEPENDIENTES, TRABAJO_REANUDAR};

/// Documents queued per transaction.
const PAGINA: i64 = 1_000;
/// Age after which a queued document should have been sent, ms.
const OLVIDO_MS: i64 = 600_000;

/// Handler of `fiscal.dependientes`: the document changed, those that wait for it look again.
pub(crate) struct Dependientes(pub(crate) Servicio);

#[async_trait]
impl Manejador for Dependientes {
    fn tipo(&self) -> &'static str {
        TRABAJO_DEPENDIENTES
    }

    async fn run(&self, trabajo: &Trabajo) -> Result<(), JobError> {
        #[derive(Deserialize)]
        struct Datos {
            comprobante_id: Uuid,
        }
        let evento = trabajo.evento()?;
        let datos: Datos = serde_json::from_value(evento.datos)
            .map_err(|e| JobError::fail(format!("evento sin comprobante: {e}")))?;
        let hay = waiting(&self.0.db, datos.comprobante_id).await?;
        if hay.is_empty() {
            return Ok(());
        }
        let tx = self.0.db.begin().await?;
        wake_dependents(&tx, &self.0.cx, datos.comprobante_id, &evento.id).await?;
        tx.commit().await?;
        Ok(())
    }
}

async fn waiting(c: &impl Consulta, id: Uuid) -> Result<Vec<Uuid>, DbError> {
    const SQL: &str = "SELECT id FROM comprobantes WHERE espera_de = $1 AND estado = 'en_cola'";
    c.column(SQL, params![id]).await
}

/// Queues the notes that wait for a document.
///
/// Each gets a key of its own: a note whose job is just finding out that it must wait would
/// swallow a second job with the usual key.
pub(crate) async fn wake_dependents(
    tx: &Tx,
    cx: &Cx,
    id: Uuid,
    causa: &str,
) -> Result<(), DbError> {
    let mut lote = LoteTrabajos::new();
    for nota in waiting(tx, id).await? {
        lote.push(cx, send_job(nota).with_clave(format!("{nota}/{causa}")));
    }
    lote.insert(tx).await
}

/// Handler of `fiscal.reanudar`: queues what an emisor left behind, page by page.
pub(crate) struct Reanudar(pub(crate) Servicio);

#[async_trait]
impl Manejador for Reanudar {
    fn tipo(&self) -> &'static str {
        TRABAJO_REANUDAR
    }

    async fn run(&self, trabajo: &Trabajo) -> Result<(), JobError> {
        #[derive(Deserialize)]
        struct Datos {
            emisor_id: Uuid,
        }
        let datos: Datos = trabajo.datos_as()?;
        let mut desde = Uuid::nil();
        loop {
            const SQL: &str = "SELECT id FROM comprobantes WHERE emisor_id = $1 AND id > $2 \
                AND estado IN ('en_cola', 'enviando') ORDER BY id LIMIT $3";
            let ids: Vec<Uuid> =
                self.0.db.column(SQL, params![datos.emisor_id, desde, PAGINA]).await?;
            let Some(ultimo) = ids.last().copied() else { return Ok(()) };
            desde = ultimo;
            let clave = trabajo.id.to_string();
            queue(&self.0, ids.iter().map(|id| resumed(*id, &clave))).await?;
        }
    }
}

fn resumed(id: Uuid, causa: &str) -> NuevoTrabajo {
    send_job(id).with_clave(format!("{id}/{causa}"))
}

/// Handler of `fiscal.barrido`: no document stays without the job that sends it.
pub(crate) struct Barrido(pub(crate) Servicio);

#[async_trait]
impl Manejador for Barrido {
    fn tipo(&self) -> &'static str {
        TRABAJO_BARRIDO
    }

    async fn run(&self, _trabajo: &Trabajo) -> Result<(), JobError> {
        const SQL: &str = "SELECT c.id FROM comprobantes c WHERE c.emitido < $1 \
            AND c.estado IN ('en_cola', 'enviando') \
            AND (c.codigo IS NULL OR c.codigo <> '1079') \
            AND (c.espera_de IS NULL OR EXISTS (SELECT 1 FROM comprobantes o \
                WHERE o.id = c.espera_de AND o.estado IN ('aceptado', 'aceptado_obs'))) \
            AND NOT EXISTS (SELECT 1 FROM fiscal_pausas p WHERE p.emisor_id = c.emisor_id) \
            ORDER BY c.id LIMIT $2";
        let antes = self.0.cx.now().plus_millis(-OLVIDO_MS);
        let ids: Vec<Uuid> = self.0.db.column(SQL, params![antes, PAGINA]).await?;
        queue(&self.0, ids.into_iter().map(send_job)).await?;
        Ok(())
    }
}

async fn queue(s: &Servicio, trabajos: impl Iterator<Item = NuevoTrabajo>) -> Result<(), DbError> {
    let mut lote = LoteTrabajos::new();
    for trabajo in trabajos {
        lote.push(&s.cx, trabajo);
    }
    let tx = s.db.begin().await?;
    lote.insert(&tx).await?;
    tx.commit().await
}

/// The job that queues the documents of a resumed emisor.
pub(crate) fn resume_job(emisor: Uuid) -> NuevoTrabajo {
    NuevoTrabajo::new(TRABAJO_REANUDAR, json!({ "emisor_id": emisor }))
}

/// A send that a person asked for, whatever other jobs the document has.
pub(crate) fn retry_job(id: Uuid, causa: &str) -> NuevoTrabajo {
    NuevoTrabajo::new(TRABAJO_ENVIAR, json!({ "comprobante_id": id, "pedido": true }))
        .with_clave(format!("{id}/{causa}"))
}
