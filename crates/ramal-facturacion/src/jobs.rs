//! The slice's background work: the run, seals, REP, second documents, voids that became final.

use std::sync::Arc;

use async_trait::async_trait;
use ramal_base::{Cx, Fecha, Instante, Zona};
use ramal_db::{Db, Tx};
use ramal_fiscal::Firmante;
use ramal_jobs::{CorrerTanda, Horario, JobError, Manejador, Politica, Trabajo};
use ramal_plataforma::Sello;
use serde::Deserialize;
use uuid::Uuid;

use crate::actions::{self, Rep};
use crate::corrida::{self, Contexto, Opciones, previa, sellado};
use crate::reenvio::Reenviar;
use crate::storage::{cambios, facturas};
use crate::{Error, FacturaId};

/// Executes the run of a day.
pub const TRABAJO_CORRIDA: &str = "facturacion.corrida";
/// Seals what was numbered and has no document.
pub const TRABAJO_SELLAR: &str = "facturacion.sellar";
/// Issues the REP of a settled invoice (MX).
pub const TRABAJO_REP: &str = "facturacion.rep";
/// Asks for the cancellation of a REP whose application was undone (MX).
pub const TRABAJO_REP_BAJA: &str = "facturacion.rep_baja";
/// Gives a forgiven fee back with a credit note.
pub const TRABAJO_RECARGO: &str = "facturacion.recargo";
/// Makes the new document of an invoice whose first one was refused.
pub const TRABAJO_REEMITIR: &str = "facturacion.reemitir";
/// Follows a voiding that became final.
pub const TRABAJO_ANULADA: &str = "facturacion.anulada";
/// Computes the preview of a run.
pub const TRABAJO_PREVIA: &str = "facturacion.previa";
/// Issues the global invoice of the month that ended (MX).
pub const TRABAJO_GLOBAL: &str = "facturacion.global";

/// Events that the slice waits for: `(event, job)`.
pub const SUSCRIPCIONES: &[(&str, &str)] =
    &[("comprobante.aceptado", TRABAJO_SELLAR), ("comprobante.anulado", TRABAJO_ANULADA)];

/// Schedules, read in the zone of the company.
pub fn horarios(zona: Zona) -> Vec<Horario> {
    let horario = |nombre, cron, trabajo_tipo| {
        let zona = zona.clone();
        Horario { nombre, cron, zona, trabajo_tipo }
    };
    vec![
        horario("facturacion.corrida_diaria", "0 6 * * *", TRABAJO_CORRIDA),
        horario("facturacion.global_mensual", "0 7 1 * *", TRABAJO_GLOBAL),
    ]
}

/// Handlers of the slice.
pub fn manejadores(db: Db, cx: Cx, sello: Arc<Sello>) -> Vec<Arc<dyn Manejador>> {
    let s = Servicio { db, cx, sello };
    vec![
        Arc::new(EjecutarCorrida(s.clone())),
        Arc::new(Sellar(s.clone())),
        Arc::new(EmitirRep(s.clone())),
        Arc::new(CancelarRep(s.clone())),
        Arc::new(AcreditarRecargo(s.clone())),
        Arc::new(Reemitir(s.clone())),
        Arc::new(EmitirGlobal(s.clone())),
        Arc::new(CalcularPrevia(s.clone())),
        Arc::new(CorrerTanda::new(s.db.clone(), s.cx.clone(), Reenviar(s.db.clone()))),
        Arc::new(SeguirAnulada(s)),
    ]
}

#[derive(Clone)]
struct Servicio {
    db: Db,
    cx: Cx,
    sello: Arc<Sello>,
}

impl Servicio {
    async fn today(&self) -> Result<Fecha, JobError> {
        let empresa = ramal_plataforma::empresa(&self.db).await.map_err(JobError::retry)?;
        Ok(empresa.zona().fecha(self.cx.now()))
    }

    async fn context(&self) -> Result<Contexto, JobError> {
        let hoy = self.today().await?;
        Contexto::load(&self.db, hoy).await.map_err(outcome)
    }

    async fn signer(&self, ctx: &Contexto, factura: Uuid) -> Result<Firmante, JobError> {
        let fila = cambios::by_id(&self.db, factura).await?;
        let fila = fila.ok_or_else(|| JobError::fail("la factura no existe"))?;
        let emisor = ctx.emisor(fila.emisor_id);
        let emisor = emisor.ok_or_else(|| JobError::fail("el emisor no existe"))?;
        let firmante = ramal_fiscal::firmante::open(&self.db, &self.sello, emisor).await;
        let firmante = firmante.map_err(JobError::retry)?;
        firmante.check(emisor, self.cx.now()).map_err(JobError::retry)?;
        Ok(firmante)
    }

    async fn begin(&self) -> Result<Tx, JobError> {
        self.db.begin().await.map_err(JobError::from)
    }
}

