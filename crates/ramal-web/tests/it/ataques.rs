//! What somebody with bad intentions sends: markup, foreign forms, redirects elsewhere, paths out
//! of the folder, touched cookies.

use axum::Router;
use ramal_db::Db;
use ramal_testkit::both_engines;

use crate::casa::{VENENO, enviar, enviar_con, leer, notas, oculto, router, testigo};
use crate::llamada::{Vuelta, llamar};

fn sin_veneno(vuelta: &Vuelta) {
    let texto = vuelta.texto();
    for malo in ["<script>alert", "<img src=x", "\"><script", "onerror=alert(1)>"] {
        assert!(!texto.contains(malo), "{malo} in {texto}");
    }
}

fn codificado(texto: &str) -> String {
    form_urlencoded::byte_serialize(texto.as_bytes()).collect()
}

/// The cookie of notices that an answer leaves.
fn galleta(vuelta: &Vuelta) -> String {
    vuelta.cabecera("set-cookie").split(';').next().unwrap().to_owned()
}

async fn con_galleta(router: &Router, galleta: &str) -> Vuelta {
    let cabeceras = [("x-quien", "ana"), ("cookie", galleta)];
    llamar(router, "GET", "/admin/nuevo", &cabeceras, "").await
}

both_engines! {
    migraciones: [ramal_db::MIGRACIONES, ramal_web::MIGRACIONES, crate::casa::NOTAS];

    async fn nothing_echoed_becomes_markup(db: Db) {
        let router = router(&db);
        let veneno = codificado(VENENO);
        for consulta in ["q", "estado", "desde", "orden", "otro", "cursor", "previos"] {
            sin_veneno(&leer(&router, &format!("/admin/lista?{consulta}={veneno}&q=a")).await);
        }
        sin_veneno(&leer(&router, &format!("/admin/lista?{veneno}=1")).await);
        sin_veneno(&leer(&router, &format!("/{veneno}")).await);
        let (csrf, idem) = testigo(&router).await;
        let campos =
            [("_csrf", csrf.as_str()), ("_idem", &idem), ("nota", VENENO), (VENENO, VENENO)];
        let vuelta = enviar(&router, "/admin/nuevo", &campos).await;
        assert_eq!(vuelta.estado, 422);
        sin_veneno(&vuelta);
        assert!(vuelta.texto().contains("&#60;script&#62;"), "it is kept, as text");
        let campos = [("_csrf", csrf.as_str()), (VENENO, VENENO), ("texto", VENENO)];
        sin_veneno(&enviar(&router, "/admin/falla/500", &campos).await);
        let vuelta = enviar(&router, "/admin/nuevo", &[("_csrf", &csrf), ("texto", VENENO)]).await;
        assert_eq!(vuelta.estado, 303);
        let aviso = con_galleta(&router, &galleta(&vuelta)).await;
        assert!(aviso.texto().contains("&#60;script&#62;"), "{}", aviso.texto());
        sin_veneno(&aviso);
    }

    async fn a_form_from_elsewhere_does_nothing(db: Db) {
        let router = router(&db);
        let (csrf, _) = testigo(&router).await;
        let campos = [("_csrf", csrf.as_str()), ("texto", "hola")];
        for ajena in [
            [("x-quien", "ana"), ("sec-fetch-site", "cross-site"), ("host", "localhost")],
            [("x-quien", "ana"), ("sec-fetch-site", "same-site"), ("host", "localhost")],
            [("x-quien", "ana"), ("origin", "https://evil.example"), ("host", "localhost")],
            [("x-quien", "ana"), ("origin", "http://localhost.evil.mx"), ("host", "localhost")],
            [("x-quien", "ana"), ("origin", "null"), ("host", "localhost")],
        ] {
            let vuelta = enviar_con(&router, "/admin/nuevo", &ajena, &campos).await;
            assert_eq!(vuelta.estado, 403, "{ajena:?}");
        }
        for sin in [vec![("texto", "hola")], vec![("_csrf", ""), ("texto", "hola")]] {
            assert_eq!(enviar(&router, "/admin/nuevo", &sin).await.estado, 403);
        }
        let otro = [("x-quien", "beto")];
        let vuelta = enviar_con(&router, "/admin/nuevo", &otro, &campos).await;
        assert_eq!(vuelta.estado, 403, "the token of another session");
        let tocado = csrf.replace('.', "0.");
        let tocados = [("_csrf", tocado.as_str()), ("texto", "hola")];
        let vuelta = enviar(&router, "/admin/nuevo", &tocados).await;
        assert_eq!(vuelta.estado, 403);
        assert!(notas(&db).await.is_empty());
        let propia = [("x-quien", "ana"), ("origin", "http://localhost"), ("host", "localhost")];
        assert_eq!(enviar_con(&router, "/admin/nuevo", &propia, &campos).await.estado, 303);
    }

    async fn a_form_with_files_is_checked_the_same_way(db: Db) {
        let router = router(&db);
        let (csrf, _) = testigo(&router).await;
        let parte = |csrf: &str, grande: usize| {
            let relleno = "x".repeat(grande);
            format!(
                "--B\r\nContent-Disposition: form-data; name=\"_csrf\"\r\n\r\n{csrf}\r\n\
                 --B\r\nContent-Disposition: form-data; name=\"nota\"\r\n\r\nhola\r\n\
                 --B\r\nContent-Disposition: form-data; name=\"archivo\"; \
                 filename=\"../../a.csv\"\r\nContent-Type: text/csv\r\n\r\n{relleno}\r\n--B--\r\n"
            )
        };
        let tipo = [("x-quien", "ana"), ("content-type", "multipart/form-data; boundary=B")];
        let ruta = "/admin/subir";
        let vuelta = llamar(&router, "POST", ruta, &tipo, &parte(&csrf, 3_000_000)).await;
        assert_eq!(vuelta.texto(), "a.csv 3000000 hola");
        assert_eq!(llamar(&router, "POST", ruta, &tipo, &parte("x", 3)).await.estado, 403);
        let enorme = parte(&csrf, 5_000_000);
        assert_eq!(llamar(&router, "POST", ruta, &tipo, &enorme).await.estado, 413);
    }

    async fn no_address_leads_out_of_the_site(db: Db) {
        let router = router(&db);
        for malo in [
            "//evil.example", "/\\evil.example", "https://evil.example", "/%09/evil", "\\\\evil",
            "/a\r\nSet-Cookie: x=1", "javascript:alert(1)", "", "/ñ", "///evil",
        ] {
            let vuelta = leer(&router, &format!("/admin/descuidado?a={}", codificado(malo))).await;
            if vuelta.estado == 400 {
                continue;
            }
            let lugar = vuelta.cabecera("location");
            assert!(lugar == "/" || lugar == "/%09/evil", "{malo:?} led to {lugar:?}");
            assert!(vuelta.cabeceras.get("set-cookie").is_none());
        }
        let firmado = leer(&router, "/admin/lista").await;
        assert_eq!(firmado.estado, 200);
        for tocado in ["/admin", "//evil.example.00", "/admin/lista.00ff", "%2F%2Fevil"] {
            let vuelta = leer(&router, &format!("/admin/volver?volver={tocado}")).await;
            assert_eq!(vuelta.cabecera("location"), "/", "{tocado}");
        }
    }

    async fn a_touched_notice_is_not_shown_and_a_shown_one_goes(db: Db) {
        let router = router(&db);
        let (csrf, _) = testigo(&router).await;
        let campos = [("_csrf", csrf.as_str()), ("texto", "aviso bueno")];
        let buena = galleta(&enviar(&router, "/admin/nuevo", &campos).await);
        let vuelta = con_galleta(&router, &buena).await;
        assert!(vuelta.texto().contains("aviso bueno"));
        assert!(vuelta.texto().contains("action=\"/admin/deshacer\""));
        assert!(vuelta.cabecera("set-cookie").contains("ramal_avisos=; Path=/"));
        assert!(vuelta.cabecera("set-cookie").contains("Max-Age=0"));
        let hx = [("x-quien", "ana"), ("cookie", buena.as_str()), ("hx-request", "true")];
        let parcial = llamar(&router, "GET", "/admin/nuevo", &hx, "").await;
        assert!(parcial.cabeceras.get("set-cookie").is_none(), "a fragment shows no notices");
        let otra = buena.replace("avisos=W", "avisos=X");
        for tocada in [otra, format!("{buena}0"), "ramal_avisos=".into()] {
            assert!(!con_galleta(&router, &tocada).await.texto().contains("aviso bueno"));
        }
    }

    async fn only_the_files_of_the_browser_are_served(db: Db) {
        let router = router(&db);
        let pagina = leer(&router, "/admin/lista").await.texto();
        let ruta = pagina.split("href=\"").find(|r| r.contains("ramal.css")).unwrap();
        let ruta = ruta.split('"').next().unwrap();
        let gzip = [("accept-encoding", "gzip, br")];
        let vuelta = llamar(&router, "GET", ruta, &gzip, "").await;
        assert_eq!(vuelta.estado, 200);
        assert_eq!(vuelta.cabecera("content-type"), "text/css; charset=utf-8");
        assert_eq!(vuelta.cabecera("content-encoding"), "gzip");
        assert!(vuelta.cabecera("cache-control").contains("immutable"));
        let etag = vuelta.cabecera("etag").to_owned();
        let vuelta = llamar(&router, "GET", ruta, &[("if-none-match", &etag)], "").await;
        assert_eq!(vuelta.estado, 304);
        let vieja = llamar(&router, "GET", "/estatico/00/ramal.css", &[], "").await;
        assert_eq!(vieja.cabecera("cache-control"), "no-cache");
        for fuera in [
            "/estatico/x/../Cargo.toml", "/estatico/x/..%2f..%2fCargo.toml",
            "/estatico/x/%2e%2e%2fbuild.rs", "/estatico/x/", "/estatico/x/nada.js",
            "/estatico/x/..%5cCargo.toml", "/estatico/x/ramal.css%2f..",
        ] {
            let vuelta = leer(&router, fuera).await;
            assert_eq!(vuelta.estado, 404, "{fuera}");
        }
    }

    async fn a_second_press_of_the_button_writes_once_and_says_so(db: Db) {
        let router = router(&db);
        let (csrf, idem) = testigo(&router).await;
        let otro = oculto(&leer(&router, "/admin/nuevo").await, "_csrf");
        assert_ne!(csrf, otro, "every answer has another token");
        let campos = |csrf| [("_csrf", csrf), ("_idem", idem.as_str()), ("texto", "una vez")];
        let primera = enviar(&router, "/admin/nuevo", &campos(&csrf)).await;
        let segunda = enviar(&router, "/admin/nuevo", &campos(&otro)).await;
        assert_eq!((primera.estado.as_u16(), segunda.estado.as_u16()), (303, 303));
        assert_eq!(primera.cabecera("location"), segunda.cabecera("location"));
        assert_eq!(notas(&db).await, ["una vez"]);
        let aviso = con_galleta(&router, &galleta(&segunda)).await.texto();
        assert!(aviso.contains("Ya estaba registrado"), "{aviso}");
        let distinta = [("_csrf", otro.as_str()), ("_idem", idem.as_str()), ("texto", "otra cosa")];
        let vuelta = enviar(&router, "/admin/nuevo", &distinta).await;
        assert_eq!(vuelta.estado, 409);
        let texto = vuelta.texto();
        assert!(texto.contains("ya se envió con otros datos"), "{texto}");
        assert!(texto.contains(primera.cabecera("location")), "the first: {texto}");
        assert!(texto.contains("otra cosa") && !texto.contains("Enviar de nuevo"), "{texto}");
        assert_eq!(notas(&db).await, ["una vez"]);
    }

    async fn twenty_presses_at_once_write_once(db: Db) {
        let router = router(&db);
        let (csrf, idem) = testigo(&router).await;
        let tareas: Vec<_> = (0..20).map(|_| {
            let (router, csrf, idem) = (router.clone(), csrf.clone(), idem.clone());
            tokio::spawn(async move {
                let campos = [("_csrf", csrf.as_str()), ("_idem", &idem), ("texto", "a la vez")];
                enviar(&router, "/admin/nuevo", &campos).await
            })
        }).collect();
        for tarea in tareas {
            assert_eq!(tarea.await.unwrap().estado, 303);
        }
        assert_eq!(notas(&db).await, ["a la vez"]);
    }
}
