//! Why a message was not sent, by what one may do next. It decides no wait and resends nothing.

/// Failure of one sending, by what may follow.
///
/// Codes are those of the channel as text: `131047`, `550`, `http_503`, or a word of ours when the
/// channel never answered (`sin_conexion`, `tls`). Texts carry no e-mail address, token or body.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FallaEnvio {
    /// The channel took nothing: the same message may leave later.
    #[error("{codigo}: {mensaje}")]
    Reintentable {
        /// Code.
        codigo: String,
        /// What the channel said.
        mensaje: String,
        /// Shortest wait that the channel asks for, ms; `None` leaves it to the queue.
        espera_ms: Option<i64>,
        /// What has to wait.
        alcance: Alcance,
    },
    /// The channel took nothing and never will take this message to this recipient.
    #[error("{codigo}: {mensaje}")]
    Permanente {
        /// Code.
        codigo: String,
        /// What the channel said.
        mensaje: String,
        /// Why, to act on it.
        causa: Causa,
    },
    /// It left and no answer came: it may have been delivered. Never resent blindly.
    #[error("no se sabe si salió: {mensaje}")]
    Incierto {
        /// What happened, in Spanish.
        mensaje: String,
    },
    /// Nothing of this line or account can leave: stop it, keep its queue, warn.
    #[error("{codigo}: {mensaje}")]
    Detener {
        /// Code.
        codigo: String,
        /// What the channel said.
        mensaje: String,
        /// Why.
        causa: CausaDetener,
    },
    /// The 24-hour window is closed: only an approved template can be sent (131047).
    #[error("{codigo}: {mensaje}")]
    CambiarAPlantilla {
        /// Code.
        codigo: String,
        /// What the channel said.
        mensaje: String,
    },
    /// The person stopped marketing messages (131050): record it, do not insist.
    #[error("{codigo}: {mensaje}")]
    Baja {
        /// Code.
        codigo: String,
        /// What the channel said.
        mensaje: String,
    },
}

/// What has to wait before a retry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alcance {
    /// This message only.
    Mensaje,
    /// Every message to this recipient (pair limit 131056).
    Destinatario,
    /// Every message of the line or account (throughput).
    Linea,
}

/// Why a message will never be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Causa {
    /// The number has no WhatsApp or cannot get messages (131026): another channel, number
    /// doubtful.
    SinWhatsapp,
    /// The mailbox or its domain does not exist (5.1.x): address doubtful.
    DireccionInexistente,
    /// The mailbox is full or disabled (5.2.x).
    BuzonCerrado,
    /// Refused as spam or by a rule of the receiver (5.7.x).
    Politica,
    /// Too big for the channel.
    Tamanio,
    /// The kind of message is not supported (131051).
    TipoNoAdmitido,
    /// Media that the channel could not use: upload it again once (131052, 131053).
    Medio,
    /// A parameter is missing or wrong (100, 131008, 131009): a defect of ours.
    Parametro,
    /// Template, its language or its variables (132xxx): mark the template.
    Plantilla,
    /// Template paused or disabled (132015, 132016): stop that template, warn.
    PlantillaDetenida,
    /// Marketing cap of the person (131049): not before 24 hours.
    TopeMarketing,
    /// The person is in an experiment without marketing (130472).
    Experimento,
    /// Only numbers of the test list are served (131030).
    ListaDePrueba,
    /// It can only be sent to a phone, not to a BSUID (131062, 131063): retry with the phone.
    RequiereTelefono,
    /// Anything else.
    Otra,
}

/// Why a whole line or account stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CausaDetener {
    /// Token or password refused or expired.
    Credencial,
    /// A permission is missing.
    Permiso,
    /// Account locked, restricted or not registered.
    Cuenta,
    /// Payment method of the account.
    Facturacion,
    /// Too many blocks or reports of spam.
    Spam,
    /// Host, certificate or security of the configuration.
    Configuracion,
}

impl FallaEnvio {
    /// Retry of one message with no wait of its own.
    pub fn retry(codigo: impl Into<String>, mensaje: impl Into<String>) -> FallaEnvio {
        FallaEnvio::Reintentable {
            codigo: codigo.into(),
            mensaje: mensaje.into(),
            espera_ms: None,
            alcance: Alcance::Mensaje,
        }
    }

    /// Permanent failure.
    pub fn never(
        codigo: impl Into<String>,
        mensaje: impl Into<String>,
        causa: Causa,
    ) -> FallaEnvio {
        FallaEnvio::Permanente { codigo: codigo.into(), mensaje: mensaje.into(), causa }
    }

    /// Retry of everything that leaves by the same way: nobody answers there.
    pub(crate) fn unreachable(codigo: &str, mensaje: &str, espera_ms: Option<i64>) -> FallaEnvio {
        FallaEnvio::Reintentable {
            codigo: codigo.to_owned(),
            mensaje: mensaje.to_owned(),
            espera_ms,
            alcance: Alcance::Linea,
        }
    }

    /// The line stops.
    pub fn stop(
        codigo: impl Into<String>,
        mensaje: impl Into<String>,
        causa: CausaDetener,
    ) -> FallaEnvio {
        FallaEnvio::Detener { codigo: codigo.into(), mensaje: mensaje.into(), causa }
    }

    /// Outcome not known.
    pub fn uncertain(mensaje: impl Into<String>) -> FallaEnvio {
        FallaEnvio::Incierto { mensaje: mensaje.into() }
    }

    /// Code of the channel; `incierto` when there is none.
    pub fn codigo(&self) -> &str {
        match self {
            FallaEnvio::Reintentable { codigo, .. }
            | FallaEnvio::Permanente { codigo, .. }
            | FallaEnvio::Detener { codigo, .. }
            | FallaEnvio::CambiarAPlantilla { codigo, .. }
            | FallaEnvio::Baja { codigo, .. } => codigo,
            FallaEnvio::Incierto { .. } => "incierto",
        }
    }

    /// What the channel said, or what happened to us.
    pub fn mensaje(&self) -> &str {
        match self {
            FallaEnvio::Reintentable { mensaje, .. }
            | FallaEnvio::Permanente { mensaje, .. }
            | FallaEnvio::Detener { mensaje, .. }
            | FallaEnvio::CambiarAPlantilla { mensaje, .. }
            | FallaEnvio::Baja { mensaje, .. }
            | FallaEnvio::Incierto { mensaje } => mensaje,
        }
    }
}
