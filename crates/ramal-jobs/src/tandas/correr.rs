//! The job of a bulk act: applies one chunk, settles it, asks for the next. It decides nothing
//! about the objects.
//!
//! A chunk is settled in one transaction that names its turn; a worker whose job came back to
//! another one finds the turn gone and leaves no trace, so no object is counted twice.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::FutureExt;
use ramal_base::{Cx, Instante};
use ramal_db::{Consulta, Db, DbError, FromQueryResult, Tx, params};
use serde_json::Value;
use uuid::Uuid;

use super::actos::{Turno, ask_for_turn};
use super::{
    AccionDeTanda, Encargo, EstadoItem, EstadoTanda, Resultado, TandaAvanzo, TandaId, TandaTermino,
};
use crate::{JobError, Manejador, Politica, Trabajo};

/// Objects of a chunk, at most.
const TROZO: i64 = 25;
/// Milliseconds after which a chunk is settled with what it has.
const TROZO_MS: i64 = 1_000;
/// Milliseconds between two notices of one tanda.
const AVISO_MS: i64 = 1_000;
/// Times that an object is tried while the database is busy.
const INTENTOS: u32 = 3;
/// Pause before an object is tried again.
const PAUSA: Duration = Duration::from_millis(100);
/// Characters of a reason that are kept.
const MOTIVO_MAX: usize = 300;

const PANICO: &str = "Algo falló de nuestro lado con este; el resto siguió.";
const SIN_BASE: &str = "La base de datos no respondió. Reintentar más tarde.";

/// Runs the tandas of one action. A slice gives it to the registry among its handlers.
pub struct CorrerTanda {
    db: Db,
    cx: Cx,
    accion: Arc<dyn AccionDeTanda>,
}

impl CorrerTanda {
    /// Handler of the tandas of `accion`.
    pub fn new(db: Db, cx: Cx, accion: impl AccionDeTanda + 'static) -> CorrerTanda {
        CorrerTanda { db, cx, accion: Arc::new(accion) }
    }
}

#[derive(FromQueryResult)]
struct Cabeza {
    actor: String,
    datos: String,
    estado: String,
    turno: i64,
}

#[derive(FromQueryResult)]
struct Pendiente {
    orden: i64,
    objeto_id: Uuid,
}

/// What became of the object in one place of the line.
struct Aplicado {
    orden: i64,
    estado: EstadoItem,
    motivo: Option<String>,
}

#[async_trait]
impl Manejador for CorrerTanda {
    fn tipo(&self) -> &'static str {
        self.accion.tipo()
    }

    /// One chunk at a time, so that a bulk act leaves room for everything else; and patience, as a
    /// chunk fails only when the database does.
    fn politica(&self) -> Politica {
        const ESPERAS_MS: &[i64] = &[1_000, 5_000, 30_000, 60_000];
        Politica { esperas_ms: ESPERAS_MS, max_intentos: 1_000, concurrencia: 1 }
    }

    async fn run(&self, trabajo: &Trabajo) -> Result<(), JobError> {
        let turno: Turno = trabajo.datos_as()?;
        let Some(cabeza) = self.head(turno.tanda_id).await? else {
            return Err(JobError::fail("la tanda ya no existe"));
        };
        if cabeza.turno != turno.turno {
            return Ok(());
        }
        let aplicados = match EstadoTanda::read(&cabeza.estado)? {
            EstadoTanda::EnCurso => self.apply_chunk(turno.tanda_id, &cabeza).await?,
            _ => Vec::new(),
        };
        Ok(self.settle(&turno, &aplicados).await?)
    }
}

impl CorrerTanda {
    async fn head(&self, id: TandaId) -> Result<Option<Cabeza>, DbError> {
        const SQL: &str = "SELECT actor, datos, estado, turno FROM tandas WHERE id = $1";
        self.db.opt(SQL, params![id]).await
    }

    async fn apply_chunk(&self, id: TandaId, cabeza: &Cabeza) -> Result<Vec<Aplicado>, DbError> {
        const SQL: &str = "SELECT orden, objeto_id FROM tanda_items \
            WHERE tanda_id = $1 AND estado = 'pendiente' ORDER BY orden LIMIT $2";
        let datos: Value = serde_json::from_str(&cabeza.datos)
            .map_err(|_| DbError::Corrupt("the data of a tanda are not JSON"))?;
        let cx = self.cx.as_actor(&cabeza.actor);
        let hasta = self.cx.now().plus_millis(TROZO_MS);
        let mut aplicados = Vec::new();
        for p in self.db.all::<Pendiente>(SQL, params![id, TROZO]).await? {
            let encargo = Encargo { tanda_id: id, objeto_id: p.objeto_id, datos: &datos };
            let (estado, motivo) = told(self.apply_one(&cx, &encargo).await);
            aplicados.push(Aplicado { orden: p.orden, estado, motivo });
            if self.cx.now() >= hasta {
                break;
            }
        }
        Ok(aplicados)
    }

