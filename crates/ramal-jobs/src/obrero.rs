//! The worker: relays events, looks at the clock, claims jobs, runs them, settles them. Knows no
//! domain.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use ramal_base::{Cx, Instante};
use ramal_db::{Db, DbError, Tx};
use serde::Serialize;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::storage::Toma;
use crate::turno::{Hecho, Turno};
use crate::{JobError, Registro, Trabajo, horario, relay, storage};

/// Pause of an idle worker that nobody pokes.
const REPOSO: Duration = Duration::from_millis(250);
/// Pause after the database failed.
const PAUSA_FALLA: Duration = Duration::from_secs(1);
/// Life of a lease; renewed at a third of it while the process lives.
const ARRIENDO_MS: i64 = 30_000;
/// Failed tries to settle after which a stopping worker leaves the rest to the leases.
const INTENTOS_DE_CIERRE: u32 = 5;
/// When to look again at a clock that asks for nothing.
const SIN_HORARIOS_MS: i64 = 3_600_000;
/// Characters of a failure's reason that are kept.
const MOTIVO_MAX: usize = 500;

/// What a worker did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Resumen {
    /// Jobs done.
    pub hechos: u64,
    /// Failures that will be tried again.
    pub reintentos: u64,
    /// Jobs that became dead letters.
    pub muertos: u64,
    /// Events that left the outbox.
    pub eventos: u64,
    /// Jobs asked for by schedules.
    pub horarios: u64,
}

/// A worker on one database. Clones share the poke; each `run` or `drain` has its own hands.
#[derive(Clone)]
pub struct Obrero {
    db: Db,
    cx: Cx,
    registro: Arc<Registro>,
    aviso: Arc<Notify>,
    arriendo_ms: i64,
}

/// Whether a step may take new work.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Modo {
    Abierto,
    Cerrando,
}

impl Obrero {
    /// Worker that can do what the registry says.
    pub fn new(db: Db, cx: Cx, registro: Registro) -> Obrero {
        let aviso = Arc::new(Notify::new());
        Obrero { db, cx, registro: Arc::new(registro), aviso, arriendo_ms: ARRIENDO_MS }
    }

    /// The same worker with leases of `ms` milliseconds: how long the jobs of a killed process
    /// wait.
    #[must_use]
    pub fn with_arriendo_ms(self, ms: i64) -> Obrero {
        Obrero { arriendo_ms: ms, ..self }
    }

    /// Wakes an idle worker, e.g. after a commit that asked for a job.
    pub fn poke(&self) {
        self.aviso.notify_one();
    }

    /// Works until `cancel`; then takes nothing new, lets what runs end, and gives the rest back.
    pub async fn run(&self, cancel: CancellationToken) {
        let mut turno = Turno::default();
        while !cancel.is_cancelled() {
            match self.step(&mut turno, Modo::Abierto).await {
                Ok(true) => {}
                Ok(false) if turno.is_idle() => self.rest(&cancel, REPOSO).await,
                Ok(false) => {}
                Err(error) => {
                    tracing::error!(%error, "the worker could not reach its queue");
                    self.rest(&cancel, PAUSA_FALLA).await;
                }
            }
            turno.gather(&self.registro, &cancel).await;
        }
        if let Err(error) = self.close(&mut turno).await {
            tracing::error!(%error, "the worker stopped with jobs unsettled");
        }
    }

    /// Works until no event waits and no job or schedule is due, by the worker's clock.
    ///
    /// Jobs put off to a later instant stay. Errors: the first failure of the database or the sink,
    /// after what was running has ended.
    pub async fn drain(&self) -> Result<Resumen, DbError> {
        self.drain_unless(&CancellationToken::new()).await
    }

    async fn drain_unless(&self, cancel: &CancellationToken) -> Result<Resumen, DbError> {
        let mut turno = Turno::default();
        while !cancel.is_cancelled() {
            let avance = self.step(&mut turno, Modo::Abierto).await;
            let avance = self.close_on_error(&mut turno, avance).await?;
            turno.gather(&self.registro, cancel).await;
            if !avance && turno.is_idle() {
                break;
            }
        }
        self.close(&mut turno).await?;
        Ok(turno.resumen)
    }

