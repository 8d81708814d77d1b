//! Payments of which nobody can be sure: none is lost, none is given away by a rule.

use ramal_cobros::actions::{Asignacion, Visto, assign_cuarentena, dismiss_cuarentena, take_in};
use ramal_cobros::storage::cuarentena::{Cuarentena, list};
use ramal_db::{Cursor, Db};
use ramal_pasarelas::{EstadoCobro, EstadoRemoto};
use ramal_testkit::both_engines;

use crate::falsa::{Aviso, CUENTA, pago};
use crate::mundo::{MIGRACIONES, Mundo};

async fn told(m: &Mundo, remoto: &EstadoRemoto) {
    let visto = Visto { pasarela: "emulada", cuenta: CUENTA, remoto, leido: m.cx.now() };
    take_in(&m.db, &m.cx, &visto).await.unwrap();
}

async fn waiting(m: &Mundo) -> Vec<Cuarentena> {
    let cursor = Cursor { limite: 200, cursor: None };
    list(&m.db, "abierta", &cursor).await.unwrap().unwrap().datos
}

both_engines! {
    migraciones: MIGRACIONES;

    async fn what_does_not_match_in_anything_waits_for_a_person(db: Db) {
        let m = Mundo::new(db).await;
        let cliente = m.cliente(1).await;
        let factura = m.factura(&cliente, "79.00").await;
        let cobro = m.cobro(factura).await;
        let externa = cobro.id.to_string();
        let bueno = |r: &str| pago(r, &externa, 7_900, EstadoCobro::Acreditado);
        let malos = [
            (EstadoRemoto { importe: 7_899, ..bueno("p_1") }, "importe_distinto"),
            (EstadoRemoto { moneda: ramal_base::Moneda::Usd, ..bueno("p_2") }, "moneda_distinta"),
            (EstadoRemoto { cuenta: Some("otro".into()), ..bueno("p_3") }, "cuenta_ajena"),
            (EstadoRemoto { externa: None, ..bueno("p_4") }, "sin_referencia"),
            (EstadoRemoto { externa: Some("pedido-7".into()), ..bueno("p_5") },
                "cobro_desconocido"),
        ];
        for (remoto, motivo) in &malos {
            told(&m, remoto).await;
            told(&m, remoto).await;
            let fila = waiting(&m).await;
            let fila = fila.iter().find(|q| q.referencia == remoto.referencia).unwrap();
            assert_eq!(fila.motivos, *motivo);
            assert_eq!(fila.importe, Some(remoto.importe));
        }
        assert_eq!(waiting(&m).await.len(), malos.len());
        assert_eq!(m.count("SELECT COUNT(*) FROM pagos").await, 0);
        assert_eq!(m.estado(cobro.id).await, "pendiente");
        let ahora = m.cx.now();
        let en_curso = ramal_cobros::en_curso(&m.db, cliente.id.uuid(), ahora).await.unwrap();
        assert!(en_curso, "nobody is cut while his payment waits for us");
    }

    async fn a_payment_that_nobody_paid_yet_does_not_wait_for_a_person(db: Db) {
        let m = Mundo::new(db).await;
        told(&m, &pago("p_1", "pedido-7", 100, EstadoCobro::Rechazado)).await;
        told(&m, &pago("p_2", "pedido-8", 100, EstadoCobro::EnProceso)).await;
        assert!(waiting(&m).await.is_empty());
    }

    async fn an_assigned_payment_is_recorded_once_and_its_refund_follows(db: Db) {
        let m = Mundo::new(db).await;
        let cliente = m.cliente(1).await;
        let factura = m.factura(&cliente, "79.00").await;
        told(&m, &pago("p_1", "pedido-7", 7_900, EstadoCobro::Acreditado)).await;
        let q = waiting(&m).await.remove(0);
        let a = Asignacion { cliente: cliente.codigo(), factura_id: Some(factura.uuid()) };
        let tx = m.db.begin().await.unwrap();
        let cx = m.cx.as_actor("usuario:ana");
        assign_cuarentena(&tx, &cx, q.id, &a).await.unwrap();
        assert!(assign_cuarentena(&tx, &cx, q.id, &a).await.is_err(), "decided once");
        tx.commit().await.unwrap();
        assert_eq!(m.factura_estado(factura).await, "pagada");
        told(&m, &pago("p_1", "pedido-7", 7_900, EstadoCobro::Acreditado)).await;
        assert_eq!(m.count("SELECT COUNT(*) FROM pagos").await, 1);
        let devuelto = EstadoRemoto {
            devuelto: 7_900,
            ..pago("p_1", "pedido-7", 7_900, EstadoCobro::Devuelto)
        };
        told(&m, &devuelto).await;
        assert_eq!(m.factura_estado(factura).await, "emitida");
        assert!(waiting(&m).await.is_empty());
        assert_eq!(m.audit().await, Vec::<String>::new());
    }

    async fn another_amount_than_asked_pays_its_cobro_once_a_person_says_so(db: Db) {
        let m = Mundo::new(db).await;
        let cliente = m.cliente(1).await;
        let factura = m.factura(&cliente, "79.00").await;
        let cobro = m.cobro(factura).await;
        told(&m, &pago("p_1", &cobro.id.to_string(), 5_000, EstadoCobro::Acreditado)).await;
        let q = waiting(&m).await.remove(0);
        assert_eq!(q.cobro_id, Some(cobro.id));
        let a = Asignacion { cliente: cliente.codigo(), factura_id: None };
        let tx = m.db.begin().await.unwrap();
        assign_cuarentena(&tx, &m.cx, q.id, &a).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(m.estado(cobro.id).await, "acreditado");
        assert_eq!(m.saldo(cliente.id.uuid()).await, (2_900, 0));
    }

    async fn dismissing_takes_a_reason_and_leaves_its_author(db: Db) {
        let m = Mundo::new(db).await;
        told(&m, &pago("p_1", "pedido-7", 100, EstadoCobro::Acreditado)).await;
        let q = waiting(&m).await.remove(0);
        let tx = m.db.begin().await.unwrap();
        let cx = m.cx.as_actor("usuario:ana");
        assert!(dismiss_cuarentena(&tx, &cx, q.id, "  no ").await.is_err());
        dismiss_cuarentena(&tx, &cx, q.id, "Prueba de la pasarela").await.unwrap();
        tx.commit().await.unwrap();
        let q = ramal_cobros::storage::cuarentena::by_id(&m.db, q.id).await.unwrap().unwrap();
        assert_eq!((q.estado.as_str(), q.actor.as_deref()), ("descartada", Some("usuario:ana")));
        told(&m, &pago("p_1", "pedido-7", 100, EstadoCobro::Acreditado)).await;
        assert!(waiting(&m).await.is_empty(), "what was decided does not come back");
    }

    async fn a_signed_notice_of_what_the_gateway_does_not_know_waits_too(db: Db) {
        let m = Mundo::new(db).await;
        let aviso = Aviso::new("ev_1", "p_fantasma", m.cx.now().millis());
        assert_eq!(m.knock(&aviso).await.estado, 200);
        m.work().await;
        let q = waiting(&m).await.remove(0);
        assert_eq!((q.motivos.as_str(), q.importe), ("recurso_desconocido", None));
        let cliente = m.cliente(1).await;
        let a = Asignacion { cliente: cliente.codigo(), factura_id: None };
        let tx = m.db.begin().await.unwrap();
        assert!(assign_cuarentena(&tx, &m.cx, q.id, &a).await.is_err(), "there is no money in it");
        drop(tx);
        // It appears there later: then its money is known.
        m.falsa.set(pago("p_fantasma", "pedido-7", 900, EstadoCobro::Acreditado));
        let otra = Aviso::new("ev_2", "p_fantasma", m.cx.now().millis());
        m.knock(&otra).await;
        m.work().await;
        let q = waiting(&m).await.remove(0);
        assert_eq!((q.motivos.as_str(), q.importe), ("cobro_desconocido", Some(900)));
    }
}
