//! OpenAPI and the reference page, as they are served.

use ramal_db::Db;
use ramal_testkit::both_engines;
use ramal_web::{Created, PaginaView, Paginacion, Parsed, Problem, Rutas, Sitio, assemble};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::llamada::{app, llamar};

#[derive(Deserialize, Serialize, ToSchema)]
struct Cosa {
    /// Cómo se llama.
    #[schema(example = "antena")]
    nombre: String,
}

/// Crea una cosa
#[utoipa::path(post, path = "/cosas", tag = "cosas", request_body = Cosa,
    params(ramal_web::CabeceraIdempotencia),
    responses((status = 201, description = "Creada", body = Cosa)))]
async fn post_cosa(Parsed(cosa): Parsed<Cosa>) -> Result<Created<Cosa>, Problem> {
    Ok(Created(cosa))
}

/// Las cosas
#[utoipa::path(get, path = "/cosas", tag = "cosas", params(Paginacion),
    responses((status = 200, description = "Una página", body = PaginaView<Cosa>)))]
async fn get_cosas() -> axum::Json<PaginaView<Cosa>> {
    axum::Json(PaginaView { datos: Vec::new(), siguiente: None })
}

both_engines! {
    migraciones: [ramal_db::MIGRACIONES];

    async fn the_document_declares_every_refusal_and_the_key(db: Db) {
        let rutas = Rutas::new().routes(routes!(get_cosas, post_cosa));
        let router = assemble(app(db), vec![rutas], Sitio::new());
        let documento = llamar(&router, "GET", "/api/v1/openapi.json", &[], "").await.json();
        let ruta = &documento["paths"]["/api/v1/cosas"];
        for estado in ["400", "401", "403", "404", "409", "413", "415", "422", "500", "503"] {
            assert!(ruta["post"]["responses"][estado].is_object(), "{estado}: {ruta}");
        }
        assert!(ruta["get"]["responses"]["200"].is_object());
        assert_eq!(ruta["get"]["security"][0]["clave_api"], serde_json::json!([]));
        let clave = &ruta["post"]["parameters"][0];
        assert_eq!((&clave["name"], &clave["in"]), (&"Idempotency-Key".into(), &"header".into()));
        assert!(documento["components"]["schemas"]["Problema"]["properties"]["type"].is_object());
        let texto = documento.to_string();
        for referencia in texto.split("\"$ref\":\"#").skip(1) {
            let puntero = referencia.split('"').next().unwrap();
            assert!(documento.pointer(puntero).is_some(), "{puntero} leads nowhere");
        }
    }

    async fn the_reference_page_needs_no_script_and_no_other_host(db: Db) {
        let rutas = Rutas::new().routes(routes!(get_cosas, post_cosa));
        let router = assemble(app(db), vec![rutas], Sitio::new());
        let pagina = llamar(&router, "GET", "/api/v1/docs", &[], "").await;
        assert_eq!(pagina.cabecera("content-type"), "text/html; charset=utf-8");
        assert!(pagina.cabecera("content-security-policy").contains("style-src 'self'"));
        let html = pagina.texto();
        assert!(html.contains("Crea una cosa") && html.contains("antena"), "{html}");
        assert!(!html.contains("<script") && !html.contains("http://"));
        let estilo = llamar(&router, "GET", "/api/v1/docs/estilo.css", &[], "").await;
        assert_eq!(estilo.cabecera("content-type"), "text/css; charset=utf-8");
    }
}
