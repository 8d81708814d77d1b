//! The routes: permissions, idempotency, lists, account states, OpenAPI.

use ramal_base::Pais;
use ramal_db::Db;
use ramal_fiscal::Estado;
use ramal_testkit::both_engines;
use serde_json::{Value, json};

use crate::mundo::{MIGRACIONES, Mundo};

both_engines! {
    migraciones: MIGRACIONES;

    async fn fifty_repeated_requests_issue_one_invoice(db: Db) {
        let m = Mundo::new(db, Pais::Mx).await;
        let cliente = m.cliente(1).await;
        let cuerpo = json!({"cliente_id": cliente.id,
            "lineas": [{"descripcion": "Router", "precio": "899.00", "cantidad": 2}]});
        let pedir = |m: Mundo, cuerpo: Value| async move {
            m.call("POST", "/facturas", &[("idempotency-key", "f-1")], Some(cuerpo)).await
        };
        let tareas: Vec<_> =
            (0..50).map(|_| tokio::spawn(pedir(m.clone(), cuerpo.clone()))).collect();
        let mut ids = std::collections::HashSet::new();
        for tarea in tareas {
            let (estado, vista) = tarea.await.unwrap();
            assert_eq!((estado, &vista["total"]["importe"]), (201, &json!("1798.00")));
            ids.insert(vista["id"].as_str().unwrap().to_owned());
        }
        assert_eq!((ids.len(), m.count("SELECT COUNT(*) FROM facturas").await), (1, 1));
        let otro = json!({"cliente_id": cliente.id, "lineas": []});
        let (estado, problema) = pedir(m, otro).await;
        let codigo = json!("idempotencia_cuerpo_distinto");
        assert_eq!((estado, &problema["codigo"]), (409, &codigo));
    }

    async fn a_refused_form_names_its_field(db: Db) {
        let m = Mundo::new(db, Pais::Mx).await;
        let cliente = m.cliente(1).await;
        let linea = |l: Value| json!({"cliente_id": cliente.id, "lineas": [l]});
        for (cuerpo, campo) in [
            (linea(json!({"descripcion": "x"})), "lineas[0].precio"),
            (linea(json!({"descripcion": "x", "precio": "-1.00"})), "lineas[0].precio"),
            (linea(json!({"descripcion": "a|b", "precio": "1.00"})), "lineas[0].descripcion"),
            (linea(json!({"precio": "1.00", "cantidad": 0})), "lineas[0].cantidad"),
            (json!({"cliente_id": cliente.id, "lineas": []}), "lineas"),
            (linea(json!({"producto_id": cliente.id})), "lineas[0].producto_id"),
        ] {
            let (estado, problema) = m.post("/facturas", cuerpo).await;
            assert_eq!((estado, &problema["errores"][0]["campo"]), (422, &json!(campo)));
        }
        let nadie = json!({"cliente_id": m.emisor.id,
            "lineas": [{"descripcion": "x", "precio": "1.00"}]});
        let (estado, problema) = m.post("/facturas", nadie).await;
        assert_eq!((estado, &problema["codigo"]), (404, &json!("cliente_no_encontrado")));
    }

    async fn the_account_of_a_customer_adds_up(db: Db) {
        let m = Mundo::new(db, Pais::Pe).await;
        let cliente = m.cliente(1).await;
        m.servicio(&cliente, 39_900).await;
        m.run("2026-12-01").await;
        let vieja = m.factura(&cliente, "118.00").await;
        let (_, estado) = m.get("/clientes/C-1/estado").await;
        assert_eq!(estado["deuda"], json!([{"importe": "517.00", "moneda": "PEN"}]));
        assert_eq!(estado["facturas_pendientes"], 2);
        // What is billed is not due again: the next period is, as the list of services says.
        assert_eq!(estado["servicios"][0]["proximo_vencimiento"], "2027-01-01");
        assert_eq!(estado["servicios"][0]["dias_restantes"], 42);
        assert_eq!((&estado["ultimo_pago"], &estado["router"]), (&Value::Null, &Value::Null));
        m.pay(vieja, "2026-11-20").await;
        let (_, estado) = m.get("/clientes/C-1/estado").await;
        assert_eq!(estado["ultimo_pago"]["importe"]["importe"], "118.00");
        let (_, resumen) = m.get("/clientes/C-1/resumen").await;
        assert_eq!(resumen["total_servicios_activos"], 1);
        assert_eq!(resumen["proximo_vencimiento"], "2027-01-01");
        assert_eq!(resumen["monto_mensual"], json!([{"importe": "399.00", "moneda": "PEN"}]));
        assert_eq!(resumen["saldo_pendiente"][0]["importe"], "399.00");
        let (_, kpis) = m.get("/facturacion/kpis").await;
        assert_eq!((&kpis["emitidas"], &kpis["pendientes_de_pago"]), (&json!(2), &json!(1)));
        assert_eq!(kpis["serie"].as_array().unwrap().len(), 12);
        assert_eq!(kpis["serie"][11]["totales"]["PEN"], "517.00");
    }

    async fn the_list_filters_and_pages(db: Db) {
        let m = Mundo::new(db, Pais::Pe).await;
        let (a, b) = (m.cliente(1).await, m.cliente(2).await);
        for _ in 0..3 {
            m.factura(&a, "118.00").await;
        }
        let ultima = m.factura(&b, "59.00").await;
        m.work().await;
        m.answer(ultima, Estado::Aceptado).await;
        let (_, pagina) = m.get(&format!("/facturas?cliente_id={}&limite=2", a.id)).await;
        assert_eq!(pagina["datos"].as_array().unwrap().len(), 2);
        assert_eq!(pagina["datos"][0]["numero"], "B001-3");
        let cursor = pagina["siguiente"].as_str().unwrap();
        let ruta = format!("/facturas?cliente_id={}&limite=2&cursor={cursor}", a.id);
        let (_, resto) = m.get(&ruta).await;
        assert_eq!(resto["datos"][0]["numero"], "B001-1");
        let (_, aceptadas) = m.get("/facturas?estado_sunat=aceptada").await;
        assert_eq!(aceptadas["datos"].as_array().unwrap().len(), 1);
        assert_eq!(aceptadas["datos"][0]["estado_sunat"], "aceptada");
        let (_, pendientes) = m.get("/facturas?estado_sunat=pendiente&serie=B001").await;
        assert_eq!(pendientes["datos"].as_array().unwrap().len(), 3);
        assert_eq!(m.get("/facturas?cursor=x").await.0, 422);
        assert_eq!(m.get("/facturas?desde=0001-01-01&hasta=9999-12-31").await.0, 200);
        assert_eq!(m.get("/facturacion/corridas/0001-01-01").await.0, 404);
        assert_eq!(m.get("/facturacion/corridas?cursor=0001-01-01").await.0, 200);
        let (_, ultimas) = m.get("/facturacion/ultimas?limite=1").await;
        assert_eq!(ultimas["datos"][0]["id"], json!(ultima));
        assert_eq!(m.get(&format!("/facturas/{ultima}/xml")).await.0, 200);
        assert_eq!(m.get(&format!("/facturas/{ultima}/cdr")).await.0, 404);
        assert_eq!(m.get(&format!("/facturas/{ultima}/pdf")).await.0, 200);
        assert_eq!(m.get(&format!("/facturas/{ultima}/pdf?papel=x")).await.0, 422);
    }

    async fn a_run_asked_over_http_is_done_by_a_job(db: Db) {
        let m = Mundo::new(db, Pais::Pe).await;
        let cliente = m.cliente(1).await;
        m.servicio(&cliente, 39_900).await;
        let cuerpo = json!({"fecha": "2026-12-01"});
        let (estado, vista) = m.post("/facturacion/ejecutar", cuerpo).await;
        let enlace = json!("/api/v1/facturacion/corridas/2026-12-01");
        assert_eq!((estado, &vista["enlace"]), (202, &enlace));
        m.work().await;
        let (_, resumen) = m.get("/facturacion/corridas/2026-12-01").await;
        assert_eq!((&resumen["facturas"], &resumen["estado"]), (&json!(1), &json!("enviando")));
        assert_eq!(resumen["corrida"], vista["corrida"]);
        let (_, lista) = m.get("/facturacion/corridas").await;
        assert_eq!(lista["datos"][0]["fecha"], "2026-12-01");
        let lejos = json!({"fecha": "2030-01-01"});
        assert_eq!(m.post("/facturacion/ejecutar", lejos).await.0, 422);
    }

    async fn a_key_without_the_permission_gets_403(db: Db) {
        let m = Mundo::with(db, Pais::Mx, json!({}), &["facturas:leer", "clientes:leer"]).await;
        let cliente = m.cliente(1).await;
        let id = m.factura(&cliente, "10.00").await;
        assert_eq!(m.get("/facturas").await.0, 200);
        for (metodo, ruta) in [
            ("POST", "/facturas".to_owned()),
            ("POST", format!("/facturas/{id}/enviar")),
            ("POST", format!("/facturas/{id}/anular")),
            ("POST", format!("/facturas/{id}/notas")),
            ("POST", "/facturacion/ejecutar".to_owned()),
            ("GET", "/facturacion/preview".to_owned()),
            ("GET", "/facturacion/pendientes".to_owned()),
        ] {
            let cuerpo = (metodo != "GET").then(|| json!({}));
            let (estado, problema) = m.call(metodo, &ruta, &[], cuerpo).await;
            let codigo = json!("permiso_faltante");
            assert_eq!((estado, &problema["codigo"]), (403, &codigo), "{metodo} {ruta}");
        }
    }
}

