//! Reading what is open and what is overdue. Locks nothing and decides nothing.

use std::collections::BTreeMap;

use ramal_base::{Fecha, Moneda};
use ramal_db::consulta::placeholders;
use ramal_db::{Consulta, DbError, FromQueryResult, Value, params};
use uuid::Uuid;

use super::{Abierta, LineaAbierta, Orden, Vencido};
use crate::{Error, FacturaId};

/// What an invoice must be to be owed; the same words as the partial index `facturas_abiertas`.
pub(crate) const ABIERTA: &str = "f.estado = 'emitida' \
    AND f.clase IN ('factura', 'recibo', 'nota_debito') AND f.total > f.acreditado + f.aplicado";

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
    linea: i32,
    servicio_id: Option<Uuid>,
    clase: String,
    periodo_desde: Option<Fecha>,
    abierto: i64,
}

/// The order of settling of the company. Errors: `Storage`.
pub(crate) async fn order(c: &impl Consulta) -> Result<Orden, Error> {
    let empresa = ramal_plataforma::empresa(c).await?;
    Ok(Orden::parse(&empresa.ajustes["orden_imputacion"]).unwrap_or_default())
}

async fn read(
    c: &impl Consulta,
    donde: &str,
    valores: Vec<Value>,
    orden: Orden,
) -> Result<Vec<Abierta>, Error> {
    let sql = format!(
        "SELECT f.id, f.serie, f.folio, f.tipo, f.cliente_id, f.emisor_id, f.moneda, \
         f.vencimiento, f.fecha, f.total, l.linea, l.servicio_id, l.clase, l.periodo_desde, \
         l.cobrable - l.rebajado - l.aplicado AS abierto \
         FROM facturas f JOIN factura_lineas l ON l.factura_id = f.id \
         WHERE {ABIERTA} AND l.cobrable - l.rebajado - l.aplicado > 0 AND {donde} \
         ORDER BY f.vencimiento, f.fecha, f.serie, f.folio, f.id, l.linea"
    );
    let filas: Vec<Fila> = c.all(&sql, valores).await?;
    let mut abiertas: Vec<Abierta> = Vec::new();
    for f in filas {
        let linea = LineaAbierta {
            linea: f.linea,
            servicio_id: f.servicio_id,
            clase: f.clase,
            periodo_desde: f.periodo_desde,
            abierto: f.abierto,
        };
        match abiertas.last_mut().filter(|a| a.factura_id == f.id) {
            Some(abierta) => {
                abierta.abierto += f.abierto;
                abierta.lineas.push(linea);
            }
            None => abiertas.push(Abierta {
                factura_id: f.id,
                numero: format!("{}-{}", f.serie, f.folio),
                tipo: f.tipo,
                cliente_id: f.cliente_id,
                emisor_id: f.emisor_id,
                moneda: currency(&f.moneda)?,
                vencimiento: f.vencimiento,
                fecha: f.fecha,
                total: f.total,
                abierto: f.abierto,
                lineas: vec![linea],
            }),
        }
    }
    for abierta in &mut abiertas {
        orden.sort(&mut abierta.lineas, abierta.fecha);
    }
    Ok(abiertas)
}

fn currency(texto: &str) -> Result<Moneda, DbError> {
    Moneda::parse(texto).ok_or(DbError::Corrupt("currency of a factura"))
}

/// Open invoices of a customer, in the order in which money settles them (Y2).
///
/// `moneda` none gives those of every currency. Errors: `Storage`.
pub async fn abiertas(
    c: &impl Consulta,
    cliente: Uuid,
    moneda: Option<Moneda>,
) -> Result<Vec<Abierta>, Error> {
    let orden = order(c).await?;
    let Some(moneda) = moneda else {
        return read(c, "f.cliente_id = $1", params![cliente], orden).await;
    };
    let valores = params![cliente, moneda.codigo()];
    read(c, "f.cliente_id = $1 AND f.moneda = $2", valores, orden).await
}

