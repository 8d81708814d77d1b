//! Strict reading of JSON objects: what is missing, what is not known, what is of another type. It
//! knows no message.

use serde_json::{Map, Value};

use super::fallo::Fallo;

/// Fields of one object, with its name for the errors.
pub struct Campos<'a> {
    donde: &'a str,
    campos: &'a Map<String, Value>,
}

impl<'a> Campos<'a> {
    /// The object, if it has no key outside `conocidas`.
    pub fn read(v: &'a Value, donde: &'a str, conocidas: &[&str]) -> Result<Campos<'a>, Fallo> {
        let campos = v
            .as_object()
            .ok_or_else(|| Fallo::parametro(format!("Param {donde} must be a JSON object.")))?;
        if let Some(ajena) = campos.keys().find(|k| !conocidas.contains(&k.as_str())) {
            let detalle = format!("Unexpected key \"{ajena}\" on param \"{donde}\".");
            return Err(Fallo::parametro(detalle));
        }
        Ok(Campos { donde, campos })
    }

    /// A field.
    pub fn get(&self, campo: &str) -> Option<&'a Value> {
        self.campos.get(campo)
    }

    /// A text that must be there and not be empty.
    pub fn text(&self, campo: &str) -> Result<&'a str, Fallo> {
        let falta =
            || Fallo::new(131_008, format!("The parameter {}['{campo}'] is required.", self.donde));
        let texto = self.optional(campo)?.ok_or_else(falta)?;
        if texto.is_empty() { Err(falta()) } else { Ok(texto) }
    }

    /// A text that may be missing.
    pub fn optional(&self, campo: &str) -> Result<Option<&'a str>, Fallo> {
        match self.campos.get(campo) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(s)) => Ok(Some(s)),
            Some(_) => {
                let detalle = format!("Param {}['{campo}'] must be a string.", self.donde);
                Err(Fallo::parametro(detalle))
            }
        }
    }

    /// A boolean that may be missing.
    pub fn flag(&self, campo: &str) -> Result<(), Fallo> {
        match self.campos.get(campo) {
            None | Some(Value::Bool(_)) => Ok(()),
            Some(_) => {
                let detalle = format!("Param {}['{campo}'] must be a boolean.", self.donde);
                Err(Fallo::parametro(detalle))
            }
        }
    }

    /// An array that may be missing.
    pub fn list(&self, campo: &str) -> Result<&'a [Value], Fallo> {
        match self.campos.get(campo) {
            None => Ok(&[]),
            Some(Value::Array(lista)) => Ok(lista),
            Some(_) => {
                let detalle = format!("Param {}['{campo}'] must be an array.", self.donde);
                Err(Fallo::parametro(detalle))
            }
        }
    }
}
