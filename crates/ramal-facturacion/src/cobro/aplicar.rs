//! Money comes in and settles lines. Taking it back is in `deshacer`.

use std::collections::{BTreeMap, BTreeSet};

use ramal_base::{Cx, Fecha, Problema};
use ramal_clientes::ClienteId;
use ramal_cuenta::{Abono, AltaAbono, NuevaImputacion, OrigenAbono};
use ramal_db::{DbError, Tx};
use uuid::Uuid;

use super::{Abierta, Destino, Imputada, NuevoAbono, abiertas, abiertas_de, allocate, estado, rep};
use crate::Error;
use crate::events::PagoAplicado;
use crate::storage::cambios;

/// Marker of ids of acts: what was applied at once.
struct ActoMarca;

/// Puts money in a customer's account and settles invoices with it; what is left stays in favour.
///
/// Errors: `NotFound` without such customer; `Refused` if an explicit choice names an invoice of
/// somebody else or of another currency; `Storage` with `Unique` if the abono is there already.
/// Emits `PagoAplicado` per invoice and `FacturaPagada`.
pub async fn record_abono(
    tx: &Tx,
    cx: &Cx,
    nuevo: NuevoAbono,
    destino: Destino,
) -> Result<Vec<Imputada>, Error> {
    lock(tx, nuevo.cliente_id).await?;
    if nuevo.monto <= 0 {
        let motivo = "El importe debe ser mayor que cero.";
        return Err(Error::campo("monto", "importe_invalido", motivo));
    }
    let id = nuevo.id;
    let alta = AltaAbono {
        id,
        cliente_id: nuevo.cliente_id,
        moneda: nuevo.moneda,
        monto: nuevo.monto,
        origen: OrigenAbono::Pago,
        contrapartida: nuevo.contrapartida,
        fecha_valor: nuevo.fecha_valor,
        fecha: crate::actions::today(tx, cx).await?,
        forma_pago: Some(nuevo.forma_pago),
        operacion: nuevo.operacion,
    };
    ramal_cuenta::open_abono(tx, cx, &alta).await?;
    apply(tx, cx, id, &destino).await
}

/// Settles invoices with what is left of an abono.
///
/// Errors: as [`record_abono`]; `NotFound` without such abono.
pub async fn apply_abono(
    tx: &Tx,
    cx: &Cx,
    abono: Uuid,
    destino: Destino,
) -> Result<Vec<Imputada>, Error> {
    let suyo = ramal_cuenta::abono(tx, abono).await?.ok_or(Error::NotFound("abono"))?;
    lock(tx, suyo.cliente_id).await?;
    apply(tx, cx, abono, &destino).await
}

/// The customer's row, held until the end of the transaction.
pub(super) async fn lock(tx: &Tx, cliente: Uuid) -> Result<(), Error> {
    let id = ClienteId::from_uuid(cliente);
    let suyo = ramal_clientes::storage::lock(tx, id).await?;
    suyo.map(|_| ()).ok_or(Error::NotFound("cliente"))
}

async fn apply(tx: &Tx, cx: &Cx, abono: Uuid, destino: &Destino) -> Result<Vec<Imputada>, Error> {
    // Read again under the lock: somebody may have spent it meanwhile.
    let suyo = ramal_cuenta::abono(tx, abono).await?.ok_or(Error::NotFound("abono"))?;
    if *destino == Destino::ACuenta || suyo.resto() <= 0 {
        return Ok(Vec::new());
    }
    let suyas = abiertas(tx, suyo.cliente_id, Some(suyo.moneda()?)).await?;
    check_owned(tx, &suyo, destino).await?;
    let imputadas = allocate(&suyas, suyo.resto(), destino, |_| true).unwrap_or_default();
    let hoy = crate::actions::today(tx, cx).await?;
    write(tx, cx, (&suyo, &suyas), (&imputadas, hoy)).await?;
    Ok(imputadas)
}

/// Every invoice named by an explicit choice is of the customer and of the currency.
async fn check_owned(tx: &Tx, suyo: &Abono, destino: &Destino) -> Result<(), Error> {
    let Destino::Explicito(partidas) = destino else { return Ok(()) };
    let nombradas: BTreeSet<Uuid> = partidas.iter().map(|p| p.factura_id).collect();
    for id in nombradas {
        let fila = cambios::by_id(tx, id).await?.ok_or(Error::NotFound("factura"))?;
        if fila.cliente_id != suyo.cliente_id || fila.moneda != suyo.moneda {
            let detalle = "La factura es de otro cliente o de otra moneda.";
            let problema = Problema::new(422, "factura_ajena", "No se puede aplicar", detalle);
            return Err(Error::Refused(problema));
        }
    }
    Ok(())
}

