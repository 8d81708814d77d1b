//! Emulated WhatsApp Cloud API: Graph API, webhooks, and a page where one is the customer. It
//! shares no code with the client that it judges.

mod admin;
mod avisos;
mod campos;
mod envio;
mod fallo;
mod graph;
mod interruptores;
pub(crate) mod lienzo;
pub(crate) mod mando;
mod medios;
mod mensaje;
mod muestras;
mod numero;
mod paginas;
mod persona;
mod plantilla_alta;
mod plantilla_uso;
mod registro;
mod tipos;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use ramal_base::{Clock, Instante, Zona};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::Error;
use crate::fallas::FallaCodigo;
use avisos::{Cola, Pieza, Remite};
use fallo::{Fallo, title};
use mando::Mando;
use registro::Registro;
use tipos::{Avance, Burbuja, Evento, Plantilla};

pub use avisos::Ronda;
pub use interruptores::{Interruptores, Lectura, Momento, Revision};
pub use persona::{Marketing, NoSePuede, Presencia};

/// How the emulator is started.
pub struct Opciones {
    /// Folder of the state; `None` keeps it in memory.
    pub dir: Option<PathBuf>,
    /// Seed of every draw.
    pub semilla: u64,
    /// Switches at the start.
    pub interruptores: Interruptores,
    /// Clock.
    pub clock: Arc<dyn Clock>,
    /// Zone in which the page tells the time.
    pub zona: Zona,
    /// Name of the business, as a chat shows it.
    pub empresa: String,
    /// Number of the business, digits.
    pub numero: String,
    /// Line.
    pub phone_number_id: String,
    /// Account.
    pub waba_id: String,
    /// Token of the Graph API.
    pub token: String,
    /// Secret of the webhooks' signature.
    pub app_secret: String,
    /// Token of the webhooks' handshake.
    pub verify_token: String,
    /// Where webhooks go; it can be changed later.
    pub webhook: Option<String>,
}

impl Opciones {
    /// State in memory, no faults, line `100000000000001`, account `200000000000002`, token
    /// `token-whatsapp-demo`, secret `secreto-app-demo`, handshake `verifica-demo`.
    pub fn new(clock: Arc<dyn Clock>) -> Opciones {
        Opciones {
            dir: None,
            semilla: 1,
            interruptores: Interruptores::default(),
            clock,
            zona: Zona::utc(),
            empresa: "Ramal".into(),
            numero: "5215500000000".into(),
            phone_number_id: "100000000000001".into(),
            waba_id: "200000000000002".into(),
            token: "token-whatsapp-demo".into(),
            app_secret: "secreto-app-demo".into(),
            verify_token: "verifica-demo".into(),
            webhook: None,
        }
    }
}

/// The emulator.
pub struct Emulador {
    registro: Mutex<Registro>,
    mando: Mando<Interruptores>,
    cola: Cola,
    muestras: Mutex<HashMap<String, muestras::Anuncio>>,
    opciones: Opciones,
}

impl Emulador {
    /// Opens the state.
    ///
    /// Errors: the folder cannot be used, or its journal is not ours.
    pub fn abrir(opciones: Opciones) -> Result<Arc<Emulador>, Error> {
        let registro = Registro::abrir(opciones.dir.as_deref())?;
        Ok(Arc::new(Emulador {
            registro: Mutex::new(registro),
            mando: Mando::new(opciones.interruptores.clone(), opciones.semilla),
            cola: Cola::new(opciones.webhook.clone()),
            muestras: Mutex::default(),
            opciones,
        }))
    }

    /// The Graph API and the admin routes, for an address of its own.
    pub fn router(self: Arc<Self>) -> Router {
        graph::routes().merge(admin::routes()).with_state(self)
    }

    /// The pages `/emuladores/whatsapp…`, to be mounted inside the application.
    pub fn paginas(self: Arc<Self>) -> Router {
        paginas::routes().with_state(self)
    }

    /// Delivers webhooks in the background until `cancel`. Without it call [`Emulador::pump`].
    pub fn start(self: &Arc<Self>, cancel: CancellationToken) {
        let emulador = self.clone();
        tokio::spawn(async move {
            let segundo = Duration::from_secs(1);
            loop {
                tokio::select! {
                    () = cancel.cancelled() => return,
                    () = emulador.cola.novedad.notified() => {}
                    () = tokio::time::sleep(segundo) => {}
                }
                emulador.pump().await;
            }
        });
    }

    /// Delivers the webhooks that are due by the clock.
    pub async fn pump(&self) -> Ronda {
        let o = &self.opciones;
        let remite = Remite {
            phone_number_id: o.phone_number_id.clone(),
            numero: o.numero.clone(),
            waba_id: o.waba_id.clone(),
            app_secret: o.app_secret.clone(),
        };
        self.cola.pump(&remite, &self.mando, self.now().millis()).await
    }

