//! SQL of the late fees that collections triggered or held, and of the invoices that a bounced
//! payment opened again. The charges themselves are billing's.

use ramal_base::{Cx, Fecha};
use ramal_db::{Consulta, DbError, FromQueryResult, Tx, params};
use uuid::Uuid;

use super::ids_in;

/// A late fee as it lies in its table.
#[derive(Clone, Debug, FromQueryResult)]
pub struct RecargoFila {
    /// Invoice.
    pub factura_id: Uuid,
    /// Stage.
    pub etapa: String,
    /// Whose.
    pub cliente_id: Uuid,
    /// Fee, minor units.
    pub monto: i64,
    /// Currency.
    pub moneda: String,
    /// `retenido`, `cobrado` or `perdonado`.
    pub estado: String,
    /// Day on which it came due.
    pub fecha: Fecha,
    /// Promise that holds it.
    pub promesa_id: Option<Uuid>,
    /// The charge of billing.
    pub recargo_id: Option<Uuid>,
    /// Why it was waived.
    pub motivo: Option<String>,
}

const COLUMNAS: &str = "factura_id, etapa, cliente_id, monto, moneda, estado, fecha, promesa_id, \
    recargo_id, motivo";

/// Writes a fee; false if there is one of that stage.
pub async fn insert(tx: &Tx, cx: &Cx, r: &RecargoFila) -> Result<bool, DbError> {
    const SQL: &str = "INSERT INTO cobranza_recargos (factura_id, etapa, cliente_id, monto, \
        moneda, estado, fecha, promesa_id, recargo_id, motivo, creado, actualizado) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING";
    let valores = params![
        r.factura_id,
        r.etapa.as_str(),
        r.cliente_id,
        r.monto,
        r.moneda.as_str(),
        r.estado.as_str(),
        r.fecha,
        r.promesa_id,
        r.recargo_id,
        r.motivo.clone(),
        cx.now(),
        cx.now(),
    ];
    Ok(tx.exec(SQL, valores).await? == 1)
}

/// Fees of these customers.
pub async fn of_clientes(
    c: &impl Consulta,
    clientes: &[Uuid],
) -> Result<Vec<RecargoFila>, DbError> {
    if clientes.is_empty() {
        return Ok(Vec::new());
    }
    let (lista, ids) = ids_in(1, clientes);
    let sql = format!(
        "SELECT {COLUMNAS} FROM cobranza_recargos WHERE cliente_id IN {lista} \
         ORDER BY fecha, factura_id, etapa"
    );
    c.all(&sql, ids).await
}

/// Moves a fee from one state to another; false if it was in another.
pub async fn move_estado(
    tx: &Tx,
    cx: &Cx,
    (factura, etapa): (Uuid, &str),
    (de, a): (&str, &str),
    (recargo, motivo): (Option<Uuid>, Option<&str>),
) -> Result<bool, DbError> {
    const SQL: &str = "UPDATE cobranza_recargos SET estado = $4, \
        recargo_id = COALESCE($5, recargo_id), motivo = $6, actualizado = $7 \
        WHERE factura_id = $1 AND etapa = $2 AND estado = $3";
    Ok(tx.exec(SQL, params![factura, etapa, de, a, recargo, motivo, cx.now()]).await? == 1)
}

/// Records that an invoice was opened again on a day; a later one replaces it.
pub async fn reopen(tx: &Tx, (factura, cliente): (Uuid, Uuid), dia: Fecha) -> Result<(), DbError> {
    const SQL: &str = "INSERT INTO reaperturas (factura_id, cliente_id, fecha) \
        VALUES ($1, $2, $3) ON CONFLICT (factura_id) DO UPDATE SET fecha = excluded.fecha";
    tx.exec(SQL, params![factura, cliente, dia]).await.map(|_| ())
}

/// Invoices of these customers that were opened again, with the day.
pub async fn reopened(c: &impl Consulta, clientes: &[Uuid]) -> Result<Vec<(Uuid, Fecha)>, DbError> {
    #[derive(FromQueryResult)]
    struct Fila {
        factura_id: Uuid,
        fecha: Fecha,
    }
    if clientes.is_empty() {
        return Ok(Vec::new());
    }
    let (lista, ids) = ids_in(1, clientes);
    let sql = format!("SELECT factura_id, fecha FROM reaperturas WHERE cliente_id IN {lista}");
    let filas: Vec<Fila> = c.all(&sql, ids).await?;
    Ok(filas.into_iter().map(|f| (f.factura_id, f.fecha)).collect())
}
