//! Accounts, profiles and the references of customers.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_plataforma::Can;
use ramal_web::{App, CabeceraIdempotencia, ClaveIdempotencia, Parsed, Problem, Ruta};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::cliente_named;
use crate::CuentaId;
use crate::actions::{
    DatosCuenta, DatosReferencia, create_cuenta, create_referencia, update_cuenta,
};
use crate::permisos::{AdministrarCuentas, LeerConciliacion};
use crate::storage::{cuentas, referencias};
use crate::vistas::{CuentaBancariaView, PerfilView, ReferenciaPagoView};

/// Lista las cuentas cuyos extractos se importan
#[utoipa::path(get, path = "/conciliacion/cuentas", tag = "conciliacion",
    responses((status = 200, description = "Las cuentas", body = Vec<CuentaBancariaView>)))]
pub async fn get_cuentas(
    _can: Can<LeerConciliacion>,
    State(app): State<App>,
) -> Result<Json<Vec<CuentaBancariaView>>, Problem> {
    let todas = cuentas::all(&app.db).await?;
    Ok(Json(todas.into_iter().map(CuentaBancariaView::from).collect()))
}

/// Crea una cuenta
#[utoipa::path(post, path = "/conciliacion/cuentas", tag = "conciliacion",
    params(CabeceraIdempotencia), request_body = DatosCuenta,
    responses((status = 201, description = "Creada", body = CuentaBancariaView)))]
pub async fn post_cuenta(
    can: Can<AdministrarCuentas>,
    State(app): State<App>,
    idem: ClaveIdempotencia,
    Parsed(datos): Parsed<DatosCuenta>,
) -> Result<Response, Problem> {
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let cuenta = create_cuenta(&tx, can.cx(), &datos).await?;
    let vista = CuentaBancariaView::from(cuenta);
    let respuesta = idem.remember(&tx, can.cx(), StatusCode::CREATED, &vista).await?;
    tx.commit().await?;
    Ok(respuesta)
}

/// Cambio de una cuenta.
#[derive(Debug, Deserialize, ToSchema)]
pub struct CambioCuenta {
    /// Versión que se vio.
    pub version: i64,
    /// La cuenta entera; moneda y clase no cambian.
    #[serde(flatten)]
    pub datos: DatosCuenta,
}

/// Cambia una cuenta
#[utoipa::path(patch, path = "/conciliacion/cuentas/{id}", tag = "conciliacion",
    params(("id" = Uuid, Path, description = "Identificador")), request_body = CambioCuenta,
    responses((status = 200, description = "Cambiada", body = CuentaBancariaView)))]
pub async fn patch_cuenta(
    can: Can<AdministrarCuentas>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
    Parsed(cambio): Parsed<CambioCuenta>,
) -> Result<Json<CuentaBancariaView>, Problem> {
    let tx = app.db.begin().await?;
    let cual = (CuentaId::from_uuid(id), cambio.version);
    let cuenta = update_cuenta(&tx, can.cx(), cual, &cambio.datos).await?;
    tx.commit().await?;
    Ok(Json(cuenta.into()))
}

/// Perfiles de lectura que vienen con el programa
#[utoipa::path(get, path = "/conciliacion/perfiles", tag = "conciliacion",
    responses((status = 200, description = "Los perfiles", body = Vec<PerfilView>)))]
pub async fn get_perfiles(_can: Can<LeerConciliacion>) -> Json<Vec<PerfilView>> {
    let vista = |p: ramal_extractos::Perfil| PerfilView {
        perfil: serde_json::to_value(&p).unwrap_or_default(),
        codigo: p.codigo,
        nombre: p.nombre,
        pais: p.pais,
    };
    Json(ramal_extractos::perfiles::shipped().into_iter().map(vista).collect())
}

/// Cuentas y referencias de pago de un cliente
#[utoipa::path(get, path = "/clientes/{id}/referencias-pago", tag = "conciliacion",
    params(("id" = String, Path, description = "Identificador o número")),
    responses((status = 200, description = "Las suyas", body = Vec<ReferenciaPagoView>)))]
pub async fn get_referencias(
    _can: Can<LeerConciliacion>,
    State(app): State<App>,
    Ruta(id): Ruta<String>,
) -> Result<Json<Vec<ReferenciaPagoView>>, Problem> {
    let cliente = cliente_named(&app.db, &id).await?;
    let suyas = referencias::of_cliente(&app.db, cliente).await?;
    Ok(Json(suyas.into_iter().map(ReferenciaPagoView::from).collect()))
}

/// Da a un cliente una cuenta dedicada o su referencia propia
///
/// Sin `valor` crea su referencia: `R`, su número y un dígito de control que rechaza cualquier
/// cifra cambiada y dos cifras invertidas.
#[utoipa::path(post, path = "/clientes/{id}/referencias-pago", tag = "conciliacion",
    params(("id" = String, Path, description = "Identificador o número"), CabeceraIdempotencia),
    request_body = DatosReferencia,
    responses((status = 201, description = "La referencia", body = ReferenciaPagoView)))]
pub async fn post_referencia(
    can: Can<AdministrarCuentas>,
    State(app): State<App>,
    Ruta(id): Ruta<String>,
    idem: ClaveIdempotencia,
    Parsed(datos): Parsed<DatosReferencia>,
) -> Result<Response, Problem> {
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let cliente = cliente_named(&tx, &id).await?;
    let referencia = create_referencia(&tx, can.cx(), cliente, &datos).await?;
    let vista = ReferenciaPagoView::from(referencia);
    let respuesta = idem.remember(&tx, can.cx(), StatusCode::CREATED, &vista).await?;
    tx.commit().await?;
    Ok(respuesta)
}
