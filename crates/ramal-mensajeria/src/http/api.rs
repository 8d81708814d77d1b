//! JSON routes of envios, notifications, costs and notes. Thin: authorize, begin, call one action,
//! commit, render.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_base::Id;
use ramal_plataforma::Can;
use ramal_web::{
    App, CabeceraIdempotencia, ClaveIdempotencia, Filtros, PaginaView, Paginacion, Parsed, Problem,
    Ruta,
};
use uuid::Uuid;

use super::vistas::{
    AvisosQuery, CostosView, EnvioDetalleView, EnvioView, FiltroEnviosQuery, MesQuery,
    NotificacionCmd, NotificacionView, ReintentarCmd,
};
use crate::actions::retry_envio::{self, Duplicado};
use crate::permisos::{EnviarMensajes, LeerMensajes};
use crate::salida::{asiento, revision};
use crate::storage::avisos::{self, AvisoFila, Dueno};
use crate::storage::costos::{self, Por};
use crate::storage::envios::{self, Cambio};
use crate::storage::lista;
use crate::{EnvioId, Error, EstadoEnvio, notify};

/// Lista envíos, del más nuevo al más antiguo
#[utoipa::path(get, path = "/mensajes/envios", tag = "mensajes",
    params(FiltroEnviosQuery, Paginacion),
    responses((status = 200, description = "Una página", body = PaginaView<EnvioView>)))]
pub async fn get_envios(
    _can: Can<LeerMensajes>,
    State(app): State<App>,
    Filtros(query): Filtros<FiltroEnviosQuery>,
    Filtros(pagina): Filtros<Paginacion>,
) -> Result<Json<PaginaView<EnvioView>>, Problem> {
    let zona = ramal_plataforma::empresa(&app.db).await?.zona();
    let pagina = lista::page(&app.db, &zona, &query.into(), &pagina.cursor()).await?;
    Ok(Json(PaginaView::of(pagina, EnvioView::from)))
}

/// Un envío con lo que se leyó y su historia
#[utoipa::path(get, path = "/mensajes/envios/{id}", tag = "mensajes",
    params(("id" = Uuid, Path, description = "Identificador")),
    responses((status = 200, description = "El envío", body = EnvioDetalleView)))]
pub async fn get_envio(
    _can: Can<LeerMensajes>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
) -> Result<Json<EnvioDetalleView>, Problem> {
    let id = EnvioId::from_uuid(id);
    let envio = envios::by_id(&app.db, id).await?.ok_or(Error::EnvioNotFound)?;
    let visto = envio.visto()?;
    let costo = costos::of_envio(&app.db, id).await?;
    let pasos = envios::pasos(&app.db, id).await?.into_iter().map(Into::into).collect();
    Ok(Json(EnvioDetalleView {
        asunto: visto.asunto,
        texto: visto.texto,
        pasos,
        costo_micros: costo.as_ref().map(|(micros, _, _)| *micros),
        costo_moneda: costo.map(|(_, moneda, _)| moneda),
        envio: envio.into(),
    }))
}

/// Repite un envío
///
/// Solo uno fallido, suprimido o incierto. Lo incierto pudo llegar: pide `aunque_duplique`.
#[utoipa::path(post, path = "/mensajes/envios/{id}/reintentar", tag = "mensajes",
    params(("id" = Uuid, Path, description = "Identificador"), CabeceraIdempotencia),
    request_body = ReintentarCmd,
    responses((status = 200, description = "El envío nuevo", body = EnvioView)))]
pub async fn post_reintentar(
    can: Can<EnviarMensajes>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
    idem: ClaveIdempotencia,
    Parsed(cmd): Parsed<ReintentarCmd>,
) -> Result<Response, Problem> {
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let duplicado = if cmd.aunque_duplique { Duplicado::Aceptado } else { Duplicado::Sin };
    let nuevo = retry_envio::retry(&tx, can.cx(), EnvioId::from_uuid(id), duplicado).await?;
    let envio = envios::by_id(&tx, nuevo).await?.ok_or(Error::EnvioNotFound)?;
    let vista = EnvioView::from(envio);
    let respuesta = idem.remember(&tx, can.cx(), StatusCode::OK, &vista).await?;
    tx.commit().await?;
    Ok(respuesta)
}

