//! Change of a coverage area. Its code never changes.

use ramal_base::{CampoInvalido, Cx};
use ramal_db::Tx;
use ramal_plataforma::{Registro, audit};
use serde_json::json;

use crate::zona::{self, CambioZona};
use crate::{Error, Zona, ZonaId, reglas, storage};

/// Changes what the command names; `activa: false` closes the zone to sales.
///
/// A change that changes nothing keeps the version. Errors: `Datos`, `ZonaNotFound`, `Storage`.
pub async fn update_zona(tx: &Tx, cx: &Cx, id: ZonaId, cambio: CambioZona) -> Result<Zona, Error> {
    let antes = storage::lock_zona(tx, id).await?.ok_or(Error::ZonaNotFound)?;
    let mut errores = Vec::new();
    let zona = changed(&antes, cambio, &mut errores);
    if !errores.is_empty() {
        return Err(Error::Datos(errores));
    }
    if zona == antes {
        return Ok(antes);
    }
    let zona = Zona { version: antes.version + 1, actualizado: cx.now(), ..zona };
    storage::update_zona(tx, &zona).await?;
    let registro = Registro::new("zona.actualizar", "zona", id);
    audit(tx, cx, registro.antes(json!(antes)).despues(json!(zona))).await?;
    Ok(zona)
}

fn changed(antes: &Zona, cambio: CambioZona, errores: &mut Vec<CampoInvalido>) -> Zona {
    let mut zona = antes.clone();
    if let Some(nombre) = cambio.nombre {
        zona.nombre = reglas::check_nombre(&nombre, errores);
    }
    if let Some(codigos) = cambio.codigos_postales {
        zona.codigos_postales = zona::postal_codes(codigos, errores);
    }
    if let Some(tecnologias) = cambio.tecnologias {
        zona.tecnologias = zona::technologies(tecnologias, errores);
    }
    zona.activa = cambio.activa.unwrap_or(zona.activa);
    zona
}
