//! What collections do. Each takes the transaction first and never commits; who asks the network or
//! the customer is a job.

mod ajustar;
mod annul_promesa;
mod avisar;
mod baja;
mod cargos;
mod contrato;
mod cortar;
mod create_promesa;
mod desear;
mod eximir;
mod listas;
mod pausar;
mod promesas;
mod reconectar;
mod review;
mod volver;

pub use ajustar::{NuevoDia, add_dia, delete_dia, delete_politica, write_politica};
pub use annul_promesa::annul_promesa;
pub use avisar::{Orden, entrega_manual, remind, tell};
pub(crate) use baja::end_for_debt;
pub use cargos::waive_reconexion;
pub(crate) use cargos::{charge_late, charge_on_block, settle_held};
pub use contrato::follow_contrato;
pub(crate) use cortar::late_sources;
pub use cortar::{Cortado, cut_servicio};
pub use create_promesa::{DatosPromesa, Evaluacion, create_promesa, evaluate_promesa};
pub use desear::desire;
pub use eximir::{DatosExencion, grant_exencion, withdraw_exencion};
pub use listas::{approve_corte, ask_execution, remove_renglon};
pub use pausar::{DatosPausa, end_pausa, request_pausa};
pub use review::{refresh_morosos, reopen_factura, review_cliente};
pub use volver::finish_pausa;

pub(crate) use review::moroso_rows;

use ramal_clientes::ClienteId;
use ramal_db::Tx;
use uuid::Uuid;

use crate::Error;

/// Locks a customer, as billing and payments do, so that all follow each other.
pub(crate) async fn lock_cliente(tx: &Tx, cliente: Uuid) -> Result<(), Error> {
    let id = ClienteId::from_uuid(cliente);
    ramal_clientes::storage::lock(tx, id).await?.ok_or(Error::NotFound("cliente"))?;
    Ok(())
}

/// A reason that a person gave: 3 to 300 characters. Errors: `Datos`.
pub(crate) fn check_motivo(texto: &str) -> Result<String, Error> {
    let texto = texto.trim();
    match texto.chars().count() {
        3..=300 => Ok(texto.to_owned()),
        _ => {
            Err(Error::campo("motivo", "motivo_requerido", "Diga por qué, de 3 a 300 caracteres."))
        }
    }
}