    /// Changes where webhooks go.
    pub fn redirect(&self, url: Option<String>) {
        self.cola.redirect(url);
    }

    /// Registers the address as Meta does: true if it gave the challenge back.
    pub async fn register_webhook(&self) -> bool {
        let reto = (1_000_000_000 + self.mando.draw(1_000_000_000)).to_string();
        self.cola.handshake(&self.opciones.verify_token, &reto).await
    }

    /// The switches, for a test in the same process.
    pub fn switches(&self) -> Interruptores {
        self.mando.current()
    }

    /// Replaces the switches.
    pub fn switch(&self, interruptores: Interruptores) {
        self.mando.replace(interruptores);
    }

    /// Registers an approved template without asking, as a demo finds them.
    ///
    /// Errors: the text of the refusal of the Graph API.
    pub fn seed_template(&self, cuerpo: &Value) -> Result<(), String> {
        let nueva = plantilla_alta::read(cuerpo, |_| true).map_err(|f| f.detalle)?;
        if self.state().plantilla(&nueva.nombre, &nueva.idioma).is_some() {
            return Ok(());
        }
        let aprobada = Plantilla { estado: "APPROVED".into(), ..nueva };
        self.add_template(aprobada).map(|_| ()).map_err(|e| e.to_string())
    }

    /// Changes the state of a template and tells it: `APPROVED`, `REJECTED`, `PAUSED`, `DISABLED`.
    ///
    /// Shape: false if there is no such template.
    pub fn decide_template(&self, id: &str, estado: &str) -> Result<bool, Error> {
        let mut registro = self.state();
        let Some(plantilla) = registro.plantillas.get(id).cloned() else {
            return Ok(false);
        };
        let plantilla = Plantilla { estado: estado.to_owned(), ..plantilla };
        let motivo = if estado == "REJECTED" { "INVALID_FORMAT" } else { "NONE" };
        self.queue(Pieza::Cambio {
            campo: "message_template_status_update",
            valor: json!({ "event": estado, "message_template_id": plantilla.id,
                "message_template_name": plantilla.nombre,
                "message_template_language": plantilla.idioma, "reason": motivo }),
        });
        registro.record(Evento::Plantilla(Box::new(plantilla)))?;
        Ok(true)
    }

    fn add_template(&self, plantilla: Plantilla) -> Result<Plantilla, Error> {
        let mut registro = self.state();
        let id = format!("{}", 700_000_000_000_000 + registro.next());
        let plantilla = Plantilla { id, ..plantilla };
        registro.record(Evento::Plantilla(Box::new(plantilla.clone())))?;
        Ok(plantilla)
    }

    fn queue(&self, pieza: Pieza) {
        let demora = self.mando.get(|i| i.demora_aviso_ms);
        self.cola.push(pieza, self.now().millis() + demora);
    }

    fn queue_status(&self, burbuja: &Burbuja, avance: Avance, fallo: Option<&Fallo>) {
        let ahora = self.now().millis();
        let mut estado = json!({ "id": burbuja.wamid, "status": avance.as_str(),
            "timestamp": (ahora / 1_000).to_string(), "recipient_id": burbuja.wa_id });
        if let Some(referencia) = &burbuja.referencia {
            estado["biz_opaque_callback_data"] = json!(referencia);
        }
        if matches!(avance, Avance::Enviado | Avance::Entregado) {
            estado["pricing"] = price(burbuja);
        }
        if let Some(fallo) = fallo {
            estado["errors"] = json!([fallo.of_status()]);
        }
        self.queue(Pieza::Estado(estado));
    }

    /// The code of a switch, if it fires now.
    fn fixed_code(&self, pick: impl Fn(&mut Interruptores) -> &mut FallaCodigo) -> Option<Fallo> {
        let mut copia = self.mando.current();
        let codigo = pick(&mut copia).clone();
        let numero: i64 = codigo.codigo.parse().ok()?;
        if !self.mando.fires(|i| &mut pick(i).regla) {
            return None;
        }
        let detalle =
            if codigo.mensaje.is_empty() { title(numero).to_owned() } else { codigo.mensaje };
        Some(Fallo::new(numero, detalle))
    }

    fn state(&self) -> MutexGuard<'_, Registro> {
        self.registro.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> Instante {
        self.opciones.clock.now()
    }
}

/// Inside the window what is not marketing is free (July 2025).
fn price(b: &Burbuja) -> Value {
    let gratis = b.categoria == "service" || (b.en_ventana && b.categoria == "utility");
    let tipo = if gratis { "free_customer_service" } else { "regular" };
    json!({ "billable": !gratis, "pricing_model": "PMP", "category": b.categoria, "type": tipo })
}
