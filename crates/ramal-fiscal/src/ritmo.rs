//! How long to wait between attempts, per authority. It knows no deadline: see `plazo`.

use ramal_base::Pais;
use ramal_plataforma::Modo;
use uuid::Uuid;

const SEGUNDO: i64 = 1_000;
const MINUTO: i64 = 60 * SEGUNDO;
const HORA: i64 = 60 * MINUTO;

/// Waits in milliseconds before attempts 2, 3, …; the last repeats.
///
/// Source: cfdi.md 14.6 and 16.1, sunat.md 17.3 and 17.6.
#[derive(Clone, Copy, Debug)]
pub struct Ritmo {
    /// Stamping (MX).
    pub timbrado: &'static [i64],
    /// Sending (PE).
    pub envio: &'static [i64],
    /// Asking for a ticket (PE).
    pub ticket: &'static [i64],
    /// Asking the SAT whether a cancellation is final (MX).
    pub cancelacion: &'static [i64],
}

/// Pace with the real authorities.
pub const REAL: Ritmo = Ritmo {
    timbrado: &[SEGUNDO, 5 * SEGUNDO, 30 * SEGUNDO, 2 * MINUTO, 10 * MINUTO, HORA],
    envio: &[10 * SEGUNDO, 30 * SEGUNDO, 2 * MINUTO, 10 * MINUTO, 30 * MINUTO, HORA],
    ticket: &[2 * SEGUNDO, 5 * SEGUNDO, 10 * SEGUNDO, 30 * SEGUNDO, MINUTO],
    cancelacion: &[5 * MINUTO, 30 * MINUTO, 2 * HORA, 6 * HORA, 12 * HORA],
};

/// Pace with the emulators, which a demo should not have to wait for.
pub const EMULADO: Ritmo = Ritmo {
    timbrado: &[200, SEGUNDO, 2 * SEGUNDO, 5 * SEGUNDO, 30 * SEGUNDO, 10 * MINUTO, HORA],
    envio: &[200, SEGUNDO, 2 * SEGUNDO, 5 * SEGUNDO, 30 * SEGUNDO, 10 * MINUTO, HORA],
    ticket: &[200, SEGUNDO, 2 * SEGUNDO, 10 * SEGUNDO, 30 * SEGUNDO, MINUTO],
    cancelacion: &[5 * SEGUNDO, 5 * MINUTO, 30 * MINUTO, 2 * HORA, 6 * HORA, 12 * HORA],
};

/// Pace of a mode.
pub fn ritmo(modo: Modo) -> &'static Ritmo {
    match modo {
        Modo::Emulado => &EMULADO,
        Modo::Real => &REAL,
    }
}

impl Ritmo {
    /// Waits between sends of a country.
    pub fn envio_de(&self, pais: Pais) -> &'static [i64] {
        match pais {
            Pais::Pe => self.envio,
            _ => self.timbrado,
        }
    }
}

/// Wait after the failure of attempt `intento` (from 1), with up to a quarter of jitter from the
/// id.
pub(crate) fn espera_ms(tabla: &[i64], intento: i32, id: Uuid) -> i64 {
    let paso = usize::try_from(intento - 1).unwrap_or(0).min(tabla.len().saturating_sub(1));
    let base = tabla.get(paso).copied().unwrap_or(MINUTO);
    let azar = i64::from(id.as_bytes()[15]) * 256 + i64::from(id.as_bytes()[14]);
    base + base / 4 * (azar % 1_000) / 1_000
}

/// Last wait of the polling of a cancellation after ten days: once a day.
pub(crate) const DIARIO_MS: i64 = 24 * HORA;
/// Days after which a cancellation is asked for once a day only.
pub(crate) const DIAS_CONSULTA: i64 = 10;
/// A ticket that is not done after this long is uncertain.
pub(crate) const TICKET_MAX_MS: i64 = 24 * HORA;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_follow_the_norm_and_the_last_one_repeats() {
        let id = Uuid::nil();
        let mx: Vec<i64> = (1..=8).map(|n| espera_ms(REAL.timbrado, n, id)).collect();
        let hora = 3_600_000;
        assert_eq!(mx, [1_000, 5_000, 30_000, 120_000, 600_000, hora, hora, hora]);
        let largo = espera_ms(REAL.envio, 3, Uuid::from_u128(u128::MAX));
        assert!((120_000..=150_000).contains(&largo), "{largo}");
    }
}
