//! A browser without a network in front of the pages of the slice.

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request};
use axum::{Extension, Router};
use ramal_base::Cx;
use ramal_db::{Db, Objetos};
use ramal_plataforma::Identidad;
use ramal_web::{App, Entorno, assemble};
use tower::ServiceExt;

/// Everything that the slice lets do.
pub const TODO: &[&str] = &["importaciones:crear", "importaciones:leer", "importaciones:deshacer"];

/// A page as it came back.
pub struct Pantalla {
    pub estado: u16,
    pub cabeceras: HeaderMap,
    pub html: String,
}

impl Pantalla {
    pub fn cabecera(&self, nombre: &str) -> &str {
        self.cabeceras.get(nombre).and_then(|v| v.to_str().ok()).unwrap_or("")
    }

    /// Where a redirect leads.
    pub fn lugar(&self) -> &str {
        self.cabecera("location")
    }

    /// Value of the first hidden field with a name.
    pub fn oculto(&self, nombre: &str) -> String {
        let marca = format!("name=\"{nombre}\" value=\"");
        let resto = self.html.split_once(&marca).map_or("", |(_, resto)| resto);
        resto.split('"').next().unwrap_or("").to_owned()
    }

    pub fn has(&self, texto: &str) -> bool {
        self.html.contains(texto)
    }
}

/// Somebody signed in.
#[derive(Clone)]
pub struct Navegador {
    router: Router,
}

impl Navegador {
    pub fn new(db: &Db, cx: &Cx, objetos: &Objetos, permisos: &[&str]) -> Navegador {
        let app = App::new(db.clone(), cx.clone(), objetos.clone(), Entorno::prueba());
        let quien = Identidad::prueba(permisos);
        let sitio = ramal_migracion::sitio().wrap(|r| r.layer(Extension(quien)));
        Navegador { router: assemble(app, vec![], sitio) }
    }

    pub async fn get(&self, ruta: &str) -> Pantalla {
        self.send(Request::get(ruta).body(Body::empty()).unwrap()).await
    }

    /// The fragment that htmx asks for.
    pub async fn fragment(&self, ruta: &str, destino: &str) -> Pantalla {
        let pedido = Request::get(ruta).header("hx-request", "true").header("hx-target", destino);
        self.send(pedido.body(Body::empty()).unwrap()).await
    }

    /// A form, with the token of the page on which it was.
    pub async fn post(&self, ruta: &str, token: &str, campos: &[(&str, &str)]) -> Pantalla {
        let mut cuerpo = format!("_csrf={}", percent(token));
        for (nombre, valor) in campos {
            cuerpo.push_str(&format!("&{}={}", percent(nombre), percent(valor)));
        }
        let tipo = "application/x-www-form-urlencoded";
        let pedido = Request::post(ruta).header("content-type", tipo);
        self.send(pedido.body(Body::from(cuerpo)).unwrap()).await
    }

    /// The upload form, filled in.
    pub async fn upload(&self, campos: &[(&str, &str)], archivo: (&str, &[u8])) -> Pantalla {
        let mut cuerpo = Vec::new();
        for (campo, valor) in campos {
            let cabeza =
                format!("--xx\r\nContent-Disposition: form-data; name=\"{campo}\"\r\n\r\n");
            cuerpo.extend(cabeza.into_bytes());
            cuerpo.extend(format!("{valor}\r\n").into_bytes());
        }
        let cabeza = format!(
            "--xx\r\nContent-Disposition: form-data; name=\"archivo\"; filename=\"{}\"\r\n\
             Content-Type: text/csv\r\n\r\n",
            archivo.0
        );
        cuerpo.extend(cabeza.into_bytes());
        cuerpo.extend(archivo.1);
        cuerpo.extend(b"\r\n--xx--\r\n");
        let tipo = "multipart/form-data; boundary=xx";
        let pedido = Request::post("/admin/importaciones/nueva").header("content-type", tipo);
        self.send(pedido.body(Body::from(cuerpo)).unwrap()).await
    }

    async fn send(&self, pedido: Request<Body>) -> Pantalla {
        let respuesta = self.router.clone().oneshot(pedido).await.unwrap();
        let (partes, cuerpo) = respuesta.into_parts();
        let bytes = to_bytes(cuerpo, 64 << 20).await.unwrap();
        let html = String::from_utf8_lossy(&bytes).into_owned();
        Pantalla { estado: partes.status.as_u16(), cabeceras: partes.headers, html }
    }
}

fn percent(texto: &str) -> String {
    texto.bytes().map(|b| format!("%{b:02X}")).collect()
}
