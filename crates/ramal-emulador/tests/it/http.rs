//! Small clients: one request to a router in process, and raw TCP for what only a socket shows.

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tower::ServiceExt;

/// An answer read whole.
pub struct Respuesta {
    pub estado: StatusCode,
    pub cuerpo: Vec<u8>,
}

impl Respuesta {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.cuerpo).unwrap()
    }

    pub fn texto(&self) -> String {
        String::from_utf8_lossy(&self.cuerpo).into_owned()
    }
}

pub async fn send(router: &Router, pedido: Request<Body>) -> Respuesta {
    let respuesta = router.clone().oneshot(pedido).await.unwrap();
    let estado = respuesta.status();
    let cuerpo = axum::body::to_bytes(respuesta.into_body(), usize::MAX).await;
    Respuesta { estado, cuerpo: cuerpo.unwrap_or_default().to_vec() }
}

pub async fn get(router: &Router, ruta: &str) -> Respuesta {
    let pedido = Request::get(ruta).header("authorization", "Bearer token-demo");
    send(router, pedido.body(Body::empty()).unwrap()).await
}

pub async fn json(router: &Router, metodo: &str, ruta: &str, cuerpo: Value) -> Respuesta {
    let pedido = Request::builder()
        .method(metodo)
        .uri(ruta)
        .header("content-type", "application/json")
        .body(Body::from(cuerpo.to_string()))
        .unwrap();
    send(router, pedido).await
}

pub async fn soap(router: &Router, ruta: &str, cuerpo: String) -> Respuesta {
    let pedido = Request::post(ruta).header("content-type", "text/xml; charset=utf-8");
    send(router, pedido.body(Body::from(cuerpo)).unwrap()).await
}

pub fn multipart(xml: &[u8]) -> (String, Vec<u8>) {
    let mut cuerpo = b"--frontera\r\nContent-Disposition: form-data; name=\"xml\"; \
        filename=\"xml\"\r\nContent-Type: text/xml\r\n\r\n"
        .to_vec();
    cuerpo.extend_from_slice(xml);
    cuerpo.extend_from_slice(b"\r\n--frontera--\r\n");
    ("multipart/form-data; boundary=frontera".into(), cuerpo)
}

/// Posts over a real socket; gives what came back, possibly nothing.
pub async fn post_raw(
    addr: std::net::SocketAddr,
    ruta: &str,
    tipo: &str,
    cuerpo: &[u8],
) -> Vec<u8> {
    let mut socket = tokio::net::TcpStream::connect(addr).await.unwrap();
    let cabecera = format!(
        "POST {ruta} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: {tipo}\r\n\
         Authorization: Bearer token-demo\r\nContent-Length: {}\r\n\r\n",
        cuerpo.len()
    );
    socket.write_all(cabecera.as_bytes()).await.unwrap();
    socket.write_all(cuerpo).await.unwrap();
    let mut leido = Vec::new();
    let _ = socket.read_to_end(&mut leido).await;
    leido
}
