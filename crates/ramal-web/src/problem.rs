//! Refusals on the wire: RFC 9457 problem+json. It decides no status of its own: the `Problema`
//! brings it.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use ramal_base::{CampoInvalido, Problema};
use ramal_db::DbError;
use serde::Serialize;
use utoipa::ToSchema;

/// Media type of a refusal.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// A refusal that a handler returns; renders as problem+json, and outside the API as a page: the
/// `Problema` travels in the answer's extensions.
#[derive(Clone, Debug)]
pub struct Problem(pub Problema);

/// Body of a refusal (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problema)]
pub struct ProblemaView {
    /// Kind of problem: `/problemas/<codigo>`, relative to this server.
    #[serde(rename = "type")]
    #[schema(example = "/problemas/datos_invalidos")]
    pub tipo: String,
    /// Short title.
    #[schema(example = "Datos no válidos")]
    pub title: String,
    /// HTTP status, the same as that of the answer.
    #[schema(minimum = 400, maximum = 599, example = 422)]
    pub status: u16,
    /// What happened and what to do next.
    #[schema(example = "Corrija los campos señalados y vuelva a enviar.")]
    pub detail: String,
    /// Stable code for programs.
    #[schema(example = "datos_invalidos")]
    pub codigo: String,
    /// Refused fields; empty if the refusal is not about fields.
    pub errores: Vec<CampoView>,
}

/// One refused field.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CampoInvalido)]
pub struct CampoView {
    /// Path of the field as it was sent.
    #[schema(example = "lineas[0].precio")]
    pub campo: String,
    /// Stable code.
    #[schema(example = "campo_requerido")]
    pub codigo: String,
    /// What is wrong and what to do.
    #[schema(example = "Falta este campo.")]
    pub motivo: String,
}

impl Problem {
    /// Refusal with a status, a code, a title and a detail.
    pub fn new(estado: u16, codigo: &str, titulo: &str, detalle: impl Into<String>) -> Problem {
        Problem(Problema::new(estado, codigo, titulo, detalle))
    }

    /// 422 about one field.
    pub fn campo(campo: &str, codigo: &str, motivo: impl Into<String>) -> Problem {
        Problem(Problema::campos(vec![CampoInvalido::new(campo, codigo, motivo)]))
    }

    /// The refusal that fits a bare HTTP status, for answers made outside the handlers.
    pub fn of_status(estado: StatusCode) -> Problem {
        let (codigo, titulo, detalle) = match estado.as_u16() {
            400 => ("peticion_invalida", "Petición no válida", "La petición no se entiende."),
            401 => ("clave_requerida", "Falta la clave", "Envíe Authorization: Bearer <clave>."),
            404 => ("ruta_no_encontrada", "No encontrado", "No existe nada en esa dirección."),
            405 => (
                "metodo_no_permitido",
                "Método no permitido",
                "La dirección existe, pero no acepta este método; mire la cabecera Allow.",
            ),
            408 => ("tiempo_agotado", "Tiempo agotado", "La petición tardó demasiado en llegar."),
            413 => ("cuerpo_muy_grande", "Cuerpo muy grande", "Envíe menos datos por petición."),
            415 => (
                "tipo_de_contenido",
                "Tipo de contenido no admitido",
                "Envíe el cuerpo como application/json.",
            ),
            503 => (
                "servicio_ocupado",
                "Servicio ocupado",
                "La operación no terminó a tiempo. Vuelva a intentar en unos segundos.",
            ),
            500..=599 => return Problem(Problema::interno()),
            _ => ("peticion_rechazada", "Petición rechazada", "La petición no fue aceptada."),
        };
        Problem::new(estado.as_u16(), codigo, titulo, detalle)
    }
}

impl From<Problema> for Problem {
    fn from(problema: Problema) -> Problem {
        Problem(problema)
    }
}

impl From<DbError> for Problem {
    fn from(error: DbError) -> Problem {
        Problem(Problema::from(error))
    }
}

impl From<Problema> for ProblemaView {
    fn from(problema: Problema) -> ProblemaView {
        let campo =
            |c: CampoInvalido| CampoView { campo: c.campo, codigo: c.codigo, motivo: c.motivo };
        ProblemaView {
            tipo: format!("/problemas/{}", problema.codigo),
            title: problema.titulo,
            status: problema.estado,
            detail: problema.detalle,
            codigo: problema.codigo,
            errores: problema.errores.into_iter().map(campo).collect(),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let estado =
            StatusCode::from_u16(self.0.estado).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let problema = self.0.clone();
        let mut respuesta = (estado, Json(ProblemaView::from(self.0))).into_response();
        respuesta.extensions_mut().insert(problema);
        let cabeceras = respuesta.headers_mut();
        cabeceras.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        if estado == StatusCode::UNAUTHORIZED {
            let valor = HeaderValue::from_static("Bearer realm=\"ramal\"");
            cabeceras.insert(header::WWW_AUTHENTICATE, valor);
        }
        if estado == StatusCode::SERVICE_UNAVAILABLE {
            cabeceras.insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
        }
        respuesta
    }
}
