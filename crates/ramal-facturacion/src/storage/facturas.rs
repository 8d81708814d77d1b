//! Invoices and notes with their lines.

use ramal_base::{Cx, Fecha};
use ramal_db::consulta::placeholders;
use ramal_db::{Bulk, Consulta, DbError, FromQueryResult, Tx, Value};
use ramal_fiscal::Montos;
use uuid::Uuid;

use crate::cobro::credito::Credito;
use crate::corrida::papel::{Alcance, NuevaFactura};
use crate::factura::{EstadoFactura, FacturaFila, LineaFila, TIPO_RECIBO};

/// Columns of an invoice, in the order that every query here lists them.
pub const COLUMNAS: &str = "f.id, f.emisor_id, f.cliente_id, f.corrida_id, f.clase, f.tipo, \
    f.serie, f.folio, f.fecha, f.emitida, f.vencimiento, f.moneda, f.subtotal, f.impuestos, \
    f.total, f.acreditado, f.estado, f.receptor, f.relacionada_id, f.motivo, f.comprobante_id, \
    f.pagada, f.forma_pago, f.version, f.aplicado";

/// Columns of a line, in the order that every query here lists them.
pub const COLUMNAS_LINEA: &str = "l.factura_id, l.linea, l.servicio_id, l.clase, l.descripcion, \
    l.codigo, l.clave_prod_serv, l.clave_unidad, l.cantidad, l.importe, l.impuesto_incluido, \
    l.impuesto, l.total, l.acreditado, l.periodo_desde, l.periodo_hasta, l.cobrable, \
    l.rebajado, l.aplicado";

const ALTA: &[&str] = &[
    "id",
    "emisor_id",
    "cliente_id",
    "corrida_id",
    "clase",
    "tipo",
    "serie",
    "folio",
    "fecha",
    "emitida",
    "vencimiento",
    "moneda",
    "subtotal",
    "impuestos",
    "total",
    "acreditado",
    "estado",
    "receptor",
    "relacionada_id",
    "motivo",
    "forma_pago",
    "version",
];
const ALTA_LINEA: &[&str] = &[
    "factura_id",
    "linea",
    "servicio_id",
    "clase",
    "descripcion",
    "codigo",
    "clave_prod_serv",
    "clave_unidad",
    "cantidad",
    "importe",
    "impuesto_incluido",
    "impuesto",
    "total",
    "acreditado",
    "periodo_desde",
    "periodo_hasta",
    "cobrable",
];

/// A batch of invoices of one transaction, with the credits that its notes make.
pub(crate) struct LoteFacturas {
    facturas: Bulk,
    lineas: Bulk,
    creditos: Vec<Credito>,
}

/// Number, run and day under which a document is written.
pub struct Emision<'a> {
    /// Its id.
    pub id: Uuid,
    /// Serie.
    pub serie: &'a str,
    /// Folio.
    pub folio: i64,
    /// Run, if any.
    pub corrida: Option<Uuid>,
    /// Day of issue.
    pub fecha: Fecha,
    /// Legal amounts.
    pub montos: Montos,
}

impl Default for LoteFacturas {
    fn default() -> LoteFacturas {
        LoteFacturas {
            facturas: Bulk::new("facturas", ALTA),
            lineas: Bulk::new("factura_lineas", ALTA_LINEA),
            creditos: Vec::new(),
        }
    }
}

impl LoteFacturas {
    /// Adds a numbered document.
    pub(crate) fn push(
        &mut self,
        cx: &Cx,
        nueva: &NuevaFactura,
        e: &Emision<'_>,
    ) -> Result<(), DbError> {
        self.facturas.push(row(cx, nueva, e)?);
        let partes = shares(nueva, e.montos.total);
        for ((i, l), cobrable) in nueva.lineas.iter().enumerate().zip(partes) {
            let linea = i32::try_from(i + 1).unwrap_or(i32::MAX);
            self.lineas.push([
                e.id.into(),
                linea.into(),
                l.servicio_id.into(),
                l.clase.texto().into(),
                l.linea.descripcion.as_str().into(),
                l.linea.codigo.clone().into(),
                l.linea.clave_prod_serv.clone().into(),
                l.linea.clave_unidad.clone().into(),
                l.linea.cantidad.into(),
                l.linea.importe.into(),
                l.linea.impuesto_incluido.into(),
                l.linea.impuesto.as_str().into(),
                l.total.into(),
                0_i64.into(),
                l.periodo.map(|p| p.0).into(),
                l.periodo.map(|p| p.1).into(),
                cobrable.into(),
            ]);
            if let Some((factura, reducida)) = l.reduce {
                self.creditos.push(Credito {
                    nota: e.id,
                    factura,
                    linea: reducida,
                    importe: l.linea.importe,
                    bruto: cobrable,
                });
            }
        }
        Ok(())
    }

    /// Writes the batch and gives the credits that its notes make, note by note.
    pub(crate) async fn insert(self, tx: &Tx) -> Result<(u64, Vec<Credito>), DbError> {
        let n = self.facturas.insert(tx).await? + self.lineas.insert(tx).await?;
        Ok((n, self.creditos))
    }
}

