//! A served slice on a test's database, with keys at hand. Asserts nothing.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use ramal_base::Cx;
use ramal_db::{Db, Objetos};
use ramal_plataforma::{ClaveCreada, NuevaClave, create_clave};
use ramal_web::{App, Entorno, Sitio, assemble};
use serde_json::Value;
use tower::ServiceExt;

pub struct Mundo {
    pub db: Db,
    pub cx: Cx,
    pub router: Router,
}

/// Status and JSON body (null if there is none).
pub type Vuelta = (StatusCode, Value);

impl Mundo {
    pub fn new(db: Db) -> Mundo {
        let cx = ramal_testkit::cx_fijo();
        let app = App::new(db.clone(), cx.clone(), Objetos::memoria(), Entorno::prueba());
        Mundo { db, cx, router: assemble(app, vec![ramal_plataforma::rutas()], Sitio::new()) }
    }

    pub async fn clave(&self, nombre: &str, permisos: &[&str]) -> ClaveCreada {
        let permisos = permisos.iter().map(|p| (*p).to_owned()).collect();
        let tx = self.db.begin().await.unwrap();
        let nueva = NuevaClave { nombre: nombre.into(), permisos };
        let creada = create_clave(&tx, &self.cx, nueva).await.unwrap();
        tx.commit().await.unwrap();
        creada
    }

    pub async fn llamar(&self, metodo: &str, ruta: &str, clave: &str, cuerpo: &str) -> Vuelta {
        let autorizacion = format!("Bearer {clave}");
        self.llamar_con(metodo, ruta, Some(&autorizacion), cuerpo).await
    }

    /// Status and bytes of the answer to a POST with an `Idempotency-Key`.
    pub async fn repetible(&self, ruta: &str, clave: &str, cuerpo: &str) -> (StatusCode, Vec<u8>) {
        let peticion = Request::post(ruta)
            .header("content-type", "application/json")
            .header("authorization", format!("Bearer {clave}"))
            .header("idempotency-key", "una")
            .body(Body::from(cuerpo.to_owned()))
            .unwrap();
        let respuesta = self.router.clone().oneshot(peticion).await.unwrap();
        let estado = respuesta.status();
        (estado, to_bytes(respuesta.into_body(), 1 << 20).await.unwrap().to_vec())
    }

    pub async fn llamar_con(
        &self,
        metodo: &str,
        ruta: &str,
        autorizacion: Option<&str>,
        cuerpo: &str,
    ) -> Vuelta {
        let mut peticion = Request::builder().method(metodo).uri(ruta);
        peticion = peticion.header("content-type", "application/json");
        if let Some(valor) = autorizacion {
            peticion = peticion.header("authorization", valor);
        }
        let peticion = peticion.body(Body::from(cuerpo.to_owned())).unwrap();
        let respuesta = self.router.clone().oneshot(peticion).await.unwrap();
        let estado = respuesta.status();
        let cuerpo = to_bytes(respuesta.into_body(), 1 << 20).await.unwrap();
        (estado, serde_json::from_slice(&cuerpo).unwrap_or(Value::Null))
    }
}
