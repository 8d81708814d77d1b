//! SQL of the summaries: files, their lines, who waits for one.

use ramal_base::{Cx, Fecha, Id, Instante};
use ramal_db::{Bulk, Consulta, Cursor, DbError, FromQueryResult, Pagina, Tx, Value, params};
use uuid::Uuid;

use super::Pedido;
use crate::ComprobanteId;
use crate::storage::ComprobanteFila;

/// Most documents in one file.
pub(super) const MAXIMO: i64 = 500;

/// A file as it lies in its table, without its bytes.
#[derive(Clone, Debug, FromQueryResult)]
pub struct LoteFila {
    /// Identifier.
    pub id: Uuid,
    /// Who signs.
    pub emisor_id: Uuid,
    /// `RC` or `RA`.
    pub tipo: String,
    /// Day of the file.
    pub fecha: Fecha,
    /// Number of the day.
    pub numero: i64,
    /// Issue day of its documents.
    pub fecha_referencia: Fecha,
    /// Base file name.
    pub nombre: String,
    /// `en_cola`, `enviando`, `en_proceso`, `aceptado`, `rechazado`, `excepcion` or `incierto`.
    pub estado: String,
    /// Ticket, once given.
    pub ticket: Option<String>,
    /// Times it was sent.
    pub intentos: i32,
    /// Last code.
    pub codigo: Option<String>,
    /// Last message.
    pub mensaje: Option<String>,
    /// When it was made.
    pub creado: Instante,
}

const COLUMNAS: &str = "id, emisor_id, tipo, fecha, numero, fecha_referencia, nombre, estado, \
    ticket, intentos, codigo, mensaje, creado";

pub(super) async fn by_id(c: &impl Consulta, id: Uuid) -> Result<Option<LoteFila>, DbError> {
    let sql = format!("SELECT {COLUMNAS} FROM resumenes WHERE id = $1");
    c.opt(&sql, params![id]).await
}

pub(super) async fn lock(tx: &Tx, id: Uuid) -> Result<Option<LoteFila>, DbError> {
    let cierre = tx.motor().for_update();
    let sql = format!("SELECT {COLUMNAS} FROM resumenes WHERE id = $1{cierre}");
    tx.opt(&sql, params![id]).await
}

/// Files after an id, in order; for exports.
pub async fn list(c: &impl Consulta, desde: Uuid, n: i64) -> Result<Vec<LoteFila>, DbError> {
    let sql = format!("SELECT {COLUMNAS} FROM resumenes WHERE id > $1 ORDER BY id LIMIT $2");
    c.all(&sql, params![desde, n]).await
}

/// Filters of the list of files; what is absent does not filter.
#[derive(Clone, Debug, Default)]
pub struct FiltroLotes {
    /// `en_cola`, `enviando`, `en_proceso`, `aceptado`, `rechazado`, `excepcion` or `incierto`.
    pub estado: Option<String>,
    /// Who signs.
    pub emisor_id: Option<Uuid>,
}

impl FiltroLotes {
    /// Conditions and their values.
    fn write(&self, partes: &mut Vec<String>, valores: &mut Vec<Value>) {
        if let Some(estado) = &self.estado {
            valores.push(Value::from(estado.as_str()));
            partes.push(format!("estado = ${}", valores.len()));
        }
        if let Some(emisor) = self.emisor_id {
            valores.push(Value::from(emisor));
            partes.push(format!("emisor_id = ${}", valores.len()));
        }
    }
}

/// A page of files, newest first. An unreadable cursor begins at the newest.
pub async fn page(
    c: &impl Consulta,
    filtro: &FiltroLotes,
    cursor: &Cursor,
) -> Result<Pagina<LoteFila>, DbError> {
    let (mut partes, mut valores) = (Vec::new(), Vec::new());
    filtro.write(&mut partes, &mut valores);
    if let Some(id) = cursor.cursor.as_deref().and_then(|t| t.parse::<Uuid>().ok()) {
        valores.push(Value::from(id));
        partes.push(format!("id < ${}", valores.len()));
    }
    let donde = if partes.is_empty() { "1 = 1".to_owned() } else { partes.join(" AND ") };
    let n = cursor.filas();
    let sql = format!("SELECT {COLUMNAS} FROM resumenes WHERE {donde} ORDER BY id DESC LIMIT {n}");
    let filas = c.all::<LoteFila>(&sql, valores).await?;
    Ok(Pagina::cut(filas, cursor, |f| f.id.to_string()))
}

