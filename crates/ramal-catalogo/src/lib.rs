//! What the company sells: productos (plans, services, packs, combos), zones, prices, promotions.
//!
//! Promise: a price has a currency, a period and says whether taxes are inside. It knows no
//! customer.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

pub mod actions;
pub mod afectados;
pub mod archivo;
pub mod dinero_view;
pub mod error;
pub mod events;
pub mod formulario;
pub mod http;
pub mod oferta;
mod parche;
pub mod periodicidad;
pub mod permisos;
pub mod precio;
pub mod producto;
pub mod promocion;
pub mod reglas;
pub mod storage;
pub mod tecnologia;
pub mod textos;
pub mod zona;

pub use afectados::{Afecta, Afectados, AfectadosPort};
pub use error::Error;
pub use oferta::{Oferta, cobertura, oferta, ofertas};
pub use periodicidad::Periodicidad;
pub use precio::PrecioZona;
pub use producto::{Categoria, ClaseProducto, Producto, ProductoId};
pub use promocion::{Promocion, PromocionId};
pub use tecnologia::Tecnologia;
pub use zona::{Zona, ZonaId};

use ramal_db::Migracion;
use ramal_web::{Rutas, Sitio};

/// Tables of the slice.
pub const MIGRACIONES: &[Migracion] = &[
    Migracion {
        id: "20261120_1010_catalogo",
        sql: include_str!("../migrations/20261120_1010_catalogo.sql"),
        postgres: None,
    },
    Migracion {
        id: "20261121_1010_historia_precios",
        sql: include_str!("../migrations/20261121_1010_historia_precios.sql"),
        postgres: None,
    },
];

/// Permissions that the slice's routes ask for.
pub const PERMISOS: &[&str] = permisos::TODOS;

/// Routes of the slice, relative to `/api/v1`.
pub fn rutas() -> Rutas {
    http::rutas()
}

/// Pages of the slice.
pub fn sitio() -> Sitio {
    http::paginas::sitio()
}
