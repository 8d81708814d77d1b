//! SQL of the slice: documents, their bytes, their history. Nothing outside writes these tables.

use ramal_base::{Cx, Fecha, Instante};
use ramal_db::{Consulta, Cursor, DbError, FromQueryResult, Objetos, Pagina, Tx, Value, params};
use serde::Serialize;
use uuid::Uuid;

use crate::{ComprobanteId, Estado};

/// Document as it lies in its table.
#[derive(Clone, Debug, FromQueryResult, Serialize)]
pub struct ComprobanteFila {
    /// Identifier.
    pub id: ComprobanteId,
    /// Who signs.
    pub emisor_id: Uuid,
    /// Customer, if any.
    pub cliente_id: Option<Uuid>,
    /// Kind, code of the authority.
    pub tipo: String,
    /// Serie.
    pub serie: String,
    /// Folio.
    pub folio: i64,
    /// What it makes legal.
    pub origen_tipo: String,
    /// Which one.
    pub origen_id: Uuid,
    /// Legal day of issue.
    pub fecha: Fecha,
    /// Instant of issue.
    pub emitido: Instante,
    /// Currency.
    pub moneda: String,
    /// Total, minor units.
    pub total: i64,
    /// State.
    pub estado: String,
    /// Times it was handed to the authority.
    pub intentos: i32,
    /// Last code of the authority.
    pub codigo: Option<String>,
    /// Last message of the authority, with the way out.
    pub mensaje: Option<String>,
    /// Fiscal UUID (MX).
    pub uuid_fiscal: Option<String>,
    /// When it was accepted.
    pub aceptado: Option<Instante>,
    /// SHA-256 of the frozen bytes.
    pub huella: String,
    /// Sello or DigestValue.
    pub digest: String,
    /// Document that must be accepted first.
    pub espera_de: Option<Uuid>,
    /// Registered, but the acknowledgement is still missing (PE).
    pub cdr_pendiente: bool,
    /// JSON of the cancellation under way or done.
    pub cancelacion: Option<String>,
    /// Grows by one with every change.
    pub version: i64,
    /// Name of the receiver, as the document has it; unknown for the oldest ones.
    pub receptor: Option<String>,
    /// Its RFC, RUC or other number.
    pub receptor_numero: Option<String>,
}

impl ComprobanteFila {
    /// State as a value. Errors: `Corrupt` if the text is not a state.
    pub fn estado(&self) -> Result<Estado, DbError> {
        Estado::parse(&self.estado).ok_or(DbError::Corrupt("state of a comprobante"))
    }

    /// Printed number.
    pub fn numero(&self) -> String {
        format!("{}-{}", self.serie, self.folio)
    }
}

/// Columns of a document, in the order that every query here lists them.
pub(crate) const COLUMNAS: &str = "id, emisor_id, cliente_id, tipo, serie, folio, origen_tipo, \
    origen_id, fecha, emitido, moneda, total, estado, intentos, codigo, mensaje, uuid_fiscal, \
    aceptado, huella, digest, espera_de, cdr_pendiente, cancelacion, version, receptor, \
    receptor_numero";

/// The columns with the alias of a join before each.
pub(crate) fn columns_of(alias: &str) -> String {
    let una = |c: &str| format!("{alias}.{}", c.trim());
    COLUMNAS.split(',').map(una).collect::<Vec<_>>().join(", ")
}

/// One document.
pub async fn by_id(
    c: &impl Consulta,
    id: ComprobanteId,
) -> Result<Option<ComprobanteFila>, DbError> {
    let sql = format!("SELECT {COLUMNAS} FROM comprobantes WHERE id = $1");
    c.opt(&sql, params![id]).await
}

/// One document, its row locked until the end of the transaction.
pub async fn lock(tx: &Tx, id: ComprobanteId) -> Result<Option<ComprobanteFila>, DbError> {
    let cierre = tx.motor().for_update();
    let sql = format!("SELECT {COLUMNAS} FROM comprobantes WHERE id = $1{cierre}");
    tx.opt(&sql, params![id]).await
}

/// Filters of the list of documents.
#[derive(Clone, Debug, Default)]
pub struct FiltroComprobantes {
    /// States, any of them; empty = all.
    pub estados: Vec<Estado>,
    /// Emisor.
    pub emisor_id: Option<Uuid>,
    /// Customer.
    pub cliente_id: Option<Uuid>,
}

