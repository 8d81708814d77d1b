//! Numbers: none is lost, none is used twice, whoever issues and whatever is killed (N4).

use ramal_base::Pais;
use ramal_db::Db;
use ramal_facturacion::actions::create_factura;
use ramal_testkit::both_engines;

use crate::mundo::{MIGRACIONES, Mundo, manual};

both_engines! {
    migraciones: MIGRACIONES;

    async fn what_was_numbered_and_not_sealed_is_sealed_later_under_its_number(db: Db) {
        let m = Mundo::new(db, Pais::Pe).await;
        let cliente = m.cliente(1).await;
        let id = m.factura(&cliente, "350.00").await;
        assert_eq!(m.fila(id).await.comprobante_id, None);
        let avance = m.run("2026-12-01").await;
        assert_eq!((avance.papeles, avance.sellados), (0, 1));
        let fila = m.fila(id).await;
        assert_eq!((fila.serie.as_str(), fila.folio), ("B001", 1));
        let sql = "SELECT folio FROM comprobantes WHERE serie = 'B001'";
        assert_eq!((fila.comprobante_id, m.count(sql).await), (Some(id.uuid()), 1));
        assert_eq!(m.run("2026-12-01").await.sellados, 0);
    }

    async fn a_rollback_gives_its_number_back(db: Db) {
        let m = Mundo::new(db, Pais::Mx).await;
        let cliente = m.cliente(1).await;
        let tx = m.db.begin().await.unwrap();
        create_factura(&tx, &m.cx, manual(&cliente, "10.00")).await.unwrap();
        tx.rollback().await.unwrap();
        let id = m.factura(&cliente, "350.00").await;
        assert_eq!(m.fila(id).await.folio, 1);
    }

    async fn fifty_issuers_at_once_leave_no_gap(db: Db) {
        let m = Mundo::new(db, Pais::Mx).await;
        let cliente = m.cliente(1).await;
        let issue = |m: Mundo, cliente: ramal_clientes::Cliente, n: u32| async move {
            let tx = m.db.begin().await.unwrap();
            create_factura(&tx, &m.cx, manual(&cliente, "10.00")).await.unwrap();
            if n.is_multiple_of(5) { tx.rollback().await } else { tx.commit().await }.unwrap();
        };
        let tareas: Vec<_> =
            (0..50).map(|n| tokio::spawn(issue(m.clone(), cliente.clone(), n))).collect();
        for tarea in tareas {
            tarea.await.unwrap();
        }
        let mut folios: Vec<i64> = m.filas().await.iter().map(|f| f.folio).collect();
        folios.sort_unstable();
        assert_eq!(folios, (1..=40).collect::<Vec<i64>>());
        m.work().await;
        assert_eq!(m.count("SELECT COUNT(*) FROM comprobantes").await, 40);
    }
}
