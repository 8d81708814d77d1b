//! The monotonic machines: what becomes of a payment at a gateway, and of the cobro it pays, when
//! the news come in any order. Pure: it reads no table and asks no gateway.

use ramal_pasarelas::EstadoCobro;

use crate::cobro::Estado;

/// How far a payment has gone; it never goes back.
fn rank(estado: EstadoCobro) -> u8 {
    match estado {
        EstadoCobro::Pendiente => 0,
        EstadoCobro::EnProceso => 1,
        EstadoCobro::Rechazado | EstadoCobro::Vencido | EstadoCobro::Cancelado => 2,
        EstadoCobro::Acreditado => 3,
        EstadoCobro::Devuelto => 4,
        EstadoCobro::Contracargado => 5,
    }
}

/// State of a payment after it was seen in another one: the furthest of the two.
///
/// A refused attempt may still be credited (the person tried again with the same payment), a
/// credited one is never refused.
pub fn advance(antes: EstadoCobro, visto: EstadoCobro) -> EstadoCobro {
    if rank(visto) >= rank(antes) { visto } else { antes }
}

/// How the end of a payment touches its cobro.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alcance {
    /// The payment is the cobro itself (a CLABE, a reference): its end is the cobro's.
    Entero,
    /// One attempt on a page where the person may try again.
    Intento,
}

/// State of a cobro from those of its payments.
///
/// Money decides first, whatever the cobro was: one credited payment makes it paid also when it had
/// expired. Without money a closed cobro stays closed.
pub fn cobro_after(actual: Estado, pagos: &[(EstadoCobro, Alcance)]) -> Estado {
    let has = |estado: EstadoCobro| pagos.iter().any(|(e, _)| *e == estado);
    if has(EstadoCobro::Acreditado) {
        return Estado::Acreditado;
    }
    if has(EstadoCobro::Contracargado) {
        return Estado::Contracargado;
    }
    if has(EstadoCobro::Devuelto) {
        return Estado::Devuelto;
    }
    if !actual.is_abierto() {
        return actual;
    }
    if has(EstadoCobro::EnProceso) {
        return Estado::EnProceso;
    }
    let entero = pagos.iter().rev().find(|(_, a)| *a == Alcance::Entero).map(|(e, _)| *e);
    match entero {
        Some(EstadoCobro::Rechazado) => Estado::Rechazado,
        Some(EstadoCobro::Vencido) => Estado::Vencido,
        Some(EstadoCobro::Cancelado) => Estado::Cancelado,
        _ if pagos.is_empty() => actual,
        _ => Estado::Pendiente,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_state() -> impl Strategy<Value = EstadoCobro> {
        proptest::sample::select(EstadoCobro::TODOS.to_vec())
    }

    proptest! {
        #[test]
        fn the_order_in_which_news_arrive_does_not_change_where_a_payment_ends(
            mut vistos in proptest::collection::vec(any_state(), 1..8),
        ) {
            let end = |lista: &[EstadoCobro]| lista.iter().copied().fold(lista[0], advance);
            // Refused, expired and cancelled are one step; which of them is no matter of money.
            let uno = rank(end(&vistos));
            vistos.reverse();
            prop_assert_eq!(uno, rank(end(&vistos)));
        }

        #[test]
        fn credited_money_is_never_forgotten(
            visto in any_state(), otro in any_state(),
        ) {
            let fin = advance(advance(EstadoCobro::Acreditado, visto), otro);
            prop_assert!(fin.was_acreditado());
        }
    }

    #[test]
    fn an_expired_cobro_that_is_paid_late_is_paid() {
        let pagos = [(EstadoCobro::Acreditado, Alcance::Intento)];
        for actual in Estado::TODOS {
            assert_eq!(cobro_after(actual, &pagos), Estado::Acreditado);
        }
    }

    #[test]
    fn a_refused_card_leaves_the_page_open_and_a_refused_reference_closes_it() {
        let intento = [(EstadoCobro::Rechazado, Alcance::Intento)];
        assert_eq!(cobro_after(Estado::EnProceso, &intento), Estado::Pendiente);
        let entero = [(EstadoCobro::Vencido, Alcance::Entero)];
        assert_eq!(cobro_after(Estado::Pendiente, &entero), Estado::Vencido);
    }

    #[test]
    fn one_of_two_payments_given_back_leaves_the_cobro_paid() {
        use EstadoCobro::{Acreditado, Devuelto};
        let dos = [(Devuelto, Alcance::Intento), (Acreditado, Alcance::Intento)];
        assert_eq!(cobro_after(Estado::Acreditado, &dos), Estado::Acreditado);
        assert_eq!(cobro_after(Estado::Acreditado, &dos[..1]), Estado::Devuelto);
    }

    #[test]
    fn a_closed_cobro_does_not_open_again_without_money() {
        let pagos = [(EstadoCobro::EnProceso, Alcance::Entero)];
        assert_eq!(cobro_after(Estado::Cancelado, &pagos), Estado::Cancelado);
        assert_eq!(cobro_after(Estado::Incierto, &[]), Estado::Incierto);
        assert_eq!(cobro_after(Estado::Incierto, &pagos), Estado::EnProceso);
    }
}
