//! Notices: each step once, the last one when several wait, and what became of each.

use ramal_cobranza::{Reparto, actions, jobs};
use ramal_db::Db;
use ramal_testkit::both_engines;

use crate::mundo::{MIGRACIONES, Mundo};

both_engines! {
    migraciones: MIGRACIONES;

    async fn sending_twice_tells_once(db: Db) {
        let m = Mundo::new(db).await;
        let (cliente, ..) = m.deudor(1, "2026-12-05").await;
        m.night("2026-12-02").await;
        for _ in 0..2 {
            jobs::send_pending(&m.db, &m.cx, &m.puertos()).await.unwrap();
        }
        assert_eq!(m.told(&cliente), ["recordatorio_proximo"]);
    }

    async fn an_invoice_paid_before_its_notice_left_is_not_announced(db: Db) {
        let m = Mundo::new(db).await;
        let (cliente, ..) = m.deudor(1, "2026-12-05").await;
        m.at("2026-12-06T01:30:00");
        ramal_cobranza::pasada::run(&m.db, &m.cx, &m.puertos()).await.unwrap();
        m.pay(&cliente, 7_990, "2026-12-06").await;
        jobs::send_pending(&m.db, &m.cx, &m.puertos()).await.unwrap();
        assert!(m.told(&cliente).is_empty());
        let sql = "SELECT COUNT(*) FROM cobranza_avisos WHERE estado = 'innecesario'";
        assert!(m.count(sql).await > 0);
    }

    async fn two_invoices_of_a_customer_go_in_one_notice(db: Db) {
        let m = Mundo::new(db).await;
        let (cliente, servicio, _) = m.deudor(1, "2026-12-05").await;
        m.factura(&servicio, "2026-12-05").await;
        m.night("2026-12-02").await;
        assert_eq!(m.told(&cliente), ["recordatorio_proximo"]);
        let dados = m.correo.dados.lock().unwrap();
        assert_eq!(dados[0].1.facturas.len(), 2);
    }

    async fn two_channels_tried_count_for_a_cut_and_no_channel_does_not(db: Db) {
        let m = Mundo::new(db).await;
        let (_, tratado, _) = m.deudor(1, "2026-12-05").await;
        *m.correo.reparto.lock().unwrap() = Reparto::DosCanales;
        m.nights("2026-12-02", "2026-12-08").await;
        *m.correo.sin_canal.lock().unwrap() = true;
        m.nights("2026-12-09", "2026-12-10").await;
        assert_eq!(m.cuts("2026-12-10").await.suspendidos, 1);
        assert!(m.suspendido(&tratado).await);
        let (_, mudo, _) = m.deudor(2, "2026-12-12").await;
        m.nights("2026-12-11", "2026-12-17").await;
        assert_eq!(m.cuts("2026-12-17").await.suspendidos, 0);
        assert!(!m.suspendido(&mudo).await);
        let sql = "SELECT motivo FROM cobranza_avisos WHERE estado = 'fallido' AND clase = 'corte'";
        assert_eq!(m.text(sql).await.as_deref(), Some("sin_canal"));
    }

    async fn a_reminder_by_hand_goes_once_a_day_and_only_to_who_owes(db: Db) {
        let m = Mundo::new(db).await;
        let (cliente, ..) = m.deudor(1, "2026-12-05").await;
        m.at("2026-12-09T11:00:00");
        for _ in 0..2 {
            let e = m.expediente(&cliente).await;
            let tx = m.db.begin().await.unwrap();
            assert!(actions::remind(&tx, &m.cx, &e).await.unwrap());
            tx.commit().await.unwrap();
            m.work().await;
        }
        assert_eq!(m.told(&cliente), ["recordatorio_vencido"]);
        m.pay(&cliente, 7_990, "2026-12-09").await;
        let e = m.expediente(&cliente).await;
        let tx = m.db.begin().await.unwrap();
        assert!(!actions::remind(&tx, &m.cx, &e).await.unwrap());
    }
}
