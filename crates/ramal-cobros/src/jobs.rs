//! The slice's background work: notices, questions, the sweeper, the nightly search. A job holds no
//! transaction while it speaks to a gateway.

use std::sync::Arc;

use async_trait::async_trait;
use ramal_base::{Cx, Zona};
use ramal_db::{Db, Tx};
use ramal_jobs::{Horario, JobError, LoteTrabajos, Manejador, NuevoTrabajo, Politica, Trabajo};
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use crate::actions::{self, Visto, take_in};
use crate::cobro::CobroId;
use crate::puerto::Pasarelas;
use crate::storage::webhooks::{self, Webhook, WebhookId};
use crate::storage::{cobros, devoluciones, senales};
use crate::{Error, aviso};

/// Processes a notice that was kept.
pub const TRABAJO_WEBHOOK: &str = "cobros.webhook";
/// Asks the gateway about one cobro.
pub const TRABAJO_CONSULTAR: &str = "cobros.consultar";
/// Resolves a refund whose end nobody knows.
pub const TRABAJO_DEVOLUCION: &str = "cobros.devolucion";
/// Asks for the questions that are due, and listens to silent gateways.
pub const TRABAJO_BARRIDO: &str = "cobros.barrido";
/// Searches the last 72 hours by external reference.
pub const TRABAJO_NOCTURNO: &str = "cobros.nocturno";

/// Events that the slice waits for: `(event, job)`.
pub const SUSCRIPCIONES: &[(&str, &str)] = &[];

const MINUTO_MS: i64 = 60_000;
const HORA_MS: i64 = 60 * MINUTO_MS;
/// Rows handled in one transaction of the sweeper.
const LOTE: i64 = 500;
/// Silence after which a gateway is asked whether it is there.
const LATIDO_MS: i64 = 15 * MINUTO_MS;
/// How long a settled notice is kept.
const GUARDA_MS: i64 = 180 * 24 * HORA_MS;

/// Schedules, read in the zone of the company.
pub fn horarios(zona: Zona) -> Vec<Horario> {
    let horario = |nombre, cron, trabajo_tipo| {
        let zona = zona.clone();
        Horario { nombre, cron, zona, trabajo_tipo }
    };
    vec![
        horario("cobros.barrido", "*/5 * * * *", TRABAJO_BARRIDO),
        horario("cobros.nocturno", "15 2 * * *", TRABAJO_NOCTURNO),
    ]
}

/// Handlers of the slice.
pub fn manejadores(db: Db, cx: Cx, pasarelas: Arc<dyn Pasarelas>) -> Vec<Arc<dyn Manejador>> {
    let s = Servicio { db, cx, pasarelas };
    vec![
        Arc::new(ProcesarWebhook(s.clone())),
        Arc::new(Consultar(s.clone())),
        Arc::new(Devolver(s.clone())),
        Arc::new(Barrer(s.clone())),
        Arc::new(BuscarDeNoche(s)),
    ]
}

#[derive(Clone)]
struct Servicio {
    db: Db,
    cx: Cx,
    pasarelas: Arc<dyn Pasarelas>,
}

/// What only a person can mend is not tried for ever; silence is.
fn outcome(error: Error) -> JobError {
    use ramal_pasarelas::FallaPasarela::Reintentable;
    match error {
        Error::NotFound(_) => JobError::fail(error),
        Error::Pasarela(Reintentable { motivo, espera_ms: Some(ms) }) => {
            JobError::retry_after(motivo, ms.clamp(1_000, 15 * MINUTO_MS))
        }
        otro => JobError::retry(otro),
    }
}

/// Waits between the attempts of a notice: by then the sweeper has asked too.
const ESPERAS_MS: &[i64] =
    &[5_000, 30_000, 60_000, 5 * MINUTO_MS, 15 * MINUTO_MS, HORA_MS, 6 * HORA_MS];
const INTENTOS: u32 = 12;

struct ProcesarWebhook(Servicio);

#[derive(Deserialize)]
struct DeWebhook {
    webhook_id: WebhookId,
}

#[async_trait]
impl Manejador for ProcesarWebhook {
    fn tipo(&self) -> &'static str {
        TRABAJO_WEBHOOK
    }

    fn politica(&self) -> Politica {
        Politica { esperas_ms: ESPERAS_MS, max_intentos: INTENTOS, concurrencia: 8 }
    }

    async fn run(&self, trabajo: &Trabajo) -> Result<(), JobError> {
        let id = trabajo.datos_as::<DeWebhook>()?.webhook_id;
        let Some(webhook) = webhooks::by_id(&self.0.db, id).await? else { return Ok(()) };
        if !matches!(webhook.estado.as_str(), "recibido" | "muerto") {
            return Ok(());
        }
        let hecho = self.0.process(&webhook).await;
        let ultimo = u32::try_from(trabajo.intento).unwrap_or(u32::MAX) >= INTENTOS;
        match hecho {
            Err(JobError::Retry { motivo, .. }) if ultimo => {
                self.0.settle(&webhook, ("muerto", Some("sin_respuesta"), None)).await?;
                Err(JobError::fail(motivo))
            }
            otro => otro,
        }
    }
}

