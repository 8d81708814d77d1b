//! Where and as whom an account sends, and what it trusts. It reads no file and no environment.

use std::sync::Arc;

use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::correo::oauth::FuenteToken;
use crate::red::{configuracion, is_loopback};
use crate::{FallaEnvio, Secreto};

/// Account that sends.
#[derive(Clone)]
pub struct ConfigSmtp {
    /// Host name; the certificate must be of it.
    pub servidor: String,
    /// Port: 587 with STARTTLS, 465 with TLS from the start.
    pub puerto: u16,
    /// How the way is protected.
    pub seguridad: Seguridad,
    /// As whom; `None` for a relay that knows us by address.
    pub acceso: Option<AccesoSmtp>,
    /// Name said in EHLO: the host name of this machine, or `[127.0.0.1]`.
    pub nombre: String,
    /// Further certificate authorities trusted, in PEM.
    pub raices_pem: Option<String>,
    /// Limits.
    pub limites: LimitesSmtp,
}

impl ConfigSmtp {
    /// STARTTLS on 587, the usual limits, nobody logged in.
    pub fn new(servidor: &str, nombre: &str) -> ConfigSmtp {
        ConfigSmtp {
            servidor: servidor.into(),
            puerto: 587,
            seguridad: Seguridad::StartTls,
            acceso: None,
            nombre: nombre.into(),
            raices_pem: None,
            limites: LimitesSmtp::default(),
        }
    }

    pub(super) fn check(&self) -> Result<(), FallaEnvio> {
        let limpio = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_graphic());
        if !limpio(&self.servidor) || !limpio(&self.nombre) {
            return Err(configuracion("falta el servidor de correo o el nombre propio".into()));
        }
        if self.seguridad == Seguridad::Ninguna && !self.is_local() {
            let mensaje = "sin TLS solo se envía a esta misma máquina: elija STARTTLS o TLS";
            return Err(configuracion(mensaje.into()));
        }
        Ok(())
    }

    /// Whether the server is this machine, where a password may travel bare.
    pub(super) fn is_local(&self) -> bool {
        is_loopback(&self.servidor)
    }

    /// What is trusted: the roots of the web and those of the configuration, nothing else.
    pub(super) fn tls(&self) -> Result<Arc<ClientConfig>, FallaEnvio> {
        let mut raices = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        for certificado in
            CertificateDer::pem_slice_iter(self.raices_pem.as_deref().unwrap_or("").as_bytes())
        {
            let malo =
                |_| configuracion("un certificado raíz de la configuración no se lee".into());
            let der = certificado.map_err(|e| malo(e.to_string()))?;
            raices.add(der).map_err(|e| malo(e.to_string()))?;
        }
        let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|e| configuracion(e.to_string()))?
            .with_root_certificates(raices)
            .with_no_client_auth();
        Ok(Arc::new(config))
    }
}

/// How the way to the server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seguridad {
    /// Plain greeting, then STARTTLS, without which nothing is sent.
    StartTls,
    /// TLS from the first byte.
    Implicita,
    /// None; this machine only.
    Ninguna,
}

/// How the account is proved.
#[derive(Clone)]
pub enum AccesoSmtp {
    /// PLAIN or LOGIN.
    Clave {
        /// User.
        usuario: String,
        /// Password.
        clave: Secreto,
    },
    /// OAUTHBEARER or XOAUTH2, whichever the server offers.
    Oauth {
        /// Mailbox.
        usuario: String,
        /// Tokens.
        fuente: Arc<dyn FuenteToken>,
    },
}

/// Limits of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LimitesSmtp {
    /// To connect and shake hands, ms.
    pub conexion_ms: u64,
    /// For the answer to a command, ms.
    pub orden_ms: u64,
    /// To write the message, ms.
    pub datos_ms: u64,
    /// For the answer to the final dot, ms. RFC 5321 4.5.3.2.6 asks for 10 minutes: who gives up
    /// earlier makes duplicates or doubts.
    pub fin_ms: u64,
    /// Messages sent over one connection.
    pub por_conexion: u32,
    /// Time after which an unused connection is not used again, ms.
    pub ocio_ms: i64,
}

impl Default for LimitesSmtp {
    /// 10 s, 60 s, 180 s, 600 s; 50 messages; 30 s.
    fn default() -> LimitesSmtp {
        LimitesSmtp {
            conexion_ms: 10_000,
            orden_ms: 60_000,
            datos_ms: 180_000,
            fin_ms: 600_000,
            por_conexion: 50,
            ocio_ms: 30_000,
        }
    }
}
