//! Lines of WhatsApp: `/admin/ajustes/whatsapp`. Secrets go in and never come out.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_base::{Fecha, Zona};
use ramal_db::Consulta;
use ramal_plataforma::{Sello, Vista, secret_names};
use ramal_web::pagina::{Aviso, Enlace, Insignia, Marco, page, redirect};
use ramal_web::{App, Formulario, Problem, Ruta};
use uuid::Uuid;

use super::palabras;
use crate::Error;
use crate::actions::ask_prueba::{self, PruebaFila};
use crate::actions::write_ajustes;
use crate::permisos::AjustarMensajes;
use crate::salida::asiento;
use crate::storage::entrada;
use crate::storage::lineas::{self, Detencion, Linea};
use crate::textos::TEXTOS;

const RUTA: &str = "/admin/ajustes/whatsapp";
/// Secrets of a line, as the form names them.
const SECRETOS: [&str; 4] = ["token", "app_secret", "app_secret_anterior", "verify_token"];

struct Ficha {
    linea: Linea,
    detencion: Option<Detencion>,
    prueba: Option<PruebaFila>,
    estado: Option<Insignia>,
}

#[derive(Template)]
#[template(path = "mensajeria/lineas.html", blocks = ["lineas"])]
struct Pagina {
    marco: Marco,
    secciones: Vec<Enlace>,
    fichas: Vec<Ficha>,
    probando: bool,
    rechazos: Vec<(String, String)>,
    webhook: String,
}

#[derive(Template)]
#[template(path = "mensajeria/linea.html")]
struct PaginaLinea {
    marco: Marco,
    secciones: Vec<Enlace>,
    accion: String,
    f: Formulario,
    puestos: Vec<&'static str>,
}

impl PaginaLinea {
    /// Help of a secret: whether it is kept already.
    fn ayuda(&self, cual: &str) -> &'static str {
        if self.puestos.contains(&cual) {
            "mensajes-secreto-puesto"
        } else {
            "mensajes-secreto-falta"
        }
    }
}

/// `GET /admin/ajustes/whatsapp`
pub(super) async fn lista(
    vista: Vista<AjustarMensajes>,
    State(app): State<App>,
) -> Result<Response, Problem> {
    let marco = vista.marco(&TEXTOS, "mensajes-ajustes-whatsapp-titulo");
    let mut detenciones = lineas::detenciones(&app.db).await?;
    let mut pruebas = ask_prueba::tries(&app.db).await?;
    let mut fichas = Vec::new();
    for linea in lineas::lineas(&app.db).await? {
        let clave = linea.clave();
        let detenida = detenciones.iter().position(|d| d.clave == clave);
        let probada = pruebas.iter().position(|p| p.clave == clave);
        let prueba = probada.map(|i| pruebas.swap_remove(i));
        fichas.push(Ficha {
            detencion: detenida.map(|i| detenciones.swap_remove(i)),
            estado: prueba.as_ref().map(|p| badge(&marco, p)),
            prueba,
            linea,
        });
    }
    let pagina = Pagina {
        secciones: palabras::setting_tabs(&marco),
        probando: fichas.iter().any(|f| f.prueba.as_ref().is_some_and(|p| p.hecha.is_none())),
        rechazos: refusals(&app, &marco).await?,
        webhook: "/webhooks/whatsapp".to_owned(),
        marco,
        fichas,
    };
    if vista.peticion().hx.wants("lineas") {
        return page(StatusCode::OK, &pagina.as_lineas());
    }
    page(StatusCode::OK, &pagina)
}

/// How a try went, as a badge.
pub(super) fn badge(marco: &Marco, prueba: &PruebaFila) -> Insignia {
    match prueba.bien {
        None => Insignia::aviso(marco.t("mensajes-probando")),
        Some(true) => Insignia::ok(marco.t("mensajes-prueba-bien")),
        Some(false) => Insignia::mal(marco.t("mensajes-prueba-mal")),
    }
}

