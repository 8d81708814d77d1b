//! Parts of a combo: they exist, cost in its currency, are no combos and are more than one thing.

use ramal_base::CampoInvalido;
use ramal_db::Tx;

use crate::formulario::DatosComponente;
use crate::{ClaseProducto, Error, Producto, ProductoId, storage};

/// Checks the parts that a form gives to a product.
///
/// Errors: `Storage`; refusals go to `errores`.
pub(super) async fn check(
    tx: &Tx,
    producto: &Producto,
    partes: &[DatosComponente],
    errores: &mut Vec<CampoInvalido>,
) -> Result<Vec<(ProductoId, i32)>, Error> {
    let mut refuse = |campo: String, codigo: &str, motivo: &str| {
        errores.push(CampoInvalido::new(campo, codigo, motivo));
    };
    if producto.clase != ClaseProducto::Combo {
        if !partes.is_empty() {
            let motivo = "Solo un combo lleva componentes.";
            refuse("componentes".into(), "no_es_combo", motivo);
        }
        return Ok(Vec::new());
    }
    let unidades: i64 = partes.iter().map(|p| i64::from(p.cantidad)).sum();
    if unidades < 2 || partes.len() > 50 {
        let motivo = "Un combo lleva al menos dos unidades, en 50 componentes o menos.";
        refuse("componentes".into(), "combo_incompleto", motivo);
        return Ok(Vec::new());
    }
    let ids: Vec<ProductoId> =
        partes.iter().map(|p| ProductoId::from_uuid(p.producto_id)).collect();
    let hay = storage::by_ids(tx, &ids).await?;
    for (i, (parte, id)) in partes.iter().zip(&ids).enumerate() {
        let campo = |nombre: &str| format!("componentes[{i}].{nombre}");
        if !(1..=99).contains(&parte.cantidad) {
            refuse(campo("cantidad"), "fuera_de_rango", "La cantidad va de 1 a 99.");
        }
        if ids[..i].contains(id) {
            refuse(campo("producto_id"), "duplicado", "Ya está en el combo; cambie su cantidad.");
        }
        let motivo = match hay.iter().find(|p| p.id == *id) {
            None => "No existe ese producto.",
            Some(p) if p.clase == ClaseProducto::Combo => "Un combo no lleva otro combo.",
            Some(p) if p.precio.moneda != producto.precio.moneda => {
                "El componente se cobra en otra moneda."
            }
            Some(_) => continue,
        };
        refuse(campo("producto_id"), "componente_invalido", motivo);
    }
    Ok(ids.into_iter().zip(partes.iter().map(|p| p.cantidad)).collect())
}
