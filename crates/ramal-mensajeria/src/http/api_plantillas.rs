//! JSON routes of templates. Thin: authorize, begin, call one action, commit, render.

use axum::Json;
use axum::extract::State;
use ramal_base::{CampoInvalido, Pais, Problema};
use ramal_plataforma::Can;
use ramal_web::{App, CabeceraIfMatch, Etag, Filtros, IfMatch, Parsed, Problem, Ruta};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::actions::write_plantilla;
use crate::permisos::{EditarPlantillas, LeerMensajes};
use crate::plantilla::{Contenido, Encabezado, Llave, Plantilla, variables};
use crate::storage::plantillas;
use crate::{Canal, Clase};

/// Qué país.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct PaisQuery {
    /// País; el de la empresa si falta.
    #[param(value_type = Option<String>, example = "PE")]
    pub pais: Option<Pais>,
}

/// Una variable de una plantilla.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct VariableView {
    /// Nombre.
    pub nombre: String,
    /// Tipo.
    pub tipo: String,
}

/// Una plantilla vigente.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PlantillaView {
    /// Clase.
    pub clase: Clase,
    /// Canal.
    pub canal: Canal,
    /// País.
    #[schema(value_type = String)]
    pub pais: Pais,
    /// Idioma en Meta.
    pub idioma: String,
    /// Versión; 0 es la del programa.
    pub version: i64,
    /// Asunto del correo o título del aviso; vacío en WhatsApp.
    pub asunto: String,
    /// Texto del mensaje.
    pub cuerpo: String,
    /// Rótulo del botón que abre `enlace`; vacío, sin botón.
    pub boton: String,
    /// Qué lleva arriba el mensaje de WhatsApp.
    pub encabezado: Encabezado,
    /// Nombre de la plantilla en Meta; solo WhatsApp.
    pub nombre_meta: String,
    /// Variables que puede usar.
    pub variables: Vec<VariableView>,
}

impl From<Plantilla> for PlantillaView {
    fn from(p: Plantilla) -> PlantillaView {
        let variable = |v: variables::Variable| VariableView {
            nombre: v.nombre.to_owned(),
            tipo: v.tipo.as_str().to_owned(),
        };
        PlantillaView {
            clase: p.llave.clase,
            canal: p.llave.canal,
            pais: p.llave.pais,
            idioma: p.idioma().to_owned(),
            version: p.version,
            variables: variables::all(p.llave.clase).map(variable).collect(),
            asunto: p.contenido.asunto,
            cuerpo: p.contenido.cuerpo,
            boton: p.contenido.boton,
            encabezado: p.contenido.encabezado,
            nombre_meta: p.contenido.nombre_meta,
        }
    }
}

async fn pais(app: &App, query: &PaisQuery) -> Result<Pais, Problem> {
    match query.pais {
        Some(pais) => Ok(pais),
        None => Ok(ramal_plataforma::empresa(&app.db).await?.pais),
    }
}

/// Which template two words of an address name. Errors: 404.
pub(super) fn key_of(clase: &str, canal: &str, pais: Pais) -> Result<Llave, Problem> {
    match (Clase::parse(clase), Canal::parse(canal)) {
        (Some(clase), Some(canal)) => Ok(Llave { clase, canal, pais }),
        _ => Err(Problem(Problema::no_encontrado("plantilla"))),
    }
}

/// Plantillas vigentes de un país
#[utoipa::path(get, path = "/mensajes/plantillas", tag = "mensajes", params(PaisQuery),
    responses((status = 200, description = "Todas", body = Vec<PlantillaView>)))]
