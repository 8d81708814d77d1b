//! Reference page of the API, made once from the OpenAPI document. Plain HTML: no script, nothing
//! from other hosts.

mod esquema;
mod html;
mod operacion;

use std::collections::BTreeMap;

use axum::http::header;
use axum::response::IntoResponse;
use serde_json::Value;

use html::escape;
use operacion::Operacion;

/// Where the page's style sheet is served.
pub const RUTA_ESTILO: &str = "/api/v1/docs/estilo.css";

const ESTILO: &str = include_str!("estilo.css");

const CSP: &str = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'";

/// The page for a document, grouped by tag.
pub fn render(documento: &Value) -> String {
    let titulo = escape(documento["info"]["title"].as_str().unwrap_or("API"));
    let descripcion = html::prose(documento["info"]["description"].as_str().unwrap_or(""));
    let grupos = grupos(documento);
    let indice: String = grupos.iter().map(|(tag, ops)| index_of(tag, ops)).collect();
    let cuerpo: String = grupos.iter().map(|(tag, ops)| section(tag, ops, documento)).collect();
    let (errores, esquemas) = (common_refusals(documento), schemas(documento));
    format!(
        "<!doctype html>\n<html lang=\"es\">\n<head>\n<meta charset=\"utf-8\">\n\
        <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
        <title>{titulo}: referencia de la API</title>\n\
        <link rel=\"stylesheet\" href=\"{RUTA_ESTILO}\">\n</head>\n<body>\n\
        <a class=\"salto\" href=\"#contenido\">Ir al contenido</a>\n\
        <nav aria-label=\"Operaciones\">\n<p class=\"marca\">{titulo}</p>\n{indice}</nav>\n\
        <main id=\"contenido\">\n<h1>Referencia de la API</h1>\n<p>{descripcion}</p>\n\
        <p>Envíe <code>Authorization: Bearer &lt;clave&gt;</code> en cada petición. El documento \
        OpenAPI está en <a href=\"/api/v1/openapi.json\">/api/v1/openapi.json</a>.</p>\n\
        {errores}{cuerpo}{esquemas}</main>\n</body>\n</html>\n"
    )
}

/// Serves the page with a policy that lets it load its own style sheet and nothing else.
pub async fn page(html: String) -> impl IntoResponse {
    let tipo = "text/html; charset=utf-8";
    ([(header::CONTENT_TYPE, tipo), (header::CONTENT_SECURITY_POLICY, CSP)], html)
}

/// Serves the style sheet.
pub async fn style() -> impl IntoResponse {
    let cache = "public, max-age=3600";
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, cache)], ESTILO)
}

/// Operations by tag; those without one go under `otras`.
fn grupos(documento: &Value) -> BTreeMap<String, Vec<Operacion<'_>>> {
    let mut grupos: BTreeMap<String, Vec<Operacion<'_>>> = BTreeMap::new();
    for operacion in operacion::all(documento) {
        grupos.entry(operacion.tag().to_owned()).or_default().push(operacion);
    }
    grupos
}

/// A tag as people write it; tags are ASCII.
fn titulo(tag: &str) -> &str {
    match tag {
        "catalogo" => "catálogo",
        "facturacion" => "facturación",
        otra => otra,
    }
}

