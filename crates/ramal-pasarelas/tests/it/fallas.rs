//! What can go wrong between both machines, on each wire: nothing is charged twice and every
//! failure says what to do next.

use ramal_emulador::Fallas;
use ramal_emulador::fallas::{FallaHttp, Regla};
use ramal_pasarelas::{
    AjustesRed, ConfigEmulada, ConfigStripe, Emulada, EstadoCobro, FallaPasarela, MedioRemoto,
    Pasarela as _, PedidoDevolucion, Red, Secreto, Secretos, Stripe,
};

use crate::mundo::{HILOS, Hilo, Mundo};

fn proximas(n: u32) -> Regla {
    Regla { proximas: n, por_diez_mil: 0 }
}

#[tokio::test]
async fn a_connection_cut_after_the_effect_is_uncertain_and_a_query_finds_what_was_made() {
    for hilo in HILOS {
        for medio in [MedioRemoto::Enlace, MedioRemoto::Oxxo] {
            let m = Mundo::new().await;
            let p = m.pasarela(hilo);
            let pedido = m.pedido(hilo, "c-0201", medio);
            assert_eq!(p.resolve(&pedido).await.unwrap(), None, "{hilo:?} {medio:?}");
            m.faults(Fallas { cortar_despues: proximas(1), ..Fallas::default() });
            let falla = p.create_cobro(&pedido).await.unwrap_err();
            assert!(falla.is_incierta(), "{hilo:?} {medio:?}: {falla:?}");
            assert_eq!(m.em.conteo("c-0201").0, 1, "{hilo:?} {medio:?}: it did happen");

            let hallado = p.resolve(&pedido).await.unwrap().expect("it is there");
            let repetido = p.create_cobro(&pedido).await.unwrap();
            assert_eq!(hallado, repetido, "{hilo:?} {medio:?}: the same key, the same cobro");
            assert_eq!(m.em.conteo("c-0201").0, 1, "{hilo:?} {medio:?}: made twice");
        }
    }
}

#[tokio::test]
async fn a_connection_cut_before_the_effect_leaves_nothing_and_the_same_key_makes_it_once() {
    for hilo in HILOS {
        let m = Mundo::new().await;
        let p = m.pasarela(hilo);
        let pedido = m.pedido(hilo, "c-0202", MedioRemoto::Enlace);
        m.faults(Fallas { cortar_antes: proximas(1), ..Fallas::default() });
        assert!(p.create_cobro(&pedido).await.unwrap_err().is_incierta(), "{hilo:?}");
        assert_eq!(p.resolve(&pedido).await.unwrap(), None, "{hilo:?}");
        m.faults(Fallas { procesar_dos_veces: proximas(1), ..Fallas::default() });
        p.create_cobro(&pedido).await.unwrap();
        assert_eq!(m.em.conteo("c-0202").0, 1, "{hilo:?}: the wire delivered it twice");
    }
}

#[tokio::test]
async fn an_uncertain_refund_is_found_and_never_made_twice() {
    for hilo in HILOS {
        let m = Mundo::new().await;
        let p = m.pasarela(hilo);
        let creado = p.create_cobro(&m.pedido(hilo, "c-0203", MedioRemoto::Enlace)).await.unwrap();
        m.pay(&creado.url.unwrap(), &[("metodo", "tarjeta")]).await;
        let pago = p.consult(&creado.referencia).await.unwrap().referencia;
        let pedido = PedidoDevolucion {
            referencia: pago.clone(),
            clave: "d-9".into(),
            importe: 5_000,
            moneda: ramal_base::Moneda::Mxn,
        };
        m.faults(Fallas { cortar_despues: proximas(1), ..Fallas::default() });
        assert!(p.refund(&pedido).await.unwrap_err().is_incierta(), "{hilo:?}");
        let hechas = p.refunds_of(&pago).await.unwrap();
        assert_eq!(hechas.len(), 1, "{hilo:?}");
        assert_eq!(hechas[0].importe, 5_000, "{hilo:?}");
        if hilo != Hilo::MercadoPago {
            assert_eq!(hechas[0].clave.as_deref(), Some("d-9"), "{hilo:?}");
        }
        p.refund(&pedido).await.unwrap();
        assert_eq!(p.consult(&pago).await.unwrap().devuelto, 5_000, "{hilo:?}");
    }
}

