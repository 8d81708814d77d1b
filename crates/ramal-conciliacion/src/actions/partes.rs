//! Checks that several actions share. They move nothing.

use ramal_base::Problema;
use ramal_db::Tx;

use crate::storage::{lotes, renglones};
use crate::{Error, EstadoRenglon, Renglon, RenglonId};

/// A line of a live lote, kept until the end of the transaction. Errors: `NotFound`, `EstadoLote`,
/// `Desactualizado`.
pub(super) async fn held(tx: &Tx, id: RenglonId, version: Option<i64>) -> Result<Renglon, Error> {
    let renglon = renglones::lock(tx, id).await?.ok_or(Error::NotFound("renglon"))?;
    let lote = lotes::by_id(tx, renglon.lote_id).await?.ok_or(Error::NotFound("lote"))?;
    if !lote.estado.is_vivo() {
        return Err(Error::EstadoLote(match lote.estado {
            crate::EstadoLote::Cerrado => "cerrado",
            _ => "sin leer",
        }));
    }
    if version.is_some_and(|v| v != renglon.version) {
        return match renglon.estado {
            EstadoRenglon::PorConciliar => Err(Error::Desactualizado),
            estado => Err(Error::RenglonResuelto(estado.words())),
        };
    }
    Ok(renglon)
}

/// The same, still to be resolved. Errors: `RenglonResuelto` too.
pub(super) async fn pending(
    tx: &Tx,
    id: RenglonId,
    version: Option<i64>,
) -> Result<Renglon, Error> {
    let renglon = held(tx, id, version).await?;
    match renglon.estado {
        EstadoRenglon::PorConciliar | EstadoRenglon::Apartado => Ok(renglon),
        estado => Err(Error::RenglonResuelto(estado.words())),
    }
}

/// A reason of 3 to 200 characters. Errors: 422 on the field.
pub(super) fn reason(campo: &str, texto: &str) -> Result<String, Error> {
    let limpio = texto.trim();
    let largo = limpio.chars().count();
    if !(3..=200).contains(&largo) || limpio.chars().any(char::is_control) {
        let motivo = "Escribir el motivo, de 3 a 200 caracteres.";
        return Err(Error::campo(campo, "motivo_requerido", motivo));
    }
    Ok(limpio.to_owned())
}

/// The sentence of a refusal, for a line that keeps it.
pub(super) fn sentence(error: Error) -> String {
    let problema = Problema::from(error);
    problema.errores.first().map_or(problema.detalle, |e| e.motivo.clone())
}
