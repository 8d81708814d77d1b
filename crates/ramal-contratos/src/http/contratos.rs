//! Routes of contracts. Thin: authorize, begin, call one action, commit, render.

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::Response;
use ramal_clientes::referencia as referencia_cliente;
use ramal_db::Cursor;
use ramal_plataforma::Can;
use ramal_web::ensamble::PREFIJO;
use ramal_web::{App, CabeceraIdempotencia, ClaveIdempotencia, PaginaView, Parsed, Problem, Ruta};

use super::vistas::{ContratoDetalleView, ContratoView, ServicioView};
use crate::comandos::DatosContrato;
use crate::permisos::{CrearContratos, LeerContratos};
use crate::storage::{self, FiltroServicios};
use crate::{actions, referencia};

/// Services shown with their contract.
const MAXIMO: u32 = 200;

/// Firma un contrato
#[utoipa::path(post, path = "/contratos", tag = "contratos", params(CabeceraIdempotencia),
    request_body = DatosContrato,
    responses((status = 201, description = "Firmado", body = ContratoView,
        headers(("Location" = String)))))]
pub async fn post_contrato(
    can: Can<CrearContratos>,
    State(app): State<App>,
    idem: ClaveIdempotencia,
    Parsed(datos): Parsed<DatosContrato>,
) -> Result<Response, Problem> {
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let contrato = actions::create_contrato(&tx, can.cx(), datos).await?;
    let cabeceras = [(header::LOCATION, format!("{PREFIJO}/contratos/{}", contrato.id))];
    let vista = ContratoView::from(contrato);
    let creado = (StatusCode::CREATED, &cabeceras[..]);
    let respuesta = idem.remember_with(&tx, can.cx(), creado, &vista).await?;
    tx.commit().await?;
    Ok(respuesta)
}

/// Un contrato con sus servicios
#[utoipa::path(get, path = "/contratos/{id}", tag = "contratos",
    params(("id" = String, Path, description = "Identificador o código impreso", example = "CT-1")),
    responses((status = 200, description = "El contrato", body = ContratoDetalleView)))]
pub async fn get_contrato(
    can: Can<LeerContratos>,
    State(app): State<App>,
    Ruta(id): Ruta<String>,
) -> Result<Json<ContratoDetalleView>, Problem> {
    let contrato = referencia::contrato(&app.db, &id, "id").await?;
    let hoy = actions::hoy(&app.db, can.cx()).await?;
    let suyos =
        FiltroServicios { contrato: Some(contrato.id.uuid()), ..FiltroServicios::default() };
    let todos = Cursor { limite: MAXIMO, cursor: None };
    let pagina = storage::list(&app.db, &suyos, &todos).await?;
    let servicios = pagina.datos.into_iter().map(|s| ServicioView::new(s, hoy)).collect();
    Ok(Json(ContratoDetalleView { contrato: contrato.into(), servicios }))
}

/// Los contratos de un cliente
#[utoipa::path(get, path = "/clientes/{id}/contratos", tag = "contratos",
    params(("id" = String, Path, description = "Identificador o código impreso", example = "C-1")),
    responses((status = 200, description = "Todos, en una página",
        body = PaginaView<ContratoView>)))]
pub async fn get_contratos_cliente(
    _can: Can<LeerContratos>,
    State(app): State<App>,
    Ruta(id): Ruta<String>,
) -> Result<Json<PaginaView<ContratoView>>, Problem> {
    let id = referencia_cliente::resolve(&app.db, &id).await?;
    let cliente = ramal_clientes::storage::by_id(&app.db, id).await?;
    cliente.ok_or(ramal_clientes::Error::NotFound(id))?;
    let contratos = storage::contratos_by_cliente(&app.db, id).await?;
    let datos = contratos.into_iter().map(ContratoView::from).collect();
    Ok(Json(PaginaView { datos, siguiente: None }))
}
