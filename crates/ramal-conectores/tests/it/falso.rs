//! A server that answers what it is told, in order, and keeps what it was asked.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use ramal_base::{Clock, FixedClock, Instante};
use ramal_conectores::{AjustesRed, Entorno, Red};
use tokio_util::sync::CancellationToken;

/// What to answer to one request.
pub enum Paso {
    /// Status, content type, body.
    Responde(u16, &'static str, String),
    /// A SUNAT fault 0109, a tenth of a second late.
    Lento,
    /// Nothing, until the client gives up.
    Calla,
}

impl Paso {
    pub fn json(estado: u16, cuerpo: impl Into<String>) -> Paso {
        Paso::Responde(estado, "application/json", cuerpo.into())
    }

    pub fn xml(estado: u16, cuerpo: impl Into<String>) -> Paso {
        Paso::Responde(estado, "text/xml", cuerpo.into())
    }

    pub fn html(estado: u16) -> Paso {
        let cuerpo = "<html><body><h1>Error</h1><br></body></html>";
        Paso::Responde(estado, "text/html", cuerpo.into())
    }
}

/// One request as it arrived.
pub struct Visto {
    pub ruta: String,
    pub cabeceras: HeaderMap,
    pub cuerpo: Vec<u8>,
}

#[derive(Clone)]
pub struct Falso {
    pasos: Arc<Mutex<VecDeque<Paso>>>,
    vistos: Arc<Mutex<Vec<Visto>>>,
    /// Requests being attended, and the most there were at a time.
    en_curso: Arc<Mutex<(usize, usize)>>,
    pub base: String,
}

impl Falso {
    pub async fn start(pasos: Vec<Paso>) -> Falso {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let falso = Falso {
            pasos: Arc::new(Mutex::new(pasos.into())),
            vistos: Arc::default(),
            en_curso: Arc::default(),
            base: format!("http://{}", listener.local_addr().unwrap()),
        };
        let router = Router::new().fallback(answer).with_state(falso.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        falso
    }

    pub fn entorno(&self) -> Entorno {
        Entorno::Emulado(self.base.clone())
    }

    pub fn push(&self, paso: Paso) {
        self.pasos.lock().unwrap().push_back(paso);
    }

    pub fn rutas(&self) -> Vec<String> {
        self.vistos.lock().unwrap().iter().map(|v| v.ruta.clone()).collect()
    }

    pub fn most_at_a_time(&self) -> usize {
        self.en_curso.lock().unwrap().1
    }

    fn enter(&self) {
        let mut n = self.en_curso.lock().unwrap();
        n.0 += 1;
        n.1 = n.1.max(n.0);
    }

    pub fn with<T>(&self, cual: usize, read: impl FnOnce(&Visto) -> T) -> T {
        read(&self.vistos.lock().unwrap()[cual])
    }
}

async fn answer(
    State(falso): State<Falso>,
    uri: Uri,
    cabeceras: HeaderMap,
    cuerpo: Bytes,
) -> Response {
    let visto = Visto { ruta: uri.path().to_owned(), cabeceras, cuerpo: cuerpo.to_vec() };
    falso.vistos.lock().unwrap().push(visto);
    let paso = falso.pasos.lock().unwrap().pop_front();
    match paso {
        Some(Paso::Responde(estado, tipo, cuerpo)) => {
            let estado = StatusCode::from_u16(estado).unwrap();
            (estado, [(header::CONTENT_TYPE, tipo)], cuerpo).into_response()
        }
        Some(Paso::Lento) => {
            falso.enter();
            tokio::time::sleep(Duration::from_millis(100)).await;
            falso.en_curso.lock().unwrap().0 -= 1;
            let fault = "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>\
                <s:Fault><faultcode>s:Server.0109</faultcode></s:Fault></s:Body></s:Envelope>";
            (StatusCode::INTERNAL_SERVER_ERROR, fault).into_response()
        }
        Some(Paso::Calla) => {
            tokio::time::sleep(Duration::from_secs(30)).await;
            StatusCode::OK.into_response()
        }
        None => StatusCode::IM_A_TEAPOT.into_response(),
    }
}

/// Five minutes after the documents of the tests.
pub fn clock() -> Arc<FixedClock> {
    Arc::new(FixedClock::new(Instante::parse("2026-11-20T16:05:00Z").unwrap()))
}

/// Connections that give up soon.
pub fn red(clock: Arc<dyn Clock>) -> Arc<Red> {
    let ajustes = AjustesRed { total_ms: 400, fallos_seguidos: 3, ..AjustesRed::default() };
    Red::new(clock, ajustes).unwrap()
}

/// Connections with the limits of production, for emulators that work hard.
pub fn red_paciente(clock: Arc<dyn Clock>) -> Arc<Red> {
    Red::new(clock, AjustesRed::default()).unwrap()
}

/// Serves an emulator and gives where.
pub async fn serve(router: Router) -> Entorno {
    let addr = "127.0.0.1:0".parse().unwrap();
    let local = ramal_emulador::servir(router, addr, CancellationToken::new()).await.unwrap();
    Entorno::Emulado(format!("http://{local}"))
}
