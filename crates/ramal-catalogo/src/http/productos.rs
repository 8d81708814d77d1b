//! Routes of products. Thin: authorize, begin, call one action, commit, render.

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::Response;
use ramal_base::Fecha;
use ramal_db::Consulta;
use ramal_plataforma::Can;
use ramal_web::ensamble::PREFIJO;
use ramal_web::{
    App, CabeceraIdempotencia, CabeceraIfMatch, ClaveIdempotencia, Etag, Filtros, IfMatch,
    PaginaView, Paginacion, Parsed, Problem, Ruta,
};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::dia;
use super::vistas::ProductoView;
use crate::formulario::{CambioProducto, DatosProducto};
use crate::permisos::{EditarCatalogo, LeerCatalogo};
use crate::storage::{self, FiltroProductos};
use crate::{
    Categoria, ClaseProducto, Error, ProductoId, Tecnologia, Zona, ZonaId, actions, oferta,
};

/// Qué productos se piden; las condiciones se suman.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FiltroQuery {
    /// Parte del nombre, sin acentos.
    #[param(max_length = 100, example = "fibra")]
    pub buscar: Option<String>,
    /// Categoría.
    pub categoria: Option<Categoria>,
    /// Tecnología disponible: también salen los productos que sirven con cualquiera.
    pub tecnologia: Option<Tecnologia>,
    /// Si se puede contratar.
    pub activo: Option<bool>,
}

/// Clase que se pide.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ClaseQuery {
    /// Clase.
    pub clase: Option<ClaseProducto>,
}

/// Dónde y cuándo se pregunta el precio.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OfertaQuery {
    /// Zona cuyo precio se pide: identificador o código.
    #[param(example = "centro")]
    pub zona: Option<String>,
    /// Día del precio; hoy si no se dice.
    #[param(value_type = Option<String>, format = Date, example = "2026-12-01")]
    pub fecha: Option<Fecha>,
}

/// Los productos, por nombre
#[utoipa::path(get, path = "/catalogo/productos", tag = "catalogo",
    params(FiltroQuery, ClaseQuery, OfertaQuery, Paginacion),
    responses((status = 200, description = "Una página", body = PaginaView<ProductoView>)))]
pub async fn get_productos(
    _can: Can<LeerCatalogo>,
    State(app): State<App>,
    Filtros(clase): Filtros<ClaseQuery>,
    lista: Lista,
) -> Result<Json<PaginaView<ProductoView>>, Problem> {
    lista.answer(&app, clase.clase).await
}

/// Los planes, por nombre
#[utoipa::path(get, path = "/catalogo/planes", tag = "catalogo",
    params(FiltroQuery, OfertaQuery, Paginacion),
    responses((status = 200, description = "Una página", body = PaginaView<ProductoView>)))]
pub async fn get_planes(
    _can: Can<LeerCatalogo>,
    State(app): State<App>,
    lista: Lista,
) -> Result<Json<PaginaView<ProductoView>>, Problem> {
    lista.answer(&app, Some(ClaseProducto::Plan)).await
}

/// Los combos, por nombre
#[utoipa::path(get, path = "/catalogo/combos", tag = "catalogo",
    params(FiltroQuery, OfertaQuery, Paginacion),
    responses((status = 200, description = "Una página", body = PaginaView<ProductoView>)))]
pub async fn get_combos(
    _can: Can<LeerCatalogo>,
    State(app): State<App>,
    lista: Lista,
) -> Result<Json<PaginaView<ProductoView>>, Problem> {
    lista.answer(&app, Some(ClaseProducto::Combo)).await
}

/// Los servicios, por nombre
#[utoipa::path(get, path = "/catalogo/servicios", tag = "catalogo",
    params(FiltroQuery, OfertaQuery, Paginacion),
    responses((status = 200, description = "Una página", body = PaginaView<ProductoView>)))]
pub async fn get_servicios(
    _can: Can<LeerCatalogo>,
    State(app): State<App>,
    lista: Lista,
) -> Result<Json<PaginaView<ProductoView>>, Problem> {
    lista.answer(&app, Some(ClaseProducto::Servicio)).await
}

/// What every list of products takes from the query.
#[derive(axum::extract::FromRequestParts)]
#[from_request(state(App))]
pub struct Lista {
    filtro: Filtros<FiltroQuery>,
    oferta: Filtros<OfertaQuery>,
    pagina: Filtros<Paginacion>,
}

