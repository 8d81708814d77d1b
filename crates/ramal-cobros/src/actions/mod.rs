//! What the slice does, one act per file. No act commits; those that speak to a gateway say so and
//! take the database instead of a transaction.

mod apply_remoto;
mod asiento;
mod ask_gateway;
mod cancel_cobro;
mod create_cobro;
mod launch_cobro;
mod receive_webhook;
mod refund_cobro;
mod resolve_cuarentena;

pub use apply_remoto::{Aplicado, Visto, apply_remoto, take_in};
pub use ask_gateway::ask_gateway;
pub use cancel_cobro::cancel_cobro;
pub use create_cobro::{Intencion, NuevoCobro, create_cobro, resolve_partidas};
pub use launch_cobro::{Ida, launch_cobro, may_launch};
pub use receive_webhook::{Acuse, receive_webhook, refuse_webhook};
pub use refund_cobro::{Pedida, ask_refund, send_refund};
pub use resolve_cuarentena::{Asignacion, assign_cuarentena, dismiss_cuarentena};

pub(crate) use ask_gateway::note_failure;
pub(crate) use launch_cobro::refusal;
