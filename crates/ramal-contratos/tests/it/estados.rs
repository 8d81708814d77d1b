//! The state machine through the routes: what is allowed, what moves the marks, what is told.

use ramal_db::{Consulta, Db, params};
use ramal_testkit::both_engines;
use serde_json::json;

use crate::apoyo::{MIGRACIONES, Mundo, f};

both_engines! {
    migraciones: MIGRACIONES;

    async fn each_step_is_allowed_once_and_refused_with_its_code(db: Db) {
        let mundo = Mundo::new(db).await;
        mundo.contratar(json!({"fecha_inicio": "2026-11-01"})).await;
        let pasos = [
            ("reactivar", 409, "servicio_ya_activo"),
            ("suspender", 200, "suspendido"),
            ("suspender", 409, "servicio_ya_suspendido"),
            ("reactivar", 200, "activo"),
            ("suspender", 200, "suspendido"),
            ("cancelar", 200, "cancelado"),
            ("cancelar", 409, "servicio_cancelado"),
            ("reactivar", 409, "servicio_cancelado"),
            ("suspender", 409, "servicio_cancelado"),
        ];
        for (paso, estado, palabra) in pasos {
            let vuelta = mundo.post(&format!("/servicios/S-1/{paso}"), json!({})).await;
            let texto = if estado == 200 { "estado" } else { "codigo" };
            assert_eq!((vuelta.estado, vuelta.texto(texto)), (estado, palabra), "{paso}");
        }
        let eventos = mundo.eventos().await;
        let contados: Vec<&str> =
            eventos.iter().map(String::as_str).filter(|t| *t != "contrato.modificado").collect();
        let esperados = ["servicio.contratado", "servicio.suspendido", "servicio.reactivado",
            "servicio.suspendido", "servicio.cancelado"];
        assert_eq!(contados, esperados);
        assert_eq!(eventos.len(), 9, "each recorded change is told once: {eventos:?}");
    }

    async fn a_back_dated_suspension_takes_the_marks_back_to_its_day(db: Db) {
        let mundo = Mundo::new(db.clone()).await;
        mundo.contratar(json!({"fecha_inicio": "2026-11-01"})).await;
        mundo.facturado_hasta("S-1", "2026-12-01").await;
        let orden = json!({"fecha": "2026-11-10", "motivo": "Deuda de octubre"});
        let vuelta = mundo.post("/servicios/S-1/suspender", orden).await;
        assert_eq!((vuelta.estado, vuelta.texto("estado")), (200, "suspendido"));
        assert_eq!(vuelta.texto("fecha_vencimiento"), "2026-12-01", "nothing new falls due");
        let s = mundo.servicio("S-1").await;
        assert_eq!((s.revisar_desde, s.proxima_revision), (f("2026-11-10"), Some(f("2026-11-20"))));
        assert_eq!((s.hechos, s.version), (2, 2));
        let detalle = mundo.get("/servicios/S-1").await;
        assert_eq!(detalle.json["hechos"][1]["motivo"], "Deuda de octubre");
        assert_eq!(detalle.json["tramos"][1]["precio"], "0.00");
        assert_eq!(detalle.json["tramos"][1]["motivo"], "suspendido");
        let antes = json!({"fecha": "2026-10-31"});
        let vuelta = mundo.post("/servicios/S-1/cancelar", antes).await;
        assert_eq!((vuelta.estado, vuelta.campos()), (422, vec!["fecha".to_owned()]));
        let sql = "SELECT COUNT(*) FROM auditoria WHERE accion = 'servicio.suspender' \
            AND antes LIKE '%activo%' AND despues LIKE '%Deuda de octubre%'";
        assert_eq!(db.scalar::<i64>(sql, params![]).await.unwrap(), Some(1));
    }

    async fn a_future_fact_leaves_older_doubts_and_moves_only_the_look(db: Db) {
        let mundo = Mundo::new(db).await;
        mundo.contratar(json!({"fecha_inicio": "2026-11-01"})).await;
        mundo.facturado_hasta("S-1", "2026-12-01").await;
        let vuelta = mundo.post("/servicios/S-1/cancelar", json!({"fecha": "2027-01-15"})).await;
        assert_eq!((vuelta.texto("estado"), vuelta.texto("fecha_fin")), ("activo", "2027-01-15"));
        let s = mundo.servicio("S-1").await;
        assert_eq!((s.revisar_desde, s.proxima_revision), (f("2026-12-01"), Some(f("2026-11-20"))));
        let movida = mundo.post("/servicios/S-1/cancelar", json!({"fecha": "2027-02-15"})).await;
        assert_eq!((movida.estado, movida.texto("fecha_fin")), (200, "2027-02-15"));
        let quitada = mundo.post("/servicios/S-1/reactivar", json!({})).await;
        assert_eq!((quitada.estado, &quitada.json["fecha_fin"]), (200, &json!(null)));
        assert_eq!(mundo.servicio("S-1").await.hechos, 5);
    }

    async fn a_pause_is_lifted_as_a_pause(db: Db) {
        let mundo = Mundo::new(db).await;
        mundo.contratar(json!({"fecha_inicio": "2026-11-01"})).await;
        let pausa = json!({"clase": "pausa", "fecha": "2026-11-15"});
        let vuelta = mundo.post("/servicios/S-1/suspender", pausa).await;
        assert_eq!(vuelta.texto("estado"), "suspendido");
        let vuelta = mundo.post("/servicios/S-1/reactivar", json!({})).await;
        assert_eq!(vuelta.texto("estado"), "activo");
        let detalle = mundo.get("/servicios/S-1").await;
        let clases: Vec<&str> = detalle.json["hechos"].as_array().unwrap().iter()
            .map(|h| h["clase"].as_str().unwrap()).collect();
        assert_eq!(clases, ["alta", "pausa", "fin_pausa"]);
        let motivos: Vec<&str> = detalle.json["tramos"].as_array().unwrap().iter()
            .map(|t| t["motivo"].as_str().unwrap()).collect();
        assert_eq!(motivos, ["normal", "pausado", "normal"]);
    }

    async fn a_repeated_suspension_with_its_key_answers_the_same(db: Db) {
        let mundo = Mundo::new(db).await;
        mundo.contratar(json!({})).await;
        let pedir = || async {
            let clave = [("idempotency-key", "corte-1")];
            mundo.call("POST", "/servicios/S-1/suspender", &clave, Some(json!({}))).await
        };
        let (uno, dos) = (pedir().await, pedir().await);
        assert_eq!((uno.estado, dos.estado), (200, 200));
        assert_eq!((uno.json, mundo.servicio("S-1").await.hechos), (dos.json, 2));
    }

    async fn a_run_and_a_suspension_of_one_customer_do_not_overwrite_each_other(db: Db) {
        let mundo = Mundo::new(db.clone()).await;
        mundo.contratar(json!({"fecha_inicio": "2026-11-01"})).await;
        let s = mundo.servicio("S-1").await;
        let tx = db.begin().await.unwrap();
        ramal_clientes::storage::lock(&tx, s.cliente_id).await.unwrap();
        let otro = mundo.clone();
        let mut corte = tokio::spawn(async move {
            otro.post("/servicios/S-1/suspender", json!({"fecha": "2026-11-10"})).await.estado
        });
        // Only a wait shows that the change is held back while the run has the customer.
        let espera = std::time::Duration::from_millis(300);
        assert!(tokio::time::timeout(espera, &mut corte).await.is_err(), "it did not wait");
        let proxima = Some(f("2026-12-01"));
        let revisado = ramal_contratos::storage::Revisado {
            servicio: s.id, revisar_desde: f("2026-12-01"), proxima_revision: proxima,
        };
        ramal_contratos::storage::mark_revisado(&tx, &[revisado]).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(corte.await.unwrap(), 200);
        let s = mundo.servicio("S-1").await;
        assert_eq!((s.revisar_desde, s.proxima_revision), (f("2026-11-10"), Some(f("2026-11-20"))));
    }
}
