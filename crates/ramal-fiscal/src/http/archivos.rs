//! Routes that give files: XML, printed form, CDR, acuse. They change nothing but the cache of
//! printed forms.

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use ramal_base::Problema;
use ramal_db::Consulta;
use ramal_pdf::Papel;
use ramal_plataforma::Can;
use ramal_web::{App, Filtros, Problem, Ruta};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::permisos::LeerComprobantes;
use crate::conexiones::load_emisor;
use crate::nombre::nombre_archivo;
use crate::storage::{self, Clase, ComprobanteFila};
use crate::{ComprobanteId, Error, impreso, lotes};

/// En qué papel se imprime.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct PapelQuery {
    /// `a4`, `carta` o `ticket`; sin él, el del país.
    #[serde(default)]
    #[param(pattern = "^(a4|carta|ticket)$")]
    papel: Option<String>,
}

/// El XML: timbrado si ya lo está, o el sellado
#[utoipa::path(get, path = "/comprobantes/{id}/xml", tag = "comprobantes",
    params(("id" = Uuid, Path, description = "Identificador")),
    responses((status = 200, description = "El XML", content_type = "application/xml",
        body = String)))]
pub(super) async fn get_xml(
    _can: Can<LeerComprobantes>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
) -> Result<Response, Problem> {
    let fila = row(&app.db, id).await?;
    for clase in [Clase::Timbrado, Clase::Xml] {
        let mexico = matches!(fila.tipo.as_str(), "I" | "E" | "P");
        if clase == Clase::Timbrado && !mexico {
            continue;
        }
        if let Some(bytes) = storage::bytes(&app.db, &app.objetos, fila.id, clase).await? {
            return file(&app, &fila, (clase, "application/xml"), bytes).await;
        }
    }
    Err(missing("xml_no_encontrado", "El XML"))
}

/// La representación impresa
#[utoipa::path(get, path = "/comprobantes/{id}/pdf", tag = "comprobantes",
    params(("id" = Uuid, Path, description = "Identificador"), PapelQuery),
    responses((status = 200, description = "El PDF", content_type = "application/pdf",
        body = Vec<u8>)))]
pub(super) async fn get_pdf(
    can: Can<LeerComprobantes>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
    Filtros(query): Filtros<PapelQuery>,
) -> Result<Response, Problem> {
    let fila = row(&app.db, id).await?;
    let papel = match query.papel.as_deref() {
        Some("ticket") => Papel::Ticket80,
        Some("carta") => Papel::Carta,
        Some("a4") => Papel::A4,
        None if matches!(fila.tipo.as_str(), "I" | "E" | "P") => Papel::Carta,
        None => Papel::A4,
        Some(_) => {
            let motivo = "Use a4, carta o ticket.";
            return Err(Problem::campo("papel", "papel_desconocido", motivo));
        }
    };
    let bytes = impreso::pdf(&app.db, can.cx(), &app.objetos, fila.id, papel).await?;
    file(&app, &fila, (Clase::Pdf, "application/pdf"), bytes).await
}

/// La constancia de recepción de SUNAT (Perú)
#[utoipa::path(get, path = "/comprobantes/{id}/cdr", tag = "comprobantes",
    params(("id" = Uuid, Path, description = "Identificador")),
    responses((status = 200, description = "El zip con el CDR", content_type = "application/zip",
        body = Vec<u8>)))]
pub(super) async fn get_cdr(
    _can: Can<LeerComprobantes>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
) -> Result<Response, Problem> {
    let fila = row(&app.db, id).await?;
    let propio = storage::bytes(&app.db, &app.objetos, fila.id, Clase::Cdr).await?;
    let bytes = match propio {
        Some(bytes) => Some(bytes),
        None => lotes::cdr_of(&app.db, fila.id).await?,
    };
    let bytes = bytes.ok_or_else(|| missing("cdr_no_encontrado", "La constancia (CDR)"))?;
    file(&app, &fila, (Clase::Cdr, "application/zip"), bytes).await
}

