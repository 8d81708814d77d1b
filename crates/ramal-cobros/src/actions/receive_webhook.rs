//! A notice arrives: it is judged on its raw bytes by its gateway, kept before anybody understands
//! it, and a job is asked for. What it says is never believed here.

use ramal_base::Cx;
use ramal_db::{Db, DbError};
use ramal_jobs::{NuevoTrabajo, enqueue};
use ramal_pasarelas::{AvisoCrudo, ClaseAviso, Pasarela, RechazoAviso};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::jobs::TRABAJO_WEBHOOK;
use crate::storage::senales;
use crate::storage::webhooks::{self, Llegada};

/// What became of a notice with a good signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Acuse {
    /// Kept; its job is asked for.
    Nuevo,
    /// Known already; counted.
    Repetido,
    /// Known by its id and not by its body: kept beside the first, so that nothing is lost.
    OtroCuerpo,
}

/// Judges a notice and keeps it with the job that will process it, in one transaction.
///
/// Errors: `Err(rechazo)` if the gateway refuses it, which [`refuse_webhook`] counts; `DbError` if
/// it cannot be kept: then the gateway must send it again.
pub async fn receive_webhook(
    db: &Db,
    cx: &Cx,
    pasarela: &dyn Pasarela,
    crudo: &AvisoCrudo,
) -> Result<Result<Acuse, RechazoAviso>, DbError> {
    let aviso = match pasarela.verify(crudo) {
        Ok(aviso) => aviso,
        Err(rechazo) => return Ok(Err(rechazo)),
    };
    let huella = hex::encode(Sha256::digest(&crudo.cuerpo));
    let proveedor = pasarela.codigo();
    let llegada = Llegada {
        proveedor,
        evento_id: &aviso.evento_id,
        clase: class(aviso.clase),
        huella: &huella,
        estado: if asks(&aviso) { "recibido" } else { "procesado" },
        aviso: &aviso,
        crudo,
    };
    let tx = db.begin().await?;
    senales::note_aviso(&tx, proveedor, crudo.recibido).await?;
    let acuse = keep(&tx, cx, &llegada).await?;
    tx.commit().await?;
    Ok(Ok(acuse))
}

/// Whether anything follows from a notice.
fn asks(aviso: &ramal_pasarelas::AvisoVerificado) -> bool {
    aviso.clase != ClaseAviso::Otro && !aviso.recurso.is_empty()
}

async fn keep(tx: &ramal_db::Tx, cx: &Cx, ll: &Llegada<'_>) -> Result<Acuse, DbError> {
    if let Some(id) = webhooks::insert(tx, cx, ll).await? {
        ask(tx, cx, (id, ll)).await?;
        return Ok(Acuse::Nuevo);
    }
    webhooks::count_again(tx, ll.proveedor, ll.evento_id).await?;
    let primera = webhooks::huella_of(tx, ll.proveedor, ll.evento_id).await?;
    if primera.as_deref() == Some(ll.huella) {
        return Ok(Acuse::Repetido);
    }
    let evento_id = format!("{}#{}", ll.evento_id, &ll.huella[..16]);
    let variante = Llegada { evento_id: &evento_id, ..*ll };
    match webhooks::insert(tx, cx, &variante).await? {
        Some(id) => {
            tracing::warn!(proveedor = ll.proveedor, "one event id came with two bodies");
            ask(tx, cx, (id, ll)).await?;
            Ok(Acuse::OtroCuerpo)
        }
        None => Ok(Acuse::Repetido),
    }
}

async fn ask(
    tx: &ramal_db::Tx,
    cx: &Cx,
    (id, ll): (webhooks::WebhookId, &Llegada<'_>),
) -> Result<(), DbError> {
    if ll.estado != "recibido" {
        return Ok(());
    }
    let trabajo = NuevoTrabajo::new(TRABAJO_WEBHOOK, json!({ "webhook_id": id }));
    enqueue(tx, cx, trabajo.with_clave(id.to_string())).await
}

fn class(clase: ClaseAviso) -> &'static str {
    match clase {
        ClaseAviso::Cobro => "cobro",
        ClaseAviso::Devolucion => "devolucion",
        ClaseAviso::Contracargo => "contracargo",
        ClaseAviso::Otro => "otro",
    }
}

/// Counts a refused notice by its reason and its day (UTC). It is not kept: anybody can send one.
pub async fn refuse_webhook(
    db: &Db,
    cx: &Cx,
    proveedor: &str,
    motivo: &str,
) -> Result<(), DbError> {
    let ahora = cx.now();
    let dia = ramal_base::Zona::utc().fecha(ahora);
    let tx = db.begin().await?;
    webhooks::count_refused(&tx, (proveedor, motivo), dia, ahora).await?;
    tx.commit().await
}
