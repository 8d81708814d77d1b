//! What customers have open, as of a day by value date, for a page of them at once; their services
//! with the zone of each. Reads billing and contracts; writes nothing.

use std::collections::HashMap;

use ramal_base::{Fecha, Moneda};
use ramal_db::{Consulta, DbError, FromQueryResult, Value, params};
use uuid::Uuid;

use super::ids_in;

/// Open part of an invoice of a service, by value date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Abierto {
    /// Whose.
    pub cliente_id: Uuid,
    /// The invoice.
    pub factura_id: Uuid,
    /// Printed number.
    pub numero: String,
    /// Day of issue.
    pub fecha: Fecha,
    /// Due day.
    pub vencimiento: Fecha,
    /// Currency.
    pub moneda: Moneda,
    /// Total of the invoice, minor units.
    pub total: i64,
    /// Service that the lines charge; none for what charges no service.
    pub servicio_id: Option<Uuid>,
    /// Whether they are fees (late, reconnection, interest).
    pub is_cargo: bool,
    /// Open, minor units, above zero.
    pub abierto: i64,
}

#[derive(FromQueryResult)]
struct FilaAbierto {
    cliente_id: Uuid,
    factura_id: Uuid,
    serie: String,
    folio: i64,
    fecha: Fecha,
    vencimiento: Fecha,
    moneda: String,
    total: i64,
    servicio_id: Option<Uuid>,
    clase: String,
    abierto: i64,
}

/// Documents that are owed.
const CLASES: &str = "f.clase IN ('factura', 'recibo', 'nota_debito')";

/// Open as it is written now.
const HOY: &str = "l.cobrable - l.rebajado - l.aplicado";

/// Open counting only the money of a value date up to `$1`.
const AL_DIA: &str = "l.cobrable - l.rebajado - l.aplicado + COALESCE((SELECT SUM(i.monto) \
    FROM imputaciones i WHERE i.factura_id = f.id AND i.linea = l.linea \
    AND i.fecha_valor > $1), 0)";

/// What these customers have open at the end of `al`, counting only money of a value date up to it,
/// oldest due first inside a customer. Errors: `Storage`.
pub async fn abiertos(
    c: &impl Consulta,
    clientes: &[Uuid],
    al: Fecha,
) -> Result<Vec<Abierto>, DbError> {
    const POSTERIOR: &str = "f.estado IN ('emitida', 'pagada') AND EXISTS (SELECT 1 \
        FROM imputaciones j WHERE j.factura_id = f.id AND j.fecha_valor > $1)";
    let debe = "f.estado = 'emitida' AND f.total > f.acreditado + f.aplicado";
    if clientes.is_empty() {
        return Ok(Vec::new());
    }
    let ahora = read(c, (HOY, debe), clientes, al).await?;
    let despues = read(c, (AL_DIA, POSTERIOR), clientes, al).await?;
    if despues.is_empty() {
        return Ok(ahora);
    }
    // An invoice with money of a later value date is told by the second reading alone.
    let mut todos: Vec<Abierto> = ahora;
    todos.retain(|a| !despues.iter().any(|d| d.factura_id == a.factura_id));
    todos.extend(despues);
    todos.sort_by_key(|a| (a.cliente_id, a.vencimiento, a.fecha, a.factura_id));
    Ok(todos)
}

async fn read(
    c: &impl Consulta,
    (abierto, donde): (&str, &str),
    clientes: &[Uuid],
    al: Fecha,
) -> Result<Vec<Abierto>, DbError> {
    let (lista, ids) = ids_in(2, clientes);
    let sql = format!(
        "SELECT f.cliente_id, f.id AS factura_id, f.serie, f.folio, f.fecha, f.vencimiento, \
         f.moneda, f.total, l.servicio_id, l.clase, CAST({abierto} AS BIGINT) AS abierto \
         FROM facturas f JOIN factura_lineas l ON l.factura_id = f.id \
         WHERE {CLASES} AND {donde} AND f.fecha <= $1 AND f.cliente_id IN {lista} \
         ORDER BY f.cliente_id, f.vencimiento, f.fecha, f.id, l.linea"
    );
    let mut valores = params![al];
    valores.extend(ids);
    let filas: Vec<FilaAbierto> = c.all(&sql, valores).await?;
    gathered(filas)
}

