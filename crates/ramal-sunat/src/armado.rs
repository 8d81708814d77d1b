//! Quick assembly of documents from sales: lines, sums, legends. It numbers nothing, reads no clock
//! and writes no amount in words: `con_letras` takes it once the total is known.

use ramal_base::{Dinero, Fecha, Moneda};

use crate::catalogos::{Afectacion, leyenda};
use crate::importes::{Ajustes, ImportesError, Venta, linea, linea_en_cero, totales_con};
use crate::modelo::{
    Afectado, Anticipo, Cliente, Comun, Cpe, Detraccion, Emisor, FormaPago, Leyenda, Linea, Nota,
    TipoCpe, TipoNota,
};
use crate::normas::tasa_igv;

/// What every document needs before its lines.
#[derive(Clone, Debug)]
pub struct Cabecera {
    /// Four characters: `F001`.
    pub serie: String,
    /// 1 to 99,999,999.
    pub numero: u32,
    /// Issue day, Lima.
    pub fecha: Fecha,
    /// Issue time `HH:MM:SS`, Lima.
    pub hora: Option<String>,
    /// Currency of the lines.
    pub moneda: Moneda,
    /// Issuer.
    pub emisor: Emisor,
    /// Customer.
    pub cliente: Cliente,
}

/// Why a note is issued and what it touches.
#[derive(Clone, Debug)]
pub struct Motivo {
    /// Catalogue 09 or 10.
    pub codigo: String,
    /// 1 to 500 characters.
    pub sustento: String,
    /// Touched document.
    pub afectado: Afectado,
}

/// Factura with IGV of its issue date and operation 0101; the payment can be changed before
/// writing.
///
/// Errors: those of `importes`.
pub fn factura(cabecera: Cabecera, ventas: Vec<Venta>) -> Result<Cpe, ImportesError> {
    cpe(TipoCpe::Factura, cabecera, ventas, &[])
}

/// Boleta: no payment terms.
///
/// Errors: those of `importes`.
pub fn boleta(cabecera: Cabecera, ventas: Vec<Venta>) -> Result<Cpe, ImportesError> {
    cpe(TipoCpe::Boleta, cabecera, ventas, &[])
}

/// Factura or boleta that regularises advances (§11.4).
///
/// Errors: those of `importes`.
pub fn cpe(
    tipo: TipoCpe,
    cabecera: Cabecera,
    ventas: Vec<Venta>,
    anticipos: &[Anticipo],
) -> Result<Cpe, ImportesError> {
    let lineas = lineas(&cabecera, ventas)?;
    let ajustes = Ajustes { anticipos, ..Ajustes::default() };
    let comun = comun(cabecera, lineas, ajustes)?;
    Ok(Cpe {
        tipo,
        comun,
        operacion: "0101".to_owned(),
        vencimiento: None,
        orden_compra: None,
        forma_pago: (tipo == TipoCpe::Factura).then_some(FormaPago::Contado),
        detraccion: None,
        retencion: None,
        anticipos: anticipos.to_vec(),
        descuento_global: None,
    })
}

/// Nota de crédito or de débito with its own lines.
///
/// Errors: those of `importes`.
pub fn nota(
    tipo: TipoNota,
    cabecera: Cabecera,
    motivo: Motivo,
    ventas: Vec<Venta>,
) -> Result<Nota, ImportesError> {
    let lineas = lineas(&cabecera, ventas)?;
    let comun = comun(cabecera, lineas, Ajustes::default())?;
    Ok(vestir_nota(tipo, comun, motivo, None))
}

/// Nota de crédito of motive 13: new instalments of a credit factura, every amount zero (§7).
///
/// Errors: `SinTasa`.
pub fn nota_cuotas(
    cabecera: Cabecera,
    motivo: Motivo,
    plan: FormaPago,
    descripcion: &str,
) -> Result<Nota, ImportesError> {
    let tasa = tasa_igv(cabecera.fecha).ok_or(ImportesError::SinTasa)?;
    let lineas = vec![linea_en_cero(descripcion, tasa, cabecera.moneda)];
    let comun = comun(cabecera, lineas, Ajustes::default())?;
    Ok(vestir_nota(TipoNota::Credito, comun, motivo, Some(plan)))
}

fn vestir_nota(tipo: TipoNota, comun: Comun, motivo: Motivo, plan: Option<FormaPago>) -> Nota {
    Nota {
        tipo,
        comun,
        motivo: motivo.codigo,
        sustento: motivo.sustento,
        afectado: motivo.afectado,
        forma_pago: plan,
    }
}

fn lineas(cabecera: &Cabecera, ventas: Vec<Venta>) -> Result<Vec<Linea>, ImportesError> {
    let tasa = tasa_igv(cabecera.fecha).ok_or(ImportesError::SinTasa)?;
    ventas.into_iter().map(|v| linea(v, tasa)).collect()
}

fn comun(c: Cabecera, lineas: Vec<Linea>, ajustes: Ajustes<'_>) -> Result<Comun, ImportesError> {
    let totales = totales_con(&lineas, c.moneda, ajustes)?;
    let gratis = lineas.iter().any(|l| l.afectacion.is_gratuita());
    let leyendas = if gratis { fija("1002").into_iter().collect() } else { Vec::new() };
    Ok(Comun {
        serie: c.serie,
        numero: c.numero,
        fecha: c.fecha,
        hora: c.hora,
        moneda: c.moneda,
        emisor: c.emisor,
        cliente: c.cliente,
        leyendas,
        lineas,
        totales,
    })
}

/// Legend of catalogue 52 with fixed wording.
fn fija(codigo: &str) -> Option<Leyenda> {
    leyenda(codigo).map(|t| Leyenda { codigo: codigo.to_owned(), texto: t.to_owned() })
}

impl Comun {
    /// Puts the amount in words as legend 1000, first.
    pub fn con_letras(&mut self, texto: &str) {
        self.leyendas.retain(|l| l.codigo != "1000");
        let leyenda = Leyenda { codigo: "1000".to_owned(), texto: texto.to_owned() };
        self.leyendas.insert(0, leyenda);
    }

    /// Adds the legend of services consumed in the Amazonía (§11.5) if some line is exempt.
    pub fn con_amazonia(&mut self) {
        let exonerada = |l: &Linea| l.afectacion == Afectacion::Exonerado;
        if self.lineas.iter().any(exonerada) && !self.leyendas.iter().any(|l| l.codigo == "2002") {
            self.leyendas.extend(fija("2002"));
        }
    }
}

impl Cpe {
    /// Same document on credit. The due day becomes the latest instalment.
    pub fn a_credito(mut self, pendiente: Dinero, cuotas: Vec<crate::modelo::Cuota>) -> Cpe {
        self.vencimiento = cuotas.iter().map(|c| c.vence).max();
        self.forma_pago = Some(FormaPago::Credito { pendiente, cuotas });
        self
    }

    /// Same document subject to detracción: operation 1001 and legend 2006.
    pub fn con_detraccion(mut self, detraccion: Detraccion) -> Cpe {
        self.operacion = "1001".to_owned();
        self.comun.leyendas.extend(fija("2006"));
        self.detraccion = Some(detraccion);
        self
    }
}
