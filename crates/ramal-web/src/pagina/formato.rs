//! Money, days and moments as each country writes them. It knows no text but the names of the
//! months and the halves of the day.
//!
//! Argentina has its separators and hours; its currency is not one of [`Moneda`] yet, so amounts
//! carry the code of theirs.

use super::importe::{self, ImporteError};
use ramal_base::{Dinero, Fecha, Instante, Moneda, Pais, Zona};

/// How a country writes, and the zone in which its clock runs.
#[derive(Clone, Debug)]
pub struct Formato {
    /// Country of the company.
    pub pais: Pais,
    /// Zone of the company or of the branch.
    pub zona: Zona,
}

impl Default for Formato {
    fn default() -> Formato {
        Formato { pais: Pais::Mx, zona: Zona::utc() }
    }
}

/// How far a moment is, in words that the texts of the kit complete (`hace 5 min`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edad {
    /// Less than a minute.
    Ahora,
    /// So long ago.
    Hace(String),
    /// In so long.
    En(String),
}

const MESES: [&str; 12] =
    ["ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"];

/// Space that does not break a line.
const FIJO: char = '\u{a0}';

impl Formato {
    /// `$1,234.50`, `S/ 1,234.50`, `$ 1.234,50`; a foreign currency with its code: `USD 120.00`.
    pub fn dinero(&self, dinero: Dinero) -> String {
        let signo = if dinero.centavos < 0 { "-" } else { "" };
        let simbolo = self.simbolo(dinero.moneda);
        format!("{signo}{simbolo}{}", self.importe(dinero.centavos.unsigned_abs()))
    }

    /// Money for a tile: `$1.24 M`, `$312 k`, `$9,850`. The cents are dropped, the rest is rounded
    /// half up; never for anything that is paid.
    pub fn dinero_corto(&self, dinero: Dinero) -> String {
        let signo = if dinero.centavos < 0 { "-" } else { "" };
        let centavos = dinero.centavos.unsigned_abs();
        // Cents count only where units are shown; higher up they would be rounded twice.
        let enteros = if centavos < 1_000_000 { (centavos + 50) / 100 } else { centavos / 100 };
        format!("{signo}{}{}", self.simbolo(dinero.moneda), self.short(enteros))
    }

    /// A count for a tile: `1.24 M`, `312 k`, `9,850`.
    pub fn numero_corto(&self, numero: i64) -> String {
        let signo = if numero < 0 { "-" } else { "" };
        format!("{signo}{}", self.short(numero.unsigned_abs()))
    }

    fn short(&self, enteros: u64) -> String {
        let (miles, decimal) = self.separadores();
        if enteros < 10_000 {
            return grouped(enteros, miles);
        }
        let k = enteros.saturating_add(500) / 1_000;
        if k < 1_000 {
            return format!("{k}{FIJO}k");
        }
        let centesimas = enteros.saturating_add(5_000) / 10_000;
        match centesimas {
            0..=999 => format!("{}{decimal}{:02}{FIJO}M", centesimas / 100, centesimas % 100),
            1_000..=9_999 => {
                let decimas = enteros.saturating_add(50_000) / 100_000;
                format!("{}{decimal}{}{FIJO}M", decimas / 10, decimas % 10)
            }
            _ => format!("{}{FIJO}M", grouped(enteros.saturating_add(500_000) / 1_000_000, miles)),
        }
    }

    fn simbolo(&self, moneda: Moneda) -> String {
        match (self.pais, moneda) {
            (Pais::Mx, Moneda::Mxn) => "$".to_owned(),
            (_, Moneda::Pen) => format!("S/{FIJO}"),
            (_, otra) => format!("{}{FIJO}", otra.codigo()),
        }
    }

    fn importe(&self, centavos: u64) -> String {
        let (miles, decimal) = self.separadores();
        format!("{}{decimal}{:02}", grouped(centavos / 100, miles), centavos % 100)
    }

    /// A count with its thousands: `1,284` or `1.284`.
    pub fn numero(&self, numero: i64) -> String {
        let signo = if numero < 0 { "-" } else { "" };
        format!("{signo}{}", grouped(numero.unsigned_abs(), self.separadores().0))
    }

    /// Tenths of a percent as text: 183 → `18.3 %`.
    pub fn porcentaje(&self, decimas: i64) -> String {
        let signo = if decimas < 0 { "-" } else { "" };
        let decimas = decimas.unsigned_abs();
        let entero = grouped(decimas / 10, self.separadores().0);
        format!("{signo}{entero}{}{}{FIJO}%", self.separadores().1, decimas % 10)
    }

    /// The amount that somebody typed, as a plain decimal. Errors: it reads in two ways, or in
    /// none.
    pub fn parse_importe(&self, texto: &str) -> Result<String, ImporteError> {
        importe::parse(texto)
    }

