//! Reading invoices for lists, indicators and account states. Decides nothing.

use std::collections::HashMap;

use ramal_base::{Fecha, Instante};
use ramal_db::consulta::placeholders;
use ramal_db::{Bulk, Consulta, Cursor, DbError, FromQueryResult, Pagina, Tx, Value, params};
use uuid::Uuid;

use crate::factura::{EstadoFactura, FacturaFila};
use crate::storage::facturas::COLUMNAS;

/// Legal state of an invoice as its document has it.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Legal {
    /// The document.
    pub id: Uuid,
    /// State before its authority.
    pub estado: String,
    /// Last code of the authority.
    pub codigo: Option<String>,
    /// Last message, with the way out.
    pub mensaje: Option<String>,
    /// Fiscal UUID (MX).
    pub uuid_fiscal: Option<String>,
    /// When it was accepted.
    pub aceptado: Option<Instante>,
}

/// Legal states of these documents, by document.
pub async fn legales(
    c: &impl Consulta,
    comprobantes: &[Uuid],
) -> Result<HashMap<Uuid, Legal>, DbError> {
    if comprobantes.is_empty() {
        return Ok(HashMap::new());
    }
    let sql = format!(
        "SELECT id, estado, codigo, mensaje, uuid_fiscal, aceptado FROM comprobantes \
         WHERE id IN {}",
        placeholders(1, comprobantes.len())
    );
    let valores = comprobantes.iter().map(|i| Value::from(*i)).collect();
    let filas: Vec<Legal> = c.all(&sql, valores).await?;
    Ok(filas.into_iter().map(|l| (l.id, l)).collect())
}

/// Filters of the list of invoices; all optional, combined with "and".
#[derive(Clone, Debug, Default)]
pub struct FiltroFacturas {
    /// Customer.
    pub cliente_id: Option<Uuid>,
    /// Commercial state.
    pub estado: Option<EstadoFactura>,
    /// `pendiente`, `aceptada`, `rechazada` or `baja`.
    pub estado_sunat: Option<String>,
    /// Serie.
    pub serie: Option<String>,
    /// First day of issue.
    pub desde: Option<Fecha>,
    /// Last day of issue.
    pub hasta: Option<Fecha>,
}

/// Document states behind a word of `estado_sunat`.
fn legal_condition(palabra: &str) -> &'static str {
    match palabra {
        "aceptada" => "k.estado IN ('aceptado', 'aceptado_obs', 'baja_pendiente')",
        "rechazada" => "k.estado = 'rechazado'",
        "baja" => "k.estado = 'baja'",
        _ => {
            "f.tipo <> 'R' AND (k.estado IS NULL OR k.estado IN ('en_cola', 'enviando', \
             'excepcion', 'incierto', 'pausado'))"
        }
    }
}

/// A page of invoices, newest first. A cursor that is not one of ours gives `None`.
pub async fn list(
    c: &impl Consulta,
    filtro: &FiltroFacturas,
    cursor: &Cursor,
) -> Result<Option<Pagina<FacturaFila>>, DbError> {
    let mut donde = vec!["1 = 1".to_owned()];
    let mut valores: Vec<Value> = Vec::new();
    let mut bind = |valor: Value| {
        valores.push(valor);
        format!("${}", valores.len())
    };
    if let Some(cliente) = filtro.cliente_id {
        donde.push(format!("f.cliente_id = {}", bind(cliente.into())));
    }
    if let Some(estado) = filtro.estado {
        donde.push(format!("f.estado = {}", bind(estado.as_str().into())));
    }
    if let Some(serie) = &filtro.serie {
        donde.push(format!("f.serie = {}", bind(serie.as_str().into())));
    }
    if let Some(desde) = filtro.desde {
        donde.push(format!("f.fecha >= {}", bind(desde.into())));
    }
    if let Some(hasta) = filtro.hasta {
        donde.push(format!("f.fecha <= {}", bind(hasta.into())));
    }
    let mut union = "";
    if let Some(palabra) = &filtro.estado_sunat {
        union = "LEFT JOIN comprobantes k ON k.id = f.comprobante_id";
        donde.push(legal_condition(palabra).to_owned());
    }
    if let Some(texto) = cursor.cursor.as_deref() {
        let Ok(id) = texto.parse::<Uuid>() else { return Ok(None) };
        donde.push(format!("f.id < {}", bind(id.into())));
    }
    let sql = format!(
        "SELECT {COLUMNAS} FROM facturas f {union} WHERE {} ORDER BY f.id DESC LIMIT {}",
        donde.join(" AND "),
        cursor.filas()
    );
    let filas: Vec<FacturaFila> = c.all(&sql, valores).await?;
    Ok(Some(Pagina::cut(filas, cursor, |f| f.id.to_string())))
}

