//! Who did what: the record that an action leaves. Values that look like secrets are covered before
//! they are written.

use ramal_base::{Id, Instante};
use serde_json::Value;

/// Line of the audit trail as it lies in the table.
#[derive(Clone, Debug, PartialEq)]
pub struct Anotacion {
    /// Identifier; orders the trail.
    pub id: Id<Anotacion>,
    /// When.
    pub instante: Instante,
    /// Who, e.g. `clave:panel`.
    pub actor: String,
    /// What, e.g. `emisor.crear`.
    pub accion: String,
    /// Kind of thing, e.g. `emisor`.
    pub objeto_tipo: String,
    /// Which thing.
    pub objeto_id: String,
    /// How it was, JSON.
    pub antes: Option<Value>,
    /// How it is now, JSON.
    pub despues: Option<Value>,
}

/// What an action tells the audit trail.
#[derive(Clone, Debug)]
pub struct Registro {
    pub(crate) accion: &'static str,
    pub(crate) objeto_tipo: &'static str,
    pub(crate) objeto_id: String,
    pub(crate) antes: Option<Value>,
    pub(crate) despues: Option<Value>,
}

impl Registro {
    /// `accion` as `sustantivo.verbo`, on one thing.
    pub fn new(
        accion: &'static str,
        objeto_tipo: &'static str,
        objeto_id: impl ToString,
    ) -> Registro {
        let objeto_id = objeto_id.to_string();
        Registro { accion, objeto_tipo, objeto_id, antes: None, despues: None }
    }

    /// How the thing was.
    pub fn antes(self, valor: Value) -> Registro {
        Registro { antes: Some(covered(valor)), ..self }
    }

    /// How the thing is now.
    pub fn despues(self, valor: Value) -> Registro {
        Registro { despues: Some(covered(valor)), ..self }
    }
}

/// Names of fields whose values are never written.
const SECRETOS: [&str; 8] = [
    "secreto",
    "contrasena",
    "password",
    "token",
    "clave_privada",
    "llave",
    "huella",
    "authorization",
];

fn covered(valor: Value) -> Value {
    match valor {
        Value::Object(campos) => campos
            .into_iter()
            .map(|(nombre, v)| {
                let minuscula = nombre.to_lowercase();
                let tapar = SECRETOS.iter().any(|s| minuscula.contains(s));
                let v = if tapar { Value::from("***") } else { covered(v) };
                (nombre, v)
            })
            .collect(),
        Value::Array(lista) => lista.into_iter().map(covered).collect(),
        otro => otro,
    }
}

/// A field that is not as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diferencia {
    /// Which, with its path: `ajustes.dias`.
    pub campo: String,
    /// How it was; empty if it was not there.
    pub antes: String,
    /// How it is; empty if it is not there any more.
    pub despues: String,
}

/// What changed between two photographs of a thing, as a person reads it. Without one of them,
/// everything that the other says.
pub fn differences(antes: Option<&Value>, despues: Option<&Value>) -> Vec<Diferencia> {
    let (mut era, mut es) = (Vec::new(), Vec::new());
    flatten("", antes.unwrap_or(&Value::Null), &mut era);
    flatten("", despues.unwrap_or(&Value::Null), &mut es);
    let valor = |lista: &[(String, String)], campo: &str| {
        lista.iter().find(|(c, _)| c == campo).map_or_else(String::new, |(_, v)| v.clone())
    };
    let mut campos: Vec<&String> = era.iter().chain(&es).map(|(c, _)| c).collect();
    campos.sort();
    campos.dedup();
    let diferencia = |campo: &String| Diferencia {
        campo: campo.clone(),
        antes: valor(&era, campo),
        despues: valor(&es, campo),
    };
    campos.into_iter().map(diferencia).filter(|d| d.antes != d.despues).collect()
}

/// Leaves of a JSON with their paths; a list of plain values is one leaf.
fn flatten(ruta: &str, valor: &Value, hojas: &mut Vec<(String, String)>) {
    let bajo = |nombre: &str| {
        if ruta.is_empty() { nombre.to_owned() } else { format!("{ruta}.{nombre}") }
    };
    match valor {
        Value::Object(campos) => {
            campos.iter().for_each(|(nombre, v)| flatten(&bajo(nombre), v, hojas));
        }
        Value::Array(lista) if lista.iter().any(|v| v.is_object() || v.is_array()) => {
            lista.iter().enumerate().for_each(|(i, v)| flatten(&bajo(&i.to_string()), v, hojas));
        }
        Value::Null => {}
        llano => hojas.push((ruta.to_owned(), plain(llano))),
    }
}

fn plain(valor: &Value) -> String {
    match valor {
        Value::Null => String::new(),
        Value::Bool(true) => "sí".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::String(texto) => texto.clone(),
        Value::Array(lista) => lista.iter().map(plain).collect::<Vec<_>>().join(", "),
        otro => otro.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn differences_are_told_field_by_field() {
        let antes = json!({"nombre": "Rosa", "roles": ["soporte"], "ajustes": {"dias": 3}});
        let despues = json!({"nombre": "Rosa", "roles": ["soporte", "agente"], "ajustes": {}});
        let dichas: Vec<String> = differences(Some(&antes), Some(&despues))
            .into_iter()
            .map(|d| format!("{}: {} → {}", d.campo, d.antes, d.despues))
            .collect();
        assert_eq!(dichas, ["ajustes.dias: 3 → ", "roles: soporte → soporte, agente"]);
        assert_eq!(differences(None, None), []);
    }

    #[test]
    fn a_secret_does_not_reach_the_trail_at_any_depth() {
        let registro = Registro::new("pac.cambiar", "emisor", 7)
            .despues(json!({"pac": [{"Contrasena": "x", "usuario": "u"}], "token_sw": "y"}));
        let esperado = json!({"pac": [{"Contrasena": "***", "usuario": "u"}], "token_sw": "***"});
        assert_eq!(registro.despues, Some(esperado));
    }
}
