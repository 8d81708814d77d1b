//! From facts to price segments: the pure fold that billing reads.
//! It never looks at what was billed.

use std::collections::BTreeSet;

use ramal_base::Fecha;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::ancla::Ancla;
use crate::hecho::{Centavos, EventoServicio, Hecho, ValorDescuento};
use crate::periodo::{Periodo, SIN_FIN};

/// Why a segment costs what it costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Motivo {
    /// In service.
    Normal,
    /// Cut; the price follows [`SuspensionCobro`].
    Suspendido,
    /// Paused on request; free.
    Pausado,
}

/// Days at one price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tramo {
    /// The days; the last one of a live service ends at [`SIN_FIN`].
    pub periodo: Periodo,
    /// Net price per full period: list price less discounts, zero when not billed.
    pub precio: Centavos,
    /// List price per full period, before discounts, pauses and suspensions.
    pub precio_lista: Centavos,
    /// Why.
    pub motivo: Motivo,
    /// Product in force.
    pub producto: Uuid,
}

/// An anchor and the day from which it rules; it rules until the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnclaVigente {
    /// First day under the anchor.
    pub desde: Fecha,
    /// The anchor.
    pub ancla: Ancla,
}

/// Billing while suspended for debt (facturacion.md S5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SuspensionCobro {
    /// Free from the day of suspension; billed days are credited.
    #[default]
    NoCobrar,
    /// Billed to the end of the period that contains the suspension, then free.
    CobrarHastaFinPeriodo,
    /// Billed as if in service.
    Cobrar,
}

/// Company policy that turns facts into prices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PoliticaTramos {
    /// Price while suspended.
    pub suspension: SuspensionCobro,
    /// Under `Cobrar`: periods that begin this many days after the suspension are free (S5).
    pub tope_dias: Option<u16>,
}

/// State of a service on a day (C-06).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EstadoServicio {
    /// In service.
    Activo,
    /// Suspended or paused.
    Suspendido,
    /// Cancelled.
    Cancelado,
    /// Its fixed term ended without renewal.
    Vencido,
}

impl EstadoServicio {
    /// Wire and column text.
    pub fn texto(self) -> &'static str {
        match self {
            EstadoServicio::Activo => "activo",
            EstadoServicio::Suspendido => "suspendido",
            EstadoServicio::Cancelado => "cancelado",
            EstadoServicio::Vencido => "vencido",
        }
    }

    /// State of a column or wire text.
    pub fn parse(texto: &str) -> Option<EstadoServicio> {
        use EstadoServicio::{Activo, Cancelado, Suspendido, Vencido};
        [Activo, Suspendido, Cancelado, Vencido].into_iter().find(|e| e.texto() == texto)
    }
}

/// What the facts say for billing: segments in order, disjoint, and the anchors in order.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct LineaTiempo {
    /// Segments; gaps are days without contract.
    pub tramos: Vec<Tramo>,
    /// Anchors by `desde`; the first one rules backwards too.
    pub anclas: Vec<AnclaVigente>,
}

/// Segments of the facts under the policy. Same-day changes collapse to the last one (U4).
pub fn tramos(eventos: &[EventoServicio], politica: PoliticaTramos) -> Vec<Tramo> {
    linea_tiempo(eventos, politica).tramos
}

/// State on `fecha`; none before the first `Alta`.
pub fn estado_en(eventos: &[EventoServicio], fecha: Fecha) -> Option<EstadoServicio> {
    let mut vida = Vida::default();
    for evento in vigentes(eventos).into_iter().filter(|e| e.desde <= fecha) {
        vida.apply(evento);
    }
    vida.contrato?;
    Some(if vida.cancelado {
        EstadoServicio::Cancelado
    } else if vida.hasta.is_some_and(|hasta| hasta <= fecha) {
        EstadoServicio::Vencido
    } else if vida.pausado || vida.suspendido_desde.is_some() {
        EstadoServicio::Suspendido
    } else {
        EstadoServicio::Activo
    })
}

