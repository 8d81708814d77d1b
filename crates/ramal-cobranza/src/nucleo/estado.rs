//! Where a service stands in the collection of its debt on a day: the pure function of S1, with the
//! day from which it may be cut (S2) and what moves that day. It asks no brake: see `lista`.

use std::collections::BTreeMap;

use ramal_base::{Fecha, Moneda};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::calendario::Calendario;
use super::politica::Politica;

/// Where a service stands (S1), from well to gone.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum EstadoCobranza {
    /// Nada vencido ni por vencer.
    AlDia,
    /// Vence en pocos días, o hoy.
    PorVencer,
    /// Venció y corren los días de gracia de la política.
    Vencido,
    /// La gracia de la política terminó; vive hasta el día en que se lo puede cortar.
    EnGracia,
    /// Suspendido por deuda.
    Suspendido,
    /// Suspendido desde hace tanto que el bloqueo es total.
    Cortado,
    /// Dado de baja.
    Baja,
    /// Una promesa vigente cubre lo vencido.
    Promesa,
    /// En pausa a pedido del cliente.
    PausaCliente,
    /// Exento de corte hasta una fecha.
    Exento,
}

impl EstadoCobranza {
    /// Stored and wire text.
    pub fn as_str(self) -> &'static str {
        use EstadoCobranza as E;
        match self {
            E::AlDia => "AL_DIA",
            E::PorVencer => "POR_VENCER",
            E::Vencido => "VENCIDO",
            E::EnGracia => "EN_GRACIA",
            E::Suspendido => "SUSPENDIDO",
            E::Cortado => "CORTADO",
            E::Baja => "BAJA",
            E::Promesa => "PROMESA",
            E::PausaCliente => "PAUSA_CLIENTE",
            E::Exento => "EXENTO",
        }
    }
}

/// An open amount of one invoice that a service answers for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Partida {
    /// The invoice.
    pub factura_id: Uuid,
    /// Its due day.
    pub vencimiento: Fecha,
    /// Open, minor units; positive.
    pub abierto: i64,
    /// Currency.
    pub moneda: Moneda,
    /// Day on which the notice of the cut was given; none = not yet.
    pub avisado: Option<Fecha>,
    /// Whether that notice was delivered, or tried on two channels (S3).
    pub entregado: bool,
    /// Day on which a bounced payment opened it again (Y8).
    pub reabierta: Option<Fecha>,
}

/// A service and what it answers for, as known on the day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Deuda {
    /// Open amounts, due or not, in any order.
    pub partidas: Vec<Partida>,
    /// First day of the suspension for debt that lasts.
    pub suspendido_desde: Option<Fecha>,
    /// Whether the customer has it paused.
    pub pausado: bool,
    /// Whether it ended.
    pub baja: bool,
    /// Last day of its exemption.
    pub exento_hasta: Option<Fecha>,
}

/// State of a promise (M1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EstadoPromesa {
    /// Todavía se puede cumplir.
    Vigente,
    /// Se pagó a tiempo.
    Cumplida,
    /// Pasó la fecha sin pago.
    Rota,
    /// Retirada por una persona.
    Anulada,
}

impl EstadoPromesa {
    /// Stored and wire text.
    pub fn as_str(self) -> &'static str {
        match self {
            EstadoPromesa::Vigente => "vigente",
            EstadoPromesa::Cumplida => "cumplida",
            EstadoPromesa::Rota => "rota",
            EstadoPromesa::Anulada => "anulada",
        }
    }

    /// Reads the stored text.
    pub fn parse(texto: &str) -> Option<EstadoPromesa> {
        use EstadoPromesa::{Anulada, Cumplida, Rota, Vigente};
        [Vigente, Cumplida, Rota, Anulada].into_iter().find(|e| e.as_str() == texto)
    }
}

/// What a promise covers, for the rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compromiso {
    /// Last day to pay.
    pub fecha: Fecha,
    /// State on record.
    pub estado: EstadoPromesa,
    /// Covered invoices; debts born later are not covered (M4).
    pub facturas: Vec<Uuid>,
}

impl Compromiso {
    fn is_live(&self, as_of: Fecha) -> bool {
        self.estado == EstadoPromesa::Vigente && as_of <= self.fecha
    }

