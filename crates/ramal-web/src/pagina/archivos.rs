//! A posted form with files: the same fields, token and rules as [`Formulario`], and the files in
//! memory, bounded. It writes nothing to disk and trusts no file name.

use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::StatusCode;

use super::Formulario;
use super::formulario::Guardia;
use crate::caracteres::has_forbidden_text;
use crate::{App, Problem};

/// Most files of one form.
const ARCHIVOS: usize = 20;
/// Most fields of one form.
const CAMPOS: usize = 2_000;
/// Largest text of one field, in bytes.
const CAMPO: usize = 256 * 1024;

/// A file as it came.
#[derive(Clone, PartialEq, Eq)]
pub struct Archivo {
    /// Name of the field.
    pub campo: String,
    /// Last part of the name that the browser told; for showing, never for a path.
    pub nombre: String,
    /// Media type that the browser told; empty if none. Not to be trusted.
    pub tipo: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl std::fmt::Debug for Archivo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Archivo({}, {} bytes)", self.campo, self.bytes.len())
    }
}

/// A form with files, as an extractor: refuses with 403 `formulario_ajeno` like [`Formulario`], and
/// with 413 what is larger than the route takes (see [`super::Sitio::upload`]).
#[derive(Clone, Debug, Default)]
pub struct FormularioConArchivos {
    /// The fields that are not files.
    pub form: Formulario,
    /// The files that were chosen, in the order they came.
    pub archivos: Vec<Archivo>,
}

impl FormularioConArchivos {
    /// The file chosen in a field. Errors: 422 `archivo_requerido` on the field if none was.
    pub fn file(&self, campo: &str) -> Result<&Archivo, Problem> {
        let archivo = self.archivos.iter().find(|a| a.campo == campo);
        archivo
            .ok_or_else(|| Problem::campo(campo, "archivo_requerido", "Falta elegir el archivo."))
    }
}

impl FromRequest<App> for FormularioConArchivos {
    type Rejection = Problem;

    async fn from_request(pedido: Request, app: &App) -> Result<Self, Problem> {
        let guardia = Guardia::of(&pedido, app);
        let mut partes = Multipart::from_request(pedido, app)
            .await
            .map_err(|_| Problem::of_status(StatusCode::BAD_REQUEST))?;
        let mut todo = FormularioConArchivos::default();
        let mut campos: Vec<(String, String)> = Vec::new();
        while let Some(parte) = partes.next_field().await.map_err(unreadable)? {
            match parte.file_name().map(ToOwned::to_owned) {
                Some(nombre) => todo.take(parte, &nombre).await?,
                None => campos.push(text(parte).await?),
            }
            if campos.len() > CAMPOS || todo.archivos.len() > ARCHIVOS {
                return Err(Problem::of_status(StatusCode::PAYLOAD_TOO_LARGE));
            }
        }
        todo.form = guardia.checked(Formulario::filled(campos))?;
        Ok(todo)
    }
}

impl FormularioConArchivos {
    /// Takes a file; an input in which nothing was chosen comes empty and without name.
    async fn take(&mut self, parte: Field<'_>, nombre: &str) -> Result<(), Problem> {
        let campo = parte.name().unwrap_or_default().to_owned();
        let tipo = parte.content_type().unwrap_or_default().to_owned();
        let bytes = parte.bytes().await.map_err(unreadable)?.to_vec();
        if nombre.is_empty() && bytes.is_empty() {
            return Ok(());
        }
        self.archivos.push(Archivo { campo, nombre: last_part(nombre), tipo, bytes });
        Ok(())
    }
}

async fn text(parte: Field<'_>) -> Result<(String, String), Problem> {
    let nombre = parte.name().unwrap_or_default().to_owned();
    let texto = parte.text().await.map_err(unreadable)?;
    if texto.len() > CAMPO {
        return Err(Problem::of_status(StatusCode::PAYLOAD_TOO_LARGE));
    }
    if has_forbidden_text(&nombre) || has_forbidden_text(&texto) {
        return Err(Problem::of_status(StatusCode::BAD_REQUEST));
    }
    Ok((nombre, texto))
}

fn unreadable(error: MultipartError) -> Problem {
    Problem::of_status(error.status())
}

/// The name without folders, control characters or more than 120 characters.
fn last_part(nombre: &str) -> String {
    let ultimo = nombre.rsplit(['/', '\\']).next().unwrap_or_default();
    ultimo.chars().filter(|c| !c.is_control()).take(120).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_never_keeps_a_folder() {
        assert_eq!(last_part("C:\\datos\\clientes.xlsx"), "clientes.xlsx");
        assert_eq!(last_part("../../etc/passwd"), "passwd");
        assert_eq!(last_part("a\r\nb.csv"), "ab.csv");
    }
}
