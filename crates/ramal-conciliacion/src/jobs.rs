//! The slice's background work: reading statements, matching their lines, hearing of payments that
//! were taken back, accepting many at once.

use std::sync::Arc;

use async_trait::async_trait;
use ramal_base::{Cx, Zona};
use ramal_db::{Db, Objetos, Tx};
use ramal_jobs::{
    CorrerTanda, Horario, JobError, Manejador, NuevoTrabajo, Politica, Trabajo, enqueue,
};
use serde::Deserialize;
use uuid::Uuid;

use crate::actions::{forget_pago, match_one};
use crate::events::LoteAvanzo;
use crate::lectura::read_lote;
use crate::storage::{cuentas, lotes, renglones};
use crate::tanda::Aceptar;
use crate::{Error, EstadoLote, Lote, LoteId};

/// Reads the file of a lote.
pub const TRABAJO_LEER: &str = "conciliacion.leer";
/// Matches the lines of a lote.
pub const TRABAJO_COTEJAR: &str = "conciliacion.cotejar";
/// A payment was taken back: its line waits again.
pub const TRABAJO_PAGO_REVERTIDO: &str = "conciliacion.pago_revertido";

/// Events that the slice waits for: `(event, job)`.
pub const SUSCRIPCIONES: &[(&str, &str)] = &[("pago.revertido", TRABAJO_PAGO_REVERTIDO)];

/// Schedules: none; statements come when somebody brings them.
pub fn horarios(_zona: Zona) -> Vec<Horario> {
    Vec::new()
}

/// Handlers of the slice.
pub fn manejadores(db: Db, cx: Cx, objetos: Objetos) -> Vec<Arc<dyn Manejador>> {
    vec![
        Arc::new(Leer { db: db.clone(), cx: cx.clone(), objetos }),
        Arc::new(Cotejar { db: db.clone(), cx: cx.clone() }),
        Arc::new(Olvidar { db: db.clone(), cx: cx.clone() }),
        Arc::new(CorrerTanda::new(db.clone(), cx, Aceptar(db))),
    ]
}

#[derive(Deserialize)]
struct DeLote {
    lote_id: LoteId,
}

/// What nobody can mend by waiting is not tried for ever.
fn outcome(error: Error) -> JobError {
    if error.is_passing() { JobError::retry(error) } else { JobError::fail(error) }
}

struct Leer {
    db: Db,
    cx: Cx,
    objetos: Objetos,
}

#[async_trait]
impl Manejador for Leer {
    fn tipo(&self) -> &'static str {
        TRABAJO_LEER
    }

    fn politica(&self) -> Politica {
        Politica { concurrencia: 1, ..Politica::default() }
    }

    async fn run(&self, trabajo: &Trabajo) -> Result<(), JobError> {
        let DeLote { lote_id } = trabajo.datos_as()?;
        read_lote(&self.db, &self.cx, &self.objetos, lote_id).await.map_err(outcome)
    }
}

struct Cotejar {
    db: Db,
    cx: Cx,
}

/// Lines between two notes of progress.
const PASO: i64 = 100;

#[async_trait]
impl Manejador for Cotejar {
    fn tipo(&self) -> &'static str {
        TRABAJO_COTEJAR
    }

    fn politica(&self) -> Politica {
        Politica { concurrencia: 1, ..Politica::default() }
    }

    async fn run(&self, trabajo: &Trabajo) -> Result<(), JobError> {
        let DeLote { lote_id } = trabajo.datos_as()?;
        match_lote(&self.db, &self.cx, lote_id).await.map_err(outcome)
    }
}

/// Matches every line of a lote that waits, oldest first, and opens it for people. It may be asked
/// again over an open lote, for lines whose invoices came later.
///
/// Errors: `Storage`; what was resolved stays resolved.
pub async fn match_lote(db: &Db, cx: &Cx, id: LoteId) -> Result<(), Error> {
    let lote = lotes::by_id(db, id).await?.ok_or(Error::NotFound("lote"))?;
    if !matches!(lote.estado, EstadoLote::Cotejando | EstadoLote::Abierto) {
        return Ok(());
    }
    let cuenta = cuentas::by_id(db, lote.cuenta_id).await?;
    let cuenta = cuenta.ok_or(Error::NotFound("cuenta_bancaria"))?;
    let (mut tras, mut cotejados) = (0, 0);
    loop {
        let filas = renglones::to_match(db, id, tras, PASO).await?;
        for (renglon, orden) in &filas {
            match_one(db, cx, &cuenta, *renglon).await?;
            tras = *orden;
            cotejados += 1;
        }
        let tx = db.begin().await?;
        lotes::note_matched(&tx, id, cotejados).await?;
        let ultima = filas.is_empty();
        if ultima {
            lotes::open(&tx, id).await?;
        }
        tx.emit(cx, &LoteAvanzo { lote_id: id.uuid() }).await?;
        tx.commit().await?;
        if ultima {
            return Ok(());
        }
    }
}

struct Olvidar {
    db: Db,
    cx: Cx,
}

#[derive(Deserialize)]
struct DePago {
    pago_id: Uuid,
}

#[async_trait]
impl Manejador for Olvidar {
    fn tipo(&self) -> &'static str {
        TRABAJO_PAGO_REVERTIDO
    }

    async fn run(&self, trabajo: &Trabajo) -> Result<(), JobError> {
        let evento = trabajo.evento()?;
        let DePago { pago_id } = serde_json::from_value(evento.datos).map_err(JobError::fail)?;
        let tx = self.db.begin().await?;
        forget_pago(&tx, &self.cx, pago_id).await.map_err(outcome)?;
        tx.commit().await.map_err(JobError::from)
    }
}

/// Asks for matching a lote again. Errors: `EstadoLote` if it is not open.
pub(crate) async fn ask_matching(tx: &Tx, cx: &Cx, lote: &Lote) -> Result<(), Error> {
    if lote.estado != EstadoLote::Abierto {
        return Err(Error::EstadoLote("cerrado o sin leer"));
    }
    let datos = serde_json::json!({"lote_id": lote.id});
    let trabajo = NuevoTrabajo::new(TRABAJO_COTEJAR, datos).with_clave(lote.id.to_string());
    enqueue(tx, cx, trabajo).await.map_err(Error::from)
}
