//! Stopping an emisor by hand: what is queued waits, nothing is lost and no number is wasted. It
//! calls back nothing that was already handed over.

use ramal_base::{CampoInvalido, Cx};
use ramal_db::Tx;
use ramal_plataforma::{Registro, audit};
use serde_json::json;
use uuid::Uuid;

use crate::Error;
use crate::envio::pause;

/// Code of a pause that a person asked for.
pub const CODIGO_MANUAL: &str = "manual";

/// Stops the sending of an emisor until somebody resumes it. One that is paused already keeps its
/// first reason.
///
/// Shape: `motivo` of 3 to 200 characters. Errors: `Reglas` on `motivo`, `Storage`.
pub async fn pause_emisor(tx: &Tx, cx: &Cx, emisor: Uuid, motivo: &str) -> Result<(), Error> {
    let motivo = motivo.trim();
    if !(3..=200).contains(&motivo.chars().count()) {
        let texto = "Falta el motivo de la pausa, de 3 a 200 caracteres.";
        return Err(Error::Reglas(vec![CampoInvalido::new("motivo", "motivo_largo", texto)]));
    }
    pause(tx, cx, emisor, (CODIGO_MANUAL, motivo)).await?;
    let registro = Registro::new("emisor.pausar", "emisor", emisor);
    audit(tx, cx, registro.despues(json!({ "motivo": motivo }))).await?;
    Ok(())
}
