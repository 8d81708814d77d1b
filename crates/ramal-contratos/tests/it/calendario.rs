//! What the calendar does by itself: scheduled facts and terms reach their day, once.

use ramal_contratos::EstadoServicio;
use ramal_db::{Consulta, Db, params};
use ramal_jobs::{Obrero, Registro};
use ramal_testkit::both_engines;
use serde_json::json;

use crate::apoyo::{MIGRACIONES, Mundo, f};

both_engines! {
    migraciones: MIGRACIONES;

    async fn a_scheduled_cancellation_happens_on_its_day_and_is_told_once(db: Db) {
        let mundo = Mundo::new(db).await;
        mundo.contratar(json!({"fecha_inicio": "2026-11-01"})).await;
        mundo.post("/servicios/S-1/cancelar", json!({"fecha": "2026-12-10"})).await;
        assert_eq!(mundo.amanece("2026-12-09").await, 0);
        assert_eq!(mundo.servicio("S-1").await.estado, EstadoServicio::Activo);
        assert_eq!((mundo.amanece("2026-12-12").await, mundo.amanece("2026-12-12").await), (1, 0));
        let s = mundo.servicio("S-1").await;
        assert_eq!((s.estado, s.fin), (EstadoServicio::Cancelado, Some(f("2026-12-10"))));
        assert_eq!(mundo.eventos().await.iter().filter(|t| *t == "servicio.cancelado").count(), 1);
    }

    async fn a_term_that_does_not_renew_ends_and_can_be_renewed(db: Db) {
        let mundo = Mundo::new(db).await;
        mundo.contratar(json!({"fecha_inicio": "2026-11-01", "auto_renovacion": false})).await;
        let s = mundo.servicio("S-1").await;
        assert_eq!((s.fin, s.auto_renovacion), (Some(f("2026-12-01")), false));
        assert_eq!(mundo.amanece("2026-12-01").await, 1);
        assert_eq!(mundo.servicio("S-1").await.estado, EstadoServicio::Vencido);
        assert_eq!(mundo.eventos().await.last().unwrap(), "servicio.vencido");
        let vuelta = mundo.post("/servicios/S-1/suspender", json!({})).await;
        assert_eq!((vuelta.estado, vuelta.texto("codigo")), (409, "servicio_vencido"));
        mundo.amanece("2026-12-05").await;
        let vuelta = mundo.post("/servicios/S-1/reactivar", json!({})).await;
        assert_eq!((vuelta.estado, vuelta.texto("estado")), (200, "activo"));
        assert_eq!(vuelta.json["auto_renovacion"], true);
        let detalle = mundo.get("/servicios/S-1").await;
        let desde: Vec<&str> = detalle.json["tramos"].as_array().unwrap().iter()
            .map(|t| t["desde"].as_str().unwrap()).collect();
        assert_eq!(desde, ["2026-11-01", "2026-12-05"], "the days between are nobody's");
    }

    async fn the_schedule_asks_for_the_job_after_midnight_of_the_company(db: Db) {
        let mundo = Mundo::new(db.clone()).await;
        mundo.contratar(json!({"fecha_inicio": "2026-11-01"})).await;
        mundo.post("/servicios/S-1/suspender", json!({"fecha": "2026-11-21"})).await;
        let zona = ramal_base::Zona::parse("America/Lima").unwrap();
        let mut registro = Registro::new();
        for manejador in ramal_contratos::manejadores(&db, &mundo.cx) {
            registro = registro.handler(manejador);
        }
        for horario in ramal_contratos::horarios(&zona) {
            registro = registro.schedule(horario);
        }
        let obrero = Obrero::new(db.clone(), mundo.cx.clone(), registro);
        obrero.drain().await.unwrap();
        mundo.reloj.set(ramal_base::Instante::parse("2026-11-21T05:04:00Z").unwrap());
        obrero.drain().await.unwrap();
        assert_eq!(mundo.servicio("S-1").await.estado, EstadoServicio::Activo);
        mundo.reloj.set(ramal_base::Instante::parse("2026-11-21T05:05:00Z").unwrap());
        obrero.drain().await.unwrap();
        assert_eq!(mundo.servicio("S-1").await.estado, EstadoServicio::Suspendido);
        let pendientes = "SELECT COUNT(*) FROM servicios WHERE cambia IS NOT NULL";
        assert_eq!(db.scalar::<i64>(pendientes, params![]).await.unwrap(), Some(0));
    }
}
