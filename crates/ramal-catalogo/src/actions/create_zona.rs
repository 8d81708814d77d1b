//! A new coverage area.

use ramal_base::Cx;
use ramal_db::Tx;
use ramal_plataforma::{Registro, audit};
use serde_json::json;

use crate::zona::{self, DatosZona};
use crate::{Error, Zona, storage};

/// Makes a zone. Errors: `Datos` with every refused field, `Duplicado` of the code, `Storage`.
pub async fn create_zona(tx: &Tx, cx: &Cx, datos: DatosZona) -> Result<Zona, Error> {
    let datos = zona::check(datos).map_err(Error::Datos)?;
    let zona = Zona {
        id: cx.new_id(),
        codigo: datos.codigo.unwrap_or_default(),
        nombre: datos.nombre,
        codigos_postales: datos.codigos_postales,
        tecnologias: datos.tecnologias,
        activa: true,
        version: 1,
        creado: cx.now(),
        actualizado: cx.now(),
    };
    storage::insert_zona(tx, &zona).await.map_err(Error::taken("zona"))?;
    audit(tx, cx, Registro::new("zona.crear", "zona", zona.id).despues(json!(zona))).await?;
    Ok(zona)
}
