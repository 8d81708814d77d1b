//! SQL of zones. Lists inside a row are kept as text separated by commas.

use ramal_base::Instante;
use ramal_db::{Bulk, Consulta, Cursor, DbError, FromQueryResult, Pagina, Tx, Value, params};

use crate::{Tecnologia, Zona, ZonaId};

const COLUMNAS: &str =
    "id, codigo, nombre, codigos_postales, tecnologias, activa, version, creado, actualizado";

#[derive(FromQueryResult)]
struct Fila {
    id: ZonaId,
    codigo: String,
    nombre: String,
    codigos_postales: String,
    tecnologias: String,
    activa: bool,
    version: i64,
    creado: Instante,
    actualizado: Instante,
}

impl TryFrom<Fila> for Zona {
    type Error = DbError;

    fn try_from(f: Fila) -> Result<Zona, DbError> {
        let tecnologias: Option<Vec<Tecnologia>> =
            f.tecnologias.split(',').map(Tecnologia::parse).collect();
        let codigos = f.codigos_postales.split(',').filter(|c| !c.is_empty());
        Ok(Zona {
            id: f.id,
            codigo: f.codigo,
            nombre: f.nombre,
            codigos_postales: codigos.map(str::to_owned).collect(),
            tecnologias: tecnologias.ok_or(DbError::Corrupt("technologies of a zona"))?,
            activa: f.activa,
            version: f.version,
            creado: f.creado,
            actualizado: f.actualizado,
        })
    }
}

fn tecnologias_texto(tecnologias: &[Tecnologia]) -> String {
    tecnologias.iter().map(|t| t.as_str()).collect::<Vec<_>>().join(",")
}

/// One zone.
pub async fn zona(c: &impl Consulta, id: ZonaId) -> Result<Option<Zona>, DbError> {
    let sql = format!("SELECT {COLUMNAS} FROM zonas WHERE id = $1");
    c.opt::<Fila>(&sql, params![id]).await?.map(Zona::try_from).transpose()
}

/// The zone with a code.
pub async fn zona_by_codigo(c: &impl Consulta, codigo: &str) -> Result<Option<Zona>, DbError> {
    let sql = format!("SELECT {COLUMNAS} FROM zonas WHERE codigo = $1");
    c.opt::<Fila>(&sql, params![codigo]).await?.map(Zona::try_from).transpose()
}

/// One zone, its row locked until the end of the transaction.
pub async fn lock_zona(tx: &Tx, id: ZonaId) -> Result<Option<Zona>, DbError> {
    let sql = format!("SELECT {COLUMNAS} FROM zonas WHERE id = $1{}", tx.motor().for_update());
    tx.opt::<Fila>(&sql, params![id]).await?.map(Zona::try_from).transpose()
}

/// Every zone where something can be sold, by code; hundreds at most.
pub async fn zonas_activas(c: &impl Consulta) -> Result<Vec<Zona>, DbError> {
    let sql = format!("SELECT {COLUMNAS} FROM zonas WHERE activa = $1 ORDER BY codigo");
    c.all::<Fila>(&sql, params![true]).await?.into_iter().map(Zona::try_from).collect()
}

/// A page of zones by code; the cursor is the last code seen.
pub async fn list_zonas(
    c: &impl Consulta,
    activa: Option<bool>,
    cursor: &Cursor,
) -> Result<Pagina<Zona>, DbError> {
    let despues = cursor.cursor.clone().unwrap_or_default();
    let mut valores = vec![Value::from(despues)];
    let mut donde = "codigo > $1".to_owned();
    if let Some(activa) = activa {
        valores.push(activa.into());
        donde.push_str(" AND activa = $2");
    }
    let sql = format!(
        "SELECT {COLUMNAS} FROM zonas WHERE {donde} ORDER BY codigo LIMIT {}",
        cursor.filas()
    );
    let filas = c.all::<Fila>(&sql, valores).await?;
    let datos: Result<Vec<Zona>, DbError> = filas.into_iter().map(Zona::try_from).collect();
    Ok(Pagina::cut(datos?, cursor, |z| z.codigo.clone()))
}

