//! What happens to the money: any order, twice paid, given back, charged back, fees.

use ramal_base::Instante;
use ramal_cobros::actions::{
    Asignacion, Pedida, Visto, ask_refund, assign_cuarentena, send_refund, take_in,
};
use ramal_cobros::cobro::Fila;
use ramal_cobros::jobs::TRABAJO_BARRIDO;
use ramal_db::Db;
use ramal_facturacion::FacturaId;
use ramal_pasarelas::{EstadoCobro, EstadoRemoto};
use ramal_testkit::both_engines;

use crate::falsa::{CUENTA, Tropiezo, pago};
use crate::mundo::{MIGRACIONES, Mundo};

/// A customer who owes 79.00 with an open cobro.
async fn open(db: Db) -> (Mundo, FacturaId, Fila) {
    let m = Mundo::new(db).await;
    let cliente = m.cliente(1).await;
    let factura = m.factura(&cliente, "79.00").await;
    let cobro = m.cobro(factura).await;
    (m, factura, cobro)
}

/// The gateway tells a payment.
async fn told(m: &Mundo, remoto: &EstadoRemoto) {
    m.falsa.set(remoto.clone());
    let visto = Visto { pasarela: "emulada", cuenta: CUENTA, remoto, leido: m.cx.now() };
    take_in(&m.db, &m.cx, &visto).await.unwrap();
}

