//! Review of a new template: shape, variables and their examples. It approves none.

use serde_json::{Value, json};

use super::campos::Campos;
use super::fallo::Fallo;
use super::tipos::Plantilla;

const IDIOMAS: [&str; 9] =
    ["es", "es_MX", "es_PE", "es_AR", "es_ES", "es_CO", "en", "en_US", "pt_BR"];
const CATEGORIAS: [&str; 3] = ["UTILITY", "MARKETING", "AUTHENTICATION"];

/// Text of every authentication template: Meta writes it, not the business.
const CODIGO: &str = "{{1}} es su código de verificación.";
/// Its recommendation, when it was asked for.
const CONSEJO: &str = " Por su seguridad, no lo comparta.";
/// Address behind the button that copies the code.
const COPIAR: &str = "https://www.whatsapp.com/otp/code/?otp_type=COPY_CODE&code=otp{{1}}";

/// Reads a request for a template. `is_muestra` tells the handles that the upload gave.
///
/// Errors: code 100, with what is wrong.
pub fn read(cuerpo: &Value, is_muestra: impl Fn(&str) -> bool) -> Result<Plantilla, Fallo> {
    let conocidas = [
        "name",
        "language",
        "category",
        "components",
        "parameter_format",
        "allow_category_change",
        "message_send_ttl_seconds",
    ];
    let c = Campos::read(cuerpo, "message_template", &conocidas)?;
    let nombre = c.text("name")?;
    let limpio = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    if nombre.len() > 512 || !nombre.bytes().all(limpio) {
        return Err(Fallo::parametro("name: only lowercase letters, digits and underscores."));
    }
    let idioma = c.text("language")?;
    if !IDIOMAS.contains(&idioma) {
        return Err(Fallo::parametro(format!("language: {idioma} is not supported.")));
    }
    let categoria = c.text("category")?;
    if !CATEGORIAS.contains(&categoria) {
        return Err(Fallo::parametro(
            "category must be one of UTILITY, MARKETING, AUTHENTICATION.",
        ));
    }
    let formato = c.optional("parameter_format")?.unwrap_or("POSITIONAL").to_ascii_uppercase();
    if !["POSITIONAL", "NAMED"].contains(&formato.as_str()) {
        return Err(Fallo::parametro("parameter_format must be POSITIONAL or NAMED."));
    }
    let mut componentes = c.list("components")?.to_vec();
    if categoria == "AUTHENTICATION" {
        componentes = authentication(&componentes)?;
    } else {
        check_components(&componentes, &formato)?;
        check_samples(&componentes, is_muestra)?;
    }
    Ok(Plantilla {
        id: String::new(),
        nombre: nombre.to_owned(),
        idioma: idioma.to_owned(),
        categoria: categoria.to_owned(),
        estado: "PENDING".to_owned(),
        formato,
        componentes,
    })
}

fn check_components(componentes: &[Value], formato: &str) -> Result<(), Fallo> {
    let mut vistos: Vec<&str> = Vec::new();
    for componente in componentes {
        let tipo = kind(componente);
        if vistos.contains(&tipo) {
            return Err(Fallo::parametro(format!("components: {tipo} comes twice.")));
        }
        vistos.push(tipo);
        match tipo {
            "HEADER" => header(componente)?,
            "BODY" => body(componente, formato)?,
            "FOOTER" => footer(componente)?,
            "BUTTONS" => buttons(componente)?,
            _ => return Err(Fallo::parametro("components: unknown type.")),
        }
    }
    if vistos.contains(&"BODY") {
        Ok(())
    } else {
        Err(Fallo::parametro("components: BODY is missing."))
    }
}

/// A file in the header needs an example that was uploaded.
fn check_samples(componentes: &[Value], is_muestra: impl Fn(&str) -> bool) -> Result<(), Fallo> {
    let con_archivo = componentes
        .iter()
        .filter(|c| kind(c) == "HEADER" && c["format"] != "TEXT")
        .filter_map(|c| c["example"]["header_handle"][0].as_str());
    for muestra in con_archivo {
        if !is_muestra(muestra) {
            let detalle = "header: example.header_handle is not a handle of an uploaded file.";
            return Err(Fallo::parametro(detalle));
        }
    }
    Ok(())
}

/// An authentication template brings no text of its own: the components that come out are those
/// that the Graph API lists afterwards.
fn authentication(componentes: &[Value]) -> Result<Vec<Value>, Fallo> {
    let mut texto = CODIGO.to_owned();
    let (mut cuerpo, mut boton) = (false, false);
    for c in componentes {
        match kind(c) {
            "BODY" if c.get("text").is_none() => {
                cuerpo = true;
                if c["add_security_recommendation"] == true {
                    texto.push_str(CONSEJO);
                }
            }
            "FOOTER" if c["code_expiration_minutes"].is_u64() && c.get("text").is_none() => {}
            "BUTTONS" => {
                let uno = &c["buttons"][0];
                let solo = c["buttons"].as_array().is_some_and(|b| b.len() == 1);
                boton = solo && uno["type"] == "OTP" && uno["otp_type"] == "COPY_CODE";
            }
            _ => return Err(Fallo::parametro("AUTHENTICATION: the text is not the business's.")),
        }
    }
    if !cuerpo || !boton {
        let detalle = "AUTHENTICATION: a BODY and one OTP button with COPY_CODE are required.";
        return Err(Fallo::parametro(detalle));
    }
    Ok(vec![
        json!({ "type": "BODY", "text": texto, "add_security_recommendation": true,
            "example": { "body_text": [["123456"]] } }),
        json!({ "type": "BUTTONS", "buttons": [{ "type": "URL", "text": "Copiar código",
            "url": COPIAR, "example": [COPIAR.replace("{{1}}", "123456")] }] }),
    ])
}

