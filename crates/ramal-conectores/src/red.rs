//! HTTP to an authority: time limits, calls in parallel, circuit breaker, and what each failure
//! lets one believe. It understands no dialect and logs no body, header or secret.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ramal_base::Clock;
use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, Response};
use tokio::sync::Semaphore;

use crate::circuito::Circuito;
use crate::{Falla, Respuesta};

/// Largest answer read, bytes.
const MAX_CUERPO: usize = 16 * 1024 * 1024;

/// Limits of every call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AjustesRed {
    /// Limit to connect, ms.
    pub conexion_ms: u64,
    /// Limit of a whole call, ms.
    pub total_ms: u64,
    /// Transport failures in a row that open the circuit of an address.
    pub fallos_seguidos: u32,
    /// Time that an open circuit refuses calls, ms.
    pub pausa_ms: i64,
}

impl Default for AjustesRed {
    /// 10 s, 60 s, 5 failures, 30 s.
    fn default() -> AjustesRed {
        AjustesRed { conexion_ms: 10_000, total_ms: 60_000, fallos_seguidos: 5, pausa_ms: 30_000 }
    }
}

/// Connections of the process and the circuits of the addresses, shared by every connector.
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
    /// Errors: `Falla::Configuracion` if the machine has no certificates to trust.
    pub fn new(clock: Arc<dyn Clock>, ajustes: AjustesRed) -> Result<Arc<Red>, Falla> {
        let http = Client::builder()
            .connect_timeout(Duration::from_millis(ajustes.conexion_ms))
            .timeout(Duration::from_millis(ajustes.total_ms))
            .redirect(Policy::none())
            .user_agent("ramal")
            .build()
            .map_err(|e| Falla::Configuracion(e.without_url().to_string()))?;
        Ok(Arc::new(Red { http, clock, ajustes, circuitos: Mutex::default() }))
    }

    /// Line to one address with at most `paralelo` calls at a time.
    pub(crate) fn linea(&self, base: &str, paralelo: usize) -> Linea {
        let mut circuitos = self.circuitos.lock().unwrap_or_else(PoisonError::into_inner);
        let nuevo = || Arc::new(Circuito::new(self.ajustes.fallos_seguidos, self.ajustes.pausa_ms));
        Linea {
            http: self.http.clone(),
            clock: self.clock.clone(),
            circuito: circuitos.entry(base.to_owned()).or_insert_with(nuevo).clone(),
            cupo: Semaphore::new(paralelo),
            base: base.to_owned(),
        }
    }
}

/// Way to one address.
pub(crate) struct Linea {
    http: Client,
    clock: Arc<dyn Clock>,
    circuito: Arc<Circuito>,
    cupo: Semaphore,
    base: String,
}

/// Answer, before any dialect.
pub(crate) struct Cruda {
    pub(crate) http: u16,
    pub(crate) cuerpo: Vec<u8>,
}

/// Why there is no answer of the authority.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SinRespuesta {
    /// The authority did not process the request: it never left, or its door refused it.
    NoProcesada { motivo: String, despues_ms: Option<i64> },
    /// The request was written; what came of it is not known.
    Incierta { motivo: String, despues_ms: Option<i64> },
}

impl SinRespuesta {
    /// What it means for a document.
    pub(crate) fn respuesta(self) -> Respuesta {
        match self {
            SinRespuesta::NoProcesada { motivo, despues_ms } => {
                Respuesta::Reintentar { motivo, despues_ms }
            }
            SinRespuesta::Incierta { motivo, despues_ms } => {
                Respuesta::Incierto { motivo, despues_ms }
            }
        }
    }

    /// What it means for a question that changes nothing.
    pub(crate) fn falla(self) -> Falla {
        match self {
            SinRespuesta::NoProcesada { motivo, despues_ms }
            | SinRespuesta::Incierta { motivo, despues_ms } => {
                Falla::Transporte { motivo, despues_ms }
            }
        }
    }
}

