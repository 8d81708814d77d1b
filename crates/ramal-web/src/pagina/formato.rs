//! Money, days and moments as each country writes them. It parses nothing and knows no text but the
//! names of the months.

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

    /// The amount that somebody typed, as a plain decimal. Errors: it reads in two ways, or in none.
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
        if i > 0 && (cifras.len() - i) % 3 == 0 {
            texto.push(separador);
        }
        texto.push(cifra);
    }
    texto
}
