//! The routes: keys, permissions, refusals, and the route that other programs have always called.

use ramal_db::Db;
use ramal_testkit::both_engines;
use serde_json::json;

use crate::mundo::{MIGRACIONES, Mundo, body};

both_engines! {
    migraciones: MIGRACIONES;

    async fn a_payment_without_key_is_refused_and_with_one_is_made_once(db: Db) {
        let m = Mundo::new(db).await;
        let c = m.cliente(1).await;
        m.factura(&c, "2026-10-05", &["399.00"]).await;
        let cuerpo = body(&c, "400.00", "transferencia");
        let (estado, p) = m.call("POST", "/pagos", &[], Some(cuerpo.clone())).await;
        assert_eq!((estado, &p["codigo"]), (400, &json!("idempotencia_clave_requerida")));
        let (estado, uno) = m.post("/pagos", "k-1", cuerpo.clone()).await;
        assert_eq!((estado, &uno["numero"], &uno["nuevo"]), (201, &json!("P-1"), &json!(true)));
        assert_eq!(uno["aplicado"]["importe"], "399.00");
        assert_eq!(uno["a_favor"]["importe"], "1.00");
        assert_eq!(uno["estado"], "parcial");
        assert_eq!(uno["aplicaciones"][0]["monto"]["importe"], "399.00");
        let (estado, dos) = m.post("/pagos", "k-1", cuerpo).await;
        assert_eq!((estado, &dos["id"]), (201, &uno["id"]));
        let (estado, p) = m.post("/pagos", "k-1", body(&c, "1.00", "transferencia")).await;
        assert_eq!((estado, &p["codigo"]), (409, &json!("idempotencia_cuerpo_distinto")));
        assert_eq!(m.count("SELECT COUNT(*) FROM pagos").await, 1);
    }

    async fn the_same_operation_with_another_key_is_the_same_payment(db: Db) {
        let m = Mundo::new(db).await;
        let c = m.cliente(1).await;
        let con = |monto: &str| {
            let mut cuerpo = body(&c, monto, "yape");
            cuerpo["operacion"] = json!("8841");
            cuerpo
        };
        let (_, uno) = m.post("/pagos", "k-1", con("50.00")).await;
        let (estado, dos) = m.post("/pagos", "k-2", con("50.00")).await;
        assert_eq!((estado, &dos["nuevo"], &dos["id"]), (200, &json!(false), &uno["id"]));
        let (estado, p) = m.post("/pagos", "k-3", con("60.00")).await;
        assert_eq!((estado, &p["codigo"]), (409, &json!("referencia_usada")));
        assert!(p["detail"].as_str().unwrap().contains("P-1"), "{p}");
        assert!(p["detail"].as_str().unwrap().contains("No se cobró dos veces"), "{p}");
    }

    async fn a_refused_body_names_its_field(db: Db) {
        let m = Mundo::new(db).await;
        let c = m.cliente(1).await;
        let a = m.factura(&c, "2026-10-05", &["100.00"]).await;
        let con = |cambios: serde_json::Value| {
            let mut cuerpo = body(&c, "100.00", "transferencia");
            cuerpo.as_object_mut().unwrap().extend(cambios.as_object().unwrap().clone());
            cuerpo
        };
        let vacia = json!({ "factura_id": a, "monto": "" });
        let parte = |monto: &str| json!({ "partidas": [vacia, {"factura_id": a, "monto": monto}] });
        for (n, (cuerpo, campo)) in [
            (con(json!({ "monto": "0" })), "monto"),
            (con(json!({ "fecha_valor": "2026-10-02" })), "fecha_valor"),
            (con(json!({ "moneda": "EUR" })), "moneda"),
            (con(json!({ "medio": "otro" })), "forma_pago"),
            (con(json!({ "forma_pago": "99" })), "forma_pago"),
            (con(json!({ "operacion": "a|b" })), "operacion"),
            (con(json!({ "reparto": "elegir" })), "reparto"),
            (con(parte("x")), "partidas[1].monto"),
            (con(parte("100.01")), "partidas[1].monto"),
        ]
        .into_iter()
        .enumerate()
        {
            let (estado, p) = m.post("/pagos", &format!("k-{n}"), cuerpo).await;
            assert_eq!((estado, &p["errores"][0]["campo"]), (422, &json!(campo)), "{p}");
        }
        let nadie = json!({ "cliente": "C-99", "monto": "1.00", "medio": "yape" });
        assert_eq!(m.post("/pagos", "k-x", nadie).await.0, 404);
        assert_eq!(m.count("SELECT COUNT(*) FROM pagos").await, 0);
    }

    async fn paying_a_factura_by_its_address_answers_as_it_always_did(db: Db) {
        let m = Mundo::new(db).await;
        let c = m.cliente(1).await;
        let a = m.factura(&c, "2026-10-05", &["118.00"]).await;
        let b = m.factura(&c, "2026-10-05", &["59.00"]).await;
        let pagar = async |id: ramal_facturacion::FacturaId, cuerpo| {
            m.call("PATCH", &format!("/facturacion/{id}/pagar"), &[], Some(cuerpo)).await
        };
        let (estado, p) = pagar(a, json!({ "fecha": "2026-10-02" })).await;
        assert_eq!((estado, &p["errores"][0]["campo"]), (422, &json!("fecha")));
        let (estado, p) = pagar(a, json!({ "forma_pago": "77" })).await;
        assert_eq!((estado, &p["errores"][0]["campo"]), (422, &json!("forma_pago")));
        let cuerpo = json!({ "fecha": "2026-09-30", "forma_pago": "28", "operacion": "8841" });
        for _ in 0..2 {
            let (estado, vista) = pagar(a, cuerpo.clone()).await;
            assert_eq!((estado, &vista["estado"]), (200, &json!("pagada")), "{vista}");
            assert_eq!(vista["saldo"]["importe"], "0.00");
        }
        // One operation may have paid several facturas, one call each.
        assert_eq!(pagar(b, cuerpo).await.0, 200);
        let (_, lista) = m.get("/pagos?cliente=C-1").await;
        assert_eq!(lista["datos"].as_array().unwrap().len(), 2);
        assert_eq!(lista["datos"][1]["forma_pago"], "28");
        assert_eq!(lista["datos"][1]["fecha_valor"], "2026-09-30");
        let nadie = ramal_facturacion::FacturaId::from_uuid(c.id.uuid());
        assert_eq!(pagar(nadie, json!({})).await.0, 404);
    }

    async fn open_facturas_are_told_with_their_lines(db: Db) {
        let m = Mundo::new(db).await;
        let (uno, dos) = (m.cliente(1).await, m.cliente(2).await);
        m.factura(&uno, "2026-11-05", &["100.00", "50.00"]).await;
        m.factura(&dos, "2026-10-05", &["80.00"]).await;
        m.transfer(&uno, 12_000).await;
        let (_, todas) = m.get("/pagos/pendientes?limite=1").await;
        assert_eq!(todas["datos"][0]["abierto"]["importe"], "80.00");
        let cursor = todas["siguiente"].as_str().unwrap();
        let (_, otra) = m.get(&format!("/pagos/pendientes?limite=1&cursor={cursor}")).await;
        assert_eq!((&otra["datos"][0]["abierto"]["importe"], &otra["siguiente"]),
            (&json!("30.00"), &json!(null)));
        let (_, suyas) = m.get("/pagos/pendientes?cliente=C-1").await;
        assert_eq!(suyas["datos"][0]["lineas"], json!([{"linea": 2, "servicio_id": null,
            "clase": suyas["datos"][0]["lineas"][0]["clase"],
            "abierto": {"importe": "30.00", "moneda": "PEN"}}]));
        assert_eq!(m.get("/pagos/pendientes?cursor=x").await.0, 422);
    }

    async fn collections_may_do_all_but_approve(db: Db) {
        let m = Mundo::with(db, &["pagos:*", "facturas:*"]).await;
        let c = m.cliente(1).await;
        let (_, pago) = m.post("/pagos", "k-1", body(&c, "900.00", "transferencia")).await;
        let id = pago["id"].as_str().unwrap();
        let devolver = json!({ "monto": "500.00", "motivo": "Se va" });
        let ruta = format!("/pagos/{id}/devolver");
        let (estado, d) = m.post(&ruta, "k-2", devolver).await;
        assert_eq!((estado, &d["estado"]), (202, &json!("pendiente")));
        let ruta = format!("/devoluciones/{}/aprobar", d["id"].as_str().unwrap());
        let (estado, p) = m.call("POST", &ruta, &[("idempotency-key", "k-3")], None).await;
        assert_eq!((estado, &p["codigo"]), (403, &json!("permiso_faltante")));
        let datos = json!({ "codigo": "CJ1", "nombre": "Caja" });
        assert_eq!(m.post("/caja/cajas", "k-4", datos).await.0, 403);
        let caja = m.caja("CJ1").await;
        let cien = json!([{ "valor": "100.00", "piezas": 1 }]);
        let abrir = json!({ "caja_id": caja, "denominaciones": cien });
        let (estado, turno) = m.post("/caja/turnos", "k-5", abrir).await;
        assert_eq!((estado, &turno["apertura"]["importe"]), (201, &json!("100.00")), "{turno}");
        let id = turno["id"].as_str().unwrap();
        let contado = json!({ "conteos": [{"medio": "efectivo", "contado": "50.00"}] });
        let (estado, turno) = m.post(&format!("/caja/turnos/{id}/cerrar"), "k-6", contado).await;
        assert_eq!((estado, &turno["estado"]), (200, &json!("por_aprobar")));
        assert_eq!(turno["conteos"][0]["diferencia"]["importe"], "-50.00");
        let ruta = format!("/caja/turnos/{id}/aprobar");
        assert_eq!(m.call("POST", &ruta, &[], None).await.0, 403);
    }

    async fn whoever_approves_gives_back_at_once(db: Db) {
        let m = Mundo::new(db).await;
        let c = m.cliente(1).await;
        m.post("/pagos", "k-1", body(&c, "900.00", "transferencia")).await;
        let devolver = json!({ "monto": "500.00", "motivo": "Se va" });
        let (estado, d) = m.post("/pagos/P-1/devolver", "k-2", devolver).await;
        assert_eq!((estado, &d["estado"]), (201, &json!("hecha")));
        let (_, pago) = m.get("/pagos/P-1").await;
        assert_eq!(pago["devuelto"]["importe"], "500.00");
        assert_eq!(pago["devoluciones"][0]["numero"], "D-1");
    }

    async fn every_act_over_http_is_done_once_per_key(db: Db) {
        let m = Mundo::new(db).await;
        let c = m.cliente(1).await;
        let a = m.factura(&c, "2026-10-05", &["100.00"]).await;
        m.post("/pagos", "k-1", body(&c, "100.00", "transferencia")).await;
        let motivo = json!({ "motivo": "Era para otra" });
        for _ in 0..2 {
            let (estado, p) = m.post("/pagos/P-1/desaplicar", "k-2", motivo.clone()).await;
            assert_eq!((estado, &p["a_favor"]["importe"]), (200, &json!("100.00")));
        }
        let elegir = json!({ "partidas": [{"factura_id": a, "linea": 1, "monto": "40.00"}] });
        for _ in 0..2 {
            let (estado, p) = m.post("/pagos/P-1/aplicar", "k-3", elegir.clone()).await;
            assert_eq!((estado, &p["aplicado"]["importe"]), (200, &json!("40.00")), "{p}");
        }
        let cargo = json!({ "clase": "contracargo", "motivo": "Desconoce el cargo" });
        for _ in 0..2 {
            let (estado, p) = m.post("/pagos/P-1/contracargo", "k-4", cargo.clone()).await;
            assert_eq!((estado, &p["estado"]), (200, &json!("contracargado")));
        }
        let (estado, p) = m.post("/pagos/P-1/revertir", "k-5", motivo).await;
        assert_eq!((estado, &p["codigo"]), (409, &json!("estado_no_permite")));
        assert_eq!(m.saldo(&c).await, (10_000, 0));
    }
}
