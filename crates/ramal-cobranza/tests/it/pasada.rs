//! The nightly pass: once a day, in order, the same result when it is killed, late, or run by two.

use ramal_cobranza::nucleo::politica::PoliticaRecargo;
use ramal_cobranza::{Error, jobs, pasada};
use ramal_db::{Consulta, Db, FromQueryResult, params};
use ramal_testkit::both_engines;

use crate::mundo::{MIGRACIONES, Mundo, dia};

#[derive(Debug, FromQueryResult, PartialEq)]
struct Paso {
    numero: i64,
    etapa: String,
    fecha: ramal_base::Fecha,
}

/// Everything that the passes decided, without instants nor identifiers.
async fn decisions(m: &Mundo) -> (Vec<Paso>, Vec<String>) {
    let sql = "SELECT c.numero, a.etapa, a.fecha FROM cobranza_avisos a \
        JOIN clientes c ON c.id = a.cliente_id ORDER BY c.numero, a.etapa, a.fecha";
    let pasos: Vec<Paso> = m.db.all(sql, vec![]).await.unwrap();
    let mut textos = Vec::new();
    for sql in [
        "SELECT CAST(numero AS TEXT) || ' ' || estado FROM promesas ORDER BY numero",
        "SELECT CAST(c.numero AS TEXT) || ' ' || r.estado || ' ' || CAST(r.monto AS TEXT) || ' ' \
         || CAST(r.fecha AS TEXT) FROM cobranza_recargos r \
         JOIN clientes c ON c.id = r.cliente_id ORDER BY c.numero",
        "SELECT CAST(c.numero AS TEXT) || ' ' || m.estado || ' ' || CAST(m.vencido AS TEXT) \
         FROM morosos m JOIN clientes c ON c.id = m.cliente_id ORDER BY c.numero",
        "SELECT CAST(c.numero AS TEXT) || ' ' || r.decision || ' ' || r.motivos \
         FROM corte_renglones r JOIN clientes c ON c.id = r.cliente_id \
         JOIN cortes k ON k.id = r.corte_id WHERE k.fecha = '2026-12-10' ORDER BY c.numero",
    ] {
        let filas: Vec<String> = m.db.column(sql, params![]).await.unwrap();
        textos.extend(filas);
    }
    (pasos, textos)
}

/// Customers in every situation, with their notices of the cut already given.
async fn town(m: &Mundo) {
    m.politica(|p| {
        p.recargo = Some(PoliticaRecargo { puntos_base: 500, ..PoliticaRecargo::default() });
    })
    .await;
    for n in 0..4 {
        m.deudor(n, "2026-12-05").await;
    }
    let (prometedor, ..) = m.deudor(4, "2026-12-03").await;
    m.deudor(5, "2026-12-12").await;
    let (pagador, ..) = m.deudor(6, "2026-12-05").await;
    m.nights("2026-12-02", "2026-12-04").await;
    m.promise(&prometedor, "2026-12-07").await.unwrap();
    m.nights("2026-12-05", "2026-12-05").await;
    m.at("2026-12-05T20:00:00");
    m.pay(&pagador, 5_000, "2026-12-05").await;
}

async fn run(m: &Mundo, hora: &str) -> pasada::Resumen {
    m.at(hora);
    let puertos = m.puertos();
    pasada::run(&m.db, &m.cx, &puertos).await.unwrap()
}

