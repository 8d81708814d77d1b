//! From grouped charges to documents ready to number: lines, receiver, legal amounts. Takes no
//! number.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use ramal_base::{Cx, Fecha, Moneda};
use ramal_catalogo::Producto;
use ramal_clientes::Cliente;
use ramal_contratos::Servicio;
use ramal_fiscal::{
    Comprobante, ComprobanteId, Contenido, EmisorFiscal, FormaPago, Linea, Montos, Origen,
    Preparado, Receptor, Relacion, Tipo, prepare,
};
use uuid::Uuid;

use crate::corrida::Contexto;
use crate::corrida::plan::{Motivo, due};
use crate::factura::{ClaseFactura, FacturaFila, LineaFila};
use crate::nucleo::{Abono, Borrador, CargoPropuesto, Clase, LineaFacturada};

/// Means of payment written when a factura is paid at issue (MX 03 transfer; PE writes none).
pub(crate) const FORMA_CONTADO: &str = "03";
/// Credit for a lower value: relation 01 (MX), catalogue 09 code 09 (PE).
const MOTIVO_MX: &str = "01";
const MOTIVO_PE: &str = "09";

/// Line of an issued invoice that a negative charge may reduce, with its invoice.
#[derive(Clone, Debug)]
pub struct LineaEmitida {
    /// The line.
    pub linea: LineaFila,
    /// Its invoice.
    pub factura: Arc<FacturaFila>,
    /// Fiscal UUID of the invoice's legal document, once stamped.
    pub uuid_fiscal: Option<String>,
}

impl LineaEmitida {
    /// Key under which the core names the line.
    fn key(&self) -> Uuid {
        let linea = u128::try_from(self.linea.linea).unwrap_or(0);
        Uuid::from_u128(self.factura.id.uuid().as_u128() ^ linea)
    }

    /// The line as the core of credits sees it.
    pub fn facturada(&self) -> LineaFacturada {
        LineaFacturada {
            linea: self.key(),
            periodo_desde: self.linea.periodo_desde.unwrap_or(self.factura.fecha),
            clase: Clase::parse(&self.linea.clase).unwrap_or(Clase::Recurrente),
            borrador: false,
            bruto: self.linea.importe,
            neto_millonesimas: 0,
            abonado: self.linea.acreditado,
            neto_abonado_millonesimas: 0,
        }
    }
}

/// Charge as it will be posted.
#[derive(Clone, Debug)]
pub struct NuevoCargo {
    /// Service charged.
    pub servicio_id: Uuid,
    /// Posting key and amount.
    pub cargo: CargoPropuesto,
    /// Position of its line, from 1.
    pub linea: i32,
}

/// Line as it will be written.
#[derive(Clone, Debug)]
pub struct NuevaLinea {
    /// Service, if any.
    pub servicio_id: Option<Uuid>,
    /// Kind of charge.
    pub clase: Clase,
    /// The neutral line.
    pub linea: Linea,
    /// With taxes, minor units.
    pub total: i64,
    /// Period, if it has one.
    pub periodo: Option<(Fecha, Fecha)>,
    /// Line of another invoice that it reduces: invoice and position.
    pub reduce: Option<(Uuid, i32)>,
}

/// A document ready to take its number.
pub struct NuevaFactura {
    /// Kind.
    pub clase: ClaseFactura,
    /// Who issues.
    pub emisor: Arc<EmisorFiscal>,
    /// Whose it is.
    pub cliente_id: Uuid,
    /// Who receives.
    pub receptor: Receptor,
    /// Currency.
    pub moneda: Moneda,
    /// Due days after issue, from the run's day.
    pub vencimiento: Fecha,
    /// Lines, in the order of paper.
    pub lineas: Vec<NuevaLinea>,
    /// Charges that they post.
    pub cargos: Vec<NuevoCargo>,
    /// Fees that they carry, with the line of each.
    pub recargos: Vec<(Uuid, i32)>,
    /// Factura that a note corrects.
    pub relacionada: Option<Uuid>,
    /// How the legal note names it; none for a sale and for what has no legal document.
    pub relacion: Option<Relacion>,
    /// Whether an authority hears of it.
    pub alcance: Alcance,
    /// c_FormaPago of a sale paid at issue; the usual one if none.
    pub forma_pago: Option<String>,
}

/// Whether a document is legal or only commercial.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Alcance {
    /// Numbered in a legal serie and sealed.
    Legal,
    /// Receipt of the company, numbered on its own.
    Interno,
}

