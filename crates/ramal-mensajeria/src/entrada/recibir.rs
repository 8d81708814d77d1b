//! Deliveries of WhatsApp: kept raw in the request, read by a job. One transaction reads one
//! delivery, whatever it carries.

use async_trait::async_trait;
use ramal_base::{Cx, Zona};
use ramal_canales::whatsapp::webhook::{Hecho, Suceso, parse};
use ramal_db::{Db, DbError, Tx};
use ramal_jobs::{JobError, Manejador, NuevoTrabajo, Politica, Trabajo, enqueue};
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{estados, mensajes, novedades};
use crate::jobs::TRABAJO_WEBHOOK;
use crate::storage::{entrada, lineas};

/// Keeps a delivery whose signature was checked, and asks for the job that reads it.
pub async fn keep(tx: &Tx, cx: &Cx, cuerpo: &[u8]) -> Result<(), DbError> {
    let huella = hex::encode(Sha256::digest(cuerpo));
    let id = cx.new_id::<Suceso>().uuid();
    if !entrada::keep_raw(tx, id, (&huella, cuerpo), cx.now()).await? {
        return Ok(());
    }
    let trabajo =
        NuevoTrabajo::new(TRABAJO_WEBHOOK, json!({ "id": id })).with_clave(id.to_string());
    enqueue(tx, cx, trabajo).await
}

/// Counts a delivery that was not believed.
pub async fn refuse(tx: &Tx, cx: &Cx, motivo: &str) -> Result<(), DbError> {
    entrada::count_refused(tx, "whatsapp", motivo, Zona::utc().fecha(cx.now())).await
}

/// Handler of [`TRABAJO_WEBHOOK`].
pub struct LeerWebhook {
    /// Database.
    pub db: Db,
    /// Clock and ids.
    pub cx: Cx,
}

#[derive(Deserialize)]
struct Datos {
    id: Uuid,
}

#[async_trait]
impl Manejador for LeerWebhook {
    fn tipo(&self) -> &'static str {
        TRABAJO_WEBHOOK
    }

    fn politica(&self) -> Politica {
        Politica { concurrencia: 2, ..Politica::default() }
    }

    async fn run(&self, trabajo: &Trabajo) -> Result<(), JobError> {
        let datos: Datos = trabajo.datos_as()?;
        Ok(read(&self.db, &self.cx, datos.id).await?)
    }
}

async fn read(db: &Db, cx: &Cx, id: Uuid) -> Result<(), DbError> {
    let Some(crudo) = entrada::raw(db, id).await?.filter(|c| c.procesado.is_none()) else {
        return Ok(());
    };
    let tx = db.begin().await?;
    lineas::hold_all(&tx).await?;
    let mut ajenos = false;
    match parse(&crudo.cuerpo) {
        Err(error) => tracing::warn!(%error, delivery = %id, "a delivery cannot be read"),
        Ok(mut sucesos) => {
            // Envios are locked in one order, so that nobody who holds one waits for another.
            sucesos.sort_by_key(order);
            for suceso in &sucesos {
                ajenos |= !hear(&tx, cx, suceso).await?;
            }
        }
    }
    entrada::mark_read(&tx, id, ajenos, cx.now()).await?;
    tx.commit().await
}

fn order(suceso: &Suceso) -> String {
    match &suceso.hecho {
        Hecho::Estado(e) => e.wamid.clone(),
        Hecho::Mensaje(m) => m.wamid.clone(),
        _ => String::new(),
    }
}

/// One thing that happened; `false` if it is of a number that is not ours (W5).
async fn hear(tx: &Tx, cx: &Cx, suceso: &Suceso) -> Result<bool, DbError> {
    if let Hecho::Plantilla(cambio) = &suceso.hecho {
        novedades::hear(tx, cx, &suceso.waba_id, cambio).await?;
        return Ok(true);
    }
    let Some(telefono) = suceso.phone_number_id.as_deref() else { return Ok(true) };
    let Some(linea) = lineas::by_telefono(tx, telefono).await? else { return Ok(false) };
    match &suceso.hecho {
        Hecho::Estado(estado) => estados::hear(tx, cx, telefono, estado).await?,
        Hecho::Mensaje(mensaje) => mensajes::hear(tx, cx, &linea, mensaje).await?,
        Hecho::Preferencia(preferencia) => mensajes::prefer(tx, preferencia).await?,
        // Echoes, history, quality and account notices stay in the raw delivery for the inbox.
        _ => {}
    }
    Ok(true)
}
