//! Proofs by key, in pages, and who else sent the same.

use ramal_base::{Cx, Fecha, Moneda};
use ramal_db::{Consulta, Cursor, DbError, Pagina, Tx, Value, params};
use ramal_pagos::Medio;
use uuid::Uuid;

use super::{CONTADOS, after};
use crate::comprobante::FilaComprobante;
use crate::{ComprobantePago, ComprobantePagoId, EstadoComprobante};

const COLUMNAS: &str = "id, numero, cliente_id, factura_id, origen, archivo, tipo, bytes, sha256, \
    objeto, medio, operacion, importe, moneda, fecha, notas, estado, motivo, pago_id, actor, \
    creado, revisado, revisado_por, version";

/// Filters of the list of proofs.
#[derive(Clone, Debug, Default)]
pub struct FiltroComprobantes {
    /// State.
    pub estado: Option<EstadoComprobante>,
    /// Customer.
    pub cliente: Option<Uuid>,
}

impl FiltroComprobantes {
    fn sql(&self) -> (String, Vec<Value>) {
        let mut valores: Vec<Value> = Vec::new();
        let mut donde = vec!["1 = 1".to_owned()];
        if let Some(estado) = self.estado {
            valores.push(estado.as_str().into());
            donde.push(format!("estado = ${}", valores.len()));
        }
        if let Some(cliente) = self.cliente {
            valores.push(cliente.into());
            donde.push(format!("cliente_id = ${}", valores.len()));
        }
        (donde.join(" AND "), valores)
    }
}

/// A proof.
pub async fn by_id(
    c: &impl Consulta,
    id: ComprobantePagoId,
) -> Result<Option<ComprobantePago>, DbError> {
    one(c, "id = $1", params![id]).await
}

/// The proof with a printed number.
pub async fn by_numero(c: &impl Consulta, numero: i64) -> Result<Option<ComprobantePago>, DbError> {
    one(c, "numero = $1", params![numero]).await
}

/// The proof that a file of a customer already is.
pub async fn by_file(
    c: &impl Consulta,
    cliente: Uuid,
    sha256: &str,
) -> Result<Option<ComprobantePago>, DbError> {
    one(c, "cliente_id = $1 AND sha256 = $2", params![cliente, sha256]).await
}

async fn one(
    c: &impl Consulta,
    donde: &str,
    valores: Vec<Value>,
) -> Result<Option<ComprobantePago>, DbError> {
    let sql = format!("SELECT {COLUMNAS} FROM comprobantes_pago WHERE {donde}");
    let fila: Option<FilaComprobante> = c.opt(&sql, valores).await?;
    fila.map(ComprobantePago::try_from).transpose()
}

/// Keeps the row until the end of the transaction.
pub(crate) async fn lock(
    tx: &Tx,
    id: ComprobantePagoId,
) -> Result<Option<ComprobantePago>, DbError> {
    let donde = format!("id = $1{}", tx.motor().for_update());
    one(tx, &donde, params![id]).await
}

/// A page, oldest first while they wait, newest first otherwise.
pub async fn page(
    c: &impl Consulta,
    filtro: &FiltroComprobantes,
    cursor: &Cursor,
) -> Result<Pagina<ComprobantePago>, DbError> {
    let (mut donde, mut valores) = filtro.sql();
    let espera = filtro.estado == Some(EstadoComprobante::PorRevisar);
    let (signo, orden) = if espera { (">", "ASC") } else { ("<", "DESC") };
    if let Some(id) = after(cursor) {
        valores.push(id.into());
        donde.push_str(&format!(" AND id {signo} ${}", valores.len()));
    }
    let sql = format!(
        "SELECT {COLUMNAS} FROM comprobantes_pago WHERE {donde} ORDER BY id {orden} LIMIT {}",
        cursor.filas()
    );
    let filas: Vec<FilaComprobante> = c.all(&sql, valores).await?;
    let datos: Result<Vec<_>, DbError> = filas.into_iter().map(ComprobantePago::try_from).collect();
    Ok(Pagina::cut(datos?, cursor, |p| p.id.to_string()))
}

/// How many, at most [`CONTADOS`].
pub async fn count(c: &impl Consulta, filtro: &FiltroComprobantes) -> Result<i64, DbError> {
    let (donde, valores) = filtro.sql();
    let sql = format!(
        "SELECT COUNT(*) FROM (SELECT id FROM comprobantes_pago WHERE {donde} LIMIT {CONTADOS}) \
         AS t"
    );
    Ok(c.scalar(&sql, valores).await?.unwrap_or(0))
}

/// The next one that waits after another, oldest first; the first if there is none after.
pub async fn next_waiting(
    c: &impl Consulta,
    tras: ComprobantePagoId,
) -> Result<Option<i64>, DbError> {
    const SQL: &str = "SELECT numero FROM comprobantes_pago WHERE estado = 'por_revisar' \
        AND id <> $1 ORDER BY CASE WHEN id > $1 THEN 0 ELSE 1 END, id LIMIT 1";
    c.scalar(SQL, params![tras]).await
}