impl Servicio {
    /// Reads from the gateway what the notice names and applies it.
    async fn process(&self, webhook: &Webhook) -> Result<(), JobError> {
        if webhooks::is_read_since(&self.db, webhook).await? {
            return self.settle(webhook, ("repetido", None, None)).await;
        }
        let pasarela = self.pasarelas.get(&webhook.proveedor);
        let pasarela =
            pasarela.ok_or_else(|| JobError::retry("la pasarela no está configurada"))?;
        let leido = self.cx.now();
        let remoto = match pasarela.consult(&webhook.recurso).await {
            Ok(remoto) => remoto,
            Err(falla) if falla.is_no_existe() => return self.unknown(webhook).await,
            Err(falla) => {
                let codigo = webhook.proveedor.as_str();
                actions::note_failure(&self.db, &self.cx, codigo, &falla).await.map_err(outcome)?;
                return Err(outcome(Error::Pasarela(falla)));
            }
        };
        let visto = Visto {
            pasarela: &webhook.proveedor,
            cuenta: pasarela.cuenta(),
            remoto: &remoto,
            leido,
        };
        let aplicado = take_in(&self.db, &self.cx, &visto).await.map_err(outcome)?;
        let estado = if aplicado.en_cuarentena { "cuarentena" } else { "procesado" };
        self.settle(webhook, (estado, None, aplicado.cobro)).await
    }

    /// The gateway signed a notice of something that it does not know: a person looks at it.
    async fn unknown(&self, webhook: &Webhook) -> Result<(), JobError> {
        let tx = self.begin().await?;
        aviso::quarantine_unknown(&tx, &self.cx, webhook).await.map_err(outcome)?;
        tx.commit().await?;
        self.settle(webhook, ("cuarentena", Some("recurso_desconocido"), None)).await
    }

    async fn settle(
        &self,
        webhook: &Webhook,
        fin: (&str, Option<&str>, Option<CobroId>),
    ) -> Result<(), JobError> {
        let tx = self.begin().await?;
        let ahora = self.cx.now();
        let primera = webhooks::settle(&tx, webhook.id, fin, ahora).await? == 1;
        if let (true, Some(cobro)) = (primera, fin.2) {
            let detalle = json!({ "clase": webhook.clase, "pasarela": webhook.proveedor });
            let paso = ("webhook", detalle, webhook.recibido);
            cobros::append_at(&tx, &self.cx, cobro, paso).await?;
        }
        Ok(tx.commit().await?)
    }

    async fn begin(&self) -> Result<Tx, JobError> {
        self.db.begin().await.map_err(JobError::from)
    }
}

struct Consultar(Servicio);

#[derive(Deserialize)]
struct DeCobro {
    cobro_id: CobroId,
}

#[async_trait]
impl Manejador for Consultar {
    fn tipo(&self) -> &'static str {
        TRABAJO_CONSULTAR
    }

    fn politica(&self) -> Politica {
        Politica { concurrencia: 8, max_intentos: 5, ..Politica::default() }
    }

    async fn run(&self, trabajo: &Trabajo) -> Result<(), JobError> {
        let id = trabajo.datos_as::<DeCobro>()?.cobro_id;
        let Servicio { db, cx, pasarelas } = &self.0;
        actions::ask_gateway(db, cx, pasarelas.as_ref(), id).await.map_err(outcome)?;
        Ok(())
    }
}

struct Devolver(Servicio);

#[derive(Deserialize)]
struct DeDevolucion {
    devolucion_id: devoluciones::DevolucionId,
}

#[async_trait]
impl Manejador for Devolver {
    fn tipo(&self) -> &'static str {
        TRABAJO_DEVOLUCION
    }

    async fn run(&self, trabajo: &Trabajo) -> Result<(), JobError> {
        let id = trabajo.datos_as::<DeDevolucion>()?.devolucion_id;
        let Servicio { db, cx, pasarelas } = &self.0;
        actions::send_refund(db, cx, pasarelas.as_ref(), id).await.map_err(outcome)?;
        Ok(())
    }
}

/// A job that asks about one cobro, once however many want it.
pub(crate) fn question(id: CobroId) -> NuevoTrabajo {
    NuevoTrabajo::new(TRABAJO_CONSULTAR, json!({ "cobro_id": id })).with_clave(id.to_string())
}

struct Barrer(Servicio);

