//! The noun of the queue: a job to be done, and how it enters. Does not decide when or by whom it
//! runs.

use ramal_base::{Cx, Id, Instante};
use ramal_db::{Bulk, DbError, EventoRegistrado, FromQueryResult, Tx, Value};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::JobError;

/// A job that somebody asks for.
#[derive(Clone, Debug)]
pub struct NuevoTrabajo {
    /// Kind; names the handler.
    pub tipo: &'static str,
    /// Dedupe key: while a job with the same `tipo` and key waits, runs or lies dead, a second is
    /// ignored.
    pub clave: Option<String>,
    /// What the handler needs to know; ids rather than copies.
    pub datos: serde_json::Value,
    /// Not before this instant; at once if absent.
    pub no_antes: Option<Instante>,
}

impl NuevoTrabajo {
    /// A job to be done at once, without dedupe key.
    pub fn new(tipo: &'static str, datos: serde_json::Value) -> NuevoTrabajo {
        NuevoTrabajo { tipo, clave: None, datos, no_antes: None }
    }

    /// The same job under a dedupe key.
    #[must_use]
    pub fn with_clave(self, clave: impl Into<String>) -> NuevoTrabajo {
        NuevoTrabajo { clave: Some(clave.into()), ..self }
    }

    /// The same job, not before `instante`.
    #[must_use]
    pub fn no_antes_de(self, instante: Instante) -> NuevoTrabajo {
        NuevoTrabajo { no_antes: Some(instante), ..self }
    }
}

/// A job in the hands of its handler.
#[derive(Clone, Debug)]
pub struct Trabajo {
    /// Identifier; the same in every attempt, so it serves as idempotency key of outside calls.
    pub id: Id<Trabajo>,
    /// Kind.
    pub tipo: String,
    /// Dedupe key, if it was asked for with one.
    pub clave: Option<String>,
    /// What was asked.
    pub datos: serde_json::Value,
    /// Which attempt this is; the first is 1. Runs cut by a fall of the process do not count.
    pub intento: i32,
    /// When it was asked for.
    pub creado: Instante,
    /// Claims so far: proves on settling that the lease is still ours.
    pub(crate) toma: i32,
}

impl Trabajo {
    /// The data as the handler's own type. Errors: `Fail` if they do not have its shape.
    pub fn datos_as<T: DeserializeOwned>(&self) -> Result<T, JobError> {
        serde_json::from_value(self.datos.clone())
            .map_err(|e| JobError::fail(format!("los datos del trabajo no se entienden: {e}")))
    }

    /// The event that woke this job, for jobs of subscriptions. Errors: `Fail` if it is not such a
    /// job.
    pub fn evento(&self) -> Result<EventoEntregado, JobError> {
        self.datos_as()
    }
}

/// An event as a subscriber receives it: the `datos` of the job of a subscription.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EventoEntregado {
    /// Identifier of the event; the same in each delivery.
    pub id: String,
    /// Type, e.g. `pago.aplicado`.
    pub tipo: String,
    /// What it happened to, e.g. `cliente/<uuid>`.
    pub sujeto: String,
    /// When it happened.
    pub instante: Instante,
    /// The event's own fields.
    pub datos: serde_json::Value,
}

impl EventoEntregado {
    /// Errors: `Corrupt` if the stored data are not JSON.
    pub(crate) fn from_registrado(evento: &EventoRegistrado) -> Result<EventoEntregado, DbError> {
        let datos = serde_json::from_str(&evento.datos)
            .map_err(|_| DbError::Corrupt("the data of an event are not JSON"))?;
        Ok(EventoEntregado {
            id: evento.id.to_string(),
            tipo: evento.tipo.clone(),
            sujeto: evento.sujeto.clone(),
            instante: evento.instante,
            datos,
        })
    }
}

/// Asks for a job in this transaction: if it rolls back, nobody asked.
pub async fn enqueue(tx: &Tx, cx: &Cx, trabajo: NuevoTrabajo) -> Result<(), DbError> {
    let mut lote = LoteTrabajos::new();
    lote.push(cx, trabajo);
    lote.insert(tx).await
}

/// Asks for a job whose kind was read from the database.
pub(crate) async fn enqueue_named(
    tx: &Tx,
    cx: &Cx,
    (tipo, clave): (&str, String),
    datos: &serde_json::Value,
) -> Result<(), DbError> {
    let mut lote = LoteTrabajos::new();
    lote.push_named(cx, (tipo, Some(clave)), datos, cx.now());
    lote.insert(tx).await
}

const COLUMNAS: &[&str] =
    &["id", "tipo", "clave", "datos", "estado", "intentos", "caidas", "proximo", "creado"];

/// Many jobs asked for in one transaction, in few statements.
pub struct LoteTrabajos(Bulk);

impl Default for LoteTrabajos {
    fn default() -> LoteTrabajos {
        LoteTrabajos::new()
    }
}

impl LoteTrabajos {
    /// Empty batch.
    pub fn new() -> LoteTrabajos {
        LoteTrabajos(Bulk::new("trabajos", COLUMNAS))
    }

    /// Adds a job.
    pub fn push(&mut self, cx: &Cx, trabajo: NuevoTrabajo) {
        let NuevoTrabajo { tipo, clave, datos, no_antes } = trabajo;
        self.push_named(cx, (tipo, clave), &datos, no_antes.unwrap_or(cx.now()));
    }

    fn push_named(
        &mut self,
        cx: &Cx,
        (tipo, clave): (&str, Option<String>),
        datos: &serde_json::Value,
        proximo: Instante,
    ) {
        self.0.push([
            Value::from(cx.new_id::<Trabajo>()),
            Value::from(tipo),
            Value::from(clave),
            Value::from(datos.to_string()),
            Value::from("pendiente"),
            Value::from(0_i32),
            Value::from(0_i32),
            Value::from(proximo),
            Value::from(cx.now()),
        ]);
    }

    /// Writes the batch in the transaction; jobs whose key is there already are ignored.
    pub async fn insert(self, tx: &Tx) -> Result<(), DbError> {
        if self.0.is_empty() {
            return Ok(());
        }
        self.0.insert_ignoring(tx).await.map(|_| ())
    }
}

/// Row of a claimed job.
#[derive(FromQueryResult)]
pub(crate) struct FilaTrabajo {
    id: Id<Trabajo>,
    tipo: String,
    clave: Option<String>,
    datos: String,
    intentos: i32,
    caidas: i32,
    creado: Instante,
}

impl From<FilaTrabajo> for Trabajo {
    fn from(fila: FilaTrabajo) -> Trabajo {
        // Only `LoteTrabajos` writes the column, from a JSON value; null makes `datos_as` fail
        // visibly.
        let datos = serde_json::from_str(&fila.datos).unwrap_or(serde_json::Value::Null);
        Trabajo {
            id: fila.id,
            tipo: fila.tipo,
            clave: fila.clave,
            datos,
            intento: fila.intentos - fila.caidas,
            creado: fila.creado,
            toma: fila.intentos,
        }
    }
}
