//! Cancellation of a CFDI: signed request, acuse, status service. Received is not cancelled: only
//! the status service, or code 202, ends it. SUNAT's voids live in `lotes`.
//!
//! Source: cfdi.md 14.4 to 14.6.

mod pasos;

use async_trait::async_trait;
use ramal_base::Instante;
use ramal_db::{DbError, Tx, params};
use ramal_jobs::{JobError, Manejador, NuevoTrabajo, Politica, Trabajo};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::actions::Motivo;
use crate::conexiones::Servicio;
use crate::envio::{DatosComprobante, SIN_LIMITE, is_pausado};
use crate::jobs::TRABAJO_BAJA;
use crate::storage::{self, ComprobanteFila};
use crate::{ComprobanteId, Estado, ritmo};

/// How far a request went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fase {
    /// Asked for here; not known to have reached the authority.
    Pedida,
    /// Sent, and nobody knows whether it arrived: ask before sending the same bytes again.
    Dudosa,
    /// The authority has it.
    Solicitada,
    /// The authority or the receiver said no: the document is in force.
    Rechazada,
    /// Cancelled.
    Final,
}

/// The cancellation of a document, as its row keeps it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Cancelacion {
    /// How far it went.
    pub fase: Fase,
    /// State that the document had, to which a refusal returns it.
    pub previo: String,
    /// Requests made so far.
    pub solicitudes: u32,
    /// When it was asked for.
    pub pedida: Instante,
    /// When it ended.
    pub fin: Option<Instante>,
    /// Why.
    pub motivo: Motivo,
}

impl Cancelacion {
    /// Of a row, if it has one.
    pub fn of(fila: &ComprobanteFila) -> Option<Cancelacion> {
        serde_json::from_str(fila.cancelacion.as_deref()?).ok()
    }

    pub(crate) async fn save(&self, tx: &Tx, id: ComprobanteId) -> Result<(), DbError> {
        let texto = serde_json::to_string(self)
            .map_err(|_| DbError::Corrupt("a cancellation does not become JSON"))?;
        const SQL: &str = "UPDATE comprobantes SET cancelacion = $2 WHERE id = $1";
        tx.exec(SQL, params![id, texto]).await.map(|_| ())
    }

    pub(crate) fn previo(&self) -> Estado {
        Estado::parse(&self.previo).unwrap_or(Estado::Aceptado)
    }
}

/// The job that follows a cancellation to its end; one per request.
pub(crate) fn follow_job(id: ComprobanteId) -> NuevoTrabajo {
    NuevoTrabajo::new(TRABAJO_BAJA, json!({ "comprobante_id": id }))
}

/// Handler of `fiscal.baja`.
pub(crate) struct SeguirBaja(pub(crate) Servicio);

const PAUSA_MS: i64 = 600_000;

#[async_trait]
impl Manejador for SeguirBaja {
    fn tipo(&self) -> &'static str {
        TRABAJO_BAJA
    }

    fn politica(&self) -> Politica {
        let esperas_ms = ritmo::REAL.cancelacion;
        Politica { esperas_ms, max_intentos: SIN_LIMITE, concurrencia: 4 }
    }

    async fn run(&self, trabajo: &Trabajo) -> Result<(), JobError> {
        let datos: DatosComprobante = trabajo.datos_as()?;
        let id = ComprobanteId::from_uuid(datos.comprobante_id);
        let fila = storage::by_id(&self.0.db, id).await?;
        let fila = fila.ok_or_else(|| JobError::fail("no existe el comprobante"))?;
        let Some(cancelacion) = Cancelacion::of(&fila) else { return Ok(()) };
        if fila.estado != Estado::BajaPendiente.as_str() {
            return Ok(());
        }
        if is_pausado(&self.0.db, fila.emisor_id).await? {
            return Err(JobError::retry_after("el emisor está en pausa", PAUSA_MS));
        }
        let emisor = self.0.emisor(fila.emisor_id).await?.fiscal;
        let paso = pasos::Paso { s: &self.0, emisor: &emisor, fila: &fila };
        let paso = match cancelacion.fase {
            Fase::Pedida => paso.send(cancelacion).await?,
            Fase::Dudosa => paso.ask_then_send(cancelacion).await?,
            Fase::Solicitada => paso.ask(cancelacion).await?,
            Fase::Rechazada | Fase::Final => return Ok(()),
        };
        match paso {
            None => Ok(()),
            Some((motivo, Some(ms))) => Err(JobError::retry_after(motivo, ms)),
            Some((motivo, None)) => Err(JobError::retry_after(motivo, self.wait(trabajo, &emisor))),
        }
    }
}

impl SeguirBaja {
    /// The table of the norm; after ten days, once a day.
    fn wait(&self, trabajo: &Trabajo, emisor: &crate::EmisorFiscal) -> i64 {
        let ahora = self.0.cx.now().millis();
        let dias = ahora.saturating_sub(trabajo.creado.millis()) / 86_400_000;
        if dias >= ritmo::DIAS_CONSULTA {
            return ritmo::DIARIO_MS;
        }
        let tabla = ritmo::ritmo(self.0.conexiones.modo(emisor)).cancelacion;
        ritmo::espera_ms(tabla, trabajo.intento, trabajo.id.uuid())
    }
}
