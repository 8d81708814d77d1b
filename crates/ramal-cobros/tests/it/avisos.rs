//! Notices at the door: forged, stale, repeated, changed, too large, while the database is away.

use axum::body::Body;
use axum::http::Request;
use ramal_db::Db;
use ramal_pasarelas::EstadoCobro;
use ramal_testkit::both_engines;

use crate::falsa::{Aviso, pago};
use crate::mundo::{MIGRACIONES, Mundo};

/// A customer who owes 79.00 with an open cobro, credited at the gateway as `p_1`.
async fn paid_there(db: Db) -> (Mundo, ramal_cobros::cobro::Fila) {
    let m = Mundo::new(db).await;
    let cliente = m.cliente(1).await;
    let factura = m.factura(&cliente, "79.00").await;
    let cobro = m.cobro(factura).await;
    m.falsa.set(pago("p_1", &cobro.id.to_string(), 7_900, EstadoCobro::Acreditado));
    (m, cobro)
}

both_engines! {
    migraciones: MIGRACIONES;

    async fn the_same_notice_five_times_is_one_payment(db: Db) {
        let (m, cobro) = paid_there(db).await;
        let aviso = Aviso::new("ev_1", "p_1", m.cx.now().millis());
        for _ in 0..5 {
            assert_eq!(m.knock(&aviso).await.estado, 200);
            m.work().await;
        }
        assert_eq!(m.pagos(cobro.id).await, [(7_900, Some("p_1".to_owned()))]);
        assert_eq!(m.count("SELECT COUNT(*) FROM pagos").await, 1);
        assert_eq!(m.estado(cobro.id).await, "acreditado");
        let sql = "SELECT CAST(veces AS BIGINT) FROM webhooks_entrantes";
        assert_eq!(m.count(sql).await, 5, "every delivery is counted");
        assert_eq!(m.audit().await, Vec::<String>::new());
    }

    async fn a_forged_or_stale_notice_is_refused_counted_and_does_nothing(db: Db) {
        let (m, cobro) = paid_there(db).await;
        let ahora = m.cx.now().millis();
        let bueno = Aviso::new("ev_1", "p_1", ahora);
        let mut tocado = bueno.clone();
        tocado.cuerpo = String::from_utf8(tocado.cuerpo).unwrap().replace("p_1", "p_2").into();
        for (aviso, motivo) in [
            (bueno.clone().forged(), "firma_invalida"),
            (tocado, "firma_invalida"),
            (Aviso::new("ev_1", "p_1", ahora - 300_001), "fuera_de_ventana"),
            (Aviso::new("ev_1", "p_1", ahora + 300_001), "fuera_de_ventana"),
        ] {
            let respuesta = m.knock(&aviso).await;
            assert_eq!(respuesta.estado, 401, "{}", respuesta.texto);
            assert_eq!(respuesta.json()["codigo"], motivo);
        }
        m.work().await;
        assert_eq!(m.estado(cobro.id).await, "pendiente");
        assert_eq!(m.count("SELECT COUNT(*) FROM webhooks_entrantes").await, 0);
        let metricas = ramal_cobros::metricas(&m.db).await.unwrap();
        for linea in [
            "ramal_webhook_rechazados_total{proveedor=\"emulada\",motivo=\"firma_invalida\"} 2",
            "ramal_webhook_rechazados_total{proveedor=\"emulada\",motivo=\"fuera_de_ventana\"} 2",
        ] {
            assert!(metricas.lines().any(|l| l == linea), "{metricas}");
        }
    }

    async fn one_event_id_with_another_body_loses_neither(db: Db) {
        let (m, cobro) = paid_there(db).await;
        let otro_cliente = m.cliente(2).await;
        let otra = m.factura(&otro_cliente, "50.00").await;
        let otro = m.cobro(otra).await;
        m.falsa.set(pago("p_2", &otro.id.to_string(), 5_000, EstadoCobro::Acreditado));
        let ahora = m.cx.now().millis();
        for recurso in ["p_1", "p_2", "p_2", "p_1"] {
            assert_eq!(m.knock(&Aviso::new("ev_1", recurso, ahora)).await.estado, 200);
        }
        m.work().await;
        assert_eq!(m.pagos(cobro.id).await.len(), 1);
        assert_eq!(m.pagos(otro.id).await.len(), 1);
        assert_eq!(m.count("SELECT COUNT(*) FROM webhooks_entrantes").await, 2);
        assert_eq!(m.count("SELECT COUNT(*) FROM pagos").await, 2);
    }

    async fn what_the_body_says_is_never_believed(db: Db) {
        let (m, cobro) = paid_there(db).await;
        m.falsa.set(pago("p_1", &cobro.id.to_string(), 7_900, EstadoCobro::Pendiente));
        let cuerpo = br#"{"id":"ev_9","recurso":"p_1","clase":"pago","estado":"acreditado"}"#;
        let aviso = Aviso::signed(cuerpo.to_vec(), m.cx.now().millis());
        assert_eq!(m.knock(&aviso).await.estado, 200);
        m.work().await;
        assert_eq!(m.estado(cobro.id).await, "pendiente");
        assert_eq!(m.count("SELECT COUNT(*) FROM pagos").await, 0);
    }

    async fn a_notice_of_nothing_we_follow_is_kept_and_asks_for_nothing(db: Db) {
        let (m, _) = paid_there(db).await;
        let cuerpo = br#"{"id":"ev_3","recurso":"x","clase":"otro"}"#;
        let aviso = Aviso::signed(cuerpo.to_vec(), m.cx.now().millis());
        assert_eq!(m.knock(&aviso).await.estado, 200);
        assert_eq!(m.count("SELECT COUNT(*) FROM trabajos WHERE tipo = 'cobros.webhook'").await, 0);
        let sql = "SELECT COUNT(*) FROM webhooks_entrantes WHERE estado = 'procesado'";
        assert_eq!(m.count(sql).await, 1);
    }

    async fn a_notice_larger_than_a_mebibyte_is_refused(db: Db) {
        let m = Mundo::new(db).await;
        for largo in [(1 << 20) + 1, 3 << 20] {
            let pedido = Request::post("/webhooks/emulada").body(Body::from(vec![b'x'; largo]));
            assert_eq!(m.send(pedido.unwrap()).await.estado, 413);
        }
        let pedido = Request::post("/webhooks/stripe").body(Body::empty()).unwrap();
        assert_eq!(m.send(pedido).await.estado, 404, "no such gateway is configured");
    }

    async fn a_gateway_that_does_not_answer_is_asked_again_until_it_does(db: Db) {
        let (m, cobro) = paid_there(db).await;
        m.falsa.silence(true);
        let aviso = Aviso::new("ev_1", "p_1", m.cx.now().millis());
        assert_eq!(m.knock(&aviso).await.estado, 200, "kept before it is understood");
        assert_eq!(m.work().await.reintentos, 1);
        assert_eq!(m.estado(cobro.id).await, "pendiente");
        let senales = ramal_cobros::senales(&m.db).await.unwrap();
        assert!(senales[0].falla.is_some(), "{senales:?}");
        m.falsa.silence(false);
        m.reloj.advance(60_000);
        m.work().await;
        assert_eq!(m.estado(cobro.id).await, "acreditado");
    }

    async fn while_the_database_is_away_the_gateway_is_told_to_come_back(db: Db) {
        let (m, cobro) = paid_there(db).await;
        let aviso = Aviso::new("ev_1", "p_1", m.cx.now().millis());
        rename(&m, "webhooks_entrantes", "ausente").await;
        let respuesta = m.knock(&aviso).await;
        assert_eq!(respuesta.estado, 503, "{}", respuesta.texto);
        assert_eq!(respuesta.header("retry-after"), "30");
        rename(&m, "ausente", "webhooks_entrantes").await;
        assert_eq!(m.knock(&aviso).await.estado, 200);
        m.work().await;
        assert_eq!(m.estado(cobro.id).await, "acreditado");
    }
}

async fn rename(m: &Mundo, antes: &str, despues: &str) {
    let tx = m.db.begin().await.unwrap();
    tx.exec(&format!("ALTER TABLE {antes} RENAME TO {despues}"), vec![]).await.unwrap();
    tx.commit().await.unwrap();
}
