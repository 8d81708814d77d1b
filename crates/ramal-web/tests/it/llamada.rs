//! Calling a router without a network. Asserts nothing.

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use ramal_db::{Db, Objetos};
use ramal_web::{App, Entorno};
use serde_json::Value;
use tower::ServiceExt;

/// What came back.
#[derive(Clone, Debug)]
pub struct Vuelta {
    pub estado: StatusCode,
    pub cabeceras: HeaderMap,
    pub cuerpo: Bytes,
}

impl Vuelta {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.cuerpo).unwrap_or(Value::Null)
    }

    pub fn texto(&self) -> String {
        String::from_utf8_lossy(&self.cuerpo).into_owned()
    }

    pub fn cabecera(&self, nombre: &str) -> &str {
        self.cabeceras.get(nombre).and_then(|v| v.to_str().ok()).unwrap_or("")
    }
}

/// State on a test's database.
pub fn app(db: Db) -> App {
    App::new(db, ramal_testkit::cx_fijo(), Objetos::memoria(), Entorno::prueba())
}

/// One request: method, path, headers, body.
pub async fn llamar(
    router: &Router,
    metodo: &str,
    ruta: &str,
    cabeceras: &[(&str, &str)],
    cuerpo: &str,
) -> Vuelta {
    let mut peticion = Request::builder().method(metodo).uri(ruta);
    for (nombre, valor) in cabeceras {
        peticion = peticion.header(*nombre, *valor);
    }
    let peticion = peticion.body(Body::from(cuerpo.to_owned())).unwrap();
    let respuesta = router.clone().oneshot(peticion).await.unwrap();
    let (partes, cuerpo) = respuesta.into_parts();
    let cuerpo = to_bytes(cuerpo, 16 * 1024 * 1024).await.unwrap();
    Vuelta { estado: partes.status, cabeceras: partes.headers, cuerpo }
}
