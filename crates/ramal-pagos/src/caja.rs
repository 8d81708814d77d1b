//! The cash desk: cajas, their shifts, what moves in a shift and what is counted at its end. It
//! keeps no ledger of clientes: the drawer is counted apart from what is owed.

use ramal_base::{Dinero, Fecha, Id, Instante, Moneda};
use ramal_db::{DbError, FromQueryResult};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::Medio;

/// Identifier of a caja.
pub type CajaId = Id<Caja>;
/// Identifier of a shift.
pub type TurnoId = Id<Turno>;

/// A drawer with its own numbering of receipts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caja {
    /// Identifier.
    pub id: CajaId,
    /// Short code, first part of the number of its receipts: `CJ1`.
    pub codigo: String,
    /// Name.
    pub nombre: String,
    /// Branch where it stands, if the company has branches.
    pub sucursal_id: Option<Uuid>,
    /// Currency of its opening amount.
    pub moneda: Moneda,
    /// Whether shifts may be opened in it.
    pub activa: bool,
    /// Grows with every edit.
    pub version: i64,
}

/// State of a shift.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EstadoTurno {
    /// Takes money.
    Abierto,
    /// Counted with a difference over the limit: a supervisor must look.
    PorAprobar,
    /// Counted.
    Cerrado,
}

impl EstadoTurno {
    /// Stored and wire text.
    pub fn as_str(self) -> &'static str {
        match self {
            EstadoTurno::Abierto => "abierto",
            EstadoTurno::PorAprobar => "por_aprobar",
            EstadoTurno::Cerrado => "cerrado",
        }
    }

    /// Reads the stored text.
    pub fn parse(texto: &str) -> Option<EstadoTurno> {
        use EstadoTurno::{Abierto, Cerrado, PorAprobar};
        [Abierto, PorAprobar, Cerrado].into_iter().find(|e| e.as_str() == texto)
    }
}

/// A shift of somebody at a caja, from its opening to its closing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turno {
    /// Identifier.
    pub id: TurnoId,
    /// Caja.
    pub caja_id: CajaId,
    /// Number within its caja, from 1.
    pub numero: i64,
    /// Whose shift it is: `usuario:<id>`, `clave:<nombre>`.
    pub actor: String,
    /// State.
    pub estado: EstadoTurno,
    /// Currency of the opening amount.
    pub moneda: Moneda,
    /// Opening amount, minor units.
    pub apertura: i64,
    /// Notes and coins of the opening.
    pub denominaciones: Vec<Denominacion>,
    /// Day of the opening in the company's zone.
    pub fecha: Fecha,
    /// When it was opened.
    pub abierto: Instante,
    /// When it was counted.
    pub cerrado: Option<Instante>,
    /// Who accepted a difference over the limit.
    pub aprobado_por: Option<String>,
    /// Notes of the closing.
    pub notas: Option<String>,
}

/// So many notes or coins of one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Denominacion {
    /// Value of one, minor units.
    pub valor: i64,
    /// How many, from 0 to 10,000.
    pub piezas: i64,
}

/// Values of notes and coins of a currency, largest first, minor units.
///
/// Source: Banco de México, Banco Central de Reserva del Perú, Federal Reserve; in circulation.
pub fn valores(moneda: Moneda) -> &'static [i64] {
    match moneda {
        Moneda::Mxn => {
            &[100_000, 50_000, 20_000, 10_000, 5_000, 2_000, 1_000, 500, 200, 100, 50, 20, 10]
        }
        Moneda::Pen => &[20_000, 10_000, 5_000, 2_000, 1_000, 500, 200, 100, 50, 20, 10],
        Moneda::Usd => &[10_000, 5_000, 2_000, 1_000, 500, 200, 100, 50, 25, 10, 5, 1],
    }
}

/// Sum of notes and coins, minor units. `None` if a value is not of the currency, a quantity is
/// out of range or a value comes twice.
pub fn suma(moneda: Moneda, denominaciones: &[Denominacion]) -> Option<i64> {
    let mut total = 0_i64;
    for (i, d) in denominaciones.iter().enumerate() {
        let repetida = denominaciones[..i].iter().any(|otra| otra.valor == d.valor);
        let bien = valores(moneda).contains(&d.valor) && (0..=10_000).contains(&d.piezas);
        if repetida || !bien {
            return None;
        }
        total += d.valor * d.piezas;
    }
    Some(total)
}

/// What moved in a shift.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClaseMovimiento {
    /// A payment, with its receipt.
    Recibo,
    /// Money put into the drawer.
    Ingreso,
    /// Money taken out of the drawer.
    Egreso,
    /// A payment taken back.
    Reverso,
    /// Money given back to a cliente.
    Devolucion,
}

