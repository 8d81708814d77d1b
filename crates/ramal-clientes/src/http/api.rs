//! Routes of customers. Thin: authorize, begin, call one action, commit, render.

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

use super::vistas::{ClienteDetalleView, ClienteView, FiltroClientesQuery};
use crate::cliente::CambioCliente;
use crate::permisos::{CrearClientes, EditarClientes, LeerClientes};
use crate::{Cliente, DatosCliente, Error, actions, referencia, storage};

/// Lista clientes por nombre
#[utoipa::path(get, path = "/clientes", tag = "clientes", params(FiltroClientesQuery, Paginacion),
    responses((status = 200, description = "Una página", body = PaginaView<ClienteView>)))]
pub async fn get_clientes(
    _can: Can<LeerClientes>,
    State(app): State<App>,
    Filtros(query): Filtros<FiltroClientesQuery>,
    Filtros(pagina): Filtros<Paginacion>,
) -> Result<Json<PaginaView<ClienteView>>, Problem> {
    let pagina = storage::list(&app.db, &query.filtro()?, &pagina.cursor()).await?;
    Ok(Json(PaginaView::of(pagina, ClienteView::from)))
}

/// Da de alta un cliente
///
/// El documento se valida con su dígito verificador; todos los campos rechazados vienen juntos. El
/// RFC genérico no identifica a nadie y se puede repetir.
#[utoipa::path(post, path = "/clientes", tag = "clientes", params(CabeceraIdempotencia),
    request_body = DatosCliente,
    responses((status = 201, description = "Creado", body = ClienteView,
        headers(("Location" = String), ("ETag" = String)))))]
pub async fn post_cliente(
    can: Can<CrearClientes>,
    State(app): State<App>,
    idem: ClaveIdempotencia,
    Parsed(datos): Parsed<DatosCliente>,
) -> Result<Response, Problem> {
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let cliente = actions::create_cliente(&tx, can.cx(), datos).await?;
    let cabeceras = [
        (header::LOCATION, format!("{PREFIJO}/clientes/{}", cliente.id)),
        (header::ETAG, Etag::from_version(cliente.version).as_str().to_owned()),
    ];
    let vista = ClienteView::from(cliente);
    let creado = (StatusCode::CREATED, &cabeceras[..]);
    let respuesta = idem.remember_with(&tx, can.cx(), creado, &vista).await?;
    tx.commit().await?;
    Ok(respuesta)
}

/// Un cliente con sus domicilios, contactos y consentimientos
///
/// El `ETag` es la versión de sus propios datos, los que cambia `PATCH`.
#[utoipa::path(get, path = "/clientes/{id}", tag = "clientes",
    params(("id" = String, Path, description = "Identificador o código impreso", example = "C-1")),
    responses((status = 200, description = "El cliente", body = ClienteDetalleView,
        headers(("ETag" = String)))))]
pub async fn get_cliente(
    _can: Can<LeerClientes>,
    State(app): State<App>,
    Ruta(id): Ruta<String>,
) -> Result<(Etag, Json<ClienteDetalleView>), Problem> {
    let id = referencia::resolve(&app.db, &id).await?;
    let cliente: Cliente = storage::by_id(&app.db, id).await?.ok_or(Error::NotFound(id))?;
    let etag = Etag::from_version(cliente.version);
    let detalle = ClienteDetalleView {
        cliente: cliente.into(),
        domicilios: storage::domicilios(&app.db, id).await?,
        contactos: storage::contactos(&app.db, id).await?,
        consentimientos: storage::consentimientos(&app.db, id).await?,
    };
    Ok((etag, Json(detalle)))
}

/// Cambia los datos de un cliente
///
/// Cambia solo lo que se envía; un texto vacío borra el dato. El documento no se cambia: otro
/// documento es otro cliente.
#[utoipa::path(patch, path = "/clientes/{id}", tag = "clientes",
    params(("id" = String, Path, description = "Identificador o código impreso", example = "C-1"),
        CabeceraIfMatch),
    request_body = CambioCliente,
    responses((status = 200, description = "El cliente como quedó", body = ClienteView,
        headers(("ETag" = String)))))]
pub async fn patch_cliente(
    can: Can<EditarClientes>,
    State(app): State<App>,
    Ruta(id): Ruta<String>,
    if_match: IfMatch,
    Parsed(cambio): Parsed<CambioCliente>,
) -> Result<(Etag, Json<ClienteView>), Problem> {
    let tx = app.db.begin().await?;
    let id = referencia::resolve(&tx, &id).await?;
    let actual = storage::lock(&tx, id).await?.ok_or(Error::NotFound(id))?;
    if_match.check(actual.version)?;
    let version = Some(actual.version);
    let (_, despues) = actions::update_cliente(&tx, can.cx(), id, version, cambio).await?;
    tx.commit().await?;
    Ok((Etag::from_version(despues.version), Json(despues.into())))
}
