//! Money as the OpenAPI describes it. It is never built: `Dinero` itself goes on the wire.

use serde::Serialize;
use utoipa::ToSchema;

/// Importe con su moneda.
#[derive(Serialize, ToSchema)]
#[schema(as = Dinero)]
pub struct DineroView {
    /// Número con hasta dos decimales, sin separador de miles.
    #[schema(example = "399.00", pattern = r"^-?[0-9]{1,15}(\.[0-9]{1,2})?$")]
    pub importe: String,
    /// MXN, PEN o USD.
    #[schema(example = "MXN", pattern = "^(MXN|PEN|USD)$")]
    pub moneda: String,
}
