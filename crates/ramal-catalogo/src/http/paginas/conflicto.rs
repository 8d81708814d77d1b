//! The page of a form over something that somebody else changed meanwhile: both values, and what
//! was typed ready to be saved over. It saves nothing.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_web::Problem;
use ramal_web::pagina::{Formulario, Marco, Opcion, page};

/// A field to compare.
pub struct Campo {
    /// Name in the form.
    pub nombre: &'static str,
    /// Key of its label.
    pub etiqueta: &'static str,
    /// Its choices, to say their words.
    pub opciones: Vec<Opcion>,
}

impl Campo {
    /// A field of text.
    pub fn texto(nombre: &'static str, etiqueta: &'static str) -> Campo {
        Campo { nombre, etiqueta, opciones: Vec::new() }
    }

    /// A field among choices.
    pub fn opciones(nombre: &'static str, etiqueta: &'static str, opciones: Vec<Opcion>) -> Campo {
        Campo { nombre, etiqueta, opciones }
    }

    fn words(&self, form: &Formulario) -> String {
        let palabra = |valor: &str| {
            let opcion = self.opciones.iter().find(|o| o.valor == valor);
            opcion.map_or(valor, |o| o.texto.as_str()).to_owned()
        };
        let valores = form.values(self.nombre).into_iter().map(str::trim);
        let mut palabras: Vec<String> = valores.filter(|v| !v.is_empty()).map(palabra).collect();
        palabras.sort();
        palabras.join(", ")
    }
}

/// A field with other values here and there.
pub struct Diferencia {
    /// Key of the field's label.
    pub etiqueta: &'static str,
    /// What is saved.
    pub guardado: String,
    /// What was typed.
    pub escrito: String,
}

/// The fields in which a form and what is saved differ.
pub fn differences(
    campos: &[Campo],
    guardado: &Formulario,
    escrito: &Formulario,
) -> Vec<Diferencia> {
    let una = |c: &Campo| Diferencia {
        etiqueta: c.etiqueta,
        guardado: c.words(guardado),
        escrito: c.words(escrito),
    };
    campos.iter().map(una).filter(|d| d.guardado != d.escrito).collect()
}

#[derive(Template)]
#[template(path = "catalogo/conflicto.html")]
struct Conflicto {
    marco: Marco,
    diferencias: Vec<Diferencia>,
    campos: Vec<(String, String)>,
    accion: String,
    ver: String,
}

/// 409 with both values. `form` goes again to where it went, with `version` in the place of the one
/// that it carried; `ver` shows what is saved.
pub fn conflict(
    marco: Marco,
    diferencias: Vec<Diferencia>,
    (form, version): (&Formulario, &str),
    ver: String,
) -> Result<Response, Problem> {
    let propios = form.fields().iter().filter(|(n, _)| n != "_csrf" && n != "version");
    let mut campos: Vec<(String, String)> = propios.cloned().collect();
    campos.push(("version".to_owned(), version.to_owned()));
    let accion = marco.ruta.clone();
    page(StatusCode::CONFLICT, &Conflicto { marco, diferencias, campos, accion, ver })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_is_told_and_in_words() {
        let campos = [
            Campo::texto("nombre", "a"),
            Campo::opciones("tecnologia", "b", vec![Opcion::new("ftth", "Fibra")]),
        ];
        let guardado = Formulario::filled([("nombre", "Uno"), ("tecnologia", "")]);
        let escrito = Formulario::filled([("nombre", " Uno"), ("tecnologia", "ftth")]);
        let d = differences(&campos, &guardado, &escrito);
        assert_eq!(d.len(), 1);
        assert_eq!((d[0].guardado.as_str(), d[0].escrito.as_str()), ("", "Fibra"));
    }
}
