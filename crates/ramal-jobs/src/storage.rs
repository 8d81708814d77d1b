//! The statements of the queue: claim, settle, renew, give back. Decides nothing about retries.
//!
//! A claim raises `intentos`, and every later statement names the value it claimed with: a worker
//! whose lease expired and whose job another took can no longer touch it.

use std::collections::BTreeMap;

use ramal_base::{Id, Instante};
use ramal_db::{Consulta, DbError, Motor, Tx, Value, consulta, params};

use crate::Trabajo;
use crate::trabajo::FilaTrabajo;

/// Falls of the process after which a job is taken for their cause and given up.
const MAX_CAIDAS: i32 = 50;

/// A job and the claim under which this worker holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Toma {
    pub id: Id<Trabajo>,
    pub toma: i32,
}

impl From<&Trabajo> for Toma {
    fn from(trabajo: &Trabajo) -> Toma {
        Toma { id: trabajo.id, toma: trabajo.toma }
    }
}

/// Takes up to `n` jobs of a kind that are due `ahora` and leases them until `hasta`, longest due
/// first.
pub(crate) async fn claim(
    tx: &Tx,
    tipo: &str,
    n: usize,
    (ahora, hasta): (Instante, Instante),
) -> Result<Vec<Trabajo>, DbError> {
    let n = i64::try_from(n).unwrap_or(i64::MAX);
    let sql = claim_sql(tx.motor());
    let filas: Vec<FilaTrabajo> = tx.all(&sql, params![tipo, ahora, n, hasta]).await?;
    let mut trabajos: Vec<Trabajo> = filas.into_iter().map(Trabajo::from).collect();
    // RETURNING promises no order.
    trabajos.sort_by_key(|t| t.id);
    Ok(trabajos)
}

/// The materialised list keeps PostgreSQL from running the locking part twice and taking more than
/// `n`.
fn claim_sql(motor: Motor) -> String {
    format!(
        "WITH tomados AS MATERIALIZED (SELECT id FROM trabajos \
             WHERE estado = 'pendiente' AND tipo = $1 AND proximo <= $2 \
             ORDER BY proximo, id LIMIT $3{}) \
         UPDATE trabajos SET estado = 'en_curso', intentos = intentos + 1, arrendado_hasta = $4 \
         WHERE id IN (SELECT id FROM tomados) \
         RETURNING id, tipo, clave, datos, intentos, caidas, creado",
        motor.skip_locked()
    )
}

/// Returns to the queue the jobs whose worker stopped renewing; gives how many.
pub(crate) async fn release_expired(tx: &Tx, ahora: Instante) -> Result<u64, DbError> {
    let sql = format!(
        "WITH caidos AS MATERIALIZED (SELECT id FROM trabajos \
             WHERE estado = 'en_curso' AND arrendado_hasta <= $1{}) \
         UPDATE trabajos SET caidas = caidas + 1, arrendado_hasta = NULL, \
             estado = CASE WHEN caidas + 1 >= $2 THEN 'muerto' ELSE 'pendiente' END, \
             error = CASE WHEN caidas + 1 >= $3 \
                 THEN 'el proceso se cayó demasiadas veces durante este trabajo' ELSE error END \
         WHERE id IN (SELECT id FROM caidos)",
        tx.motor().skip_locked()
    );
    tx.exec(&sql, params![ahora, MAX_CAIDAS, MAX_CAIDAS]).await
}

/// Deletes the jobs that ended well.
pub(crate) async fn delete_done(tx: &Tx, tomas: &[Toma]) -> Result<u64, DbError> {
    by_toma(tx, tomas, "DELETE FROM trabajos", vec![]).await
}

/// Holds the jobs until `hasta`.
pub(crate) async fn renew(tx: &Tx, tomas: &[Toma], hasta: Instante) -> Result<u64, DbError> {
    by_toma(tx, tomas, "UPDATE trabajos SET arrendado_hasta = $1", params![hasta]).await
}

/// Gives back jobs that were claimed and never begun, as if they had not been claimed.
pub(crate) async fn give_back(tx: &Tx, tomas: &[Toma]) -> Result<u64, DbError> {
    const SET: &str = "UPDATE trabajos SET estado = 'pendiente', arrendado_hasta = NULL, \
        intentos = intentos - 1";
    by_toma(tx, tomas, SET, vec![]).await
}

/// Sends a failed job back to the queue until `proximo`.
pub(crate) async fn postpone(
    tx: &Tx,
    toma: Toma,
    proximo: Instante,
    motivo: &str,
) -> Result<u64, DbError> {
    const SET: &str = "UPDATE trabajos SET estado = 'pendiente', arrendado_hasta = NULL, \
        proximo = $1, error = $2";
    by_toma(tx, &[toma], SET, params![proximo, motivo]).await
}

/// Makes a job a dead letter.
pub(crate) async fn bury(tx: &Tx, toma: Toma, motivo: &str) -> Result<u64, DbError> {
    const SET: &str = "UPDATE trabajos SET estado = 'muerto', arrendado_hasta = NULL, error = $1";
    by_toma(tx, &[toma], SET, params![motivo]).await
}

/// Runs `verbo` (with `previos` as its first parameters) on the jobs still held under their claims.
async fn by_toma(
    tx: &Tx,
    tomas: &[Toma],
    verbo: &str,
    previos: Vec<Value>,
) -> Result<u64, DbError> {
    let mut por_toma: BTreeMap<i32, Vec<Value>> = BTreeMap::new();
    for t in tomas {
        por_toma.entry(t.toma).or_default().push(Value::from(t.id));
    }
    let mut total = 0;
    for (toma, ids) in por_toma {
        let n = previos.len();
        let sql = format!(
            "{verbo} WHERE estado = 'en_curso' AND intentos = ${} AND id IN {}",
            n + 1,
            consulta::placeholders(n + 2, ids.len())
        );
        let params = previos.iter().cloned().chain([Value::from(toma)]).chain(ids).collect();
        total += tx.exec(&sql, params).await?;
    }
    Ok(total)
}

/// Whether a job of these kinds is due, or a lease has expired. Reads only, so idling costs no
/// write.
pub(crate) async fn has_due(
    c: &impl Consulta,
    tipos: &[&'static str],
    ahora: Instante,
) -> Result<bool, DbError> {
    if tipos.is_empty() {
        return Ok(false);
    }
    let sql = format!(
        "SELECT CASE WHEN EXISTS (SELECT 1 FROM trabajos WHERE estado = 'pendiente' \
             AND tipo IN {} AND proximo <= $1) \
         OR EXISTS (SELECT 1 FROM trabajos WHERE estado = 'en_curso' \
             AND arrendado_hasta <= $2) THEN 1 ELSE 0 END",
        consulta::placeholders(3, tipos.len())
    );
    let mut valores = params![ahora, ahora];
    valores.extend(tipos.iter().map(|t| Value::from(*t)));
    Ok(c.scalar::<i32>(&sql, valores).await? == Some(1))
}
