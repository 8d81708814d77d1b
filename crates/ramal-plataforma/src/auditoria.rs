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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_secret_does_not_reach_the_trail_at_any_depth() {
        let registro = Registro::new("pac.cambiar", "emisor", 7)
            .despues(json!({"pac": [{"Contrasena": "x", "usuario": "u"}], "token_sw": "y"}));
        let esperado = json!({"pac": [{"Contrasena": "***", "usuario": "u"}], "token_sw": "***"});
        assert_eq!(registro.despues, Some(esperado));
    }
}
