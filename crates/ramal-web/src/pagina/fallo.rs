//! Pages of refusals: what happened, what was kept, what to do next, and what was typed ready to be
//! sent again. It refuses nothing itself.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use ramal_base::{CampoInvalido, Problema};

use super::textos::TEXTOS;
use super::{Marco, Peticion, Textos, page};
use crate::Problem;

/// What was typed, to send it again to where it went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reenvio {
    /// Where it goes.
    pub accion: String,
    /// Fields as they came, without the old token and without secrets.
    pub campos: Vec<(String, String)>,
    /// Names of the fields that are never echoed and must be typed again.
    pub secretos: Vec<String>,
}

/// Pieces of names of fields that are never echoed.
const SECRETOS: [&str; 6] = ["contrasena", "password", "clave", "codigo", "totp", "secreto"];
/// Names that hold one of those pieces and no secret.
const PUBLICOS: [&str; 8] = [
    "codigo_postal",
    "codigo_sat",
    "codigo_producto",
    "codigo_cliente",
    "clave_sat",
    "clave_unidad",
    "clave_producto",
    "clave_prod_serv",
];

impl Reenvio {
    /// What a form carried, ready to go again to `accion`.
    pub fn of(accion: String, campos: Vec<(String, String)>) -> Reenvio {
        let propios = campos.into_iter().filter(|(nombre, _)| nombre != "_csrf");
        let (secretos, campos): (Vec<_>, Vec<_>) = propios.partition(|(n, _)| is_secret(n));
        Reenvio { accion, campos, secretos: secretos.into_iter().map(|(n, _)| n).collect() }
    }

    /// The fields that a person typed and may read.
    pub fn visibles(&self) -> Vec<&(String, String)> {
        let visible = |(nombre, valor): &&(String, String)| {
            !nombre.starts_with('_') && nombre != "version" && !valor.trim().is_empty()
        };
        self.campos.iter().filter(visible).collect()
    }
}

/// Whether a field is never echoed, by its name.
fn is_secret(nombre: &str) -> bool {
    let nombre = nombre.to_ascii_lowercase();
    let publico = PUBLICOS.iter().any(|p| nombre == *p || nombre.ends_with(&format!(".{p}")));
    !publico && SECRETOS.iter().any(|s| nombre.contains(s))
}

/// A refusal as its page tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fallo {
    /// HTTP status.
    pub estado: u16,
    /// Stable code.
    pub codigo: String,
    /// What happened, in a few words.
    pub titulo: String,
    /// What happened and what to do.
    pub detalle: String,
    /// Fields that were refused.
    pub errores: Vec<CampoInvalido>,
    /// Code that leads to the log; empty if there is nothing to look for.
    pub incidente: String,
    /// Address of the sign-in, which leads back; empty if it would not help.
    pub entrar: String,
    /// The page before; empty if it is not known.
    pub volver: String,
    /// Address of what was registered the first time; empty if nothing was.
    pub primero: String,
    /// What was typed, ready to go again.
    pub reenvio: Option<Reenvio>,
}

#[derive(askama::Template)]
#[template(path = "error/fallo.html")]
struct Publica {
    marco: Marco,
    fallo: Fallo,
}

#[derive(askama::Template)]
#[template(path = "error/fallo_escritorio.html")]
struct Escritorio {
    marco: Marco,
    fallo: Fallo,
}

#[derive(askama::Template)]
#[template(path = "error/fragmento.html")]
struct Fragmento {
    marco: Marco,
    fallo: Fallo,
}

impl Fallo {
    /// A refusal of which nothing else is known.
    pub fn of(problema: &Problema) -> Fallo {
        Fallo {
            estado: problema.estado,
            codigo: problema.codigo.clone(),
            titulo: problema.titulo.clone(),
            detalle: problema.detalle.clone(),
            errores: problema.errores.clone(),
            incidente: String::new(),
            entrar: String::new(),
            volver: String::new(),
            primero: String::new(),
            reenvio: None,
        }
    }

    /// The page: a fragment for htmx, the desk for somebody signed in, the public shell for others.
    pub fn render(self, peticion: &Peticion) -> Response {
        let estado = StatusCode::from_u16(self.estado).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let textos = Textos::new(&TEXTOS, peticion.navegante.formato.pais);
        let marco = Marco::new(peticion, textos, self.titulo.clone());
        let hecha = if peticion.hx.asks() {
            page(estado, &Fragmento { marco, fallo: self })
        } else if peticion.navegante.is_identificado() {
            page(estado, &Escritorio { marco, fallo: self })
        } else {
            page(estado, &Publica { marco, fallo: self })
        };
        let mut respuesta = hecha.unwrap_or_else(Problem::into_response);
        let guardar = HeaderValue::from_static("no-store");
        respuesta.headers_mut().insert(header::CACHE_CONTROL, guardar);
        respuesta
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_secret_is_ever_echoed_and_nothing_else_is_lost() {
        let campos = [
            ("_csrf", "viejo"),
            ("_idem", "01J"),
            ("nombre", "Ana"),
            ("contrasena", "hola1234"),
            ("clave_nueva", "x"),
            ("Codigo", "123456"),
            ("domicilio.codigo_postal", "64000"),
            ("lineas[0].clave_sat", "81161700"),
        ];
        let campos = campos.map(|(n, v)| (n.to_owned(), v.to_owned())).to_vec();
        let reenvio = Reenvio::of("/admin/x".to_owned(), campos);
        assert_eq!(reenvio.secretos, ["contrasena", "clave_nueva", "Codigo"]);
        let quedan: Vec<&str> = reenvio.campos.iter().map(|(n, _)| n.as_str()).collect();
        let todos = ["_idem", "nombre", "domicilio.codigo_postal", "lineas[0].clave_sat"];
        assert_eq!(quedan, todos);
    }
}