    fn covers(&self, p: &Partida) -> bool {
        self.facturas.contains(&p.factura_id)
    }
}

/// Where a service stands and what comes next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Situacion {
    /// The state.
    pub estado: EstadoCobranza,
    /// Overdue per currency, minor units, promised or not.
    pub vencido: BTreeMap<Moneda, i64>,
    /// Days since the oldest overdue amount fell due.
    pub dias: i64,
    /// First day on which it may be cut, with what is known today; none if there is nothing to cut.
    pub corte: Option<Fecha>,
    /// Whether what is overdue reaches the minimum of the policy.
    pub minimo: bool,
    /// Whether what was announced and delivered does not justify a cut yet.
    pub falta_aviso: bool,
    /// Day on which a suspended service ends (S8).
    pub baja: Option<Fecha>,
}

/// State of a service on `as_of` from what is known on that day (S1). Pure.
///
/// `deuda` holds what the service answers for under the scope of the policy. The day of the cut is
/// the first allowed one strictly after due plus grace (S2), never before the notice had its
/// working days, and after a promise the first allowed one after its date (M3, M4).
pub fn estado_cobranza(
    as_of: Fecha,
    deuda: &Deuda,
    promesas: &[Compromiso],
    politica: &Politica,
    calendario: &Calendario,
) -> Situacion {
    let vencidas: Vec<&Partida> =
        deuda.partidas.iter().filter(|p| p.abierto > 0 && p.vencimiento < as_of).collect();
    let viva = |p: &Partida| promesas.iter().any(|c| c.is_live(as_of) && c.covers(p));
    let (cubiertas, libres): (Vec<&Partida>, Vec<&Partida>) =
        vencidas.iter().copied().partition(|p| viva(p));
    let plazo = Plazo { as_of, promesas, politica, calendario };
    let minimo = reaches(&libres, politica.deuda_minima);
    let avisadas: Vec<&Partida> =
        libres.iter().copied().filter(|p| p.avisado.is_some() && p.entregado).collect();
    let con_aviso = plazo.enough(&avisadas);
    let corte = match libres.is_empty() {
        true => plazo.enough(&cubiertas),
        false => con_aviso.or_else(|| plazo.enough(&libres)),
    };
    let dias = vencidas.iter().map(|p| p.vencimiento.dias_hasta(as_of)).max().unwrap_or(0);
    let mut situacion = Situacion {
        estado: EstadoCobranza::AlDia,
        vencido: totals(&vencidas),
        dias,
        corte,
        minimo,
        falta_aviso: con_aviso.is_none(),
        baja: None,
    };
    situacion.estado = standing(&plazo, deuda, (&libres, &cubiertas));
    let suspendido = matches!(
        situacion.estado,
        EstadoCobranza::Suspendido | EstadoCobranza::Cortado | EstadoCobranza::Promesa
    );
    if let (Some(desde), true) = (deuda.suspendido_desde, suspendido) {
        situacion.baja = politica.dias_baja.map(|n| desde.plus_dias(i32::from(n)));
    }
    situacion
}

fn standing(
    plazo: &Plazo<'_>,
    deuda: &Deuda,
    (libres, cubiertas): (&[&Partida], &[&Partida]),
) -> EstadoCobranza {
    let (as_of, politica) = (plazo.as_of, plazo.politica);
    if deuda.baja {
        return EstadoCobranza::Baja;
    }
    if deuda.pausado {
        return EstadoCobranza::PausaCliente;
    }
    if deuda.exento_hasta.is_some_and(|hasta| as_of <= hasta) {
        return EstadoCobranza::Exento;
    }
    if libres.is_empty() && !cubiertas.is_empty() {
        return EstadoCobranza::Promesa;
    }
    if let Some(desde) = deuda.suspendido_desde {
        let total = politica.dias_cortado.is_some_and(|n| desde.dias_hasta(as_of) >= i64::from(n));
        return if total { EstadoCobranza::Cortado } else { EstadoCobranza::Suspendido };
    }
    match libres {
        [] if is_near(as_of, deuda, politica) => EstadoCobranza::PorVencer,
        [] => EstadoCobranza::AlDia,
        _ if libres.iter().any(|p| as_of > plazo.gracia(p)) => EstadoCobranza::EnGracia,
        _ => EstadoCobranza::Vencido,
    }
}

