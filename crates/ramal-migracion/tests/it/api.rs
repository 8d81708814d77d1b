//! Risk: the same import by HTTP answers otherwise, or to who may not ask.

use axum::body::{Body, to_bytes};
use axum::http::Request;
use ramal_db::{Db, Objetos};
use ramal_plataforma::{NuevaClave, create_clave};
use ramal_testkit::both_engines;
use ramal_web::{App, Entorno, Sitio, assemble};
use serde_json::Value;
use tower::ServiceExt;

use crate::apoyo::{self, Mundo, mundo};
use crate::fixtures::PE;

async fn key(m: &Mundo, nombre: &str, permiso: &str) -> String {
    let tx = m.db.begin().await.unwrap();
    let nueva = NuevaClave { nombre: nombre.into(), permisos: vec![permiso.into()] };
    let creada = create_clave(&tx, &m.cx, nueva).await.unwrap();
    tx.commit().await.unwrap();
    creada.texto
}

async fn call(m: &Mundo, clave: &str, (metodo, ruta): (&str, &str), cuerpo: &[u8]) -> (u16, Value) {
    let app = App::new(m.db.clone(), m.cx.clone(), Objetos::memoria(), Entorno::prueba());
    let peticion = Request::builder()
        .method(metodo)
        .uri(format!("/api/v1/importaciones{ruta}"))
        .header("authorization", format!("Bearer {clave}"))
        .header("idempotency-key", "una")
        .header("content-type", "text/csv")
        .body(Body::from(cuerpo.to_vec()))
        .unwrap();
    let router = assemble(app, vec![ramal_migracion::rutas()], Sitio::new());
    let respuesta = router.oneshot(peticion).await.unwrap();
    let estado = respuesta.status().as_u16();
    let bytes = to_bytes(respuesta.into_body(), usize::MAX).await.unwrap();
    (estado, serde_json::from_slice(&bytes).unwrap_or_default())
}

both_engines! {
    migraciones: (apoyo::MIGRACIONES);

    async fn an_import_by_http_is_answered_once_per_key_and_goes_back(db: Db) {
        let m = mundo(db).await;
        let clave = key(&m, "todo", "*").await;
        let (estado, informe) = call(&m, &clave, ("POST", "?perfil=seed003"), PE).await;
        assert_eq!((estado, &informe["importadas"]), (200, &281.into()));
        let (_, repetida) = call(&m, &clave, ("POST", "?perfil=seed003"), PE).await;
        assert_eq!(repetida, informe);
        let (estado, _) = call(&m, &clave, ("POST", "?perfil=seed003"), b"otro").await;
        assert_eq!(estado, 409);
        let ruta = format!("/{}", informe["lote"].as_str().unwrap());
        let (estado, lote) = call(&m, &clave, ("GET", &ruta), b"").await;
        assert_eq!((estado, &lote["informe"]), (200, &informe));
        let (estado, hecho) = call(&m, &clave, ("DELETE", &ruta), b"").await;
        assert_eq!((estado, &hecho["servicios"]), (200, &281.into()));
        assert_eq!(m.count("clientes").await, 0);
    }

    async fn requests_with_one_key_that_cross_all_get_the_answer_of_the_first(db: Db) {
        let m = mundo(db).await;
        let clave = key(&m, "todo", "*").await;
        let una = || call(&m, &clave, ("POST", "?perfil=seed003"), PE);
        let (a, b, c, d) = tokio::join!(una(), una(), una(), una());
        assert_eq!((a.0, &a.1["importadas"].as_i64().is_some()), (200, &true), "{}", a.1);
        assert!(b == a && c == a && d == a, "{} {} {}", b.1, c.1, d.1);
        assert_eq!(m.count("servicios").await, 281);
    }

    async fn who_may_only_look_cannot_import_and_a_path_is_no_profile(db: Db) {
        let m = mundo(db).await;
        let lector = key(&m, "lector", "importaciones:leer").await;
        assert_eq!(call(&m, &lector, ("POST", "?perfil=seed003"), PE).await.0, 403);
        let clave = key(&m, "todo", "*").await;
        let (estado, problema) = call(&m, &clave, ("POST", "?perfil=/etc/passwd"), PE).await;
        assert_eq!((estado, &problema["errores"][0]["campo"]), (422, &"perfil".into()));
        assert_eq!(m.count("lotes").await, 0);
    }
}