impl NuevaFactura {
    /// Kind of legal document.
    pub fn tipo(&self) -> Tipo {
        match &self.relacion {
            Some(_) if self.clase == ClaseFactura::NotaDebito => Tipo::NotaDebito,
            Some(relacion) => relacion.tipo.de_credito(),
            None => Tipo::de_venta(self.emisor.pais, &self.receptor),
        }
    }

    /// Kind of the corrected document, which chooses the serie of a note.
    pub fn sobre(&self) -> Option<Tipo> {
        self.relacion.as_ref().map(|r| r.tipo)
    }

    /// The neutral legal document, without number. A note of an unstamped CFDI keeps its UUID
    /// empty.
    pub fn comprobante(&self, cx: &Cx, id: Uuid) -> Comprobante {
        let pago = match self.vencimiento {
            vencimiento if vencimiento > self.emisor.zona.fecha(cx.now()) => {
                FormaPago::Credito { vencimiento }
            }
            _ => {
                let forma = self.forma_pago.as_deref().unwrap_or(FORMA_CONTADO);
                FormaPago::Contado { forma: forma.to_owned() }
            }
        };
        Comprobante {
            id: ComprobanteId::from_uuid(id),
            emisor: self.emisor.clone(),
            cliente_id: Some(self.cliente_id),
            origen: Origen { tipo: "factura", id },
            tipo: self.tipo(),
            serie: String::new(),
            folio: 0,
            emitido: cx.now(),
            moneda: self.moneda,
            receptor: self.receptor.clone(),
            contenido: Contenido::Venta {
                lineas: self.lineas.iter().map(|l| l.linea.clone()).collect(),
                pago,
                relacion: self.relacion.clone(),
            },
        }
    }
}

/// Receiver of a customer's documents, as he is today.
pub fn receiver(c: &Cliente) -> Receptor {
    Receptor {
        tipo_documento: c.tipo_documento,
        numero: c.numero_documento.clone(),
        nombre: c.razon_social.clone(),
        codigo_postal: c.codigo_postal.clone(),
        regimen_fiscal: c.regimen_fiscal.clone(),
        uso_cfdi: c.uso_cfdi.clone(),
        direccion: c.direccion.clone(),
        email: c.email.clone(),
    }
}

/// Invoice of grouped charges. Errors: the reason for setting the customer aside.
pub(crate) fn sale(
    ctx: &Contexto,
    cliente: &Cliente,
    servicios: &HashMap<Uuid, Servicio>,
    borrador: Borrador,
) -> Result<NuevaFactura, Motivo> {
    let emisor = ctx.emisor(borrador.clave.emisor).ok_or_else(missing_emisor)?;
    let legal = borrador.clave.documento == "legal";
    if let Some(motivo) = ctx.negado(emisor.id).filter(|_| legal) {
        return Err(motivo.clone());
    }
    let mut nueva = NuevaFactura {
        clase: if legal { ClaseFactura::Factura } else { ClaseFactura::Recibo },
        emisor: emisor.clone(),
        cliente_id: cliente.id.uuid(),
        receptor: receiver(cliente),
        moneda: borrador.clave.moneda,
        vencimiento: due(ctx, ctx.issue_day(emisor)),
        lineas: Vec::with_capacity(borrador.lineas.len()),
        cargos: Vec::with_capacity(borrador.lineas.len()),
        recargos: Vec::new(),
        relacionada: None,
        relacion: None,
        alcance: if legal { Alcance::Legal } else { Alcance::Interno },
        forma_pago: None,
    };
    for (servicio_id, cargo) in borrador.lineas {
        let servicio = servicios.get(&servicio_id).ok_or_else(missing_product)?;
        let producto = ctx.producto(servicio.producto_id).ok_or_else(missing_product)?;
        let linea = i32::try_from(nueva.lineas.len() + 1).unwrap_or(i32::MAX);
        nueva.lineas.push(charge_line(emisor, servicio, producto, &cargo)?);
        nueva.cargos.push(NuevoCargo { servicio_id, cargo, linea });
    }
    Ok(nueva)
}

fn missing_emisor() -> Motivo {
    Motivo::new("emisor_desconocido", "El servicio es de un emisor que ya no existe. Corríjalo.")
}

fn missing_product() -> Motivo {
    Motivo::new("producto_desconocido", "El servicio es de un producto que ya no existe.")
}

