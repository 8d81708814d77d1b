//! What the slice tells: statements imported, lines resolved, proofs reviewed. Events carry ids and
//! amounts, never what the bank or the customer wrote.

use ramal_db::Evento;
use serde::Serialize;
use uuid::Uuid;

/// A lote moved: read, matched, closed. Told at most every few hundred lines, for screens.
#[derive(Serialize)]
pub struct LoteAvanzo {
    /// The lote.
    pub lote_id: Uuid,
}

impl Evento for LoteAvanzo {
    const TIPO: &'static str = "lote.avanzo";
    fn sujeto(&self) -> String {
        format!("lote/{}", self.lote_id)
    }
}

/// A lote was closed.
#[derive(Serialize)]
pub struct LoteCerrado {
    /// The lote.
    pub lote_id: Uuid,
    /// Adjustment with which it was closed, decimal text, if any.
    pub ajuste: Option<String>,
}

impl Evento for LoteCerrado {
    const TIPO: &'static str = "lote.cerrado";
    fn sujeto(&self) -> String {
        format!("lote/{}", self.lote_id)
    }
}

/// A line of a statement found its payment, or lost it.
#[derive(Serialize)]
pub struct RenglonResuelto {
    /// The line.
    pub renglon_id: Uuid,
    /// Its lote.
    pub lote_id: Uuid,
    /// State: see [`crate::EstadoRenglon`].
    pub estado: &'static str,
    /// Payments linked to it.
    pub pagos: Vec<Uuid>,
}

impl Evento for RenglonResuelto {
    const TIPO: &'static str = "renglon.resuelto";
    fn sujeto(&self) -> String {
        format!("renglon/{}", self.renglon_id)
    }
}

macro_rules! evento_de_comprobante {
    ($(#[$doc:meta])* $nombre:ident, $tipo:literal) => {
        $(#[$doc])*
        #[derive(Serialize)]
        pub struct $nombre {
            /// The proof.
            pub comprobante_id: Uuid,
            /// Whose it is.
            pub cliente_id: Uuid,
            /// Amount, decimal text, if it is known.
            pub importe: Option<String>,
            /// Currency.
            pub moneda: &'static str,
            /// Payment that it became, if any.
            pub pago_id: Option<Uuid>,
        }

        impl $nombre {
            /// The event of a proof as it is now.
            pub(crate) fn of(c: &crate::ComprobantePago) -> $nombre {
                $nombre {
                    comprobante_id: c.id.uuid(),
                    cliente_id: c.cliente_id,
                    importe: c.importe.map(ramal_base::dinero::format_centavos),
                    moneda: c.moneda.codigo(),
                    pago_id: c.pago_id,
                }
            }
        }

        impl Evento for $nombre {
            const TIPO: &'static str = $tipo;
            fn sujeto(&self) -> String {
                format!("comprobante_pago/{}", self.comprobante_id)
            }
            fn cliente(&self) -> Option<Uuid> {
                Some(self.cliente_id)
            }
        }
    };
}

evento_de_comprobante!(
    /// A customer or an agent sent a proof.
    ComprobanteRecibido, "comprobante_pago.recibido"
);
evento_de_comprobante!(
    /// A proof became a payment.
    ComprobanteAprobado, "comprobante_pago.aprobado"
);
evento_de_comprobante!(
    /// A proof was refused.
    ComprobanteRechazado, "comprobante_pago.rechazado"
);
evento_de_comprobante!(
    /// Another photo is asked for.
    ComprobanteOtraFoto, "comprobante_pago.otra_foto"
);
