//! Table of envios and of their steps. It decides no state; the frozen bytes are read apart, so
//! that lists stay light.

use ramal_base::{Fecha, Instante};
use ramal_db::{Bulk, Consulta, DbError, FromQueryResult, Tx, Value, params};
use uuid::Uuid;

use crate::plantilla::pintado::Pintado;
use crate::{Canal, Clase, EnvioId, EstadoEnvio, NotificacionId};

/// An envio as it lies in the table, without its bytes.
#[derive(Clone, FromQueryResult)]
pub struct EnvioFila {
    /// Identifier; the reference that the provider echoes.
    pub id: EnvioId,
    /// Notification that it carries.
    pub notificacion_id: NotificacionId,
    /// Place among the envios of the notification, from 1.
    pub orden: i32,
    /// Channel.
    pub canal: String,
    /// Kind.
    pub clase: String,
    /// Cliente.
    pub cliente_id: Option<Uuid>,
    /// Name of the addressee.
    pub nombre: String,
    /// Address.
    pub direccion: String,
    /// State.
    pub estado: String,
    /// Code of the last refusal, or why it was suppressed.
    pub codigo: Option<String>,
    /// What the provider said.
    pub mensaje: Option<String>,
    /// Line (WhatsApp).
    pub linea_id: Option<Uuid>,
    /// Identifier of the provider (WhatsApp).
    pub wamid: Option<String>,
    /// Identifier of the letter (e-mail).
    pub message_id: Option<String>,
    /// `plantilla` or `texto`: how it left (WhatsApp).
    pub forma: Option<String>,
    /// Version of the template.
    pub plantilla_version: i64,
    /// What the addressee reads, JSON; what is sealed, masked.
    pub visto: String,
    /// The frozen bytes are sealed.
    pub sellada: bool,
    /// Identifier of the uploaded file (WhatsApp).
    pub medio: Option<String>,
    /// Envio that failed and that this one makes good.
    pub respaldo_de: Option<EnvioId>,
    /// Only as template.
    pub solo_plantilla: bool,
    /// Calls made.
    pub intentos: i32,
    /// Its turn in the pace of the line.
    pub turno: Option<Instante>,
    /// What it waits for.
    pub espera: Option<String>,
    /// Day on which it was made, in the zone of the addressee.
    pub dia: Fecha,
    /// When it was made.
    pub creado: Instante,
    /// When it was called for.
    pub saliendo: Option<Instante>,
    /// When the provider took it.
    pub aceptado: Option<Instante>,
    /// When the provider sent it on.
    pub enviado: Option<Instante>,
    /// When it arrived.
    pub entregado: Option<Instante>,
    /// When it was read.
    pub leido: Option<Instante>,
    /// When it failed.
    pub fallido: Option<Instante>,
}

pub(crate) const COLUMNAS: &str = "id, notificacion_id, orden, canal, clase, cliente_id, nombre, \
    direccion, estado, codigo, mensaje, linea_id, wamid, message_id, forma, plantilla_version, \
    visto, sellada, medio, respaldo_de, solo_plantilla, intentos, turno, espera, dia, creado, \
    saliendo, aceptado, enviado, entregado, leido, fallido";

const CORRUPTO: DbError = DbError::Corrupt("an envio is not what was written");

impl EnvioFila {
    /// Its channel. Errors: `Corrupt`.
    pub fn canal(&self) -> Result<Canal, DbError> {
        Canal::parse(&self.canal).ok_or(CORRUPTO)
    }

    /// Its kind. Errors: `Corrupt`.
    pub fn clase(&self) -> Result<Clase, DbError> {
        Clase::parse(&self.clase).ok_or(CORRUPTO)
    }

    /// Its state. Errors: `Corrupt`.
    pub fn estado(&self) -> Result<EstadoEnvio, DbError> {
        EstadoEnvio::parse(&self.estado).ok_or(CORRUPTO)
    }

