//! What a period should cost: proration and its explanation. It never looks at what was posted.

use ramal_base::Fecha;
use ramal_base::dinero::rh_div;
use ramal_contratos::{Centavos, Motivo, Periodo, Tramo, numero_de_dia};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::pendientes::Guardas;
use super::servicio::{PeriodoFacturable, ServicioFacturable, TipoPeriodo};

/// How days become money (facturacion.md P2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Prorrateo {
    /// Days over the days of the whole period.
    #[default]
    DiasReales,
    /// 30/360 day count over 30 days per month.
    #[serde(rename = "MES_30")]
    Mes30,
    /// A period costs the price of its first day; changes count from the next one. What a change
    /// of anchor cuts is prorated by real days all the same, so that nothing is billed twice (A5).
    SinProrrateo,
}

/// When a partial first period (or the bridge of A5) is billed (facturacion.md P3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PrimerPeriodo {
    /// On its own, at once.
    #[default]
    Separado,
    /// At once, together with the first whole period.
    ConSiguiente,
    /// With the invoice of the next period.
    Diferido,
    /// The first period of a service is free; a bridge is billed as `Separado`.
    Gratis,
}

/// Company policy of the charges.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Reglas {
    /// Day count.
    pub prorrateo: Prorrateo,
    /// Partial first periods.
    pub primer_periodo: PrimerPeriodo,
    /// Days ahead of `as_of` that join the run, 0 to 10 (G2).
    pub ventana_dias: u8,
    /// Limits that park a service (C5).
    pub guardas: Guardas,
}

impl Reglas {
    /// Day on which the period is first billed.
    pub fn vence(&self, periodo: &PeriodoFacturable) -> Fecha {
        let parcial = periodo.tipo != TipoPeriodo::Entero;
        match self.primer_periodo {
            PrimerPeriodo::Diferido if parcial => periodo.cubierto.hasta,
            PrimerPeriodo::ConSiguiente => periodo.tras_parcial.unwrap_or(periodo.cubierto.desde),
            _ => periodo.cubierto.desde,
        }
    }
}

/// One step of the arithmetic of a charge (B-02): `precio × peso / total`, rounded cumulatively.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pieza {
    /// The days.
    pub periodo: Periodo,
    /// Days billed of the period, by the day count in use.
    pub dias: i32,
    /// Days of the whole period, by the day count in use.
    pub total: i32,
    /// Price per full period.
    pub precio: Centavos,
    /// Part of the charge; the parts add up to it exactly (P4).
    pub importe: Centavos,
    /// Why this price.
    pub motivo: Motivo,
    /// Product in force.
    pub producto: Uuid,
}

/// What the service must cost in the period, by everything known (C1).
pub fn esperado(
    servicio: &ServicioFacturable,
    periodo: &PeriodoFacturable,
    reglas: &Reglas,
) -> Centavos {
    let Some(medida) = Medida::new(periodo, reglas) else { return 0 };
    let mut suma = 0i128;
    medida.each_tramo(servicio, |tramo, _, peso| {
        suma += i128::from(tramo.precio) * i128::from(peso);
    });
    rh_div(suma, i128::from(medida.total))
}

/// The same amount opened into pieces that add up to it exactly (P4, B-02).
pub fn explicacion(
    servicio: &ServicioFacturable,
    periodo: &PeriodoFacturable,
    reglas: &Reglas,
) -> Vec<Pieza> {
    let mut piezas = Vec::new();
    let Some(medida) = Medida::new(periodo, reglas) else { return piezas };
    let (mut suma, mut redondeado) = (0i128, 0);
    medida.each_tramo(servicio, |tramo, periodo, peso| {
        suma += i128::from(tramo.precio) * i128::from(peso);
        let acumulado = rh_div(suma, i128::from(medida.total));
        let Tramo { precio, motivo, producto, .. } = *tramo;
        let importe = acumulado - redondeado;
        let total = medida.total;
        piezas.push(Pieza { periodo, dias: peso, total, precio, importe, motivo, producto });
        redondeado = acumulado;
    });
    piezas
}