/// Other proofs that are the same file, or the same operation, amount and day.
pub async fn duplicates(
    c: &impl Consulta,
    p: &ComprobantePago,
) -> Result<Vec<ComprobantePago>, DbError> {
    let sql = format!(
        "SELECT {COLUMNAS} FROM comprobantes_pago WHERE id <> $1 AND (sha256 = $2 \
         OR (operacion_busqueda = $3 AND (importe = $4 OR importe IS NULL OR $4 IS NULL))) \
         ORDER BY id LIMIT 10"
    );
    let operacion = p.operacion.as_deref().and_then(plain_operation);
    let valores = params![p.id, p.sha256.as_str(), operacion, p.importe];
    let filas: Vec<FilaComprobante> = c.all(&sql, valores).await?;
    filas.into_iter().map(ComprobantePago::try_from).collect()
}

/// Printed numbers of payments with the operation number of a proof, other than its own.
pub async fn pagos_with(c: &impl Consulta, p: &ComprobantePago) -> Result<Vec<i64>, DbError> {
    const SQL: &str = "SELECT numero FROM pagos WHERE operacion_busqueda = $1 \
        AND estado = 'vigente' AND ($2 IS NULL OR id <> $2) ORDER BY id LIMIT 5";
    let Some(operacion) = p.operacion.as_deref().and_then(plain_operation) else {
        return Ok(Vec::new());
    };
    let propio = p.pago_id.unwrap_or(Uuid::nil());
    let sql = SQL.replace("($2 IS NULL OR id <> $2)", "id <> $2");
    c.column(&sql, params![operacion, propio]).await
}

/// An operation number as two people would agree on it.
pub(crate) fn plain_operation(texto: &str) -> Option<String> {
    let plano = ramal_extractos::texto::operation(texto);
    (!plano.is_empty()).then_some(plano)
}

/// Writes a new proof; `false` if the customer sent the same file before.
pub(crate) async fn insert(tx: &Tx, p: &ComprobantePago) -> Result<bool, DbError> {
    const SQL: &str = "INSERT INTO comprobantes_pago (id, numero, cliente_id, factura_id, origen, \
        archivo, tipo, bytes, sha256, objeto, medio, operacion, operacion_busqueda, importe, \
        moneda, fecha, notas, estado, actor, creado, version) VALUES ($1, $2, $3, $4, $5, $6, $7, \
        $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, 1) \
        ON CONFLICT (cliente_id, sha256) DO NOTHING";
    let valores = params![
        p.id,
        p.numero,
        p.cliente_id,
        p.factura_id,
        p.origen.as_str(),
        p.archivo.as_str(),
        p.tipo.as_str(),
        p.bytes,
        p.sha256.as_str(),
        p.objeto.as_str(),
        p.medio.as_str(),
        p.operacion.clone(),
        p.operacion.as_deref().and_then(plain_operation),
        p.importe,
        p.moneda.codigo(),
        p.fecha,
        p.notas.clone(),
        p.estado.as_str(),
        p.actor.as_str(),
        p.creado,
    ];
    Ok(tx.exec(SQL, valores).await? == 1)
}

/// What a reviewer read in a proof and decided.
pub(crate) struct Revision<'a> {
    pub(crate) estado: EstadoComprobante,
    pub(crate) motivo: Option<&'a str>,
    pub(crate) medio: Medio,
    pub(crate) operacion: Option<&'a str>,
    pub(crate) dinero: (Option<i64>, Moneda),
    pub(crate) fecha: Option<Fecha>,
    pub(crate) pago: Option<Uuid>,
}

/// Writes a decision; the caller holds the row. Errors: `Unique` if the same operation was approved
/// in another proof.
pub(crate) async fn review(
    tx: &Tx,
    cx: &Cx,
    id: ComprobantePagoId,
    r: &Revision<'_>,
) -> Result<(), DbError> {
    const SQL: &str = "UPDATE comprobantes_pago SET estado = $2, motivo = $3, medio = $4, \
        operacion = $5, operacion_busqueda = $6, importe = $7, moneda = $8, fecha = $9, \
        pago_id = $10, revisado = $11, revisado_por = $12, version = version + 1 WHERE id = $1";
    let valores = params![
        id,
        r.estado.as_str(),
        r.motivo.map(ToOwned::to_owned),
        r.medio.as_str(),
        r.operacion.map(ToOwned::to_owned),
        r.operacion.and_then(plain_operation),
        r.dinero.0,
        r.dinero.1.codigo(),
        r.fecha,
        r.pago,
        cx.now(),
        cx.actor(),
    ];
    tx.exec(SQL, valores).await.map(|_| ())
}

/// Printed number of the payment with the same operation number, amount and nearly the same day,
/// whatever its means and its customer.
pub(crate) async fn same_pago(
    c: &impl Consulta,
    p: &ComprobantePago,
    fecha: Option<Fecha>,
) -> Result<Option<i64>, DbError> {
    const SQL: &str = "SELECT numero FROM pagos WHERE operacion_busqueda = $1 AND monto = $2 \
        AND moneda = $3 AND estado = 'vigente' AND fecha_valor BETWEEN $4 AND $5 \
        ORDER BY id LIMIT 1";
    let operacion = p.operacion.as_deref().and_then(plain_operation);
    let (Some(operacion), Some(importe), Some(fecha)) = (operacion, p.importe, fecha) else {
        return Ok(None);
    };
    let valores =
        params![operacion, importe, p.moneda.codigo(), fecha.plus_dias(-5), fecha.plus_dias(5),];
    c.scalar(SQL, valores).await
}
