//! What a page handler needs of its request, in one extractor that never refuses: who looks, htmx,
//! preferences, notices, address, the token of the forms. It knows no permission: the extractor of
//! `ramal-plataforma` asks for them.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, Uri, header};
use ramal_base::Instante;

use super::sitio::Menu;
use super::{Aviso, Enlace, Hx, Marco, Navegante, Tema, Textos, aviso};
use crate::vestido::Rastro;
use crate::{Actor, App, Modo};

/// The request, for a page.
#[derive(Clone)]
pub struct Peticion {
    /// Who looks.
    pub navegante: Navegante,
    /// Whether htmx asks, and for what.
    pub hx: Hx,
    /// Path asked for.
    pub ruta: String,
    /// Query as it came, without `?`.
    pub consulta: String,
    /// Notices left by the request before.
    pub avisos: Vec<Aviso>,
    /// Theme chosen.
    pub tema: Tema,
    /// `comoda` or `compacta`.
    pub densidad: &'static str,
    /// Whether single-key shortcuts are on.
    pub atajos: bool,
    pub(crate) app: App,
    pub(crate) actor: Option<String>,
    menu: Arc<Menu>,
}

impl FromRequestParts<App> for Peticion {
    type Rejection = Infallible;

    async fn from_request_parts(partes: &mut Parts, app: &App) -> Result<Peticion, Infallible> {
        Ok(Peticion::of(&partes.extensions, &partes.headers, &partes.uri, app))
    }
}

impl Peticion {
    /// Reads what a request carries.
    pub fn of(extras: &Extensions, cabeceras: &HeaderMap, uri: &Uri, app: &App) -> Peticion {
        Rastro::note(extras);
        let galleta = |nombre: &str| cookie(cabeceras, nombre);
        Peticion {
            navegante: extras.get::<Navegante>().cloned().unwrap_or_else(Navegante::anonimo),
            hx: Hx::read(cabeceras),
            ruta: uri.path().to_owned(),
            consulta: uri.query().unwrap_or("").to_owned(),
            avisos: galleta(aviso::GALLETA)
                .map_or_else(Vec::new, |valor| aviso::read(&app.entorno.firma, valor)),
            tema: match galleta("ramal_tema") {
                Some("claro") => Tema::Claro,
                Some("oscuro") => Tema::Oscuro,
                _ => Tema::Sistema,
            },
            densidad: match galleta("ramal_densidad") {
                Some("compacta") => "compacta",
                _ => "comoda",
            },
            atajos: galleta("ramal_atajos") != Some("no"),
            actor: extras.get::<Actor>().map(|a| a.0.clone()),
            menu: extras.get::<Arc<Menu>>().cloned().unwrap_or_default(),
            app: app.clone(),
        }
    }

    /// The shell of this request, with the texts of a slice. `clave` names the title.
    pub fn marco(&self, textos: &'static fluent_templates::StaticLoader, clave: &str) -> Marco {
        let textos = Textos::new(textos, self.navegante.formato.pais);
        let titulo = textos.get(clave);
        Marco::new(self, textos, titulo)
    }

    /// Now.
    pub fn now(&self) -> Instante {
        self.app.cx.now()
    }

    pub(super) fn modo(&self) -> &'static str {
        match self.app.entorno.modo {
            Modo::Demo => "demo",
            Modo::Prueba => "prueba",
            Modo::Produccion => "produccion",
        }
    }

    /// A token for the forms of this answer; another one each time, because answers are compressed.
    pub fn csrf(&self) -> String {
        let sal = self.app.cx.new_id::<Peticion>().to_string();
        self.app.entorno.firma.sign(&self.uso(), &sal)
    }

    /// Whether a form's token is of this session.
    pub fn accepts(&self, testigo: &str) -> bool {
        self.app.entorno.firma.open(&self.uso(), testigo).is_some()
    }

    fn uso(&self) -> String {
        format!("csrf:{}", hex::encode(&self.navegante.secreto))
    }

    /// A new idempotency key for a form that creates or moves money.
    pub fn idem(&self) -> String {
        self.app.cx.new_id::<Peticion>().to_string()
    }

    /// The address to come back to, signed: path and query of this request.
    pub fn volver(&self) -> String {
        let aqui = match self.consulta.as_str() {
            "" => self.ruta.clone(),
            consulta => format!("{}?{consulta}", self.ruta),
        };
        self.sign_volver(&aqui)
    }

    /// A path of this site, signed to come back to it.
    pub fn sign_volver(&self, ruta: &str) -> String {
        self.app.entorno.firma.sign("volver", ruta)
    }

    /// The address inside a signed `volver`; `None` if it was touched or leaves the site.
    pub fn open_volver<'a>(&self, firmado: &'a str) -> Option<&'a str> {
        self.app.entorno.firma.open("volver", firmado).filter(|ruta| aviso::is_local(ruta))
    }

    /// Rail of the workspace of this path.
    pub(super) fn menu(&self, textos: &Textos) -> Vec<Enlace> {
        self.menu.rail(&self.ruta, &self.navegante, textos)
    }

    /// Workspaces the person may enter.
    pub(super) fn espacios(&self, textos: &Textos) -> Vec<Enlace> {
        self.menu.espacios(&self.ruta, &self.navegante, textos)
    }
}

/// The value of a cookie.
pub fn cookie<'a>(cabeceras: &'a HeaderMap, nombre: &str) -> Option<&'a str> {
    let todas = cabeceras.get_all(header::COOKIE).into_iter().filter_map(|v| v.to_str().ok());
    todas
        .flat_map(|linea| linea.split(';'))
        .filter_map(|par| par.trim().split_once('='))
        .find_map(|(n, valor)| (n == nombre).then_some(valor))
}

/// Whether a browser says that a request comes from another site.
///
/// Source: Fetch Metadata (`Sec-Fetch-Site`), and `Origin` for browsers without it.
pub fn is_foreign(cabeceras: &HeaderMap, app: &App) -> bool {
    let texto = |nombre: header::HeaderName| cabeceras.get(nombre).and_then(|v| v.to_str().ok());
    if let Some(sitio) = cabeceras.get("sec-fetch-site").and_then(|v| v.to_str().ok()) {
        return !matches!(sitio, "same-origin" | "none");
    }
    let Some(origen) = texto(header::ORIGIN) else { return false };
    let propio = texto(header::HOST).map(|host| {
        origen.strip_prefix("https://").or_else(|| origen.strip_prefix("http://")) == Some(host)
    });
    !(propio == Some(true) || origen == app.entorno.url_publica)
}
