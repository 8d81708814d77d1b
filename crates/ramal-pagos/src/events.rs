//! What the slice tells: money that came in and money that left. Events carry ids and amounts,
//! never the cliente's data.

use ramal_base::dinero::format_centavos;
use ramal_db::Evento;
use serde::Serialize;
use uuid::Uuid;

use crate::{Pago, PagoId};

macro_rules! evento_de_pago {
    ($(#[$doc:meta])* $nombre:ident, $tipo:literal) => {
        $(#[$doc])*
        #[derive(Serialize)]
        pub struct $nombre {
            /// The payment.
            pub pago_id: PagoId,
            /// Whose it is.
            pub cliente_id: Uuid,
            /// Amount that moved, decimal text.
            pub importe: String,
            /// Currency.
            pub moneda: &'static str,
        }

        impl $nombre {
            /// The event of an amount of a payment, in minor units.
            pub(crate) fn of(pago: &Pago, monto: i64) -> $nombre {
                $nombre {
                    pago_id: pago.id,
                    cliente_id: pago.cliente_id,
                    importe: format_centavos(monto),
                    moneda: pago.moneda.codigo(),
                }
            }
        }

        impl Evento for $nombre {
            const TIPO: &'static str = $tipo;
            fn sujeto(&self) -> String {
                format!("pago/{}", self.pago_id)
            }
            fn cliente(&self) -> Option<Uuid> {
                Some(self.cliente_id)
            }
        }
    };
}

evento_de_pago!(
    /// Money came in.
    PagoRegistrado, "pago.registrado"
);
evento_de_pago!(
    /// A payment registered by mistake was taken back.
    PagoRevertido, "pago.revertido"
);
evento_de_pago!(
    /// Money was given back.
    PagoDevuelto, "pago.devuelto"
);
evento_de_pago!(
    /// The bank or the card took the money back.
    PagoContracargado, "pago.contracargado"
);