both_engines! {
    migraciones: MIGRACIONES;

    async fn the_same_day_twice_changes_nothing(db: Db) {
        let m = Mundo::new(db).await;
        town(&m).await;
        run(&m, "2026-12-10T01:30:00").await;
        let antes = decisions(&m).await;
        let tx = m.db.begin().await.unwrap();
        let sql = "UPDATE cobranza_pasadas SET estado = 'en_curso', cursor = NULL \
            WHERE fecha = '2026-12-10'";
        tx.exec(sql, vec![]).await.unwrap();
        tx.commit().await.unwrap();
        let otra = run(&m, "2026-12-10T03:00:00").await;
        assert!(otra.clientes > 0, "it really looked at them again");
        assert_eq!(decisions(&m).await, antes);
        assert!(run(&m, "2026-12-10T04:00:00").await.dias.is_empty());
    }

    async fn two_processes_at_once_share_one_pass(db: Db) {
        let m = Mundo::new(db).await;
        town(&m).await;
        m.at("2026-12-10T01:30:00");
        let puertos = m.puertos();
        let (a, b) = tokio::join!(
            pasada::run(&m.db, &m.cx, &puertos),
            pasada::run(&m.db, &m.cx, &puertos)
        );
        let suma = a.unwrap().clientes + b.unwrap().clientes;
        let sql = "SELECT clientes FROM cobranza_pasadas WHERE fecha = '2026-12-10'";
        assert!(m.count(sql).await > 0 && suma > 0);
        let sql = "SELECT CAST(SUM(clientes) AS BIGINT) FROM cobranza_pasadas \
            WHERE fecha > '2026-12-05'";
        assert_eq!(m.count(sql).await, suma, "nobody was looked at twice");
        let sql = "SELECT COUNT(*) FROM (SELECT cliente_id, factura_id, etapa FROM cobranza_avisos \
            GROUP BY cliente_id, factura_id, etapa HAVING COUNT(*) > 1) t";
        assert_eq!(m.count(sql).await, 0);
    }

    async fn a_customer_whose_data_fail_stops_nobody_else(db: Db) {
        let m = Mundo::new(db).await;
        let (_, servicio, _) = m.deudor(1, "2026-12-05").await;
        let (_, sano, _) = m.deudor(2, "2026-12-05").await;
        m.nights("2026-12-02", "2026-12-09").await;
        // What is asked of the brakes of one customer fails: he is left out and not guessed.
        m.frenos.rotos.lock().unwrap().push(servicio.cliente_id.uuid());
        let hecho = run(&m, "2026-12-10T01:30:00").await;
        assert_eq!(hecho.fallidos, [servicio.cliente_id.uuid()]);
        assert_eq!(m.cuts("2026-12-10").await.suspendidos, 1);
        assert!(!m.suspendido(&servicio).await && m.suspendido(&sano).await);
    }

    async fn a_notice_that_leaves_late_counts_from_the_day_it_left(db: Db) {
        let m = Mundo::new(db).await;
        let (cliente, servicio, _) = m.deudor(1, "2026-12-05").await;
        m.night("2026-12-02").await;
        m.night("2026-12-10").await;
        assert_eq!(m.cuts("2026-12-10").await.suspendidos, 0);
        let (_, _, motivos) = m.renglon("2026-12-10", &servicio).await.unwrap();
        assert!(motivos.contains("aviso"), "{motivos}");
        assert_eq!(m.cuadro(&servicio).await.situacion.corte, Some(dia("2026-12-14")));
        let dicho = m.told(&cliente);
        assert_eq!(dicho, ["recordatorio_proximo", "aviso_corte"], "what was missed goes once");
    }

    async fn the_pass_of_today_is_the_first_one_of_a_new_company(db: Db) {
        let m = Mundo::new(db).await;
        m.deudor(1, "2026-11-05").await;
        let hecho = run(&m, "2026-12-10T01:30:00").await;
        assert_eq!(hecho.dias, [dia("2026-12-10")]);
        let p = m.puertos();
        let enviados: Result<u64, Error> = jobs::send_pending(&m.db, &m.cx, &p).await;
        assert_eq!(enviados.unwrap(), 1);
    }
}

mod a_gap_of_five_days_ends_where_five_nights_end {
    use super::*;
    use std::sync::{Arc, Mutex};

    type Decisiones = (Vec<Paso>, Vec<String>);

    /// What the passes of five days decide, one each night or all at the end.
    async fn five_days(db: Db, cada_noche: bool) -> Decisiones {
        let m = Mundo::new(db).await;
        town(&m).await;
        if cada_noche {
            for d in 6..=9 {
                run(&m, &format!("2026-12-{d:02}T01:30:00")).await;
            }
        }
        let hecho = run(&m, "2026-12-10T01:30:00").await;
        assert_eq!(hecho.dias.len(), if cada_noche { 1 } else { 5 });
        decisions(&m).await
    }

    type Motor = fn(bool, Arc<Mutex<Option<Decisiones>>>);

    fn compare(motor: Motor) {
        let de = |cada_noche| {
            let salida = Arc::new(Mutex::new(None));
            motor(cada_noche, salida.clone());
            std::mem::take(&mut *salida.lock().unwrap())
        };
        let (noches, tarde) = (de(true), de(false));
        if let Some((_, textos)) = &noches {
            assert!(textos.iter().any(|t| t.contains("incluido")), "{textos:?}");
            assert!(textos.iter().any(|t| t.contains("rota")), "{textos:?}");
            assert!(textos.iter().any(|t| t.contains("cobrado")), "{textos:?}");
        }
        assert_eq!(noches, tarde);
    }

    #[test]
    fn sqlite() {
        compare(|cada_noche, salida| {
            ramal_testkit::run_sqlite(&MIGRACIONES, move |db: Db| async move {
                *salida.lock().unwrap() = Some(five_days(db, cada_noche).await);
            });
        });
    }

    #[test]
    fn postgres() {
        compare(|cada_noche, salida| {
            ramal_testkit::run_postgres(&MIGRACIONES, move |db: Db| async move {
                *salida.lock().unwrap() = Some(five_days(db, cada_noche).await);
            });
        });
    }
}
