//! Sending many documents again, one by one, as a bulk act. It picks none.

use async_trait::async_trait;
use ramal_base::Cx;
use ramal_db::{Db, DbError};
use ramal_jobs::{AccionDeTanda, Encargo, Resultado};

use super::retry_comprobante::retry_because;
use crate::envio::is_pausado;
use crate::storage;
use crate::{ComprobanteId, Error};

/// Bulk act that sends documents again.
pub struct ReintentarEnTanda(pub(crate) Db);

impl ReintentarEnTanda {
    /// Kind of the tanda.
    pub const TIPO: &'static str = "fiscal.tanda_reintentar";
}

#[async_trait]
impl AccionDeTanda for ReintentarEnTanda {
    fn tipo(&self) -> &'static str {
        Self::TIPO
    }

    /// The tanda names the send, so a document that comes twice is asked for once.
    async fn apply(&self, cx: &Cx, encargo: &Encargo<'_>) -> Result<Resultado, DbError> {
        let id = ComprobanteId::from_uuid(encargo.objeto_id);
        let tx = self.0.begin().await?;
        let Some(fila) = storage::by_id(&tx, id).await? else {
            return Ok(Resultado::Omitido("El documento ya no existe.".into()));
        };
        if is_pausado(&tx, fila.emisor_id).await? {
            let motivo = "El emisor está en pausa: reanudarlo en Ajustes, Certificados.";
            return Ok(Resultado::Omitido(motivo.into()));
        }
        match retry_because(&tx, cx, id, &encargo.tanda_id.to_string()).await {
            Ok(()) => {
                tx.commit().await?;
                Ok(Resultado::Hecho)
            }
            Err(Error::Estado(estado)) => {
                let estado = estado.replace('_', " ");
                Ok(Resultado::Omitido(format!("Está en estado {estado}: no admite reintento.")))
            }
            Err(Error::Storage(error)) => Err(error),
            Err(otro) => Ok(Resultado::Fallido(ramal_base::Problema::from(otro).detalle)),
        }
    }
}
