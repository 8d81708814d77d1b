//! Versions of a thing on the wire: `ETag` on reading, `If-Match` on editing. It compares; it
//! stores nothing.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponseParts, ResponseParts};
use utoipa::IntoParams;

use crate::Problem;

/// Strong entity tag made from the version column of a row. Goes before the body: `(Etag,
/// Json(..))`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Etag(String);

impl Etag {
    /// Tag of a row's version.
    pub fn from_version(version: i64) -> Etag {
        Etag(format!("\"v{version}\""))
    }

    /// The tag with its quotes.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl IntoResponseParts for Etag {
    type Error = Infallible;

    fn into_response_parts(self, mut partes: ResponseParts) -> Result<ResponseParts, Infallible> {
        if let Ok(valor) = HeaderValue::from_str(&self.0) {
            partes.headers_mut().insert(header::ETAG, valor);
        }
        Ok(partes)
    }
}

/// The version that the caller believes to be the current one; absent if he does not say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IfMatch(Option<Vec<String>>);

/// Header parameter for the OpenAPI of an edit.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[allow(dead_code, reason = "exists for its description alone")]
pub struct CabeceraIfMatch {
    /// `ETag` de la última lectura; si el recurso cambió desde entonces, la respuesta es 412.
    #[param(rename = "If-Match", required = false)]
    if_match: Option<String>,
}

impl IfMatch {
    /// Refuses with 412 `version_distinta` if the caller named a version and it is not `version`.
    pub fn check(&self, version: i64) -> Result<(), Problem> {
        let Some(etiquetas) = &self.0 else { return Ok(()) };
        let actual = Etag::from_version(version);
        if etiquetas.iter().any(|e| e == "*" || e == actual.as_str()) {
            return Ok(());
        }
        Err(Problem::new(
            412,
            "version_distinta",
            "Cambió mientras tanto",
            "Otra persona lo modificó. Lea la versión actual y repita el cambio sobre ella.",
        ))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(partes: &mut Parts, _: &S) -> Result<IfMatch, Problem> {
        let mut etiquetas = Vec::new();
        for valor in partes.headers.get_all(header::IF_MATCH) {
            let texto = valor.to_str().map_err(|_| malformed())?;
            for etiqueta in texto.split(',').map(str::trim).filter(|e| !e.is_empty()) {
                etiquetas.push(checked(etiqueta)?);
            }
        }
        Ok(IfMatch((!etiquetas.is_empty()).then_some(etiquetas)))
    }
}

/// `*`, a quoted tag, or a weak one (which is valid but never equals ours: RFC 9110, 13.1.1).
fn checked(etiqueta: &str) -> Result<String, Problem> {
    let fuerte = etiqueta.strip_prefix("W/").unwrap_or(etiqueta);
    let citada = fuerte.len() >= 2 && fuerte.starts_with('"') && fuerte.ends_with('"');
    if etiqueta == "*" || citada { Ok(etiqueta.to_owned()) } else { Err(malformed()) }
}

fn malformed() -> Problem {
    Problem::new(
        400,
        "if_match_invalido",
        "Cabecera If-Match no válida",
        "Envíe el ETag tal como llegó, con sus comillas, por ejemplo \"v3\".",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn if_match(etiquetas: &[&str]) -> IfMatch {
        IfMatch(Some(etiquetas.iter().map(|e| checked(e).unwrap()).collect()))
    }

    #[test]
    fn an_edit_over_an_old_version_is_refused() {
        assert!(if_match(&["\"v3\""]).check(3).is_ok());
        assert!(if_match(&["\"v1\"", "\"v3\""]).check(3).is_ok());
        assert!(if_match(&["*"]).check(3).is_ok());
        assert!(IfMatch(None).check(3).is_ok());
        let problema = if_match(&["\"v2\""]).check(3).unwrap_err();
        assert_eq!((problema.0.estado, problema.0.codigo.as_str()), (412, "version_distinta"));
        assert!(if_match(&["W/\"v3\""]).check(3).is_err(), "a weak tag never matches");
    }

    #[test]
    fn a_tag_without_quotes_is_not_a_tag() {
        assert_eq!(checked("v3").unwrap_err().0.estado, 400);
        assert_eq!(checked("\"").unwrap_err().0.estado, 400);
    }
}
