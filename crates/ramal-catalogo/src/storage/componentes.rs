//! SQL of the parts of combos.

use ramal_db::{Bulk, Consulta, DbError, FromQueryResult, Tx, Value, params};

use crate::{ProductoId, Tecnologia};

/// A part of a combo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Componente {
    /// The combo.
    pub combo_id: ProductoId,
    /// The product inside.
    pub producto_id: ProductoId,
    /// Its code.
    pub codigo: String,
    /// Its name.
    pub nombre: String,
    /// Technology that it needs.
    pub tecnologia: Option<Tecnologia>,
    /// How many, at least one.
    pub cantidad: i32,
}

#[derive(FromQueryResult)]
struct Fila {
    combo_id: ProductoId,
    producto_id: ProductoId,
    codigo: String,
    nombre: String,
    tecnologia: Option<String>,
    cantidad: i32,
}

/// Parts of several combos, by name.
pub async fn componentes(
    c: &impl Consulta,
    combos: &[ProductoId],
) -> Result<Vec<Componente>, DbError> {
    if combos.is_empty() {
        return Ok(Vec::new());
    }
    let lista = ramal_db::consulta::placeholders(1, combos.len());
    let sql = format!(
        "SELECT k.combo_id, k.producto_id, p.codigo, p.nombre, p.tecnologia, k.cantidad \
         FROM producto_componentes k JOIN productos p ON p.id = k.producto_id \
         WHERE k.combo_id IN {lista} ORDER BY p.nombre"
    );
    let valores = combos.iter().map(|id| Value::from(*id)).collect();
    let filas = c.all::<Fila>(&sql, valores).await?;
    let componente = |f: Fila| -> Result<Componente, DbError> {
        Ok(Componente {
            combo_id: f.combo_id,
            producto_id: f.producto_id,
            codigo: f.codigo,
            nombre: f.nombre,
            tecnologia: super::productos::tecnologia(f.tecnologia.as_deref())?,
            cantidad: f.cantidad,
        })
    };
    filas.into_iter().map(componente).collect()
}

/// Writes the parts of a combo in place of those that it had.
pub async fn replace_componentes(
    tx: &Tx,
    combo: ProductoId,
    partes: &[(ProductoId, i32)],
) -> Result<(), DbError> {
    tx.exec("DELETE FROM producto_componentes WHERE combo_id = $1", params![combo]).await?;
    let columnas = &["combo_id", "producto_id", "cantidad"];
    let mut bulk = Bulk::new("producto_componentes", columnas);
    for (producto, cantidad) in partes {
        bulk.push([combo.into(), (*producto).into(), (*cantidad).into()]);
    }
    bulk.insert(tx).await.map(|_| ())
}
