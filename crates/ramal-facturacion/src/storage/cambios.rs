//! Changes of issued invoices: state, payment, voiding, new number. Issuing them belongs to
//! `facturas`.

use ramal_base::{Cx, Fecha, Id};
use ramal_db::{Bulk, Consulta, DbError, FromQueryResult, Tx, params};
use uuid::Uuid;

use crate::factura::{EstadoFactura, FacturaFila};
use crate::nucleo::Clase;
use crate::storage::cargos::CargoMarca;
use crate::storage::facturas::COLUMNAS;

/// One invoice.
pub async fn by_id(c: &impl Consulta, id: Uuid) -> Result<Option<FacturaFila>, DbError> {
    let sql = format!("SELECT {COLUMNAS} FROM facturas f WHERE f.id = $1");
    c.opt(&sql, params![id]).await
}

/// One invoice, its row locked until the end of the transaction.
pub async fn lock(tx: &Tx, id: Uuid) -> Result<Option<FacturaFila>, DbError> {
    let cierre = tx.motor().for_update();
    let sql = format!("SELECT {COLUMNAS} FROM facturas f WHERE f.id = $1{cierre}");
    tx.opt(&sql, params![id]).await
}

/// Invoice whose legal document has this fiscal UUID.
pub async fn id_by_uuid_fiscal(c: &impl Consulta, uuid: &str) -> Result<Option<Uuid>, DbError> {
    const SQL: &str = "SELECT f.id FROM comprobantes k JOIN facturas f ON f.comprobante_id = k.id \
        WHERE k.uuid_fiscal IN ($1, $2)";
    c.scalar(SQL, params![uuid.to_uppercase(), uuid.to_lowercase()]).await
}

/// Moves an invoice to a state.
pub async fn set_estado(tx: &Tx, id: Uuid, estado: EstadoFactura) -> Result<(), DbError> {
    const SQL: &str = "UPDATE facturas SET estado = $2, version = version + 1 WHERE id = $1";
    tx.exec(SQL, params![id, estado.as_str()]).await.map(|_| ())
}

/// Keeps the JSON of a voiding that was asked for.
pub async fn set_anulacion(tx: &Tx, id: Uuid, anulacion: String) -> Result<(), DbError> {
    const SQL: &str = "UPDATE facturas SET anulacion = $2, version = version + 1 WHERE id = $1";
    tx.exec(SQL, params![id, anulacion]).await.map(|_| ())
}

/// JSON of a voiding that was asked for.
pub async fn anulacion(c: &impl Consulta, id: Uuid) -> Result<Option<String>, DbError> {
    c.scalar("SELECT anulacion FROM facturas WHERE id = $1", params![id]).await
}

/// Writes the new number, receiver and legal document of an invoice whose first one was refused.
pub async fn renumber(tx: &Tx, f: &FacturaFila) -> Result<(), DbError> {
    const SQL: &str = "UPDATE facturas SET tipo = $2, serie = $3, folio = $4, fecha = $5, \
        emitida = $6, receptor = $7, comprobante_id = $8, version = version + 1 WHERE id = $1";
    let (tipo, serie) = (f.tipo.as_str(), f.serie.as_str());
    let valores = params![
        f.id,
        tipo,
        serie,
        f.folio,
        f.fecha,
        f.emitida,
        f.receptor.as_str(),
        f.comprobante_id
    ];
    tx.exec(SQL, valores).await.map(|_| ())
}

/// Says that what a note left in favour is to be given back; nothing if it left nothing (N2).
pub async fn promise_refund(tx: &Tx, nota: Uuid) -> Result<(), DbError> {
    const SQL: &str = "UPDATE facturas SET efecto = 'devolucion' WHERE id = $1 \
        AND efecto = 'saldo'";
    tx.exec(SQL, params![nota]).await.map(|_| ())
}

/// Live notes of an invoice.
pub async fn live_notes(c: &impl Consulta, id: Uuid) -> Result<i64, DbError> {
    const SQL: &str = "SELECT COUNT(*) FROM facturas WHERE relacionada_id = $1 \
        AND estado <> 'anulada'";
    Ok(c.scalar(SQL, params![id]).await?.unwrap_or(0))
}