fn charge_line(
    emisor: &EmisorFiscal,
    servicio: &Servicio,
    producto: &Producto,
    cargo: &CargoPropuesto,
) -> Result<NuevaLinea, Motivo> {
    let linea = Linea {
        descripcion: describe(servicio, cargo),
        codigo: Some(producto.codigo.clone()),
        clave_prod_serv: producto.clave_prod_serv.clone(),
        clave_unidad: producto.clave_unidad.clone(),
        cantidad: 1,
        importe: cargo.monto,
        impuesto_incluido: servicio.impuesto_incluido,
        impuesto: producto.impuesto,
    };
    let total = line_total(emisor, &linea, cargo.periodo.desde)?;
    Ok(NuevaLinea {
        servicio_id: Some(servicio.id.uuid()),
        clase: cargo.clase,
        linea,
        total,
        periodo: Some((cargo.periodo.desde, cargo.periodo.hasta)),
        reduce: None,
    })
}

pub(crate) fn line_total(
    emisor: &EmisorFiscal,
    linea: &Linea,
    fecha: Fecha,
) -> Result<i64, Motivo> {
    ramal_fiscal::preparado::total_de_linea(emisor.pais, linea, fecha).map_err(Motivo::from_fiscal)
}

/// `Fibra 100, periodo 2026-11-01 a 2026-11-30, servicio S-12`; a revision says that it adjusts.
fn describe(servicio: &Servicio, cargo: &CargoPropuesto) -> String {
    let ultimo = cargo.periodo.hasta.plus_dias(-1);
    let prefijo = if cargo.revision == 0 { "" } else { "Ajuste de " };
    format!(
        "{prefijo}{}, periodo {} a {ultimo}, servicio S-{}",
        servicio.descripcion, cargo.periodo.desde, servicio.numero
    )
}

/// Credit notes of the reductions, one per reduced invoice; each negative charge is posted on the
/// first that takes it.
pub(crate) fn notes(
    ctx: &Contexto,
    abonos: &[Abono],
    emitidas: &[LineaEmitida],
    mut negativos: Vec<(Uuid, CargoPropuesto)>,
) -> Result<Vec<NuevaFactura>, Motivo> {
    let mut por_factura: BTreeMap<Uuid, Vec<(&LineaEmitida, i64)>> = BTreeMap::new();
    for abono in abonos {
        let linea = emitidas.iter().find(|l| l.key() == abono.linea);
        let linea = linea.ok_or_else(missing_product)?;
        por_factura.entry(linea.factura.id.uuid()).or_default().push((linea, abono.bruto));
    }
    por_factura.into_values().map(|lineas| note(ctx, &lineas, &mut negativos)).collect()
}

fn note(
    ctx: &Contexto,
    reducidas: &[(&LineaEmitida, i64)],
    negativos: &mut Vec<(Uuid, CargoPropuesto)>,
) -> Result<NuevaFactura, Motivo> {
    let (primera, _) = reducidas.first().ok_or_else(missing_product)?;
    let factura = &primera.factura;
    let emisor = ctx.emisor(factura.emisor_id).ok_or_else(missing_emisor)?;
    let sustento = "Disminución por ajuste del periodo";
    let relacion = relation(factura, primera.uuid_fiscal.clone(), emisor, sustento)?;
    let mut nueva = credit_shell(factura, emisor.clone(), relacion)?;
    nueva.vencimiento = ctx.as_of;
    for (emitida, monto) in reducidas {
        let linea = i32::try_from(nueva.lineas.len() + 1).unwrap_or(i32::MAX);
        nueva.lineas.push(credit_line(emisor, emitida, *monto)?);
        let suyos =
            negativos.extract_if(.., |(servicio, cargo)| charges(emitida, *servicio, cargo));
        nueva.cargos.extend(suyos.map(|(servicio_id, cargo)| NuevoCargo {
            servicio_id,
            cargo,
            linea,
        }));
    }
    Ok(nueva)
}

/// Whether an issued line charges the key of a negative charge.
fn charges(emitida: &LineaEmitida, servicio: Uuid, cargo: &CargoPropuesto) -> bool {
    emitida.linea.servicio_id == Some(servicio)
        && emitida.linea.periodo_desde == Some(cargo.periodo.desde)
        && emitida.linea.clase == cargo.clase.texto()
}

