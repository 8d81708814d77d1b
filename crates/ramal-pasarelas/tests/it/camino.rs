//! The whole way of a payment on each wire: page, notice, query, judgement, refund, dispute.

use ramal_pasarelas::{
    ClaseAviso, Diferencia, Esperado, EstadoCobro, EstadoDevolucion, MedioRemoto, PedidoCobro,
    PedidoDevolucion, judge,
};

use crate::mundo::{HILOS, Hilo, Mundo};

fn esperado<'a>(pedido: &'a PedidoCobro, cuenta: &'a str) -> Esperado<'a> {
    Esperado { externa: &pedido.externa, importe: pedido.importe, moneda: pedido.moneda, cuenta }
}

#[tokio::test]
async fn a_link_is_paid_told_asked_judged_refunded_and_disputed_on_every_wire() {
    for hilo in HILOS {
        let m = Mundo::new().await;
        let p = m.pasarela(hilo);
        let pedido = m.pedido(hilo, "c-0001", MedioRemoto::Enlace);
        let creado = p.create_cobro(&pedido).await.unwrap();
        let antes = p.consult(&creado.referencia).await.unwrap();
        assert_eq!((antes.estado, antes.importe), (EstadoCobro::Pendiente, 39_900), "{hilo:?}");
        assert_eq!(judge(&esperado(&pedido, p.cuenta()), &antes), Ok(()), "{hilo:?}");

        let url = creado.url.unwrap();
        let destino = m.pay(&url, &[("metodo", "tarjeta"), ("tarjeta", "aprobada")]).await;
        assert!(destino.starts_with("http://127.0.0.1:1/f/abc"), "{hilo:?}: {destino}");
        let avisos = m.notices().await;
        let leidos: Vec<_> = avisos.iter().map(|a| p.verify(a).unwrap()).collect();
        let de_cobro = leidos.iter().filter(|a| a.clase == ClaseAviso::Cobro).collect::<Vec<_>>();
        assert!(!de_cobro.is_empty(), "{hilo:?}: nobody told of the payment");
        for aviso in de_cobro {
            let pago = p.consult(&aviso.recurso).await.unwrap();
            assert_eq!(pago.estado, EstadoCobro::Acreditado, "{hilo:?}");
            assert_eq!(judge(&esperado(&pedido, p.cuenta()), &pago), Ok(()), "{hilo:?}");
            assert_eq!((pago.comision, pago.neto), (Some(1_393), Some(38_507)), "{hilo:?}");
            assert_eq!(pago.acreditado.unwrap().to_string(), crate::mundo::AHORA, "{hilo:?}");
        }
        // The page and the search lead to the same payment: one key against double posting.
        let pago = p.consult(&creado.referencia).await.unwrap();
        let hallados = p.search(&pedido.externa).await.unwrap();
        assert_eq!(hallados, std::slice::from_ref(&pago), "{hilo:?}");
        assert_ne!(pago.referencia, creado.referencia);

        refund_in_two_parts(&m, hilo, &pago.referencia).await;
    }
}

async fn refund_in_two_parts(m: &Mundo, hilo: Hilo, pago: &str) {
    let p = m.pasarela(hilo);
    let parte = |clave: &str, importe| PedidoDevolucion {
        referencia: pago.to_owned(),
        clave: clave.to_owned(),
        importe,
        moneda: ramal_base::Moneda::Mxn,
    };
    let primera = p.refund(&parte("d-1", 10_050)).await.unwrap();
    assert_eq!((primera.importe, primera.estado), (10_050, EstadoDevolucion::Hecha), "{hilo:?}");
    let otra_vez = p.refund(&parte("d-1", 10_050)).await.unwrap();
    assert_eq!(primera, otra_vez, "{hilo:?}: the same key gives the same refund");
    let estado = p.consult(pago).await.unwrap();
    assert_eq!((estado.estado, estado.devuelto), (EstadoCobro::Acreditado, 10_050), "{hilo:?}");
    assert!(p.refund(&parte("d-2", 29_851)).await.is_err(), "{hilo:?}: more than is left");
    p.refund(&parte("d-3", 29_850)).await.unwrap();
    let estado = p.consult(pago).await.unwrap();
    assert_eq!((estado.estado, estado.devuelto), (EstadoCobro::Devuelto, 39_900), "{hilo:?}");
    let mut hechas: Vec<i64> =
        p.refunds_of(pago).await.unwrap().iter().map(|d| d.importe).collect();
    hechas.sort_unstable();
    assert_eq!(hechas, [10_050, 29_850], "{hilo:?}");
    let avisos = m.notices().await;
    let clases: Vec<_> = avisos.iter().map(|a| p.verify(a).unwrap()).collect();
    assert!(clases.iter().all(|a| a.recurso == pago), "{hilo:?}");
}

