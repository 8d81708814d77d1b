//! Typed CFDI 4.0 as Ramal issues it: one struct per document, numbers exact as written. It holds
//! no sello, no certificate and no timbre: those exist only in the bytes that [`crate::sello`] and
//! the PAC make.

mod pagos;

pub use pagos::{DoctoRelacionado, Pago, Pagos, TotalesPagos};

use crate::texto::Texto;
use crate::valor::Valor;

/// TipoDeComprobante (c_TipoDeComprobante).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
pub enum Tipo {
    /// `I`, invoice.
    Ingreso,
    /// `E`, credit note.
    Egreso,
    /// `T`, goods in transit; read, never issued.
    Traslado,
    /// `N`, payroll; read, never issued.
    Nomina,
    /// `P`, receipt of payment (REP).
    Pago,
}

impl Tipo {
    /// The letter of the catalogue.
    pub const fn clave(self) -> &'static str {
        match self {
            Tipo::Ingreso => "I",
            Tipo::Egreso => "E",
            Tipo::Traslado => "T",
            Tipo::Nomina => "N",
            Tipo::Pago => "P",
        }
    }

    /// Reads the letter; `None` if it is not of the catalogue.
    pub fn parse(clave: &str) -> Option<Tipo> {
        Some(match clave {
            "I" => Tipo::Ingreso,
            "E" => Tipo::Egreso,
            "T" => Tipo::Traslado,
            "N" => Tipo::Nomina,
            "P" => Tipo::Pago,
            _ => return None,
        })
    }
}

/// A CFDI 4.0 before the sello. Field order and optionality follow the XSD.
///
/// Shape: an absent optional is `None`, never an empty text. Source: Anexo 20, CFDI 4.0.
#[derive(Clone, Debug, PartialEq)]
pub struct Comprobante {
    /// Serie, 1 to 25 characters.
    pub serie: Option<Texto>,
    /// Folio, 1 to 40 characters.
    pub folio: Option<Texto>,
    /// Local time of LugarExpedicion, `AAAA-MM-DDThh:mm:ss`.
    pub fecha: Texto,
    /// c_FormaPago; only in I and E.
    pub forma_pago: Option<Texto>,
    /// Free terms of payment; only in I and E.
    pub condiciones_de_pago: Option<Texto>,
    /// Sum of line Importes.
    pub sub_total: Valor,
    /// Sum of line discounts; present when any line has one.
    pub descuento: Option<Valor>,
    /// c_Moneda; `XXX` in P.
    pub moneda: Texto,
    /// Absent with MXN and XXX.
    pub tipo_cambio: Option<Valor>,
    /// Amount due.
    pub total: Valor,
    /// TipoDeComprobante.
    pub tipo: Tipo,
    /// c_Exportacion; `01` for services in the country.
    pub exportacion: Texto,
    /// `PUE` or `PPD`; only in I and E.
    pub metodo_pago: Option<Texto>,
    /// Postal code of the branch.
    pub lugar_expedicion: Texto,
    /// Key that the PAC gave for an exceptional amount.
    pub confirmacion: Option<Texto>,
    /// Only in the global invoice.
    pub informacion_global: Option<InformacionGlobal>,
    /// Related documents, one block per TipoRelacion.
    pub relacionados: Vec<CfdiRelacionados>,
    /// Who issues.
    pub emisor: Emisor,
    /// Who receives.
    pub receptor: Receptor,
    /// At least one.
    pub conceptos: Vec<Concepto>,
    /// Taxes of the document; absent in P and when no concept has any.
    pub impuestos: Option<Impuestos>,
    /// Complement Pagos 2.0; only in P.
    pub pagos: Option<Pagos>,
}

/// Period that a global invoice covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InformacionGlobal {
    /// c_Periodicidad 01 to 05.
    pub periodicidad: Texto,
    /// c_Meses 01 to 18.
    pub meses: Texto,
    /// Four digits.
    pub anio: i16,
}

/// Documents related with one TipoRelacion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CfdiRelacionados {
    /// c_TipoRelacion, e.g. `01` credit note, `04` substitution.
    pub tipo_relacion: Texto,
    /// Fiscal folios, at least one.
    pub uuids: Vec<Texto>,
}

/// Who issues the document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Emisor {
    /// RFC.
    pub rfc: Texto,
    /// Registered name, upper case, without the company type.
    pub nombre: Texto,
    /// c_RegimenFiscal.
    pub regimen_fiscal: Texto,
}

