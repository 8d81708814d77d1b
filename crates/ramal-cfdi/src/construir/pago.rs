//! Receipt of payment (P, REP) with complement Pagos 2.0, in MXN. It splits no payment among
//! invoices: the caller says how much goes to each.

use crate::importes::ImporteError;
use crate::modelo::{
    CfdiRelacionados, Comprobante, Concepto, DoctoRelacionado, Emisor, Factor, Impuesto,
    ImpuestoLinea, Pago, Pagos, Receptor, RetencionTotal, Tipo, TotalesPagos,
};
use crate::texto::{Texto, opcional};
use crate::valor::{MICRO, Valor, dividir, escribir, redondear};

/// Tax of an invoice as a REP needs it: the sum of the line bases before rounding to centavos.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GrupoImpuesto {
    /// Which tax.
    pub impuesto: Impuesto,
    /// Factor and rate.
    pub factor: Factor,
    /// Σ of the line bases, millionths.
    pub base_micros: i128,
    /// Withheld instead of transferred.
    pub retenido: bool,
}

/// The invoice that is paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Factura {
    /// Fiscal folio.
    pub uuid: Texto,
    /// Serie.
    pub serie: Option<Texto>,
    /// Folio.
    pub folio: Option<Texto>,
    /// Total of the CFDI, centavos, greater than zero.
    pub total: i64,
    /// Its taxes, see [`GrupoImpuesto::de_conceptos`].
    pub grupos: Vec<GrupoImpuesto>,
}

/// What a payment does to one invoice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Partida {
    /// The invoice.
    pub factura: Factura,
    /// 1 plus the non-cancelled REP lines already issued for it.
    pub num_parcialidad: u16,
    /// Open balance before, centavos: Total − credits − earlier payments.
    pub saldo_anterior: i64,
    /// Paid now, centavos, from 1 to the balance.
    pub pagado: i64,
}

/// One payment received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PagoRecibido {
    /// When the money came, local `AAAA-MM-DDThh:mm:ss`; `T12:00:00` if the hour is unknown.
    pub fecha: Texto,
    /// c_FormaPago, never `99`.
    pub forma_de_pago: Texto,
    /// Reference of the operation.
    pub num_operacion: Option<Texto>,
    /// The invoices it pays, at least one.
    pub partidas: Vec<Partida>,
}

/// What a REP says besides its payments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatosPago {
    /// Serie.
    pub serie: Option<Texto>,
    /// Folio.
    pub folio: Option<Texto>,
    /// Local time of issue.
    pub fecha: Texto,
    /// Postal code of the branch.
    pub lugar_expedicion: Texto,
    /// Who issues.
    pub emisor: Emisor,
    /// Receiver of the invoices; UsoCFDI is written CP01 whatever it says.
    pub receptor: Receptor,
    /// `04` with the UUID of the REP it substitutes, or nothing.
    pub relacionados: Vec<CfdiRelacionados>,
}

impl GrupoImpuesto {
    /// Taxes of the lines of an invoice, by tax, factor and rate, in order of appearance.
    pub fn de_conceptos(conceptos: &[Concepto]) -> Vec<GrupoImpuesto> {
        let mut grupos = Vec::with_capacity(2);
        for concepto in conceptos {
            concepto.traslados.iter().for_each(|i| acumular(&mut grupos, i, false));
            concepto.retenciones.iter().for_each(|i| acumular(&mut grupos, i, true));
        }
        grupos
    }
}

fn acumular(grupos: &mut Vec<GrupoImpuesto>, linea: &ImpuestoLinea, retenido: bool) {
    let mismo = |g: &&mut GrupoImpuesto| {
        g.retenido == retenido && g.impuesto == linea.impuesto && g.factor == linea.factor
    };
    let base_micros = linea.base.en_micros();
    match grupos.iter_mut().find(mismo) {
        Some(grupo) => grupo.base_micros += base_micros,
        None => grupos.push(GrupoImpuesto {
            impuesto: linea.impuesto,
            factor: linea.factor,
            base_micros,
            retenido,
        }),
    }
}

