//! The reconciler of the network (S4): what a service should have against what the network says,
//! until both are equal. It calls outside any transaction, by the service and the version of what
//! is desired, and decides no state.

use async_trait::async_trait;
use ramal_base::Cx;
use ramal_db::{Db, Tx};
use ramal_jobs::{JobError, Manejador, NuevoTrabajo, Politica, Trabajo, enqueue};
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use super::{BARRIDO, Base, RED};
use crate::Error;
use crate::actions::{charge_on_block, lock_cliente};
use crate::events::{BloqueoConfirmado, ReconexionConfirmada};
use crate::expediente;
use crate::puertos::{Observado, OrdenRed, Puertos};
use crate::red::EstadoRed;
use crate::reglas::Reglas;
use crate::storage::episodios;
use crate::storage::red::{self, RedFila, Vista};

/// It repeats until both are equal: a device may be off for days.
const HASTA_QUE_IGUALE: Politica = Politica {
    esperas_ms: &[2_000, 10_000, 60_000, 300_000, 600_000],
    max_intentos: 1_000_000,
    concurrencia: 8,
};

/// A device not looked at for this long is asked again, in milliseconds.
const VISTA_MS: i64 = 30 * 60 * 1000;
/// Services looked at in one sweep.
const BARRIDA: i64 = 200;

#[derive(Deserialize)]
struct DeServicio {
    servicio_id: Uuid,
}

pub(super) struct Reconciliar(pub(super) Base);

#[async_trait]
impl Manejador for Reconciliar {
    fn tipo(&self) -> &'static str {
        RED
    }

    fn politica(&self) -> Politica {
        HASTA_QUE_IGUALE
    }

    async fn run(&self, trabajo: &Trabajo) -> Result<(), JobError> {
        let id = trabajo.datos_as::<DeServicio>()?.servicio_id;
        let Base { db, cx, puertos } = &self.0;
        match reconcile(db, cx, puertos, id).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(JobError::retry("the network does not say what is desired yet")),
            Err(error) => Err(JobError::retry(error)),
        }
    }
}

pub(super) struct Barrido(pub(super) Base);

#[async_trait]
impl Manejador for Barrido {
    fn tipo(&self) -> &'static str {
        BARRIDO
    }

    async fn run(&self, _trabajo: &Trabajo) -> Result<(), JobError> {
        let Base { db, cx, puertos } = &self.0;
        sweep(db, cx, puertos).await.map_err(JobError::retry)
    }
}

/// Sets the network to what is desired for a service; gives whether both are equal now.
///
/// Errors: `Puerto` if the network could not be reached, `Storage`. Emits `BloqueoConfirmado` and
/// `ReconexionConfirmada` when a device says so.
pub async fn reconcile(db: &Db, cx: &Cx, puertos: &Puertos, id: Uuid) -> Result<bool, Error> {
    let Some(fila) = red::by_servicio(db, id).await?.filter(|f| f.pendiente) else {
        return Ok(true);
    };
    let bad = ramal_db::DbError::Corrupt("desired state of the network");
    let deseado = EstadoRed::parse(&fila.deseado).ok_or(bad)?;
    let orden = OrdenRed { servicio_id: id, deseado, version: fila.version };
    match puertos.red.apply(&orden).await {
        Ok(visto) => {
            let tx = db.begin().await?;
            let igual = record(&tx, cx, (&fila, deseado), visto).await?;
            tx.commit().await?;
            Ok(igual)
        }
        Err(falla) => {
            let tx = db.begin().await?;
            red::failed(&tx, cx, (id, fila.version), &falla.0).await?;
            tx.commit().await?;
            Err(Error::Puerto(falla.0))
        }
    }
}

async fn record(
    tx: &Tx,
    cx: &Cx,
    (fila, deseado): (&RedFila, EstadoRed),
    visto: Observado,
) -> Result<bool, Error> {
    lock_cliente(tx, fila.cliente_id).await?;
    let igual = visto.estado == deseado;
    let vista =
        Vista { observado: visto.estado.as_str(), confirmado: visto.confirmado, pendiente: !igual };
    let clave = (fila.servicio_id, fila.version);
    if !red::observe(tx, cx, clave, &vista).await? || !igual || !visto.confirmado {
        return Ok(igual);
    }
    if deseado.is_bloqueo() {
        confirm_block(tx, cx, fila).await?;
    } else if deseado == EstadoRed::Activo {
        let evento = ReconexionConfirmada {
            servicio_id: fila.servicio_id,
            cliente_id: fila.cliente_id,
            episodio_id: None,
        };
        tx.emit(cx, &evento).await?;
    }
    Ok(true)
}

/// The block is real: the episode says so, and the fee that the policy asks first is charged (S7).
async fn confirm_block(tx: &Tx, cx: &Cx, fila: &RedFila) -> Result<(), Error> {
    let Some(episodio) = episodios::lock_live(tx, fila.servicio_id).await? else { return Ok(()) };
    if episodio.confirmado.is_some() {
        return Ok(());
    }
    episodios::confirm(tx, fila.servicio_id, cx.now()).await?;
    let reglas = Reglas::load(tx, cx).await?;
    let e = expediente::load(tx, &reglas, fila.cliente_id, reglas.hoy).await?;
    if let Some(cuadro) = e.cuadro(fila.servicio_id) {
        charge_on_block(tx, cx, cuadro, &episodio).await?;
    }
    let evento = BloqueoConfirmado {
        servicio_id: fila.servicio_id,
        cliente_id: fila.cliente_id,
        episodio_id: Some(episodio.id),
    };
    Ok(tx.emit(cx, &evento).await?)
}

/// Asks again for what differs, and looks at devices that were not looked at for a while: one that
/// somebody changed behind our back is put right. Errors: `Storage`.
pub async fn sweep(db: &Db, cx: &Cx, puertos: &Puertos) -> Result<(), Error> {
    let desde = cx.now().plus_millis(-VISTA_MS);
    for id in red::unseen_since(db, desde, BARRIDA).await? {
        let Some(fila) = red::by_servicio(db, id).await? else { continue };
        let Ok(visto) = puertos.red.observe(id).await else { continue };
        let vista = Vista {
            observado: visto.estado.as_str(),
            confirmado: visto.confirmado,
            pendiente: visto.estado.as_str() != fila.deseado,
        };
        let tx = db.begin().await?;
        red::observe(&tx, cx, (id, fila.version), &vista).await?;
        tx.commit().await?;
    }
    let mut cursor = None;
    loop {
        let pagina = red::pending(db, cursor, BARRIDA).await?;
        let Some(ultimo) = pagina.last() else { return Ok(()) };
        cursor = Some(*ultimo);
        let tx = db.begin().await?;
        for id in &pagina {
            let trabajo = NuevoTrabajo::new(RED, json!({ "servicio_id": id }));
            enqueue(&tx, cx, trabajo.with_clave(format!("barrido:{id}"))).await?;
        }
        tx.commit().await?;
    }
}
