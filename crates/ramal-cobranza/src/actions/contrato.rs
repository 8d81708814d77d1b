//! Following the contract: when a person suspends, lifts or ends a service there, or a pause begins
//! or ends by the calendar, what is desired of the network follows.

use ramal_base::Cx;
use ramal_contratos::{EstadoServicio, ServicioId};
use ramal_db::Tx;

use super::reconectar::reconnect;
use super::{desire, lock_cliente, refresh_morosos};
use crate::Error;
use crate::episodio::Fin;
use crate::expediente;
use crate::red::EstadoRed;
use crate::reglas::Reglas;

/// Brings what is desired of the network in line with the contract of a service. Repeating it
/// changes nothing. Errors: `Contrato`, `Storage`.
pub async fn follow_contrato(
    tx: &Tx,
    cx: &Cx,
    reglas: &Reglas,
    id: ServicioId,
) -> Result<(), Error> {
    let Some(servicio) = ramal_contratos::storage::by_id(tx, id).await? else { return Ok(()) };
    let cliente = servicio.cliente_id.uuid();
    lock_cliente(tx, cliente).await?;
    let e = expediente::load(tx, reglas, cliente, reglas.hoy).await?;
    let cuadro = e.cuadro(id.uuid()).ok_or(Error::NotFound("servicio"))?;
    let estado = EstadoServicio::parse(&cuadro.servicio.estado);
    if let Some(episodio) = &cuadro.episodio {
        let fin = match estado {
            Some(EstadoServicio::Cancelado | EstadoServicio::Vencido) => Some(Fin::Baja),
            Some(EstadoServicio::Activo) => Some(Fin::Manual),
            _ => None,
        };
        if let Some(fin) = fin {
            reconnect(tx, cx, &e, cuadro, (episodio, fin)).await?;
            let e = expediente::load(tx, reglas, cliente, reglas.hoy).await?;
            return refresh_morosos(tx, cx, &e).await;
        }
    }
    let deseado = match estado {
        Some(EstadoServicio::Activo) => EstadoRed::Activo,
        _ => EstadoRed::of(cuadro.situacion.estado, cuadro.regla.0.bloqueo),
    };
    desire(tx, cx, (id.uuid(), cliente), deseado).await
}
