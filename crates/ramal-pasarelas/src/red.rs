//! HTTP to a gateway: address, time limits, retries, circuit breaker, and what each failure lets
//! one believe. It understands no wire format and logs no body, header, query or secret.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ramal_base::Clock;
use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, Response, Url};
use tokio::sync::Semaphore;

use crate::FallaPasarela;
use crate::circuito::Circuito;

/// Largest answer read, bytes.
const MAX_CUERPO: usize = 8 * 1024 * 1024;
/// Longest `Retry-After` honoured, ms: 15 minutes.
const MAX_ESPERA_MS: i64 = 900_000;
/// Calls at a time to one address.
const PARALELO: usize = 16;

/// Limits of every call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AjustesRed {
    /// Limit to connect, ms.
    pub conexion_ms: u64,
    /// Limit of one attempt, ms.
    pub total_ms: u64,
    /// Attempts after the first.
    pub reintentos: u32,
    /// First step of the back-off, ms; doubles each time.
    pub base_ms: u64,
    /// Longest wait inside a call, ms; a longer one goes to the caller's queue.
    pub tope_ms: u64,
    /// Failures in a row that open the circuit of an address.
    pub fallos_seguidos: u32,
    /// Time that an open circuit refuses calls, ms.
    pub pausa_ms: i64,
}

impl Default for AjustesRed {
    /// 3 s, 30 s, 3 retries from 1 s up to 30 s, 5 failures, 30 s (integrations.md 0).
    fn default() -> AjustesRed {
        AjustesRed {
            conexion_ms: 3_000,
            total_ms: 30_000,
            reintentos: 3,
            base_ms: 1_000,
            tope_ms: 30_000,
            fallos_seguidos: 5,
            pausa_ms: 30_000,
        }
    }
}

/// Connections of the process and the circuits of the addresses, shared by every gateway.
pub struct Red {
    http: Client,
    clock: Arc<dyn Clock>,
    ajustes: AjustesRed,
    circuitos: Mutex<HashMap<String, Arc<Circuito>>>,
}

impl Red {
    /// One for the process. TLS is always verified and no redirect is followed: they would carry
    /// credentials away.
    ///
    /// Errors: `Configuracion` if the machine has no certificates to trust.
    pub fn new(clock: Arc<dyn Clock>, ajustes: AjustesRed) -> Result<Arc<Red>, FallaPasarela> {
        let http = Client::builder()
            .connect_timeout(Duration::from_millis(ajustes.conexion_ms))
            .timeout(Duration::from_millis(ajustes.total_ms))
            .redirect(Policy::none())
            .user_agent("ramal")
            .build()
            .map_err(|e| FallaPasarela::Configuracion { motivo: e.without_url().to_string() })?;
        Ok(Arc::new(Red { http, clock, ajustes, circuitos: Mutex::default() }))
    }

    /// Line to one address.
    ///
    /// Errors: `Configuracion` if it is no plain URL, or HTTP to a host that is not this machine.
    pub(crate) fn linea(&self, base: &str) -> Result<Linea, FallaPasarela> {
        let base = checked_base(base)?;
        let mut circuitos = self.circuitos.lock().unwrap_or_else(PoisonError::into_inner);
        let nuevo = || Arc::new(Circuito::new(self.ajustes.fallos_seguidos, self.ajustes.pausa_ms));
        Ok(Linea {
            http: self.http.clone(),
            clock: self.clock.clone(),
            ajustes: self.ajustes,
            circuito: circuitos.entry(base.clone()).or_insert_with(nuevo).clone(),
            cupo: Semaphore::new(PARALELO),
            base,
        })
    }

    /// Addresses and whether their circuit refuses calls now, for the gauge.
    pub fn circuitos(&self) -> Vec<(String, bool)> {
        let ahora = self.clock.now().millis();
        let circuitos = self.circuitos.lock().unwrap_or_else(PoisonError::into_inner);
        circuitos.iter().map(|(base, c)| (base.clone(), c.is_abierto(ahora))).collect()
    }
}

/// Without a final slash. Plain HTTP only to this machine: a token would travel in the clear.
fn checked_base(texto: &str) -> Result<String, FallaPasarela> {
    let mala = |motivo: &str| FallaPasarela::Configuracion { motivo: format!("{texto}: {motivo}") };
    let url = Url::parse(texto).map_err(|_| mala("no es una dirección"))?;
    let local = match url.host_str() {
        Some("localhost" | "[::1]") => true,
        Some(host) => {
            host.parse::<std::net::Ipv4Addr>().is_ok_and(|ip: std::net::Ipv4Addr| ip.is_loopback())
        }
        None => return Err(mala("no nombra un servidor")),
    };
    match url.scheme() {
        "https" => {}
        "http" if local => {}
        "http" => return Err(mala("http sin cifrar solo se admite hacia esta misma máquina")),
        _ => return Err(mala("debe empezar con https://")),
    }
    let sobra = url.query().is_some() || url.fragment().is_some() || !url.username().is_empty();
    if sobra || url.password().is_some() {
        return Err(mala("debe ser solo servidor y ruta"));
    }
    Ok(texto.trim_end_matches('/').to_owned())
}

