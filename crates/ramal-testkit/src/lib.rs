//! Test harness: each test on both engines, a clock that stands still, ids that count. Never linked
//! in a release.
//!
//! ```ignore
//! both_engines! {
//!     migraciones: [ramal_db::MIGRACIONES, ramal_jobs::MIGRACIONES];
//!
//!     async fn a_rolled_back_change_asks_for_nothing(db: Db) { … }
//! }
//! ```
//! makes the tests `a_rolled_back_change_asks_for_nothing::sqlite` and `…::postgres`.

#![allow(clippy::expect_used)] // a harness without its database can only stop

pub mod base;
pub mod corrida;
pub mod reloj;

pub use base::{Argumento, Base};
pub use corrida::{run_postgres, run_sqlite};
pub use reloj::{INSTANTE_FIJO, cx_en, cx_fijo, reloj};

/// Declares async tests that run on an empty, migrated database of each engine.
///
/// The argument of a test is a `Db`, or a [`Base`] when it also needs to open the database again.
/// `migraciones` lists the `MIGRACIONES` of the slices under test, in any order.
#[macro_export]
macro_rules! both_engines {
    (
        migraciones: $migraciones:tt;
        $($(#[$meta:meta])* async fn $nombre:ident($arg:ident : $tipo:ty) $cuerpo:block)*
    ) => {
        $(
            $(#[$meta])*
            async fn $nombre($arg: $tipo) $cuerpo

            mod $nombre {
                #[allow(unused_imports)]
                use super::*;

                #[test]
                fn sqlite() {
                    $crate::run_sqlite(&$migraciones, super::$nombre);
                }

                #[test]
                fn postgres() {
                    $crate::run_postgres(&$migraciones, super::$nombre);
                }
            }
        )*
    };
}
