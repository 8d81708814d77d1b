//! Payments by key, beside the sums of their abonos. Lists of people are in `lista`.

use ramal_base::Cx;
use ramal_db::{Consulta, DbError, FromQueryResult, Tx, params};
use uuid::Uuid;

use crate::pago::FilaPago;
use crate::{Pago, PagoId};

/// Columns of a payment, in the order that every query here lists them.
pub(crate) const COLUMNAS: &str = "p.id, p.numero, p.cliente_id, p.moneda, p.monto, \
    COALESCE(a.aplicado, 0) AS aplicado, COALESCE(a.retirado, 0) AS devuelto, p.medio, \
    p.forma_pago, p.origen, p.proveedor, p.referencia, p.fecha_valor, p.fecha, p.registrado, \
    p.operacion, p.notas, p.estado, p.turno_id, p.actor, p.motivo, p.deshecho";

/// Tables behind [`COLUMNAS`].
pub(crate) const TABLAS: &str = "pagos p LEFT JOIN abonos a ON a.id = p.id";

/// A payment. Errors: `Storage`.
pub async fn by_id(c: &impl Consulta, id: Uuid) -> Result<Option<Pago>, DbError> {
    let sql = format!("SELECT {COLUMNAS} FROM {TABLAS} WHERE p.id = $1");
    c.opt::<FilaPago>(&sql, params![id]).await?.map(Pago::try_from).transpose()
}

/// The payment with a printed number: `P-881` or `881`.
pub async fn by_numero(c: &impl Consulta, numero: i64) -> Result<Option<Pago>, DbError> {
    let sql = format!("SELECT {COLUMNAS} FROM {TABLAS} WHERE p.numero = $1");
    c.opt::<FilaPago>(&sql, params![numero]).await?.map(Pago::try_from).transpose()
}

/// The payment that has a reference of a provider.
pub async fn by_referencia(
    c: &impl Consulta,
    proveedor: &str,
    referencia: &str,
) -> Result<Option<Pago>, DbError> {
    let sql =
        format!("SELECT {COLUMNAS} FROM {TABLAS} WHERE p.proveedor = $1 AND p.referencia = $2");
    let fila: Option<FilaPago> = c.opt(&sql, params![proveedor, referencia]).await?;
    fila.map(Pago::try_from).transpose()
}

/// Payments of a cliente, newest first, at most `limite`.
pub async fn de_cliente(
    c: &impl Consulta,
    cliente: Uuid,
    limite: i64,
) -> Result<Vec<Pago>, DbError> {
    let sql = format!(
        "SELECT {COLUMNAS} FROM {TABLAS} WHERE p.cliente_id = $1 ORDER BY p.id DESC LIMIT $2"
    );
    let filas: Vec<FilaPago> = c.all(&sql, params![cliente, limite]).await?;
    filas.into_iter().map(Pago::try_from).collect()
}

/// Keeps a payment's row until the end of the transaction. The caller holds its cliente.
pub(crate) async fn lock(tx: &Tx, id: PagoId) -> Result<Option<Pago>, DbError> {
    let sql = format!("SELECT id FROM pagos WHERE id = $1{}", tx.motor().for_update());
    if tx.scalar::<Uuid>(&sql, params![id]).await?.is_none() {
        return Ok(None);
    }
    by_id(tx, id.uuid()).await
}

/// Takes the next printed number: after those of the payments that were there before the slice.
pub(crate) async fn take_numero(tx: &Tx) -> Result<i64, DbError> {
    let numero = tx.take_numbers("pagos", 1).await?;
    let hasta: Option<i64> = tx.scalar("SELECT hasta FROM pagos_apertura", params![]).await?;
    Ok(numero + hasta.unwrap_or(0))
}

/// Writes a payment; `false` if its reference belongs to another.
pub(crate) async fn insert(tx: &Tx, p: &Pago) -> Result<bool, DbError> {
    const SQL: &str = "INSERT INTO pagos (id, numero, cliente_id, moneda, monto, medio, \
        forma_pago, origen, proveedor, referencia, fecha_valor, fecha, registrado, operacion, \
        operacion_busqueda, notas, estado, turno_id, actor, version) VALUES ($1, $2, $3, $4, $5, \
        $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, 'vigente', $17, $18, 1) \
        ON CONFLICT (proveedor, referencia) DO NOTHING";
    let valores = params![
        p.id,
        p.numero,
        p.cliente_id,
        p.moneda.codigo(),
        p.monto,
        p.medio.as_str(),
        p.forma_pago.as_str(),
        p.origen.as_str(),
        p.proveedor.clone(),
        p.referencia.clone(),
        p.fecha_valor,
        p.fecha,
        p.registrado,
        p.operacion.clone(),
        p.operacion.as_deref().and_then(plain_operation),
        p.notas.clone(),
        p.turno_id,
        p.actor.as_str(),
    ];
    Ok(tx.exec(SQL, valores).await? == 1)
}