/// Who receives the document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receptor {
    /// RFC; XAXX010101000 or XEXX010101000 when generic.
    pub rfc: Texto,
    /// Registered name.
    pub nombre: Texto,
    /// Postal code of the tax address.
    pub domicilio_fiscal: Texto,
    /// c_Pais of a foreign receiver.
    pub residencia_fiscal: Option<Texto>,
    /// Tax number of a foreign receiver.
    pub num_reg_id_trib: Option<Texto>,
    /// c_RegimenFiscal.
    pub regimen_fiscal: Texto,
    /// c_UsoCFDI.
    pub uso_cfdi: Texto,
}

/// One line of the document.
#[derive(Clone, Debug, PartialEq)]
pub struct Concepto {
    /// c_ClaveProdServ, 8 digits.
    pub clave_prod_serv: Texto,
    /// Own number of the article or receipt.
    pub no_identificacion: Option<Texto>,
    /// Greater than zero, at most six decimals.
    pub cantidad: Valor,
    /// c_ClaveUnidad.
    pub clave_unidad: Texto,
    /// Own name of the unit.
    pub unidad: Option<Texto>,
    /// 1 to 1000 characters.
    pub descripcion: Texto,
    /// Price of one, before taxes.
    pub valor_unitario: Valor,
    /// `cantidad × valor_unitario`.
    pub importe: Valor,
    /// Discount before taxes.
    pub descuento: Option<Valor>,
    /// c_ObjetoImp.
    pub objeto_imp: Texto,
    /// Transferred taxes.
    pub traslados: Vec<ImpuestoLinea>,
    /// Withheld taxes.
    pub retenciones: Vec<ImpuestoLinea>,
}

impl Concepto {
    /// Importe less discount, in millionths.
    pub fn neto_micros(&self) -> i128 {
        self.importe.en_micros() - self.descuento.map_or(0, Valor::en_micros)
    }
}

/// A tax (c_Impuesto).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
pub enum Impuesto {
    /// `001`.
    Isr,
    /// `002`.
    Iva,
    /// `003`.
    Ieps,
}

impl Impuesto {
    /// Key of the catalogue.
    pub const fn clave(self) -> &'static str {
        match self {
            Impuesto::Isr => "001",
            Impuesto::Iva => "002",
            Impuesto::Ieps => "003",
        }
    }

    /// Reads the key; `None` if it is not of the catalogue.
    pub fn parse(clave: &str) -> Option<Impuesto> {
        Some(match clave {
            "001" => Impuesto::Isr,
            "002" => Impuesto::Iva,
            "003" => Impuesto::Ieps,
            _ => return None,
        })
    }
}

/// How a tax is computed (TipoFactor with its TasaOCuota).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Factor {
    /// `Tasa`: a rate on the base, always written with six decimals.
    Tasa(Valor),
    /// `Cuota`: an amount per unit; read, never issued.
    Cuota(Valor),
    /// `Exento`: neither rate nor amount.
    Exento,
}

impl Factor {
    /// Key of c_TipoFactor.
    pub const fn clave(self) -> &'static str {
        match self {
            Factor::Tasa(_) => "Tasa",
            Factor::Cuota(_) => "Cuota",
            Factor::Exento => "Exento",
        }
    }

    /// TasaOCuota, absent when exempt.
    pub const fn tasa_o_cuota(self) -> Option<Valor> {
        match self {
            Factor::Tasa(valor) | Factor::Cuota(valor) => Some(valor),
            Factor::Exento => None,
        }
    }
}

/// Tax of a line, transferred or withheld.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImpuestoLinea {
    /// Never zero: a zero base is invalid.
    pub base: Valor,
    /// Which tax.
    pub impuesto: Impuesto,
    /// How it is computed.
    pub factor: Factor,
    /// Absent when exempt.
    pub importe: Option<Valor>,
}

/// Taxes of the whole document.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Impuestos {
    /// Sum of the retenciones; present when there is any.
    pub total_retenidos: Option<Valor>,
    /// Sum of the traslados; absent when all are exempt.
    pub total_trasladados: Option<Valor>,
    /// One per tax.
    pub retenciones: Vec<RetencionTotal>,
    /// One per tax, factor and rate.
    pub traslados: Vec<ImpuestoLinea>,
}

/// Withheld amount of one tax in the whole document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetencionTotal {
    /// Which tax.
    pub impuesto: Impuesto,
    /// Sum of the lines, two decimals.
    pub importe: Valor,
}