    fn separadores(&self) -> (char, char) {
        if self.pais == Pais::Ar { ('.', ',') } else { (',', '.') }
    }

    /// `05/11/2026`.
    pub fn fecha(&self, fecha: Fecha) -> String {
        format!("{:02}/{:02}/{}", fecha.dia(), fecha.mes(), fecha.anio())
    }

    /// `5 nov 2026`.
    pub fn fecha_texto(&self, fecha: Fecha) -> String {
        format!("{} {}", fecha.dia(), self.periodo(fecha))
    }

    /// `nov 2026`.
    pub fn periodo(&self, fecha: Fecha) -> String {
        format!("{} {}", mes(fecha), fecha.anio())
    }

    /// `05/11/2026 14:05`, in the zone.
    pub fn momento(&self, instante: Instante) -> String {
        format!("{} {}", self.fecha(self.zona.fecha(instante)), self.hora(instante))
    }

    /// The hour for customers: `2:05 p. m.` in Mexico and Peru, `14:05` in Argentina.
    pub fn hora_portal(&self, instante: Instante) -> String {
        let hora = self.hora(instante);
        let partes = hora.split_once(':').and_then(|(h, m)| Some((h.parse::<u8>().ok()?, m)));
        match partes {
            Some((h, m)) if self.pais != Pais::Ar => {
                let mitad = if h < 12 { 'a' } else { 'p' };
                let doce = if h % 12 == 0 { 12 } else { h % 12 };
                format!("{doce}:{m}{FIJO}{mitad}.{FIJO}m.")
            }
            _ => hora,
        }
    }

    /// How long ago, or in how long, under 24 hours; `None` beyond, where only the day tells.
    pub fn edad(&self, instante: Instante, ahora: Instante) -> Option<Edad> {
        let ms = ahora.millis().saturating_sub(instante.millis());
        let minutos = ms.unsigned_abs() / 60_000;
        let cuanto = match minutos {
            0 => return Some(Edad::Ahora),
            1..=59 => format!("{minutos}{FIJO}min"),
            60..=1_439 => format!("{}{FIJO}h", minutos / 60),
            _ => return None,
        };
        Some(if ms > 0 { Edad::Hace(cuanto) } else { Edad::En(cuanto) })
    }

    /// A telephone in E.164 in groups: `+52 55 1234 5678`, `+51 987 654 321`; any other text as it
    /// is.
    pub fn telefono(&self, texto: &str) -> String {
        let cifras = texto.strip_prefix('+').filter(|t| t.bytes().all(|b| b.is_ascii_digit()));
        let Some(cifras) = cifras else { return texto.to_owned() };
        let grupos: &[usize] = match (cifras.get(..2), cifras.len()) {
            (Some("52"), 12) => &[2, 2, 4, 4],
            (Some("51"), 11) => &[2, 3, 3, 3],
            (Some("54"), 13) => &[2, 1, 2, 4, 4],
            (Some("54"), 12) => &[2, 2, 4, 4],
            _ => return texto.to_owned(),
        };
        let mut resto = cifras;
        let mut partes = Vec::with_capacity(grupos.len());
        for largo in grupos {
            let (parte, fin) = resto.split_at(*largo);
            partes.push(parte);
            resto = fin;
        }
        format!("+{}", partes.join(" "))
    }

    /// `14:05`, in the zone.
    pub fn hora(&self, instante: Instante) -> String {
        self.zona.local(instante).get(11..16).unwrap_or_default().to_owned()
    }
}

fn mes(fecha: Fecha) -> &'static str {
    usize::try_from(fecha.mes())
        .ok()
        .and_then(|m| MESES.get(m.wrapping_sub(1)))
        .copied()
        .unwrap_or("")
}

fn grouped(numero: u64, separador: char) -> String {
    let cifras = numero.to_string();
    let mut texto = String::with_capacity(cifras.len() + cifras.len() / 3);
    for (i, cifra) in cifras.chars().enumerate() {
        if i > 0 && (cifras.len() - i).is_multiple_of(3) {
            texto.push(separador);
        }
        texto.push(cifra);
    }
    texto
}

#[cfg(test)]
mod tests {
    use super::*;

    fn formato(pais: Pais) -> Formato {
        let zona = match pais {
            Pais::Mx => "America/Mexico_City",
            Pais::Pe => "America/Lima",
            Pais::Ar => "America/Argentina/Buenos_Aires",
        };
        Formato { pais, zona: Zona::parse(zona).unwrap() }
    }

    fn plain(texto: &str) -> String {
        texto.replace(FIJO, "_")
    }

