//! Credit and debit notes on an issued invoice. What a run credits by itself does not pass here.

use std::sync::Arc;

use ramal_base::{Cx, Pais};
use ramal_contratos::Periodo;
use ramal_db::Tx;
use ramal_fiscal::{ComprobanteId, EmisorFiscal, Estado, Relacion, Tipo};
use ramal_plataforma::{Registro, audit};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::partes::{check_sustento, open, positive, seal_job};
use crate::corrida::Contexto;
use crate::corrida::papel::{self, LineaEmitida, NuevaFactura, NuevaLinea, NuevoCargo};
use crate::corrida::publicacion::{publish_one, refused};
use crate::factura::{FacturaFila, LineaFila};
use crate::nucleo::{CargoPropuesto, Clase};
use crate::storage::{cambios, facturas};
use crate::{ClaseFactura, Error, EstadoFactura, FacturaId};

/// Hacia dónde mueve la deuda.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum SentidoNota {
    /// La baja.
    #[default]
    Credito,
    /// La sube (Perú).
    Debito,
}

/// Qué se hace con lo que ya estaba pagado de lo que se acredita.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Excedente {
    /// Queda a favor del cliente.
    #[default]
    Saldo,
    /// El cliente pide que se le devuelva.
    Devolucion,
}

/// Cuerpo de `POST /facturas/{id}/notas`.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DatosNota {
    /// `credito` si no se dice.
    #[serde(default)]
    pub sentido: SentidoNota,
    /// Motivo del catálogo del país. Perú crédito (09): 01 anulación, 02 error en el RUC, 03
    /// descripción, 04 y 05 descuentos, 06 devolución total, 07 por ítem, 08 bonificación, 09
    /// disminución, 10 otros; débito (10): 01 mora, 02 aumento, 03 penalidad. México: 01 nota, 03
    /// devolución.
    #[schema(example = "09")]
    pub motivo: String,
    /// Motivo en palabras, de 3 a 100 caracteres.
    #[schema(example = "Corte del servicio del 3 al 5")]
    pub sustento: String,
    /// Líneas que se acreditan, o conceptos que se cargan; sin ellas se acredita todo lo que queda.
    #[serde(default)]
    pub lineas: Vec<LineaNota>,
    /// `saldo` si no se dice: lo ya pagado de lo que se acredita queda a favor; `devolucion` anota
    /// que se devolverá.
    #[serde(default)]
    pub excedente: Excedente,
}

/// Línea de una nota.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LineaNota {
    /// Posición de la línea en la factura, desde 1; en un cargo, la línea cuyo impuesto se toma.
    #[schema(minimum = 1, example = 1)]
    pub linea: i32,
    /// Importe como se vendió la línea; sin él, todo lo que queda de ella.
    #[schema(example = "106.40")]
    pub importe: Option<String>,
    /// Concepto de un cargo.
    pub descripcion: Option<String>,
}

/// Issues a note on an issued invoice. A line never gets more credit than it has left (N1).
///
/// Errors: `NotFound`; `Estado` if the invoice is voided or a draft; `Refused` with 409 if its
/// document was refused, 422 naming the field where motive or amounts do not fit; `Storage`.
pub async fn issue_nota(
    tx: &Tx,
    cx: &Cx,
    factura: FacturaId,
    datos: DatosNota,
) -> Result<FacturaId, Error> {
    let fila = open(tx, factura.uuid()).await?;
    let ctx = Contexto::load(tx, super::partes::today(tx, cx).await?).await?;
    let emisor = ctx.emisor(fila.emisor_id).ok_or(Error::NotFound("emisor"))?.clone();
    check_open(tx, &fila).await?;
    check_motive(&emisor, &fila, &datos)?;
    let sustento = check_sustento(&datos.sustento)?;
    let datos = DatosNota { sustento: sustento.clone(), ..datos };
    let lineas = facturas::lineas(tx, &[fila.id.uuid()]).await?;
    let relacion = relation(tx, &fila, &emisor, (&datos.motivo, &sustento)).await?;
    let mut nueva = papel::credit_shell(&fila, emisor.clone(), relacion).map_err(refused)?;
    nueva.vencimiento = emisor.zona.fecha(cx.now());
    let origen = Origen { fila: Arc::new(fila), emisor, lineas };
    match datos.sentido {
        SentidoNota::Credito => fill_credit(tx, &origen, &datos, &mut nueva).await?,
        SentidoNota::Debito => fill_debit(&origen, &datos, &mut nueva)?,
    }
    let (nota, _) = publish_one(tx, cx, nueva).await?;
    seal_job(tx, cx, nota.uuid()).await?;
    if datos.excedente == Excedente::Devolucion {
        cambios::promise_refund(tx, nota.uuid()).await?;
    }
    let registro = Registro::new("factura.nota", "factura", factura);
    audit(tx, cx, registro.despues(json!({"nota_id": nota, "datos": datos}))).await?;
    Ok(nota)
}

