//! Civil dates and instants. `Fecha` for business days, `Instante` (UTC) for what happened; they
//! meet only in a `Zona`.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Unit};
use serde::{Deserialize, Serialize};

/// Business or legal day in the company's zone. Wire and text: `YYYY-MM-DD`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fecha(pub Date);

/// The text is not a date, an instant or a zone.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct FechaError(pub &'static str);

impl Fecha {
    /// Date of a year, month and day. Errors: a day that the month does not have.
    pub fn new(anio: i16, mes: i8, dia: i8) -> Result<Fecha, FechaError> {
        Date::new(anio, mes, dia).map(Fecha).map_err(|_| FechaError("fecha inexistente"))
    }

    /// Reads `YYYY-MM-DD`.
    pub fn parse(texto: &str) -> Result<Fecha, FechaError> {
        let error = FechaError("la fecha debe ser AAAA-MM-DD, por ejemplo 2026-12-01");
        if texto.len() != 10 {
            return Err(error);
        }
        texto.parse::<Date>().map(Fecha).map_err(|_| error)
    }

    /// Year, four digits.
    pub fn anio(self) -> i16 {
        self.0.year()
    }

    /// Month, 1 to 12.
    pub fn mes(self) -> i8 {
        self.0.month()
    }

    /// Day of the month, 1 to 31.
    pub fn dia(self) -> i8 {
        self.0.day()
    }

    /// The date `dias` later (or earlier if negative). Saturates at the calendar's ends.
    pub fn plus_dias(self, dias: i32) -> Fecha {
        Fecha(self.0.saturating_add(dias.days()))
    }

    /// Days from `self` to `otra`; negative if `otra` is earlier.
    pub fn dias_hasta(self, otra: Fecha) -> i64 {
        let span = self.0.until((Unit::Day, otra.0));
        span.map_or(0, |s| i64::from(s.get_days()))
    }

    /// Same day number `meses` later, clipped to the last day of that month. Never chain it: see
    /// `Ancla`.
    pub fn plus_meses(self, meses: i32) -> Fecha {
        let total = i32::from(self.anio()) * 12 + i32::from(self.mes()) - 1 + meses;
        let (anio, mes) = (total.div_euclid(12), total.rem_euclid(12) + 1);
        let anio = i16::try_from(anio).unwrap_or(i16::MAX).clamp(-9999, 9999);
        let mes = i8::try_from(mes).unwrap_or(1);
        let primero = Date::new(anio, mes, 1).unwrap_or(Date::MIN);
        let dia = self.dia().min(primero.days_in_month());
        Fecha(Date::new(anio, mes, dia).unwrap_or(primero))
    }
}

impl fmt::Display for Fecha {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl FromStr for Fecha {
    type Err = FechaError;

    fn from_str(texto: &str) -> Result<Self, FechaError> {
        Fecha::parse(texto)
    }
}

/// Moment in UTC, kept with millisecond precision so that texts sort as times. Wire: RFC 3339.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Instante(pub Timestamp);

impl Instante {
    /// Instant of `ms` milliseconds since 1970-01-01T00:00:00Z; clamped to the calendar.
    pub fn from_millis(ms: i64) -> Instante {
        Instante(Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH))
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub fn millis(self) -> i64 {
        self.0.as_millisecond()
    }

    /// Reads RFC 3339.
    pub fn parse(texto: &str) -> Result<Instante, FechaError> {
        let ts: Timestamp =
            texto.parse().map_err(|_| FechaError("el instante debe ser RFC 3339 con zona"))?;
        Ok(Instante::from_millis(ts.as_millisecond()))
    }

    /// The instant `ms` milliseconds later.
    pub fn plus_millis(self, ms: i64) -> Instante {
        Instante::from_millis(self.millis().saturating_add(ms))
    }
}

impl fmt::Display for Instante {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// IANA time zone in which a `Fecha` is a day.
#[derive(Clone, Debug)]
pub struct Zona(TimeZone);

impl Zona {
    /// Zone by IANA name. Errors: unknown name.
    pub fn parse(nombre: &str) -> Result<Zona, FechaError> {
        TimeZone::get(nombre).map(Zona).map_err(|_| FechaError("zona horaria desconocida"))
    }

    /// UTC.
    pub fn utc() -> Zona {
        Zona(TimeZone::UTC)
    }

    /// Day that the instant has in the zone.
    pub fn fecha(&self, instante: Instante) -> Fecha {
        Fecha(self.0.to_datetime(instante.0).date())
    }

