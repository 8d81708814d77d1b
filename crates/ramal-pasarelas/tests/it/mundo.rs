//! A gateway, a receiver of its notices and the three adapters, all on one fixed clock.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use ramal_base::{Clock as _, FixedClock, Instante, Moneda};
use ramal_emulador::pasarela::{
    CLAVE_EMULADA, CUENTA_EMULADA, Emulador, FallasAvisos, Opciones, SECRETO_EMULADA,
};
use ramal_emulador::{Fallas, servir};
use ramal_pasarelas::{
    AjustesRed, AvisoCrudo, ConfigEmulada, ConfigMercadoPago, ConfigStripe, Emulada, MedioRemoto,
    MercadoPago, Pagador, Pasarela, PedidoCobro, Red, Secreto, Secretos, Stripe,
};
use tokio_util::sync::CancellationToken;

pub const AHORA: &str = "2026-11-20T12:00:00Z";

/// Which wire a test speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hilo {
    Emulada,
    MercadoPago,
    MercadoPagoPeru,
    Stripe,
}

pub const HILOS: [Hilo; 3] = [Hilo::Emulada, Hilo::MercadoPago, Hilo::Stripe];

pub struct Mundo {
    pub em: Arc<Emulador>,
    pub clock: Arc<FixedClock>,
    pub base: String,
    pub recibidos: Arc<Mutex<Vec<AvisoCrudo>>>,
    pub aviso: String,
    responde: Arc<Mutex<StatusCode>>,
    pub http: reqwest::Client,
    cancel: CancellationToken,
}

impl Drop for Mundo {
    fn drop(&mut self) {
        self.cancel.cancel();
    }
}

#[derive(Clone)]
struct Receptor {
    recibidos: Arc<Mutex<Vec<AvisoCrudo>>>,
    responde: Arc<Mutex<StatusCode>>,
    clock: Arc<FixedClock>,
}

async fn receive(
    State(r): State<Receptor>,
    cabeceras: HeaderMap,
    uri: Uri,
    cuerpo: Bytes,
) -> StatusCode {
    let aviso = AvisoCrudo::of_http(&cabeceras, uri.query(), &cuerpo, r.clock.now());
    r.recibidos.lock().unwrap().push(aviso);
    *r.responde.lock().unwrap()
}

impl Mundo {
    pub async fn new() -> Mundo {
        Mundo::at(Arc::new(FixedClock::new(Instante::parse(AHORA).unwrap()))).await
    }

    pub async fn at(clock: Arc<FixedClock>) -> Mundo {
        let em = Emulador::abrir(Opciones::new(clock.clone())).unwrap();
        let cancel = CancellationToken::new();
        let libre = "127.0.0.1:0".parse().unwrap();
        let donde = servir(em.clone().router(), libre, cancel.clone()).await.unwrap();
        let receptor = Receptor {
            recibidos: Arc::default(),
            responde: Arc::new(Mutex::new(StatusCode::OK)),
            clock: clock.clone(),
        };
        let app = Router::new().fallback(receive).with_state(receptor.clone());
        let oido = servir(app, libre, cancel.clone()).await.unwrap();
        let aviso = format!("http://{oido}/webhooks");
        em.set_aviso("acct_demo", &aviso);
        let http =
            reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Mundo {
            em,
            clock,
            base: format!("http://{donde}"),
            recibidos: receptor.recibidos,
            aviso,
            responde: receptor.responde,
            http,
            cancel,
        }
    }

    /// Limits of the network in tests: no wait worth noticing.
    pub fn red(&self) -> Arc<Red> {
        let ajustes = AjustesRed {
            conexion_ms: 2_000,
            total_ms: 5_000,
            base_ms: 1,
            tope_ms: 5,
            ..AjustesRed::default()
        };
        Red::new(self.clock.clone(), ajustes).unwrap()
    }

