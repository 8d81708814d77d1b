//! What a list may be filtered and ordered by. It holds no value: [`super::Listado`] does.

use std::fmt;

use ramal_base::Fecha;

use super::Opcion;

/// A filter that a list declares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filtro {
    /// Name in the query.
    pub nombre: &'static str,
    /// Key of its label.
    pub etiqueta: &'static str,
    palabras: Palabras,
}

/// How the value of a filter is worded.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Palabras {
    Tal,
    Opciones(Vec<Opcion>),
    Fecha,
}

impl Filtro {
    /// A filter whose value is shown as it was typed.
    pub fn texto(nombre: &'static str, etiqueta: &'static str) -> Filtro {
        Filtro { nombre, etiqueta, palabras: Palabras::Tal }
    }

    /// A filter among choices; an unknown value is shown as it came.
    pub fn opciones(
        nombre: &'static str,
        etiqueta: &'static str,
        opciones: impl Into<Vec<Opcion>>,
    ) -> Filtro {
        Filtro { nombre, etiqueta, palabras: Palabras::Opciones(opciones.into()) }
    }

    /// A filter by day, `AAAA-MM-DD` in the query and `05/11/2026` on its chip.
    pub fn fecha(nombre: &'static str, etiqueta: &'static str) -> Filtro {
        Filtro { nombre, etiqueta, palabras: Palabras::Fecha }
    }

    /// The value in words.
    pub fn words(&self, valor: &str) -> String {
        match &self.palabras {
            Palabras::Tal => valor.to_owned(),
            Palabras::Opciones(opciones) => {
                let opcion = opciones.iter().find(|o| o.valor == valor);
                opcion.map_or(valor, |o| o.texto.as_str()).to_owned()
            }
            Palabras::Fecha => Fecha::parse(valor).map_or_else(
                |_| valor.to_owned(),
                |f| format!("{:02}/{:02}/{}", f.dia(), f.mes(), f.anio()),
            ),
        }
    }
}

/// By what a list is ordered: `orden=campo`, or `orden=-campo` from the greatest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Orden {
    /// Field, one that the list declared.
    pub campo: String,
    /// Which way.
    pub sentido: Sentido,
}

/// Which way a list is ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sentido {
    /// From the least.
    Ascendente,
    /// From the greatest.
    Descendente,
}

impl Orden {
    /// From the least.
    pub fn ascending(campo: &str) -> Orden {
        Orden { campo: campo.to_owned(), sentido: Sentido::Ascendente }
    }

    pub(super) fn parse(texto: &str) -> Option<Orden> {
        let (campo, sentido) = match texto.strip_prefix('-') {
            Some(campo) => (campo, Sentido::Descendente),
            None => (texto, Sentido::Ascendente),
        };
        let bien = !campo.is_empty() && campo.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
        bien.then(|| Orden { campo: campo.to_owned(), sentido })
    }

    pub(super) fn reversed(&self) -> Orden {
        let sentido = match self.sentido {
            Sentido::Ascendente => Sentido::Descendente,
            Sentido::Descendente => Sentido::Ascendente,
        };
        Orden { campo: self.campo.clone(), sentido }
    }

    pub(super) fn aria(&self) -> &'static str {
        match self.sentido {
            Sentido::Ascendente => "ascending",
            Sentido::Descendente => "descending",
        }
    }
}

impl fmt::Display for Orden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let menos = if self.sentido == Sentido::Descendente { "-" } else { "" };
        write!(f, "{menos}{}", self.campo)
    }
}
