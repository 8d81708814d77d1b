//! Invoice (I) and credit note (E) from priced lines. The target of the nudge is the sum of the
//! prices with taxes, so that the Total is what the customer was told whenever that can be
//! reproduced.

use crate::importes::{
    ImporteError, ImportesLinea, Perfil, Precio, Totales, ajustar, importes_linea, totales,
};
use crate::modelo::{CfdiRelacionados, Comprobante, Concepto, Emisor, Receptor, Tipo};
use crate::texto::{Texto, opcional, sanear};
use crate::valor::{MICRO, Valor, dividir};

/// One thing sold.
#[derive(Clone, Debug, PartialEq)]
pub struct Linea {
    /// c_ClaveProdServ, e.g. `81112101`.
    pub clave_prod_serv: Texto,
    /// Own number; empty texts are left out.
    pub no_identificacion: Option<Texto>,
    /// c_ClaveUnidad, e.g. `E48`.
    pub clave_unidad: Texto,
    /// What the customer reads.
    pub descripcion: Texto,
    /// Greater than zero.
    pub cantidad: Valor,
    /// Price of one.
    pub precio: Precio,
    /// Discount of the whole line in centavos, read like the price.
    pub descuento: Option<i64>,
    /// Taxes.
    pub perfil: Perfil,
}

/// What an invoice says besides its lines.
#[derive(Clone, Debug, PartialEq)]
pub struct DatosIngreso {
    /// Serie.
    pub serie: Option<Texto>,
    /// Folio.
    pub folio: Option<Texto>,
    /// Local time of LugarExpedicion, `AAAA-MM-DDThh:mm:ss`.
    pub fecha: Texto,
    /// c_FormaPago; `99` with PPD.
    pub forma_pago: Texto,
    /// `PUE` or `PPD`.
    pub metodo_pago: Texto,
    /// Free terms of payment.
    pub condiciones_de_pago: Option<Texto>,
    /// Postal code of the branch.
    pub lugar_expedicion: Texto,
    /// Who issues.
    pub emisor: Emisor,
    /// Who receives.
    pub receptor: Receptor,
    /// Related documents, e.g. `04` for a substitution.
    pub relacionados: Vec<CfdiRelacionados>,
}

/// What a credit note says besides its lines.
#[derive(Clone, Debug, PartialEq)]
pub struct DatosEgreso {
    /// The same header as an invoice; `metodo_pago` is written `PUE` whatever it says.
    pub cabecera: DatosIngreso,
    /// `01` discount or credit, `03` return.
    pub tipo_relacion: Texto,
    /// Every affected invoice, at least one.
    pub uuids: Vec<Texto>,
}

/// Invoice (I). Errors: [`ImporteError`].
pub fn ingreso(datos: DatosIngreso, lineas: Vec<Linea>) -> Result<Comprobante, ImporteError> {
    let (conceptos, sumas) = conceptos(lineas)?;
    Ok(comprobante(datos, Tipo::Ingreso, conceptos, sumas))
}

/// Credit note (E), PUE, related to the invoices it reduces. Errors: [`ImporteError`].
pub fn egreso(datos: DatosEgreso, lineas: Vec<Linea>) -> Result<Comprobante, ImporteError> {
    let (conceptos, sumas) = conceptos(lineas)?;
    let relacion = CfdiRelacionados { tipo_relacion: datos.tipo_relacion, uuids: datos.uuids };
    let mut cabecera = datos.cabecera;
    cabecera.metodo_pago = "PUE".into();
    cabecera.relacionados.insert(0, relacion);
    Ok(comprobante(cabecera, Tipo::Egreso, conceptos, sumas))
}

/// One line as a `Concepto`, its texts cleaned. Errors: [`ImporteError`].
pub fn concepto(linea: Linea) -> Result<Concepto, ImporteError> {
    let importes = importes_linea(linea.cantidad, linea.precio, linea.descuento, linea.perfil)?;
    let ImportesLinea { valor_unitario, importe, descuento, objeto_imp, .. } = importes;
    Ok(Concepto {
        clave_prod_serv: linea.clave_prod_serv,
        no_identificacion: linea.no_identificacion.and_then(|n| opcional(&n)),
        cantidad: linea.cantidad,
        clave_unidad: linea.clave_unidad,
        unidad: None,
        descripcion: sanear(&linea.descripcion),
        valor_unitario,
        importe,
        descuento,
        objeto_imp: objeto_imp.into(),
        traslados: importes.traslados,
        retenciones: importes.retenciones,
    })
}

/// Lines with their sums; the nudge applies only when every price includes taxes and nothing is
/// withheld.
fn conceptos(lineas: Vec<Linea>) -> Result<(Vec<Concepto>, Totales), ImporteError> {
    let perfiles: Vec<Perfil> = lineas.iter().map(|l| l.perfil).collect();
    let objetivo = objetivo(&lineas);
    let mut conceptos = lineas.into_iter().map(concepto).collect::<Result<Vec<_>, _>>()?;
    let sumas = match objetivo {
        Some(centavos) => ajustar(&mut conceptos, &perfiles, centavos)?,
        None => totales(&conceptos)?,
    };
    Ok((conceptos, sumas))
}

/// What the customer was told to pay, in centavos.
fn objetivo(lineas: &[Linea]) -> Option<i64> {
    let mut suma = 0i128;
    for linea in lineas {
        let retiene = linea.perfil.isr_retenido.is_some() || linea.perfil.iva_retenido.is_some();
        let Precio::ConImpuestos(centavos) = linea.precio else { return None };
        if retiene {
            return None;
        }
        let bruto = linea.cantidad.en_micros().checked_mul(i128::from(centavos))?;
        suma += dividir(bruto, MICRO) - i128::from(linea.descuento.unwrap_or(0));
    }
    i64::try_from(suma).ok()
}

/// Header and lines as a document in MXN, without export.
pub(super) fn comprobante(
    datos: DatosIngreso,
    tipo: Tipo,
    conceptos: Vec<Concepto>,
    sumas: Totales,
) -> Comprobante {
    Comprobante {
        serie: datos.serie,
        folio: datos.folio,
        fecha: datos.fecha,
        forma_pago: Some(datos.forma_pago),
        condiciones_de_pago: datos.condiciones_de_pago.and_then(|c| opcional(&c)),
        sub_total: sumas.sub_total,
        descuento: sumas.descuento,
        moneda: "MXN".into(),
        tipo_cambio: None,
        total: sumas.total,
        tipo,
        exportacion: "01".into(),
        metodo_pago: Some(datos.metodo_pago),
        lugar_expedicion: datos.lugar_expedicion,
        confirmacion: None,
        informacion_global: None,
        relacionados: datos.relacionados,
        emisor: datos.emisor,
        receptor: datos.receptor,
        conceptos,
        impuestos: sumas.impuestos,
        pagos: None,
    }
}
