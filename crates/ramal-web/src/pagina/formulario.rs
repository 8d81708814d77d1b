//! A posted form: what was typed is kept as it was typed, the token is checked, the fields are read
//! into the type of the API's body, and the refusal of an action lands on its fields. It renders
//! nothing: the macros of `ui/` do.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use ramal_base::{CampoInvalido, Problema};
use serde::de::DeserializeOwned;

use super::Formato;
use super::peticion::{self, Peticion};
use super::valores::Valor;
use crate::caracteres::has_forbidden_uri;
use crate::motivos::campo_invalido;
use crate::{App, Problem};

/// The fields of a form in the order they came, and what is wrong with them.
///
/// As an extractor it refuses with 403 `formulario_ajeno` a form whose token is not of this session
/// or that comes from another site.
#[derive(Clone, Debug, Default)]
pub struct Formulario {
    campos: Vec<(String, String)>,
    errores: Vec<CampoInvalido>,
    general: Option<String>,
}

impl FromRequest<App> for Formulario {
    type Rejection = Problem;

    async fn from_request(pedido: Request, app: &App) -> Result<Formulario, Problem> {
        let guardia = Guardia::of(&pedido, app);
        let cuerpo = Bytes::from_request(pedido, app)
            .await
            .map_err(|rechazo| Problem::of_status(rechazo.status()))?;
        guardia.checked(Formulario::read(&cuerpo)?)
    }
}

/// What a request says of where its form comes from, kept while the body is read.
pub(super) struct Guardia {
    peticion: Peticion,
    ajeno: bool,
}

impl Guardia {
    pub(super) fn of(pedido: &Request, app: &App) -> Guardia {
        let peticion = Peticion::of(pedido.extensions(), pedido.headers(), pedido.uri(), app);
        Guardia { ajeno: peticion::is_foreign(pedido.headers(), app), peticion }
    }

    /// The form, if its token is of this session and it comes from this site. Errors: 403
    /// `formulario_ajeno`.
    pub(super) fn checked(&self, formulario: Formulario) -> Result<Formulario, Problem> {
        let nuestro = !self.ajeno && self.peticion.accepts(formulario.value("_csrf"));
        if nuestro { Ok(formulario) } else { Err(foreign()) }
    }
}

/// 403 of a form that is not ours; the page offers to send it again with its text.
pub fn foreign() -> Problem {
    let detalle = "El formulario venció o llegó desde otro sitio. Lo escrito está guardado: \
        revíselo y envíelo de nuevo.";
    Problem::new(403, "formulario_ajeno", "Hay que confirmar el envío", detalle)
}

impl Formulario {
    /// Reads an `application/x-www-form-urlencoded` body. Errors: 400 if it holds control
    /// characters.
    pub fn read(cuerpo: &[u8]) -> Result<Formulario, Problem> {
        let texto = String::from_utf8_lossy(cuerpo);
        if has_forbidden_uri(&texto) {
            return Err(Problem::of_status(StatusCode::BAD_REQUEST));
        }
        let campos = form_urlencoded::parse(cuerpo)
            .map(|(nombre, valor)| (nombre.into_owned(), valor.into_owned()))
            .collect();
        Ok(Formulario { campos, ..Formulario::default() })
    }

    /// A form already filled, to show what exists.
    pub fn filled<N: Into<String>, V: Into<String>>(
        campos: impl IntoIterator<Item = (N, V)>,
    ) -> Formulario {
        let campos = campos.into_iter().map(|(n, v)| (n.into(), v.into())).collect();
        Formulario { campos, ..Formulario::default() }
    }

    /// What was typed in a field; empty if it did not come.
    pub fn value(&self, nombre: &str) -> &str {
        self.campos.iter().find(|(n, _)| n == nombre).map_or("", |(_, v)| v.as_str())
    }

    /// Every value of a repeated field (checkboxes).
    pub fn values(&self, nombre: &str) -> Vec<&str> {
        self.campos.iter().filter(|(n, _)| n == nombre).map(|(_, v)| v.as_str()).collect()
    }

