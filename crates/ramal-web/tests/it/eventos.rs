//! What open pages are told: names and ids of what they may know, once, and again after a cut.

use std::time::Duration;

use axum::Extension;
use axum::Router;
use axum::body::{Body, BodyDataStream};
use axum::http::Request;
use futures_util::StreamExt;
use ramal_db::{Db, Evento};
use ramal_testkit::both_engines;
use ramal_web::pagina::{Navegante, UsuarioMarco};
use ramal_web::{App, Sitio, assemble, sse};
use serde::Serialize;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use crate::llamada::app;

#[derive(Serialize)]
struct Emitida {
    sujeto: &'static str,
    nombre: &'static str,
}

impl Evento for Emitida {
    const TIPO: &'static str = "factura.emitida";

    fn sujeto(&self) -> String {
        self.sujeto.to_owned()
    }
}

async fn emit(app: &App, sujeto: &'static str) {
    let tx = app.db.begin().await.unwrap();
    let evento = Emitida { sujeto, nombre: "Javier Mosca" };
    tx.emit(&app.cx, &evento).await.unwrap();
    tx.commit().await.unwrap();
}

const TEMAS: &[(&str, &str)] = &[("factura", "facturas:leer"), ("cliente", "clientes:leer")];

fn router(app: &App, cierre: &CancellationToken) -> Router {
    let canal = sse::Canal::new(app.db.clone(), app.cx.clone(), TEMAS, cierre.clone());
    let ana = Navegante {
        usuario: Some(UsuarioMarco { nombre: "Ana".into(), iniciales: "A".into() }),
        puede: Arc::new(|permiso| permiso == "facturas:leer"),
        ..Navegante::anonimo()
    };
    let sitio = sse::sitio(canal).wrap(|r| r.layer(Extension(ana)));
    assemble(app.clone(), vec![], sitio)
}

async fn oir(router: &Router, temas: &str, ultimo: Option<&str>) -> (u16, BodyDataStream) {
    let mut pedido = Request::builder().uri(format!("/eventos?tema={temas}"));
    if let Some(ultimo) = ultimo {
        pedido = pedido.header("last-event-id", ultimo);
    }
    let pedido = pedido.body(Body::empty()).unwrap();
    let respuesta = router.clone().oneshot(pedido).await.unwrap();
    assert!(respuesta.headers().get("content-encoding").is_none());
    (respuesta.status().as_u16(), respuesta.into_body().into_data_stream())
}

/// What comes until a text is in it.
async fn until(oido: &mut BodyDataStream, texto: &str) -> String {
    let mut todo = String::new();
    let plazo = tokio::time::Instant::now() + Duration::from_secs(60);
    while !todo.contains(texto) {
        let trozo = tokio::time::timeout_at(plazo, oido.next()).await;
        let Ok(Some(Ok(trozo))) = trozo else { panic!("no {texto} in {todo}") };
        todo.push_str(&String::from_utf8_lossy(&trozo));
    }
    todo
}

fn ultimo_id(oido: &str) -> String {
    oido.lines().filter_map(|l| l.strip_prefix("id: ")).next_back().unwrap().to_owned()
}

both_engines! {
    migraciones: [ramal_db::MIGRACIONES, ramal_web::MIGRACIONES];

    async fn a_page_hears_only_what_its_person_may_know_and_no_data(db: Db) {
        let (app, cierre) = (app(db), CancellationToken::new());
        let router = router(&app, &cierre);
        emit(&app, "factura/vieja").await;
        let (estado, mut oido) = oir(&router, "factura,cliente,nada", None).await;
        assert_eq!(estado, 200);
        until(&mut oido, "hola").await;
        emit(&app, "cliente/1").await;
        emit(&app, "factura/2").await;
        let dicho = until(&mut oido, "\"2\"").await;
        assert!(dicho.contains("event: r"), "{dicho}");
        assert!(!dicho.contains("cliente") && !dicho.contains("vieja"), "{dicho}");
        assert!(!dicho.contains("Javier") && !dicho.contains("emitida"), "{dicho}");
        assert_eq!(oir(&router, "cliente", None).await.0, 403);
        assert_eq!(oir(&router, "", None).await.0, 403);
        cierre.cancel();
    }

    async fn after_a_cut_nothing_is_missed(db: Db) {
        let (app, cierre) = (app(db), CancellationToken::new());
        let router = router(&app, &cierre);
        let (_, mut oido) = oir(&router, "factura", None).await;
        until(&mut oido, "hola").await;
        emit(&app, "factura/1").await;
        let ultimo = ultimo_id(&until(&mut oido, "\"1\"").await);
        drop(oido);
        emit(&app, "factura/2").await;
        emit(&app, "cliente/3").await;
        let (_, mut oido) = oir(&router, "factura", Some(&ultimo)).await;
        let dicho = until(&mut oido, "\"2\"").await;
        assert!(!dicho.contains("\"1\"") && !dicho.contains("cliente"), "{dicho}");
        cierre.cancel();
    }

    async fn the_server_stops_without_waiting_for_open_pages(db: Db) {
        let (app, cierre) = (app(db), CancellationToken::new());
        let router = router(&app, &cierre);
        let (_, mut oido) = oir(&router, "factura", None).await;
        until(&mut oido, "hola").await;
        cierre.cancel();
        let fin = tokio::time::timeout(Duration::from_secs(5), oido.next()).await;
        assert!(matches!(fin, Ok(None)), "the stream ends");
    }

    async fn nobody_listens_without_a_session(db: Db) {
        let app = app(db);
        let canal =
            sse::Canal::new(app.db.clone(), app.cx.clone(), TEMAS, CancellationToken::new());
        let router = assemble(app, vec![], Sitio::new().merge(sse::sitio(canal)));
        assert_eq!(oir(&router, "factura", None).await.0, 401);
    }
}