/// Notes of an invoice, oldest first.
pub async fn notas(c: &impl Consulta, factura: Uuid) -> Result<Vec<FacturaFila>, DbError> {
    let sql =
        format!("SELECT {COLUMNAS} FROM facturas f WHERE f.relacionada_id = $1 ORDER BY f.id");
    c.all(&sql, params![factura]).await
}

/// How many and how much, of one kind and currency.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Suma {
    /// Month, `2026-11`.
    pub mes: String,
    /// Currency.
    pub moneda: String,
    /// Documents.
    pub n: i64,
    /// Sum of totals, minor units.
    pub total: i64,
}

/// Sales by month and currency since a day, voided ones left out.
pub async fn por_mes(c: &impl Consulta, desde: Fecha) -> Result<Vec<Suma>, DbError> {
    const SQL: &str = "SELECT substr(CAST(fecha AS TEXT), 1, 7) AS mes, moneda, COUNT(*) AS n, \
        CAST(SUM(total) AS BIGINT) AS total FROM facturas \
        WHERE fecha >= $1 AND clase IN ('factura', 'recibo', 'nota_debito') \
        AND estado <> 'anulada' \
        GROUP BY substr(CAST(fecha AS TEXT), 1, 7), moneda ORDER BY 1, 2";
    c.all(SQL, params![desde]).await
}

/// Documents and what they sum, by currency.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Saldo {
    /// Currency.
    pub moneda: String,
    /// Documents.
    pub n: i64,
    /// Sum, minor units.
    pub total: i64,
}

const SALDOS: &str = "SELECT moneda, COUNT(*) AS n, \
    CAST(SUM(total - acreditado - aplicado) AS BIGINT) AS total \
    FROM facturas WHERE estado = 'emitida' AND clase IN ('factura', 'recibo', 'nota_debito')";

/// What is owed to the company, by currency.
pub async fn por_cobrar(c: &impl Consulta) -> Result<Vec<Saldo>, DbError> {
    c.all(&format!("{SALDOS} GROUP BY moneda ORDER BY moneda"), vec![]).await
}

/// What a customer owes, by currency.
pub async fn deuda(c: &impl Consulta, cliente: Uuid) -> Result<Vec<Saldo>, DbError> {
    let sql = format!("{SALDOS} AND cliente_id = $1 GROUP BY moneda ORDER BY moneda");
    c.all(&sql, params![cliente]).await
}

#[derive(FromQueryResult)]
struct FilaEstado {
    estado: String,
    n: i64,
}

/// Legal documents of invoices issued since a day, by state.
pub async fn estados_legales(
    c: &impl Consulta,
    desde: Fecha,
) -> Result<Vec<(String, i64)>, DbError> {
    const SQL: &str = "SELECT k.estado, COUNT(*) AS n FROM facturas f \
        JOIN comprobantes k ON k.id = f.comprobante_id WHERE f.fecha >= $1 GROUP BY k.estado";
    let filas: Vec<FilaEstado> = c.all(SQL, params![desde]).await?;
    Ok(filas.into_iter().map(|f| (f.estado, f.n)).collect())
}

