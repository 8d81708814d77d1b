//! A caller of the routes and a browser in front of the pages, with the permissions that the test
//! says. Asserts nothing.

use axum::body::{Body, to_bytes};
use axum::http::Request;
use axum::{Extension, Router};
use ramal_db::Objetos;
use ramal_plataforma::{Identidad, NuevaClave, create_clave};
use ramal_web::{App, Entorno, Sitio, assemble};
use serde_json::Value;
use tower::ServiceExt;

use crate::mundo::Mundo;

/// A caller of the routes.
pub struct Puerta {
    router: Router,
    clave: String,
}

impl Puerta {
    pub async fn new(m: &Mundo, permisos: &[&str]) -> Puerta {
        let tx = m.db.begin().await.unwrap();
        let permisos = permisos.iter().map(|p| (*p).to_owned()).collect();
        let clave = NuevaClave { nombre: "prueba".into(), permisos };
        let clave = create_clave(&tx, &m.cx, clave).await.unwrap().texto;
        tx.commit().await.unwrap();
        let app = App::new(m.db.clone(), m.cx.clone(), Objetos::memoria(), Entorno::prueba());
        let router = assemble(app, vec![ramal_cobranza::rutas()], Sitio::new());
        Puerta { router, clave }
    }

    pub async fn get(&self, ruta: &str) -> (u16, Value) {
        self.send("GET", ruta, &[], None).await
    }

    pub async fn send(
        &self,
        metodo: &str,
        ruta: &str,
        cabeceras: &[(&str, &str)],
        cuerpo: Option<Value>,
    ) -> (u16, Value) {
        let mut pedido = Request::builder()
            .method(metodo)
            .uri(format!("/api/v1{ruta}"))
            .header("authorization", format!("Bearer {}", self.clave));
        if cuerpo.is_some() {
            pedido = pedido.header("content-type", "application/json");
        }
        for (nombre, valor) in cabeceras {
            pedido = pedido.header(*nombre, *valor);
        }
        let cuerpo = cuerpo.map_or_else(Body::empty, |c| Body::from(c.to_string()));
        let respuesta = self.router.clone().oneshot(pedido.body(cuerpo).unwrap()).await.unwrap();
        let estado = respuesta.status().as_u16();
        let bytes = to_bytes(respuesta.into_body(), 16 << 20).await.unwrap();
        (estado, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
    }
}

/// The pages of a company.
pub struct Sala {
    router: Router,
}

/// What a page answered.
pub struct Pagina {
    pub estado: u16,
    pub texto: String,
    pub lugar: String,
}

impl Pagina {
    /// The value of the first field with this name.
    pub fn field(&self, nombre: &str) -> String {
        let marca = format!("name=\"{nombre}\" value=\"");
        let Some((_, resto)) = self.texto.split_once(&marca) else { return String::new() };
        resto.split('"').next().unwrap_or("").to_owned()
    }
}

impl Sala {
    pub fn of(m: &Mundo, permisos: &[&str]) -> Sala {
        let app = App::new(m.db.clone(), m.cx.clone(), Objetos::memoria(), Entorno::prueba());
        let mut sitio = ramal_cobranza::sitio();
        if !permisos.is_empty() {
            let quien = Identidad::prueba(permisos);
            sitio = sitio.wrap(|r| r.layer(Extension(quien)));
        }
        Sala { router: assemble(app, vec![], sitio) }
    }

    pub async fn get(&self, ruta: &str) -> Pagina {
        self.send(Request::get(ruta).body(Body::empty()).unwrap()).await
    }

    /// Sends a form whose token and key are those of a page.
    pub async fn post(&self, pagina: &Pagina, ruta: &str, campos: &[(&str, &str)]) -> Pagina {
        let pedido = Request::post(ruta)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(encoded(&pagina.field("_csrf"), campos)));
        self.send(pedido.unwrap()).await
    }

    async fn send(&self, pedido: Request<Body>) -> Pagina {
        let respuesta = self.router.clone().oneshot(pedido).await.unwrap();
        let estado = respuesta.status().as_u16();
        let lugar = respuesta.headers().get("location").and_then(|v| v.to_str().ok());
        let lugar = lugar.unwrap_or("").to_owned();
        let bytes = to_bytes(respuesta.into_body(), 16 << 20).await.unwrap();
        Pagina { estado, texto: String::from_utf8_lossy(&bytes).into_owned(), lugar }
    }
}

fn encoded(token: &str, campos: &[(&str, &str)]) -> String {
    let mut cuerpo = form_urlencoded::Serializer::new(String::new());
    cuerpo.append_pair("_csrf", token).extend_pairs(campos);
    cuerpo.finish()
}
