//! An answer with a secret that an idempotency key must be able to repeat: it is kept sealed under
//! the caller's own key, of which the database has only a digest. It knows no master key.

use axum::body::{Body, to_bytes};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::Response;
use ramal_base::Problema;
use ramal_web::{App, Problem};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::can::bearer;
use crate::Sello;

/// Name under which the answers are sealed.
const NOMBRE: &str = "respuesta idempotente";
/// Largest sealed answer, in bytes.
const MAXIMO: usize = 1 << 16;

/// Seals and opens the caller's answers. Goes after the extractor that authenticates.
pub struct Sobre(Sello);

impl FromRequestParts<App> for Sobre {
    type Rejection = Problem;

    async fn from_request_parts(partes: &mut Parts, _: &App) -> Result<Sobre, Problem> {
        Ok(Sobre::of(bearer(partes)?))
    }
}

impl Sobre {
    /// The prefix keeps this digest apart from the one that the database has of the key.
    fn of(clave: &str) -> Sobre {
        let resumen = Sha256::digest(format!("{NOMBRE}:{clave}").as_bytes());
        Sobre(Sello::from_bytes(&resumen.into()))
    }

    /// The answer as it may be kept: hexadecimal of its sealed JSON.
    pub fn close<T: Serialize>(&self, respuesta: &T) -> Result<String, Problem> {
        let claro = serde_json::to_vec(respuesta).map_err(|_| broken())?;
        let sellado = self.0.seal(NOMBRE, &claro).map_err(|_| broken())?;
        Ok(hex::encode(sellado))
    }

    /// The kept answer as the caller must see it.
    pub async fn open(&self, guardada: Response) -> Result<Response, Problem> {
        let (partes, cuerpo) = guardada.into_parts();
        let cuerpo = to_bytes(cuerpo, MAXIMO).await.map_err(|_| broken())?;
        let texto: String = serde_json::from_slice(&cuerpo).map_err(|_| broken())?;
        let sellado = hex::decode(texto).map_err(|_| broken())?;
        let claro = self.0.open(NOMBRE, &sellado).map_err(|_| broken())?;
        Ok(Response::from_parts(partes, Body::from(claro.into_bytes())))
    }
}

fn broken() -> Problem {
    tracing::error!("a sealed answer cannot be made or opened");
    Problem(Problema::interno())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_kept_shows_nothing_and_opens_for_its_caller_alone() {
        let cerrada = Sobre::of("rml_una").close(&"secreto").unwrap();
        assert!(!cerrada.contains("secreto"));
        let guardada = || Response::new(Body::from(format!("\"{cerrada}\"")));
        let abierta = Sobre::of("rml_una").open(guardada()).await.unwrap();
        assert_eq!(to_bytes(abierta.into_body(), 99).await.unwrap(), "\"secreto\"");
        assert_eq!(Sobre::of("rml_otra").open(guardada()).await.unwrap_err().0.estado, 500);
    }
}
