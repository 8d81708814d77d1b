//! Why an invoice differs from the one before: one list of causes per service that adds up to the
//! difference to the cent. Pure: it reads nothing and writes no words.

mod carga;
mod causas;
#[cfg(test)]
mod pruebas;

pub use carga::{Comparada, compare_with_previous, sold};

use std::collections::{BTreeMap, HashMap, HashSet};

use ramal_base::Fecha;
use uuid::Uuid;

use crate::nucleo::{Clase, Pieza};
use causas::of_service;

/// An invoice as the comparison sees it. Amounts in minor units.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hoja {
    /// What the paper says, tax included.
    pub total: i64,
    /// What its notes took off.
    pub acreditado: i64,
    /// Its lines.
    pub renglones: Vec<Renglon>,
}

impl Hoja {
    /// What is left to pay of the paper.
    pub fn neto(&self) -> i64 {
        self.total - self.acreditado
    }
}

/// A line as the comparison sees it. Amounts in minor units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Renglon {
    /// Service charged, if any.
    pub servicio: Option<Uuid>,
    /// Kind of charge.
    pub clase: Clase,
    /// What was sold, without its period.
    pub nombre: String,
    /// As sold.
    pub importe: i64,
    /// With taxes.
    pub total: i64,
    /// Tax treatment.
    pub impuesto: String,
    /// Days that it covers.
    pub periodo: Option<(Fecha, Fecha)>,
    /// Its arithmetic; empty if it is one whole price.
    pub piezas: Vec<Pieza>,
    /// What a promotion took off the full price, as sold.
    pub descuento: i64,
}

/// What is known of the services besides the two papers.
#[derive(Clone, Debug, Default)]
pub struct Entorno {
    /// Services that were billed before the newer paper, on any paper.
    pub cobrados_antes: HashSet<Uuid>,
    /// Services that ended or stopped, by what happened to them.
    pub suertes: HashMap<Uuid, Suerte>,
}

/// Why a service of the older paper is not on the newer one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Suerte {
    /// Cancelled, or its term ended.
    Baja,
    /// Suspended or paused.
    Suspendido,
}

/// Kind of cause, in the order in which a sentence prefers them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Tipo {
    /// The service was never billed before.
    ServicioNuevo,
    /// The service was billed on another paper.
    OtraFactura,
    /// The service ended.
    ServicioTerminado,
    /// The service is suspended and is not billed.
    ServicioSuspendido,
    /// The service is billed elsewhere or not yet.
    SinCobro,
    /// Another plan.
    CambioPlan,
    /// A promotion ended.
    FinPromocion,
    /// A promotion began or grew.
    Promocion,
    /// The same plan at another price.
    CambioPrecio,
    /// More or fewer periods than before.
    Periodos,
    /// Part of a period is billed now.
    Prorrateo,
    /// Part of a period was billed before.
    ProrrateoAnterior,
    /// Days without service are not billed now.
    DiasSinServicio,
    /// Days without service were not billed before.
    DiasSinServicioAntes,
    /// Tax treatment or rate.
    Impuesto,
    /// A correction now.
    Ajuste,
    /// A correction before, that does not repeat.
    AjusteAnterior,
    /// A one-off charge now.
    Cargo,
    /// A one-off charge before, that does not repeat.
    CargoAnterior,
    /// Notes on the newer paper.
    Nota,
    /// Notes on the older paper.
    NotaAnterior,
    /// What the rounding of a whole paper leaves.
    Redondeo,
}

