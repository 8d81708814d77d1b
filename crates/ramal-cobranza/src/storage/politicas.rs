//! SQL of the policies and of the days of the calendar.

use ramal_base::{Cx, Fecha, Instante};
use ramal_db::{Consulta, DbError, FromQueryResult, Tx, params};
use uuid::Uuid;

/// A policy as it lies in its table.
#[derive(Clone, Debug, FromQueryResult)]
pub struct PoliticaFila {
    /// `empresa`, `zona` or `segmento`.
    pub ambito: String,
    /// Empty, zone id or kind of document.
    pub clave: String,
    /// JSON of the policy.
    pub datos: String,
    /// Grows by one with every change.
    pub version: i64,
    /// Who changed it last.
    pub actor: String,
    /// When.
    pub actualizado: Instante,
}

const COLUMNAS: &str = "ambito, clave, datos, version, actor, actualizado";

/// All of them: there are few.
pub async fn all(c: &impl Consulta) -> Result<Vec<PoliticaFila>, DbError> {
    let sql = format!("SELECT {COLUMNAS} FROM cobranza_politicas ORDER BY ambito, clave");
    c.all(&sql, vec![]).await
}

/// One of them.
pub async fn one(
    c: &impl Consulta,
    (ambito, clave): (&str, &str),
) -> Result<Option<PoliticaFila>, DbError> {
    let sql = format!("SELECT {COLUMNAS} FROM cobranza_politicas WHERE ambito = $1 AND clave = $2");
    c.opt(&sql, params![ambito, clave]).await
}

/// Writes a policy over the version that was read (0 = there was none); false if it was another.
pub async fn write(
    tx: &Tx,
    cx: &Cx,
    (ambito, clave): (&str, &str),
    datos: &str,
    version: i64,
) -> Result<bool, DbError> {
    const ALTA: &str = "INSERT INTO cobranza_politicas (ambito, clave, datos, version, actor, \
        actualizado) VALUES ($1, $2, $3, 1, $4, $5) ON CONFLICT DO NOTHING";
    const CAMBIO: &str = "UPDATE cobranza_politicas SET datos = $3, version = version + 1, \
        actor = $4, actualizado = $5 WHERE ambito = $1 AND clave = $2 AND version = $6";
    let hechas = if version == 0 {
        tx.exec(ALTA, params![ambito, clave, datos, cx.actor(), cx.now()]).await?
    } else {
        tx.exec(CAMBIO, params![ambito, clave, datos, cx.actor(), cx.now(), version]).await?
    };
    Ok(hechas == 1)
}

/// Takes a policy of a zone or of a segment away.
pub async fn delete(tx: &Tx, (ambito, clave): (&str, &str)) -> Result<bool, DbError> {
    const SQL: &str = "DELETE FROM cobranza_politicas WHERE ambito = $1 AND clave = $2";
    Ok(tx.exec(SQL, params![ambito, clave]).await? == 1)
}

/// A day of the calendar as it lies in its table.
#[derive(Clone, Debug, FromQueryResult)]
pub struct DiaFila {
    /// Identifier.
    pub id: Uuid,
    /// Zone; none = everywhere.
    pub zona_id: Option<Uuid>,
    /// The day.
    pub fecha: Fecha,
    /// See `ClaseDia`.
    pub clase: String,
    /// Its name.
    pub nombre: String,
}

/// Days from `desde` on.
pub async fn dias(c: &impl Consulta, desde: Fecha) -> Result<Vec<DiaFila>, DbError> {
    const SQL: &str = "SELECT id, zona_id, fecha, clase, nombre FROM cobranza_dias \
        WHERE fecha >= $1 ORDER BY fecha, id";
    c.all(SQL, params![desde]).await
}

/// Adds a day.
pub async fn insert_dia(tx: &Tx, cx: &Cx, dia: &DiaFila) -> Result<(), DbError> {
    const SQL: &str = "INSERT INTO cobranza_dias (id, zona_id, fecha, clase, nombre, actor, \
        creado) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let valores = params![
        dia.id,
        dia.zona_id,
        dia.fecha,
        dia.clase.as_str(),
        dia.nombre.as_str(),
        cx.actor(),
        cx.now(),
    ];
    tx.exec(SQL, valores).await.map(|_| ())
}

/// Takes a day away.
pub async fn delete_dia(tx: &Tx, id: Uuid) -> Result<bool, DbError> {
    Ok(tx.exec("DELETE FROM cobranza_dias WHERE id = $1", params![id]).await? == 1)
}