/// Whether repeating a call changes anything there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Clase {
    /// Only reads: repeated whatever the failure.
    Lectura,
    /// Writes: repeated only if it surely was not attended.
    Escritura,
}

/// Way to one address.
pub(crate) struct Linea {
    http: Client,
    clock: Arc<dyn Clock>,
    ajustes: AjustesRed,
    circuito: Arc<Circuito>,
    cupo: Semaphore,
    base: String,
}

/// Answer, before any wire format: 2xx, or a 4xx that the gateway means.
pub(crate) struct Cruda {
    pub(crate) http: u16,
    pub(crate) cuerpo: Vec<u8>,
}

impl Cruda {
    pub(crate) fn is_ok(&self) -> bool {
        (200..300).contains(&self.http)
    }
}

/// Outcome of one attempt.
enum Intento {
    Respuesta(Cruda),
    /// It never left, or the door turned it away: nothing happened.
    NoAtendida {
        motivo: &'static str,
        espera_ms: Option<i64>,
        cuenta: bool,
    },
    /// It left; what came of it is not known.
    SinNoticia {
        motivo: String,
        espera_ms: Option<i64>,
    },
    /// Neither a retry nor a person at the till can help.
    Mala(String),
}

impl Linea {
    /// Now, UTC ms.
    pub(crate) fn now_ms(&self) -> i64 {
        self.clock.now().millis()
    }

    /// Calls, and repeats what can be repeated. `build` makes the request from its address: the
    /// base and `ruta`.
    pub(crate) async fn call(
        &self,
        clase: Clase,
        ruta: &str,
        build: impl Fn(&Client, String) -> RequestBuilder,
    ) -> Result<Cruda, FallaPasarela> {
        let mut vuelta = 0;
        loop {
            let (falla, espera_ms, repetible) = match self.attempt(ruta, &build).await? {
                Intento::Respuesta(cruda) => return Ok(cruda),
                Intento::Mala(motivo) => return Err(FallaPasarela::Configuracion { motivo }),
                Intento::NoAtendida { motivo, espera_ms, .. } => {
                    (reintentable(motivo, espera_ms), espera_ms, true)
                }
                Intento::SinNoticia { motivo, espera_ms } if clase == Clase::Lectura => {
                    (reintentable(&motivo, espera_ms), espera_ms, true)
                }
                Intento::SinNoticia { motivo, .. } => {
                    (FallaPasarela::Incierta { motivo }, None, false)
                }
            };
            let pausa = self.pause(vuelta, espera_ms);
            match pausa {
                Some(ms) if repetible => tokio::time::sleep(Duration::from_millis(ms)).await,
                _ => return Err(falla),
            }
            vuelta += 1;
        }
    }

    async fn attempt(
        &self,
        ruta: &str,
        build: &impl Fn(&Client, String) -> RequestBuilder,
    ) -> Result<Intento, FallaPasarela> {
        let Ok(_turno) = self.cupo.acquire().await else {
            return Err(reintentable("el programa se está cerrando", None));
        };
        let paso = self.circuito.enter(self.now_ms()).map_err(|espera| {
            reintentable("la pasarela no responde; se espera antes de insistir", Some(espera))
        })?;
        let intento = exchange(build(&self.http, format!("{}{ruta}", self.base))).await;
        let fallo = matches!(
            intento,
            Intento::NoAtendida { cuenta: true, .. } | Intento::SinNoticia { .. }
        );
        if !fallo {
            paso.succeed();
        } else if paso.fail(self.now_ms()) {
            tracing::warn!(pasarela = %self.base, "circuito abierto por fallos");
        }
        Ok(intento)
    }

    /// How long to wait before attempt `vuelta + 1`; `None` if there is none in this call.
    fn pause(&self, vuelta: u32, pedida: Option<i64>) -> Option<u64> {
        if vuelta >= self.ajustes.reintentos {
            return None;
        }
        let techo = self.ajustes.base_ms.saturating_mul(1 << vuelta.min(16));
        let techo = techo.min(self.ajustes.tope_ms);
        match pedida.and_then(|ms| u64::try_from(ms).ok()) {
            Some(ms) if ms > self.ajustes.tope_ms => None,
            Some(ms) => Some(ms),
            None => Some(jitter(techo)),
        }
    }
}

/// From 0 to `techo`: full jitter, so that many callers do not come back together.
fn jitter(techo: u64) -> u64 {
    let mut bytes = [0u8; 8];
    match aws_lc_rs::rand::fill(&mut bytes) {
        Ok(()) => u64::from_le_bytes(bytes) % (techo + 1),
        Err(_) => techo,
    }
}

