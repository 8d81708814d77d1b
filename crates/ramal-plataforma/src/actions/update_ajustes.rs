//! Settings of the company and of an emisor. What a key means, and whether a value fits, is known
//! by the slice that reads it; whoever calls has asked it.

use ramal_base::Cx;
use ramal_db::Tx;
use serde_json::{Map, Value};

use crate::{EmisorId, Error, Registro, audit, storage};

/// Merges changes into the company's settings; a null removes its key. Gives all settings.
///
/// Errors: `EmpresaNotFound`, `Storage`. Changing nothing writes nothing.
pub async fn update_ajustes_empresa(
    tx: &Tx,
    cx: &Cx,
    cambios: &Map<String, Value>,
) -> Result<Value, Error> {
    let empresa = storage::empresa(tx).await?;
    let nuevos = merged(&empresa.ajustes, cambios);
    if nuevos != empresa.ajustes {
        storage::update_ajustes_empresa(tx, empresa.id, &nuevos).await?;
        let registro = Registro::new("empresa.ajustar", "empresa", empresa.id);
        let registro = registro.antes(empresa.ajustes).despues(nuevos.clone());
        audit(tx, cx, registro).await?;
    }
    Ok(nuevos)
}

/// Merges changes into an emisor's settings; a null removes its key. Gives all settings.
///
/// Errors: `EmisorNotFound`, `Storage`. Changing nothing writes nothing.
pub async fn update_ajustes_emisor(
    tx: &Tx,
    cx: &Cx,
    id: EmisorId,
    cambios: &Map<String, Value>,
) -> Result<Value, Error> {
    let emisor = storage::emisor(tx, id).await?;
    let nuevos = merged(&emisor.ajustes, cambios);
    if nuevos != emisor.ajustes {
        storage::update_ajustes_emisor(tx, id, &nuevos).await?;
        let registro = Registro::new("emisor.ajustar", "emisor", id);
        let registro = registro.antes(emisor.ajustes).despues(nuevos.clone());
        audit(tx, cx, registro).await?;
    }
    Ok(nuevos)
}

fn merged(ajustes: &Value, cambios: &Map<String, Value>) -> Value {
    let mut mapa = ajustes.as_object().cloned().unwrap_or_default();
    for (clave, valor) in cambios {
        if valor.is_null() {
            mapa.remove(clave);
        } else {
            mapa.insert(clave.clone(), valor.clone());
        }
    }
    Value::Object(mapa)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_null_removes_a_setting_and_the_rest_stay() {
        let cambios = json!({ "terminos_dias": null, "agrupacion": "por_servicio" });
        let antes = json!({ "terminos_dias": 5, "ventana_dias": 3 });
        let despues = merged(&antes, cambios.as_object().unwrap());
        assert_eq!(despues, json!({ "agrupacion": "por_servicio", "ventana_dias": 3 }));
    }
}
