//! Changing invoices: issue, send again, void, note. Thin: authorize, begin, one action,
//! commit, render.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::Response;
use ramal_plataforma::Can;
use ramal_web::ensamble::PREFIJO;
use ramal_web::{App, CabeceraIdempotencia, ClaveIdempotencia, Parsed, Problem, Ruta};
use uuid::Uuid;

use super::facturas::view;
use crate::FacturaId;
use crate::actions::{self, Anulacion, DatosAnulacion, DatosFactura, DatosNota, Reenvio};
use crate::permisos::{AnularFacturas, EmitirFacturas};
use crate::vistas::{AnulacionView, EnvioView, FacturaView};

/// Emite una factura manual
///
/// Toma su número al instante; se sella y se envía enseguida. Lo que la autoridad rechazaría por
/// los datos del cliente se dice aquí con 422.
#[utoipa::path(post, path = "/facturas", tag = "facturas", params(CabeceraIdempotencia),
    request_body = DatosFactura,
    responses((status = 201, description = "Emitida", body = FacturaView,
        headers(("Location" = String)))))]
pub async fn post_factura(
    can: Can<EmitirFacturas>,
    State(app): State<App>,
    idem: ClaveIdempotencia,
    Parsed(datos): Parsed<DatosFactura>,
) -> Result<Response, Problem> {
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let id = actions::create_factura(&tx, can.cx(), datos).await?;
    let vista = view(&tx, id).await?;
    let cabeceras = [(header::LOCATION, format!("{PREFIJO}/facturas/{id}"))];
    let creado = (StatusCode::CREATED, &cabeceras[..]);
    let respuesta = idem.remember_with(&tx, can.cx(), creado, &vista).await?;
    tx.commit().await?;
    Ok(respuesta)
}

/// Vuelve a enviar una factura
///
/// En cola, pausada o incierta: van los mismos bytes. Rechazada: se hace un comprobante nuevo con
/// los datos de hoy del cliente y otro número; el rechazado conserva el suyo.
#[utoipa::path(post, path = "/facturas/{id}/enviar", tag = "facturas",
    params(("id" = Uuid, Path, description = "Identificador de la factura"), CabeceraIdempotencia),
    responses((status = 202, description = "En camino", body = EnvioView)))]
pub async fn post_enviar(
    can: Can<EmitirFacturas>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
    idem: ClaveIdempotencia,
) -> Result<Response, Problem> {
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let envio = match actions::reissue(&tx, can.cx(), FacturaId::from_uuid(id)).await? {
        Reenvio::Mismo => "mismo",
        Reenvio::Nuevo => "nuevo",
        Reenvio::Sellado => "sellado",
    };
    let vista = EnvioView { id, envio };
    let respuesta = idem.remember(&tx, can.cx(), StatusCode::ACCEPTED, &vista).await?;
    tx.commit().await?;
    Ok(respuesta)
}

/// Anula una factura
///
/// La que la autoridad nunca aceptó queda anulada al instante; la aceptada, cuando la autoridad lo
/// confirma. Pagada, con notas o fuera de plazo: 409, emita una nota de crédito. Sus periodos se
/// vuelven a facturar en la próxima corrida, salvo `sin_refacturar`.
#[utoipa::path(post, path = "/facturas/{id}/anular", tag = "facturas",
    params(("id" = Uuid, Path, description = "Identificador de la factura"), CabeceraIdempotencia),
    request_body = DatosAnulacion,
    responses((status = 202, description = "Anulada o en trámite", body = AnulacionView)))]
pub async fn post_anular(
    can: Can<AnularFacturas>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
    idem: ClaveIdempotencia,
    Parsed(datos): Parsed<DatosAnulacion>,
) -> Result<Response, Problem> {
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let hecho = actions::void_factura(&tx, can.cx(), FacturaId::from_uuid(id), datos).await?;
    let anulacion = match hecho {
        Anulacion::Anulada => "anulada",
        Anulacion::EnTramite => "en_tramite",
    };
    let vista = AnulacionView { id, anulacion };
    let respuesta = idem.remember(&tx, can.cx(), StatusCode::ACCEPTED, &vista).await?;
    tx.commit().await?;
    Ok(respuesta)
}

/// Emite una nota de crédito o de débito sobre una factura
///
/// Cada línea admite crédito hasta lo que le queda; sin líneas, la nota acredita todo lo que queda.
#[utoipa::path(post, path = "/facturas/{id}/notas", tag = "facturas",
    params(("id" = Uuid, Path, description = "Identificador de la factura"), CabeceraIdempotencia),
    request_body = DatosNota,
    responses((status = 201, description = "Emitida", body = FacturaView,
        headers(("Location" = String)))))]
pub async fn post_nota(
    can: Can<EmitirFacturas>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
    idem: ClaveIdempotencia,
    Parsed(datos): Parsed<DatosNota>,
) -> Result<Response, Problem> {
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let nota = actions::issue_nota(&tx, can.cx(), FacturaId::from_uuid(id), datos).await?;
    let vista = view(&tx, nota).await?;
    let cabeceras = [(header::LOCATION, format!("{PREFIJO}/facturas/{nota}"))];
    let creado = (StatusCode::CREATED, &cabeceras[..]);
    let respuesta = idem.remember_with(&tx, can.cx(), creado, &vista).await?;
    tx.commit().await?;
    Ok(respuesta)
}