#[test]
fn every_route_is_in_the_openapi_with_its_answers() {
    let doc = ramal_web::documento(vec![ramal_facturacion::rutas()]);
    for (ruta, metodo, estado) in [
        ("/facturacion/preview", "get", "200"),
        ("/facturacion/pendientes", "get", "200"),
        ("/facturacion/ejecutar", "post", "202"),
        ("/facturacion/corridas", "get", "200"),
        ("/facturacion/corridas/{fecha}", "get", "200"),
        ("/facturacion/kpis", "get", "200"),
        ("/facturacion/ultimas", "get", "200"),
        ("/facturas", "get", "200"),
        ("/facturas", "post", "201"),
        ("/facturas/{id}", "get", "200"),
        ("/facturas/{id}/enviar", "post", "202"),
        ("/facturas/{id}/anular", "post", "202"),
        ("/facturas/{id}/notas", "post", "201"),
        ("/facturas/{id}/pdf", "get", "200"),
        ("/facturas/{id}/xml", "get", "200"),
        ("/facturas/{id}/cdr", "get", "200"),
        ("/clientes/{id}/estado", "get", "200"),
        ("/clientes/{id}/resumen", "get", "200"),
        ("/clientes/{id}/cuenta", "get", "200"),
        ("/clientes/{id}/cuenta.csv", "get", "200"),
        ("/clientes/{id}/cuenta.pdf", "get", "200"),
    ] {
        let operacion = &doc["paths"][format!("/api/v1{ruta}")][metodo];
        let respuestas = &operacion["responses"];
        assert!(respuestas[estado]["content"].is_object(), "{metodo} {ruta}");
        assert!(respuestas["401"].is_object() && respuestas["403"].is_object(), "{ruta}");
        assert!(!ruta.contains('{') || respuestas["404"].is_object(), "{metodo} {ruta}");
        assert!(metodo == "get" || respuestas["409"].is_object(), "{metodo} {ruta}");
    }
}
