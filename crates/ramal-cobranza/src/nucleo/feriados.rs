//! Holidays of a country as dated rules: fixed days, days counted from Easter, Mondays of a month,
//! days that the law moves. It knows no zone and no company: `Calendario` adds those.

use ramal_base::{Fecha, Pais};

/// When a holiday falls in a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cuando {
    /// Month and day.
    Fijo(i8, i8),
    /// Days from Easter Sunday; negative before it.
    Pascua(i32),
    /// The n-th Monday of a month.
    Lunes(i8, i32),
    /// Month and day, moved to a Monday by the Argentine rule.
    Trasladable(i8, i8),
    /// Month and day of every sixth year that leaves 2 when divided by 6 (2024, 2030).
    Sexenal(i8, i8),
}

/// A rule of the law: who, what, when, since when, and where it is written.
#[derive(Clone, Copy, Debug)]
struct Regla {
    nombre: &'static str,
    cuando: Cuando,
    /// First year in which it holds.
    desde: i16,
    fuente: Fuente,
}

/// Where the days of a country are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fuente {
    LeyFederalTrabajo,
    Decreto713,
    Ley(&'static str),
    Ley27399,
}

use Cuando::{Fijo, Lunes, Pascua, Sexenal, Trasladable};

const fn mx(nombre: &'static str, cuando: Cuando) -> Regla {
    Regla { nombre, cuando, desde: 2006, fuente: Fuente::LeyFederalTrabajo }
}

const fn pe(nombre: &'static str, cuando: Cuando) -> Regla {
    Regla { nombre, cuando, desde: 1991, fuente: Fuente::Decreto713 }
}

const fn pe_since(nombre: &'static str, cuando: Cuando, desde: i16, ley: &'static str) -> Regla {
    Regla { nombre, cuando, desde, fuente: Fuente::Ley(ley) }
}

const fn ar(nombre: &'static str, cuando: Cuando) -> Regla {
    Regla { nombre, cuando, desde: 2017, fuente: Fuente::Ley27399 }
}

/// Mexico: days of rest of article 74 of the federal labour law.
const MX: &[Regla] = &[
    mx("Año Nuevo", Fijo(1, 1)),
    mx("Constitución", Lunes(2, 1)),
    mx("Natalicio de Benito Juárez", Lunes(3, 3)),
    mx("Día del Trabajo", Fijo(5, 1)),
    mx("Independencia", Fijo(9, 16)),
    mx("Cambio del Poder Ejecutivo", Sexenal(10, 1)),
    mx("Revolución", Lunes(11, 3)),
    mx("Navidad", Fijo(12, 25)),
];

/// Peru: article 6 of Decreto Legislativo 713 and the laws that added days to it.
const PE: &[Regla] = &[
    pe("Año Nuevo", Fijo(1, 1)),
    pe("Jueves Santo", Pascua(-3)),
    pe("Viernes Santo", Pascua(-2)),
    pe("Día del Trabajo", Fijo(5, 1)),
    pe_since("Batalla de Arica y Día de la Bandera", Fijo(6, 7), 2023, "31788"),
    pe("San Pedro y San Pablo", Fijo(6, 29)),
    pe_since("Día de la Fuerza Aérea", Fijo(7, 23), 2023, "31822"),
    pe("Fiestas Patrias", Fijo(7, 28)),
    pe("Fiestas Patrias", Fijo(7, 29)),
    pe_since("Batalla de Junín", Fijo(8, 6), 2022, "31530"),
    pe("Santa Rosa de Lima", Fijo(8, 30)),
    pe("Combate de Angamos", Fijo(10, 8)),
    pe("Todos los Santos", Fijo(11, 1)),
    pe("Inmaculada Concepción", Fijo(12, 8)),
    pe_since("Batalla de Ayacucho", Fijo(12, 9), 2022, "31381"),
    pe("Navidad", Fijo(12, 25)),
];

/// Argentina: law 27.399. Days that a decree adds each year are added by the company.
const AR: &[Regla] = &[
    ar("Año Nuevo", Fijo(1, 1)),
    ar("Carnaval", Pascua(-48)),
    ar("Carnaval", Pascua(-47)),
    ar("Memoria por la Verdad y la Justicia", Fijo(3, 24)),
    ar("Veteranos y Caídos en Malvinas", Fijo(4, 2)),
    ar("Viernes Santo", Pascua(-2)),
    ar("Día del Trabajador", Fijo(5, 1)),
    ar("Revolución de Mayo", Fijo(5, 25)),
    ar("Paso a la Inmortalidad de Güemes", Trasladable(6, 17)),
    ar("Paso a la Inmortalidad de Belgrano", Fijo(6, 20)),
    ar("Independencia", Fijo(7, 9)),
    ar("Paso a la Inmortalidad de San Martín", Trasladable(8, 17)),
    ar("Diversidad Cultural", Trasladable(10, 12)),
    ar("Soberanía Nacional", Trasladable(11, 20)),
    ar("Inmaculada Concepción", Fijo(12, 8)),
    ar("Navidad", Fijo(12, 25)),
];

fn rules(pais: Pais) -> &'static [Regla] {
    match pais {
        Pais::Mx => MX,
        Pais::Pe => PE,
        Pais::Ar => AR,
    }
}

