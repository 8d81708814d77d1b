//! One operation of the reference: heading, parameters, body, answers and a curl line. It calls
//! nothing.

use serde_json::Value;

use super::esquema::{example, fields, name, resolve, words};
use super::html::{escape, prose};

/// Method of a path with its description.
pub struct Operacion<'a> {
    metodo: &'a str,
    ruta: &'a str,
    nodo: &'a Value,
}

const METODOS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// Every operation, by path and then by method.
pub fn all(documento: &Value) -> Vec<Operacion<'_>> {
    let rutas = documento["paths"].as_object();
    rutas
        .into_iter()
        .flatten()
        .flat_map(|(ruta, item)| {
            METODOS.iter().filter_map(move |metodo| {
                let nodo = item.get(metodo)?;
                Some(Operacion { metodo, ruta, nodo })
            })
        })
        .collect()
}

impl Operacion<'_> {
    /// Group in which it is shown.
    pub fn tag(&self) -> &str {
        self.nodo["tags"][0].as_str().unwrap_or("otras")
    }

    fn ancla(&self) -> String {
        let propio = self.nodo["operationId"].as_str().unwrap_or(self.ruta);
        propio.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect()
    }

    fn resumen(&self) -> String {
        let nodo = self.nodo;
        prose(nodo["summary"].as_str().or(nodo["description"].as_str()).unwrap_or(""))
    }

    fn insignia(&self) -> String {
        format!("<b class=\"metodo {}\">{}</b>", self.metodo, self.metodo.to_uppercase())
    }

    /// Line of the index on the left.
    pub fn index_line(&self) -> String {
        let corta = escape(self.ruta.trim_start_matches("/api/v1"));
        format!("<li><a href=\"#{}\">{} {corta}</a></li>\n", self.ancla(), self.insignia())
    }

    /// The whole operation.
    pub fn article(&self, documento: &Value) -> String {
        let descripcion = match (self.nodo["summary"].as_str(), self.nodo["description"].as_str()) {
            (Some(_), Some(texto)) => format!("<p>{}</p>\n", prose(texto)),
            _ => String::new(),
        };
        format!(
            "<article id=\"{ancla}\">\n<h3>{insignia} <code>{ruta}</code></h3>\n\
            <p class=\"resumen\">{resumen}</p>\n{descripcion}{parametros}{cuerpo}{respuestas}\
            <h4>Ejemplo</h4>\n<pre><code>{curl}</code></pre>\n</article>\n",
            ancla = self.ancla(),
            insignia = self.insignia(),
            ruta = escape(self.ruta),
            resumen = self.resumen(),
            parametros = self.parameters(documento),
            cuerpo = self.body(documento),
            respuestas = self.answers(documento),
            curl = escape(&self.curl(documento)),
        )
    }

    fn parameters(&self, documento: &Value) -> String {
        let filas: String = self.parameter_list().map(|p| parameter(p, documento)).collect();
        if filas.is_empty() {
            return String::new();
        }
        format!(
            "<h4>Parámetros</h4>\n<table>\n<tr><th>Nombre</th><th>Dónde</th><th>Tipo</th>\
            <th>Qué es</th></tr>\n{filas}</table>\n"
        )
    }

    fn body_schema(&self) -> Option<(&str, &Value)> {
        let contenido = self.nodo["requestBody"]["content"].as_object()?;
        contenido.iter().next().map(|(tipo, c)| (tipo.as_str(), &c["schema"]))
    }

    fn body(&self, documento: &Value) -> String {
        let Some((tipo, esquema)) = self.body_schema() else { return String::new() };
        let campos = field_table(esquema, documento);
        format!("<h4>Cuerpo <small>{}</small></h4>\n{campos}", escape(tipo))
    }

    fn answers(&self, documento: &Value) -> String {
        let lista = self.nodo["responses"].as_object().into_iter().flatten();
        let (comunes, propias): (Vec<_>, Vec<_>) = lista.partition(|(_, r)| !r["$ref"].is_null());
        let filas: String =
            propias.into_iter().map(|(estado, r)| answer(estado, r, documento)).collect();
        let enlace =
            |(estado, _): (&String, &Value)| format!("<a href=\"#errores\">{}</a>", escape(estado));
        let comunes: Vec<String> = comunes.into_iter().map(enlace).collect();
        format!(
            "<h4>Respuestas</h4>\n<table>\n<tr><th>Estado</th><th>Qué significa</th>\
            <th>Cuerpo</th></tr>\n{filas}</table>\n<p>Errores comunes: {}.</p>\n",
            comunes.join(", ")
        )
    }

    fn curl(&self, documento: &Value) -> String {
        let mut texto = format!(
            "curl -X {} \"$RAMAL{}{}\" \\\n  -H \"Authorization: Bearer $CLAVE\"",
            self.metodo.to_uppercase(),
            shell_path(self.ruta),
            self.query(documento)
        );
        if self.parameter_list().any(|p| p["name"] == "Idempotency-Key") {
            texto.push_str(" \\\n  -H \"Idempotency-Key: $(date +%s%N)\"");
        }
        if let Some((tipo, esquema)) = self.body_schema() {
            texto.push_str(&format!(" \\\n  -H \"Content-Type: {tipo}\""));
            let cuerpo = example(esquema, documento);
            let cuerpo = serde_json::to_string_pretty(&cuerpo).unwrap_or_default();
            // `-d @file` would take the line ends out of a CSV.
            let es_json = tipo.ends_with("json");
            let dato = if es_json {
                format!("-d '{cuerpo}'")
            } else {
                "--data-binary @archivo".to_owned()
            };
            texto.push_str(&format!(" \\\n  {dato}"));
        }
        texto
    }

    fn parameter_list(&self) -> impl Iterator<Item = &Value> {
        self.nodo["parameters"].as_array().into_iter().flatten()
    }

    /// The query parameters without which the call is refused.
    fn query(&self, documento: &Value) -> String {
        let pedidos = self.parameter_list().filter(|p| p["in"] == "query" && p["required"] == true);
        let pares: Vec<String> = pedidos.map(|p| query_pair(p, documento)).collect();
        if pares.is_empty() { String::new() } else { format!("?{}", pares.join("&")) }
    }
}