/// Avisa a alguien
///
/// La plantilla, el canal y la hora los ponen los ajustes; los consentimientos se respetan siempre.
/// Con la misma `Idempotency-Key` es el mismo aviso.
#[utoipa::path(post, path = "/notificaciones", tag = "mensajes", params(CabeceraIdempotencia),
    request_body = NotificacionCmd,
    responses((status = 201, description = "Registrada", body = NotificacionView)))]
pub async fn post_notificacion(
    can: Can<EnviarMensajes>,
    State(app): State<App>,
    idem: ClaveIdempotencia,
    Parsed(cmd): Parsed<NotificacionCmd>,
) -> Result<Response, Problem> {
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let empresa = ramal_plataforma::empresa(&tx).await?;
    let clave = format!("api/{}", can.cx().new_id::<NotificacionCmd>());
    let nueva = cmd.read(&empresa, clave)?;
    let id = notify(&tx, can.cx(), nueva).await?;
    let estado = crate::estado(&tx, id).await?;
    let vista = NotificacionView { id: id.uuid(), estado };
    let respuesta = idem.remember(&tx, can.cx(), StatusCode::CREATED, &vista).await?;
    tx.commit().await?;
    Ok(respuesta)
}

/// Costo de WhatsApp en un mes
#[utoipa::path(get, path = "/mensajes/costos", tag = "mensajes", params(MesQuery),
    responses((status = 200, description = "El mes", body = CostosView)))]
pub async fn get_costos(
    can: Can<LeerMensajes>,
    State(app): State<App>,
    Filtros(query): Filtros<MesQuery>,
) -> Result<Json<CostosView>, Problem> {
    let mes = query.mes.unwrap_or_else(|| revision::month(can.cx().now()));
    let (por_categoria, por_clase) = match query.cliente_id {
        Some(cliente) => (costos::of_cliente(&app.db, cliente, &mes).await?, Vec::new()),
        None => (
            costos::of_month(&app.db, &mes, Por::Categoria).await?,
            costos::of_month(&app.db, &mes, Por::Clase).await?,
        ),
    };
    let vistas = |sumas: Vec<costos::Suma>| sumas.into_iter().map(Into::into).collect();
    let (por_categoria, por_clase) = (vistas(por_categoria), vistas(por_clase));
    Ok(Json(CostosView { mes, por_categoria, por_clase }))
}

/// Avisos de un cliente dentro del programa, del más nuevo al más antiguo
#[utoipa::path(get, path = "/mensajes/avisos", tag = "mensajes", params(AvisosQuery, Paginacion),
    responses((status = 200, description = "Una página", body = PaginaView<AvisoFila>)))]
pub async fn get_avisos(
    _can: Can<LeerMensajes>,
    State(app): State<App>,
    Filtros(query): Filtros<AvisosQuery>,
    Filtros(pagina): Filtros<Paginacion>,
) -> Result<Json<PaginaView<AvisoFila>>, Problem> {
    let dueno = Dueno::Cliente(query.cliente_id);
    let pagina = avisos::list(&app.db, dueno, &pagina.cursor()).await?;
    Ok(Json(PaginaView::from(pagina)))
}

/// Marca un aviso de un cliente como leído
#[utoipa::path(post, path = "/mensajes/avisos/{id}/leido", tag = "mensajes",
    params(("id" = Uuid, Path, description = "Identificador"), AvisosQuery),
    responses((status = 204, description = "Leído")))]
pub async fn post_leido(
    can: Can<EnviarMensajes>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
    Filtros(query): Filtros<AvisosQuery>,
) -> Result<StatusCode, Problem> {
    let tx = app.db.begin().await?;
    mark_note(&tx, can.cx(), Dueno::Cliente(query.cliente_id), id).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Marks a note as read, and with it the envio that it was. Of a note of somebody else nothing is
/// said: it stays as it was.
pub(super) async fn mark_note(
    tx: &ramal_db::Tx,
    cx: &ramal_base::Cx,
    dueno: Dueno,
    id: Uuid,
) -> Result<(), Error> {
    let ahora = cx.now();
    if let Some(envio) = avisos::read(tx, dueno, Id::from_uuid(id), ahora).await?
        && let Some(envio) = envios::lock(tx, envio).await?
    {
        let estado = Some(EstadoEnvio::Leido);
        let cambio = Cambio { estado, leido: Some(ahora), ..Cambio::default() };
        asiento::change(tx, cx, &envio, cambio).await?;
    }
    Ok(())
}
