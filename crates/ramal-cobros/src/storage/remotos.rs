//! Payments as the gateways tell them, one row each, whoever they belong to. A row never goes back.

use ramal_base::{Cx, Instante, Moneda};
use ramal_db::{Consulta, DbError, FromQueryResult, Tx, params};
use ramal_pasarelas::{EstadoCobro, EstadoRemoto};
use uuid::Uuid;

use crate::CobroId;

/// A payment at a gateway as it lies in its table.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Remoto {
    /// Code of the gateway.
    pub pasarela: String,
    /// The gateway's id of the payment.
    pub referencia: String,
    /// Cobro that it pays, if it is known.
    pub cobro_id: Option<CobroId>,
    /// State: code of [`EstadoCobro`].
    pub estado: String,
    /// Amount, minor units.
    pub importe: i64,
    /// Given back according to the gateway, minor units.
    pub devuelto: i64,
    /// Of it, already in the ledger.
    pub devuelto_asentado: i64,
    /// Whether its chargeback is in the ledger.
    pub contracargo: bool,
    /// Currency.
    pub moneda: String,
    /// What the gateway keeps, minor units.
    pub comision: Option<i64>,
    /// What the gateway pays out, minor units.
    pub neto: Option<i64>,
    /// When it was credited.
    pub acreditado: Option<Instante>,
    /// How it was paid, in the gateway's word.
    pub medio: Option<String>,
    /// The payment in the ledger.
    pub pago_id: Option<Uuid>,
    /// When the question was asked whose answer is the last one kept.
    pub leido: Instante,
}

impl Remoto {
    /// State. Errors: `Corrupt`.
    pub fn estado(&self) -> Result<EstadoCobro, DbError> {
        EstadoCobro::parse(&self.estado).ok_or(DbError::Corrupt("state of a remote payment"))
    }

    /// Currency. Errors: `Corrupt`.
    pub fn moneda(&self) -> Result<Moneda, DbError> {
        Moneda::parse(&self.moneda).ok_or(DbError::Corrupt("currency of a remote payment"))
    }
}

const COLUMNAS: &str = "r.pasarela, r.referencia, r.cobro_id, r.estado, r.importe, r.devuelto, \
    r.devuelto_asentado, r.contracargo, r.moneda, r.comision, r.neto, r.acreditado, r.medio, \
    r.pago_id, r.leido";

/// The row of a payment, made if it is new, locked until the end of the transaction.
pub async fn ensure(
    tx: &Tx,
    cx: &Cx,
    (pasarela, cobro): (&str, Option<CobroId>),
    r: &EstadoRemoto,
) -> Result<Remoto, DbError> {
    const SQL: &str = "INSERT INTO cobro_remotos (pasarela, referencia, cobro_id, estado, importe, \
        devuelto, devuelto_asentado, contracargo, moneda, externa, leido, creado) \
        VALUES ($1, $2, $3, 'pendiente', $4, 0, 0, FALSE, $5, $6, $7, $7) ON CONFLICT DO NOTHING";
    let referencia = r.referencia.as_str();
    let fila = params![
        pasarela,
        referencia,
        cobro,
        r.importe,
        r.moneda.codigo(),
        r.externa.as_deref(),
        cx.now()
    ];
    tx.exec(SQL, fila).await?;
    let cierre = tx.motor().for_update();
    let sql = format!(
        "SELECT {COLUMNAS} FROM cobro_remotos r \
         WHERE r.pasarela = $1 AND r.referencia = $2{cierre}"
    );
    let fila = tx.opt::<Remoto>(&sql, params![pasarela, referencia]).await?;
    fila.ok_or(DbError::Corrupt("a remote payment vanished"))
}

/// Keeps how a payment stands now.
pub async fn update(
    tx: &Tx,
    leido: Instante,
    (fila, visto): (&Remoto, &EstadoRemoto),
) -> Result<(), DbError> {
    const SQL: &str = "UPDATE cobro_remotos SET cobro_id = $3, estado = $4, importe = $5, \
        devuelto = $6, devuelto_asentado = $7, contracargo = $8, \
        comision = COALESCE($9, comision), neto = COALESCE($10, neto), \
        acreditado = COALESCE(acreditado, $11), cuenta = $12, \
        medio = COALESCE($13, medio), detalle = $14, pago_id = $15, leido = $16 \
        WHERE pasarela = $1 AND referencia = $2";
    let valores = params![
        fila.pasarela.as_str(),
        fila.referencia.as_str(),
        fila.cobro_id,
        fila.estado.as_str(),
        fila.importe,
        fila.devuelto,
        fila.devuelto_asentado,
        fila.contracargo,
        visto.comision,
        visto.neto,
        visto.acreditado,
        visto.cuenta.as_deref(),
        visto.medio.as_deref(),
        visto.detalle.as_deref(),
        fila.pago_id,
        leido
    ];
    tx.exec(SQL, valores).await.map(|_| ())
}

/// Keeps what a person decided of a payment: the ledger's payment and what is posted of it.
pub async fn set_asentado(tx: &Tx, fila: &Remoto) -> Result<(), DbError> {
    const SQL: &str = "UPDATE cobro_remotos SET pago_id = $3, devuelto_asentado = $4, \
        contracargo = $5 WHERE pasarela = $1 AND referencia = $2";
    let valores = params![
        fila.pasarela.as_str(),
        fila.referencia.as_str(),
        fila.pago_id,
        fila.devuelto_asentado,
        fila.contracargo
    ];
    tx.exec(SQL, valores).await.map(|_| ())
}

/// One payment, its row locked until the end of the transaction.
pub async fn lock(tx: &Tx, pasarela: &str, referencia: &str) -> Result<Option<Remoto>, DbError> {
    let cierre = tx.motor().for_update();
    let sql = format!(
        "SELECT {COLUMNAS} FROM cobro_remotos r \
         WHERE r.pasarela = $1 AND r.referencia = $2{cierre}"
    );
    tx.opt(&sql, params![pasarela, referencia]).await
}

/// Payments of a cobro, oldest first.
pub async fn of_cobro(c: &impl Consulta, id: CobroId) -> Result<Vec<Remoto>, DbError> {
    let sql = format!(
        "SELECT {COLUMNAS} FROM cobro_remotos r WHERE r.cobro_id = $1 \
         ORDER BY r.creado, r.referencia"
    );
    c.all(&sql, params![id]).await
}
