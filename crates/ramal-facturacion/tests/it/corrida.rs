//! The monthly run: what it charges, on which paper, and what a second one changes (nothing).

use ramal_base::Pais;
use ramal_clientes::DatosCliente;
use ramal_clientes::cliente::CambioCliente;
use ramal_db::Db;
use ramal_facturacion::corrida;
use ramal_testkit::both_engines;
use serde_json::json;

use crate::mundo::{MIGRACIONES, Mundo, dia};

both_engines! {
    migraciones: MIGRACIONES;

    async fn a_run_charges_each_service_once_and_a_second_one_nothing(db: Db) {
        let m = Mundo::new(db, Pais::Pe).await;
        for n in 0..7 {
            let cliente = m.cliente(n).await;
            m.servicio(&cliente, 39_900).await;
        }
        let avance = m.run("2026-12-01").await;
        assert_eq!((avance.papeles, avance.sellados, avance.aparcados), (7, 7, 0));
        let filas = m.filas().await;
        let folios: Vec<i64> = filas.iter().map(|f| f.folio).collect();
        assert_eq!(folios, [1, 2, 3, 4, 5, 6, 7]);
        assert!(filas.iter().all(|f| f.total == 39_900 && f.comprobante_id == Some(f.id.uuid())));
        assert_eq!((filas[0].subtotal, filas[0].impuestos), (33_814, 6_086));
        let otra = m.run("2026-12-01").await;
        assert_eq!((otra.papeles, otra.sellados), (0, 0));
        assert_eq!(m.count("SELECT COUNT(*) FROM cargos").await, 7);
        assert_eq!(m.count("SELECT COUNT(*) FROM trabajos WHERE tipo = 'fiscal.enviar'").await, 7);
        assert_eq!(m.run("2027-01-01").await.papeles, 7);
    }

    async fn an_emisor_without_certificate_parks_its_customers_and_takes_no_number(db: Db) {
        let m = Mundo::new(db, Pais::Pe).await;
        let cliente = m.cliente(0).await;
        m.servicio(&cliente, 39_900).await;
        m.certificates("FALSE").await;
        let avance = m.run("2026-12-01").await;
        assert_eq!((avance.papeles, avance.aparcados), (0, 1));
        let resumen = corrida::resumen(&m.db, dia("2026-12-01")).await.unwrap();
        assert_eq!(resumen.aparcados_detalle[0].codigo, "sin_certificado");
        m.certificates("TRUE").await;
        assert_eq!(m.run("2026-12-01").await.sellados, 1);
        assert_eq!(m.filas().await[0].folio, 1);
        let resumen = corrida::resumen(&m.db, dia("2026-12-01")).await.unwrap();
        assert_eq!(resumen.aparcados, 0);
    }

    async fn two_runs_at_once_bill_once(db: Db) {
        let m = Mundo::new(db, Pais::Pe).await;
        for n in 0..20 {
            let cliente = m.cliente(n).await;
            m.servicio(&cliente, 10_000 + i64::from(n)).await;
        }
        let (a, b) = (m.clone(), m.clone());
        let (a, b) = tokio::join!(a.run("2026-12-01"), b.run("2026-12-01"));
        assert_eq!(a.papeles + b.papeles, 20);
        assert_eq!(m.count("SELECT COUNT(*) FROM cargos").await, 20);
        assert_eq!(m.count("SELECT COUNT(*) FROM comprobantes").await, 20);
        assert_eq!(m.count("SELECT MAX(folio) FROM facturas").await, 20);
    }

    async fn a_customer_with_bad_data_waits_and_the_others_do_not(db: Db) {
        let m = Mundo::new(db, Pais::Mx).await;
        let malo = m
            .sign_up(DatosCliente {
                tipo_documento: "RFC".into(),
                numero_documento: "XIA190128J61".into(),
                razon_social: "XENON INDUSTRIAL ARTICLES".into(),
                regimen_fiscal: Some("601".into()),
                ..DatosCliente::default()
            })
            .await;
        let bueno = m.cliente(1).await;
        m.servicio(&malo, 39_900).await;
        m.servicio(&bueno, 49_900).await;
        let avance = m.run("2026-12-01").await;
        assert_eq!((avance.papeles, avance.aparcados), (1, 1));
        let (_, resumen) = m.get("/facturacion/corridas/2026-12-01").await;
        assert_eq!(resumen["aparcados_detalle"][0]["codigo"], "datos_fiscales");
        assert_eq!(m.count("SELECT MAX(folio) FROM facturas").await, 1);
        let tx = m.db.begin().await.unwrap();
        let cambio = CambioCliente { codigo_postal: Some("76343".into()), ..Default::default() };
        let id = malo.id;
        ramal_clientes::actions::update_cliente(&tx, &m.cx, id, None, cambio).await.unwrap();
        tx.commit().await.unwrap();
        let avance = m.run("2026-12-01").await;
        assert_eq!((avance.papeles, avance.aparcados), (1, 0));
        let (_, resumen) = m.get("/facturacion/corridas/2026-12-01").await;
        assert_eq!((&resumen["facturas"], &resumen["aparcados"]), (&json!(2), &json!(0)));
        assert_eq!(resumen["totales"]["MXN"], "898.00");
    }

    async fn grouping_changes_the_papers_and_not_the_sums(db: Db) {
        let m = Mundo::new(db, Pais::Pe).await;
        let cliente = m.cliente(1).await;
        let mut solo = m.servicio(&cliente, 39_900).await;
        m.servicio(&cliente, 5_950).await;
        m.servicio(&cliente, 1_001).await;
        solo.grupo = Some("~".into());
        let tx = m.db.begin().await.unwrap();
        ramal_contratos::storage::update(&tx, &solo).await.unwrap();
        tx.commit().await.unwrap();
        m.run("2026-12-01").await;
        let mut totales: Vec<i64> = m.filas().await.iter().map(|f| f.total).collect();
        totales.sort_unstable();
        assert_eq!(totales, [6_951, 39_900]);
    }

    async fn one_invoice_per_service_comes_to_the_same(db: Db) {
        let ajustes = json!({"agrupacion": "por_servicio"});
        let m = Mundo::with(db, Pais::Pe, ajustes, &["*"]).await;
        let cliente = m.cliente(1).await;
        for centavos in [39_900, 5_950, 1_001] {
            m.servicio(&cliente, centavos).await;
        }
        m.run("2026-12-01").await;
        let totales: Vec<i64> = m.filas().await.iter().map(|f| f.total).collect();
        assert_eq!((totales.len(), totales.iter().sum::<i64>()), (3, 46_851));
    }

    async fn a_backdated_suspension_credits_the_line_that_was_billed(db: Db) {
        let m = Mundo::new(db, Pais::Pe).await;
        let cliente = m.cliente(1).await;
        let servicio = m.servicio(&cliente, 39_900).await;
        m.run("2026-12-01").await;
        m.suspend(&servicio, "2026-12-16").await;
        let avance = m.run("2026-12-20").await;
        assert_eq!((avance.papeles, avance.aparcados), (1, 0));
        // Fifteen of the 31 days of December were given: 39900 × 15 / 31 = 19306.
        let uno = |revision, monto| ("recurrente".to_owned(), revision, monto);
        assert_eq!(m.cargos(&servicio).await, [uno(0, 39_900), uno(1, -20_594)]);
        let filas = m.filas().await;
        assert_eq!((filas[1].clase.as_str(), filas[1].total), ("nota_credito", 20_594));
        assert_eq!(filas[1].relacionada_id, Some(filas[0].id.uuid()));
        assert_eq!(filas[0].acreditado, 20_594);
        let (_, detalle) = m.get(&format!("/facturas/{}", filas[0].id)).await;
        assert_eq!(detalle["lineas"][0]["acreditado"]["importe"], "205.94");
        assert_eq!(detalle["notas"][0]["numero"], "BC01-1");
        assert_eq!(detalle["saldo"], json!({"importe": "193.06", "moneda": "PEN"}));
        assert_eq!(m.run("2026-12-21").await.papeles, 0);
    }

    async fn a_mexican_note_waits_for_the_stamp_of_its_invoice(db: Db) {
        let m = Mundo::new(db, Pais::Mx).await;
        let cliente = m.cliente(1).await;
        let servicio = m.servicio(&cliente, 39_900).await;
        m.run("2026-12-01").await;
        m.suspend(&servicio, "2026-12-16").await;
        m.run("2026-12-20").await;
        let filas = m.filas().await;
        assert_eq!((filas[1].tipo.as_str(), filas[1].comprobante_id), ("E", None));
        m.answer(filas[0].id, ramal_fiscal::Estado::Aceptado).await;
        m.accepted(filas[0].id).await;
        m.work().await;
        let nota = m.fila(filas[1].id).await;
        assert_eq!((nota.serie.as_str(), nota.folio), ("NC", 1));
        assert_eq!(nota.comprobante_id, Some(nota.id.uuid()));
    }

    async fn a_run_whose_rest_waits_for_a_person_says_so_and_why(db: Db) {
        let m = Mundo::new(db, Pais::Mx).await;
        let cliente = m.cliente(1).await;
        let servicio = m.servicio(&cliente, 39_900).await;
        m.run("2026-12-01").await;
        let primera = dia("2026-12-01");
        let resumen = corrida::resumen(&m.db, primera).await.unwrap();
        assert_eq!((resumen.estado.as_str(), resumen.detenidos.len()), ("enviando", 0));
        m.suspend(&servicio, "2026-12-16").await;
        m.run("2026-12-20").await;
        let nota = corrida::resumen(&m.db, dia("2026-12-20")).await.unwrap();
        assert_eq!(nota.estado, "enviando", "a note that waits for a stamp is not done");
        m.pause("305", "El certificado venció. Reanude el emisor.").await;
        for fecha in [primera, dia("2026-12-20")] {
            let resumen = corrida::resumen(&m.db, fecha).await.unwrap();
            assert_eq!(resumen.estado, "detenida");
        }
        let detenidos = corrida::resumen(&m.db, primera).await.unwrap().detenidos;
        assert_eq!((detenidos[0].codigo.as_str(), detenidos[0].comprobantes), ("305", 1));
        assert!(detenidos[0].motivo.contains("Reanude"));
        m.resume().await;
        m.answer(m.filas().await[0].id, ramal_fiscal::Estado::Rechazado).await;
        let resumen = corrida::resumen(&m.db, primera).await.unwrap();
        assert_eq!((resumen.estado.as_str(), resumen.detenidos.len()), ("terminada", 1));
        let nota = corrida::resumen(&m.db, dia("2026-12-20")).await.unwrap();
        assert_eq!(nota.estado, "detenida", "a note of a refused invoice is never sealed");
    }

    async fn a_preview_says_what_the_run_will_do_and_writes_nothing(db: Db) {
        let m = Mundo::new(db, Pais::Pe).await;
        let (a, b) = (m.cliente(1).await, m.cliente(2).await);
        m.servicio(&a, 39_900).await;
        m.run("2026-12-01").await;
        m.servicio(&a, 20_000).await;
        m.servicio(&b, 10_000).await;
        let (estado, vista) = m.get("/facturacion/preview?fecha=2027-01-01").await;
        assert_eq!((estado, &vista["facturas"]), (200, &json!(2)));
        assert_eq!(vista["totales"]["PEN"], "999.00");
        assert_eq!((&vista["clientes_nuevos"], &vista["diferencias"]), (&json!(1), &json!(1)));
        assert_eq!(vista["diferencias_detalle"][0]["cambio"], 100);
        assert_eq!(m.count("SELECT COUNT(*) FROM facturas").await, 1);
        let (_, lista) = m.get("/facturacion/pendientes?fecha=2027-01-01&limite=1").await;
        let primero = &lista["datos"][0];
        assert_eq!(primero["cargos"].as_array().unwrap().len(), 3);
        assert_eq!(primero["cargos"][0]["desde"], dia("2027-01-01").to_string());
        let cursor = lista["siguiente"].as_str().unwrap();
        let ruta = format!("/facturacion/pendientes?fecha=2027-01-01&limite=1&cursor={cursor}");
        let (_, otra) = m.get(&ruta).await;
        assert_eq!(otra["datos"].as_array().unwrap().len(), 1);
        assert_eq!(otra["siguiente"], json!(null));
    }
}