    /// Local `YYYY-MM-DDThh:mm:ss` without zone or fraction, as CFDI and UBL write it.
    pub fn local(&self, instante: Instante) -> String {
        self.0.to_datetime(instante.0).strftime("%Y-%m-%dT%H:%M:%S").to_string()
    }

    /// The instant of a local civil time `YYYY-MM-DDThh:mm:ss` in the zone. Errors: not such a
    /// text.
    pub fn instante(&self, local: &str) -> Result<Instante, FechaError> {
        let error = FechaError("la fecha y hora local debe ser AAAA-MM-DDThh:mm:ss");
        let civil: jiff::civil::DateTime = local.parse().map_err(|_| error.clone())?;
        let zoned = self.0.to_ambiguous_zoned(civil).compatible().map_err(|_| error)?;
        Ok(Instante::from_millis(zoned.timestamp().as_millisecond()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn f(texto: &str) -> Fecha {
        Fecha::parse(texto).unwrap()
    }

    #[test]
    fn only_a_plain_iso_date_is_a_date() {
        assert_eq!(f("2026-12-01"), Fecha::new(2026, 12, 1).unwrap());
        for malo in ["", "2026-2-01", "2026-02-29", "01/12/2026", "2026-12-01T", "20261201", "x"] {
            assert!(Fecha::parse(malo).is_err(), "{malo}");
        }
        assert!(Fecha::new(2026, 13, 1).is_err());
        assert_eq!(serde_json::to_string(&f("2026-12-01")).unwrap(), "\"2026-12-01\"");
    }

    #[test]
    fn the_31st_is_clipped_to_the_month_and_leap_years_count() {
        let casos = [
            ("2026-01-31", 1, "2026-02-28"),
            ("2024-01-31", 1, "2024-02-29"),
            ("2026-01-31", 3, "2026-04-30"),
            ("2026-01-31", 12, "2027-01-31"),
            ("2024-02-29", 12, "2025-02-28"),
            ("2026-03-31", -1, "2026-02-28"),
            ("2026-11-15", 2, "2027-01-15"),
            ("2026-01-15", -13, "2024-12-15"),
        ];
        for (desde, meses, esperado) in casos {
            assert_eq!(f(desde).plus_meses(meses), f(esperado), "{desde} {meses}");
        }
    }

    #[test]
    fn days_are_counted_both_ways_over_a_leap_day() {
        assert_eq!(f("2024-02-28").dias_hasta(f("2024-03-01")), 2);
        assert_eq!(f("2026-12-01").dias_hasta(f("2026-11-30")), -1);
        assert_eq!(f("2026-12-31").plus_dias(1), f("2027-01-01"));
        assert_eq!(f("2026-01-01").plus_dias(-1), f("2025-12-31"));
    }

    proptest! {
        #[test]
        fn adding_days_and_counting_them_agree(inicio in 0i32..40_000, dias in -40_000i32..40_000) {
            let desde = f("1970-01-01").plus_dias(inicio);
            prop_assert_eq!(desde.dias_hasta(desde.plus_dias(dias)), i64::from(dias));
            prop_assert_eq!(f(&desde.to_string()), desde);
        }
    }

    #[test]
    fn midnight_belongs_to_the_day_of_the_company_not_of_utc() {
        let instante = Instante::parse("2026-12-01T04:30:00Z").unwrap();
        assert_eq!(Zona::utc().fecha(instante), f("2026-12-01"));
        assert_eq!(Zona::parse("America/Lima").unwrap().fecha(instante), f("2026-11-30"));
        assert_eq!(Zona::parse("America/Mexico_City").unwrap().fecha(instante), f("2026-11-30"));
        assert!(Zona::parse("America/Macondo").is_err());
    }

    #[test]
    fn local_times_go_to_an_instant_and_back() {
        let lima = Zona::parse("America/Lima").unwrap();
        let instante = lima.instante("2026-12-01T08:05:09").unwrap();
        assert_eq!(instante.to_string(), "2026-12-01T13:05:09Z");
        assert_eq!(lima.local(instante), "2026-12-01T08:05:09");
        assert!(lima.instante("2026-12-01 08:05").is_err() || lima.instante("ayer").is_err());
    }

    #[test]
    fn instants_keep_milliseconds_and_refuse_a_time_without_zone() {
        let instante = Instante::parse("2026-12-01T08:00:00.123987-05:00").unwrap();
        assert_eq!(instante.to_string(), "2026-12-01T13:00:00.123Z");
        assert_eq!(instante.plus_millis(1877).to_string(), "2026-12-01T13:00:02Z");
        assert!(Instante::parse("2026-12-01T08:00:00").is_err());
        assert_eq!(Instante::from_millis(i64::MAX).millis(), 0);
    }
}
