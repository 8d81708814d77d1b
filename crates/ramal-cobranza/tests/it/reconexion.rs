//! The way back: what has to be paid, at once, with one fee per suspension, and the network until
//! it says the same.

use ramal_cobranza::nucleo::ModoReconexion;
use ramal_cobranza::nucleo::politica::{CargoReconexion, MomentoCargo};
use ramal_cobranza::{EstadoRed, Red, actions, jobs};
use ramal_db::Db;
use ramal_testkit::both_engines;

use crate::mundo::{MIGRACIONES, Mundo};

async fn cut(m: &Mundo) {
    m.nights("2026-12-02", "2026-12-10").await;
    assert!(m.cuts("2026-12-10").await.suspendidos > 0);
}

both_engines! {
    migraciones: MIGRACIONES;

    async fn a_payment_brings_the_service_back_at_once_and_the_network_confirms(db: Db) {
        let m = Mundo::new(db).await;
        let (cliente, servicio, _) = m.deudor(1, "2026-12-05").await;
        cut(&m).await;
        m.at("2026-12-10T22:15:00");
        m.pay(&cliente, 7_989, "2026-12-10").await;
        m.work().await;
        assert!(m.suspendido(&servicio).await, "one centimo is still owed");
        m.pay(&cliente, 1, "2026-12-10").await;
        m.work().await;
        assert!(!m.suspendido(&servicio).await);
        assert_eq!(m.text("SELECT fin FROM episodios").await.as_deref(), Some("pago"));
        let visto = m.cables.aparatos.observe(servicio.id.uuid()).await.unwrap();
        assert_eq!(visto.estado, EstadoRed::Activo);
        let sql = "SELECT COUNT(*) FROM eventos WHERE tipo = 'red.reconexion_confirmada'";
        assert_eq!(m.count(sql).await, 1);
        assert!(m.told(&cliente).contains(&"servicio_renovado".to_owned()));
        assert_eq!(m.count("SELECT COUNT(*) FROM morosos").await, 0);
        let vista = ramal_cobranza::episodio_de(&m.db, servicio.id.uuid()).await.unwrap().unwrap();
        assert_eq!(vista.fin.as_deref(), Some("pago"));
    }

    async fn each_mode_asks_for_its_own_set(db: Db) {
        let m = Mundo::new(db).await;
        let cliente = m.cliente(1).await;
        let (a, b) = (m.servicio(&cliente).await, m.servicio(&cliente).await);
        m.factura(&a, "2026-12-05").await;
        cut(&m).await;
        m.bill(cliente.id.uuid(), Some(b.id.uuid()), ("50.00", "2026-12-09")).await;
        m.politica(|p| p.reconexion = ModoReconexion::VencidoTodo).await;
        m.pay(&cliente, 7_990, "2026-12-10").await;
        m.work().await;
        assert!(m.suspendido(&a).await, "the other service owes too");
        m.politica(|p| p.reconexion = ModoReconexion::VencidoServicio).await;
        m.night("2026-12-11").await;
        assert!(!m.suspendido(&a).await, "by the night at the latest");
    }

    async fn the_fee_is_charged_once_and_only_if_the_network_confirmed_the_block(db: Db) {
        let m = Mundo::new(db).await;
        m.politica(|p| p.cargo_reconexion =
            Some(CargoReconexion { monto: 1_500, cuando: MomentoCargo::SiguienteFactura })).await;
        let (cliente, _, _) = m.deudor(1, "2026-12-05").await;
        cut(&m).await;
        m.pay(&cliente, 7_990, "2026-12-10").await;
        m.work().await;
        m.work().await;
        let sql = "SELECT COUNT(*) FROM recargos WHERE clase = 'reconexion'";
        assert_eq!(m.count(sql).await, 1);
        assert_eq!(m.text("SELECT cargo FROM episodios").await.as_deref(), Some("cobrado"));
        let episodio = ramal_cobranza::storage::episodios::latest(
            &m.db, cliente.id.uuid(), 1).await.unwrap()[0].id;
        let tx = m.db.begin().await.unwrap();
        assert!(actions::waive_reconexion(&tx, &m.cx, episodio, "").await.is_err());
        actions::waive_reconexion(&tx, &m.cx, episodio, "error nuestro").await.unwrap();
        assert!(actions::waive_reconexion(&tx, &m.cx, episodio, "otra vez").await.is_err());
        tx.commit().await.unwrap();
        assert_eq!(m.text("SELECT estado FROM recargos").await.as_deref(), Some("condonado"));
    }

    async fn a_block_that_no_device_confirmed_pays_no_fee(db: Db) {
        let m = Mundo::new(db).await;
        m.politica(|p| p.cargo_reconexion =
            Some(CargoReconexion { monto: 1_500, cuando: MomentoCargo::SiguienteFactura })).await;
        let (cliente, _, _) = m.deudor(1, "2026-12-05").await;
        *m.cables.caida.lock().unwrap() = true;
        cut(&m).await;
        m.pay(&cliente, 7_990, "2026-12-10").await;
        *m.cables.caida.lock().unwrap() = false;
        m.work().await;
        assert_eq!(m.count("SELECT COUNT(*) FROM recargos").await, 0);
        assert_eq!(m.text("SELECT cargo FROM episodios").await.as_deref(), Some("ninguno"));
    }

    async fn a_fee_asked_before_the_return_holds_it_until_it_is_paid(db: Db) {
        let m = Mundo::new(db).await;
        m.politica(|p| p.cargo_reconexion =
            Some(CargoReconexion { monto: 1_500, cuando: MomentoCargo::Antes })).await;
        let (cliente, servicio, _) = m.deudor(1, "2026-12-05").await;
        cut(&m).await;
        let sql = "SELECT COUNT(*) FROM factura_lineas WHERE clase = 'reconexion'";
        assert_eq!(m.count(sql).await, 1, "billed when the block was confirmed");
        m.pay(&cliente, 7_990, "2026-12-10").await;
        m.work().await;
        assert!(m.suspendido(&servicio).await);
        m.pay(&cliente, 1_500, "2026-12-10").await;
        m.work().await;
        assert!(!m.suspendido(&servicio).await);
        assert_eq!(m.count("SELECT COUNT(*) FROM recargos").await, 1);
    }

    async fn the_network_is_asked_until_it_says_the_same_and_put_right_if_somebody_moves_it(db: Db) {
        let m = Mundo::new(db).await;
        let (_, servicio, _) = m.deudor(1, "2026-12-05").await;
        *m.cables.caida.lock().unwrap() = true;
        cut(&m).await;
        let pendiente = "SELECT COUNT(*) FROM estado_red WHERE pendiente = TRUE";
        assert_eq!(m.count(pendiente).await, 1);
        assert!(m.text("SELECT fallo FROM estado_red").await.is_some());
        *m.cables.caida.lock().unwrap() = false;
        m.at("2026-12-10T10:30:00");
        m.work().await;
        assert_eq!(m.count(pendiente).await, 0);
        let sql = "SELECT COUNT(*) FROM eventos WHERE tipo = 'red.bloqueo_confirmado'";
        assert_eq!(m.count(sql).await, 1);
        m.cables.aparatos.tamper(servicio.id.uuid(), EstadoRed::Activo);
        m.at("2026-12-10T12:00:00");
        jobs::sweep(&m.db, &m.cx, &m.puertos()).await.unwrap();
        m.work().await;
        let visto = m.cables.aparatos.observe(servicio.id.uuid()).await.unwrap();
        assert_eq!(visto.estado, EstadoRed::BloqueadoAviso);
        assert_eq!(m.count(sql).await, 1, "confirmed once per suspension");
    }

    async fn a_person_who_lifts_the_cut_in_the_contract_ends_the_episode(db: Db) {
        let m = Mundo::new(db).await;
        let (_, servicio, _) = m.deudor(1, "2026-12-05").await;
        cut(&m).await;
        let tx = m.db.begin().await.unwrap();
        let orden = ramal_contratos::comandos::OrdenServicio::default();
        ramal_contratos::actions::reactivate(&tx, &m.cx, servicio.id, orden).await.unwrap();
        tx.commit().await.unwrap();
        m.work().await;
        m.work().await;
        assert_eq!(m.text("SELECT fin FROM episodios").await.as_deref(), Some("manual"));
        assert_eq!(m.text("SELECT observado FROM estado_red").await.as_deref(), Some("activo"));
    }

    async fn an_exemption_brings_back_and_its_end_lets_cut_again(db: Db) {
        let m = Mundo::new(db).await;
        let (_, servicio, _) = m.deudor(1, "2026-12-05").await;
        cut(&m).await;
        let reglas = m.reglas().await;
        let tx = m.db.begin().await.unwrap();
        let datos = actions::DatosExencion {
            hasta: crate::mundo::dia("2026-12-14"), motivo: "Hospital".into() };
        actions::grant_exencion(&tx, &m.cx, &reglas, servicio.id, datos).await.unwrap();
        tx.commit().await.unwrap();
        m.work().await;
        assert!(!m.suspendido(&servicio).await);
        m.nights("2026-12-11", "2026-12-15").await;
        assert_eq!(m.cuts("2026-12-15").await.suspendidos, 1);
    }
}