/// REP of one or more payments of the same receiver.
///
/// Errors: `SinLineas` without payments or invoices, `PagoExcesivo` if a part is not within
/// 1..=balance ≤ total.
/// Source: Anexo 20, complement Pagos 2.0; bases follow the part of the invoice that is paid, so
/// that the REPs of an invoice add up to its bases.
pub fn pago(datos: DatosPago, recibidos: Vec<PagoRecibido>) -> Result<Comprobante, ImporteError> {
    if recibidos.is_empty() {
        return Err(ImporteError::SinLineas);
    }
    let pagos = recibidos.into_iter().map(un_pago).collect::<Result<Vec<_>, _>>()?;
    let complemento = Pagos { totales: totales(&pagos)?, pagos };
    let receptor = Receptor { uso_cfdi: "CP01".into(), ..datos.receptor };
    Ok(Comprobante {
        serie: datos.serie,
        folio: datos.folio,
        fecha: datos.fecha,
        forma_pago: None,
        condiciones_de_pago: None,
        sub_total: Valor::CERO,
        descuento: None,
        moneda: "XXX".into(),
        tipo_cambio: None,
        total: Valor::CERO,
        tipo: Tipo::Pago,
        exportacion: "01".into(),
        metodo_pago: None,
        lugar_expedicion: datos.lugar_expedicion,
        confirmacion: None,
        informacion_global: None,
        relacionados: datos.relacionados,
        emisor: datos.emisor,
        receptor,
        conceptos: vec![concepto_de_pago()],
        impuestos: None,
        pagos: Some(complemento),
    })
}

/// The only concepto that a REP may have, constant.
fn concepto_de_pago() -> Concepto {
    Concepto {
        clave_prod_serv: "84111506".into(),
        no_identificacion: None,
        cantidad: Valor::UNO,
        clave_unidad: "ACT".into(),
        unidad: None,
        descripcion: "Pago".into(),
        valor_unitario: Valor::CERO,
        importe: Valor::CERO,
        descuento: None,
        objeto_imp: "01".into(),
        traslados: Vec::new(),
        retenciones: Vec::new(),
    }
}

fn un_pago(recibido: PagoRecibido) -> Result<Pago, ImporteError> {
    if recibido.partidas.is_empty() {
        return Err(ImporteError::SinLineas);
    }
    let monto: i128 = recibido.partidas.iter().map(|p| i128::from(p.pagado)).sum();
    let documentos = recibido.partidas.into_iter().map(documento).collect::<Result<Vec<_>, _>>()?;
    Ok(Pago {
        fecha: recibido.fecha,
        forma_de_pago: recibido.forma_de_pago,
        moneda: "MXN".into(),
        tipo_cambio: Some(Valor::UNO),
        monto: escribir(monto * 10_000, 2)?,
        num_operacion: recibido.num_operacion.and_then(|n| opcional(&n)),
        retenciones: retenciones_p(&documentos)?,
        traslados: traslados_p(&documentos)?,
        documentos,
    })
}

fn documento(partida: Partida) -> Result<DoctoRelacionado, ImporteError> {
    let Partida { factura, num_parcialidad, saldo_anterior, pagado } = partida;
    if pagado < 1 || pagado > saldo_anterior || saldo_anterior > factura.total {
        return Err(ImporteError::PagoExcesivo);
    }
    let antes = i128::from(factura.total - saldo_anterior);
    let tramo = Tramo { antes, despues: antes + i128::from(pagado), total: factura.total.into() };
    let con = |retenido: bool| {
        let grupos = factura.grupos.iter().filter(|g| g.retenido == retenido);
        grupos.filter_map(|g| tramo.impuesto(g).transpose()).collect::<Result<Vec<_>, _>>()
    };
    let (traslados, retenciones) = (con(false)?, con(true)?);
    let con_impuestos = !traslados.is_empty() || !retenciones.is_empty();
    Ok(DoctoRelacionado {
        id_documento: factura.uuid,
        serie: factura.serie,
        folio: factura.folio,
        moneda: "MXN".into(),
        equivalencia: Some(Valor::UNO),
        num_parcialidad,
        saldo_anterior: Valor::centavos(saldo_anterior),
        pagado: Valor::centavos(pagado),
        saldo_insoluto: Valor::centavos(saldo_anterior - pagado),
        objeto_imp: if con_impuestos { "02" } else { "01" }.into(),
        retenciones,
        traslados,
    })
}

/// Part of an invoice that a payment covers, in centavos of its total.
struct Tramo {
    antes: i128,
    despues: i128,
    total: i128,
}