/// How many files a filter meets; 10,001 stands for more.
pub async fn count(c: &impl Consulta, filtro: &FiltroLotes) -> Result<i64, DbError> {
    let (mut partes, mut valores) = (vec!["1 = 1".to_owned()], Vec::new());
    filtro.write(&mut partes, &mut valores);
    let sql = format!(
        "SELECT COUNT(*) FROM (SELECT 1 AS uno FROM resumenes WHERE {} LIMIT 10001) t",
        partes.join(" AND ")
    );
    Ok(c.scalar(&sql, valores).await?.unwrap_or(0))
}

/// A file by its id.
pub async fn lote(c: &impl Consulta, id: Uuid) -> Result<Option<LoteFila>, DbError> {
    by_id(c, id).await
}

/// Files that inform or inform of the end of a document, oldest first.
pub async fn of_comprobante(
    c: &impl Consulta,
    id: ComprobanteId,
) -> Result<Vec<LoteFila>, DbError> {
    let sql = format!(
        "SELECT {COLUMNAS} FROM resumenes WHERE id IN \
         (SELECT resumen_id FROM resumen_lineas WHERE comprobante_id = $1) ORDER BY id"
    );
    c.all(&sql, params![id]).await
}

/// A document inside a file.
#[derive(Clone, Debug, FromQueryResult)]
pub struct MiembroFila {
    /// Document.
    pub id: Uuid,
    /// Printed number.
    pub numero: String,
    /// Kind.
    pub tipo: String,
    /// State of the document.
    pub estado: String,
    /// Currency.
    pub moneda: String,
    /// Total, minor units.
    pub total: i64,
    /// Why it is voided, if it is.
    pub motivo: Option<String>,
}

/// A page of the documents of a file, in their order.
pub async fn members(
    c: &impl Consulta,
    lote: Uuid,
    cursor: &Cursor,
) -> Result<Pagina<MiembroFila>, DbError> {
    const SQL: &str = "SELECT c.id, c.serie || '-' || CAST(c.folio AS TEXT) AS numero, c.tipo, \
        c.estado, c.moneda, c.total, l.motivo FROM resumen_lineas l \
        JOIN comprobantes c ON c.id = l.comprobante_id \
        WHERE l.resumen_id = $1 AND l.comprobante_id > $2 ORDER BY l.comprobante_id LIMIT $3";
    let desde = cursor.cursor.as_deref().and_then(|t| t.parse().ok()).unwrap_or(Uuid::nil());
    let filas = c.all::<MiembroFila>(SQL, params![lote, desde, cursor.filas()]).await?;
    Ok(Pagina::cut(filas, cursor, |f| f.id.to_string()))
}

#[derive(FromQueryResult)]
struct FilaBytes {
    xml: Vec<u8>,
    cdr: Option<Vec<u8>>,
}

/// Bytes sent and, once answered, the CDR zip.
pub(crate) async fn bytes(
    c: &impl Consulta,
    id: Uuid,
) -> Result<(Vec<u8>, Option<Vec<u8>>), DbError> {
    const SQL: &str = "SELECT xml, cdr FROM resumenes WHERE id = $1";
    let fila = c.opt::<FilaBytes>(SQL, params![id]).await?;
    let fila = fila.ok_or(DbError::Corrupt("a summary has no row"))?;
    Ok((fila.xml, fila.cdr))
}

/// CDR of the last accepted file that informed a document.
pub async fn cdr_of(c: &impl Consulta, id: ComprobanteId) -> Result<Option<Vec<u8>>, DbError> {
    const SQL: &str = "SELECT r.cdr FROM resumenes r \
        JOIN resumen_lineas l ON l.resumen_id = r.id \
        WHERE l.comprobante_id = $1 AND r.estado = 'aceptado' ORDER BY r.id DESC LIMIT 1";
    c.scalar(SQL, params![id]).await
}

/// Line of a file.
#[derive(Clone, FromQueryResult)]
pub(super) struct LineaFila {
    pub(super) comprobante_id: Uuid,
    pub(super) condicion: i32,
}

pub(super) async fn lines(c: &impl Consulta, id: Uuid) -> Result<Vec<LineaFila>, DbError> {
    const SQL: &str = "SELECT comprobante_id, condicion FROM resumen_lineas \
        WHERE resumen_id = $1 ORDER BY comprobante_id";
    c.all(SQL, params![id]).await
}

/// What a new file holds.
pub(super) struct NuevoLote {
    pub(super) emisor: Uuid,
    pub(super) pedido: Pedido,
    pub(super) fecha: Fecha,
    pub(super) numero: i64,
    pub(super) referencia: Fecha,
    pub(super) nombre: String,
    pub(super) xml: Vec<u8>,
    pub(super) miembros: Vec<(ComprobanteId, Option<String>)>,
}