/// Whether a note of the invoice was numbered and has no document yet.
pub async fn has_unsealed_notes(c: &impl Consulta, id: Uuid) -> Result<bool, DbError> {
    const SQL: &str = "SELECT COUNT(*) FROM facturas WHERE relacionada_id = $1 \
        AND comprobante_id IS NULL";
    Ok(c.scalar::<i64>(SQL, params![id]).await?.unwrap_or(0) > 0)
}

/// Whether a recibo is inside a global invoice.
pub async fn is_in_global(c: &impl Consulta, id: Uuid) -> Result<bool, DbError> {
    const SQL: &str = "SELECT COUNT(*) FROM recibos_globales WHERE factura_id = $1";
    Ok(c.scalar::<i64>(SQL, params![id]).await?.unwrap_or(0) > 0)
}

/// Whether every line of an invoice is credited whole.
pub async fn is_acreditada(c: &impl Consulta, id: Uuid) -> Result<bool, DbError> {
    const SQL: &str = "SELECT COUNT(*) FROM factura_lineas WHERE factura_id = $1 \
        AND acreditado < importe";
    Ok(c.scalar::<i64>(SQL, params![id]).await?.unwrap_or(0) == 0)
}

/// Posted charge as it lies in its table.
#[derive(Clone, Debug, FromQueryResult)]
pub struct CargoFila {
    /// Service charged.
    pub servicio_id: Uuid,
    /// Whose it is.
    pub cliente_id: Uuid,
    /// First day of the period.
    pub periodo_desde: Fecha,
    /// First day after the period.
    pub periodo_hasta: Fecha,
    /// Kind: see [`Clase`].
    pub clase: String,
    /// Order among the postings of its key.
    pub revision: i32,
    /// Amount with sign, minor units.
    pub monto: i64,
    /// Currency.
    pub moneda: String,
    /// Line of its invoice.
    pub linea: Option<i32>,
    /// JSON of its arithmetic or of why it was reversed.
    pub detalle: Option<String>,
}

/// Charges that an invoice posted, by line.
pub async fn cargos_de(c: &impl Consulta, factura: Uuid) -> Result<Vec<CargoFila>, DbError> {
    const SQL: &str = "SELECT servicio_id, cliente_id, periodo_desde, periodo_hasta, clase, \
        revision, monto, moneda, linea, detalle FROM cargos WHERE factura_id = $1 \
        ORDER BY linea, periodo_desde, revision";
    c.all(SQL, params![factura]).await
}

/// Postings that a key of a service has: the revision of the next one.
pub async fn revisiones(
    c: &impl Consulta,
    (servicio, desde, clase): (Uuid, Fecha, Clase),
) -> Result<u32, DbError> {
    const SQL: &str = "SELECT COUNT(*) FROM cargos WHERE servicio_id = $1 \
        AND periodo_desde = $2 AND clase = $3";
    let n: i64 = c.scalar(SQL, params![servicio, desde, clase.texto()]).await?.unwrap_or(0);
    Ok(u32::try_from(n).unwrap_or(u32::MAX))
}

/// Posts the opposite of charges of an invoice, each with the revision given to it.
pub async fn insert_reversos(
    tx: &Tx,
    cx: &Cx,
    (factura, fecha): (Uuid, Fecha),
    reversos: &[(CargoFila, u32)],
) -> Result<(), DbError> {
    const COLUMNAS: &[&str] = &[
        "id",
        "servicio_id",
        "cliente_id",
        "periodo_desde",
        "periodo_hasta",
        "clase",
        "revision",
        "monto",
        "moneda",
        "factura_id",
        "linea",
        "fecha",
        "detalle",
    ];
    let mut filas = Bulk::new("cargos", COLUMNAS);
    for (c, revision) in reversos {
        let id: Id<CargoMarca> = cx.new_id();
        filas.push(params![
            id,
            c.servicio_id,
            c.cliente_id,
            c.periodo_desde,
            c.periodo_hasta,
            c.clase.as_str(),
            i32::try_from(*revision).unwrap_or(i32::MAX),
            c.monto,
            c.moneda.as_str(),
            factura,
            c.linea,
            fecha,
            c.detalle.clone(),
        ]);
    }
    filas.insert(tx).await.map(|_| ())
}
