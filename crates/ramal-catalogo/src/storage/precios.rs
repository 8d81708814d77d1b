//! SQL of the prices of zones. A price's currency is that of its product.

use ramal_base::{Dinero, Fecha, Moneda};
use ramal_db::{Consulta, Cursor, DbError, FromQueryResult, Pagina, Tx, Value, params};

use crate::precio::PrecioId;
use crate::{PrecioZona, ProductoId, ZonaId};

const SELECT: &str = "SELECT z.id, z.producto_id, z.zona_id, z.precio, p.moneda, z.desde, z.hasta \
    FROM precios_zona z JOIN productos p ON p.id = z.producto_id";

#[derive(FromQueryResult)]
struct Fila {
    id: PrecioId,
    producto_id: ProductoId,
    zona_id: ZonaId,
    precio: i64,
    moneda: String,
    desde: Fecha,
    hasta: Option<Fecha>,
}

impl TryFrom<Fila> for PrecioZona {
    type Error = DbError;

    fn try_from(f: Fila) -> Result<PrecioZona, DbError> {
        let moneda = Moneda::parse(&f.moneda).ok_or(DbError::Corrupt("currency of a producto"))?;
        Ok(PrecioZona {
            id: f.id,
            producto_id: f.producto_id,
            zona_id: f.zona_id,
            precio: Dinero::new(f.precio, moneda),
            desde: f.desde,
            hasta: f.hasta,
        })
    }
}

fn precios(filas: Vec<Fila>) -> Result<Vec<PrecioZona>, DbError> {
    filas.into_iter().map(PrecioZona::try_from).collect()
}

/// Prices of a zone that hold on a day, of every product.
pub async fn precios_en(
    c: &impl Consulta,
    zona: ZonaId,
    fecha: Fecha,
) -> Result<Vec<PrecioZona>, DbError> {
    let sql = format!(
        "{SELECT} WHERE z.zona_id = $1 AND z.desde <= $2 AND (z.hasta IS NULL OR z.hasta > $2) \
         ORDER BY z.producto_id, z.desde"
    );
    precios(c.all::<Fila>(&sql, params![zona, fecha]).await?)
}

/// Prices of several zones that hold on a day, of every product.
pub async fn precios_en_zonas(
    c: &impl Consulta,
    zonas: &[ZonaId],
    fecha: Fecha,
) -> Result<Vec<PrecioZona>, DbError> {
    if zonas.is_empty() {
        return Ok(Vec::new());
    }
    let lista = ramal_db::consulta::placeholders(2, zonas.len());
    let sql = format!(
        "{SELECT} WHERE z.zona_id IN {lista} AND z.desde <= $1 \
         AND (z.hasta IS NULL OR z.hasta > $1) ORDER BY z.producto_id, z.desde"
    );
    let mut valores = params![fecha];
    valores.extend(zonas.iter().map(|id| Value::from(*id)));
    precios(c.all::<Fila>(&sql, valores).await?)
}

/// Every price that a product has had or will have in zones, the latest first, at most 500.
pub async fn precios_de(
    c: &impl Consulta,
    producto: ProductoId,
) -> Result<Vec<PrecioZona>, DbError> {
    let sql = format!("{SELECT} WHERE z.producto_id = $1 ORDER BY z.desde DESC, z.id LIMIT 500");
    precios(c.all::<Fila>(&sql, params![producto]).await?)
}

/// The price of a product in a zone that begins on a day.
pub async fn precio_en(
    c: &impl Consulta,
    producto: ProductoId,
    zona: ZonaId,
    desde: Fecha,
) -> Result<Option<PrecioZona>, DbError> {
    let sql = format!("{SELECT} WHERE z.producto_id = $1 AND z.zona_id = $2 AND z.desde = $3");
    let fila = c.opt::<Fila>(&sql, params![producto, zona, desde]).await?;
    fila.map(PrecioZona::try_from).transpose()
}

/// Writes a price, or replaces the one of its product and zone that begins on the same day.
pub async fn put_precio(tx: &Tx, p: &PrecioZona) -> Result<(), DbError> {
    const SQL: &str = "INSERT INTO precios_zona (id, producto_id, zona_id, precio, desde, hasta) \
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (producto_id, zona_id, desde) \
        DO UPDATE SET precio = excluded.precio, hasta = excluded.hasta";
    let valores = params![p.id, p.producto_id, p.zona_id, p.precio.centavos, p.desde, p.hasta];
    tx.exec(SQL, valores).await.map(|_| ())
}

/// Filters of the list; all optional, combined with "and".
#[derive(Clone, Copy, Debug, Default)]
pub struct FiltroPrecios {
    /// Prices of a product.
    pub producto: Option<ProductoId>,
    /// Prices of a zone.
    pub zona: Option<ZonaId>,
    /// Prices that hold on a day.
    pub fecha: Option<Fecha>,
}

/// A page of prices in the order in which they were set; `despues` is the last one seen.
pub async fn list_precios(
    c: &impl Consulta,
    filtro: &FiltroPrecios,
    despues: Option<PrecioId>,
    cursor: &Cursor,
) -> Result<Pagina<PrecioZona>, DbError> {
    let mut donde = vec!["1 = 1".to_owned()];
    let mut valores: Vec<Value> = Vec::new();
    let mut add = |condicion: &str, valor: Value| {
        valores.push(valor);
        donde.push(condicion.replace('?', &format!("${}", valores.len())));
    };
    if let Some(producto) = filtro.producto {
        add("z.producto_id = ?", producto.into());
    }
    if let Some(zona) = filtro.zona {
        add("z.zona_id = ?", zona.into());
    }
    if let Some(fecha) = filtro.fecha {
        add("z.desde <= ? AND (z.hasta IS NULL OR z.hasta > ?)", fecha.into());
    }
    if let Some(despues) = despues {
        add("z.id > ?", despues.into());
    }
    let sql =
        format!("{SELECT} WHERE {} ORDER BY z.id LIMIT {}", donde.join(" AND "), cursor.filas());
    let datos = precios(c.all::<Fila>(&sql, valores).await?)?;
    Ok(Pagina::cut(datos, cursor, |p| p.id.to_string()))
}
