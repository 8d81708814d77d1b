//! What several pages of the slice share: where a request comes from, tabs, refusals that go back
//! to their form. It holds no rule.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::Response;
use ramal_base::Problema;
use ramal_web::pagina::{Enlace, Formulario, Marco, Textos};
use ramal_web::{App, Peticion, Problem};

use crate::puerta::Puerta;
use crate::sesion::SesionActual;
use crate::textos::TEXTOS;
use crate::{Cualquiera, Error, UsuarioId, Vista};

/// Where a request comes from, and what signing in needs.
pub(crate) struct Procedencia {
    pub puerta: Puerta,
    pub direccion: Option<String>,
    pub agente: String,
}

impl FromRequestParts<App> for Procedencia {
    type Rejection = Problem;

    async fn from_request_parts(partes: &mut Parts, _: &App) -> Result<Procedencia, Problem> {
        let Some(puerta) = partes.extensions.get::<Puerta>().cloned() else {
            tracing::error!("these pages are served without `identify` around them");
            return Err(Problem(Problema::interno()));
        };
        let agente = partes.headers.get(header::USER_AGENT).and_then(|v| v.to_str().ok());
        Ok(Procedencia {
            direccion: puerta.direccion(&partes.extensions),
            agente: agente.unwrap_or_default().to_owned(),
            puerta,
        })
    }
}

/// The session of who asks; pages of one's own account stand on it.
pub(crate) struct Propia(pub SesionActual);

impl FromRequestParts<App> for Propia {
    type Rejection = Problem;

    async fn from_request_parts(partes: &mut Parts, _: &App) -> Result<Propia, Problem> {
        let actual = partes.extensions.get::<SesionActual>().cloned();
        actual.map(Propia).ok_or_else(crate::http::vista::signed_out)
    }
}

/// A text by its key, for a notice.
pub(crate) fn say(peticion: &Peticion, clave: &str) -> String {
    Textos::new(&TEXTOS, peticion.navegante.formato.pais).get(clave)
}

/// The same, with a name in it.
pub(crate) fn say_of(peticion: &Peticion, clave: &str, nombre: &str) -> String {
    let variables = [("nombre", nombre.to_owned())];
    Textos::new(&TEXTOS, peticion.navegante.formato.pais).with(clave, &variables)
}

/// The form with what was refused, if a person can mend it there; else the refusal as it is.
pub(crate) fn refused(form: Formulario, error: Error) -> Result<(StatusCode, Formulario), Problem> {
    let problema = Problema::from(error);
    let estado = StatusCode::from_u16(problema.estado).unwrap_or(StatusCode::BAD_REQUEST);
    let suya = matches!(problema.estado, 403 | 409 | 422 | 429);
    if suya { Ok((estado, form.refused(&problema))) } else { Err(Problem(problema)) }
}

/// One answer more header: when to try again.
pub(crate) fn retry_after(mut respuesta: Response, problema: &Error) -> Response {
    if let Error::Bloqueado(segundos) = problema {
        respuesta.headers_mut().insert(header::RETRY_AFTER, (*segundos).into());
    }
    respuesta
}

/// Who asks, as a user of ours. Errors: 401 for somebody without a session behind.
pub(crate) fn own_id<P>(vista: &Vista<P>) -> Result<UsuarioId, Problem> {
    vista.identidad().usuario().ok_or_else(crate::http::vista::signed_out)
}

/// The value of a parameter of the query; empty if it is not there.
pub(crate) fn param(peticion: &Peticion, nombre: &str) -> String {
    let pares = form_urlencoded::parse(peticion.consulta.as_bytes());
    pares.into_iter().find(|(n, _)| n == nombre).map_or_else(String::new, |(_, v)| v.into_owned())
}

/// The shell of a page of one's own account: such a page lies in no workspace, so the rail is that
/// of the one where its owner begins.
pub(crate) fn own_shell(vista: &Vista<Cualquiera>, clave: &str) -> Marco {
    let peticion = vista.peticion();
    let mut marco = vista.marco(&TEXTOS, clave);
    let mut alli = peticion.clone();
    alli.ruta = super::entrar::home(peticion);
    marco.menu = alli.marco(&TEXTOS, clave).menu;
    marco.menu.iter_mut().for_each(|e| e.activo = false);
    if marco.menu.is_empty() {
        let texto = marco.t("perfil-titulo");
        marco.menu.push(Enlace { texto, ruta: "/perfil".to_owned(), activo: true });
    }
    if marco.ruta == "/perfil" {
        return marco;
    }
    let cuenta = marco.t("perfil-titulo");
    marco.miga(cuenta, "/perfil")
}

/// Tabs of the people's part of the administration that the person may open.
pub(crate) fn tabs(marco: &Marco) -> Vec<Enlace> {
    const TABS: [(&str, &str, &str); 4] = [
        ("usuarios-pestana", "/admin/usuarios", "usuarios:leer"),
        ("roles-pestana", "/admin/roles", "roles:leer"),
        ("sucursales-pestana", "/admin/sucursales", "sucursales:leer"),
        ("claves-pestana", "/admin/integraciones/claves", "claves_api:leer"),
    ];
    let puede = TABS.into_iter().filter(|(_, _, permiso)| marco.puede(permiso));
    let enlace = |(clave, ruta, _): (&str, &str, &str)| Enlace {
        texto: marco.t(clave),
        ruta: ruta.to_owned(),
        activo: marco.ruta.starts_with(ruta),
    };
    puede.map(enlace).collect()
}
