//! Plan, price, billing day and term through the routes.

use ramal_db::Db;
use ramal_testkit::both_engines;
use serde_json::{Value, json};

use crate::apoyo::{MIGRACIONES, Mundo, f};

async fn clases(mundo: &Mundo) -> Vec<String> {
    let detalle = mundo.get("/servicios/S-1").await;
    let hechos = detalle.json["hechos"].as_array().cloned().unwrap();
    hechos.iter().map(|h| format!("{} {}", h["desde"], h["clase"]).replace('"', "")).collect()
}

both_engines! {
    migraciones: MIGRACIONES;

    async fn a_dearer_plan_begins_today_and_renames_the_service(db: Db) {
        let mundo = Mundo::new(db).await;
        mundo.contratar(json!({"fecha_inicio": "2026-11-15"})).await;
        mundo.facturado_hasta("S-1", "2026-12-15").await;
        let vuelta = mundo.patch("/servicios/S-1", json!({"producto_id": "fibra-200"})).await;
        assert_eq!((vuelta.estado, vuelta.texto("precio")), (200, "99.90"), "{}", vuelta.json);
        assert_eq!(vuelta.texto("descripcion"), "Fibra 200");
        assert_eq!(vuelta.cabecera("etag"), "\"v2\"");
        let s = mundo.servicio("S-1").await;
        assert_eq!((s.revisar_desde, s.proxima_revision), (f("2026-11-20"), Some(f("2026-11-20"))));
        assert_eq!(vuelta.texto("fecha_vencimiento"), "2026-12-15");
    }

    async fn a_scheduled_plan_is_replaced_by_a_later_request(db: Db) {
        let mundo = Mundo::new(db).await;
        mundo.contratar(json!({"fecha_inicio": "2026-11-15", "producto_id": "fibra-200"})).await;
        let baja = mundo.patch("/servicios/S-1", json!({"producto_id": "fibra-50"})).await;
        assert_eq!((baja.texto("precio"), baja.texto("descripcion")), ("99.90", "Fibra 200"));
        mundo.patch("/servicios/S-1", json!({"producto_id": "fibra-100"})).await;
        let esperado = ["2026-11-15 alta", "2026-12-15 cambio_plan", "2026-11-20 anulacion",
            "2026-12-15 cambio_plan"];
        assert_eq!(clases(&mundo).await, esperado);
        let detalle = mundo.get("/servicios/S-1").await;
        let precios: Vec<&str> = detalle.json["tramos"].as_array().unwrap().iter()
            .map(|t| t["precio"].as_str().unwrap()).collect();
        assert_eq!(precios, ["99.90", "79.90"]);
        assert_eq!(mundo.amanece("2026-12-14").await, 0);
        assert_eq!(mundo.amanece("2026-12-15").await, 1);
        let s = mundo.servicio("S-1").await;
        assert_eq!((s.precio.centavos, s.descripcion.as_str()), (7990, "Fibra 100"));
    }

    async fn going_down_at_once_needs_its_permission(db: Db) {
        let mundo = Mundo::new(db).await;
        mundo.contratar(json!({"fecha_inicio": "2026-11-15"})).await;
        let baja = json!({"producto_id": "fibra-50", "momento": "inmediato"});
        let operador = mundo.as_caller(&["servicios:leer", "servicios:editar"]).await;
        let vuelta = operador.patch("/servicios/S-1", baja.clone()).await;
        assert_eq!((vuelta.estado, vuelta.texto("codigo")), (403, "permiso_faltante"));
        assert_eq!(mundo.servicio("S-1").await.hechos, 1);
        let vuelta = mundo.patch("/servicios/S-1", baja).await;
        assert_eq!((vuelta.estado, vuelta.texto("precio")), (200, "59.90"));
    }

    async fn another_billing_day_falls_due_from_its_bridge(db: Db) {
        let mundo = Mundo::new(db).await;
        mundo.contratar(json!({"fecha_inicio": "2026-11-15"})).await;
        mundo.facturado_hasta("S-1", "2026-12-15").await;
        let vuelta = mundo.patch("/servicios/S-1", json!({"dia_facturacion": 1})).await;
        assert_eq!((vuelta.estado, &vuelta.json["dia_facturacion"]), (200, &json!(1)));
        assert_eq!(vuelta.texto("fecha_vencimiento"), "2026-11-20");
        let s = mundo.servicio("S-1").await;
        assert_eq!((s.ancla.limite(0), s.ancla.limite(1)), (f("2026-11-01"), f("2026-12-01")));
        let igual = mundo.patch("/servicios/S-1", json!({"dia_facturacion": 1})).await;
        assert_eq!(igual.json["version"], vuelta.json["version"]);
    }

    async fn a_price_counts_from_its_day(db: Db) {
        let mundo = Mundo::new(db).await;
        mundo.contratar(json!({"fecha_inicio": "2026-11-01"})).await;
        mundo.facturado_hasta("S-1", "2026-12-01").await;
        let sube = json!({"precio": "89.90", "desde": "2027-01-01", "motivo": "Tarifa 2027"});
        assert_eq!(mundo.patch("/servicios/S-1", sube).await.texto("precio"), "79.90");
        assert_eq!(mundo.amanece("2027-01-01").await, 1);
        assert_eq!(mundo.servicio("S-1").await.precio.centavos, 8990);
        let atras = json!({"precio": "85.00", "desde": "2026-11-10"});
        mundo.patch("/servicios/S-1", atras).await;
        assert_eq!(mundo.servicio("S-1").await.revisar_desde, f("2026-11-10"));
    }

    async fn own_data_change_without_touching_billing(db: Db) {
        let mundo = Mundo::new(db).await;
        mundo.contratar(json!({"notas": "vieja"})).await;
        mundo.facturado_hasta("S-1", "2026-12-20").await;
        let cambio = json!({"notas": null, "grupo": "~", "configuracion": {"ip": "10.0.0.1"},
            "requiere_factura": false});
        let vuelta = mundo.patch("/servicios/S-1", cambio.clone()).await;
        assert_eq!((&vuelta.json["notas"], vuelta.texto("grupo")), (&Value::Null, "~"));
        assert_eq!((&vuelta.json["requiere_factura"], &vuelta.json["configuracion"]["ip"]),
            (&json!(false), &json!("10.0.0.1")));
        let s = mundo.servicio("S-1").await;
        assert_eq!((s.hechos, s.version, s.proxima_revision), (1, 2, Some(f("2026-12-20"))));
        assert_eq!(mundo.patch("/servicios/S-1", cambio).await.json["version"], 2);
        let viejo = [("if-match", "\"v1\"")];
        let cambio = Some(json!({"notas": "x"}));
        let vuelta = mundo.call("PATCH", "/servicios/S-1", &viejo, cambio).await;
        assert_eq!((vuelta.estado, vuelta.texto("codigo")), (412, "version_distinta"));
    }

    async fn a_longer_period_keeps_what_a_month_costs(db: Db) {
        let mundo = Mundo::new(db).await;
        mundo.contratar(json!({"fecha_inicio": "2026-11-15"})).await;
        let vuelta = mundo.patch("/servicios/S-1", json!({"periodo_facturacion": "anual"})).await;
        assert_eq!((vuelta.estado, vuelta.texto("precio")), (200, "79.90"), "{}", vuelta.json);
        let esperado = ["2026-12-15 cambio_ancla", "2026-12-15 cambio_plan"];
        assert_eq!(clases(&mundo).await[1..], esperado);
        mundo.patch("/servicios/S-1", json!({"producto_id": "fibra-50"})).await;
        let detalle = mundo.get("/servicios/S-1").await;
        let ultimo = detalle.json["tramos"].as_array().unwrap().last().unwrap().clone();
        assert_eq!(ultimo["precio"], "59.90", "the scheduled year was taken back whole");
        mundo.amanece("2026-12-15").await;
        assert_eq!(mundo.servicio("S-1").await.ancla.meses(), 1);
    }
}
