//! Means that are paid outside a browser: the reference as it reaches us, its payment and its end.

use ramal_pasarelas::{EstadoCobro, FallaPasarela, Instruccion, MedioRemoto, Secreto};

use crate::mundo::{HILOS, Hilo, Mundo};

#[tokio::test]
async fn a_clabe_of_18_digits_comes_on_every_mexican_wire_and_its_deposit_is_told() {
    for hilo in HILOS {
        let m = Mundo::new().await;
        let p = m.pasarela(hilo);
        let pedido = m.pedido(hilo, "c-0101", MedioRemoto::Spei);
        let creado = p.create_cobro(&pedido).await.unwrap();
        let Some(Instruccion::Clabe { clabe, banco, .. }) = &creado.instruccion else {
            panic!("{hilo:?}: {creado:?}");
        };
        assert!(clabe.len() == 18 && clabe.starts_with("646"), "{hilo:?}: {clabe}");
        assert_eq!(banco.as_deref(), Some("STP"), "{hilo:?}");
        let pago = p.search("c-0101").await.unwrap().remove(0);
        assert_eq!(pago.estado, EstadoCobro::Pendiente, "{hilo:?}");
        m.press(&pago.referencia, "acreditar").await;
        let avisos = m.notices().await;
        let aviso = p.verify(avisos.last().unwrap()).unwrap();
        let estado = p.consult(&aviso.recurso).await.unwrap();
        assert_eq!((estado.estado, estado.importe), (EstadoCobro::Acreditado, 39_900), "{hilo:?}");
    }
}

#[tokio::test]
async fn a_slip_of_oxxo_has_its_digits_its_page_and_its_end() {
    for hilo in HILOS {
        let m = Mundo::new().await;
        let p = m.pasarela(hilo);
        let mut pedido = m.pedido(hilo, "c-0102", MedioRemoto::Oxxo);
        let fin = ramal_base::Instante::parse("2026-11-22T12:00:00Z").unwrap();
        pedido.vence = Some(fin);
        let creado = p.create_cobro(&pedido).await.unwrap();
        assert_eq!(creado.vence, Some(fin), "{hilo:?}");
        let Some(Instruccion::Referencia { referencia, ficha, .. }) = &creado.instruccion else {
            panic!("{hilo:?}: {creado:?}");
        };
        assert!(referencia.bytes().all(|b| b.is_ascii_digit()), "{hilo:?}");
        let pagina = m.http.get(ficha.as_ref().unwrap()).send().await.unwrap();
        assert_eq!(pagina.status(), 200, "{hilo:?}");

        m.clock.advance(2 * 86_400_000);
        let estado = p.consult(&creado.referencia).await.unwrap();
        assert_eq!(estado.estado, EstadoCobro::Vencido, "{hilo:?}");
    }
}

#[tokio::test]
async fn peru_has_cip_codes_and_yape_and_no_oxxo() {
    let m = Mundo::new().await;
    let hilo = Hilo::MercadoPagoPeru;
    let p = m.pasarela(hilo);
    let cip = p.create_cobro(&m.pedido(hilo, "c-0103", MedioRemoto::PagoEfectivo)).await.unwrap();
    assert!(matches!(cip.instruccion, Some(Instruccion::Cip { .. })), "{cip:?}");
    let oxxo = p.create_cobro(&m.pedido(hilo, "c-0104", MedioRemoto::Oxxo)).await;
    assert!(matches!(oxxo, Err(FallaPasarela::Rechazada { .. })), "{oxxo:?}");

    let mut yape = m.pedido(hilo, "c-0105", MedioRemoto::Yape);
    let sin_token = p.create_cobro(&yape).await.unwrap_err();
    assert_eq!(
        sin_token,
        FallaPasarela::rechazada("falta_token", "este medio necesita el código de quien paga",)
    );
    yape.token = Some(Secreto::new("tok_aprobada"));
    let creado = p.create_cobro(&yape).await.unwrap();
    let estado = p.consult(&creado.referencia).await.unwrap();
    assert_eq!(estado.estado, EstadoCobro::Acreditado);
    assert_eq!(estado.medio.as_deref(), Some("yape"));
}

#[tokio::test]
async fn a_card_token_of_stripe_is_charged_or_refused_at_once() {
    let m = Mundo::new().await;
    let p = m.pasarela(Hilo::Stripe);
    for (externa, token, estado) in [
        ("c-0106", "pm_card_visa", EstadoCobro::Acreditado),
        ("c-0107", "pm_card_chargeDeclinedInsufficientFunds", EstadoCobro::Rechazado),
    ] {
        let mut pedido = m.pedido(Hilo::Stripe, externa, MedioRemoto::Tarjeta);
        pedido.token = Some(Secreto::new(token));
        let creado = p.create_cobro(&pedido).await.unwrap();
        assert_eq!(p.consult(&creado.referencia).await.unwrap().estado, estado, "{token}");
    }
}

#[tokio::test]
async fn a_slip_given_on_a_page_dies_with_the_page() {
    for hilo in [Hilo::Emulada, Hilo::MercadoPago] {
        let m = Mundo::new().await;
        let p = m.pasarela(hilo);
        let creado = p.create_cobro(&m.pedido(hilo, "c-0108", MedioRemoto::Enlace)).await.unwrap();
        m.pay(&creado.url.unwrap(), &[("metodo", "oxxo")]).await;
        let ficha = p.search("c-0108").await.unwrap().remove(0);
        assert_eq!(ficha.estado, EstadoCobro::Pendiente, "{hilo:?}");
        p.cancel(&creado.referencia).await.unwrap();
        let despues = p.consult(&ficha.referencia).await.unwrap();
        assert_eq!(despues.estado, EstadoCobro::Cancelado, "{hilo:?}");
    }
}
