//! Errors of the Graph API, as it writes them. It decides none.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// An error of the Graph API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fallo {
    /// HTTP status.
    pub http: u16,
    /// Code.
    pub codigo: i64,
    /// What exactly.
    pub detalle: String,
}

impl Fallo {
    /// An error; the HTTP status goes with the code.
    pub fn new(codigo: i64, detalle: impl Into<String>) -> Fallo {
        let http = match codigo {
            190 => 401,
            10 | 200..=299 => 403,
            4 | 80_007 | 130_429 => 429,
            131_000 | 131_016 | 1 | 2 => 500,
            _ => 400,
        };
        Fallo { http, codigo, detalle: detalle.into() }
    }

    /// A parameter that is not as it should be.
    pub fn parametro(detalle: impl Into<String>) -> Fallo {
        Fallo::new(100, detalle)
    }

    /// An object that does not exist or is not of this token.
    pub fn unknown(id: &str) -> Fallo {
        Fallo::parametro(format!(
            "Unsupported request. Object with ID '{id}' does not exist, cannot be loaded due to \
             missing permissions, or does not support this operation"
        ))
    }

    /// As inside a status `failed`.
    pub fn of_status(&self) -> Value {
        let titulo = title(self.codigo);
        json!({
            "code": self.codigo, "title": titulo, "message": titulo,
            "error_data": { "details": self.detalle },
            "href": "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/",
        })
    }
}

impl IntoResponse for Fallo {
    fn into_response(self) -> Response {
        let estado = StatusCode::from_u16(self.http).unwrap_or(StatusCode::BAD_REQUEST);
        let cuerpo = json!({ "error": {
            "message": format!("(#{}) {}", self.codigo, title(self.codigo)),
            "type": "OAuthException",
            "code": self.codigo,
            "error_data": { "messaging_product": "whatsapp", "details": self.detalle },
            "fbtrace_id": "AEmuladorDeRamal00000000",
        }});
        (estado, Json(cuerpo)).into_response()
    }
}

/// Title of a code.
pub fn title(codigo: i64) -> &'static str {
    match codigo {
        4 | 80_007 => "Application request limit reached",
        10 => "Application does not have permission for this action",
        100 => "Invalid parameter",
        190 => "Invalid OAuth access token - Cannot parse access token",
        368 => "Temporarily blocked for policies violations",
        130_429 => "Rate limit hit",
        130_472 => "User's number is part of an experiment",
        130_497 => "Business account is restricted from messaging users in this country",
        131_000 => "Something went wrong",
        131_005 => "Access denied",
        131_008 => "Required parameter is missing",
        131_009 => "Parameter value is not valid",
        131_016 => "Service unavailable",
        131_026 => "Message undeliverable",
        131_030 => "Recipient phone number not in allowed list",
        131_031 => "Account has been locked",
        131_042 => "Business eligibility payment issue",
        131_045 => "Incorrect certificate",
        131_047 => "Re-engagement message",
        131_048 => "Spam rate limit hit",
        131_049 => "This message was not delivered to maintain healthy ecosystem engagement",
        131_050 => "User has stopped marketing messages",
        131_051 => "Unsupported message type",
        131_052 => "Media download error",
        131_053 => "Media upload error",
        131_056 => "(Business Account, Consumer Account) pair rate limit hit",
        131_062 => "Business-scoped user ID recipient is not supported for this message",
        132_000 => "Number of parameters does not match the expected number of params",
        132_001 => "Template name does not exist in the translation",
        132_005 => "Translated text too long",
        132_007 => "Template format character policy violated",
        132_008 => "Parameter values formatted incorrectly",
        132_012 => "Parameter format does not match format in the created template",
        132_015 => "Template is paused",
        132_016 => "Template is disabled",
        _ => "An error of the emulator's switches",
    }
}
