//! Vectors and properties of the state of a service. They touch no database.

use proptest::prelude::*;
use ramal_base::Pais;

use super::*;
use crate::nucleo::calendario::DiasProhibidos;

fn f(texto: &str) -> Fecha {
    Fecha::parse(texto).unwrap()
}

fn calendario(pais: Pais) -> Calendario {
    Calendario::new(pais, DiasProhibidos::default(), Vec::new())
}

fn partida(vencimiento: &str, abierto: i64) -> Partida {
    let vencimiento = f(vencimiento);
    Partida {
        factura_id: Uuid::from_u128(1),
        vencimiento,
        abierto,
        moneda: Moneda::Pen,
        avisado: Some(vencimiento.plus_dias(-3)),
        entregado: true,
        reabierta: None,
    }
}

fn owes(partidas: Vec<Partida>) -> Deuda {
    Deuda { partidas, ..Deuda::default() }
}

fn at(dia: &str, deuda: &Deuda, promesas: &[Compromiso]) -> Situacion {
    estado_cobranza(f(dia), deuda, promesas, &Politica::default(), &calendario(Pais::Pe))
}

fn promesa(fecha: &str, estado: EstadoPromesa) -> Compromiso {
    Compromiso { fecha: f(fecha), estado, facturas: vec![Uuid::from_u128(1)] }
}

#[test]
fn the_peruvian_vector_of_the_specification_cuts_on_thursday_the_tenth() {
    let deuda = owes(vec![partida("2026-12-05", 7990)]);
    let estados = [
        ("2026-12-01", EstadoCobranza::AlDia),
        ("2026-12-02", EstadoCobranza::PorVencer),
        ("2026-12-05", EstadoCobranza::PorVencer),
        ("2026-12-06", EstadoCobranza::Vencido),
        ("2026-12-08", EstadoCobranza::Vencido),
        ("2026-12-09", EstadoCobranza::EnGracia),
        ("2026-12-10", EstadoCobranza::EnGracia),
    ];
    for (dia, esperado) in estados {
        assert_eq!(at(dia, &deuda, &[]).estado, esperado, "{dia}");
    }
    assert_eq!(at("2026-12-06", &deuda, &[]).corte, Some(f("2026-12-10")));
    assert_eq!(at("2026-12-05", &deuda, &[]).corte, None);
}

#[test]
fn a_notice_given_late_moves_the_cut_and_one_not_given_moves_it_every_day() {
    let mut deuda = owes(vec![partida("2026-12-05", 7990)]);
    deuda.partidas[0].avisado = Some(f("2026-12-06"));
    assert_eq!(at("2026-12-09", &deuda, &[]).corte, Some(f("2026-12-14")));
    deuda.partidas[0].avisado = None;
    let situacion = at("2026-12-10", &deuda, &[]);
    assert!(situacion.falta_aviso);
    assert_eq!(situacion.corte, Some(f("2026-12-14")));
    assert_eq!(at("2026-12-14", &deuda, &[]).corte, Some(f("2026-12-16")));
    deuda.partidas[0].avisado = Some(f("2026-12-02"));
    deuda.partidas[0].entregado = false;
    assert!(at("2026-12-10", &deuda, &[]).falta_aviso);
}

#[test]
fn a_new_debt_without_notice_does_not_shelter_an_old_one_that_has_it() {
    let sin_aviso =
        Partida { factura_id: Uuid::from_u128(2), avisado: None, ..partida("2026-12-09", 500) };
    let deuda = owes(vec![partida("2026-12-05", 7990), sin_aviso]);
    let situacion = at("2026-12-10", &deuda, &[]);
    assert!(!situacion.falta_aviso);
    assert_eq!(situacion.corte, Some(f("2026-12-10")));
}

#[test]
fn a_live_promise_moves_the_cut_after_its_date_and_a_broken_one_leaves_no_grace() {
    let deuda = owes(vec![partida("2026-12-05", 7990)]);
    let viva = [promesa("2026-12-12", EstadoPromesa::Vigente)];
    let situacion = at("2026-12-12", &deuda, &viva);
    assert_eq!(situacion.estado, EstadoCobranza::Promesa);
    assert_eq!(situacion.corte, Some(f("2026-12-14")));
    let rota = [promesa("2026-12-12", EstadoPromesa::Rota)];
    let situacion = at("2026-12-13", &deuda, &rota);
    assert_eq!(situacion.estado, EstadoCobranza::EnGracia);
    assert_eq!(situacion.corte, Some(f("2026-12-14")));
}

#[test]
fn a_debt_born_after_the_promise_is_not_covered_by_it() {
    let nueva = Partida { factura_id: Uuid::from_u128(2), ..partida("2026-12-06", 500) };
    let deuda = owes(vec![partida("2026-12-05", 7990), nueva]);
    let viva = [promesa("2026-12-20", EstadoPromesa::Vigente)];
    let situacion = at("2026-12-15", &deuda, &viva);
    assert_eq!(situacion.estado, EstadoCobranza::EnGracia);
    assert_eq!(situacion.corte, Some(f("2026-12-10")));
}

#[test]
fn what_stops_before_the_debt_is_looked_at_wins() {
    let mut deuda = owes(vec![partida("2026-12-05", 7990)]);
    deuda.exento_hasta = Some(f("2026-12-31"));
    assert_eq!(at("2026-12-31", &deuda, &[]).estado, EstadoCobranza::Exento);
    assert_eq!(at("2027-01-01", &deuda, &[]).estado, EstadoCobranza::EnGracia);
    deuda.pausado = true;
    assert_eq!(at("2026-12-31", &deuda, &[]).estado, EstadoCobranza::PausaCliente);
    deuda.baja = true;
    assert_eq!(at("2026-12-31", &deuda, &[]).estado, EstadoCobranza::Baja);
}

