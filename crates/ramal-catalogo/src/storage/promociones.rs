//! SQL of promotions.

use ramal_base::{Dinero, Fecha, Instante, Moneda};
use ramal_db::{Bulk, Consulta, Cursor, DbError, FromQueryResult, Pagina, Tx, Value, params};

use crate::promocion::Descuento;
use crate::{ProductoId, Promocion, PromocionId};

const COLUMNAS: &str = "id, codigo, nombre, producto_id, clase, valor, moneda, periodos, desde, \
    hasta, activa, version, creado, actualizado";

#[derive(FromQueryResult)]
struct Fila {
    id: PromocionId,
    codigo: String,
    nombre: String,
    producto_id: Option<ProductoId>,
    clase: String,
    valor: i64,
    moneda: Option<String>,
    periodos: Option<i32>,
    desde: Fecha,
    hasta: Option<Fecha>,
    activa: bool,
    version: i64,
    creado: Instante,
    actualizado: Instante,
}

impl TryFrom<Fila> for Promocion {
    type Error = DbError;

    fn try_from(f: Fila) -> Result<Promocion, DbError> {
        let moneda = f.moneda.as_deref().and_then(Moneda::parse);
        let descuento = match (f.clase.as_str(), moneda) {
            ("porcentaje", _) => Descuento::Porcentaje(f.valor),
            ("importe", Some(moneda)) => Descuento::Importe(Dinero::new(f.valor, moneda)),
            _ => return Err(DbError::Corrupt("discount of a promocion")),
        };
        Ok(Promocion {
            id: f.id,
            codigo: f.codigo,
            nombre: f.nombre,
            producto_id: f.producto_id,
            descuento,
            periodos: f.periodos,
            desde: f.desde,
            hasta: f.hasta,
            activa: f.activa,
            version: f.version,
            creado: f.creado,
            actualizado: f.actualizado,
        })
    }
}

fn promociones(filas: Vec<Fila>) -> Result<Vec<Promocion>, DbError> {
    filas.into_iter().map(Promocion::try_from).collect()
}

/// One promotion.
pub async fn promocion(c: &impl Consulta, id: PromocionId) -> Result<Option<Promocion>, DbError> {
    let sql = format!("SELECT {COLUMNAS} FROM promociones WHERE id = $1");
    c.opt::<Fila>(&sql, params![id]).await?.map(Promocion::try_from).transpose()
}

/// The promotion with a code.
pub async fn promocion_by_codigo(
    c: &impl Consulta,
    codigo: &str,
) -> Result<Option<Promocion>, DbError> {
    let sql = format!("SELECT {COLUMNAS} FROM promociones WHERE codigo = $1");
    c.opt::<Fila>(&sql, params![codigo]).await?.map(Promocion::try_from).transpose()
}

/// One promotion, its row locked until the end of the transaction.
pub async fn lock_promocion(tx: &Tx, id: PromocionId) -> Result<Option<Promocion>, DbError> {
    let bloqueo = tx.motor().for_update();
    let sql = format!("SELECT {COLUMNAS} FROM promociones WHERE id = $1{bloqueo}");
    tx.opt::<Fila>(&sql, params![id]).await?.map(Promocion::try_from).transpose()
}

/// Promotions that can be taken on a day, by code.
pub async fn promociones_en(c: &impl Consulta, fecha: Fecha) -> Result<Vec<Promocion>, DbError> {
    let sql = format!(
        "SELECT {COLUMNAS} FROM promociones WHERE activa = $1 AND desde <= $2 \
         AND (hasta IS NULL OR hasta > $2) ORDER BY codigo"
    );
    promociones(c.all::<Fila>(&sql, params![true, fecha]).await?)
}

/// A page of promotions by code; the cursor is the last code seen.
pub async fn list_promociones(
    c: &impl Consulta,
    activa: Option<bool>,
    producto: Option<ProductoId>,
    cursor: &Cursor,
) -> Result<Pagina<Promocion>, DbError> {
    let mut valores = vec![Value::from(cursor.cursor.clone().unwrap_or_default())];
    let mut donde = "codigo > $1".to_owned();
    if let Some(activa) = activa {
        valores.push(activa.into());
        donde.push_str(&format!(" AND activa = ${}", valores.len()));
    }
    if let Some(producto) = producto {
        valores.push(producto.into());
        donde.push_str(&format!(" AND (producto_id IS NULL OR producto_id = ${})", valores.len()));
    }
    let sql = format!(
        "SELECT {COLUMNAS} FROM promociones WHERE {donde} ORDER BY codigo LIMIT {}",
        cursor.filas()
    );
    let datos = promociones(c.all::<Fila>(&sql, valores).await?)?;
    Ok(Pagina::cut(datos, cursor, |p| p.codigo.clone()))
}

/// Where a promotion stands on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vigencia {
    /// It can be taken.
    Vigente(Fecha),
    /// Its first day has not come.
    Futura(Fecha),
    /// Its last day is past.
    Terminada(Fecha),
}

