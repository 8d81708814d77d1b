//! Cancellation: the signed request, its receipt (acuse) and the status of a document. It talks to
//! nobody and decides no state; the state machine lives above.

mod acuse;
mod estado;
mod solicitud;

pub use acuse::{Acuse, AcuseError, Desenlace, FolioAcuse, desenlace, leer_acuse};
pub use estado::{
    ESTADO_ACCION, ESTADO_URL, RespuestaEstado, Situacion, consulta_soap, leer_estado,
};
pub use solicitud::{CancelacionError, FolioCancelado, Motivo, solicitud};

use ramal_xml::NodeRef;

/// First element with that local name, itself or below, whatever its namespace.
fn buscar<'a>(nodo: NodeRef<'a>, local: &str) -> Option<NodeRef<'a>> {
    if nodo.name() == local {
        return Some(nodo);
    }
    nodo.children().find_map(|hijo| buscar(hijo, local))
}
