//! Bytes of an invoice's legal document, as they were kept. Changes nothing.

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use ramal_fiscal::storage::{Clase, bytes};
use ramal_fiscal::{ComprobanteId, impreso};
use ramal_pdf::Papel;
use ramal_plataforma::Can;
use ramal_web::{App, Filtros, Problem, Ruta};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::Error;
use crate::permisos::LeerFacturas;
use crate::storage::cambios;

/// En qué papel se imprime.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PapelQuery {
    /// `a4`, `carta` o `ticket`; sin él, el del país.
    pub papel: Option<PapelView>,
}

/// Tamaño del papel.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = PapelImpreso)]
pub enum PapelView {
    /// A4.
    A4,
    /// Carta.
    Carta,
    /// Rollo de 80 mm.
    Ticket,
}

/// La representación impresa, con QR y total en letras
///
/// 404 `pdf_no_encontrado` mientras no esté sellada, y en un recibo.
#[utoipa::path(get, path = "/facturas/{id}/pdf", tag = "facturas",
    params(("id" = Uuid, Path, description = "Identificador de la factura"), PapelQuery),
    responses((status = 200, description = "El PDF", body = Vec<u8>,
        content_type = "application/pdf")))]
pub async fn get_pdf(
    can: Can<LeerFacturas>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
    Filtros(query): Filtros<PapelQuery>,
) -> Result<Response, Problem> {
    let fila = cambios::by_id(&app.db, id).await?.ok_or(Error::NotFound("factura"))?;
    let comprobante = fila.comprobante_id.ok_or(Error::NotFound("pdf"))?;
    let comprobante = ComprobanteId::from_uuid(comprobante);
    let papel = match query.papel {
        Some(PapelView::Ticket) => Papel::Ticket80,
        Some(PapelView::Carta) => Papel::Carta,
        Some(PapelView::A4) => Papel::A4,
        None if matches!(fila.tipo.as_str(), "I" | "E") => Papel::Carta,
        None => Papel::A4,
    };
    let pdf = impreso::pdf(&app.db, can.cx(), &app.objetos, comprobante, papel).await;
    let bytes = pdf.map_err(Error::from)?;
    Ok(attachment(bytes, &fila.numero(), ("pdf", "application/pdf")))
}

/// El XML: el timbrado si ya lo está (MX), o el firmado
///
/// 404 `xml_no_encontrado` mientras no esté sellada, y en un recibo.
#[utoipa::path(get, path = "/facturas/{id}/xml", tag = "facturas",
    params(("id" = Uuid, Path, description = "Identificador de la factura")),
    responses((status = 200, description = "El XML", body = String,
        content_type = "application/xml")))]
pub async fn get_xml(
    _can: Can<LeerFacturas>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
) -> Result<Response, Problem> {
    serve(&app, id, &[Clase::Timbrado, Clase::Xml], ("xml", "application/xml")).await
}

/// La constancia de recepción de SUNAT (CDR), en su zip
///
/// 404 `cdr_no_encontrado` mientras SUNAT no responda, y siempre en México.
#[utoipa::path(get, path = "/facturas/{id}/cdr", tag = "facturas",
    params(("id" = Uuid, Path, description = "Identificador de la factura")),
    responses((status = 200, description = "El CDR", body = Vec<u8>,
        content_type = "application/zip")))]
pub async fn get_cdr(
    _can: Can<LeerFacturas>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
) -> Result<Response, Problem> {
    serve(&app, id, &[Clase::Cdr], ("cdr", "application/zip")).await
}

/// The first of these classes that is kept.
async fn serve(
    app: &App,
    id: Uuid,
    clases: &[Clase],
    (que, tipo): (&'static str, &'static str),
) -> Result<Response, Problem> {
    let fila = cambios::by_id(&app.db, id).await?.ok_or(Error::NotFound("factura"))?;
    let comprobante = fila.comprobante_id.ok_or(Error::NotFound(que))?;
    let comprobante = ComprobanteId::from_uuid(comprobante);
    for clase in clases {
        if let Some(bytes) = bytes(&app.db, &app.objetos, comprobante, *clase).await? {
            return Ok(attachment(bytes, &fila.numero(), (que, tipo)));
        }
    }
    Err(Error::NotFound(que).into())
}

fn attachment(bytes: Vec<u8>, numero: &str, (que, tipo): (&str, &'static str)) -> Response {
    let extension = if que == "cdr" { "zip" } else { que };
    let limpio: String =
        numero.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
    let nombre = format!("attachment; filename=\"{limpio}.{extension}\"");
    let mut respuesta = ([(header::CONTENT_TYPE, tipo)], bytes).into_response();
    if let Ok(valor) = HeaderValue::from_str(&nombre) {
        respuesta.headers_mut().insert(header::CONTENT_DISPOSITION, valor);
    }
    respuesta
}
