//! Making an API key. Its secret is shown to the caller this once and kept nowhere.

use std::fmt;

use ramal_base::{CampoInvalido, Cx};
use ramal_db::{DbError, Tx};
use serde_json::json;

use crate::permiso::check_permisos;
use crate::{Clave, Error, Registro, audit, clave, storage};

/// What is needed to make an API key.
#[derive(Clone, Debug)]
pub struct NuevaClave {
    /// Name for people, 1 to 80 characters; it is the actor of the audit trail, so never a person's
    /// data.
    pub nombre: String,
    /// Grants, e.g. `["*"]` or `["clientes:leer"]`.
    pub permisos: Vec<String>,
}

/// A key just made, with the text to be given to whoever will use it.
pub struct ClaveCreada {
    /// The key as it is kept.
    pub clave: Clave,
    /// `rml_<prefijo>_<secreto>`; not kept anywhere.
    pub texto: String,
}

impl fmt::Debug for ClaveCreada {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClaveCreada").field("clave", &self.clave).finish_non_exhaustive()
    }
}

/// Makes an API key.
///
/// Errors: `ClaveExists` (a live key has that name), `Campos`, `Storage`.
pub async fn create_clave(tx: &Tx, cx: &Cx, nueva: NuevaClave) -> Result<ClaveCreada, Error> {
    let nombre = checked_nombre(&nueva.nombre)?;
    check_permisos(&nueva.permisos).map_err(Error::Campos)?;
    let (prefijo, texto) = clave::generate()?;
    let clave = Clave {
        id: cx.new_id(),
        nombre,
        prefijo,
        huella: clave::huella(&texto).to_vec(),
        permisos: nueva.permisos,
        creado: cx.now(),
        revocada: None,
        ultimo_uso: None,
    };
    storage::insert_clave(tx, &clave).await.map_err(taken)?;
    let registro = Registro::new("clave_api.crear", "clave_api", clave.id)
        .despues(json!({"nombre": clave.nombre, "permisos": clave.permisos}));
    audit(tx, cx, registro).await?;
    Ok(ClaveCreada { clave, texto })
}

fn taken(error: DbError) -> Error {
    match error {
        DbError::Unique(_) => Error::ClaveExists,
        otro => Error::Storage(otro),
    }
}

fn checked_nombre(nombre: &str) -> Result<String, Error> {
    let nombre = nombre.trim();
    if (1..=80).contains(&nombre.chars().count()) && !nombre.chars().any(char::is_control) {
        return Ok(nombre.to_owned());
    }
    let motivo = "Escriba un nombre de 1 a 80 caracteres que diga para qué es la clave.";
    Err(Error::Campos(vec![CampoInvalido::new("nombre", "nombre_largo", motivo)]))
}
