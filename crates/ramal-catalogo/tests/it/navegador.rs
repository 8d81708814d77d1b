//! A browser without a network: asks pages, fills in their forms, follows where they lead.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request};
use axum::{Extension, Router};
use ramal_catalogo::Afecta;
use ramal_db::{Db, Objetos};
use ramal_plataforma::Identidad;
use ramal_web::{App, Entorno, assemble};
use tower::ServiceExt;

/// A page as it came back.
pub struct Pantalla {
    pub estado: u16,
    pub cabeceras: HeaderMap,
    pub html: String,
}

impl Pantalla {
    /// Where a redirect leads.
    pub fn lugar(&self) -> &str {
        self.cabeceras.get("location").and_then(|v| v.to_str().ok()).unwrap_or("")
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

/// Somebody signed in in front of the pages of the slice.
#[derive(Clone)]
pub struct Navegador {
    router: Router,
}

impl Navegador {
    pub fn new(db: Db, permisos: &[&str]) -> Navegador {
        Navegador::with(db, permisos, None)
    }

    pub fn with(db: Db, permisos: &[&str], afecta: Option<Afecta>) -> Navegador {
        let cx = ramal_testkit::cx_fijo();
        let app = App::new(db, cx, Objetos::memoria(), Entorno::prueba());
        let quien = Identidad::prueba(permisos);
        let sitio = ramal_catalogo::sitio().wrap(|r| r.layer(Extension(quien)));
        let sitio = match afecta {
            Some(afecta) => sitio.wrap(|r| r.layer(Extension(afecta))),
            None => sitio,
        };
        Navegador { router: assemble(app, vec![], sitio) }
    }

    pub async fn get(&self, ruta: &str) -> Pantalla {
        self.send(Request::get(ruta).body(Body::empty()).unwrap()).await
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

    /// A form with a file.
    pub async fn upload(
        &self,
        ruta: &str,
        campos: &[(&str, &str)],
        (nombre, bytes): (&str, &[u8]),
    ) -> Pantalla {
        let mut cuerpo = Vec::new();
        for (campo, valor) in campos {
            let parte = format!(
                "--xx\r\nContent-Disposition: form-data; name=\"{campo}\"\r\n\r\n{valor}\r\n"
            );
            cuerpo.extend(parte.into_bytes());
        }
        let cabeza = format!(
            "--xx\r\nContent-Disposition: form-data; name=\"archivo\"; filename=\"{nombre}\"\r\n\
             Content-Type: text/csv\r\n\r\n"
        );
        cuerpo.extend(cabeza.into_bytes());
        cuerpo.extend(bytes);
        cuerpo.extend(b"\r\n--xx--\r\n");
        let tipo = "multipart/form-data; boundary=xx";
        let pedido = Request::post(ruta).header("content-type", tipo);
        self.send(pedido.body(Body::from(cuerpo)).unwrap()).await
    }

    async fn send(&self, pedido: Request<Body>) -> Pantalla {
        let respuesta = self.router.clone().oneshot(pedido).await.unwrap();
        let (partes, cuerpo) = respuesta.into_parts();
        let bytes = to_bytes(cuerpo, 16 << 20).await.unwrap();
        let html = String::from_utf8_lossy(&bytes).into_owned();
        Pantalla { estado: partes.status.as_u16(), cabeceras: partes.headers, html }
    }
}

/// A port that always counts the same.
pub fn counting(cambian: i64, conservan: i64) -> Afecta {
    struct Fijo(ramal_catalogo::Afectados);

    #[async_trait::async_trait]
    impl ramal_catalogo::AfectadosPort for Fijo {
        async fn afectados(
            &self,
            _: ramal_catalogo::ProductoId,
            _: Option<ramal_catalogo::ZonaId>,
        ) -> Result<ramal_catalogo::Afectados, ramal_db::DbError> {
            Ok(self.0)
        }
    }
    Arc::new(Fijo(ramal_catalogo::Afectados { cambian, conservan }))
}

fn percent(texto: &str) -> String {
    texto.bytes().map(|b| format!("%{b:02X}")).collect()
}
