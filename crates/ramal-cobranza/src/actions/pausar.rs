//! Voluntary pauses (S9): asked for, taken back. The return is a fact of the contract recorded with
//! the pause, so that it happens by itself.

use ramal_base::{Cx, Fecha};
use ramal_contratos::{EstadoServicio, ServicioId, actions as contratos};
use ramal_db::Tx;
use ramal_plataforma::{Registro, audit};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::lock_cliente;
use crate::Error;
use crate::expediente::{self, Cuadro};
use crate::nucleo::pausa::{self, Lapso};
use crate::reglas::Reglas;
use crate::storage::pausas::{self, PausaFila};

/// Body of `POST /servicios/{id}/pausa`.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DatosPausa {
    /// Primer día en pausa; si falta, el primero en que puede surtir efecto.
    #[schema(value_type = Option<String>, format = Date)]
    pub desde: Option<Fecha>,
    /// Primer día de vuelta.
    #[schema(value_type = String, format = Date, example = "2027-01-15")]
    pub hasta: Fecha,
    /// Si el cliente sabe que volver tiene un cargo; sin eso no se le cobra.
    #[serde(default)]
    pub cargo_informado: bool,
    /// Notas internas.
    #[schema(max_length = 500)]
    pub notas: Option<String>,
}

/// Pauses a service of a customer who asks for it, with its return.
///
/// Errors: `NotFound`, `Pausa` with the reason of the norm or the policy, `Estado` if it is not in
/// service, `Contrato`, `Storage`.
pub async fn request_pausa(
    tx: &Tx,
    cx: &Cx,
    reglas: &Reglas,
    id: ServicioId,
    datos: DatosPausa,
) -> Result<PausaFila, Error> {
    let servicio = ramal_contratos::storage::by_id(tx, id).await?;
    let cliente = servicio.ok_or(Error::NotFound("servicio"))?.cliente_id.uuid();
    lock_cliente(tx, cliente).await?;
    let e = expediente::load(tx, reglas, cliente, reglas.hoy).await?;
    let cuadro = e.cuadro(id.uuid()).ok_or(Error::NotFound("servicio"))?;
    if EstadoServicio::parse(&cuadro.servicio.estado) != Some(EstadoServicio::Activo) {
        let detalle = "Solo se pausa un servicio activo. Revise su estado.";
        return Err(Error::Estado("servicio_no_activo", detalle));
    }
    let lapso = checked(tx, reglas, cuadro, &datos).await?;
    contratos::pause_between(tx, cx, id, (lapso.desde, lapso.hasta)).await?;
    let fila = row(cx, (cuadro, lapso), reglas.hoy, &datos);
    pausas::insert(tx, &fila).await?;
    let registro = Registro::new("servicio.pausar", "servicio", id);
    let foto = json!({ "desde": lapso.desde, "hasta": lapso.hasta, "cargo": fila.cargo_monto });
    audit(tx, cx, registro.despues(foto)).await?;
    Ok(fila)
}

/// The days of the pause, if the norm and the policy allow them.
async fn checked(
    tx: &Tx,
    reglas: &Reglas,
    cuadro: &Cuadro,
    datos: &DatosPausa,
) -> Result<Lapso, Error> {
    let (politica, calendario) = (&cuadro.regla.0.pausa, &cuadro.regla.1);
    let primero = pausa::efectiva(reglas.hoy, politica, calendario);
    let lapso = Lapso { desde: datos.desde.unwrap_or(primero), hasta: datos.hasta };
    let anteriores = pausas::of_servicio(tx, cuadro.servicio.id).await?;
    let anteriores: Vec<Lapso> = anteriores.iter().map(PausaFila::lapso).collect();
    let dias = (reglas.hoy, cuadro.servicio.inicio);
    pausa::check(lapso, dias, &anteriores, politica, calendario).map_err(Error::Pausa)?;
    Ok(lapso)
}

fn row(cx: &Cx, (cuadro, lapso): (&Cuadro, Lapso), hoy: Fecha, datos: &DatosPausa) -> PausaFila {
    let cargo = cuadro.regla.0.pausa.cargo_retorno;
    let cargo = if datos.cargo_informado { cargo } else { 0 };
    PausaFila {
        id: cx.new_id::<PausaFila>().uuid(),
        servicio_id: cuadro.servicio.id,
        cliente_id: cuadro.servicio.cliente_id,
        pedida: hoy,
        desde: lapso.desde,
        hasta: lapso.hasta,
        estado: "programada".to_owned(),
        cargo_monto: cargo,
        cargo_moneda: cuadro.servicio.moneda.clone(),
        cargo_estado: if cargo > 0 { "pendiente" } else { "ninguno" }.to_owned(),
        actor: cx.actor().to_owned(),
        notas: datos.notas.clone().filter(|n| !n.trim().is_empty()),
        creada: cx.now(),
    }
}

/// Ends the pause of a service today at the customer's request, or takes back one that did not
/// begin. Its return fee follows only if it began.
///
/// Errors: `NotFound`, `Estado` if it has none, `Contrato`, `Storage`.
pub async fn end_pausa(tx: &Tx, cx: &Cx, reglas: &Reglas, id: ServicioId) -> Result<(), Error> {
    let servicio = ramal_contratos::storage::by_id(tx, id).await?;
    let cliente = servicio.ok_or(Error::NotFound("servicio"))?.cliente_id.uuid();
    lock_cliente(tx, cliente).await?;
    let sin = || Error::Estado("sin_pausa", "El servicio no tiene una pausa vigente.");
    let viva = pausas::live_of(tx, &[id.uuid()]).await?.into_iter().next().ok_or_else(sin)?;
    let empezo = viva.desde <= reglas.hoy;
    contratos::end_pause(tx, cx, id).await?;
    if empezo {
        super::volver::finish_on(tx, cx, &viva, reglas.hoy).await?;
    } else {
        pausas::finish(tx, viva.id, ("anulada", viva.hasta), "ninguno").await?;
    }
    audit(tx, cx, Registro::new("servicio.reanudar", "servicio", id)).await?;
    Ok(())
}