struct Origen {
    fila: Arc<FacturaFila>,
    emisor: Arc<EmisorFiscal>,
    lineas: Vec<LineaFila>,
}

/// Only an issued document that its authority has not refused can be corrected.
async fn check_open(tx: &Tx, fila: &FacturaFila) -> Result<(), Error> {
    match (EstadoFactura::parse(&fila.estado), ClaseFactura::parse(&fila.clase)) {
        (_, Some(ClaseFactura::NotaCredito | ClaseFactura::NotaDebito)) => {
            let detalle = "Una nota se emite sobre una factura, no sobre otra nota.";
            return Err(Error::conflicto("nota_sobre_nota", detalle));
        }
        (Some(EstadoFactura::Emitida | EstadoFactura::Pagada), _) => {}
        (Some(EstadoFactura::Anulada), _) => return Err(Error::Estado("anulada")),
        _ => return Err(Error::Estado("en borrador")),
    }
    let Some(id) = fila.comprobante_id else { return Ok(()) };
    let comprobante = ramal_fiscal::storage::by_id(tx, ComprobanteId::from_uuid(id)).await?;
    let estado = comprobante.map(|c| c.estado()).transpose()?;
    match estado {
        Some(Estado::Rechazado | Estado::Excepcion) => Err(Error::conflicto(
            "factura_rechazada",
            "La autoridad rechazó esta factura. Corríjala y reenvíela, o anúlela.",
        )),
        Some(Estado::BajaPendiente | Estado::Baja) => Err(Error::conflicto(
            "factura_en_baja",
            "Se pidió la anulación de esta factura; no admite notas.",
        )),
        _ => Ok(()),
    }
}

/// Motive of the country's catalogue that fits the kind and the size of the note (sunat.md 7,
/// 12.6; cfdi.md 8.2).
fn check_motive(emisor: &EmisorFiscal, fila: &FacturaFila, datos: &DatosNota) -> Result<(), Error> {
    let boleta = fila.tipo == Tipo::Boleta.codigo();
    let permitidos: &[&str] = match (emisor.pais, datos.sentido) {
        (Pais::Pe, SentidoNota::Credito) if boleta => &["01", "02", "03", "06", "07", "09", "10"],
        (Pais::Pe, SentidoNota::Credito) => {
            &["01", "02", "03", "04", "05", "06", "07", "08", "09", "10"]
        }
        (Pais::Pe, SentidoNota::Debito) => &["01", "02", "03"],
        (_, SentidoNota::Credito) => &["01", "03"],
        (_, SentidoNota::Debito) => {
            let motivo = "En México un cargo más se factura aparte: cree una factura.";
            return Err(Error::campo("sentido", "debito_sin_norma", motivo));
        }
    };
    if !permitidos.contains(&datos.motivo.as_str()) {
        let motivo = format!("Use uno de estos motivos: {}.", permitidos.join(", "));
        return Err(Error::campo("motivo", "motivo_invalido", motivo));
    }
    let total = emisor.pais == Pais::Pe && matches!(datos.motivo.as_str(), "01" | "02" | "06");
    if datos.sentido == SentidoNota::Credito && total && !datos.lineas.is_empty() {
        let motivo = "Ese motivo acredita la factura entera: no envíe líneas.";
        return Err(Error::campo("lineas", "motivo_de_total", motivo));
    }
    Ok(())
}

async fn relation(
    tx: &Tx,
    fila: &FacturaFila,
    emisor: &EmisorFiscal,
    (motivo, sustento): (&str, &str),
) -> Result<Option<Relacion>, Error> {
    let con_uuid = facturas::con_uuid(tx, &[fila.id.uuid()]).await?;
    let uuid = con_uuid.into_iter().next().and_then(|(_, uuid)| uuid);
    let relacion = papel::relation(fila, uuid, emisor, sustento).map_err(refused)?;
    Ok(relacion.map(|r| Relacion { codigo: motivo.to_owned(), ..r }))
}

