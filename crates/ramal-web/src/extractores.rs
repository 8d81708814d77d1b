//! Body, query and path as typed values; what does not fit is refused as problem+json that names
//! the field. It checks shapes, not business rules.

use axum::body::Bytes;
use axum::extract::path::ErrorKind;
use axum::extract::rejection::{BytesRejection, PathRejection};
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use ramal_base::Problema;
use serde::de::DeserializeOwned;

use crate::caracteres::has_forbidden_json;
use crate::idempotencia::{ClaveUsada, HuellaCuerpo};
use crate::motivos::campo_invalido;
use crate::{Problem, motivos};

/// JSON body. Refuses with 400 (not JSON), 413 (too large), 415 (another media type) and 422 (a
/// field does not fit).
///
/// Shape: unknown fields are tolerated unless `T` denies them.
#[derive(Clone, Copy, Debug)]
pub struct Parsed<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Parsed<T> {
    type Rejection = Problem;

    async fn from_request(peticion: Request, state: &S) -> Result<Parsed<T>, Problem> {
        if !is_json(peticion.headers()) {
            return Err(Problem::of_status(axum::http::StatusCode::UNSUPPORTED_MEDIA_TYPE));
        }
        let huella = peticion.extensions().get::<HuellaCuerpo>().cloned();
        let usada = peticion.extensions().get::<ClaveUsada>().cloned();
        let cuerpo = Bytes::from_request(peticion, state).await.map_err(unreadable)?;
        if let Some(huella) = huella {
            huella.take(&cuerpo);
        }
        let problema = match parse(&cuerpo) {
            Ok(valor) => return Ok(Parsed(valor)),
            Err(problema) => problema,
        };
        if let Some(usada) = usada {
            usada.check().await?;
        }
        Err(problema)
    }
}

fn is_json(cabeceras: &HeaderMap) -> bool {
    let tipo = cabeceras.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or("");
    let tipo = tipo.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
    tipo == "application/json" || (tipo.starts_with("application/") && tipo.ends_with("+json"))
}

fn unreadable(rechazo: BytesRejection) -> Problem {
    Problem::of_status(rechazo.status())
}

/// Reads a JSON document. Errors: 400 `json_mal_formado`, 422 `datos_invalidos` that names the
/// field.
pub fn parse<T: DeserializeOwned>(cuerpo: &[u8]) -> Result<T, Problem> {
    if has_forbidden_json(cuerpo) {
        let motivo = "Hay un carácter de control que no se puede guardar; quítelo.";
        return Err(Problem::campo("cuerpo", "caracter_no_permitido", motivo));
    }
    let mut lector = serde_json::Deserializer::from_slice(cuerpo);
    let valor = serde_path_to_error::deserialize(&mut lector).map_err(refused)?;
    lector.end().map_err(|_| malformed())?;
    Ok(valor)
}

fn refused(error: serde_path_to_error::Error<serde_json::Error>) -> Problem {
    if !error.inner().is_data() {
        return malformed();
    }
    let campo = campo_invalido(&error.path().to_string(), &error.inner().to_string());
    Problem(Problema::campos(vec![campo]))
}

fn malformed() -> Problem {
    let detalle = "El cuerpo no es un documento JSON completo en UTF-8.";
    Problem::new(400, "json_mal_formado", "JSON mal formado", detalle)
}

/// Query parameters. Refuses with 422 naming the parameter.
#[derive(Clone, Copy, Debug)]
pub struct Filtros<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Filtros<T> {
    type Rejection = Problem;

    async fn from_request_parts(partes: &mut Parts, state: &S) -> Result<Filtros<T>, Problem> {
        match Query::<T>::from_request_parts(partes, state).await {
            Ok(Query(valor)) => Ok(Filtros(valor)),
            Err(rechazo) => Err(query_refused(&rechazo.body_text())),
        }
    }
}

