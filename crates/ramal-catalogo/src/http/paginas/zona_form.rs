//! Forms that make and change a zone. Switching it on and off is elsewhere.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_plataforma::Vista;
use ramal_web::pagina::{Aviso, Formulario, Marco, Opcion, page, redirect};
use ramal_web::{App, ClaveIdempotencia, Problem, Ruta};

use super::conflicto::{Campo, conflict, differences};
use super::producto_form::STALE;
use super::{RAIZ, for_form, palabras, status};
use crate::permisos::EditarCatalogo;
use crate::textos::TEXTOS;
use crate::zona::{CambioZona, DatosZona, check_codigo_postal};
use crate::{Error, Zona, actions, storage};

#[derive(Template)]
#[template(path = "catalogo/zona_form.html")]
struct Pagina {
    marco: Marco,
    f: Formulario,
    idem: String,
    nueva: bool,
    tecnologias: Vec<Opcion>,
    volver: String,
}

/// `GET /admin/catalogo/nueva-zona`
pub async fn get_nueva(vista: Vista<EditarCatalogo>) -> Result<Response, Problem> {
    show(&vista, StatusCode::OK, (Formulario::default(), None))
}

/// `POST /admin/catalogo/nueva-zona`
pub async fn post_nueva(
    vista: Vista<EditarCatalogo>,
    State(app): State<App>,
    form: Formulario,
) -> Result<Response, Problem> {
    match create(&app, &vista, &form).await {
        Ok(respuesta) => Ok(respuesta),
        Err(problema) => {
            let problema = for_form(problema)?;
            show(&vista, status(&problema), (form.refused(&problema), None))
        }
    }
}

async fn create(
    app: &App,
    vista: &Vista<EditarCatalogo>,
    form: &Formulario,
) -> Result<Response, Problem> {
    let idem = ClaveIdempotencia::of_form(vista.peticion(), form);
    let datos = body(form)?;
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let zona = actions::create_zona(&tx, vista.cx(), datos).await?;
    idem.remember_redirect(&tx, vista.cx(), &route(&zona)).await?;
    tx.commit().await?;
    let marco = vista.marco(&TEXTOS, "catalogo-titulo");
    let texto = marco.t1("catalogo-creado", "nombre", &zona.nombre);
    Ok(redirect(app, &route(&zona), &[Aviso::ok(texto)]))
}

/// `GET /admin/catalogo/zonas/{codigo}/editar`
pub async fn get_editar(
    vista: Vista<EditarCatalogo>,
    State(app): State<App>,
    Ruta(codigo): Ruta<String>,
) -> Result<Response, Problem> {
    let zona = storage::zona_by_codigo(&app.db, &codigo).await?.ok_or(Error::ZonaNotFound)?;
    show(&vista, StatusCode::OK, (filled(&zona), Some(&zona)))
}

/// `POST /admin/catalogo/zonas/{codigo}/editar`
pub async fn post_editar(
    vista: Vista<EditarCatalogo>,
    State(app): State<App>,
    Ruta(codigo): Ruta<String>,
    form: Formulario,
) -> Result<Response, Problem> {
    let zona = storage::zona_by_codigo(&app.db, &codigo).await?.ok_or(Error::ZonaNotFound)?;
    if form.value("version") != zona.version.to_string() {
        let marco = vista.marco(&TEXTOS, "error-409-titulo");
        let campos = [
            Campo::texto("nombre", "catalogo-nombre"),
            Campo::opciones("tecnologias", "catalogo-tecnologias", palabras::tecnologias(&marco)),
            Campo::texto("codigos_postales", "catalogo-codigos-postales"),
        ];
        let diferencias = differences(&campos, &filled(&zona), &form);
        return conflict(marco, diferencias, (&form, &zona.version.to_string()), route(&zona));
    }
    match save(&app, &vista, &form, &zona).await {
        Ok(respuesta) => Ok(respuesta),
        Err(problema) => {
            let problema = for_form(problema)?;
            show(&vista, status(&problema), (form.refused(&problema), Some(&zona)))
        }
    }
}