    /// What the addressee reads. Errors: `Corrupt`.
    pub fn visto(&self) -> Result<Pintado, DbError> {
        serde_json::from_str(&self.visto).map_err(|_| CORRUPTO)
    }
}

/// What is written when an envio is made.
pub struct NuevoEnvio {
    /// Identifier.
    pub id: EnvioId,
    /// Notification.
    pub notificacion_id: NotificacionId,
    /// Place.
    pub orden: i32,
    /// Channel.
    pub canal: Canal,
    /// Kind.
    pub clase: Clase,
    /// Cliente.
    pub cliente_id: Option<Uuid>,
    /// Name.
    pub nombre: String,
    /// Address.
    pub direccion: String,
    /// State in which it begins.
    pub estado: EstadoEnvio,
    /// Code, if it begins refused.
    pub codigo: Option<String>,
    /// Line.
    pub linea_id: Option<Uuid>,
    /// Identifier of the letter.
    pub message_id: Option<String>,
    /// Version of the template.
    pub plantilla_version: i64,
    /// What is read, masked.
    pub visto: Pintado,
    /// Frozen bytes, if they are small.
    pub carga: Option<Vec<u8>>,
    /// Where the frozen bytes lie, and their SHA-256, if they are big.
    pub objeto: Option<(String, String)>,
    /// Envio whose bytes they are, if this one repeats it.
    pub carga_de: Option<EnvioId>,
    /// Whether they are sealed.
    pub sellada: bool,
    /// Envio that this one makes good.
    pub respaldo_de: Option<EnvioId>,
    /// Only as template.
    pub solo_plantilla: bool,
    /// Day.
    pub dia: Fecha,
    /// When.
    pub creado: Instante,
}

const NUEVAS: &[&str] = &[
    "id",
    "notificacion_id",
    "orden",
    "canal",
    "clase",
    "cliente_id",
    "nombre",
    "direccion",
    "estado",
    "codigo",
    "linea_id",
    "message_id",
    "plantilla_version",
    "visto",
    "carga",
    "carga_objeto",
    "carga_huella",
    "carga_de",
    "sellada",
    "respaldo_de",
    "solo_plantilla",
    "intentos",
    "dia",
    "creado",
    "entregado",
    "fallido",
];

/// Writes an envio; `false` if its place in the notification is taken, which means that another
/// worker made it.
pub async fn insert(tx: &Tx, n: NuevoEnvio) -> Result<bool, DbError> {
    let visto = serde_json::to_string(&n.visto).map_err(|_| CORRUPTO)?;
    let llegado = (n.estado == EstadoEnvio::Entregado).then_some(n.creado);
    let fallido = (n.estado == EstadoEnvio::Fallido).then_some(n.creado);
    let (objeto, huella) = n.objeto.unzip();
    let mut lote = Bulk::new("envios", NUEVAS);
    lote.push([
        Value::from(n.id),
        Value::from(n.notificacion_id),
        Value::from(n.orden),
        Value::from(n.canal.as_str()),
        Value::from(n.clase.as_str()),
        Value::from(n.cliente_id),
        Value::from(n.nombre),
        Value::from(n.direccion),
        Value::from(n.estado.as_str()),
        Value::from(n.codigo),
        Value::from(n.linea_id),
        Value::from(n.message_id),
        Value::from(n.plantilla_version),
        Value::from(visto),
        Value::from(n.carga),
        Value::from(objeto),
        Value::from(huella),
        Value::from(n.carga_de),
        Value::from(n.sellada),
        Value::from(n.respaldo_de),
        Value::from(n.solo_plantilla),
        Value::from(0_i32),
        Value::from(n.dia),
        Value::from(n.creado),
        Value::from(llegado),
        Value::from(fallido),
    ]);
    Ok(lote.insert_ignoring(tx).await? == 1)
}

/// One envio.
pub async fn by_id(c: &impl Consulta, id: EnvioId) -> Result<Option<EnvioFila>, DbError> {
    let sql = format!("SELECT {COLUMNAS} FROM envios WHERE id = $1");
    c.opt(&sql, params![id]).await
}

