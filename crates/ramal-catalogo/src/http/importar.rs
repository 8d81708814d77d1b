//! Route that imports a catalogue file. The file's rules are in `archivo`.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request, State};
use axum::http::{StatusCode, header};
use axum::response::Response;
use ramal_base::{CampoInvalido, Moneda};
use ramal_plataforma::Can;
use ramal_web::{App, CabeceraIdempotencia, ClaveIdempotencia, Filtros, Problem};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::Error;
use crate::actions::{self, Importado};
use crate::archivo::FilaInvalida;
use crate::permisos::EditarCatalogo;

/// Cómo se lee el archivo.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ImportarQuery {
    /// Moneda de los precios; la de la empresa si no se dice.
    #[param(value_type = Option<String>, pattern = "^(MXN|PEN|USD)$", example = "MXN")]
    pub moneda: Option<Moneda>,
}

/// Lo que hizo una importación.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CatalogoImportado)]
pub struct ImportadoView {
    /// Productos que trae el archivo.
    #[schema(example = 9)]
    pub productos: usize,
    /// Productos creados.
    pub creados: usize,
    /// Productos que cambiaron.
    pub actualizados: usize,
}

/// Importa el catálogo desde un CSV
///
/// UTF-8, con coma o punto y coma. Columnas: `nombre`, `tipo`, `tecnologia`, `precio_con_impuesto`,
/// `periodo`, `clave_prod_serv`, `clave_unidad`. Un producto se reconoce por su nombre; repetir el
/// archivo no cambia nada. Si una fila tiene un error no entra ninguna, y la respuesta los nombra
/// todos como `lineas[N].columna`, con la cabecera en la línea 1.
#[utoipa::path(post, path = "/catalogo/importar", tag = "catalogo",
    params(ImportarQuery, CabeceraIdempotencia),
    request_body(content = String, content_type = "text/csv"),
    responses((status = 200, description = "Importado", body = ImportadoView)))]
pub async fn post_importar(
    can: Can<EditarCatalogo>,
    State(app): State<App>,
    Filtros(query): Filtros<ImportarQuery>,
    idem: ClaveIdempotencia,
    Csv(bytes): Csv,
) -> Result<Response, Problem> {
    idem.with_body(&bytes);
    let moneda = match query.moneda {
        Some(moneda) => moneda,
        None => ramal_plataforma::empresa(&app.db).await?.moneda,
    };
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let Importado { productos, creados, actualizados, errores } =
        actions::import_catalogo(&tx, can.cx(), moneda, &bytes).await?;
    if !errores.is_empty() {
        return Err(Error::Datos(errores.into_iter().map(located).collect()).into());
    }
    let vista = ImportadoView { productos, creados, actualizados };
    let respuesta = idem.remember(&tx, can.cx(), StatusCode::OK, &vista).await?;
    tx.commit().await?;
    Ok(respuesta)
}

fn located(fila: FilaInvalida) -> CampoInvalido {
    let campo = format!("lineas[{}].{}", fila.linea, fila.error.campo);
    CampoInvalido { campo, ..fila.error }
}

/// A body of type `text/csv`. Refuses with 413 and 415.
pub struct Csv(Bytes);

impl<S: Send + Sync> FromRequest<S> for Csv {
    type Rejection = Problem;

    async fn from_request(peticion: Request, state: &S) -> Result<Csv, Problem> {
        let tipo = peticion.headers().get(header::CONTENT_TYPE);
        let tipo = tipo.and_then(|v| v.to_str().ok()).unwrap_or("");
        let tipo = tipo.split(';').next().unwrap_or("").trim();
        if !tipo.eq_ignore_ascii_case("text/csv") {
            let (codigo, titulo) = ("tipo_de_contenido", "Tipo de contenido no admitido");
            return Err(Problem::new(415, codigo, titulo, "Envíe el archivo como text/csv."));
        }
        let bytes = Bytes::from_request(peticion, state).await;
        bytes.map(Csv).map_err(|e| Problem::of_status(e.status()))
    }
}
