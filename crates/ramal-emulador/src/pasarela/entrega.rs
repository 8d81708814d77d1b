//! Sends the notices, signed at the moment of each attempt, and insists while nobody says 2xx. It
//! decides nothing of what they say.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use ramal_base::Instante;
use tokio_util::sync::CancellationToken;

use super::estado::{Alteracion, Aviso, Comercio, Hilo, Intento};
use super::{Emulador, firma};

/// Notices in flight at a time.
const PARALELO: usize = 16;
/// Looked at this often for what became due, ms.
const RONDA_MS: u64 = 250;
/// Kept of an answer, characters.
const MAX_RESPUESTA: usize = 200;
/// How long ago a stale notice says that it was signed, ms.
const VEJEZ_MS: i64 = 3_600_000;

impl Emulador {
    /// Sends what becomes due until `cancel`, in a task of its own.
    pub fn send_avisos(self: &Arc<Self>, cancel: CancellationToken) {
        let emulador = Arc::clone(self);
        tokio::spawn(async move {
            while !cancel.is_cancelled() {
                emulador.send_due().await;
                tokio::select! {
                    () = cancel.cancelled() => {}
                    () = emulador.timbre.notified() => {}
                    () = tokio::time::sleep(Duration::from_millis(RONDA_MS)) => {}
                }
            }
        });
    }

    /// Sends what is due now, once each; says how many were attempted.
    pub async fn send_due(&self) -> usize {
        let ahora = self.now();
        let debidos: Vec<Aviso> = {
            let registro = self.state();
            let debido = |a: &&Aviso| a.proximo.is_some_and(|p| p <= ahora);
            let mut lista: Vec<Aviso> = registro.por_enviar().filter(debido).cloned().collect();
            lista.sort_by_key(|a| (a.proximo, a.id.clone()));
            lista
        };
        let total = debidos.len();
        futures_util::stream::iter(debidos)
            .for_each_concurrent(PARALELO, |aviso| async move {
                let intento = self.attempt_aviso(&aviso).await;
                self.note(aviso, intento);
            })
            .await;
        total
    }

    /// Puts a notice in the queue again, as the vendor's panel does. False: there is none.
    pub fn resend(&self, id: &str) -> bool {
        let mut registro = self.lock();
        let Some(aviso) = registro.aviso(id).cloned() else { return false };
        let otra_vez = Aviso { proximo: Some(self.now()), ..aviso };
        let puesto = registro.put_aviso(otra_vez).is_ok();
        self.timbre.notify_one();
        puesto
    }

    async fn attempt_aviso(&self, aviso: &Aviso) -> Intento {
        let momento = self.now();
        let Some(comercio) = self.account(aviso.hilo, &aviso.cuenta) else {
            return failed(momento, Vec::new(), "la cuenta ya no existe");
        };
        let cabeceras = headers(aviso, &comercio, momento);
        let mut peticion = self.http.post(&aviso.url).body(aviso.cuerpo.clone());
        for (nombre, valor) in &cabeceras {
            peticion = peticion.header(nombre, valor);
        }
        match peticion.send().await {
            Err(error) if error.is_timeout() => {
                failed(momento, cabeceras, "sin respuesta a tiempo")
            }
            Err(_) => failed(momento, cabeceras, "sin conexión"),
            Ok(respuesta) => {
                let estado = respuesta.status().as_u16();
                let texto = respuesta.text().await.unwrap_or_default();
                let respuesta = texto.chars().take(MAX_RESPUESTA).collect();
                Intento { momento, cabeceras, estado: Some(estado), respuesta }
            }
        }
    }

    fn note(&self, aviso: Aviso, intento: Intento) {
        let mut registro = self.lock();
        // The notice may have been put again meanwhile: what counts is what is kept.
        let Some(mut aviso) = registro.aviso(&aviso.id).cloned() else { return };
        aviso.intentos.push(intento);
        let hechos = aviso.intentos.len();
        let insiste = aviso.alteracion == Alteracion::Ninguna
            && !aviso.is_entregado()
            && hechos < self.opciones.intentos;
        aviso.proximo = insiste.then(|| {
            let espera =
                self.opciones.reintento_ms.saturating_mul(1 << hechos.min(12).saturating_sub(1));
            self.now().plus_millis(espera)
        });
        if let Err(error) = registro.put_aviso(aviso) {
            tracing::error!(%error, "la pasarela emulada no pudo anotar un aviso");
        }
    }
}

fn failed(momento: Instante, cabeceras: Vec<(String, String)>, motivo: &str) -> Intento {
    Intento { momento, cabeceras, estado: None, respuesta: motivo.to_owned() }
}

/// Headers of one attempt. Standard Webhooks and Stripe sign each attempt anew; Mercado Pago
/// repeats the `ts` of the first.
fn headers(aviso: &Aviso, comercio: &Comercio, momento: Instante) -> Vec<(String, String)> {
    let secretos: Vec<String> = match aviso.alteracion {
        Alteracion::Falsificado => vec!["whsec_ZmFsc2lmaWNhZG8=".to_owned()],
        _ => std::iter::once(comercio.secreto.clone())
            .chain(comercio.secreto_anterior.clone())
            .collect(),
    };
    let viejo = if aviso.alteracion == Alteracion::Vencido { VEJEZ_MS } else { 0 };
    let par = |nombre: &str, valor: String| (nombre.to_owned(), valor);
    let mut cabeceras = vec![par("content-type", "application/json".into())];
    let marca_s = (momento.millis() - viejo).div_euclid(1_000);
    match aviso.hilo {
        Hilo::Emulada => cabeceras.extend([
            par("webhook-id", aviso.evento.clone()),
            par("webhook-timestamp", marca_s.to_string()),
            par(
                "webhook-signature",
                firma::standard(&secretos, &aviso.evento, marca_s, &aviso.cuerpo),
            ),
        ]),
        Hilo::Stripe => cabeceras
            .push(par("stripe-signature", firma::stripe(&secretos, marca_s, &aviso.cuerpo))),
        Hilo::Mercadopago if aviso.alteracion == Alteracion::SinFirma => {}
        Hilo::Mercadopago => {
            let pedido = format!("{}-{}", aviso.evento, aviso.intentos.len());
            let ts = (aviso.creado.millis() - viejo).div_euclid(1_000).to_string();
            let secreto = secretos.first().map(String::as_str).unwrap_or_default();
            let firma = firma::mercadopago(secreto, aviso.firmado.as_deref(), &pedido, &ts);
            cabeceras.extend([par("x-request-id", pedido), par("x-signature", firma)]);
        }
    }
    cabeceras
}
