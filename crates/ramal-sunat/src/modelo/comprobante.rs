//! Factura, boleta and notas, flat: every figure that goes in the XML is a field. Nothing here is
//! derived.

use ramal_base::{Dinero, Fecha, Moneda};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{Anticipo, Cliente, DescuentoGlobal, Detraccion, Emisor, FormaPago, Retencion};
use crate::catalogos::{Afectacion, Tipo, Tributo};

/// Kind of an invoice document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TipoCpe {
    /// 01.
    Factura,
    /// 03.
    Boleta,
}

/// Kind of a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TipoNota {
    /// 07.
    Credito,
    /// 08.
    Debito,
}

impl From<TipoCpe> for Tipo {
    fn from(tipo: TipoCpe) -> Tipo {
        match tipo {
            TipoCpe::Factura => Tipo::Factura,
            TipoCpe::Boleta => Tipo::Boleta,
        }
    }
}

impl From<TipoNota> for Tipo {
    fn from(tipo: TipoNota) -> Tipo {
        match tipo {
            TipoNota::Credito => Tipo::NotaCredito,
            TipoNota::Debito => Tipo::NotaDebito,
        }
    }
}

/// Legend of catalogue 52.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leyenda {
    /// Four digits; unique in the document.
    pub codigo: String,
    /// 1 to 200 characters.
    pub texto: String,
}

/// Line discount, code 00: it lowers the base of the line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DescuentoLinea {
    /// Factor, when the discount was a percentage: 0.1 means 10 %.
    pub factor: Option<Decimal>,
    /// Discount without IGV.
    pub monto: Dinero,
    /// Quantity × unit value.
    pub base: Dinero,
}

/// One line, computed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Linea {
    /// Quantity, up to ten decimals.
    pub cantidad: Decimal,
    /// UN/ECE rec 20; `ZZ` is a service.
    pub unidad: String,
    /// 1 to 500 characters.
    pub descripcion: String,
    /// Seller's code, up to 30 characters.
    pub codigo: Option<String>,
    /// UNSPSC, eight digits.
    pub unspsc: Option<String>,
    /// Catalogue 07.
    pub afectacion: Afectacion,
    /// IGV percent of the issue date.
    pub tasa: Decimal,
    /// Unit value without IGV; 0 in free lines.
    pub valor_unitario: Decimal,
    /// Unit price with IGV, or reference unit value of a free line.
    pub precio_unitario: Decimal,
    /// Net of the line (reference value of a free line), after discount.
    pub valor_venta: Dinero,
    /// Tax of the line's subtotal; in free taxed lines the tax of the reference value.
    pub impuesto: Dinero,
    /// Discount of the line.
    pub descuento: Option<DescuentoLinea>,
}

/// Header subtotal of one tribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subtotal {
    /// Tribute.
    pub tributo: Tributo,
    /// Taxable amount.
    pub base: Dinero,
    /// Tax.
    pub impuesto: Dinero,
}

/// Header sums (§10.3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totales {
    /// One per tribute present in the lines, ordered by tribute code.
    pub subtotales: Vec<Subtotal>,
    /// Taxes that are paid.
    pub impuestos: Dinero,
    /// LineExtensionAmount.
    pub valor_venta: Dinero,
    /// TaxInclusiveAmount.
    pub precio_venta: Dinero,
    /// PrepaidAmount.
    pub anticipos: Dinero,
    /// PayableRoundingAmount, −1.00 to 1.00.
    pub redondeo: Dinero,
    /// PayableAmount.
    pub total: Dinero,
}

/// What facturas, boletas and notas share.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comun {
    /// Four characters: `F001`.
    pub serie: String,
    /// 1 to 99,999,999.
    pub numero: u32,
    /// Issue day, Lima.
    pub fecha: Fecha,
    /// Issue time `HH:MM:SS`, Lima.
    pub hora: Option<String>,
    /// Currency of every amount but the detracción.
    pub moneda: Moneda,
    /// Issuer.
    pub emisor: Emisor,
    /// Customer.
    pub cliente: Cliente,
    /// Legends; 1000 is the amount in words.
    pub leyendas: Vec<Leyenda>,
    /// 1 to 999 lines.
    pub lineas: Vec<Linea>,
    /// Sums.
    pub totales: Totales,
}

impl Comun {
    /// Identifier `F001-1`.
    pub fn id(&self) -> String {
        format!("{}-{}", self.serie, self.numero)
    }
}

/// Factura (01) or boleta (03).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cpe {
    /// Which of both.
    pub tipo: TipoCpe,
    /// Shared part.
    pub comun: Comun,
    /// Catalogue 51: 0101, or 1001 with detracción.
    pub operacion: String,
    /// Due day, informative.
    pub vencimiento: Option<Fecha>,
    /// Purchase order of the customer, up to 20 characters.
    pub orden_compra: Option<String>,
    /// Mandatory in facturas, absent in boletas.
    pub forma_pago: Option<FormaPago>,
    /// Only with operation 1001.
    pub detraccion: Option<Detraccion>,
    /// Only when the customer withholds IGV.
    pub retencion: Option<Retencion>,
    /// Advances regularised here.
    pub anticipos: Vec<Anticipo>,
    /// Global discount code 02.
    pub descuento_global: Option<DescuentoGlobal>,
}

/// Document that a note touches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Afectado {
    /// 01 or 03.
    pub tipo: TipoCpe,
    /// Identifier `F001-1`.
    pub id: String,
}

/// Nota de crédito (07) or de débito (08).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Nota {
    /// Which of both.
    pub tipo: TipoNota,
    /// Shared part.
    pub comun: Comun,
    /// Catalogue 09 or 10.
    pub motivo: String,
    /// 1 to 500 characters.
    pub sustento: String,
    /// Touched document.
    pub afectado: Afectado,
    /// Only motive 13: the new plan of instalments.
    pub forma_pago: Option<FormaPago>,
}

impl Cpe {
    /// Kind in catalogue 01.
    pub fn tipo_documento(&self) -> Tipo {
        self.tipo.into()
    }

    /// Base of the file name: `20600000005-01-F001-1`.
    pub fn nombre(&self) -> String {
        let c = &self.comun;
        crate::nombres::nombre_comprobante(&c.emisor.ruc, self.tipo.into(), &c.serie, c.numero)
    }
}

impl Nota {
    /// Kind in catalogue 01.
    pub fn tipo_documento(&self) -> Tipo {
        self.tipo.into()
    }

    /// Base of the file name: `20600000005-07-FC01-1`.
    pub fn nombre(&self) -> String {
        let c = &self.comun;
        crate::nombres::nombre_comprobante(&c.emisor.ruc, self.tipo.into(), &c.serie, c.numero)
    }
}
