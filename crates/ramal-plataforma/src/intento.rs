//! How long somebody who fails must wait: a pure rule over the count of failures. It knows no
//! account and no address, so it reveals neither.

/// What is guarded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guardia {
    /// A password, by the account that was typed, whether it exists or not.
    Cuenta,
    /// A password or a code, by the address that tries.
    Direccion,
    /// A code of the telephone, by user.
    Codigo,
    /// Requests of recovery, by account.
    Recuperacion,
    /// The first-run code, by address.
    Instalacion,
}

/// Failures older than this are forgotten, in milliseconds.
pub const MEMORIA_MS: i64 = 3_600_000;

/// Longest wait, in milliseconds.
pub const ESPERA_MAXIMA_MS: i64 = 900_000;

const PRIMERA_ESPERA_MS: i64 = 30_000;

impl Guardia {
    /// Name in the table.
    pub fn as_str(self) -> &'static str {
        match self {
            Guardia::Cuenta => "cuenta",
            Guardia::Direccion => "direccion",
            Guardia::Codigo => "codigo",
            Guardia::Recuperacion => "recuperacion",
            Guardia::Instalacion => "instalacion",
        }
    }

    /// Failures that cost no wait.
    fn libres(self) -> i64 {
        match self {
            Guardia::Cuenta | Guardia::Codigo | Guardia::Instalacion => 4,
            Guardia::Direccion => 19,
            Guardia::Recuperacion => 2,
        }
    }

    /// Wait after a number of failures in a row, in milliseconds: none at first, then 30 s that
    /// double up to a quarter of an hour.
    pub fn espera_ms(self, fallos: i64) -> i64 {
        let sobran = fallos - self.libres();
        if sobran <= 0 {
            return 0;
        }
        let veces = u32::try_from((sobran - 1).min(10)).unwrap_or(0);
        PRIMERA_ESPERA_MS.saturating_mul(1 << veces).min(ESPERA_MAXIMA_MS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_stop_growing() {
        let esperas: Vec<i64> = (1..=11).map(|n| Guardia::Cuenta.espera_ms(n) / 1000).collect();
        assert_eq!(esperas, [0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900]);
        assert_eq!(Guardia::Direccion.espera_ms(19), 0);
        assert_eq!(Guardia::Direccion.espera_ms(20), 30_000);
        assert_eq!(Guardia::Cuenta.espera_ms(i64::MAX), ESPERA_MAXIMA_MS);
    }
}
