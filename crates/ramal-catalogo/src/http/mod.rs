//! Edge of the slice: the JSON routes and their shapes. Rules live in the actions.

use ramal_web::Rutas;

/// Routes of the slice.
pub fn rutas() -> Rutas {
    Rutas::new()
}
