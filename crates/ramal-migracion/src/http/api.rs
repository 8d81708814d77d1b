//! Routes of imports. Thin: authorize, call one action, render.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_base::Problema;
use ramal_plataforma::Can;
use ramal_web::{App, CabeceraIdempotencia, ClaveIdempotencia, Filtros, Problem, Ruta};
use uuid::Uuid;

use super::cuerpo::ArchivoRecibido;
use super::vistas::{LoteView, OpcionesQuery};
use crate::actions::{self, Deshecho};
use crate::fuente::Origen;
use crate::informe::Informe;
use crate::permisos::{DeshacerImportaciones, ImportarClientes, LeerImportaciones};
use crate::{Error, storage};

/// Between two looks at an import that another request runs.
const ESPERA: Duration = Duration::from_millis(200);

fn problem(error: Error) -> Problem {
    Problem(Problema::from(error))
}

/// Importa clientes y servicios de un archivo
///
/// El archivo va como cuerpo `text/csv` o como primera parte de un formulario. Repetirlo no importa
/// nada dos veces. Las filas con defecto se quedan fuera y vienen en `rechazadas`.
#[utoipa::path(post, path = "/importaciones", tag = "importaciones",
    params(OpcionesQuery, CabeceraIdempotencia),
    request_body(content = String, content_type = "text/csv"),
    responses((status = 200, description = "El informe", body = Informe)))]
pub async fn post_importacion(
    can: Can<ImportarClientes>,
    State(app): State<App>,
    idem: ClaveIdempotencia,
    Filtros(opciones): Filtros<OpcionesQuery>,
    archivo: ArchivoRecibido,
) -> Result<Response, Problem> {
    idem.with_body(&archivo.bytes);
    // The import owns its transactions, so the key is only looked at before and taken after it:
    // two runs that cross bring in nothing twice, and the second gives the first one's answer.
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    tx.rollback().await?;
    let bytes: Arc<[u8]> = Vec::from(archivo.bytes).into();
    let informe = loop {
        let pedido =
            opciones.clone().pedido(Origen::Bytes(archivo.nombre.clone(), bytes.clone()))?;
        match actions::importar(&app.db, can.cx(), pedido, |_| {}).await {
            // With a key, who runs may be the same request: its answer is waited for. The time
            // limit of requests ends the wait.
            Err(Error::EnCurso) if idem.is_given() => tokio::time::sleep(ESPERA).await,
            hecho => break hecho.map_err(problem)?,
        }
        let tx = app.db.begin().await?;
        if let Some(respuesta) = idem.recall(&tx).await? {
            return Ok(respuesta);
        }
        tx.rollback().await?;
    };
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let respuesta = idem.remember(&tx, can.cx(), StatusCode::OK, &informe).await?;
    tx.commit().await?;
    Ok(respuesta)
}

/// Un lote y el informe de su última importación
#[utoipa::path(get, path = "/importaciones/{lote}", tag = "importaciones",
    params(("lote" = Uuid, Path, description = "Identificador del lote")),
    responses((status = 200, description = "El lote", body = LoteView)))]
pub async fn get_importacion(
    _can: Can<LeerImportaciones>,
    State(app): State<App>,
    Ruta(lote): Ruta<Uuid>,
) -> Result<Json<LoteView>, Problem> {
    let fila = storage::lote(&app.db, lote).await?;
    let fila = fila.ok_or_else(|| problem(Error::LoteNotFound(lote)))?;
    let informe = serde_json::from_str(&fila.informe).ok();
    let storage::FilaLote { estado, importadas, .. } = fila;
    Ok(Json(LoteView { lote, estado, importadas, informe }))
}

/// Deshace un lote mientras no se haya facturado nada en él
///
/// Repetirlo no cambia nada.
#[utoipa::path(delete, path = "/importaciones/{lote}", tag = "importaciones",
    params(("lote" = Uuid, Path, description = "Identificador del lote")),
    responses((status = 200, description = "Lo que se retiró", body = Deshecho)))]
pub async fn delete_importacion(
    can: Can<DeshacerImportaciones>,
    State(app): State<App>,
    Ruta(lote): Ruta<Uuid>,
) -> Result<Json<Deshecho>, Problem> {
    let tx = app.db.begin().await?;
    let deshecho = actions::deshacer(&tx, can.cx(), lote).await.map_err(problem)?;
    tx.commit().await?;
    Ok(Json(deshecho))
}
