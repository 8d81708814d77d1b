//! Commercial changes of a service: plan, price, period, billing day, term. Pure: it turns what is
//! asked into facts and their days, and writes nothing.

use ramal_base::{CampoInvalido, Dinero, Fecha};

use crate::comandos::Momento;
use crate::maquina::{Rechazo, undo_planned};
use crate::{
    Ancla, Error, EstadoServicio, EventoServicio, Hecho, PoliticaAncla, Servicio, estado_en,
};

/// Whether the caller may go down to a cheaper plan at once (facturacion.md U3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BajaInmediata {
    /// Only at the end of the period.
    Negada,
    /// At once, with credit of the days left.
    Permitida,
}

/// What is asked, already checked field by field.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pedido {
    /// New product.
    pub producto: Option<uuid::Uuid>,
    /// Price per new period; always there with another product or period.
    pub precio: Option<Dinero>,
    /// Months of the new period.
    pub meses: u16,
    /// New billing day, 1 to 31.
    pub dia: Option<u8>,
    /// When a plan or a period takes effect, if said.
    pub momento: Option<Momento>,
    /// When a price or a billing day takes effect, if said.
    pub desde: Option<Fecha>,
    /// Permission to go down at once.
    pub baja: BajaInmediata,
    /// New term: no change, renews, or ends.
    pub plazo: Option<Plazo>,
}

/// What is asked of the term.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Plazo {
    /// It renews by itself.
    SeRenueva,
    /// It ends on a day; none = with the current period.
    Termina(Option<Fecha>),
}

impl Pedido {
    fn is_plan(&self, s: &Servicio) -> bool {
        self.producto.is_some() || self.meses != s.ancla.meses()
    }

    fn is_nada(&self, s: &Servicio) -> bool {
        !self.is_plan(s) && self.precio.is_none() && self.dia.is_none()
    }
}

/// Facts of the change, in order, each with the day from which it counts.
///
/// A plan replaces the one that was scheduled (U3). Errors: `Estado` if the service has ended on
/// the day, `BajaInmediata`, `Datos`.
pub(crate) fn hechos_de_cambio(
    s: &Servicio,
    eventos: &[EventoServicio],
    pedido: &Pedido,
    hoy: Fecha,
) -> Result<Vec<(Fecha, Hecho)>, Error> {
    let hoy_o_inicio = hoy.max(s.inicio);
    let mut hechos = Vec::new();
    if !pedido.is_nada(s) {
        let fecha = effective_day(s, pedido, hoy_o_inicio)?;
        check_vivo(eventos, fecha)?;
        if pedido.is_plan(s) {
            hechos.extend(replaced(eventos, hoy));
        }
        hechos.extend(anchor(s, pedido, fecha)?.map(|ancla| (fecha, Hecho::CambioAncla { ancla })));
        hechos.extend(price(s, pedido).map(|hecho| (fecha, hecho)));
    }
    if let Some(plazo) = pedido.plazo {
        if estado_en(eventos, hoy_o_inicio) == Some(EstadoServicio::Cancelado) {
            return Err(Rechazo::Cancelado.into());
        }
        let hasta = match plazo {
            Plazo::SeRenueva => None,
            Plazo::Termina(Some(fin)) => Some(fin),
            Plazo::Termina(None) => Some(end_of_period(s.ancla, hoy_o_inicio)),
        };
        hechos.push((hoy_o_inicio, Hecho::Vigencia { hasta }));
    }
    Ok(hechos)
}

fn end_of_period(ancla: Ancla, dia: Fecha) -> Fecha {
    ancla.periodo(ancla.indice_en(dia)).hasta
}

fn effective_day(s: &Servicio, pedido: &Pedido, hoy: Fecha) -> Result<Fecha, Error> {
    if !pedido.is_plan(s) {
        return Ok(pedido.desde.unwrap_or(hoy));
    }
    if pedido.desde.is_some() {
        let motivo = "Un cambio de plan o de período rige según «momento», no desde una fecha.";
        return Err(Error::campo("desde", "sobra", motivo));
    }
    // Per month and without division: new price by old months against old price by new months.
    let nuevo = pedido.precio.map_or(s.precio.centavos, |p| p.centavos);
    let nuevo = i128::from(nuevo) * i128::from(s.ancla.meses());
    let actual = i128::from(s.precio.centavos) * i128::from(pedido.meses);
    let momento = pedido.momento.unwrap_or(match nuevo > actual {
        true => Momento::Inmediato,
        false => Momento::FinDePeriodo,
    });
    match momento {
        Momento::FinDePeriodo => Ok(end_of_period(s.ancla, hoy)),
        Momento::Inmediato if nuevo < actual && pedido.baja == BajaInmediata::Negada => {
            Err(Error::BajaInmediata)
        }
        Momento::Inmediato => Ok(hoy),
    }
}

fn check_vivo(eventos: &[EventoServicio], fecha: Fecha) -> Result<(), Rechazo> {
    match estado_en(eventos, fecha) {
        Some(EstadoServicio::Cancelado) => Err(Rechazo::Cancelado),
        Some(EstadoServicio::Vencido) => Err(Rechazo::Vencido),
        Some(_) => Ok(()),
        None => Err(Rechazo::AntesDeInicio),
    }
}

/// Takes back the plan that was scheduled, with the anchor that came with it.
fn replaced(eventos: &[EventoServicio], hoy: Fecha) -> Vec<(Fecha, Hecho)> {
    let plan = |h: &Hecho| matches!(h, Hecho::CambioPlan { .. });
    let dias: Vec<Fecha> = eventos.iter().filter(|e| plan(&e.hecho)).map(|e| e.desde).collect();
    let con_plan = |e: &EventoServicio| dias.contains(&e.desde);
    let ancla = |h: &Hecho| {
        let suya = |e: &EventoServicio| e.hecho == *h && con_plan(e);
        matches!(h, Hecho::CambioAncla { .. }) && eventos.iter().any(suya)
    };
    undo_planned(eventos, hoy, |h| plan(h) || ancla(h))
}

/// The new anchor, if the billing day or the period changes.
///
/// Another period keeps the nominal day when it begins on a boundary (a 31st stays a 31st).
fn anchor(s: &Servicio, pedido: &Pedido, fecha: Fecha) -> Result<Option<Ancla>, Error> {
    let nueva = match pedido.dia {
        Some(dia) if dia == s.ancla.dia() && pedido.meses == s.ancla.meses() => return Ok(None),
        Some(dia) => PoliticaAncla::DiaFijo(dia).ancla(fecha, pedido.meses),
        None if pedido.meses == s.ancla.meses() => return Ok(None),
        None => Ancla::new(fecha, pedido.meses).and_then(|desde_hoy| {
            let nominal = desde_hoy.with_dia(s.ancla.dia())?;
            Ok(if nominal.fecha() == fecha { nominal } else { desde_hoy })
        }),
    };
    nueva.map(Some).map_err(|error| {
        let motivo = format!("No se puede: {error}.");
        Error::Datos(vec![CampoInvalido::new("dia_facturacion", "fuera_de_rango", motivo)])
    })
}

fn price(s: &Servicio, pedido: &Pedido) -> Option<Hecho> {
    let precio = pedido.precio?.centavos;
    if !pedido.is_plan(s) {
        return Some(Hecho::CambioPrecio { precio });
    }
    let producto = pedido.producto.unwrap_or(s.producto_id.uuid());
    Some(Hecho::CambioPlan { producto, precio })
}

#[cfg(test)]
#[path = "cambio_tests.rs"]
mod tests;
