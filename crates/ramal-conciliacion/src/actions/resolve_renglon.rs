//! A line becomes payments, or is linked to what it already is. Once: the line is held from the
//! question to the answer.

use ramal_base::{Cx, Fecha};
use ramal_clientes::ClienteId;
use ramal_db::Tx;
use ramal_pagos::{NuevoPago, OrigenPago, PagoId, record_pago};
use ramal_plataforma::{Empresa, Registro, audit};
use serde_json::json;
use uuid::Uuid;

use super::partes::pending;
use super::resolucion::{Parte, Resolucion, check_parts, means};
use crate::events::RenglonResuelto;
use crate::storage::renglones::{self, Paso};
use crate::storage::vinculos::{self, Vinculo};
use crate::{ClaseCuenta, CuentaId, Error, EstadoRenglon, Modo, Renglon, RenglonId};

/// Which line, as it was seen, and who decides.
#[derive(Clone, Copy, Debug)]
pub struct Orden {
    /// Line.
    pub renglon: RenglonId,
    /// Version that the person saw; none when nobody looked.
    pub version: Option<i64>,
    /// Who decides.
    pub modo: Modo,
}

/// Resolves a line and gives its payments.
///
/// Errors: `NotFound`, `RenglonResuelto` (somebody was faster: nothing is paid), `EstadoLote`,
/// `Desactualizado`, `Refused` with the bad part, those of the payments. Emits `renglon.resuelto`
/// and what the payments tell.
pub async fn resolve_renglon(
    tx: &Tx,
    cx: &Cx,
    orden: Orden,
    resolucion: &Resolucion,
) -> Result<Vec<Uuid>, Error> {
    let renglon = pending(tx, orden.renglon, orden.version).await?;
    let pagos = match resolucion {
        Resolucion::Enlazar { pago } => link(tx, &renglon, *pago).await?,
        Resolucion::Pagar(partes) => pay(tx, cx, &renglon, partes).await?,
        Resolucion::Liquidacion { cuenta, liquidacion } => {
            link_payout(tx, &renglon, *cuenta, liquidacion).await?;
            Vec::new()
        }
    };
    let estado = EstadoRenglon::Conciliado;
    let paso = Paso { estado, modo: Some(orden.modo), motivo: None };
    renglones::step(tx, cx, renglon.id, &paso).await?;
    tell(tx, cx, &renglon, (estado, &pagos, orden.modo)).await?;
    Ok(pagos)
}

pub(super) async fn tell(
    tx: &Tx,
    cx: &Cx,
    r: &Renglon,
    (estado, pagos, modo): (EstadoRenglon, &[Uuid], Modo),
) -> Result<(), Error> {
    let registro = Registro::new("renglon.resolver", "renglon", r.id);
    let antes = json!({"estado": r.estado});
    let despues = json!({"estado": estado, "modo": modo.as_str(), "pagos": pagos});
    audit(tx, cx, registro.antes(antes).despues(despues)).await?;
    let evento = RenglonResuelto {
        renglon_id: r.id.uuid(),
        lote_id: r.lote_id.uuid(),
        estado: estado.as_str(),
        pagos: pagos.to_vec(),
    };
    tx.emit(cx, &evento).await.map_err(Error::from)
}

/// Links a payment that is registered, of this money, without another line.
async fn link(tx: &Tx, r: &Renglon, pago: Uuid) -> Result<Vec<Uuid>, Error> {
    let suyo = ramal_pagos::pago(tx, pago).await?.ok_or(Error::NotFound("pago"))?;
    let cuenta = crate::storage::cuentas::by_id(tx, r.cuenta_id).await?;
    let de_pasarela = cuenta.is_some_and(|c| c.clase == ClaseCuenta::Pasarela);
    let esperado = if de_pasarela { r.bruto.unwrap_or(r.importe) } else { r.importe };
    if suyo.moneda != r.moneda || suyo.monto != esperado || !suyo.estado.is_vigente() {
        let detalle = format!(
            "El pago {} no es de este importe o ya no vale. Elegir otro o registrar uno nuevo.",
            suyo.codigo()
        );
        return Err(Error::conflicto("pago_no_corresponde", detalle));
    }
    let vinculo = Vinculo { renglon_id: r.id, pago_id: pago, importe: suyo.monto, creado: false };
    if !vinculos::link(tx, &vinculo).await? {
        let detalle = format!("El pago {} ya tiene su movimiento del banco.", suyo.codigo());
        return Err(Error::conflicto("pago_ya_conciliado", detalle));
    }
    Ok(vec![pago])
}

async fn link_payout(
    tx: &Tx,
    r: &Renglon,
    cuenta: CuentaId,
    liquidacion: &str,
) -> Result<(), Error> {
    let hallada = vinculos::payout(tx, cuenta, liquidacion).await?;
    let hallada = hallada.ok_or(Error::NotFound("liquidacion"))?;
    if hallada.neto != r.importe || !vinculos::link_payout(tx, r.id, &hallada).await? {
        let detalle = "La liquidación no suma el importe de este movimiento, o ya tiene el suyo.";
        return Err(Error::conflicto("liquidacion_no_corresponde", detalle));
    }
    Ok(())
}

/// One payment for each customer. All customers are held first, in one order, so that two lines
/// never wait for each other.
async fn pay(tx: &Tx, cx: &Cx, r: &Renglon, partes: &[Parte]) -> Result<Vec<Uuid>, Error> {
    if r.importe <= 0 {
        let detalle = "Este movimiento es dinero que salió: no es un pago de un cliente.";
        return Err(Error::conflicto("movimiento_de_salida", detalle));
    }
    check_parts(r, partes)?;
    let mut ids: Vec<ClienteId> =
        partes.iter().map(|p| ClienteId::from_uuid(p.cliente_id)).collect();
    ids.sort();
    if ramal_clientes::storage::lock_many(tx, &ids).await?.len() != ids.len() {
        return Err(Error::NotFound("cliente"));
    }
    let empresa = ramal_plataforma::empresa(tx).await?;
    let mut pagos = Vec::new();
    for parte in partes {
        let nuevo = nuevo_pago(cx, &empresa, r, parte);
        let registrado = record_pago(tx, cx, nuevo).await?;
        let pago: PagoId = registrado.pago.id;
        let vinculo = Vinculo {
            renglon_id: r.id,
            pago_id: pago.uuid(),
            importe: parte.importe,
            creado: true,
        };
        if !registrado.nuevo || !vinculos::link(tx, &vinculo).await? {
            let detalle = "Este movimiento ya tiene su pago. No se pagó dos veces.";
            return Err(Error::conflicto("movimiento_ya_pagado", detalle));
        }
        pagos.push(pago.uuid());
    }
    Ok(pagos)
}

/// The value date is the bank's, and never after today.
fn nuevo_pago(cx: &Cx, empresa: &Empresa, r: &Renglon, parte: &Parte) -> NuevoPago {
    let hoy: Fecha = empresa.zona().fecha(cx.now());
    NuevoPago {
        cliente_id: parte.cliente_id,
        moneda: r.moneda,
        monto: parte.importe,
        medio: means(r, empresa.pais),
        origen: OrigenPago::Conciliacion,
        proveedor: Some(format!("banco:{}", r.cuenta_id)),
        referencia: Some(format!("{}:{}", r.id, parte.cliente_id)),
        fecha_valor: r.fecha_valor.min(hoy),
        operacion: r.operacion(),
        notas: None,
        destino: parte.destino.destino(),
        turno_id: None,
    }
}
