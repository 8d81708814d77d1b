//! Looking at a customer whose money, promises or papers moved: promises are judged, fees that were
//! never due are forgiven, what is paid comes back. It cuts nobody.

use std::collections::BTreeMap;

use ramal_base::{Cx, Fecha, Moneda};
use ramal_db::Tx;
use uuid::Uuid;

use super::cargos::forgive_paid_in_time;
use super::lock_cliente;
use super::promesas::judge;
use super::reconectar::{reconnect, way_back};
use crate::Error;
use crate::aviso::reopening_step;
use crate::expediente::{self, Expediente};
use crate::nucleo::EstadoCobranza;
use crate::nucleo::politica::ClaseAviso;
use crate::nucleo::recargos::sobra;
use crate::reglas::Reglas;
use crate::storage::avisos::{self, NuevoPaso};
use crate::storage::morosos::{self, MorosoFila};
use crate::storage::recargos::RecargoFila;
use crate::storage::{deuda, recargos};

/// Looks at a customer as of a day, with his row locked. Repeating it changes nothing.
///
/// Errors: `NotFound`, `Contrato`, `Facturacion`, `Storage`. Emits what changed.
pub async fn review_cliente(
    tx: &Tx,
    cx: &Cx,
    reglas: &Reglas,
    (cliente, as_of): (Uuid, Fecha),
) -> Result<Expediente, Error> {
    lock_cliente(tx, cliente).await?;
    let mut e = expediente::load(tx, reglas, cliente, as_of).await?;
    if judge(tx, cx, &e).await? {
        e = expediente::load(tx, reglas, cliente, as_of).await?;
    }
    forgive(tx, cx, &e).await?;
    let mut cambio = false;
    for cuadro in &e.servicios {
        let Some(episodio) = &cuadro.episodio else { continue };
        if let Some(fin) = way_back(tx, &e, cuadro, episodio).await? {
            reconnect(tx, cx, &e, cuadro, (episodio, fin)).await?;
            cambio = true;
        }
    }
    if cambio {
        e = expediente::load(tx, reglas, cliente, as_of).await?;
    }
    refresh_morosos(tx, cx, &e).await?;
    Ok(e)
}

/// How long after it came due a late fee is looked at again, in days.
const MEMORIA: i64 = 120;

/// Late fees whose invoice was paid in time by value date are given back (L3).
async fn forgive(tx: &Tx, cx: &Cx, e: &Expediente) -> Result<(), Error> {
    let debe =
        |r: &RecargoFila| e.abiertos.iter().any(|a| a.factura_id == r.factura_id && !a.is_cargo);
    let reciente = |r: &RecargoFila| r.fecha.dias_hasta(e.as_of) <= MEMORIA;
    let vivos = e.recargos.iter().filter(|r| r.estado != "perdonado" && reciente(r));
    // What still owes today owed on its due day too.
    for r in vivos.filter(|r| !debe(r)) {
        let Some(vence) = deuda::vencimiento(tx, r.factura_id).await? else { continue };
        if sobra(deuda::abierto_al(tx, r.factura_id, vence).await?) {
            forgive_paid_in_time(tx, cx, r).await?;
        }
    }
    Ok(())
}

/// Puts what a customer owes as of the file in the list of those who owe.
pub async fn refresh_morosos(tx: &Tx, cx: &Cx, e: &Expediente) -> Result<(), Error> {
    Ok(morosos::replace(tx, &[e.cliente_id], &moroso_rows(cx, e)).await?)
}

/// The rows of a customer in the list of those who owe: one per currency.
pub(crate) fn moroso_rows(cx: &Cx, e: &Expediente) -> Vec<MorosoFila> {
    let mut por_moneda: BTreeMap<Moneda, MorosoFila> = BTreeMap::new();
    let mut vistas: Vec<Uuid> = Vec::new();
    let estado = worst(e);
    let corte = e.servicios.iter().filter_map(|c| c.situacion.corte).min();
    for a in e.vencidos() {
        let fila = por_moneda.entry(a.moneda).or_insert_with(|| MorosoFila {
            cliente_id: e.cliente_id,
            moneda: a.moneda.codigo().to_owned(),
            vencido: 0,
            desde: a.vencimiento,
            facturas: 0,
            estado: estado.as_str().to_owned(),
            corte,
            actualizado: cx.now(),
        });
        fila.vencido = fila.vencido.saturating_add(a.abierto);
        fila.desde = fila.desde.min(a.vencimiento);
        if !vistas.contains(&a.factura_id) {
            vistas.push(a.factura_id);
            fila.facturas += 1;
        }
    }
    por_moneda.into_values().collect()
}

/// The state that says most of a customer who owes: what is suspended first, then what comes next.
fn worst(e: &Expediente) -> EstadoCobranza {
    use EstadoCobranza as E;
    let orden = [
        E::Cortado,
        E::Suspendido,
        E::EnGracia,
        E::Vencido,
        E::Promesa,
        E::Exento,
        E::PausaCliente,
        E::PorVencer,
        E::Baja,
    ];
    let tiene = |estado: &E| e.servicios.iter().any(|c| c.situacion.estado == *estado);
    orden.into_iter().find(tiene).unwrap_or(E::Vencido)
}

/// A bounced payment opened an invoice again: one notice and two more allowed days, no cut at once
/// (Y8). Money that was never there is not forgiven any fee.
pub async fn reopen_factura(
    tx: &Tx,
    cx: &Cx,
    reglas: &Reglas,
    (factura, cliente): (Uuid, Uuid),
) -> Result<(), Error> {
    lock_cliente(tx, cliente).await?;
    let e = expediente::load(tx, reglas, cliente, reglas.hoy).await?;
    if e.abiertos.iter().any(|a| a.factura_id == factura && a.vencimiento < reglas.hoy) {
        recargos::reopen(tx, (factura, cliente), reglas.hoy).await?;
        let paso = NuevoPaso {
            cliente_id: cliente,
            factura_id: factura,
            etapa: reopening_step(reglas.hoy),
            clase: ClaseAviso::Corte.as_str(),
            fecha: reglas.hoy,
        };
        avisos::insert(tx, cx, &[paso]).await?;
    }
    let e = expediente::load(tx, reglas, cliente, reglas.hoy).await?;
    refresh_morosos(tx, cx, &e).await
}
