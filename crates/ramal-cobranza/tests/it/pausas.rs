//! Voluntary pauses: the norm counts the days, the contract comes back by itself, and the fee of
//! coming back is charged only if it was told.

use ramal_cobranza::actions::{self, DatosPausa};
use ramal_cobranza::nucleo::EstadoCobranza;
use ramal_cobranza::{Error, nucleo::pausa::Rechazo};
use ramal_contratos::Servicio;
use ramal_db::Db;
use ramal_testkit::both_engines;

use crate::mundo::{MIGRACIONES, Mundo, dia};

async fn pause(
    m: &Mundo,
    s: &Servicio,
    (desde, hasta): (&str, &str),
    cargo_informado: bool,
) -> Result<(), Error> {
    let reglas = m.reglas().await;
    let tx = m.db.begin().await.unwrap();
    let datos =
        DatosPausa { desde: Some(dia(desde)), hasta: dia(hasta), cargo_informado, notas: None };
    actions::request_pausa(&tx, &m.cx, &reglas, s.id, datos).await?;
    tx.commit().await.unwrap();
    m.work().await;
    Ok(())
}

/// Midnight of a day: contracts reach their day, pauses are closed.
async fn midnight(m: &Mundo, fecha: &str) {
    m.at(&format!("{fecha}T00:20:00"));
    ramal_contratos::jobs::ActualizarEstados::new(m.db.clone(), &m.cx).run_all().await.unwrap();
    m.work().await;
    let tx = m.db.begin().await.unwrap();
    let hoy = dia(fecha);
    for p in ramal_cobranza::storage::pausas::ended(&tx, hoy, 10).await.unwrap() {
        actions::finish_pausa(&tx, &m.cx, p.id, hoy).await.unwrap();
    }
    tx.commit().await.unwrap();
    m.work().await;
}

both_engines! {
    migraciones: MIGRACIONES;

    async fn a_pause_begins_and_ends_by_itself_and_is_never_cut(db: Db) {
        let m = Mundo::new(db).await;
        let (_, servicio, _) = m.deudor(1, "2026-12-05").await;
        m.nights("2026-12-02", "2026-12-03").await;
        pause(&m, &servicio, ("2026-12-09", "2026-12-24"), false).await.unwrap();
        assert!(!m.suspendido(&servicio).await);
        midnight(&m, "2026-12-09").await;
        assert!(m.suspendido(&servicio).await);
        assert_eq!(m.estado(&servicio).await, EstadoCobranza::PausaCliente);
        assert_eq!(m.text("SELECT observado FROM estado_red").await.as_deref(), Some("bloqueado"));
        m.nights("2026-12-09", "2026-12-10").await;
        assert_eq!(m.cuts("2026-12-10").await.suspendidos, 0);
        let (_, _, motivos) = m.renglon("2026-12-10", &servicio).await.unwrap();
        assert!(motivos.contains("pausa_cliente"), "{motivos}");
        midnight(&m, "2026-12-24").await;
        assert!(!m.suspendido(&servicio).await);
        assert_eq!(m.text("SELECT estado FROM pausas").await.as_deref(), Some("terminada"));
        assert_eq!(m.text("SELECT observado FROM estado_red").await.as_deref(), Some("activo"));
        assert_eq!(m.count("SELECT COUNT(*) FROM recargos").await, 0);
    }

    async fn the_return_fee_is_charged_only_if_the_customer_was_told(db: Db) {
        let m = Mundo::new(db).await;
        m.politica(|p| p.pausa.cargo_retorno = 900).await;
        let cliente = m.cliente(1).await;
        let (a, b) = (m.servicio(&cliente).await, m.servicio(&cliente).await);
        pause(&m, &a, ("2026-12-02", "2026-12-17"), true).await.unwrap();
        pause(&m, &b, ("2026-12-02", "2026-12-17"), false).await.unwrap();
        midnight(&m, "2026-12-02").await;
        midnight(&m, "2026-12-17").await;
        midnight(&m, "2026-12-18").await;
        assert_eq!(m.count("SELECT COUNT(*) FROM recargos").await, 1);
        assert_eq!(m.count("SELECT monto FROM recargos").await, 900);
    }

    async fn the_norm_of_the_country_counts_the_days_of_the_year_of_service(db: Db) {
        let m = Mundo::new(db).await;
        let cliente = m.cliente(1).await;
        let s = m.servicio(&cliente).await;
        let refused = |r: Result<(), Error>| match r.unwrap_err() {
            Error::Pausa(rechazo) => rechazo,
            otro => panic!("{otro}"),
        };
        let corta = pause(&m, &s, ("2026-12-02", "2026-12-16"), false).await;
        assert_eq!(refused(corta), Rechazo::Corta(15));
        let pronto = pause(&m, &s, ("2026-12-01", "2026-12-17"), false).await;
        assert_eq!(refused(pronto), Rechazo::Antes(dia("2026-12-02")));
        pause(&m, &s, ("2026-12-02", "2027-01-17"), false).await.unwrap();
        let larga = pause(&m, &s, ("2027-02-01", "2027-02-20"), false).await;
        assert_eq!(refused(larga), Rechazo::SinDias(13));
    }

    async fn a_pause_taken_back_before_it_began_leaves_no_trace_in_the_counter(db: Db) {
        let m = Mundo::new(db).await;
        let cliente = m.cliente(1).await;
        let s = m.servicio(&cliente).await;
        pause(&m, &s, ("2026-12-10", "2027-02-10"), true).await.unwrap();
        let reglas = m.reglas().await;
        let tx = m.db.begin().await.unwrap();
        actions::end_pausa(&tx, &m.cx, &reglas, s.id).await.unwrap();
        assert!(actions::end_pausa(&tx, &m.cx, &reglas, s.id).await.is_err());
        tx.commit().await.unwrap();
        pause(&m, &s, ("2026-12-10", "2027-02-10"), false).await.unwrap();
        midnight(&m, "2026-12-10").await;
        assert!(m.suspendido(&s).await);
        m.at("2026-12-20T10:00:00");
        let reglas = m.reglas().await;
        let tx = m.db.begin().await.unwrap();
        actions::end_pausa(&tx, &m.cx, &reglas, s.id).await.unwrap();
        tx.commit().await.unwrap();
        assert!(!m.suspendido(&s).await);
        let sql = "SELECT COUNT(*) FROM pausas WHERE estado = 'terminada' AND hasta = '2026-12-20'";
        assert_eq!(m.count(sql).await, 1);
    }
}
