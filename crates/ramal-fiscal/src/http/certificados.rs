//! Routes of certificates: the list with days left, and loading one. The key comes in, is sealed,
//! and never goes out.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::{Extension, Json};
use ramal_base::Instante;
use ramal_plataforma::{Can, EmisorId, Registro, Sello, audit};
use ramal_web::{App, CabeceraIdempotencia, ClaveIdempotencia, Parsed, Problem, Ruta};
use ramal_xml::b64;
use uuid::Uuid;

use super::permisos::{AdministrarCertificados, LeerCertificados};
use super::vistas::{CertificadoCmd, CertificadoView};
use crate::carga::{self, Carga};
use crate::firmante::{self, Procedencia};
use crate::{EmisorFiscal, Error, Firmante};

/// Los certificados en uso, con los días que les quedan
#[utoipa::path(get, path = "/certificados", tag = "certificados",
    responses((status = 200, description = "Los certificados", body = Vec<CertificadoView>)))]
pub(super) async fn get_certificados(
    _can: Can<LeerCertificados>,
    State(app): State<App>,
) -> Result<Json<Vec<CertificadoView>>, Problem> {
    // The year 9999: every certificate ends before.
    let siempre = Instante::from_millis(253_370_764_800_000);
    let filas = firmante::expiring(&app.db, siempre).await?;
    let ahora = app.cx.now();
    Ok(Json(filas.into_iter().map(|f| CertificadoView::at(f, ahora)).collect()))
}

/// Carga el certificado de un emisor
///
/// Envíe `cer` con `key` y `contrasena` (CSD), `p12` con `contrasena`, o `pem`. La llave se guarda
/// sellada y no se vuelve a mostrar.
#[utoipa::path(post, path = "/emisores/{id}/certificado", tag = "certificados",
    params(("id" = Uuid, Path, description = "Identificador del emisor"), CabeceraIdempotencia),
    request_body = CertificadoCmd,
    responses((status = 201, description = "Cargado", body = CertificadoView)))]
pub(super) async fn post_certificado(
    can: Can<AdministrarCertificados>,
    State(app): State<App>,
    Extension(sello): Extension<Arc<Sello>>,
    Ruta(id): Ruta<Uuid>,
    idem: ClaveIdempotencia,
    Parsed(cmd): Parsed<CertificadoCmd>,
) -> Result<Response, Problem> {
    let emisor = ramal_plataforma::emisor(&app.db, EmisorId::from_uuid(id)).await?;
    let emisor = EmisorFiscal::from(emisor);
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let firmante = read(&emisor, &cmd)?;
    let cargado = (&firmante, Procedencia::Autoridad);
    let fila = firmante::load_certificado(&tx, can.cx(), &sello, &emisor, cargado).await?;
    audit(&tx, can.cx(), Registro::new("certificado.cargar", "emisor", id)).await?;
    let vista = CertificadoView::at(fila, app.cx.now());
    let respuesta = idem.remember(&tx, can.cx(), StatusCode::CREATED, &vista).await?;
    tx.commit().await?;
    Ok(respuesta)
}

fn read(emisor: &EmisorFiscal, cmd: &CertificadoCmd) -> Result<Firmante, Problem> {
    let clave = cmd.contrasena.as_deref().unwrap_or_default();
    let leido = match cmd {
        CertificadoCmd { cer: Some(cer), key: Some(key), .. } => {
            let (cer, key) = (decoded("cer", cer)?, decoded("key", key)?);
            carga::read(emisor, Carga::Par { cer: &cer, key: &key }, clave)
        }
        CertificadoCmd { p12: Some(p12), .. } => {
            carga::read(emisor, Carga::P12(&decoded("p12", p12)?), clave)
        }
        CertificadoCmd { pem: Some(pem), .. } => carga::read(emisor, Carga::Pem(pem), clave),
        _ => {
            let motivo = "Envíe cer y key, o p12, o pem.";
            return Err(Problem::campo("cer", "campo_requerido", motivo));
        }
    };
    leido.map_err(|campo| Problem(Error::Certificado(campo.motivo).into()))
}

fn decoded(campo: &str, texto: &str) -> Result<Vec<u8>, Problem> {
    let limpio: String = texto.chars().filter(|c| !c.is_whitespace()).collect();
    b64::decode(&limpio).map_err(|_| {
        Problem::campo(campo, "base64_invalido", "Envíe el archivo completo en base64.")
    })
}