/// One entry per invoice, service and kind; lines with nothing open are left out.
fn gathered(filas: Vec<FilaAbierto>) -> Result<Vec<Abierto>, DbError> {
    let mut todos: Vec<Abierto> = Vec::new();
    for f in filas.into_iter().filter(|f| f.abierto > 0) {
        let is_cargo = matches!(f.clase.as_str(), "recargo" | "reconexion" | "interes");
        let mismo = todos
            .iter_mut()
            .rev()
            .take_while(|a| a.factura_id == f.factura_id)
            .find(|a| a.servicio_id == f.servicio_id && a.is_cargo == is_cargo);
        if let Some(mismo) = mismo {
            mismo.abierto += f.abierto;
            continue;
        }
        todos.push(Abierto {
            cliente_id: f.cliente_id,
            factura_id: f.factura_id,
            numero: format!("{}-{}", f.serie, f.folio),
            fecha: f.fecha,
            vencimiento: f.vencimiento,
            moneda: currency(&f.moneda)?,
            total: f.total,
            servicio_id: f.servicio_id,
            is_cargo,
            abierto: f.abierto,
        });
    }
    Ok(todos)
}

pub(crate) fn currency(texto: &str) -> Result<Moneda, DbError> {
    Moneda::parse(texto).ok_or(DbError::Corrupt("currency"))
}

/// What stays open of an invoice counting only money of a value date up to `al`, minor units; 0 if
/// it is settled, voided or not there.
pub async fn abierto_al(c: &impl Consulta, factura: Uuid, al: Fecha) -> Result<i64, DbError> {
    const SQL: &str = "SELECT CAST(f.total - f.acreditado - COALESCE((SELECT SUM(i.monto) \
        FROM imputaciones i WHERE i.factura_id = f.id AND i.fecha_valor <= $2), 0) AS BIGINT) \
        FROM facturas f WHERE f.id = $1 AND f.estado IN ('emitida', 'pagada')";
    let abierto: Option<i64> = c.scalar(SQL, params![factura, al]).await?;
    Ok(abierto.unwrap_or(0).max(0))
}

/// A service as collections see it.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct ServicioVisto {
    /// The service.
    pub id: Uuid,
    /// Printed number.
    pub numero: i64,
    /// Whose it is.
    pub cliente_id: Uuid,
    /// What the customer reads.
    pub descripcion: String,
    /// State of the contract: see `EstadoServicio`.
    pub estado: String,
    /// First day of service.
    pub inicio: Fecha,
    /// Currency.
    pub moneda: String,
    /// Zone of its address, if somebody said where.
    pub zona_id: Option<Uuid>,
}

/// Services of these customers with the zone of each, oldest first inside a customer.
pub async fn servicios(
    c: &impl Consulta,
    clientes: &[Uuid],
) -> Result<Vec<ServicioVisto>, DbError> {
    if clientes.is_empty() {
        return Ok(Vec::new());
    }
    let (lista, ids) = ids_in(1, clientes);
    let sql = format!(
        "SELECT s.id, s.numero, s.cliente_id, s.descripcion, s.estado, s.inicio, s.moneda, \
         d.zona_id FROM servicios s LEFT JOIN contratos k ON k.id = s.contrato_id \
         LEFT JOIN domicilios d ON d.id = k.domicilio_id \
         WHERE s.cliente_id IN {lista} ORDER BY s.cliente_id, s.numero"
    );
    c.all(&sql, ids).await
}

/// Which of these services are held by a pause of the customer on a day, whatever their row says.
pub async fn en_pausa(
    c: &impl Consulta,
    servicios: &[Uuid],
    dia: Fecha,
) -> Result<Vec<Uuid>, DbError> {
    if servicios.is_empty() {
        return Ok(Vec::new());
    }
    let (lista, ids) = ids_in(2, servicios);
    let sql = format!(
        "SELECT h.servicio_id FROM servicio_hechos h WHERE h.desde <= $1 \
         AND h.clase IN ('pausa', 'fin_pausa') AND h.servicio_id IN {lista} \
         ORDER BY h.servicio_id"
    );
    let mut valores = params![dia];
    valores.extend(ids);
    let mut tocados: Vec<Uuid> = c.column(&sql, valores).await?;
    tocados.dedup();
    let ids: Vec<_> = tocados.iter().map(|id| ramal_base::Id::from_uuid(*id)).collect();
    let hechos = ramal_contratos::storage::hechos(c, &ids).await?;
    let pausado = |id: &Uuid| {
        let suyos = hechos.iter().filter(|(s, _)| s.uuid() == *id).map(|(_, e)| e.clone());
        let suyos: Vec<_> = suyos.collect();
        ramal_contratos::maquina::is_pausado(&suyos, dia)
    };
    Ok(tocados.into_iter().filter(pausado).collect())
}