pub async fn get_plantillas(
    _can: Can<LeerMensajes>,
    State(app): State<App>,
    Filtros(query): Filtros<PaisQuery>,
) -> Result<Json<Vec<PlantillaView>>, Problem> {
    let pais = pais(&app, &query).await?;
    let editadas = plantillas::edited(&app.db, pais).await?;
    let mut vistas = Vec::new();
    for clase in Clase::TODAS {
        for canal in Canal::TODOS {
            let llave = Llave { clase, canal, pais };
            let tocada = editadas.iter().any(|(c, k, _)| *c == clase && *k == canal);
            let plantilla = match tocada {
                true => plantillas::current(&app.db, llave).await?,
                false => Plantilla {
                    llave,
                    version: 0,
                    contenido: crate::plantilla::fabrica::contenido(llave),
                },
            };
            vistas.push(plantilla.into());
        }
    }
    Ok(Json(vistas))
}

/// Una plantilla vigente
#[utoipa::path(get, path = "/mensajes/plantillas/{clase}/{canal}", tag = "mensajes",
    params(("clase" = String, Path, description = "Clase", example = "orden_pago"),
        ("canal" = String, Path, description = "Canal", example = "email"), PaisQuery),
    responses((status = 200, description = "La plantilla", body = PlantillaView,
        headers(("ETag" = String)))))]
pub async fn get_plantilla(
    _can: Can<LeerMensajes>,
    State(app): State<App>,
    Ruta((clase, canal)): Ruta<(String, String)>,
    Filtros(query): Filtros<PaisQuery>,
) -> Result<(Etag, Json<PlantillaView>), Problem> {
    let llave = key_of(&clase, &canal, pais(&app, &query).await?)?;
    let plantilla = plantillas::current(&app.db, llave).await?;
    Ok((Etag::from_version(plantilla.version), Json(plantilla.into())))
}

/// Cambia una plantilla
///
/// Cada cambio es una versión nueva. En WhatsApp, un texto distinto lleva otro nombre en Meta y
/// espera su aprobación.
#[utoipa::path(put, path = "/mensajes/plantillas/{clase}/{canal}", tag = "mensajes",
    params(("clase" = String, Path, description = "Clase", example = "orden_pago"),
        ("canal" = String, Path, description = "Canal", example = "email"), PaisQuery,
        CabeceraIfMatch),
    request_body = Contenido,
    responses((status = 200, description = "Como quedó", body = PlantillaView,
        headers(("ETag" = String)))))]
pub async fn put_plantilla(
    can: Can<EditarPlantillas>,
    State(app): State<App>,
    Ruta((clase, canal)): Ruta<(String, String)>,
    Filtros(query): Filtros<PaisQuery>,
    if_match: IfMatch,
    Parsed(contenido): Parsed<Contenido>,
) -> Result<(Etag, Json<PlantillaView>), Problem> {
    let llave = key_of(&clase, &canal, pais(&app, &query).await?)?;
    let contenido = named(llave, contenido)?;
    let tx = app.db.begin().await?;
    let actual = plantillas::current(&tx, llave).await?;
    if_match.check(actual.version)?;
    let hecha = write_plantilla::save(&tx, can.cx(), llave, (actual.version, contenido)).await?;
    tx.commit().await?;
    Ok((Etag::from_version(hecha.version), Json(hecha.into())))
}

/// A text of WhatsApp that names none takes the name of the program. Errors: 422 if another channel
/// names one.
fn named(llave: Llave, contenido: Contenido) -> Result<Contenido, Problem> {
    let con_nombre = !contenido.nombre_meta.is_empty();
    match llave.canal {
        Canal::Whatsapp if con_nombre => Ok(contenido),
        Canal::Whatsapp => {
            let nombre_meta = crate::plantilla::fabrica::contenido(llave).nombre_meta;
            Ok(Contenido { nombre_meta, ..contenido })
        }
        _ if con_nombre => {
            let motivo = "Solo las plantillas de WhatsApp tienen nombre en Meta.";
            let malo = CampoInvalido::new("nombre_meta", "nombre_meta_sobra", motivo);
            Err(Problem(Problema::campos(vec![malo])))
        }
        _ => Ok(contenido),
    }
}