/// What mending by a person alone can change is not tried for ever; the rest is.
fn outcome(error: Error) -> JobError {
    match error {
        Error::NotFound(_) | Error::Estado(_) | Error::Refused(_) => JobError::fail(error),
        otro => JobError::retry(otro),
    }
}

#[derive(Deserialize)]
struct DeFactura {
    factura_id: FacturaId,
}

/// Data of a run asked for by a person, or by the clock.
#[derive(Deserialize)]
struct DeCorrida {
    fecha: Option<Fecha>,
    instante: Option<Instante>,
}

struct EjecutarCorrida(Servicio);

#[async_trait]
impl Manejador for EjecutarCorrida {
    fn tipo(&self) -> &'static str {
        TRABAJO_CORRIDA
    }

    fn politica(&self) -> Politica {
        Politica { concurrencia: 1, ..Politica::default() }
    }

    async fn run(&self, trabajo: &Trabajo) -> Result<(), JobError> {
        let Servicio { db, cx, sello } = &self.0;
        let datos: DeCorrida = trabajo.datos_as()?;
        let empresa = ramal_plataforma::empresa(db).await.map_err(JobError::retry)?;
        let fecha = match datos.fecha {
            Some(fecha) => fecha,
            None if empresa.ajustes["corrida_automatica"] != true => return Ok(()),
            None => empresa.zona().fecha(datos.instante.unwrap_or(cx.now())),
        };
        let corrida = (fecha, Opciones::default());
        let avance = corrida::run(db, cx, sello, corrida, |_| ()).await.map_err(outcome)?;
        tracing::info!(
            %fecha,
            papeles = avance.papeles,
            sellados = avance.sellados,
            aparcados = avance.aparcados,
            "run finished"
        );
        Ok(())
    }
}

struct Sellar(Servicio);

#[async_trait]
impl Manejador for Sellar {
    fn tipo(&self) -> &'static str {
        TRABAJO_SELLAR
    }

    fn politica(&self) -> Politica {
        Politica { concurrencia: 1, ..Politica::default() }
    }

    async fn run(&self, trabajo: &Trabajo) -> Result<(), JobError> {
        let Servicio { db, cx, sello } = &self.0;
        if !is_awaited(db, trabajo).await? {
            return Ok(());
        }
        let ctx = self.0.context().await?;
        let firmantes = sellado::Firmantes::open(db, cx, sello, &ctx).await.map_err(outcome)?;
        let firmantes = Arc::new(firmantes);
        sellado::seal_pending(db, cx, &ctx, &firmantes).await.map_err(outcome)?;
        Ok(())
    }
}

/// Whether something waits for a seal: after an acceptance, a note of what was accepted.
async fn is_awaited(db: &Db, trabajo: &Trabajo) -> Result<bool, JobError> {
    let aceptado = trabajo.evento().ok();
    let origen = aceptado.and_then(|e| e.datos["origen_id"].as_str()?.parse::<Uuid>().ok());
    match origen {
        Some(factura) => Ok(cambios::has_unsealed_notes(db, factura).await?),
        None => Ok(!facturas::por_sellar(db, None, 1).await?.is_empty()),
    }
}

struct EmitirRep(Servicio);

/// A REP waits for the stamp of its invoice, which may take as long as the authority is down.
const ESPERAS_REP_MS: &[i64] = &[5_000, 15_000, 60_000, 300_000, 1_800_000];

#[async_trait]
impl Manejador for EmitirRep {
    fn tipo(&self) -> &'static str {
        TRABAJO_REP
    }

    fn politica(&self) -> Politica {
        Politica { esperas_ms: ESPERAS_REP_MS, max_intentos: 500, ..Politica::default() }
    }

    async fn run(&self, trabajo: &Trabajo) -> Result<(), JobError> {
        let factura = trabajo.datos_as::<DeFactura>()?.factura_id.uuid();
        let ctx = self.0.context().await?;
        let firmante = self.0.signer(&ctx, factura).await?;
        let tx = self.0.begin().await?;
        let hecho = actions::emit_rep(&tx, &self.0.cx, &ctx, &firmante, factura).await;
        match hecho.map_err(outcome)? {
            Rep::Emitido => Ok(tx.commit().await?),
            Rep::Nada => Ok(()),
            Rep::Espera => Err(JobError::retry("la factura aún no tiene UUID")),
        }
    }
}

struct CancelarRep(Servicio);

#[derive(Deserialize)]
struct DeRep {
    rep_id: Uuid,
}

