//! Charging a fee once, forgiving it, and giving it back. Measures nothing: see `nucleo::Recargo`
//! and `nucleo::interes`.

use std::sync::Arc;

use ramal_base::{Cx, Moneda, Pais};
use ramal_clientes::{Cliente, ClienteId};
use ramal_db::{DbError, Tx};
use ramal_fiscal::EmisorFiscal;
use ramal_jobs::{NuevoTrabajo, enqueue};
use ramal_plataforma::{Registro, audit};
use serde_json::json;
use uuid::Uuid;

use super::linea;
use super::{EstadoRecargo, Momento, NuevoRecargo};
use crate::actions::{DatosNota, Excedente, LineaNota, SentidoNota, issue_nota, seal_job};
use crate::corrida::Contexto;
use crate::corrida::papel::Alcance;
use crate::corrida::publicacion::{publish_one, refused};
use crate::jobs::TRABAJO_RECARGO;
use crate::storage::recargos::{self, RecargoFila};
use crate::storage::{cambios, facturas};
use crate::{Error, FacturaId};

/// Marker of ids of fees.
pub struct RecargoMarca;

/// A fee that is charged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recargado {
    /// Its id.
    pub id: Uuid,
    /// Whether it was added now; false if its key was charged before.
    pub nuevo: bool,
    /// Invoice that carries it already, if any.
    pub factura_id: Option<Uuid>,
}

/// Charges a fee, once per key: the second time gives the first.
///
/// Errors: `NotFound` without such customer or invoice; `Refused` if the amount or the words do not
/// fit, or no emisor can bill it now; `Storage`.
pub async fn add_recargo(tx: &Tx, cx: &Cx, nuevo: NuevoRecargo) -> Result<Recargado, Error> {
    let id = ClienteId::from_uuid(nuevo.cliente_id);
    let cliente = ramal_clientes::storage::lock(tx, id).await?.ok_or(Error::NotFound("cliente"))?;
    if let Some(fila) = recargos::by_clave(tx, &nuevo.clave).await? {
        return Ok(Recargado { id: fila.id, nuevo: false, factura_id: fila.cargada_en });
    }
    if nuevo.monto <= 0 {
        let motivo = "El importe debe ser mayor que cero.";
        return Err(Error::campo("monto", "importe_invalido", motivo));
    }
    let origen = match nuevo.factura_id {
        Some(f) => Some(cambios::by_id(tx, f).await?.ok_or(Error::NotFound("factura"))?),
        None => None,
    };
    let fila = RecargoFila {
        id: cx.new_id::<RecargoMarca>().uuid(),
        cliente_id: nuevo.cliente_id,
        emisor_id: origen.as_ref().map(|f| f.emisor_id),
        factura_id: nuevo.factura_id,
        servicio_id: nuevo.servicio_id,
        clase: nuevo.clase.as_str().to_owned(),
        clave: nuevo.clave,
        monto: nuevo.monto,
        moneda: nuevo.moneda.codigo().to_owned(),
        descripcion: nuevo.descripcion,
        estado: EstadoRecargo::Pendiente.as_str().to_owned(),
        cargada_en: None,
        linea: None,
        motivo: None,
        creado: cx.now(),
    };
    recargos::insert(tx, &fila).await?;
    let registro = Registro::new("recargo.cargar", "recargo", fila.id);
    let datos = json!({ "clase": fila.clase, "clave": fila.clave, "monto": fila.monto });
    audit(tx, cx, registro.despues(datos)).await?;
    let mut recargado = Recargado { id: fila.id, nuevo: true, factura_id: None };
    if nuevo.momento == Momento::Inmediato {
        let recibo = origen.is_some_and(|f| f.tipo == crate::factura::TIPO_RECIBO);
        let alcance = if recibo { Alcance::Interno } else { Alcance::Legal };
        recargado.factura_id = Some(bill(tx, cx, &cliente, (&fila, alcance)).await?.uuid());
    }
    Ok(recargado)
}

/// Bills a fee on an invoice of its own, now.
async fn bill(
    tx: &Tx,
    cx: &Cx,
    cliente: &Cliente,
    (fila, alcance): (&RecargoFila, Alcance),
) -> Result<FacturaId, Error> {
    let ctx = Contexto::load(tx, crate::actions::today(tx, cx).await?).await?;
    let ctx = ctx.with_emision(cx.now());
    let moneda = Moneda::parse(&fila.moneda).ok_or(DbError::Corrupt("currency of a recargo"))?;
    let emisor = issuer(&ctx, cliente, (fila, moneda))?;
    let nueva = linea::own_factura(&ctx, (cliente, emisor), (fila, alcance), moneda);
    let (factura, _) = publish_one(tx, cx, nueva.map_err(refused)?).await?;
    if alcance == Alcance::Legal {
        seal_job(tx, cx, factura.uuid()).await?;
    }
    Ok(factura)
}

