//! Webhooks on their way: bodies as Meta writes them, signature, loss, disorder and retries. It
//! invents no event.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use aws_lc_rs::hmac;
use serde_json::{Value, json};
use tokio::sync::Notify;

use super::interruptores::Interruptores;
use super::mando::Mando;

/// Waits between tries, ms; after the last one the webhook is given up.
const ESPERAS_MS: [i64; 6] = [1_000, 5_000, 30_000, 120_000, 600_000, 3_600_000];

/// Most events that wait; beyond it the oldest is lost, as when nobody listens for days.
const MAX_PENDIENTES: usize = 50_000;

/// A piece of a webhook.
#[derive(Clone, Debug, PartialEq)]
pub enum Pieza {
    /// A message of a person and who it is.
    Mensaje {
        /// Element of `contacts`.
        contacto: Value,
        /// Element of `messages`.
        mensaje: Value,
    },
    /// Element of `statuses`.
    Estado(Value),
    /// Another field of the account.
    Cambio {
        /// Field.
        campo: &'static str,
        /// Value.
        valor: Value,
    },
}

struct Pendiente {
    pieza: Pieza,
    no_antes: i64,
    intentos: usize,
}

/// Who sends and to whom.
#[derive(Clone, Debug)]
pub struct Remite {
    /// Line.
    pub phone_number_id: String,
    /// Its number, as shown.
    pub numero: String,
    /// Account.
    pub waba_id: String,
    /// Secret of the signature.
    pub app_secret: String,
}

/// What one round of deliveries did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ronda {
    /// Webhooks answered with 2xx.
    pub entregados: usize,
    /// Webhooks to be tried again.
    pub pospuestos: usize,
    /// Events lost by a switch or given up.
    pub perdidos: usize,
}

/// The queue.
pub struct Cola {
    pendientes: Mutex<VecDeque<Pendiente>>,
    destino: Mutex<Option<String>>,
    http: reqwest::Client,
    turno: tokio::sync::Mutex<()>,
    /// Told when something enters.
    pub novedad: Notify,
}

impl Cola {
    /// An empty queue to an address.
    pub fn new(destino: Option<String>) -> Cola {
        let http = reqwest::Client::builder()
            .timeout(Duration::from_secs(10))
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap_or_default();
        Cola {
            pendientes: Mutex::default(),
            destino: Mutex::new(destino),
            http,
            turno: tokio::sync::Mutex::default(),
            novedad: Notify::new(),
        }
    }