both_engines! {
    migraciones: MIGRACIONES;

    async fn every_order_of_news_ends_in_one_payment(db: Db) {
        let m = Mundo::new(db).await;
        use EstadoCobro::{Acreditado, EnProceso, Pendiente, Rechazado};
        let ordenes = [
            [Pendiente, EnProceso, Acreditado],
            [Acreditado, EnProceso, Pendiente],
            [EnProceso, Acreditado, Rechazado],
            [Rechazado, Acreditado, Acreditado],
        ];
        for (n, orden) in ordenes.iter().enumerate() {
            let cliente = m.cliente(u32::try_from(n).unwrap()).await;
            let factura = m.factura(&cliente, "79.00").await;
            let cobro = m.cobro(factura).await;
            let externa = cobro.id.to_string();
            for estado in orden {
                told(&m, &pago(&format!("p_{n}"), &externa, 7_900, *estado)).await;
            }
            assert_eq!(m.estado(cobro.id).await, "acreditado", "{orden:?}");
            assert_eq!(m.pagos(cobro.id).await.len(), 1, "{orden:?}");
            assert_eq!(m.factura_estado(factura).await, "pagada", "{orden:?}");
        }
        assert_eq!(m.audit().await, Vec::<String>::new());
    }

    async fn who_pays_twice_has_the_second_in_favour(db: Db) {
        let (m, factura, cobro) = open(db).await;
        let externa = cobro.id.to_string();
        told(&m, &pago("p_1", &externa, 7_900, EstadoCobro::Acreditado)).await;
        told(&m, &pago("p_2", &externa, 7_900, EstadoCobro::Acreditado)).await;
        assert_eq!(m.pagos(cobro.id).await.len(), 2);
        assert_eq!(m.factura_estado(factura).await, "pagada");
        assert_eq!(m.saldo(cobro.cliente_id).await, (0, 7_900));
        assert_eq!(m.audit().await, Vec::<String>::new());
    }

    async fn money_for_what_somebody_else_settled_pays_the_oldest_debt(db: Db) {
        let (m, factura, cobro) = open(db).await;
        let cliente = ramal_clientes::ClienteId::from_uuid(cobro.cliente_id);
        let cliente = ramal_clientes::storage::by_id(&m.db, cliente).await.unwrap().unwrap();
        told(&m, &pago("p_1", &cobro.id.to_string(), 7_900, EstadoCobro::Acreditado)).await;
        let otra = m.factura(&cliente, "79.00").await;
        told(&m, &pago("p_2", &cobro.id.to_string(), 7_900, EstadoCobro::Acreditado)).await;
        assert_eq!(m.factura_estado(factura).await, "pagada");
        assert_eq!(m.factura_estado(otra).await, "pagada");
    }

    async fn the_day_of_the_payment_is_that_of_the_customer(db: Db) {
        let (m, _, cobro) = open(db).await;
        // 23:30 of the 18th in Lima; the news arrive on the 20th.
        let acreditado = Some(Instante::parse("2026-11-19T04:30:00Z").unwrap());
        let remoto = EstadoRemoto {
            acreditado,
            ..pago("p_1", &cobro.id.to_string(), 7_900, EstadoCobro::Acreditado)
        };
        told(&m, &remoto).await;
        let remotos = ramal_cobros::storage::remotos::of_cobro(&m.db, cobro.id).await.unwrap();
        let p = ramal_pagos::pago(&m.db, remotos[0].pago_id.unwrap()).await.unwrap().unwrap();
        assert_eq!(p.fecha_valor.to_string(), "2026-11-18");
        assert_eq!(p.fecha.to_string(), "2026-11-20");
        assert_eq!(remotos[0].comision, Some(263), "what the gateway keeps is kept");
    }

    async fn a_refund_told_before_its_payment_leaves_the_books_exact(db: Db) {
        let (m, factura, cobro) = open(db).await;
        let externa = cobro.id.to_string();
        let devuelto = EstadoRemoto {
            devuelto: 7_900,
            ..pago("p_1", &externa, 7_900, EstadoCobro::Devuelto)
        };
        told(&m, &devuelto).await;
        told(&m, &pago("p_1", &externa, 7_900, EstadoCobro::Acreditado)).await;
        assert_eq!(m.estado(cobro.id).await, "devuelto");
        assert_eq!(m.factura_estado(factura).await, "emitida");
        assert_eq!(m.saldo(cobro.cliente_id).await, (7_900, 0));
        assert_eq!(m.audit().await, Vec::<String>::new());
    }

    async fn partial_refunds_told_twice_go_back_once(db: Db) {
        let (m, _, cobro) = open(db).await;
        let externa = cobro.id.to_string();
        let with = |devuelto| EstadoRemoto {
            devuelto,
            ..pago("p_1", &externa, 7_900, EstadoCobro::Acreditado)
        };
        for devuelto in [0, 1_000, 1_000, 3_000, 1_000] {
            told(&m, &with(devuelto)).await;
        }
        assert_eq!(m.estado(cobro.id).await, "acreditado");
        let total = "SELECT CAST(SUM(monto) AS BIGINT) FROM devoluciones WHERE estado = 'hecha'";
        assert_eq!(m.count(total).await, 3_000);
        assert_eq!(m.saldo(cobro.cliente_id).await, (3_000, 0), "what went back is owed again");
        assert_eq!(m.audit().await, Vec::<String>::new());
    }

    async fn a_chargeback_opens_the_invoice_again_once(db: Db) {
        let (m, factura, cobro) = open(db).await;
        let externa = cobro.id.to_string();
        for estado in [EstadoCobro::Acreditado, EstadoCobro::Contracargado,
            EstadoCobro::Contracargado, EstadoCobro::Acreditado] {
            told(&m, &pago("p_1", &externa, 7_900, estado)).await;
        }
        assert_eq!(m.estado(cobro.id).await, "contracargado");
        assert_eq!(m.factura_estado(factura).await, "emitida");
        let sql = "SELECT COUNT(*) FROM eventos WHERE tipo = 'pago.contracargado'";
        assert_eq!(m.count(sql).await, 1);
        assert_eq!(m.audit().await, Vec::<String>::new());
    }

    async fn a_chargeback_that_was_won_waits_for_a_person(db: Db) {
        let (m, factura, cobro) = open(db).await;
        let externa = cobro.id.to_string();
        for estado in [EstadoCobro::Acreditado, EstadoCobro::Contracargado] {
            told(&m, &pago("p_1", &externa, 7_900, estado)).await;
        }
        m.reloj.advance(86_400_000);
        for _ in 0..2 {
            told(&m, &pago("p_1", &externa, 7_900, EstadoCobro::Acreditado)).await;
            m.reloj.advance(1);
        }
        let cursor = ramal_db::Cursor { limite: 9, cursor: None };
        let cola = ramal_cobros::storage::cuarentena::list(&m.db, "abierta", &cursor).await;
        let cola = cola.unwrap().unwrap().datos;
        assert_eq!(cola.len(), 1);
        assert_eq!(cola[0].motivos, "contracargo_ganado");
        let a = Asignacion { cliente: "C-1".into(), factura_id: None };
        let tx = m.db.begin().await.unwrap();
        assign_cuarentena(&tx, &m.cx, cola[0].id, &a).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(m.factura_estado(factura).await, "pagada");
        assert_eq!(m.estado(cobro.id).await, "acreditado");
        assert_eq!(m.audit().await, Vec::<String>::new());
    }

    async fn a_refund_asked_here_is_posted_once_when_the_gateway_says_so(db: Db) {
        let (m, _, cobro) = open(db).await;
        told(&m, &pago("p_1", &cobro.id.to_string(), 7_900, EstadoCobro::Acreditado)).await;
        let pedida = Pedida { monto: Some("20.00".into()), motivo: "Cobro de más".into() };
        let tx = m.db.begin().await.unwrap();
        let d = ask_refund(&tx, &m.cx, cobro.id, &pedida).await.unwrap();
        let todo = Pedida { monto: Some("60.00".into()), motivo: "Cobro de más".into() };
        assert!(ask_refund(&tx, &m.cx, cobro.id, &todo).await.is_err(), "more than is left");
        tx.commit().await.unwrap();
        m.falsa.stumble(&[Tropiezo::SinRespuesta]);
        let d = send_refund(&m.db, &m.cx, m.puertas.as_ref(), d.id).await.unwrap();
        assert_eq!(d.estado, "incierta");
        assert_eq!(m.count("SELECT COUNT(*) FROM devoluciones").await, 0);
        m.sweep(TRABAJO_BARRIDO).await;
        m.sweep(TRABAJO_BARRIDO).await;
        let d = send_refund(&m.db, &m.cx, m.puertas.as_ref(), d.id).await.unwrap();
        assert_eq!(d.estado, "hecha");
        let total = "SELECT CAST(SUM(monto) AS BIGINT) FROM devoluciones";
        assert_eq!(m.count(total).await, 2_000);
        assert_eq!(m.audit().await, Vec::<String>::new());
    }

    async fn the_flow_of_a_payment_is_one_line_of_time(db: Db) {
        let (m, _, cobro) = open(db).await;
        m.falsa.set(pago("p_1", &cobro.id.to_string(), 7_900, EstadoCobro::Acreditado));
        m.reloj.advance(1_000);
        let aviso = crate::falsa::Aviso::new("ev_1", "p_1", m.cx.now().millis());
        assert_eq!(m.knock(&aviso).await.estado, 200);
        m.reloj.advance(250);
        m.work().await;
        let flujo = ramal_cobros::flujo(&m.db, cobro.id).await.unwrap();
        let at = |clase: &str| flujo.iter().position(|h| h.clase == clase);
        let orden: Vec<Option<usize>> =
            ["creado", "webhook", "pago", "factura.pagada"].into_iter().map(at).collect();
        assert!(orden.iter().all(Option::is_some), "{flujo:#?}");
        assert!(orden.windows(2).all(|par| par[0] < par[1]), "{flujo:#?}");
        assert_eq!(flujo[at("webhook").unwrap()].espera_ms, 1_000);
        let pasos: Vec<&str> = flujo.iter().map(|h| h.clase.as_str()).collect();
        for paso in ["pago.registrado", "pago.aplicado", "acreditado"] {
            assert!(pasos.contains(&paso), "{paso}: {pasos:?}");
        }
    }
}