/// The emisor of the invoice that the fee is late on, or the only one of the customer's country.
fn issuer(
    ctx: &Contexto,
    cliente: &Cliente,
    (fila, moneda): (&RecargoFila, Moneda),
) -> Result<Arc<EmisorFiscal>, Error> {
    if let Some(id) = fila.emisor_id {
        return ctx.emisor(id).cloned().ok_or(Error::NotFound("emisor"));
    }
    let mut suyos = ctx.emisores().filter(|e| e.pais == cliente.pais && e.moneda == moneda);
    let detalle = "Diga de qué factura es el recargo: el cliente no tiene un solo emisor.";
    match (suyos.next(), suyos.next()) {
        (Some(unico), None) => Ok(unico.clone()),
        _ => Err(Error::conflicto("emisor_requerido", detalle)),
    }
}

/// Forgives a fee, saying why: one that waits is dropped, one on an invoice is given back with a
/// credit note by job. Nothing if it was forgiven before.
///
/// Errors: `NotFound`, `Refused` if the reason does not fit, `Storage`.
pub async fn waive_recargo(tx: &Tx, cx: &Cx, id: Uuid, motivo: &str) -> Result<(), Error> {
    let motivo = crate::actions::check_sustento(motivo)?;
    let fila = recargos::by_id(tx, id).await?.ok_or(Error::NotFound("recargo"))?;
    ramal_clientes::storage::lock(tx, ClienteId::from_uuid(fila.cliente_id)).await?;
    let fila = recargos::by_id(tx, id).await?.ok_or(Error::NotFound("recargo"))?;
    forgive(tx, cx, &fila, &motivo).await?;
    let registro = Registro::new("recargo.condonar", "recargo", id);
    audit(tx, cx, registro.despues(json!({ "motivo": motivo }))).await?;
    Ok(())
}

/// Forgives a fee under the customer's lock.
pub(super) async fn forgive(
    tx: &Tx,
    cx: &Cx,
    fila: &RecargoFila,
    motivo: &str,
) -> Result<(), Error> {
    if fila.estado == EstadoRecargo::Pendiente.as_str() {
        return recargos::set_estado(tx, fila.id, (EstadoRecargo::Condonado, Some(motivo))).await;
    }
    if fila.estado != EstadoRecargo::Facturado.as_str() {
        return Ok(());
    }
    recargos::set_estado(tx, fila.id, (EstadoRecargo::PorAcreditar, Some(motivo))).await?;
    let trabajo = NuevoTrabajo::new(TRABAJO_RECARGO, json!({ "recargo_id": fila.id }));
    enqueue(tx, cx, trabajo.with_clave(fila.id.to_string())).await.map_err(Error::from)
}

/// Gives a forgiven fee back with a credit note on its line, once. Nothing if the line has no more
/// to give, or its invoice was voided.
///
/// Errors: those of [`issue_nota`].
pub(crate) async fn credit_recargo(tx: &Tx, cx: &Cx, id: Uuid) -> Result<(), Error> {
    let Some(fila) = recargos::by_id(tx, id).await? else { return Ok(()) };
    ramal_clientes::storage::lock(tx, ClienteId::from_uuid(fila.cliente_id)).await?;
    let fila = recargos::by_id(tx, id).await?.ok_or(Error::NotFound("recargo"))?;
    let por_acreditar = fila.estado == EstadoRecargo::PorAcreditar.as_str();
    let (Some(factura), Some(posicion), true) = (fila.cargada_en, fila.linea, por_acreditar) else {
        return Ok(());
    };
    let papel = cambios::by_id(tx, factura).await?.ok_or(Error::NotFound("factura"))?;
    let lineas = facturas::lineas(tx, &[factura]).await?;
    let linea = lineas.iter().find(|l| l.linea == posicion);
    let queda = linea.is_some_and(|l| l.acreditado < l.importe);
    if papel.estado != "anulada" && queda {
        let emisor = ramal_plataforma::EmisorId::from_uuid(papel.emisor_id);
        let pais = ramal_plataforma::emisor(tx, emisor).await?.pais;
        let datos = DatosNota {
            sentido: SentidoNota::Credito,
            motivo: if pais == Pais::Pe { "09" } else { "01" }.to_owned(),
            sustento: fila.motivo.clone().unwrap_or_else(|| "Recargo condonado".to_owned()),
            lineas: vec![LineaNota { linea: posicion, importe: None, descripcion: None }],
            excedente: Excedente::Saldo,
        };
        issue_nota(tx, cx, FacturaId::from_uuid(factura), datos).await?;
    }
    recargos::set_estado(tx, id, (EstadoRecargo::Acreditado, fila.motivo.as_deref())).await
}
