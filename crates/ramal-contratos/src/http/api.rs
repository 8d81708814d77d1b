//! Routes that read services and change their data. Thin: authorize, begin, call one action,
//! commit, render.

use axum::Json;
use axum::extract::State;
use ramal_base::Fecha;
use ramal_clientes::referencia as referencia_cliente;
use ramal_db::Consulta;
use ramal_plataforma::{Can, Permiso};
use ramal_web::{
    App, CabeceraIfMatch, Etag, Filtros, IfMatch, PaginaView, Paginacion, Parsed, Problem, Ruta,
};

use super::vistas::{
    FiltroServiciosQuery, HechoView, ServicioDetalleView, ServicioView, ServiciosClienteView,
};
use crate::actions::{self, BajaInmediata};
use crate::comandos::CambioServicio;
use crate::permisos::{BajarPlan, EditarServicios, LeerServicios};
use crate::storage::{self, FiltroServicios};
use crate::vencimiento::resumen;
use crate::{Error, PoliticaTramos, Servicio, ServicioId, SuspensionCobro, referencia, tramos};

/// Lista servicios por número
#[utoipa::path(get, path = "/servicios", tag = "servicios",
    params(FiltroServiciosQuery, Paginacion),
    responses((status = 200, description = "Una página", body = PaginaView<ServicioView>)))]
pub async fn get_servicios(
    can: Can<LeerServicios>,
    State(app): State<App>,
    Filtros(query): Filtros<FiltroServiciosQuery>,
    Filtros(pagina): Filtros<Paginacion>,
) -> Result<Json<PaginaView<ServicioView>>, Problem> {
    let hoy = actions::hoy(&app.db, can.cx()).await?;
    let filtro = filter(&app.db, query).await?;
    let pagina = storage::list(&app.db, &filtro, &pagina.cursor()).await?;
    Ok(Json(PaginaView::of(pagina, |s| ServicioView::new(s, hoy))))
}

async fn filter(
    c: &impl Consulta,
    query: FiltroServiciosQuery,
) -> Result<FiltroServicios, Problem> {
    let cliente = match &query.cliente_id {
        Some(texto) => Some(actions::cliente_id(c, texto).await?),
        None => None,
    };
    let producto = match &query.producto {
        Some(texto) => Some(referencia::producto(c, texto).await?.id),
        None => None,
    };
    let mut errores = Vec::new();
    if let Some(dia) = query.vence_antes_de {
        crate::reglas::check_fecha(dia, "vence_antes_de", None, &mut errores);
    }
    if !errores.is_empty() {
        return Err(Error::Datos(errores).into());
    }
    let FiltroServiciosQuery { estado, vence_antes_de, .. } = query;
    Ok(FiltroServicios { cliente, contrato: None, estado, producto, vence_antes_de })
}

/// Un servicio con su historia y sus tramos de precio
#[utoipa::path(get, path = "/servicios/{id}", tag = "servicios",
    params(("id" = String, Path, description = "Identificador o código impreso", example = "S-1")),
    responses((status = 200, description = "El servicio", body = ServicioDetalleView,
        headers(("ETag" = String)))))]
pub async fn get_servicio(
    can: Can<LeerServicios>,
    State(app): State<App>,
    Ruta(id): Ruta<String>,
) -> Result<(Etag, Json<ServicioDetalleView>), Problem> {
    let id = referencia::servicio(&app.db, &id).await?;
    let servicio = storage::by_id(&app.db, id).await?.ok_or(Error::NotFound)?;
    let empresa = ramal_plataforma::empresa(&app.db).await.map_err(Error::from)?;
    let hoy = empresa.zona().fecha(can.cx().now());
    let suspension: SuspensionCobro =
        serde_json::from_value(empresa.ajustes["suspension_cobro"].clone()).unwrap_or_default();
    let politica = PoliticaTramos { suspension, ..PoliticaTramos::default() };
    let hechos = storage::hechos(&app.db, &[id]).await?;
    let eventos: Vec<_> = hechos.into_iter().map(|(_, evento)| evento).collect();
    let renglones = storage::renglones(&app.db, id).await?;
    let etag = Etag::from_version(servicio.version);
    let detalle = ServicioDetalleView {
        servicio: view(&app.db, servicio, hoy).await?,
        hechos: renglones.into_iter().map(HechoView::from).collect(),
        tramos: tramos(&eventos, politica).into_iter().map(Into::into).collect(),
    };
    Ok((etag, Json(detalle)))
}

