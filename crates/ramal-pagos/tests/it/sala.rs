//! A browser in front of the pages: signed in with some permissions, it reads the token of a form
//! and sends it. Asserts nothing.

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request};
use axum::{Extension, Router};
use ramal_db::Objetos;
use ramal_plataforma::Identidad;
use ramal_web::{App, Entorno, assemble};
use tower::ServiceExt;

use crate::mundo::Mundo;

/// The pages of a company.
pub struct Sala {
    router: Router,
}

/// What a page answered.
pub struct Pagina {
    pub estado: u16,
    pub texto: String,
    pub bytes: usize,
    pub cabeceras: HeaderMap,
}

impl Pagina {
    pub fn header(&self, nombre: &str) -> &str {
        self.cabeceras.get(nombre).and_then(|v| v.to_str().ok()).unwrap_or("")
    }

    /// The value of the first field with this name.
    pub fn field(&self, nombre: &str) -> String {
        let marca = format!("name=\"{nombre}\" value=\"");
        let Some((_, resto)) = self.texto.split_once(&marca) else { return String::new() };
        resto.split('"').next().unwrap_or("").to_owned()
    }
}

impl Sala {
    /// Pages for somebody with these permissions.
    pub fn of(m: &Mundo, permisos: &[&str]) -> Sala {
        let app = App::new(m.db.clone(), m.cx.clone(), Objetos::memoria(), Entorno::prueba());
        let quien = Identidad::prueba(permisos);
        let sitio = ramal_pagos::sitio().wrap(|r| r.layer(Extension(quien)));
        Sala { router: assemble(app, vec![], sitio) }
    }

    pub async fn get(&self, ruta: &str) -> Pagina {
        self.send(Request::get(ruta).body(Body::empty()).unwrap()).await
    }

    /// Sends a form whose token is that of a page.
    pub async fn post(&self, pagina: &Pagina, ruta: &str, campos: &[(&str, &str)]) -> Pagina {
        let pedido = Request::post(ruta)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(encoded(&pagina.field("_csrf"), campos)));
        self.send(pedido.unwrap()).await
    }

    async fn send(&self, pedido: Request<Body>) -> Pagina {
        let respuesta = self.router.clone().oneshot(pedido).await.unwrap();
        let estado = respuesta.status().as_u16();
        let cabeceras = respuesta.headers().clone();
        let bytes = to_bytes(respuesta.into_body(), 16 << 20).await.unwrap();
        let texto = String::from_utf8_lossy(&bytes).into_owned();
        Pagina { estado, texto, bytes: bytes.len(), cabeceras }
    }
}

fn encoded(token: &str, campos: &[(&str, &str)]) -> String {
    let mut cuerpo = form_urlencoded::Serializer::new(String::new());
    cuerpo.append_pair("_csrf", token).extend_pairs(campos);
    cuerpo.finish()
}
