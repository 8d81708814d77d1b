//! Every page of the slice: who may open it, and that each renders.

use axum::Extension;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use ramal_db::{Consulta, Db, Objetos, params};
use ramal_plataforma::{Identidad, Puerta, Sello};
use ramal_testkit::both_engines;
use ramal_web::pagina::Acceso;
use ramal_web::{App, Entorno, assemble};
use tower::ServiceExt;

use crate::navegador::Casa;

const NADIE: &str = "0193f0c8-7a00-7000-8000-000000000001";

fn filled(ruta: &str) -> String {
    ruta.replace("{id}", NADIE).replace("{codigo}", "consulta").replace("{token}", "x")
}

/// Status of a page for somebody with these permissions; `None` for a visitor. A page that leads to
/// the sign-in counts as 401.
async fn status(db: &Db, metodo: &str, ruta: &str, permisos: Option<&[&str]>) -> u16 {
    let cx = ramal_testkit::cx_fijo();
    let app = App::new(db.clone(), cx, Objetos::memoria(), Entorno::prueba());
    let puerta = Puerta::new(Sello::from_bytes(&[7; 32]));
    let sitio = ramal_plataforma::sitio().wrap(|r| r.layer(Extension(puerta)));
    let sitio = match permisos {
        Some(permisos) => sitio.wrap(|r| r.layer(Extension(Identidad::prueba(permisos)))),
        None => sitio,
    };
    let router = assemble(app, vec![], sitio);
    let pedido = Request::builder()
        .method(metodo)
        .uri(filled(ruta))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from("logout_token=x"))
        .unwrap();
    let respuesta = router.oneshot(pedido).await.unwrap();
    let lugar = respuesta.headers().get("location").and_then(|v| v.to_str().ok());
    let fuera = lugar.is_some_and(|l| l.starts_with("/entrar?volver="));
    let estado = if fuera { 401 } else { respuesta.status().as_u16() };
    to_bytes(respuesta.into_body(), 1 << 22).await.unwrap();
    estado
}