    pub fn pasarela(&self, hilo: Hilo) -> Arc<dyn Pasarela> {
        self.pasarela_on(hilo, &self.red())
    }

    pub fn pasarela_on(&self, hilo: Hilo, red: &Arc<Red>) -> Arc<dyn Pasarela> {
        let firmas = |s: &str| Secretos::new(Secreto::new(s));
        let mp = |token: &str, cuenta: &str, secreto: &str| ConfigMercadoPago {
            base: format!("{}/mercadopago", self.base),
            token: Secreto::new(token),
            cuenta: cuenta.into(),
            firmas: firmas(secreto),
            descriptor: "RAMAL".into(),
        };
        match hilo {
            Hilo::Emulada => {
                let config = ConfigEmulada {
                    base: format!("{}/emulada", self.base),
                    clave: Secreto::new(CLAVE_EMULADA),
                    cuenta: CUENTA_EMULADA.into(),
                    firmas: firmas(SECRETO_EMULADA),
                };
                Arc::new(Emulada::new(red, config).unwrap())
            }
            Hilo::MercadoPago => {
                let config = mp("TEST-token-mx", "100000001", "clave-webhook-demo");
                Arc::new(MercadoPago::new(red, config).unwrap())
            }
            Hilo::MercadoPagoPeru => {
                let config = mp("TEST-token-pe", "100000002", "clave-webhook-demo-pe");
                Arc::new(MercadoPago::new(red, config).unwrap())
            }
            Hilo::Stripe => {
                let config = ConfigStripe {
                    base: format!("{}/stripe", self.base),
                    clave: Secreto::new("sk_test_demo"),
                    cuenta: "acct_demo".into(),
                    firmas: firmas("whsec_demo"),
                };
                Arc::new(Stripe::new(red, config).unwrap())
            }
        }
    }

    /// A request for 399.00 pesos (or soles for Peru).
    pub fn pedido(&self, hilo: Hilo, externa: &str, medio: MedioRemoto) -> PedidoCobro {
        let peru = hilo == Hilo::MercadoPagoPeru;
        PedidoCobro {
            externa: externa.into(),
            clave: format!("cobro:{externa}"),
            importe: 39_900,
            moneda: if peru { Moneda::Pen } else { Moneda::Mxn },
            concepto: "Factura F-1024".into(),
            medio,
            pagador: Pagador {
                nombre: "Rosa Quispe Mamani".into(),
                email: Some("rosa@example.com".into()),
                documento: None,
            },
            vence: None,
            retorno: "http://127.0.0.1:1/f/abc".into(),
            aviso: self.aviso.clone(),
            token: None,
        }
    }

    /// A person pays a hosted page; gives where the browser goes.
    pub async fn pay(&self, url: &str, campos: &[(&str, &str)]) -> String {
        let r = self.http.post(url).form(campos).send().await.unwrap();
        let destino = r.headers().get("location").map(|v| v.to_str().unwrap().to_owned());
        destino.unwrap_or_else(|| r.status().to_string())
    }

    /// Presses a button of the admin: `acreditar`, `contracargo`….
    pub async fn press(&self, pago: &str, accion: &str) {
        let url = format!("{}/_emulador/pagos/{pago}/{accion}", self.base);
        let r = self.http.post(url).send().await.unwrap();
        assert!(r.status().is_success(), "{accion}: {}", r.status());
    }

    /// Sends the notices due; gives those received since the last time.
    pub async fn notices(&self) -> Vec<AvisoCrudo> {
        self.em.send_due().await;
        std::mem::take(&mut self.recibidos.lock().unwrap())
    }

    pub fn receiver_answers(&self, estado: StatusCode) {
        *self.responde.lock().unwrap() = estado;
    }

    pub fn faults(&self, fallas: Fallas) {
        self.em.control().replace(fallas);
    }

    pub fn notice_faults(&self, fallas: FallasAvisos) {
        self.em.set_avisos(fallas);
    }
}
