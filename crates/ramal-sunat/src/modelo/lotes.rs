//! Resumen diario (RC) and comunicación de baja (RA). They inform SUNAT of documents that exist
//! already; they hold no line of goods.

use ramal_base::{Dinero, Fecha, Moneda};
use serde::{Deserialize, Serialize};

use super::{Cpe, Nota, Totales};
use crate::catalogos::{Tipo, TipoIdentidad, Tributo};
use crate::nombres::id_de_lote;

/// Header of an RC or RA.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lote {
    /// RUC of the issuer.
    pub ruc: String,
    /// Legal name, 3 to 100 characters.
    pub razon_social: String,
    /// Generation day, the one of the name.
    pub fecha: Fecha,
    /// Issue day of every document informed.
    pub fecha_documentos: Fecha,
    /// Correlative of the day and kind, 1 to 99,999.
    pub n: u32,
}

impl Lote {
    /// Identifier `RC-20261120-1`.
    pub fn id(&self, tipo: Tipo) -> String {
        id_de_lote(tipo, self.fecha, self.n)
    }

    /// Base of the file name: `20600000005-RC-20261120-1`.
    pub fn nombre(&self, tipo: Tipo) -> String {
        format!("{}-{}", self.ruc, self.id(tipo))
    }
}

/// Catalogue 19: what an RC line asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Condicion {
    /// 1.
    Adicionar,
    /// 2.
    Modificar,
    /// 3.
    Anular,
}

impl Condicion {
    /// One digit of catalogue 19.
    pub fn codigo(self) -> &'static str {
        match self {
            Condicion::Adicionar => "1",
            Condicion::Modificar => "2",
            Condicion::Anular => "3",
        }
    }
}

/// One document of an RC.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineaResumen {
    /// 03, 07 or 08.
    pub tipo: Tipo,
    /// Identifier `B001-1`.
    pub id: String,
    /// Identity of the customer; mandatory above the legal threshold.
    pub cliente: Option<(TipoIdentidad, String)>,
    /// Boleta that a note touches.
    pub afectado: Option<String>,
    /// What is asked.
    pub condicion: Condicion,
    /// Total of the document.
    pub total: Dinero,
    /// Taxed base; zeros are not written.
    pub gravado: Dinero,
    /// Exempt base.
    pub exonerado: Dinero,
    /// Base out of scope.
    pub inafecto: Dinero,
    /// Exports.
    pub exportacion: Dinero,
    /// Free operations.
    pub gratuito: Dinero,
    /// Other charges.
    pub otros_cargos: Dinero,
    /// IGV, also when it is zero.
    pub igv: Dinero,
}

impl LineaResumen {
    /// Line of a boleta.
    pub fn de_boleta(cpe: &Cpe, condicion: Condicion) -> LineaResumen {
        let c = &cpe.comun;
        let cliente = (c.cliente.tipo, c.cliente.numero.clone());
        linea(cpe.tipo_documento(), c.id(), cliente, &c.totales, condicion)
    }

    /// Line of a note that touches a boleta.
    pub fn de_nota(nota: &Nota, condicion: Condicion) -> LineaResumen {
        let c = &nota.comun;
        let cliente = (c.cliente.tipo, c.cliente.numero.clone());
        let linea = linea(nota.tipo_documento(), c.id(), cliente, &c.totales, condicion);
        LineaResumen { afectado: Some(nota.afectado.id.clone()), ..linea }
    }
}

fn linea(
    tipo: Tipo,
    id: String,
    cliente: (TipoIdentidad, String),
    totales: &Totales,
    condicion: Condicion,
) -> LineaResumen {
    let cero = Dinero::cero(totales.total.moneda);
    let de = |t: Tributo| totales.subtotales.iter().find(|s| s.tributo == t);
    let base = |t: Tributo| de(t).map_or(cero, |s| s.base);
    LineaResumen {
        tipo,
        id,
        cliente: Some(cliente),
        afectado: None,
        condicion,
        total: totales.total,
        gravado: base(Tributo::Igv),
        exonerado: base(Tributo::Exonerado),
        inafecto: base(Tributo::Inafecto),
        exportacion: base(Tributo::Exportacion),
        gratuito: base(Tributo::Gratuito),
        otros_cargos: cero,
        igv: de(Tributo::Igv).map_or(cero, |s| s.impuesto),
    }
}

/// Resumen diario: documents of one issue day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resumen {
    /// Header.
    pub lote: Lote,
    /// Currency of the lines.
    pub moneda: Moneda,
    /// 1 to 500 lines.
    pub lineas: Vec<LineaResumen>,
}

/// One document of an RA.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineaBaja {
    /// 01, 07 or 08 of an F series.
    pub tipo: Tipo,
    /// Series.
    pub serie: String,
    /// Number.
    pub numero: u32,
    /// 3 to 100 characters.
    pub motivo: String,
}

/// Comunicación de baja: voided documents of one issue day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Baja {
    /// Header.
    pub lote: Lote,
    /// 1 or more lines.
    pub lineas: Vec<LineaBaja>,
}

impl Resumen {
    /// Base of the file name.
    pub fn nombre(&self) -> String {
        self.lote.nombre(Tipo::Resumen)
    }
}

impl Baja {
    /// Base of the file name.
    pub fn nombre(&self) -> String {
        self.lote.nombre(Tipo::Baja)
    }
}
