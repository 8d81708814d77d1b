//! The mailbox from which letters leave: `/admin/ajustes/correo`. Secrets go in and never come out.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_plataforma::{Sello, Vista, secret_names};
use ramal_web::pagina::{Aviso, Enlace, Insignia, Marco, Opcion, page, redirect};
use ramal_web::{App, Formulario, Problem};

use super::{lineas as hoja_lineas, palabras};
use crate::Error;
use crate::actions::ask_prueba::{self, PruebaFila};
use crate::actions::write_ajustes;
use crate::ajustes::{
    AjustesCorreo, Cifrado, Ingreso, SECRETO_CORREO, SECRETO_DKIM, SECRETO_OAUTH, SECRETO_REFRESCO,
};
use crate::permisos::AjustarMensajes;
use crate::salida::asiento;
use crate::storage::ajustes;
use crate::storage::lineas::{self, CORREO, Detencion};
use crate::textos::TEXTOS;

const RUTA: &str = "/admin/ajustes/correo";
/// Fields of the form and the names under which they are sealed.
const SECRETOS: [(&str, &str); 4] = [
    ("contrasena", SECRETO_CORREO),
    ("refresco", SECRETO_REFRESCO),
    ("oauth_secreto", SECRETO_OAUTH),
    ("dkim_llave", SECRETO_DKIM),
];

#[derive(Template)]
#[template(path = "mensajeria/correo.html", blocks = ["prueba"])]
struct Pagina {
    marco: Marco,
    secciones: Vec<Enlace>,
    f: Formulario,
    cifrados: Vec<Opcion>,
    ingresos: Vec<Opcion>,
    puestos: Vec<&'static str>,
    prueba: Option<PruebaFila>,
    estado: Option<Insignia>,
    probando: bool,
    detencion: Option<Detencion>,
    listo: bool,
}

impl Pagina {
    /// Help of a secret: whether it is kept already.
    fn ayuda(&self, campo: &str) -> &'static str {
        if self.puestos.contains(&campo) {
            "mensajes-secreto-puesto"
        } else {
            "mensajes-secreto-falta"
        }
    }
}

fn cipher(valor: Cifrado) -> &'static str {
    match valor {
        Cifrado::Starttls => "starttls",
        Cifrado::Tls => "tls",
        Cifrado::Ninguno => "ninguno",
    }
}

fn sign_in(valor: Ingreso) -> &'static str {
    match valor {
        Ingreso::Contrasena => "contrasena",
        Ingreso::Xoauth2 => "xoauth2",
        Ingreso::Ninguno => "ninguno",
    }
}

fn form_of(a: &AjustesCorreo, version: i64) -> Formulario {
    let numero = |n: i64| if n == 0 { String::new() } else { n.to_string() };
    Formulario::filled([
        ("servidor", a.servidor.clone()),
        ("puerto", numero(i64::from(a.puerto))),
        ("cifrado", cipher(a.cifrado).to_owned()),
        ("ingreso", sign_in(a.ingreso).to_owned()),
        ("usuario", a.usuario.clone()),
        ("de", a.de.clone()),
        ("de_nombre", a.de_nombre.clone()),
        ("responder_a", a.responder_a.clone()),
        ("url_token", a.url_token.clone()),
        ("oauth_id", a.oauth_id.clone()),
        ("alcance", a.alcance.clone()),
        ("dkim_selector", a.dkim_selector.clone()),
        ("por_segundo", numero(a.por_segundo)),
        ("version", version.to_string()),
    ])
}

fn read(form: &Formulario) -> Result<AjustesCorreo, Error> {
    let texto = |campo: &str| form.value(campo).trim().to_owned();
    let numero = |campo: &str| match form.value(campo).trim() {
        "" => Ok(0),
        _ => palabras::number(form, campo),
    };
    let puerto = u16::try_from(numero("puerto")?)
        .map_err(|_| Error::campo("puerto", "puerto_rango", "Un puerto va de 1 a 65535."))?;
    Ok(AjustesCorreo {
        servidor: texto("servidor"),
        puerto,
        cifrado: match form.value("cifrado") {
            "tls" => Cifrado::Tls,
            "ninguno" => Cifrado::Ninguno,
            _ => Cifrado::Starttls,
        },
        ingreso: match form.value("ingreso") {
            "xoauth2" => Ingreso::Xoauth2,
            "ninguno" => Ingreso::Ninguno,
            _ => Ingreso::Contrasena,
        },
        usuario: texto("usuario"),
        de: texto("de"),
        de_nombre: texto("de_nombre"),
        responder_a: texto("responder_a"),
        url_token: texto("url_token"),
        oauth_id: texto("oauth_id"),
        alcance: texto("alcance"),
        dkim_selector: texto("dkim_selector"),
        por_segundo: numero("por_segundo")?,
    })
}

