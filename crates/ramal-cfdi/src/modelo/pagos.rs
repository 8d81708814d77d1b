//! Complement Pagos 2.0 in MXN. It does not carry bank accounts nor the SPEI string, which Ramal
//! never writes.

use super::{ImpuestoLinea, RetencionTotal};
use crate::texto::Texto;
use crate::valor::Valor;

/// `pago20:Pagos`, one or more payments of the same receiver. Source: Anexo 20, complement Pagos
/// 2.0.
#[derive(Clone, Debug, PartialEq)]
pub struct Pagos {
    /// Sums in MXN, two decimals.
    pub totales: TotalesPagos,
    /// At least one.
    pub pagos: Vec<Pago>,
}

/// `pago20:Totales`: sums in MXN with two decimals. IEPS traslado has no total here.
#[derive(Clone, Debug, PartialEq)]
pub struct TotalesPagos {
    /// IVA withheld.
    pub retenciones_iva: Option<Valor>,
    /// ISR withheld.
    pub retenciones_isr: Option<Valor>,
    /// IEPS withheld.
    pub retenciones_ieps: Option<Valor>,
    /// Base of IVA 16 %.
    pub base_iva16: Option<Valor>,
    /// IVA 16 %.
    pub impuesto_iva16: Option<Valor>,
    /// Base of IVA 8 %.
    pub base_iva8: Option<Valor>,
    /// IVA 8 %.
    pub impuesto_iva8: Option<Valor>,
    /// Base of IVA 0 %.
    pub base_iva0: Option<Valor>,
    /// IVA 0 %, always zero.
    pub impuesto_iva0: Option<Valor>,
    /// Base of exempt IVA.
    pub base_exento: Option<Valor>,
    /// Sum of the payments.
    pub monto_total: Valor,
}

/// `pago20:Pago`: one payment received.
#[derive(Clone, Debug, PartialEq)]
pub struct Pago {
    /// When the money was received, `AAAA-MM-DDThh:mm:ss`; `T12:00:00` if the hour is unknown.
    pub fecha: Texto,
    /// c_FormaPago, never `99`.
    pub forma_de_pago: Texto,
    /// c_Moneda, never `XXX`.
    pub moneda: Texto,
    /// `1` for MXN.
    pub tipo_cambio: Option<Valor>,
    /// Greater than zero.
    pub monto: Valor,
    /// Reference of the operation, 1 to 100 characters.
    pub num_operacion: Option<Texto>,
    /// Invoices that it pays, at least one.
    pub documentos: Vec<DoctoRelacionado>,
    /// Withheld taxes of the payment, six decimals.
    pub retenciones: Vec<RetencionTotal>,
    /// Transferred taxes of the payment, six decimals.
    pub traslados: Vec<ImpuestoLinea>,
}

/// `pago20:DoctoRelacionado`: what a payment does to one invoice.
#[derive(Clone, Debug, PartialEq)]
pub struct DoctoRelacionado {
    /// UUID of the invoice.
    pub id_documento: Texto,
    /// Serie of the invoice.
    pub serie: Option<Texto>,
    /// Folio of the invoice.
    pub folio: Option<Texto>,
    /// Currency of the invoice.
    pub moneda: Texto,
    /// `1` when the currencies are equal.
    pub equivalencia: Option<Valor>,
    /// 1 to 999, counting the non-cancelled partial payments.
    pub num_parcialidad: u16,
    /// Balance before the payment.
    pub saldo_anterior: Valor,
    /// What this payment pays of it.
    pub pagado: Valor,
    /// Balance after it.
    pub saldo_insoluto: Valor,
    /// c_ObjetoImp.
    pub objeto_imp: Texto,
    /// Withheld taxes in proportion.
    pub retenciones: Vec<ImpuestoLinea>,
    /// Transferred taxes in proportion.
    pub traslados: Vec<ImpuestoLinea>,
}
