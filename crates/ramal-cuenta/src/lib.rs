//! The account of each customer: append-only double-entry movements and allocations. It knows
//! documents by their id alone.
//!
//! Whoever writes here holds the lock of the customer, so that two payments of one customer wait
//! for each other. Which line of which invoice gets the money is decided in ramal-facturacion.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

pub mod abono;
pub mod control;
pub mod cuenta;
pub mod error;
pub mod extracto;
pub mod imputacion;
pub mod movimiento;
pub mod saldo;

pub use abono::{
    Abono, AltaAbono, EstadoAbono, OrigenAbono, abono, abonos_de, con_resto, open_abono,
};
pub use abono::{revert_abono, withdraw};
pub use control::{Descuadre, check_cuenta};
pub use cuenta::{ClaseMovimiento, Cuenta};
pub use error::Error;
pub use extracto::{Extracto, Rango, Renglon, movimientos_de, ultimos_movimientos};
pub use imputacion::{
    Imputacion, NuevaImputacion, imputaciones_de_abono, imputaciones_de_factura, impute,
};
pub use movimiento::{Documento, MovimientoFila, NuevoMovimiento, post, reverse};
pub use saldo::{Saldo, SaldoFila, saldo, saldos_de};

use ramal_db::Migracion;

/// Tables of the slice.
pub const MIGRACIONES: &[Migracion] = &[
    Migracion {
        id: "20261122_0900_cuenta",
        sql: include_str!("../migrations/20261122_0900_cuenta.sql"),
        postgres: None,
    },
    Migracion {
        id: "20261122_0901_cuenta_fija",
        sql: include_str!("../migrations/20261122_0901_cuenta_fija.sql"),
        postgres: Some(include_str!("../migrations/20261122_0901_cuenta_fija.postgres.sql")),
    },
];

/// Opens the ledger over what an earlier version issued and settled. It reads the invoices, so it
/// is ramal-facturacion that lists it, after its own columns.
pub const APERTURA: Migracion = Migracion {
    id: "20261122_0911_apertura",
    sql: include_str!("../migrations/20261122_0911_apertura.sql"),
    postgres: Some(include_str!("../migrations/20261122_0911_apertura.postgres.sql")),
};
