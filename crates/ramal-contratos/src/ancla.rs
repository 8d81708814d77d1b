//! Billing anchors: the boundaries of a service's periods, always counted from the origin.
//! It never derives a boundary from the previous one (facturacion.md A1, the forbidden drift).

use ramal_base::Fecha;
use serde::{Deserialize, Serialize};

use crate::periodo::Periodo;

/// Months beyond which a boundary is outside the calendar; keeps the arithmetic inside i32.
const MESES_LIMITE: i64 = 150_000;

/// Why an anchor was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AnclaError {
    /// A period needs at least one month.
    #[error("la periodicidad debe ser de al menos un mes")]
    SinMeses,
    /// The billing day is not 1 to 31.
    #[error("el día de facturación debe estar entre 1 y 31")]
    Dia,
}

/// Immutable origin (year, month, day 1 to 31) and period of a service.
///
/// Unit: whole months. Shape: the day may be 31 in a month that has 28; `fecha` is then clipped.
/// Source: facturacion.md A1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "AnclaTexto", into = "AnclaTexto")]
pub struct Ancla {
    fecha: Fecha,
    dia: u8,
    meses: u16,
}

/// Stored form: `{"fecha":"2026-01-31","dia":31,"meses":1}`; without `dia`, the day of `fecha`.
#[derive(Serialize, Deserialize)]
struct AnclaTexto {
    fecha: Fecha,
    #[serde(default)]
    dia: Option<u8>,
    meses: u16,
}

impl TryFrom<AnclaTexto> for Ancla {
    type Error = AnclaError;

    fn try_from(texto: AnclaTexto) -> Result<Ancla, AnclaError> {
        let ancla = Ancla::new(texto.fecha, texto.meses)?;
        texto.dia.map_or(Ok(ancla), |dia| ancla.with_dia(dia))
    }
}

impl From<Ancla> for AnclaTexto {
    fn from(ancla: Ancla) -> AnclaTexto {
        AnclaTexto { fecha: ancla.fecha, dia: Some(ancla.dia), meses: ancla.meses }
    }
}

impl Ancla {
    /// Anchor on `fecha` with periods of `meses` months. Errors: `SinMeses`.
    pub fn new(fecha: Fecha, meses: u16) -> Result<Ancla, AnclaError> {
        if meses == 0 {
            return Err(AnclaError::SinMeses);
        }
        Ok(Ancla { fecha, dia: dia_de(fecha), meses })
    }

    /// The same origin month with billing day `dia`, clipped per month. Errors: `Dia`.
    pub fn with_dia(self, dia: u8) -> Result<Ancla, AnclaError> {
        if !(1..=31).contains(&dia) {
            return Err(AnclaError::Dia);
        }
        let sin_fecha = Ancla { dia, ..self };
        Ok(Ancla { fecha: sin_fecha.limite(0), ..sin_fecha })
    }

    /// Boundary 0.
    pub fn fecha(self) -> Fecha {
        self.fecha
    }

    /// Nominal billing day, 1 to 31.
    pub fn dia(self) -> u8 {
        self.dia
    }

    /// Months per period, at least 1.
    pub fn meses(self) -> u16 {
        self.meses
    }

    /// Boundary `k`: origin plus `k` periods, the day clipped to that month (A1). Negative too.
    pub fn limite(self, k: i32) -> Fecha {
        let salto = i64::from(k) * i64::from(self.meses);
        let salto = salto.clamp(-MESES_LIMITE, MESES_LIMITE);
        let total = i64::from(indice_de_mes(self.fecha)) + salto;
        let anio = i16::try_from(total.div_euclid(12).clamp(-9999, 9999)).unwrap_or(9999);
        let mes = i8::try_from(total.rem_euclid(12) + 1).unwrap_or(12);
        let dia = self.dia.min(dias_del_mes(anio, mes));
        Fecha::new(anio, mes, i8::try_from(dia).unwrap_or(28)).unwrap_or(self.fecha)
    }

    /// Period `k` = `[limite(k), limite(k + 1))` (A2).
    pub fn periodo(self, k: i32) -> Periodo {
        Periodo::new(self.limite(k), self.limite(k + 1))
    }

    /// The `k` whose period contains `fecha`; negative before the origin.
    pub fn indice_en(self, fecha: Fecha) -> i32 {
        let distancia = indice_de_mes(fecha) - indice_de_mes(self.fecha);
        let k = distancia.div_euclid(i32::from(self.meses));
        if self.limite(k) > fecha { k - 1 } else { k }
    }

    /// First boundary on or after `fecha`.
    pub fn primer_limite_desde(self, fecha: Fecha) -> Fecha {
        let k = self.indice_en(fecha);
        let limite = self.limite(k);
        if limite == fecha { limite } else { self.limite(k + 1) }
    }
}

/// Months since year 0, to subtract dates month by month.
fn indice_de_mes(fecha: Fecha) -> i32 {
    i32::from(fecha.anio()) * 12 + i32::from(fecha.mes()) - 1
}

/// Day of the month, 1 to 31.
fn dia_de(fecha: Fecha) -> u8 {
    u8::try_from(fecha.dia()).unwrap_or(1)
}

/// Days of a month, leap years included.
fn dias_del_mes(anio: i16, mes: i8) -> u8 {
    let bisiesto = anio % 4 == 0 && (anio % 100 != 0 || anio % 400 == 0);
    match mes {
        4 | 6 | 9 | 11 => 30,
        2 if bisiesto => 29,
        2 => 28,
        _ => 31,
    }
}

