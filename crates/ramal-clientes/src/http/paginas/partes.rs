//! Forms that add a contact or a consent to a customer. A refused one comes back with what was
//! typed; it changes nothing that was there.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_plataforma::Vista;
use ramal_web::pagina::{Aviso, Marco, Opcion, page, redirect};
use ramal_web::{App, Formulario, Problem, Ruta};

use super::ficha::{Ficha, ficha};
use crate::actions;
use crate::cliente::{DatosConsentimiento, DatosContacto};
use crate::permisos::EditarClientes;
use crate::textos::TEXTOS;

/// Purposes of a consent.
pub const FINALIDADES: [&str; 4] = ["facturacion", "cobranza", "marketing", "datos_personales"];
/// Channels of a consent.
pub const CANALES: [&str; 5] = ["whatsapp", "email", "sms", "web", "papel"];

#[derive(Template)]
#[template(path = "clientes/contacto.html")]
struct Contacto {
    marco: Marco,
    f: Formulario,
    accion: String,
    volver: String,
}

#[derive(Template)]
#[template(path = "clientes/consentimiento.html")]
struct Consentimiento {
    marco: Marco,
    f: Formulario,
    accion: String,
    volver: String,
    finalidades: Vec<Opcion>,
    canales: Vec<Opcion>,
    respuestas: Vec<Opcion>,
}

/// `GET /admin/clientes/{codigo}/contactos/nuevo`
pub async fn get_contacto(
    vista: Vista<EditarClientes>,
    State(app): State<App>,
    Ruta(codigo): Ruta<String>,
) -> Result<Response, Problem> {
    let ficha = ficha(&app.db, vista.peticion(), &codigo).await?;
    show_contacto(StatusCode::OK, &vista, &ficha, Formulario::default())
}

/// `POST /admin/clientes/{codigo}/contactos/nuevo`
pub async fn post_contacto(
    vista: Vista<EditarClientes>,
    State(app): State<App>,
    Ruta(codigo): Ruta<String>,
    mut form: Formulario,
) -> Result<Response, Problem> {
    let ficha = ficha(&app.db, vista.peticion(), &codigo).await?;
    // A body without name has no shape; with an empty one the rule of the slice says what is wrong.
    let datos = DatosContacto {
        nombre: form.value("nombre").to_owned(),
        cargo: some(&form, "cargo"),
        email: some(&form, "email"),
        telefono: some(&form, "telefono"),
    };
    let tx = app.db.begin().await?;
    match actions::add_contacto(&tx, vista.cx(), ficha.cliente.id, datos).await {
        Ok(contacto) => {
            tx.commit().await?;
            let marco = vista.marco(&TEXTOS, "clientes-contacto-titulo");
            let texto = marco.t1("clientes-contacto-agregado", "nombre", contacto.nombre);
            Ok(redirect(&app, &ficha.ruta(), &[Aviso::ok(texto)]))
        }
        Err(error) => {
            form = form.refused(&refusal(error.into())?);
            show_contacto(StatusCode::UNPROCESSABLE_ENTITY, &vista, &ficha, form)
        }
    }
}

fn show_contacto(
    estado: StatusCode,
    vista: &Vista<EditarClientes>,
    ficha: &Ficha,
    f: Formulario,
) -> Result<Response, Problem> {
    let marco = ficha.under(vista.marco(&TEXTOS, "clientes-contacto-titulo"));
    let accion = format!("{}/contactos/nuevo", ficha.ruta());
    page(estado, &Contacto { marco, f, accion, volver: ficha.ruta() })
}

/// `GET /admin/clientes/{codigo}/consentimientos/nuevo`
pub async fn get_consentimiento(
    vista: Vista<EditarClientes>,
    State(app): State<App>,
    Ruta(codigo): Ruta<String>,
) -> Result<Response, Problem> {
    let ficha = ficha(&app.db, vista.peticion(), &codigo).await?;
    let f = Formulario::filled([("otorgado", "si"), ("canal", "papel")]);
    show_consentimiento(StatusCode::OK, &vista, &ficha, f)
}

/// `POST /admin/clientes/{codigo}/consentimientos/nuevo`
pub async fn post_consentimiento(
    vista: Vista<EditarClientes>,
    State(app): State<App>,
    Ruta(codigo): Ruta<String>,
    mut form: Formulario,
) -> Result<Response, Problem> {
    let ficha = ficha(&app.db, vista.peticion(), &codigo).await?;
    let datos = DatosConsentimiento {
        finalidad: form.value("finalidad").to_owned(),
        canal: form.value("canal").to_owned(),
        otorgado: form.value("otorgado") == "si",
        origen: Some("backoffice".to_owned()),
    };
    let tx = app.db.begin().await?;
    match actions::register_consentimiento(&tx, vista.cx(), ficha.cliente.id, datos).await {
        Ok(_) => {
            tx.commit().await?;
            let texto = vista.marco(&TEXTOS, "clientes-consentimiento-registrado").titulo;
            Ok(redirect(&app, &ficha.ruta(), &[Aviso::ok(texto)]))
        }
        Err(error) => {
            form = form.refused(&refusal(error.into())?);
            show_consentimiento(StatusCode::UNPROCESSABLE_ENTITY, &vista, &ficha, form)
        }
    }
}

fn show_consentimiento(
    estado: StatusCode,
    vista: &Vista<EditarClientes>,
    ficha: &Ficha,
    f: Formulario,
) -> Result<Response, Problem> {
    let marco = ficha.under(vista.marco(&TEXTOS, "clientes-consentimiento-titulo"));
    let opciones = |valores: &[&str], prefijo: &str| -> Vec<Opcion> {
        let opcion = |v: &&str| {
            Opcion::new(*v, marco.t(&format!("clientes-{prefijo}-{}", v.replace('_', "-"))))
        };
        valores.iter().map(opcion).collect()
    };
    let pagina = Consentimiento {
        finalidades: opciones(&FINALIDADES, "finalidad"),
        canales: opciones(&CANALES, "canal"),
        respuestas: opciones(&["si", "no"], "otorgado"),
        accion: format!("{}/consentimientos/nuevo", ficha.ruta()),
        volver: ficha.ruta(),
        marco,
        f,
    };
    page(estado, &pagina)
}

fn some(form: &Formulario, campo: &str) -> Option<String> {
    Some(form.value(campo).to_owned()).filter(|t| !t.trim().is_empty())
}

/// What a form can show: refused fields. Anything else is a page of its own.
fn refusal(problem: Problem) -> Result<ramal_base::Problema, Problem> {
    if problem.0.estado == 422 { Ok(problem.0) } else { Err(problem) }
}
