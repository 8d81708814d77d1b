//! A document in its country's format, with its amounts: computed once, then numbered, checked and
//! sealed.

use ramal_base::{CampoInvalido, Fecha, Pais};

use crate::{Comprobante, Contenido, Error, Firmante, Linea, Sellado, mx, pe};

/// Legal amounts, minor units. The total is what the customer owes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Montos {
    /// Before taxes.
    pub subtotal: i64,
    /// Taxes charged less taxes withheld.
    pub impuestos: i64,
    /// Amount due.
    pub total: i64,
}

/// Model of the country.
pub(crate) enum Modelo {
    /// CFDI 4.0.
    Mx(Box<ramal_cfdi::Comprobante>),
    /// Invoice (01, 03).
    Cpe(Box<ramal_sunat::modelo::Cpe>),
    /// CreditNote or DebitNote.
    Nota(Box<ramal_sunat::modelo::Nota>),
}

/// Document ready to be numbered and sealed.
pub struct Preparado {
    /// The neutral document.
    pub comprobante: Comprobante,
    /// Its legal amounts.
    pub montos: Montos,
    pub(crate) modelo: Modelo,
}

/// Computes amounts and builds the country's model.
///
/// Errors: `Importes`, `Reglas` where the model cannot even be built, `RelacionPendiente`.
pub fn prepare(comprobante: Comprobante) -> Result<Preparado, Error> {
    match comprobante.emisor.pais {
        Pais::Pe => pe::prepare(comprobante),
        _ => mx::prepare(comprobante),
    }
}

impl Preparado {
    /// Gives it its number.
    pub fn number(&mut self, serie: &str, folio: i64) {
        self.comprobante.serie = serie.to_owned();
        self.comprobante.folio = folio;
        match &mut self.modelo {
            Modelo::Mx(m) => mx::number(m, serie, folio),
            Modelo::Cpe(m) => pe::number(&mut m.comun, serie, folio),
            Modelo::Nota(m) => pe::number(&mut m.comun, serie, folio),
        }
    }

    /// What the authority would refuse, found without asking it; empty if nothing.
    pub fn check(&self) -> Vec<CampoInvalido> {
        match &self.modelo {
            Modelo::Mx(m) => mx::check(m),
            Modelo::Cpe(m) => pe::check(&m.comun, &self.comprobante),
            Modelo::Nota(m) => pe::check(&m.comun, &self.comprobante),
        }
    }

    /// Signs it: the bytes are frozen from here on. Errors: `SinCertificado` if the signer is
    /// another country's.
    pub fn seal(self, firmante: &Firmante) -> Result<Sellado, Error> {
        match (&self.modelo, firmante) {
            (Modelo::Mx(m), Firmante::Mx(csd)) => {
                Ok(mx::seal(self.comprobante, self.montos, m, csd))
            }
            (Modelo::Cpe(m), Firmante::Pe(f)) => {
                let firmado = pe::sign_cpe(m, &self.comprobante, f)?;
                Ok(pe::sealed(self.comprobante, self.montos, firmado))
            }
            (Modelo::Nota(m), Firmante::Pe(f)) => {
                let firmado = pe::sign_nota(m, &self.comprobante, f)?;
                Ok(pe::sealed(self.comprobante, self.montos, firmado))
            }
            _ => Err(Error::SinCertificado),
        }
    }
}

/// What one line comes to with its taxes, minor units: its share of the total.
pub fn total_de_linea(pais: Pais, linea: &Linea, fecha: Fecha) -> Result<i64, Error> {
    if linea.impuesto_incluido {
        return Ok(linea.importe);
    }
    match pais {
        Pais::Pe => pe::total_de_linea(linea, fecha),
        _ => mx::total_de_linea(linea),
    }
}

/// Lines of a sale; none for payments and global invoices.
pub fn lineas(contenido: &Contenido) -> &[Linea] {
    match contenido {
        Contenido::Venta { lineas, .. } => lineas,
        _ => &[],
    }
}
