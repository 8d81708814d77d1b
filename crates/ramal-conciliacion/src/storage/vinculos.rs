//! What a line is linked to: payments, or the pay-out of a gateway. A payment has one line at most.

use std::collections::BTreeMap;

use ramal_base::Fecha;
use ramal_db::consulta::placeholders;
use ramal_db::{Consulta, DbError, FromQueryResult, Tx, Value, params};
use uuid::Uuid;

use crate::{CuentaId, RenglonId};

/// A payment linked to a line.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Vinculo {
    /// Line.
    pub renglon_id: RenglonId,
    /// Payment.
    pub pago_id: Uuid,
    /// Minor units.
    pub importe: i64,
    /// Whether the line made the payment: undoing reverses it. If not, it was there before.
    pub creado: bool,
}

/// Links a payment; `false` if it has a line already.
pub(crate) async fn link(tx: &Tx, v: &Vinculo) -> Result<bool, DbError> {
    const SQL: &str = "INSERT INTO renglon_pagos (renglon_id, pago_id, importe, creado) \
        VALUES ($1, $2, $3, $4) ON CONFLICT (pago_id) DO NOTHING";
    Ok(tx.exec(SQL, params![v.renglon_id, v.pago_id, v.importe, v.creado]).await? == 1)
}

/// Payments of some lines.
pub async fn of_lines(
    c: &impl Consulta,
    renglones: &[RenglonId],
) -> Result<BTreeMap<RenglonId, Vec<Vinculo>>, DbError> {
    let mut todos: BTreeMap<RenglonId, Vec<Vinculo>> = BTreeMap::new();
    if renglones.is_empty() {
        return Ok(todos);
    }
    let sql = format!(
        "SELECT renglon_id, pago_id, importe, creado FROM renglon_pagos WHERE renglon_id IN {} \
         ORDER BY pago_id",
        placeholders(1, renglones.len())
    );
    let valores = renglones.iter().map(|r| Value::from(*r)).collect();
    for v in c.all::<Vinculo>(&sql, valores).await? {
        todos.entry(v.renglon_id).or_default().push(v);
    }
    Ok(todos)
}

/// The line of a payment.
pub async fn of_pago(c: &impl Consulta, pago: Uuid) -> Result<Option<Vinculo>, DbError> {
    const SQL: &str = "SELECT renglon_id, pago_id, importe, creado FROM renglon_pagos \
        WHERE pago_id = $1";
    c.opt(SQL, params![pago]).await
}

/// Takes a line's links away.
pub(crate) async fn unlink(tx: &Tx, renglon: RenglonId) -> Result<(), DbError> {
    tx.exec("DELETE FROM renglon_pagos WHERE renglon_id = $1", params![renglon]).await?;
    tx.exec("DELETE FROM renglon_liquidaciones WHERE renglon_id = $1", params![renglon]).await?;
    Ok(())
}

/// A pay-out as the lines of a gateway's report make it.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Liquidacion {
    /// Account of the gateway.
    pub cuenta_id: CuentaId,
    /// Name of the account.
    pub cuenta: String,
    /// Gateway.
    pub proveedor: Option<String>,
    /// The gateway's name of the pay-out.
    pub liquidacion: String,
    /// Σ of its lines, minor units.
    pub neto: i64,
    /// Σ of what it kept, minor units.
    pub comision: i64,
    /// Lines.
    pub lineas: i64,
    /// Lines without payment.
    pub sueltas: i64,
    /// Last day of its lines.
    pub hasta: Fecha,
}

const LIQUIDACIONES: &str = "SELECT r.cuenta_id, c.nombre AS cuenta, c.proveedor, r.liquidacion, \
    CAST(SUM(r.importe) AS BIGINT) AS neto, \
    CAST(SUM(COALESCE(r.comision, 0)) AS BIGINT) AS comision, COUNT(*) AS lineas, \
    CAST(SUM(CASE WHEN r.estado = 'por_conciliar' THEN 1 ELSE 0 END) AS BIGINT) AS sueltas, \
    MAX(r.fecha_operacion) AS hasta \
    FROM conciliacion_renglones r JOIN cuentas_bancarias c ON c.id = r.cuenta_id \
    LEFT JOIN renglon_liquidaciones l \
        ON l.cuenta_id = r.cuenta_id AND l.liquidacion = r.liquidacion \
    WHERE r.liquidacion IS NOT NULL AND c.clase = 'pasarela' AND l.renglon_id IS NULL";

const AGRUPADAS: &str = "GROUP BY r.cuenta_id, c.nombre, c.proveedor, r.liquidacion";

/// Pay-outs that no bank line has yet, whose net is this and whose days are near one.
pub async fn payouts(
    c: &impl Consulta,
    (neto, moneda): (i64, &str),
    fecha: Fecha,
) -> Result<Vec<Liquidacion>, DbError> {
    let sql = format!(
        "{LIQUIDACIONES} AND r.moneda = $2 AND r.fecha_operacion BETWEEN $3 AND $4 {AGRUPADAS} \
         HAVING SUM(r.importe) = $1 ORDER BY r.liquidacion LIMIT 5"
    );
    let (desde, hasta) = (fecha.plus_dias(-35), fecha.plus_dias(1));
    c.all(&sql, params![neto, moneda, desde, hasta]).await
}

/// A pay-out that no bank line has yet.
pub async fn payout(
    c: &impl Consulta,
    cuenta: CuentaId,
    liquidacion: &str,
) -> Result<Option<Liquidacion>, DbError> {
    let sql = format!("{LIQUIDACIONES} AND r.cuenta_id = $1 AND r.liquidacion = $2 {AGRUPADAS}");
    c.opt(&sql, params![cuenta, liquidacion]).await
}

/// Links a pay-out; `false` if another line has it.
pub(crate) async fn link_payout(
    tx: &Tx,
    renglon: RenglonId,
    l: &Liquidacion,
) -> Result<bool, DbError> {
    const SQL: &str = "INSERT INTO renglon_liquidaciones \
        (renglon_id, cuenta_id, liquidacion, neto, comision) VALUES ($1, $2, $3, $4, $5) \
        ON CONFLICT (cuenta_id, liquidacion) DO NOTHING";
    let valores = params![renglon, l.cuenta_id, l.liquidacion.as_str(), l.neto, l.comision];
    Ok(tx.exec(SQL, valores).await? == 1)
}

/// Pay-outs of some lines: line, account and name of the pay-out.
pub async fn payouts_of(
    c: &impl Consulta,
    renglones: &[RenglonId],
) -> Result<BTreeMap<RenglonId, String>, DbError> {
    #[derive(FromQueryResult)]
    struct Fila {
        renglon_id: RenglonId,
        liquidacion: String,
    }
    if renglones.is_empty() {
        return Ok(BTreeMap::new());
    }
    let sql = format!(
        "SELECT renglon_id, liquidacion FROM renglon_liquidaciones WHERE renglon_id IN {}",
        placeholders(1, renglones.len())
    );
    let valores = renglones.iter().map(|r| Value::from(*r)).collect();
    let filas: Vec<Fila> = c.all(&sql, valores).await?;
    Ok(filas.into_iter().map(|f| (f.renglon_id, f.liquidacion)).collect())
}