    /// Works until `listo` says so or `cancel`, resting when there is nothing to do.
    ///
    /// Errors: as `drain`, and those of `listo`.
    pub async fn drain_until<F, R>(
        &self,
        cancel: &CancellationToken,
        listo: F,
    ) -> Result<Resumen, DbError>
    where
        F: Fn() -> R + Send + Sync,
        R: Future<Output = Result<bool, DbError>> + Send,
    {
        let mut total = Resumen::default();
        loop {
            total.add(self.drain_unless(cancel).await?);
            if cancel.is_cancelled() || listo().await? {
                return Ok(total);
            }
            self.rest(cancel, REPOSO).await;
        }
    }

    async fn rest(&self, cancel: &CancellationToken, pausa: Duration) {
        tokio::select! {
            () = cancel.cancelled() => {}
            () = self.aviso.notified() => {}
            () = tokio::time::sleep(pausa) => {}
        }
    }

    /// One turn of the wheel; whether anything moved. A failing sink does not hold up the jobs.
    async fn step(&self, turno: &mut Turno, modo: Modo) -> Result<bool, DbError> {
        let eventos = relay::relay(&self.db, &self.cx, &self.registro).await;
        let horarios = self.look_at_clock(turno).await;
        let trabajos = self.settle_and_claim(turno, modo).await?;
        let (eventos, horarios) = (eventos?, horarios?);
        turno.resumen.eventos += eventos;
        turno.resumen.horarios += horarios;
        Ok(trabajos || eventos + horarios > 0)
    }

    async fn look_at_clock(&self, turno: &mut Turno) -> Result<u64, DbError> {
        if turno.horarios.is_some_and(|cuando| self.cx.now() < cuando) {
            return Ok(0);
        }
        let (pedidos, siguiente) =
            horario::run_due(&self.db, &self.cx, &self.registro.horarios).await?;
        let luego = self.cx.now().plus_millis(SIN_HORARIOS_MS);
        turno.horarios = siguiente.or(Some(luego));
        Ok(pedidos)
    }

    /// Settles what ended and claims what is due, in one transaction.
    async fn settle_and_claim(&self, turno: &mut Turno, modo: Modo) -> Result<bool, DbError> {
        let ahora = self.cx.now();
        let renovar = self.is_renewal_due(turno, ahora);
        let reclamar = modo == Modo::Abierto && self.has_due(ahora).await?;
        if turno.hechos.is_empty() && !renovar && !reclamar {
            return Ok(false);
        }
        let hasta = ahora.plus_millis(self.arriendo_ms);
        let tx = self.db.begin().await?;
        let resumen = self.settle(&tx, &turno.hechos, ahora).await?;
        if renovar {
            storage::renew(&tx, &turno.held(), hasta).await?;
        }
        let tomados = if reclamar { self.claim(&tx, turno, ahora).await? } else { Vec::new() };
        tx.commit().await?;
        let avance = !turno.hechos.is_empty() || !tomados.is_empty();
        turno.hechos.clear();
        turno.resumen.add(resumen);
        if renovar {
            turno.renovado = Some(ahora);
        }
        turno.accept(tomados, &self.registro);
        Ok(avance)
    }

    fn is_renewal_due(&self, turno: &mut Turno, ahora: Instante) -> bool {
        let desde = *turno.renovado.get_or_insert(ahora);
        ahora >= desde.plus_millis(self.arriendo_ms / 3) && !turno.is_idle()
    }

    async fn has_due(&self, ahora: Instante) -> Result<bool, DbError> {
        let tipos: Vec<&'static str> = self.registro.manejadores.keys().copied().collect();
        storage::has_due(&self.db, &tipos, ahora).await
    }

