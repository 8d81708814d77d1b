//! Everything of a mail server that can be made to go wrong, as one JSON value. It applies none of
//! it.

use serde::{Deserialize, Serialize};

use crate::fallas::Regla;

/// Switches of the emulator. The default makes nothing go wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Interruptores {
    /// Delay before each answer, ms.
    pub latencia_ms: u64,
    /// Connection closed instead of a greeting.
    pub cortar_saludo: Regla,
    /// Good passwords refused with 535.
    pub clave_rechazada: Regla,
    /// Recipients answered 451 the first time that each one is named.
    pub lista_gris: bool,
    /// Recipients answered 550 5.1.1, whole address.
    pub desconocidos: Vec<String>,
    /// Recipients answered 550 5.1.1, whoever they are.
    pub rechazar: Regla,
    /// Messages answered 451 4.3.0 after their final dot, and not kept.
    pub despues: Regla,
    /// Messages answered 554 5.7.1 after their final dot, and not kept.
    pub spam: Regla,
    /// Connection closed in the middle of the message, which is not kept.
    pub cortar_antes_del_punto: Regla,
    /// Message kept and connection closed without an answer.
    pub cortar_tras_el_punto: Regla,
    /// Message kept and nothing more said.
    pub colgar_tras_el_punto: Regla,
}