/// A service with its due mark, as it goes on the wire.
pub(super) async fn view(
    c: &impl Consulta,
    servicio: Servicio,
    hoy: Fecha,
) -> Result<ServicioView, Problem> {
    let mut marcados = storage::with_marcas(c, vec![servicio]).await?;
    let marcado = marcados.pop().ok_or(Error::NotFound)?;
    Ok(ServicioView::new(marcado, hoy))
}

/// Cambia un servicio
///
/// Cambia solo lo que se envía. El precio, el plan, el período y el día de facturación quedan en
/// la historia con la fecha en que rigen; un plan pedido para el fin del período se reemplaza al
/// pedir otro.
#[utoipa::path(patch, path = "/servicios/{id}", tag = "servicios",
    params(("id" = String, Path, description = "Identificador o código impreso", example = "S-1"),
        CabeceraIfMatch),
    request_body = CambioServicio,
    responses((status = 200, description = "El servicio como quedó", body = ServicioView,
        headers(("ETag" = String)))))]
pub async fn patch_servicio(
    can: Can<EditarServicios>,
    State(app): State<App>,
    Ruta(id): Ruta<String>,
    if_match: IfMatch,
    Parsed(cambio): Parsed<CambioServicio>,
) -> Result<(Etag, Json<ServicioView>), Problem> {
    let tx = app.db.begin().await?;
    let id: ServicioId = referencia::servicio(&tx, &id).await?;
    let actual = storage::by_id(&tx, id).await?.ok_or(Error::NotFound)?;
    if_match.check(actual.version)?;
    let baja = match can.may(BajarPlan::NOMBRE) {
        true => BajaInmediata::Permitida,
        false => BajaInmediata::Negada,
    };
    let leido = (id, Some(actual.version));
    let servicio = actions::update_servicio(&tx, can.cx(), leido, cambio, baja).await?;
    let hoy = actions::hoy(&tx, can.cx()).await?;
    let etag = Etag::from_version(servicio.version);
    let vista = view(&tx, servicio, hoy).await?;
    tx.commit().await?;
    Ok((etag, Json(vista)))
}

/// Los servicios de un cliente, con su vencimiento y lo que suman
#[utoipa::path(get, path = "/clientes/{id}/servicios", tag = "servicios",
    params(("id" = String, Path, description = "Identificador o código impreso", example = "C-1")),
    responses((status = 200, description = "Todos, con su resumen", body = ServiciosClienteView)))]
pub async fn get_servicios_cliente(
    can: Can<LeerServicios>,
    State(app): State<App>,
    Ruta(id): Ruta<String>,
) -> Result<Json<ServiciosClienteView>, Problem> {
    let id = referencia_cliente::resolve(&app.db, &id).await?;
    let cliente = ramal_clientes::storage::by_id(&app.db, id).await?;
    cliente.ok_or(ramal_clientes::Error::NotFound(id))?;
    let hoy = actions::hoy(&app.db, can.cx()).await?;
    let servicios = storage::by_cliente(&app.db, id).await?;
    let servicios = storage::with_marcas(&app.db, servicios).await?;
    let resumen = resumen(&servicios, hoy).into();
    let datos = servicios.into_iter().map(|s| ServicioView::new(s, hoy)).collect();
    Ok(Json(ServiciosClienteView { datos, resumen }))
}
