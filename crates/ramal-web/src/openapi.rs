//! The OpenAPI document: what every operation shares is added here once, after the slices are put
//! together. It describes no operation of its own.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use utoipa::OpenApi;

use crate::problem::{CampoView, PROBLEM_JSON, ProblemaView};

/// Base of the document: title, version, way of authenticating, shape of a refusal.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Ramal",
        description = "API de Ramal. Los errores son application/problem+json (RFC 9457) con \
            un `codigo` estable; las listas se recorren con `cursor`; las creaciones aceptan \
            `Idempotency-Key`.",
        license(name = "AGPL-3.0-or-later", identifier = "AGPL-3.0-or-later")
    ),
    components(schemas(ProblemaView, CampoView))
)]
pub struct ApiDoc;

/// Refusals that any operation may give: status, name of the component, words.
const COMUNES: [(&str, &str, &str); 9] = [
    ("400", "PeticionInvalida", "La petición no se entiende."),
    ("401", "SinClave", "Falta la clave de API, o no sirve."),
    ("403", "SinPermiso", "La clave no tiene el permiso que hace falta."),
    ("404", "NoEncontrado", "No existe."),
    ("405", "MetodoNoPermitido", "La dirección no acepta ese método."),
    ("409", "Conflicto", "El estado actual no permite la operación."),
    ("422", "DatosInvalidos", "Uno o más campos no son válidos; vienen nombrados."),
    ("500", "ErrorInterno", "Falla de nuestro lado."),
    ("503", "Ocupado", "Ocupado; vuelva a intentar."),
];

/// Refusals of operations that take a body or edit.
const DE_CUERPO: [(&str, &str, &str); 3] = [
    ("412", "VersionDistinta", "El recurso cambió desde que se leyó (If-Match)."),
    ("413", "CuerpoMuyGrande", "El cuerpo es demasiado grande."),
    ("415", "TipoDeContenido", "El cuerpo no es de un tipo admitido."),
];

const METODOS: [&str; 7] = ["get", "put", "post", "delete", "options", "head", "patch"];

/// Adds the shared refusals and the authentication to every operation that does not declare its
/// own.
pub fn complete(mut documento: Value) -> Value {
    let componentes = object_at(&mut documento, "components");
    let respuestas = object_at_map(componentes, "responses");
    for (_, nombre, palabras) in COMUNES.iter().chain(&DE_CUERPO) {
        respuestas.insert((*nombre).to_owned(), refusal(palabras));
    }
    let esquemas = object_at_map(componentes, "securitySchemes");
    let clave = json!({"type": "http", "scheme": "bearer", "bearerFormat": "clave de API"});
    esquemas.insert("clave_api".to_owned(), clave);
    for operacion in operations(&mut documento) {
        complete_operation(operacion);
    }
    name_apart(&mut documento);
    documento
}

/// Gives two operations of one name names from their paths: OpenAPI wants each `operationId` once,
/// and the anchors of the reference come from it.
fn name_apart(documento: &mut Value) {
    let mut veces: BTreeMap<String, usize> = BTreeMap::new();
    for operacion in operations(documento) {
        if let Some(id) = operacion.get("operationId").and_then(Value::as_str) {
            *veces.entry(id.to_owned()).or_default() += 1;
        }
    }
    let rutas = documento.get_mut("paths").and_then(Value::as_object_mut);
    for (ruta, item) in rutas.into_iter().flatten() {
        for (metodo, operacion) in item.as_object_mut().into_iter().flatten() {
            let id = operacion.get("operationId").and_then(Value::as_str);
            if id.is_some_and(|id| veces.get(id).is_some_and(|n| *n > 1)) {
                operacion["operationId"] = json!(id_of(metodo, ruta));
            }
        }
    }
}

/// `get` of `/api/v1/facturas/{id}/pdf` is `get_facturas_pdf`.
fn id_of(metodo: &str, ruta: &str) -> String {
    let ruta = ruta.trim_start_matches(crate::ensamble::PREFIJO);
    let tramos = ruta.split('/').filter(|t| !t.is_empty() && !t.starts_with('{'));
    let partes: Vec<String> = tramos.map(|t| t.replace('-', "_")).collect();
    format!("{metodo}_{}", partes.join("_"))
}

