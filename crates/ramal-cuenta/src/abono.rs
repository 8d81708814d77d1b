//! Abonos: money of a customer that can settle invoices. Where it came from belongs to others; what
//! it settles is in the imputaciones.

use ramal_base::{Cx, Fecha, Instante, Moneda};
use ramal_db::consulta::placeholders;
use ramal_db::{Consulta, DbError, FromQueryResult, Tx, Value, params};
use uuid::Uuid;

use crate::error::{NO_VIGENTE, SIN_RESTO};
use crate::{ClaseMovimiento, Cuenta, Documento, Error, NuevoMovimiento, post};

/// Kind of the paper of a movement of money.
pub const DOCUMENTO_ABONO: &str = "abono";

/// Where the money came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrigenAbono {
    /// A payment.
    Pago,
    /// The excess of a credit note.
    Nota,
    /// A correction by hand.
    Ajuste,
}

impl OrigenAbono {
    /// Stored text.
    pub fn as_str(self) -> &'static str {
        match self {
            OrigenAbono::Pago => "pago",
            OrigenAbono::Nota => "nota",
            OrigenAbono::Ajuste => "ajuste",
        }
    }
}

/// State of an abono.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EstadoAbono {
    /// Its money is in the account.
    Vigente,
    /// It was taken back: bounced, charged back, a mistake.
    Revertido,
}

impl EstadoAbono {
    /// Stored text.
    pub fn as_str(self) -> &'static str {
        match self {
            EstadoAbono::Vigente => "vigente",
            EstadoAbono::Revertido => "revertido",
        }
    }
}

/// An abono to open.
#[derive(Clone, Debug)]
pub struct AltaAbono {
    /// Its id, that of the payment behind it.
    pub id: Uuid,
    /// Whose money.
    pub cliente_id: Uuid,
    /// Currency.
    pub moneda: Moneda,
    /// Minor units, above zero.
    pub monto: i64,
    /// Where it came from.
    pub origen: OrigenAbono,
    /// Account that received it.
    pub contrapartida: Cuenta,
    /// Day on which the customer paid.
    pub fecha_valor: Fecha,
    /// Day of posting.
    pub fecha: Fecha,
    /// c_FormaPago.
    pub forma_pago: Option<String>,
    /// Number of the operation.
    pub operacion: Option<String>,
}

/// Abono as it lies in its table.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Abono {
    /// Identifier.
    pub id: Uuid,
    /// Whose money.
    pub cliente_id: Uuid,
    /// Currency.
    pub moneda: String,
    /// Minor units.
    pub monto: i64,
    /// Settles invoices, minor units.
    pub aplicado: i64,
    /// Given back, minor units.
    pub retirado: i64,
    /// Where it came from: see [`OrigenAbono`].
    pub origen: String,
    /// Account that received it: see [`Cuenta`].
    pub contrapartida: String,
    /// Day on which the customer paid.
    pub fecha_valor: Fecha,
    /// Day of posting.
    pub fecha: Fecha,
    /// c_FormaPago.
    pub forma_pago: Option<String>,
    /// Number of the operation.
    pub operacion: Option<String>,
    /// State: see [`EstadoAbono`].
    pub estado: String,
    /// Instant of posting.
    pub registrado: Instante,
}

impl Abono {
    /// What settles nothing yet, minor units.
    pub fn resto(&self) -> i64 {
        if self.is_vigente() { self.monto - self.aplicado - self.retirado } else { 0 }
    }

    /// Whether its money is in the account.
    pub fn is_vigente(&self) -> bool {
        self.estado == EstadoAbono::Vigente.as_str()
    }

    /// Its currency. Errors: `Corrupt`.
    pub fn moneda(&self) -> Result<Moneda, DbError> {
        Moneda::parse(&self.moneda).ok_or(DbError::Corrupt("currency of an abono"))
    }

    fn movimiento(
        &self,
        (clase, monto): (ClaseMovimiento, i64),
        (contrapartida, fecha): (Cuenta, Fecha),
    ) -> Result<NuevoMovimiento, DbError> {
        Ok(NuevoMovimiento {
            cliente_id: self.cliente_id,
            moneda: self.moneda()?,
            clase,
            debe: Cuenta::AFavor,
            haber: contrapartida,
            monto,
            documento: Documento { tipo: DOCUMENTO_ABONO, id: self.id },
            factura_id: None,
            fecha_valor: fecha,
            fecha,
            detalle: None,
            revierte: None,
        })
    }
}

const COLUMNAS: &str = "a.id, a.cliente_id, a.moneda, a.monto, a.aplicado, a.retirado, a.origen, \
    a.contrapartida, a.fecha_valor, a.fecha, a.forma_pago, a.operacion, a.estado, a.registrado";