/// Filters of the page of promotions; all optional, combined with "and".
#[derive(Clone, Debug, Default)]
pub struct FiltroPromociones {
    /// Part of the name or of the code.
    pub buscar: Option<String>,
    /// Product to which it applies, also those that are for all.
    pub producto: Option<ProductoId>,
    /// Whether it is switched on.
    pub activa: Option<bool>,
    /// Where it stands.
    pub vigencia: Option<Vigencia>,
}

impl FiltroPromociones {
    /// The condition, with its values from `$1` on.
    fn donde(&self) -> (String, Vec<Value>) {
        let mut donde = vec!["1 = 1".to_owned()];
        let mut valores: Vec<Value> = Vec::new();
        if let Some(texto) = self.buscar.as_deref().filter(|t| !t.trim().is_empty()) {
            let (codigo, nombre) = super::patterns(texto);
            valores.extend([codigo.into(), nombre.into()]);
            donde.push("(codigo LIKE $1 OR LOWER(nombre) LIKE $2)".to_owned());
        }
        let mut add = |condicion: &str, valor: Value| {
            valores.push(valor);
            donde.push(condicion.replace('?', &format!("${}", valores.len())));
        };
        if let Some(producto) = self.producto {
            add("(producto_id IS NULL OR producto_id = ?)", producto.into());
        }
        if let Some(activa) = self.activa {
            add("activa = ?", activa.into());
        }
        match self.vigencia {
            Some(Vigencia::Vigente(dia)) => {
                add("desde <= ? AND (hasta IS NULL OR hasta > ?)", dia.into());
            }
            Some(Vigencia::Futura(dia)) => add("desde > ?", dia.into()),
            Some(Vigencia::Terminada(dia)) => add("hasta <= ?", dia.into()),
            None => {}
        }
        (donde.join(" AND "), valores)
    }
}

/// A page of the promotions that match, by code; the cursor is the last code seen.
pub async fn search_promociones(
    c: &impl Consulta,
    filtro: &FiltroPromociones,
    cursor: &Cursor,
) -> Result<Pagina<Promocion>, DbError> {
    let (mut donde, mut valores) = filtro.donde();
    if let Some(codigo) = &cursor.cursor {
        valores.push(codigo.as_str().into());
        donde.push_str(&format!(" AND codigo > ${}", valores.len()));
    }
    let sql = format!(
        "SELECT {COLUMNAS} FROM promociones WHERE {donde} ORDER BY codigo LIMIT {}",
        cursor.filas()
    );
    let datos = promociones(c.all::<Fila>(&sql, valores).await?)?;
    Ok(Pagina::cut(datos, cursor, |p| p.codigo.clone()))
}

/// How many promotions match, up to 10,001.
pub async fn count_promociones(
    c: &impl Consulta,
    filtro: &FiltroPromociones,
) -> Result<i64, DbError> {
    let (donde, valores) = filtro.donde();
    let sql = format!(
        "SELECT COUNT(*) FROM (SELECT 1 AS uno FROM promociones WHERE {donde} LIMIT 10001) t"
    );
    Ok(c.scalar(&sql, valores).await?.unwrap_or(0))
}

const COLUMNAS_ALTA: &[&str] = &[
    "id",
    "codigo",
    "nombre",
    "producto_id",
    "clase",
    "valor",
    "moneda",
    "periodos",
    "desde",
    "hasta",
    "activa",
    "version",
    "creado",
    "actualizado",
];

/// Writes a new promotion. Errors: `Unique` on its code.
pub async fn insert_promocion(tx: &Tx, p: &Promocion) -> Result<(), DbError> {
    let (clase, valor, moneda) = match p.descuento {
        Descuento::Porcentaje(puntos) => ("porcentaje", puntos, None),
        Descuento::Importe(importe) => ("importe", importe.centavos, Some(importe.moneda.codigo())),
    };
    let mut fila = Bulk::new("promociones", COLUMNAS_ALTA);
    fila.push([
        p.id.into(),
        p.codigo.as_str().into(),
        p.nombre.as_str().into(),
        p.producto_id.into(),
        clase.into(),
        valor.into(),
        moneda.into(),
        p.periodos.into(),
        p.desde.into(),
        p.hasta.into(),
        p.activa.into(),
        p.version.into(),
        p.creado.into(),
        p.actualizado.into(),
    ]);
    fila.insert(tx).await.map(|_| ())
}

/// Writes the changeable fields of a promotion.
pub async fn update_promocion(tx: &Tx, p: &Promocion) -> Result<(), DbError> {
    const SQL: &str = "UPDATE promociones SET nombre = $2, hasta = $3, activa = $4, version = $5, \
        actualizado = $6 WHERE id = $1";
    let valores = params![p.id, p.nombre.as_str(), p.hasta, p.activa, p.version, p.actualizado];
    tx.exec(SQL, valores).await.map(|_| ())
}
