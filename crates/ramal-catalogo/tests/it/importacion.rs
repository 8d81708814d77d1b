//! A catalogue file goes in whole or not at all, and twice is once.

use ramal_base::{Dinero, Moneda, Pais};
use ramal_catalogo::actions::{Importado, ensure_producto_generico, import_catalogo};
use ramal_catalogo::{Categoria, ClaseProducto, Periodicidad, Producto, Tecnologia, storage};
use ramal_db::{Consulta, Db, params};
use ramal_plataforma::{NuevaEmpresa, create_empresa};
use ramal_testkit::{both_engines, cx_fijo};
use serde_json::{Value, json};

use crate::apoyo::{CATALOGO_MX, MIGRACIONES, Mundo};

async fn import(db: &Db, csv: &str) -> Importado {
    let tx = db.begin().await.unwrap();
    let hecho = import_catalogo(&tx, &cx_unico(), Moneda::Mxn, csv.as_bytes()).await.unwrap();
    tx.commit().await.unwrap();
    hecho
}

/// Ids that do not count from one: several imports write in the same tables.
fn cx_unico() -> ramal_base::Cx {
    ramal_base::Cx::with_clock(ramal_testkit::reloj(), "prueba")
}

async fn count(db: &Db, sql: &str) -> i64 {
    db.scalar(sql, params![]).await.unwrap().unwrap()
}

async fn named(db: &Db, nombre: &str) -> Producto {
    storage::by_nombre(db, nombre).await.unwrap().unwrap()
}

