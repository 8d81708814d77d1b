//! Import of a catalogue file: all of it or nothing, and the second time nothing changes.

use ramal_base::{CampoInvalido, Cx, Moneda};
use ramal_db::Tx;
use ramal_fiscal::Impuesto;
use ramal_plataforma::{Registro, audit};
use serde::Serialize;
use serde_json::json;

use crate::archivo::{self, FilaCatalogo, FilaInvalida};
use crate::events::ProductoActualizado;
use crate::{Error, Producto, reglas, storage};

/// What an import did.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Importado {
    /// Products that the file holds.
    pub productos: usize,
    /// Products made.
    pub creados: usize,
    /// Products that were there with other data.
    pub actualizados: usize,
    /// Refused fields; if there is one, nothing was written.
    pub errores: Vec<FilaInvalida>,
}

/// Writes the products of a CSV file (`archivo::read`), matched by name; prices are in `moneda`.
///
/// Repeating a file changes nothing. A product that is not in the file stays as it is.
/// Errors: `Storage`; refused rows come in `errores` and then nothing was written.
/// Emits `ProductoActualizado` for each product made or changed.
pub async fn import_catalogo(
    tx: &Tx,
    cx: &Cx,
    moneda: Moneda,
    bytes: &[u8],
) -> Result<Importado, Error> {
    let filas = match archivo::read(bytes, moneda) {
        Ok(filas) => filas,
        Err(errores) => return Ok(Importado { errores, ..Importado::default() }),
    };
    let hay = storage::all(tx).await?;
    let errores = conflicts(&filas, &hay);
    if !errores.is_empty() {
        return Ok(Importado { errores, ..Importado::default() });
    }
    let mut hecho = Importado { productos: filas.len(), ..Importado::default() };
    for fila in &filas {
        let anterior = hay.iter().find(|p| p.nombre == fila.nombre);
        match anterior {
            None => {
                let producto = new_producto(cx, fila);
                storage::insert(tx, &producto).await?;
                tell(tx, cx, &producto).await?;
                hecho.creados += 1;
            }
            Some(anterior) => {
                let cambiado = changed(anterior, fila);
                if cambiado != *anterior {
                    let version = anterior.version + 1;
                    let producto = Producto { version, actualizado: cx.now(), ..cambiado };
                    storage::update(tx, &producto).await?;
                    tell(tx, cx, &producto).await?;
                    hecho.actualizados += 1;
                }
            }
        }
    }
    if hecho.creados + hecho.actualizados > 0 {
        audit(tx, cx, summary(&hecho, bytes)).await?;
    }
    Ok(hecho)
}

fn summary(hecho: &Importado, bytes: &[u8]) -> Registro {
    Registro::new("catalogo.importar", "catalogo", "archivo").despues(json!({
        "bytes": bytes.len(),
        "productos": hecho.productos,
        "creados": hecho.creados,
        "actualizados": hecho.actualizados,
    }))
}

/// Rows that contradict what the catalogue holds already.
fn conflicts(filas: &[FilaCatalogo], hay: &[Producto]) -> Vec<FilaInvalida> {
    let mut errores = Vec::new();
    for fila in filas {
        let mut refuse = |campo: &str, codigo: &str, motivo: String| {
            let error = CampoInvalido::new(campo, codigo, motivo);
            errores.push(FilaInvalida { linea: fila.linea, error });
        };
        match hay.iter().find(|p| p.nombre == fila.nombre) {
            Some(p) if p.precio.moneda != fila.precio.moneda => {
                let motivo = format!(
                    "El producto ya existe con precio en {}. Use otro nombre.",
                    p.precio.moneda
                );
                refuse("precio_con_impuesto", "moneda_distinta", motivo);
            }
            Some(_) => {}
            None => {
                let codigo = reglas::slug(&fila.nombre);
                if let Some(otro) = hay.iter().find(|p| p.codigo == codigo) {
                    let motivo = format!(
                        "Ya hay un producto con nombre casi igual, «{}». Escriba el mismo nombre, \
                         u otro que se distinga.",
                        otro.nombre
                    );
                    refuse("nombre", "nombre_parecido", motivo);
                }
            }
        }
    }
    errores
}

fn new_producto(cx: &Cx, fila: &FilaCatalogo) -> Producto {
    let ahora = cx.now();
    Producto {
        id: cx.new_id(),
        codigo: reglas::slug(&fila.nombre),
        nombre: fila.nombre.clone(),
        clase: fila.categoria.clase(),
        categoria: fila.categoria,
        tecnologia: fila.tecnologia,
        precio: fila.precio,
        periodos: vec![fila.periodo],
        impuesto_incluido: true,
        requiere_factura: true,
        impuesto: Impuesto::General,
        clave_prod_serv: fila.clave_prod_serv.clone(),
        clave_unidad: fila.clave_unidad.clone(),
        velocidad_mbps: None,
        configuracion: json!({}),
        activo: true,
        version: 1,
        creado: ahora,
        actualizado: ahora,
    }
}

/// The product with what the file says of it; the rest stays.
fn changed(anterior: &Producto, fila: &FilaCatalogo) -> Producto {
    let mismo_periodo = anterior.periodos.first() == Some(&fila.periodo);
    let misma_categoria = anterior.categoria == fila.categoria;
    Producto {
        clase: if misma_categoria { anterior.clase } else { fila.categoria.clase() },
        categoria: fila.categoria,
        tecnologia: fila.tecnologia,
        precio: fila.precio,
        periodos: if mismo_periodo { anterior.periodos.clone() } else { vec![fila.periodo] },
        impuesto_incluido: true,
        clave_prod_serv: fila.clave_prod_serv.clone(),
        clave_unidad: fila.clave_unidad.clone(),
        ..anterior.clone()
    }
}

async fn tell(tx: &Tx, cx: &Cx, producto: &Producto) -> Result<(), Error> {
    tx.emit(cx, &ProductoActualizado::from(producto)).await?;
    Ok(())
}
