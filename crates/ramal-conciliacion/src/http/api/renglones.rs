//! Lines: what they may be, and what a person decides.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_base::Cx;
use ramal_db::{Consulta, Tx};
use ramal_plataforma::Can;
use ramal_web::{App, CabeceraIdempotencia, ClaveIdempotencia, Parsed, Problem, Ruta};
use uuid::Uuid;

use super::{cliente_named, required};
use crate::actions::{Orden, Resolucion, adjust_renglon, resolve_renglon, set_aside, undo_renglon};
use crate::permisos::{Conciliar, LeerConciliacion};
use crate::storage::{renglones, vinculos};
use crate::vistas::{AceptarDatos, MotivoDatos, RenglonView, ResolverDatos};
use crate::{Error, Modo, Renglon, RenglonId, Sugerencia};

/// Un renglón con lo que puede ser
#[utoipa::path(get, path = "/conciliacion/renglones/{id}", tag = "conciliacion",
    params(("id" = Uuid, Path, description = "Identificador")),
    responses((status = 200, description = "El renglón", body = RenglonView)))]
pub async fn get_renglon(
    _can: Can<LeerConciliacion>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
) -> Result<Json<RenglonView>, Problem> {
    Ok(Json(view(&app.db, RenglonId::from_uuid(id)).await?))
}

async fn view(c: &impl Consulta, id: RenglonId) -> Result<RenglonView, Error> {
    let renglon = renglones::by_id(c, id).await?.ok_or(Error::NotFound("renglon"))?;
    let suyos = vinculos::of_lines(c, &[id]).await?.remove(&id).unwrap_or_default();
    Ok(RenglonView::of(&renglon, &suyos))
}

/// The line and version that a person decides upon.
pub(crate) fn person(id: Uuid, version: Option<i64>) -> Orden {
    Orden { renglon: RenglonId::from_uuid(id), version, modo: Modo::Persona }
}

/// What accepting a suggestion of a line means. Errors: 409 `sugerencia_cambio`.
pub(crate) fn suggested(r: &Renglon, lugar: usize) -> Result<Resolucion, Error> {
    match r.sugerencias.get(lugar) {
        Some(Sugerencia::Cliente { propuesta }) => Ok(Resolucion::of(r, propuesta)),
        Some(Sugerencia::Liquidacion { cuenta_id, liquidacion, .. }) => {
            let cuenta = crate::CuentaId::from_uuid(*cuenta_id);
            Ok(Resolucion::Liquidacion { cuenta, liquidacion: liquidacion.clone() })
        }
        None => {
            let detalle = "Esa sugerencia ya no está. Mirar el movimiento otra vez.";
            Err(Error::conflicto("sugerencia_cambio", detalle))
        }
    }
}

/// Acepta una sugerencia
///
/// Registra el pago, o enlaza el que ya estaba. Dos personas a la vez: la segunda recibe 409 y no
/// se paga dos veces.
#[utoipa::path(post, path = "/conciliacion/renglones/{id}/aceptar", tag = "conciliacion",
    params(("id" = Uuid, Path, description = "Identificador"), CabeceraIdempotencia),
    request_body = AceptarDatos,
    responses((status = 200, description = "El renglón", body = RenglonView)))]
pub async fn post_aceptar(
    can: Can<Conciliar>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
    idem: ClaveIdempotencia,
    Parsed(datos): Parsed<AceptarDatos>,
) -> Result<Response, Problem> {
    required(&idem)?;
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    accept(&tx, can.cx(), person(id, datos.version), datos.sugerencia).await?;
    finish(&idem, tx, can.cx(), id).await
}

/// Accepts a suggestion of a line, held from the question on.
pub(crate) async fn accept(
    tx: &Tx,
    cx: &Cx,
    orden: Orden,
    lugar: usize,
) -> Result<Vec<Uuid>, Error> {
    let renglon = renglones::lock(tx, orden.renglon).await?;
    let renglon = renglon.ok_or(Error::NotFound("renglon"))?;
    // A line that is resolved says so, whatever its suggestions were.
    let resolucion = match renglon.estado {
        crate::EstadoRenglon::Conciliado => Resolucion::Pagar(Vec::new()),
        _ => suggested(&renglon, lugar)?,
    };
    resolve_renglon(tx, cx, orden, &resolucion).await
}