    /// Applies the action to one object; whatever happens there stays there.
    async fn apply_one(&self, cx: &Cx, encargo: &Encargo<'_>) -> Resultado {
        for intento in 1..=INTENTOS {
            let hecho = AssertUnwindSafe(self.accion.apply(cx, encargo)).catch_unwind().await;
            match hecho {
                Ok(Ok(resultado)) => return resultado,
                Ok(Err(DbError::Busy)) if intento < INTENTOS => tokio::time::sleep(PAUSA).await,
                Ok(Err(error)) => {
                    tracing::error!(%error, tanda.id = %encargo.tanda_id, "an object failed");
                    return Resultado::Fallido(SIN_BASE.into());
                }
                Err(_) => {
                    tracing::error!(tanda.id = %encargo.tanda_id, "an action panicked");
                    return Resultado::Fallido(PANICO.into());
                }
            }
        }
        Resultado::Fallido(SIN_BASE.into())
    }

    /// Writes what the chunk did, tells it, and asks for the next chunk. Does nothing if the turn
    /// has gone.
    async fn settle(&self, turno: &Turno, aplicados: &[Aplicado]) -> Result<(), DbError> {
        let tx = self.db.begin().await?;
        let Some(cuenta) = count(&tx, &self.cx, turno, aplicados).await? else {
            return tx.rollback().await;
        };
        for aplicado in aplicados {
            write(&tx, turno.tanda_id, aplicado).await?;
        }
        if cuenta.estado == EstadoTanda::EnCurso.texto() {
            self.go_on(&tx, turno, &cuenta).await?;
        }
        tx.commit().await
    }

    async fn go_on(&self, tx: &Tx, turno: &Turno, cuenta: &Cuenta) -> Result<(), DbError> {
        let id = turno.tanda_id;
        if cuenta.hechos + cuenta.omitidos + cuenta.fallidos >= cuenta.total {
            const END: &str = "UPDATE tandas SET estado = 'terminada' WHERE id = $1";
            tx.exec(END, params![id]).await?;
            let Cuenta { hechos, omitidos, fallidos, .. } = *cuenta;
            return tx
                .emit(&self.cx, &TandaTermino { tanda_id: id, hechos, omitidos, fallidos })
                .await;
        }
        let ahora = self.cx.now();
        if cuenta.avisada.is_none_or(|a| a.plus_millis(AVISO_MS) <= ahora) {
            tx.exec("UPDATE tandas SET avisada = $1 WHERE id = $2", params![ahora, id]).await?;
            tx.emit(&self.cx, &TandaAvanzo { tanda_id: id }).await?;
        }
        let siguiente = Turno { tanda_id: id, turno: turno.turno + 1 };
        ask_for_turn(tx, &self.cx, self.accion.tipo(), &siguiente).await
    }
}

fn told(resultado: Resultado) -> (EstadoItem, Option<String>) {
    let clip = |motivo: String| Some(motivo.chars().take(MOTIVO_MAX).collect());
    match resultado {
        Resultado::Hecho => (EstadoItem::Hecho, None),
        Resultado::Omitido(motivo) => (EstadoItem::Omitido, clip(motivo)),
        Resultado::Fallido(motivo) => (EstadoItem::Fallido, clip(motivo)),
    }
}

#[derive(FromQueryResult)]
struct Cuenta {
    estado: String,
    total: i64,
    hechos: i64,
    omitidos: i64,
    fallidos: i64,
    avisada: Option<Instante>,
}

/// Takes the turn and adds the chunk to the counts; `None` if the turn is another's.
async fn count(
    tx: &Tx,
    cx: &Cx,
    turno: &Turno,
    aplicados: &[Aplicado],
) -> Result<Option<Cuenta>, DbError> {
    const SQL: &str = "UPDATE tandas SET turno = turno + 1, avanzo = $1, \
        hechos = hechos + $2, omitidos = omitidos + $3, fallidos = fallidos + $4 \
        WHERE id = $5 AND turno = $6 \
        RETURNING estado, total, hechos, omitidos, fallidos, avisada";
    let cuantos = |estado: EstadoItem| {
        i64::try_from(aplicados.iter().filter(|a| a.estado == estado).count()).unwrap_or(0)
    };
    let (hechos, omitidos) = (cuantos(EstadoItem::Hecho), cuantos(EstadoItem::Omitido));
    let fallidos = cuantos(EstadoItem::Fallido);
    let valores = params![cx.now(), hechos, omitidos, fallidos, turno.tanda_id, turno.turno];
    tx.opt(SQL, valores).await
}

async fn write(tx: &Tx, id: TandaId, aplicado: &Aplicado) -> Result<(), DbError> {
    const SQL: &str = "UPDATE tanda_items SET estado = $1, motivo = $2 \
        WHERE tanda_id = $3 AND orden = $4";
    let Aplicado { orden, estado, motivo } = aplicado;
    tx.exec(SQL, params![estado.texto(), motivo.clone(), id, *orden]).await.map(|_| ())
}
