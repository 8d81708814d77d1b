//! What people do with a bulk act: start, stop, go on, try the failed ones again. Applies nothing
//! to an object.
//!
//! The row of the tanda is changed first in every transaction here and in the handler, so they
//! follow one another. `turno` counts the chunks settled and names the job of the next one: a job
//! of an older turn finds itself late and does nothing.

use std::collections::HashSet;

use ramal_base::Cx;
use ramal_db::{Bulk, Consulta, DbError, FromQueryResult, Tx, Value, params};
use serde_json::json;

use super::{EstadoTanda, NuevaTanda, TandaId};
use crate::trabajo::enqueue_named;

/// Why a bulk act could not be started, stopped or resumed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such tanda.
    #[error("tanda {0} not found")]
    NotFound(TandaId),
    /// It is not in a state in which that makes sense.
    #[error("the tanda is {}", .0.texto())]
    State(EstadoTanda),
    /// No object was chosen.
    #[error("no object was chosen")]
    Empty,
    /// None of its objects failed.
    #[error("nothing failed")]
    NothingFailed,
    /// The data layer failed.
    #[error(transparent)]
    Storage(#[from] DbError),
}

impl From<Error> for ramal_base::Problema {
    fn from(error: Error) -> ramal_base::Problema {
        use ramal_base::Problema;
        match error {
            Error::NotFound(_) => Problema::new(
                404,
                "tanda_no_encontrada",
                "No encontrada",
                "No existe esa tanda. Puede que la dirección esté incompleta.",
            ),
            Error::State(EstadoTanda::Terminada) => Problema::conflicto(
                "tanda_terminada",
                "La tanda ya terminó. El informe dice qué se hizo con cada uno.",
            ),
            Error::State(_) => Problema::conflicto(
                "tanda_estado",
                "La tanda cambió mientras tanto. Mirar su estado y volver a decidir.",
            ),
            Error::Empty => Problema::conflicto(
                "tanda_vacia",
                "No hay nada elegido. Elegir al menos uno de la lista.",
            ),
            Error::NothingFailed => Problema::conflicto(
                "tanda_sin_fallidos",
                "Ninguno falló; no hay nada que reintentar.",
            ),
            Error::Storage(error) => Problema::from(error),
        }
    }
}

const INSERT: &str = "INSERT INTO tandas (id, tipo, actor, permiso, titulo, origen, destino, \
    datos, estado, total, hechos, omitidos, fallidos, turno, creada, avanzo) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'en_curso', $9, 0, 0, 0, 0, $10, $11)";
const COLUMNAS: &[&str] = &["tanda_id", "orden", "objeto_id", "etiqueta", "estado"];

/// Starts a bulk act in this transaction: it advances once this is committed.
///
/// Errors: `Empty`, `Storage`.
pub async fn start_tanda(tx: &Tx, cx: &Cx, nueva: NuevaTanda) -> Result<TandaId, Error> {
    let id: TandaId = cx.new_id();
    let mut vistos = HashSet::new();
    let mut filas = Bulk::new("tanda_items", COLUMNAS);
    let unicos = nueva.objetos.into_iter().filter(|o| vistos.insert(o.id));
    for (orden, objeto) in (0_i64..).zip(unicos) {
        filas.push([
            Value::from(id),
            Value::from(orden),
            Value::from(objeto.id),
            Value::from(objeto.etiqueta),
            Value::from("pendiente"),
        ]);
    }
    if filas.is_empty() {
        return Err(Error::Empty);
    }
    let (total, ahora) = (i64::try_from(filas.len()).unwrap_or(i64::MAX), cx.now());
    let datos = nueva.datos.to_string();
    #[rustfmt::skip]
    let fila = params![
        id, nueva.tipo, cx.actor(), nueva.permiso, nueva.titulo, nueva.origen, nueva.destino,
        datos, total, ahora, ahora,
    ];
    tx.exec(INSERT, fila).await?;
    filas.insert(tx).await?;
    ask_for_turn(tx, cx, nueva.tipo, &Turno { tanda_id: id, turno: 0 }).await?;
    Ok(id)
}

