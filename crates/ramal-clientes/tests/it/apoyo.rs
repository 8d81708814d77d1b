//! Calling the routes without a network, with keys of chosen permissions. Asserts nothing.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request};
use ramal_base::Cx;
use ramal_clientes::DatosCliente;
use ramal_db::{Db, Migracion, Objetos};
use ramal_plataforma::{NuevaClave, create_clave};
use ramal_web::{App, Entorno, Sitio, assemble};
use serde_json::Value;
use tower::ServiceExt;

/// Everything that the slice needs below it.
pub const MIGRACIONES: [&[Migracion]; 5] = [
    ramal_db::MIGRACIONES,
    ramal_web::MIGRACIONES,
    ramal_plataforma::MIGRACIONES,
    ramal_jobs::MIGRACIONES,
    ramal_clientes::MIGRACIONES,
];

/// What came back.
pub struct Vuelta {
    pub estado: u16,
    pub cabeceras: HeaderMap,
    pub json: Value,
}

impl Vuelta {
    pub fn cabecera(&self, nombre: &str) -> &str {
        self.cabeceras.get(nombre).and_then(|v| v.to_str().ok()).unwrap_or("")
    }

    /// `(campo, codigo)` of every refused field.
    pub fn campos(&self) -> Vec<(String, String)> {
        let texto = |v: &Value| v.as_str().unwrap_or("").to_owned();
        let errores = self.json["errores"].as_array().cloned().unwrap_or_default();
        errores.iter().map(|e| (texto(&e["campo"]), texto(&e["codigo"]))).collect()
    }
}

/// The routes of the slice over a test's database, and the key that is used.
#[derive(Clone)]
pub struct Mundo {
    pub cx: Cx,
    router: Router,
    clave: String,
}

impl Mundo {
    /// A caller who may do everything.
    pub async fn new(db: Db) -> Mundo {
        Mundo::with_permisos(db, &["*"]).await
    }

    /// A caller with these permissions.
    pub async fn with_permisos(db: Db, permisos: &[&str]) -> Mundo {
        let cx = ramal_testkit::cx_fijo();
        let tx = db.begin().await.unwrap();
        let permisos = permisos.iter().map(|p| (*p).to_owned()).collect();
        let nueva = NuevaClave { nombre: "prueba".into(), permisos };
        let creada = create_clave(&tx, &cx, nueva).await.unwrap();
        tx.commit().await.unwrap();
        let app = App::new(db, cx.clone(), Objetos::memoria(), Entorno::prueba());
        let router = assemble(app, vec![ramal_clientes::rutas()], Sitio::new());
        Mundo { cx, router, clave: creada.texto }
    }

    pub async fn get(&self, ruta: &str) -> Vuelta {
        self.call("GET", ruta, &[], None).await
    }

    pub async fn post(&self, ruta: &str, cuerpo: Value) -> Vuelta {
        self.call("POST", ruta, &[], Some(cuerpo)).await
    }

    pub async fn call(
        &self,
        metodo: &str,
        ruta: &str,
        cabeceras: &[(&str, &str)],
        cuerpo: Option<Value>,
    ) -> Vuelta {
        let mut peticion = Request::builder()
            .method(metodo)
            .uri(format!("/api/v1{ruta}"))
            .header("authorization", format!("Bearer {}", self.clave));
        if cuerpo.is_some() {
            peticion = peticion.header("content-type", "application/json");
        }
        for (nombre, valor) in cabeceras {
            peticion = peticion.header(*nombre, *valor);
        }
        let cuerpo = cuerpo.map_or_else(Body::empty, |c| Body::from(c.to_string()));
        let respuesta = self.router.clone().oneshot(peticion.body(cuerpo).unwrap()).await.unwrap();
        let (partes, cuerpo) = respuesta.into_parts();
        let bytes = to_bytes(cuerpo, 16 << 20).await.unwrap();
        let json = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Vuelta { estado: partes.status.as_u16(), cabeceras: partes.headers, json }
    }
}

/// A form that passes.
pub fn form(tipo: &str, numero: &str, nombre: &str) -> DatosCliente {
    DatosCliente {
        tipo_documento: tipo.into(),
        numero_documento: numero.into(),
        razon_social: nombre.into(),
        ..DatosCliente::default()
    }
}
