//! Movements: one row is one transfer from an account to another, so double entry holds by
//! construction. Never changed, never deleted.

use std::collections::BTreeMap;

use ramal_base::{Cx, Fecha, Id, Instante, Moneda};
use ramal_db::{Bulk, Consulta, DbError, FromQueryResult, Tx, params};
use uuid::Uuid;

use crate::saldo::{Cambio, add_saldos};
use crate::{ClaseMovimiento, Cuenta, Error};

/// Marker of movement ids.
pub struct MovimientoMarca;

/// The paper behind a movement, by kind and id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Documento {
    /// Kind: `factura`, `abono`…
    pub tipo: &'static str,
    /// Its id.
    pub id: Uuid,
}

/// A movement to post.
#[derive(Clone, Debug)]
pub struct NuevoMovimiento {
    /// Whose account.
    pub cliente_id: Uuid,
    /// Currency.
    pub moneda: Moneda,
    /// Kind.
    pub clase: ClaseMovimiento,
    /// Account that grows on its debit side.
    pub debe: Cuenta,
    /// Account that grows on its credit side.
    pub haber: Cuenta,
    /// Minor units, above zero.
    pub monto: i64,
    /// Paper behind it.
    pub documento: Documento,
    /// Invoice that it touches, if any.
    pub factura_id: Option<Uuid>,
    /// Day on which it counts: when the customer paid.
    pub fecha_valor: Fecha,
    /// Day of posting, in the zone of who posts.
    pub fecha: Fecha,
    /// Words for people, without personal data.
    pub detalle: Option<String>,
    /// Movement that it takes back, whole and once.
    pub revierte: Option<Uuid>,
}

/// Movement as it lies in its table.
#[derive(Clone, Debug, FromQueryResult)]
pub struct MovimientoFila {
    /// Identifier.
    pub id: Uuid,
    /// Whose account.
    pub cliente_id: Uuid,
    /// Currency.
    pub moneda: String,
    /// Kind: see [`ClaseMovimiento`].
    pub clase: String,
    /// Debit side: see [`Cuenta`].
    pub debe: String,
    /// Credit side: see [`Cuenta`].
    pub haber: String,
    /// Minor units.
    pub monto: i64,
    /// Kind of the paper behind it.
    pub documento_tipo: String,
    /// The paper behind it.
    pub documento_id: Uuid,
    /// Invoice that it touches.
    pub factura_id: Option<Uuid>,
    /// Day on which it counts.
    pub fecha_valor: Fecha,
    /// Day of posting.
    pub fecha: Fecha,
    /// Instant of posting.
    pub registrado: Instante,
    /// Who posted it.
    pub actor: String,
    /// Words for people.
    pub detalle: Option<String>,
    /// Movement that it takes back.
    pub revierte: Option<Uuid>,
}

impl MovimientoFila {
    /// Effect on what the customer owes, minor units with sign.
    pub fn por_cobrar(&self) -> i64 {
        side(&self.debe, &self.haber, Cuenta::PorCobrar, self.monto)
    }

    /// Effect on the money in favour, minor units with sign.
    pub fn a_favor(&self) -> i64 {
        -side(&self.debe, &self.haber, Cuenta::AFavor, self.monto)
    }

    /// Effect on the balance of the account: above zero, the customer owes more.
    pub fn neto(&self) -> i64 {
        self.por_cobrar() - self.a_favor()
    }
}

fn side(debe: &str, haber: &str, cuenta: Cuenta, monto: i64) -> i64 {
    let cuenta = cuenta.as_str();
    if debe == cuenta {
        monto
    } else if haber == cuenta {
        -monto
    } else {
        0
    }
}

pub(crate) const COLUMNAS: &str = "m.id, m.cliente_id, m.moneda, m.clase, m.debe, m.haber, \
    m.monto, m.documento_tipo, m.documento_id, m.factura_id, m.fecha_valor, m.fecha, \
    m.registrado, m.actor, m.detalle, m.revierte";

const ALTA: &[&str] = &[
    "id",
    "cliente_id",
    "moneda",
    "clase",
    "debe",
    "haber",
    "monto",
    "documento_tipo",
    "documento_id",
    "factura_id",
    "fecha_valor",
    "fecha",
    "registrado",
    "actor",
    "detalle",
    "revierte",
];

/// Posts movements and moves the summaries of their customers, in few statements however many they
/// are. The caller holds the customers' locks.
///
/// Errors: `Storage`; `Unique` inside it if one takes back what was taken back already.
pub async fn post(tx: &Tx, cx: &Cx, nuevos: &[NuevoMovimiento]) -> Result<(), Error> {
    if nuevos.is_empty() {
        return Ok(());
    }
    let mut filas = Bulk::new("movimientos", ALTA);
    let mut cambios: BTreeMap<(Uuid, Moneda), Cambio> = BTreeMap::new();
    let (ahora, actor) = (cx.now(), cx.actor());
    for n in nuevos {
        if n.monto <= 0 || n.debe == n.haber {
            return Err(DbError::Corrupt("a movement moves nothing").into());
        }
        let id: Id<MovimientoMarca> = cx.new_id();
        filas.push(params![
            id,
            n.cliente_id,
            n.moneda.codigo(),
            n.clase.as_str(),
            n.debe.as_str(),
            n.haber.as_str(),
            n.monto,
            n.documento.tipo,
            n.documento.id,
            n.factura_id,
            n.fecha_valor,
            n.fecha,
            ahora,
            actor,
            n.detalle.clone(),
            n.revierte,
        ]);
        let (debe, haber) = (n.debe.as_str(), n.haber.as_str());
        let cambio = cambios.entry((n.cliente_id, n.moneda)).or_default();
        cambio.por_cobrar += side(debe, haber, Cuenta::PorCobrar, n.monto);
        cambio.a_favor -= side(debe, haber, Cuenta::AFavor, n.monto);
    }
    filas.insert(tx).await?;
    add_saldos(tx, &cambios).await.map_err(Error::from)
}

/// Takes a movement back with its opposite, once.
///
/// Errors: `NotFound`; `Storage` with `Unique` if it was taken back already.
pub async fn reverse(
    tx: &Tx,
    cx: &Cx,
    movimiento: Uuid,
    (fecha, detalle): (Fecha, Option<String>),
) -> Result<(), Error> {
    let sql = format!("SELECT {COLUMNAS} FROM movimientos m WHERE m.id = $1");
    let m: MovimientoFila =
        tx.opt(&sql, params![movimiento]).await?.ok_or(Error::NotFound("movimiento"))?;
    let corrupt = || DbError::Corrupt("a movement");
    let opuesto = NuevoMovimiento {
        cliente_id: m.cliente_id,
        moneda: Moneda::parse(&m.moneda).ok_or_else(corrupt)?,
        clase: ClaseMovimiento::Reverso,
        debe: Cuenta::parse(&m.haber).ok_or_else(corrupt)?,
        haber: Cuenta::parse(&m.debe).ok_or_else(corrupt)?,
        monto: m.monto,
        documento: Documento { tipo: "movimiento", id: m.documento_id },
        factura_id: m.factura_id,
        fecha_valor: m.fecha_valor,
        fecha,
        detalle,
        revierte: Some(m.id),
    };
    post(tx, cx, &[opuesto]).await
}
