//! Lists of cuts: looking at them, approving, executing; the fee of an episode; a notice given by
//! hand. Thin: authorize, begin, one action, commit, render.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_base::Fecha;
use ramal_db::{Consulta, Cursor, Pagina};
use ramal_plataforma::Can;
use ramal_web::{
    App, CabeceraIdempotencia, ClaveIdempotencia, Filtros, PaginaView, Paginacion, Parsed, Problem,
    Ruta,
};
use uuid::Uuid;

use super::morosos::bad_cursor;
use super::vistas::{AvisoView, CorteDetalleView, CorteView, DatosMotivo, RenglonView};
use crate::Error;
use crate::actions;
use crate::permisos::{
    AprobarCortes, AvisarCobranza, EjecutarCortes, EximirCobranza, LeerCobranza,
};
use crate::storage::cortes::{self, RenglonFila};

/// Lista las listas de cortes, el día más nuevo primero
#[utoipa::path(get, path = "/cobranza/cortes", tag = "cobranza", params(Paginacion),
    responses((status = 200, description = "Una página", body = PaginaView<CorteView>)))]
pub async fn get_cortes(
    _can: Can<LeerCobranza>,
    State(app): State<App>,
    Filtros(pagina): Filtros<Paginacion>,
) -> Result<Json<PaginaView<CorteView>>, Problem> {
    let cursor = pagina.cursor();
    let antes = match &cursor.cursor {
        None => None,
        Some(texto) => Some(Fecha::parse(texto).map_err(|_| bad_cursor())?),
    };
    let filas = cortes::latest(&app.db, antes, cursor.filas()).await?;
    let pagina = Pagina::cut(filas, &cursor, |f| f.fecha.to_string());
    Ok(Json(PaginaView::of(pagina, CorteView::from)))
}

/// La lista de cortes de un día, con quién entra, quién queda fuera y por qué
#[utoipa::path(get, path = "/cobranza/cortes/{fecha}", tag = "cobranza",
    params(("fecha" = String, Path, description = "Día de la lista", format = Date), Paginacion),
    responses((status = 200, description = "La lista", body = CorteDetalleView)))]
pub async fn get_corte(
    _can: Can<LeerCobranza>,
    State(app): State<App>,
    Ruta(fecha): Ruta<Fecha>,
    Filtros(pagina): Filtros<Paginacion>,
) -> Result<Json<CorteDetalleView>, Problem> {
    let corte = cortes::by_fecha(&app.db, fecha).await?.ok_or(Error::NotFound("corte"))?;
    let Pagina { datos, siguiente } = lines(&app.db, corte.id, &pagina.cursor()).await?;
    let renglones = datos.into_iter().map(RenglonView::from).collect();
    Ok(Json(CorteDetalleView { corte: corte.into(), renglones, siguiente }))
}

/// Lines of a list: first those that go in, then those that stay out.
async fn lines(
    c: &impl Consulta,
    corte: Uuid,
    cursor: &Cursor,
) -> Result<Pagina<RenglonFila>, Problem> {
    let (decision, desde) = match cursor.cursor.as_deref().map(|t| t.split_once('~')) {
        None => ("incluido", None),
        Some(Some(("i", id))) => ("incluido", Some(id.parse().map_err(|_| bad_cursor())?)),
        Some(Some(("e", id))) => ("excluido", Some(id.parse().map_err(|_| bad_cursor())?)),
        Some(_) => return Err(bad_cursor()),
    };
    let filas = cursor.filas();
    let mut datos = cortes::by_decision(c, corte, decision, (desde, filas)).await?;
    let faltan = filas - i64::try_from(datos.len()).unwrap_or(filas);
    if decision == "incluido" && faltan > 0 {
        datos.extend(cortes::by_decision(c, corte, "excluido", (None, faltan)).await?);
    }
    Ok(Pagina::cut(datos, cursor, |r| {
        let letra = if r.decision == "incluido" { 'i' } else { 'e' };
        format!("{letra}~{}", r.servicio_id)
    }))
}

/// Aprueba la lista de cortes de un día
///
/// Aprobarla dos veces no cambia nada. Se ejecuta dentro del horario permitido.
#[utoipa::path(post, path = "/cobranza/cortes/{fecha}/aprobar", tag = "cobranza",
    params(("fecha" = String, Path, description = "Día de la lista", format = Date),
        CabeceraIdempotencia),
    responses((status = 200, description = "La lista como quedó", body = CorteView)))]
