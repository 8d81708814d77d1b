//! Writes SVG: the frame with its title and description, shapes by their attributes, texts escaped.
//! It knows no value.

use std::fmt::{Display, Write};

use super::Rotulo;

/// A drawing under way.
pub(super) struct Lienzo {
    svg: String,
}

impl Lienzo {
    /// A drawing of fixed size, read aloud by its title and its conclusion.
    pub(super) fn new(rotulo: &Rotulo, (ancho, alto): (i64, i64), clase: &str) -> Lienzo {
        let id: String =
            rotulo.id.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
        let mut lienzo = Lienzo { svg: String::with_capacity(4096) };
        lienzo.put(format_args!(
            "<svg class=\"{clase}\" role=\"img\" aria-labelledby=\"{id}-t {id}-d\" \
             width=\"{ancho}\" height=\"{alto}\" viewBox=\"0 0 {ancho} {alto}\">"
        ));
        let (titulo, conclusion) = (Escapado(&rotulo.titulo), Escapado(&rotulo.conclusion));
        lienzo.put(format_args!("<title id=\"{id}-t\">{titulo}</title>"));
        lienzo.put(format_args!("<desc id=\"{id}-d\">{conclusion}</desc>"));
        lienzo
    }

    fn put(&mut self, texto: std::fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = self.svg.write_fmt(texto);
    }

    pub(super) fn rect(&mut self, clase: &str, (x, y): (i64, i64), (ancho, alto): (i64, i64)) {
        self.put(format_args!(
            "<rect class=\"{clase}\" x=\"{x}\" y=\"{y}\" width=\"{ancho}\" height=\"{alto}\"/>"
        ));
    }

    pub(super) fn line(&mut self, clase: &str, (x1, y1): (i64, i64), (x2, y2): (i64, i64)) {
        self.put(format_args!(
            "<line class=\"{clase}\" x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\"/>"
        ));
    }

    pub(super) fn circle(&mut self, clase: &str, (x, y): (i64, i64), radio: i64) {
        self.put(format_args!("<circle class=\"{clase}\" cx=\"{x}\" cy=\"{y}\" r=\"{radio}\"/>"));
    }

    pub(super) fn polyline(&mut self, clase: &str, puntos: &[(i64, i64)]) {
        let puntos: Vec<String> = puntos.iter().map(|(x, y)| format!("{x},{y}")).collect();
        self.put(format_args!(
            "<polyline class=\"{clase}\" fill=\"none\" points=\"{}\"/>",
            puntos.join(" ")
        ));
    }

    /// A text; `ancla` is `start`, `middle` or `end`.
    pub(super) fn text(&mut self, clase: &str, (x, y): (i64, i64), ancla: &str, texto: &str) {
        let texto = Escapado(texto);
        self.put(format_args!(
            "<text class=\"{clase}\" x=\"{x}\" y=\"{y}\" text-anchor=\"{ancla}\">{texto}</text>"
        ));
    }

    pub(super) fn finish(mut self) -> String {
        self.svg.push_str("</svg>");
        self.svg
    }
}

/// A text in markup.
struct Escapado<'a>(&'a str);

impl Display for Escapado<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for c in self.0.chars() {
            match c {
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '&' => f.write_str("&amp;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                c if c.is_control() => f.write_char(' ')?,
                c => f.write_char(c)?,
            }
        }
        Ok(())
    }
}