async fn save(
    app: &App,
    vista: &Vista<EditarCatalogo>,
    form: &Formulario,
    antes: &Zona,
) -> Result<Response, Problem> {
    let datos = body(form)?;
    let cambio = CambioZona {
        nombre: Some(datos.nombre),
        codigos_postales: Some(datos.codigos_postales),
        tecnologias: Some(datos.tecnologias),
        activa: None,
    };
    let tx = app.db.begin().await?;
    let actual = storage::lock_zona(&tx, antes.id).await?.ok_or(Error::ZonaNotFound)?;
    if actual.version != antes.version {
        return Err(Problem(ramal_base::Problema::conflicto("version_distinta", STALE)));
    }
    let zona = actions::update_zona(&tx, vista.cx(), antes.id, cambio).await?;
    tx.commit().await?;
    let marco = vista.marco(&TEXTOS, "catalogo-titulo");
    let texto = marco.t1("catalogo-guardado", "nombre", &zona.nombre);
    Ok(redirect(app, &route(&zona), &[Aviso::ok(texto)]))
}

fn route(zona: &Zona) -> String {
    format!("{RAIZ}/zonas/{}", zona.codigo)
}

fn filled(zona: &Zona) -> Formulario {
    let mut campos = vec![
        ("version", zona.version.to_string()),
        ("nombre", zona.nombre.clone()),
        ("codigos_postales", zona.codigos_postales.join(" ")),
    ];
    campos.extend(zona.tecnologias.iter().map(|t| ("tecnologias", t.as_str().to_owned())));
    Formulario::filled(campos)
}

/// The body of the API that a form means; postal codes are split by anything that is not one.
fn body(form: &Formulario) -> Result<DatosZona, Problem> {
    let propios = ["nombre", "codigo", "tecnologias"];
    let campos = form.fields().iter().filter(|(n, _)| propios.contains(&n.as_str())).cloned();
    let mut datos: DatosZona = if form.values("tecnologias").is_empty() {
        // A zone without technologies has no shape; with an empty list the rule says what to do.
        let nombre = form.value("nombre").to_owned();
        let codigo = Some(form.value("codigo").trim().to_owned()).filter(|c| !c.is_empty());
        DatosZona { codigo, nombre, codigos_postales: Vec::new(), tecnologias: Vec::new() }
    } else {
        Formulario::filled(campos).parse()?
    };
    let postales = form.value("codigos_postales");
    let trozos = postales.split(|c: char| c.is_whitespace() || c == ',' || c == ';');
    datos.codigos_postales = trozos.filter(|t| !t.is_empty()).map(str::to_owned).collect();
    let malos = datos.codigos_postales.iter().filter(|c| check_codigo_postal(c).is_none());
    let malos: Vec<&str> = malos.take(5).map(String::as_str).collect();
    if !malos.is_empty() {
        let lista = malos.join(", ");
        let motivo = format!("Un código postal lleva de 4 a 8 letras o dígitos; corregir {lista}.");
        return Err(Problem::campo("codigos_postales", "cp_formato", motivo));
    }
    Ok(datos)
}

fn show(
    vista: &Vista<EditarCatalogo>,
    estado: StatusCode,
    (f, zona): (Formulario, Option<&Zona>),
) -> Result<Response, Problem> {
    let clave = if zona.is_some() { "catalogo-editar" } else { "catalogo-nueva-zona" };
    let marco = vista.marco(&TEXTOS, clave).refused(&f);
    let volver = zona.map_or_else(|| format!("{RAIZ}/zonas"), route);
    let (raiz, zonas) = (marco.t("catalogo-titulo"), marco.t("catalogo-zonas"));
    let mut marco = marco.miga(raiz, RAIZ).miga(zonas, format!("{RAIZ}/zonas"));
    if let Some(z) = zona {
        let titulo = marco.t1("catalogo-editar-que", "nombre", &z.nombre);
        marco = marco.miga(&z.nombre, &volver).titled(titulo);
    }
    let tecnologias = palabras::tecnologias(&marco);
    let (idem, nueva) = (vista.peticion().idem(), zona.is_none());
    page(estado, &Pagina { marco, f, idem, nueva, tecnologias, volver })
}