/// Segments and anchors of the facts under the policy; the facts may come in any order.
pub fn linea_tiempo(eventos: &[EventoServicio], politica: PoliticaTramos) -> LineaTiempo {
    let eventos = vigentes(eventos);
    let mut linea = LineaTiempo::default();
    let mut vida = Vida::default();
    let mut cortes: BTreeSet<Fecha> = eventos.iter().map(|e| e.desde).collect();
    let mut siguiente = 0;
    while let Some(dia) = cortes.pop_first() {
        while let Some(evento) = eventos.get(siguiente).filter(|e| e.desde <= dia) {
            vida.apply(evento);
            siguiente += 1;
        }
        vida.add_cortes(dia, politica, &mut cortes);
        let hasta = cortes.first().copied().unwrap_or(SIN_FIN);
        linea.push_ancla(dia, &vida);
        linea.push_tramo(vida.tramo(Periodo::new(dia, hasta)));
    }
    linea
}

/// Facts that were not taken back, by day and then by sequence.
pub(crate) fn vigentes(eventos: &[EventoServicio]) -> Vec<&EventoServicio> {
    let anulado = |secuencia: u32| {
        let anula = Hecho::Anulacion { secuencia };
        eventos.iter().any(|e| e.hecho == anula)
    };
    let hay_anulaciones = eventos.iter().any(|e| matches!(e.hecho, Hecho::Anulacion { .. }));
    let mut vigentes: Vec<&EventoServicio> = eventos
        .iter()
        .filter(|e| !matches!(e.hecho, Hecho::Anulacion { .. }))
        .filter(|e| !hay_anulaciones || !anulado(e.secuencia))
        .collect();
    vigentes.sort_by_key(|e| (e.desde, e.secuencia));
    vigentes
}

impl LineaTiempo {
    /// Timeline of a service with no fact but its start: the same as folding that one `Alta`,
    /// without reading it from storage.
    pub fn sin_cambios(
        producto: Uuid,
        precio: Centavos,
        ancla: Ancla,
        desde: Fecha,
    ) -> LineaTiempo {
        let (periodo, motivo) = (Periodo::new(desde, SIN_FIN), Motivo::Normal);
        let tramo = Tramo { periodo, precio, precio_lista: precio, motivo, producto };
        LineaTiempo { tramos: vec![tramo], anclas: vec![AnclaVigente { desde, ancla }] }
    }

    fn push_ancla(&mut self, desde: Fecha, vida: &Vida<'_>) {
        let Some(contrato) = vida.contrato else { return };
        if self.anclas.last().is_none_or(|ultima| ultima.ancla != contrato.ancla) {
            self.anclas.push(AnclaVigente { desde, ancla: contrato.ancla });
        }
    }

    fn push_tramo(&mut self, tramo: Option<Tramo>) {
        let Some(tramo) = tramo else { return };
        match self.tramos.last_mut() {
            Some(ultimo) if sigue(ultimo, &tramo) => ultimo.periodo.hasta = tramo.periodo.hasta,
            _ => self.tramos.push(tramo),
        }
    }
}

/// Whether `b` is the same segment going on.
fn sigue(a: &Tramo, b: &Tramo) -> bool {
    a.periodo.hasta == b.periodo.desde && Tramo { periodo: b.periodo, ..*a } == *b
}

/// Product, list price and anchor in force.
#[derive(Clone, Copy)]
struct Contrato {
    producto: Uuid,
    precio: Centavos,
    ancla: Ancla,
}

/// Discount in force.
struct DescuentoVigente<'a> {
    etiqueta: &'a str,
    valor: ValorDescuento,
    hasta: Option<Fecha>,
}

/// Everything that the facts up to a day leave in force.
#[derive(Default)]
struct Vida<'a> {
    contrato: Option<Contrato>,
    cancelado: bool,
    suspendido_desde: Option<Fecha>,
    pausado: bool,
    hasta: Option<Fecha>,
    descuentos: Vec<DescuentoVigente<'a>>,
    /// First day that a suspension is free, when the policy bills its beginning.
    fin_cobro: Option<Fecha>,
}

