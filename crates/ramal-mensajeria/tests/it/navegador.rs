//! A browser without script for the pages: it keeps the token of the forms and reads what comes
//! back. Asserts nothing.

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request};
use axum::{Extension, Router};
use ramal_base::Cx;
use ramal_db::{Db, Objetos};
use ramal_plataforma::{Identidad, Sello};
use ramal_web::{App, Entorno, assemble};
use tower::ServiceExt;

/// What came back.
pub struct Vuelta {
    pub estado: u16,
    pub cabeceras: HeaderMap,
    pub html: String,
}

impl Vuelta {
    pub fn lugar(&self) -> &str {
        self.cabeceras.get("location").and_then(|v| v.to_str().ok()).unwrap_or("")
    }

    pub fn has(&self, texto: &str) -> bool {
        self.html.contains(texto)
    }

    /// Value of the hidden field with a name; empty if there is none.
    pub fn oculto(&self, nombre: &str) -> String {
        let marca = format!("name=\"{nombre}\" value=\"");
        let resto = self.html.split_once(&marca).map_or("", |(_, resto)| resto);
        resto.split('"').next().unwrap_or("").to_owned()
    }
}

/// Somebody with some permissions in front of the pages.
#[derive(Clone)]
pub struct Navegador {
    router: Router,
}

impl Navegador {
    pub fn new(db: Db, cx: Cx, sello: Sello, permisos: &[&str]) -> Navegador {
        let quien = Identidad::prueba(permisos);
        let sello = std::sync::Arc::new(sello);
        let sitio = ramal_mensajeria::sitio();
        let app = App::new(db, cx, Objetos::memoria(), Entorno::prueba());
        let sitio = sitio.wrap(|r| r.layer(Extension(quien)).layer(Extension(sello)));
        Navegador { router: assemble(app, vec![ramal_mensajeria::rutas()], sitio) }
    }

    pub async fn ver(&self, ruta: &str) -> Vuelta {
        self.call(Request::get(ruta).header("accept", "text/html").body(Body::empty()).unwrap())
            .await
    }

    /// The fragment that waits for an element.
    pub async fn trozo(&self, ruta: &str, destino: &str) -> Vuelta {
        let pedido = Request::get(ruta).header("hx-request", "true").header("hx-target", destino);
        self.call(pedido.body(Body::empty()).unwrap()).await
    }

    /// Sends a form with the token of a page.
    pub async fn enviar(&self, desde: &Vuelta, ruta: &str, campos: &[(&str, &str)]) -> Vuelta {
        let testigo = desde.oculto("_csrf");
        let mut cuerpo = vec![format!("_csrf={}", encoded(&testigo))];
        cuerpo.extend(campos.iter().map(|(n, v)| format!("{}={}", encoded(n), encoded(v))));
        let pedido = Request::post(ruta)
            .header("accept", "text/html")
            .header("content-type", "application/x-www-form-urlencoded");
        self.call(pedido.body(Body::from(cuerpo.join("&"))).unwrap()).await
    }

    /// A delivery of a provider, with its signature.
    pub async fn entregar(&self, ruta: &str, cuerpo: &[u8], firma: Option<&str>) -> Vuelta {
        let mut pedido = Request::post(ruta).header("content-type", "application/json");
        if let Some(firma) = firma {
            pedido = pedido.header("x-hub-signature-256", firma);
        }
        self.call(pedido.body(Body::from(cuerpo.to_vec())).unwrap()).await
    }

    /// A call of a program with its key.
    pub async fn api(&self, metodo: &str, ruta: &str, clave: &str, cuerpo: &str) -> Vuelta {
        let pedido = Request::builder()
            .method(metodo)
            .uri(format!("/api/v1{ruta}"))
            .header("authorization", format!("Bearer {clave}"))
            .header("content-type", "application/json");
        let pedido = match metodo {
            "POST" => pedido.header("idempotency-key", "prueba-1"),
            "PUT" => pedido.header("if-match", "\"v0\""),
            _ => pedido,
        };
        self.call(pedido.body(Body::from(cuerpo.to_owned())).unwrap()).await
    }

    async fn call(&self, pedido: Request<Body>) -> Vuelta {
        let respuesta = self.router.clone().oneshot(pedido).await.unwrap();
        let (partes, cuerpo) = respuesta.into_parts();
        let bytes = to_bytes(cuerpo, 16 << 20).await.unwrap();
        let html = String::from_utf8_lossy(&bytes).into_owned();
        Vuelta { estado: partes.status.as_u16(), cabeceras: partes.headers, html }
    }
}

/// Percent-encoding of everything but letters and digits.
pub fn encoded(texto: &str) -> String {
    let byte = |b: u8| match b.is_ascii_alphanumeric() {
        true => char::from(b).to_string(),
        false => format!("%{b:02X}"),
    };
    texto.bytes().map(byte).collect()
}