fn index_of(tag: &str, operaciones: &[Operacion<'_>]) -> String {
    let filas: String = operaciones.iter().map(Operacion::index_line).collect();
    let tag = titulo(tag);
    format!("<h2>{}</h2>\n<ul>\n{filas}</ul>\n", escape(tag))
}

fn section(tag: &str, operaciones: &[Operacion<'_>], documento: &Value) -> String {
    let articulos: String = operaciones.iter().map(|o| o.article(documento)).collect();
    let tag = titulo(tag);
    format!("<section>\n<h2>{}</h2>\n{articulos}</section>\n", escape(tag))
}

/// The refusals that the operations share, told once.
fn common_refusals(documento: &Value) -> String {
    let comunes = documento["components"]["responses"].as_object();
    let fila = |(nombre, r): (&String, &Value)| {
        let texto = html::prose(r["description"].as_str().unwrap_or(""));
        format!("<tr><td>{}</td><td>{texto}</td></tr>\n", escape(nombre))
    };
    let filas: String = comunes.into_iter().flatten().map(fila).collect();
    if filas.is_empty() {
        return String::new();
    }
    format!(
        "<section id=\"errores\">\n<h2>Errores</h2>\n<p>Todos llevan el cuerpo \
        <a href=\"#esquema-Problema\">Problema</a>; decida por <code>codigo</code>, que no \
        cambia.</p>\n<table>\n{filas}</table>\n</section>\n"
    )
}

/// Every schema with its fields, where the answers lead to.
fn schemas(documento: &Value) -> String {
    let todos = documento["components"]["schemas"].as_object();
    let articulo = |(nombre, esquema): (&String, &Value)| {
        let texto = html::prose(esquema["description"].as_str().unwrap_or(""));
        let campos = operacion::field_table(esquema, documento);
        let nombre = escape(nombre);
        format!(
            "<article id=\"esquema-{nombre}\">\n<h3><code>{nombre}</code></h3>\n\
            <p>{texto}</p>\n{campos}</article>\n"
        )
    };
    let articulos: String = todos.into_iter().flatten().map(articulo).collect();
    format!("<section>\n<h2>Esquemas</h2>\n{articulos}</section>\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn documento() -> Value {
        json!({
            "info": {"title": "Ramal", "description": "Con `codigo`."},
            "paths": {"/api/v1/clientes/{id}": {"put": {
                "tags": ["clientes"], "summary": "Cambia <b>un</b> cliente",
                "operationId": "put_cliente",
                "parameters": [
                    {"name": "id", "in": "path", "required": true, "schema": {"type": "string"}},
                    {"name": "desde", "in": "query", "required": true,
                     "schema": {"type": "string", "format": "date"}},
                    {"name": "Idempotency-Key", "in": "header", "schema": {"type": "string"}},
                    {"name": "limite", "in": "query", "schema": {"type": "integer", "maximum": 200}}
                ],
                "requestBody": {"content": {"application/json": {"schema":
                    {"$ref": "#/components/schemas/Cliente"}}}},
                "responses": {
                    "200": {"description": "Cambiado", "content": {"application/json": {"schema":
                        {"$ref": "#/components/schemas/Cliente"}}}},
                    "404": {"$ref": "#/components/responses/NoEncontrado"}
                }
            }}},
            "components": {
                "responses": {"NoEncontrado": {"description": "No existe."}},
                "schemas": {"Cliente": {"type": "object", "required": ["nombre"], "properties": {
                    "nombre": {"type": "string", "example": "Javier Mosca"},
                    "padre": {"$ref": "#/components/schemas/Cliente"},
                    "edad": {"type": ["integer", "null"]}
                }}}
            }
        })
    }

    #[test]
    fn an_operation_shows_what_a_caller_needs() {
        let html = render(&documento());
        for parte in [
            "id=\"put_cliente\"",
            "<code>/api/v1/clientes/{id}</code>",
            "<td><code>limite</code></td>",
            "máximo 200",
            "curl -X PUT &quot;$RAMAL/api/v1/clientes/$ID?desde=2026-12-01&quot;",
            "-H &quot;Idempotency-Key: $(date +%s%N)&quot;",
            "No existe.",
            "<a href=\"#esquema-Cliente\">Cliente</a>",
            "<article id=\"esquema-Cliente\">",
            "<a href=\"#errores\">404</a>",
            "Javier Mosca",
            "texto, obligatorio",
        ] {
            assert!(html.contains(parte), "{parte} is missing:\n{html}");
        }
    }

    #[test]
    fn text_of_the_document_is_never_markup() {
        let html = render(&documento());
        assert!(html.contains("Cambia &lt;b&gt;un&lt;/b&gt; cliente"));
        assert!(!html.contains("<script"));
        assert!(!html.contains("style="));
    }

    #[test]
    fn an_empty_document_is_an_empty_page() {
        assert!(render(&json!({})).contains("Referencia de la API"));
    }
}
