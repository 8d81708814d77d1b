//! The execution of an approved list at its hour: one service per transaction, each looked at again
//! before it is cut. Killed and run again, it goes on with what is pending.

use ramal_base::{Cx, Fecha};
use ramal_db::Db;
use uuid::Uuid;

use crate::Error;
use crate::actions::late_sources;
use crate::actions::{self, Cortado};
use crate::corte::EstadoCorte;
use crate::events::CorteAvanzo;
use crate::nucleo::Motivo;
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
    let espera = waiting(cx, puertos, &reglas).await?;
    let lista = Lista { id: corte.id, fecha, espera: &espera };
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
        tell(db, cx, &lista, hecho).await?;
    }
    tell(db, cx, &lista, hecho).await?;
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

/// The list that is being executed.
struct Lista<'a> {
    id: Uuid,
    fecha: Fecha,
    /// JSON of why what is left waits.
    espera: &'a str,
}

/// Why what is left of a list waits: the sources of payments that are late, or the hour.
async fn waiting(cx: &Cx, puertos: &Puertos, reglas: &Reglas) -> Result<String, Error> {
    let fuentes = puertos.frenos.banco().await?;
    let tarde = late_sources(&fuentes, cx, &reglas.general().0);
    let motivo = tarde.into_iter().next().map(Motivo::from);
    let texto = motivo.and_then(|m| serde_json::to_string(&m).ok());
    Ok(texto.unwrap_or_else(|| r#"{"codigo":"despues"}"#.to_owned()))
}

/// Counts the list again, ends it if nothing is pending, and tells whoever looks at it.
async fn tell(db: &Db, cx: &Cx, lista: &Lista<'_>, hecho: Ejecucion) -> Result<(), Error> {
    let tx = db.begin().await?;
    cortes::recount(&tx, lista.id).await?;
    let quedan = !cortes::by_resultado(&tx, lista.id, "pendiente", (None, 1)).await?.is_empty();
    let estado = if quedan { EstadoCorte::Aprobada } else { EstadoCorte::Ejecutada };
    if quedan && hecho.despues > 0 {
        cortes::set_estado(&tx, lista.id, estado.as_str(), Some(lista.espera)).await?;
    } else if !quedan {
        cortes::set_estado(&tx, lista.id, EstadoCorte::Aprobada.as_str(), None).await?;
        cortes::finish(&tx, cx, lista.id).await?;
    }
    let estado = estado.as_str().to_owned();
    tx.emit(cx, &CorteAvanzo { fecha: lista.fecha, estado }).await?;
    Ok(tx.commit().await?)
}
