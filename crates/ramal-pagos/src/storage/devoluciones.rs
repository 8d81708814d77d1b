//! Refunds in their table. The money moves in the ledger.

use ramal_base::Cx;
use ramal_db::{Consulta, Cursor, DbError, Pagina, Tx, Value, params};
use uuid::Uuid;

use crate::PagoId;
use crate::devolucion::{Devolucion, DevolucionId, EstadoDevolucion, FilaDevolucion};

const COLUMNAS: &str = "d.id, d.numero, d.pago_id, d.cliente_id, d.moneda, d.monto, d.medio, \
    d.motivo, d.referencia, d.estado, d.solicitado, d.solicitado_por, d.resuelto, \
    d.resuelto_por, d.respuesta";

/// A refund.
pub async fn by_id(c: &impl Consulta, id: DevolucionId) -> Result<Option<Devolucion>, DbError> {
    let sql = format!("SELECT {COLUMNAS} FROM devoluciones d WHERE d.id = $1");
    c.opt::<FilaDevolucion>(&sql, params![id]).await?.map(Devolucion::try_from).transpose()
}

/// The refund of a payment that has a reference.
pub(crate) async fn by_referencia(
    c: &impl Consulta,
    pago: PagoId,
    referencia: &str,
) -> Result<Option<Devolucion>, DbError> {
    let sql =
        format!("SELECT {COLUMNAS} FROM devoluciones d WHERE d.pago_id = $1 AND d.referencia = $2");
    let fila: Option<FilaDevolucion> = c.opt(&sql, params![pago, referencia]).await?;
    fila.map(Devolucion::try_from).transpose()
}

/// Refunds of a payment, oldest first.
pub async fn de_pago(c: &impl Consulta, pago: PagoId) -> Result<Vec<Devolucion>, DbError> {
    let sql = format!("SELECT {COLUMNAS} FROM devoluciones d WHERE d.pago_id = $1 ORDER BY d.id");
    let filas: Vec<FilaDevolucion> = c.all(&sql, params![pago]).await?;
    filas.into_iter().map(Devolucion::try_from).collect()
}

/// What waits for an approval on a payment, minor units.
pub(crate) async fn pendiente_de(c: &impl Consulta, pago: PagoId) -> Result<i64, DbError> {
    const SQL: &str = "SELECT CAST(COALESCE(SUM(monto), 0) AS BIGINT) FROM devoluciones \
        WHERE pago_id = $1 AND estado = 'pendiente'";
    Ok(c.scalar(SQL, params![pago]).await?.unwrap_or(0))
}

/// A page of refunds, newest first; `None` if the cursor is not one of ours.
pub async fn list(
    c: &impl Consulta,
    estado: Option<EstadoDevolucion>,
    cursor: &Cursor,
) -> Result<Option<Pagina<Devolucion>>, DbError> {
    let mut valores: Vec<Value> = Vec::new();
    let mut donde = String::from("1 = 1");
    if let Some(estado) = estado {
        valores.push(estado.as_str().into());
        donde.push_str(&format!(" AND d.estado = ${}", valores.len()));
    }
    if let Some(texto) = cursor.cursor.as_deref() {
        let Ok(id) = texto.parse::<Uuid>() else { return Ok(None) };
        valores.push(id.into());
        donde.push_str(&format!(" AND d.id < ${}", valores.len()));
    }
    let sql = format!(
        "SELECT {COLUMNAS} FROM devoluciones d WHERE {donde} ORDER BY d.id DESC LIMIT {}",
        cursor.filas()
    );
    let filas: Vec<FilaDevolucion> = c.all(&sql, valores).await?;
    let filas: Result<Vec<Devolucion>, DbError> =
        filas.into_iter().map(Devolucion::try_from).collect();
    Ok(Some(Pagina::cut(filas?, cursor, |d| d.id.to_string())))
}

/// How many there are, at most 10,001.
pub async fn count(c: &impl Consulta, estado: Option<EstadoDevolucion>) -> Result<i64, DbError> {
    let (donde, valores) = match estado {
        Some(e) => (" WHERE estado = $1", params![e.as_str()]),
        None => ("", Vec::new()),
    };
    let sql = format!("SELECT COUNT(*) FROM (SELECT id FROM devoluciones{donde} LIMIT 10001) AS t");
    Ok(c.scalar(&sql, valores).await?.unwrap_or(0))
}

/// Writes a refund; `false` if the payment has one with its reference.
pub(crate) async fn insert(tx: &Tx, d: &Devolucion) -> Result<bool, DbError> {
    const SQL: &str = "INSERT INTO devoluciones (id, numero, pago_id, cliente_id, moneda, monto, \
        medio, motivo, referencia, estado, solicitado, solicitado_por, resuelto, resuelto_por) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) \
        ON CONFLICT (pago_id, referencia) DO NOTHING";
    let valores = params![
        d.id,
        d.numero,
        d.pago_id,
        d.cliente_id,
        d.moneda.codigo(),
        d.monto,
        d.medio.as_str(),
        d.motivo.as_str(),
        d.referencia.clone(),
        d.estado.as_str(),
        d.solicitado,
        d.solicitado_por.as_str(),
        d.resuelto,
        d.resuelto_por.clone(),
    ];
    Ok(tx.exec(SQL, valores).await? == 1)
}

/// Decides a refund that waits; `false` if it does not wait any more.
pub(crate) async fn resolve(
    tx: &Tx,
    cx: &Cx,
    id: DevolucionId,
    (estado, respuesta): (EstadoDevolucion, Option<&str>),
) -> Result<bool, DbError> {
    const SQL: &str = "UPDATE devoluciones SET estado = $2, resuelto = $3, resuelto_por = $4, \
        respuesta = $5 WHERE id = $1 AND estado = 'pendiente'";
    let respuesta = respuesta.map(str::to_owned);
    let valores = params![id, estado.as_str(), cx.now(), cx.actor(), respuesta];
    Ok(tx.exec(SQL, valores).await? == 1)
}
