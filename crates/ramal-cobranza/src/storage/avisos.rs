//! SQL of the notices of the ladder: unique by customer, invoice and step.

use ramal_base::{Cx, Fecha, Id, Instante};
use ramal_db::{Bulk, Consulta, DbError, FromQueryResult, Tx, Value, params};
use uuid::Uuid;

use super::ids_in;

/// A notice as it lies in its table.
#[derive(Clone, Debug, FromQueryResult)]
pub struct AvisoFila {
    /// Identifier.
    pub id: Uuid,
    /// Whose.
    pub cliente_id: Uuid,
    /// Invoice that it is about.
    pub factura_id: Uuid,
    /// Step of the ladder.
    pub etapa: String,
    /// What it says: see `ClaseAviso`.
    pub clase: String,
    /// Day of the step.
    pub fecha: Fecha,
    /// See [`crate::aviso::EstadoAviso`].
    pub estado: String,
    /// Day on which it was really given.
    pub avisado: Option<Fecha>,
    /// Notification that carries it.
    pub notificacion_id: Option<Uuid>,
    /// Why it was not given, or how it was.
    pub motivo: Option<String>,
    /// When it last changed.
    pub actualizado: Instante,
}

const COLUMNAS: &str = "id, cliente_id, factura_id, etapa, clase, fecha, estado, avisado, \
    notificacion_id, motivo, actualizado";

const ALTA: &[&str] = &[
    "id",
    "cliente_id",
    "factura_id",
    "etapa",
    "clase",
    "fecha",
    "estado",
    "avisado",
    "notificacion_id",
    "motivo",
    "creado",
    "actualizado",
];

/// A step that came due.
#[derive(Clone, Debug)]
pub struct NuevoPaso {
    /// Whose.
    pub cliente_id: Uuid,
    /// Invoice.
    pub factura_id: Uuid,
    /// Step.
    pub etapa: String,
    /// What it says.
    pub clase: &'static str,
    /// Day of the step.
    pub fecha: Fecha,
}

/// Writes steps that came due; those that are there already stay as they are. Gives how many are
/// new.
pub async fn insert(tx: &Tx, cx: &Cx, pasos: &[NuevoPaso]) -> Result<u64, DbError> {
    let mut filas = Bulk::new("cobranza_avisos", ALTA);
    for p in pasos {
        let id: Id<AvisoFila> = cx.new_id();
        filas.push([
            Value::from(id),
            Value::from(p.cliente_id),
            Value::from(p.factura_id),
            Value::from(p.etapa.as_str()),
            Value::from(p.clase),
            Value::from(p.fecha),
            Value::from("pendiente"),
            Value::from(None::<Fecha>),
            Value::from(None::<Uuid>),
            Value::from(None::<String>),
            Value::from(cx.now()),
            Value::from(cx.now()),
        ]);
    }
    if filas.is_empty() { Ok(0) } else { filas.insert_ignoring(tx).await }
}

/// Notices of these customers, oldest first.
pub async fn of_clientes(c: &impl Consulta, clientes: &[Uuid]) -> Result<Vec<AvisoFila>, DbError> {
    if clientes.is_empty() {
        return Ok(Vec::new());
    }
    let (lista, ids) = ids_in(1, clientes);
    let sql = format!(
        "SELECT {COLUMNAS} FROM cobranza_avisos WHERE cliente_id IN {lista} ORDER BY cliente_id, id"
    );
    c.all(&sql, ids).await
}

/// Notices of a customer, newest first, at most `limite`.
pub async fn latest(
    c: &impl Consulta,
    cliente: Uuid,
    limite: i64,
) -> Result<Vec<AvisoFila>, DbError> {
    let sql = format!(
        "SELECT {COLUMNAS} FROM cobranza_avisos WHERE cliente_id = $1 ORDER BY id DESC LIMIT $2"
    );
    c.all(&sql, params![cliente, limite]).await
}

/// Notices of one customer that wait to be given, oldest first.
pub async fn waiting(c: &impl Consulta, cliente: Uuid) -> Result<Vec<AvisoFila>, DbError> {
    let sql = format!(
        "SELECT {COLUMNAS} FROM cobranza_avisos WHERE cliente_id = $1 AND estado = 'pendiente' \
         ORDER BY fecha, id"
    );
    c.all(&sql, params![cliente]).await
}

/// Customers with a notice in a state, by id after `cursor`.
pub async fn clientes_in(
    c: &impl Consulta,
    estado: &str,
    cursor: Option<Uuid>,
    limite: i64,
) -> Result<Vec<Uuid>, DbError> {
    const SQL: &str = "SELECT DISTINCT cliente_id FROM cobranza_avisos WHERE estado = $1 \
        AND cliente_id > $2 ORDER BY cliente_id LIMIT $3";
    c.column(SQL, params![estado, cursor.unwrap_or(Uuid::nil()), limite]).await
}

/// Notices on their way, by id after `cursor`.
pub async fn on_the_way(
    c: &impl Consulta,
    cursor: Option<Uuid>,
    limite: i64,
) -> Result<Vec<AvisoFila>, DbError> {
    let sql = format!(
        "SELECT {COLUMNAS} FROM cobranza_avisos WHERE estado = 'encolado' AND id > $1 \
         ORDER BY id LIMIT $2"
    );
    c.all(&sql, params![cursor.unwrap_or(Uuid::nil()), limite]).await
}

/// How a notice ended, or where it is.
#[derive(Clone, Copy, Debug)]
pub struct Suerte<'a> {
    /// See [`crate::aviso::EstadoAviso`].
    pub estado: &'a str,
    /// Day on which it was given, if it was.
    pub avisado: Option<Fecha>,
    /// Notification that carries it.
    pub notificacion_id: Option<Uuid>,
    /// Why, or how.
    pub motivo: Option<&'a str>,
}

/// Moves a notice that is in the state `de`; false if it was in another.
pub async fn mark(
    tx: &Tx,
    cx: &Cx,
    (id, de): (Uuid, &str),
    s: &Suerte<'_>,
) -> Result<bool, DbError> {
    const SQL: &str = "UPDATE cobranza_avisos SET estado = $3, \
        avisado = COALESCE(avisado, $4), notificacion_id = COALESCE(notificacion_id, $5), \
        motivo = $6, actualizado = $7 WHERE id = $1 AND estado = $2";
    let valores = params![id, de, s.estado, s.avisado, s.notificacion_id, s.motivo, cx.now()];
    Ok(tx.exec(SQL, valores).await? == 1)
}

/// One notice.
pub async fn by_id(c: &impl Consulta, id: Uuid) -> Result<Option<AvisoFila>, DbError> {
    let sql = format!("SELECT {COLUMNAS} FROM cobranza_avisos WHERE id = $1");
    c.opt(&sql, params![id]).await
}

/// A page of notices in any state or in one, newest first.
pub async fn page(
    c: &impl Consulta,
    estado: Option<&str>,
    cursor: Option<Uuid>,
    limite: i64,
) -> Result<Vec<AvisoFila>, DbError> {
    let tras = cursor.unwrap_or(Uuid::max());
    match estado {
        None => {
            let sql = format!(
                "SELECT {COLUMNAS} FROM cobranza_avisos WHERE id < $1 ORDER BY id DESC LIMIT $2"
            );
            c.all(&sql, params![tras, limite]).await
        }
        Some(estado) => {
            let sql = format!(
                "SELECT {COLUMNAS} FROM cobranza_avisos WHERE estado = $1 AND id < $2 \
                 ORDER BY id DESC LIMIT $3"
            );
            c.all(&sql, params![estado, tras, limite]).await
        }
    }
}
