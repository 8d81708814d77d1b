//! The bulk reminder of the list of those who owe.

use async_trait::async_trait;
use ramal_base::Cx;
use ramal_db::{Db, DbError};
use ramal_jobs::{AccionDeTanda, Encargo, Resultado};

use crate::reglas::Reglas;
use crate::{Error, actions, expediente};

/// Kind of the bulk reminder.
pub const TANDA_RECORDAR: &str = "cobranza.tanda_recordar";

pub(super) struct Recordar {
    pub(super) db: Db,
}

#[async_trait]
impl AccionDeTanda for Recordar {
    fn tipo(&self) -> &'static str {
        TANDA_RECORDAR
    }

    async fn apply(&self, cx: &Cx, encargo: &Encargo<'_>) -> Result<Resultado, DbError> {
        let tx = self.db.begin().await?;
        let hecho = async {
            let reglas = Reglas::load(&tx, cx).await?;
            let e = expediente::load(&tx, &reglas, encargo.objeto_id, reglas.hoy).await?;
            actions::remind(&tx, cx, &e).await
        };
        match hecho.await {
            Ok(true) => {
                tx.commit().await?;
                Ok(Resultado::Hecho)
            }
            Ok(false) => Ok(Resultado::Omitido("Ya no tiene nada vencido.".to_owned())),
            Err(Error::Storage(error)) => Err(error),
            Err(error) => Ok(Resultado::Fallido(ramal_base::Problema::from(error).detalle)),
        }
    }
}
