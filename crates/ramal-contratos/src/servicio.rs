//! A contracted service as stored: its price, anchor, state and where billing stands. Its facts
//! live in `hecho`.

use ramal_base::{Dinero, Fecha, Id, Instante};
use ramal_catalogo::{Periodicidad, ProductoId};
use ramal_clientes::ClienteId;
use uuid::Uuid;

use crate::{Ancla, EstadoServicio, EventoServicio, Hecho};

/// Marker of service ids.
pub struct ServicioMarca;

/// Identifier of a service.
pub type ServicioId = Id<ServicioMarca>;

/// One thing contracted by a customer.
#[derive(Clone, Debug, PartialEq)]
pub struct Servicio {
    /// Identifier.
    pub id: ServicioId,
    /// Printed number; shown as `S-<numero>`.
    pub numero: i64,
    /// Whose it is.
    pub cliente_id: ClienteId,
    /// Contract that groups it with others at one address.
    pub contrato_id: Option<Uuid>,
    /// Who bills it.
    pub emisor_id: Uuid,
    /// What it is.
    pub producto_id: ProductoId,
    /// What the customer reads on the invoice.
    pub descripcion: String,
    /// Price of a full period today.
    pub precio: Dinero,
    /// Whether `precio` has the taxes inside.
    pub impuesto_incluido: bool,
    /// Whether it is billed with a legal document.
    pub requiere_factura: bool,
    /// Billing anchor today.
    pub ancla: Ancla,
    /// First day of service.
    pub inicio: Fecha,
    /// Periods that begin before it were billed by an earlier system.
    pub facturado_desde: Fecha,
    /// First day without service, once known.
    pub fin: Option<Fecha>,
    /// State today.
    pub estado: EstadoServicio,
    /// Whether it renews by itself at the end of its term.
    pub auto_renovacion: bool,
    /// Label that separates invoices of one customer; `~` = an invoice of its own.
    pub grupo: Option<String>,
    /// Facts recorded.
    pub hechos: i32,
    /// First day whose charge may differ from what was posted.
    pub revisar_desde: Fecha,
    /// Day on which a run must look at it again; none = never.
    pub proxima_revision: Option<Fecha>,
    /// Own data (domain name, IP…), a JSON object.
    pub configuracion: serde_json::Value,
    /// Notes of the staff.
    pub notas: Option<String>,
    /// Grows by one with every change; the ETag.
    pub version: i64,
    /// When it was recorded.
    pub creado: Instante,
    /// When it last changed.
    pub actualizado: Instante,
}

impl Servicio {
    /// Printed code, e.g. `S-12`.
    pub fn codigo(&self) -> String {
        format!("S-{}", self.numero)
    }

    /// Period of its anchor, if it is one that is sold.
    pub fn periodicidad(&self) -> Option<Periodicidad> {
        Periodicidad::from_meses(self.ancla.meses())
    }

    /// The fact with which it began.
    pub fn alta(&self) -> EventoServicio {
        EventoServicio {
            secuencia: 1,
            desde: self.inicio,
            registrado: self.creado,
            hecho: Hecho::Alta {
                producto: self.producto_id.uuid(),
                precio: self.precio.centavos,
                ancla: self.ancla,
            },
        }
    }

    /// Start of the first period not yet due on `hoy`: the next due date that people ask for.
    pub fn proximo_vencimiento(&self, hoy: Fecha) -> Fecha {
        let desde = hoy.max(self.inicio).max(self.facturado_desde);
        self.ancla.primer_limite_desde(desde)
    }
}
