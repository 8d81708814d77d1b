//! Asking that a channel be tried. The call is a job's; what it said is read back by the page.

use ramal_base::{Cx, Instante};
use ramal_db::{Consulta, DbError, FromQueryResult, Tx, params};
use ramal_jobs::{NuevoTrabajo, enqueue};
use serde_json::json;

use crate::jobs::TRABAJO_PROBAR;

/// How a try went.
#[derive(Clone, Debug, FromQueryResult)]
pub struct PruebaFila {
    /// `linea/<id>` or `correo`.
    pub clave: String,
    /// When it was asked for.
    pub pedida: Instante,
    /// When the channel answered.
    pub hecha: Option<Instante>,
    /// Whether it works.
    pub bien: Option<bool>,
    /// What the channel said.
    pub detalle: Option<String>,
}

/// Asks that a channel be tried.
pub async fn ask(tx: &Tx, cx: &Cx, clave: &str) -> Result<(), DbError> {
    const SQL: &str = "INSERT INTO pruebas_canal (clave, pedida) VALUES ($1, $2) \
        ON CONFLICT (clave) DO UPDATE SET pedida = excluded.pedida, hecha = NULL, bien = NULL, \
        detalle = NULL";
    tx.exec(SQL, params![clave, cx.now()]).await?;
    let trabajo =
        NuevoTrabajo::new(TRABAJO_PROBAR, json!({ "clave": clave })).with_clave(clave.to_owned());
    enqueue(tx, cx, trabajo).await
}

/// Writes down how it went.
pub async fn answer(
    tx: &Tx,
    cx: &Cx,
    clave: &str,
    hecho: Result<(), String>,
) -> Result<(), DbError> {
    const SQL: &str =
        "UPDATE pruebas_canal SET hecha = $1, bien = $2, detalle = $3 WHERE clave = $4";
    let bien = hecho.is_ok();
    tx.exec(SQL, params![cx.now(), bien, hecho.err(), clave]).await.map(|_| ())
}

/// Tries by channel.
pub async fn tries(c: &impl Consulta) -> Result<Vec<PruebaFila>, DbError> {
    const SQL: &str = "SELECT clave, pedida, hecha, bien, detalle FROM pruebas_canal";
    c.all(SQL, params![]).await
}