/// The framework gives the path and the complaint in one text: `… query string: limite: invalid
/// digit …`.
fn query_refused(texto: &str) -> Problem {
    let queja = texto.split_once("query string: ").map_or(texto, |(_, queja)| queja);
    let (ruta, mensaje) = match queja.split_once(": ") {
        Some((ruta, mensaje)) if !ruta.contains(' ') => (ruta, mensaje),
        _ => ("", queja),
    };
    Problem(Problema::campos(vec![motivos::campo_invalido(ruta, mensaje)]))
}

/// Path parameters. A parameter that does not fit its type is refused with 422 that names it.
#[derive(Clone, Copy, Debug)]
pub struct Ruta<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Ruta<T> {
    type Rejection = Problem;

    async fn from_request_parts(partes: &mut Parts, state: &S) -> Result<Ruta<T>, Problem> {
        match Path::<T>::from_request_parts(partes, state).await {
            Ok(Path(valor)) => Ok(Ruta(valor)),
            Err(rechazo) => Err(path_refused(rechazo)),
        }
    }
}

fn path_refused(rechazo: PathRejection) -> Problem {
    let PathRejection::FailedToDeserializePathParams(error) = rechazo else {
        return Problem(Problema::interno());
    };
    let campo = match error.into_kind() {
        ErrorKind::ParseErrorAtKey { key, .. }
        | ErrorKind::DeserializeError { key, .. }
        | ErrorKind::InvalidUtf8InPathParam { key } => key,
        ErrorKind::WrongNumberOfParameters { .. } | ErrorKind::UnsupportedType { .. } => {
            tracing::error!("a path extractor does not fit its route");
            return Problem(Problema::interno());
        }
        _ => "ruta".to_owned(),
    };
    Problem::campo(&campo, "valor_invalido", "El valor en la dirección no tiene la forma esperada.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    struct Linea {
        precio: u32,
    }

    #[derive(Debug, Deserialize)]
    struct Pedido {
        lineas: Vec<Linea>,
    }

    fn problema(json: &str) -> Problema {
        parse::<Pedido>(json.as_bytes()).unwrap_err().0
    }

    #[test]
    fn a_wrong_type_names_the_whole_path_of_the_field() {
        let p = problema(r#"{"lineas":[{"precio":1},{"precio":"dos"}]}"#);
        assert_eq!((p.estado, p.errores[0].campo.as_str()), (422, "lineas[1].precio"));
        assert_eq!(p.errores[0].codigo, "tipo_incorrecto");
        let p = problema(r#"{"lineas":[{}]}"#);
        assert_eq!(p.errores[0].campo, "lineas[0].precio");
        assert_eq!(p.errores[0].codigo, "campo_requerido");
    }

    #[test]
    fn what_is_not_json_is_a_bad_request_and_not_a_bad_field() {
        for roto in ["", "{", "{\"lineas\":[]}x", "\u{feff}{}", "{'lineas':[]}"] {
            let p = problema(roto);
            assert_eq!((p.estado, p.codigo.as_str()), (400, "json_mal_formado"), "{roto:?}");
        }
        assert_eq!(parse::<Pedido>(b"{\"lineas\":\"\xff\"}").unwrap_err().0.estado, 400);
    }

    #[test]
    fn a_nul_in_a_text_is_refused_before_any_storage() {
        let p = problema(r#"{"lineas":[],"nota":"a\u0000b"}"#);
        assert_eq!((p.estado, p.errores[0].codigo.as_str()), (422, "caracter_no_permitido"));
    }

    #[test]
    fn an_honest_body_passes_with_fields_that_we_do_not_know() {
        let pedido: Pedido = parse(br#"{"lineas":[{"precio":7}],"nota":"x"}"#).unwrap();
        assert_eq!(pedido.lineas[0].precio, 7);
    }

    #[test]
    fn a_query_complaint_names_its_parameter() {
        let texto = "Failed to deserialize query string: limite: invalid digit found in string";
        assert_eq!(query_refused(texto).0.errores[0].campo, "limite");
        let texto = "Failed to deserialize query string: missing field `fecha`";
        assert_eq!(query_refused(texto).0.errores[0].campo, "fecha");
    }
}
