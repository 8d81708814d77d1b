//! Health for whoever watches the process: alive, and ready to serve. It repairs nothing and shows
//! no version.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use ramal_db::Consulta;
use serde_json::json;

use crate::{App, Problem};

/// The process answers.
pub async fn live() -> Response {
    Json(json!({"estado": "vivo"})).into_response()
}

/// The process answers and its database too; 503 otherwise.
pub async fn ready(State(app): State<App>) -> Result<Response, Problem> {
    match app.db.scalar::<i32>("SELECT 1", Vec::new()).await {
        Ok(Some(1)) => Ok(Json(json!({"estado": "listo"})).into_response()),
        otro => {
            tracing::warn!(ok = otro.is_ok(), "the database does not answer");
            Err(Problem::of_status(StatusCode::SERVICE_UNAVAILABLE))
        }
    }
}
