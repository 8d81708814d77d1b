//! Cuts: on the day that the rule says, never with a brake, never after the money came in.

use ramal_cobranza::nucleo::{EstadoCobranza, Freno};
use ramal_cobranza::{Fuente, actions};
use ramal_db::Db;
use ramal_testkit::both_engines;

use crate::mundo::{MIGRACIONES, Mundo, dia};

both_engines! {
    migraciones: MIGRACIONES;

    async fn the_peruvian_vector_is_cut_on_thursday_the_tenth_and_not_before(db: Db) {
        let m = Mundo::new(db).await;
        let (cliente, servicio, _) = m.deudor(1, "2026-12-05").await;
        for fecha in ["2026-12-02", "2026-12-03", "2026-12-04", "2026-12-05", "2026-12-06",
            "2026-12-07", "2026-12-08", "2026-12-09"] {
            m.night(fecha).await;
            assert_eq!(m.cuts(fecha).await.suspendidos, 0, "{fecha}");
            assert!(!m.suspendido(&servicio).await, "{fecha}");
        }
        m.night("2026-12-10").await;
        assert_eq!(m.cuts("2026-12-10").await.suspendidos, 1);
        assert!(m.suspendido(&servicio).await);
        assert_eq!(m.estado(&servicio).await, EstadoCobranza::Suspendido);
        let dicho = m.told(&cliente);
        let esperado = ["recordatorio_proximo", "aviso_corte", "recordatorio_proximo",
            "recordatorio_vencido", "recordatorio_vencido", "servicio_suspendido"];
        assert_eq!(dicho, esperado);
        let red = m.text("SELECT observado FROM estado_red WHERE confirmado = TRUE").await;
        assert_eq!(red.as_deref(), Some("bloqueado_aviso"));
        assert_eq!(m.cuts("2026-12-10").await, ramal_cobranza::ejecucion::Ejecucion::default());
        assert_eq!(m.count("SELECT COUNT(*) FROM episodios").await, 1);
    }

    async fn each_brake_keeps_the_service_in_and_its_reason_on_record(db: Db) {
        let m = Mundo::new(db).await;
        let frenos = [
            (Freno::PagoEnCurso, "pago_en_curso"),
            (Freno::ComprobanteSinRevisar, "comprobante_sin_revisar"),
            (Freno::Averia("Nodo Norte".into()), "averia"),
        ];
        let mut casos = Vec::new();
        for (n, (freno, codigo)) in frenos.into_iter().enumerate() {
            let (cliente, servicio, _) = m.deudor(u32::try_from(n).unwrap(), "2026-12-05").await;
            m.brake(&cliente, vec![freno]);
            casos.push((servicio, codigo));
        }
        let (_, libre, _) = m.deudor(9, "2026-12-05").await;
        m.nights("2026-12-02", "2026-12-10").await;
        assert_eq!(m.cuts("2026-12-10").await.suspendidos, 1);
        assert!(m.suspendido(&libre).await);
        for (servicio, codigo) in casos {
            assert!(!m.suspendido(&servicio).await, "{codigo}");
            let (decision, _, motivos) = m.renglon("2026-12-10", &servicio).await.unwrap();
            assert_eq!(decision, "excluido");
            assert!(motivos.contains(codigo), "{motivos}");
        }
    }

    async fn exempt_promised_poor_and_unwarned_services_stay_in(db: Db) {
        let m = Mundo::new(db).await;
        m.politica(|p| p.deuda_minima = 1_000).await;
        let (_, exento, _) = m.deudor(1, "2026-12-05").await;
        let (prometedor, prometido, _) = m.deudor(2, "2026-12-05").await;
        let poco = m.cliente(3).await;
        let pobre = m.servicio(&poco).await;
        m.bill(poco.id.uuid(), Some(pobre.id.uuid()), ("9.99", "2026-12-05")).await;
        m.nights("2026-12-02", "2026-12-07").await;
        let reglas = m.reglas().await;
        let tx = m.db.begin().await.unwrap();
        let datos = actions::DatosExencion { hasta: dia("2026-12-20"), motivo: "Hospital".into() };
        actions::grant_exencion(&tx, &m.cx, &reglas, exento.id, datos).await.unwrap();
        tx.commit().await.unwrap();
        m.promise(&prometedor, "2026-12-12").await.unwrap();
        m.nights("2026-12-08", "2026-12-10").await;
        assert_eq!(m.cuts("2026-12-10").await.suspendidos, 0);
        let casos =
            [(&exento, "exento"), (&prometido, "promesa_vigente"), (&pobre, "deuda_minima")];
        for (servicio, codigo) in casos {
            let (_, _, motivos) = m.renglon("2026-12-10", servicio).await.unwrap();
            assert!(motivos.contains(codigo), "{codigo}: {motivos}");
        }
    }

    async fn without_a_notice_that_got_there_nobody_is_cut(db: Db) {
        let m = Mundo::new(db).await;
        *m.correo.reparto.lock().unwrap() = ramal_cobranza::Reparto::Fallido;
        let (cliente, servicio, _) = m.deudor(1, "2026-12-05").await;
        m.nights("2026-12-02", "2026-12-10").await;
        assert_eq!(m.cuts("2026-12-10").await.suspendidos, 0);
        let (_, _, motivos) = m.renglon("2026-12-10", &servicio).await.unwrap();
        assert!(motivos.contains("aviso_no_entregado"), "{motivos}");
        let e = m.expediente(&cliente).await;
        let corte = e.avisos.iter().find(|a| a.clase == "corte").unwrap().id;
        let tx = m.db.begin().await.unwrap();
        actions::entrega_manual(&tx, &m.cx, corte, "carta firmada").await.unwrap();
        tx.commit().await.unwrap();
        m.night("2026-12-14").await;
        assert_eq!(m.cuts("2026-12-14").await.suspendidos, 1);
    }

    async fn a_payment_between_the_list_and_its_execution_takes_the_service_out(db: Db) {
        let m = Mundo::new(db).await;
        let (cliente, servicio, _) = m.deudor(1, "2026-12-05").await;
        let (_, otro, _) = m.deudor(2, "2026-12-05").await;
        m.nights("2026-12-02", "2026-12-10").await;
        m.pay(&cliente, 7_990, "2026-12-10").await;
        assert_eq!(m.cuts("2026-12-10").await.suspendidos, 1);
        assert!(!m.suspendido(&servicio).await);
        assert!(m.suspendido(&otro).await);
        let (decision, resultado, motivos) = m.renglon("2026-12-10", &servicio).await.unwrap();
        assert_eq!((decision.as_str(), resultado.as_str()), ("incluido", "omitido"));
        assert!(motivos.contains("sin_deuda"), "{motivos}");
    }

    async fn a_brake_that_appears_after_the_list_stops_the_cut_too(db: Db) {
        let m = Mundo::new(db).await;
        let (cliente, servicio, _) = m.deudor(1, "2026-12-05").await;
        m.nights("2026-12-02", "2026-12-10").await;
        m.brake(&cliente, vec![Freno::PagoEnCurso]);
        assert_eq!(m.cuts("2026-12-10").await.omitidos, 1);
        assert!(!m.suspendido(&servicio).await);
    }

    async fn twelve_hours_without_notices_of_payment_cut_nobody_who_paid(db: Db) {
        let m = Mundo::new(db).await;
        let (pago, pagado, _) = m.deudor(1, "2026-12-05").await;
        let (_, moroso, _) = m.deudor(2, "2026-12-05").await;
        m.nights("2026-12-02", "2026-12-09").await;
        // The gateway was last heard at nine in the evening; its webhooks are lost since then.
        m.at("2026-12-09T21:00:00");
        let fuente = |m: &Mundo| Fuente { nombre: "Pasarela".into(), al_dia: Some(m.cx.now()) };
        *m.frenos.fuentes.lock().unwrap() = vec![fuente(&m)];
        m.night("2026-12-10").await;
        let hecho = m.cuts("2026-12-10").await;
        assert_eq!((hecho.suspendidos, hecho.despues), (0, 2));
        // The sweeper finds out what was paid during the night, and the gateway is heard again.
        m.at("2026-12-10T10:30:00");
        m.pay(&pago, 7_990, "2026-12-09").await;
        *m.frenos.fuentes.lock().unwrap() = vec![fuente(&m)];
        let puertos = m.puertos();
        let hecho = ramal_cobranza::ejecucion::run(&m.db, &m.cx, &puertos, dia("2026-12-10"))
            .await
            .unwrap();
        assert_eq!((hecho.suspendidos, hecho.omitidos), (1, 1));
        assert!(!m.suspendido(&pagado).await, "who paid keeps the service");
        assert!(m.suspendido(&moroso).await);
    }

    async fn a_source_never_heard_or_a_failing_port_cut_nobody(db: Db) {
        let m = Mundo::new(db).await;
        let (_, servicio, _) = m.deudor(1, "2026-12-05").await;
        m.nights("2026-12-02", "2026-12-10").await;
        *m.frenos.fuentes.lock().unwrap() = vec![Fuente { nombre: "BBVA".into(), al_dia: None }];
        assert_eq!(m.cuts("2026-12-10").await.despues, 1);
        assert!(!m.suspendido(&servicio).await);
        let espera = m.text("SELECT espera FROM cortes").await.unwrap();
        assert!(espera.contains("fuente_atrasada") && espera.contains("BBVA"), "{espera}");
    }

    async fn a_statement_of_yesterday_is_fresh_and_a_gateway_of_yesterday_is_not(db: Db) {
        let m = Mundo::new(db).await;
        let (_, servicio, _) = m.deudor(1, "2026-12-05").await;
        m.nights("2026-12-02", "2026-12-09").await;
        let source = |nombre: &str| Fuente { nombre: nombre.into(), al_dia: Some(m.cx.now()) };
        let (banco, pasarela) = (source("banco"), source("Pasarela"));
        m.night("2026-12-10").await;
        *m.frenos.fuentes.lock().unwrap() = vec![banco.clone(), pasarela];
        assert_eq!(m.cuts("2026-12-10").await.suspendidos, 0);
        *m.frenos.fuentes.lock().unwrap() = vec![banco];
        assert_eq!(m.cuts("2026-12-10").await.suspendidos, 1);
        assert!(m.suspendido(&servicio).await);
    }

    async fn nobody_is_cut_out_of_hours_nor_on_another_day(db: Db) {
        let m = Mundo::new(db).await;
        let (_, servicio, _) = m.deudor(1, "2026-12-05").await;
        m.nights("2026-12-02", "2026-12-10").await;
        for hora in ["2026-12-10T08:59:00", "2026-12-10T14:00:00"] {
            m.at(hora);
            let p = m.puertos();
            let hecho = ramal_cobranza::ejecucion::run(&m.db, &m.cx, &p, dia("2026-12-10")).await;
            assert_eq!(hecho.unwrap().suspendidos, 0, "{hora}");
        }
        m.at("2026-12-11T10:00:00");
        let p = m.puertos();
        let hecho = ramal_cobranza::ejecucion::run(&m.db, &m.cx, &p, dia("2026-12-10")).await;
        assert_eq!(hecho.unwrap().suspendidos, 0);
        assert!(!m.suspendido(&servicio).await);
        m.night("2026-12-11").await;
        assert_eq!(m.text("SELECT estado FROM cortes").await.as_deref(), Some("vencida"));
    }

    async fn a_list_over_the_threshold_waits_for_a_person(db: Db) {
        let m = Mundo::new(db).await;
        m.politica(|p| p.aprobacion.minimo = 2).await;
        let mut servicios = Vec::new();
        for n in 0..3 {
            servicios.push(m.deudor(n, "2026-12-05").await.1);
        }
        m.nights("2026-12-02", "2026-12-10").await;
        assert_eq!(m.text("SELECT estado FROM cortes").await.as_deref(), Some("por_aprobar"));
        assert_eq!(m.cuts("2026-12-10").await.suspendidos, 0);
        let tx = m.db.begin().await.unwrap();
        assert!(actions::ask_execution(&tx, &m.cx, dia("2026-12-10")).await.is_err());
        actions::remove_renglon(&tx, &m.cx, (dia("2026-12-10"), servicios[0].id.uuid()), "vecina")
            .await
            .unwrap();
        actions::approve_corte(&tx, &m.cx, dia("2026-12-10")).await.unwrap();
        tx.commit().await.unwrap();
        m.work().await;
        assert!(!m.suspendido(&servicios[0]).await);
        assert!(m.suspendido(&servicios[1]).await && m.suspendido(&servicios[2]).await);
        assert_eq!(m.text("SELECT estado FROM cortes").await.as_deref(), Some("ejecutada"));
    }

    async fn a_service_suspended_too_long_ends_and_its_equipment_is_asked_back(db: Db) {
        let m = Mundo::new(db).await;
        m.politica(|p| {
            p.dias_cortado = Some(5);
            p.dias_baja = Some(20);
        }).await;
        let (_, servicio, _) = m.deudor(1, "2026-12-05").await;
        m.nights("2026-12-02", "2026-12-10").await;
        m.cuts("2026-12-10").await;
        m.nights("2026-12-11", "2026-12-15").await;
        assert_eq!(m.estado(&servicio).await, EstadoCobranza::Cortado);
        let red = m.text("SELECT observado FROM estado_red").await;
        assert_eq!(red.as_deref(), Some("bloqueado"));
        m.nights("2026-12-16", "2026-12-29").await;
        assert_eq!(m.estado(&servicio).await, EstadoCobranza::Cortado);
        m.night("2026-12-30").await;
        assert_eq!(m.estado(&servicio).await, EstadoCobranza::Baja);
        let sql = "SELECT COUNT(*) FROM eventos WHERE tipo = 'servicio.baja_por_deuda'";
        assert_eq!(m.count(sql).await, 1);
        assert_eq!(m.text("SELECT fin FROM episodios").await.as_deref(), Some("baja"));
        assert_eq!(m.text("SELECT observado FROM estado_red").await.as_deref(), Some("retirado"));
    }

    async fn a_bounced_payment_gives_a_notice_and_two_allowed_days_before_the_cut(db: Db) {
        let m = Mundo::new(db).await;
        let (cliente, servicio, _) = m.deudor(1, "2026-12-05").await;
        let abono = m.pay(&cliente, 7_990, "2026-12-05").await;
        m.nights("2026-12-10", "2026-12-13").await;
        assert_eq!(m.estado(&servicio).await, EstadoCobranza::AlDia);
        m.bounce(abono).await;
        m.work().await;
        for fecha in ["2026-12-14", "2026-12-15"] {
            m.night(fecha).await;
            assert_eq!(m.cuts(fecha).await.suspendidos, 0, "{fecha}");
        }
        assert!(m.told(&cliente).contains(&"aviso_corte".to_owned()));
        m.night("2026-12-16").await;
        assert_eq!(m.cuts("2026-12-16").await.suspendidos, 1);
    }
}
