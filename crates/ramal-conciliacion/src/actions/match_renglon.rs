//! The matching of one line, applied: paid or linked when exactly one candidate exists, else kept
//! as suggestions. Looking happens before the transaction that writes holds anything.

use ramal_base::Cx;
use ramal_db::Db;

use super::partes::sentence;
use super::resolve_renglon::{Orden, resolve_renglon};
use crate::cotejo::{Cotejo, look};
use crate::storage::renglones;
use crate::{CuentaBancaria, Error, EstadoRenglon, Modo, RenglonId, Sugerencia};

/// What was done with a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hecho {
    /// Resolved alone.
    Resuelto,
    /// For a person.
    Sugerido,
    /// It was resolved already.
    Nada,
}

/// Matches a line in transactions of its own. A line whose payment is refused stays for a person.
///
/// Errors: `Storage`; then it may be done again.
pub async fn match_one(
    db: &Db,
    cx: &Cx,
    cuenta: &CuentaBancaria,
    id: RenglonId,
) -> Result<Hecho, Error> {
    // The line is held while the candidates are read: two passes over it cannot both pay.
    let tx = db.begin().await?;
    let renglon = renglones::lock(&tx, id).await?.ok_or(Error::NotFound("renglon"))?;
    if renglon.estado != EstadoRenglon::PorConciliar {
        return Ok(Hecho::Nada);
    }
    match look(&tx, cuenta, &renglon).await? {
        Cotejo::Sugerencias(lista) => {
            renglones::suggest(&tx, &renglon, &lista).await?;
            tx.commit().await?;
            Ok(Hecho::Sugerido)
        }
        // What a person took apart is not put together again without him.
        Cotejo::Automatico(_, suya) if renglon.modo.is_some() => {
            renglones::suggest(&tx, &renglon, &[suya]).await?;
            tx.commit().await?;
            Ok(Hecho::Sugerido)
        }
        Cotejo::Automatico(resolucion, _) => {
            let orden = Orden { renglon: id, version: None, modo: Modo::Automatico };
            match resolve_renglon(&tx, cx, orden, &resolucion).await {
                Ok(_) => {
                    tx.commit().await?;
                    Ok(Hecho::Resuelto)
                }
                Err(error) if error.is_passing() => Err(error),
                Err(error) => {
                    tx.rollback().await?;
                    tracing::info!(renglon.id = %id, motivo = %sentence(error), "left to a person");
                    leave(db, cuenta, id).await
                }
            }
        }
    }
}

/// Suggestions of a line that could not be paid alone.
async fn leave(db: &Db, cuenta: &CuentaBancaria, id: RenglonId) -> Result<Hecho, Error> {
    let tx = db.begin().await?;
    let renglon = renglones::lock(&tx, id).await?.ok_or(Error::NotFound("renglon"))?;
    let lista: Vec<Sugerencia> = match look(&tx, cuenta, &renglon).await? {
        Cotejo::Sugerencias(lista) => lista,
        Cotejo::Automatico(_, suya) => vec![suya],
    };
    renglones::suggest(&tx, &renglon, &lista).await?;
    tx.commit().await?;
    Ok(Hecho::Sugerido)
}
