//! Every step from every state, allowed or refused. No storage here.

use ramal_base::Instante;
use uuid::Uuid;

use super::*;
use crate::Ancla;

fn f(texto: &str) -> Fecha {
    Fecha::parse(texto).unwrap()
}

fn historia(hechos: &[(&str, Hecho)]) -> Vec<EventoServicio> {
    let ancla = Ancla::new(f("2026-11-01"), 1).unwrap();
    let alta = Hecho::Alta { producto: Uuid::nil(), precio: 39900, ancla };
    let todos = std::iter::once(("2026-11-01", alta)).chain(hechos.iter().cloned());
    let evento = |(i, (desde, hecho)): (usize, (&str, Hecho))| EventoServicio {
        secuencia: u32::try_from(i).unwrap() + 1,
        desde: f(desde),
        registrado: Instante::from_millis(0),
        hecho,
    };
    todos.enumerate().map(evento).collect()
}

fn pasar(paso: Paso, eventos: &[EventoServicio], fecha: &str) -> Result<Vec<Hecho>, Rechazo> {
    let hoy = f("2026-11-20");
    let hechos = hechos_de(paso, eventos, f(fecha), hoy)?;
    Ok(hechos.into_iter().map(|(_, hecho)| hecho).collect())
}

#[test]
fn each_state_allows_exactly_its_steps() {
    use Paso::{Cancelar, Pausar, Reactivar, Suspender};
    let activo = historia(&[]);
    let suspendido = historia(&[("2026-11-10", Hecho::Suspension)]);
    let pausado = historia(&[("2026-11-10", Hecho::Pausa)]);
    let vencido = historia(&[("2026-11-01", Hecho::Vigencia { hasta: Some(f("2026-11-15")) })]);
    let cancelado = historia(&[("2026-11-10", Hecho::Cancelacion)]);
    let fin = Ok(vec![Hecho::Cancelacion]);
    let tabla = [
        (&activo, Suspender, Ok(vec![Hecho::Suspension])),
        (&activo, Pausar, Ok(vec![Hecho::Pausa])),
        (&activo, Reactivar, Err(Rechazo::YaActivo)),
        (&activo, Cancelar, fin.clone()),
        (&suspendido, Suspender, Err(Rechazo::YaSuspendido)),
        (&suspendido, Pausar, Err(Rechazo::YaSuspendido)),
        (&suspendido, Reactivar, Ok(vec![Hecho::Reactivacion])),
        (&suspendido, Cancelar, fin.clone()),
        (&pausado, Suspender, Err(Rechazo::YaSuspendido)),
        (&pausado, Reactivar, Ok(vec![Hecho::FinPausa])),
        (&pausado, Cancelar, fin.clone()),
        (&vencido, Suspender, Err(Rechazo::Vencido)),
        (&vencido, Pausar, Err(Rechazo::Vencido)),
        (&vencido, Reactivar, Ok(vec![Hecho::Vigencia { hasta: None }])),
        (&vencido, Cancelar, fin),
        (&cancelado, Suspender, Err(Rechazo::Cancelado)),
        (&cancelado, Pausar, Err(Rechazo::Cancelado)),
        (&cancelado, Reactivar, Err(Rechazo::Cancelado)),
        (&cancelado, Cancelar, Err(Rechazo::Cancelado)),
    ];
    for (eventos, paso, esperado) in tabla {
        assert_eq!(pasar(paso, eventos, "2026-11-20"), esperado, "{paso:?} {eventos:?}");
        assert_eq!(pasar(paso, eventos, "2026-10-31"), Err(Rechazo::AntesDeInicio));
    }
}

#[test]
fn what_is_only_scheduled_can_be_taken_back_or_moved() {
    let programada = historia(&[("2026-12-10", Hecho::Cancelacion)]);
    let anula = Hecho::Anulacion { secuencia: 2 };
    assert_eq!(pasar(Paso::Reactivar, &programada, "2026-11-20"), Ok(vec![anula.clone()]));
    let movida = Ok(vec![anula, Hecho::Cancelacion]);
    assert_eq!(pasar(Paso::Cancelar, &programada, "2026-12-24"), movida);
    assert_eq!(pasar(Paso::Suspender, &programada, "2026-12-24"), Err(Rechazo::Cancelado));
}

#[test]
fn an_expired_service_that_was_cut_comes_back_whole() {
    let eventos = historia(&[
        ("2026-11-01", Hecho::Vigencia { hasta: Some(f("2026-11-15")) }),
        ("2026-11-10", Hecho::Suspension),
    ]);
    let esperado = vec![Hecho::Vigencia { hasta: None }, Hecho::Reactivacion];
    assert_eq!(pasar(Paso::Reactivar, &eventos, "2026-11-20"), Ok(esperado));
}

#[test]
fn lifting_a_cut_leaves_the_pause_that_began_during_it() {
    let ambos = historia(&[("2026-11-05", Hecho::Suspension), ("2026-11-10", Hecho::Pausa)]);
    assert_eq!(pasar(Paso::LevantarCorte, &ambos, "2026-11-20"), Ok(vec![Hecho::Reactivacion]));
    let pausado = historia(&[("2026-11-10", Hecho::Pausa)]);
    assert_eq!(pasar(Paso::LevantarCorte, &pausado, "2026-11-20"), Err(Rechazo::YaActivo));
    assert!(is_pausado(&pausado, f("2026-11-10")) && !is_pausado(&pausado, f("2026-11-09")));
    let fin = historia(&[("2026-11-05", Hecho::Suspension), ("2026-11-12", Hecho::Cancelacion)]);
    assert_eq!(pasar(Paso::LevantarCorte, &fin, "2026-11-20"), Err(Rechazo::Cancelado));
}

#[test]
fn a_pause_taken_back_takes_its_return_with_it_and_another_may_follow() {
    let vacia = historia(&[]);
    let (desde, hasta) = (f("2026-12-10"), f("2027-02-10"));
    let hechos = pausa_entre(&vacia, desde, hasta).unwrap();
    assert_eq!(hechos, [(desde, Hecho::Pausa), (hasta, Hecho::FinPausa)]);
    let pedida = historia(&[("2026-12-10", Hecho::Pausa), ("2027-02-10", Hecho::FinPausa)]);
    let hoy = f("2026-12-01");
    let quita = fin_de_pausa(&pedida, hoy).unwrap();
    let anula = |secuencia| (hoy, Hecho::Anulacion { secuencia });
    assert_eq!(quita, [anula(2), anula(3)]);
    let antes = fin_de_pausa(&pedida, f("2026-12-20")).unwrap();
    let vuelta = (f("2026-12-20"), Hecho::FinPausa);
    assert_eq!(antes, [(f("2026-12-20"), Hecho::Anulacion { secuencia: 3 }), vuelta]);
    assert_eq!(fin_de_pausa(&vacia, hoy), Err(Rechazo::YaActivo));
}
