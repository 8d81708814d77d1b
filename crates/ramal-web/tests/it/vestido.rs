//! Refusals that people read: pages that say what happened, keep what was typed and echo no secret.

use ramal_db::{Db, Objetos};
use ramal_testkit::both_engines;
use ramal_web::{App, Entorno};

use crate::casa::{VENENO, enviar, enviar_con, leer, notas, oculto, router, testigo};
use crate::llamada::{Vuelta, llamar};

/// Asserts that it is a designed page with a status, in which nothing of the data is markup.
fn es_pagina(vuelta: &Vuelta, estado: u16) -> String {
    let texto = vuelta.texto();
    assert_eq!(vuelta.estado.as_u16(), estado, "{texto}");
    assert!(vuelta.cabecera("content-type").starts_with("text/html"), "{texto}");
    assert!(texto.contains("<h1>") && texto.contains("id=\"contenido\""), "{texto}");
    assert!(!texto.contains("<script>") && !texto.contains("<img src=x"), "{texto}");
    texto
}

both_engines! {
    migraciones: [ramal_db::MIGRACIONES, ramal_web::MIGRACIONES, crate::casa::NOTAS];

    async fn a_refusal_of_a_page_is_a_page_and_of_the_api_a_problem(db: Db) {
        let router = router(&db);
        for estado in [403, 404, 409, 422, 500, 503] {
            let texto = es_pagina(&leer(&router, &format!("/admin/falla/{estado}")).await, estado);
            assert!(texto.contains("Un título"), "{texto}");
        }
        es_pagina(&leer(&router, "/no/existe").await, 404);
        let metodo = llamar(&router, "DELETE", "/admin/lista", &[], "").await;
        es_pagina(&metodo, 405);
        assert_eq!(metodo.cabecera("allow"), "GET,HEAD");
        let api = leer(&router, "/api/v1/nada").await;
        assert_eq!(api.cabecera("content-type"), "application/problem+json");
        let control = leer(&router, "/admin/lista?q=%00").await;
        es_pagina(&control, 400);
    }

    async fn a_failure_tells_a_code_of_the_log_and_nothing_of_itself(db: Db) {
        let router = router(&db);
        let cid = [("x-quien", "ana"), ("x-request-id", "0199-aaaa-bbbb-7f3a2c1d")];
        let vuelta = llamar(&router, "GET", "/admin/panico", &cid, "").await;
        let texto = es_pagina(&vuelta, 500);
        assert!(texto.contains("7F3A2C1D"), "{texto}");
        assert!(!texto.contains("secreto 99"));
    }

    async fn without_a_session_a_page_leads_to_the_door_and_back(db: Db) {
        let router = router(&db);
        let vuelta = llamar(&router, "GET", "/admin/privado?q=a%26b", &[], "").await;
        assert_eq!(vuelta.estado, 303);
        let lugar = vuelta.cabecera("location").to_owned();
        let volver = lugar.strip_prefix("/entrar?volver=").unwrap();
        let vuelta = leer(&router, &format!("/admin/volver?volver={volver}")).await;
        assert_eq!(vuelta.cabecera("location"), "/admin/privado?q=a%26b");
        let hx = [("hx-request", "true"), ("hx-target", "lista")];
        let vuelta = llamar(&router, "GET", "/admin/privado", &hx, "").await;
        assert_eq!(vuelta.estado, 401);
        assert!(vuelta.cabecera("hx-redirect").is_empty());
        assert!(!vuelta.texto().contains("<html"), "a fragment: {}", vuelta.texto());
    }

    async fn an_expired_session_loses_no_typed_text(db: Db) {
        let router = router(&db);
        let campos =
            [("texto", "diez líneas\nmuy largas"), ("contrasena", "hola1234"), ("_csrf", "x")];
        let referer = [("referer", "http://localhost/admin/nuevo"), ("host", "localhost")];
        let vuelta = enviar_con(&router, "/admin/privado?a=1", &referer, &campos).await;
        let texto = es_pagina(&vuelta, 401);
        assert_eq!(oculto(&vuelta, "texto"), "diez líneas\nmuy largas");
        assert!(!texto.contains("hola1234"), "{texto}");
        assert!(texto.contains("action=\"/admin/privado?a=1\""), "{texto}");
        assert!(texto.contains("target=\"_blank\""));
        assert!(texto.contains("/entrar?volver=%2Fadmin%2Fnuevo."), "{texto}");
    }

    async fn a_stale_token_offers_to_send_the_same_again_and_then_it_goes(db: Db) {
        let router = router(&db);
        let campos = [("texto", VENENO), ("_csrf", "viejo.00"), ("_idem", "01JABCDEFGH")];
        let vuelta = enviar(&router, "/admin/nuevo", &campos).await;
        es_pagina(&vuelta, 403);
        assert!(notas(&db).await.is_empty());
        let nuevo = oculto(&vuelta, "_csrf");
        assert_eq!(oculto(&vuelta, "_idem"), "01JABCDEFGH");
        let campos = [("texto", VENENO), ("_csrf", nuevo.as_str()), ("_idem", "01JABCDEFGH")];
        let vuelta = enviar(&router, "/admin/nuevo", &campos).await;
        assert_eq!(vuelta.estado, 303);
        assert_eq!(notas(&db).await, [VENENO]);
    }

    async fn a_form_that_is_too_large_is_told_so_in_a_page(db: Db) {
        let router = router(&db);
        let (csrf, _) = testigo(&router).await;
        let largo = "x".repeat(ramal_web::capas::CUERPO_MAXIMO);
        let vuelta = enviar(&router, "/admin/nuevo", &[("_csrf", &csrf), ("texto", &largo)]).await;
        es_pagina(&vuelta, 413);
    }

    async fn pages_carry_a_policy_without_anything_inline(db: Db) {
        let router = router(&db);
        for ruta in ["/admin/lista", "/no/existe", "/admin/falla/500"] {
            let vuelta = leer(&router, ruta).await;
            let csp = vuelta.cabecera("content-security-policy");
            assert!(csp.starts_with("default-src 'self'; script-src 'self'"), "{csp}");
            assert!(!csp.contains("unsafe") && csp.contains("frame-ancestors 'none'"));
            assert_eq!(vuelta.cabecera("cross-origin-opener-policy"), "same-origin");
            assert!(vuelta.cabecera("permissions-policy").contains("camera=()"));
            assert!(vuelta.cabecera("strict-transport-security").is_empty(), "plain HTTP");
            let texto = vuelta.texto();
            assert!(!texto.contains(" style=\"") && !texto.contains(" onclick="), "{ruta}");
        }
        let vuelta = leer(&router, "/admin/lista").await;
        assert_eq!(vuelta.cabecera("cache-control"), "private, no-cache");
        assert_eq!(leer(&router, "/admin/falla/500").await.cabecera("cache-control"), "no-store");
    }

    async fn pages_travel_compressed(db: Db) {
        let router = router(&db);
        let pide = [("x-quien", "ana"), ("accept-encoding", "gzip")];
        let vuelta = llamar(&router, "GET", "/admin/lista", &pide, "").await;
        assert_eq!(vuelta.cabecera("content-encoding"), "gzip");
        assert!(vuelta.cabecera("vary").to_ascii_lowercase().contains("accept-encoding")
            || vuelta.cabeceras.get_all("vary").iter().any(|v| v == "accept-encoding"));
    }

    async fn over_https_the_browser_is_told_to_stay_there(db: Db) {
        let url_publica = "https://ramal.ejemplo.pe".to_owned();
        let entorno = Entorno { url_publica, ..Entorno::prueba() };
        let app = App::new(db, ramal_testkit::cx_fijo(), Objetos::memoria(), entorno);
        let router = ramal_web::assemble(app, vec![], crate::casa::sitio());
        for ruta in ["/admin/lista", "/api/v1/nada", "/estatico/0/ramal.js"] {
            let vuelta = leer(&router, ruta).await;
            assert_eq!(vuelta.cabecera("strict-transport-security"), "max-age=31536000");
        }
    }
}
