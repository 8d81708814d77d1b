//! A template being sent: its values against what was approved, and the text that comes out. It
//! changes no template.

use serde_json::Value;

use super::campos::Campos;
use super::fallo::Fallo;
use super::plantilla_alta::{kind, variables};
use super::tipos::{Adjunto, Boton, Plantilla};

/// What the phone shows of a template.
#[derive(Debug, Default)]
pub struct Resultado {
    /// Text of the header.
    pub encabezado: Option<String>,
    /// File of the header, to be checked.
    pub medio: Option<Adjunto>,
    /// Text.
    pub cuerpo: String,
    /// Foot.
    pub pie: Option<String>,
    /// Buttons.
    pub botones: Vec<Boton>,
}

/// Values given, by component.
struct Dados<'a> {
    encabezado: &'a [Value],
    cuerpo: &'a [Value],
    botones: Vec<(String, String, &'a [Value])>,
}

/// Name and language of a template in a message.
pub fn target(v: &Value) -> Result<(&str, &str), Fallo> {
    let c = Campos::read(v, "template", &["name", "language", "components", "namespace"])?;
    let idioma = c.get("language").unwrap_or(&Value::Null);
    let l = Campos::read(idioma, "template['language']", &["code", "policy"])?;
    if l.optional("policy")?.is_some_and(|p| p != "deterministic") {
        return Err(Fallo::parametro("template['language']['policy'] must be deterministic."));
    }
    Ok((c.text("name")?, l.text("code")?))
}

/// Only an approved template is sent.
pub fn check_state(plantilla: &Plantilla) -> Result<(), Fallo> {
    let cual = format!("{} ({})", plantilla.nombre, plantilla.idioma);
    match plantilla.estado.as_str() {
        "APPROVED" => Ok(()),
        "PAUSED" => Err(Fallo::new(132_015, cual)),
        "DISABLED" => Err(Fallo::new(132_016, cual)),
        otro => Err(Fallo::new(132_001, format!("{cual} is {otro}"))),
    }
}

/// Fills in a template.
///
/// Errors: 132000 (count), 132012 (kind), 132008 (characters), 132005 (length), 131008 (missing).
pub fn render(plantilla: &Plantilla, mensaje: &Value) -> Result<Resultado, Fallo> {
    let dados = given(mensaje)?;
    let mut r = Resultado::default();
    for componente in &plantilla.componentes {
        match kind(componente) {
            "HEADER" => header(componente, dados.encabezado, &mut r)?,
            "BODY" => r.cuerpo = text(componente, dados.cuerpo, "body", plantilla)?,
            "FOOTER" => r.pie = componente["text"].as_str().map(str::to_owned),
            "BUTTONS" => r.botones = buttons(componente, &dados.botones)?,
            _ => {}
        }
    }
    let con = |tipo: &str| plantilla.componentes.iter().any(|c| kind(c) == tipo);
    if !dados.encabezado.is_empty() && !con("HEADER") {
        return Err(count("header", dados.encabezado.len(), 0));
    }
    if let (false, Some((_, indice, _))) = (con("BUTTONS"), dados.botones.first()) {
        return Err(Fallo::new(132_000, format!("buttons: there is no button at index {indice}")));
    }
    if r.cuerpo.chars().count() > 1_024 {
        return Err(Fallo::new(132_005, "body: the text with its values passes 1024 characters"));
    }
    Ok(r)
}

fn given(mensaje: &Value) -> Result<Dados<'_>, Fallo> {
    let mut dados = Dados { encabezado: &[], cuerpo: &[], botones: Vec::new() };
    let componentes = mensaje["components"].as_array().map(Vec::as_slice).unwrap_or_default();
    for componente in componentes {
        let claves = ["type", "parameters", "sub_type", "index"];
        let c = Campos::read(componente, "template['components']", &claves)?;
        let valores = c.list("parameters")?;
        match c.text("type")? {
            "header" => dados.encabezado = valores,
            "body" => dados.cuerpo = valores,
            "button" => {
                let indice = match c.get("index") {
                    Some(Value::Number(n)) => n.to_string(),
                    _ => c.text("index")?.to_owned(),
                };
                dados.botones.push((c.text("sub_type")?.to_owned(), indice, valores));
            }
            otro => return Err(Fallo::parametro(format!("components: unknown type {otro}"))),
        }
    }
    Ok(dados)
}