/// Filters of the page of zones; all optional, combined with "and".
#[derive(Clone, Debug, Default)]
pub struct FiltroZonas {
    /// Part of the name or of the code, or a postal code.
    pub buscar: Option<String>,
    /// Technology that it has.
    pub tecnologia: Option<Tecnologia>,
    /// Whether something can be sold in it.
    pub activa: Option<bool>,
}

impl FiltroZonas {
    /// The condition, with its values from `$1` on.
    fn donde(&self) -> (String, Vec<Value>) {
        let mut donde = vec!["1 = 1".to_owned()];
        let mut valores: Vec<Value> = Vec::new();
        if let Some(texto) = self.buscar.as_deref().filter(|t| !t.trim().is_empty()) {
            let (codigo, nombre) = super::patterns(texto);
            let postal = nombre.to_uppercase();
            valores.extend([codigo.into(), nombre.into(), postal.into()]);
            donde.push(
                "(codigo LIKE $1 OR LOWER(nombre) LIKE $2 OR codigos_postales LIKE $3)".to_owned(),
            );
        }
        if let Some(tecnologia) = self.tecnologia {
            valores.push(format!("%{}%", tecnologia.as_str()).into());
            donde.push(format!("tecnologias LIKE ${}", valores.len()));
        }
        if let Some(activa) = self.activa {
            valores.push(activa.into());
            donde.push(format!("activa = ${}", valores.len()));
        }
        (donde.join(" AND "), valores)
    }
}

/// A page of the zones that match, by code; the cursor is the last code seen.
pub async fn search_zonas(
    c: &impl Consulta,
    filtro: &FiltroZonas,
    cursor: &Cursor,
) -> Result<Pagina<Zona>, DbError> {
    let (mut donde, mut valores) = filtro.donde();
    if let Some(codigo) = &cursor.cursor {
        valores.push(codigo.as_str().into());
        donde.push_str(&format!(" AND codigo > ${}", valores.len()));
    }
    let limite = cursor.filas();
    let sql = format!("SELECT {COLUMNAS} FROM zonas WHERE {donde} ORDER BY codigo LIMIT {limite}");
    let filas = c.all::<Fila>(&sql, valores).await?;
    let datos: Result<Vec<Zona>, DbError> = filas.into_iter().map(Zona::try_from).collect();
    Ok(Pagina::cut(datos?, cursor, |z| z.codigo.clone()))
}

/// How many zones match, up to 10,001.
pub async fn count_zonas(c: &impl Consulta, filtro: &FiltroZonas) -> Result<i64, DbError> {
    let (donde, valores) = filtro.donde();
    let sql =
        format!("SELECT COUNT(*) FROM (SELECT 1 AS uno FROM zonas WHERE {donde} LIMIT 10001) t");
    Ok(c.scalar(&sql, valores).await?.unwrap_or(0))
}

const COLUMNAS_ALTA: &[&str] = &[
    "id",
    "codigo",
    "nombre",
    "codigos_postales",
    "tecnologias",
    "activa",
    "version",
    "creado",
    "actualizado",
];

/// Writes a new zone. Errors: `Unique` on its code.
pub async fn insert_zona(tx: &Tx, z: &Zona) -> Result<(), DbError> {
    let mut fila = Bulk::new("zonas", COLUMNAS_ALTA);
    fila.push([
        z.id.into(),
        z.codigo.as_str().into(),
        z.nombre.as_str().into(),
        z.codigos_postales.join(",").into(),
        tecnologias_texto(&z.tecnologias).into(),
        z.activa.into(),
        z.version.into(),
        z.creado.into(),
        z.actualizado.into(),
    ]);
    fila.insert(tx).await.map(|_| ())
}

/// Writes the changeable fields of a zone.
pub async fn update_zona(tx: &Tx, z: &Zona) -> Result<(), DbError> {
    const SQL: &str = "UPDATE zonas SET nombre = $2, codigos_postales = $3, tecnologias = $4, \
        activa = $5, version = $6, actualizado = $7 WHERE id = $1";
    let valores = params![
        z.id,
        z.nombre.as_str(),
        z.codigos_postales.join(","),
        tecnologias_texto(&z.tecnologias),
        z.activa,
        z.version,
        z.actualizado,
    ];
    tx.exec(SQL, valores).await.map(|_| ())
}
