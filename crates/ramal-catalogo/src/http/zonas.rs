//! Routes of zones and of the coverage of an address.

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::Response;
use ramal_plataforma::Can;
use ramal_web::ensamble::PREFIJO;
use ramal_web::{
    App, CabeceraIdempotencia, CabeceraIfMatch, ClaveIdempotencia, Etag, Filtros, IfMatch,
    PaginaView, Paginacion, Parsed, Problem, Ruta,
};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::vistas::{CoberturaView, ZonaView};
use crate::permisos::{EditarCatalogo, LeerCatalogo};
use crate::zona::{CambioZona, DatosZona, check_codigo_postal};
use crate::{Error, Tecnologia, ZonaId, actions, cobertura, storage};

/// Qué zonas se piden.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ZonasQuery {
    /// Si se puede vender en ella.
    pub activa: Option<bool>,
}

/// Por qué dirección se pregunta.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CoberturaQuery {
    /// Código postal.
    #[param(example = "06600", min_length = 4, max_length = 8, pattern = "^[0-9A-Za-z]{4,8}$")]
    pub codigo_postal: String,
    /// Tecnología; sin ella, cualquiera.
    pub tecnologia: Option<Tecnologia>,
}

/// Las zonas, por código
#[utoipa::path(get, path = "/catalogo/zonas", tag = "catalogo", params(ZonasQuery, Paginacion),
    responses((status = 200, description = "Una página", body = PaginaView<ZonaView>)))]
pub async fn get_zonas(
    _can: Can<LeerCatalogo>,
    State(app): State<App>,
    Filtros(query): Filtros<ZonasQuery>,
    Filtros(pagina): Filtros<Paginacion>,
) -> Result<Json<PaginaView<ZonaView>>, Problem> {
    let pagina = storage::list_zonas(&app.db, query.activa, &pagina.cursor()).await?;
    Ok(Json(PaginaView::of(pagina, ZonaView::from)))
}

/// Una zona
#[utoipa::path(get, path = "/catalogo/zonas/{id}", tag = "catalogo",
    params(("id" = Uuid, Path, description = "Identificador de la zona")),
    responses((status = 200, description = "La zona", body = ZonaView,
        headers(("ETag" = String)))))]
pub async fn get_zona(
    _can: Can<LeerCatalogo>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
) -> Result<(Etag, Json<ZonaView>), Problem> {
    let zona = storage::zona(&app.db, ZonaId::from_uuid(id)).await?.ok_or(Error::ZonaNotFound)?;
    Ok((Etag::from_version(zona.version), Json(zona.into())))
}

/// Crea una zona
#[utoipa::path(post, path = "/catalogo/zonas", tag = "catalogo", params(CabeceraIdempotencia),
    request_body = DatosZona,
    responses((status = 201, description = "Creada", body = ZonaView,
        headers(("Location" = String), ("ETag" = String)))))]
pub async fn post_zona(
    can: Can<EditarCatalogo>,
    State(app): State<App>,
    idem: ClaveIdempotencia,
    Parsed(datos): Parsed<DatosZona>,
) -> Result<Response, Problem> {
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let zona = actions::create_zona(&tx, can.cx(), datos).await?;
    let cabeceras = [
        (header::LOCATION, format!("{PREFIJO}/catalogo/zonas/{}", zona.id)),
        (header::ETAG, Etag::from_version(zona.version).as_str().to_owned()),
    ];
    let creada = (StatusCode::CREATED, &cabeceras[..]);
    let respuesta = idem.remember_with(&tx, can.cx(), creada, &ZonaView::from(zona)).await?;
    tx.commit().await?;
    Ok(respuesta)
}

/// Cambia una zona
#[utoipa::path(patch, path = "/catalogo/zonas/{id}", tag = "catalogo",
    params(("id" = Uuid, Path, description = "Identificador de la zona"), CabeceraIfMatch),
    request_body = CambioZona,
    responses((status = 200, description = "La zona como quedó", body = ZonaView,
        headers(("ETag" = String)))))]
pub async fn patch_zona(
    can: Can<EditarCatalogo>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
    if_match: IfMatch,
    Parsed(cambio): Parsed<CambioZona>,
) -> Result<(Etag, Json<ZonaView>), Problem> {
    let id = ZonaId::from_uuid(id);
    let tx = app.db.begin().await?;
    let actual = storage::lock_zona(&tx, id).await?.ok_or(Error::ZonaNotFound)?;
    if_match.check(actual.version)?;
    let zona = actions::update_zona(&tx, can.cx(), id, cambio).await?;
    tx.commit().await?;
    Ok((Etag::from_version(zona.version), Json(zona.into())))
}

/// Si una dirección tiene cobertura
#[utoipa::path(get, path = "/catalogo/cobertura", tag = "catalogo", params(CoberturaQuery),
    responses((status = 200, description = "La respuesta, también si no hay cobertura",
        body = CoberturaView)))]
pub async fn get_cobertura(
    _can: Can<LeerCatalogo>,
    State(app): State<App>,
    Filtros(query): Filtros<CoberturaQuery>,
) -> Result<Json<CoberturaView>, Problem> {
    let Some(codigo_postal) = check_codigo_postal(&query.codigo_postal) else {
        let motivo = "El código postal lleva de 4 a 8 letras o dígitos.";
        return Err(Problem::campo("codigo_postal", "cp_formato", motivo));
    };
    let zonas = cobertura(&app.db, &codigo_postal, query.tecnologia).await?;
    Ok(Json(CoberturaView::new(codigo_postal, zonas)))
}