impl Tipo {
    /// Word for keys of texts: `cambio-plan`.
    pub fn clave(self) -> &'static str {
        match self {
            Tipo::ServicioNuevo => "servicio-nuevo",
            Tipo::OtraFactura => "otra-factura",
            Tipo::ServicioTerminado => "servicio-terminado",
            Tipo::ServicioSuspendido => "servicio-suspendido",
            Tipo::SinCobro => "sin-cobro",
            Tipo::CambioPlan => "cambio-plan",
            Tipo::FinPromocion => "fin-promocion",
            Tipo::Promocion => "promocion",
            Tipo::CambioPrecio => "cambio-precio",
            Tipo::Periodos => "periodos",
            Tipo::Prorrateo => "prorrateo",
            Tipo::ProrrateoAnterior => "prorrateo-anterior",
            Tipo::DiasSinServicio => "dias-sin-servicio",
            Tipo::DiasSinServicioAntes => "dias-sin-servicio-antes",
            Tipo::Impuesto => "impuesto",
            Tipo::Ajuste => "ajuste",
            Tipo::AjusteAnterior => "ajuste-anterior",
            Tipo::Cargo => "cargo",
            Tipo::CargoAnterior => "cargo-anterior",
            Tipo::Nota => "nota",
            Tipo::NotaAnterior => "nota-anterior",
            Tipo::Redondeo => "redondeo",
        }
    }
}

/// One cause with its part of the difference, minor units with sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Causa {
    /// Kind.
    pub tipo: Tipo,
    /// Service, if it is of one.
    pub servicio: Option<Uuid>,
    /// What is charged: the plan, the concept.
    pub nombre: String,
    /// What it was called before, where that changed.
    pub antes: Option<String>,
    /// Part of the difference; never zero.
    pub monto: i64,
    /// Days billed of the days of the period, where that explains it.
    pub dias: Option<(i32, i32)>,
}

/// The comparison of two papers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparacion {
    /// Newer less older, net of notes, minor units.
    pub diferencia: i64,
    /// Causes, the largest first; they add up to `diferencia`.
    pub causas: Vec<Causa>,
}

impl Comparacion {
    /// The cause that a sentence names; none where nothing changed.
    pub fn principal(&self) -> Option<&Causa> {
        self.causas.first()
    }
}

/// Compares a paper with the one before. The causes always add up to the difference.
pub fn compare(nueva: &Hoja, anterior: &Hoja, entorno: &Entorno) -> Comparacion {
    let mut causas = Vec::new();
    for (servicio, (ahora, antes)) in by_service(nueva, anterior) {
        match servicio {
            Some(servicio) => of_service(&mut causas, servicio, (&ahora, &antes), entorno),
            None => one_offs(&mut causas, (&ahora, &antes)),
        }
    }
    causas.push(of_paper(Tipo::Nota, -nueva.acreditado));
    causas.push(of_paper(Tipo::NotaAnterior, anterior.acreditado));
    let sin_lineas = |h: &Hoja| h.total - h.renglones.iter().map(|r| r.total).sum::<i64>();
    causas.push(of_paper(Tipo::Redondeo, sin_lineas(nueva) - sin_lineas(anterior)));
    causas.retain(|c| c.monto != 0);
    causas.sort_by_key(|c| (std::cmp::Reverse(c.monto.abs()), c.tipo, c.servicio));
    Comparacion { diferencia: nueva.neto() - anterior.neto(), causas }
}

/// Lines of now and of before.
type Par<'a> = (Vec<&'a Renglon>, Vec<&'a Renglon>);

fn by_service<'a>(nueva: &'a Hoja, anterior: &'a Hoja) -> BTreeMap<Option<Uuid>, Par<'a>> {
    let mut pares: BTreeMap<Option<Uuid>, Par<'a>> = BTreeMap::new();
    for r in &nueva.renglones {
        pares.entry(r.servicio).or_default().0.push(r);
    }
    for r in &anterior.renglones {
        pares.entry(r.servicio).or_default().1.push(r);
    }
    pares
}

/// Charges of no service: each is a cause of its own.
fn one_offs(causas: &mut Vec<Causa>, (ahora, antes): (&[&Renglon], &[&Renglon])) {
    let causa = |tipo, r: &Renglon, monto| Causa {
        tipo,
        servicio: None,
        nombre: r.nombre.clone(),
        antes: None,
        monto,
        dias: None,
    };
    causas.extend(ahora.iter().map(|r| causa(Tipo::Cargo, r, r.total)));
    causas.extend(antes.iter().map(|r| causa(Tipo::CargoAnterior, r, -r.total)));
}

fn of_paper(tipo: Tipo, monto: i64) -> Causa {
    Causa { tipo, servicio: None, nombre: String::new(), antes: None, monto, dias: None }
}
