//! A template filled in for somebody: what he reads, and the parameters that WhatsApp asks for. It
//! opens no sealed value by itself: whoever paints says how.

use ramal_web::pagina::Formato;
use serde::{Deserialize, Serialize};

use super::{Contenido, Encabezado, VARIABLE_BOTON, texto};
use crate::valor::{Valor, Variables};

/// A button of a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Boton {
    /// What it says.
    pub rotulo: String,
    /// What it opens.
    pub enlace: String,
}

/// What the addressee reads.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pintado {
    /// Subject or title.
    pub asunto: String,
    /// Text; blank lines part paragraphs.
    pub texto: String,
    /// Button, if it has one and there is something to open.
    pub boton: Option<Boton>,
    /// Values of the body in the order of its parameters.
    pub parametros: Vec<String>,
    /// What stands above (WhatsApp).
    pub encabezado: Encabezado,
}

/// Who writes and to whom.
#[derive(Clone, Debug)]
pub struct Partes {
    /// Name of the addressee.
    pub nombre: String,
    /// Name of the company.
    pub empresa: String,
    /// How his country writes.
    pub formato: Formato,
}

/// How a value is shown: [`Valor::words`] masks what is sealed; who leaves opens it.
pub type Abrir<'a> = &'a (dyn Fn(&str, &Valor) -> String + Send + Sync);

/// Fills a template in. An optional variable without value takes its line with it; among the
/// parameters of WhatsApp, which admit no gap, it is a dash.
pub fn paint(
    contenido: &Contenido,
    variables: &Variables,
    partes: &Partes,
    abrir: Abrir<'_>,
) -> Pintado {
    let valor = |nombre: &str| -> Option<String> {
        match nombre {
            "nombre" => Some(partes.nombre.clone()),
            "empresa" => Some(partes.empresa.clone()),
            "detalle" if !variables.contains_key("detalle") => {
                Some(detail(variables, &partes.formato))
            }
            "cantidad" if !variables.contains_key("cantidad") => Some("1".to_owned()),
            _ => variables.get(nombre).map(|v| abrir(nombre, v)),
        }
    };
    let parametro = |nombre: &String| one_line(&valor(nombre).unwrap_or_default());
    let enlace = valor(VARIABLE_BOTON).filter(|_| !contenido.boton.is_empty());
    Pintado {
        asunto: one_line(&texto::fill(&contenido.asunto, valor)),
        texto: texto::fill(&contenido.cuerpo, valor),
        boton: enlace.map(|enlace| Boton { rotulo: contenido.boton.clone(), enlace }),
        parametros: texto::variables(&contenido.cuerpo)
            .unwrap_or_default()
            .iter()
            .map(parametro)
            .collect(),
        encabezado: contenido.encabezado,
    }
}

/// What one notification adds to the summary of a group: `F001-1 · Fibra 200 · S/ 79.90`.
pub fn detail(variables: &Variables, formato: &Formato) -> String {
    let partes = ["factura", "servicio", "importe"];
    let palabras = partes.iter().filter_map(|n| variables.get(*n)).map(|v| v.words(formato));
    palabras.collect::<Vec<_>>().join(" · ")
}

/// A parameter of WhatsApp carries no line break, tab or long run of spaces, and is not empty.
fn one_line(texto: &str) -> String {
    let blanco = |c: char| c.is_whitespace() && c != '\u{a0}';
    let palabras = |linea: &str| {
        let partes: Vec<String> =
            linea.split(blanco).filter(|p| !p.is_empty()).map(ToOwned::to_owned).collect();
        partes
    };
    let juntar = |linea: &str| palabras(linea).join(" ");
    let lineas: Vec<String> = texto.lines().map(juntar).filter(|l| !l.is_empty()).collect();
    if lineas.is_empty() { "-".to_owned() } else { lineas.join("; ") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ramal_base::{Dinero, Moneda, Pais, Zona};

    fn partes() -> Partes {
        let formato = Formato { pais: Pais::Pe, zona: Zona::utc() };
        Partes { nombre: "Ana".into(), empresa: "Fibra".into(), formato }
    }

    fn masked(_: &str, valor: &Valor) -> String {
        valor.words(&partes().formato)
    }

    #[test]
    fn an_optional_gap_drops_its_line_and_is_a_dash_among_the_parameters() {
        let contenido = Contenido {
            cuerpo: "Hola {{nombre}}:\nRecibo {{recibo}}\nGracias.".into(),
            ..Contenido::default()
        };
        let pintado = paint(&contenido, &Variables::new(), &partes(), &masked);
        assert_eq!(pintado.texto, "Hola Ana:\nGracias.");
        assert_eq!(pintado.parametros, ["Ana", "-"]);
    }

    #[test]
    fn the_detail_of_one_comes_from_its_own_variables() {
        let contenido = Contenido { cuerpo: "Debe: {{detalle}}.".into(), ..Contenido::default() };
        let variables = Variables::from([
            ("factura".to_owned(), Valor::texto("F001-1")),
            ("importe".to_owned(), Valor::Dinero(Dinero::new(7_990, Moneda::Pen))),
        ]);
        let pintado = paint(&contenido, &variables, &partes(), &masked);
        assert_eq!(pintado.texto, "Debe: F001-1 · S/\u{a0}79.90.");
    }

    #[test]
    fn a_parameter_has_no_line_breaks() {
        let contenido = Contenido { cuerpo: "Dice {{texto}}.".into(), ..Contenido::default() };
        let variables = Variables::from([("texto".to_owned(), Valor::texto("uno\n\tdos"))]);
        let pintado = paint(&contenido, &variables, &partes(), &masked);
        assert_eq!(pintado.parametros, ["uno; dos"]);
    }

    #[test]
    fn a_button_without_address_is_not_shown() {
        let contenido =
            Contenido { cuerpo: "Hola.".into(), boton: "Ver".into(), ..Contenido::default() };
        assert_eq!(paint(&contenido, &Variables::new(), &partes(), &masked).boton, None);
    }
}
