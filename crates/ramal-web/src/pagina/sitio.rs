//! Pages of a slice: routes with the access that each one declares, and entries of the menu. It
//! checks no permission: the handler's extractor does, and a test walks both and compares.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::handler::Handler;
use axum::http::Method;
use axum::middleware;
use axum::routing::{MethodFilter, on};

use super::{Enlace, Navegante, Textos};
use crate::{App, vestido};

/// Who may see a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Acceso {
    /// Anybody.
    Publico,
    /// Anybody signed in.
    Sesion,
    /// Who has this permission.
    Permiso(&'static str),
}

/// A page's route with its access.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RutaPagina {
    /// `GET` or `POST`.
    pub metodo: Method,
    /// Template of the path: `/admin/clientes/{codigo}`.
    pub ruta: &'static str,
    /// Who may see it.
    pub acceso: Acceso,
}

/// An entry of a workspace's rail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EntradaMenu {
    /// Workspace: `admin`, `facturacion`.
    pub espacio: &'static str,
    /// Place in the rail.
    pub orden: u16,
    /// Address.
    pub ruta: &'static str,
    /// Key of its text in the kit's `menu.ftl`.
    pub texto: &'static str,
    /// Permission without which it is absent.
    pub permiso: &'static str,
}

/// Pages of a slice, or of the whole program once merged.
#[derive(Clone, Default)]
pub struct Sitio {
    router: Router<App>,
    rutas: Vec<RutaPagina>,
    menu: Vec<EntradaMenu>,
}

impl Sitio {
    /// No pages.
    pub fn new() -> Sitio {
        Sitio::default()
    }

    /// A page to look at.
    #[must_use]
    pub fn get<H, T>(self, ruta: &'static str, acceso: Acceso, handler: H) -> Sitio
    where
        H: Handler<T, App>,
        T: 'static,
    {
        self.route(Method::GET, ruta, acceso, on(MethodFilter::GET, handler))
    }

    /// A form to send.
    #[must_use]
    pub fn post<H, T>(self, ruta: &'static str, acceso: Acceso, handler: H) -> Sitio
    where
        H: Handler<T, App>,
        T: 'static,
    {
        self.route(Method::POST, ruta, acceso, on(MethodFilter::POST, handler))
    }

    /// A form with files to send, of at most `maximo` bytes.
    #[must_use]
    pub fn upload<H, T>(
        self,
        ruta: &'static str,
        acceso: Acceso,
        maximo: usize,
        handler: H,
    ) -> Sitio
    where
        H: Handler<T, App>,
        T: 'static,
    {
        let camino = on(MethodFilter::POST, handler).layer(DefaultBodyLimit::max(maximo));
        self.route(Method::POST, ruta, acceso, camino)
    }

    fn route(
        mut self,
        metodo: Method,
        ruta: &'static str,
        acceso: Acceso,
        camino: axum::routing::MethodRouter<App>,
    ) -> Sitio {
        self.rutas.push(RutaPagina { metodo, ruta, acceso });
        Sitio { router: self.router.route(ruta, camino), ..self }
    }

    /// Entries of the menu.
    #[must_use]
    pub fn menu(mut self, entradas: &[EntradaMenu]) -> Sitio {
        self.menu.extend_from_slice(entradas);
        self
    }

    /// These pages and those.
    #[must_use]
    pub fn merge(mut self, otro: Sitio) -> Sitio {
        self.rutas.extend(otro.rutas);
        self.menu.extend(otro.menu);
        Sitio { router: self.router.merge(otro.router), ..self }
    }

    /// Wraps every page so far (who signs people in does).
    #[must_use]
    pub fn wrap(self, capa: impl FnOnce(Router<App>) -> Router<App>) -> Sitio {
        let router = self.router.layer(middleware::from_fn(vestido::note_navegante));
        Sitio { router: capa(router), ..self }
    }

    /// Every route with its access.
    pub fn rutas(&self) -> &[RutaPagina] {
        &self.rutas
    }

    /// The router and the menu, for the assembly.
    pub(crate) fn into_parts(self) -> (Router<App>, Menu) {
        let mut entradas = self.menu;
        entradas.sort_by_key(|e| (e.espacio, e.orden));
        (self.router, Menu(entradas))
    }
}

/// Entries of every workspace, in their order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Menu(Vec<EntradaMenu>);

impl Menu {
    /// Entries of the workspace of a path that the person may open.
    pub(crate) fn rail(&self, ruta: &str, quien: &Navegante, textos: &Textos) -> Vec<Enlace> {
        let espacio = self.espacio_of(ruta, quien);
        let suyas: Vec<&EntradaMenu> =
            self.allowed(quien).filter(|e| e.espacio == espacio).collect();
        let activa = suyas.iter().filter(|e| is_under(ruta, e.ruta)).map(|e| e.ruta.len()).max();
        let enlace = |e: &&EntradaMenu| Enlace {
            texto: textos.get(e.texto),
            ruta: e.ruta.to_owned(),
            activo: is_under(ruta, e.ruta) && Some(e.ruta.len()) == activa,
        };
        suyas.iter().map(enlace).collect()
    }

    /// The workspace of a path; outside of all (a search, one's account) the first of the person.
    fn espacio_of<'a>(&'a self, ruta: &'a str, quien: &'a Navegante) -> &'a str {
        let suyo = ruta.split('/').nth(1).unwrap_or("");
        let existe = self.0.iter().any(|e| e.espacio == suyo);
        let primero = || self.allowed(quien).next().map_or(suyo, |e| e.espacio);
        if existe { suyo } else { primero() }
    }

    /// Workspaces with an entry that the person may open; each leads to the first of them.
    pub(crate) fn espacios(&self, ruta: &str, quien: &Navegante, textos: &Textos) -> Vec<Enlace> {
        let mut primeras: Vec<&EntradaMenu> = self.allowed(quien).collect();
        primeras.dedup_by_key(|e| e.espacio);
        let actual = self.espacio_of(ruta, quien);
        let enlace = |e: &EntradaMenu| Enlace {
            texto: textos.get(&format!("espacio-{}", e.espacio)),
            ruta: e.ruta.to_owned(),
            activo: e.espacio == actual,
        };
        primeras.into_iter().map(enlace).collect()
    }

    fn allowed<'a>(&'a self, quien: &'a Navegante) -> impl Iterator<Item = &'a EntradaMenu> {
        self.0.iter().filter(|e| (quien.puede)(e.permiso))
    }
}

fn is_under(ruta: &str, entrada: &str) -> bool {
    ruta == entrada || ruta.strip_prefix(entrada).is_some_and(|resto| resto.starts_with('/'))
}