/// Open invoices of several customers, by customer, each in order of settling.
pub(crate) async fn abiertas_de(
    c: &impl Consulta,
    clientes: &[Uuid],
) -> Result<BTreeMap<Uuid, Vec<Abierta>>, Error> {
    let orden = order(c).await?;
    let mut por_cliente: BTreeMap<Uuid, Vec<Abierta>> = BTreeMap::new();
    for parte in clientes.chunks(400) {
        let donde = format!("f.cliente_id IN {}", placeholders(1, parte.len()));
        let valores = parte.iter().map(|i| Value::from(*i)).collect();
        for abierta in read(c, &donde, valores, orden).await? {
            por_cliente.entry(abierta.cliente_id).or_default().push(abierta);
        }
    }
    Ok(por_cliente)
}

/// An invoice with something open; none if it is settled, voided or not there.
pub async fn abierta(c: &impl Consulta, factura: Uuid) -> Result<Option<Abierta>, Error> {
    let orden = order(c).await?;
    Ok(read(c, "f.id = $1", params![factura], orden).await?.into_iter().next())
}

#[derive(FromQueryResult)]
struct FilaVencida {
    servicio_id: Option<Uuid>,
    factura_id: Uuid,
    vencimiento: Fecha,
    moneda: String,
    abierto: i64,
}

/// What a customer has overdue at the end of a day, by invoice and service, oldest due first.
///
/// Money counts from its value date: what was paid by `al` and posted later is not overdue. Errors:
/// `Storage`.
pub async fn vencidos(c: &impl Consulta, cliente: Uuid, al: Fecha) -> Result<Vec<Vencido>, Error> {
    const SQL: &str = "SELECT t.servicio_id, t.factura_id, t.vencimiento, t.moneda, \
        CAST(SUM(t.abierto) AS BIGINT) AS abierto FROM ( \
            SELECT l.servicio_id, f.id AS factura_id, f.vencimiento, f.fecha, f.moneda, \
                l.cobrable - l.rebajado - COALESCE((SELECT SUM(i.monto) FROM imputaciones i \
                    WHERE i.factura_id = f.id AND i.linea = l.linea \
                    AND i.fecha_valor <= $2), 0) AS abierto \
            FROM facturas f JOIN factura_lineas l ON l.factura_id = f.id \
            WHERE f.cliente_id = $1 AND f.vencimiento < $2 \
            AND f.clase IN ('factura', 'recibo', 'nota_debito') \
            AND (f.estado = 'emitida' OR f.estado = 'pagada' AND EXISTS (SELECT 1 \
                FROM imputaciones j WHERE j.factura_id = f.id AND j.fecha_valor > $2)) \
        ) t WHERE t.abierto > 0 \
        GROUP BY t.servicio_id, t.factura_id, t.vencimiento, t.fecha, t.moneda \
        ORDER BY t.vencimiento, t.fecha, t.factura_id";
    let filas: Vec<FilaVencida> = c.all(SQL, params![cliente, al]).await?;
    let vencido = |f: FilaVencida| {
        Ok(Vencido {
            servicio_id: f.servicio_id,
            factura_id: f.factura_id,
            vencimiento: f.vencimiento,
            abierto: f.abierto,
            moneda: currency(&f.moneda)?,
        })
    };
    filas.into_iter().map(vencido).collect()
}

/// Customers with something overdue on a day, in order of id after `cursor`, at most `limite`: the
/// nightly pass walks the customers, each with one look at the index of what is open.
pub async fn clientes_con_vencido(
    c: &impl Consulta,
    al: Fecha,
    cursor: Option<Uuid>,
    limite: i64,
) -> Result<Vec<Uuid>, Error> {
    let sql = format!(
        "SELECT c.id FROM clientes c WHERE c.id > $1 AND EXISTS (SELECT 1 FROM facturas f \
         WHERE f.cliente_id = c.id AND {ABIERTA} AND f.vencimiento < $2) ORDER BY c.id LIMIT $3"
    );
    let tras = cursor.unwrap_or(Uuid::nil());
    c.column(&sql, params![tras, al, limite]).await.map_err(Error::from)
}
