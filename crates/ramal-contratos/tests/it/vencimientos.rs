//! Due dates and the summary of a customer's services (C-07), at their edges.

use ramal_base::{Dinero, Instante, Moneda};
use ramal_clientes::referencia;
use ramal_contratos::resumen_servicios;
use ramal_db::{Consulta, Db, params};
use ramal_testkit::both_engines;
use serde_json::{Value, json};

use crate::apoyo::{MIGRACIONES, Mundo, f};

async fn de_ana(mundo: &Mundo) -> Vec<(String, i64)> {
    let vuelta = mundo.get("/clientes/C-1/servicios").await;
    let datos = vuelta.json["datos"].as_array().cloned().unwrap();
    let par = |s: &Value| {
        let estado = s["estado_vencimiento"].as_str().unwrap().to_owned();
        (estado, s["dias_restantes"].as_i64().unwrap())
    };
    datos.iter().map(par).collect()
}

both_engines! {
    migraciones: MIGRACIONES;

    async fn it_falls_due_today_until_midnight_of_the_company(db: Db) {
        let mundo = Mundo::new(db).await;
        mundo.contratar(json!({"fecha_inicio": "2026-10-25"})).await;
        mundo.facturado_hasta("S-1", "2026-11-25").await;
        let casos = [
            ("2026-11-21T15:00:00Z", "AL_DIA", 4),
            ("2026-11-22T15:00:00Z", "POR_VENCER", 3),
            ("2026-11-25T04:59:59Z", "POR_VENCER", 1),
            ("2026-11-25T05:00:00Z", "VENCE_HOY", 0),
            ("2026-11-26T04:59:59Z", "VENCE_HOY", 0),
            ("2026-11-26T05:00:00Z", "VENCIDO", -1),
        ];
        for (instante, estado, dias) in casos {
            mundo.reloj.set(Instante::parse(instante).unwrap());
            assert_eq!(de_ana(&mundo).await, [(estado.to_owned(), dias)], "{instante}");
        }
        mundo.post("/servicios/S-1/suspender", json!({})).await;
        assert_eq!(de_ana(&mundo).await[0].0, "INACTIVO");
    }

    async fn a_fact_recorded_on_the_day_of_billing_does_not_make_it_due_again(db: Db) {
        let mundo = Mundo::new(db).await;
        mundo.contratar(json!({"fecha_inicio": "2026-10-20"})).await;
        mundo.facturado_hasta("S-1", "2026-12-20").await;
        mundo.patch("/servicios/S-1", json!({"precio": "81.00"})).await;
        assert_eq!(mundo.servicio("S-1").await.proxima_revision, Some(f("2026-11-20")));
        assert_eq!(de_ana(&mundo).await, [("AL_DIA".to_owned(), 30)]);
    }

    async fn two_services_of_one_customer_keep_their_own_days(db: Db) {
        let mundo = Mundo::new(db.clone()).await;
        mundo.contratar(json!({"fecha_inicio": "2026-10-31"})).await;
        mundo.contratar(json!({"fecha_inicio": "2026-11-05", "producto_id": "hosting"})).await;
        mundo.contratar(json!({"fecha_inicio": "2026-11-10", "precio": "100.01",
            "periodo_facturacion": "anual"})).await;
        mundo.facturado_hasta("S-1", "2026-11-30").await;
        mundo.facturado_hasta("S-2", "2027-11-05").await;
        mundo.post("/servicios/S-3/suspender", json!({})).await;
        let vuelta = mundo.get("/clientes/C-1/servicios").await;
        let vence = |i: usize| vuelta.json["datos"][i]["fecha_vencimiento"].clone();
        assert_eq!([vence(0), vence(1)], [json!("2026-11-30"), json!("2027-11-05")]);
        let resumen = &vuelta.json["resumen"];
        assert_eq!(resumen["servicios_activos"], 2);
        let esperado = json!([{"importe": "89.90", "moneda": "PEN"}]);
        assert_eq!(resumen["monto_mensual"], esperado, "79.90 and a twelfth of 120.00");
        assert_eq!(resumen["proximo_vencimiento"], "2026-11-30");
        let ana = referencia::resolve(&db, "C-1").await.unwrap();
        let resumen = resumen_servicios(&db, ana, f("2026-11-20")).await.unwrap();
        assert_eq!(resumen.monto_mensual, [Dinero::new(8990, Moneda::Pen)]);
        let beto = mundo.get("/clientes/C-2/servicios").await;
        assert_eq!(beto.json["resumen"]["monto_mensual"], json!([]));
    }

    async fn a_service_that_ends_before_its_next_period_owes_no_other(db: Db) {
        let mundo = Mundo::new(db.clone()).await;
        mundo.contratar(json!({"fecha_inicio": "2026-11-01"})).await;
        mundo.facturado_hasta("S-1", "2026-12-01").await;
        let vuelta = mundo.post("/servicios/S-1/cancelar", json!({"fecha": "2026-12-01"})).await;
        assert_eq!(vuelta.json["fecha_vencimiento"], Value::Null);
        assert_eq!(vuelta.texto("estado_vencimiento"), "AL_DIA");
        let sql = "SELECT COUNT(*) FROM v_servicios_cliente WHERE fecha_vencimiento IS NULL";
        assert_eq!(db.scalar::<i64>(sql, params![]).await.unwrap(), Some(1));
    }

    async fn the_list_finds_what_falls_due_and_pages_by_number(db: Db) {
        let mundo = Mundo::new(db).await;
        let dias = ["2026-11-21", "2026-12-01", "2026-11-10", "2026-11-30"];
        for (i, vence) in dias.iter().enumerate() {
            mundo.contratar(json!({"fecha_inicio": "2026-10-01"})).await;
            mundo.facturado_hasta(&format!("S-{}", i + 1), vence).await;
        }
        let codigos = |v: &crate::apoyo::Vuelta| -> Vec<String> {
            v.json["datos"].as_array().unwrap().iter()
                .map(|s| s["codigo"].as_str().unwrap().to_owned()).collect()
        };
        let vuelta = mundo.get("/servicios?vence_antes_de=2026-11-30").await;
        assert_eq!(codigos(&vuelta), ["S-1", "S-3"]);
        let primera = mundo.get("/servicios?limite=3&cliente_id=C-1&producto=fibra-100").await;
        assert_eq!(codigos(&primera), ["S-1", "S-2", "S-3"]);
        let cursor = primera.texto("siguiente");
        let segunda = mundo.get(&format!("/servicios?limite=3&cursor={cursor}")).await;
        assert_eq!(codigos(&segunda), ["S-4"]);
        assert_eq!(segunda.json["siguiente"], Value::Null);
        assert_eq!(codigos(&mundo.get("/servicios?estado=cancelado").await), [""; 0]);
        assert_eq!(mundo.get("/servicios?cursor=x").await.campos(), ["cursor"]);
        assert_eq!(mundo.get("/servicios?cliente_id=x").await.campos(), ["cliente_id"]);
        assert_eq!(mundo.get("/servicios?estado=roto").await.estado, 422);
        assert_eq!(mundo.get("/servicios?producto=humo").await.estado, 404);
    }
}
