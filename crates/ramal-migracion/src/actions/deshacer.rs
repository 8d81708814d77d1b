//! Takes a batch back: its services, the customers that it made, its rows. Touches nothing that was
//! billed, and no customer that the batch did not make.

use ramal_base::Cx;
use ramal_db::{Consulta, DbError, Tx};
use ramal_plataforma::{Registro, audit};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::events::LoteDeshecho;
use crate::{Error, storage};

/// Customers locked at once.
const POR_CONSULTA: usize = 400;

/// What taking a batch back removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Deshecho {
    /// The batch.
    pub lote: Uuid,
    /// Customers removed.
    pub clientes: u64,
    /// Services removed.
    pub servicios: u64,
}

/// Takes a batch back; a batch already taken back removes nothing more.
///
/// Errors: `LoteNotFound`, `LoteFacturado` with the services, `LoteEnUso`, `Storage`; then the
/// caller lets the transaction go. Emits `LoteDeshecho`.
pub async fn deshacer(tx: &Tx, cx: &Cx, lote: Uuid) -> Result<Deshecho, Error> {
    let hallado = storage::lote(tx, lote).await?.ok_or(Error::LoteNotFound(lote))?;
    if hallado.estado == storage::DESHECHO {
        return Ok(Deshecho { lote, clientes: 0, servicios: 0 });
    }
    // First the locks that a billing run also takes, then the question.
    for tanda in storage::clientes_de(tx, lote).await?.chunks(POR_CONSULTA) {
        ramal_clientes::storage::lock_many(tx, tanda).await?;
    }
    refuse_billed(tx, lote).await?;
    let servicios = ramal_contratos::storage::delete_lote(tx, lote).await.map_err(in_use)?;
    let clientes = ramal_clientes::storage::delete_lote(tx, lote).await.map_err(in_use)?;
    storage::undo_lote(tx, lote).await?;
    let deshecho = Deshecho { lote, clientes, servicios };
    let registro = Registro::new("clientes.deshacer", "lote", lote);
    audit(tx, cx, registro.antes(json!(deshecho))).await?;
    tx.emit(cx, &LoteDeshecho::from(deshecho)).await?;
    Ok(deshecho)
}

/// Refuses a batch on whose services something was charged. Takes no lock: [`deshacer`] does first.
///
/// Errors: `LoteFacturado` with the services, `Storage`.
pub async fn refuse_billed(c: &impl Consulta, lote: Uuid) -> Result<(), Error> {
    let ids = storage::servicios_con_cargos(c, lote).await?;
    if ids.is_empty() {
        return Ok(());
    }
    let mut numeros: Vec<i64> = Vec::with_capacity(ids.len());
    for tanda in ids.chunks(POR_CONSULTA) {
        let servicios = ramal_contratos::storage::by_ids(c, tanda).await?;
        numeros.extend(servicios.iter().map(|s| s.numero));
    }
    numeros.sort_unstable();
    Err(Error::LoteFacturado(numeros.iter().map(|n| format!("S-{n}")).collect()))
}

fn in_use(error: DbError) -> Error {
    match error {
        DbError::ForeignKey(_) => Error::LoteEnUso,
        otro => Error::Storage(otro),
    }
}
