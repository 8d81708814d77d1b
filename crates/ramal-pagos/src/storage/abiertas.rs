//! Open facturas of everybody, by due day, with their lines: two statements a page. Those of one
//! cliente, in the order in which money settles them, are read by billing.

use std::collections::HashMap;

use ramal_base::{Fecha, Moneda};
use ramal_db::consulta::placeholders;
use ramal_db::{Consulta, Cursor, DbError, FromQueryResult, Pagina, Value, params};
use ramal_facturacion::FacturaId;
use ramal_facturacion::cobro::{Abierta, LineaAbierta};
use uuid::Uuid;

use super::lista::within_calendar;

#[derive(FromQueryResult)]
struct Fila {
    id: FacturaId,
    serie: String,
    folio: i64,
    tipo: String,
    cliente_id: Uuid,
    emisor_id: Uuid,
    moneda: String,
    vencimiento: Fecha,
    fecha: Fecha,
    total: i64,
    abierto: i64,
}

#[derive(FromQueryResult)]
struct FilaLinea {
    factura_id: Uuid,
    linea: i32,
    servicio_id: Option<Uuid>,
    clase: String,
    periodo_desde: Option<Fecha>,
    abierto: i64,
}

/// A page of open facturas; `None` if the cursor is not one of ours. Errors: `Storage`.
pub async fn page(c: &impl Consulta, cursor: &Cursor) -> Result<Option<Pagina<Abierta>>, DbError> {
    let mut valores: Vec<Value> = params![cursor.filas()];
    let mut tras = String::new();
    if let Some(texto) = cursor.cursor.as_deref() {
        let Some((dia, id)) = parsed(texto) else { return Ok(None) };
        valores.extend(params![dia, id]);
        tras = " AND (f.vencimiento, f.id) > ($2, $3)".to_owned();
    }
    let sql = format!(
        "SELECT f.id, f.serie, f.folio, f.tipo, f.cliente_id, f.emisor_id, f.moneda, \
         f.vencimiento, f.fecha, f.total, f.total - f.acreditado - f.aplicado AS abierto \
         FROM facturas f WHERE f.estado = 'emitida' \
         AND f.clase IN ('factura', 'recibo', 'nota_debito') \
         AND f.total > f.acreditado + f.aplicado{tras} ORDER BY f.vencimiento, f.id LIMIT $1"
    );
    let filas: Vec<Fila> = c.all(&sql, valores).await?;
    let pagina = Pagina::cut(filas, cursor, |f| format!("{}~{}", f.vencimiento, f.id));
    let mut lineas = lines(c, &pagina.datos).await?;
    let mut datos = Vec::with_capacity(pagina.datos.len());
    for f in pagina.datos {
        let suyas = lineas.remove(&f.id.uuid()).unwrap_or_default();
        datos.push(opened(f, suyas)?);
    }
    Ok(Some(Pagina { datos, siguiente: pagina.siguiente }))
}

fn parsed(cursor: &str) -> Option<(Fecha, Uuid)> {
    let (dia, id) = cursor.split_once('~')?;
    Some((within_calendar(Fecha::parse(dia).ok()?), id.parse().ok()?))
}

async fn lines(
    c: &impl Consulta,
    filas: &[Fila],
) -> Result<HashMap<Uuid, Vec<LineaAbierta>>, DbError> {
    let mut suyas: HashMap<Uuid, Vec<LineaAbierta>> = HashMap::new();
    if filas.is_empty() {
        return Ok(suyas);
    }
    let sql = format!(
        "SELECT l.factura_id, l.linea, l.servicio_id, l.clase, l.periodo_desde, \
         l.cobrable - l.rebajado - l.aplicado AS abierto FROM factura_lineas l \
         WHERE l.cobrable - l.rebajado - l.aplicado > 0 AND l.factura_id IN {} \
         ORDER BY l.factura_id, l.linea",
        placeholders(1, filas.len())
    );
    let valores = filas.iter().map(|f| Value::from(f.id)).collect();
    for l in c.all::<FilaLinea>(&sql, valores).await? {
        suyas.entry(l.factura_id).or_default().push(LineaAbierta {
            linea: l.linea,
            servicio_id: l.servicio_id,
            clase: l.clase,
            periodo_desde: l.periodo_desde,
            abierto: l.abierto,
        });
    }
    Ok(suyas)
}

fn opened(f: Fila, lineas: Vec<LineaAbierta>) -> Result<Abierta, DbError> {
    Ok(Abierta {
        factura_id: f.id,
        numero: format!("{}-{}", f.serie, f.folio),
        tipo: f.tipo,
        cliente_id: f.cliente_id,
        emisor_id: f.emisor_id,
        moneda: Moneda::parse(&f.moneda).ok_or(DbError::Corrupt("currency of a factura"))?,
        vencimiento: f.vencimiento,
        fecha: f.fecha,
        total: f.total,
        abierto: f.abierto,
        lineas,
    })
}
