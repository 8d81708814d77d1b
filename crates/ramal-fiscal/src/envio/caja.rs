//! Group commit: answers that arrive together are settled in one transaction, because 100,000
//! documents must not cost 100,000 syncs of the disk. It understands no answer.

use std::sync::{Mutex, PoisonError};

use ramal_base::Cx;
use ramal_db::{Db, DbError};
use tokio::sync::oneshot;

use super::asiento::{self, Asiento, Fin};

/// Most answers in one transaction.
const LOTE: usize = 64;

/// The cash desk: whoever comes first settles for all who wait.
pub(crate) struct Caja {
    db: Db,
    cx: Cx,
    cola: Mutex<Vec<Encargo>>,
    turno: tokio::sync::Mutex<()>,
}

struct Encargo {
    asiento: Asiento,
    hecho: oneshot::Sender<Result<Fin, DbError>>,
}

impl Caja {
    pub(crate) fn new(db: Db, cx: Cx) -> Caja {
        Caja { db, cx, cola: Mutex::default(), turno: tokio::sync::Mutex::default() }
    }

    /// Settles an answer; when it returns, the answer is on disk or is known not to be.
    ///
    /// Errors: those of the transaction. `Busy` if whoever settled for us was cut; the job tries
    /// again.
    pub(crate) async fn settle(&self, asiento: Asiento) -> Result<Fin, DbError> {
        let (hecho, mut espera) = oneshot::channel();
        self.lock().push(Encargo { asiento, hecho });
        let _turno = self.turno.lock().await;
        loop {
            match espera.try_recv() {
                Ok(fin) => return fin,
                Err(oneshot::error::TryRecvError::Closed) => return Err(DbError::Busy),
                Err(oneshot::error::TryRecvError::Empty) => self.settle_some().await,
            }
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Encargo>> {
        self.cola.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn settle_some(&self) {
        let lote: Vec<Encargo> = {
            let mut cola = self.lock();
            let n = cola.len().min(LOTE);
            cola.drain(..n).collect()
        };
        if lote.len() > 1
            && let Ok(fines) = self.in_one(&lote).await
        {
            for (encargo, fin) in lote.into_iter().zip(fines) {
                let _ = encargo.hecho.send(Ok(fin));
            }
            return;
        }
        // One bad answer must not hold the others: each gets its own transaction.
        for encargo in lote {
            let fin = self.in_one(std::slice::from_ref(&encargo)).await;
            let fin = fin.map(|f| f.first().copied().unwrap_or(Fin::SinCambio));
            let _ = encargo.hecho.send(fin);
        }
    }

    async fn in_one(&self, lote: &[Encargo]) -> Result<Vec<Fin>, DbError> {
        let tx = self.db.begin().await?;
        let mut fines = Vec::with_capacity(lote.len());
        for encargo in lote {
            fines.push(asiento::apply(&tx, &self.cx, &encargo.asiento).await?);
        }
        tx.commit().await?;
        Ok(fines)
    }
}