    /// Whether a checkbox, radio or option with this value was chosen.
    pub fn has(&self, nombre: &str, valor: &str) -> bool {
        self.campos.iter().any(|(n, v)| n == nombre && v == valor)
    }

    /// Puts a value in the place of whatever the field had.
    pub fn set(&mut self, nombre: &str, valor: impl Into<String>) {
        self.campos.retain(|(n, _)| n != nombre);
        self.campos.push((nombre.to_owned(), valor.into()));
    }

    /// The fields as they came.
    pub fn fields(&self) -> &[(String, String)] {
        &self.campos
    }

    /// Rewrites amounts as plain decimals (`1.234,50` → `1234.50`), so that [`Self::parse`] reads
    /// them. `[]` in a name stands for any index: `lineas[].precio`.
    ///
    /// Errors: 422 with one reason for each amount that can be read in two ways or in none; what
    /// was typed stays.
    pub fn plain_money(&mut self, formato: &Formato, nombres: &[&str]) -> Result<(), Problem> {
        let mut errores = Vec::new();
        for (nombre, valor) in &mut self.campos {
            if valor.trim().is_empty() || !nombres.iter().any(|n| is_named(nombre, n)) {
                continue;
            }
            match formato.parse_importe(valor) {
                Ok(importe) => *valor = importe,
                Err(motivo) => errores.push(CampoInvalido::new(
                    nombre.as_str(),
                    "importe_dudoso",
                    motivo.to_string(),
                )),
            }
        }
        if errores.is_empty() { Ok(()) } else { Err(Problem(Problema::campos(errores))) }
    }

    /// The idempotency key that the form was born with (`_idem`); `None` if it is not one.
    pub fn idem(&self) -> Option<&str> {
        let clave = self.value("_idem");
        let bien = (8..=64).contains(&clave.len()) && clave.bytes().all(|b| b.is_ascii_graphic());
        bien.then_some(clave)
    }

    /// Reads the fields into the type of the API's body. Fields that begin with `_` are the form's
    /// own. Errors: 422 that names the field.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        let propios = self.campos.iter().filter(|(n, _)| !n.starts_with('_'));
        let valor = Valor::of(propios.map(|(n, v)| (n.as_str(), v.as_str())));
        serde_path_to_error::deserialize(valor).map_err(|error| {
            let campo = error.path().to_string();
            Problem(Problema::campos(vec![campo_invalido(&campo, &error.inner().to_string())]))
        })
    }

    /// Takes the refusal of an action: its fields if it names some, its sentence if not.
    #[must_use]
    pub fn refused(mut self, problema: &Problema) -> Formulario {
        self.errores.clone_from(&problema.errores);
        self.general = problema.errores.is_empty().then(|| problema.detalle.clone());
        self
    }

    /// What is wrong with a field.
    pub fn error(&self, nombre: &str) -> Option<&str> {
        self.errores.iter().find(|e| e.campo == nombre).map(|e| e.motivo.as_str())
    }

    /// Everything that is wrong with fields, in the order of the refusal.
    pub fn errores(&self) -> &[CampoInvalido] {
        &self.errores
    }

    /// What is wrong with the whole.
    pub fn general(&self) -> Option<&str> {
        self.general.as_deref()
    }

    /// Whether anything was refused.
    pub fn is_refused(&self) -> bool {
        self.general.is_some() || !self.errores.is_empty()
    }
}

/// Whether a field has a name in which `[]` stands for any index.
fn is_named(nombre: &str, patron: &str) -> bool {
    let mut resto = nombre;
    for (i, parte) in patron.split("[]").enumerate() {
        if i > 0 {
            let Some((indice, fin)) = resto.strip_prefix('[').and_then(|r| r.split_once(']'))
            else {
                return false;
            };
            if !indice.bytes().all(|b| b.is_ascii_digit()) {
                return false;
            }
            resto = fin;
        }
        let Some(fin) = resto.strip_prefix(parte) else { return false };
        resto = fin;
    }
    resto.is_empty()
}