/// One envio, locked until the end of the transaction.
pub async fn lock(tx: &Tx, id: EnvioId) -> Result<Option<EnvioFila>, DbError> {
    let sql = format!("SELECT {COLUMNAS} FROM envios WHERE id = $1{}", tx.motor().for_update());
    tx.opt(&sql, params![id]).await
}

/// The envio that the provider calls `wamid`.
pub async fn id_by_wamid(c: &impl Consulta, wamid: &str) -> Result<Option<EnvioId>, DbError> {
    c.scalar("SELECT id FROM envios WHERE wamid = $1", params![wamid]).await
}

/// Envios of a notification, in their order.
pub async fn of_notificacion(
    c: &impl Consulta,
    id: NotificacionId,
) -> Result<Vec<EnvioFila>, DbError> {
    let sql =
        format!("SELECT {COLUMNAS} FROM envios WHERE notificacion_id = $1 ORDER BY orden LIMIT 50");
    c.all(&sql, params![id]).await
}

/// Where the frozen bytes of an envio are.
#[derive(Clone, FromQueryResult)]
pub struct CargaFila {
    /// The bytes, if they lie in the row.
    pub carga: Option<Vec<u8>>,
    /// Key in the object store.
    pub carga_objeto: Option<String>,
    /// SHA-256 of the object.
    pub carga_huella: Option<String>,
    /// Envio under whose name they are sealed, if it is another.
    pub carga_de: Option<EnvioId>,
    /// Whether they are sealed.
    pub sellada: bool,
}

/// Frozen bytes of an envio.
pub async fn carga(c: &impl Consulta, id: EnvioId) -> Result<Option<CargaFila>, DbError> {
    const SQL: &str =
        "SELECT carga, carga_objeto, carga_huella, carga_de, sellada FROM envios WHERE id = $1";
    c.opt(SQL, params![id]).await
}

/// Takes the envio out of the queue to call the provider; `false` if it is not there.
pub async fn take(tx: &Tx, id: EnvioId, forma: &str, ahora: Instante) -> Result<bool, DbError> {
    const SQL: &str = "UPDATE envios SET estado = 'enviando', forma = $1, saliendo = $2, \
        intentos = intentos + 1, espera = NULL WHERE id = $3 AND estado = 'en_cola'";
    Ok(tx.exec(SQL, params![forma, ahora, id]).await? == 1)
}

/// Notes its turn in the pace of the line.
pub async fn set_turno(tx: &Tx, id: EnvioId, turno: Instante) -> Result<(), DbError> {
    let sql = "UPDATE envios SET turno = $1 WHERE id = $2";
    tx.exec(sql, params![turno, id]).await.map(|_| ())
}

/// Notes what it waits for.
pub async fn set_espera(tx: &Tx, id: EnvioId, motivo: &str) -> Result<(), DbError> {
    let sql = "UPDATE envios SET espera = $1 WHERE id = $2 AND estado = 'en_cola'";
    tx.exec(sql, params![motivo, id]).await.map(|_| ())
}

/// Notes the uploaded file.
pub async fn set_medio(tx: &Tx, id: EnvioId, medio: &str) -> Result<(), DbError> {
    let sql = "UPDATE envios SET medio = $1 WHERE id = $2";
    tx.exec(sql, params![medio, id]).await.map(|_| ())
}

/// What changes of an envio when something is heard of it; what is `None` stays.
#[derive(Clone, Debug, Default)]
pub struct Cambio {
    /// State.
    pub estado: Option<EstadoEnvio>,
    /// Code and sentence of the refusal.
    pub causa: Option<(String, String)>,
    /// Identifier of the provider.
    pub wamid: Option<String>,
    /// Times.
    pub aceptado: Option<Instante>,
    /// When it was sent on.
    pub enviado: Option<Instante>,
    /// When it arrived.
    pub entregado: Option<Instante>,
    /// When it was read.
    pub leido: Option<Instante>,
    /// When it failed.
    pub fallido: Option<Instante>,
}