/// `GET /admin/ajustes/correo`
pub(super) async fn ver(
    vista: Vista<AjustarMensajes>,
    State(app): State<App>,
) -> Result<Response, Problem> {
    let actual = ajustes::load::<AjustesCorreo>(&app.db, ajustes::CORREO).await?;
    let form = form_of(&actual.valor, actual.version);
    show(&vista, &app, (StatusCode::OK, form)).await
}

async fn show(
    vista: &Vista<AjustarMensajes>,
    app: &App,
    (estado, f): (StatusCode, Formulario),
) -> Result<Response, Problem> {
    let marco = vista.marco(&TEXTOS, "mensajes-ajustes-correo-titulo").refused(&f);
    let opciones = |grupo: &str, valores: &[&str]| -> Vec<Opcion> {
        let una = |v: &&str| Opcion::new(*v, marco.t(&format!("mensajes-{grupo}-{v}")));
        valores.iter().map(una).collect()
    };
    let guardados = secret_names(&app.db).await?;
    let puesto = |(_, nombre): &(&str, &str)| guardados.iter().any(|g| g == nombre);
    let pruebas = ask_prueba::tries(&app.db).await?;
    let prueba = pruebas.into_iter().find(|p| p.clave == CORREO);
    let actual: AjustesCorreo = ajustes::load(&app.db, ajustes::CORREO).await?.valor;
    let detenciones = lineas::detenciones(&app.db).await?;
    let pagina = Pagina {
        secciones: palabras::setting_tabs(&marco),
        cifrados: opciones("cifrado", &["starttls", "tls", "ninguno"]),
        ingresos: opciones("ingreso", &["contrasena", "xoauth2", "ninguno"]),
        puestos: SECRETOS.into_iter().filter(puesto).map(|(campo, _)| campo).collect(),
        estado: prueba.as_ref().map(|p| hoja_lineas::badge(&marco, p)),
        probando: prueba.as_ref().is_some_and(|p| p.hecha.is_none()),
        prueba,
        detencion: detenciones.into_iter().find(|d| d.clave == CORREO),
        listo: actual.is_ready(),
        marco,
        f,
    };
    if vista.peticion().hx.wants("prueba") {
        return page(estado, &pagina.as_prueba());
    }
    page(estado, &pagina)
}

/// `POST /admin/ajustes/correo`
pub(super) async fn guardar(
    vista: Vista<AjustarMensajes>,
    State(app): State<App>,
    Extension(sello): Extension<Arc<Sello>>,
    form: Formulario,
) -> Result<Response, Problem> {
    let leida = form.value("version").parse().unwrap_or(-1);
    let secretos: Vec<(&str, String)> = SECRETOS
        .into_iter()
        .map(|(campo, nombre)| (nombre, form.value(campo).trim().to_owned()))
        .collect();
    let tx = app.db.begin().await?;
    let hecho = match read(&form) {
        Ok(nuevos) => {
            let cambio = (leida, &nuevos);
            write_ajustes::save_correo(&tx, vista.cx(), &sello, cambio, &secretos).await
        }
        Err(error) => Err(error),
    };
    if let Err(error) = hecho {
        tx.rollback().await?;
        let rancio = matches!(error, Error::Version);
        let (estado, mut form) = palabras::refused(form, error)?;
        if rancio {
            let ahora = ajustes::load::<AjustesCorreo>(&app.db, ajustes::CORREO).await?;
            form.set("version", ahora.version.to_string());
        }
        return show(&vista, &app, (estado, form)).await;
    }
    tx.commit().await?;
    let aviso = Aviso::ok(palabras::say(vista.peticion(), "mensajes-ajustes-guardados"));
    Ok(redirect(&app, RUTA, &[aviso]))
}

/// `POST /admin/ajustes/correo/probar`
pub(super) async fn probar(
    vista: Vista<AjustarMensajes>,
    State(app): State<App>,
    _form: Formulario,
) -> Result<Response, Problem> {
    let tx = app.db.begin().await?;
    ask_prueba::ask(&tx, vista.cx(), CORREO).await?;
    tx.commit().await?;
    Ok(redirect(&app, RUTA, &[]))
}

/// `POST /admin/ajustes/correo/reanudar`
pub(super) async fn reanudar(
    vista: Vista<AjustarMensajes>,
    State(app): State<App>,
    _form: Formulario,
) -> Result<Response, Problem> {
    let tx = app.db.begin().await?;
    asiento::resume(&tx, vista.cx(), CORREO).await?;
    tx.commit().await?;
    let aviso = Aviso::ok(palabras::say(vista.peticion(), "mensajes-reanudado"));
    Ok(redirect(&app, RUTA, &[aviso]))
}
