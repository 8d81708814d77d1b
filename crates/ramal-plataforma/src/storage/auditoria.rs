//! SQL of the trail: append, and read by any mix of its filters. It never changes a line.

use ramal_base::{Id, Instante};
use ramal_db::{Consulta, Cursor, DbError, Pagina, Tx, params};
use sea_orm::{FromQueryResult, Value as Valor};
use serde_json::Value;
use uuid::Uuid;

use super::{after, json};
use crate::{Anotacion, Error};

/// How far an id may lie from its instant, in milliseconds.
const MARGEN_MS: i64 = 60_000;

/// What part of the trail is asked for; an empty text asks for all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FiltroTrail {
    /// Who: `usuario:<id>`, `clave:<name>`, `cli`.
    pub actor: String,
    /// What: `usuario.crear`, or the beginning of it, `usuario.`.
    pub accion: String,
    /// Kind of thing.
    pub objeto_tipo: String,
    /// Which thing.
    pub objeto_id: String,
    /// From this instant.
    pub desde: Option<Instante>,
    /// Before this instant.
    pub hasta: Option<Instante>,
}

impl FiltroTrail {
    fn donde(&self, valores: &mut Vec<Valor>) -> String {
        let mut sql = String::from("WHERE 1 = 1");
        let mut pon = |condicion: &str, valor: Valor| {
            valores.push(valor);
            sql.push_str(&condicion.replace('?', &format!("${}", valores.len())));
        };
        for (columna, texto) in [
            (" AND actor = ?", &self.actor),
            (" AND objeto_tipo = ?", &self.objeto_tipo),
            (" AND objeto_id = ?", &self.objeto_id),
        ] {
            if !texto.is_empty() {
                pon(columna, texto.as_str().into());
            }
        }
        if self.accion.ends_with('.') {
            pon(" AND SUBSTR(accion, 1, LENGTH(?)) = ?", self.accion.as_str().into());
        } else if !self.accion.is_empty() {
            pon(" AND accion = ?", self.accion.as_str().into());
        }
        // Ids are made from the clock, so a bound on the instant is also one on the key that
        // orders the page, which is what makes it quick. The margin covers a clock set back.
        if let Some(desde) = self.desde {
            pon(" AND instante >= ?", desde.into());
            pon(" AND id >= ?", first_id(desde.plus_millis(-MARGEN_MS)).into());
        }
        if let Some(hasta) = self.hasta {
            pon(" AND instante < ?", hasta.into());
            pon(" AND id < ?", first_id(hasta.plus_millis(MARGEN_MS)).into());
        }
        sql
    }
}

/// The smallest UUIDv7 of a millisecond.
fn first_id(instante: Instante) -> Uuid {
    let ms = u64::try_from(instante.millis()).unwrap_or(0);
    let mut bytes = [0_u8; 16];
    bytes[..6].copy_from_slice(&ms.to_be_bytes()[2..]);
    Uuid::from_bytes(bytes)
}

#[derive(FromQueryResult)]
struct Fila {
    id: Id<Anotacion>,
    instante: Instante,
    actor: String,
    accion: String,
    objeto_tipo: String,
    objeto_id: String,
    antes: Option<String>,
    despues: Option<String>,
}

impl TryFrom<Fila> for Anotacion {
    type Error = DbError;

    fn try_from(fila: Fila) -> Result<Anotacion, DbError> {
        Ok(Anotacion {
            id: fila.id,
            instante: fila.instante,
            actor: fila.actor,
            accion: fila.accion,
            objeto_tipo: fila.objeto_tipo,
            objeto_id: fila.objeto_id,
            antes: fila.antes.as_deref().map(json).transpose()?,
            despues: fila.despues.as_deref().map(json).transpose()?,
        })
    }
}

/// The trail, newest first, cut by a filter.
pub async fn auditoria(
    c: &impl Consulta,
    filtro: &FiltroTrail,
    cursor: &Cursor,
) -> Result<Pagina<Anotacion>, Error> {
    let mut valores = Vec::new();
    let mut sql = String::from(
        "SELECT id, instante, actor, accion, objeto_tipo, objeto_id, antes, despues \
         FROM auditoria ",
    );
    sql += &filtro.donde(&mut valores);
    if let Some(hasta) = after(cursor)? {
        valores.push(hasta.into());
        sql += &format!(" AND id < ${}", valores.len());
    }
    valores.push(cursor.filas().into());
    sql += &format!(" ORDER BY id DESC LIMIT ${}", valores.len());
    let filas: Vec<Fila> = c.all(&sql, valores).await?;
    let lineas = filas.into_iter().map(Anotacion::try_from).collect::<Result<_, _>>()?;
    Ok(Pagina::cut(lineas, cursor, |a: &Anotacion| a.id.to_string()))
}

/// How many lines a filter keeps, up to 10,001.
pub(crate) async fn count_auditoria(
    c: &impl Consulta,
    filtro: &FiltroTrail,
) -> Result<i64, DbError> {
    let mut valores = Vec::new();
    let donde = filtro.donde(&mut valores);
    let sql =
        format!("SELECT COUNT(*) FROM (SELECT 1 FROM auditoria {donde} LIMIT 10001) AS contadas");
    Ok(c.scalar(&sql, valores).await?.unwrap_or(0))
}

/// Kinds of things that the trail speaks of, each found by one jump in the index.
pub(crate) async fn clases(c: &impl Consulta) -> Result<Vec<String>, DbError> {
    const SQL: &str = "WITH RECURSIVE distintas (valor) AS ( \
        SELECT MIN(objeto_tipo) FROM auditoria UNION ALL \
        SELECT (SELECT MIN(a.objeto_tipo) FROM auditoria a \
            WHERE a.objeto_tipo > distintas.valor) \
        FROM distintas WHERE distintas.valor IS NOT NULL) \
        SELECT valor FROM distintas WHERE valor IS NOT NULL";
    c.column(SQL, params![]).await
}

/// Acts that the trail speaks of, found the same way.
pub(crate) async fn acciones(c: &impl Consulta) -> Result<Vec<String>, DbError> {
    const SQL: &str = "WITH RECURSIVE distintas (valor) AS ( \
        SELECT MIN(accion) FROM auditoria UNION ALL \
        SELECT (SELECT MIN(a.accion) FROM auditoria a WHERE a.accion > distintas.valor) \
        FROM distintas WHERE distintas.valor IS NOT NULL) \
        SELECT valor FROM distintas WHERE valor IS NOT NULL";
    c.column(SQL, params![]).await
}

pub(crate) async fn insert_auditoria(tx: &Tx, a: &Anotacion) -> Result<(), DbError> {
    const SQL: &str = "INSERT INTO auditoria \
        (id, instante, actor, accion, objeto_tipo, objeto_id, antes, despues) \
        VALUES ($1,$2,$3,$4,$5,$6,$7,$8)";
    let texto = |v: &Option<Value>| v.as_ref().map(Value::to_string);
    let fila = params![
        a.id,
        a.instante,
        a.actor.as_str(),
        a.accion.as_str(),
        a.objeto_tipo.as_str(),
        a.objeto_id.as_str(),
        texto(&a.antes),
        texto(&a.despues)
    ];
    tx.exec(SQL, fila).await.map(|_| ())
}
