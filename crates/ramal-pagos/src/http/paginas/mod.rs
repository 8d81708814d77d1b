//! Pages of the slice.

use ramal_web::Sitio;

/// Pages of the slice with their access.
pub fn sitio() -> Sitio {
    Sitio::new()
}