    /// Where webhooks go.
    pub fn destino(&self) -> Option<String> {
        self.destino.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Changes where they go.
    pub fn redirect(&self, destino: Option<String>) {
        *self.destino.lock().unwrap_or_else(PoisonError::into_inner) = destino;
    }

    /// How many events wait.
    pub fn len(&self) -> usize {
        self.pendientes.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Puts an event at the end.
    pub fn push(&self, pieza: Pieza, no_antes: i64) {
        let mut cola = self.pendientes.lock().unwrap_or_else(PoisonError::into_inner);
        if cola.len() >= MAX_PENDIENTES {
            cola.pop_front();
        }
        cola.push_back(Pendiente { pieza, no_antes, intentos: 0 });
        drop(cola);
        self.novedad.notify_one();
    }

    /// Sends everything that is due at `ahora`.
    pub async fn pump(&self, remite: &Remite, mando: &Mando<Interruptores>, ahora: i64) -> Ronda {
        let _turno = self.turno.lock().await;
        let Some(destino) = self.destino() else {
            return Ronda::default();
        };
        let mut ronda = Ronda::default();
        let mut listos = self.take_due(ahora);
        let antes = listos.len();
        listos.retain(|p| p.intentos > 0 || !mando.fires(|i| &mut i.perder_avisos));
        ronda.perdidos += antes - listos.len();
        if mando.get(|i| i.barajar) {
            shuffle(&mut listos, mando);
        }
        for lote in batches(listos, mando.get(|i| i.agrupar).max(1)) {
            let cuerpo = ascii(&body(remite, &lote));
            let veces = if mando.fires(|i| &mut i.duplicar_avisos) { 2 } else { 1 };
            let mut bien = true;
            for _ in 0..veces {
                bien = self.post(&destino, remite, mando, &cuerpo).await;
            }
            match bien {
                true => ronda.entregados += 1,
                false => self.put_back(lote, ahora, &mut ronda),
            }
        }
        ronda
    }

    fn take_due(&self, ahora: i64) -> Vec<Pendiente> {
        let mut cola = self.pendientes.lock().unwrap_or_else(PoisonError::into_inner);
        let (listos, esperan): (Vec<_>, Vec<_>) = cola.drain(..).partition(|p| p.no_antes <= ahora);
        cola.extend(esperan);
        listos
    }

    fn put_back(&self, lote: Vec<Pendiente>, ahora: i64, ronda: &mut Ronda) {
        let mut cola = self.pendientes.lock().unwrap_or_else(PoisonError::into_inner);
        ronda.pospuestos += 1;
        for mut p in lote {
            match ESPERAS_MS.get(p.intentos) {
                Some(espera) => {
                    p.no_antes = ahora + espera;
                    p.intentos += 1;
                    cola.push_back(p);
                }
                None => ronda.perdidos += 1,
            }
        }
    }

    async fn post(
        &self,
        destino: &str,
        remite: &Remite,
        mando: &Mando<Interruptores>,
        cuerpo: &str,
    ) -> bool {
        let mala = mando.fires(|i| &mut i.firma_mala);
        let secreto = if mala { "otro-secreto" } else { remite.app_secret.as_str() };
        let peticion = self
            .http
            .post(destino)
            .header("content-type", "application/json")
            .header("user-agent", "facebookexternalua")
            .header("x-hub-signature-256", signature(secreto, cuerpo.as_bytes()))
            .body(cuerpo.to_owned());
        let respuesta = peticion.send().await;
        let bien = respuesta.is_ok_and(|r| r.status().is_success());
        // A forged one is refused, as it should be, and is not tried again.
        bien || mala
    }

    /// The handshake that registers an address: it must give the challenge back, and nothing else.
    pub async fn handshake(&self, token: &str, reto: &str) -> bool {
        let Some(destino) = self.destino() else {
            return false;
        };
        let consulta =
            [("hub.mode", "subscribe"), ("hub.verify_token", token), ("hub.challenge", reto)];
        let Ok(url) = reqwest::Url::parse_with_params(&destino, consulta) else {
            return false;
        };
        match self.http.get(url).send().await {
            Ok(r) if r.status().as_u16() == 200 => r.text().await.is_ok_and(|t| t == reto),
            _ => false,
        }
    }
}

/// `sha256=` and the HMAC of the bytes.
pub fn signature(secreto: &str, cuerpo: &[u8]) -> String {
    let llave = hmac::Key::new(hmac::HMAC_SHA256, secreto.as_bytes());
    format!("sha256={}", hex::encode(hmac::sign(&llave, cuerpo)))
}

fn shuffle(listos: &mut [Pendiente], mando: &Mando<Interruptores>) {
    for i in (1..listos.len()).rev() {
        let j = usize::try_from(mando.draw(i as u64 + 1)).unwrap_or(0);
        listos.swap(i, j);
    }
}

/// Changes of the account travel alone; messages and statuses together, up to `maximo`.
fn batches(listos: Vec<Pendiente>, maximo: usize) -> Vec<Vec<Pendiente>> {
    let mut lotes: Vec<Vec<Pendiente>> = Vec::new();
    for p in listos {
        let sola = |p: &Pendiente| matches!(p.pieza, Pieza::Cambio { .. });
        match lotes.last_mut() {
            Some(lote) if lote.len() < maximo && !sola(&p) && !lote.iter().any(sola) => {
                lote.push(p);
            }
            _ => lotes.push(vec![p]),
        }
    }
    lotes
}

fn body(remite: &Remite, lote: &[Pendiente]) -> Value {
    let metadatos = json!({
        "display_phone_number": remite.numero, "phone_number_id": remite.phone_number_id,
    });
    let mut campo = "messages";
    let mut valor = json!({ "messaging_product": "whatsapp", "metadata": metadatos });
    let (mut contactos, mut mensajes, mut estados) = (Vec::new(), Vec::new(), Vec::new());
    for p in lote {
        match &p.pieza {
            Pieza::Mensaje { contacto, mensaje } => {
                contactos.push(contacto.clone());
                mensajes.push(mensaje.clone());
            }
            Pieza::Estado(estado) => estados.push(estado.clone()),
            Pieza::Cambio { campo: otro, valor: propio } => {
                campo = otro;
                valor = propio.clone();
                if *otro == "user_preferences" {
                    valor["metadata"] = metadatos.clone();
                }
            }
        }
    }
    for (clave, lista) in [("contacts", contactos), ("messages", mensajes), ("statuses", estados)] {
        if !lista.is_empty() {
            valor[clave] = Value::Array(lista);
        }
    }
    json!({ "object": "whatsapp_business_account",
        "entry": [{ "id": remite.waba_id, "changes": [{ "field": campo, "value": valor }] }] })
}

/// JSON with everything outside ASCII as `\uXXXX`, as Meta writes it.
pub fn ascii(v: &Value) -> String {
    let mut salida = String::new();
    for c in v.to_string().chars() {
        if c.is_ascii() {
            salida.push(c);
            continue;
        }
        for unidad in c.encode_utf16(&mut [0; 2]) {
            salida.push_str(&format!("\\u{unidad:04x}"));
        }
    }
    salida
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_and_the_escapes_are_those_of_the_vector() {
        let cuerpo = json!({"body": "Sin señal 😡"});
        assert_eq!(ascii(&cuerpo), r#"{"body":"Sin se\u00f1al \ud83d\ude21"}"#);
        let vector = r#"{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"messages","value":{"messages":[{"from":"5215512345678","id":"wamid.A1","timestamp":"1763640000","type":"text","text":{"body":"Sin se\u00f1al \ud83d\ude21"}}]}}]}]}"#;
        assert_eq!(
            signature("secreto-app-demo", vector.as_bytes()),
            "sha256=371c417247bc9d57cf532e7a511e2dc75d926087b179dd78c35d9aee494ec974"
        );
    }
}
