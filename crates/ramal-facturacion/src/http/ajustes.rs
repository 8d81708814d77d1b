//! Routes of the settings. Thin: what a key accepts is in `ajustes`.

use axum::Json;
use axum::extract::State;
use ramal_plataforma::{Can, EmisorId};
use ramal_web::{App, Parsed, Problem, Ruta};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::ajustes::{self, Dueno};
use crate::permisos::AjustarFacturacion;

/// Cambia ajustes de la empresa
///
/// Claves: `prorrateo`, `primer_periodo`, `suspension_cobro`, `agrupacion`, `ancla`,
/// `terminos_dias`, `ventana_dias`, `corrida_automatica`. Un `null` devuelve el valor por defecto.
#[utoipa::path(patch, path = "/empresa/ajustes", tag = "facturacion",
    request_body(content = Object, example = json!({ "agrupacion": "por_servicio" })),
    responses((status = 200, description = "Todos los ajustes", body = Object)))]
pub async fn patch_empresa_ajustes(
    can: Can<AjustarFacturacion>,
    State(app): State<App>,
    Parsed(cambios): Parsed<Map<String, Value>>,
) -> Result<Json<Value>, Problem> {
    let tx = app.db.begin().await?;
    let todos = ajustes::change(&tx, can.cx(), Dueno::Empresa, &cambios).await?;
    tx.commit().await?;
    Ok(Json(todos))
}

/// Cambia ajustes de un emisor
///
/// Claves: `boletas`, `publico_general`, `forma_pago_nota`. Un `null` devuelve el valor por
/// defecto.
#[utoipa::path(patch, path = "/emisores/{id}/ajustes", tag = "facturacion",
    params(("id" = Uuid, Path, description = "Identificador del emisor")),
    request_body(content = Object, example = json!({ "boletas": "resumen" })),
    responses((status = 200, description = "Todos los ajustes", body = Object)))]
pub async fn patch_emisor_ajustes(
    can: Can<AjustarFacturacion>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
    Parsed(cambios): Parsed<Map<String, Value>>,
) -> Result<Json<Value>, Problem> {
    let tx = app.db.begin().await?;
    let dueno = Dueno::Emisor(EmisorId::from_uuid(id));
    let todos = ajustes::change(&tx, can.cx(), dueno, &cambios).await?;
    tx.commit().await?;
    Ok(Json(todos))
}