/// What each line has of the document's total. The cents that rounding the document put in or took
/// out go to its largest line, so that the lines add up to what is owed.
fn shares(nueva: &NuevaFactura, total: i64) -> Vec<i64> {
    let mut partes: Vec<i64> = nueva.lineas.iter().map(|l| l.total).collect();
    let resto = total - partes.iter().sum::<i64>();
    let mayor = partes.iter().enumerate().max_by_key(|(i, t)| (**t, std::cmp::Reverse(*i)));
    if let Some((i, _)) = mayor {
        partes[i] += resto;
    }
    partes
}

fn row(cx: &Cx, nueva: &NuevaFactura, e: &Emision<'_>) -> Result<Vec<Value>, DbError> {
    let receptor = serde_json::to_string(&nueva.receptor)
        .map_err(|_| DbError::Corrupt("receiver of a factura"))?;
    let tipo = match nueva.alcance {
        Alcance::Legal => nueva.tipo().codigo(),
        Alcance::Interno => TIPO_RECIBO,
    };
    let motivo = nueva.relacion.as_ref().map(|r| format!("{} {}", r.codigo, r.sustento));
    Ok(vec![
        e.id.into(),
        nueva.emisor.id.into(),
        nueva.cliente_id.into(),
        e.corrida.into(),
        nueva.clase.as_str().into(),
        tipo.into(),
        e.serie.into(),
        e.folio.into(),
        e.fecha.into(),
        cx.now().into(),
        nueva.vencimiento.into(),
        nueva.moneda.codigo().into(),
        e.montos.subtotal.into(),
        e.montos.impuestos.into(),
        e.montos.total.into(),
        0_i64.into(),
        EstadoFactura::Emitida.as_str().into(),
        receptor.into(),
        nueva.relacionada.into(),
        motivo.into(),
        nueva.forma_pago.clone().into(),
        1_i64.into(),
    ])
}

/// Lines of issued invoices of these services, newest invoice first; notes are left out.
pub async fn lineas_de_servicios(
    c: &impl Consulta,
    servicios: &[Uuid],
) -> Result<Vec<LineaFila>, DbError> {
    let sql = format!(
        "SELECT {COLUMNAS_LINEA} FROM factura_lineas l JOIN facturas f ON f.id = l.factura_id \
         WHERE l.servicio_id IN {} AND f.clase IN ('factura', 'recibo') \
         AND f.estado <> 'anulada' AND l.acreditado < l.importe \
         ORDER BY l.factura_id DESC, l.linea",
        placeholders(1, servicios.len())
    );
    c.all(&sql, servicios.iter().map(|s| Value::from(*s)).collect()).await
}

/// Invoices by id with the fiscal UUID of their legal document.
pub async fn con_uuid(
    c: &impl Consulta,
    ids: &[Uuid],
) -> Result<Vec<(FacturaFila, Option<String>)>, DbError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let lista = placeholders(1, ids.len());
    let sql = format!("SELECT {COLUMNAS} FROM facturas f WHERE f.id IN {lista}");
    let facturas: Vec<FacturaFila> =
        c.all(&sql, ids.iter().map(|i| Value::from(*i)).collect()).await?;
    let comprobantes: Vec<Uuid> = facturas.iter().filter_map(|f| f.comprobante_id).collect();
    let uuids = ramal_fiscal::storage::uuids(c, &comprobantes).await?;
    let con = |f: FacturaFila| {
        let uuid = f.comprobante_id.and_then(|id| uuids.get(&id).cloned());
        (f, uuid)
    };
    Ok(facturas.into_iter().map(con).collect())
}

/// Lines of these invoices, by invoice and position.
pub async fn lineas(c: &impl Consulta, ids: &[Uuid]) -> Result<Vec<LineaFila>, DbError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT {COLUMNAS_LINEA} FROM factura_lineas l WHERE l.factura_id IN {} \
         ORDER BY l.factura_id, l.linea",
        placeholders(1, ids.len())
    );
    c.all(&sql, ids.iter().map(|i| Value::from(*i)).collect()).await
}

/// Numbered legal documents that have no XML yet, oldest first, after `despues`.
pub async fn por_sellar(
    c: &impl Consulta,
    despues: Option<Uuid>,
    limite: i64,
) -> Result<Vec<FacturaFila>, DbError> {
    let sql = format!(
        "SELECT {COLUMNAS} FROM facturas f WHERE f.comprobante_id IS NULL AND f.tipo <> $1 \
         AND f.id > $2 ORDER BY f.id LIMIT $3"
    );
    let desde = despues.unwrap_or(Uuid::nil());
    c.all(&sql, vec![TIPO_RECIBO.into(), desde.into(), limite.into()]).await
}

#[derive(FromQueryResult)]
struct FilaId {
    id: Uuid,
}

/// Gives their legal document (same id) to those of these invoices that have none, and names them.
pub async fn claim_sellado(tx: &Tx, ids: &[Uuid]) -> Result<Vec<Uuid>, DbError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "UPDATE facturas SET comprobante_id = id WHERE comprobante_id IS NULL AND id IN {} \
         RETURNING id",
        placeholders(1, ids.len())
    );
    let filas: Vec<FilaId> = tx.all(&sql, ids.iter().map(|i| Value::from(*i)).collect()).await?;
    Ok(filas.into_iter().map(|f| f.id).collect())
}