pub(super) async fn insert(tx: &Tx, cx: &Cx, lote: NuevoLote) -> Result<Uuid, DbError> {
    let id: Id<LoteFila> = cx.new_id();
    const SQL: &str = "INSERT INTO resumenes (id, emisor_id, tipo, fecha, numero, \
        fecha_referencia, nombre, estado, intentos, xml, creado) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, 'en_cola', 0, $8, $9)";
    let tipo = lote.pedido.tipo().codigo();
    let (fecha, referencia) = (lote.fecha, lote.referencia);
    let valores = params![
        id,
        lote.emisor,
        tipo,
        fecha,
        lote.numero,
        referencia,
        lote.nombre,
        lote.xml,
        cx.now()
    ];
    tx.exec(SQL, valores).await?;
    let columnas = &["resumen_id", "comprobante_id", "condicion", "motivo"];
    let mut filas = Bulk::new("resumen_lineas", columnas);
    for (comprobante, motivo) in lote.miembros {
        let condicion = lote.pedido.condicion();
        filas.push([id.into(), comprobante.into(), condicion.into(), Value::from(motivo)]);
    }
    filas.insert(tx).await?;
    Ok(id.uuid())
}

/// A change of a file.
pub(super) struct CambioLote<'a> {
    pub(super) estado: &'a str,
    pub(super) codigo: Option<&'a str>,
    pub(super) mensaje: Option<&'a str>,
}

pub(super) async fn change(tx: &Tx, id: Uuid, c: &CambioLote<'_>) -> Result<(), DbError> {
    const SQL: &str = "UPDATE resumenes SET estado = $2, codigo = $3, mensaje = $4 WHERE id = $1";
    tx.exec(SQL, params![id, c.estado, c.codigo, c.mensaje]).await.map(|_| ())
}

/// Documents that wait for a file of that kind and day, oldest first, of one currency.
pub(super) async fn candidates(
    c: &impl Consulta,
    (emisor, referencia): (Uuid, Fecha),
    pedido: Pedido,
    todas_las_boletas: bool,
) -> Result<Vec<ComprobanteFila>, DbError> {
    let (estado, vivos, serie) = match pedido {
        Pedido::Alta => ("c.estado IN ('en_cola', 'enviando')", "", "LIKE"),
        Pedido::BajaResumen => ("c.estado = 'baja_pendiente'", ", 'incierto'", "LIKE"),
        Pedido::BajaComunicada => ("c.estado = 'baja_pendiente'", ", 'incierto'", "NOT LIKE"),
    };
    let alta = match (pedido, todas_las_boletas) {
        (Pedido::Alta, false) => " AND c.codigo = '1079'",
        _ => "",
    };
    let sql = format!(
        "SELECT {} FROM comprobantes c WHERE c.emisor_id = $1 AND c.fecha = $2 AND {estado} \
         AND c.tipo IN ('01', '03', '07', '08') AND c.serie {serie} 'B%'{alta} \
         AND (c.espera_de IS NULL OR EXISTS (SELECT 1 FROM comprobantes o \
             WHERE o.id = c.espera_de AND o.estado IN ('aceptado', 'aceptado_obs'))) \
         AND NOT EXISTS (SELECT 1 FROM resumen_lineas l JOIN resumenes r ON r.id = l.resumen_id \
             WHERE l.comprobante_id = c.id \
             AND r.estado IN ('en_cola', 'enviando', 'en_proceso'{vivos})) \
         ORDER BY c.id LIMIT {MAXIMO}",
        crate::storage::columns_of("c")
    );
    let filas: Vec<ComprobanteFila> = c.all(&sql, params![emisor, referencia]).await?;
    let moneda = filas.first().map(|f| f.moneda.clone()).unwrap_or_default();
    Ok(filas.into_iter().filter(|f| f.moneda == moneda).collect())
}

/// Days before `hoy` with something that waits for a file, with its kind.
pub(super) async fn days(
    c: &impl Consulta,
    emisor: Uuid,
    hoy: Fecha,
) -> Result<Vec<Fecha>, DbError> {
    const SQL: &str = "SELECT DISTINCT fecha FROM comprobantes WHERE emisor_id = $1 \
        AND fecha < $2 AND tipo IN ('01', '03', '07', '08') \
        AND estado IN ('en_cola', 'enviando', 'baja_pendiente') ORDER BY fecha";
    c.column(SQL, params![emisor, hoy]).await
}