/// Kind of document of each customer: the segment of its policy.
pub async fn segmentos(
    c: &impl Consulta,
    clientes: &[Uuid],
) -> Result<HashMap<Uuid, String>, DbError> {
    #[derive(FromQueryResult)]
    struct Fila {
        id: Uuid,
        tipo_documento: String,
    }
    if clientes.is_empty() {
        return Ok(HashMap::new());
    }
    let (lista, ids) = ids_in(1, clientes);
    let sql = format!("SELECT id, tipo_documento FROM clientes WHERE id IN {lista}");
    let filas: Vec<Fila> = c.all(&sql, ids).await?;
    Ok(filas.into_iter().map(|f| (f.id, f.tipo_documento)).collect())
}

/// Customers that the pass of a day has to look at, by id after `cursor`: those who owe something
/// that falls due before `antes_de`, and those with something of collections still open.
pub async fn por_mirar(
    c: &impl Consulta,
    antes_de: Fecha,
    cursor: Option<Uuid>,
    limite: i64,
) -> Result<Vec<Uuid>, DbError> {
    const PROPIOS: &str = "SELECT cliente_id FROM (\
        SELECT cliente_id FROM promesas WHERE estado = 'vigente' AND cliente_id > $1 \
        UNION SELECT cliente_id FROM episodios WHERE hasta IS NULL AND cliente_id > $2 \
        UNION SELECT cliente_id FROM morosos WHERE cliente_id > $3 \
        UNION SELECT cliente_id FROM cobranza_recargos WHERE estado = 'retenido' \
        AND cliente_id > $4) t ORDER BY cliente_id LIMIT $5";
    const DEBEN: &str = "SELECT DISTINCT f.cliente_id FROM facturas f \
        WHERE f.estado = 'emitida' AND f.clase IN ('factura', 'recibo', 'nota_debito') \
        AND f.total > f.acreditado + f.aplicado AND f.vencimiento < $1 AND f.cliente_id > $2 \
        ORDER BY f.cliente_id LIMIT $3";
    let tras = cursor.unwrap_or(Uuid::nil());
    let mut ids: Vec<Uuid> = c.column(DEBEN, params![antes_de, tras, limite]).await?;
    let propios: Vec<Uuid> = c.column(PROPIOS, params![tras, tras, tras, tras, limite]).await?;
    ids.extend(propios);
    ids.sort_unstable();
    ids.dedup();
    ids.truncate(usize::try_from(limite).unwrap_or(usize::MAX));
    Ok(ids)
}

/// Services in service today, for the share of a list.
pub async fn activos(c: &impl Consulta) -> Result<u32, DbError> {
    const SQL: &str = "SELECT COUNT(*) FROM servicios WHERE estado = 'activo'";
    let n: Option<i64> = c.scalar(SQL, vec![]).await?;
    Ok(u32::try_from(n.unwrap_or(0)).unwrap_or(u32::MAX))
}

/// Name, code and e-mail to show a customer by.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Nombre {
    /// The customer.
    pub id: Uuid,
    /// Printed number.
    pub numero: i64,
    /// Legal name.
    pub razon_social: String,
}

/// Names of these customers.
pub async fn nombres(
    c: &impl Consulta,
    clientes: &[Uuid],
) -> Result<HashMap<Uuid, Nombre>, DbError> {
    if clientes.is_empty() {
        return Ok(HashMap::new());
    }
    let (lista, ids): (String, Vec<Value>) = ids_in(1, clientes);
    let sql = format!("SELECT id, numero, razon_social FROM clientes WHERE id IN {lista}");
    let filas: Vec<Nombre> = c.all(&sql, ids).await?;
    Ok(filas.into_iter().map(|f| (f.id, f)).collect())
}

/// Due day of an invoice.
pub async fn vencimiento(c: &impl Consulta, factura: Uuid) -> Result<Option<Fecha>, DbError> {
    c.scalar("SELECT vencimiento FROM facturas WHERE id = $1", params![factura]).await
}

/// Customers with these printed numbers.
pub async fn ids_by_numero(c: &impl Consulta, numeros: &[i64]) -> Result<Vec<Uuid>, DbError> {
    if numeros.is_empty() {
        return Ok(Vec::new());
    }
    let lista = ramal_db::consulta::placeholders(1, numeros.len());
    let sql = format!("SELECT id FROM clientes WHERE numero IN {lista}");
    c.column(&sql, numeros.iter().map(|n| Value::from(*n)).collect()).await
}
