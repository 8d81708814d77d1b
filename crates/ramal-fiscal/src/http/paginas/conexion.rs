//! Connection of each emisor with its authority: where its documents go and what the authority last
//! answered when somebody asked. The call itself is a job's.

use std::collections::HashMap;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_base::Pais;
use ramal_plataforma::{Emisor, Modo, Vista};
use ramal_web::pagina::{Enlace, Insignia, Marco, page, redirect};
use ramal_web::{App, Formulario, Problem, Ruta};
use uuid::Uuid;

use super::ajustes::load;
use super::palabras;
use crate::comprobacion::{self, PruebaFila};
use crate::http::permisos::{AdministrarCertificados, LeerCertificados};
use crate::textos::TEXTOS;

const RUTA: &str = "/admin/ajustes/conexion";

struct Conexion {
    emisor: Emisor,
    autoridad: String,
    prueba: Option<PruebaFila>,
    estado: Option<Insignia>,
}

impl Conexion {
    fn is_real(&self) -> bool {
        self.emisor.modo == Modo::Real
    }
}

#[derive(Template)]
#[template(path = "fiscal/conexion.html", blocks = ["conexiones"])]
struct Pagina {
    marco: Marco,
    secciones: Vec<Enlace>,
    conexiones: Vec<Conexion>,
    probando: bool,
    administra: bool,
}

/// `GET /admin/ajustes/conexion`
pub(super) async fn ver(
    vista: Vista<LeerCertificados>,
    State(app): State<App>,
) -> Result<Response, Problem> {
    let marco = vista.marco(&TEXTOS, "fiscal-conexion-titulo");
    let mut pruebas: HashMap<Uuid, PruebaFila> =
        comprobacion::pruebas(&app.db).await?.into_iter().map(|p| (p.emisor_id, p)).collect();
    let una = |emisor: Emisor| {
        let prueba = pruebas.remove(&emisor.id.uuid());
        let clave = if emisor.pais == Pais::Pe { "fiscal-sunat" } else { "fiscal-pac" };
        Conexion {
            autoridad: marco.t(clave),
            estado: prueba.as_ref().map(|p| badge(&marco, p)),
            prueba,
            emisor,
        }
    };
    let emisores = ramal_plataforma::emisores(&app.db).await?;
    let conexiones: Vec<Conexion> = emisores.into_iter().map(una).collect();
    let pagina = Pagina {
        secciones: palabras::setting_tabs(&marco),
        probando: conexiones.iter().any(|c| c.prueba.as_ref().is_some_and(|p| p.hecha.is_none())),
        administra: marco.puede("certificados:administrar"),
        marco,
        conexiones,
    };
    if vista.peticion().hx.wants("conexiones") {
        return page(StatusCode::OK, &pagina.as_conexiones());
    }
    page(StatusCode::OK, &pagina)
}

fn badge(marco: &Marco, prueba: &PruebaFila) -> Insignia {
    match prueba.bien {
        None => Insignia::aviso(marco.t("fiscal-conexion-probando")),
        Some(true) => Insignia::ok(marco.t("fiscal-conexion-bien")),
        Some(false) => Insignia::mal(marco.t("fiscal-conexion-mal")),
    }
}

/// `POST /admin/ajustes/conexion/{id}/probar`
pub(super) async fn probar(
    vista: Vista<AdministrarCertificados>,
    State(app): State<App>,
    Ruta(id): Ruta<String>,
    _form: Formulario,
) -> Result<Response, Problem> {
    let emisor = load(&app, &id).await?;
    let tx = app.db.begin().await?;
    comprobacion::ask(&tx, vista.cx(), emisor.id.uuid()).await?;
    tx.commit().await?;
    Ok(redirect(&app, RUTA, &[]))
}