/// A note without lines that corrects `factura`, in the kind that it was issued.
pub(crate) fn credit_shell(
    factura: &FacturaFila,
    emisor: Arc<EmisorFiscal>,
    relacion: Option<Relacion>,
) -> Result<NuevaFactura, Motivo> {
    let corrupt = || Motivo::new("factura_ilegible", "La factura guardada no se puede leer.");
    let receptor: Receptor = serde_json::from_str(&factura.receptor).map_err(|_| corrupt())?;
    Ok(NuevaFactura {
        clase: ClaseFactura::NotaCredito,
        alcance: if relacion.is_some() { Alcance::Legal } else { Alcance::Interno },
        emisor,
        cliente_id: factura.cliente_id,
        receptor,
        moneda: factura.moneda.parse().map_err(|_| corrupt())?,
        vencimiento: factura.vencimiento,
        lineas: Vec::new(),
        cargos: Vec::new(),
        recargos: Vec::new(),
        relacionada: Some(factura.id.uuid()),
        relacion,
        forma_pago: None,
    })
}

/// How a note names the factura that it corrects; none for a recibo, which has no legal document.
pub(crate) fn relation(
    factura: &FacturaFila,
    uuid_fiscal: Option<String>,
    emisor: &EmisorFiscal,
    sustento: &str,
) -> Result<Option<Relacion>, Motivo> {
    let Some(tipo) = Tipo::parse(&factura.tipo) else { return Ok(None) };
    let es_peru = emisor.pais == ramal_base::Pais::Pe;
    Ok(Some(Relacion {
        comprobante_id: ComprobanteId::from_uuid(
            factura.comprobante_id.unwrap_or(factura.id.uuid()),
        ),
        tipo,
        serie: factura.serie.clone(),
        folio: factura.folio,
        uuid_fiscal,
        codigo: if es_peru { MOTIVO_PE } else { MOTIVO_MX }.to_owned(),
        sustento: sustento.to_owned(),
    }))
}

pub(crate) fn credit_line(
    emisor: &EmisorFiscal,
    emitida: &LineaEmitida,
    monto: i64,
) -> Result<NuevaLinea, Motivo> {
    let original = &emitida.linea;
    let neutral = original.neutral().ok_or_else(missing_product)?;
    let linea = Linea {
        descripcion: format!("Abono: {}", original.descripcion),
        cantidad: 1,
        importe: monto,
        ..neutral
    };
    let total = line_total(emisor, &linea, emitida.factura.fecha)?;
    Ok(NuevaLinea {
        servicio_id: original.servicio_id,
        clase: Clase::parse(&original.clase).unwrap_or(Clase::Ajuste),
        linea,
        total,
        periodo: original.periodo_desde.zip(original.periodo_hasta),
        reduce: Some((emitida.factura.id.uuid(), original.linea)),
    })
}

/// Legal amounts and model of a document, checked. Errors: what its authority would refuse.
pub(crate) fn prepared(nueva: &NuevaFactura, cx: &Cx, id: Uuid) -> Result<Listo, Motivo> {
    let comprobante = nueva.comprobante(cx, id);
    if needs_stamp(&comprobante) {
        return estimate(nueva, cx, id).map(Listo::Espera);
    }
    let preparado = prepare(comprobante).map_err(Motivo::from_fiscal)?;
    if nueva.alcance == Alcance::Interno {
        return Ok(Listo::Espera(preparado.montos));
    }
    match preparado.check().into_iter().next() {
        None => Ok(Listo::Preparado(Box::new(preparado))),
        Some(campo) => {
            let texto = format!("{} ({}): {}", campo.campo, campo.codigo, campo.motivo);
            Err(Motivo::new("datos_fiscales", texto))
        }
    }
}

/// What came out of preparing a document.
pub(crate) enum Listo {
    /// Ready to number and seal.
    Preparado(Box<Preparado>),
    /// Numbered now; sealed once its related document is stamped, or never if it is a recibo.
    Espera(Montos),
}

impl Listo {
    pub(crate) fn montos(&self) -> Montos {
        match self {
            Listo::Preparado(p) => p.montos,
            Listo::Espera(m) => *m,
        }
    }
}

/// Whether it corrects a CFDI that has no UUID yet.
fn needs_stamp(c: &Comprobante) -> bool {
    let Contenido::Venta { relacion: Some(relacion), .. } = &c.contenido else { return false };
    c.tipo == Tipo::Egreso && relacion.uuid_fiscal.is_none()
}

/// Amounts of a note that cannot be built yet: those of the same lines as a sale.
fn estimate(nueva: &NuevaFactura, cx: &Cx, id: Uuid) -> Result<Montos, Motivo> {
    let mut comprobante = nueva.comprobante(cx, id);
    comprobante.tipo = Tipo::de_venta(nueva.emisor.pais, &nueva.receptor);
    if let Contenido::Venta { relacion, .. } = &mut comprobante.contenido {
        *relacion = None;
    }
    Ok(prepare(comprobante).map_err(Motivo::from_fiscal)?.montos)
}
