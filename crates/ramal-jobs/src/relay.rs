//! The relay: takes events out of the outbox to the sink and to the subscriptions. Handles none
//! itself.

use std::collections::HashSet;

use ramal_base::{Cx, Id};
use ramal_db::evento::EventoMarca;
use ramal_db::{Consulta, Db, DbError, EventoRegistrado, Tx, params};

use crate::{EventoEntregado, LoteTrabajos, NuevoTrabajo, Registro};

const LOTE: i64 = 1_000;

/// Relays one batch; gives how many events left the outbox.
///
/// The sink comes first and outside any transaction, so publication is at least once. Marking the
/// events and asking for the jobs of their subscriptions is one transaction, so each subscriber is
/// woken once.
pub(crate) async fn relay(db: &Db, cx: &Cx, registro: &Registro) -> Result<u64, DbError> {
    const SQL: &str = "SELECT id, tipo, sujeto, instante, datos FROM eventos \
        WHERE publicado = FALSE ORDER BY id LIMIT $1";
    let eventos: Vec<EventoRegistrado> = db.all(SQL, params![LOTE]).await?;
    if eventos.is_empty() {
        return Ok(0);
    }
    if let Some(publicador) = &registro.publicador {
        publicador.publish(&eventos).await?;
    }
    let tx = db.begin().await?;
    let marcados = mark(&tx, &eventos).await?;
    wake(&tx, cx, registro, eventos.iter().filter(|e| marcados.contains(&e.id))).await?;
    tx.commit().await?;
    Ok(u64::try_from(marcados.len()).unwrap_or(0))
}

/// Marks the events and gives those that no other process had marked in between.
async fn mark(tx: &Tx, eventos: &[EventoRegistrado]) -> Result<HashSet<Id<EventoMarca>>, DbError> {
    let ids: Vec<Id<EventoMarca>> = eventos.iter().map(|e| e.id).collect();
    Ok(tx.mark_published(&ids).await?.into_iter().collect())
}

async fn wake(
    tx: &Tx,
    cx: &Cx,
    registro: &Registro,
    eventos: impl Iterator<Item = &EventoRegistrado>,
) -> Result<(), DbError> {
    let mut lote = LoteTrabajos::new();
    for evento in eventos {
        let Some(tipos) = registro.suscripciones.get(evento.tipo.as_str()) else { continue };
        let entregado = EventoEntregado::from_registrado(evento)?;
        let datos = serde_json::to_value(&entregado)
            .map_err(|_| DbError::Corrupt("an event does not become JSON"))?;
        for tipo in tipos {
            let trabajo = NuevoTrabajo::new(tipo, datos.clone()).with_clave(&entregado.id);
            lote.push(cx, trabajo);
        }
    }
    lote.insert(tx).await
}
