//! Change of a promotion's name, end or state. What it takes off never changes.

use ramal_base::Cx;
use ramal_db::Tx;
use ramal_plataforma::{Registro, audit};
use serde_json::json;

use crate::promocion::CambioPromocion;
use crate::{Error, Promocion, PromocionId, reglas, storage};

/// Changes what the command names; `activa: false` takes the promotion away from new sales.
///
/// A change that changes nothing keeps the version.
/// Errors: `Datos`, `PromocionNotFound`, `Storage`.
pub async fn update_promocion(
    tx: &Tx,
    cx: &Cx,
    id: PromocionId,
    cambio: CambioPromocion,
) -> Result<Promocion, Error> {
    let antes = storage::lock_promocion(tx, id).await?.ok_or(Error::PromocionNotFound)?;
    let mut errores = Vec::new();
    let mut promocion = antes.clone();
    if let Some(nombre) = cambio.nombre {
        promocion.nombre = reglas::check_nombre(&nombre, &mut errores);
    }
    promocion.hasta = cambio.hasta.unwrap_or(promocion.hasta);
    promocion.activa = cambio.activa.unwrap_or(promocion.activa);
    reglas::check_vigencia(promocion.desde, promocion.hasta, &mut errores);
    if !errores.is_empty() {
        return Err(Error::Datos(errores));
    }
    if promocion == antes {
        return Ok(antes);
    }
    let promocion = Promocion { version: antes.version + 1, actualizado: cx.now(), ..promocion };
    storage::update_promocion(tx, &promocion).await?;
    let registro = Registro::new("promocion.actualizar", "promocion", id);
    audit(tx, cx, registro.antes(json!(antes)).despues(json!(promocion))).await?;
    Ok(promocion)
}
