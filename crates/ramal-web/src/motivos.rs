//! Turns the English complaints of the decoder into a field, a stable code and a Spanish reason.
//! Decides no rule.

use ramal_base::CampoInvalido;

/// A refused field from the decoder's message and the path where it stopped.
pub fn campo_invalido(ruta: &str, mensaje: &str) -> CampoInvalido {
    let mensaje = mensaje.split(" at line ").next().unwrap_or(mensaje);
    if let Some(falta) = quoted_after(mensaje, "missing field ") {
        return CampoInvalido::new(join(ruta, falta), "campo_requerido", "Falta este campo.");
    }
    if let Some(sobra) = quoted_after(mensaje, "unknown field ") {
        let motivo = format!("Este campo no existe. {}", opciones(mensaje, "Los que hay: "));
        return CampoInvalido::new(final_of(ruta, sobra), "campo_desconocido", motivo.trim_end());
    }
    let (codigo, motivo) = value_complaint(mensaje);
    CampoInvalido::new(visible(ruta), codigo, motivo)
}

fn value_complaint(mensaje: &str) -> (&'static str, String) {
    if mensaje.starts_with("unknown variant ") {
        let motivo = format!("Valor desconocido. {}", opciones(mensaje, "Use uno de: "));
        return ("valor_desconocido", motivo.trim_end().to_owned());
    }
    if mensaje.starts_with("invalid type: ") || mensaje.starts_with("invalid digit") {
        let motivo = "El valor no es del tipo esperado; mire la referencia de la API.";
        return ("tipo_incorrecto", motivo.to_owned());
    }
    if is_of_a_library(mensaje) {
        let motivo = "El valor no tiene la forma esperada; mire la referencia de la API.";
        return ("valor_invalido", motivo.to_owned());
    }
    ("valor_invalido", mensaje.to_owned())
}

/// Whether the text comes from a decoder and not from one of our own types, which speak Spanish.
fn is_of_a_library(mensaje: &str) -> bool {
    const MARCAS: &[&str] = &[
        "invalid ",
        "UUID parsing",
        "data did not match",
        "expected ",
        "failed to ",
        "duplicate field",
        "number ",
        "cannot parse",
        "provided string was not",
        "premature end",
        "trailing ",
    ];
    MARCAS.iter().any(|marca| mensaje.starts_with(marca)) || mensaje.is_empty()
}

/// The text between the first pair of backquotes after `prefijo`.
fn quoted_after<'a>(mensaje: &'a str, prefijo: &str) -> Option<&'a str> {
    mensaje.strip_prefix(prefijo)?.split('`').nth(1)
}

/// The backquoted names after `expected`, with `prefijo` before them; empty if there is none.
fn opciones(mensaje: &str, prefijo: &str) -> String {
    let Some((_, lista)) = mensaje.split_once("expected") else { return String::new() };
    let nombres: Vec<&str> = lista.split('`').skip(1).step_by(2).collect();
    if nombres.is_empty() { String::new() } else { format!("{prefijo}{}.", nombres.join(", ")) }
}

fn visible(ruta: &str) -> &str {
    if ruta.is_empty() || ruta == "." { "cuerpo" } else { ruta }
}

fn join(ruta: &str, campo: &str) -> String {
    if ruta.is_empty() || ruta == "." { campo.to_owned() } else { format!("{ruta}.{campo}") }
}

/// The path of an unknown field already ends with its name, but not for every container.
fn final_of(ruta: &str, campo: &str) -> String {
    let ya = ruta == campo || ruta.ends_with(&format!(".{campo}"));
    if ya { ruta.to_owned() } else { join(ruta, campo) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn triple(ruta: &str, mensaje: &str) -> (String, String, String) {
        let campo = campo_invalido(ruta, mensaje);
        (campo.campo, campo.codigo, campo.motivo)
    }

    #[test]
    fn a_missing_field_is_named_with_its_whole_path() {
        let (campo, codigo, _) = triple("lineas[0]", "missing field `precio` at line 1 column 9");
        assert_eq!((campo.as_str(), codigo.as_str()), ("lineas[0].precio", "campo_requerido"));
        assert_eq!(triple(".", "missing field `nombre`").0, "nombre");
    }

    #[test]
    fn an_unknown_choice_is_told_the_choices() {
        let (_, codigo, motivo) =
            triple("pais", "unknown variant `XX`, expected one of `MX`, `PE`, `AR` at line 1");
        assert_eq!(codigo, "valor_desconocido");
        assert_eq!(motivo, "Valor desconocido. Use uno de: MX, PE, AR.");
    }

    #[test]
    fn the_sent_value_is_not_repeated_to_the_sender() {
        let (_, codigo, motivo) = triple("edad", "invalid type: string \"secreto\", expected u32");
        assert_eq!(codigo, "tipo_incorrecto");
        assert!(!motivo.contains("secreto"));
    }

    #[test]
    fn our_own_types_keep_their_words() {
        assert_eq!(triple("fecha", "fecha inexistente").2, "fecha inexistente");
        assert_eq!(triple("x", "unknown field `y`, expected `z`").0, "x.y");
        assert_eq!(triple("x.y", "unknown field `y`, expected `z`").0, "x.y");
    }
}
