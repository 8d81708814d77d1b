//! The rules of collections without database, clock or network: calendar, state of a service,
//! ladder, lists, promises, pauses and fees. It acts on nothing.

pub mod calendario;
pub mod escalera;
pub mod estado;
pub mod feriados;
pub mod lista;
pub mod norma;
pub mod pausa;
pub mod politica;
pub mod promesa;
pub mod recargos;

pub use calendario::{Calendario, ClaseDia, DiaPropio, DiasProhibidos, Impedimento};
pub use estado::{
    Compromiso, Deuda, EstadoCobranza, EstadoPromesa, Partida, Situacion, estado_cobranza,
};
pub use lista::{Espera, Freno, Motivo, Veredicto};
pub use politica::{Alcance, Bloqueo, ModoReconexion, Politica};