/// Data of the job of a turn.
#[derive(serde::Serialize, serde::Deserialize)]
pub(super) struct Turno {
    pub tanda_id: TandaId,
    pub turno: i64,
}

impl Turno {
    fn clave(&self) -> String {
        format!("{}:{}", self.tanda_id, self.turno)
    }
}

/// Asks for the job of a turn; the one that waits or runs already is enough.
pub(super) async fn ask_for_turn(
    tx: &Tx,
    cx: &Cx,
    tipo: &str,
    turno: &Turno,
) -> Result<(), DbError> {
    enqueue_named(tx, cx, (tipo, turno.clave()), &json!(turno)).await
}

#[derive(FromQueryResult)]
struct Cabeza {
    tipo: String,
    estado: String,
    turno: i64,
}

/// Locks the tanda's row until the transaction ends and tells where it is.
async fn lock(tx: &Tx, id: TandaId) -> Result<(Cabeza, EstadoTanda), Error> {
    const SQL: &str = "UPDATE tandas SET turno = turno WHERE id = $1 \
        RETURNING tipo, estado, turno";
    let cabeza: Cabeza = tx.opt(SQL, params![id]).await?.ok_or(Error::NotFound(id))?;
    let estado = EstadoTanda::read(&cabeza.estado)?;
    Ok((cabeza, estado))
}

async fn set_estado(tx: &Tx, cx: &Cx, id: TandaId, estado: EstadoTanda) -> Result<(), DbError> {
    const SQL: &str = "UPDATE tandas SET estado = $1, avanzo = $2 WHERE id = $3";
    tx.exec(SQL, params![estado.texto(), cx.now(), id]).await.map(|_| ())
}

/// Stops a bulk act: the chunk at hand ends, the rest waits. Stopping a stopped one changes
/// nothing.
///
/// Errors: `NotFound`, `State` if it has ended, `Storage`.
pub async fn stop_tanda(tx: &Tx, cx: &Cx, id: TandaId) -> Result<(), Error> {
    match lock(tx, id).await?.1 {
        EstadoTanda::Terminada => Err(Error::State(EstadoTanda::Terminada)),
        EstadoTanda::Detenida => Ok(()),
        EstadoTanda::EnCurso => Ok(set_estado(tx, cx, id, EstadoTanda::Detenida).await?),
    }
}

/// Lets a stopped bulk act go on. One that runs keeps running; one whose job was given up gets a
/// new one.
///
/// Errors: `NotFound`, `State` if it has ended, `Storage`.
pub async fn resume_tanda(tx: &Tx, cx: &Cx, id: TandaId) -> Result<(), Error> {
    let (cabeza, estado) = lock(tx, id).await?;
    if estado == EstadoTanda::Terminada {
        return Err(Error::State(estado));
    }
    Ok(wake(tx, cx, id, cabeza).await?)
}

/// Puts the failed objects, and only those, back in line; gives how many.
///
/// Errors: `NotFound`, `NothingFailed`, `Storage`.
pub async fn retry_fallidos(tx: &Tx, cx: &Cx, id: TandaId) -> Result<u64, Error> {
    const ITEMS: &str = "UPDATE tanda_items SET estado = 'pendiente', motivo = NULL \
        WHERE tanda_id = $1 AND estado = 'fallido'";
    let (cabeza, _) = lock(tx, id).await?;
    let n = tx.exec(ITEMS, params![id]).await?;
    if n == 0 {
        return Err(Error::NothingFailed);
    }
    tx.exec("UPDATE tandas SET fallidos = 0 WHERE id = $1", params![id]).await?;
    wake(tx, cx, id, cabeza).await?;
    Ok(n)
}

async fn wake(tx: &Tx, cx: &Cx, id: TandaId, cabeza: Cabeza) -> Result<(), DbError> {
    const BURIED: &str = "DELETE FROM trabajos \
        WHERE tipo = $1 AND clave = $2 AND estado = 'muerto'";
    let turno = Turno { tanda_id: id, turno: cabeza.turno };
    set_estado(tx, cx, id, EstadoTanda::EnCurso).await?;
    tx.exec(BURIED, params![cabeza.tipo.as_str(), turno.clave()]).await?;
    ask_for_turn(tx, cx, &cabeza.tipo, &turno).await
}
