//! Payments that wait for a person. Nothing leaves the queue without a decision and its author.

use ramal_base::{Cx, Id, Instante};
use ramal_db::{Consulta, Cursor, DbError, FromQueryResult, Pagina, Tx, params};
use uuid::Uuid;

use crate::CobroId;

/// Marker of ids of the queue.
pub struct CuarentenaMarca;

/// Identifier of a place in the queue.
pub type CuarentenaId = Id<CuarentenaMarca>;

/// A payment in the queue as it lies in its table.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Cuarentena {
    /// Identifier.
    pub id: CuarentenaId,
    /// Code of the gateway.
    pub pasarela: String,
    /// The gateway's id of the payment.
    pub referencia: String,
    /// Why, codes joined by commas.
    pub motivos: String,
    /// `abierta`, `asignada` or `descartada`.
    pub estado: String,
    /// Amount, minor units; `None` if the gateway knows nothing of it.
    pub importe: Option<i64>,
    /// Currency.
    pub moneda: Option<String>,
    /// When it was credited.
    pub acreditado: Option<Instante>,
    /// Cobro that it names, if there is one.
    pub cobro_id: Option<CobroId>,
    /// To whom it was assigned.
    pub cliente_id: Option<Uuid>,
    /// To which invoice.
    pub factura_id: Option<Uuid>,
    /// The payment recorded.
    pub pago_id: Option<Uuid>,
    /// Why it was dismissed.
    pub razon: Option<String>,
    /// Who decided.
    pub actor: Option<String>,
    /// When it came.
    pub creado: Instante,
    /// When it was decided.
    pub resuelto: Option<Instante>,
}

const COLUMNAS: &str = "id, pasarela, referencia, motivos, estado, importe, moneda, acreditado, \
    cobro_id, cliente_id, factura_id, pago_id, razon, actor, creado, resuelto";

/// Puts a payment in the queue; `false` if it is there, and then only what is known of it changes.
pub async fn put(tx: &Tx, fila: &Cuarentena) -> Result<bool, DbError> {
    const SQL: &str = "INSERT INTO cobro_cuarentena (id, pasarela, referencia, motivos, estado, \
        importe, moneda, acreditado, cobro_id, creado) \
        VALUES ($1, $2, $3, $4, 'abierta', $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING";
    const CAMBIO: &str = "UPDATE cobro_cuarentena SET importe = COALESCE($3, importe), \
        moneda = COALESCE($4, moneda), acreditado = COALESCE($5, acreditado), \
        motivos = $6, cobro_id = COALESCE($7, cobro_id) \
        WHERE pasarela = $1 AND referencia = $2 AND estado = 'abierta'";
    let (pasarela, referencia) = (fila.pasarela.as_str(), fila.referencia.as_str());
    let (motivos, moneda) = (fila.motivos.as_str(), fila.moneda.as_deref());
    let nueva = params![
        fila.id,
        pasarela,
        referencia,
        motivos,
        fila.importe,
        moneda,
        fila.acreditado,
        fila.cobro_id,
        fila.creado
    ];
    if tx.exec(SQL, nueva).await? == 1 {
        return Ok(true);
    }
    let (importe, acreditado) = (fila.importe, fila.acreditado);
    let cambio = params![pasarela, referencia, importe, moneda, acreditado, motivos, fila.cobro_id];
    tx.exec(CAMBIO, cambio).await?;
    Ok(false)
}

/// A place in the queue.
pub async fn by_id(c: &impl Consulta, id: CuarentenaId) -> Result<Option<Cuarentena>, DbError> {
    c.opt(&format!("SELECT {COLUMNAS} FROM cobro_cuarentena WHERE id = $1"), params![id]).await
}

/// A place in the queue, locked until the end of the transaction.
pub async fn lock(tx: &Tx, id: CuarentenaId) -> Result<Option<Cuarentena>, DbError> {
    let cierre = tx.motor().for_update();
    let sql = format!("SELECT {COLUMNAS} FROM cobro_cuarentena WHERE id = $1{cierre}");
    tx.opt(&sql, params![id]).await
}

/// What a person decided.
pub struct Decision<'a> {
    /// `asignada` or `descartada`.
    pub estado: &'a str,
    /// To whom.
    pub cliente_id: Option<Uuid>,
    /// To which invoice.
    pub factura_id: Option<Uuid>,
    /// The payment recorded.
    pub pago_id: Option<Uuid>,
    /// Why it was dismissed.
    pub razon: Option<&'a str>,
}

/// Keeps what a person decided.
pub async fn decide(tx: &Tx, cx: &Cx, id: CuarentenaId, d: &Decision<'_>) -> Result<(), DbError> {
    const SQL: &str = "UPDATE cobro_cuarentena SET estado = $2, cliente_id = $3, factura_id = $4, \
        pago_id = $5, razon = $6, actor = $7, resuelto = $8 WHERE id = $1";
    let valores =
        params![id, d.estado, d.cliente_id, d.factura_id, d.pago_id, d.razon, cx.actor(), cx.now()];
    tx.exec(SQL, valores).await.map(|_| ())
}

/// What was decided of a payment: `abierta`, `asignada` or `descartada`; `None` if it never waited.
pub async fn estado_of(
    c: &impl Consulta,
    pasarela: &str,
    referencia: &str,
) -> Result<Option<(CuarentenaId, String)>, DbError> {
    #[derive(FromQueryResult)]
    struct Fila {
        id: CuarentenaId,
        estado: String,
    }
    const SQL: &str =
        "SELECT id, estado FROM cobro_cuarentena WHERE pasarela = $1 AND referencia = $2";
    let fila = c.opt::<Fila>(SQL, params![pasarela, referencia]).await?;
    Ok(fila.map(|f| (f.id, f.estado)))
}

/// The queue in one state, newest first. `None` if the cursor is not one of ours.
pub async fn list(
    c: &impl Consulta,
    estado: &str,
    cursor: &Cursor,
) -> Result<Option<Pagina<Cuarentena>>, DbError> {
    let desde = match cursor.cursor.as_deref() {
        None => Uuid::max(),
        Some(texto) => match texto.parse() {
            Ok(id) => id,
            Err(_) => return Ok(None),
        },
    };
    let sql = format!(
        "SELECT {COLUMNAS} FROM cobro_cuarentena WHERE estado = $1 AND id < $2 \
         ORDER BY id DESC LIMIT $3"
    );
    let filas = c.all::<Cuarentena>(&sql, params![estado, desde, cursor.filas()]).await?;
    Ok(Some(Pagina::cut(filas, cursor, |f| f.id.to_string())))
}

/// How many wait, up to 10,001.
pub async fn waiting(c: &impl Consulta) -> Result<i64, DbError> {
    const SQL: &str = "SELECT COUNT(*) FROM (SELECT 1 FROM cobro_cuarentena \
        WHERE estado = 'abierta' LIMIT 10001) x";
    Ok(c.scalar(SQL, params![]).await?.unwrap_or(0))
}

/// Whether a payment of one of the customer's cobros waits.
pub async fn has_waiting_of(c: &impl Consulta, cliente: Uuid) -> Result<bool, DbError> {
    const SQL: &str = "SELECT COUNT(*) FROM cobro_cuarentena q JOIN cobros c ON c.id = q.cobro_id \
        WHERE q.estado = 'abierta' AND c.cliente_id = $1";
    Ok(c.scalar::<i64>(SQL, params![cliente]).await?.unwrap_or(0) > 0)
}
