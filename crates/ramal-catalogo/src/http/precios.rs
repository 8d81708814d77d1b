//! Routes of the prices of zones.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_base::Fecha;
use ramal_plataforma::Can;
use ramal_web::{
    App, CabeceraIdempotencia, ClaveIdempotencia, Filtros, PaginaView, Paginacion, Parsed, Problem,
};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::vistas::PrecioView;
use crate::permisos::{EditarCatalogo, LeerCatalogo};
use crate::precio::{DatosPrecio, PrecioId};
use crate::storage::{self, FiltroPrecios};
use crate::{Error, ProductoId, ZonaId, actions, reglas};

/// Qué precios se piden; las condiciones se suman.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PreciosQuery {
    /// Precios de un producto.
    pub producto_id: Option<Uuid>,
    /// Precios de una zona.
    pub zona_id: Option<Uuid>,
    /// Precios que rigen ese día.
    #[param(value_type = Option<String>, format = Date, example = "2026-12-01")]
    pub fecha: Option<Fecha>,
}

/// Los precios por zona, en el orden en que se pusieron
#[utoipa::path(get, path = "/catalogo/precios", tag = "catalogo", params(PreciosQuery, Paginacion),
    responses((status = 200, description = "Una página", body = PaginaView<PrecioView>)))]
pub async fn get_precios(
    _can: Can<LeerCatalogo>,
    State(app): State<App>,
    Filtros(query): Filtros<PreciosQuery>,
    Filtros(pagina): Filtros<Paginacion>,
) -> Result<Json<PaginaView<PrecioView>>, Problem> {
    let mut errores = Vec::new();
    if let Some(fecha) = query.fecha {
        reglas::check_fecha(fecha, "fecha", &mut errores);
    }
    if !errores.is_empty() {
        return Err(Error::Datos(errores).into());
    }
    let filtro = FiltroPrecios {
        producto: query.producto_id.map(ProductoId::from_uuid),
        zona: query.zona_id.map(ZonaId::from_uuid),
        fecha: query.fecha,
    };
    let despues = pagina.cursor.as_deref().map(last_seen).transpose()?;
    let pagina = storage::list_precios(&app.db, &filtro, despues, &pagina.cursor()).await?;
    Ok(Json(PaginaView::of(pagina, PrecioView::from)))
}

fn last_seen(cursor: &str) -> Result<PrecioId, Problem> {
    let motivo = "Use el valor de «siguiente» de la página anterior, sin cambiarlo.";
    cursor.parse().map_err(|_| Problem::campo("cursor", "cursor_invalido", motivo))
}

/// Pone el precio de un producto en una zona
///
/// Si ya había uno que empieza el mismo día, lo reemplaza. Manda el que empezó más tarde.
#[utoipa::path(post, path = "/catalogo/precios", tag = "catalogo", params(CabeceraIdempotencia),
    request_body = DatosPrecio,
    responses((status = 201, description = "Puesto", body = PrecioView),
        (status = 200, description = "Reemplazó al que empezaba ese día", body = PrecioView)))]
pub async fn post_precio(
    can: Can<EditarCatalogo>,
    State(app): State<App>,
    idem: ClaveIdempotencia,
    Parsed(datos): Parsed<DatosPrecio>,
) -> Result<Response, Problem> {
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let puesto = actions::set_precio_zona(&tx, can.cx(), datos).await?;
    let estado = if puesto.anterior.is_some() { StatusCode::OK } else { StatusCode::CREATED };
    let vista = PrecioView::from(puesto.precio);
    let respuesta = idem.remember(&tx, can.cx(), estado, &vista).await?;
    tx.commit().await?;
    Ok(respuesta)
}
