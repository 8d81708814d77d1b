//! Changes of templates at Meta: state and category, by webhook or by reading the list. It edits no
//! text of ours.

use ramal_base::{Cx, Instante};
use ramal_canales::whatsapp::PlantillaRemota;
use ramal_canales::whatsapp::webhook::CambioPlantilla;
use ramal_db::{Consulta, DbError, Tx};

use crate::Canal;
use crate::events::PlantillaCambio;
use crate::plantilla::Llave;
use crate::storage::envios::EnvioFila;
use crate::storage::plantillas::{self, MetaFila};
use crate::storage::{lineas, notificaciones};

/// A template changed: what is not told stays.
pub async fn hear(tx: &Tx, cx: &Cx, cuenta: &str, cambio: &CambioPlantilla) -> Result<(), DbError> {
    let antes = plantillas::meta(tx, cuenta, &cambio.nombre, &cambio.idioma).await?;
    let estado = cambio.estado.as_ref().map(|e| e.as_str().to_owned());
    let categoria = cambio.categoria.as_ref().map(|c| c.as_str().to_owned());
    let fila = MetaFila {
        cuenta_id: cuenta.to_owned(),
        nombre: cambio.nombre.clone(),
        idioma: cambio.idioma.clone(),
        estado: estado
            .or_else(|| antes.as_ref().map(|a| a.estado.clone()))
            .unwrap_or_else(|| "PENDING".to_owned()),
        categoria: categoria
            .or_else(|| antes.as_ref().map(|a| a.categoria.clone()))
            .unwrap_or_else(|| "UTILITY".to_owned()),
        motivo: cambio.motivo.clone(),
        parametros: None,
        actualizado: cx.now(),
    };
    write(tx, cx, antes, fila).await
}

async fn write(tx: &Tx, cx: &Cx, antes: Option<MetaFila>, fila: MetaFila) -> Result<(), DbError> {
    plantillas::upsert_meta(tx, &fila).await?;
    let igual = antes.is_some_and(|a| a.estado == fila.estado && a.categoria == fila.categoria);
    if igual {
        return Ok(());
    }
    let evento =
        PlantillaCambio { nombre: fila.nombre, estado: fila.estado, categoria: fila.categoria };
    tx.emit(cx, &evento).await
}

/// A template as the list of the account has it.
pub async fn mirror(
    tx: &Tx,
    cx: &Cx,
    cuenta: &str,
    remota: &PlantillaRemota,
) -> Result<(), DbError> {
    let antes = plantillas::meta(tx, cuenta, &remota.nombre, &remota.idioma).await?;
    let fila = MetaFila {
        cuenta_id: cuenta.to_owned(),
        nombre: remota.nombre.clone(),
        idioma: remota.idioma.clone(),
        estado: remota.estado.as_str().to_owned(),
        categoria: remota.categoria.as_str().to_owned(),
        motivo: remota.motivo.clone(),
        parametros: parameters(&remota.componentes),
        actualizado: cx.now(),
    };
    write(tx, cx, antes, fila).await
}

/// Parameters of the body, counted in its text; `None` if there is no body to count in.
fn parameters(componentes: &serde_json::Value) -> Option<i32> {
    let cuerpo = componentes
        .as_array()?
        .iter()
        .find(|c| c["type"].as_str().is_some_and(|t| t.eq_ignore_ascii_case("body")))?;
    let mut vistos: Vec<&str> = Vec::new();
    let mut resto = cuerpo["text"].as_str()?;
    while let Some((_, tras)) = resto.split_once("{{") {
        let (nombre, cola) = tras.split_once("}}")?;
        if !vistos.contains(&nombre) {
            vistos.push(nombre);
        }
        resto = cola;
    }
    i32::try_from(vistos.len()).ok()
}

/// Meta stopped the template of an envio: no other leaves with it until Meta says so.
pub async fn pause_template(tx: &Tx, cx: &Cx, envio: &EnvioFila) -> Result<(), DbError> {
    let Some(fila) = template_of(tx, envio).await? else { return Ok(()) };
    let antes = fila.clone();
    let pausada = MetaFila { estado: "PAUSED".to_owned(), actualizado: cx.now(), ..fila };
    write(tx, cx, Some(antes), pausada).await
}

async fn template_of(c: &impl Consulta, envio: &EnvioFila) -> Result<Option<MetaFila>, DbError> {
    let Some(linea) = envio.linea_id else { return Ok(None) };
    let linea = lineas::linea(c, linea).await?;
    let notificacion = notificaciones::by_id(c, envio.notificacion_id).await?;
    let (Some(linea), Some(notificacion)) = (linea, notificacion) else { return Ok(None) };
    let llave = Llave { clase: envio.clase()?, canal: Canal::Whatsapp, pais: notificacion.pais()? };
    let vigente = plantillas::current(c, llave).await?;
    let nombre = &vigente.contenido.nombre_meta;
    plantillas::meta(c, &linea.cuenta_id, nombre, vigente.idioma()).await
}

/// Writes a template as approved, for demonstrations whose emulator holds what we say.
pub async fn approve(
    tx: &Tx,
    cuenta: &str,
    (nombre, idioma, categoria): (&str, &str, &str),
    ahora: Instante,
) -> Result<(), DbError> {
    let fila = MetaFila {
        cuenta_id: cuenta.to_owned(),
        nombre: nombre.to_owned(),
        idioma: idioma.to_owned(),
        estado: "APPROVED".to_owned(),
        categoria: categoria.to_owned(),
        motivo: None,
        parametros: None,
        actualizado: ahora,
    };
    plantillas::upsert_meta(tx, &fila).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn parameters_are_counted_in_the_body_alone_and_once() {
        let componentes = json!([
            {"type": "HEADER", "format": "TEXT", "text": "{{1}}"},
            {"type": "BODY", "text": "Hola {{1}}: {{2}} y otra vez {{1}}"}
        ]);
        assert_eq!(parameters(&componentes), Some(2));
        assert_eq!(parameters(&json!([{"type": "BODY", "text": "Hola"}])), Some(0));
        assert_eq!(parameters(&json!([])), None);
    }
}
