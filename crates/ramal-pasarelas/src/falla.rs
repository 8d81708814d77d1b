//! Why a gateway gave no good answer, by what the caller must do next. It carries no body, header
//! or secret.

/// Code of [`FallaPasarela::Rechazada`] when the gateway does not know the reference.
pub const CODIGO_NO_EXISTE: &str = "no_existe";

/// Failure of a call to a gateway. The texts are Spanish and safe to show and to log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FallaPasarela {
    /// Nothing happened there: the same call can be repeated later with the same key.
    #[error("la pasarela no atendió: {motivo}")]
    Reintentable {
        /// What was seen.
        motivo: String,
        /// How long the gateway asked to wait, ms.
        espera_ms: Option<i64>,
    },
    /// A write left and no answer came: it may have happened. Resolve it by a query.
    #[error("no se sabe si la pasarela atendió: {motivo}")]
    Incierta {
        /// What was seen.
        motivo: String,
    },
    /// The gateway understood and said no; repeating does not help.
    #[error("la pasarela rechazó la operación: {mensaje} ({codigo})")]
    Rechazada {
        /// Code of the gateway, or one of ours in snake case.
        codigo: String,
        /// Text of the gateway.
        mensaje: String,
    },
    /// Credentials, address or options are wrong: an administrator must act.
    #[error("la pasarela está mal configurada: {motivo}")]
    Configuracion {
        /// What is wrong.
        motivo: String,
    },
}

impl FallaPasarela {
    /// Refusal with a code of ours.
    pub fn rechazada(codigo: &str, mensaje: impl Into<String>) -> FallaPasarela {
        FallaPasarela::Rechazada { codigo: codigo.to_owned(), mensaje: mensaje.into() }
    }

    /// Whether the gateway does not know the reference.
    pub fn is_no_existe(&self) -> bool {
        matches!(self, FallaPasarela::Rechazada { codigo, .. } if codigo == CODIGO_NO_EXISTE)
    }

    /// Whether the write may have happened.
    pub fn is_incierta(&self) -> bool {
        matches!(self, FallaPasarela::Incierta { .. })
    }
}
