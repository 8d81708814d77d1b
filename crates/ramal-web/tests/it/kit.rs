//! What surrounds the routes: refusals, panics, limits, health, headers.

use axum::Router;
use axum::routing::{get, post};
use ramal_db::Db;
use ramal_testkit::both_engines;
use ramal_web::{
    App, Etag, Filtros, IfMatch, Paginacion, Parsed, Problem, Ruta, Rutas, Sitio, assemble, servir,
};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::llamada::{Vuelta, app, llamar};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Estricto {
    n: u8,
}

#[derive(Deserialize)]
struct Filtro {
    #[serde(flatten)]
    pagina: Paginacion,
}

fn router(db: Db) -> Router {
    let rutas = Rutas::new()
        .route("/panico", get(|| async { panic!("clave secreta 123") as &'static str }))
        .route("/estricto", post(|Parsed(e): Parsed<Estricto>| async move { e.n.to_string() }))
        .route("/libre", post(|Parsed(v): Parsed<Value>| async move { v.to_string() }))
        .route(
            "/lista",
            get(|Filtros(f): Filtros<Filtro>| async move { f.pagina.limite.to_string() }),
        )
        .route(
            "/cosas/{id}",
            get(|Ruta(id): Ruta<u32>| async move { (Etag::from_version(3), id.to_string()) }),
        )
        .route(
            "/cosas/{id}/cambio",
            post(|si: IfMatch| async move { si.check(3).map(|()| "hecho") }),
        )
        .route(
            "/ocupada",
            get(|| async { Err::<(), Problem>(Problem::from(ramal_db::DbError::Busy)) }),
        );
    let app: App = app(db);
    assemble(app, vec![rutas], Sitio::new())
}

async fn json_en(router: &Router, ruta: &str, cuerpo: &str) -> Vuelta {
    llamar(router, "POST", ruta, &[("content-type", "application/json")], cuerpo).await
}

async fn leer(router: &Router, ruta: &str) -> Vuelta {
    llamar(router, "GET", ruta, &[], "").await
}

/// Asserts that it is a whole problem+json with that status and code.
fn es_problema(vuelta: &Vuelta, estado: u16, codigo: &str) {
    let cuerpo = vuelta.json();
    assert_eq!(vuelta.estado.as_u16(), estado, "{}", vuelta.texto());
    assert_eq!(vuelta.cabecera("content-type"), "application/problem+json");
    assert_eq!(cuerpo["codigo"], codigo);
    assert_eq!(cuerpo["status"], estado);
    assert_eq!(cuerpo["type"], format!("/problemas/{codigo}"));
    assert!(cuerpo["title"].is_string() && cuerpo["detail"].is_string());
    assert!(cuerpo["errores"].is_array());
}

both_engines! {
    migraciones: [ramal_db::MIGRACIONES, ramal_web::MIGRACIONES];

    async fn a_panic_is_a_problem_that_tells_nothing(db: Db) {
        let vuelta = leer(&router(db), "/api/v1/panico").await;
        es_problema(&vuelta, 500, "error_interno");
        assert!(!vuelta.texto().contains("secreta"));
    }

    async fn a_ready_process_has_its_database(db: Db) {
        let router = router(db.clone());
        assert_eq!(leer(&router, "/health/ready").await.json(), json!({"estado": "listo"}));
        assert_eq!(leer(&router, "/health/live").await.estado, 200);
        db.close().await.unwrap();
        es_problema(&leer(&router, "/health/ready").await, 503, "servicio_ocupado");
        assert_eq!(leer(&router, "/health/live").await.estado, 200);
    }

    async fn the_refusals_of_the_framework_are_problems_too(db: Db) {
        let router = router(db);
        es_problema(&leer(&router, "/api/v1/nada").await, 404, "ruta_no_encontrada");
        for metodo in ["DELETE", "PATCH", "OPTIONS", "TRACE", "PUT"] {
            let vuelta = llamar(&router, metodo, "/api/v1/lista", &[], "").await;
            es_problema(&vuelta, 405, "metodo_no_permitido");
            assert_eq!(vuelta.cabecera("allow"), "GET,HEAD", "{metodo}");
        }
        let ocupada = leer(&router, "/api/v1/ocupada").await;
        es_problema(&ocupada, 503, "base_ocupada");
        assert_eq!(ocupada.cabecera("retry-after"), "2");
    }

    async fn a_body_is_refused_by_what_is_wrong_with_it(db: Db) {
        let router = router(db);
        let ruta = "/api/v1/estricto";
        assert_eq!(json_en(&router, ruta, r#"{"n":7}"#).await.texto(), "7");
        es_problema(&json_en(&router, ruta, "{").await, 400, "json_mal_formado");
        for (cuerpo, campo, codigo) in [
            (r#"{"n":"7"}"#, "n", "tipo_incorrecto"),
            (r#"{"n":300}"#, "n", "valor_invalido"),
            (r#"{}"#, "n", "campo_requerido"),
            (r#"{"n":7,"m":1}"#, "m", "campo_desconocido"),
            (r#"[]"#, "cuerpo", "valor_invalido"),
        ] {
            let vuelta = json_en(&router, ruta, cuerpo).await;
            es_problema(&vuelta, 422, "datos_invalidos");
            assert_eq!(vuelta.json()["errores"][0]["campo"], campo, "{cuerpo}");
            assert_eq!(vuelta.json()["errores"][0]["codigo"], codigo, "{cuerpo}");
        }
        let plano = llamar(&router, "POST", ruta, &[("content-type", "text/plain")], "7").await;
        es_problema(&plano, 415, "tipo_de_contenido");
        let enorme = format!("\"{}\"", "x".repeat(ramal_web::capas::CUERPO_MAXIMO));
        es_problema(&json_en(&router, "/api/v1/libre", &enorme).await, 413, "cuerpo_muy_grande");
    }

    async fn query_and_path_name_what_does_not_fit(db: Db) {
        let router = router(db);
        assert_eq!(leer(&router, "/api/v1/lista?limite=7").await.texto(), "7");
        assert_eq!(leer(&router, "/api/v1/lista").await.texto(), "50");
        for mala in ["limite=0", "limite=201", "limite=x", "limite=-1"] {
            let vuelta = leer(&router, &format!("/api/v1/lista?{mala}")).await;
            es_problema(&vuelta, 422, "datos_invalidos");
        }
        let vuelta = leer(&router, "/api/v1/cosas/x").await;
        es_problema(&vuelta, 422, "datos_invalidos");
        es_problema(&leer(&router, "/api/v1/cosas/%00").await, 400, "caracter_no_permitido");
        es_problema(&leer(&router, "/api/v1/lista?q=%00").await, 400, "caracter_no_permitido");
        assert!(leer(&router, "/api/v1/cosas/%ff").await.estado.is_client_error());
    }

    async fn an_edit_over_an_old_version_is_refused(db: Db) {
        let router = router(db);
        let etag = leer(&router, "/api/v1/cosas/1").await.cabecera("etag").to_owned();
        let ruta = "/api/v1/cosas/1/cambio";
        let con = |valor: String| {
            let router = router.clone();
            async move { llamar(&router, "POST", ruta, &[("if-match", &valor)], "").await }
        };
        assert_eq!(con(etag).await.estado, 200);
        es_problema(&con("\"v2\"".into()).await, 412, "version_distinta");
        es_problema(&con("v3".into()).await, 400, "if_match_invalido");
        assert_eq!(llamar(&router, "POST", ruta, &[], "").await.estado, 200);
    }

    async fn every_answer_carries_the_security_headers_and_an_id(db: Db) {
        let router = router(db);
        for ruta in ["/api/v1/nada", "/api/v1/lista", "/api/v1/panico", "/health/live"] {
            let vuelta = leer(&router, ruta).await;
            assert_eq!(vuelta.cabecera("x-content-type-options"), "nosniff", "{ruta}");
            assert_eq!(vuelta.cabecera("x-frame-options"), "DENY");
            assert_eq!(vuelta.cabecera("cache-control"), "no-store");
            assert!(vuelta.cabecera("content-security-policy").starts_with("default-src 'none'"));
            assert!(!vuelta.cabecera("x-request-id").is_empty());
        }
        let mio = [("x-request-id", "abc-1")];
        let vuelta = llamar(&router, "GET", "/health/live", &mio, "").await;
        assert_eq!(vuelta.cabecera("x-request-id"), "abc-1");
        let forjado = [("x-request-id", "a\" b")];
        let vuelta = llamar(&router, "GET", "/health/live", &forjado, "").await;
        assert_ne!(vuelta.cabecera("x-request-id"), "a\" b");
    }
}

both_engines! {
    migraciones: [ramal_db::MIGRACIONES];

    async fn a_server_told_to_stop_stops_and_lets_the_port_go(db: Db) {
        let cancel = CancellationToken::new();
        let addr = "127.0.0.1:0".parse().unwrap();
        let servidor = servir(router(db), addr, cancel.clone()).await.unwrap();
        let direccion = servidor.direccion;
        assert_ne!(direccion.port(), 0);
        assert!(tokio::net::TcpStream::connect(direccion).await.is_ok());
        cancel.cancel();
        servidor.wait().await.unwrap();
        assert!(tokio::net::TcpStream::connect(direccion).await.is_err());
    }
}