/// An operation number as it is compared: capitals and digits, without leading zeros. `None` if
/// nothing is left.
pub(crate) fn plain_operation(texto: &str) -> Option<String> {
    let limpio: String =
        texto.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect();
    let sin_ceros = limpio.trim_start_matches('0');
    (!sin_ceros.is_empty()).then(|| sin_ceros.to_owned())
}

/// Why a payment does not count any more.
pub(crate) struct Deshecho<'a> {
    /// `revertido` or `contracargado`.
    pub(crate) estado: &'static str,
    /// Why.
    pub(crate) motivo: &'a str,
    /// Whether its reference may be used again.
    pub(crate) libera: Libera,
}

/// What becomes of the reference of a payment that is taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Libera {
    /// A person may register it again, for the right cliente.
    Referencia,
    /// It happened: whoever tells it again gets this payment.
    Nada,
}

/// Marks a payment as taken back; `false` if it was already.
pub(crate) async fn undo(
    tx: &Tx,
    cx: &Cx,
    id: PagoId,
    deshecho: &Deshecho<'_>,
) -> Result<bool, DbError> {
    let referencia = match deshecho.libera {
        Libera::Referencia => "NULL",
        Libera::Nada => "referencia",
    };
    let sql = format!(
        "UPDATE pagos SET estado = $2, motivo = $3, deshecho = $4, deshecho_por = $5, \
         referencia = {referencia}, version = version + 1 WHERE id = $1 AND estado = 'vigente'"
    );
    let valores = params![id, deshecho.estado, deshecho.motivo, cx.now(), cx.actor()];
    Ok(tx.exec(&sql, valores).await? == 1)
}

/// What a payment settles of an invoice, net of undone rows.
#[derive(Clone, Debug, FromQueryResult)]
pub struct AplicadoA {
    /// Invoice.
    pub factura_id: Uuid,
    /// Its line.
    pub linea: i32,
    /// Minor units, above zero.
    pub monto: i64,
    /// Serie of the invoice.
    pub serie: String,
    /// Folio of the invoice.
    pub folio: i64,
    /// What the line says.
    pub descripcion: String,
}

impl AplicadoA {
    /// Printed number of the invoice.
    pub fn numero(&self) -> String {
        format!("{}-{}", self.serie, self.folio)
    }
}

/// What a payment settles today, by invoice and line.
pub async fn aplicado_a(c: &impl Consulta, pago: PagoId) -> Result<Vec<AplicadoA>, DbError> {
    const SQL: &str = "SELECT i.factura_id, i.linea, i.monto, f.serie, f.folio, \
        COALESCE(l.descripcion, '') AS descripcion FROM (SELECT factura_id, linea, \
        CAST(SUM(monto) AS BIGINT) AS monto FROM imputaciones WHERE abono_id = $1 \
        GROUP BY factura_id, linea HAVING SUM(monto) <> 0) AS i \
        JOIN facturas f ON f.id = i.factura_id \
        LEFT JOIN factura_lineas l ON l.factura_id = i.factura_id AND l.linea = i.linea \
        ORDER BY f.id, i.linea";
    c.all(SQL, params![pago]).await
}

/// Something that happened to what a payment settles.
#[derive(Clone, Debug, FromQueryResult)]
pub struct PasoImputacion {
    /// When.
    pub registrado: ramal_base::Instante,
    /// Serie of the invoice.
    pub serie: String,
    /// Folio of the invoice.
    pub folio: i64,
    /// Minor units; below zero it was taken off.
    pub monto: i64,
}

/// What happened to what a payment settles, by act and invoice, oldest first.
pub async fn pasos(c: &impl Consulta, pago: PagoId) -> Result<Vec<PasoImputacion>, DbError> {
    const SQL: &str = "SELECT i.registrado, f.serie, f.folio, i.monto FROM (SELECT factura_id, \
        registrado, CAST(SUM(monto) AS BIGINT) AS monto FROM imputaciones WHERE abono_id = $1 \
        GROUP BY factura_id, registrado, CASE WHEN monto > 0 THEN 1 ELSE 0 END) AS i \
        JOIN facturas f ON f.id = i.factura_id ORDER BY i.registrado, f.id LIMIT 200";
    c.all(SQL, params![pago]).await
}

#[cfg(test)]
mod tests {
    use super::plain_operation;

    #[test]
    fn an_operation_typed_in_two_ways_is_one_operation() {
        let texto = |t: &str| plain_operation(t);
        assert_eq!(texto(" 000-8841 "), texto("8841"));
        assert_eq!(texto("bcp 8841").as_deref(), Some("BCP8841"));
        assert_ne!(texto("BCP 8841"), texto("8841"));
        assert_eq!(texto(" - 0 "), None);
    }
}