impl<'a> Vida<'a> {
    fn apply(&mut self, evento: &'a EventoServicio) {
        match &evento.hecho {
            Hecho::Alta { producto, precio, ancla } => {
                let contrato = Contrato { producto: *producto, precio: *precio, ancla: *ancla };
                *self = Vida { contrato: Some(contrato), ..Vida::default() };
            }
            Hecho::CambioPrecio { precio } => self.change(|c| c.precio = *precio),
            Hecho::CambioPlan { producto, precio } => self.change(|c| {
                c.producto = *producto;
                c.precio = *precio;
            }),
            Hecho::CambioAncla { ancla } => self.change(|c| c.ancla = *ancla),
            Hecho::Suspension => {
                self.suspendido_desde.get_or_insert(evento.desde);
            }
            Hecho::Reactivacion => {
                self.suspendido_desde = None;
                self.fin_cobro = None;
            }
            Hecho::Pausa => self.pausado = true,
            Hecho::FinPausa => self.pausado = false,
            Hecho::Cancelacion => self.cancelado = true,
            Hecho::Vigencia { hasta } => self.hasta = *hasta,
            Hecho::Descuento { etiqueta, valor, hasta } => {
                self.descuentos.retain(|d| d.etiqueta != etiqueta);
                let (valor, hasta) = (*valor, *hasta);
                self.descuentos.push(DescuentoVigente { etiqueta, valor, hasta });
            }
            Hecho::FinDescuento { etiqueta } => self.descuentos.retain(|d| d.etiqueta != etiqueta),
            Hecho::Anulacion { .. } => {}
        }
    }

    fn change(&mut self, f: impl FnOnce(&mut Contrato)) {
        if let Some(contrato) = self.contrato.as_mut() {
            f(contrato);
        }
    }

    /// Days on which the price changes by itself: ends of term, discounts and billed suspension.
    fn add_cortes(&mut self, dia: Fecha, politica: PoliticaTramos, cortes: &mut BTreeSet<Fecha>) {
        if self.fin_cobro.is_none() {
            self.fin_cobro = self.fin_cobro_suspension(politica);
        }
        let finales = self.descuentos.iter().filter_map(|d| d.hasta);
        let propios = [self.hasta, self.fin_cobro].into_iter().flatten();
        cortes.extend(finales.chain(propios).filter(|fin| *fin > dia));
    }

    fn fin_cobro_suspension(&self, politica: PoliticaTramos) -> Option<Fecha> {
        let desde = self.suspendido_desde?;
        let ancla = self.contrato?.ancla;
        match politica.suspension {
            SuspensionCobro::NoCobrar => Some(desde),
            SuspensionCobro::CobrarHastaFinPeriodo => {
                Some(ancla.periodo(ancla.indice_en(desde)).hasta)
            }
            SuspensionCobro::Cobrar => {
                let tope = i32::from(politica.tope_dias?);
                Some(ancla.primer_limite_desde(desde.plus_dias(tope)))
            }
        }
    }

    /// Segment of the days, if there is a contract on them.
    fn tramo(&self, periodo: Periodo) -> Option<Tramo> {
        let contrato = self.contrato.filter(|_| !self.cancelado)?;
        let termino = self.hasta.is_some_and(|hasta| hasta <= periodo.desde);
        if termino || periodo.is_empty() {
            return None;
        }
        let motivo = if self.pausado {
            Motivo::Pausado
        } else if self.suspendido_desde.is_some() {
            Motivo::Suspendido
        } else {
            Motivo::Normal
        };
        let gratis = self.pausado || self.fin_cobro.is_some_and(|fin| fin <= periodo.desde);
        let precio = if gratis { 0 } else { self.precio_neto(contrato, periodo.desde) };
        let Contrato { producto, precio: precio_lista, .. } = contrato;
        Some(Tramo { periodo, precio, precio_lista, motivo, producto })
    }

    fn precio_neto(&self, contrato: Contrato, dia: Fecha) -> Centavos {
        let vigente = |d: &&DescuentoVigente<'_>| d.hasta.is_none_or(|hasta| hasta > dia);
        let vigentes = self.descuentos.iter().filter(vigente);
        let rebaja: Centavos = vigentes.map(|d| d.valor.sobre(contrato.precio)).sum();
        (contrato.precio - rebaja).max(0)
    }
}

#[cfg(test)]
#[path = "tramos_tests.rs"]
mod tests;