#[async_trait]
impl Manejador for Barrer {
    fn tipo(&self) -> &'static str {
        TRABAJO_BARRIDO
    }

    fn politica(&self) -> Politica {
        Politica { concurrencia: 1, max_intentos: 2, ..Politica::default() }
    }

    async fn run(&self, _trabajo: &Trabajo) -> Result<(), JobError> {
        self.0.ask_due().await?;
        self.0.wake_forgotten().await?;
        self.0.ask_refunds().await?;
        self.0.listen_to_silent().await
    }
}

impl Servicio {
    /// Asks for the questions that are due, a batch at a time.
    async fn ask_due(&self) -> Result<(), JobError> {
        loop {
            let ahora = self.cx.now();
            let ids = cobros::due(&self.db, ahora, LOTE).await?;
            let mut lote = LoteTrabajos::new();
            for id in &ids {
                lote.push(&self.cx, question(*id));
            }
            let tx = self.begin().await?;
            lote.insert(&tx).await?;
            cobros::postpone(&tx, &ids, ahora.plus_millis(10 * MINUTO_MS)).await?;
            tx.commit().await?;
            if i64::try_from(ids.len()).unwrap_or(0) < LOTE {
                return Ok(());
            }
        }
    }

    /// A notice whose job died or was taken away is asked for again.
    async fn wake_forgotten(&self) -> Result<(), JobError> {
        let antes = self.cx.now().plus_millis(-10 * MINUTO_MS);
        let ids = webhooks::forgotten(&self.db, antes, LOTE).await?;
        let mut lote = LoteTrabajos::new();
        for id in ids {
            let trabajo = NuevoTrabajo::new(TRABAJO_WEBHOOK, json!({ "webhook_id": id }));
            lote.push(&self.cx, trabajo.with_clave(id.to_string()));
        }
        let tx = self.begin().await?;
        lote.insert(&tx).await?;
        Ok(tx.commit().await?)
    }

    async fn ask_refunds(&self) -> Result<(), JobError> {
        let ids = devoluciones::open(&self.db, LOTE).await?;
        let mut lote = LoteTrabajos::new();
        for id in ids {
            let trabajo = NuevoTrabajo::new(TRABAJO_DEVOLUCION, json!({ "devolucion_id": id }));
            lote.push(&self.cx, trabajo.with_clave(id.to_string()));
        }
        let tx = self.begin().await?;
        lote.insert(&tx).await?;
        Ok(tx.commit().await?)
    }

    /// A gateway of which nothing was heard is asked whether it is there, so that a cut knows
    /// whether its silence means something.
    async fn listen_to_silent(&self) -> Result<(), JobError> {
        let desde = self.cx.now().plus_millis(-LATIDO_MS);
        let conocidas = senales::all(&self.db).await?;
        for codigo in self.pasarelas.codigos() {
            let oida = conocidas.iter().find(|s| s.pasarela == codigo);
            if oida.is_some_and(|s| s.consulta.max(s.aviso).is_some_and(|c| c > desde)) {
                continue;
            }
            let Some(pasarela) = self.pasarelas.get(codigo) else { continue };
            match pasarela.check().await {
                Ok(_) => {
                    let tx = self.begin().await?;
                    senales::note_consulta(&tx, codigo, self.cx.now()).await?;
                    tx.commit().await?;
                }
                Err(falla) => actions::note_failure(&self.db, &self.cx, codigo, &falla)
                    .await
                    .map_err(outcome)?,
            }
        }
        Ok(())
    }
}

struct BuscarDeNoche(Servicio);

/// How far back the nightly search looks. Source: integrations.md 2.1.
const NOCHE_MS: i64 = 72 * HORA_MS;

#[async_trait]
impl Manejador for BuscarDeNoche {
    fn tipo(&self) -> &'static str {
        TRABAJO_NOCTURNO
    }

    fn politica(&self) -> Politica {
        Politica { concurrencia: 1, ..Politica::default() }
    }

    async fn run(&self, _trabajo: &Trabajo) -> Result<(), JobError> {
        let Servicio { db, cx, .. } = &self.0;
        let desde = cx.now().plus_millis(-NOCHE_MS);
        let mut despues = Uuid::nil();
        loop {
            let ids = cobros::without_money(db, desde, (despues, LOTE)).await?;
            let Some(ultimo) = ids.last() else { break };
            despues = ultimo.uuid();
            let mut lote = LoteTrabajos::new();
            for id in ids {
                lote.push(cx, question(id));
            }
            let tx = self.0.begin().await?;
            lote.insert(&tx).await?;
            tx.commit().await?;
        }
        let tx = self.0.begin().await?;
        webhooks::purge(&tx, cx.now().plus_millis(-GUARDA_MS)).await?;
        Ok(tx.commit().await?)
    }
}
