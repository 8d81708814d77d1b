//! Exemptions and voluntary pauses of a service. Thin: authorize, begin, one action, commit.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_base::{Dinero, Fecha};
use ramal_catalogo::dinero_view::DineroView;
use ramal_plataforma::Can;
use ramal_web::{App, CabeceraIdempotencia, ClaveIdempotencia, Parsed, Problem, Ruta};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::vistas::{ServicioCobranzaView, amount};
use crate::actions::{self, DatosExencion, DatosPausa};
use crate::permisos::{EximirCobranza, PausarServicios};
use crate::reglas::Reglas;
use crate::storage::pausas::PausaFila;
use crate::{Error, expediente};

/// Una pausa voluntaria.
#[derive(Debug, Serialize, ToSchema)]
pub struct PausaView {
    /// Identificador.
    pub id: Uuid,
    /// El servicio.
    pub servicio_id: Uuid,
    /// Primer día en pausa.
    #[schema(value_type = String, format = Date)]
    pub desde: Fecha,
    /// Primer día de vuelta.
    #[schema(value_type = String, format = Date)]
    pub hasta: Fecha,
    /// `programada`, `terminada` o `anulada`.
    pub estado: String,
    /// Cargo por volver que se informó.
    #[schema(value_type = Option<DineroView>)]
    pub cargo: Option<Dinero>,
}

impl From<PausaFila> for PausaView {
    fn from(f: PausaFila) -> PausaView {
        PausaView {
            cargo: amount(f.cargo_monto, &f.cargo_moneda).ok().filter(|d| d.centavos > 0),
            id: f.id,
            servicio_id: f.servicio_id,
            desde: f.desde,
            hasta: f.hasta,
            estado: f.estado,
        }
    }
}

async fn view(
    tx: &ramal_db::Tx,
    reglas: &Reglas,
    id: ramal_contratos::ServicioId,
) -> Result<ServicioCobranzaView, Error> {
    let servicio = ramal_contratos::storage::by_id(tx, id).await?;
    let cliente = servicio.ok_or(Error::NotFound("servicio"))?.cliente_id.uuid();
    let e = expediente::load(tx, reglas, cliente, reglas.hoy).await?;
    let cuadro = e.cuadro(id.uuid()).ok_or(Error::NotFound("servicio"))?;
    Ok(ServicioCobranzaView::from(cuadro))
}

/// Exime a un servicio del corte hasta una fecha
///
/// Reemplaza la exención que tenga. Si está suspendido por deuda, vuelve.
#[utoipa::path(post, path = "/servicios/{id}/exencion", tag = "cobranza",
    params(("id" = String, Path, description = "Identificador o código impreso", example = "S-1"),
        CabeceraIdempotencia),
    request_body = DatosExencion,
    responses((status = 200, description = "El servicio como quedó",
        body = ServicioCobranzaView)))]
pub async fn post_exencion(
    can: Can<EximirCobranza>,
    State(app): State<App>,
    Ruta(id): Ruta<String>,
    idem: ClaveIdempotencia,
    Parsed(datos): Parsed<DatosExencion>,
) -> Result<Response, Problem> {
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let reglas = Reglas::load(&tx, can.cx()).await?;
    let id = ramal_contratos::referencia::servicio(&tx, &id).await?;
    actions::grant_exencion(&tx, can.cx(), &reglas, id, datos).await?;
    let vista = view(&tx, &reglas, id).await?;
    let respuesta = idem.remember(&tx, can.cx(), StatusCode::OK, &vista).await?;
    tx.commit().await?;
    Ok(respuesta)
}

/// Retira la exención de un servicio
#[utoipa::path(delete, path = "/servicios/{id}/exencion", tag = "cobranza",
    params(("id" = String, Path, description = "Identificador o código impreso", example = "S-1"),
        CabeceraIdempotencia),
    responses((status = 200, description = "El servicio como quedó",
        body = ServicioCobranzaView)))]
pub async fn delete_exencion(
    can: Can<EximirCobranza>,
    State(app): State<App>,
    Ruta(id): Ruta<String>,
    idem: ClaveIdempotencia,
) -> Result<Response, Problem> {
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let reglas = Reglas::load(&tx, can.cx()).await?;
    let id = ramal_contratos::referencia::servicio(&tx, &id).await?;
    actions::withdraw_exencion(&tx, can.cx(), &reglas, id).await?;
    let vista = view(&tx, &reglas, id).await?;
    let respuesta = idem.remember(&tx, can.cx(), StatusCode::OK, &vista).await?;
    tx.commit().await?;
    Ok(respuesta)
}

/// Pausa un servicio a pedido del cliente
///
/// No se cobra mientras dura y vuelve solo. Los días por año de servicio y el plazo para surtir
/// efecto son los de la norma del país y la política.
#[utoipa::path(post, path = "/servicios/{id}/pausa", tag = "cobranza",
    params(("id" = String, Path, description = "Identificador o código impreso", example = "S-1"),
        CabeceraIdempotencia),
    request_body = DatosPausa,
    responses((status = 201, description = "Programada", body = PausaView)))]
pub async fn post_pausa(
    can: Can<PausarServicios>,
    State(app): State<App>,
    Ruta(id): Ruta<String>,
    idem: ClaveIdempotencia,
    Parsed(datos): Parsed<DatosPausa>,
) -> Result<Response, Problem> {
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let reglas = Reglas::load(&tx, can.cx()).await?;
    let id = ramal_contratos::referencia::servicio(&tx, &id).await?;
    let pausa = actions::request_pausa(&tx, can.cx(), &reglas, id, datos).await?;
    let vista = PausaView::from(pausa);
    let respuesta = idem.remember(&tx, can.cx(), StatusCode::CREATED, &vista).await?;
    tx.commit().await?;
    Ok(respuesta)
}

/// Termina hoy la pausa de un servicio, o quita la que no empezó
#[utoipa::path(delete, path = "/servicios/{id}/pausa", tag = "cobranza",
    params(("id" = String, Path, description = "Identificador o código impreso", example = "S-1"),
        CabeceraIdempotencia),
    responses((status = 200, description = "El servicio como quedó",
        body = ServicioCobranzaView)))]
pub async fn delete_pausa(
    can: Can<PausarServicios>,
    State(app): State<App>,
    Ruta(id): Ruta<String>,
    idem: ClaveIdempotencia,
) -> Result<Response, Problem> {
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let reglas = Reglas::load(&tx, can.cx()).await?;
    let id = ramal_contratos::referencia::servicio(&tx, &id).await?;
    actions::end_pausa(&tx, can.cx(), &reglas, id).await?;
    let vista = view(&tx, &reglas, id).await?;
    let respuesta = idem.remember(&tx, can.cx(), StatusCode::OK, &vista).await?;
    tx.commit().await?;
    Ok(respuesta)
}