impl ClaseMovimiento {
    /// Stored and wire text.
    pub fn as_str(self) -> &'static str {
        match self {
            ClaseMovimiento::Recibo => "recibo",
            ClaseMovimiento::Ingreso => "ingreso",
            ClaseMovimiento::Egreso => "egreso",
            ClaseMovimiento::Reverso => "reverso",
            ClaseMovimiento::Devolucion => "devolucion",
        }
    }
}

/// A movement as it lies in its table; append-only.
#[derive(Clone, Debug, FromQueryResult)]
pub struct MovimientoFila {
    /// Identifier; orders the shift.
    pub id: Uuid,
    /// Kind: see [`ClaseMovimiento`].
    pub clase: String,
    /// Means.
    pub medio: String,
    /// Currency.
    pub moneda: String,
    /// Signed amount, minor units: what it adds to the shift.
    pub monto: i64,
    /// Payment behind it, if any.
    pub pago_id: Option<Uuid>,
    /// Printed number of that payment.
    pub pago_numero: Option<i64>,
    /// Number of the receipt, if it made one.
    pub recibo_numero: Option<i64>,
    /// Reason.
    pub motivo: Option<String>,
    /// When.
    pub registrado: Instante,
    /// Who.
    pub actor: String,
}

/// What a shift should hold of one means and currency, and what was counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conteo {
    /// Means.
    pub medio: Medio,
    /// What the movements add up to.
    pub esperado: Dinero,
    /// What was counted; `None` while the shift is open.
    pub contado: Option<i64>,
}

impl Conteo {
    /// Counted less expected, minor units; zero while nothing was counted.
    pub fn diferencia(&self) -> i64 {
        self.contado.map_or(0, |c| c - self.esperado.centavos)
    }
}

/// A receipt: which caja numbered which payment.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Recibo {
    /// Code of the caja.
    pub caja: String,
    /// Number, without gaps within its caja.
    pub numero: i64,
    /// Shift.
    pub turno_id: Uuid,
    /// Payment.
    pub pago_id: Uuid,
    /// When.
    pub registrado: Instante,
}

impl Recibo {
    /// Printed number: `CJ1-000123`.
    pub fn codigo(&self) -> String {
        format!("{}-{:06}", self.caja, self.numero)
    }
}

/// Shift as it lies in its table.
#[derive(FromQueryResult)]
pub(crate) struct FilaTurno {
    id: TurnoId,
    caja_id: CajaId,
    numero: i64,
    actor: String,
    estado: String,
    moneda: String,
    apertura: i64,
    denominaciones: String,
    fecha: Fecha,
    abierto: Instante,
    cerrado: Option<Instante>,
    aprobado_por: Option<String>,
    notas: Option<String>,
}

impl TryFrom<FilaTurno> for Turno {
    type Error = DbError;

    fn try_from(f: FilaTurno) -> Result<Turno, DbError> {
        Ok(Turno {
            id: f.id,
            caja_id: f.caja_id,
            numero: f.numero,
            actor: f.actor,
            estado: EstadoTurno::parse(&f.estado).ok_or(DbError::Corrupt("state of a turno"))?,
            moneda: Moneda::parse(&f.moneda).ok_or(DbError::Corrupt("currency of a turno"))?,
            apertura: f.apertura,
            denominaciones: serde_json::from_str(&f.denominaciones)
                .map_err(|_| DbError::Corrupt("denominations of a turno"))?,
            fecha: f.fecha,
            abierto: f.abierto,
            cerrado: f.cerrado,
            aprobado_por: f.aprobado_por,
            notas: f.notas,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_and_coins_add_up_and_foreign_ones_are_refused() {
        let d = |valor, piezas| Denominacion { valor, piezas };
        assert_eq!(suma(Moneda::Pen, &[d(20_000, 2), d(50, 3)]), Some(40_150));
        assert_eq!(suma(Moneda::Pen, &[]), Some(0));
        assert_eq!(suma(Moneda::Pen, &[d(100_000, 1)]), None, "there is no note of 1,000 soles");
        assert_eq!(suma(Moneda::Mxn, &[d(100_000, 1), d(100_000, 1)]), None, "twice");
        assert_eq!(suma(Moneda::Usd, &[d(100, -1)]), None);
    }

    #[test]
    fn a_difference_is_counted_less_expected() {
        let esperado = Dinero::new(10_000, Moneda::Pen);
        let conteo = |contado| Conteo { medio: Medio::Efectivo, esperado, contado };
        assert_eq!(conteo(Some(9_950)).diferencia(), -50);
        assert_eq!(conteo(None).diferencia(), 0);
    }
}
