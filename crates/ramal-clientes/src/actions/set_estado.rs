//! Archiving and bringing back many customers at once. It changes nothing else of them, and what it
//! changed can be taken back.

use ramal_base::Cx;
use ramal_db::Tx;
use uuid::Uuid;

use super::update_cliente;
use crate::cliente::{CambioCliente, EstadoCliente};
use crate::storage::{self, FilaLote};
use crate::{Cliente, ClienteId, Error};

/// Puts these customers in a state and notes under `lote` those that changed; gives how many.
///
/// Those already in it are left alone. Errors: `Storage`. Emits `ClienteActualizado` for each.
pub async fn set_estado(
    tx: &Tx,
    cx: &Cx,
    lote: Uuid,
    ids: &[ClienteId],
    estado: EstadoCliente,
) -> Result<usize, Error> {
    let mut hechos = Vec::new();
    for cliente in storage::lock_many(tx, ids).await? {
        if cliente.estado == estado {
            continue;
        }
        let despues = change(tx, cx, &cliente, estado).await?;
        hechos.push(FilaLote { cliente_id: cliente.id, version: despues.version });
    }
    storage::insert_lote(tx, lote, &hechos).await?;
    Ok(hechos.len())
}

/// Takes back up to `limite` changes of an act on many; gives how many it looked at and how many it
/// took back: those that somebody changed since stay as they are.
///
/// Errors: `Storage`. Emits `ClienteActualizado` for each.
pub async fn take_back(tx: &Tx, cx: &Cx, lote: Uuid, limite: i64) -> Result<(usize, usize), Error> {
    let filas = storage::lote(tx, lote, limite).await?;
    let ids: Vec<ClienteId> = filas.iter().map(|f| f.cliente_id).collect();
    let mut vueltos = 0;
    for cliente in storage::lock_many(tx, &ids).await? {
        storage::delete_lote_fila(tx, lote, cliente.id).await?;
        let suya = |f: &&FilaLote| f.cliente_id == cliente.id && f.version == cliente.version;
        if filas.iter().find(suya).is_some() {
            let estado = match cliente.estado {
                EstadoCliente::Activo => EstadoCliente::Inactivo,
                EstadoCliente::Inactivo => EstadoCliente::Activo,
            };
            change(tx, cx, &cliente, estado).await?;
            vueltos += 1;
        }
    }
    Ok((filas.len(), vueltos))
}

async fn change(
    tx: &Tx,
    cx: &Cx,
    cliente: &Cliente,
    estado: EstadoCliente,
) -> Result<Cliente, Error> {
    let cambio = CambioCliente { estado: Some(estado), ..CambioCliente::default() };
    let (_, despues) = update_cliente(tx, cx, cliente.id, Some(cliente.version), cambio).await?;
    Ok(despues)
}
