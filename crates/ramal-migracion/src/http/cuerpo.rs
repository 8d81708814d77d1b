//! The file of an import as it comes in a request: the body itself or the first part of a form.
//! Does not look at its content.

use axum::body::Bytes;
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::{StatusCode, header};
use ramal_web::Problem;

/// A file and the name by which people know it.
pub struct ArchivoRecibido {
    /// Name, without folders and control characters.
    pub nombre: String,
    /// Content.
    pub bytes: Bytes,
}

impl<S: Send + Sync> FromRequest<S> for ArchivoRecibido {
    type Rejection = Problem;

    async fn from_request(peticion: Request, state: &S) -> Result<Self, Problem> {
        let tipo = peticion.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok());
        let tipo = tipo.and_then(|t| t.split(';').next()).unwrap_or("").trim();
        match tipo.to_ascii_lowercase().as_str() {
            "text/csv" | "application/csv" => {
                let bytes = Bytes::from_request(peticion, state).await;
                let bytes = bytes.map_err(|e| Problem::of_status(e.status()))?;
                Ok(ArchivoRecibido { nombre: "importacion.csv".to_owned(), bytes })
            }
            "multipart/form-data" => {
                let partes = Multipart::from_request(peticion, state).await;
                first_part(partes.map_err(|e| Problem::of_status(e.status()))?).await
            }
            _ => Err(Problem::of_status(StatusCode::UNSUPPORTED_MEDIA_TYPE)),
        }
    }
}

async fn first_part(mut partes: Multipart) -> Result<ArchivoRecibido, Problem> {
    let parte = partes.next_field().await.map_err(|e| Problem::of_status(e.status()))?;
    let Some(parte) = parte else {
        let motivo = "Envíe el archivo en la primera parte del formulario.";
        return Err(Problem::campo("archivo", "requerido", motivo));
    };
    let nombre = clean_name(parte.file_name().unwrap_or("importacion.csv"));
    let bytes = parte.bytes().await.map_err(|e| Problem::of_status(e.status()))?;
    Ok(ArchivoRecibido { nombre, bytes })
}

fn clean_name(nombre: &str) -> String {
    let ultimo = nombre.rsplit(['/', '\\']).next().unwrap_or(nombre);
    ultimo.chars().filter(|c| !c.is_control()).take(200).collect()
}
