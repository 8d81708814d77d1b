//! Fees: late ones (L1 to L3, M4) and the one of a reconnection (S7). What they cost on paper is
//! billing's; here each is triggered, held or forgiven once.

use ramal_base::Cx;
use ramal_db::Tx;
use ramal_facturacion::recargo::{ClaseRecargo, Momento, NuevoRecargo, add_recargo, waive_recargo};
use ramal_plataforma::{Registro, audit};
use serde_json::json;
use uuid::Uuid;

use super::check_motivo;
use crate::Error;
use crate::episodio::EstadoCargo;
use crate::expediente::{Cuadro, Expediente, Prometido};
use crate::nucleo::estado::EstadoPromesa;
use crate::nucleo::politica::{AlCumplir, MomentoCargo};
use crate::nucleo::recargos::{ETAPA, medida, toca};
use crate::storage::deuda::{Abierto, currency};
use crate::storage::episodios::{self, EpisodioFila};
use crate::storage::pausas::PausaFila;
use crate::storage::recargos::{self, RecargoFila};

/// Charges the late fees that came due on the day of the file, or holds those that a live promise
/// covers (M3). Gives how many are new.
pub(crate) async fn charge_late(tx: &Tx, cx: &Cx, e: &Expediente) -> Result<i64, Error> {
    let mut nuevos = 0;
    let mut vistas: Vec<Uuid> = Vec::new();
    for a in e.vencidos() {
        if vistas.contains(&a.factura_id) {
            continue;
        }
        vistas.push(a.factura_id);
        let Some(politica) = e.regla_de(a.factura_id).0.recargo else { continue };
        let hecho = e.recargos.iter().any(|r| r.factura_id == a.factura_id && r.etapa == ETAPA);
        if hecho || !toca(e.as_of, a.vencimiento, &politica) {
            continue;
        }
        let monto = medida(&politica).monto(base(e, a.factura_id));
        if monto > 0 {
            nuevos += i64::from(charge_one(tx, cx, e, a, monto).await?);
        }
    }
    Ok(nuevos)
}

/// Open amount of an invoice without its fees (L1).
fn base(e: &Expediente, factura: Uuid) -> i64 {
    let suyas = e.abiertos.iter().filter(|a| a.factura_id == factura && !a.is_cargo);
    suyas.map(|a| a.abierto).sum()
}

async fn charge_one(
    tx: &Tx,
    cx: &Cx,
    e: &Expediente,
    a: &Abierto,
    monto: i64,
) -> Result<bool, Error> {
    let cubre = |p: &Prometido| {
        let viva = p.estado() == EstadoPromesa::Vigente && e.as_of <= p.promesa.fecha;
        viva && p.partidas.iter().any(|x| x.factura_id == a.factura_id)
    };
    let promesa = e.promesas.iter().find(|p| cubre(p)).map(|p| p.promesa.id);
    let mut fila = RecargoFila {
        factura_id: a.factura_id,
        etapa: ETAPA.to_owned(),
        cliente_id: a.cliente_id,
        monto,
        moneda: a.moneda.codigo().to_owned(),
        estado: if promesa.is_some() { "retenido" } else { "cobrado" }.to_owned(),
        fecha: e.as_of,
        promesa_id: promesa,
        recargo_id: None,
        motivo: None,
    };
    if promesa.is_none() {
        fila.recargo_id = Some(bill(tx, cx, &fila, &a.numero).await?);
    }
    Ok(recargos::insert(tx, cx, &fila).await?)
}

async fn bill(tx: &Tx, cx: &Cx, r: &RecargoFila, numero: &str) -> Result<Uuid, Error> {
    let descripcion = match numero {
        "" => "Recargo por mora".to_owned(),
        numero => format!("Recargo por mora de {numero}"),
    };
    let nuevo = NuevoRecargo {
        cliente_id: r.cliente_id,
        factura_id: Some(r.factura_id),
        servicio_id: None,
        clase: ClaseRecargo::Recargo,
        clave: NuevoRecargo::of_stage(r.factura_id, &r.etapa),
        monto: r.monto,
        moneda: currency(&r.moneda)?,
        descripcion,
        momento: Momento::ProximaFactura,
    };
    Ok(add_recargo(tx, cx, nuevo).await?.id)
}

/// What becomes of the fees that a promise held: charged if it was broken, forgiven or charged by
/// policy if it was kept (M4).
pub(crate) async fn settle_held(
    tx: &Tx,
    cx: &Cx,
    e: &Expediente,
    promesa: Uuid,
    estado: EstadoPromesa,
) -> Result<(), Error> {
    let suyos = e.recargos.iter().filter(|r| r.promesa_id == Some(promesa));
    for r in suyos.filter(|r| r.estado == "retenido") {
        let perdona = e.regla_de(r.factura_id).0.promesa.al_cumplir == AlCumplir::Perdonar;
        let cobra = match estado {
            EstadoPromesa::Cumplida => !perdona,
            _ => true,
        };
        let clave = (r.factura_id, r.etapa.as_str());
        let numero = e.abiertos.iter().find(|a| a.factura_id == r.factura_id);
        let numero = numero.map_or("", |a| a.numero.as_str());
        if cobra {
            let id = bill(tx, cx, r, numero).await?;
            let hecho = (Some(id), None);
            recargos::move_estado(tx, cx, clave, ("retenido", "cobrado"), hecho).await?;
        } else {
            let motivo = (None, Some("promesa_cumplida"));
            recargos::move_estado(tx, cx, clave, ("retenido", "perdonado"), motivo).await?;
        }
    }
    Ok(())
}