async fn fill_credit(
    tx: &Tx,
    origen: &Origen,
    datos: &DatosNota,
    nueva: &mut NuevaFactura,
) -> Result<(), Error> {
    for (linea, monto) in credited(origen, datos)? {
        let emitida =
            LineaEmitida { linea: linea.clone(), factura: origen.fila.clone(), uuid_fiscal: None };
        nueva.lineas.push(papel::credit_line(&origen.emisor, &emitida, monto).map_err(refused)?);
        let posicion = i32::try_from(nueva.lineas.len()).unwrap_or(i32::MAX);
        nueva.cargos.extend(adjustment(tx, linea, monto, posicion).await?);
    }
    Ok(())
}

/// Lines with the amount that each gives back, as sold.
fn credited<'a>(origen: &'a Origen, datos: &DatosNota) -> Result<Vec<(&'a LineaFila, i64)>, Error> {
    let queda = |l: &LineaFila| l.importe - l.acreditado;
    if datos.lineas.is_empty() {
        let todas: Vec<_> =
            origen.lineas.iter().filter(|l| queda(l) > 0).map(|l| (l, queda(l))).collect();
        if todas.is_empty() {
            let detalle = "Esta factura ya está acreditada por completo.";
            return Err(Error::conflicto("sin_saldo_por_acreditar", detalle));
        }
        return Ok(todas);
    }
    let mut elegidas: Vec<(&LineaFila, i64)> = Vec::with_capacity(datos.lineas.len());
    for (i, pedida) in datos.lineas.iter().enumerate() {
        let linea = find(origen, i, pedida)?;
        if elegidas.iter().any(|(l, _)| l.linea == linea.linea) {
            let motivo = "La línea está repetida.";
            return Err(Error::campo(&format!("lineas[{i}].linea"), "linea_repetida", motivo));
        }
        let campo = format!("lineas[{i}].importe");
        let monto = match &pedida.importe {
            Some(texto) => positive(&campo, texto)?,
            None => queda(linea),
        };
        if monto > queda(linea) || monto <= 0 {
            let maximo = ramal_base::dinero::format_centavos(queda(linea));
            let motivo = format!("De esa línea quedan {maximo} por acreditar.");
            return Err(Error::campo(&campo, "excede_linea", motivo));
        }
        elegidas.push((linea, monto));
    }
    Ok(elegidas)
}

fn find<'a>(origen: &'a Origen, i: usize, pedida: &LineaNota) -> Result<&'a LineaFila, Error> {
    let linea = origen.lineas.iter().find(|l| l.linea == pedida.linea);
    let motivo = "La factura no tiene esa línea.";
    let campo = format!("lineas[{i}].linea");
    linea.ok_or_else(|| Error::campo(&campo, "linea_desconocida", motivo))
}

/// A credit by hand is posted as an adjustment, so that the run does not bill it again.
async fn adjustment(
    tx: &Tx,
    linea: &LineaFila,
    monto: i64,
    posicion: i32,
) -> Result<Option<NuevoCargo>, Error> {
    let periodo = linea.periodo_desde.zip(linea.periodo_hasta);
    let (Some(servicio_id), Some((desde, hasta))) = (linea.servicio_id, periodo) else {
        return Ok(None);
    };
    let clase = Clase::Ajuste;
    let cargo = CargoPropuesto {
        periodo: Periodo::new(desde, hasta),
        clase,
        revision: cambios::revisiones(tx, (servicio_id, desde, clase)).await?,
        monto: -monto,
        esperado: -monto,
        publicado: 0,
        explicacion: Vec::new(),
    };
    Ok(Some(NuevoCargo { servicio_id, cargo, linea: posicion }))
}

fn fill_debit(origen: &Origen, datos: &DatosNota, nueva: &mut NuevaFactura) -> Result<(), Error> {
    nueva.clase = ClaseFactura::NotaDebito;
    if datos.lineas.is_empty() {
        return Err(Error::campo("lineas", "campo_requerido", "Diga qué se carga y cuánto."));
    }
    for (i, pedida) in datos.lineas.iter().enumerate() {
        let original = find(origen, i, pedida)?;
        let texto = pedida.importe.as_deref().unwrap_or("");
        let importe = positive(&format!("lineas[{i}].importe"), texto)?;
        let neutral = original.neutral().ok_or(Error::NotFound("linea"))?;
        let descripcion = match &pedida.descripcion {
            Some(texto) => check_sustento(texto)?,
            None => datos.sustento.clone(),
        };
        let linea = ramal_fiscal::Linea { descripcion, cantidad: 1, importe, ..neutral };
        let total =
            papel::line_total(&origen.emisor, &linea, origen.fila.fecha).map_err(refused)?;
        nueva.lineas.push(NuevaLinea {
            servicio_id: None,
            clase: Clase::Cargo,
            linea,
            total,
            periodo: None,
            reduce: None,
        });
    }
    Ok(())
}
