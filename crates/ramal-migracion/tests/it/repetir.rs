//! Risk: the same rows come in twice, or a killed run leaves halves.

use ramal_db::Db;
use ramal_migracion::actions::Duplicados;
use ramal_migracion::{PedidoImportacion, storage};
use ramal_testkit::both_engines;

use crate::apoyo::{self, CABECERA_MX, CABECERA_PE, codes, mundo, pedido};
use crate::fixtures::{MX, PE};

const UNO: &str = "1,20131312955,Ferretería Uno,Av. Grau 1,99.90,2026-12-05,mensual,979514083,1\n";
const DOS: &str = "2,20100070970,Botica Dos,Av. Grau 2,49.90,2026-12-05,mensual,979514084,1\n";

/// `n` customers whose numbers have right check digits.
fn many(n: u64) -> String {
    let fila = |i: u64| {
        let cuerpo = format!("20{i:08}");
        let pesos = [5, 4, 3, 2, 7, 6, 5, 4, 3, 2];
        let suma: u32 = cuerpo.chars().zip(pesos).map(|(c, p)| c.to_digit(10).unwrap() * p).sum();
        let digito = (11 - suma % 11) % 10;
        format!("{i},{cuerpo}{digito},Cliente {i},Grau {i},10.00,2026-12-05,mensual,979514083,1\n")
    };
    (1..=n).map(fila).collect()
}

