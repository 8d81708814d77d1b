//! What a payment order says: who owes what, until when, and where to pay it.
//!
//! It is no legal document and carries no number of any authority. It does not compute the sum.

use crate::impreso::{Dato, Marca, QrImpreso};

/// One servicio to pay.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ServicioImpreso {
    /// Name of the servicio, with its address when there are several.
    pub descripcion: String,
    /// Period covered: `01/11/2026 – 30/11/2026`.
    pub periodo: String,
    /// Amount.
    pub importe: String,
}

/// A payment order (`payment-order`).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OrdenDePago {
    /// Heading: `ORDEN DE PAGO`.
    pub titulo: String,
    /// Reference with which the cliente pays.
    pub referencia: String,
    /// Company; the first value is its name.
    pub empresa: Vec<Dato>,
    /// Cliente; the first value is the name.
    pub cliente: Vec<Dato>,
    /// Facts: date of the order, saldo before, document of origin.
    pub datos: Vec<Dato>,
    /// Servicios to pay.
    pub servicios: Vec<ServicioImpreso>,
    /// Sums above the total: charges, discounts, previous saldo.
    pub totales: Vec<Dato>,
    /// Total due with its label: `Total a pagar`, `$ 450.00`.
    pub total: Dato,
    /// Last day to pay with its label: `Vence el`, `30/11/2026`.
    pub vencimiento: Dato,
    /// Total in words; may be empty.
    pub importe_en_letras: String,
    /// Ways to pay: one with its instructions each.
    pub medios: Vec<Dato>,
    /// Notes, one paragraph each.
    pub leyendas: Vec<String>,
    /// Code with a payment link.
    pub qr: Option<QrImpreso>,
    /// Foot of every page.
    pub pie: String,
    /// Mark across every page.
    pub marca: Option<Marca>,
    /// Logo, the bytes of a PNG.
    pub logo: Option<Vec<u8>>,
}