#[tokio::test]
async fn reads_insist_and_writes_do_not() {
    for hilo in HILOS {
        let m = Mundo::new().await;
        let p = m.pasarela(hilo);
        let pedido = m.pedido(hilo, "c-0204", MedioRemoto::Enlace);
        let creado = p.create_cobro(&pedido).await.unwrap();
        for estado in [500, 502, 503, 504] {
            // Its own circuit: so many failures would open the other's.
            let p = m.pasarela_on(hilo, &m.red());
            let http = FallaHttp { regla: proximas(3), estado, html: true };
            m.faults(Fallas { http, ..Fallas::default() });
            let leido = p.consult(&creado.referencia).await.unwrap();
            assert_eq!(leido.estado, EstadoCobro::Pendiente, "{hilo:?} {estado}");
            let http = FallaHttp { regla: proximas(1), estado, html: true };
            m.faults(Fallas { http, ..Fallas::default() });
            let otro = m.pedido(hilo, "c-0205", MedioRemoto::Enlace);
            let falla = p.create_cobro(&otro).await.unwrap_err();
            assert!(falla.is_incierta(), "{hilo:?} {estado}: {falla:?}");
        }
        assert_eq!(m.em.conteo("c-0205").0, 0, "{hilo:?}: a write was repeated blindly");
        // The door turned it away: nothing happened, so it is worth insisting.
        let http = FallaHttp { regla: proximas(2), estado: 429, html: false };
        m.faults(Fallas { http, ..Fallas::default() });
        p.create_cobro(&m.pedido(hilo, "c-0206", MedioRemoto::Enlace)).await.unwrap();
    }
}

#[tokio::test]
async fn a_page_where_json_was_due_is_no_answer() {
    for hilo in HILOS {
        let m = Mundo::new().await;
        let p = m.pasarela(hilo);
        let http = || FallaHttp { regla: proximas(1), estado: 200, html: true };
        m.faults(Fallas { http: http(), ..Fallas::default() });
        let leida = p.check().await.unwrap_err();
        assert!(matches!(leida, FallaPasarela::Reintentable { .. }), "{hilo:?}: {leida:?}");
        m.faults(Fallas { http: http(), ..Fallas::default() });
        let escrita = p.create_cobro(&m.pedido(hilo, "c-0207", MedioRemoto::Enlace)).await;
        assert!(escrita.unwrap_err().is_incierta(), "{hilo:?}");
    }
}

#[tokio::test]
async fn a_key_used_for_another_amount_is_refused() {
    for hilo in HILOS {
        let m = Mundo::new().await;
        let p = m.pasarela(hilo);
        let mut pedido = m.pedido(hilo, "c-0208", MedioRemoto::Enlace);
        p.create_cobro(&pedido).await.unwrap();
        pedido.importe = 1;
        let falla = p.create_cobro(&pedido).await.unwrap_err();
        let FallaPasarela::Rechazada { codigo, .. } = &falla else { panic!("{hilo:?}: {falla:?}") };
        assert_eq!(codigo, "clave_en_conflicto", "{hilo:?}");
    }
}

#[tokio::test]
async fn what_no_gateway_would_take_never_leaves() {
    for hilo in HILOS {
        let m = Mundo::new().await;
        let p = m.pasarela(hilo);
        let codigo = async |cambio: fn(&mut ramal_pasarelas::PedidoCobro)| {
            let mut pedido = m.pedido(hilo, "c-0209", MedioRemoto::Enlace);
            cambio(&mut pedido);
            match p.create_cobro(&pedido).await.unwrap_err() {
                FallaPasarela::Rechazada { codigo, .. } => codigo,
                otra => panic!("{hilo:?}: {otra:?}"),
            }
        };
        assert_eq!(codigo(|p| p.importe = 0).await, "importe");
        assert_eq!(codigo(|p| p.importe = -39_900).await, "importe");
        assert_eq!(codigo(|p| p.externa = "a/../b".into()).await, "externa");
        assert_eq!(codigo(|p| p.externa = String::new()).await, "externa");
        assert_eq!(codigo(|p| p.concepto = " ".into()).await, "concepto");
        assert_eq!(codigo(|p| p.token = Some(Secreto::new("x"))).await, "sobra_token");
        assert_eq!(m.em.conteo("c-0209").0, 0);
    }
}