/// Settles one invoice with what is left of an abono; the caller holds the customer's lock.
pub(crate) async fn apply_to(
    tx: &Tx,
    cx: &Cx,
    abono: Uuid,
    factura: Uuid,
) -> Result<Vec<Imputada>, Error> {
    let partida = super::Partida { factura_id: factura, linea: None, monto: i64::MAX };
    apply(tx, cx, abono, &Destino::Explicito(vec![partida])).await
}

/// Settles open invoices of these customers with the money that they have in favour, oldest first
/// (Y3). One statement tells who has any; nobody does, and that is all.
pub(crate) async fn apply_favor(
    tx: &Tx,
    cx: &Cx,
    clientes: &[Uuid],
    hoy: Fecha,
) -> Result<(), Error> {
    let mut con_resto = Vec::new();
    for parte in clientes.chunks(400) {
        con_resto.extend(ramal_cuenta::con_resto(tx, parte).await?);
    }
    if con_resto.is_empty() {
        return Ok(());
    }
    let duenos: BTreeSet<Uuid> = con_resto.iter().map(|a| a.cliente_id).collect();
    let duenos: Vec<Uuid> = duenos.into_iter().collect();
    let mut suyas = abiertas_de(tx, &duenos).await?;
    for abono in con_resto {
        let Some(de_cliente) = suyas.get_mut(&abono.cliente_id) else { continue };
        let moneda = abono.moneda()?;
        let de_moneda: Vec<Abierta> =
            de_cliente.iter().filter(|a| a.moneda == moneda).cloned().collect();
        let hecho = allocate(&de_moneda, abono.resto(), &Destino::Automatico, |_| true);
        let imputadas = hecho.unwrap_or_default();
        write(tx, cx, (&abono, &de_moneda), (&imputadas, hoy)).await?;
        for imputada in &imputadas {
            subtract(de_cliente, imputada);
        }
    }
    Ok(())
}

fn subtract(abiertas: &mut [Abierta], imputada: &Imputada) {
    let factura = abiertas.iter_mut().find(|a| a.factura_id.uuid() == imputada.factura_id);
    let Some(factura) = factura else { return };
    factura.abierto -= imputada.monto;
    if let Some(linea) = factura.lineas.iter_mut().find(|l| l.linea == imputada.linea) {
        linea.abierto -= imputada.monto;
    }
}

/// Writes a split: allocations, lines, states, REPs, events.
async fn write(
    tx: &Tx,
    cx: &Cx,
    (abono, abiertas): (&Abono, &[Abierta]),
    (imputadas, hoy): (&[Imputada], Fecha),
) -> Result<(), Error> {
    if imputadas.is_empty() {
        return Ok(());
    }
    let acto = cx.new_id::<ActoMarca>().uuid();
    let nueva = |i: &Imputada| NuevaImputacion {
        abono_id: abono.id,
        factura_id: i.factura_id,
        linea: i.linea,
        monto: i.monto,
        acto,
        fecha_valor: abono.fecha_valor,
        revierte: None,
    };
    let nuevas: Vec<NuevaImputacion> = imputadas.iter().map(nueva).collect();
    ramal_cuenta::impute(tx, cx, hoy, &nuevas).await?;
    estado::move_lines(tx, imputadas).await?;
    let mut sumas: BTreeMap<Uuid, i64> = BTreeMap::new();
    for i in imputadas {
        *sumas.entry(i.factura_id).or_default() += i.monto;
    }
    for abierta in abiertas {
        let Some(monto) = sumas.get(&abierta.factura_id.uuid()) else { continue };
        if abierta.is_ppd() {
            rep::ask(tx, cx, (abono, acto), (abierta, *monto)).await?;
        }
        tx.emit(cx, &applied(abono, abierta, *monto)?).await?;
        estado::settle(tx, cx, abierta.factura_id.uuid(), Some(abono.fecha_valor)).await?;
        if abono.fecha_valor <= abierta.vencimiento && hoy > abierta.vencimiento {
            crate::recargo::review(tx, cx, abierta.factura_id.uuid()).await?;
        }
    }
    Ok(())
}

fn applied(abono: &Abono, abierta: &Abierta, monto: i64) -> Result<PagoAplicado, DbError> {
    Ok(PagoAplicado {
        abono_id: abono.id,
        factura_id: abierta.factura_id,
        cliente_id: abono.cliente_id,
        importe: ramal_base::dinero::format_centavos(monto),
        moneda: abono.moneda()?.codigo(),
    })
}