/// Dice qué es un renglón: un pago registrado, partes de clientes o una liquidación
///
/// Las partes suman el importe del renglón; cada cliente recibe un pago.
#[utoipa::path(post, path = "/conciliacion/renglones/{id}/resolver", tag = "conciliacion",
    params(("id" = Uuid, Path, description = "Identificador"), CabeceraIdempotencia),
    request_body = ResolverDatos,
    responses((status = 200, description = "El renglón", body = RenglonView)))]
pub async fn post_resolver(
    can: Can<Conciliar>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
    idem: ClaveIdempotencia,
    Parsed(datos): Parsed<ResolverDatos>,
) -> Result<Response, Problem> {
    required(&idem)?;
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    resolve(&tx, can.cx(), id, &datos).await?;
    finish(&idem, tx, can.cx(), id).await
}

/// Resolves a line as a body says.
pub(crate) async fn resolve(
    tx: &Tx,
    cx: &Cx,
    id: Uuid,
    datos: &ResolverDatos,
) -> Result<Vec<Uuid>, Error> {
    let renglon = renglones::by_id(tx, RenglonId::from_uuid(id)).await?;
    let renglon = renglon.ok_or(Error::NotFound("renglon"))?;
    let mut clientes = Vec::new();
    for parte in &datos.partes {
        clientes.push(cliente_named(tx, &parte.cliente).await?);
    }
    let resolucion = datos.resolucion(&renglon, &clientes)?;
    resolve_renglon(tx, cx, person(id, datos.version), &resolucion).await
}

/// Aparta un renglón con su motivo
#[utoipa::path(post, path = "/conciliacion/renglones/{id}/apartar", tag = "conciliacion",
    params(("id" = Uuid, Path, description = "Identificador"), CabeceraIdempotencia),
    request_body = MotivoDatos,
    responses((status = 200, description = "El renglón", body = RenglonView)))]
pub async fn post_apartar(
    can: Can<Conciliar>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
    idem: ClaveIdempotencia,
    Parsed(datos): Parsed<MotivoDatos>,
) -> Result<Response, Problem> {
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    set_aside(&tx, can.cx(), person(id, datos.version), &datos.motivo).await?;
    finish(&idem, tx, can.cx(), id).await
}

/// Dice que un renglón no es dinero de un cliente
#[utoipa::path(post, path = "/conciliacion/renglones/{id}/ajustar", tag = "conciliacion",
    params(("id" = Uuid, Path, description = "Identificador"), CabeceraIdempotencia),
    request_body = MotivoDatos,
    responses((status = 200, description = "El renglón", body = RenglonView)))]
pub async fn post_ajustar(
    can: Can<Conciliar>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
    idem: ClaveIdempotencia,
    Parsed(datos): Parsed<MotivoDatos>,
) -> Result<Response, Problem> {
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    adjust_renglon(&tx, can.cx(), person(id, datos.version), &datos.motivo).await?;
    finish(&idem, tx, can.cx(), id).await
}

/// Deshace lo que se decidió de un renglón
///
/// Los pagos que el renglón creó se revierten; los que ya estaban solo pierden su movimiento.
#[utoipa::path(post, path = "/conciliacion/renglones/{id}/deshacer", tag = "conciliacion",
    params(("id" = Uuid, Path, description = "Identificador"), CabeceraIdempotencia),
    responses((status = 200, description = "El renglón", body = RenglonView)))]
pub async fn post_deshacer(
    can: Can<Conciliar>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
    idem: ClaveIdempotencia,
) -> Result<Response, Problem> {
    required(&idem)?;
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    undo_renglon(&tx, can.cx(), person(id, None)).await?;
    finish(&idem, tx, can.cx(), id).await
}

async fn finish(idem: &ClaveIdempotencia, tx: Tx, cx: &Cx, id: Uuid) -> Result<Response, Problem> {
    let vista = view(&tx, RenglonId::from_uuid(id)).await?;
    let respuesta = idem.remember(&tx, cx, StatusCode::OK, &vista).await?;
    tx.commit().await?;
    Ok(respuesta)
}