fn complete_operation(operacion: &mut Map<String, Value>) {
    let con_cuerpo = operacion.contains_key("requestBody") || names_if_match(operacion);
    let respuestas = object_at_map(operacion, "responses");
    let de_cuerpo = if con_cuerpo { &DE_CUERPO[..] } else { &[] };
    for (estado, nombre, _) in COMUNES.iter().chain(de_cuerpo) {
        let referencia = json!({"$ref": format!("#/components/responses/{nombre}")});
        respuestas.entry((*estado).to_owned()).or_insert(referencia);
    }
    operacion.entry("security").or_insert_with(|| json!([{"clave_api": []}]));
}

fn names_if_match(operacion: &Map<String, Value>) -> bool {
    let parametros = operacion.get("parameters").and_then(Value::as_array);
    parametros.is_some_and(|ps| ps.iter().any(|p| p["name"] == "If-Match"))
}

fn refusal(palabras: &str) -> Value {
    let esquema = json!({"schema": {"$ref": "#/components/schemas/Problema"}});
    json!({"description": palabras, "content": {PROBLEM_JSON: esquema}})
}

fn operations(documento: &mut Value) -> impl Iterator<Item = &mut Map<String, Value>> {
    let rutas = documento.get_mut("paths").and_then(Value::as_object_mut);
    rutas
        .into_iter()
        .flat_map(|r| r.values_mut())
        .filter_map(Value::as_object_mut)
        .flat_map(|ruta| ruta.iter_mut())
        .filter(|(metodo, _)| METODOS.contains(&metodo.as_str()))
        .filter_map(|(_, operacion)| operacion.as_object_mut())
}

fn object_at<'a>(valor: &'a mut Value, clave: &str) -> &'a mut Map<String, Value> {
    if !valor.is_object() {
        *valor = json!({});
    }
    match valor {
        Value::Object(mapa) => object_at_map(mapa, clave),
        _ => unreachable!("the value was made an object above"),
    }
}

fn object_at_map<'a>(mapa: &'a mut Map<String, Value>, clave: &str) -> &'a mut Map<String, Value> {
    let entrada = mapa.entry(clave).or_insert_with(|| json!({}));
    if !entrada.is_object() {
        *entrada = json!({});
    }
    match entrada {
        Value::Object(interior) => interior,
        _ => unreachable!("the value was made an object above"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_operations_of_one_name_are_told_apart() {
        let get = json!({"get": {"operationId": "get_pdf", "responses": {}}});
        let documento = complete(json!({"paths": {
            "/api/v1/facturas/{id}/pdf": get,
            "/api/v1/comprobantes/{id}/pdf": get,
            "/api/v1/facturas": {"get": {"operationId": "get_facturas", "responses": {}}},
        }}));
        let id = |ruta: &str| documento["paths"][ruta]["get"]["operationId"].clone();
        assert_eq!(id("/api/v1/facturas/{id}/pdf"), "get_facturas_pdf");
        assert_eq!(id("/api/v1/comprobantes/{id}/pdf"), "get_comprobantes_pdf");
        assert_eq!(id("/api/v1/facturas"), "get_facturas");
    }

    #[test]
    fn every_operation_declares_the_refusals_and_the_key() {
        let documento = complete(json!({"paths": {"/a": {
            "get": {"responses": {"200": {}, "404": {"description": "propio"}}},
            "post": {"requestBody": {}, "responses": {"201": {}}, "security": []},
            "parameters": []
        }}}));
        let get = &documento["paths"]["/a"]["get"];
        assert_eq!(get["responses"]["404"]["description"], "propio");
        assert_eq!(get["responses"]["503"]["$ref"], "#/components/responses/Ocupado");
        assert!(get["responses"].get("415").is_none());
        assert_eq!(get["security"], json!([{"clave_api": []}]));
        let post = &documento["paths"]["/a"]["post"];
        assert_eq!(post["responses"]["415"]["$ref"], "#/components/responses/TipoDeContenido");
        assert_eq!(post["security"], json!([]));
        assert!(
            documento["components"]["responses"]["Ocupado"]["content"][PROBLEM_JSON].is_object()
        );
    }
}
