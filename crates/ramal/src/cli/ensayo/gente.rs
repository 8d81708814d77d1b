//! The people of the rehearsal: how each pays, and what must have become of him at the end. Pure.

use serde::Serialize;

/// How a cliente pays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Manera {
    /// By the link, the day before it is due.
    Puntual,
    /// By transfer, on the due day.
    Transferencia,
    /// Half on the due day, the rest six days later.
    Mitades,
    /// More than he owes, on the due day.
    DeMas,
    /// Promises two days after the due day and keeps it.
    PromesaCumplida,
    /// Promises two days after the due day and breaks it; never pays.
    PromesaRota,
    /// Is cut, and pays at twenty to midnight of the same day.
    DeNoche,
    /// By the link on the due day, while every notice of the gateway is lost for twelve hours.
    SinAviso,
    /// Never pays.
    Nunca,
}

/// Shares of each manner in twenty.
const DE_VEINTE: [(Manera, u32); 9] = [
    (Manera::Puntual, 6),
    (Manera::Transferencia, 3),
    (Manera::Mitades, 2),
    (Manera::DeMas, 1),
    (Manera::PromesaCumplida, 1),
    (Manera::PromesaRota, 1),
    (Manera::DeNoche, 2),
    (Manera::SinAviso, 3),
    (Manera::Nunca, 1),
];

impl Manera {
    /// The manner of the `n`-th cliente.
    pub fn of(n: usize) -> Manera {
        let mut lugar = u32::try_from(n % 20).unwrap_or(0);
        for (manera, parte) in DE_VEINTE {
            if lugar < parte {
                return manera;
            }
            lugar -= parte;
        }
        Manera::Nunca
    }

    /// Whether the service must have been cut at some moment.
    pub fn is_cortado(self) -> bool {
        matches!(self, Manera::PromesaRota | Manera::DeNoche | Manera::Nunca)
    }

    /// Whether the service must be cut at the end.
    pub fn ends_cortado(self) -> bool {
        matches!(self, Manera::PromesaRota | Manera::Nunca)
    }

    /// Whether the first month must be settled at the end.
    pub fn is_al_dia(self) -> bool {
        !self.ends_cortado()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shares_fill_twenty_and_everybody_is_there() {
        assert_eq!(DE_VEINTE.iter().map(|(_, n)| n).sum::<u32>(), 20);
        let todos: std::collections::BTreeSet<Manera> = (0..20).map(Manera::of).collect();
        assert_eq!(todos.len(), DE_VEINTE.len());
        assert_eq!(Manera::of(0), Manera::of(20));
    }
}