/// Deliveries refused in the last thirty days.
async fn refusals(app: &App, marco: &Marco) -> Result<Vec<(String, String)>, Problem> {
    let desde: Fecha = Zona::utc().fecha(marco.ahora).plus_dias(-30);
    let filas = entrada::refused(&app.db, "whatsapp", desde).await?;
    let una = |(motivo, n): (String, i64)| {
        let clave = format!("mensajes-rechazo-{}", palabras::slug(&motivo));
        (marco.t(&clave), marco.numero(&n))
    };
    Ok(filas.into_iter().map(una).collect())
}

fn form_of(l: &Linea) -> Formulario {
    Formulario::filled([
        ("nombre", l.nombre.clone()),
        ("numero", l.numero.clone()),
        ("telefono_id", l.telefono_id.clone()),
        ("cuenta_id", l.cuenta_id.clone()),
        ("version_graph", l.version_graph.clone()),
        ("base_url", l.base_url.clone()),
        ("por_segundo", l.por_segundo.to_string()),
        ("activa", if l.activa { "on" } else { "" }.to_owned()),
        ("version", l.version.to_string()),
    ])
}

fn blank(vista: &Vista<AjustarMensajes>) -> Linea {
    Linea {
        id: vista.cx().new_id::<Linea>().uuid(),
        nombre: String::new(),
        numero: String::new(),
        telefono_id: String::new(),
        cuenta_id: String::new(),
        version_graph: "v24.0".to_owned(),
        base_url: "https://graph.facebook.com".to_owned(),
        activa: true,
        por_segundo: 20,
        ultimo_entrante: None,
        version: 0,
        creado: vista.cx().now(),
    }
}

/// `GET /admin/ajustes/whatsapp/nueva`
pub(super) async fn nueva(
    vista: Vista<AjustarMensajes>,
    State(app): State<App>,
) -> Result<Response, Problem> {
    let form = form_of(&blank(&vista));
    show(&vista, &app, None, (StatusCode::OK, form)).await
}

/// `GET /admin/ajustes/whatsapp/{id}`
pub(super) async fn ver(
    vista: Vista<AjustarMensajes>,
    State(app): State<App>,
    Ruta(id): Ruta<String>,
) -> Result<Response, Problem> {
    let linea = load(&app.db, &id).await?;
    let form = form_of(&linea);
    show(&vista, &app, Some(linea), (StatusCode::OK, form)).await
}

async fn load(c: &impl Consulta, id: &str) -> Result<Linea, Problem> {
    let id: Uuid = id.parse().map_err(|_| Error::LineaNotFound)?;
    Ok(lineas::linea(c, id).await?.ok_or(Error::LineaNotFound)?)
}

async fn show(
    vista: &Vista<AjustarMensajes>,
    app: &App,
    linea: Option<Linea>,
    (estado, f): (StatusCode, Formulario),
) -> Result<Response, Problem> {
    let marco = vista.marco(&TEXTOS, "mensajes-linea-nueva").refused(&f);
    let arriba = marco.t("mensajes-ajustes-whatsapp-titulo");
    let marco = match &linea {
        Some(linea) => marco.titled(linea.nombre.clone()),
        None => marco,
    };
    let guardados = secret_names(&app.db).await?;
    let puesto =
        |cual: &&'static str| linea.as_ref().is_some_and(|l| guardados.contains(&l.secreto(cual)));
    let lugar = linea.as_ref().map_or_else(|| "nueva".to_owned(), |l| l.id.to_string());
    let pagina = PaginaLinea {
        secciones: palabras::setting_tabs(&marco),
        puestos: SECRETOS.into_iter().filter(puesto).collect(),
        accion: format!("{RUTA}/{lugar}"),
        marco: marco.miga(arriba, RUTA),
        f,
    };
    page(estado, &pagina)
}