/// Name of the national holiday of a day, if it is one. Shape: rules known for 2025 to 2030; a
/// later law is added by the company as a day of its own.
pub fn feriado(pais: Pais, fecha: Fecha) -> Option<&'static str> {
    let anio = fecha.anio();
    let hay = |r: &&Regla| r.desde <= anio && day_in(r.cuando, anio) == Some(fecha);
    rules(pais).iter().find(hay).map(|r| r.nombre)
}

/// The national holidays of a year in order: day, name and where it is written.
pub fn feriados_del_anio(pais: Pais, anio: i16) -> Vec<(Fecha, &'static str, String)> {
    let vigentes = rules(pais).iter().filter(|r| r.desde <= anio);
    let mut dias: Vec<_> = vigentes
        .filter_map(|r| Some((day_in(r.cuando, anio)?, r.nombre, r.fuente.texto())))
        .collect();
    dias.sort_by_key(|d| d.0);
    dias
}

impl Fuente {
    fn texto(self) -> String {
        match self {
            Fuente::LeyFederalTrabajo => "Ley Federal del Trabajo, art. 74".to_owned(),
            Fuente::Decreto713 => "Decreto Legislativo 713, art. 6".to_owned(),
            Fuente::Ley(numero) => format!("Ley {numero}"),
            Fuente::Ley27399 => "Ley 27.399".to_owned(),
        }
    }
}

fn day_in(cuando: Cuando, anio: i16) -> Option<Fecha> {
    match cuando {
        Fijo(mes, dia) => Fecha::new(anio, mes, dia).ok(),
        Pascua(dias) => Some(easter(anio)?.plus_dias(dias)),
        Lunes(mes, n) => {
            let primero = Fecha::new(anio, mes, 1).ok()?;
            Some(primero.plus_dias((8 - weekday(primero)) % 7 + 7 * (n - 1)))
        }
        Trasladable(mes, dia) => Fecha::new(anio, mes, dia).ok().map(moved),
        Sexenal(mes, dia) => (anio % 6 == 2).then(|| Fecha::new(anio, mes, dia).ok()).flatten(),
    }
}

/// Monday before a Tuesday or Wednesday, Monday after a Thursday or Friday (Ley 27.399, art. 6).
fn moved(fecha: Fecha) -> Fecha {
    match weekday(fecha) {
        2 => fecha.plus_dias(-1),
        3 => fecha.plus_dias(-2),
        4 => fecha.plus_dias(4),
        5 => fecha.plus_dias(3),
        _ => fecha,
    }
}

/// Day of the week, Monday 1 to Sunday 7.
pub fn weekday(fecha: Fecha) -> i32 {
    i32::from(fecha.0.weekday().to_monday_one_offset())
}

/// Easter Sunday of the Gregorian calendar. Source: the anonymous algorithm in Meeus,
/// *Astronomical Algorithms*, chapter 8.
fn easter(anio: i16) -> Option<Fecha> {
    let y = i32::from(anio);
    let (a, b, c) = (y % 19, y / 100, y % 100);
    let (d, e) = (b / 4, b % 4);
    let g = (b - (b + 8) / 25 + 1) / 3;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let n = h + l - 7 * m + 114;
    Fecha::new(anio, i8::try_from(n / 31).ok()?, i8::try_from(n % 31 + 1).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn f(texto: &str) -> Fecha {
        Fecha::parse(texto).unwrap()
    }

    #[test]
    fn easter_falls_where_the_almanac_says() {
        let esperado =
            ["2025-04-20", "2026-04-05", "2027-03-28", "2028-04-16", "2029-04-01", "2030-04-21"];
        let calculado: Vec<String> =
            (2025..=2030).map(|a| easter(a).unwrap().to_string()).collect();
        assert_eq!(calculado, esperado);
    }

    #[test]
    fn mexican_mondays_and_the_six_year_day_are_found() {
        for dia in ["2026-02-02", "2026-03-16", "2026-11-16", "2027-02-01", "2030-10-01"] {
            assert!(feriado(Pais::Mx, f(dia)).is_some(), "{dia}");
        }
        for dia in ["2026-02-05", "2026-10-01", "2026-11-20", "2026-12-12"] {
            assert_eq!(feriado(Pais::Mx, f(dia)), None, "{dia}");
        }
    }

    #[test]
    fn peruvian_days_begin_in_the_year_of_their_law() {
        assert_eq!(feriado(Pais::Pe, f("2026-12-09")), Some("Batalla de Ayacucho"));
        assert_eq!(feriado(Pais::Pe, f("2021-12-09")), None);
        assert_eq!(feriado(Pais::Pe, f("2026-04-02")), Some("Jueves Santo"));
        assert_eq!(feriados_del_anio(Pais::Pe, 2026).len(), 16);
    }

    #[test]
    fn argentine_days_are_moved_to_the_monday_that_the_law_says() {
        let movidos = [
            ("2025-06-17", "2025-06-16"),
            ("2026-06-17", "2026-06-15"),
            ("2025-11-20", "2025-11-24"),
            ("2026-11-20", "2026-11-23"),
        ];
        for (de, a) in movidos {
            assert_eq!(feriado(Pais::Ar, f(de)), None, "{de}");
            assert!(feriado(Pais::Ar, f(a)).is_some(), "{a}");
        }
        assert_eq!(feriado(Pais::Ar, f("2026-02-16")), Some("Carnaval"));
        assert_eq!(feriado(Pais::Ar, f("2026-02-17")), Some("Carnaval"));
    }
}
