//! Access tokens for mail: refresh-token flow and the texts of XOAUTH2 and OAUTHBEARER. It opens no
//! browser: the first consent happened elsewhere.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ramal_base::Clock;
use serde_json::Value;
use tokio::sync::Mutex;

use crate::falla::CausaDetener;
use crate::red::{Cruda, Efecto, Red, base_url, of_status};
use crate::{FallaEnvio, Secreto};

/// A token is renewed this long before it ends, ms.
const MARGEN_MS: i64 = 60_000;
/// Largest answer read, bytes.
const MAX_CUERPO: usize = 256 * 1024;

/// Where access tokens come from.
#[async_trait]
pub trait FuenteToken: Send + Sync {
    /// A token in force.
    async fn token(&self) -> Result<Secreto, FallaEnvio>;

    /// A new one in place of `usado`, which the server refused. The answer may be a token that
    /// somebody else renewed meanwhile.
    async fn renew(&self, usado: &Secreto) -> Result<Secreto, FallaEnvio>;
}

/// Called with the new refresh token when the provider changes it: it must be sealed and kept.
pub type AlRotar = Arc<dyn Fn(&Secreto) + Send + Sync>;

/// Application and account at the provider.
#[derive(Clone)]
pub struct ConfigOauth {
    /// Token endpoint: `https://oauth2.googleapis.com/token`,
    /// `https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token`.
    pub url: String,
    /// `client_id`.
    pub cliente: String,
    /// `client_secret`, if the application has one.
    pub secreto: Option<Secreto>,
    /// Refresh token.
    pub refresco: Secreto,
    /// `scope`; Microsoft wants it (`https://outlook.office.com/SMTP.Send offline_access`).
    pub alcance: Option<String>,
    /// Who keeps a refresh token that the provider changed.
    pub al_rotar: Option<AlRotar>,
}

/// Tokens by refresh token (RFC 6749 6), kept until a minute before they end.
pub struct RefrescoOauth {
    red: Red,
    config: ConfigOauth,
    estado: Mutex<Estado>,
}

struct Estado {
    vigente: Option<(Secreto, i64)>,
    refresco: Secreto,
}

impl RefrescoOauth {
    /// A source.
    ///
    /// Errors: `Detener` with `Configuracion` if the address is not HTTPS (or of this machine).
    pub fn new(config: ConfigOauth, clock: Arc<dyn Clock>) -> Result<RefrescoOauth, FallaEnvio> {
        base_url(&config.url)?;
        let estado = Mutex::new(Estado { vigente: None, refresco: config.refresco.clone() });
        Ok(RefrescoOauth { red: Red::new(clock, 3_000)?, config, estado })
    }

    async fn fetch(&self, estado: &mut Estado) -> Result<Secreto, FallaEnvio> {
        let mut campos = vec![
            ("grant_type", "refresh_token"),
            ("client_id", self.config.cliente.as_str()),
            ("refresh_token", estado.refresco.expose()),
        ];
        campos.extend(self.config.secreto.as_ref().map(|s| ("client_secret", s.expose())));
        campos.extend(self.config.alcance.as_deref().map(|a| ("scope", a)));
        let peticion = self.red.http().post(&self.config.url).form(&campos);
        let peticion = peticion.timeout(Duration::from_secs(15));
        let cruda = self.red.send(peticion, Efecto::Repetible, MAX_CUERPO).await?;
        let respuesta = read(&cruda)?;
        let token = Secreto::new(respuesta["access_token"].as_str().unwrap_or_default());
        let segundos = respuesta["expires_in"].as_i64().unwrap_or(300).clamp(0, 86_400);
        estado.vigente = Some((token.clone(), self.red.now_ms() + segundos * 1_000 - MARGEN_MS));
        self.keep_rotated(&respuesta, estado);
        Ok(token)
    }

    fn keep_rotated(&self, respuesta: &Value, estado: &mut Estado) {
        let nuevo = respuesta["refresh_token"].as_str().filter(|n| !n.is_empty());
        let Some(nuevo) = nuevo.filter(|n| *n != estado.refresco.expose()) else {
            return;
        };
        estado.refresco = Secreto::new(nuevo);
        if let Some(al_rotar) = &self.config.al_rotar {
            al_rotar(&estado.refresco);
        }
    }
}

#[async_trait]
impl FuenteToken for RefrescoOauth {
    async fn token(&self) -> Result<Secreto, FallaEnvio> {
        let mut estado = self.estado.lock().await;
        match &estado.vigente {
            Some((token, hasta)) if self.red.now_ms() < *hasta => Ok(token.clone()),
            _ => self.fetch(&mut estado).await,
        }
    }

    async fn renew(&self, usado: &Secreto) -> Result<Secreto, FallaEnvio> {
        let mut estado = self.estado.lock().await;
        match &estado.vigente {
            Some((token, _)) if token != usado => Ok(token.clone()),
            _ => self.fetch(&mut estado).await,
        }
    }
}

/// The JSON with a token, or why there is none: a refusal of the grant stops the account.
fn read(cruda: &Cruda) -> Result<Value, FallaEnvio> {
    let json: Option<Value> = serde_json::from_slice(&cruda.cuerpo).ok();
    let error = json.as_ref().and_then(|j| j["error"].as_str());
    if let (Some(error), 400 | 401) = (error, cruda.http) {
        let causa = match error {
            "temporarily_unavailable" => return Err(FallaEnvio::retry(error, error)),
            "invalid_grant" | "invalid_client" => CausaDetener::Credencial,
            _ => CausaDetener::Configuracion,
        };
        let mensaje = "el proveedor no renovó el acceso al correo: vuelva a autorizar la cuenta";
        return Err(FallaEnvio::stop(error, mensaje, causa));
    }
    let con_token = |j: &Value| j["access_token"].as_str().is_some_and(|t| !t.is_empty());
    match json {
        Some(json) if cruda.http == 200 && con_token(&json) => Ok(json),
        _ => Err(of_status(cruda, Efecto::Repetible)),
    }
}

/// Initial response of XOAUTH2, in base64.
pub fn xoauth2(usuario: &str, token: &Secreto) -> String {
    STANDARD.encode(format!("user={usuario}\u{1}auth=Bearer {}\u{1}\u{1}", token.expose()))
}

/// Initial response of OAUTHBEARER (RFC 7628), in base64.
pub fn oauthbearer(usuario: &str, host: &str, puerto: u16, token: &Secreto) -> String {
    let usuario = usuario.replace('=', "=3D").replace(',', "=2C");
    STANDARD.encode(format!(
        "n,a={usuario},\u{1}host={host}\u{1}port={puerto}\u{1}auth=Bearer {}\u{1}\u{1}",
        token.expose()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vectors_of_both_mechanisms_come_out() {
        let token = Secreto::new("tok-demo");
        assert_eq!(
            xoauth2("soporte@ejemplo.test", &token),
            "dXNlcj1zb3BvcnRlQGVqZW1wbG8udGVzdAFhdXRoPUJlYXJlciB0b2stZGVtbwEB"
        );
        assert_eq!(
            oauthbearer("soporte@ejemplo.test", "imap.ejemplo.test", 993, &token),
            "bixhPXNvcG9ydGVAZWplbXBsby50ZXN0LAFob3N0PWltYXAuZWplbXBsby50ZXN0AXBvcnQ9OTkzAWF1dGg9Q\
             mVhcmVyIHRvay1kZW1vAQE="
        );
    }
}
