//! Notices as the emulated vendors send them, good and bad, judged by the adapters.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use ramal_emulador::fallas::Regla;
use ramal_emulador::pasarela::FallasAvisos;
use ramal_pasarelas::{
    ConfigEmulada, ConfigStripe, Emulada, MedioRemoto, Pasarela as _, RechazoAviso, Secreto,
    Secretos, Stripe,
};

use crate::mundo::{HILOS, Hilo, Mundo};

fn siempre() -> Regla {
    Regla { proximas: 0, por_diez_mil: 10_000 }
}

async fn paid(m: &Mundo, hilo: Hilo, externa: &str) -> String {
    let p = m.pasarela(hilo);
    let creado = p.create_cobro(&m.pedido(hilo, externa, MedioRemoto::Enlace)).await.unwrap();
    m.pay(&creado.url.unwrap(), &[("metodo", "tarjeta")]).await;
    p.consult(&creado.referencia).await.unwrap().referencia
}

#[tokio::test]
async fn copies_repeat_their_id_and_forged_ones_are_refused() {
    for hilo in HILOS {
        let m = Mundo::new().await;
        let p = m.pasarela(hilo);
        m.notice_faults(FallasAvisos {
            duplicar: siempre(),
            copias: 4,
            falsificar: siempre(),
            ..FallasAvisos::default()
        });
        paid(&m, hilo, "c-0301").await;
        let avisos = m.notices().await;
        let juicios: Vec<_> = avisos.iter().map(|a| p.verify(a)).collect();
        let buenos: Vec<_> = juicios.iter().flatten().collect();
        let malos: Vec<_> = juicios.iter().filter_map(|j| j.as_ref().err()).collect();
        let distintos: BTreeSet<&str> = buenos.iter().map(|a| a.evento_id.as_str()).collect();
        let (menos, mas) = (distintos.len() * 2, distintos.len() * 5);
        assert!((menos..=mas).contains(&buenos.len()), "{hilo:?}: {}", buenos.len());
        assert_eq!(malos.len(), distintos.len(), "{hilo:?}");
        assert!(malos.iter().all(|r| **r == RechazoAviso::FirmaInvalida), "{hilo:?}: {malos:?}");
    }
}

#[tokio::test]
async fn stale_ones_are_refused_where_the_vendor_signs_each_attempt_and_flagged_where_not() {
    for hilo in HILOS {
        let m = Mundo::new().await;
        let p = m.pasarela(hilo);
        m.notice_faults(FallasAvisos { vencer: siempre(), ..FallasAvisos::default() });
        paid(&m, hilo, "c-0302").await;
        let avisos = m.notices().await;
        let juicios: Vec<_> = avisos.iter().map(|a| p.verify(a)).collect();
        let viejos = juicios.iter().filter(|j| match j {
            Err(RechazoAviso::FueraDeVentana { desfase_s }) => *desfase_s == 3_600,
            Ok(aviso) => hilo == Hilo::MercadoPago && aviso.fuera_de_ventana,
            Err(otro) => panic!("{hilo:?}: {otro:?}"),
        });
        assert_eq!(viejos.count() * 2, juicios.len(), "{hilo:?}");
    }
}

#[tokio::test]
async fn a_rotation_loses_no_notice() {
    for hilo in [Hilo::Emulada, Hilo::Stripe] {
        let m = Mundo::new().await;
        let red = m.red();
        let (cuenta, viejo, nuevo) = match hilo {
            Hilo::Stripe => ("acct_demo", "whsec_demo", "whsec_demo_2"),
            _ => (
                "comercio-demo",
                ramal_emulador::pasarela::SECRETO_EMULADA,
                "whsec_bnVldm8tc2VjcmV0by1kZS1wcnVlYmE=",
            ),
        };
        m.em.rotate(cuenta, nuevo);
        paid(&m, hilo, "c-0303").await;
        let avisos = m.notices().await;
        assert!(!avisos.is_empty());
        let verify = |secreto: &str, aviso| match hilo {
            Hilo::Stripe => Stripe::new(
                &red,
                ConfigStripe {
                    base: m.base.clone(),
                    clave: Secreto::new("sk_x"),
                    cuenta: "acct_demo".into(),
                    firmas: Secretos::new(Secreto::new(secreto)),
                },
            )
            .unwrap()
            .verify(aviso),
            _ => Emulada::new(
                &red,
                ConfigEmulada {
                    base: m.base.clone(),
                    clave: Secreto::new("x"),
                    cuenta: "comercio-demo".into(),
                    firmas: Secretos::new(Secreto::new(secreto)),
                },
            )
            .unwrap()
            .verify(aviso),
        };
        for aviso in &avisos {
            assert!(verify(viejo, aviso).is_ok(), "{hilo:?}: who still has the old secret");
            assert!(verify(nuevo, aviso).is_ok(), "{hilo:?}: who has the new one");
            assert!(verify("whsec_b3Rybw==", aviso).is_err(), "{hilo:?}");
        }
    }
}