/// `rh(precio × days(a, b) / days(s, e))`: the part of a price for some days of a
/// whole period (P1).
pub fn prorrata(precio: Centavos, parte: Periodo, entero: Periodo, modo: Prorrateo) -> Centavos {
    let meses = meses_entre(entero);
    let dia = u8::try_from(entero.desde.dia()).unwrap_or(1);
    let medida = Medida::with_modo(entero, parte, (dia, meses), modo);
    let peso = medida.peso(parte);
    rh_div(i128::from(precio) * i128::from(peso), i128::from(medida.total))
}

/// Months from boundary to boundary, at least 1.
fn meses_entre(entero: Periodo) -> u16 {
    let indice = |f: Fecha| i32::from(f.anio()) * 12 + i32::from(f.mes());
    u16::try_from((indice(entero.hasta) - indice(entero.desde)).max(1)).unwrap_or(u16::MAX)
}

/// Day count of one period.
struct Medida {
    entero: Periodo,
    cubierto: Periodo,
    dia_nominal: i32,
    total: i32,
    modo: Prorrateo,
}

impl Medida {
    /// None when the period is free by policy.
    fn new(periodo: &PeriodoFacturable, reglas: &Reglas) -> Option<Medida> {
        let gratis = reglas.primer_periodo == PrimerPeriodo::Gratis;
        if gratis && periodo.tipo == TipoPeriodo::Primero {
            return None;
        }
        let por_ancla = periodo.tipo == TipoPeriodo::Puente || periodo.is_cortado();
        let modo = match reglas.prorrateo {
            Prorrateo::SinProrrateo if por_ancla => Prorrateo::DiasReales,
            modo => modo,
        };
        let ancla = (periodo.dia_nominal, periodo.meses);
        Some(Medida::with_modo(periodo.completo, periodo.cubierto, ancla, modo))
    }

    fn with_modo(
        entero: Periodo,
        cubierto: Periodo,
        (dia, meses): (u8, u16),
        modo: Prorrateo,
    ) -> Medida {
        let total = match modo {
            Prorrateo::DiasReales => entero.dias(),
            Prorrateo::Mes30 => 30 * i32::from(meses),
            Prorrateo::SinProrrateo => 1,
        };
        assert!(total > 0, "a billing period has at least one day");
        Medida { entero, cubierto, dia_nominal: i32::from(dia).min(30), total, modo }
    }

    /// Days from the start of the whole period to `fecha`; `total` at its end whatever the count.
    fn posicion(&self, fecha: Fecha) -> i32 {
        match self.modo {
            _ if fecha <= self.entero.desde => 0,
            _ if fecha >= self.entero.hasta => self.total,
            Prorrateo::Mes30 => self.posicion_30(fecha).clamp(0, self.total),
            _ => numero_de_dia(fecha) - numero_de_dia(self.entero.desde),
        }
    }

    /// 30/360 with the nominal day of the anchor, so that 28 February of an anchor 31 is day 30.
    fn posicion_30(&self, fecha: Fecha) -> i32 {
        let desde = self.entero.desde;
        let anios = i32::from(fecha.anio()) - i32::from(desde.anio());
        let meses = 12 * anios + i32::from(fecha.mes()) - i32::from(desde.mes());
        30 * meses + i32::from(fecha.dia()).min(30) - self.dia_nominal
    }

    fn peso(&self, parte: Periodo) -> i32 {
        if self.modo == Prorrateo::SinProrrateo {
            return 1;
        }
        self.posicion(parte.hasta) - self.posicion(parte.desde)
    }

    /// Calls `f` with each segment, its days inside the covered part, and their weight.
    fn each_tramo(&self, servicio: &ServicioFacturable, mut f: impl FnMut(&Tramo, Periodo, i32)) {
        let tramos = servicio.tramos();
        let primero = tramos.partition_point(|t| t.periodo.hasta <= self.cubierto.desde);
        for tramo in &tramos[primero..] {
            let Some(comun) = tramo.periodo.intersect(self.cubierto) else { return };
            if self.modo == Prorrateo::SinProrrateo {
                return f(tramo, self.cubierto, self.peso(self.cubierto));
            }
            f(tramo, comun, self.peso(comun));
        }
    }
}
