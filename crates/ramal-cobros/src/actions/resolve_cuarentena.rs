//! What a person decides of a payment that waits: whose it is, or that it is nobody's. Either
//! leaves its author and its reason.

use ramal_base::Cx;
use ramal_clientes::ClienteId;
use ramal_db::Tx;
use ramal_facturacion::cobro::{self, Destino};
use ramal_pagos::PagoId;
use ramal_plataforma::{Registro, audit};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::apply_remoto::move_cobro;
use super::asiento;
use crate::Error;
use crate::cobro::Fila;
use crate::storage::cobros;
use crate::storage::cuarentena::{self, Cuarentena, CuarentenaId, Decision};
use crate::storage::remotos;

/// Cuerpo de `POST /cobros/cuarentena/{id}/asignar`.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Asignacion {
    /// Identificador o número impreso del cliente: `C-66489`.
    #[schema(example = "C-66489")]
    pub cliente: String,
    /// Factura que se paga; sin ella, lo más viejo que debe.
    pub factura_id: Option<Uuid>,
}

/// Gives a payment that waits to a customer: it is recorded as paid by him.
///
/// Errors: `NotFound`; 409 if it was decided, or the gateway knows no money of it; 422 if customer
/// and invoice do not fit; those of the slice of payments.
pub async fn assign_cuarentena(
    tx: &Tx,
    cx: &Cx,
    id: CuarentenaId,
    asignacion: &Asignacion,
) -> Result<PagoId, Error> {
    let (puesto, cobro) = open(tx, id).await?;
    let cliente = owner(tx, asignacion).await?;
    let fila = remotos::lock(tx, &puesto.pasarela, &puesto.referencia).await?;
    let sin_dinero = || {
        let detalle = "La pasarela no conoce dinero de ese pago; solo se puede descartar.";
        Error::conflicto("sin_dinero", detalle)
    };
    let mut fila = fila.ok_or_else(sin_dinero)?;
    if !fila.estado()?.was_acreditado() || fila.importe <= 0 {
        return Err(sin_dinero());
    }
    let destino = destination(tx, asignacion.factura_id, (cliente, &fila)).await?;
    let medio = asiento::medio_of(None, fila.medio.as_deref());
    let pago = asiento::post_pago(tx, cx, &fila, (cliente, medio), destino).await?;
    fila.pago_id = Some(pago.uuid());
    asiento::catch_up(tx, cx, (pago, medio), &mut fila).await?;
    remotos::set_asentado(tx, &fila).await?;
    let decision = Decision {
        estado: "asignada",
        cliente_id: Some(cliente),
        factura_id: asignacion.factura_id,
        pago_id: Some(pago.uuid()),
        razon: None,
    };
    cuarentena::decide(tx, cx, id, &decision).await?;
    if let Some(cobro) = cobro {
        let detalle = json!({ "pago_id": pago, "monto": fila.importe });
        cobros::append(tx, cx, cobro.id, ("asignado", detalle)).await?;
        move_cobro(tx, cx, &cobro).await?;
    }
    let detalle = json!({ "cliente_id": cliente, "pago_id": pago });
    let registro = Registro::new("cuarentena.asignar", "cuarentena", id);
    audit(tx, cx, registro.despues(detalle)).await?;
    Ok(pago)
}

/// A payment that waits and the cobro that it names. The cobro is locked first, as everybody does.
async fn open(tx: &Tx, id: CuarentenaId) -> Result<(Cuarentena, Option<Fila>), Error> {
    let visto = cuarentena::by_id(tx, id).await?.ok_or(Error::NotFound("pago"))?;
    let cobro = match visto.cobro_id {
        Some(cobro) => cobros::lock(tx, cobro).await?,
        None => None,
    };
    let puesto = cuarentena::lock(tx, id).await?.ok_or(Error::NotFound("pago"))?;
    if puesto.estado != "abierta" {
        let detalle = format!("Ese pago ya fue resuelto: está {}.", puesto.estado);
        return Err(Error::conflicto("cuarentena_resuelta", detalle));
    }
    Ok((puesto, cobro))
}

async fn owner(tx: &Tx, asignacion: &Asignacion) -> Result<Uuid, Error> {
    let falta = || {
        let motivo = "No existe ese cliente. Usar su número impreso, como C-66489.";
        Error::campo("cliente", "cliente_desconocido", motivo)
    };
    let id = match ramal_clientes::referencia::resolve(tx, asignacion.cliente.trim()).await {
        Ok(id) => id,
        Err(ramal_clientes::Error::Storage(e)) => return Err(e.into()),
        Err(_) => return Err(falta()),
    };
    let cliente = ramal_clientes::storage::by_id(tx, ClienteId::from_uuid(id.uuid())).await?;
    cliente.map(|c| c.id.uuid()).ok_or_else(falta)
}

async fn destination(
    tx: &Tx,
    factura: Option<Uuid>,
    (cliente, fila): (Uuid, &remotos::Remoto),
) -> Result<Destino, Error> {
    let Some(factura) = factura else { return Ok(Destino::Automatico) };
    let moneda = fila.moneda()?;
    let suya = cobro::abierta(tx, factura).await?;
    match suya.filter(|a| a.cliente_id == cliente && a.moneda == moneda) {
        Some(a) => {
            let monto = fila.importe.min(a.abierto);
            let partida = cobro::Partida { factura_id: factura, linea: None, monto };
            Ok(Destino::Explicito(vec![partida]))
        }
        None => {
            let motivo = "La factura no es de ese cliente, está en otra moneda o no debe nada.";
            Err(Error::campo("factura_id", "factura_no_cobrable", motivo))
        }
    }
}

/// Dismisses a payment that waits: it is nobody's money here. The reason stays with its author.
///
/// Shape: `razon` of 5 to 300 characters.
/// Errors: `NotFound`; 409 if it was decided; 422 without a reason.
pub async fn dismiss_cuarentena(
    tx: &Tx,
    cx: &Cx,
    id: CuarentenaId,
    razon: &str,
) -> Result<(), Error> {
    let razon = razon.trim();
    if !(5..=300).contains(&razon.chars().count()) {
        let motivo = "Escribir por qué se descarta, de 5 a 300 caracteres.";
        return Err(Error::campo("razon", "razon_requerida", motivo));
    }
    let (_, cobro) = open(tx, id).await?;
    let decision = Decision {
        estado: "descartada",
        cliente_id: None,
        factura_id: None,
        pago_id: None,
        razon: Some(razon),
    };
    cuarentena::decide(tx, cx, id, &decision).await?;
    if let Some(cobro) = cobro {
        cobros::append(tx, cx, cobro.id, ("descartado", json!({}))).await?;
    }
    let registro = Registro::new("cuarentena.descartar", "cuarentena", id);
    audit(tx, cx, registro.despues(json!({ "razon": razon }))).await?;
    Ok(())
}