#[tokio::test]
async fn a_chargeback_takes_the_money_out_and_a_won_one_brings_it_back() {
    for hilo in HILOS {
        let m = Mundo::new().await;
        let p = m.pasarela(hilo);
        let creado = p.create_cobro(&m.pedido(hilo, "c-0002", MedioRemoto::Enlace)).await.unwrap();
        m.pay(&creado.url.unwrap(), &[("metodo", "tarjeta"), ("tarjeta", "aprobada")]).await;
        let pago = p.consult(&creado.referencia).await.unwrap().referencia;
        m.notices().await;

        m.press(&pago, "contracargo").await;
        let avisos = m.notices().await;
        let aviso = p.verify(avisos.last().unwrap()).unwrap();
        assert_eq!(aviso.clase, ClaseAviso::Contracargo, "{hilo:?}");
        let estado = p.consult(&aviso.recurso).await.unwrap();
        assert_eq!(estado.referencia, pago, "{hilo:?}");
        assert_eq!(estado.estado, EstadoCobro::Contracargado, "{hilo:?}");

        m.press(&pago, "ganar").await;
        let estado = p.consult(&pago).await.unwrap();
        assert_eq!(estado.estado, EstadoCobro::Acreditado, "{hilo:?}");
    }
}

#[tokio::test]
async fn a_refused_card_can_try_again_and_a_review_is_not_money_yet() {
    for hilo in HILOS {
        let m = Mundo::new().await;
        let p = m.pasarela(hilo);
        let creado = p.create_cobro(&m.pedido(hilo, "c-0003", MedioRemoto::Enlace)).await.unwrap();
        let url = creado.url.unwrap();
        m.pay(&url, &[("metodo", "tarjeta"), ("tarjeta", "rechazada")]).await;
        let estado = p.consult(&creado.referencia).await.unwrap();
        assert_eq!(estado.estado, EstadoCobro::Rechazado, "{hilo:?}");
        assert!(estado.detalle.unwrap().contains("insufficient"), "{hilo:?}");

        m.pay(&url, &[("metodo", "tarjeta"), ("tarjeta", "revision")]).await;
        let estado = p.consult(&creado.referencia).await.unwrap();
        assert_eq!(estado.estado, EstadoCobro::EnProceso, "{hilo:?}");
        assert_eq!((estado.acreditado, estado.comision), (None, None), "{hilo:?}");
        assert!(p.cancel(&creado.referencia).await.is_err(), "{hilo:?}: it may still be money");

        m.press(&estado.referencia, "acreditar").await;
        let estado = p.consult(&creado.referencia).await.unwrap();
        assert_eq!(estado.estado, EstadoCobro::Acreditado, "{hilo:?}");
        let tarde = p.cancel(&creado.referencia).await;
        assert!(tarde.is_err(), "{hilo:?}: {tarde:?}");
    }
}

#[tokio::test]
async fn a_closed_page_cannot_be_paid() {
    for hilo in HILOS {
        let m = Mundo::new().await;
        let p = m.pasarela(hilo);
        let creado = p.create_cobro(&m.pedido(hilo, "c-0004", MedioRemoto::Enlace)).await.unwrap();
        let cerrado = p.cancel(&creado.referencia).await.unwrap().estado;
        let esperado = match hilo {
            // Stripe ends a session; it has no other word for it.
            Hilo::Stripe => EstadoCobro::Vencido,
            _ => EstadoCobro::Cancelado,
        };
        assert_eq!(cerrado, esperado, "{hilo:?}");
        let url = creado.url.unwrap();
        m.pay(&url, &[("metodo", "tarjeta"), ("tarjeta", "aprobada")]).await;
        assert_eq!(m.em.conteo("c-0004").1, 0, "{hilo:?}: it was paid after being closed");
    }
}

#[tokio::test]
async fn a_payment_of_another_amount_is_not_the_one_that_was_asked_for() {
    for hilo in HILOS {
        let m = Mundo::new().await;
        let p = m.pasarela(hilo);
        m.notice_faults(ramal_emulador::pasarela::FallasAvisos {
            importe_equivocado: ramal_emulador::fallas::Regla { proximas: 1, por_diez_mil: 0 },
            ..Default::default()
        });
        let pedido = m.pedido(hilo, "c-0005", MedioRemoto::Enlace);
        let creado = p.create_cobro(&pedido).await.unwrap();
        m.pay(&creado.url.unwrap(), &[("metodo", "tarjeta")]).await;
        let pago = p.consult(&creado.referencia).await.unwrap();
        let diferencias = judge(&esperado(&pedido, p.cuenta()), &pago).unwrap_err();
        let una = Diferencia::Importe { esperado: 39_900, recibido: 40_000 };
        assert_eq!(diferencias, [una], "{hilo:?}");
    }
}

#[tokio::test]
async fn the_credentials_tell_whose_account_they_are() {
    for hilo in [Hilo::Emulada, Hilo::MercadoPago, Hilo::MercadoPagoPeru, Hilo::Stripe] {
        let m = Mundo::new().await;
        let p = m.pasarela(hilo);
        assert_eq!(p.check().await.unwrap(), p.cuenta(), "{hilo:?}");
    }
}