/// Type of a component, in upper case.
pub fn kind(componente: &Value) -> &str {
    match componente["type"].as_str().unwrap_or_default() {
        "header" => "HEADER",
        "body" => "BODY",
        "footer" => "FOOTER",
        "buttons" => "BUTTONS",
        otro => otro,
    }
}

/// Names of the variables of a text, in order of their first appearance.
pub fn variables(texto: &str) -> Vec<String> {
    let mut todas: Vec<String> = Vec::new();
    for pieza in texto.split("{{").skip(1) {
        if let Some((nombre, _)) = pieza.split_once("}}") {
            let nombre = nombre.trim().to_owned();
            if !todas.contains(&nombre) {
                todas.push(nombre);
            }
        }
    }
    todas
}

fn header(c: &Value) -> Result<(), Fallo> {
    let formato = c["format"].as_str().unwrap_or_default();
    match formato {
        "TEXT" => {
            let texto = c["text"].as_str().unwrap_or_default();
            length(texto, 60, "header")?;
            let n = variables(texto).len();
            if n > 1 {
                return Err(Fallo::parametro("header: at most one variable."));
            }
            let positional = c["example"]["header_text"].as_array().map_or(0, Vec::len);
            let named = c["example"]["header_text_named_params"].as_array().map_or(0, Vec::len);
            examples(n, positional.max(named), "header")
        }
        "IMAGE" | "VIDEO" | "DOCUMENT" => {
            let handle = c["example"]["header_handle"][0].as_str().unwrap_or_default();
            if handle.is_empty() {
                return Err(Fallo::parametro("header: example.header_handle is required."));
            }
            Ok(())
        }
        _ => Err(Fallo::parametro("header: format must be TEXT, IMAGE, VIDEO or DOCUMENT.")),
    }
}

fn body(c: &Value, formato: &str) -> Result<(), Fallo> {
    let texto = c["text"].as_str().unwrap_or_default();
    length(texto, 1_024, "body")?;
    let nombres = variables(texto);
    let recortado = texto.trim();
    if recortado.starts_with("{{") || recortado.ends_with("}}") {
        return Err(Fallo::parametro("body: variables can't be at the start or end."));
    }
    if formato == "POSITIONAL" {
        let en_orden = nombres.iter().enumerate().all(|(i, n)| *n == (i + 1).to_string());
        if !en_orden {
            return Err(Fallo::parametro("body: variables must be {{1}}, {{2}}… in order."));
        }
        let ejemplos = c["example"]["body_text"][0].as_array().map_or(0, Vec::len);
        return examples(nombres.len(), ejemplos, "body");
    }
    let bien = |n: &String| {
        let limpio = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
        n.bytes().all(limpio) && n.starts_with(|c: char| c.is_ascii_lowercase())
    };
    if !nombres.iter().all(bien) {
        return Err(Fallo::parametro("body: names are lowercase letters, digits, underscores."));
    }
    let ejemplos = c["example"]["body_text_named_params"].as_array();
    examples(nombres.len(), ejemplos.map_or(0, Vec::len), "body")
}

fn footer(c: &Value) -> Result<(), Fallo> {
    let texto = c["text"].as_str().unwrap_or_default();
    length(texto, 60, "footer")?;
    examples(variables(texto).len(), 0, "footer")
}

fn buttons(c: &Value) -> Result<(), Fallo> {
    let lista = c["buttons"].as_array().map(Vec::as_slice).unwrap_or_default();
    if lista.is_empty() || lista.len() > 10 {
        return Err(Fallo::parametro("buttons: from 1 to 10."));
    }
    for boton in lista {
        let tipo = boton["type"].as_str().unwrap_or_default();
        if tipo != "COPY_CODE" {
            length(boton["text"].as_str().unwrap_or_default(), 25, "button")?;
        }
        match tipo {
            "QUICK_REPLY" | "PHONE_NUMBER" | "COPY_CODE" => {}
            "URL" => {
                let url = boton["url"].as_str().unwrap_or_default();
                let n = variables(url).len();
                if url.is_empty() || n > 1 || (n == 1 && !url.ends_with("}}")) {
                    return Err(Fallo::parametro("button: one variable, at the end of the url."));
                }
                examples(n, boton["example"].as_array().map_or(0, Vec::len), "button")?;
            }
            _ => return Err(Fallo::parametro("button: unknown type.")),
        }
    }
    Ok(())
}

fn length(texto: &str, maximo: usize, donde: &str) -> Result<(), Fallo> {
    match texto.chars().count() {
        0 => Err(Fallo::parametro(format!("{donde}: text is required."))),
        n if n > maximo => Err(Fallo::parametro(format!("{donde}: at most {maximo} characters."))),
        _ => Ok(()),
    }
}

fn examples(variables: usize, ejemplos: usize, donde: &str) -> Result<(), Fallo> {
    if variables == ejemplos {
        return Ok(());
    }
    Err(Fallo::parametro(format!(
        "{donde}: {variables} variables and {ejemplos} examples; each variable needs one."
    )))
}