/// A page of documents, oldest first.
pub async fn list(
    c: &impl Consulta,
    filtro: &FiltroComprobantes,
    cursor: &Cursor,
) -> Result<Pagina<ComprobanteFila>, DbError> {
    let mut donde = vec!["1 = 1".to_owned()];
    let mut valores: Vec<Value> = Vec::new();
    let mut bind = |valor: Value| {
        valores.push(valor);
        format!("${}", valores.len())
    };
    if !filtro.estados.is_empty() {
        let lista: Vec<_> = filtro.estados.iter().map(|e| bind(e.as_str().into())).collect();
        donde.push(format!("estado IN ({})", lista.join(", ")));
    }
    if let Some(emisor) = filtro.emisor_id {
        donde.push(format!("emisor_id = {}", bind(emisor.into())));
    }
    if let Some(cliente) = filtro.cliente_id {
        donde.push(format!("cliente_id = {}", bind(cliente.into())));
    }
    if let Some(id) = cursor.cursor.as_deref().and_then(|t| t.parse::<Uuid>().ok()) {
        donde.push(format!("id > {}", bind(id.into())));
    }
    let sql = format!(
        "SELECT {COLUMNAS} FROM comprobantes WHERE {} ORDER BY id LIMIT {}",
        donde.join(" AND "),
        cursor.filas()
    );
    let filas = c.all::<ComprobanteFila>(&sql, valores).await?;
    Ok(Pagina::cut(filas, cursor, |f| f.id.to_string()))
}

/// A change of state with what the authority said.
#[derive(Clone, Debug)]
pub struct Cambio<'a> {
    /// New state.
    pub estado: Estado,
    /// Code of the authority.
    pub codigo: Option<&'a str>,
    /// Message, with the way out.
    pub mensaje: Option<&'a str>,
    /// Attempt in which it happened.
    pub intento: i32,
}

/// Writes a change of state and its line in the document's history.
pub async fn change(
    tx: &Tx,
    cx: &Cx,
    id: ComprobanteId,
    cambio: &Cambio<'_>,
) -> Result<(), DbError> {
    const SQL: &str = "UPDATE comprobantes SET estado = $2, codigo = $3, mensaje = $4, \
        intentos = $5, version = version + 1 WHERE id = $1";
    let estado = cambio.estado.as_str();
    let valores = params![id, estado, cambio.codigo, cambio.mensaje, cambio.intento];
    tx.exec(SQL, valores).await?;
    const SQL_EVENTO: &str = "INSERT INTO comprobante_eventos \
        (id, comprobante_id, instante, estado, codigo, mensaje, intento) \
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let evento = cx.new_id::<Cambio<'static>>();
    let valores =
        params![evento, id, cx.now(), estado, cambio.codigo, cambio.mensaje, cambio.intento];
    tx.exec(SQL_EVENTO, valores).await.map(|_| ())
}

/// Line of a document's history.
#[derive(Clone, Debug, FromQueryResult, Serialize)]
pub struct EventoFila {
    /// When.
    pub instante: Instante,
    /// State reached.
    pub estado: String,
    /// Code of the authority.
    pub codigo: Option<String>,
    /// Message.
    pub mensaje: Option<String>,
    /// Attempt.
    pub intento: i32,
}

/// History of a document, oldest first.
pub async fn historia(c: &impl Consulta, id: ComprobanteId) -> Result<Vec<EventoFila>, DbError> {
    const SQL: &str = "SELECT instante, estado, codigo, mensaje, intento \
        FROM comprobante_eventos WHERE comprobante_id = $1 ORDER BY id";
    c.all(SQL, params![id]).await
}

/// Class of stored bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clase {
    /// Signed and frozen.
    Xml,
    /// Stamped by the PAC (MX).
    Timbrado,
    /// Zip with the CDR (PE).
    Cdr,
    /// Signed request of cancellation, frozen (MX).
    Solicitud,
    /// Sealed bytes that a rebuilt document had before (MX, code 401).
    Anterior,
    /// Acknowledgement of a cancellation.
    Acuse,
    /// Printed form.
    Pdf,
}

impl Clase {
    const TODAS: [Clase; 7] = [
        Clase::Xml,
        Clase::Timbrado,
        Clase::Cdr,
        Clase::Solicitud,
        Clase::Anterior,
        Clase::Acuse,
        Clase::Pdf,
    ];

    /// Reads the stored text.
    pub fn parse(texto: &str) -> Option<Clase> {
        Clase::TODAS.into_iter().find(|c| c.as_str() == texto)
    }

    /// Stored text.
    pub fn as_str(self) -> &'static str {
        match self {
            Clase::Xml => "xml",
            Clase::Timbrado => "timbrado",
            Clase::Cdr => "cdr",
            Clase::Solicitud => "solicitud",
            Clase::Anterior => "anterior",
            Clase::Acuse => "acuse",
            Clase::Pdf => "pdf",
        }
    }
}

/// Keeps bytes of a document in its row; a second time changes nothing.
pub async fn put_bytes(
    tx: &Tx,
    cx: &Cx,
    id: ComprobanteId,
    clase: Clase,
    bytes: Vec<u8>,
) -> Result<(), DbError> {
    put_named(tx, cx, (id, clase.as_str()), bytes).await
}

