//! The routes: what they answer, what they refuse, and that a repeated request acts once.

use ramal_db::Db;
use ramal_testkit::both_engines;
use serde_json::{Value, json};

use crate::mundo::{MIGRACIONES, Mundo};
use crate::sala::Puerta;

both_engines! {
    migraciones: MIGRACIONES;

    async fn a_promise_is_granted_once_per_key_and_refused_with_its_reason(db: Db) {
        let m = Mundo::new(db).await;
        let (cliente, ..) = m.deudor(1, "2026-12-05").await;
        m.night("2026-12-09").await;
        let api = Puerta::new(&m, &["*"]).await;
        let cuerpo = json!({ "cliente_id": cliente.codigo(), "fecha": "2026-12-11",
            "canal": "whatsapp" });
        let ruta = format!("/promesas/evaluacion?cliente_id={}&fecha=2026-12-30", cliente.codigo());
        let (estado, evaluacion) = api.get(&ruta).await;
        assert_eq!((estado, evaluacion["concedida"].as_bool()), (200, Some(false)));
        assert_eq!(evaluacion["rechazos"][0]["codigo"], "plazo_largo");
        let clave = [("idempotency-key", "abc-1")];
        let (uno, a) = api.send("POST", "/promesas", &clave, Some(cuerpo.clone())).await;
        let (dos, b) = api.send("POST", "/promesas", &clave, Some(cuerpo.clone())).await;
        assert_eq!((uno, dos), (201, 201));
        assert_eq!(a["id"], b["id"]);
        assert_eq!(a["monto"], json!({ "importe": "79.90", "moneda": "PEN" }));
        let (estado, no) = api.send("POST", "/promesas", &[], Some(cuerpo)).await;
        assert_eq!((estado, no["codigo"].as_str()), (409, Some("promesa_vigente")), "{no}");
        let (_, lista) = api.get("/promesas?estado=vigente").await;
        assert_eq!(lista["datos"].as_array().unwrap().len(), 1);
        let (estado, _) =
            api.send("POST", "/promesas/PR-1/anular", &[], Some(json!({ "motivo": "x" }))).await;
        assert_eq!(estado, 422);
        let motivo = Some(json!({ "motivo": "se arrepintió" }));
        let (estado, anulada) = api.send("POST", "/promesas/PR-1/anular", &[], motivo).await;
        assert_eq!((estado, anulada["estado"].as_str()), (200, Some("anulada")));
        assert_eq!(api.get("/promesas/PR-9").await.0, 404);
    }

    async fn who_owes_and_where_each_service_stands_are_told(db: Db) {
        let m = Mundo::new(db).await;
        let (cliente, ..) = m.deudor(1, "2026-12-05").await;
        m.deudor(2, "2026-11-10").await;
        m.nights("2026-12-09", "2026-12-10").await;
        let api = Puerta::new(&m, &["cobranza:leer"]).await;
        let (_, lista) = api.get("/cobranza/morosos").await;
        let filas = lista["datos"].as_array().unwrap();
        let codigos: Vec<&str> = filas.iter().map(|f| f["cliente"].as_str().unwrap()).collect();
        assert_eq!(codigos, ["C-2", "C-1"], "the oldest debt first");
        let (_, lista) = api.get("/cobranza/morosos?tramo=1-15").await;
        assert_eq!(lista["datos"][0]["cliente"], "C-1");
        assert_eq!(lista["datos"][0]["dias"], 5);
        let (_, nada) = api.get("/cobranza/morosos?tramo=ayer").await;
        assert_eq!(nada["datos"], json!([]));
        let (_, primera) = api.get("/cobranza/morosos?limite=1").await;
        let cursor = primera["siguiente"].as_str().unwrap();
        let (_, segunda) = api.get(&format!("/cobranza/morosos?limite=1&cursor={cursor}")).await;
        assert_eq!(segunda["datos"][0]["cliente"], "C-1");
        let ruta = format!("/clientes/{}/cobranza", cliente.codigo());
        let (estado, vista) = api.get(&ruta).await;
        assert_eq!(estado, 200, "{vista}");
        assert_eq!(vista["servicios"][0]["estado"], "EN_GRACIA");
        assert_eq!(api.send("POST", "/promesas", &[], Some(json!({}))).await.0, 403);
    }

    async fn a_list_is_looked_at_approved_and_executed(db: Db) {
        let m = Mundo::new(db).await;
        m.politica(|p| p.aprobacion.siempre = true).await;
        let (_, servicio, _) = m.deudor(1, "2026-12-05").await;
        m.nights("2026-12-02", "2026-12-10").await;
        m.at("2026-12-10T09:30:00");
        let api = Puerta::new(&m, &["*"]).await;
        let (_, listas) = api.get("/cobranza/cortes").await;
        assert_eq!(listas["datos"][0]["estado"], "por_aprobar");
        let (_, lista) = api.get("/cobranza/cortes/2026-12-10").await;
        assert_eq!(lista["renglones"][0]["servicio_id"], json!(servicio.id));
        assert_eq!(lista["espera"]["codigo"], "siempre");
        let sin = api.send("POST", "/cobranza/cortes/2026-12-10/ejecutar", &[], None).await;
        assert_eq!((sin.0, sin.1["codigo"].as_str()), (409, Some("corte_sin_aprobar")));
        let ruta = "/cobranza/cortes/2026-12-10/aprobar";
        assert_eq!(api.send("POST", ruta, &[], None).await.1["estado"], "aprobada");
        m.work().await;
        assert!(m.suspendido(&servicio).await);
        assert_eq!(api.send("POST", ruta, &[], None).await.0, 409);
        assert_eq!(api.get("/cobranza/cortes/2026-12-11").await.0, 404);
    }

    async fn exemption_and_pause_are_asked_for_by_code(db: Db) {
        let m = Mundo::new(db).await;
        let (_, servicio, _) = m.deudor(1, "2026-12-05").await;
        m.at("2026-12-07T10:00:00");
        let api = Puerta::new(&m, &["*"]).await;
        let ruta = format!("/servicios/{}/exencion", servicio.codigo());
        let sin_motivo = Some(json!({ "hasta": "2026-12-20", "motivo": "" }));
        assert_eq!(api.send("POST", &ruta, &[], sin_motivo).await.0, 422);
        let pedido = Some(json!({ "hasta": "2026-12-20", "motivo": "Hospital" }));
        let (estado, vista) = api.send("POST", &ruta, &[], pedido).await;
        assert_eq!((estado, vista["estado"].as_str()), (200, Some("EXENTO")));
        let (_, vista) = api.send("DELETE", &ruta, &[], None).await;
        assert_eq!(vista["estado"], "VENCIDO");
        let ruta = format!("/servicios/{}/pausa", servicio.codigo());
        let corta = Some(json!({ "hasta": "2026-12-15" }));
        let (estado, no) = api.send("POST", &ruta, &[], corta).await;
        assert_eq!((estado, no["codigo"].as_str()), (409, Some("pausa_corta")));
        let larga = Some(json!({ "hasta": "2027-01-10" }));
        let (estado, pausa) = api.send("POST", &ruta, &[], larga).await;
        assert_eq!((estado, pausa["desde"].as_str()), (201, Some("2026-12-10")), "{pausa}");
        assert_eq!(api.send("DELETE", &ruta, &[], None).await.0, 200);
    }

    async fn a_policy_is_changed_over_the_version_that_was_read(db: Db) {
        let m = Mundo::new(db).await;
        let api = Puerta::new(&m, &["*"]).await;
        let (_, antes) = api.get("/cobranza/politica").await;
        assert_eq!((antes["version"].as_i64(), antes["politica"]["gracia_dias"].as_i64()),
            (Some(0), Some(3)));
        let put = |version: i64, politica: Value| {
            Some(json!({ "version": version, "politica": politica }))
        };
        let ruta = "/cobranza/politica";
        let nueva = put(0, json!({ "gracia_dias": 5 }));
        let (estado, hecha) = api.send("PUT", ruta, &[], nueva.clone()).await;
        assert_eq!((estado, hecha["version"].as_i64()), (200, Some(1)), "{hecha}");
        assert_eq!(api.send("PUT", ruta, &[], nueva).await.0, 412);
        let (estado, mala) =
            api.send("PUT", ruta, &[], put(1, json!({ "hora_corte": 20, "hora_fin": 9 }))).await;
        assert_eq!(estado, 422);
        assert_eq!(mala["errores"][0]["campo"], "hora_corte");
        let segmento = "/cobranza/politica?segmento=RUC";
        let quince = put(0, json!({ "gracia_dias": 15 }));
        assert_eq!(api.send("PUT", segmento, &[], quince).await.0, 200);
        let reglas = m.reglas().await;
        assert_eq!(reglas.of(None, "RUC").0.gracia_dias, 15);
        assert_eq!(reglas.of(None, "DNI").0.gracia_dias, 5);
    }

    async fn the_calendar_explains_the_next_day_and_takes_days_of_a_zone(db: Db) {
        let m = Mundo::new(db).await;
        let api = Puerta::new(&m, &["*"]).await;
        let (_, c) = api.get("/cobranza/calendario?desde=2026-12-07").await;
        assert_eq!(c["corte"], "2026-12-10");
        let motivos: Vec<&str> =
            c["antes"].as_array().unwrap().iter().map(|d| d["motivo"].as_str().unwrap()).collect();
        assert_eq!(motivos, ["vispera", "feriado", "feriado"]);
        let dia =
            json!({ "fecha": "2026-12-10", "clase": "sin_reconexion", "nombre": "Inventario" });
        let (estado, creado) = api.send("POST", "/cobranza/calendario", &[], Some(dia)).await;
        assert_eq!(estado, 201);
        let (_, c) = api.get("/cobranza/calendario?desde=2026-12-07").await;
        assert_eq!(c["corte"], "2026-12-14");
        let ruta = format!("/cobranza/calendario/{}", creado["id"].as_str().unwrap());
        assert_eq!(api.send("DELETE", &ruta, &[], None).await.0, 204);
        assert_eq!(api.send("DELETE", &ruta, &[], None).await.0, 404);
    }
}