#[async_trait]
impl Manejador for CancelarRep {
    fn tipo(&self) -> &'static str {
        TRABAJO_REP_BAJA
    }

    fn politica(&self) -> Politica {
        Politica { esperas_ms: ESPERAS_REP_MS, max_intentos: 500, ..Politica::default() }
    }

    async fn run(&self, trabajo: &Trabajo) -> Result<(), JobError> {
        let rep = trabajo.datos_as::<DeRep>()?.rep_id;
        let tx = self.0.begin().await?;
        match actions::cancel_rep(&tx, &self.0.cx, rep).await.map_err(outcome)? {
            Rep::Emitido => Ok(tx.commit().await?),
            Rep::Nada => Ok(()),
            Rep::Espera => Err(JobError::retry("la autoridad aún no responde por el REP")),
        }
    }
}

struct AcreditarRecargo(Servicio);

#[derive(Deserialize)]
struct DeRecargo {
    recargo_id: Uuid,
}

#[async_trait]
impl Manejador for AcreditarRecargo {
    fn tipo(&self) -> &'static str {
        TRABAJO_RECARGO
    }

    async fn run(&self, trabajo: &Trabajo) -> Result<(), JobError> {
        let id = trabajo.datos_as::<DeRecargo>()?.recargo_id;
        let tx = self.0.begin().await?;
        let hecho = crate::recargo::credit_recargo(&tx, &self.0.cx, id).await;
        hecho.map_err(outcome)?;
        Ok(tx.commit().await?)
    }
}

struct Reemitir(Servicio);

#[async_trait]
impl Manejador for Reemitir {
    fn tipo(&self) -> &'static str {
        TRABAJO_REEMITIR
    }

    async fn run(&self, trabajo: &Trabajo) -> Result<(), JobError> {
        let factura = trabajo.datos_as::<DeFactura>()?.factura_id.uuid();
        let ctx = self.0.context().await?;
        let firmante = self.0.signer(&ctx, factura).await?;
        let tx = self.0.begin().await?;
        let hecho = actions::reemit(&tx, &self.0.cx, &ctx, &firmante, factura).await;
        if hecho.map_err(outcome)? {
            tx.commit().await?;
        }
        Ok(())
    }
}

struct SeguirAnulada(Servicio);

#[derive(Deserialize)]
struct Anulado {
    comprobante_id: Uuid,
    origen_tipo: String,
    origen_id: Uuid,
}

#[async_trait]
impl Manejador for SeguirAnulada {
    fn tipo(&self) -> &'static str {
        TRABAJO_ANULADA
    }

    async fn run(&self, trabajo: &Trabajo) -> Result<(), JobError> {
        let evento = trabajo.evento()?;
        let anulado: Anulado = serde_json::from_value(evento.datos).map_err(JobError::fail)?;
        if anulado.origen_tipo != "factura" {
            return Ok(());
        }
        let tx = self.0.begin().await?;
        let (factura, comprobante) = (anulado.origen_id, anulado.comprobante_id);
        let hecho = actions::settle_void(&tx, &self.0.cx, factura, comprobante).await;
        hecho.map_err(outcome)?;
        Ok(tx.commit().await?)
    }
}

struct EmitirGlobal(Servicio);

#[async_trait]
impl Manejador for EmitirGlobal {
    fn tipo(&self) -> &'static str {
        TRABAJO_GLOBAL
    }

    fn politica(&self) -> Politica {
        Politica { concurrencia: 1, ..Politica::default() }
    }

    async fn run(&self, trabajo: &Trabajo) -> Result<(), JobError> {
        let Servicio { db, cx, sello } = &self.0;
        let datos: DeCorrida = trabajo.datos_as()?;
        let ctx = self.0.context().await?;
        let mes = datos.fecha.unwrap_or(ctx.as_of.plus_meses(-1));
        let emisores = ramal_plataforma::emisores(db).await.map_err(JobError::retry)?;
        for emisor in emisores.into_iter().filter(|e| e.ajustes["publico_general"] == "global") {
            let Some(emisor) = ctx.emisor(emisor.id.uuid()).cloned() else { continue };
            let firmante = ramal_fiscal::firmante::open(db, sello, &emisor).await;
            let firmante = firmante.map_err(JobError::retry)?;
            let tx = self.0.begin().await?;
            let hecho = actions::issue_global(&tx, cx, (emisor, &firmante), mes).await;
            if hecho.map_err(outcome)?.is_some() {
                tx.commit().await?;
            }
        }
        Ok(())
    }
}

struct CalcularPrevia(Servicio);

#[derive(Deserialize)]
struct DePrevia {
    previa_id: Uuid,
}

#[async_trait]
impl Manejador for CalcularPrevia {
    fn tipo(&self) -> &'static str {
        TRABAJO_PREVIA
    }

    fn politica(&self) -> Politica {
        Politica { concurrencia: 1, ..Politica::default() }
    }

    async fn run(&self, trabajo: &Trabajo) -> Result<(), JobError> {
        let id = trabajo.datos_as::<DePrevia>()?.previa_id;
        previa::compute(&self.0.db, &self.0.cx, id).await.map_err(outcome)
    }
}
