//! HTTP calls and what each failure lets one believe. It logs no body, no address and no token.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use ramal_base::Clock;
use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, Response, Url};
use tokio_rustls::rustls;

use crate::FallaEnvio;
use crate::circuito::Circuito;
use crate::falla::{Alcance, CausaDetener};

/// Longest wait believed of a `Retry-After`, ms.
const MAX_ESPERA_MS: i64 = 15 * 60_000;

/// What the call does at the other side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Efecto {
    /// It may be repeated freely.
    Repetible,
    /// It must not happen twice: a lost answer is uncertain.
    Unico,
}

/// An answer, before any dialect.
pub(crate) struct Cruda {
    pub(crate) http: u16,
    pub(crate) espera_ms: Option<i64>,
    pub(crate) cuerpo: Vec<u8>,
}

/// Way to one address.
pub(crate) struct Red {
    http: Client,
    circuito: Circuito,
    clock: Arc<dyn Clock>,
}

impl Red {
    /// TLS is always verified and no redirect is followed: it would carry the token away.
    pub(crate) fn new(clock: Arc<dyn Clock>, conexion_ms: u64) -> Result<Red, FallaEnvio> {
        let http = Client::builder()
            .connect_timeout(Duration::from_millis(conexion_ms))
            .redirect(Policy::none())
            .user_agent("ramal")
            .build()
            .map_err(|e| configuracion(e.without_url().to_string()))?;
        Ok(Red { http, circuito: Circuito::default(), clock })
    }

    /// The client, to build a request.
    pub(crate) fn http(&self) -> &Client {
        &self.http
    }

    /// Now, UTC ms.
    pub(crate) fn now_ms(&self) -> i64 {
        self.clock.now().millis()
    }

    /// Sends and reads up to `maximo` bytes.
    pub(crate) async fn send(
        &self,
        peticion: RequestBuilder,
        efecto: Efecto,
        maximo: usize,
    ) -> Result<Cruda, FallaEnvio> {
        let paso = self.circuito.enter(self.now_ms()).map_err(|espera| {
            let mensaje = "el servicio no responde; se espera antes de insistir";
            FallaEnvio::unreachable("circuito_abierto", mensaje, Some(espera))
        })?;
        let salida = self.exchange(peticion, efecto, maximo).await;
        match &salida {
            Ok(cruda) if cruda.http < 500 => paso.succeed(),
            _ => paso.fail(self.now_ms()),
        }
        salida
    }

    async fn exchange(
        &self,
        peticion: RequestBuilder,
        efecto: Efecto,
        maximo: usize,
    ) -> Result<Cruda, FallaEnvio> {
        let respuesta = peticion.send().await.map_err(|e| of_error(&e, efecto))?;
        let http = respuesta.status().as_u16();
        let espera_ms = retry_after_ms(respuesta.headers(), self.now_ms());
        let cuerpo = body(respuesta, efecto, maximo).await?;
        Ok(Cruda { http, espera_ms, cuerpo })
    }
}

async fn body(
    mut respuesta: Response,
    efecto: Efecto,
    maximo: usize,
) -> Result<Vec<u8>, FallaEnvio> {
    let mut cuerpo = Vec::new();
    loop {
        match respuesta.chunk().await {
            Ok(None) => return Ok(cuerpo),
            Ok(Some(parte)) if cuerpo.len() + parte.len() <= maximo => {
                cuerpo.extend_from_slice(&parte);
            }
            Ok(Some(_)) => return Err(lost("la respuesta es demasiado grande", efecto)),
            Err(error) => return Err(of_error(&error, efecto)),
        }
    }
}

/// Only what failed while connecting surely never arrived.
fn of_error(error: &reqwest::Error, efecto: Efecto) -> FallaEnvio {
    if error.is_builder() {
        return configuracion("la petición no se pudo armar".into());
    }
    if is_untrusted(error) {
        let mensaje = "no se confía en el certificado del servicio";
        return FallaEnvio::stop("tls", mensaje, CausaDetener::Configuracion);
    }
    match (error.is_connect(), error.is_timeout()) {
        (true, _) => {
            FallaEnvio::unreachable("sin_conexion", "no hay conexión con el servicio", None)
        }
        (false, true) => lost("el servicio no respondió a tiempo", efecto),
        (false, false) => lost("la conexión se cortó antes de la respuesta", efecto),
    }
}

/// Whether the other side showed a certificate that nobody vouches for, which no waiting mends.
fn is_untrusted(error: &reqwest::Error) -> bool {
    let mut fuente = error.source();
    while let Some(e) = fuente {
        if matches!(e.downcast_ref(), Some(rustls::Error::InvalidCertificate(_))) {
            return true;
        }
        // An I/O error hides what it wraps from `source`.
        let dentro = e.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        fuente = match dentro {
            Some(d) => Some(d),
            None => e.source(),
        };
    }
    false
}

/// The request left and no answer of the service came.
pub(crate) fn lost(mensaje: &str, efecto: Efecto) -> FallaEnvio {
    match efecto {
        Efecto::Unico => FallaEnvio::uncertain(mensaje),
        Efecto::Repetible => retry("sin_respuesta", mensaje, None),
    }
}

