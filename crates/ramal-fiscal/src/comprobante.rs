//! The neutral legal document: who, to whom, what, how it is paid. Knows no country's format and no
//! factura.

use std::sync::Arc;

use ramal_base::documentos::TipoDocumento;
use ramal_base::{Fecha, Id, Instante, Moneda, Pais};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::EmisorFiscal;

/// Marker of document ids.
pub struct ComprobanteMarca;

/// Identifier of a legal document.
pub type ComprobanteId = Id<ComprobanteMarca>;

/// Kind of legal document, under the code that its authority uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Tipo {
    /// CFDI de ingreso.
    #[serde(rename = "I")]
    Ingreso,
    /// CFDI de egreso.
    #[serde(rename = "E")]
    Egreso,
    /// CFDI de pago (REP).
    #[serde(rename = "P")]
    Pago,
    /// Factura (PE).
    #[serde(rename = "01")]
    Factura,
    /// Boleta de venta (PE).
    #[serde(rename = "03")]
    Boleta,
    /// Nota de crédito (PE).
    #[serde(rename = "07")]
    NotaCredito,
    /// Nota de débito (PE).
    #[serde(rename = "08")]
    NotaDebito,
}

impl Tipo {
    pub(crate) const TODOS: [Tipo; 7] = [
        Tipo::Ingreso,
        Tipo::Egreso,
        Tipo::Pago,
        Tipo::Factura,
        Tipo::Boleta,
        Tipo::NotaCredito,
        Tipo::NotaDebito,
    ];

    /// Code of the authority, as stored and on the wire.
    pub fn codigo(self) -> &'static str {
        match self {
            Tipo::Ingreso => "I",
            Tipo::Egreso => "E",
            Tipo::Pago => "P",
            Tipo::Factura => "01",
            Tipo::Boleta => "03",
            Tipo::NotaCredito => "07",
            Tipo::NotaDebito => "08",
        }
    }

    /// Reads a stored code.
    pub fn parse(codigo: &str) -> Option<Tipo> {
        Tipo::TODOS.into_iter().find(|t| t.codigo() == codigo)
    }

    /// Country whose authority knows the kind.
    pub fn pais(self) -> Pais {
        match self {
            Tipo::Ingreso | Tipo::Egreso | Tipo::Pago => Pais::Mx,
            _ => Pais::Pe,
        }
    }

    /// Whether it reduces what another document charges.
    pub fn is_credito(self) -> bool {
        matches!(self, Tipo::Egreso | Tipo::NotaCredito)
    }

    /// Kind with which an emisor of `pais` charges this receiver.
    pub fn de_venta(pais: Pais, receptor: &Receptor) -> Tipo {
        match (pais, receptor.tipo_documento) {
            (Pais::Pe, TipoDocumento::Ruc) => Tipo::Factura,
            (Pais::Pe, _) => Tipo::Boleta,
            _ => Tipo::Ingreso,
        }
    }

    /// Kind with which a document of this kind is credited.
    pub fn de_credito(self) -> Tipo {
        match self.pais() {
            Pais::Pe => Tipo::NotaCredito,
            _ => Tipo::Egreso,
        }
    }
}

/// Opaque thing that the document makes legal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origen {
    /// What it is, e.g. `factura`.
    pub tipo: &'static str,
    /// Which one.
    pub id: Uuid,
}

/// Who receives the document, as it was on the day of issue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receptor {
    /// Kind of identity.
    pub tipo_documento: TipoDocumento,
    /// Number, normalised.
    pub numero: String,
    /// Legal name.
    pub nombre: String,
    /// Postal code (MX).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub codigo_postal: Option<String>,
    /// c_RegimenFiscal (MX).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub regimen_fiscal: Option<String>,
    /// c_UsoCFDI (MX); none = default of the régimen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uso_cfdi: Option<String>,
    /// Address for print.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub direccion: Option<String>,
    /// E-mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
}

/// Tax treatment of a line; each country maps it to its own codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Impuesto {
    /// General rate: IVA 16 %, IGV of the issue date.
    General,
    /// IVA 8 % of the border region.
    Frontera,
    /// Rate zero.
    Cero,
    /// Exempt, exonerado.
    Exento,
    /// Not subject, inafecto.
    Inafecto,
    /// General rate plus IEPS 3 % on telecommunications (MX).
    GeneralIeps,
}

impl Impuesto {
    const TODOS: [Impuesto; 6] = [
        Impuesto::General,
        Impuesto::Frontera,
        Impuesto::Cero,
        Impuesto::Exento,
        Impuesto::Inafecto,
        Impuesto::GeneralIeps,
    ];

