//! Schemas in words and as an example body. It follows references to a depth, so that a schema that
//! holds itself ends.

use serde_json::{Map, Value, json};

const PROFUNDIDAD: usize = 5;

/// The node that a `$ref` names, or the node itself.
pub fn resolve<'a>(nodo: &'a Value, documento: &'a Value) -> &'a Value {
    let Some(referencia) = nodo["$ref"].as_str() else { return nodo };
    documento.pointer(referencia.trim_start_matches('#')).unwrap_or(nodo)
}

/// Last part of a reference: the name of the schema.
pub fn name(esquema: &Value) -> Option<&str> {
    esquema["$ref"].as_str().and_then(|r| r.rsplit('/').next())
}

/// Type in words, e.g. `texto (uuid), máximo 200`.
pub fn words(esquema: &Value, documento: &Value) -> String {
    if let Some(nombre) = name(esquema) {
        let real = resolve(esquema, documento);
        return if real["enum"].is_array() { words(real, documento) } else { nombre.to_owned() };
    }
    if let Some(opciones) = esquema["oneOf"].as_array().or(esquema["anyOf"].as_array()) {
        let lista: Vec<String> = opciones.iter().map(|o| words(o, documento)).collect();
        return lista.join(" o ");
    }
    if let Some(valores) = esquema["enum"].as_array() {
        let lista: Vec<String> = valores.iter().map(plain).collect();
        return format!("uno de {}", lista.join(", "));
    }
    let mut texto = type_words(esquema, documento);
    if let Some(formato) = esquema["format"].as_str() {
        texto.push_str(&format!(" ({formato})"));
    }
    for (clave, palabra) in [
        ("minimum", "mínimo"),
        ("maximum", "máximo"),
        ("minLength", "largo mínimo"),
        ("maxLength", "largo máximo"),
    ] {
        if !esquema[clave].is_null() {
            texto.push_str(&format!(", {palabra} {}", plain(&esquema[clave])));
        }
    }
    texto
}

fn type_words(esquema: &Value, documento: &Value) -> String {
    let tipos: Vec<&str> = match &esquema["type"] {
        Value::String(tipo) => vec![tipo],
        Value::Array(lista) => lista.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let palabra = |tipo: &&str| match *tipo {
        "string" => "texto".to_owned(),
        "integer" => "entero".to_owned(),
        "number" => "número".to_owned(),
        "boolean" => "sí o no".to_owned(),
        "array" => format!("lista de {}", words(&esquema["items"], documento)),
        "null" => "nulo".to_owned(),
        _ => "objeto".to_owned(),
    };
    let lista: Vec<String> = tipos.iter().map(palabra).collect();
    if lista.is_empty() { "cualquier valor".to_owned() } else { lista.join(" o ") }
}

fn plain(valor: &Value) -> String {
    valor.as_str().map_or_else(|| valor.to_string(), str::to_owned)
}

/// Fields of an object schema: name, schema and whether it is required. `allOf` parts are put
/// together.
pub fn fields<'a>(esquema: &'a Value, documento: &'a Value) -> Vec<(&'a str, &'a Value, bool)> {
    let esquema = resolve(esquema, documento);
    if let Some(partes) = esquema["allOf"].as_array() {
        return partes.iter().flat_map(|p| fields(p, documento)).collect();
    }
    let requeridos = esquema["required"].as_array();
    let es_requerido = |n: &str| requeridos.is_some_and(|r| r.iter().any(|v| v == n));
    let propiedades = esquema["properties"].as_object();
    propiedades.into_iter().flatten().map(|(n, e)| (n.as_str(), e, es_requerido(n))).collect()
}

/// A body that fits the schema, from its examples where it has them.
pub fn example(esquema: &Value, documento: &Value) -> Value {
    example_at(esquema, documento, 0)
}

fn example_at(esquema: &Value, documento: &Value, nivel: usize) -> Value {
    let esquema = resolve(esquema, documento);
    if let Some(dado) = given_example(esquema) {
        return dado;
    }
    if nivel >= PROFUNDIDAD {
        return json!({});
    }
    let opciones = esquema["oneOf"].as_array().or(esquema["anyOf"].as_array());
    if let Some(primera) = opciones.and_then(|o| o.iter().find(|e| e["type"] != "null")) {
        return example_at(primera, documento, nivel + 1);
    }
    if !esquema["properties"].is_null() || !esquema["allOf"].is_null() {
        let campos = fields(esquema, documento).into_iter();
        let cuerpo: Map<String, Value> = campos
            .filter(|(_, e, requerido)| {
                *requerido || given_example(resolve(e, documento)).is_some()
            })
            .map(|(n, e, _)| (n.to_owned(), example_at(e, documento, nivel + 1)))
            .collect();
        return Value::Object(cuerpo);
    }
    match first_type(esquema) {
        "array" => json!([example_at(&esquema["items"], documento, nivel + 1)]),
        tipo => of_type(tipo, esquema),
    }
}

fn given_example(esquema: &Value) -> Option<Value> {
    let dado =
        [&esquema["example"], &esquema["examples"][0], &esquema["default"], &esquema["enum"][0]];
    dado.into_iter().find(|v| !v.is_null()).cloned()
}

fn first_type(esquema: &Value) -> &str {
    esquema["type"].as_str().or(esquema["type"][0].as_str()).unwrap_or("object")
}

fn of_type(tipo: &str, esquema: &Value) -> Value {
    match (tipo, esquema["format"].as_str()) {
        ("string", Some("uuid")) => json!("0193f0c8-7a00-7000-8000-000000000001"),
        ("string", Some("date")) => json!("2026-12-01"),
        ("string", Some("date-time")) => json!("2026-12-01T06:00:00Z"),
        ("string", _) => json!("texto"),
        ("integer" | "number", _) => json!(1),
        ("boolean", _) => json!(true),
        ("null", _) => Value::Null,
        _ => json!({}),
    }
}
