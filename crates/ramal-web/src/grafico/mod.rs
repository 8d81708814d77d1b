//! Charts drawn on the server as SVG: bars, lines, sparkline, uptime strip. Sizes are attributes
//! and colours are classes, so that no inline style is needed; every number is an integer. It draws
//! no conclusion: the caller says it.

mod barras;
mod chispa;
mod disponibilidad;
mod escala;
mod lienzo;
mod lineas;

pub use barras::barras;
pub use chispa::chispa;
pub use disponibilidad::{Ranura, disponibilidad};
pub use lineas::lineas;

/// What a chart is called and what it shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rotulo {
    /// Id of the drawing, unique in its page: letters, digits and hyphens.
    pub id: String,
    /// Title: `Ingresos por mes`.
    pub titulo: String,
    /// What it shows, in a sentence: `Noviembre cerró 4.2 % arriba de octubre.`
    pub conclusion: String,
}

impl Rotulo {
    /// A chart's name and conclusion.
    pub fn new(
        id: impl Into<String>,
        titulo: impl Into<String>,
        conclusion: impl Into<String>,
    ) -> Rotulo {
        Rotulo { id: id.into(), titulo: titulo.into(), conclusion: conclusion.into() }
    }
}

/// A value of a chart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Punto {
    /// Where it stands on the axis: `nov 2026`.
    pub etiqueta: String,
    /// How much, in the smallest unit (centavos, rows); never a fraction.
    pub valor: i64,
    /// How much in words: `$1.24 M`.
    pub texto: String,
}

impl Punto {
    /// A value.
    pub fn new(etiqueta: impl Into<String>, valor: i64, texto: impl Into<String>) -> Punto {
        Punto { etiqueta: etiqueta.into(), valor, texto: texto.into() }
    }
}

/// A line of a chart; every series of one chart has the same labels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Serie {
    /// Name, written beside its end.
    pub nombre: String,
    /// Its values in order.
    pub puntos: Vec<Punto>,
}

impl Serie {
    /// A line.
    pub fn new(nombre: impl Into<String>, puntos: Vec<Punto>) -> Serie {
        Serie { nombre: nombre.into(), puntos }
    }
}

/// A drawing with the table that says the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grafico {
    /// Title.
    pub titulo: String,
    /// What it shows, in a sentence.
    pub conclusion: String,
    /// Headers of the table.
    pub columnas: Vec<String>,
    /// Rows of the table.
    pub filas: Vec<Vec<String>>,
    svg: String,
}

impl Grafico {
    /// The drawing: markup, every text in it escaped.
    pub fn svg(&self) -> &str {
        &self.svg
    }
}

#[cfg(test)]
mod tests;
