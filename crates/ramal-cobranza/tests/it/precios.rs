//! What suspended and paused days cost: the vectors of S5 and S9 over the facts that collections
//! record. The arithmetic is billing's.

use ramal_base::{Fecha, Instante};
use ramal_contratos::{
    Ancla, EventoServicio, Hecho, PoliticaTramos, SuspensionCobro, linea_tiempo,
};
use ramal_facturacion::nucleo::{Reglas, ServicioFacturable, esperado};
use uuid::Uuid;

fn f(texto: &str) -> Fecha {
    Fecha::parse(texto).unwrap()
}

/// What each period from November costs with these facts, 399.00 a month on the first.
fn cost(hechos: &[(&str, Hecho)], suspension: SuspensionCobro, periodos: usize) -> Vec<i64> {
    let ancla = Ancla::new(f("2026-01-01"), 1).unwrap();
    let alta = Hecho::Alta { producto: Uuid::nil(), precio: 39_900, ancla };
    let mut eventos = vec![("2026-01-01", alta)];
    eventos.extend(hechos.iter().cloned());
    let eventos: Vec<EventoServicio> = (1..)
        .zip(eventos)
        .map(|(secuencia, (desde, hecho))| EventoServicio {
            secuencia,
            desde: f(desde),
            registrado: Instante::from_millis(0),
            hecho,
        })
        .collect();
    let politica = PoliticaTramos { suspension, tope_dias: None };
    let linea = linea_tiempo(&eventos, politica);
    let servicio = ServicioFacturable::new(linea, Some(f("2026-11-01")));
    let reglas = Reglas::default();
    servicio.periodos().take(periodos).map(|p| esperado(&servicio, &p, &reglas)).collect()
}

#[test]
fn eight_suspended_days_of_thirty_are_not_charged() {
    let hechos = [("2026-11-16", Hecho::Suspension), ("2026-11-24", Hecho::Reactivacion)];
    assert_eq!(cost(&hechos, SuspensionCobro::NoCobrar, 1), [29_260]);
    assert_eq!(cost(&hechos, SuspensionCobro::CobrarHastaFinPeriodo, 1), [39_900]);
    assert_eq!(cost(&hechos, SuspensionCobro::Cobrar, 1), [39_900]);
}

#[test]
fn a_long_suspension_charges_its_ends_and_nothing_between() {
    let hechos = [("2026-11-10", Hecho::Suspension), ("2027-01-18", Hecho::Reactivacion)];
    assert_eq!(cost(&hechos, SuspensionCobro::NoCobrar, 3), [11_970, 0, 18_019]);
    assert_eq!(cost(&hechos, SuspensionCobro::CobrarHastaFinPeriodo, 3), [39_900, 0, 18_019]);
}

#[test]
fn fifteen_paused_days_of_thirty_cost_half() {
    let hechos = [("2026-11-10", Hecho::Pausa), ("2026-11-25", Hecho::FinPausa)];
    assert_eq!(cost(&hechos, SuspensionCobro::Cobrar, 1), [19_950]);
}
