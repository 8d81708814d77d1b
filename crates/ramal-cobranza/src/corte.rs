//! The list of cuts of a day: its states. How it is made is in `pasada`, how it is executed in
//! `ejecucion`.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// State of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EstadoCorte {
    /// Se está armando.
    Propuesta,
    /// Espera a una persona.
    PorAprobar,
    /// Se ejecuta a la hora permitida.
    Aprobada,
    /// Todos sus renglones quedaron resueltos.
    Ejecutada,
    /// Pasó su día sin ejecutarse entera.
    Vencida,
}

impl EstadoCorte {
    /// Stored and wire text.
    pub fn as_str(self) -> &'static str {
        match self {
            EstadoCorte::Propuesta => "propuesta",
            EstadoCorte::PorAprobar => "por_aprobar",
            EstadoCorte::Aprobada => "aprobada",
            EstadoCorte::Ejecutada => "ejecutada",
            EstadoCorte::Vencida => "vencida",
        }
    }

    /// Reads the stored text.
    pub fn parse(texto: &str) -> Option<EstadoCorte> {
        use EstadoCorte::{Aprobada, Ejecutada, PorAprobar, Propuesta, Vencida};
        let todos = [Propuesta, PorAprobar, Aprobada, Ejecutada, Vencida];
        todos.into_iter().find(|e| e.as_str() == texto)
    }
}
