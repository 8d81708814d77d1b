//! Late fees: once, after due and grace, held by a promise, forgiven when the money was in time.

use ramal_cobranza::nucleo::politica::{AlCumplir, PoliticaRecargo};
use ramal_db::Db;
use ramal_testkit::both_engines;

use crate::mundo::{MIGRACIONES, Mundo};

async fn with_fee(m: &Mundo, al_cumplir: AlCumplir) {
    m.politica(|p| {
        p.recargo = Some(PoliticaRecargo {
            puntos_base: 500,
            gracia_dias: 3,
            ..PoliticaRecargo::default()
        });
        p.promesa.al_cumplir = al_cumplir;
    })
    .await;
}

async fn fees(m: &Mundo) -> (i64, Option<String>) {
    let n = m.count("SELECT COUNT(*) FROM recargos WHERE clase = 'recargo'").await;
    (n, m.text("SELECT estado FROM cobranza_recargos").await)
}

both_engines! {
    migraciones: MIGRACIONES;

    async fn five_percent_is_charged_once_after_due_and_grace(db: Db) {
        let m = Mundo::new(db).await;
        with_fee(&m, AlCumplir::Perdonar).await;
        m.deudor(1, "2026-12-05").await;
        m.nights("2026-12-04", "2026-12-08").await;
        assert_eq!(fees(&m).await, (0, None));
        m.nights("2026-12-09", "2026-12-12").await;
        assert_eq!(fees(&m).await, (1, Some("cobrado".into())));
        assert_eq!(m.count("SELECT monto FROM recargos").await, 400, "5 % of 79.90, rounded");
    }

    async fn money_paid_in_time_and_posted_late_gives_the_fee_back(db: Db) {
        let m = Mundo::new(db).await;
        with_fee(&m, AlCumplir::Perdonar).await;
        let (cliente, _, _) = m.deudor(1, "2026-12-05").await;
        m.nights("2026-12-08", "2026-12-10").await;
        assert_eq!(fees(&m).await.0, 1);
        m.pay(&cliente, 7_990, "2026-12-05").await;
        m.work().await;
        assert_eq!(fees(&m).await.1.as_deref(), Some("perdonado"));
        assert_eq!(m.text("SELECT estado FROM recargos").await.as_deref(), Some("condonado"));
    }

    async fn money_paid_late_keeps_the_fee(db: Db) {
        let m = Mundo::new(db).await;
        with_fee(&m, AlCumplir::Perdonar).await;
        let (cliente, _, _) = m.deudor(1, "2026-12-05").await;
        m.nights("2026-12-08", "2026-12-10").await;
        m.pay(&cliente, 7_990, "2026-12-06").await;
        m.work().await;
        assert_eq!(fees(&m).await, (1, Some("cobrado".into())));
    }

    async fn a_promise_holds_the_fee_and_keeping_it_drops_it(db: Db) {
        let m = Mundo::new(db).await;
        with_fee(&m, AlCumplir::Perdonar).await;
        let (cliente, _, _) = m.deudor(1, "2026-12-05").await;
        m.night("2026-12-08").await;
        m.promise(&cliente, "2026-12-12").await.unwrap();
        m.nights("2026-12-09", "2026-12-10").await;
        assert_eq!(fees(&m).await, (0, Some("retenido".into())));
        m.pay(&cliente, 7_990, "2026-12-11").await;
        m.work().await;
        assert_eq!(fees(&m).await, (0, Some("perdonado".into())));
    }

    async fn a_policy_may_charge_the_fee_of_a_promise_that_was_kept(db: Db) {
        let m = Mundo::new(db).await;
        with_fee(&m, AlCumplir::Cobrar).await;
        let (cliente, _, _) = m.deudor(1, "2026-12-05").await;
        m.night("2026-12-08").await;
        m.promise(&cliente, "2026-12-12").await.unwrap();
        m.night("2026-12-09").await;
        m.pay(&cliente, 7_990, "2026-12-11").await;
        m.work().await;
        assert_eq!(fees(&m).await, (1, Some("cobrado".into())));
    }

    async fn a_broken_promise_charges_the_held_fee_measured_when_it_came_due(db: Db) {
        let m = Mundo::new(db).await;
        with_fee(&m, AlCumplir::Perdonar).await;
        let (cliente, _, _) = m.deudor(1, "2026-12-05").await;
        m.night("2026-12-08").await;
        m.promise(&cliente, "2026-12-12").await.unwrap();
        m.night("2026-12-09").await;
        m.pay(&cliente, 4_000, "2026-12-11").await;
        m.nights("2026-12-12", "2026-12-13").await;
        assert_eq!(fees(&m).await, (1, Some("cobrado".into())));
        assert_eq!(m.count("SELECT monto FROM recargos").await, 400);
    }
}