/// The invoice that a customer paid last.
pub async fn ultima_pagada(
    c: &impl Consulta,
    cliente: Uuid,
) -> Result<Option<FacturaFila>, DbError> {
    let sql = format!(
        "SELECT {COLUMNAS} FROM facturas f WHERE f.cliente_id = $1 AND f.pagada IS NOT NULL \
         ORDER BY f.pagada DESC LIMIT 1"
    );
    c.opt(&sql, params![cliente]).await
}

#[derive(FromQueryResult)]
struct FilaAnterior {
    cliente_id: Uuid,
    moneda: String,
    total: i64,
}

/// What the last run that billed these customers billed them, by customer and currency; two runs
/// executed on one day are two.
pub async fn ultimo_facturado(
    c: &impl Consulta,
    clientes: &[Uuid],
) -> Result<HashMap<(Uuid, String), i64>, DbError> {
    let mut ultimo: HashMap<(Uuid, String), i64> = HashMap::new();
    for parte in clientes.chunks(400) {
        let sql = format!(
            "SELECT f.cliente_id, f.moneda, CAST(SUM(f.total) AS BIGINT) AS total \
             FROM facturas f JOIN corridas r ON r.id = f.corrida_id \
             WHERE f.clase IN ('factura', 'recibo') AND f.estado <> 'anulada' \
             AND f.cliente_id IN {} \
             GROUP BY f.cliente_id, f.moneda, r.fecha ORDER BY r.fecha",
            placeholders(1, parte.len())
        );
        let valores = parte.iter().map(|i| Value::from(*i)).collect();
        let filas: Vec<FilaAnterior> = c.all(&sql, valores).await?;
        // In order of run: the last one stays.
        ultimo.extend(filas.into_iter().map(|f| ((f.cliente_id, f.moneda), f.total)));
    }
    Ok(ultimo)
}

/// Runs, newest day first, after the day of the cursor.
pub async fn corridas(
    c: &impl Consulta,
    cursor: &Cursor,
) -> Result<Option<Pagina<super::corridas::CorridaFila>>, DbError> {
    let antes = match cursor.cursor.as_deref().map(Fecha::parse) {
        None => Fecha::parse("9999-12-31").map_err(|_| DbError::Corrupt("last day"))?,
        Some(Ok(fecha)) => crate::vistas::within_calendar(fecha),
        Some(Err(_)) => return Ok(None),
    };
    const SQL: &str = "SELECT id, fecha, estado, creado, terminado FROM corridas \
        WHERE fecha < $1 AND clase = $2 ORDER BY fecha DESC LIMIT $3";
    let valores = params![antes, super::corridas::CLASE_RECURRENTE, cursor.filas()];
    let filas = c.all::<super::corridas::CorridaFila>(SQL, valores).await?;
    Ok(Some(Pagina::cut(filas, cursor, |f| f.fecha.to_string())))
}

/// Recibos of the month of `mes` that no global invoice holds, of an emisor.
pub async fn recibos_sin_global(
    tx: &Tx,
    emisor: Uuid,
    mes: Fecha,
) -> Result<Vec<FacturaFila>, DbError> {
    let primero = mes.plus_dias(1 - i32::from(mes.dia()));
    let sql = format!(
        "SELECT {COLUMNAS} FROM facturas f WHERE f.emisor_id = $1 AND f.clase = 'recibo' \
         AND f.estado <> 'anulada' AND f.acreditado = 0 AND f.fecha >= $2 AND f.fecha < $3 \
         AND NOT EXISTS (SELECT 1 FROM recibos_globales g WHERE g.factura_id = f.id) \
         ORDER BY f.id"
    );
    tx.all(&sql, params![emisor, primero, primero.plus_meses(1)]).await
}

/// Says which global invoice holds these recibos. Errors: `Unique` if one is in another already.
pub async fn insert_recibos_globales(
    tx: &Tx,
    comprobante: Uuid,
    recibos: &[Uuid],
) -> Result<(), DbError> {
    let mut filas = Bulk::new("recibos_globales", &["factura_id", "comprobante_id"]);
    for recibo in recibos {
        filas.push(params![*recibo, comprobante]);
    }
    filas.insert(tx).await.map(|_| ())
}