both_engines! {
    migraciones: (apoyo::MIGRACIONES);

    async fn a_file_imported_twice_brings_in_nothing_the_second_time(db: Db) {
        let m = mundo(db).await;
        for (perfil, texto) in [("seed003", PE), ("panel", MX)] {
            let una = m.import(pedido(perfil, texto)).await;
            let antes = m.counts().await;
            let otra = m.import(pedido(perfil, texto)).await;
            assert_eq!(m.counts().await, antes);
            assert_eq!((otra.importadas, otra.clientes, otra.servicios), (0, 0, 0));
            assert_eq!(otra.ya_importadas, una.importadas);
            assert_eq!(otra.lote, una.lote);
            assert_eq!(otra.suma_centavos_activos, una.suma_centavos_activos);
            assert_eq!((otra.rechazadas, otra.avisos), (una.rechazadas, una.avisos));
            assert!(otra.verificacion.cuadra);
            assert_eq!(otra.verificacion.antes, otra.verificacion.despues);
        }
    }

    async fn a_file_with_one_row_more_brings_in_that_row(db: Db) {
        let m = mundo(db).await;
        let una = m.import(pedido("seed003", format!("{CABECERA_PE}{UNO}"))).await;
        let otra = m.import(pedido("seed003", format!("{CABECERA_PE}{DOS}{UNO}"))).await;
        assert_ne!(una.lote, otra.lote);
        assert_eq!((otra.importadas, otra.ya_importadas, otra.clientes), (1, 1, 1));
        assert_eq!(otra.suma_centavos_activos, 9990 + 4990);
        assert!(otra.rechazadas.is_empty() && otra.verificacion.cuadra);
    }

    async fn a_run_killed_between_transactions_goes_on_after_them(db: Db) {
        let m = mundo(db).await;
        let texto = format!("{CABECERA_PE}{}", many(1200));
        let veces = std::sync::atomic::AtomicU32::new(0);
        let corrida = {
            let (db, cx, pedido) = (m.db.clone(), m.cx.clone(), pedido("seed003", &texto));
            tokio::spawn(async move {
                let paro = move |_| {
                    let n = veces.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                    assert!(n < 1, "the process dies here");
                };
                ramal_migracion::importar(&db, &cx, pedido, paro).await
            })
        };
        assert!(corrida.await.unwrap_err().is_panic());
        assert_eq!(m.count("servicios").await, 1000);
        let informe = m.import(pedido("seed003", &texto)).await;
        assert_eq!((informe.importadas, informe.ya_importadas), (200, 1000));
        assert_eq!(m.count("clientes").await, 1200);
        assert!(informe.verificacion.cuadra);
        let lote = storage::lote(&m.db, informe.lote).await.unwrap().unwrap();
        assert_eq!((lote.estado.as_str(), lote.importadas), ("terminado", 1200));
        let numeros: Vec<i64> = m.servicios().await.iter().map(|s| s.numero).collect();
        assert_eq!(numeros, (1..=1200).collect::<Vec<i64>>());
    }

    async fn two_runs_at_once_bring_each_row_in_once(db: Db) {
        let m = mundo(db).await;
        let texto = format!("{CABECERA_PE}{}", many(700));
        let (a, b) = tokio::join!(
            m.try_import(pedido("seed003", &texto)),
            m.try_import(pedido("seed003", &texto)),
        );
        let errores: Vec<_> = [a, b].into_iter().filter_map(Result::err).collect();
        assert!(errores.iter().all(|e| e.codigo() == "importacion_en_curso"), "{errores:?}");
        m.import(pedido("seed003", &texto)).await;
        assert_eq!((m.count("clientes").await, m.count("servicios").await), (700, 700));
    }

    async fn a_second_row_of_a_ruc_is_held_back_unless_it_is_said_to_be_a_service(db: Db) {
        let m = mundo(db).await;
        let otra = UNO.replacen('1', "9", 1);
        let texto = format!("{CABECERA_PE}{UNO}{otra}");
        let informe = m.import(pedido("seed003", &texto)).await;
        assert_eq!(codes(&informe.rechazadas), [(3, "duplicado")]);
        let servicio = Duplicados::Servicio;
        let pedido = PedidoImportacion { duplicados: servicio, ..pedido("seed003", &texto) };
        let informe = m.import(pedido).await;
        assert_eq!((informe.importadas, informe.clientes), (1, 0));
        assert_eq!(m.count("lote_filas").await, 2);
        let servicios = m.servicios().await;
        assert_eq!(servicios[0].cliente_id, servicios[1].cliente_id);
    }

    async fn a_ruc_that_another_file_brought_in_is_held_back_too(db: Db) {
        let m = mundo(db).await;
        m.import(pedido("seed003", format!("{CABECERA_PE}{UNO}"))).await;
        let otra = UNO.replacen('1', "9", 1);
        let informe = m.import(pedido("seed003", format!("{CABECERA_PE}{otra}"))).await;
        assert_eq!(codes(&informe.rechazadas), [(2, "duplicado")]);
        assert_eq!(m.count("servicios").await, 1);
    }

    async fn an_id_that_another_panel_also_uses_is_not_taken_for_the_same_row(db: Db) {
        let m = mundo(db).await;
        let fila = |id: u8, nombre: &str, rfc: &str| {
            format!(
                "{id};{nombre};{rfc};601;64000;a@b.example;5961326384;d;Norte;FIBRA 50;349.00;5;\
                 30/12/2023;Activo;AP;10.0.0.1;u\n"
            )
        };
        let uno = fila(1, "Uno SA DE CV", "YFT990429PH4");
        m.import(pedido("panel", format!("{CABECERA_MX}{uno}"))).await;
        let dos = |id| fila(id, "Dos SA DE CV", "HBQ040105VT8");
        let otro = m.import(pedido("panel", format!("{CABECERA_MX}{}{}", dos(1), dos(2)))).await;
        assert_eq!(codes(&otro.rechazadas), [(2, "referencia_ajena")]);
        assert_eq!((otro.importadas, otro.ya_importadas, otro.clientes), (1, 0, 1));
        assert!(otro.verificacion.cuadra);
        // The same customer with its name or its number put right is still the same row.
        let nombre = fila(1, "Uno Nuevo", "YFT990429PH4");
        let generico = fila(1, "UNO  SA de CV", "XAXX010101000");
        for igual in [nombre, generico] {
            let igual = m.import(pedido("panel", format!("{CABECERA_MX}{igual}"))).await;
            assert_eq!((igual.importadas, igual.ya_importadas), (0, 1), "{:?}", igual.rechazadas);
        }
    }

    async fn a_rejected_row_comes_in_once_its_plan_exists(db: Db) {
        let m = mundo(db).await;
        let fila = "7;Raúl Peña;XAXX010101000;616;64000;a@correo.example;5512345678;Grau;Norte;\
            FIBRA 900;349.00;5;10/01/2024;Activo;;;\n";
        let texto = format!("{CABECERA_MX}{fila}");
        let informe = m.import(pedido("panel", &texto)).await;
        assert_eq!(codes(&informe.rechazadas), [(2, "plan_desconocido")]);
        let tx = m.db.begin().await.unwrap();
        let plan = "nombre,tipo,tecnologia,precio_con_impuesto,periodo,clave_prod_serv,\
            clave_unidad\nFIBRA 900,internet,ftth,999.00,mensual,81112101,E48\n";
        let moneda = ramal_base::Moneda::Mxn;
        ramal_catalogo::actions::import_catalogo(&tx, &m.cx, moneda, plan.as_bytes())
            .await.unwrap();
        tx.commit().await.unwrap();
        let otra = m.import(pedido("panel", &texto)).await;
        assert_eq!((otra.lote, otra.importadas), (informe.lote, 1));
        assert_eq!(m.count("lote_filas").await, 1);
        assert_eq!(m.servicios().await[0].precio.centavos, 34900);
    }
}
