//! Closing a lote: every line explained, or what is not named as an adjustment by who may.

use ramal_base::Cx;
use ramal_base::dinero::format_centavos;
use ramal_db::Tx;
use ramal_plataforma::{Registro, audit};
use serde_json::json;

use super::partes::reason;
use crate::events::LoteCerrado;
use crate::storage::lotes;
use crate::{Error, EstadoLote, Lote, LoteId};

/// What the difference of a lote is said to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ajuste {
    /// The difference that the person saw, minor units.
    pub importe: i64,
    /// What it is, 3 to 200 characters.
    pub motivo: String,
}

/// Closes a lote. Its lines stay as they are.
///
/// Errors: `NotFound`, `EstadoLote`, 409 `lote_con_diferencia` if lines are unexplained and no
/// adjustment names them, 409 `diferencia_cambio` if the adjustment is not of today's difference.
/// Emits `lote.cerrado`.
pub async fn close_lote(
    tx: &Tx,
    cx: &Cx,
    id: LoteId,
    ajuste: Option<Ajuste>,
) -> Result<Lote, Error> {
    let lote = lotes::lock(tx, id).await?.ok_or(Error::NotFound("lote"))?;
    if lote.estado != EstadoLote::Abierto {
        return Err(Error::EstadoLote(words(lote.estado)));
    }
    let resumen = lotes::sum(tx, id).await?;
    let (n, diferencia) = (resumen.pendientes(), resumen.diferencia());
    let nombrado = match ajuste {
        None if n == 0 => None,
        None => return Err(open(n, diferencia)),
        Some(_) if n == 0 => None,
        Some(a) if a.importe != diferencia => return Err(moved(diferencia)),
        Some(a) => Some((diferencia, reason("motivo", &a.motivo)?)),
    };
    let con = nombrado.as_ref().map(|(monto, motivo)| (*monto, motivo.as_str()));
    lotes::close(tx, cx, id, con).await?;
    let registro = Registro::new("lote.cerrar", "lote", id);
    let despues = json!({
        "numero": lote.codigo(),
        "sin_explicar": n,
        "ajuste": con.map(|(monto, _)| format_centavos(monto)),
        "motivo": con.map(|(_, motivo)| motivo),
    });
    audit(tx, cx, registro.despues(despues)).await?;
    let ajuste = con.map(|(monto, _)| format_centavos(monto));
    tx.emit(cx, &LoteCerrado { lote_id: id.uuid(), ajuste }).await?;
    lotes::by_id(tx, id).await?.ok_or(Error::NotFound("lote"))
}

/// Opens a closed lote again. Errors: `NotFound`, `EstadoLote`.
pub async fn reopen_lote(tx: &Tx, cx: &Cx, id: LoteId) -> Result<Lote, Error> {
    let lote = lotes::lock(tx, id).await?.ok_or(Error::NotFound("lote"))?;
    if !lotes::reopen(tx, id).await? {
        return Err(Error::EstadoLote(words(lote.estado)));
    }
    let registro = Registro::new("lote.reabrir", "lote", id);
    audit(tx, cx, registro.despues(json!({"numero": lote.codigo()}))).await?;
    lotes::by_id(tx, id).await?.ok_or(Error::NotFound("lote"))
}

fn words(estado: EstadoLote) -> &'static str {
    match estado {
        EstadoLote::Recibido => "sin leer",
        EstadoLote::Cotejando => "en cotejo",
        EstadoLote::Abierto => "abierto",
        EstadoLote::Cerrado => "cerrado",
        EstadoLote::Rechazado => "rechazado",
    }
}

fn open(n: i64, diferencia: i64) -> Error {
    let detalle = format!(
        "Quedan {n} movimientos sin explicar, por {}. Resolverlos, o cerrar con un ajuste que diga \
         qué son: hace falta el permiso ajustes_conciliacion:aprobar.",
        format_centavos(diferencia)
    );
    Error::conflicto("lote_con_diferencia", detalle)
}

fn moved(diferencia: i64) -> Error {
    let detalle = format!(
        "La diferencia ahora es {}. Revisarla y volver a cerrar.",
        format_centavos(diferencia)
    );
    Error::conflicto("diferencia_cambio", detalle)
}
