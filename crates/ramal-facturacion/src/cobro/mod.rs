//! The allocation engine: which money settles which line of which invoice (facturacion.md 5.7). It
//! asks nobody for money and knows no payment but as an abono.
//!
//! Every operation locks the customer first, so two payments of one customer wait for each other.

mod aplicar;
pub(crate) mod asiento;
pub mod control;
pub(crate) mod credito;
mod deshacer;
pub(crate) mod estado;
mod lectura;
pub mod orden;
pub(crate) mod rep;
mod reparto;

use ramal_base::{Fecha, Moneda};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use aplicar::{apply_abono, record_abono};
pub(crate) use aplicar::{apply_favor, apply_to};
pub use control::check;
pub(crate) use deshacer::{free_factura, free_linea};
pub use deshacer::{revoke_abono, unapply_abono, withdraw_abono};
pub(crate) use lectura::{ABIERTA, abiertas_de};
pub use lectura::{abierta, abiertas, clientes_con_vencido, vencidos};
pub use orden::{Grupo, Orden};
pub use ramal_cuenta::Cuenta;
pub use reparto::allocate;

use crate::FacturaId;

/// Line of an open invoice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineaAbierta {
    /// Position, from 1.
    pub linea: i32,
    /// Service that it charges, if any.
    pub servicio_id: Option<Uuid>,
    /// Kind of charge.
    pub clase: String,
    /// First day of its period, if it has one.
    pub periodo_desde: Option<Fecha>,
    /// Total less credits less applications, minor units, above zero.
    pub abierto: i64,
}

/// Invoice with something open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Abierta {
    /// The invoice.
    pub factura_id: FacturaId,
    /// Printed number.
    pub numero: String,
    /// Code of its legal document.
    pub tipo: String,
    /// Whose it is.
    pub cliente_id: Uuid,
    /// Who issued it.
    pub emisor_id: Uuid,
    /// Currency.
    pub moneda: Moneda,
    /// Due day.
    pub vencimiento: Fecha,
    /// Day of issue.
    pub fecha: Fecha,
    /// Total, minor units.
    pub total: i64,
    /// Open, minor units: the sum of its lines.
    pub abierto: i64,
    /// Its open lines, in the order in which money settles them.
    pub lineas: Vec<LineaAbierta>,
}

impl Abierta {
    /// Open without fees nor interest, minor units: the base of a fee (L1) and of interest, which
    /// is never charged on interest (L4).
    pub fn sin_recargos(&self) -> i64 {
        let cuenta = |l: &&LineaAbierta| Grupo::of(&l.clase) != Grupo::Recargos;
        self.lineas.iter().filter(cuenta).map(|l| l.abierto).sum()
    }

    /// Whether its CFDI says that it is owed (PPD), which obliges to a REP (cfdi.md 1).
    pub fn is_ppd(&self) -> bool {
        self.tipo == ramal_fiscal::Tipo::Ingreso.codigo() && self.vencimiento > self.fecha
    }
}

/// Money that came in.
#[derive(Clone, Debug)]
pub struct NuevoAbono {
    /// Its id, that of the payment behind it.
    pub id: Uuid,
    /// Whose money.
    pub cliente_id: Uuid,
    /// Currency.
    pub moneda: Moneda,
    /// Minor units, above zero.
    pub monto: i64,
    /// Account that received it.
    pub contrapartida: Cuenta,
    /// Day on which the customer paid.
    pub fecha_valor: Fecha,
    /// Means of payment, c_FormaPago.
    pub forma_pago: String,
    /// Number of the operation.
    pub operacion: Option<String>,
}

/// Part of an explicit choice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Partida {
    /// Invoice to settle.
    pub factura_id: Uuid,
    /// Its line; none settles its lines in order.
    pub linea: Option<i32>,
    /// Minor units, above zero.
    pub monto: i64,
}

/// What the money is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Destino {
    /// Oldest due first (Y2).
    Automatico,
    /// As the customer or the cashier says. What a part asks above the open amount stays in favour:
    /// money that came in is never refused because somebody else paid first.
    Explicito(Vec<Partida>),
    /// Nothing now: it stays in favour for the next invoice.
    ACuenta,
}

/// Money that settled a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Imputada {
    /// Invoice.
    pub factura_id: Uuid,
    /// Its line.
    pub linea: i32,
    /// Minor units.
    pub monto: i64,
}

/// Overdue part of an invoice, by service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Vencido {
    /// Service that the lines charge; none for what charges no service.
    pub servicio_id: Option<Uuid>,
    /// Invoice.
    pub factura_id: Uuid,
    /// Its due day.
    pub vencimiento: Fecha,
    /// Open, minor units.
    pub abierto: i64,
    /// Currency.
    pub moneda: Moneda,
}
