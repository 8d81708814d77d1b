//! Templates: those that somebody edited, with their history, and Meta's mirror. Without a row, the
//! one of the program is in force.

use ramal_base::{Instante, Pais};
use ramal_db::{Consulta, DbError, FromQueryResult, Tx, params};
use uuid::Uuid;

use crate::plantilla::{Contenido, Llave, Plantilla, fabrica};
use crate::{Canal, Clase};

/// A version as it lies in the table.
#[derive(Clone, Debug, FromQueryResult)]
pub struct VersionFila {
    /// Version, from 1.
    pub version: i64,
    /// The text, JSON.
    pub contenido: String,
    /// Who wrote it.
    pub autor: String,
    /// Why, or which version it brings back.
    pub nota: Option<String>,
    /// When.
    pub creado: Instante,
}

impl VersionFila {
    /// Its text. Errors: `Corrupt`.
    pub fn contenido(&self) -> Result<Contenido, DbError> {
        parse(&self.contenido)
    }
}

fn parse(texto: &str) -> Result<Contenido, DbError> {
    serde_json::from_str(texto).map_err(|_| DbError::Corrupt("a template is not what was written"))
}

/// The template in force.
pub async fn current(c: &impl Consulta, llave: Llave) -> Result<Plantilla, DbError> {
    Ok(match versions(c, llave, 1).await?.first() {
        Some(fila) => Plantilla { llave, version: fila.version, contenido: fila.contenido()? },
        None => Plantilla { llave, version: 0, contenido: fabrica::contenido(llave) },
    })
}

/// The last `n` versions, the newest first; empty if nobody has edited it.
pub async fn versions(
    c: &impl Consulta,
    llave: Llave,
    n: i64,
) -> Result<Vec<VersionFila>, DbError> {
    const SQL: &str = "SELECT version, contenido, autor, nota, creado FROM plantillas \
        WHERE clase = $1 AND canal = $2 AND pais = $3 ORDER BY version DESC LIMIT $4";
    let Llave { clase, canal, pais } = llave;
    c.all(SQL, params![clase.as_str(), canal.as_str(), pais.codigo(), n]).await
}

/// Which templates were edited in a country, with their version.
pub async fn edited(c: &impl Consulta, pais: Pais) -> Result<Vec<(Clase, Canal, i64)>, DbError> {
    #[derive(FromQueryResult)]
    struct Fila {
        clase: String,
        canal: String,
        version: i64,
    }
    const SQL: &str = "SELECT clase, canal, MAX(version) AS version FROM plantillas \
        WHERE pais = $1 GROUP BY clase, canal";
    let filas = c.all::<Fila>(SQL, params![pais.codigo()]).await?;
    let leer = |f: Fila| Some((Clase::parse(&f.clase)?, Canal::parse(&f.canal)?, f.version));
    Ok(filas.into_iter().filter_map(leer).collect())
}

/// A version to write.
pub struct NuevaVersion<'a> {
    /// Identifier.
    pub id: Uuid,
    /// Which template.
    pub llave: Llave,
    /// Number, one more than the last.
    pub version: i64,
    /// The text.
    pub contenido: &'a Contenido,
    /// Who.
    pub autor: &'a str,
    /// Why.
    pub nota: Option<String>,
    /// When.
    pub creado: Instante,
}

/// Writes a version; `Unique` if somebody wrote that number in between.
pub async fn insert(tx: &Tx, nueva: NuevaVersion<'_>) -> Result<(), DbError> {
    const SQL: &str = "INSERT INTO plantillas (id, clase, canal, pais, version, contenido, autor, \
        nota, creado) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let texto = serde_json::to_string(nueva.contenido)
        .map_err(|_| DbError::Corrupt("a template is not JSON"))?;
    let Llave { clase, canal, pais } = nueva.llave;
    let valores = params![
        nueva.id,
        clase.as_str(),
        canal.as_str(),
        pais.codigo(),
        nueva.version,
        texto,
        nueva.autor,
        nueva.nota,
        nueva.creado
    ];
    tx.exec(SQL, valores).await.map(|_| ())
}

/// A template as Meta has it.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct MetaFila {
    /// Business account.
    pub cuenta_id: String,
    /// Name.
    pub nombre: String,
    /// Exact language code.
    pub idioma: String,
    /// `APPROVED`, `PENDING`, `REJECTED`, `PAUSED` or `DISABLED`.
    pub estado: String,
    /// Category under which it is priced.
    pub categoria: String,
    /// Why it was refused.
    pub motivo: Option<String>,
    /// Parameters of its body, if it is known.
    pub parametros: Option<i32>,
    /// When it was last heard of.
    pub actualizado: Instante,
}

const COLUMNAS_META: &str =
    "cuenta_id, nombre, idioma, estado, categoria, motivo, parametros, actualizado";

/// A template of an account at Meta.
pub async fn meta(
    c: &impl Consulta,
    cuenta: &str,
    nombre: &str,
    idioma: &str,
) -> Result<Option<MetaFila>, DbError> {
    let sql = format!(
        "SELECT {COLUMNAS_META} FROM plantillas_meta \
         WHERE cuenta_id = $1 AND nombre = $2 AND idioma = $3"
    );
    c.opt(&sql, params![cuenta, nombre, idioma]).await
}

/// Templates that Meta has in a language, by name.
pub async fn metas(c: &impl Consulta, idioma: &str) -> Result<Vec<MetaFila>, DbError> {
    let sql = format!(
        "SELECT {COLUMNAS_META} FROM plantillas_meta WHERE idioma = $1 ORDER BY nombre LIMIT 1000"
    );
    c.all(&sql, params![idioma]).await
}

/// Writes what Meta says of a template.
pub async fn upsert_meta(tx: &Tx, fila: &MetaFila) -> Result<(), DbError> {
    const SQL: &str = "INSERT INTO plantillas_meta (cuenta_id, nombre, idioma, estado, categoria, \
        motivo, parametros, actualizado) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
        ON CONFLICT (cuenta_id, nombre, idioma) DO UPDATE SET estado = excluded.estado, \
        categoria = excluded.categoria, motivo = excluded.motivo, \
        parametros = COALESCE(excluded.parametros, plantillas_meta.parametros), \
        actualizado = excluded.actualizado \
        WHERE plantillas_meta.actualizado <= excluded.actualizado";
    let valores = params![
        fila.cuenta_id.as_str(),
        fila.nombre.as_str(),
        fila.idioma.as_str(),
        fila.estado.as_str(),
        fila.categoria.as_str(),
        fila.motivo.clone(),
        fila.parametros,
        fila.actualizado
    ];
    tx.exec(SQL, valores).await.map(|_| ())
}
