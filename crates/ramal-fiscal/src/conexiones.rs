//! The door to the authorities: who answers for an emisor. It holds no address and no credential;
//! the binary does.

use std::sync::Arc;

use ramal_base::{Cx, Pais};
use ramal_conectores::{ConsultaSat, EnvioCpe, Timbrador};
use ramal_db::{Consulta, Db, DbError, Objetos};
use ramal_plataforma::{EmisorId, Modo, Sello};
use uuid::Uuid;

use crate::EmisorFiscal;

/// Connections of each emisor; the binary makes and keeps them.
pub trait Conexiones: Send + Sync {
    /// PAC that stamps for the emisor (MX).
    fn timbrador(&self, emisor: &EmisorFiscal) -> Arc<dyn Timbrador>;
    /// Status service of the SAT (MX).
    fn sat(&self, emisor: &EmisorFiscal) -> Arc<dyn ConsultaSat>;
    /// SUNAT or OSE of the emisor (PE).
    fn sunat(&self, emisor: &EmisorFiscal) -> Arc<dyn EnvioCpe>;
    /// Whether the emisor talks to emulators, where the first waits are short.
    fn modo(&self, emisor: &EmisorFiscal) -> Modo;
}

/// What every job of the slice needs; cloned into each handler.
#[derive(Clone)]
pub(crate) struct Servicio {
    pub(crate) db: Db,
    pub(crate) cx: Cx,
    pub(crate) sello: Arc<Sello>,
    pub(crate) objetos: Objetos,
    pub(crate) conexiones: Arc<dyn Conexiones>,
}

/// An emisor with the settings that rule its sending.
pub(crate) struct EmisorCargado {
    pub(crate) fiscal: EmisorFiscal,
    /// Boletas travel inside a daily summary: `ajustes.boletas = "resumen"`.
    pub(crate) boletas_por_resumen: bool,
}

impl Servicio {
    pub(crate) async fn emisor(&self, id: Uuid) -> Result<EmisorCargado, DbError> {
        load_emisor(&self.db, id).await
    }
}

/// Reads an emisor. Errors: `Corrupt` if a document names one that does not exist.
pub(crate) async fn load_emisor(c: &impl Consulta, id: Uuid) -> Result<EmisorCargado, DbError> {
    let emisor = ramal_plataforma::emisor(c, EmisorId::from_uuid(id)).await;
    let emisor = emisor.map_err(|e| match e {
        ramal_plataforma::Error::Storage(e) => e,
        _ => DbError::Corrupt("a document names an emisor that does not exist"),
    })?;
    let por_resumen = emisor.pais == Pais::Pe && emisor.ajustes["boletas"] == "resumen";
    Ok(EmisorCargado { fiscal: emisor.into(), boletas_por_resumen: por_resumen })
}
