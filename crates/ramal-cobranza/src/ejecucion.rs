//! The execution of an approved list at its hour: one service per transaction, each looked at again
//! before it is cut. Killed and run again, it goes on with what is pending.

use ramal_base::{Cx, Fecha};
use ramal_db::Db;
use uuid::Uuid;

use crate::Error;
use crate::actions::{self, Cortado};
use crate::corte::EstadoCorte;
use crate::events::CorteAvanzo;
use crate::puertos::Puertos;
use crate::reglas::Reglas;
use crate::storage::cortes::{self, RenglonFila};

/// Lines read at once.
const TANDA: i64 = 50;

/// What an execution did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ejecucion {
    /// Services cut.
    pub suspendidos: u32,
    /// Services that were taken out at the last moment.
    pub omitidos: u32,
    /// Services left for later today: out of hours, or a source of payments is late.
    pub despues: u32,
}

/// Executes the list of a day, if it is today's and approved. Errors: `Puerto`, `Contrato`,
/// `Storage`; what was cut stays cut.
pub async fn run(db: &Db, cx: &Cx, puertos: &Puertos, fecha: Fecha) -> Result<Ejecucion, Error> {
    let reglas = Reglas::load(db, cx).await?;
    let mut hecho = Ejecucion::default();
    let Some(corte) = cortes::by_fecha(db, fecha).await? else { return Ok(hecho) };
    let aprobada = EstadoCorte::parse(&corte.estado) == Some(EstadoCorte::Aprobada);
    if fecha != reglas.hoy || !aprobada {
        return Ok(hecho);
    }
    let mut cursor: Option<Uuid> = None;
    loop {
        let pagina = cortes::by_resultado(db, corte.id, "pendiente", (cursor, TANDA)).await?;
        let Some(ultimo) = pagina.last() else { break };
        cursor = Some(ultimo.servicio_id);
        for renglon in &pagina {
            match one(db, cx, (puertos, &reglas), renglon).await {
                Ok(Cortado::Suspendido) => hecho.suspendidos += 1,
                Ok(Cortado::Omitido(_)) => hecho.omitidos += 1,
                Ok(Cortado::Despues) => hecho.despues += 1,
                Err(error @ (Error::Storage(_) | Error::Puerto(_))) => return Err(error),
                // One service that cannot be cut must not keep the others; it stays pending.
                Err(error) => {
                    let servicio = renglon.servicio_id;
                    tracing::error!(servicio.id = %servicio, %error, "a service was not cut");
                    hecho.despues += 1;
                }
            }
        }
        tell(db, cx, (corte.id, fecha), hecho).await?;
    }
    tell(db, cx, (corte.id, fecha), hecho).await?;
    Ok(hecho)
}

async fn one(
    db: &Db,
    cx: &Cx,
    (puertos, reglas): (&Puertos, &Reglas),
    renglon: &RenglonFila,
) -> Result<Cortado, Error> {
    let tx = db.begin().await?;
    let hecho = actions::cut_servicio(&tx, cx, reglas, &*puertos.frenos, renglon).await?;
    tx.commit().await?;
    Ok(hecho)
}

/// Counts the list again, ends it if nothing is pending, and tells whoever looks at it.
async fn tell(
    db: &Db,
    cx: &Cx,
    (corte, fecha): (Uuid, Fecha),
    hecho: Ejecucion,
) -> Result<(), Error> {
    let tx = db.begin().await?;
    cortes::recount(&tx, corte).await?;
    let quedan = cortes::by_resultado(&tx, corte, "pendiente", (None, 1)).await?;
    if quedan.is_empty() {
        cortes::finish(&tx, cx, corte).await?;
    }
    let estado = if quedan.is_empty() { "ejecutada" } else { "aprobada" };
    let espera = (hecho.despues > 0).then_some(r#"{"codigo":"despues"}"#);
    if !quedan.is_empty() && espera.is_some() {
        cortes::set_estado(&tx, corte, estado, espera).await?;
    }
    tx.emit(cx, &CorteAvanzo { fecha, estado: estado.to_owned() }).await?;
    tx.commit().await?;
    Ok(())
}
