//! The extractor with which every page of staff begins: somebody signed in who has the permission,
//! and the request for the page. It renders nothing.

use std::marker::PhantomData;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use fluent_templates::StaticLoader;
use ramal_base::Cx;
use ramal_web::pagina::Textos;
use ramal_web::{Actor, App, Marco, Navegante, Peticion, Problem};

use crate::permiso::covers;
use crate::textos::TEXTOS;
use crate::{Alcance, Identidad, Permiso, storage};

/// Proof that somebody signed in with the permission `P` asks for a page.
///
/// Refuses with 401 `sesion_requerida` (a page that leads to `/entrar` and back) and 403
/// `permiso_faltante` that names the permission.
#[derive(Clone)]
pub struct Vista<P> {
    cx: Cx,
    identidad: Identidad,
    peticion: Peticion,
    nombre: &'static str,
    permiso: PhantomData<fn() -> P>,
}

impl<P> Vista<P> {
    /// Context in the name of the person: `usuario:<id>`.
    pub fn cx(&self) -> &Cx {
        &self.cx
    }

    /// Whether the person may also do something else.
    pub fn may(&self, permiso: &str) -> bool {
        covers(&self.identidad.permisos, permiso)
    }

    /// Where the permission of this page counts; see [`Alcance`] for how a slice narrows its
    /// query.
    pub fn alcance(&self) -> Alcance {
        self.identidad.alcance(self.nombre)
    }

    /// Who it is.
    pub fn identidad(&self) -> &Identidad {
        &self.identidad
    }

    /// The request.
    pub fn peticion(&self) -> &Peticion {
        &self.peticion
    }

    /// The shell of the page, with the texts of a slice; `clave` names the title.
    pub fn marco(&self, textos: &'static StaticLoader, clave: &str) -> Marco {
        self.peticion.marco(textos, clave)
    }
}

/// Permission that anybody signed in has: for pages of one's own account.
#[derive(Clone, Copy, Debug)]
pub struct Cualquiera;

impl Permiso for Cualquiera {
    const NOMBRE: &'static str = "";
}

impl<P: Permiso> FromRequestParts<App> for Vista<P> {
    type Rejection = Problem;

    async fn from_request_parts(partes: &mut Parts, app: &App) -> Result<Vista<P>, Problem> {
        let identidad = partes.extensions.get::<Identidad>().cloned().ok_or_else(signed_out)?;
        if partes.extensions.get::<Navegante>().is_none_or(|n| !n.is_identificado()) {
            let base = partes.extensions.get().cloned().unwrap_or_else(Navegante::anonimo);
            partes.extensions.insert(identidad.navegante(base));
        }
        if !P::NOMBRE.is_empty() && !covers(&identidad.permisos, P::NOMBRE) {
            return Err(denied(app, &identidad, P::NOMBRE).await);
        }
        partes.extensions.insert(Actor(identidad.actor.clone()));
        let cx = app.cx.as_actor(&identidad.actor);
        let peticion = Peticion::of(&partes.extensions, &partes.headers, &partes.uri, app);
        Ok(Vista { cx, identidad, peticion, nombre: P::NOMBRE, permiso: PhantomData })
    }
}

/// 403 that names what is missing, in words too, and who can give it.
async fn denied(app: &App, identidad: &Identidad, permiso: &str) -> Problem {
    let textos = Textos::new(&TEXTOS, ramal_base::Pais::Mx);
    let palabra = |clase: &str, codigo: &str| {
        let clave = format!("{clase}-{}", codigo.replace('_', "-"));
        Some(textos.get(&clave)).filter(|texto| *texto != clave)
    };
    let palabras = permiso.split_once(':').and_then(|(area, accion)| {
        Some(format!(" ({}: {})", palabra("area", area)?, palabra("permiso", accion)?))
    });
    let quienes = storage::usuarios::nombres_de_administradores(&app.db).await;
    let quienes = quienes.ok().filter(|lista| !lista.is_empty());
    let otorga =
        quienes.map_or_else(String::new, |lista| format!(" Lo otorga: {}.", lista.join(", ")));
    tracing::info!(actor = %identidad.actor, permiso, "a page was denied");
    let detalle = format!(
        "Para esto hace falta el permiso «{permiso}»{}.{otorga}",
        palabras.unwrap_or_default()
    );
    Problem::new(403, "permiso_faltante", "Falta un permiso", detalle)
}

/// 401 of a page: who was signed in is no longer.
pub fn signed_out() -> Problem {
    let detalle = "La sesión terminó. Lo escrito está guardado: al entrar de nuevo se sigue donde \
        se estaba.";
    Problem::new(401, "sesion_requerida", "Hay que entrar", detalle)
}
