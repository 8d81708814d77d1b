//! SQL of what a product has cost outside any zone: append-only, a row for each change.

use ramal_base::{Dinero, Instante, Moneda};
use ramal_db::{Consulta, DbError, FromQueryResult, Tx, params};

use crate::{Producto, ProductoId};

/// What a product cost from a moment on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrecioPasado {
    /// The price of its first period.
    pub precio: Dinero,
    /// Since when.
    pub momento: Instante,
}

#[derive(FromQueryResult)]
struct Fila {
    precio: i64,
    moneda: String,
    momento: Instante,
}

impl TryFrom<Fila> for PrecioPasado {
    type Error = DbError;

    fn try_from(f: Fila) -> Result<PrecioPasado, DbError> {
        let moneda = Moneda::parse(&f.moneda).ok_or(DbError::Corrupt("currency of a producto"))?;
        Ok(PrecioPasado { precio: Dinero::new(f.precio, moneda), momento: f.momento })
    }
}

/// What a product has cost, the latest first, at most 100.
pub async fn historia(
    c: &impl Consulta,
    producto: ProductoId,
) -> Result<Vec<PrecioPasado>, DbError> {
    const SQL: &str = "SELECT precio, moneda, momento FROM producto_precios \
        WHERE producto_id = $1 ORDER BY version DESC LIMIT 100";
    let filas = c.all::<Fila>(SQL, params![producto]).await?;
    filas.into_iter().map(PrecioPasado::try_from).collect()
}

/// Notes what a product costs now, unless the last note says the same.
pub(super) async fn note(tx: &Tx, p: &Producto) -> Result<(), DbError> {
    const LAST: &str = "SELECT precio FROM producto_precios WHERE producto_id = $1 \
        ORDER BY version DESC LIMIT 1";
    let ultimo: Option<i64> = tx.scalar(LAST, params![p.id]).await?;
    if ultimo == Some(p.precio.centavos) {
        return Ok(());
    }
    const SQL: &str = "INSERT INTO producto_precios \
        (producto_id, version, precio, moneda, momento) \
        VALUES ($1, $2, $3, $4, $5)";
    let (precio, moneda) = (p.precio.centavos, p.precio.moneda.codigo());
    tx.exec(SQL, params![p.id, p.version, precio, moneda, p.actualizado]).await.map(|_| ())
}
