//! Kinds of notification and what each is for. It holds no text: templates do.

use serde::{Deserialize, Serialize};

/// What a consent is asked for; the names are those of the customers' consents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Finalidad {
    /// Documents and receipts of what was bought.
    Facturacion,
    /// Reminders of a debt and what follows from it.
    Cobranza,
    /// Advertising; the only one that BAJA stops.
    Marketing,
    /// Codes and links asked for by the person at that moment; needs no consent.
    Seguridad,
}

impl Finalidad {
    /// Stable name, as it is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Finalidad::Facturacion => "facturacion",
            Finalidad::Cobranza => "cobranza",
            Finalidad::Marketing => "marketing",
            Finalidad::Seguridad => "seguridad",
        }
    }
}

/// Category under which WhatsApp prices a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Categoria {
    /// About something that the person did or owes.
    Utility,
    /// Advertising.
    Marketing,
    /// One-time codes.
    Authentication,
}

impl Categoria {
    /// Name on Meta's wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Categoria::Utility => "UTILITY",
            Categoria::Marketing => "MARKETING",
            Categoria::Authentication => "AUTHENTICATION",
        }
    }

    /// Reads Meta's name in any case.
    pub fn parse(texto: &str) -> Option<Categoria> {
        let mayuscula = texto.to_ascii_uppercase();
        [Categoria::Utility, Categoria::Marketing, Categoria::Authentication]
            .into_iter()
            .find(|c| c.as_str() == mayuscula)
    }
}

/// Kind of notification (N-01 and those of payments and collections).
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Clase {
    /// A charge to pay, with its link.
    OrdenPago,
    /// A due day that comes near.
    RecordatorioProximo,
    /// A due day that passed.
    RecordatorioVencido,
    /// One-time code to sign in.
    Auth,
    /// Link to put a password.
    RecuperacionPassword,
    /// The legal document, attached.
    FacturaElectronica,
    /// Money came in.
    ConfirmacionPago,
    /// The service was cut.
    ServicioSuspendido,
    /// The service is back or was renewed.
    ServicioRenovado,
    /// The service will be cut on a day.
    AvisoCorte,
    /// A promise to pay was taken.
    PromesaRegistrada,
    /// A promise to pay was not kept.
    PromesaRota,
    /// The proof of payment that was sent does not serve.
    ComprobanteRechazado,
    /// The gateway refused the payment.
    PagoRechazado,
    /// Advertising.
    Promocion,
}

impl Clase {
    /// All of them, in the order of the settings page.
    pub const TODAS: [Clase; 15] = [
        Clase::OrdenPago,
        Clase::RecordatorioProximo,
        Clase::RecordatorioVencido,
        Clase::Auth,
        Clase::RecuperacionPassword,
        Clase::FacturaElectronica,
        Clase::ConfirmacionPago,
        Clase::ServicioSuspendido,
        Clase::ServicioRenovado,
        Clase::AvisoCorte,
        Clase::PromesaRegistrada,
        Clase::PromesaRota,
        Clase::ComprobanteRechazado,
        Clase::PagoRechazado,
        Clase::Promocion,
    ];

    /// Stable name, as it is stored and sent.
    pub fn as_str(self) -> &'static str {
        match self {
            Clase::OrdenPago => "orden_pago",
            Clase::RecordatorioProximo => "recordatorio_proximo",
            Clase::RecordatorioVencido => "recordatorio_vencido",
            Clase::Auth => "auth",
            Clase::RecuperacionPassword => "recuperacion_password",
            Clase::FacturaElectronica => "factura_electronica",
            Clase::ConfirmacionPago => "confirmacion_pago",
            Clase::ServicioSuspendido => "servicio_suspendido",
            Clase::ServicioRenovado => "servicio_renovado",
            Clase::AvisoCorte => "aviso_corte",
            Clase::PromesaRegistrada => "promesa_registrada",
            Clase::PromesaRota => "promesa_rota",
            Clase::ComprobanteRechazado => "comprobante_rechazado",
            Clase::PagoRechazado => "pago_rechazado",
            Clase::Promocion => "promocion",
        }
    }

    /// Reads what [`Self::as_str`] gives.
    pub fn parse(texto: &str) -> Option<Clase> {
        Clase::TODAS.into_iter().find(|c| c.as_str() == texto)
    }

    /// What consent it needs.
    pub fn finalidad(self) -> Finalidad {
        match self {
            Clase::Auth | Clase::RecuperacionPassword => Finalidad::Seguridad,
            Clase::Promocion => Finalidad::Marketing,
            Clase::RecordatorioProximo
            | Clase::RecordatorioVencido
            | Clase::ServicioSuspendido
            | Clase::AvisoCorte
            | Clase::PromesaRegistrada
            | Clase::PromesaRota => Finalidad::Cobranza,
            _ => Finalidad::Facturacion,
        }
    }

    /// Category of its WhatsApp template.
    pub fn categoria(self) -> Categoria {
        match self {
            Clase::Auth => Categoria::Authentication,
            Clase::Promocion => Categoria::Marketing,
            _ => Categoria::Utility,
        }
    }

    /// Whether it may wake somebody up and pass before the others: it was asked for just now.
    pub fn is_urgente(self) -> bool {
        self.finalidad() == Finalidad::Seguridad
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_read_back_by_its_stored_and_wire_name() {
        for clase in Clase::TODAS {
            assert_eq!(Clase::parse(clase.as_str()), Some(clase));
            let json = serde_json::to_string(&clase).unwrap();
            assert_eq!(json, format!("\"{}\"", clase.as_str()));
        }
    }

    #[test]
    fn only_advertising_is_advertising() {
        let marketing: Vec<Clase> =
            Clase::TODAS.into_iter().filter(|c| c.finalidad() == Finalidad::Marketing).collect();
        assert_eq!(marketing, [Clase::Promocion]);
        for clase in Clase::TODAS {
            let anuncio = clase.categoria() == Categoria::Marketing;
            assert_eq!(anuncio, clase == Clase::Promocion, "{clase:?}");
        }
    }
}