    #[test]
    fn money_is_written_as_the_country_does() {
        let (mxn, pen, usd) = (Moneda::Mxn, Moneda::Pen, Moneda::Usd);
        for (pais, centavos, moneda, texto) in [
            (Pais::Mx, 123_456_750, mxn, "$1,234,567.50"),
            (Pais::Mx, -123_450, mxn, "-$1,234.50"),
            (Pais::Mx, 0, mxn, "$0.00"),
            (Pais::Mx, 12_000, usd, "USD_120.00"),
            (Pais::Mx, 12_000, pen, "S/_120.00"),
            (Pais::Pe, 123_456_750, pen, "S/_1,234,567.50"),
            (Pais::Pe, -123_450, pen, "-S/_1,234.50"),
            (Pais::Pe, 5, usd, "USD_0.05"),
            (Pais::Pe, 99_999, mxn, "MXN_999.99"),
            (Pais::Ar, 123_456_750, usd, "USD_1.234.567,50"),
            (Pais::Mx, i64::MIN, mxn, "-$92,233,720,368,547,758.08"),
        ] {
            let dinero = formato(pais).dinero(Dinero::new(centavos, moneda));
            assert_eq!(plain(&dinero), texto);
        }
    }

    #[test]
    fn a_tile_never_shows_a_thousand_thousands() {
        let mx = formato(Pais::Mx);
        for (centavos, texto) in [
            (124_000_000, "$1.24_M"),
            (31_200_000, "$312_k"),
            (985_049, "$9,850"),
            (99_949_999, "$999_k"),
            (99_950_000, "$1.00_M"),
            (999_499_999, "$9.99_M"),
            (999_500_000, "$10.0_M"),
            (12_345_678_900, "$123_M"),
            (-31_200_000, "-$312_k"),
            (49, "$0"),
        ] {
            let corto = mx.dinero_corto(Dinero::new(centavos, Moneda::Mxn));
            assert_eq!(plain(&corto), texto, "{centavos}");
        }
        assert_eq!(plain(&formato(Pais::Ar).numero_corto(1_240_000)), "1,24_M");
        assert_eq!(plain(&mx.numero_corto(i64::MAX)), "9,223,372,036,855_M");
    }

    #[test]
    fn counts_and_percents_have_the_separators_of_the_country() {
        assert_eq!(formato(Pais::Mx).numero(-1_284), "-1,284");
        assert_eq!(formato(Pais::Ar).numero(1_284_000), "1.284.000");
        assert_eq!(plain(&formato(Pais::Pe).porcentaje(183)), "18.3_%");
        assert_eq!(plain(&formato(Pais::Ar).porcentaje(-183)), "-18,3_%");
    }

    #[test]
    fn an_instant_is_told_in_the_zone_of_the_company() {
        let instante = Instante::parse("2026-11-06T03:05:00Z").unwrap();
        let (mx, pe, ar) = (formato(Pais::Mx), formato(Pais::Pe), formato(Pais::Ar));
        assert_eq!(mx.momento(instante), "05/11/2026 21:05");
        assert_eq!(pe.momento(instante), "05/11/2026 22:05");
        assert_eq!(ar.momento(instante), "06/11/2026 00:05");
        assert_eq!(plain(&mx.hora_portal(instante)), "9:05_p._m.");
        assert_eq!(ar.hora_portal(instante), "00:05");
        let mediodia = Instante::parse("2026-11-05T17:00:00Z").unwrap();
        assert_eq!(plain(&pe.hora_portal(mediodia)), "12:00_p._m.");
        let medianoche = Instante::parse("2026-11-05T05:30:00Z").unwrap();
        assert_eq!(plain(&pe.hora_portal(medianoche)), "12:30_a._m.");
        let fecha = Fecha::new(2026, 11, 5).unwrap();
        assert_eq!(mx.fecha_texto(fecha), "5 nov 2026");
        assert_eq!(mx.periodo(fecha), "nov 2026");
    }

    #[test]
    fn relative_time_stops_at_a_day() {
        let f = formato(Pais::Mx);
        let ahora = Instante::parse("2026-11-05T12:00:00Z").unwrap();
        let hace = |ms: i64| f.edad(ahora.plus_millis(-ms), ahora);
        assert_eq!(hace(59_999), Some(Edad::Ahora));
        assert_eq!(hace(300_000), Some(Edad::Hace("5\u{a0}min".into())));
        assert_eq!(hace(-7_200_000), Some(Edad::En("2\u{a0}h".into())));
        assert_eq!(hace(86_399_999), Some(Edad::Hace("23\u{a0}h".into())));
        assert_eq!(hace(86_400_000), None);
    }

    #[test]
    fn telephones_are_grouped_and_anything_else_is_left_alone() {
        let f = formato(Pais::Mx);
        assert_eq!(f.telefono("+525512345678"), "+52 55 1234 5678");
        assert_eq!(f.telefono("+51987654321"), "+51 987 654 321");
        assert_eq!(f.telefono("+5491123456789"), "+54 9 11 2345 6789");
        assert_eq!(f.telefono("anexo 12"), "anexo 12");
    }
}
