//! Sending many invoices again, one transaction each: the act behind the bulk of the list and the
//! retries of a run. What sending again means is in `actions::reissue`.

use async_trait::async_trait;
use ramal_base::{Cx, Problema};
use ramal_db::{Db, DbError};
use ramal_jobs::{AccionDeTanda, Encargo, Resultado};

use crate::actions::reissue;
use crate::{Error, FacturaId};

/// Sends invoices again.
pub const TANDA_REENVIAR: &str = "facturacion.tanda_reenviar";

/// The act on one invoice.
pub struct Reenviar(pub Db);

#[async_trait]
impl AccionDeTanda for Reenviar {
    fn tipo(&self) -> &'static str {
        TANDA_REENVIAR
    }

    async fn apply(&self, cx: &Cx, encargo: &Encargo<'_>) -> Result<Resultado, DbError> {
        let tx = self.0.begin().await?;
        let factura = FacturaId::from_uuid(encargo.objeto_id);
        match reissue(&tx, cx, factura).await {
            Ok(_) => {
                tx.commit().await?;
                Ok(Resultado::Hecho)
            }
            Err(Error::Storage(error)) => Err(error),
            Err(error) => {
                tx.rollback().await?;
                Ok(told(error))
            }
        }
    }
}

/// What a person can mend failed; what makes no sense for the invoice was left out.
fn told(error: Error) -> Resultado {
    let problema = Problema::from(error);
    let motivo = problema.errores.first().map_or(problema.detalle, |e| e.motivo.clone());
    if problema.estado == 422 { Resultado::Fallido(motivo) } else { Resultado::Omitido(motivo) }
}