#[tokio::test]
async fn the_unsigned_ipn_of_mercado_pago_is_only_a_hint() {
    let m = Mundo::new().await;
    let p = m.pasarela(Hilo::MercadoPago);
    m.notice_faults(FallasAvisos { sin_firma: siempre(), ..FallasAvisos::default() });
    let pago = paid(&m, Hilo::MercadoPago, "c-0304").await;
    let avisos = m.notices().await;
    let (buenos, malos): (Vec<_>, Vec<_>) =
        avisos.iter().map(|a| p.verify(a)).partition(Result::is_ok);
    assert_eq!(buenos.len(), malos.len());
    let ipn = RechazoAviso::IpnSinFirma { recurso: pago };
    assert!(malos.into_iter().all(|j| j.unwrap_err() == ipn));
}

#[tokio::test]
async fn a_receiver_that_fails_gets_the_same_event_again_and_still_well_signed() {
    for hilo in HILOS {
        let m = Mundo::new().await;
        let p = m.pasarela(hilo);
        m.receiver_answers(StatusCode::SERVICE_UNAVAILABLE);
        paid(&m, hilo, "c-0305").await;
        let primeros: Vec<_> =
            m.notices().await.iter().map(|a| p.verify(a).unwrap().evento_id).collect();
        assert!(m.notices().await.is_empty(), "{hilo:?}: it is not time yet");
        m.receiver_answers(StatusCode::OK);
        m.clock.advance(600_001);
        let segundos = m.notices().await;
        let leidos: Vec<_> = segundos.iter().map(|a| p.verify(a).unwrap()).collect();
        let mut ids: Vec<_> = leidos.iter().map(|a| a.evento_id.clone()).collect();
        ids.sort();
        let mut esperados = primeros;
        esperados.sort();
        assert_eq!(ids, esperados, "{hilo:?}");
        // Mercado Pago repeats its `ts`: late, and still good.
        assert!(leidos.iter().all(|a| a.fuera_de_ventana == (hilo == Hilo::MercadoPago)));
        m.clock.advance(86_400_000);
        assert!(m.notices().await.is_empty(), "{hilo:?}: delivered ones are not sent again");
    }
}

#[tokio::test]
async fn lost_notices_leave_the_search_as_the_way_to_know() {
    for hilo in HILOS {
        let m = Mundo::new().await;
        let p = m.pasarela(hilo);
        m.notice_faults(FallasAvisos { perder: siempre(), ..FallasAvisos::default() });
        let pago = paid(&m, hilo, "c-0306").await;
        assert!(m.notices().await.is_empty(), "{hilo:?}");
        let hallados = p.search("c-0306").await.unwrap();
        assert_eq!(
            (hallados.len(), hallados[0].referencia.as_str()),
            (1, pago.as_str()),
            "{hilo:?}"
        );
    }
}

#[tokio::test]
async fn shuffled_and_late_notices_all_arrive_in_another_order() {
    let m = Mundo::new().await;
    let p = m.pasarela(Hilo::Emulada);
    m.notice_faults(FallasAvisos {
        demora_ms: 1_000,
        barajar_ms: 60_000,
        ..FallasAvisos::default()
    });
    for n in 0..8 {
        paid(&m, Hilo::Emulada, &format!("c-031{n}")).await;
    }
    assert!(m.notices().await.is_empty(), "none before its delay");
    let mut llegados = Vec::new();
    for _ in 0..61 {
        m.clock.advance(1_000);
        llegados.extend(m.notices().await.iter().map(|a| p.verify(a).unwrap()));
    }
    assert_eq!(llegados.len(), 16, "made and paid, for each of the eight");
    let recursos: Vec<&str> = llegados.iter().map(|a| a.recurso.as_str()).collect();
    let mut ordenados = recursos.clone();
    ordenados.sort_unstable();
    ordenados.dedup();
    assert_eq!(ordenados.len(), 8);
    let juntos = recursos.chunks(2).filter(|par| par[0] == par[1]).count();
    assert!(juntos < 8, "the order was kept");
}
