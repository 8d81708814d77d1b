//! Payment proofs: receiving, looking, deciding. Their bytes are never served as something that a
//! browser runs.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use ramal_base::Cx;
use ramal_db::{Consulta, Tx};
use ramal_plataforma::Can;
use ramal_web::{
    App, CabeceraIdempotencia, ClaveIdempotencia, Filtros, PaginaView, Paginacion, Parsed, Problem,
    Ruta,
};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{cliente_named, comprobante_named, required};
use crate::actions::{
    Aprobacion, DatosComprobante, NuevoComprobante, approve_comprobante, ask_again,
    receive_comprobante, reject_comprobante,
};
use crate::archivo::Tipo;
use crate::permisos::{CargarComprobantesPago, LeerComprobantesPago, RevisarComprobantesPago};
use crate::storage::comprobantes::{self, FiltroComprobantes};
use crate::storage::vinculos;
use crate::vistas::MotivoDatos;
use crate::vistas_comprobantes::{
    AprobarDatos, ComprobantePagoView, FiltroComprobantesQuery, Linea,
};
use crate::{ComprobantePago, Error};

/// Lista comprobantes de pago
#[utoipa::path(get, path = "/comprobantes-pago", tag = "comprobantes de pago",
    params(FiltroComprobantesQuery, Paginacion),
    responses((status = 200, description = "Una página", body = PaginaView<ComprobantePagoView>)))]
pub async fn get_comprobantes(
    _can: Can<LeerComprobantesPago>,
    State(app): State<App>,
    Filtros(query): Filtros<FiltroComprobantesQuery>,
    Filtros(pagina): Filtros<Paginacion>,
) -> Result<Json<PaginaView<ComprobantePagoView>>, Problem> {
    let cliente = match query.cliente.as_deref() {
        None => None,
        Some(texto) => Some(cliente_named(&app.db, texto).await?),
    };
    let filtro = FiltroComprobantes { estado: query.estado, cliente };
    let tramo = comprobantes::page(&app.db, &filtro, &pagina.cursor()).await?;
    Ok(Json(PaginaView::of(tramo, |c: ComprobantePago| {
        ComprobantePagoView::of(&c, Linea::PorVer, &[])
    })))
}

/// De quién es el comprobante que se sube.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SubirComprobanteQuery {
    /// Cliente, por identificador o número.
    pub cliente: String,
    /// Nombre del archivo.
    #[serde(default)]
    pub archivo: String,
    /// Medio.
    #[serde(default)]
    pub medio: String,
    /// Número de operación.
    #[serde(default)]
    pub operacion: String,
    /// Importe.
    #[serde(default)]
    pub importe: String,
    /// Día del pago.
    #[serde(default)]
    pub fecha: String,
    /// Notas.
    #[serde(default)]
    pub notas: String,
}

/// Carga un comprobante de pago en nombre de un cliente
///
/// El archivo va como cuerpo: JPG, PNG, WebP, HEIC o PDF, hasta 10 MB, por lo que dicen sus bytes.
/// El mismo archivo del mismo cliente es el mismo comprobante.
#[utoipa::path(post, path = "/comprobantes-pago", tag = "comprobantes de pago",
    params(SubirComprobanteQuery, CabeceraIdempotencia),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, description = "El comprobante", body = ComprobantePagoView)))]
pub async fn post_comprobante(
    can: Can<CargarComprobantesPago>,
    State(app): State<App>,
    Filtros(query): Filtros<SubirComprobanteQuery>,
    idem: ClaveIdempotencia,
    bytes: Bytes,
) -> Result<Response, Problem> {
    idem.with_body(&bytes);
    let cliente = cliente_named(&app.db, &query.cliente).await?;
    let datos = DatosComprobante {
        medio: query.medio,
        operacion: query.operacion,
        importe: query.importe,
        fecha: query.fecha,
        notas: query.notas,
    };
    let archivo = (query.archivo.as_str(), bytes.to_vec());
    let mut nuevo = NuevoComprobante::keep(&app.objetos, cliente, archivo, datos).await?;
    nuevo.moneda = ramal_plataforma::empresa(&app.db).await?.moneda;
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let comprobante = receive_comprobante(&tx, can.cx(), nuevo).await?;
    finish(&idem, tx, (can.cx(), StatusCode::CREATED), &comprobante).await
}

/// Un comprobante, con quién más envió lo mismo
#[utoipa::path(get, path = "/comprobantes-pago/{id}", tag = "comprobantes de pago",
    params(("id" = String, Path, description = "Identificador o número", example = "CP-12")),
    responses((status = 200, description = "El comprobante", body = ComprobantePagoView)))]
pub async fn get_comprobante(
    _can: Can<LeerComprobantesPago>,
    State(app): State<App>,
    Ruta(id): Ruta<String>,
) -> Result<Json<ComprobantePagoView>, Problem> {
    let comprobante = comprobante_named(&app.db, &id).await?;
    Ok(Json(view(&app.db, &comprobante).await?))
}

async fn view(c: &impl Consulta, p: &ComprobantePago) -> Result<ComprobantePagoView, Error> {
    let linea = match p.pago_id {
        Some(pago) if vinculos::of_pago(c, pago).await?.is_some() => Linea::Hallada,
        _ => Linea::PorVer,
    };
    let repetidos = comprobantes::duplicates(c, p).await?;
    let codigos: Vec<String> = repetidos.iter().map(ComprobantePago::codigo).collect();
    Ok(ComprobantePagoView::of(p, linea, &codigos))
}