/// Keeps bytes under a class of their own, e.g. a printed form of one paper and state.
pub(crate) async fn put_named(
    tx: &Tx,
    cx: &Cx,
    (id, clase): (ComprobanteId, &str),
    bytes: Vec<u8>,
) -> Result<(), DbError> {
    const SQL: &str = "INSERT INTO documentos \
        (comprobante_id, clase, huella, peso_bytes, contenido, creado) \
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
    let huella = hex::encode(ramal_xml::sha256(&bytes));
    let peso = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
    tx.exec(SQL, params![id, clase, huella, peso, bytes, cx.now()]).await.map(|_| ())
}

/// Whether bytes of a class are kept.
pub async fn has_bytes(
    c: &impl Consulta,
    id: ComprobanteId,
    clase: Clase,
) -> Result<bool, DbError> {
    const SQL: &str = "SELECT 1 FROM documentos WHERE comprobante_id = $1 AND clase = $2";
    Ok(c.scalar::<i32>(SQL, params![id, clase.as_str()]).await?.is_some())
}

#[derive(FromQueryResult)]
struct FilaDocumento {
    huella: String,
    ruta: Option<String>,
    contenido: Option<Vec<u8>>,
}

/// Reads bytes of a document from its row or from object storage, checked against their hash.
///
/// Errors: `Corrupt` if the bytes are not those that were kept.
pub async fn bytes(
    c: &impl Consulta,
    objetos: &Objetos,
    id: ComprobanteId,
    clase: Clase,
) -> Result<Option<Vec<u8>>, DbError> {
    bytes_named(c, objetos, id, clase.as_str()).await
}

/// Reads bytes kept under a class of their own. Errors: as [`bytes`].
pub(crate) async fn bytes_named(
    c: &impl Consulta,
    objetos: &Objetos,
    id: ComprobanteId,
    clase: &str,
) -> Result<Option<Vec<u8>>, DbError> {
    const SQL: &str = "SELECT huella, ruta, contenido FROM documentos \
        WHERE comprobante_id = $1 AND clase = $2";
    let Some(fila) = c.opt::<FilaDocumento>(SQL, params![id, clase]).await? else {
        return Ok(None);
    };
    match (fila.contenido, fila.ruta) {
        (Some(bytes), _) if hex::encode(ramal_xml::sha256(&bytes)) == fila.huella => {
            Ok(Some(bytes))
        }
        (Some(_), _) => Err(DbError::Corrupt("a stored document does not match its hash")),
        (None, Some(ruta)) => objetos.get(&ruta, &fila.huella).await.map(Some),
        (None, None) => Err(DbError::Corrupt("a stored document has no bytes")),
    }
}

/// Marks a document as accepted; false if it was already (a second stamp changes nothing).
pub async fn accept(
    tx: &Tx,
    id: ComprobanteId,
    uuid_fiscal: Option<&str>,
    instante: Instante,
) -> Result<bool, DbError> {
    const SQL: &str = "UPDATE comprobantes SET uuid_fiscal = $2, aceptado = $3 \
        WHERE id = $1 AND aceptado IS NULL";
    Ok(tx.exec(SQL, params![id, uuid_fiscal, instante]).await? == 1)
}

/// Fiscal UUIDs of these documents; those without a stamp are absent.
pub async fn uuids(
    c: &impl Consulta,
    ids: &[Uuid],
) -> Result<std::collections::HashMap<Uuid, String>, DbError> {
    #[derive(FromQueryResult)]
    struct Fila {
        id: Uuid,
        uuid_fiscal: String,
    }
    if ids.is_empty() {
        return Ok(std::collections::HashMap::new());
    }
    let sql = format!(
        "SELECT id, uuid_fiscal FROM comprobantes WHERE uuid_fiscal IS NOT NULL AND id IN {}",
        ramal_db::consulta::placeholders(1, ids.len())
    );
    let filas: Vec<Fila> = c.all(&sql, ids.iter().map(|i| Value::from(*i)).collect()).await?;
    Ok(filas.into_iter().map(|f| (f.id, f.uuid_fiscal)).collect())
}

/// Counts by state: `(estado, cuantos)`.
pub async fn conteos(c: &impl Consulta) -> Result<Vec<(String, i64)>, DbError> {
    #[derive(FromQueryResult)]
    struct Fila {
        estado: String,
        n: i64,
    }
    const SQL: &str = "SELECT estado, COUNT(*) AS n FROM comprobantes GROUP BY estado";
    let filas = c.all::<Fila>(SQL, vec![]).await?;
    Ok(filas.into_iter().map(|f| (f.estado, f.n)).collect())
}
