//! JSON envelope of SW sapien: `status`, `message`, `messageDetail`, `data`. It classifies no code.

use serde_json::Value;

use crate::pac::split_codigo;
use crate::red::Cruda;
use crate::{Falla, Saldo};

/// An answer.
pub(crate) struct Mensaje {
    pub(crate) http: u16,
    pub(crate) success: bool,
    pub(crate) message: String,
    pub(crate) detail: String,
    data: Value,
}

/// Reads an answer. A bare 401 is one too: the token was refused. `None`: HTML, empty, or other
/// JSON.
pub(crate) fn read(cruda: Cruda) -> Option<Mensaje> {
    let json: Value = serde_json::from_slice(&cruda.cuerpo).unwrap_or(Value::Null);
    let text = |campo: &str| json[campo].as_str().unwrap_or("").trim().to_owned();
    let success = json["status"].as_str() == Some("success") && (200..300).contains(&cruda.http);
    let conocido = success || json["status"].as_str() == Some("error") || cruda.http == 401;
    conocido.then(|| Mensaje {
        http: cruda.http,
        success,
        message: text("message"),
        detail: text("messageDetail"),
        data: json["data"].clone(),
    })
}

impl Mensaje {
    /// Text of `data`, if it is there and not empty.
    pub(crate) fn data_text(&self, campo: &str) -> Option<&str> {
        self.data[campo].as_str().filter(|t| !t.trim().is_empty())
    }

    /// Integer of `data`, as a number or as text.
    pub(crate) fn data_number(&self, campo: &str) -> Option<i64> {
        let valor = &self.data[campo];
        valor.as_i64().or_else(|| valor.as_str()?.trim().parse().ok())
    }

    /// Texts of a list of `data`.
    pub(crate) fn data_list(&self, campo: &str) -> Vec<String> {
        let lista = self.data[campo].as_array().map(Vec::as_slice).unwrap_or_default();
        lista.iter().filter_map(Value::as_str).map(str::to_owned).collect()
    }

    /// EstatusUUID of a fiscal folio in `data.uuid`, whatever its case.
    pub(crate) fn estatus_of(&self, uuid: &str) -> Option<String> {
        let folios = self.data["uuid"].as_object()?;
        let (_, estatus) = folios.iter().find(|(u, _)| u.eq_ignore_ascii_case(uuid))?;
        estatus.as_str().map(str::to_owned).or_else(|| estatus.as_i64().map(|n| n.to_string()))
    }

    /// Balance of stamps.
    pub(crate) fn saldo(&self) -> Option<Saldo> {
        let numero = |campo| self.data_number(campo).and_then(|n| u64::try_from(n).ok());
        let sin_limite = self.data["isUnlimited"].as_bool().unwrap_or(false);
        let restantes = if sin_limite { None } else { Some(numero("stampsBalance")?) };
        Some(Saldo { restantes, usados: numero("stampsUsed").unwrap_or(0) })
    }

    /// Errors: what the answer refuses.
    pub(crate) fn ok(&self) -> Result<(), Falla> {
        if self.success {
            return Ok(());
        }
        let (codigo, mensaje) = split_codigo(&self.message);
        let (codigo, mensaje) = (codigo.to_owned(), mensaje.to_owned());
        if codigo.starts_with("AU") {
            return Err(Falla::Credenciales { codigo, mensaje });
        }
        Err(Falla::Autoridad { codigo, mensaje })
    }
}
