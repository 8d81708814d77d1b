//! The end of a service that stayed suspended for too long (S8): cancelled in its contract, its
//! final invoice made by the next run, its equipment to be brought back.

use ramal_base::Cx;
use ramal_contratos::comandos::OrdenServicio;
use ramal_contratos::{ServicioId, actions as contratos};
use ramal_db::Tx;

use super::desire;
use crate::Error;
use crate::episodio::Fin;
use crate::events::BajaPorDeuda;
use crate::expediente::{Cuadro, Expediente};
use crate::red::EstadoRed;
use crate::storage::episodios;

/// Ends the services of a customer whose suspension lasted as long as the policy lets, on the day
/// of the file. The file must be of today. Gives how many. Emits `BajaPorDeuda`.
///
/// The facts of the contract make the run post the difference: the final invoice charges what was
/// served and credits what was not, and with it what remains of the instalments falls due.
pub(crate) async fn end_for_debt(tx: &Tx, cx: &Cx, e: &Expediente) -> Result<usize, Error> {
    let mut bajas = 0;
    for cuadro in &e.servicios {
        let toca = cuadro.situacion.baja.is_some_and(|dia| dia <= e.as_of);
        let suspendido = matches!(
            cuadro.situacion.estado,
            crate::nucleo::EstadoCobranza::Suspendido | crate::nucleo::EstadoCobranza::Cortado
        );
        if toca && suspendido && cuadro.episodio.is_some() {
            end_one(tx, cx, cuadro).await?;
            bajas += 1;
        }
    }
    Ok(bajas)
}

async fn end_one(tx: &Tx, cx: &Cx, cuadro: &Cuadro) -> Result<(), Error> {
    let Some(episodio) = &cuadro.episodio else { return Ok(()) };
    let (servicio, cliente) = (cuadro.servicio.id, cuadro.servicio.cliente_id);
    let hoy = ramal_contratos::actions::hoy(tx, cx).await?;
    let orden = OrdenServicio { fecha: Some(hoy), motivo: Some("Baja por deuda".to_owned()) };
    contratos::cancel(tx, cx, ServicioId::from_uuid(servicio), orden).await?;
    episodios::close(tx, cx, episodio.id, (hoy, Fin::Baja.as_str())).await?;
    desire(tx, cx, (servicio, cliente), EstadoRed::Retirado).await?;
    let evento =
        BajaPorDeuda { servicio_id: servicio, cliente_id: cliente, episodio_id: Some(episodio.id) };
    Ok(tx.emit(cx, &evento).await?)
}