fn header(c: &Value, valores: &[Value], r: &mut Resultado) -> Result<(), Fallo> {
    let formato = c["format"].as_str().unwrap_or("TEXT");
    if formato == "TEXT" {
        let suelta = Plantilla {
            id: String::new(),
            nombre: String::new(),
            idioma: String::new(),
            categoria: String::new(),
            estado: String::new(),
            formato: "POSITIONAL".into(),
            componentes: Vec::new(),
        };
        r.encabezado = Some(text(c, valores, "header", &suelta)?);
        return Ok(());
    }
    let esperado = formato.to_ascii_lowercase();
    let [valor] = valores else {
        let n = valores.len();
        let detalle = format!("header: Format mismatch, expected {formato}, received {n} params");
        return Err(Fallo::new(132_012, detalle));
    };
    if valor["type"].as_str() != Some(&esperado) {
        let vino = valor["type"].as_str().unwrap_or("UNKNOWN").to_ascii_uppercase();
        let detalle = format!("header: Format mismatch, expected {formato}, received {vino}");
        return Err(Fallo::new(132_012, detalle));
    }
    r.medio = Some(file(&valor[&esperado], &esperado, &["id", "link", "filename"])?);
    Ok(())
}

/// A file by id or by link, never both.
pub fn file(v: &Value, clase: &str, claves: &[&str]) -> Result<Adjunto, Fallo> {
    let c = Campos::read(v, clase, claves)?;
    let (id, enlace) = (c.optional("id")?, c.optional("link")?);
    if id.is_some() == enlace.is_some() {
        return Err(Fallo::parametro(format!("{clase}: exactly one of id or link is required.")));
    }
    if enlace.is_some_and(|e| !e.starts_with("https://") && !e.starts_with("http://")) {
        return Err(Fallo::parametro(format!("{clase}: link is not a URL.")));
    }
    Ok(Adjunto {
        id: id.unwrap_or_default().to_owned(),
        enlace: enlace.unwrap_or_default().to_owned(),
        clase: clase.to_owned(),
        nombre: c.optional("filename")?.unwrap_or_default().to_owned(),
    })
}

fn text(c: &Value, valores: &[Value], donde: &str, p: &Plantilla) -> Result<String, Fallo> {
    let texto = c["text"].as_str().unwrap_or_default();
    let nombres = variables(texto);
    if nombres.len() != valores.len() {
        return Err(count(donde, valores.len(), nombres.len()));
    }
    let mut salida = texto.to_owned();
    for (nombre, valor) in nombres.iter().zip(valores) {
        let valor = match p.formato.as_str() {
            "NAMED" => named(nombre, valores, donde)?,
            _ => valor,
        };
        salida = salida.replace(&format!("{{{{{nombre}}}}}"), value(valor, donde)?);
    }
    Ok(salida)
}

fn named<'a>(nombre: &str, valores: &'a [Value], donde: &str) -> Result<&'a Value, Fallo> {
    let propio = valores.iter().find(|v| v["parameter_name"].as_str() == Some(nombre));
    propio.ok_or_else(|| {
        Fallo::new(132_000, format!("{donde}: there is no value for the parameter {nombre}"))
    })
}

