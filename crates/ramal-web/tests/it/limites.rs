//! Whoever asks too much waits; everybody else does not notice.

use std::net::SocketAddr;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use ramal_db::{Db, Objetos};
use ramal_testkit::{both_engines, cx_en, reloj};
use ramal_web::{App, Borde, Entorno, Proxy, assemble};
use tower::ServiceExt;

use crate::casa::sitio;

async fn desde(router: &Router, ip: [u8; 4], metodo: &str, ruta: &str, via: &str) -> (u16, String) {
    let mut pedido = Request::builder().method(metodo).uri(ruta);
    if !via.is_empty() {
        pedido = pedido.header("x-forwarded-for", via);
    }
    let mut pedido = pedido.body(Body::empty()).unwrap();
    pedido.extensions_mut().insert(ConnectInfo(SocketAddr::from((ip, 999))));
    let respuesta = router.clone().oneshot(pedido).await.unwrap();
    let espera = respuesta.headers().get("retry-after").map(|v| v.to_str().unwrap().to_owned());
    (respuesta.status().as_u16(), espera.unwrap_or_default())
}

both_engines! {
    migraciones: [ramal_db::MIGRACIONES, ramal_web::MIGRACIONES];

    async fn guessing_at_the_door_is_slowed_by_address(db: Db) {
        let reloj = reloj();
        let app = App::new(db, cx_en(&reloj), Objetos::memoria(), Entorno::prueba());
        let router = assemble(app, vec![], sitio());
        let (ana, beto) = ([10, 0, 0, 1], [10, 0, 0, 2]);
        for _ in 0..40 {
            assert_ne!(desde(&router, ana, "POST", "/entrar", "").await.0, 429);
        }
        let (estado, espera) = desde(&router, ana, "POST", "/entrar", "").await;
        assert_eq!((estado, espera.as_str()), (429, "3"));
        assert_ne!(desde(&router, beto, "POST", "/entrar", "").await.0, 429);
        assert_ne!(desde(&router, ana, "GET", "/entrar", "").await.0, 429, "looking is free");
        let (estado, _) = desde(&router, ana, "POST", "/entrar", "9.9.9.9").await;
        assert_eq!(estado, 429, "a header that anybody writes helps nobody");
        reloj.advance(3_000);
        assert_ne!(desde(&router, ana, "POST", "/entrar", "").await.0, 429);
    }

    async fn behind_our_proxy_each_visitor_has_his_own_limit(db: Db) {
        let app = App::new(db, cx_en(&reloj()), Objetos::memoria(), Entorno::prueba());
        let app = app.behind(Borde { proxy: Proxy::Propio, ..Borde::default() });
        let router = assemble(app, vec![], sitio());
        let proxy = [10, 0, 0, 1];
        for _ in 0..41 {
            desde(&router, proxy, "POST", "/recuperar", "1.1.1.1, 7.7.7.7").await;
        }
        let mismo = desde(&router, proxy, "POST", "/recuperar", "2.2.2.2, 7.7.7.7").await.0;
        assert_eq!(mismo, 429, "only the last hop counts");
        assert_ne!(desde(&router, proxy, "POST", "/recuperar", "7.7.7.7, 8.8.8.8").await.0, 429);
    }
}
