//! A person in front of the pages: asks, fills forms with the token of the page, follows nothing by
//! itself. Asserts nothing.

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request};
use axum::{Extension, Router};
use ramal_plataforma::Identidad;
use ramal_web::{App, Entorno, assemble};
use tower::ServiceExt;

use crate::mundo::Mundo;

/// Everything that a page of the slice asks for.
pub const TODO: [&str; 6] = [
    "comprobantes:leer",
    "comprobantes:reintentar",
    "comprobantes:anular",
    "certificados:leer",
    "certificados:administrar",
    "empresa:leer",
];

pub struct Visita {
    router: Router,
}

pub struct Vuelta {
    pub estado: u16,
    pub cabeceras: HeaderMap,
    pub texto: String,
}

impl Vuelta {
    pub fn lugar(&self) -> &str {
        self.cabeceras.get("location").map_or("", |v| v.to_str().unwrap())
    }

    /// The value of the first hidden field with this name.
    pub fn oculto(&self, nombre: &str) -> String {
        let marca = format!("name=\"{nombre}\" value=\"");
        let resto = self.texto.split(&marca).nth(1).unwrap_or_default();
        resto.split('"').next().unwrap_or_default().replace("&amp;", "&")
    }
}

impl Visita {
    pub fn new(m: &Mundo, permisos: &[&str]) -> Visita {
        Visita::of(m, Some(Identidad::prueba(permisos)))
    }

    pub fn of(m: &Mundo, identidad: Option<Identidad>) -> Visita {
        let app = App::new(m.db.clone(), m.cx.clone(), m.objetos.clone(), Entorno::prueba());
        let sitio = ramal_fiscal::sitio();
        let sitio = match identidad {
            Some(identidad) => sitio.wrap(|r| r.layer(Extension(identidad))),
            None => sitio,
        };
        let router = assemble(app, vec![], sitio).layer(Extension(m.sello.clone()));
        Visita { router }
    }

    async fn send(&self, pedido: Request<Body>) -> Vuelta {
        let r = self.router.clone().oneshot(pedido).await.unwrap();
        let (estado, cabeceras) = (r.status().as_u16(), r.headers().clone());
        let bytes = to_bytes(r.into_body(), 1 << 24).await.unwrap();
        Vuelta { estado, cabeceras, texto: String::from_utf8_lossy(&bytes).into_owned() }
    }

    pub async fn get(&self, ruta: &str) -> Vuelta {
        self.send(Request::get(ruta).body(Body::empty()).unwrap()).await
    }

    pub async fn post(&self, ruta: &str, campos: &[(&str, &str)]) -> Vuelta {
        let codificado = |t: &str| {
            t.bytes()
                .map(|b| match b {
                    b if b.is_ascii_alphanumeric() => char::from(b).to_string(),
                    b => format!("%{b:02X}"),
                })
                .collect::<String>()
        };
        let cuerpo: Vec<_> =
            campos.iter().map(|(n, v)| format!("{}={}", codificado(n), codificado(v))).collect();
        let pedido = Request::post(ruta)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(cuerpo.join("&")))
            .unwrap();
        self.send(pedido).await
    }

    /// Sends a form with files: `(field, file name, bytes)`.
    pub async fn upload(
        &self,
        ruta: &str,
        campos: &[(&str, &str)],
        archivos: &[(&str, &str, &[u8])],
    ) -> Vuelta {
        let mut cuerpo = Vec::new();
        for (n, v) in campos {
            let parte =
                format!("--lim\r\nContent-Disposition: form-data; name=\"{n}\"\r\n\r\n{v}\r\n");
            cuerpo.extend(parte.into_bytes());
        }
        for (n, nombre, bytes) in archivos {
            let cabeza = format!(
                "--lim\r\nContent-Disposition: form-data; name=\"{n}\"; filename=\"{nombre}\"\r\n\
                 Content-Type: application/octet-stream\r\n\r\n"
            );
            cuerpo.extend(cabeza.into_bytes());
            cuerpo.extend_from_slice(bytes);
            cuerpo.extend(b"\r\n");
        }
        cuerpo.extend(b"--lim--\r\n");
        let pedido = Request::post(ruta)
            .header("content-type", "multipart/form-data; boundary=lim")
            .body(Body::from(cuerpo))
            .unwrap();
        self.send(pedido).await
    }
}