/// Opens an abono: the money came in and settles nothing yet.
///
/// Errors: `Storage` with `Unique` if it is there already.
pub async fn open_abono(tx: &Tx, cx: &Cx, alta: &AltaAbono) -> Result<(), Error> {
    const SQL: &str = "INSERT INTO abonos (id, cliente_id, moneda, monto, aplicado, retirado, \
        origen, contrapartida, fecha_valor, fecha, forma_pago, operacion, estado, registrado) \
        VALUES ($1, $2, $3, $4, 0, 0, $5, $6, $7, $8, $9, $10, 'vigente', $11)";
    let valores = params![
        alta.id,
        alta.cliente_id,
        alta.moneda.codigo(),
        alta.monto,
        alta.origen.as_str(),
        alta.contrapartida.as_str(),
        alta.fecha_valor,
        alta.fecha,
        alta.forma_pago.clone(),
        alta.operacion.clone(),
        cx.now(),
    ];
    tx.exec(SQL, valores).await?;
    let movimiento = NuevoMovimiento {
        cliente_id: alta.cliente_id,
        moneda: alta.moneda,
        clase: ClaseMovimiento::Abono,
        debe: alta.contrapartida,
        haber: Cuenta::AFavor,
        monto: alta.monto,
        documento: Documento { tipo: DOCUMENTO_ABONO, id: alta.id },
        factura_id: None,
        fecha_valor: alta.fecha_valor,
        fecha: alta.fecha,
        detalle: alta.operacion.clone(),
        revierte: None,
    };
    post(tx, cx, &[movimiento]).await
}

/// One abono.
pub async fn abono(c: &impl Consulta, id: Uuid) -> Result<Option<Abono>, DbError> {
    let sql = format!("SELECT {COLUMNAS} FROM abonos a WHERE a.id = $1");
    c.opt(&sql, params![id]).await
}

/// Abonos of a customer, newest first, at most `limite`.
pub async fn abonos_de(
    c: &impl Consulta,
    cliente: Uuid,
    limite: i64,
) -> Result<Vec<Abono>, DbError> {
    let sql = format!(
        "SELECT {COLUMNAS} FROM abonos a WHERE a.cliente_id = $1 ORDER BY a.id DESC LIMIT $2"
    );
    c.all(&sql, params![cliente, limite]).await
}

/// Abonos of these customers that still have money, oldest value date first: one statement for a
/// chunk of a run.
pub async fn con_resto(c: &impl Consulta, clientes: &[Uuid]) -> Result<Vec<Abono>, DbError> {
    if clientes.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT {COLUMNAS} FROM abonos a WHERE a.estado = 'vigente' \
         AND a.aplicado + a.retirado < a.monto AND a.cliente_id IN {} \
         ORDER BY a.cliente_id, a.fecha_valor, a.id",
        placeholders(1, clientes.len())
    );
    c.all(&sql, clientes.iter().map(|i| Value::from(*i)).collect()).await
}

/// Moves what an abono settles by `monto`, within what it has.
pub(crate) async fn add_aplicado(tx: &Tx, id: Uuid, monto: i64) -> Result<(), Error> {
    const SQL: &str = "UPDATE abonos SET aplicado = aplicado + $2 WHERE id = $1 \
        AND estado = 'vigente' AND aplicado + $2 >= 0 AND aplicado + $2 + retirado <= monto";
    match tx.exec(SQL, params![id, monto]).await? {
        1 => Ok(()),
        _ => Err(Error::Conflict(SIN_RESTO)),
    }
}

/// Gives back part of what settles nothing, through `contrapartida`.
///
/// Errors: `NotFound`, `Conflict` if it is more than what is left, `Storage`.
pub async fn withdraw(
    tx: &Tx,
    cx: &Cx,
    (id, monto): (Uuid, i64),
    (contrapartida, fecha): (Cuenta, Fecha),
) -> Result<(), Error> {
    let suyo = abono(tx, id).await?.ok_or(Error::NotFound("abono"))?;
    if monto <= 0 || monto > suyo.resto() {
        return Err(Error::Conflict(SIN_RESTO));
    }
    const SQL: &str = "UPDATE abonos SET retirado = retirado + $2 WHERE id = $1 \
        AND estado = 'vigente' AND aplicado + retirado + $2 <= monto";
    if tx.exec(SQL, params![id, monto]).await? != 1 {
        return Err(Error::Conflict(SIN_RESTO));
    }
    let clase = (ClaseMovimiento::Devolucion, monto);
    post(tx, cx, &[suyo.movimiento(clase, (contrapartida, fecha))?]).await
}

/// Takes an abono back whole: its money is not in the account any more.
///
/// What was given back before stays given: the customer then owes it, as money in favour below
/// zero. Errors: `NotFound`; `Conflict` if it settles something or was taken back; `Storage`.
pub async fn revert_abono(
    tx: &Tx,
    cx: &Cx,
    id: Uuid,
    (fecha, motivo): (Fecha, &str),
) -> Result<(), Error> {
    let suyo = abono(tx, id).await?.ok_or(Error::NotFound("abono"))?;
    const SQL: &str = "UPDATE abonos SET estado = 'revertido' WHERE id = $1 \
        AND estado = 'vigente' AND aplicado = 0";
    if tx.exec(SQL, params![id]).await? != 1 {
        return Err(Error::Conflict(NO_VIGENTE));
    }
    let contrapartida = Cuenta::parse(&suyo.contrapartida);
    let contrapartida = contrapartida.ok_or(DbError::Corrupt("account of an abono"))?;
    let clase = (ClaseMovimiento::Reverso, suyo.monto);
    let movimiento = suyo.movimiento(clase, (contrapartida, fecha))?;
    post(tx, cx, &[NuevoMovimiento { detalle: Some(motivo.to_owned()), ..movimiento }]).await
}
