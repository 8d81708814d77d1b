//! Global invoice to PUBLICO EN GENERAL: one concepto per receipt. It does not know which receipts
//! were invoiced individually; the caller excludes them.

use super::ingreso::{DatosIngreso, Linea, comprobante, concepto};
use crate::importes::{ImporteError, totales};
use crate::modelo::{
    Comprobante, Concepto, Emisor, ImpuestoLinea, InformacionGlobal, Receptor, Tipo,
};
use crate::texto::{Texto, opcional};
use crate::valor::{Valor, escribir};

/// Generic RFC of a customer in the country.
pub const RFC_PUBLICO: &str = "XAXX010101000";
/// Name that goes with it in a global invoice, and only there.
pub const NOMBRE_PUBLICO: &str = "PUBLICO EN GENERAL";

/// c_Periodicidad that Ramal issues.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Periodo {
    /// `01`.
    Diario,
    /// `02`.
    Semanal,
    /// `03`.
    Quincenal,
    /// `04`.
    Mensual,
    /// `05`, two months; only for emitters of regime 621.
    Bimestral,
}

impl Periodo {
    /// Key of the catalogue.
    pub const fn clave(self) -> &'static str {
        match self {
            Periodo::Diario => "01",
            Periodo::Semanal => "02",
            Periodo::Quincenal => "03",
            Periodo::Mensual => "04",
            Periodo::Bimestral => "05",
        }
    }

    /// c_Meses for a month 1 to 12: the month, or the two-month key 13 to 18.
    pub fn meses(self, mes: u8) -> String {
        match self {
            Periodo::Bimestral => format!("{:02}", 12 + mes.div_ceil(2)),
            _ => format!("{mes:02}"),
        }
    }
}

/// One receipt of the period.
#[derive(Clone, Debug, PartialEq)]
pub struct Recibo {
    /// Number of the receipt, becomes NoIdentificacion.
    pub folio: Texto,
    /// What was sold in it; only prices, quantities and taxes are used.
    pub lineas: Vec<Linea>,
}

/// What a global invoice says besides its receipts.
#[derive(Clone, Debug, PartialEq)]
pub struct DatosGlobal {
    /// Serie.
    pub serie: Option<Texto>,
    /// Folio.
    pub folio: Option<Texto>,
    /// Local time of LugarExpedicion.
    pub fecha: Texto,
    /// c_FormaPago with the largest amount.
    pub forma_pago: Texto,
    /// Postal code of the branch; also that of the receiver.
    pub lugar_expedicion: Texto,
    /// Who issues.
    pub emisor: Emisor,
    /// Length of the period.
    pub periodo: Periodo,
    /// Month of the period, 1 to 12.
    pub mes: u8,
    /// Year of the period.
    pub anio: i16,
}

/// Global invoice (I). Errors: [`ImporteError`].
pub fn global(datos: DatosGlobal, recibos: Vec<Recibo>) -> Result<Comprobante, ImporteError> {
    let conceptos = recibos.into_iter().map(venta).collect::<Result<Vec<_>, _>>()?;
    let sumas = totales(&conceptos)?;
    let informacion = InformacionGlobal {
        periodicidad: datos.periodo.clave().into(),
        meses: datos.periodo.meses(datos.mes).into(),
        anio: datos.anio,
    };
    let mut documento = comprobante(cabecera(datos), Tipo::Ingreso, conceptos, sumas);
    documento.informacion_global = Some(informacion);
    Ok(documento)
}

fn cabecera(datos: DatosGlobal) -> DatosIngreso {
    DatosIngreso {
        serie: datos.serie,
        folio: datos.folio,
        fecha: datos.fecha,
        forma_pago: datos.forma_pago,
        metodo_pago: "PUE".into(),
        condiciones_de_pago: None,
        receptor: publico_en_general(datos.lugar_expedicion.clone()),
        lugar_expedicion: datos.lugar_expedicion,
        emisor: datos.emisor,
        relacionados: Vec::new(),
    }
}

/// Receiver of a global invoice issued at a postal code.
pub fn publico_en_general(lugar_expedicion: Texto) -> Receptor {
    Receptor {
        rfc: RFC_PUBLICO.into(),
        nombre: NOMBRE_PUBLICO.into(),
        domicilio_fiscal: lugar_expedicion,
        residencia_fiscal: None,
        num_reg_id_trib: None,
        regimen_fiscal: "616".into(),
        uso_cfdi: "S01".into(),
    }
}

/// A receipt as one concepto: its subtotal, its discount and its taxes added up by group.
fn venta(recibo: Recibo) -> Result<Concepto, ImporteError> {
    let partes = recibo.lineas.into_iter().map(concepto).collect::<Result<Vec<_>, _>>()?;
    if partes.is_empty() {
        return Err(ImporteError::SinLineas);
    }
    let decimales = partes.iter().map(|p| p.importe.decimales()).max().unwrap_or(2);
    let suma = |de: fn(&Concepto) -> i128| escribir(partes.iter().map(de).sum(), decimales);
    let importe = suma(|p| p.importe.en_micros())?;
    let con_descuento = partes.iter().any(|p| p.descuento.is_some());
    let descuento = suma(|p| p.descuento.map_or(0, Valor::en_micros))?;
    let traslados = sumar(partes.iter().flat_map(|p| &p.traslados), decimales)?;
    let objeto_imp = if traslados.is_empty() { "01" } else { "02" };
    Ok(Concepto {
        clave_prod_serv: "01010101".into(),
        no_identificacion: opcional(&recibo.folio),
        cantidad: Valor::UNO,
        clave_unidad: "ACT".into(),
        unidad: None,
        descripcion: "Venta".into(),
        valor_unitario: importe,
        importe,
        descuento: con_descuento.then_some(descuento),
        objeto_imp: objeto_imp.into(),
        traslados,
        retenciones: Vec::new(),
    })
}

/// Taxes added up by tax, factor and rate, in order of appearance.
fn sumar<'a>(
    impuestos: impl Iterator<Item = &'a ImpuestoLinea>,
    decimales: u8,
) -> Result<Vec<ImpuestoLinea>, ImporteError> {
    let mut grupos: Vec<ImpuestoLinea> = Vec::with_capacity(2);
    for nuevo in impuestos {
        let mismo =
            |g: &&mut ImpuestoLinea| g.impuesto == nuevo.impuesto && g.factor == nuevo.factor;
        let Some(grupo) = grupos.iter_mut().find(mismo) else {
            grupos.push(*nuevo);
            continue;
        };
        grupo.base = escribir(grupo.base.en_micros() + nuevo.base.en_micros(), decimales)?;
        if let (Some(a), Some(b)) = (grupo.importe, nuevo.importe) {
            grupo.importe = Some(escribir(a.en_micros() + b.en_micros(), decimales)?);
        }
    }
    Ok(grupos)
}