#[tokio::test]
async fn unknown_references_say_so_and_paths_are_never_asked_for() {
    for hilo in HILOS {
        let m = Mundo::new().await;
        let p = m.pasarela(hilo);
        let desconocida = match hilo {
            Hilo::Stripe => "pi_000000000000",
            Hilo::Emulada => "pag_00000000",
            _ => "999999999999",
        };
        for referencia in [desconocida, "../v1/cuenta", "", "x?y=1"] {
            let falla = p.consult(referencia).await.unwrap_err();
            assert!(falla.is_no_existe(), "{hilo:?} {referencia}: {falla:?}");
        }
        assert_eq!(p.search("nadie").await.unwrap(), [], "{hilo:?}");
        assert_eq!(p.search("na' OR '1").await.unwrap(), [], "{hilo:?}");
    }
}

#[tokio::test]
async fn wrong_credentials_are_a_matter_for_an_administrator() {
    let m = Mundo::new().await;
    let red = m.red();
    let firmas = Secretos::new(Secreto::new("whsec_demo"));
    let emulada = Emulada::new(
        &red,
        ConfigEmulada {
            base: format!("{}/emulada", m.base),
            clave: Secreto::new("otra"),
            cuenta: "comercio-demo".into(),
            firmas: firmas.clone(),
        },
    );
    let stripe = Stripe::new(
        &red,
        ConfigStripe {
            base: format!("{}/stripe", m.base),
            clave: Secreto::new("sk_test_otra"),
            cuenta: "acct_demo".into(),
            firmas: firmas.clone(),
        },
    );
    for falla in
        [emulada.unwrap().check().await.unwrap_err(), stripe.unwrap().check().await.unwrap_err()]
    {
        assert!(matches!(falla, FallaPasarela::Configuracion { .. }), "{falla:?}");
    }
    let publica = Stripe::new(
        &red,
        ConfigStripe {
            base: "https://api.stripe.com".into(),
            clave: Secreto::new("pk_live_publica"),
            cuenta: "acct_demo".into(),
            firmas,
        },
    );
    assert!(publica.is_err(), "a public key is not a secret one");
}

#[tokio::test]
async fn a_dead_gateway_is_retriable_and_its_circuit_opens_and_closes() {
    let m = Mundo::new().await;
    // A port where nobody listens: taken and given back.
    let muerta = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let ajustes = AjustesRed { reintentos: 0, base_ms: 1, ..AjustesRed::default() };
    let red = Red::new(m.clock.clone(), ajustes).unwrap();
    let config = ConfigEmulada {
        base: format!("http://{muerta}"),
        clave: Secreto::new("x"),
        cuenta: "x".into(),
        firmas: Secretos::new(Secreto::new("whsec_eA==")),
    };
    let p = Emulada::new(&red, config).unwrap();
    let pedido = m.pedido(Hilo::Emulada, "c-0210", MedioRemoto::Enlace);
    for n in 0..5 {
        let falla = p.create_cobro(&pedido).await.unwrap_err();
        let FallaPasarela::Reintentable { espera_ms, .. } = falla else { panic!("{n}: {falla:?}") };
        assert_eq!(espera_ms, None, "{n}: it was tried");
    }
    let falla = p.create_cobro(&pedido).await.unwrap_err();
    let abierto = matches!(falla, FallaPasarela::Reintentable { espera_ms: Some(30_000), .. });
    assert!(abierto, "{falla:?}");
    assert!(red.circuitos().iter().any(|(_, abierto)| *abierto));
    m.clock.advance(30_000);
    assert!(red.circuitos().iter().all(|(_, abierto)| !*abierto));
}