/// A path with shell variables for its parameters: `/clientes/$ID`.
fn shell_path(ruta: &str) -> String {
    let tramo = |t: &str| match t.strip_prefix('{').and_then(|t| t.strip_suffix('}')) {
        Some(nombre) => format!("${}", nombre.to_uppercase()),
        None => t.to_owned(),
    };
    ruta.split('/').map(tramo).collect::<Vec<_>>().join("/")
}

fn query_pair(parametro: &Value, documento: &Value) -> String {
    let propio = Some(&parametro["example"]).filter(|e| !e.is_null()).cloned();
    let valor = propio.unwrap_or_else(|| example(&parametro["schema"], documento));
    let valor = valor.as_str().map_or_else(|| valor.to_string(), str::to_owned);
    format!("{}={valor}", parametro["name"].as_str().unwrap_or(""))
}

fn parameter(parametro: &Value, documento: &Value) -> String {
    let donde = match parametro["in"].as_str() {
        Some("path") => "dirección",
        Some("header") => "cabecera",
        _ => "consulta",
    };
    row(
        parametro["name"].as_str().unwrap_or(""),
        Some(donde),
        &type_cell(&parametro["schema"], documento, parametro["required"] == true),
        parametro["description"].as_str().unwrap_or(""),
    )
}

/// Table of the fields of a schema, or its type in words if it has none.
pub fn field_table(esquema: &Value, documento: &Value) -> String {
    let mut filas = String::new();
    for (nombre, campo, requerido) in fields(esquema, documento) {
        let tipo = type_cell(campo, documento, requerido);
        let propio = campo["description"].as_str();
        let texto = propio.or(resolve(campo, documento)["description"].as_str()).unwrap_or("");
        filas.push_str(&row(nombre, None, &tipo, texto));
    }
    if filas.is_empty() {
        return format!("<p>{}</p>\n", escape(&words(esquema, documento)));
    }
    format!("<table>\n<tr><th>Campo</th><th>Tipo</th><th>Qué es</th></tr>\n{filas}</table>\n")
}

fn type_cell(esquema: &Value, documento: &Value, requerido: bool) -> String {
    let texto = words(esquema, documento);
    if requerido { format!("{texto}, obligatorio") } else { texto }
}

fn row(nombre: &str, donde: Option<&str>, tipo: &str, texto: &str) -> String {
    let donde = donde.map_or_else(String::new, |d| format!("<td>{d}</td>"));
    let (nombre, tipo, texto) = (escape(nombre), escape(tipo), prose(texto));
    format!("<tr><td><code>{nombre}</code></td>{donde}<td>{tipo}</td><td>{texto}</td></tr>\n")
}

fn answer(estado: &str, respuesta: &Value, documento: &Value) -> String {
    let contenido = respuesta["content"].as_object().and_then(|c| c.iter().next());
    let cuerpo = contenido.map_or_else(
        || "sin cuerpo".to_owned(),
        |(tipo, c)| {
            let forma = match name(&c["schema"]) {
                Some(nombre) => {
                    let nombre = escape(nombre);
                    format!("<a href=\"#esquema-{nombre}\">{nombre}</a>")
                }
                None => escape(&words(&c["schema"], documento)),
            };
            format!("{forma} <small>{}</small>", escape(tipo))
        },
    );
    let clase = if estado.starts_with('2') { "bien" } else { "mal" };
    let texto = prose(respuesta["description"].as_str().unwrap_or(""));
    let estado = escape(estado);
    format!("<tr><td class=\"{clase}\">{estado}</td><td>{texto}</td><td>{cuerpo}</td></tr>\n")
}
