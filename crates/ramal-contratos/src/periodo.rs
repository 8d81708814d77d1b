//! Half-open span of days and the day count under it. It knows nothing of anchors or prices.

use ramal_base::Fecha;
use serde::{Deserialize, Serialize};

/// Days `[desde, hasta)`: contains `desde`, does not contain `hasta` (facturacion.md R3).
///
/// Shape: empty when `hasta <= desde`. Without known end, `hasta` is [`SIN_FIN`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Periodo {
    /// First day inside.
    pub desde: Fecha,
    /// First day outside.
    pub hasta: Fecha,
}

impl Periodo {
    /// Span `[desde, hasta)`.
    pub const fn new(desde: Fecha, hasta: Fecha) -> Periodo {
        Periodo { desde, hasta }
    }

    /// Days inside; zero when the span is empty.
    pub fn dias(self) -> i32 {
        (numero_de_dia(self.hasta) - numero_de_dia(self.desde)).max(0)
    }

    /// Whether `fecha` falls inside.
    pub fn contains(self, fecha: Fecha) -> bool {
        self.desde <= fecha && fecha < self.hasta
    }

    /// Whether no day falls inside.
    pub fn is_empty(self) -> bool {
        self.hasta <= self.desde
    }

    /// Days that both spans share, if any.
    pub fn intersect(self, otro: Periodo) -> Option<Periodo> {
        let comun = Periodo::new(self.desde.max(otro.desde), self.hasta.min(otro.hasta));
        (!comun.is_empty()).then_some(comun)
    }
}

/// End of a span that has none: 9999-12-31, after every date that can be billed.
pub const SIN_FIN: Fecha = Fecha(jiff::civil::date(9999, 12, 31));

/// Days since 1970-01-01 in the proleptic Gregorian calendar; negative before.
///
/// Plain integer arithmetic (days from civil), because the run counts days for every service.
pub fn numero_de_dia(fecha: Fecha) -> i32 {
    let mes = i32::from(fecha.mes());
    let anio = i32::from(fecha.anio()) - i32::from(mes <= 2);
    let era = anio.div_euclid(400);
    let anio_de_era = anio.rem_euclid(400);
    let dia_de_anio = (153 * ((mes + 9) % 12) + 2) / 5 + i32::from(fecha.dia()) - 1;
    let dia_de_era = anio_de_era * 365 + anio_de_era / 4 - anio_de_era / 100 + dia_de_anio;
    era * 146_097 + dia_de_era - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    fn f(texto: &str) -> Fecha {
        Fecha::parse(texto).unwrap()
    }

    #[test]
    fn day_numbers_agree_with_the_calendar_over_a_century() {
        let origen = f("1970-01-01");
        let mut fecha = f("1969-01-01");
        while fecha < f("2101-01-01") {
            assert_eq!(i64::from(numero_de_dia(fecha)), origen.dias_hasta(fecha), "{fecha}");
            fecha = fecha.plus_dias(1);
        }
        assert!(numero_de_dia(SIN_FIN) > 2_900_000);
    }

    #[test]
    fn the_last_day_is_outside() {
        let p = Periodo::new(f("2026-11-01"), f("2026-12-01"));
        assert_eq!(p.dias(), 30);
        assert!(p.contains(f("2026-11-01")) && p.contains(f("2026-11-30")));
        assert!(!p.contains(f("2026-12-01")));
        let otro = Periodo::new(f("2026-11-20"), f("2027-01-01"));
        assert_eq!(p.intersect(otro), Some(Periodo::new(f("2026-11-20"), f("2026-12-01"))));
        assert_eq!(p.intersect(Periodo::new(p.hasta, SIN_FIN)), None);
        assert_eq!(Periodo::new(p.hasta, p.desde).dias(), 0);
    }
}