/// The line that a form describes, over `base`.
fn read(base: Linea, form: &Formulario) -> Linea {
    let texto = |campo: &str| form.value(campo).trim().to_owned();
    Linea {
        nombre: texto("nombre"),
        numero: texto("numero"),
        telefono_id: texto("telefono_id"),
        cuenta_id: texto("cuenta_id"),
        version_graph: texto("version_graph"),
        base_url: texto("base_url").trim_end_matches('/').to_owned(),
        activa: form.has("activa", "on"),
        por_segundo: form.value("por_segundo").trim().parse().unwrap_or(0),
        version: form.value("version").parse().unwrap_or(-1),
        ..base
    }
}

fn secrets(form: &Formulario) -> Vec<(&'static str, String)> {
    SECRETOS.into_iter().map(|cual| (cual, form.value(cual).trim().to_owned())).collect()
}

/// `POST /admin/ajustes/whatsapp/nueva`
pub(super) async fn crear(
    vista: Vista<AjustarMensajes>,
    State(app): State<App>,
    Extension(sello): Extension<Arc<Sello>>,
    form: Formulario,
) -> Result<Response, Problem> {
    let linea = read(blank(&vista), &form);
    save(&vista, &app, &sello, (None, linea), form).await
}

/// `POST /admin/ajustes/whatsapp/{id}`
pub(super) async fn guardar(
    vista: Vista<AjustarMensajes>,
    State(app): State<App>,
    Extension(sello): Extension<Arc<Sello>>,
    Ruta(id): Ruta<String>,
    form: Formulario,
) -> Result<Response, Problem> {
    let vieja = load(&app.db, &id).await?;
    let linea = read(vieja.clone(), &form);
    save(&vista, &app, &sello, (Some(vieja), linea), form).await
}

async fn save(
    vista: &Vista<AjustarMensajes>,
    app: &App,
    sello: &Sello,
    (vieja, linea): (Option<Linea>, Linea),
    form: Formulario,
) -> Result<Response, Problem> {
    let tx = app.db.begin().await?;
    let hecho = write_ajustes::save_linea(&tx, vista.cx(), sello, &linea, &secrets(&form)).await;
    if let Err(error) = hecho {
        tx.rollback().await?;
        let rancio = matches!(error, Error::Version);
        let (estado, mut form) = palabras::refused(form, error)?;
        if let Some(vieja) = vieja.as_ref().filter(|_| rancio) {
            form.set("version", vieja.version.to_string());
        }
        return show(vista, app, vieja, (estado, form)).await;
    }
    ask_prueba::ask(&tx, vista.cx(), &linea.clave()).await?;
    tx.commit().await?;
    let aviso = Aviso::ok(palabras::say(vista.peticion(), "mensajes-linea-guardada"));
    Ok(redirect(app, RUTA, &[aviso]))
}

/// `POST /admin/ajustes/whatsapp/{id}/probar`
pub(super) async fn probar(
    vista: Vista<AjustarMensajes>,
    State(app): State<App>,
    Ruta(id): Ruta<String>,
    _form: Formulario,
) -> Result<Response, Problem> {
    let tx = app.db.begin().await?;
    let linea = load(&tx, &id).await?;
    ask_prueba::ask(&tx, vista.cx(), &linea.clave()).await?;
    tx.commit().await?;
    Ok(redirect(&app, RUTA, &[]))
}

/// `POST /admin/ajustes/whatsapp/{id}/reanudar`
pub(super) async fn reanudar(
    vista: Vista<AjustarMensajes>,
    State(app): State<App>,
    Ruta(id): Ruta<String>,
    _form: Formulario,
) -> Result<Response, Problem> {
    let tx = app.db.begin().await?;
    let linea = load(&tx, &id).await?;
    asiento::resume(&tx, vista.cx(), &linea.clave()).await?;
    tx.commit().await?;
    let aviso = Aviso::ok(palabras::say(vista.peticion(), "mensajes-reanudado"));
    Ok(redirect(&app, RUTA, &[aviso]))
}
