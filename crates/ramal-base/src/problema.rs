//! What is told to a person or a program when something is refused: stable code, Spanish text,
//! fields, way out.

use serde::{Deserialize, Serialize};

/// One field that was not accepted and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CampoInvalido {
    /// Path of the field as it was sent, e.g. `lineas[0].precio`.
    pub campo: String,
    /// Stable code, e.g. `ruc_digito`.
    pub codigo: String,
    /// What is wrong and what to do, in Spanish.
    pub motivo: String,
}

impl CampoInvalido {
    /// A refused field.
    pub fn new(
        campo: impl Into<String>,
        codigo: impl Into<String>,
        motivo: impl Into<String>,
    ) -> CampoInvalido {
        CampoInvalido { campo: campo.into(), codigo: codigo.into(), motivo: motivo.into() }
    }
}

/// Refusal in the shape of RFC 9457 (problem+json), independent of HTTP until the edge renders it.
///
/// Shape: `codigo` is stable and documented; `detalle` never carries SQL, paths or secrets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{codigo}: {detalle}")]
pub struct Problema {
    /// HTTP status that fits the refusal.
    pub estado: u16,
    /// Stable code, e.g. `cupo_insuficiente`.
    pub codigo: String,
    /// Short title in Spanish.
    pub titulo: String,
    /// What happened and what to do next.
    pub detalle: String,
    /// Refused fields, empty if the refusal is not about fields.
    pub errores: Vec<CampoInvalido>,
}

impl Problema {
    /// Refusal with a status, a code and a detail.
    pub fn new(estado: u16, codigo: &str, titulo: &str, detalle: impl Into<String>) -> Problema {
        Problema {
            estado,
            codigo: codigo.into(),
            titulo: titulo.into(),
            detalle: detalle.into(),
            errores: Vec::new(),
        }
    }

    /// 422 naming each refused field.
    pub fn campos(errores: Vec<CampoInvalido>) -> Problema {
        let detalle = "Corrija los campos señalados y vuelva a enviar.";
        let problema = Problema::new(422, "datos_invalidos", "Datos no válidos", detalle);
        Problema { errores, ..problema }
    }

    /// 404 of a named thing, e.g. `cliente`.
    pub fn no_encontrado(cosa: &str) -> Problema {
        let codigo = format!("{cosa}_no_encontrado");
        Problema::new(404, &codigo, "No encontrado", format!("No existe ese {cosa}."))
    }

    /// 409 with a code and what to do.
    pub fn conflicto(codigo: &str, detalle: impl Into<String>) -> Problema {
        Problema::new(409, codigo, "Conflicto", detalle)
    }

    /// 500; the cause is logged once by whoever makes this, never shown.
    pub fn interno() -> Problema {
        let detalle = "Algo falló de nuestro lado. Vuelva a intentar; si sigue, avise a soporte.";
        Problema::new(500, "error_interno", "Error interno", detalle)
    }
}