/// El archivo de un comprobante, para descargar
#[utoipa::path(get, path = "/comprobantes-pago/{id}/archivo", tag = "comprobantes de pago",
    params(("id" = String, Path, description = "Identificador o número")),
    responses((status = 200, description = "El archivo", body = Vec<u8>,
        content_type = "application/octet-stream")))]
pub async fn get_archivo(
    _can: Can<LeerComprobantesPago>,
    State(app): State<App>,
    Ruta(id): Ruta<String>,
) -> Result<Response, Problem> {
    let comprobante = comprobante_named(&app.db, &id).await?;
    file_of(&app, &comprobante, Uso::Descarga).await
}

/// What the bytes of a proof are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Uso {
    /// To be kept.
    Descarga,
    /// To be shown in a page as an image.
    Imagen,
}

/// The bytes of a proof under the type that they have, in a sandbox, never to be guessed again.
///
/// Only photos that every browser draws are shown; the rest is an attachment.
pub(crate) async fn file_of(app: &App, p: &ComprobantePago, uso: Uso) -> Result<Response, Problem> {
    let bytes = app.objetos.get(&p.objeto, &p.sha256).await?;
    let tipo = Tipo::of(&bytes).ok_or(Error::NotFound("comprobante_pago"))?;
    let visible = uso == Uso::Imagen && tipo.is_visible();
    let modo = if visible { "inline" } else { "attachment" };
    let nombre = format!("{modo}; filename=\"{}.{}\"", p.codigo(), tipo.extension());
    let mut respuesta = bytes.into_response();
    let cabeceras = respuesta.headers_mut();
    cabeceras.insert(header::CONTENT_TYPE, HeaderValue::from_static(tipo.mime()));
    let nombre = HeaderValue::from_str(&nombre);
    let nombre = nombre.unwrap_or_else(|_| HeaderValue::from_static("attachment"));
    cabeceras.insert(header::CONTENT_DISPOSITION, nombre);
    cabeceras.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    let caja = HeaderValue::from_static("default-src 'none'; sandbox");
    cabeceras.insert(header::CONTENT_SECURITY_POLICY, caja);
    cabeceras.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    let politica = HeaderName::from_static("cross-origin-resource-policy");
    cabeceras.insert(politica, HeaderValue::from_static("same-origin"));
    Ok(respuesta)
}

/// Aprueba un comprobante: registra el pago
///
/// Cuando aparezca el movimiento del banco se enlaza, no se paga otra vez.
#[utoipa::path(post, path = "/comprobantes-pago/{id}/aprobar", tag = "comprobantes de pago",
    params(("id" = String, Path, description = "Identificador o número"), CabeceraIdempotencia),
    request_body = AprobarDatos,
    responses((status = 200, description = "El comprobante", body = ComprobantePagoView)))]
pub async fn post_aprobar(
    can: Can<RevisarComprobantesPago>,
    State(app): State<App>,
    Ruta(id): Ruta<String>,
    idem: ClaveIdempotencia,
    Parsed(datos): Parsed<AprobarDatos>,
) -> Result<Response, Problem> {
    required(&idem)?;
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let cual = comprobante_named(&tx, &id).await?;
    let AprobarDatos { version, datos, factura_id } = datos;
    let aprobacion = Aprobacion { version, datos, factura: factura_id };
    let comprobante = approve_comprobante(&tx, can.cx(), cual.id, aprobacion).await?;
    finish(&idem, tx, (can.cx(), StatusCode::OK), &comprobante).await
}

/// Rechaza un comprobante con su motivo
#[utoipa::path(post, path = "/comprobantes-pago/{id}/rechazar", tag = "comprobantes de pago",
    params(("id" = String, Path, description = "Identificador o número"), CabeceraIdempotencia),
    request_body = MotivoDatos,
    responses((status = 200, description = "El comprobante", body = ComprobantePagoView)))]
pub async fn post_rechazar(
    can: Can<RevisarComprobantesPago>,
    State(app): State<App>,
    Ruta(id): Ruta<String>,
    idem: ClaveIdempotencia,
    Parsed(datos): Parsed<MotivoDatos>,
) -> Result<Response, Problem> {
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let cual = (comprobante_named(&tx, &id).await?.id, datos.version);
    let comprobante = reject_comprobante(&tx, can.cx(), cual, &datos.motivo).await?;
    finish(&idem, tx, (can.cx(), StatusCode::OK), &comprobante).await
}

/// Pide otra foto, diciendo por qué
#[utoipa::path(post, path = "/comprobantes-pago/{id}/otra-foto", tag = "comprobantes de pago",
    params(("id" = String, Path, description = "Identificador o número"), CabeceraIdempotencia),
    request_body = MotivoDatos,
    responses((status = 200, description = "El comprobante", body = ComprobantePagoView)))]
pub async fn post_otra_foto(
    can: Can<RevisarComprobantesPago>,
    State(app): State<App>,
    Ruta(id): Ruta<String>,
    idem: ClaveIdempotencia,
    Parsed(datos): Parsed<MotivoDatos>,
) -> Result<Response, Problem> {
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let cual = (comprobante_named(&tx, &id).await?.id, datos.version);
    let comprobante = ask_again(&tx, can.cx(), cual, &datos.motivo).await?;
    finish(&idem, tx, (can.cx(), StatusCode::OK), &comprobante).await
}

async fn finish(
    idem: &ClaveIdempotencia,
    tx: Tx,
    (cx, estado): (&Cx, StatusCode),
    comprobante: &ComprobantePago,
) -> Result<Response, Problem> {
    let vista = view(&tx, comprobante).await?;
    let respuesta = idem.remember(&tx, cx, estado, &vista).await?;
    tx.commit().await?;
    Ok(respuesta)
}
