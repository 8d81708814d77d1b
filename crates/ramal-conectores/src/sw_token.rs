//! Token of SW sapien: asked for once, shared by every call, renewed before it expires. It stores
//! nothing on disk.

use std::sync::Arc;

use serde_json::json;
use tokio::sync::Mutex;

use crate::Falla;
use crate::red::Linea;
use crate::sw::AccesoSw;
use crate::sw_mensajes::{Mensaje, read};

/// Renewed this long before it expires, ms.
const MARGEN_MS: i64 = 300_000;
/// Life of a token that does not say its own, ms.
const VIDA_MS: i64 = 7_200_000;
/// From here on `expires_in` is seconds since 1970, not a duration.
const EPOCA_S: i64 = 1_000_000_000;

/// How to enter, and the token in use.
pub(crate) struct Acceso {
    acceso: AccesoSw,
    vigente: Mutex<Option<Vigente>>,
}

struct Vigente {
    token: Arc<str>,
    vence_ms: i64,
}

impl Acceso {
    pub(crate) fn new(acceso: AccesoSw) -> Acceso {
        Acceso { acceso, vigente: Mutex::new(None) }
    }

    /// Token in force. Callers that come together wait for one and the same login.
    pub(crate) async fn token(&self, linea: &Linea) -> Result<Arc<str>, Falla> {
        let (usuario, clave) = match &self.acceso {
            AccesoSw::Token(token) => return Ok(Arc::from(token.expose())),
            AccesoSw::Clave { usuario, clave } => (usuario, clave),
        };
        let mut vigente = self.vigente.lock().await;
        if let Some(v) = vigente.as_ref().filter(|v| linea.now_ms() < v.vence_ms - MARGEN_MS) {
            return Ok(v.token.clone());
        }
        let cuerpo = json!({ "user": usuario, "password": clave.expose() });
        let peticion = linea.post("/v2/security/authenticate").json(&cuerpo);
        let m = linea.send(peticion, read).await.map_err(|e| e.falla())?;
        let nuevo = granted(&m, linea.now_ms())?;
        let token = nuevo.token.clone();
        *vigente = Some(nuevo);
        Ok(token)
    }

    /// Drops a token that was refused, unless another caller renewed it. False: it cannot be
    /// renewed.
    pub(crate) async fn forget(&self, token: &Arc<str>) -> bool {
        if matches!(self.acceso, AccesoSw::Token(_)) {
            return false;
        }
        let mut vigente = self.vigente.lock().await;
        if vigente.as_ref().is_some_and(|v| v.token == *token) {
            *vigente = None;
        }
        true
    }
}

fn granted(m: &Mensaje, ahora_ms: i64) -> Result<Vigente, Falla> {
    if !m.success && (m.http == 401 || m.http == 403) {
        let mensaje = m.message.clone();
        return Err(Falla::Credenciales { codigo: m.http.to_string(), mensaje });
    }
    m.ok()?;
    let Some(token) = m.data_text("token") else {
        let mensaje = "el acceso no trajo token".to_owned();
        return Err(Falla::Autoridad { codigo: String::new(), mensaje });
    };
    let vence_ms = match m.data_number("expires_in") {
        Some(s) if s >= EPOCA_S => s.saturating_mul(1_000),
        Some(s) if s > 0 => ahora_ms + s * 1_000,
        _ => ahora_ms + VIDA_MS,
    };
    Ok(Vigente { token: Arc::from(token), vence_ms })
}