impl Lista {
    async fn answer(
        self,
        app: &App,
        clase: Option<ClaseProducto>,
    ) -> Result<Json<PaginaView<ProductoView>>, Problem> {
        let Lista { filtro: Filtros(q), oferta: Filtros(o), pagina: Filtros(pagina) } = self;
        if q.buscar.as_ref().is_some_and(|t| t.chars().count() > 100) {
            return Err(Problem::campo("buscar", "muy_largo", "Escriba 100 caracteres o menos."));
        }
        let (fecha, zona) = (dia(app, o.fecha).await?, asked_zona(&app.db, o.zona).await?);
        let FiltroQuery { buscar, categoria, tecnologia, activo } = q;
        let filtro = FiltroProductos {
            buscar,
            clase,
            categoria,
            tecnologia,
            activo,
            ..FiltroProductos::default()
        };
        let pagina = storage::list(&app.db, &filtro, &pagina.cursor()).await?;
        let siguiente = pagina.siguiente;
        let ofertas = oferta::ofertas(&app.db, pagina.datos, zona.as_ref(), fecha).await?;
        let datos = ofertas.into_iter().map(|o| ProductoView::new(o, fecha)).collect();
        Ok(Json(PaginaView { datos, siguiente }))
    }
}

async fn asked_zona(c: &impl Consulta, texto: Option<String>) -> Result<Option<Zona>, Problem> {
    let Some(texto) = texto else { return Ok(None) };
    let zona = match texto.parse::<ZonaId>() {
        Ok(id) => storage::zona(c, id).await?,
        Err(_) => storage::zona_by_codigo(c, &texto).await?,
    };
    match zona {
        Some(zona) => Ok(Some(zona)),
        None => Err(Problem::campo("zona", "zona_desconocida", "No hay zona con ese código.")),
    }
}

/// Un producto, con lo que cuesta
#[utoipa::path(get, path = "/catalogo/productos/{id}", tag = "catalogo",
    params(("id" = Uuid, Path, description = "Identificador del producto"), OfertaQuery),
    responses((status = 200, description = "El producto", body = ProductoView,
        headers(("ETag" = String)))))]
pub async fn get_producto(
    _can: Can<LeerCatalogo>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
    Filtros(o): Filtros<OfertaQuery>,
) -> Result<(Etag, Json<ProductoView>), Problem> {
    let producto = storage::by_id(&app.db, ProductoId::from_uuid(id)).await?;
    let producto = producto.ok_or(Error::ProductoNotFound)?;
    let (fecha, zona) = (dia(&app, o.fecha).await?, asked_zona(&app.db, o.zona).await?);
    let etag = Etag::from_version(producto.version);
    let oferta = oferta::oferta(&app.db, producto, zona.as_ref(), fecha).await?;
    Ok((etag, Json(ProductoView::new(oferta, fecha))))
}

/// Crea un producto
#[utoipa::path(post, path = "/catalogo/productos", tag = "catalogo", params(CabeceraIdempotencia),
    request_body = DatosProducto,
    responses((status = 201, description = "Creado", body = ProductoView,
        headers(("Location" = String), ("ETag" = String)))))]
pub async fn post_producto(
    can: Can<EditarCatalogo>,
    State(app): State<App>,
    idem: ClaveIdempotencia,
    Parsed(datos): Parsed<DatosProducto>,
) -> Result<Response, Problem> {
    let fecha = dia(&app, None).await?;
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let producto = actions::create_producto(&tx, can.cx(), datos).await?;
    let cabeceras = [
        (header::LOCATION, format!("{PREFIJO}/catalogo/productos/{}", producto.id)),
        (header::ETAG, Etag::from_version(producto.version).as_str().to_owned()),
    ];
    let vista = ProductoView::new(oferta::oferta(&tx, producto, None, fecha).await?, fecha);
    let creado = (StatusCode::CREATED, &cabeceras[..]);
    let respuesta = idem.remember_with(&tx, can.cx(), creado, &vista).await?;
    tx.commit().await?;
    Ok(respuesta)
}

/// Cambia un producto
///
/// Cambia solo lo que se envía. Los servicios ya contratados conservan su precio.
#[utoipa::path(patch, path = "/catalogo/productos/{id}", tag = "catalogo",
    params(("id" = Uuid, Path, description = "Identificador del producto"), CabeceraIfMatch),
    request_body = CambioProducto,
    responses((status = 200, description = "El producto como quedó", body = ProductoView,
        headers(("ETag" = String)))))]
pub async fn patch_producto(
    can: Can<EditarCatalogo>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
    if_match: IfMatch,
    Parsed(cambio): Parsed<CambioProducto>,
) -> Result<(Etag, Json<ProductoView>), Problem> {
    let (fecha, id) = (dia(&app, None).await?, ProductoId::from_uuid(id));
    let tx = app.db.begin().await?;
    let actual = storage::lock(&tx, id).await?.ok_or(Error::ProductoNotFound)?;
    if_match.check(actual.version)?;
    let producto = actions::update_producto(&tx, can.cx(), id, cambio).await?;
    let etag = Etag::from_version(producto.version);
    let vista = ProductoView::new(oferta::oferta(&tx, producto, None, fecha).await?, fecha);
    tx.commit().await?;
    Ok((etag, Json(vista)))
}
