//! Archiving or bringing back many customers, one by one, as a bulk act that survives a restart. It
//! decides nothing: the person saw how many before asking.

use std::sync::Arc;

use async_trait::async_trait;
use ramal_base::Cx;
use ramal_db::{Db, DbError};
use ramal_jobs::{AccionDeTanda, CorrerTanda, Encargo, Manejador, Resultado};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::cliente::EstadoCliente;
use crate::{ClienteId, Error, actions};

/// Kind of the bulk act.
pub const TANDA_ESTADO: &str = "clientes.tanda_estado";

/// What the bulk act is asked with.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct PedidoEstado {
    /// Under which what changes is noted, so that it can be taken back.
    pub lote: Uuid,
    /// State in which the customers are put.
    pub estado: EstadoCliente,
}

/// Puts one customer of the bulk act in the state asked for.
pub struct CambiarEstado {
    db: Db,
}

#[async_trait]
impl AccionDeTanda for CambiarEstado {
    fn tipo(&self) -> &'static str {
        TANDA_ESTADO
    }

    async fn apply(&self, cx: &Cx, encargo: &Encargo<'_>) -> Result<Resultado, DbError> {
        let Some(pedido) = encargo.datos_as::<PedidoEstado>() else {
            return Ok(Resultado::Fallido("El pedido no se entiende.".to_owned()));
        };
        let tx = self.db.begin().await?;
        let uno = [ClienteId::from_uuid(encargo.objeto_id)];
        match actions::set_estado(&tx, cx, pedido.lote, &uno, pedido.estado).await {
            Ok(0) => Ok(Resultado::Omitido("Ya estaba así.".to_owned())),
            Ok(_) => tx.commit().await.map(|()| Resultado::Hecho),
            Err(Error::Storage(error)) => Err(error),
            Err(error) => Ok(Resultado::Fallido(ramal_base::Problema::from(error).detalle)),
        }
    }
}

/// Handlers of the slice.
pub fn manejadores(db: &Db, cx: &Cx) -> Vec<Arc<dyn Manejador>> {
    let accion = CambiarEstado { db: db.clone() };
    vec![Arc::new(CorrerTanda::new(db.clone(), cx.clone(), accion))]
}
