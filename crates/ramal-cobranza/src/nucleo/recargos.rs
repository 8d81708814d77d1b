//! When a late fee is charged and when it is taken back (L1 to L3). Pure; the arithmetic of the
//! amount is billing's (`ramal_facturacion::nucleo::Recargo`).

use ramal_base::Fecha;
use ramal_facturacion::nucleo::{BaseRecargo, Recargo};

use super::politica::PoliticaRecargo;

/// The one stage of late fees of an invoice: first step of its unique key (invoice, stage).
pub const ETAPA: &str = "mora_1";

/// Whether a late fee is due on `as_of`: strictly after due and grace, never at issue (L2).
pub fn toca(as_of: Fecha, vencimiento: Fecha, politica: &PoliticaRecargo) -> bool {
    as_of > vencimiento.plus_dias(i32::from(politica.gracia_dias))
}

/// Whether a late fee was never due: by value date nothing was open at the end of the due day (L3).
pub fn sobra(abierto_al_vencer: i64) -> bool {
    abierto_al_vencer <= 0
}

/// The fee as billing measures it.
pub fn medida(p: &PoliticaRecargo) -> Recargo {
    let base = match (p.fijo, p.puntos_base) {
        (fijo, 0) => BaseRecargo::Fijo(fijo),
        (0, puntos) => BaseRecargo::PuntosBase(puntos),
        (fijo, puntos_base) => BaseRecargo::Mayor { fijo, puntos_base },
    };
    Recargo { base, minimo: p.minimo, tope: p.tope }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fee_comes_the_day_after_due_and_grace_and_never_at_issue() {
        let f = |t: &str| Fecha::parse(t).unwrap();
        let politica = PoliticaRecargo { gracia_dias: 3, ..PoliticaRecargo::default() };
        let vence = f("2026-12-05");
        let dias = ["2026-11-25", "2026-12-05", "2026-12-06", "2026-12-08", "2026-12-09"];
        let tocan = dias.map(|d| toca(f(d), vence, &politica));
        assert_eq!(tocan, [false, false, false, false, true]);
    }

    #[test]
    fn five_percent_of_399_is_19_95_and_the_greater_of_two_is_charged() {
        let cinco = PoliticaRecargo { puntos_base: 500, ..PoliticaRecargo::default() };
        assert_eq!(medida(&cinco).monto(39_900), 1_995);
        let mayor = PoliticaRecargo { fijo: 3_000, ..cinco };
        assert_eq!(medida(&mayor).monto(39_900), 3_000);
        let fijo = PoliticaRecargo { fijo: 500, minimo: 1_000, ..PoliticaRecargo::default() };
        assert_eq!((medida(&fijo).monto(999), medida(&fijo).monto(1_000)), (0, 500));
    }

    #[test]
    fn what_was_paid_by_its_value_date_pays_no_fee() {
        assert!(sobra(0));
        assert!(!sobra(1));
    }
}
