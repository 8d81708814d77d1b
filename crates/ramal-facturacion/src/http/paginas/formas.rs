//! What the forms of money and law share: a refusal that goes back to its form, the page where what
//! was typed is looked at before it is done. It does nothing by itself.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_base::{CampoInvalido, Problema};
use ramal_web::pagina::page;
use ramal_web::{Formulario, Marco, Problem};

use crate::Error;

/// What a form carries to say how far it is.
pub(super) const PASO: &str = "_paso";
/// Value of [`PASO`] once what was typed has been looked at.
pub(super) const HACER: &str = "hacer";
/// Value of [`PASO`] to go back to the form with what was typed.
pub(super) const EDITAR: &str = "editar";

/// The refusal that a form shows; anything else is a page of its own.
pub(super) fn of_form(error: Error) -> Result<Problema, Problem> {
    let problema = Problema::from(error);
    if problema.estado == 422 { Ok(problema) } else { Err(Problem(problema)) }
}

/// The same of what refused a body.
pub(super) fn of_body(problem: Problem) -> Result<Problema, Problem> {
    if problem.0.estado == 422 { Ok(problem.0) } else { Err(problem) }
}

/// Position of a row as it was sent → as the form has it: rows left empty were not sent.
pub(super) fn at_rows(problema: Problema, lista: &str, filas: &[usize]) -> Problema {
    let errores = problema.errores.iter().map(|e| {
        let campo = row_of(&e.campo, lista, filas).unwrap_or_else(|| e.campo.clone());
        CampoInvalido { campo, ..e.clone() }
    });
    Problema { errores: errores.collect(), ..problema }
}

fn row_of(campo: &str, lista: &str, filas: &[usize]) -> Option<String> {
    let resto = campo.strip_prefix(lista)?.strip_prefix('[')?;
    let (indice, fin) = resto.split_once(']')?;
    let fila = filas.get(indice.parse::<usize>().ok()?)?;
    Some(format!("{lista}[{fila}]{fin}"))
}

/// A line of what will be issued.
pub(super) struct Renglon {
    /// What it says.
    pub(super) texto: String,
    /// How much.
    pub(super) monto: String,
}

/// The page where a legal act is looked at before it is done.
#[derive(Template)]
#[template(path = "facturacion/confirmar.html")]
pub(super) struct Confirmar {
    /// Shell.
    pub(super) marco: Marco,
    /// What happens when it is confirmed.
    pub(super) consecuencia: String,
    /// Where the form goes.
    pub(super) accion: String,
    /// Key that makes one act of a form sent twice.
    pub(super) idem: String,
    /// What was typed.
    pub(super) campos: Vec<(String, String)>,
    /// Facts, label and text.
    pub(super) datos: Vec<(String, String)>,
    /// Lines, if it issues a document.
    pub(super) renglones: Vec<Renglon>,
    /// Sum of the lines; empty without lines.
    pub(super) total: String,
    /// Key of the button.
    pub(super) boton: &'static str,
    /// `principal` or `peligro`.
    pub(super) clase: &'static str,
}

impl Confirmar {
    /// The page.
    pub(super) fn page(&self) -> Result<Response, Problem> {
        page(StatusCode::OK, self)
    }
}

/// What was typed, without the fields that the next form makes anew.
pub(super) fn typed(form: &Formulario) -> Vec<(String, String)> {
    let nuevos = ["_csrf", "_idem", PASO];
    let suyos =
        form.fields().iter().filter(|(n, v)| !nuevos.contains(&n.as_str()) && !v.is_empty());
    suyos.cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_lands_on_the_row_that_was_typed() {
        let campo = |c: &str| CampoInvalido::new(c, "x", "y");
        let problema = Problema::campos(vec![campo("lineas[1].precio"), campo("sustento")]);
        let errores = at_rows(problema, "lineas", &[0, 3]).errores;
        assert_eq!(errores[0].campo, "lineas[3].precio");
        assert_eq!(errores[1].campo, "sustento");
    }
}