#[test]
fn a_suspended_service_is_cut_whole_and_then_ends() {
    let mut deuda = owes(vec![partida("2026-12-05", 7990)]);
    deuda.suspendido_desde = Some(f("2026-12-10"));
    let situacion = at("2026-12-24", &deuda, &[]);
    assert_eq!(situacion.estado, EstadoCobranza::Suspendido);
    assert_eq!(situacion.baja, Some(f("2027-02-08")));
    assert_eq!(at("2026-12-25", &deuda, &[]).estado, EstadoCobranza::Cortado);
}

#[test]
fn a_debt_under_the_minimum_is_never_cut_and_currencies_are_not_added() {
    let politica = Politica { deuda_minima: 1000, ..Politica::default() };
    let calendario = calendario(Pais::Pe);
    let judge =
        |partidas| estado_cobranza(f("2026-12-20"), &owes(partidas), &[], &politica, &calendario);
    assert_eq!(judge(vec![partida("2026-12-01", 999)]).corte, None);
    let usd = Partida { moneda: Moneda::Usd, ..partida("2026-12-01", 999) };
    assert_eq!(judge(vec![partida("2026-12-01", 999), usd]).corte, None);
    assert!(judge(vec![partida("2026-12-01", 999), partida("2026-12-02", 1)]).corte.is_some());
}

#[test]
fn a_bounced_payment_gives_two_more_allowed_days() {
    let mut deuda = owes(vec![partida("2026-11-05", 7990)]);
    deuda.partidas[0].reabierta = Some(f("2026-12-13"));
    deuda.partidas[0].avisado = Some(f("2026-12-14"));
    assert_eq!(at("2026-12-14", &deuda, &[]).corte, Some(f("2026-12-16")));
    deuda.partidas[0].avisado = Some(f("2026-12-10"));
    assert_eq!(at("2026-12-14", &deuda, &[]).corte, Some(f("2026-12-16")));
}

prop_compose! {
    fn any_partida()(n in 1u128..5, dia in 0i32..90, abierto in 1i64..50_000, aviso in -5i32..5)
        -> Partida
    {
        let vencimiento = f("2026-10-01").plus_dias(dia);
        Partida {
            factura_id: Uuid::from_u128(n),
            vencimiento,
            abierto,
            moneda: Moneda::Pen,
            avisado: Some(vencimiento.plus_dias(aviso)),
            entregado: true,
        reabierta: None,
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn while_nobody_pays_the_state_only_gets_worse(
        partidas in prop::collection::vec(any_partida(), 1..5),
        suspendido in prop::option::of(0i32..200),
    ) {
        let calendario = calendario(Pais::Pe);
        let politica = Politica::default();
        let corte = suspendido.map(|n| f("2026-10-01").plus_dias(n));
        let mut antes = EstadoCobranza::AlDia;
        for n in 0..250 {
            let dia = f("2026-09-15").plus_dias(n);
            let deuda = Deuda {
                partidas: partidas.clone(),
                suspendido_desde: corte.filter(|c| *c <= dia),
                ..Deuda::default()
            };
            let ahora = estado_cobranza(dia, &deuda, &[], &politica, &calendario).estado;
            prop_assert!(ahora >= antes, "{dia}: {antes:?} then {ahora:?}");
            antes = ahora;
        }
    }

}

proptest! {
    #[test]
    fn the_day_of_the_cut_is_allowed_after_the_grace_and_after_any_live_promise(
        partidas in prop::collection::vec(any_partida(), 1..5),
        prometida in prop::option::of((1u128..5, 0i32..120)),
        dia in 0i32..150,
        pais in prop::sample::select(vec![Pais::Mx, Pais::Pe, Pais::Ar]),
    ) {
        let calendario = calendario(pais);
        let as_of = f("2026-10-01").plus_dias(dia);
        let promesas: Vec<Compromiso> = prometida
            .map(|(n, d)| Compromiso {
                fecha: f("2026-10-01").plus_dias(d),
                estado: EstadoPromesa::Vigente,
                facturas: vec![Uuid::from_u128(n)],
            })
            .into_iter()
            .collect();
        let deuda = owes(partidas.clone());
        let s = estado_cobranza(as_of, &deuda, &promesas, &Politica::default(), &calendario);
        if let Some(corte) = s.corte {
            prop_assert!(calendario.impedimento(corte).is_none());
            let primera = partidas.iter().map(|p| p.vencimiento).min().unwrap();
            prop_assert!(corte > primera);
        }
        let vencidas = partidas.iter().filter(|p| p.vencimiento < as_of);
        let viva = promesas.iter().find(|c| as_of <= c.fecha);
        if let Some(viva) = viva
            && vencidas.clone().count() > 0
            && vencidas.clone().all(|p| viva.facturas.contains(&p.factura_id))
        {
            prop_assert_eq!(s.estado, EstadoCobranza::Promesa);
            prop_assert!(s.corte.is_none_or(|c| c > viva.fecha));
        }
        let otra = estado_cobranza(as_of, &deuda, &promesas, &Politica::default(), &calendario);
        prop_assert_eq!(s, otra, "the same facts give the same answer");
    }
}