both_engines! {
    migraciones: MIGRACIONES;

    async fn the_example_file_imported_twice_is_imported_once(db: Db) {
        let primera = import(&db, CATALOGO_MX).await;
        let cuenta = |p: &Importado| (p.productos, p.creados, p.actualizados, p.errores.len());
        assert_eq!(cuenta(&primera), (9, 9, 0, 0));
        let antes = storage::all(&db).await.unwrap();
        let segunda = import(&db, CATALOGO_MX).await;
        assert_eq!(cuenta(&segunda), (9, 0, 0, 0));
        assert_eq!(storage::all(&db).await.unwrap(), antes);
        assert_eq!(count(&db, "SELECT COUNT(*) FROM eventos").await, 9);
        assert_eq!(count(&db, "SELECT COUNT(*) FROM auditoria").await, 1);
        let ip = named(&db, "IP FIJA").await;
        assert_eq!((ip.codigo.as_str(), ip.clase), ("ip-fija", ClaseProducto::Pack));
        assert_eq!((ip.tecnologia, ip.categoria), (None, Categoria::IpFija));
        let fibra = named(&db, "FIBRA 100").await;
        assert_eq!(fibra.precio, Dinero::new(39_900, Moneda::Mxn));
        assert_eq!((fibra.tecnologia, fibra.clase), (Some(Tecnologia::Ftth), ClaseProducto::Plan));
        assert_eq!(fibra.periodos, [Periodicidad::Mensual]);
        assert!(fibra.impuesto_incluido && fibra.requiere_factura && fibra.activo);
        assert_eq!(fibra.clave_prod_serv.as_deref(), Some("81112101"));
        let suma = "SELECT CAST(SUM(precio) AS BIGINT) FROM productos";
        assert_eq!(count(&db, suma).await, 312_200);
    }

    async fn a_bad_row_leaves_the_catalogue_as_it_was(db: Db) {
        let malo = format!("{CATALOGO_MX}\nFIBRA 900,internet,ftth,caro,mensual,81112101,E48\n");
        let hecho = import(&db, &malo).await;
        assert_eq!((hecho.productos, hecho.creados), (0, 0));
        let json = serde_json::to_value(&hecho.errores).unwrap();
        assert_eq!(json[0]["campo"], "precio_con_impuesto");
        assert_eq!((json[0]["linea"].as_u64(), hecho.errores.len()), (Some(12), 1));
        assert_eq!(count(&db, "SELECT COUNT(*) FROM productos").await, 0);
    }

    async fn a_new_price_changes_that_product_alone(db: Db) {
        import(&db, CATALOGO_MX).await;
        let antes = named(&db, "FIBRA 50").await;
        let hecho = import(&db, &CATALOGO_MX.replace("349.00", "359.00")).await;
        assert_eq!((hecho.creados, hecho.actualizados), (0, 1));
        let despues = named(&db, "FIBRA 50").await;
        assert_eq!((despues.id, despues.version), (antes.id, 2));
        assert_eq!(despues.precio.importe(), "359.00");
        assert_eq!(named(&db, "FIBRA 100").await.version, 1);
    }

    async fn a_name_that_differs_by_an_accent_is_not_a_second_product(db: Db) {
        import(&db, CATALOGO_MX).await;
        let cabecera = CATALOGO_MX.lines().next().unwrap();
        let csv = format!("{cabecera}\nTelefonía Ilimitada,telefonia,,1.00,mensual,,\n");
        let hecho = import(&db, &csv).await;
        assert_eq!(hecho.errores[0].error.codigo, "nombre_parecido");
        let tx = db.begin().await.unwrap();
        let soles = import_catalogo(&tx, &cx_fijo(), Moneda::Pen, CATALOGO_MX.as_bytes()).await;
        let codigos: Vec<String> =
            soles.unwrap().errores.into_iter().map(|e| e.error.codigo).collect();
        assert_eq!(codigos, vec!["moneda_distinta"; 9]);
    }

    async fn the_generic_product_is_made_once_per_currency(db: Db) {
        let cx = cx_fijo();
        let tx = db.begin().await.unwrap();
        let uno = ensure_producto_generico(&tx, &cx, Moneda::Pen).await.unwrap();
        let otra_vez = ensure_producto_generico(&tx, &cx, Moneda::Pen).await.unwrap();
        let pesos = ensure_producto_generico(&tx, &cx, Moneda::Mxn).await.unwrap();
        let pesos_otra_vez = ensure_producto_generico(&tx, &cx, Moneda::Mxn).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!((uno.id, pesos.id), (otra_vez.id, pesos_otra_vez.id));
        assert_eq!(uno.nombre, "Servicio existente");
        assert_eq!(uno.precio, Dinero::cero(Moneda::Pen));
        assert_eq!(pesos.nombre, "Servicio existente MXN");
        let meses: Vec<u16> = uno.periodos.iter().map(|p| p.meses()).collect();
        assert_eq!(meses, [1, 3, 6, 12]);
        assert_eq!(count(&db, "SELECT COUNT(*) FROM eventos").await, 2);
    }

    async fn a_file_goes_in_through_the_api_in_the_companys_currency(db: Db) {
        let mundo = Mundo::new(db.clone()).await;
        let sin_empresa = mundo.post("/catalogo/importar", json!(CATALOGO_MX)).await;
        assert_eq!(sin_empresa.estado, 404);
        let tx = db.begin().await.unwrap();
        create_empresa(&tx, &mundo.cx, NuevaEmpresa::new("Fibra", Pais::Pe)).await.unwrap();
        tx.commit().await.unwrap();
        let clave = [("idempotency-key", "importar-1")];
        for _ in 0..2 {
            let vuelta =
                mundo.call("POST", "/catalogo/importar", &clave, Some(json!(CATALOGO_MX))).await;
            assert_eq!(vuelta.estado, 200);
            let esperado = json!({"productos": 9, "creados": 9, "actualizados": 0});
            assert_eq!(vuelta.json, esperado);
        }
        assert_eq!(named(&db, "FIBRA 50").await.precio.moneda, Moneda::Pen);
        let otro = Some(json!("nombre,tipo,periodo,precio_con_impuesto\n"));
        let vuelta = mundo.call("POST", "/catalogo/importar", &clave, otro).await;
        assert_eq!(vuelta.estado, 409, "the same key with another file");
        let malo = json!("nombre,tipo,periodo,precio_con_impuesto\nA,tv,mensual,\n");
        let vuelta = mundo.post("/catalogo/importar?moneda=MXN", malo).await;
        let esperado = ("lineas[2].precio_con_impuesto".to_owned(), "monto_vacio".to_owned());
        assert_eq!((vuelta.estado, vuelta.campos()), (422, vec![esperado]));
        let json: Value = json!({"productos": []});
        assert_eq!(mundo.post("/catalogo/importar", json).await.estado, 415);
    }
}
