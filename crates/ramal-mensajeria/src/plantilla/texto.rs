//! Texts with variables in double braces: reading, checking, filling in. It knows no kind and no
//! channel.

/// Why a text with variables cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextoError {
    /// Braces that open and do not close, or the other way round.
    #[error("unbalanced braces")]
    Llaves,
    /// A name that is no name: empty, capitals, spaces.
    #[error("bad variable name")]
    Nombre(String),
}

/// Part of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Parte<'a> {
    Literal(&'a str),
    Variable(&'a str),
}

fn is_name(nombre: &str) -> bool {
    let letra = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    !nombre.is_empty() && nombre.len() <= 40 && nombre.bytes().all(letra)
}

fn parts(texto: &str) -> Result<Vec<Parte<'_>>, TextoError> {
    let mut partes = Vec::new();
    let mut resto = texto;
    while let Some((antes, tras)) = resto.split_once("{{") {
        let (nombre, cola) = tras.split_once("}}").ok_or(TextoError::Llaves)?;
        if antes.contains("}}") || nombre.contains("{{") {
            return Err(TextoError::Llaves);
        }
        let nombre = nombre.trim();
        if !is_name(nombre) {
            return Err(TextoError::Nombre(nombre.to_owned()));
        }
        partes.push(Parte::Literal(antes));
        partes.push(Parte::Variable(nombre));
        resto = cola;
    }
    if resto.contains("}}") {
        return Err(TextoError::Llaves);
    }
    partes.push(Parte::Literal(resto));
    Ok(partes)
}

/// Names of the variables in the order in which they first appear. Errors: `Llaves`, `Nombre`.
pub fn variables(texto: &str) -> Result<Vec<String>, TextoError> {
    let mut nombres: Vec<String> = Vec::new();
    for parte in parts(texto)? {
        if let Parte::Variable(nombre) = parte
            && !nombres.iter().any(|n| n == nombre)
        {
            nombres.push(nombre.to_owned());
        }
    }
    Ok(nombres)
}

/// Whether the text begins or ends with a variable, which Meta refuses.
pub fn has_variable_at_edge(texto: &str) -> bool {
    let texto = texto.trim();
    texto.starts_with("{{") || texto.ends_with("}}")
}

/// The text with its variables filled in. A line that names one without value is left out whole, so
/// that no sentence ends in the air. A text that cannot be read comes back as it is.
pub fn fill(texto: &str, valor: impl Fn(&str) -> Option<String>) -> String {
    let linea = |l: &str| fill_line(l, &valor);
    texto.lines().filter_map(linea).collect::<Vec<_>>().join("\n").trim().to_owned()
}

fn fill_line(linea: &str, valor: &impl Fn(&str) -> Option<String>) -> Option<String> {
    let Ok(partes) = parts(linea) else { return Some(linea.to_owned()) };
    let mut hecha = String::with_capacity(linea.len() + 32);
    for parte in partes {
        match parte {
            Parte::Literal(texto) => hecha.push_str(texto),
            Parte::Variable(nombre) => {
                hecha.push_str(&valor(nombre).filter(|v| !v.trim().is_empty())?);
            }
        }
    }
    Some(hecha)
}

/// The text with numbered parameters, as Meta keeps templates: `{{1}}`, `{{2}}`, …
pub fn numbered(texto: &str) -> Result<String, TextoError> {
    let nombres = variables(texto)?;
    let mut hecho = String::with_capacity(texto.len());
    for parte in parts(texto)? {
        match parte {
            Parte::Literal(literal) => hecho.push_str(literal),
            Parte::Variable(nombre) => {
                let n = nombres.iter().position(|x| x == nombre).unwrap_or(0) + 1;
                hecho.push_str(&format!("{{{{{n}}}}}"));
            }
        }
    }
    Ok(hecho)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn valor(nombre: &str) -> Option<String> {
        match nombre {
            "nombre" => Some("Ana".into()),
            "vacia" => Some(" ".into()),
            "raro" => Some("{{nombre}}".into()),
            _ => None,
        }
    }

    #[test]
    fn variables_are_listed_once_in_order_of_appearance() {
        let texto = "Hola {{nombre}}: {{ importe }} de {{nombre}}";
        assert_eq!(variables(texto), Ok(vec!["nombre".into(), "importe".into()]));
        assert_eq!(numbered(texto).unwrap(), "Hola {{1}}: {{2}} de {{1}}");
    }

    #[test]
    fn broken_braces_and_names_are_refused() {
        for malo in ["{{nombre", "nombre}}", "{{a{{b}}", "}} {{a}}"] {
            assert_eq!(variables(malo), Err(TextoError::Llaves), "{malo}");
        }
        for malo in ["{{}}", "{{Nombre}}", "{{mi nombre}}", "{{año}}"] {
            assert!(matches!(variables(malo), Err(TextoError::Nombre(_))), "{malo}");
        }
        assert_eq!(variables("{ nombre } y }{"), Ok(vec![]));
    }

    #[test]
    fn a_line_whose_variable_has_no_value_is_left_out() {
        let texto = "Hola {{nombre}}\nDebe {{importe}}\nNota: {{vacia}}\nFin";
        assert_eq!(fill(texto, valor), "Hola Ana\nFin");
    }

    #[test]
    fn a_value_is_never_read_as_a_template() {
        assert_eq!(fill("Dice {{raro}}", valor), "Dice {{nombre}}");
    }

    #[test]
    fn edges_are_seen_through_white_space() {
        assert!(has_variable_at_edge(" {{nombre}}, hola"));
        assert!(has_variable_at_edge("Hola {{nombre}} "));
        assert!(!has_variable_at_edge("Hola {{nombre}}."));
    }
}
