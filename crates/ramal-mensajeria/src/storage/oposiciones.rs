//! Who does not want what, by address and purpose; and addresses that failed. The latest word
//! counts, whatever the order in which words arrive.

use ramal_base::Instante;
use ramal_db::consulta::placeholders;
use ramal_db::{Consulta, DbError, FromQueryResult, Tx, Value, params};

use crate::clase::Finalidad;
use crate::{Canal, telefono};

/// An address as these tables keep it.
///
/// Shape: `cliente/<id>` stays as it is on every channel.
pub fn address_key(canal: Canal, direccion: &str) -> String {
    if direccion.starts_with("cliente/") {
        return direccion.to_owned();
    }
    match canal {
        Canal::Whatsapp => telefono::key(direccion),
        Canal::Email => direccion.trim().to_lowercase(),
        Canal::App => direccion.to_owned(),
    }
}

/// A word about a purpose: wanted or not.
#[derive(Clone, Debug)]
pub struct Palabra {
    /// Channel.
    pub canal: Canal,
    /// Address, or `cliente/<id>`.
    pub direccion: String,
    /// Purpose, or `*` for all.
    pub finalidad: &'static str,
    /// Whether it is opposed from now on.
    pub vigente: bool,
    /// Who said it: `baja`, `131050`, `consentimiento`, `usuario:<id>`.
    pub origen: String,
    /// When it was said.
    pub momento: Instante,
}

/// Writes a word down unless a later one is there. Gives whether it counts.
pub async fn say(tx: &Tx, palabra: &Palabra) -> Result<bool, DbError> {
    const SQL: &str = "INSERT INTO oposiciones (canal, direccion, finalidad, vigente, origen, \
        momento) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (direccion, canal, finalidad) \
        DO UPDATE SET vigente = excluded.vigente, origen = excluded.origen, \
        momento = excluded.momento WHERE oposiciones.momento < excluded.momento";
    let direccion = address_key(palabra.canal, &palabra.direccion);
    let valores = params![
        palabra.canal.as_str(),
        direccion,
        palabra.finalidad,
        palabra.vigente,
        palabra.origen.as_str(),
        palabra.momento
    ];
    Ok(tx.exec(SQL, valores).await? == 1)
}

#[derive(FromQueryResult)]
struct FilaCanal {
    canal: String,
    direccion: String,
}

/// Which of the `(channel, address)` are opposed to a purpose.
pub async fn opposed(
    c: &impl Consulta,
    finalidad: Finalidad,
    direcciones: &[(Canal, String)],
) -> Result<Vec<(Canal, String)>, DbError> {
    if direcciones.is_empty() || finalidad == Finalidad::Seguridad {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT canal, direccion FROM oposiciones WHERE vigente = TRUE \
         AND finalidad IN ($1, '*') AND direccion IN {}",
        placeholders(2, direcciones.len())
    );
    let mut valores = params![finalidad.as_str()];
    valores.extend(direcciones.iter().map(|(c, d)| Value::from(address_key(*c, d))));
    let filas = c.all::<FilaCanal>(&sql, valores).await?;
    Ok(matched(filas, direcciones))
}

fn matched(filas: Vec<FilaCanal>, direcciones: &[(Canal, String)]) -> Vec<(Canal, String)> {
    let hit = |(canal, direccion): &&(Canal, String)| {
        let clave = address_key(*canal, direccion);
        filas.iter().any(|f| f.canal == canal.as_str() && f.direccion == clave)
    };
    direcciones.iter().filter(hit).cloned().collect()
}

/// Which of the addresses failed for good and have not been heard of since.
pub async fn doubtful(
    c: &impl Consulta,
    direcciones: &[(Canal, String)],
) -> Result<Vec<(Canal, String)>, DbError> {
    if direcciones.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT canal, direccion FROM direcciones_dudosas WHERE direccion IN {}",
        placeholders(1, direcciones.len())
    );
    let valores = direcciones.iter().map(|(c, d)| Value::from(address_key(*c, d))).collect();
    let filas = c.all::<FilaCanal>(&sql, valores).await?;
    Ok(matched(filas, direcciones))
}

/// Marks an address that does not exist or cannot be reached.
pub async fn mark_doubtful(
    tx: &Tx,
    (canal, direccion): (Canal, &str),
    codigo: &str,
    ahora: Instante,
) -> Result<(), DbError> {
    const SQL: &str = "INSERT INTO direcciones_dudosas (canal, direccion, codigo, desde) \
        VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
    let clave = address_key(canal, direccion);
    tx.exec(SQL, params![canal.as_str(), clave, codigo, ahora]).await.map(|_| ())
}

/// The address was heard of: it exists.
pub async fn clear_doubt(tx: &Tx, canal: Canal, direccion: &str) -> Result<(), DbError> {
    const SQL: &str = "DELETE FROM direcciones_dudosas WHERE direccion = $1 AND canal = $2";
    let clave = address_key(canal, direccion);
    tx.exec(SQL, params![clave, canal.as_str()]).await.map(|_| ())
}
