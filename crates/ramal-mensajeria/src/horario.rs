//! Quiet hours: when somebody may be told, in his own zone. It exempts nobody; the kind does.

use ramal_base::{Fecha, Instante, Zona};

use crate::ajustes::Silencio;

/// `None` if `ahora` is no quiet hour; else the instant at which quiet ends.
pub fn quiet_until(silencio: Silencio, zona: &Zona, ahora: Instante) -> Option<Instante> {
    let minuto = minute(zona, ahora);
    let Silencio { desde, hasta } = silencio;
    let dentro = match desde.cmp(&hasta) {
        std::cmp::Ordering::Less => (desde..hasta).contains(&minuto),
        std::cmp::Ordering::Greater => minuto >= desde || minuto < hasta,
        std::cmp::Ordering::Equal => false,
    };
    if !dentro {
        return None;
    }
    let hoy = zona.fecha(ahora);
    let fin = at(zona, hoy, hasta);
    Some(if fin > ahora { fin } else { at(zona, hoy.plus_dias(1), hasta) })
}

fn minute(zona: &Zona, instante: Instante) -> u16 {
    let local = zona.local(instante);
    let parte = |desde: usize| local.get(desde..desde + 2).and_then(|t| t.parse::<u16>().ok());
    parte(11).unwrap_or(0) * 60 + parte(14).unwrap_or(0)
}

/// The instant of a minute of a day. A wall time that the spring change skips is the one after.
fn at(zona: &Zona, dia: Fecha, minuto: u16) -> Instante {
    let local = format!("{dia}T{:02}:{:02}:00", minuto / 60, minuto % 60);
    // Only a text that is no time fails, and this one is one.
    zona.instante(&local).unwrap_or(Instante::from_millis(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOCHE: Silencio = Silencio { desde: 21 * 60, hasta: 8 * 60 };

    fn hasta(zona: &str, ahora: &str) -> Option<String> {
        let zona = Zona::parse(zona).unwrap();
        quiet_until(NOCHE, &zona, Instante::parse(ahora).unwrap()).map(|i| i.to_string())
    }

    #[test]
    fn the_night_of_each_ones_zone_ends_at_eight() {
        // 03:30Z is 22:30 of the day before in Lima and 21:30 in Mexico City.
        let casos = [
            ("America/Lima", "2026-11-21T03:30:00Z", Some("2026-11-21T13:00:00Z")),
            ("America/Mexico_City", "2026-11-21T03:30:00Z", Some("2026-11-21T14:00:00Z")),
            ("America/Lima", "2026-11-20T12:59:59Z", Some("2026-11-20T13:00:00Z")),
            ("America/Lima", "2026-11-20T13:00:00Z", None),
            ("America/Lima", "2026-11-21T01:59:00Z", None),
            ("America/Lima", "2026-11-21T02:00:00Z", Some("2026-11-21T13:00:00Z")),
        ];
        for (zona, ahora, esperado) in casos {
            assert_eq!(hasta(zona, ahora).as_deref(), esperado, "{zona} {ahora}");
        }
    }

    #[test]
    fn a_siesta_within_one_day_is_quiet_too() {
        let siesta = Silencio { desde: 13 * 60, hasta: 15 * 60 };
        let zona = Zona::parse("America/Lima").unwrap();
        let dentro = Instante::parse("2026-11-20T18:00:00Z").unwrap();
        let fin = quiet_until(siesta, &zona, dentro).unwrap();
        assert_eq!(fin.to_string(), "2026-11-20T20:00:00Z");
        assert_eq!(quiet_until(siesta, &zona, fin), None);
    }
}