fn is_near(as_of: Fecha, deuda: &Deuda, politica: &Politica) -> bool {
    let hasta = as_of.plus_dias(i32::from(politica.por_vencer_dias));
    let cerca = |p: &Partida| p.abierto > 0 && (as_of..=hasta).contains(&p.vencimiento);
    deuda.partidas.iter().any(cerca)
}

fn totals(partidas: &[&Partida]) -> BTreeMap<Moneda, i64> {
    let mut total = BTreeMap::new();
    for p in partidas {
        let suma: &mut i64 = total.entry(p.moneda).or_default();
        *suma = suma.saturating_add(p.abierto);
    }
    total
}

/// Whether what is overdue in some currency is at least the minimum, and something.
fn reaches(partidas: &[&Partida], minimo: i64) -> bool {
    totals(partidas).into_values().any(|suma| suma > 0 && suma >= minimo)
}

/// What the day of a cut depends on.
struct Plazo<'a> {
    as_of: Fecha,
    promesas: &'a [Compromiso],
    politica: &'a Politica,
    calendario: &'a Calendario,
}

impl Plazo<'_> {
    /// First day on which enough of these amounts lets cut; none if all together are too little.
    fn enough(&self, partidas: &[&Partida]) -> Option<Fecha> {
        let con_dia = |p: &&Partida| Some((self.corte(p)?, p.moneda, p.abierto));
        let mut dias: Vec<(Fecha, Moneda, i64)> = partidas.iter().filter_map(con_dia).collect();
        dias.sort();
        let mut sumas: BTreeMap<Moneda, i64> = BTreeMap::new();
        dias.into_iter().find_map(|(dia, moneda, abierto)| {
            let suma = sumas.entry(moneda).or_default();
            *suma = suma.saturating_add(abierto);
            (*suma > 0 && *suma >= self.politica.deuda_minima).then_some(dia)
        })
    }

    /// First day on which this amount lets cut.
    fn corte(&self, p: &Partida) -> Option<Fecha> {
        let candidato = self.calendario.siguiente_permitido(self.gracia(p))?;
        let con_aviso = self.calendario.primer_permitido(self.tras_aviso(p))?;
        Some(candidato.max(con_aviso).max(self.tras_reapertura(p)?))
    }

    /// Last day of grace: that of the policy, or the date of the promise that covers it.
    fn gracia(&self, p: &Partida) -> Fecha {
        let suya = |c: &&Compromiso| {
            let cuenta = matches!(c.estado, EstadoPromesa::Vigente | EstadoPromesa::Rota);
            cuenta && c.covers(p)
        };
        let prometida = self.promesas.iter().filter(suya).map(|c| c.fecha).max();
        let politica = p.vencimiento.plus_dias(i32::from(self.politica.gracia_dias));
        prometida.map_or(politica, |fecha| fecha.max(p.vencimiento))
    }

    /// First day on which the notice has had its working days; one not given yet counts from
    /// today, and one given on a day of rest from the working day after it.
    fn tras_aviso(&self, p: &Partida) -> Fecha {
        let habiles = self.politica.aviso_corte().map_or(0, |e| e.dias);
        let aviso = p.avisado.unwrap_or(self.as_of);
        match u16::try_from(habiles).unwrap_or(0) {
            0 => aviso,
            n if self.calendario.is_habil(aviso) => self.calendario.plus_habiles(aviso, n),
            n => self.calendario.plus_habiles(aviso, n.saturating_add(1)),
        }
    }

    /// An invoice opened again by a bounced payment lives two more allowed days (Y8).
    fn tras_reapertura(&self, p: &Partida) -> Option<Fecha> {
        let Some(reabierta) = p.reabierta else { return Some(p.vencimiento) };
        let primero = self.calendario.siguiente_permitido(reabierta)?;
        let segundo = self.calendario.siguiente_permitido(primero)?;
        self.calendario.siguiente_permitido(segundo)
    }
}

#[cfg(test)]
#[path = "estado_tests.rs"]
mod tests;