/// Forgives the late fees of invoices that by value date were paid in time (L3).
pub(crate) async fn forgive_paid_in_time(tx: &Tx, cx: &Cx, r: &RecargoFila) -> Result<(), Error> {
    const MOTIVO: &str = "Pagada dentro del plazo";
    if let Some(id) = r.recargo_id {
        waive_recargo(tx, cx, id, MOTIVO).await?;
    }
    let clave = (r.factura_id, r.etapa.as_str());
    let motivo = (None, Some("pagada_a_tiempo"));
    recargos::move_estado(tx, cx, clave, (&r.estado, "perdonado"), motivo).await?;
    Ok(())
}

/// Charges the fee of an episode that the policy asks before the return, once the network confirmed
/// the block (S7).
pub(crate) async fn charge_on_block(
    tx: &Tx,
    cx: &Cx,
    cuadro: &Cuadro,
    episodio: &EpisodioFila,
) -> Result<(), Error> {
    let antes = cuadro.regla.0.cargo_reconexion.filter(|c| c.cuando == MomentoCargo::Antes);
    let Some(cargo) = antes.filter(|c| c.monto > 0) else { return Ok(()) };
    charge_episode(tx, cx, (cuadro, episodio), (cargo.monto, Momento::Inmediato)).await
}

/// Charges the fee of an episode that ends, on the next invoice, if the network confirmed it (S7).
pub(crate) async fn charge_on_return(
    tx: &Tx,
    cx: &Cx,
    cuadro: &Cuadro,
    episodio: &EpisodioFila,
) -> Result<(), Error> {
    let Some(cargo) = cuadro.regla.0.cargo_reconexion else { return Ok(()) };
    if episodio.confirmado.is_none() || cargo.monto == 0 {
        return Ok(());
    }
    charge_episode(tx, cx, (cuadro, episodio), (cargo.monto, Momento::ProximaFactura)).await
}

async fn charge_episode(
    tx: &Tx,
    cx: &Cx,
    (cuadro, episodio): (&Cuadro, &EpisodioFila),
    (monto, momento): (i64, Momento),
) -> Result<(), Error> {
    if episodio.cargo != EstadoCargo::Ninguno.as_str() {
        return Ok(());
    }
    let factura_id = cuadro.deuda.partidas.first().map(|p| p.factura_id);
    let nuevo = NuevoRecargo {
        cliente_id: episodio.cliente_id,
        factura_id,
        servicio_id: Some(episodio.servicio_id),
        clase: ClaseRecargo::Reconexion,
        clave: NuevoRecargo::of_episode(episodio.id),
        monto,
        moneda: currency(&episodio.cargo_moneda)?,
        descripcion: format!("Cargo de reconexión de S-{}", cuadro.servicio.numero),
        momento,
    };
    let hecho = add_recargo(tx, cx, nuevo).await?;
    let paso = (EstadoCargo::Ninguno.as_str(), EstadoCargo::Cobrado.as_str());
    episodios::set_cargo(tx, episodio.id, paso, (monto, None)).await?;
    episodios::set_recargo(tx, episodio.id, (hecho.id, hecho.factura_id)).await?;
    Ok(())
}

/// Forgives the fee of an episode, charged or yet to be charged.
///
/// Errors: `NotFound`, `Datos` without a reason, `Estado` if it was forgiven before.
pub async fn waive_reconexion(tx: &Tx, cx: &Cx, episodio: Uuid, motivo: &str) -> Result<(), Error> {
    let motivo = check_motivo(motivo)?;
    let visto = episodios::lock(tx, episodio).await?.ok_or(Error::NotFound("episodio"))?;
    if visto.cargo == EstadoCargo::Perdonado.as_str() {
        return Err(Error::Estado("cargo_perdonado", "Ese cargo ya se perdonó."));
    }
    forgive_episode(tx, cx, &visto, &motivo).await?;
    let registro = Registro::new("reconexion.condonar", "episodio", episodio);
    audit(tx, cx, registro.despues(json!({ "motivo": motivo }))).await?;
    Ok(())
}

/// Forgives the fee of an episode under the lock of its row.
pub(crate) async fn forgive_episode(
    tx: &Tx,
    cx: &Cx,
    episodio: &EpisodioFila,
    motivo: &str,
) -> Result<(), Error> {
    if let Some(recargo) = episodio.cargo_recargo_id {
        waive_recargo(tx, cx, recargo, motivo).await?;
    }
    let paso = (episodio.cargo.as_str(), EstadoCargo::Perdonado.as_str());
    let hecho = (episodio.cargo_monto, Some(motivo));
    episodios::set_cargo(tx, episodio.id, paso, hecho).await?;
    Ok(())
}

/// Charges the fee of coming back from a pause that the customer was told of beforehand (S9).
pub(crate) async fn charge_pause(tx: &Tx, cx: &Cx, pausa: &PausaFila) -> Result<(), Error> {
    let nuevo = NuevoRecargo {
        cliente_id: pausa.cliente_id,
        factura_id: None,
        servicio_id: Some(pausa.servicio_id),
        clase: ClaseRecargo::Reconexion,
        clave: NuevoRecargo::of_pause(pausa.id),
        monto: pausa.cargo_monto,
        moneda: currency(&pausa.cargo_moneda)?,
        descripcion: "Cargo por volver de la pausa".to_owned(),
        momento: Momento::ProximaFactura,
    };
    add_recargo(tx, cx, nuevo).await?;
    Ok(())
}