    /// Stored and wire text.
    pub fn as_str(self) -> &'static str {
        match self {
            Impuesto::General => "general",
            Impuesto::Frontera => "frontera",
            Impuesto::Cero => "cero",
            Impuesto::Exento => "exento",
            Impuesto::Inafecto => "inafecto",
            Impuesto::GeneralIeps => "general_ieps",
        }
    }

    /// Reads the stored text.
    pub fn parse(texto: &str) -> Option<Impuesto> {
        Impuesto::TODOS.into_iter().find(|i| i.as_str() == texto)
    }
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Linea {
    /// What the customer reads, with plan and period.
    pub descripcion: String,
    /// Own code of the product.
    pub codigo: Option<String>,
    /// c_ClaveProdServ / UNSPSC.
    pub clave_prod_serv: Option<String>,
    /// c_ClaveUnidad / UN-ECE unit.
    pub clave_unidad: Option<String>,
    /// Units, greater than zero.
    pub cantidad: i64,
    /// Price of the whole line as sold, in minor units, greater than zero.
    pub importe: i64,
    /// Whether `importe` has the taxes inside.
    pub impuesto_incluido: bool,
    /// Tax treatment.
    pub impuesto: Impuesto,
}

/// How a sale is paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FormaPago {
    /// Paid at issue; c_FormaPago of the country, e.g. `03`.
    Contado {
        /// Code of the means of payment.
        forma: String,
    },
    /// Owed until a day.
    Credito {
        /// Due day, strictly after the issue day where the norm says so.
        vencimiento: Fecha,
    },
}

/// Document that this one corrects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relacion {
    /// Its row here.
    pub comprobante_id: ComprobanteId,
    /// Its kind.
    pub tipo: Tipo,
    /// Its serie.
    pub serie: String,
    /// Its folio.
    pub folio: i64,
    /// Its fiscal UUID, once stamped (MX).
    pub uuid_fiscal: Option<String>,
    /// Reason by the country's catalogue: c_TipoRelacion (MX), catalogue 09 or 10 (PE).
    pub codigo: String,
    /// Reason in words.
    pub sustento: String,
}

/// A payment to acknowledge (REP) and what it settles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PagoDe {
    /// Day and time on which the money came in, local.
    pub fecha: String,
    /// c_FormaPago, never 99.
    pub forma: String,
    /// Number of the operation.
    pub operacion: Option<String>,
    /// Settled invoices.
    pub partidas: Vec<PartidaPago>,
}

/// Part of a payment that settles one invoice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartidaPago {
    /// The invoice, which must be stamped.
    pub factura: Relacion,
    /// Its lines, from which its tax groups follow.
    pub lineas: Vec<Linea>,
    /// Its total, minor units.
    pub total: i64,
    /// Instalment number, from 1.
    pub parcialidad: u16,
    /// Open balance before, minor units.
    pub saldo_anterior: i64,
    /// Amount paid, minor units.
    pub pagado: i64,
}

/// Receipt inside a global invoice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReciboGlobal {
    /// Number of the receipt.
    pub folio: String,
    /// What was sold.
    pub lineas: Vec<Linea>,
}

/// What the document says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Contenido {
    /// Sale, credit or debit: lines.
    Venta {
        /// Lines, at least one.
        lineas: Vec<Linea>,
        /// Terms.
        pago: FormaPago,
        /// What it corrects; none for a plain sale.
        relacion: Option<Relacion>,
    },
    /// Acknowledgement of payments (MX).
    Pagos(Vec<PagoDe>),
    /// Global invoice of a month to the general public (MX).
    Global {
        /// Receipts, at least one.
        recibos: Vec<ReciboGlobal>,
        /// Month 1 to 12.
        mes: u8,
        /// Year.
        anio: i16,
        /// c_FormaPago with the largest amount.
        forma: String,
    },
}

/// A legal document before it takes its country's format.
#[derive(Clone, Debug)]
pub struct Comprobante {
    /// Identifier.
    pub id: ComprobanteId,
    /// Who signs.
    pub emisor: Arc<EmisorFiscal>,
    /// Customer to whose history it belongs.
    pub cliente_id: Option<Uuid>,
    /// What it makes legal.
    pub origen: Origen,
    /// Kind.
    pub tipo: Tipo,
    /// Serie; empty until it is numbered.
    pub serie: String,
    /// Folio; 0 until it is numbered.
    pub folio: i64,
    /// Instant of issue; the local date and time of the document follow from it.
    pub emitido: Instante,
    /// Currency.
    pub moneda: Moneda,
    /// Who receives.
    pub receptor: Receptor,
    /// What it says.
    pub contenido: Contenido,
}

impl Comprobante {
    /// Day of issue in the emisor's zone.
    pub fn fecha(&self) -> Fecha {
        self.emisor.zona.fecha(self.emitido)
    }

    /// Printed number, e.g. `F001-123`.
    pub fn numero(&self) -> String {
        format!("{}-{}", self.serie, self.folio)
    }
}
