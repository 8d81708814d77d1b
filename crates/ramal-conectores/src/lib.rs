//! Connectors to the authorities: PAC and SAT of Mexico, SUNAT of Peru, behind neutral traits. They
//! keep no state of any document and know no database.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

pub mod autoridad;
mod circuito;
pub mod config;
pub mod estado;
pub mod finkok;
mod finkok_sobre;
pub mod pac;
pub mod red;
pub mod salidas;
pub mod sat;
pub mod sunat;
mod sunat_juicio;
pub mod sw;
mod sw_mensajes;
mod sw_token;

pub use autoridad::{
    Aceptacion, ConsultaCdr, ConsultaEstado, ConsultaSat, Envio, EnvioCpe, Falla, Negativa,
    Respuesta, RespuestaBaja, RespuestaTicket, RespuestaTicketEstado, Saldo, SolicitudCancelacion,
    Timbrador,
};
pub use config::{Entorno, Secreto};
pub use estado::{Cancelable, EstadoCfdi, EstadoSat, EstatusCancelacion};
pub use finkok::{ConfigFinkok, Finkok};
pub use red::{AjustesRed, Red};
pub use sat::Sat;
pub use sunat::{ConfigSunat, Consulta, Sunat};
pub use sw::{AccesoSw, ConfigSw, Sw};