/// How the billing day of a service is chosen (A4: service, then cliente, zona, empresa).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PoliticaAncla {
    /// Day of activation.
    #[default]
    Aniversario,
    /// A fixed day, 1 to 31, clipped in short months.
    DiaFijo(u8),
    /// Last day of each month; the same as day 31.
    UltimoDia,
}

impl PoliticaAncla {
    /// Anchor of a service that starts on `inicio`; `inicio` falls inside period 0.
    ///
    /// Errors: `SinMeses`, `Dia`.
    pub fn ancla(self, inicio: Fecha, meses: u16) -> Result<Ancla, AnclaError> {
        let aniversario = Ancla::new(inicio, meses)?;
        let dia = match self {
            PoliticaAncla::Aniversario => return Ok(aniversario),
            PoliticaAncla::DiaFijo(dia) => dia,
            PoliticaAncla::UltimoDia => 31,
        };
        let este_mes = aniversario.with_dia(dia)?;
        if este_mes.fecha <= inicio {
            return Ok(este_mes);
        }
        // The day of this month is still ahead: the period that contains the start began before.
        Ancla::new(inicio.plus_meses(-1), meses)?.with_dia(dia)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn f(texto: &str) -> Fecha {
        Fecha::parse(texto).unwrap()
    }

    fn limites(origen: &str, meses: u16, n: i32) -> Vec<String> {
        let ancla = Ancla::new(f(origen), meses).unwrap();
        (0..n).map(|k| ancla.limite(k).to_string()).collect()
    }

    #[test]
    fn day_31_never_drifts_after_february() {
        let esperado = ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31"];
        assert_eq!(limites("2026-01-31", 1, 5), esperado);
        assert_eq!(limites("2028-01-31", 1, 3), ["2028-01-31", "2028-02-29", "2028-03-31"]);
        let bisiesto = limites("2024-02-29", 12, 5);
        assert_eq!(bisiesto[1..], ["2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29"]);
        let trimestre = limites("2026-11-30", 3, 4);
        assert_eq!(trimestre[1..], ["2027-02-28", "2027-05-30", "2027-08-30"]);
        let semestre = limites("2026-08-31", 6, 4);
        assert_eq!(semestre[1..], ["2027-02-28", "2027-08-31", "2028-02-29"]);
    }

    #[test]
    fn every_day_of_seven_years_falls_in_exactly_one_period() {
        for meses in [1, 2, 3, 6, 12] {
            for origen in ["2026-01-31", "2024-02-29", "2026-11-30", "2026-06-01"] {
                let ancla = Ancla::new(f(origen), meses).unwrap();
                let mut fecha = f("2023-01-01");
                while fecha < f("2030-01-01") {
                    let k = ancla.indice_en(fecha);
                    assert!(ancla.periodo(k).contains(fecha), "{origen} {meses} {fecha}");
                    assert!(ancla.primer_limite_desde(fecha) >= fecha);
                    fecha = fecha.plus_dias(1);
                }
            }
        }
    }

    #[test]
    fn the_policy_puts_the_start_inside_period_zero() {
        let ancla = |p: PoliticaAncla, d| p.ancla(f(d), 1).unwrap();
        let uno = ancla(PoliticaAncla::DiaFijo(1), "2026-11-20");
        assert_eq!(uno.periodo(0), Periodo::new(f("2026-11-01"), f("2026-12-01")));
        let fin = ancla(PoliticaAncla::UltimoDia, "2026-12-05");
        assert_eq!(fin.limite(0), f("2026-11-30"));
        assert_eq!(fin.limite(1), f("2026-12-31"));
        let febrero = ancla(PoliticaAncla::DiaFijo(31), "2027-02-28");
        assert_eq!((febrero.limite(0), febrero.limite(1)), (f("2027-02-28"), f("2027-03-31")));
        assert_eq!(ancla(PoliticaAncla::Aniversario, "2026-11-20").limite(1), f("2026-12-20"));
        let error = PoliticaAncla::DiaFijo(32).ancla(f("2026-11-20"), 1);
        assert_eq!(error, Err(AnclaError::Dia));
    }

    #[test]
    fn a_stored_anchor_keeps_its_nominal_day() {
        let anual = Ancla::new(f("2027-02-10"), 12).unwrap().with_dia(31).unwrap();
        let texto = serde_json::to_string(&anual).unwrap();
        assert_eq!(texto, r#"{"fecha":"2027-02-28","dia":31,"meses":12}"#);
        assert_eq!(serde_json::from_str::<Ancla>(&texto).unwrap(), anual);
        assert_eq!(anual.limite(1), f("2028-02-29"));
        assert!(serde_json::from_str::<Ancla>(r#"{"fecha":"2027-02-28","meses":0}"#).is_err());
    }

    proptest! {
        #[test]
        fn periods_tile(
            dias in 0i32..4000, meses in 1u16..=24, k in -200i32..200, dia in 1u8..=31,
        ) {
            let origen = f("2020-01-01").plus_dias(dias);
            let ancla = Ancla::new(origen, meses).unwrap().with_dia(dia).unwrap();
            let (este, otro) = (ancla.periodo(k), ancla.periodo(k + 1));
            prop_assert_eq!(este.hasta, otro.desde);
            prop_assert!(este.dias() >= 28 * i32::from(meses));
            prop_assert_eq!(ancla.indice_en(este.desde), k);
            prop_assert_eq!(ancla.indice_en(este.hasta.plus_dias(-1)), k);
        }
    }
}
