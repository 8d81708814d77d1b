//! Chargebacks in their tables, and how collections reads them.

use std::collections::HashMap;

use ramal_base::{Cx, Fecha};
use ramal_db::consulta::placeholders;
use ramal_db::{Bulk, Consulta, DbError, FromQueryResult, Tx, Value, params};
use uuid::Uuid;

use crate::contracargo::{
    AVISOS, ContracargoId, DIAS_HABILES, GraciaContracargo, NuevoContracargo,
};
use crate::{Pago, PagoId};

/// A chargeback as its payment shows it.
#[derive(Clone, Debug, FromQueryResult)]
pub struct ContracargoFila {
    /// Identifier.
    pub id: ContracargoId,
    /// Kind: see [`crate::ClaseContracargo`].
    pub clase: String,
    /// Why.
    pub motivo: String,
    /// Day on which it was recorded.
    pub fecha: Fecha,
    /// Its fee, if it had one.
    pub recargo_id: Option<Uuid>,
}

/// The chargeback of a payment, if it had one.
pub async fn de_pago(c: &impl Consulta, pago: PagoId) -> Result<Option<ContracargoFila>, DbError> {
    const SQL: &str = "SELECT id, clase, motivo, fecha, recargo_id FROM contracargos \
        WHERE pago_id = $1";
    c.opt(SQL, params![pago]).await
}

/// Writes a chargeback with the invoices that it opened again.
pub(crate) async fn insert(
    tx: &Tx,
    cx: &Cx,
    (pago, nuevo): (&Pago, &NuevoContracargo),
    (fecha, reabiertas): (Fecha, &[(Uuid, i64)]),
) -> Result<ContracargoId, DbError> {
    const SQL: &str = "INSERT INTO contracargos (id, pago_id, cliente_id, clase, motivo, fecha, \
        recargo_id, registrado, actor) VALUES ($1, $2, $3, $4, $5, $6, NULL, $7, $8)";
    let id: ContracargoId = cx.new_id();
    let valores = params![
        id,
        pago.id,
        pago.cliente_id,
        nuevo.clase.as_str(),
        nuevo.motivo.trim(),
        fecha,
        cx.now(),
        cx.actor(),
    ];
    tx.exec(SQL, valores).await?;
    let mut filas =
        Bulk::new("contracargo_facturas", &["contracargo_id", "factura_id", "reabierto"]);
    for (factura, monto) in reabiertas {
        filas.push(params![id, *factura, *monto]);
    }
    filas.insert(tx).await?;
    Ok(id)
}

/// Notes the fee.
pub(crate) async fn set_recargo(tx: &Tx, id: ContracargoId, recargo: Uuid) -> Result<(), DbError> {
    const SQL: &str = "UPDATE contracargos SET recargo_id = $2 WHERE id = $1";
    tx.exec(SQL, params![id, recargo]).await.map(|_| ())
}

#[derive(FromQueryResult)]
struct FilaGracia {
    id: Uuid,
    pago_id: PagoId,
    cliente_id: Uuid,
    fecha: Fecha,
}

#[derive(FromQueryResult)]
struct FilaFactura {
    contracargo_id: Uuid,
    factura_id: Uuid,
}

/// Chargebacks of these clientes since a day, oldest first: whoever collects gives each one notice
/// and two working days before a cut. Two statements however many clientes. Errors: `Storage`.
pub async fn gracias(
    c: &impl Consulta,
    clientes: &[Uuid],
    desde: Fecha,
) -> Result<Vec<GraciaContracargo>, DbError> {
    if clientes.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT id, pago_id, cliente_id, fecha FROM contracargos WHERE fecha >= $1 \
         AND cliente_id IN {} ORDER BY fecha, id",
        placeholders(2, clientes.len())
    );
    let mut valores: Vec<Value> = params![desde];
    valores.extend(clientes.iter().map(|id| Value::from(*id)));
    let filas: Vec<FilaGracia> = c.all(&sql, valores).await?;
    let mut facturas = reopened(c, &filas).await?;
    let gracia = |f: FilaGracia| GraciaContracargo {
        pago_id: f.pago_id,
        cliente_id: f.cliente_id,
        fecha: f.fecha,
        facturas: facturas.remove(&f.id).unwrap_or_default(),
        avisos: AVISOS,
        dias_habiles: DIAS_HABILES,
    };
    Ok(filas.into_iter().map(gracia).collect())
}

async fn reopened(
    c: &impl Consulta,
    filas: &[FilaGracia],
) -> Result<HashMap<Uuid, Vec<Uuid>>, DbError> {
    let mut suyas: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    for parte in filas.chunks(500) {
        let sql = format!(
            "SELECT contracargo_id, factura_id FROM contracargo_facturas \
             WHERE contracargo_id IN {} ORDER BY factura_id",
            placeholders(1, parte.len())
        );
        let valores = parte.iter().map(|f| Value::from(f.id)).collect();
        for f in c.all::<FilaFactura>(&sql, valores).await? {
            suyas.entry(f.contracargo_id).or_default().push(f.factura_id);
        }
    }
    Ok(suyas)
}