pub async fn post_aprobar(
    can: Can<AprobarCortes>,
    State(app): State<App>,
    Ruta(fecha): Ruta<Fecha>,
    idem: ClaveIdempotencia,
) -> Result<Response, Problem> {
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let corte = actions::approve_corte(&tx, can.cx(), fecha).await?;
    let vista = CorteView::from(corte);
    let respuesta = idem.remember(&tx, can.cx(), StatusCode::OK, &vista).await?;
    tx.commit().await?;
    Ok(respuesta)
}

/// Pide ejecutar ahora la lista aprobada de un día
///
/// Cada servicio se vuelve a mirar antes de cortarlo; fuera del horario permitido no se corta
/// nada.
#[utoipa::path(post, path = "/cobranza/cortes/{fecha}/ejecutar", tag = "cobranza",
    params(("fecha" = String, Path, description = "Día de la lista", format = Date),
        CabeceraIdempotencia),
    responses((status = 202, description = "En camino", body = CorteView)))]
pub async fn post_ejecutar(
    can: Can<EjecutarCortes>,
    State(app): State<App>,
    Ruta(fecha): Ruta<Fecha>,
    idem: ClaveIdempotencia,
) -> Result<Response, Problem> {
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let vista = CorteView::from(actions::ask_execution(&tx, can.cx(), fecha).await?);
    let respuesta = idem.remember(&tx, can.cx(), StatusCode::ACCEPTED, &vista).await?;
    tx.commit().await?;
    Ok(respuesta)
}

/// Saca un servicio de la lista de cortes de un día
#[utoipa::path(post, path = "/cobranza/cortes/{fecha}/servicios/{servicio_id}/retirar",
    tag = "cobranza",
    params(("fecha" = String, Path, description = "Día de la lista", format = Date),
        ("servicio_id" = Uuid, Path, description = "Identificador del servicio"),
        CabeceraIdempotencia),
    request_body = DatosMotivo,
    responses((status = 200, description = "La lista como quedó", body = CorteView)))]
pub async fn post_retirar(
    can: Can<AprobarCortes>,
    State(app): State<App>,
    Ruta(cual): Ruta<(Fecha, Uuid)>,
    idem: ClaveIdempotencia,
    Parsed(datos): Parsed<DatosMotivo>,
) -> Result<Response, Problem> {
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    actions::remove_renglon(&tx, can.cx(), cual, &datos.motivo).await?;
    let corte = cortes::by_fecha(&tx, cual.0).await?.ok_or(Error::NotFound("corte"))?;
    let vista = CorteView::from(corte);
    let respuesta = idem.remember(&tx, can.cx(), StatusCode::OK, &vista).await?;
    tx.commit().await?;
    Ok(respuesta)
}

/// Perdona el cargo de reconexión de una suspensión
#[utoipa::path(post, path = "/cobranza/episodios/{id}/condonar", tag = "cobranza",
    params(("id" = Uuid, Path, description = "Identificador de la suspensión"),
        CabeceraIdempotencia),
    request_body = DatosMotivo,
    responses((status = 204, description = "Perdonado")))]
pub async fn post_condonar(
    can: Can<EximirCobranza>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
    idem: ClaveIdempotencia,
    Parsed(datos): Parsed<DatosMotivo>,
) -> Result<Response, Problem> {
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    actions::waive_reconexion(&tx, can.cx(), id, &datos.motivo).await?;
    let respuesta = idem.remember(&tx, can.cx(), StatusCode::NO_CONTENT, &()).await?;
    tx.commit().await?;
    Ok(respuesta)
}

/// Registra que un aviso se entregó por otro medio
#[utoipa::path(post, path = "/cobranza/avisos/{id}/entregado", tag = "cobranza",
    params(("id" = Uuid, Path, description = "Identificador del aviso"), CabeceraIdempotencia),
    request_body = DatosMotivo,
    responses((status = 200, description = "El aviso como quedó", body = AvisoView)))]
pub async fn post_entregado(
    can: Can<AvisarCobranza>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
    idem: ClaveIdempotencia,
    Parsed(datos): Parsed<DatosMotivo>,
) -> Result<Response, Problem> {
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let aviso = actions::entrega_manual(&tx, can.cx(), id, &datos.motivo).await?;
    let vista = AvisoView::from(aviso);
    let respuesta = idem.remember(&tx, can.cx(), StatusCode::OK, &vista).await?;
    tx.commit().await?;
    Ok(respuesta)
}