impl Tramo {
    /// The group's share; `None` when it would be zero, because a zero base is invalid.
    fn impuesto(&self, grupo: &GrupoImpuesto) -> Result<Option<ImpuestoLinea>, ImporteError> {
        let hasta = |pagado: i128| {
            let producto = grupo.base_micros.checked_mul(pagado).ok_or(ImporteError::Desborde)?;
            Ok::<i128, ImporteError>(dividir(producto, self.total))
        };
        let base = hasta(self.despues)? - hasta(self.antes)?;
        if base <= 0 {
            return Ok(None);
        }
        let tasa = match grupo.factor {
            Factor::Exento => None,
            Factor::Tasa(tasa) | Factor::Cuota(tasa) => Some(tasa.en_micros()),
        };
        let importe = tasa.map(|t| escribir(dividir(base * t, MICRO), 6)).transpose()?;
        Ok(Some(ImpuestoLinea {
            base: escribir(base, 6)?,
            impuesto: grupo.impuesto,
            factor: grupo.factor,
            importe,
        }))
    }
}

fn traslados_p(documentos: &[DoctoRelacionado]) -> Result<Vec<ImpuestoLinea>, ImporteError> {
    let mut grupos: Vec<ImpuestoLinea> = Vec::with_capacity(2);
    for nuevo in documentos.iter().flat_map(|d| &d.traslados) {
        let mismo =
            |g: &&mut ImpuestoLinea| g.impuesto == nuevo.impuesto && g.factor == nuevo.factor;
        let Some(grupo) = grupos.iter_mut().find(mismo) else {
            grupos.push(*nuevo);
            continue;
        };
        grupo.base = sumar(grupo.base, nuevo.base)?;
        if let (Some(a), Some(b)) = (grupo.importe, nuevo.importe) {
            grupo.importe = Some(sumar(a, b)?);
        }
    }
    Ok(grupos)
}

fn retenciones_p(documentos: &[DoctoRelacionado]) -> Result<Vec<RetencionTotal>, ImporteError> {
    let mut grupos: Vec<RetencionTotal> = Vec::new();
    for nuevo in documentos.iter().flat_map(|d| &d.retenciones) {
        let importe = nuevo.importe.unwrap_or(Valor::micros(0));
        match grupos.iter_mut().find(|g| g.impuesto == nuevo.impuesto) {
            Some(grupo) => grupo.importe = sumar(grupo.importe, importe)?,
            None => grupos.push(RetencionTotal { impuesto: nuevo.impuesto, importe }),
        }
    }
    Ok(grupos)
}

fn sumar(a: Valor, b: Valor) -> Result<Valor, ImporteError> {
    Ok(escribir(a.en_micros() + b.en_micros(), 6)?)
}

/// Sums of all payments; a total is present when there is such a tax, even if it is zero.
fn totales(pagos: &[Pago]) -> Result<TotalesPagos, ImporteError> {
    let iva = |tasa: i64| (Impuesto::Iva, Factor::Tasa(Valor::micros(tasa)));
    let base = |clave| suma_traslados(pagos, clave, |t| Some(t.base));
    let cuota = |clave| suma_traslados(pagos, clave, |t| t.importe);
    let retenido = |impuesto| {
        let todas = pagos.iter().flat_map(|p| &p.retenciones);
        a_dos(todas.filter(|r| r.impuesto == impuesto).map(|r| r.importe))
    };
    let monto = pagos.iter().map(|p| p.monto.en_micros()).sum();
    Ok(TotalesPagos {
        retenciones_iva: retenido(Impuesto::Iva)?,
        retenciones_isr: retenido(Impuesto::Isr)?,
        retenciones_ieps: retenido(Impuesto::Ieps)?,
        base_iva16: base(iva(160_000))?,
        impuesto_iva16: cuota(iva(160_000))?,
        base_iva8: base(iva(80_000))?,
        impuesto_iva8: cuota(iva(80_000))?,
        base_iva0: base(iva(0))?,
        impuesto_iva0: cuota(iva(0))?,
        base_exento: base((Impuesto::Iva, Factor::Exento))?,
        monto_total: escribir(redondear(monto, 2), 2)?,
    })
}

fn suma_traslados(
    pagos: &[Pago],
    clave: (Impuesto, Factor),
    de: impl Fn(&ImpuestoLinea) -> Option<Valor>,
) -> Result<Option<Valor>, ImporteError> {
    let todos = pagos.iter().flat_map(|p| &p.traslados);
    a_dos(todos.filter(|t| (t.impuesto, t.factor) == clave).filter_map(de))
}

/// Sum rounded to two decimals; `None` of nothing.
fn a_dos(valores: impl Iterator<Item = Valor>) -> Result<Option<Valor>, ImporteError> {
    let suma = valores.fold(None, |suma, v| Some(suma.unwrap_or(0) + v.en_micros()));
    Ok(suma.map(|s| escribir(s, 2)).transpose()?)
}
