//! What the stored row of a service says today, derived from its facts. It decides no step and
//! posts nothing.

use ramal_base::{Dinero, Fecha};
use ramal_catalogo::ProductoId;

use crate::tramos::vigentes;
use crate::{
    EventoServicio, Hecho, LineaTiempo, PoliticaTramos, SIN_FIN, Servicio, Tramo, estado_en,
    linea_tiempo,
};

/// The service as its facts leave it on `hoy`: state, product, price, anchor and end.
///
/// Before its start the row shows what it will be; after its end, what it last was.
pub fn refreshed(servicio: Servicio, eventos: &[EventoServicio], hoy: Fecha) -> Servicio {
    let linea = linea_tiempo(eventos, PoliticaTramos::default());
    let mut s = servicio;
    if let Some(tramo) = tramo_en(&linea, hoy) {
        s.producto_id = ProductoId::from_uuid(tramo.producto);
        s.precio = Dinero::new(tramo.precio_lista, s.precio.moneda);
    }
    let vigente = linea.anclas.iter().rev().find(|a| a.desde <= hoy).or(linea.anclas.first());
    s.ancla = vigente.map_or(s.ancla, |a| a.ancla);
    s.fin = fin(&linea, s.inicio);
    s.estado = estado_en(eventos, hoy).unwrap_or(s.estado);
    s
}

/// Segment of a day; in a gap the one before it, before the start the first one.
fn tramo_en(linea: &LineaTiempo, hoy: Fecha) -> Option<&Tramo> {
    let hasta_hoy = linea.tramos.iter().rev().find(|t| t.periodo.desde <= hoy);
    hasta_hoy.or(linea.tramos.first())
}

/// First day without service; a service that never had a day ends when it begins.
fn fin(linea: &LineaTiempo, inicio: Fecha) -> Option<Fecha> {
    let hasta = linea.tramos.last().map_or(inicio, |t| t.periodo.hasta);
    (hasta != SIN_FIN).then_some(hasta)
}

/// Next day after `hoy` on which the stored row may say something else; none if never.
pub fn proximo_cambio(eventos: &[EventoServicio], hoy: Fecha) -> Option<Fecha> {
    let vigentes = vigentes(eventos);
    let finales = vigentes.iter().filter_map(|e| match e.hecho {
        Hecho::Vigencia { hasta } => hasta,
        _ => None,
    });
    let dias = vigentes.iter().map(|e| e.desde).chain(finales);
    dias.filter(|dia| *dia > hoy).min()
}

/// First day from which a change of anchor adds a period that was not billed, if there is one.
pub(crate) fn puente_nuevo(nuevos: &[EventoServicio]) -> Option<Fecha> {
    let anclas = nuevos.iter().filter(|e| matches!(e.hecho, Hecho::CambioAncla { .. }));
    anclas.map(|e| e.desde).min()
}