fn value<'a>(v: &'a Value, donde: &str) -> Result<&'a str, Fallo> {
    if v["type"].as_str() != Some("text") {
        let vino = v["type"].as_str().unwrap_or("UNKNOWN");
        let detalle = format!("{donde}: Format mismatch, expected TEXT, received {vino}");
        return Err(Fallo::new(132_012, detalle));
    }
    let texto = v["text"].as_str().unwrap_or_default();
    if texto.trim().is_empty() {
        let detalle = format!("{donde}: Parameter of type text is missing text value");
        return Err(Fallo::new(131_008, detalle));
    }
    if texto.contains(['\n', '\r', '\t']) || texto.contains("     ") {
        let detalle = "Param text cannot have new-line/tab characters or more than 4 consecutive \
                       spaces";
        return Err(Fallo::new(132_008, detalle));
    }
    Ok(texto)
}

fn count(donde: &str, dados: usize, esperados: usize) -> Fallo {
    Fallo::new(
        132_000,
        format!(
            "{donde}: number of localizable_params ({dados}) does not match the expected number \
             of params ({esperados})"
        ),
    )
}

fn buttons(c: &Value, dados: &[(String, String, &[Value])]) -> Result<Vec<Boton>, Fallo> {
    let lista = c["buttons"].as_array().map(Vec::as_slice).unwrap_or_default();
    let mut botones = Vec::new();
    for (i, boton) in lista.iter().enumerate() {
        let dado = dados.iter().find(|(_, indice, _)| *indice == i.to_string());
        botones.push(button(i, boton, dado)?);
    }
    let fuera =
        dados.iter().find(|(_, i, _)| i.parse::<usize>().map_or(true, |i| i >= lista.len()));
    match fuera {
        Some((_, indice, _)) => {
            Err(Fallo::new(132_000, format!("buttons: there is no button at index {indice}")))
        }
        None => Ok(botones),
    }
}

fn button(
    i: usize,
    boton: &Value,
    dado: Option<&(String, String, &[Value])>,
) -> Result<Boton, Fallo> {
    let tipo = boton["type"].as_str().unwrap_or_default();
    let texto = boton["text"].as_str().unwrap_or("Copiar código").to_owned();
    let valor = match (tipo, dado) {
        ("URL", dado) => url(i, boton["url"].as_str().unwrap_or_default(), dado)?,
        ("QUICK_REPLY", Some((sub, _, valores))) => {
            expect_kind(i, sub, "quick_reply")?;
            valores.first().and_then(|v| v["payload"].as_str()).unwrap_or(&texto).to_owned()
        }
        ("QUICK_REPLY", None) => texto.clone(),
        ("COPY_CODE", Some((sub, _, valores))) => {
            expect_kind(i, sub, "copy_code")?;
            let codigo = valores.first().and_then(|v| v["coupon_code"].as_str());
            codigo.ok_or_else(|| missing(i, tipo))?.to_owned()
        }
        ("COPY_CODE", None) => return Err(missing(i, tipo)),
        _ => boton["phone_number"].as_str().unwrap_or_default().to_owned(),
    };
    Ok(Boton { texto, tipo: tipo.to_owned(), valor })
}

fn url(i: usize, url: &str, dado: Option<&(String, String, &[Value])>) -> Result<String, Fallo> {
    let variable = variables(url);
    match (variable.first(), dado) {
        (None, None) => Ok(url.to_owned()),
        (None, Some((_, _, valores))) => Err(count("buttons", valores.len(), 0)),
        (Some(_), None) => Err(missing(i, "Url")),
        (Some(nombre), Some((sub, _, valores))) => {
            expect_kind(i, sub, "url")?;
            let [valor] = valores else {
                return Err(count("buttons", valores.len(), 1));
            };
            Ok(url.replace(&format!("{{{{{nombre}}}}}"), value(valor, "buttons")?))
        }
    }
}

fn expect_kind(i: usize, dado: &str, esperado: &str) -> Result<(), Fallo> {
    if dado == esperado {
        return Ok(());
    }
    Err(Fallo::new(132_012, format!("buttons: button at index {i} is not of sub_type {dado}")))
}

fn missing(i: usize, tipo: &str) -> Fallo {
    let detalle = format!("buttons: Button at index {i} of type {tipo} requires a parameter");
    Fallo::new(131_008, detalle)
}
