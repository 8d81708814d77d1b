//! REST validity service: the only check for boletas. It deliberately accepts any client
//! identifier.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use ramal_xml::sha256;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::Emulador;
use super::registro::Estado;

/// Routes of token and query.
pub fn routes() -> Router<Arc<Emulador>> {
    Router::new()
        .route("/v1/clientesextranet/{cliente}/oauth2/token/", post(token))
        .route("/v1/contribuyente/contribuyentes/{ruc}/validarcomprobante", post(validate))
}

async fn token(State(emulador): State<Arc<Emulador>>, Path(_): Path<String>) -> Response {
    let cuerpo = json!({
        "access_token": emulador.token(), "token_type": "JWT", "expires_in": 3600,
    });
    Json(cuerpo).into_response()
}

async fn validate(
    State(emulador): State<Arc<Emulador>>,
    Path(_): Path<String>,
    headers: HeaderMap,
    Json(pedido): Json<Value>,
) -> Response {
    let valor = headers.get("authorization").and_then(|v| v.to_str().ok()).unwrap_or("");
    if valor != format!("Bearer {}", emulador.token()) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let estado = emulador.validity(&pedido);
    Json(json!({
        "success": true,
        "message": "Operation Success!",
        "data": { "estadoCp": estado, "estadoRuc": "00", "condDomiRuc": "00" },
    }))
    .into_response()
}

impl Emulador {
    fn token(&self) -> String {
        hex::encode(sha256(format!("validez|{}", self.opciones.semilla).as_bytes()))
    }

    /// `0` does not exist, `1` accepted, `2` voided.
    fn validity(&self, pedido: &Value) -> &'static str {
        let de = |campo: &str| match &pedido[campo] {
            Value::String(texto) => texto.clone(),
            Value::Number(numero) => numero.to_string(),
            _ => String::new(),
        };
        let clave =
            format!("{}-{}-{}-{}", de("numRuc"), de("codComp"), de("numeroSerie"), de("numero"));
        let mut registro = self.state();
        if self.process_due(&mut registro).is_err() {
            return "0";
        }
        let Some(cpe) = registro.cpe(&clave) else {
            return "0";
        };
        let fecha: Vec<&str> = cpe.resumen.fecha.split('-').rev().collect();
        let monto: Option<Decimal> = de("monto").parse().ok();
        let mismo = fecha.join("/") == de("fechaEmision") && monto == Some(cpe.resumen.total);
        match cpe.estado {
            Estado::Aceptado if mismo => "1",
            Estado::Baja if mismo => "2",
            _ => "0",
        }
    }
}
