//! Routes of what hangs from a customer: addresses, contacts, consents.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_plataforma::Can;
use ramal_web::{App, CabeceraIdempotencia, ClaveIdempotencia, PaginaView, Parsed, Problem, Ruta};

use crate::cliente::{
    Consentimiento, Contacto, DatosConsentimiento, DatosContacto, DatosDomicilio, Domicilio,
};
use crate::permisos::{EditarClientes, LeerClientes};
use crate::{Error, actions, referencia, storage};

/// Los consentimientos de un cliente, con todas sus versiones
#[utoipa::path(get, path = "/clientes/{id}/consentimientos", tag = "clientes",
    params(("id" = String, Path, description = "Identificador o código impreso", example = "C-1")),
    responses((status = 200, description = "Todos, en una página",
        body = PaginaView<Consentimiento>)))]
pub async fn get_consentimientos(
    _can: Can<LeerClientes>,
    State(app): State<App>,
    Ruta(id): Ruta<String>,
) -> Result<Json<PaginaView<Consentimiento>>, Problem> {
    let id = referencia::resolve(&app.db, &id).await?;
    storage::by_id(&app.db, id).await?.ok_or(Error::NotFound(id))?;
    let datos = storage::consentimientos(&app.db, id).await?;
    Ok(Json(PaginaView { datos, siguiente: None }))
}

/// Registra un consentimiento
///
/// Cada registro es una versión nueva para su finalidad y su canal; las anteriores quedan.
#[utoipa::path(post, path = "/clientes/{id}/consentimientos", tag = "clientes",
    params(("id" = String, Path, description = "Identificador o código impreso", example = "C-1"),
        CabeceraIdempotencia),
    request_body = DatosConsentimiento,
    responses((status = 201, description = "Registrado", body = Consentimiento)))]
pub async fn post_consentimiento(
    can: Can<EditarClientes>,
    State(app): State<App>,
    Ruta(id): Ruta<String>,
    idem: ClaveIdempotencia,
    Parsed(datos): Parsed<DatosConsentimiento>,
) -> Result<Response, Problem> {
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let id = referencia::resolve(&tx, &id).await?;
    let registrado = actions::register_consentimiento(&tx, can.cx(), id, datos).await?;
    let respuesta = idem.remember(&tx, can.cx(), StatusCode::CREATED, &registrado).await?;
    tx.commit().await?;
    Ok(respuesta)
}

/// Agrega un domicilio
#[utoipa::path(post, path = "/clientes/{id}/domicilios", tag = "clientes",
    params(("id" = String, Path, description = "Identificador o código impreso", example = "C-1"),
        CabeceraIdempotencia),
    request_body = DatosDomicilio,
    responses((status = 201, description = "Agregado", body = Domicilio)))]
pub async fn post_domicilio(
    can: Can<EditarClientes>,
    State(app): State<App>,
    Ruta(id): Ruta<String>,
    idem: ClaveIdempotencia,
    Parsed(datos): Parsed<DatosDomicilio>,
) -> Result<Response, Problem> {
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let id = referencia::resolve(&tx, &id).await?;
    let domicilio = actions::add_domicilio(&tx, can.cx(), id, datos).await?;
    let respuesta = idem.remember(&tx, can.cx(), StatusCode::CREATED, &domicilio).await?;
    tx.commit().await?;
    Ok(respuesta)
}

/// Agrega un contacto
#[utoipa::path(post, path = "/clientes/{id}/contactos", tag = "clientes",
    params(("id" = String, Path, description = "Identificador o código impreso", example = "C-1"),
        CabeceraIdempotencia),
    request_body = DatosContacto,
    responses((status = 201, description = "Agregado", body = Contacto)))]
pub async fn post_contacto(
    can: Can<EditarClientes>,
    State(app): State<App>,
    Ruta(id): Ruta<String>,
    idem: ClaveIdempotencia,
    Parsed(datos): Parsed<DatosContacto>,
) -> Result<Response, Problem> {
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let id = referencia::resolve(&tx, &id).await?;
    let contacto = actions::add_contacto(&tx, can.cx(), id, datos).await?;
    let respuesta = idem.remember(&tx, can.cx(), StatusCode::CREATED, &contacto).await?;
    tx.commit().await?;
    Ok(respuesta)
}
