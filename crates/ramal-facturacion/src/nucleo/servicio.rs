//! A service as billing sees it: which periods it has and from when. It holds no prices of periods.

use ramal_base::Fecha;
use ramal_contratos::{AnclaVigente, LineaTiempo, Periodo, SIN_FIN, Tramo};

/// Timeline of one service, ready to be billed.
///
/// Shape: without segments or anchors it has no periods and owes nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServicioFacturable {
    tramos: Vec<Tramo>,
    anclas: Vec<AnclaVigente>,
    alta: Fecha,
    inicio: Fecha,
    fin: Fecha,
    facturado_desde: Option<Fecha>,
}

/// Why a period is whole or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TipoPeriodo {
    /// Begins on its boundary.
    Entero,
    /// Clipped by the start of the service (facturacion.md P3).
    Primero,
    /// From a change of anchor to the first new boundary (A5).
    Puente,
}

/// One period of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PeriodoFacturable {
    /// Boundary to boundary; the denominator of every proration (P1).
    pub completo: Periodo,
    /// The days of it that this service bills under this anchor; its `desde` is the posting key.
    pub cubierto: Periodo,
    /// Nominal billing day of the anchor, 1 to 31.
    pub dia_nominal: u8,
    /// Months per period of the anchor.
    pub meses: u16,
    /// Whole, first or bridge.
    pub tipo: TipoPeriodo,
    /// Start of the partial period right before, if this is the first whole one after it.
    pub tras_parcial: Option<Fecha>,
}

impl PeriodoFacturable {
    /// Whether a change of anchor ends it early (A5).
    pub fn is_cortado(&self) -> bool {
        self.cubierto.hasta < self.completo.hasta
    }
}

impl ServicioFacturable {
    /// Service of a timeline.
    ///
    /// `facturado_desde`: periods that begin before it were billed by an earlier system, so billing
    /// begins at the first boundary on or after it; none = billed from its start.
    pub fn new(linea: LineaTiempo, facturado_desde: Option<Fecha>) -> ServicioFacturable {
        let LineaTiempo { tramos, anclas } = linea;
        let alta = tramos.first().map_or(SIN_FIN, |t| t.periodo.desde);
        let fin = tramos.last().map_or(alta, |t| t.periodo.hasta);
        let propio =
            ServicioFacturable { tramos, anclas, alta, inicio: alta, fin, facturado_desde };
        match facturado_desde.filter(|desde| *desde > alta) {
            Some(desde) => ServicioFacturable { inicio: propio.limite_desde(desde), ..propio },
            None => propio,
        }
    }

    /// First boundary on or after `fecha`, by the anchor that rules on `fecha`.
    fn limite_desde(&self, fecha: Fecha) -> Fecha {
        let vigente = self.anclas.iter().rev().find(|a| a.desde <= fecha);
        vigente.or(self.anclas.first()).map_or(fecha, |a| a.ancla.primer_limite_desde(fecha))
    }

    /// Segments in order.
    pub fn tramos(&self) -> &[Tramo] {
        &self.tramos
    }

    /// First day of contract.
    pub fn alta(&self) -> Fecha {
        self.alta
    }

    /// First day that this system bills.
    pub fn inicio(&self) -> Fecha {
        self.inicio
    }

    /// First day without contract; [`SIN_FIN`] while it lives.
    pub fn fin(&self) -> Fecha {
        self.fin
    }

    /// Whether a period that begins on `fecha` was billed by an earlier system.
    pub fn is_ajeno(&self, fecha: Fecha) -> bool {
        self.facturado_desde.is_some_and(|desde| fecha < desde)
    }

    /// All periods in order; endless in practice while the service lives.
    pub fn periodos(&self) -> Periodos<'_> {
        self.periodos_desde(self.inicio)
    }

    /// Periods from the one that contains `fecha` on (or the first one).
    pub fn periodos_desde(&self, fecha: Fecha) -> Periodos<'_> {
        let fecha = fecha.max(self.inicio);
        let tramo = self.anclas.iter().rposition(|a| a.desde <= fecha).unwrap_or(0);
        let k = self.anclas.get(tramo).map_or(0, |a| a.ancla.indice_en(fecha));
        Periodos { servicio: self, tramo, k }
    }

    /// The period that contains `fecha`, if any.
    pub fn periodo_en(&self, fecha: Fecha) -> Option<PeriodoFacturable> {
        self.periodos_desde(fecha).next().filter(|p| p.cubierto.contains(fecha))
    }

    /// Days ruled by anchor `i`, from the first billed one.
    fn vigencia(&self, i: usize) -> Periodo {
        let desde = if i == 0 { self.inicio } else { self.anclas[i].desde.max(self.inicio) };
        Periodo::new(desde, self.anclas.get(i + 1).map_or(SIN_FIN, |a| a.desde))
    }

    fn periodo(&self, i: usize, k: i32) -> Option<PeriodoFacturable> {
        let vigencia = self.vigencia(i);
        let ancla = self.anclas[i].ancla;
        let completo = ancla.periodo(k);
        let cubierto = completo.intersect(vigencia)?;
        let parcial = |p: Periodo| p.desde < vigencia.desde && vigencia.desde < p.hasta;
        let tipo = match parcial(completo) {
            false => TipoPeriodo::Entero,
            true if cubierto.desde == self.alta => TipoPeriodo::Primero,
            true => TipoPeriodo::Puente,
        };
        let tras_parcial = parcial(ancla.periodo(k - 1)).then_some(vigencia.desde);
        let (dia_nominal, meses) = (ancla.dia(), ancla.meses());
        Some(PeriodoFacturable { completo, cubierto, dia_nominal, meses, tipo, tras_parcial })
    }
}

/// Periods of a service in order of time.
pub struct Periodos<'a> {
    servicio: &'a ServicioFacturable,
    tramo: usize,
    k: i32,
}

impl Iterator for Periodos<'_> {
    type Item = PeriodoFacturable;

    fn next(&mut self) -> Option<PeriodoFacturable> {
        while self.tramo < self.servicio.anclas.len() {
            if let Some(periodo) = self.servicio.periodo(self.tramo, self.k) {
                self.k += 1;
                return Some(periodo).filter(|p| p.cubierto.desde < self.servicio.fin);
            }
            self.tramo += 1;
            let anclas = &self.servicio.anclas;
            let desde = self.servicio.inicio;
            self.k = anclas.get(self.tramo).map_or(0, |a| a.ancla.indice_en(a.desde.max(desde)));
        }
        None
    }
}