/// An answer that is not of the service, judged by its status alone.
///
/// A gateway that gave up (502, 504) may have handed the request on; 500 and 503 are retried (W25).
pub(crate) fn of_status(cruda: &Cruda, efecto: Efecto) -> FallaEnvio {
    let codigo = format!("http_{}", cruda.http);
    let mensaje = format!("respuesta HTTP {} que no es del servicio", cruda.http);
    match cruda.http {
        200..=299 | 408 | 502 | 504 => lost(&mensaje, efecto),
        401 => FallaEnvio::stop(codigo, mensaje, CausaDetener::Credencial),
        403 => FallaEnvio::stop(codigo, mensaje, CausaDetener::Permiso),
        429 => FallaEnvio::Reintentable {
            codigo,
            mensaje,
            espera_ms: cruda.espera_ms,
            alcance: Alcance::Linea,
        },
        500..=599 => retry(&codigo, &mensaje, cruda.espera_ms),
        _ => FallaEnvio::stop(codigo, mensaje, CausaDetener::Configuracion),
    }
}

/// The same retry, waiting at least what the answer asked for.
pub(crate) fn with_wait(falla: FallaEnvio, espera: Option<i64>) -> FallaEnvio {
    match falla {
        FallaEnvio::Reintentable { codigo, mensaje, espera_ms, alcance } => {
            let espera_ms = espera_ms.max(espera);
            FallaEnvio::Reintentable { codigo, mensaje, espera_ms, alcance }
        }
        otra => otra,
    }
}

fn retry(codigo: &str, mensaje: &str, espera_ms: Option<i64>) -> FallaEnvio {
    with_wait(FallaEnvio::retry(codigo, mensaje), espera_ms)
}

/// A defect of the configuration.
pub(crate) fn configuracion(mensaje: String) -> FallaEnvio {
    FallaEnvio::stop("configuracion", mensaje, CausaDetener::Configuracion)
}

/// Seconds or HTTP date; at most 15 minutes.
fn retry_after_ms(cabeceras: &HeaderMap, ahora_ms: i64) -> Option<i64> {
    let texto = cabeceras.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let ms = match texto.parse::<i64>() {
        Ok(segundos) => segundos.checked_mul(1_000)?,
        Err(_) => {
            let momento = jiff::fmt::rfc2822::parse(texto).ok()?;
            momento.timestamp().as_millisecond() - ahora_ms
        }
    };
    (ms >= 0).then_some(ms.min(MAX_ESPERA_MS))
}

/// A base address without its final slash. Plain HTTP is for this machine only.
pub(crate) fn base_url(texto: &str) -> Result<String, FallaEnvio> {
    let url = Url::parse(texto).map_err(|e| configuracion(format!("{texto}: {e}")))?;
    if !is_safe(&url) {
        return Err(configuracion(format!("{texto}: debe empezar con https://")));
    }
    Ok(texto.trim_end_matches('/').to_owned())
}

/// Whether a token may travel to that address.
pub(crate) fn is_safe(url: &Url) -> bool {
    let propia = url.host_str().is_some_and(is_loopback);
    url.scheme() == "https" || (url.scheme() == "http" && propia)
}

/// Whether a host name is this machine.
pub(crate) fn is_loopback(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let ip = host.parse::<std::net::IpAddr>();
    host.eq_ignore_ascii_case("localhost") || ip.is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_is_for_this_machine_only() {
        assert_eq!(base_url("http://127.0.0.1:9/").unwrap(), "http://127.0.0.1:9");
        assert!(base_url("http://[::1]:9").is_ok());
        assert!(base_url("https://graph.facebook.com").is_ok());
        for mala in ["http://graph.facebook.com", "ftp://127.0.0.1", "graph", ""] {
            assert!(base_url(mala).is_err(), "{mala}");
        }
    }

    #[test]
    fn the_wait_is_believed_up_to_a_quarter_of_an_hour() {
        let espera = |texto: &str| {
            let mut cabeceras = HeaderMap::new();
            cabeceras.insert(RETRY_AFTER, texto.parse().unwrap());
            retry_after_ms(&cabeceras, 1_445_412_480_000)
        };
        assert_eq!(espera("7"), Some(7_000));
        assert_eq!(espera("86400"), Some(MAX_ESPERA_MS));
        assert_eq!(espera("Wed, 21 Oct 2015 07:28:30 GMT"), Some(30_000));
        assert_eq!(espera("-1"), None);
        assert_eq!(espera("pronto"), None);
    }

    #[test]
    fn a_gateway_that_gave_up_is_uncertain_only_for_what_must_not_happen_twice() {
        let cruda = |http| Cruda { http, espera_ms: Some(5), cuerpo: Vec::new() };
        for http in [200, 408, 502, 504] {
            let falla = of_status(&cruda(http), Efecto::Unico);
            assert!(matches!(falla, FallaEnvio::Incierto { .. }), "{http}");
            let falla = of_status(&cruda(http), Efecto::Repetible);
            assert!(matches!(falla, FallaEnvio::Reintentable { .. }), "{http}");
        }
        for http in [429, 500, 503] {
            let falla = of_status(&cruda(http), Efecto::Unico);
            let espera = matches!(falla, FallaEnvio::Reintentable { espera_ms: Some(5), .. });
            assert!(espera, "{http}");
        }
        for http in [301, 401, 403, 404] {
            let falla = of_status(&cruda(http), Efecto::Unico);
            assert!(matches!(falla, FallaEnvio::Detener { .. }), "{http}");
        }
    }
}
