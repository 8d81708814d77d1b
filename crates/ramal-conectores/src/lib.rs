//! Connectors to the authorities: PAC and SAT of Mexico, SUNAT of Peru, behind neutral traits. They keep no state of
//! any document and know no database.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

pub mod autoridad;
pub mod estado;

pub use autoridad::{
    Aceptacion, ConsultaCdr, ConsultaEstado, ConsultaSat, Envio, EnvioCpe, Falla, Negativa,
    Respuesta, RespuestaBaja, RespuestaTicket, RespuestaTicketEstado, Saldo, SolicitudCancelacion,
    Timbrador,
};
pub use estado::{Cancelable, EstadoCfdi, EstadoSat, EstatusCancelacion};