both_engines! {
    migraciones: [ramal_db::MIGRACIONES, ramal_web::MIGRACIONES, ramal_plataforma::MIGRACIONES];

    async fn every_page_asks_for_what_it_declares(db: Db) {
        for pagina in ramal_plataforma::sitio().rutas() {
            let (metodo, ruta) = (pagina.metodo.as_str(), pagina.ruta);
            let anonimo = status(&db, metodo, ruta, None).await;
            match pagina.acceso {
                Acceso::Publico => assert_ne!(anonimo, 401, "{metodo} {ruta}"),
                Acceso::Sesion => assert_eq!(anonimo, 401, "{metodo} {ruta}"),
                Acceso::Permiso(permiso) => {
                    assert_eq!(anonimo, 401, "{metodo} {ruta}");
                    let sin = status(&db, metodo, ruta, Some(&["otra:cosa"])).await;
                    assert_eq!(sin, 403, "{metodo} {ruta}");
                    let con = status(&db, metodo, ruta, Some(&[permiso])).await;
                    assert!(con != 401 && (con != 403 || metodo == "POST"), "{ruta}: {con}");
                }
            }
        }
    }

    async fn every_page_renders_and_leaves_no_text_behind(db: Db) {
        let casa = Casa::new(db);
        let rosa = casa.jefa().await;
        let mut ella = casa.dentro("rosa@norte.pe").await;
        let paginas = [
            "/perfil".to_owned(),
            "/perfil/contrasena".into(),
            "/perfil/codigo".into(),
            "/perfil/codigo/quitar".into(),
            "/perfil/atajos".into(),
            "/salir".into(),
            "/recuperar".into(),
            "/admin/usuarios".into(),
            "/admin/usuarios?q=nadie&estado=activo&rol=consulta".into(),
            "/admin/usuarios/alta".into(),
            format!("/admin/usuarios/{rosa}"),
            format!("/admin/usuarios/{rosa}/cambiar"),
            format!("/admin/usuarios/{rosa}/codigo"),
            "/admin/roles".into(),
            "/admin/roles/alta?copiar=soporte".into(),
            "/admin/roles/consulta".into(),
            "/admin/roles/consulta/borrar".into(),
            "/admin/sucursales".into(),
            "/admin/integraciones/claves".into(),
            "/admin/integraciones/claves/alta".into(),
            "/admin/auditoria".into(),
            "/admin/auditoria?actor=rosa@norte.pe&accion=usuario.crear&desde=2026-11-01".into(),
        ];
        for ruta in paginas {
            let vuelta = ella.get(&ruta).await;
            assert_eq!(vuelta.estado, 200, "{ruta}: {}", vuelta.texto);
            let visible = without_tags(&vuelta.texto);
            for clave in ["perfil-", "usuarios-", "roles-", "claves-", "auditoria-", "comun-",
                "sesiones-", "codigo-", "entrar-", "contrasena-", "atajos-", "sucursales-",
                "menu-", "kit-", "permiso-", "area-", "accion-"] {
                assert!(!visible.contains(clave), "{ruta} shows a key {clave}…: {visible}");
            }
        }
    }

    async fn the_trail_tells_who_and_how_it_was_and_leaves_as_a_table(db: Db) {
        let casa = Casa::new(db);
        casa.jefa().await;
        let mut ella = casa.dentro("rosa@norte.pe").await;
        let campos = [("nombre", "=Consulta"), ("version", "1"), ("permisos", "clientes:leer")];
        ella.llenar("/admin/roles/consulta", "/admin/roles/consulta", &campos).await;
        let pagina = ella.get("/admin/auditoria?accion=rol.cambiar").await.texto;
        for texto in ["Rosa Díaz", "Cambió el rol", "<del>Consulta</del>", "=Consulta"] {
            assert!(pagina.contains(texto), "{texto}: {pagina}");
        }
        let hoy = ella.get("/admin/auditoria?desde=2026-11-20&hasta=2026-11-20").await.texto;
        assert!(hoy.contains("<del>Consulta</del>"));
        let ayer = ella.get("/admin/auditoria?hasta=2026-11-19").await.texto;
        assert!(!ayer.contains("<del>Consulta</del>"));
        let tx = casa.db.begin().await.unwrap();
        for n in 0..450 {
            let registro = ramal_plataforma::Registro::new("prueba.hacer", "prueba", n);
            ramal_plataforma::audit(&tx, &casa.cx, registro).await.unwrap();
        }
        tx.commit().await.unwrap();
        let csv = ella.get("/admin/auditoria.csv?objeto_tipo=prueba").await;
        assert_eq!(csv.texto.lines().count(), 451);
        assert!(csv.cabeceras["content-disposition"].to_str().unwrap().contains("auditoria.csv"));
        let total: i64 =
            casa.db.scalar("SELECT COUNT(*) FROM auditoria", params![]).await.unwrap().unwrap();
        let csv = ella.get("/admin/auditoria.csv").await.texto;
        assert_eq!(csv.lines().count(), usize::try_from(total).unwrap() + 1);
    }

    async fn preferences_stay_in_the_browser_also_of_a_visitor(db: Db) {
        let casa = Casa::new(db);
        casa.jefa().await;
        let mut n = casa.navegador();
        let campos = [("tema", "oscuro"), ("densidad", "enorme"), ("volver", "https://x.example")];
        let vuelta = n.llenar("/entrar", "/perfil/preferencias", &campos).await;
        assert_eq!(vuelta.lugar(), "/entrar");
        assert_eq!(n.galletas.get("ramal_tema").map(String::as_str), Some("oscuro"));
        assert!(!n.galletas.contains_key("ramal_densidad"));
        assert!(n.get("/entrar").await.texto.contains("data-tema=\"oscuro\""));
    }

    async fn what_people_type_is_never_markup(db: Db) {
        let casa = Casa::new(db);
        casa.jefa().await;
        let mut ella = casa.dentro("rosa@norte.pe").await;
        let version = casa.cuenta("SELECT version FROM usuarios").await.to_string();
        let malo = "<script>alert(1)</script>";
        let campos = [("nombre", malo), ("version", version.as_str())];
        ella.llenar("/perfil", "/perfil", &campos).await;
        for ruta in ["/perfil", "/admin/usuarios", "/admin/auditoria"] {
            assert!(!ella.get(ruta).await.texto.contains(malo), "{ruta}");
        }
    }
}

fn without_tags(texto: &str) -> String {
    let mut fuera = true;
    let mut visible = String::new();
    for c in texto.chars() {
        match c {
            '<' => fuera = false,
            '>' => fuera = true,
            c if fuera => visible.push(c),
            _ => {}
        }
    }
    visible
}