impl Linea {
    /// POST to a path under the base.
    pub(crate) fn post(&self, ruta: &str) -> RequestBuilder {
        self.http.post(format!("{}{ruta}", self.base))
    }

    /// GET of a path under the base.
    pub(crate) fn get(&self, ruta: &str) -> RequestBuilder {
        self.http.get(format!("{}{ruta}", self.base))
    }

    /// Now, UTC ms.
    pub(crate) fn now_ms(&self) -> i64 {
        self.clock.now().millis()
    }

    /// Sends and reads. `leer` says whether the bytes are an answer of this authority; HTML, empty
    /// bodies and errors of a gateway are not, and count for the circuit.
    pub(crate) async fn send<T>(
        &self,
        peticion: RequestBuilder,
        leer: impl FnOnce(Cruda) -> Option<T>,
    ) -> Result<T, SinRespuesta> {
        let Ok(_turno) = self.cupo.acquire().await else {
            return Err(no_procesada("el conector se está cerrando", None));
        };
        let paso = self.circuito.enter(self.now_ms()).map_err(|espera| {
            no_procesada("la autoridad no responde; se espera antes de insistir", Some(espera))
        })?;
        match exchange(peticion, leer).await {
            Ok(leida) => {
                paso.succeed();
                Ok(leida)
            }
            Err(fallo) => {
                if paso.fail(self.now_ms()) {
                    tracing::warn!(autoridad = %self.base, "circuito abierto por fallos seguidos");
                }
                Err(fallo)
            }
        }
    }
}

async fn exchange<T>(
    peticion: RequestBuilder,
    leer: impl FnOnce(Cruda) -> Option<T>,
) -> Result<T, SinRespuesta> {
    let respuesta = peticion.send().await.map_err(|e| of_error(&e))?;
    let http = respuesta.status().as_u16();
    let espera = retry_after_ms(respuesta.headers());
    let cuerpo = body(respuesta).await?;
    leer(Cruda { http, cuerpo }).ok_or_else(|| not_an_answer(http, espera))
}

/// Only what failed while connecting surely never reached the authority.
fn of_error(error: &reqwest::Error) -> SinRespuesta {
    if error.is_builder() {
        return no_procesada("la petición no se pudo armar", None);
    }
    match (error.is_connect(), error.is_timeout()) {
        (true, _) => no_procesada("no hay conexión con la autoridad", None),
        (false, true) => incierta("la autoridad no respondió a tiempo", None),
        (false, false) => incierta("la conexión se cortó antes de la respuesta", None),
    }
}

async fn body(mut respuesta: Response) -> Result<Vec<u8>, SinRespuesta> {
    let mut cuerpo = Vec::new();
    loop {
        match respuesta.chunk().await {
            Ok(None) => return Ok(cuerpo),
            Ok(Some(parte)) if cuerpo.len() + parte.len() <= MAX_CUERPO => {
                cuerpo.extend_from_slice(&parte);
            }
            Ok(Some(_)) => return Err(incierta("la respuesta es demasiado grande", None)),
            Err(error) => return Err(of_error(&error)),
        }
    }
}

/// A door that refuses (3xx, 4xx) processed nothing; anything else may have.
fn not_an_answer(http: u16, espera: Option<i64>) -> SinRespuesta {
    let motivo = format!("respuesta HTTP {http} que no es de la autoridad");
    match http {
        300..=499 => no_procesada(&motivo, espera),
        _ => incierta(&motivo, espera),
    }
}

fn retry_after_ms(cabeceras: &HeaderMap) -> Option<i64> {
    let segundos: i64 = cabeceras.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    (0..=86_400).contains(&segundos).then(|| segundos * 1_000)
}

pub(crate) fn no_procesada(motivo: &str, despues_ms: Option<i64>) -> SinRespuesta {
    SinRespuesta::NoProcesada { motivo: motivo.to_owned(), despues_ms }
}

pub(crate) fn incierta(motivo: &str, despues_ms: Option<i64>) -> SinRespuesta {
    SinRespuesta::Incierta { motivo: motivo.to_owned(), despues_ms }
}
