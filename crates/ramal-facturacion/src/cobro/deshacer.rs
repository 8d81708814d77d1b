//! Taking applications and money back: opposite rows, invoices open again. Deletes nothing.

use std::collections::{BTreeMap, BTreeSet};

use ramal_base::Cx;
use ramal_cuenta::{Cuenta, Imputacion, NuevaImputacion};
use ramal_db::Tx;
use ramal_plataforma::{Registro, audit};
use serde_json::json;
use uuid::Uuid;

use super::aplicar::lock;
use super::{Imputada, estado, rep};
use crate::Error;

/// Undoes every application of an abono: its money is in favour again and its invoices are open
/// with their own due day. Nothing if it settles nothing.
///
/// Emits `FacturaReabierta` per invoice that was settled. A stamped REP is cancelled by job.
/// Errors: `NotFound`, `Storage`.
pub async fn unapply_abono(tx: &Tx, cx: &Cx, abono: Uuid, motivo: &str) -> Result<(), Error> {
    let suyo = ramal_cuenta::abono(tx, abono).await?.ok_or(Error::NotFound("abono"))?;
    lock(tx, suyo.cliente_id).await?;
    let vivas = live(ramal_cuenta::imputaciones_de_abono(tx, abono).await?);
    if vivas.is_empty() {
        return Ok(());
    }
    let facturas: BTreeSet<Uuid> = vivas.iter().map(|(i, _)| i.factura_id).collect();
    undo(tx, cx, &vivas).await?;
    for factura in facturas {
        estado::settle(tx, cx, factura, None).await?;
    }
    let registro = Registro::new("abono.desaplicar", "abono", abono);
    audit(tx, cx, registro.despues(json!({ "motivo": motivo }))).await?;
    Ok(())
}

/// Takes an abono back whole: its applications are undone and its money leaves the account
/// (bounced, charged back, a mistake). Nothing if it was taken back already.
///
/// Errors: `NotFound`, `Storage`.
pub async fn revoke_abono(tx: &Tx, cx: &Cx, abono: Uuid, motivo: &str) -> Result<(), Error> {
    unapply_abono(tx, cx, abono, motivo).await?;
    let suyo = ramal_cuenta::abono(tx, abono).await?.ok_or(Error::NotFound("abono"))?;
    if !suyo.is_vigente() {
        return Ok(());
    }
    let hoy = crate::actions::today(tx, cx).await?;
    ramal_cuenta::revert_abono(tx, cx, abono, (hoy, motivo)).await?;
    let registro = Registro::new("abono.revertir", "abono", abono);
    audit(tx, cx, registro.despues(json!({ "motivo": motivo }))).await?;
    Ok(())
}

/// Gives back part of what an abono has left, through `contrapartida`.
///
/// Errors: `NotFound`; `Refused` with 409 if it has less than that; `Storage`.
pub async fn withdraw_abono(
    tx: &Tx,
    cx: &Cx,
    abono: Uuid,
    monto: i64,
    contrapartida: Cuenta,
) -> Result<(), Error> {
    let suyo = ramal_cuenta::abono(tx, abono).await?.ok_or(Error::NotFound("abono"))?;
    lock(tx, suyo.cliente_id).await?;
    let hoy = crate::actions::today(tx, cx).await?;
    ramal_cuenta::withdraw(tx, cx, (abono, monto), (contrapartida, hoy)).await?;
    let registro = Registro::new("abono.retirar", "abono", abono);
    let importe = ramal_base::dinero::format_centavos(monto);
    let datos = json!({ "importe": importe, "cuenta": contrapartida.as_str() });
    audit(tx, cx, registro.despues(datos)).await?;
    Ok(())
}

/// Frees `monto` of what settles a line, newest money first, and names the abonos that got money
/// back. The caller holds the customer's lock and settles the invoice afterwards.
pub(crate) async fn free_linea(
    tx: &Tx,
    cx: &Cx,
    (factura, linea): (Uuid, i32),
    monto: i64,
) -> Result<Vec<Uuid>, Error> {
    let vivas = live(ramal_cuenta::imputaciones_de_factura(tx, factura).await?);
    let mut queda = monto;
    let mut libres = Vec::new();
    for (fila, vivo) in vivas.into_iter().rev().filter(|(i, _)| i.linea == linea) {
        let toma = vivo.min(queda);
        if toma > 0 {
            queda -= toma;
            libres.push((fila, toma));
        }
    }
    undo(tx, cx, &libres).await?;
    Ok(distinct(&libres))
}

/// Frees everything that settles an invoice and names the abonos that got money back.
pub(crate) async fn free_factura(tx: &Tx, cx: &Cx, factura: Uuid) -> Result<Vec<Uuid>, Error> {
    let vivas = live(ramal_cuenta::imputaciones_de_factura(tx, factura).await?);
    undo(tx, cx, &vivas).await?;
    Ok(distinct(&vivas))
}

fn distinct(vivas: &[(Imputacion, i64)]) -> Vec<Uuid> {
    let ids: BTreeSet<Uuid> = vivas.iter().map(|(i, _)| i.abono_id).collect();
    ids.into_iter().collect()
}

/// Rows that settle something, with what is left of each after its undos.
fn live(filas: Vec<Imputacion>) -> Vec<(Imputacion, i64)> {
    let mut deshecho: BTreeMap<Uuid, i64> = BTreeMap::new();
    for fila in &filas {
        if let Some(original) = fila.revierte {
            *deshecho.entry(original).or_default() += fila.monto;
        }
    }
    let vivo = |fila: Imputacion| {
        let queda = fila.monto + deshecho.get(&fila.id).copied().unwrap_or(0);
        (fila.monto > 0 && queda > 0).then_some((fila, queda))
    };
    filas.into_iter().filter_map(vivo).collect()
}

/// Writes the opposite rows and moves the lines; the states are the caller's.
async fn undo(tx: &Tx, cx: &Cx, vivas: &[(Imputacion, i64)]) -> Result<(), Error> {
    if vivas.is_empty() {
        return Ok(());
    }
    let opuesta = |(i, monto): &(Imputacion, i64)| NuevaImputacion {
        abono_id: i.abono_id,
        factura_id: i.factura_id,
        linea: i.linea,
        monto: -monto,
        acto: i.acto,
        fecha_valor: i.fecha_valor,
        revierte: Some(i.id),
    };
    let opuestas: Vec<NuevaImputacion> = vivas.iter().map(opuesta).collect();
    let hoy = crate::actions::today(tx, cx).await?;
    ramal_cuenta::impute(tx, cx, hoy, &opuestas).await?;
    let menos = |(i, monto): &(Imputacion, i64)| Imputada {
        factura_id: i.factura_id,
        linea: i.linea,
        monto: -monto,
    };
    let menos: Vec<Imputada> = vivas.iter().map(menos).collect();
    estado::move_lines(tx, &menos).await?;
    let actos: BTreeSet<(Uuid, Uuid)> = vivas.iter().map(|(i, _)| (i.acto, i.factura_id)).collect();
    for (acto, factura) in actos {
        rep::shrink(tx, cx, (acto, factura)).await?;
    }
    Ok(())
}
