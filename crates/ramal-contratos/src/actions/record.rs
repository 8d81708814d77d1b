//! Recording facts of a service: the one place that moves its row, its marks and its version
//! together. It decides no step: the caller brings facts that the state allows.

use ramal_base::{Cx, Fecha};
use ramal_catalogo::storage::by_ids;
use ramal_db::Tx;
use ramal_plataforma::{Registro, audit};
use serde_json::{Value, json};

use super::partes;
use crate::events::{ContratoModificado, Sujeto, emit_estado};
use crate::vigente::{proximo_cambio, puente_nuevo, refreshed};
use crate::{Error, EventoServicio, Hecho, Servicio, ServicioId, desde_efectivo, reglas, storage};

/// A service locked with its customer, its facts, and the day on which it is changed.
pub(super) struct Bloqueado {
    pub servicio: Servicio,
    pub eventos: Vec<EventoServicio>,
    pub hoy: Fecha,
}

/// What is recorded: facts with their days, or changed fields, and why.
pub(super) struct Asiento {
    /// Name for the audit trail.
    pub accion: &'static str,
    /// Facts and the days from which they count.
    pub hechos: Vec<(Fecha, Hecho)>,
    /// Names of the changed fields that are no facts.
    pub campos: Vec<String>,
    /// Reason given.
    pub motivo: Option<String>,
}

/// Locks the customer and then the service, in the order of the billing run, so that a run and a
/// change of the same customer follow each other. Errors: `NotFound`, `Plataforma`, `Storage`.
pub(super) async fn lock(tx: &Tx, cx: &Cx, id: ServicioId) -> Result<Bloqueado, Error> {
    let visto = storage::by_id(tx, id).await?.ok_or(Error::NotFound)?;
    ramal_clientes::storage::lock(tx, visto.cliente_id).await?;
    let servicio = storage::lock(tx, id).await?.ok_or(Error::NotFound)?;
    let hechos = storage::hechos(tx, &[id]).await?;
    let eventos = hechos.into_iter().map(|(_, evento)| evento).collect();
    Ok(Bloqueado { servicio, eventos, hoy: partes::hoy(tx, cx).await? })
}

/// Facts numbered after those that there are.
pub(super) fn sequence(
    cx: &Cx,
    eventos: &[EventoServicio],
    hechos: Vec<(Fecha, Hecho)>,
) -> Vec<EventoServicio> {
    let ultima = eventos.iter().map(|e| e.secuencia).max().unwrap_or(0);
    let registrado = cx.now();
    let numerado =
        |(secuencia, (desde, hecho))| EventoServicio { secuencia, desde, registrado, hecho };
    (ultima + 1..).zip(hechos).map(numerado).collect()
}

/// Records the facts on `propuesto` (the locked service with its changed fields) and derives the
/// rest of the row.
///
/// Marks: `revisar_desde` goes back to the first day whose price may change, `proxima_revision` to
/// today, so that the next run looks at it. Errors: `Storage`. Emits `ContratoModificado`, and the
/// event of the new state if it changed today.
pub(super) async fn record(
    tx: &Tx,
    cx: &Cx,
    bloqueado: Bloqueado,
    propuesto: Servicio,
    asiento: Asiento,
) -> Result<Servicio, Error> {
    let Bloqueado { servicio: antes, mut eventos, hoy } = bloqueado;
    let nuevos = sequence(cx, &eventos, asiento.hechos);
    eventos.extend_from_slice(&nuevos);
    let mut despues = moved(cx, propuesto, &eventos, &nuevos, hoy);
    if !nuevos.is_empty() {
        despues = refreshed(despues, &eventos, hoy);
        despues = renamed(tx, &antes, despues).await?;
    }
    storage::update(tx, &despues).await?;
    if !nuevos.is_empty() {
        storage::append_hechos(tx, cx, antes.id, &nuevos, asiento.motivo.as_deref()).await?;
        storage::set_cambia(tx, antes.id, proximo_cambio(&eventos, hoy)).await?;
    }
    if let Some(desde) = puente_nuevo(&nuevos) {
        storage::bring_vence_back(tx, antes.id, desde).await?;
    }
    let mut foto = portrait(&despues);
    foto["motivo"] = json!(asiento.motivo);
    let registro = Registro::new(asiento.accion, "servicio", antes.id);
    audit(tx, cx, registro.antes(portrait(&antes)).despues(foto)).await?;
    let mut cambios: Vec<String> = nuevos.iter().map(|e| e.hecho.tipo().to_owned()).collect();
    cambios.extend(asiento.campos);
    let servicio = Sujeto::from(&despues);
    tx.emit(cx, &ContratoModificado { servicio, cambios }).await?;
    if despues.estado != antes.estado {
        emit_estado(tx, cx, &despues, hoy).await?;
    }
    Ok(despues)
}

/// The service one version later, with the marks that its new facts move.
fn moved(
    cx: &Cx,
    propuesto: Servicio,
    eventos: &[EventoServicio],
    nuevos: &[EventoServicio],
    hoy: Fecha,
) -> Servicio {
    let mut s = propuesto;
    s.version += 1;
    s.actualizado = cx.now();
    s.hechos = i32::try_from(eventos.len()).unwrap_or(i32::MAX);
    if let Some(desde) = nuevos.iter().map(|e| desde_efectivo(eventos, e)).min() {
        s.revisar_desde = s.revisar_desde.min(desde);
        s.proxima_revision = Some(s.proxima_revision.map_or(hoy, |dia| dia.min(hoy)));
    }
    s
}

/// After a change of product, the description that nobody wrote follows the product.
pub(super) async fn renamed(
    tx: &Tx,
    antes: &Servicio,
    despues: Servicio,
) -> Result<Servicio, Error> {
    if antes.producto_id == despues.producto_id {
        return Ok(despues);
    }
    let productos = by_ids(tx, &[antes.producto_id, despues.producto_id]).await?;
    let texto = |id, configuracion| {
        let producto = productos.iter().find(|p| p.id == id)?;
        Some(reglas::descripcion(producto, configuracion))
    };
    let suya = texto(antes.producto_id, &antes.configuracion);
    let nueva = texto(despues.producto_id, &despues.configuracion);
    match nueva {
        Some(descripcion) if suya.as_ref() == Some(&despues.descripcion) => {
            Ok(Servicio { descripcion, ..despues })
        }
        _ => Ok(despues),
    }
}

/// The fields of a service that a person may ask about later.
pub(super) fn portrait(s: &Servicio) -> Value {
    json!({
        "estado": s.estado,
        "producto_id": s.producto_id,
        "descripcion": s.descripcion,
        "precio": s.precio,
        "ancla": s.ancla,
        "fin": s.fin,
        "auto_renovacion": s.auto_renovacion,
        "requiere_factura": s.requiere_factura,
        "grupo": s.grupo,
        "configuracion": s.configuracion,
        "notas": s.notas,
        "hechos": s.hechos,
        "version": s.version,
    })
}