async fn exchange(peticion: RequestBuilder) -> Intento {
    let respuesta = match peticion.send().await {
        Ok(respuesta) => respuesta,
        Err(error) => return of_error(&error),
    };
    let http = respuesta.status().as_u16();
    let espera_ms = retry_after_ms(respuesta.headers());
    let cuerpo = match body(respuesta).await {
        Ok(cuerpo) => cuerpo,
        Err(intento) => return intento,
    };
    match http {
        200..=299 => Intento::Respuesta(Cruda { http, cuerpo }),
        429 => no_atendida("la pasarela pide esperar (429)", espera_ms),
        423 => no_atendida("la misma operación está en curso (423)", espera_ms),
        401 | 403 => Intento::Mala(format!("la pasarela no admite las credenciales ({http})")),
        424 | 500..=599 => {
            Intento::SinNoticia { motivo: format!("la pasarela respondió {http}"), espera_ms }
        }
        400..=499 => Intento::Respuesta(Cruda { http, cuerpo }),
        _ => Intento::Mala(format!("respuesta HTTP {http}: la dirección no es la de la pasarela")),
    }
}

fn no_atendida(motivo: &'static str, espera_ms: Option<i64>) -> Intento {
    Intento::NoAtendida { motivo, espera_ms, cuenta: false }
}

/// Only what failed while connecting surely never reached the gateway.
fn of_error(error: &reqwest::Error) -> Intento {
    let perdida = |motivo: &str| Intento::SinNoticia { motivo: motivo.to_owned(), espera_ms: None };
    if error.is_builder() {
        return Intento::Mala("la petición no se pudo armar".to_owned());
    }
    match (error.is_connect(), error.is_timeout()) {
        (true, _) => Intento::NoAtendida {
            motivo: "no hay conexión con la pasarela",
            espera_ms: None,
            cuenta: true,
        },
        (false, true) => perdida("la pasarela no respondió a tiempo"),
        (false, false) => perdida("la conexión se cortó antes de la respuesta"),
    }
}

async fn body(mut respuesta: Response) -> Result<Vec<u8>, Intento> {
    let mut cuerpo = Vec::new();
    loop {
        match respuesta.chunk().await {
            Ok(None) => return Ok(cuerpo),
            Ok(Some(parte)) if cuerpo.len() + parte.len() <= MAX_CUERPO => {
                cuerpo.extend_from_slice(&parte);
            }
            Ok(Some(_)) => {
                let motivo = "la respuesta es demasiado grande".to_owned();
                return Err(Intento::SinNoticia { motivo, espera_ms: None });
            }
            Err(error) => return Err(of_error(&error)),
        }
    }
}

fn reintentable(motivo: &str, espera_ms: Option<i64>) -> FallaPasarela {
    FallaPasarela::Reintentable { motivo: motivo.to_owned(), espera_ms }
}

/// Seconds, or an HTTP date counted from the `Date` of the same answer: no clock of ours in it.
fn retry_after_ms(cabeceras: &HeaderMap) -> Option<i64> {
    let texto = |v: &reqwest::header::HeaderValue| Some(v.to_str().ok()?.trim().to_owned());
    let pedida = texto(cabeceras.get(RETRY_AFTER)?)?;
    let ms = match pedida.parse::<i64>() {
        Ok(segundos) => segundos.checked_mul(1_000)?,
        Err(_) => {
            let emitida = texto(cabeceras.get(reqwest::header::DATE)?)?;
            http_date_ms(&pedida)? - http_date_ms(&emitida)?
        }
    };
    (ms >= 0).then(|| ms.min(MAX_ESPERA_MS))
}

fn http_date_ms(texto: &str) -> Option<i64> {
    let parser = jiff::fmt::rfc2822::DateTimeParser::new();
    parser.parse_timestamp(texto).ok().map(|t| t.as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_reaches_this_machine_only() {
        for buena in ["http://127.0.0.1:8093/emulada", "http://[::1]:9", "http://localhost:1/x/"] {
            assert!(!checked_base(buena).unwrap().ends_with('/'), "{buena}");
        }
        assert_eq!(checked_base("https://api.stripe.com/").unwrap(), "https://api.stripe.com");
        let malas = [
            "http://api.mercadopago.com",
            "http://127.0.0.1.example.com",
            "http://10.0.0.1",
            "ftp://127.0.0.1",
            "https://usuario:clave@api.stripe.com",
            "https://api.stripe.com?x=1",
            "api.stripe.com",
            "",
        ];
        for mala in malas {
            let falla = checked_base(mala).unwrap_err();
            assert!(matches!(falla, FallaPasarela::Configuracion { .. }), "{mala}");
        }
    }

    #[test]
    fn a_wait_is_read_as_seconds_or_as_a_date_and_never_above_fifteen_minutes() {
        let con = |espera: &str| {
            let mut h = HeaderMap::new();
            h.insert(RETRY_AFTER, espera.parse().unwrap());
            h.insert(reqwest::header::DATE, "Fri, 20 Nov 2026 12:00:00 GMT".parse().unwrap());
            retry_after_ms(&h)
        };
        assert_eq!(con("7"), Some(7_000));
        assert_eq!(con("Fri, 20 Nov 2026 12:00:30 GMT"), Some(30_000));
        assert_eq!(con("86400"), Some(900_000));
        for mala in ["-1", "mañana", "Fri, 20 Nov 2026 11:59:00 GMT", "99999999999999999999"] {
            assert_eq!(con(mala), None, "{mala}");
        }
        assert_eq!(retry_after_ms(&HeaderMap::new()), None);
    }
}