/// Writes a change.
pub async fn update(tx: &Tx, id: EnvioId, cambio: &Cambio) -> Result<(), DbError> {
    const SQL: &str = "UPDATE envios SET estado = COALESCE($1, estado), \
        codigo = COALESCE($2, codigo), mensaje = COALESCE($3, mensaje), \
        wamid = COALESCE(wamid, $4), aceptado = COALESCE($5, aceptado), \
        enviado = COALESCE($6, enviado), entregado = COALESCE($7, entregado), \
        leido = COALESCE($8, leido), fallido = COALESCE($9, fallido), turno = NULL WHERE id = $10";
    let (codigo, mensaje) = cambio.causa.clone().unzip();
    let valores = params![
        cambio.estado.map(|e| e.as_str().to_owned()),
        codigo,
        mensaje,
        cambio.wamid.clone(),
        cambio.aceptado,
        cambio.enviado,
        cambio.entregado,
        cambio.leido,
        cambio.fallido,
        id
    ];
    tx.exec(SQL, valores).await.map(|_| ())
}

/// A step of the life of an envio, for its timeline.
#[derive(Clone, Debug, FromQueryResult)]
pub struct PasoFila {
    /// When.
    pub momento: Instante,
    /// What: a state, or `reintento`, `espera`, `persona`.
    pub paso: String,
    /// Code.
    pub codigo: Option<String>,
    /// Sentence.
    pub detalle: Option<String>,
}

/// Writes a step.
pub async fn add_paso(tx: &Tx, id: Uuid, envio: EnvioId, paso: &PasoFila) -> Result<(), DbError> {
    const SQL: &str = "INSERT INTO envio_pasos (id, envio_id, momento, paso, codigo, detalle) \
        VALUES ($1, $2, $3, $4, $5, $6)";
    let valores = params![
        id,
        envio,
        paso.momento,
        paso.paso.as_str(),
        paso.codigo.clone(),
        paso.detalle.clone()
    ];
    tx.exec(SQL, valores).await.map(|_| ())
}

/// Steps of an envio, oldest first; at most 200.
pub async fn pasos(c: &impl Consulta, envio: EnvioId) -> Result<Vec<PasoFila>, DbError> {
    const SQL: &str = "SELECT momento, paso, codigo, detalle FROM envio_pasos \
        WHERE envio_id = $1 ORDER BY id LIMIT 200";
    c.all(SQL, params![envio]).await
}

/// Envios that wait in the queue since before `antes`, for those that lost their job.
pub async fn waiting(c: &impl Consulta, antes: Instante, n: i64) -> Result<Vec<EnvioId>, DbError> {
    const SQL: &str = "SELECT id FROM envios WHERE estado = 'en_cola' AND creado < $1 \
        ORDER BY id LIMIT $2";
    c.column(SQL, params![antes, n]).await
}

/// Channels, but for the note inside the program, on which a notification was tried.
pub async fn channels_tried(c: &impl Consulta, id: NotificacionId) -> Result<i64, DbError> {
    const SQL: &str = "SELECT COUNT(DISTINCT e.canal) FROM notificaciones n \
        JOIN envios e ON e.notificacion_id = COALESCE(n.lider_id, n.id) WHERE n.id = $1 \
        AND e.canal <> 'app' AND (e.saliendo IS NOT NULL OR e.estado = 'fallido')";
    Ok(c.scalar(SQL, params![id]).await?.unwrap_or(0))
}

/// How many left for an address since `desde`.
pub async fn left_since(
    c: &impl Consulta,
    direccion: &str,
    desde: Instante,
) -> Result<i64, DbError> {
    const SQL: &str = "SELECT COUNT(*) FROM envios WHERE direccion = $1 AND saliendo >= $2";
    Ok(c.scalar(SQL, params![direccion, desde]).await?.unwrap_or(0))
}
