//! The core of billing: expected minus posted, as pure functions (facturacion.md 5.2 to 5.14).
//! It has no database, no clock and no tax; those belong to the slices around it.

pub mod abonos;
pub mod agrupar;
pub mod cotizar;
pub mod cuotas;
pub mod pendientes;
pub mod prorrateo;
pub mod servicio;

#[cfg(test)]
mod simulacion;
#[cfg(test)]
mod vectores;

pub use abonos::{Abono, LineaFacturada, Reparto, repartir};
pub use agrupar::{Agrupacion, Borrador, CargoAgrupable, ClaveGrupo, agrupar};
pub use cotizar::{
    BajadaInmediata, Condiciones, Cotizacion, CotizacionError, Historia, LineaCotizada, ModoCambio,
    PlazoMinimo, ReglaPlazo, SolicitudCambio, cotizar,
};
pub use cuotas::{BaseRecargo, Cuota, Recargo, interes, plan_de_cuotas};
pub use pendientes::{
    Aparcado, CargoPropuesto, Clase, Corte, Guardas, Publicado, pendientes, siguiente_revision,
};
pub use prorrateo::{Pieza, PrimerPeriodo, Prorrateo, Reglas, esperado, explicacion};
pub use servicio::{PeriodoFacturable, ServicioFacturable, TipoPeriodo};
