//! SQL of the nightly passes: one row per day, with the last customer done.

use ramal_base::{Cx, Fecha, Instante};
use ramal_db::{Consulta, DbError, FromQueryResult, Tx, params};
use uuid::Uuid;

/// A pass as it lies in its table.
#[derive(Clone, Debug, FromQueryResult)]
pub struct PasadaFila {
    /// Its day.
    pub fecha: Fecha,
    /// `en_curso` or `terminada`.
    pub estado: String,
    /// Last customer done.
    pub cursor: Option<Uuid>,
    /// Customers looked at.
    pub clientes: i64,
    /// Steps of the ladder that came due.
    pub avisos: i64,
    /// Late fees charged or held.
    pub recargos: i64,
    /// When it ended.
    pub terminada: Option<Instante>,
}

const COLUMNAS: &str = "fecha, estado, cursor, clientes, avisos, recargos, terminada";

/// The last day with a pass, ended or not.
pub async fn last(c: &impl Consulta) -> Result<Option<PasadaFila>, DbError> {
    let sql = format!("SELECT {COLUMNAS} FROM cobranza_pasadas ORDER BY fecha DESC LIMIT 1");
    c.opt(&sql, vec![]).await
}

/// The oldest pass that did not end.
pub async fn oldest_open(c: &impl Consulta) -> Result<Option<PasadaFila>, DbError> {
    let sql = format!(
        "SELECT {COLUMNAS} FROM cobranza_pasadas WHERE estado = 'en_curso' ORDER BY fecha LIMIT 1"
    );
    c.opt(&sql, vec![]).await
}

/// Begins the pass of a day; nothing if it is there.
pub async fn open(tx: &Tx, cx: &Cx, fecha: Fecha) -> Result<(), DbError> {
    const SQL: &str = "INSERT INTO cobranza_pasadas (fecha, estado, clientes, avisos, recargos, \
        creada) VALUES ($1, 'en_curso', 0, 0, 0, $2) ON CONFLICT (fecha) DO NOTHING";
    tx.exec(SQL, params![fecha, cx.now()]).await.map(|_| ())
}

/// The pass of a day, its row locked until the end of the transaction.
pub async fn lock(tx: &Tx, fecha: Fecha) -> Result<Option<PasadaFila>, DbError> {
    let cierre = tx.motor().for_update();
    let sql = format!("SELECT {COLUMNAS} FROM cobranza_pasadas WHERE fecha = $1{cierre}");
    tx.opt(&sql, params![fecha]).await
}

/// What a chunk did.
#[derive(Clone, Copy, Debug, Default)]
pub struct Avance {
    /// Customers looked at.
    pub clientes: i64,
    /// Steps that came due.
    pub avisos: i64,
    /// Late fees.
    pub recargos: i64,
}

/// Moves a pass to the last customer of a chunk.
pub async fn advance(tx: &Tx, fecha: Fecha, cursor: Uuid, a: Avance) -> Result<(), DbError> {
    const SQL: &str = "UPDATE cobranza_pasadas SET cursor = $2, clientes = clientes + $3, \
        avisos = avisos + $4, recargos = recargos + $5 WHERE fecha = $1";
    tx.exec(SQL, params![fecha, cursor, a.clientes, a.avisos, a.recargos]).await.map(|_| ())
}

/// Ends a pass.
pub async fn finish(tx: &Tx, cx: &Cx, fecha: Fecha) -> Result<(), DbError> {
    const SQL: &str = "UPDATE cobranza_pasadas SET estado = 'terminada', terminada = $2 \
        WHERE fecha = $1";
    tx.exec(SQL, params![fecha, cx.now()]).await.map(|_| ())
}
