//! Bringing a suspended service back (S6): when what is required is paid, promised or forgiven.

use ramal_base::Cx;
use ramal_contratos::comandos::OrdenServicio;
use ramal_contratos::{EstadoServicio, ServicioId, actions as contratos};
use ramal_db::{Consulta, Tx};

use super::cargos::{charge_on_return, forgive_episode};
use super::{Orden, desire, tell};
use crate::Error;
use crate::episodio::{EstadoCargo, Fin};
use crate::events::ReconexionPedida;
use crate::expediente::{Cuadro, Expediente};
use crate::nucleo::EstadoCobranza;
use crate::nucleo::politica::{ModoReconexion, MomentoCargo};
use crate::puertos::Asunto;
use crate::red::EstadoRed;
use crate::storage::deuda;
use crate::storage::episodios::{self, EpisodioFila};

/// Why a suspended service comes back on the day of the file; none if it stays as it is.
pub(crate) async fn way_back(
    c: &impl Consulta,
    e: &Expediente,
    cuadro: &Cuadro,
    episodio: &EpisodioFila,
) -> Result<Option<Fin>, Error> {
    if cuadro.servicio.estado == EstadoServicio::Activo.texto() {
        return Ok(Some(Fin::Manual)); // a person lifted it in the contract
    }
    match cuadro.situacion.estado {
        EstadoCobranza::Baja => return Ok(Some(Fin::Baja)),
        EstadoCobranza::Exento => return Ok(Some(Fin::Exencion)),
        EstadoCobranza::Promesa => return Ok(Some(Fin::Promesa)),
        _ => {}
    }
    if !is_paid(e, cuadro) {
        return Ok(None);
    }
    // The fee that the policy asks before the return is on an invoice of its own.
    let antes = cuadro.regla.0.cargo_reconexion.is_some_and(|x| x.cuando == MomentoCargo::Antes);
    if let (true, Some(factura)) = (antes, episodio.cargo_factura_id) {
        let perdonado = episodio.cargo == EstadoCargo::Perdonado.as_str();
        if !perdonado && deuda::abierto_al(c, factura, e.as_of).await? > 0 {
            return Ok(None);
        }
    }
    Ok(Some(Fin::Pago))
}

/// Whether what the policy requires is paid (S6).
fn is_paid(e: &Expediente, cuadro: &Cuadro) -> bool {
    let del_servicio = cuadro.deuda.partidas.iter().any(|p| p.vencimiento < e.as_of);
    match cuadro.regla.0.reconexion {
        ModoReconexion::VencidoServicio => !del_servicio,
        ModoReconexion::VencidoTodo => e.vencidos().next().is_none(),
        ModoReconexion::VencidoTodoMasCargos => {
            e.vencidos().next().is_none() && !e.abiertos.iter().any(|a| a.is_cargo)
        }
    }
}

/// Ends an episode and asks the service back, at once: nothing waits for the night.
///
/// A promise brings back without fee (M3). Errors: `Contrato`, `Facturacion`, `Storage`. Emits
/// `ReconexionPedida`.
pub(crate) async fn reconnect(
    tx: &Tx,
    cx: &Cx,
    e: &Expediente,
    cuadro: &Cuadro,
    (episodio, fin): (&EpisodioFila, Fin),
) -> Result<(), Error> {
    let hoy = ramal_contratos::actions::hoy(tx, cx).await?;
    if !episodios::close(tx, cx, episodio.id, (hoy, fin.as_str())).await? {
        return Ok(());
    }
    match fin {
        Fin::Pago => charge_on_return(tx, cx, cuadro, episodio).await?,
        Fin::Promesa if episodio.cargo == EstadoCargo::Cobrado.as_str() => {
            forgive_episode(tx, cx, episodio, "Promesa de pago").await?;
        }
        _ => {}
    }
    let id = (episodio.servicio_id, episodio.cliente_id);
    if matches!(fin, Fin::Baja) {
        return desire(tx, cx, id, EstadoRed::Retirado).await;
    }
    let orden = OrdenServicio { fecha: Some(hoy), motivo: Some(words(fin).to_owned()) };
    if !matches!(fin, Fin::Manual) {
        contratos::lift_cut(tx, cx, ServicioId::from_uuid(id.0), orden).await?;
    }
    let deseado = match cuadro.deuda.pausado {
        true => EstadoRed::Bloqueado,
        false => EstadoRed::Activo,
    };
    desire(tx, cx, id, deseado).await?;
    let evento =
        ReconexionPedida { servicio_id: id.0, cliente_id: id.1, episodio_id: Some(episodio.id) };
    tx.emit(cx, &evento).await?;
    let orden = Orden { asunto: Asunto::ServicioRenovado, objeto: episodio.id };
    tell(tx, cx, &orden.to(e, Some(id.0))).await
}

fn words(fin: Fin) -> &'static str {
    match fin {
        Fin::Pago => "Reconexión por pago",
        Fin::Promesa => "Reconexión por promesa de pago",
        Fin::Exencion => "Reconexión por exención",
        Fin::Manual => "Reconexión a mano",
        Fin::Baja => "Baja del servicio",
    }
}
