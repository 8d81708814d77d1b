//! Asking for money: once however often it is asked, and never in doubt for ever.

use std::sync::Arc;

use ramal_cobros::CobroId;
use ramal_cobros::actions::{Visto, cancel_cobro, take_in};
use ramal_cobros::jobs::{TRABAJO_BARRIDO, TRABAJO_NOCTURNO};
use ramal_db::Db;
use ramal_pasarelas::{EstadoCobro, MedioRemoto};
use ramal_testkit::both_engines;

use crate::falsa::{CUENTA, Tropiezo, pago};
use crate::mundo::{MIGRACIONES, Mundo};

const MINUTO: i64 = 60_000;

/// A customer who owes 79.00, and the intent of a cobro of it.
async fn asked(db: Db) -> (Mundo, ramal_facturacion::FacturaId, CobroId) {
    let m = Mundo::new(db).await;
    let cliente = m.cliente(1).await;
    let factura = m.factura(&cliente, "79.00").await;
    let id = m.intent(factura, MedioRemoto::Enlace).await;
    (m, factura, id)
}

both_engines! {
    migraciones: MIGRACIONES;

    async fn asking_twice_for_the_same_is_one_cobro(db: Db) {
        let (m, factura, id) = asked(db).await;
        assert_eq!(m.intent(factura, MedioRemoto::Enlace).await, id);
        m.launch(id).await;
        m.launch(id).await;
        assert_eq!(m.intent(factura, MedioRemoto::Enlace).await, id);
        assert_eq!(m.falsa.created(), 1);
        let otro = m.intent(factura, MedioRemoto::PagoEfectivo).await;
        assert_ne!(otro, id, "by another means it is another request");
        assert_eq!(m.count("SELECT COUNT(*) FROM cobros").await, 2);
    }

    async fn two_at_once_ask_for_one_cobro(db: Db) {
        let (m, factura, _) = asked(db).await;
        let m = Arc::new(m);
        let uno = tokio::spawn({ let m = m.clone();
            async move { m.intent(factura, MedioRemoto::PagoEfectivo).await } });
        let dos = tokio::spawn({ let m = m.clone();
            async move { m.intent(factura, MedioRemoto::PagoEfectivo).await } });
        assert_eq!(uno.await.unwrap(), dos.await.unwrap());
    }

    async fn an_expired_request_makes_room_for_a_new_one(db: Db) {
        let (m, factura, id) = asked(db).await;
        m.launch(id).await;
        m.reloj.advance(25 * 60 * MINUTO);
        let nuevo = m.intent(factura, MedioRemoto::Enlace).await;
        assert_ne!(nuevo, id);
        assert_eq!(m.estado(id).await, "vencido");
    }

    async fn an_answer_that_never_came_is_resolved_by_a_question(db: Db) {
        let (m, _, id) = asked(db).await;
        m.falsa.stumble(&[Tropiezo::SinRespuesta]);
        assert_eq!(m.launch(id).await.estado, "incierto");
        assert_eq!(m.falsa.created(), 1);
        m.reloj.advance(MINUTO);
        m.sweep(TRABAJO_BARRIDO).await;
        let fila = m.fila(id).await;
        let visto = (fila.estado.as_str(), fila.referencia.as_deref());
        assert_eq!(visto, ("pendiente", Some("pag_1")));
        assert_eq!(m.falsa.created(), 1, "it was never sent twice");
    }

    async fn what_the_gateway_never_heard_of_is_closed_and_not_repeated(db: Db) {
        let (m, _, id) = asked(db).await;
        m.falsa.stumble(&[Tropiezo::SePierde]);
        assert_eq!(m.launch(id).await.estado, "incierto");
        for _ in 0..3 {
            assert_eq!(m.estado(id).await, "incierto");
            m.reloj.advance(11 * MINUTO);
            m.sweep(TRABAJO_BARRIDO).await;
        }
        assert_eq!(m.estado(id).await, "cancelado");
        assert_eq!(m.falsa.created(), 0);
        // Money that shows up all the same is money.
        m.falsa.set(pago("p_1", &id.to_string(), 7_900, EstadoCobro::Acreditado));
        m.sweep(TRABAJO_NOCTURNO).await;
        assert_eq!(m.estado(id).await, "acreditado");
        assert_eq!(m.pagos(id).await.len(), 1);
    }

    async fn a_card_charged_without_an_answer_is_found_by_its_payment(db: Db) {
        let (m, _, id) = asked(db).await;
        m.falsa.stumble(&[Tropiezo::SinRespuesta]);
        m.launch(id).await;
        m.falsa.set(pago("p_1", &id.to_string(), 7_900, EstadoCobro::Acreditado));
        m.reloj.advance(MINUTO);
        m.sweep(TRABAJO_BARRIDO).await;
        assert_eq!(m.estado(id).await, "acreditado");
        assert_eq!(m.pagos(id).await.len(), 1);
    }

    async fn a_gateway_that_says_no_or_nothing_charges_nobody(db: Db) {
        let (m, factura, id) = asked(db).await;
        m.falsa.stumble(&[Tropiezo::NoAtiende]);
        assert_eq!(m.launch(id).await.estado, "creado");
        m.falsa.stumble(&[Tropiezo::Rechaza]);
        let fila = m.launch(id).await;
        assert_eq!(fila.estado, "rechazado");
        assert!(fila.falla.unwrap().contains("fuera de límite"));
        assert_ne!(m.intent(factura, MedioRemoto::Enlace).await, id);
    }

    async fn who_paid_while_it_was_being_cancelled_has_paid(db: Db) {
        let (m, _, id) = asked(db).await;
        m.launch(id).await;
        m.falsa.set(pago("p_1", &id.to_string(), 7_900, EstadoCobro::Acreditado));
        let fila = cancel_cobro(&m.db, &m.cx, m.puertas.as_ref(), id).await.unwrap();
        assert_eq!(fila.estado, "acreditado");
        assert_eq!(m.pagos(id).await.len(), 1);
    }

    async fn a_cancelled_cobro_that_is_paid_late_is_recorded(db: Db) {
        let (m, factura, id) = asked(db).await;
        m.launch(id).await;
        let fila = cancel_cobro(&m.db, &m.cx, m.puertas.as_ref(), id).await.unwrap();
        assert_eq!(fila.estado, "cancelado");
        let remoto = pago("p_1", &id.to_string(), 7_900, EstadoCobro::Acreditado);
        let leido = m.cx.now();
        let visto = Visto { pasarela: "emulada", cuenta: CUENTA, remoto: &remoto, leido };
        take_in(&m.db, &m.cx, &visto).await.unwrap();
        assert_eq!(m.estado(id).await, "acreditado");
        assert_eq!(m.factura_estado(factura).await, "pagada");
    }

    async fn an_expired_cobro_closes_by_itself_and_its_late_money_is_found(db: Db) {
        let (m, factura, id) = asked(db).await;
        m.launch(id).await;
        m.reloj.advance(25 * 60 * MINUTO + MINUTO);
        m.sweep(TRABAJO_BARRIDO).await;
        assert_eq!(m.estado(id).await, "vencido");
        m.falsa.set(pago("p_1", &id.to_string(), 7_900, EstadoCobro::Acreditado));
        m.reloj.advance(20 * 60 * MINUTO);
        m.sweep(TRABAJO_NOCTURNO).await;
        assert_eq!(m.estado(id).await, "acreditado");
        assert_eq!(m.factura_estado(factura).await, "pagada");
        assert_eq!(m.audit().await, Vec::<String>::new());
    }
}