    async fn claim(
        &self,
        tx: &Tx,
        turno: &Turno,
        ahora: Instante,
    ) -> Result<Vec<Trabajo>, DbError> {
        let hasta = ahora.plus_millis(self.arriendo_ms);
        storage::release_expired(tx, ahora).await?;
        let mut tomados = Vec::new();
        for manejador in self.registro.manejadores.values() {
            let n = turno.room(manejador.as_ref());
            if n > 0 {
                tomados.extend(storage::claim(tx, manejador.tipo(), n, (ahora, hasta)).await?);
            }
        }
        Ok(tomados)
    }

    async fn settle(&self, tx: &Tx, hechos: &[Hecho], ahora: Instante) -> Result<Resumen, DbError> {
        let buenos: Vec<Toma> =
            hechos.iter().filter(|h| h.resultado.is_ok()).map(|h| Toma::from(&h.trabajo)).collect();
        let mut resumen =
            Resumen { hechos: storage::delete_done(tx, &buenos).await?, ..Resumen::default() };
        for hecho in hechos {
            let toma = Toma::from(&hecho.trabajo);
            match self.fate(hecho, ahora) {
                Fate::Done => {}
                Fate::Later(proximo, motivo) => {
                    resumen.reintentos += storage::postpone(tx, toma, proximo, &motivo).await?;
                }
                Fate::Dead(motivo) => {
                    let tipo = hecho.trabajo.tipo.as_str();
                    tracing::error!(trabajo.id = %toma.id, trabajo.tipo = tipo, "job given up");
                    resumen.muertos += storage::bury(tx, toma, &motivo).await?;
                }
            }
        }
        Ok(resumen)
    }

    fn fate(&self, hecho: &Hecho, ahora: Instante) -> Fate {
        let trabajo = &hecho.trabajo;
        let politica = self.registro.manejadores.get(trabajo.tipo.as_str()).map(|m| m.politica());
        let politica = politica.unwrap_or_default();
        match &hecho.resultado {
            Ok(()) => Fate::Done,
            Err(JobError::Retry { motivo, despues_ms }) if !politica.is_ultimo(trabajo.intento) => {
                let espera = despues_ms.unwrap_or_else(|| politica.espera_ms(trabajo));
                Fate::Later(ahora.plus_millis(espera), clip(motivo))
            }
            Err(JobError::Retry { motivo, .. } | JobError::Fail { motivo }) => {
                Fate::Dead(clip(motivo))
            }
        }
    }

    async fn close_on_error(
        &self,
        turno: &mut Turno,
        avance: Result<bool, DbError>,
    ) -> Result<bool, DbError> {
        if avance.is_err() {
            self.close(turno).await?;
        }
        avance
    }

    /// Gives back what did not begin and settles what runs as it ends.
    async fn close(&self, turno: &mut Turno) -> Result<(), DbError> {
        let sin_empezar = turno.let_go();
        if !sin_empezar.is_empty() {
            let tx = self.db.begin().await?;
            storage::give_back(&tx, &sin_empezar).await?;
            tx.commit().await?;
        }
        let sin_prisa = CancellationToken::new();
        let mut fallas = 0;
        while !turno.is_idle() {
            turno.gather(&self.registro, &sin_prisa).await;
            if let Err(error) = self.settle_and_claim(turno, Modo::Cerrando).await {
                fallas += 1;
                if fallas == INTENTOS_DE_CIERRE {
                    return Err(error);
                }
                tokio::time::sleep(PAUSA_FALLA).await;
            }
        }
        Ok(())
    }
}

/// What becomes of a job that ended.
enum Fate {
    Done,
    Later(Instante, String),
    Dead(String),
}

fn clip(motivo: &str) -> String {
    motivo.chars().take(MOTIVO_MAX).collect()
}

impl Resumen {
    fn add(&mut self, otro: Resumen) {
        self.hechos += otro.hechos;
        self.reintentos += otro.reintentos;
        self.muertos += otro.muertos;
        self.eventos += otro.eventos;
        self.horarios += otro.horarios;
    }
}
