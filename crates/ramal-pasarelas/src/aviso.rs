//! Notices as they arrive and as they are after their signature was judged. It decides nothing
//! about money.

use ramal_base::Instante;
use reqwest::header::HeaderMap;

/// Largest notice judged, bytes.
pub const MAX_AVISO: usize = 1024 * 1024;

/// A notice as it came, before anything is believed.
#[derive(Clone)]
pub struct AvisoCrudo {
    /// Headers, names in lower case.
    pub cabeceras: Vec<(String, String)>,
    /// Query of the address, without the question mark.
    pub consulta: String,
    /// Body, byte by byte.
    pub cuerpo: Vec<u8>,
    /// When it arrived.
    pub recibido: Instante,
}

impl AvisoCrudo {
    /// From an HTTP request. Values that are not text are dropped: no signature is one.
    pub fn of_http(
        cabeceras: &HeaderMap,
        consulta: Option<&str>,
        cuerpo: &[u8],
        recibido: Instante,
    ) -> AvisoCrudo {
        let texto = |v: &reqwest::header::HeaderValue| v.to_str().ok().map(str::to_owned);
        let cabeceras = cabeceras
            .iter()
            .filter_map(|(nombre, valor)| Some((nombre.as_str().to_owned(), texto(valor)?)))
            .collect();
        AvisoCrudo {
            cabeceras,
            consulta: consulta.unwrap_or_default().to_owned(),
            cuerpo: cuerpo.to_vec(),
            recibido,
        }
    }

    /// Value of a header, by its name in lower case; `None` if it is absent or came twice.
    pub fn cabecera(&self, nombre: &str) -> Option<&str> {
        let mut todas = self.cabeceras.iter().filter(|(n, _)| n == nombre);
        let primera = todas.next()?;
        todas.next().is_none().then_some(primera.1.trim())
    }

    /// Value of a parameter of the query, decoded; the first if it came twice.
    pub fn parametro(&self, nombre: &str) -> Option<String> {
        // A base of no meaning: only the query is read.
        let url = reqwest::Url::parse(&format!("http://x/?{}", self.consulta)).ok()?;
        url.query_pairs().find(|(n, _)| n == nombre).map(|(_, valor)| valor.into_owned())
    }
}

impl std::fmt::Debug for AvisoCrudo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "AvisoCrudo({} bytes)", self.cuerpo.len())
    }
}

/// A notice whose signature is good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AvisoVerificado {
    /// Id for the replay table; unique per gateway.
    pub evento_id: String,
    /// What it speaks of.
    pub clase: ClaseAviso,
    /// What to ask with [`crate::Pasarela::consult`]; empty if [`ClaseAviso::Otro`].
    pub recurso: String,
    /// Signed moment; the arrival if the gateway signs none.
    pub momento: Instante,
    /// The signed moment is outside the tolerance, at a gateway whose retries reuse it: to be
    /// counted, not refused.
    pub fuera_de_ventana: bool,
}

/// What a notice speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ClaseAviso {
    /// A payment or the page that waits for one.
    Cobro,
    /// A refund.
    Devolucion,
    /// A chargeback.
    Contracargo,
    /// Anything else: answer 200 and forget it.
    Otro,
}

/// Why a notice was refused: answer 401 and count it by [`RechazoAviso::motivo`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RechazoAviso {
    /// It carries no signature.
    #[error("el aviso no trae firma")]
    SinFirma,
    /// Legacy notice of Mercado Pago, never signed: worth at most one rate-limited
    /// [`crate::Pasarela::consult`] of `recurso`.
    #[error("aviso IPN sin firma")]
    IpnSinFirma {
        /// What it claims to speak of.
        recurso: String,
    },
    /// The signature is not of any live secret.
    #[error("la firma del aviso no es válida")]
    FirmaInvalida,
    /// Signed too long ago, or in the future.
    #[error("el aviso está fuera de la ventana de tiempo")]
    FueraDeVentana {
        /// Arrival less signed moment, seconds.
        desfase_s: i64,
    },
    /// Well signed and not understood, or a header that cannot be read.
    #[error("el aviso no se entiende")]
    Malformado,
    /// Larger than [`MAX_AVISO`].
    #[error("el aviso es demasiado grande")]
    Enorme,
    /// There is no live secret to judge it with.
    #[error("falta el secreto de avisos de la pasarela")]
    SinSecreto,
}

impl RechazoAviso {
    /// Label of the counter.
    pub fn motivo(&self) -> &'static str {
        match self {
            RechazoAviso::SinFirma => "sin_firma",
            RechazoAviso::IpnSinFirma { .. } => "ipn_sin_firma",
            RechazoAviso::FirmaInvalida => "firma_invalida",
            RechazoAviso::FueraDeVentana { .. } => "fuera_de_ventana",
            RechazoAviso::Malformado => "malformado",
            RechazoAviso::Enorme => "enorme",
            RechazoAviso::SinSecreto => "sin_secreto",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn aviso(cabeceras: &[(&str, &str)], consulta: &str) -> AvisoCrudo {
        let par = |(n, v): &(&str, &str)| (String::from(*n), String::from(*v));
        AvisoCrudo {
            cabeceras: cabeceras.iter().map(par).collect(),
            consulta: consulta.into(),
            cuerpo: b"{\"secreto\":1}".to_vec(),
            recibido: Instante::from_millis(0),
        }
    }

    #[test]
    fn a_header_that_came_twice_is_no_header() {
        let a = aviso(&[("x-a", " 1 "), ("x-b", "2"), ("x-b", "3")], "");
        assert_eq!(
            (a.cabecera("x-a"), a.cabecera("x-b"), a.cabecera("x-c")),
            (Some("1"), None, None)
        );
    }

    #[test]
    fn parameters_are_decoded_and_bodies_reach_no_log() {
        let a = aviso(&[], "data.id=ORD%2F1&type=payment&vac%C3%ADo=");
        assert_eq!(a.parametro("data.id").as_deref(), Some("ORD/1"));
        assert_eq!(a.parametro("vacío").as_deref(), Some(""));
        assert_eq!(a.parametro("id"), None);
        assert!(!format!("{a:?}").contains("secreto"));
    }
}
