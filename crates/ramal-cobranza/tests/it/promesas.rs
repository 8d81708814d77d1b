//! Promises: the policy decides, the day decides, and money counts from the day it was paid.

use ramal_cobranza::actions::{DatosPromesa, annul_promesa, create_promesa};
use ramal_cobranza::nucleo::EstadoCobranza;
use ramal_cobranza::{Error, actions};
use ramal_db::Db;
use ramal_testkit::both_engines;

use crate::mundo::{MIGRACIONES, Mundo, dia};

fn codes(error: Error) -> Vec<&'static str> {
    match error {
        Error::Promesa(rechazos) => rechazos.into_iter().map(|r| r.codigo()).collect(),
        otro => panic!("{otro}"),
    }
}

both_engines! {
    migraciones: MIGRACIONES;

    async fn a_promise_moves_the_cut_and_a_broken_one_is_cut_on_the_next_allowed_day(db: Db) {
        let m = Mundo::new(db).await;
        let (cliente, servicio, _) = m.deudor(1, "2026-12-05").await;
        m.nights("2026-12-02", "2026-12-10").await;
        let promesa = m.promise(&cliente, "2026-12-12").await.unwrap();
        assert_eq!(m.cuts("2026-12-10").await.omitidos, 1);
        m.nights("2026-12-11", "2026-12-13").await;
        assert_eq!(m.promesa(promesa.id).await.estado, "rota");
        assert_eq!(m.cuts("2026-12-13").await.suspendidos, 0, "a Sunday");
        m.night("2026-12-14").await;
        assert_eq!(m.cuts("2026-12-14").await.suspendidos, 1);
        assert!(m.suspendido(&servicio).await);
        let dicho = m.told(&cliente);
        assert!(dicho.contains(&"promesa_registrada".to_owned()), "{dicho:?}");
        assert!(dicho.contains(&"promesa_rota".to_owned()), "{dicho:?}");
    }

    async fn a_promise_brings_back_what_was_suspended_and_breaks_into_another_episode(db: Db) {
        let m = Mundo::new(db).await;
        let (cliente, servicio, _) = m.deudor(1, "2026-12-05").await;
        m.nights("2026-12-02", "2026-12-10").await;
        m.cuts("2026-12-10").await;
        assert!(m.suspendido(&servicio).await);
        m.at("2026-12-10T18:00:00");
        m.promise(&cliente, "2026-12-14").await.unwrap();
        assert!(!m.suspendido(&servicio).await);
        assert_eq!(m.text("SELECT fin FROM episodios").await.as_deref(), Some("promesa"));
        assert_eq!(m.text("SELECT observado FROM estado_red").await.as_deref(), Some("activo"));
        assert_eq!(m.estado(&servicio).await, EstadoCobranza::Promesa);
        m.nights("2026-12-11", "2026-12-15").await;
        assert_eq!(m.cuts("2026-12-15").await.suspendidos, 1);
        assert_eq!(m.count("SELECT COUNT(*) FROM episodios").await, 2);
    }

    async fn paid_on_its_date_it_is_kept_though_the_money_was_posted_later(db: Db) {
        let m = Mundo::new(db).await;
        let (cliente, servicio, _) = m.deudor(1, "2026-12-05").await;
        m.nights("2026-12-02", "2026-12-09").await;
        let promesa = m.promise(&cliente, "2026-12-12").await.unwrap();
        m.nights("2026-12-10", "2026-12-14").await;
        assert_eq!(m.promesa(promesa.id).await.estado, "rota");
        assert_eq!(m.cuts("2026-12-14").await.suspendidos, 1);
        m.at("2026-12-14T16:00:00");
        m.pay(&cliente, 7_990, "2026-12-12").await;
        m.work().await;
        assert_eq!(m.promesa(promesa.id).await.estado, "cumplida");
        assert!(!m.suspendido(&servicio).await);
    }

    async fn paid_the_day_after_its_date_it_is_broken(db: Db) {
        let m = Mundo::new(db).await;
        let (cliente, _, _) = m.deudor(1, "2026-12-05").await;
        m.nights("2026-12-02", "2026-12-09").await;
        let promesa = m.promise(&cliente, "2026-12-12").await.unwrap();
        m.at("2026-12-13T00:30:00");
        m.pay(&cliente, 7_990, "2026-12-13").await;
        m.work().await;
        assert_eq!(m.promesa(promesa.id).await.estado, "rota");
        let otra = m.deudor(2, "2026-12-05").await;
        m.promise(&otra.0, "2026-12-15").await.unwrap();
        m.pay(&otra.0, 7_990, "2026-12-13").await;
        m.work().await;
        let (si, no) = ramal_cobranza::storage::promesas::kept_and_broken(
            &m.db, otra.0.id.uuid()).await.unwrap();
        assert_eq!((si, no), (1, 0), "kept as soon as it is paid");
    }

    async fn a_part_of_the_debt_does_not_keep_it_and_a_new_debt_does_not_break_it(db: Db) {
        let m = Mundo::new(db).await;
        let (cliente, servicio, _) = m.deudor(1, "2026-12-05").await;
        m.night("2026-12-09").await;
        let promesa = m.promise(&cliente, "2026-12-12").await.unwrap();
        m.factura(&servicio, "2026-12-11").await;
        m.pay(&cliente, 7_989, "2026-12-12").await;
        m.work().await;
        assert_eq!(m.promesa(promesa.id).await.estado, "vigente");
        m.pay(&cliente, 1, "2026-12-12").await;
        m.work().await;
        assert_eq!(m.promesa(promesa.id).await.estado, "cumplida");
    }

    async fn each_limit_of_the_policy_is_told_with_its_code(db: Db) {
        let m = Mundo::new(db).await;
        let (cliente, _, _) = m.deudor(1, "2026-12-05").await;
        assert_eq!(codes(m.promise(&cliente, "2026-12-03").await.unwrap_err()),
            ["sin_deuda_vencida"]);
        m.night("2026-12-09").await;
        assert_eq!(codes(m.promise(&cliente, "2026-12-15").await.unwrap_err()), ["plazo_largo"]);
        m.promise(&cliente, "2026-12-11").await.unwrap();
        assert_eq!(codes(m.promise(&cliente, "2026-12-12").await.unwrap_err()),
            ["promesa_vigente"]);
        m.nights("2026-12-10", "2026-12-12").await;
        assert_eq!(codes(m.promise(&cliente, "2026-12-14").await.unwrap_err()),
            ["promesa_incumplida"]);
        m.politica(|p| {
            p.promesa.espera_tras_rota = 0;
            p.promesa.max_en_seis_meses = 1;
            p.promesa.deuda_maxima = Some(7_989);
            p.promesa.pago_previo_pct = 50;
            p.promesa.antiguedad_dias = 365;
        }).await;
        assert_eq!(codes(m.promise(&cliente, "2026-12-14").await.unwrap_err()),
            ["demasiadas_promesas", "poca_antiguedad", "deuda_alta", "falta_pago_previo"]);
        m.politica(|p| p.promesa.activa = false).await;
        let codigos = codes(m.promise(&cliente, "2026-12-14").await.unwrap_err());
        assert!(codigos.contains(&"promesas_desactivadas"), "{codigos:?}");
    }

    async fn half_paid_first_is_enough_when_the_policy_asks_for_half(db: Db) {
        let m = Mundo::new(db).await;
        m.politica(|p| p.promesa.pago_previo_pct = 50).await;
        let (cliente, _, _) = m.deudor(1, "2026-12-05").await;
        m.night("2026-12-09").await;
        m.pay(&cliente, 3_994, "2026-12-09").await;
        assert_eq!(codes(m.promise(&cliente, "2026-12-11").await.unwrap_err()),
            ["falta_pago_previo"]);
        m.pay(&cliente, 1, "2026-12-09").await;
        assert_eq!(m.promise(&cliente, "2026-12-11").await.unwrap().monto, 3_995);
    }

    async fn asking_twice_with_a_key_gives_the_same_promise(db: Db) {
        let m = Mundo::new(db).await;
        let (cliente, _, _) = m.deudor(1, "2026-12-05").await;
        m.night("2026-12-09").await;
        let reglas = m.reglas().await;
        let mut ids = Vec::new();
        for _ in 0..2 {
            let tx = m.db.begin().await.unwrap();
            let datos = DatosPromesa { cliente_id: cliente.codigo(), fecha: dia("2026-12-11"),
                canal: None, notas: None };
            let hecha = create_promesa(&tx, &m.cx, &reglas, datos, Some("k1")).await.unwrap();
            tx.commit().await.unwrap();
            ids.push(hecha.id);
        }
        assert_eq!(ids[0], ids[1]);
        let sql = "SELECT COUNT(*) FROM eventos WHERE tipo = 'promesa.registrada'";
        assert_eq!(m.count(sql).await, 1);
    }

    async fn an_annulled_promise_gives_the_debt_its_own_day_back(db: Db) {
        let m = Mundo::new(db).await;
        let (cliente, servicio, _) = m.deudor(1, "2026-12-05").await;
        m.nights("2026-12-02", "2026-12-09").await;
        let promesa = m.promise(&cliente, "2026-12-14").await.unwrap();
        assert_eq!(m.cuadro(&servicio).await.situacion.corte, Some(dia("2026-12-15")));
        let reglas = m.reglas().await;
        let tx = m.db.begin().await.unwrap();
        assert!(annul_promesa(&tx, &m.cx, &reglas, promesa.id, " ").await.is_err());
        annul_promesa(&tx, &m.cx, &reglas, promesa.id, "se arrepintió").await.unwrap();
        assert!(annul_promesa(&tx, &m.cx, &reglas, promesa.id, "otra vez").await.is_err());
        tx.commit().await.unwrap();
        assert_eq!(m.cuadro(&servicio).await.situacion.corte, Some(dia("2026-12-10")));
        assert!(actions::evaluate_promesa(&m.expediente(&cliente).await, reglas.hoy,
            dia("2026-12-11")).rechazos.is_empty());
    }
}
