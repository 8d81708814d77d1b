//! What a person may do with an invoice as it is: the ones without permission or sense are absent.
//! The actions themselves decide again.

use ramal_plataforma::{Permiso, Vista};

use super::comun::route;
use crate::factura::FacturaFila;
use crate::permisos::{AnularFacturas, EmitirFacturas};
use crate::storage::consultas::Legal;

/// Addresses of what can be done; empty where it cannot.
pub(super) struct Actos {
    /// Register its payment.
    pub(super) pagar: String,
    /// Send it again.
    pub(super) reenviar: String,
    /// Whether sending again makes a document with another number.
    pub(super) renueva: bool,
    /// Credit note.
    pub(super) credito: String,
    /// Debit note.
    pub(super) debito: String,
    /// Void it.
    pub(super) anular: String,
    /// Print it.
    pub(super) imprimir: String,
    /// Key that makes one act of a form sent twice.
    pub(super) idem: String,
    /// `reenviar`, `pagar`, `credito` or nothing: what is wanted first.
    pub(super) primero: &'static str,
}

/// Permission of the slice of payments, which registers them.
pub(super) const REGISTRAR_PAGOS: &str = "pagos:registrar";

/// Where a payment is registered, with whom or what it is of.
pub(super) fn new_pago(de: &str, cual: &str) -> String {
    format!("/facturacion/pagos/nuevo?{de}={cual}")
}

const PARADOS: [&str; 4] = ["rechazado", "excepcion", "incierto", "pausado"];

impl Actos {
    pub(super) fn of<P>(vista: &Vista<P>, f: &FacturaFila, legal: Option<&Legal>) -> Actos {
        let raiz = route(&f.numero());
        let when = |cuando: bool, acto: &str| {
            if cuando { format!("{raiz}/{acto}") } else { String::new() }
        };
        let (emite, cobra) = (vista.may(EmitirFacturas::NOMBRE), vista.may(REGISTRAR_PAGOS));
        let estado = legal.map_or("", |l| l.estado.as_str());
        let viva = f.estado != "anulada";
        let es_nota = f.clase.starts_with("nota");
        let parado = PARADOS.contains(&estado);
        let debe = f.estado == "emitida" && f.clase != "nota_credito";
        let corregible =
            viva && !es_nota && !parado && !matches!(estado, "baja_pendiente" | "baja");
        let peru = matches!(f.tipo.as_str(), "01" | "03");
        Actos {
            pagar: match debe && cobra && estado != "rechazado" {
                true => new_pago("factura", &f.id.to_string()),
                false => String::new(),
            },
            reenviar: when(viva && emite && parado, "reenviar"),
            renueva: estado == "rechazado",
            credito: when(corregible && emite && f.acreditado < f.total, "notas?sentido=credito"),
            debito: when(corregible && emite && peru, "notas?sentido=debito"),
            anular: when(
                f.estado == "emitida"
                    && f.clase != "nota_credito"
                    && vista.may(AnularFacturas::NOMBRE),
                "anular",
            ),
            imprimir: when(f.comprobante_id.is_some(), "imprimir"),
            idem: vista.peticion().idem(),
            primero: match () {
                () if parado => "reenviar",
                () if debe => "pagar",
                () => "credito",
            },
        }
    }
}