/// El acuse de la cancelación (México)
#[utoipa::path(get, path = "/comprobantes/{id}/acuse", tag = "comprobantes",
    params(("id" = Uuid, Path, description = "Identificador")),
    responses((status = 200, description = "El acuse", content_type = "application/xml",
        body = String)))]
pub(super) async fn get_acuse(
    _can: Can<LeerComprobantes>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
) -> Result<Response, Problem> {
    let fila = row(&app.db, id).await?;
    let bytes = storage::bytes(&app.db, &app.objetos, fila.id, Clase::Acuse).await?;
    let bytes = bytes.ok_or_else(|| missing("acuse_no_encontrado", "El acuse"))?;
    file(&app, &fila, (Clase::Acuse, "application/xml"), bytes).await
}

/// What a page offers to download: the bytes of a class, or the printed form.
///
/// Errors: 404 if the document or the class is missing.
pub(super) async fn download(
    app: &App,
    cx: &ramal_base::Cx,
    id: Uuid,
    clase: &str,
) -> Result<Response, Problem> {
    let fila = row(&app.db, id).await?;
    let clase =
        Clase::parse(clase).ok_or_else(|| missing("archivo_no_encontrado", "Ese archivo"))?;
    if clase == Clase::Pdf {
        let papel = if is_mexican(&fila) { Papel::Carta } else { Papel::A4 };
        let bytes = impreso::pdf(&app.db, cx, &app.objetos, fila.id, papel).await?;
        return file(app, &fila, (clase, "application/pdf"), bytes).await;
    }
    let propio = storage::bytes(&app.db, &app.objetos, fila.id, clase).await?;
    let bytes = match propio {
        None if clase == Clase::Cdr => lotes::cdr_of(&app.db, fila.id).await?,
        propio => propio,
    };
    let bytes = bytes.ok_or_else(|| missing("archivo_no_encontrado", "Ese archivo"))?;
    let tipo = if clase == Clase::Cdr { "application/zip" } else { "application/xml" };
    file(app, &fila, (clase, tipo), bytes).await
}

fn is_mexican(fila: &ComprobanteFila) -> bool {
    matches!(fila.tipo.as_str(), "I" | "E" | "P")
}

async fn row(c: &impl Consulta, id: Uuid) -> Result<ComprobanteFila, Problem> {
    let fila = storage::by_id(c, ComprobanteId::from_uuid(id)).await?;
    Ok(fila.ok_or(Error::NotFound)?)
}

async fn file(
    app: &App,
    fila: &ComprobanteFila,
    (clase, tipo): (Clase, &'static str),
    bytes: Vec<u8>,
) -> Result<Response, Problem> {
    let emisor = load_emisor(&app.db, fila.emisor_id).await?.fiscal;
    Ok(attachment(&nombre_archivo(&emisor.numero, fila, clase), tipo, bytes))
}

/// Bytes as a file to save.
pub(super) fn attachment(nombre: &str, tipo: &'static str, bytes: Vec<u8>) -> Response {
    // A header carries ASCII only, and an RFC may hold Ñ.
    let nombre: String =
        nombre.chars().map(|c| if c.is_ascii_graphic() && c != '"' { c } else { '_' }).collect();
    let adjunto = HeaderValue::from_str(&format!("attachment; filename=\"{nombre}\""))
        .unwrap_or(HeaderValue::from_static("attachment"));
    let cabeceras = [
        (header::CONTENT_TYPE, HeaderValue::from_static(tipo)),
        (header::CONTENT_DISPOSITION, adjunto),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    (cabeceras, bytes).into_response()
}

fn missing(codigo: &str, cosa: &str) -> Problem {
    let detalle = format!("{cosa} todavía no existe para este comprobante.");
    Problem(Problema::new(404, codigo, "No encontrado", detalle))
}
