//! One attempt on one channel: its states and their order. It sends nothing.

use ramal_base::Id;
use serde::{Deserialize, Serialize};

use crate::EstadoNotificacion;

/// Marker of envio ids.
pub struct EnvioMarca;

/// Identifier of an envio.
pub type EnvioId = Id<EnvioMarca>;

/// How an envio stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EstadoEnvio {
    /// Waits to leave.
    EnCola,
    /// Is leaving this moment; found so by another worker, it is uncertain.
    Enviando,
    /// The provider took it.
    Aceptado,
    /// The provider sent it on.
    Enviado,
    /// It reached the device.
    Entregado,
    /// It was read.
    Leido,
    /// It will not arrive.
    Fallido,
    /// It may have left; only a status of the provider or a person settles it.
    Incierto,
    /// It did not leave on purpose.
    Suprimido,
}

impl EstadoEnvio {
    /// All of them, in the order of a life.
    pub const TODOS: [EstadoEnvio; 9] = [
        EstadoEnvio::EnCola,
        EstadoEnvio::Enviando,
        EstadoEnvio::Aceptado,
        EstadoEnvio::Enviado,
        EstadoEnvio::Entregado,
        EstadoEnvio::Leido,
        EstadoEnvio::Fallido,
        EstadoEnvio::Incierto,
        EstadoEnvio::Suprimido,
    ];

    /// Stable name, as it is stored and sent.
    pub fn as_str(self) -> &'static str {
        match self {
            EstadoEnvio::EnCola => "en_cola",
            EstadoEnvio::Enviando => "enviando",
            EstadoEnvio::Aceptado => "aceptado",
            EstadoEnvio::Enviado => "enviado",
            EstadoEnvio::Entregado => "entregado",
            EstadoEnvio::Leido => "leido",
            EstadoEnvio::Fallido => "fallido",
            EstadoEnvio::Incierto => "incierto",
            EstadoEnvio::Suprimido => "suprimido",
        }
    }

    /// Reads what [`Self::as_str`] gives.
    pub fn parse(texto: &str) -> Option<EstadoEnvio> {
        EstadoEnvio::TODOS.into_iter().find(|e| e.as_str() == texto)
    }

    /// Place in the order in which proof only rises (W22). Refusal stands above `sent` and below
    /// the proof of arrival, which is the only thing that leaves it.
    fn rank(self) -> u8 {
        match self {
            EstadoEnvio::EnCola | EstadoEnvio::Enviando | EstadoEnvio::Suprimido => 0,
            EstadoEnvio::Incierto => 1,
            EstadoEnvio::Aceptado => 2,
            EstadoEnvio::Enviado => 3,
            EstadoEnvio::Fallido => 4,
            EstadoEnvio::Entregado => 5,
            EstadoEnvio::Leido => 6,
        }
    }

    /// The state after hearing `noticia`: the higher of the two, so that the order of hearing does
    /// not matter.
    #[must_use]
    pub fn heard(self, noticia: EstadoEnvio) -> EstadoEnvio {
        if noticia.rank() > self.rank() { noticia } else { self }
    }

    /// Whether it is known to have arrived.
    pub fn is_llegado(self) -> bool {
        matches!(self, EstadoEnvio::Entregado | EstadoEnvio::Leido)
    }

    /// What it says of its notification.
    pub fn notificacion(self) -> EstadoNotificacion {
        match self {
            EstadoEnvio::EnCola | EstadoEnvio::Enviando => EstadoNotificacion::Encolada,
            EstadoEnvio::Aceptado | EstadoEnvio::Enviado => EstadoNotificacion::Enviada,
            EstadoEnvio::Entregado => EstadoNotificacion::Entregada,
            EstadoEnvio::Leido => EstadoNotificacion::Leida,
            EstadoEnvio::Fallido => EstadoNotificacion::Fallida,
            EstadoEnvio::Incierto => EstadoNotificacion::Incierta,
            EstadoEnvio::Suprimido => EstadoNotificacion::Suprimida,
        }
    }

    /// Place among the envios of one notification: the best one tells how it stands.
    pub(crate) fn weight(self) -> u8 {
        match self {
            EstadoEnvio::Leido => 8,
            EstadoEnvio::Entregado => 7,
            EstadoEnvio::Enviado => 6,
            EstadoEnvio::Aceptado => 5,
            EstadoEnvio::EnCola | EstadoEnvio::Enviando => 4,
            EstadoEnvio::Incierto => 3,
            EstadoEnvio::Fallido => 2,
            EstadoEnvio::Suprimido => 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use EstadoEnvio::{Aceptado, Entregado, Enviado, Fallido, Incierto, Leido};
    use proptest::prelude::*;

    #[test]
    fn sent_after_delivered_is_ignored_and_read_implies_delivered() {
        assert_eq!(Entregado.heard(Enviado), Entregado);
        assert_eq!(Aceptado.heard(Leido), Leido);
        assert_eq!(Leido.heard(Entregado), Leido);
    }

    #[test]
    fn refused_is_left_only_on_proof_of_arrival() {
        assert_eq!(Fallido.heard(Enviado), Fallido);
        assert_eq!(Fallido.heard(Entregado), Entregado);
        assert_eq!(Entregado.heard(Fallido), Entregado);
        assert_eq!(Enviado.heard(Fallido), Fallido);
    }

    #[test]
    fn any_word_of_the_provider_settles_what_was_uncertain() {
        for noticia in [Aceptado, Enviado, Entregado, Leido, Fallido] {
            assert_eq!(Incierto.heard(noticia), noticia);
        }
    }

    proptest! {
        #[test]
        fn the_order_of_hearing_does_not_matter(
            oidas in proptest::collection::vec(0usize..5, 0..12),
            semilla in any::<u64>(),
        ) {
            let todas = [Aceptado, Enviado, Entregado, Leido, Fallido];
            let fin = |orden: &[usize]| {
                orden.iter().fold(Aceptado, |e, i| e.heard(todas[*i]))
            };
            let mut otra = oidas.clone();
            for i in (1..otra.len()).rev() {
                otra.swap(i, usize::try_from(semilla % (i as u64 + 1)).unwrap());
            }
            prop_assert_eq!(fin(&oidas), fin(&otra));
        }
    }
}
