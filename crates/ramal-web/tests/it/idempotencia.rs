//! Repeating with a key: one effect, one answer.

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::Response;
use axum::routing::post;
use ramal_db::{Consulta, Db, Migracion, params};
use ramal_testkit::both_engines;
use ramal_web::{App, ClaveIdempotencia, Parsed, Problem, Rutas, Sitio, assemble, idempotencia};
use serde::Deserialize;
use serde_json::json;

use crate::llamada::{Vuelta, app, llamar};

const EFECTOS: &[Migracion] = &[Migracion {
    id: "20261120_2300_efectos_de_prueba",
    sql: "CREATE TABLE efectos (id UUID NOT NULL PRIMARY KEY, n BIGINT NOT NULL)",
    postgres: None,
}];

#[derive(Deserialize)]
struct Cmd {
    n: i64,
}

/// Inserts an effect; a negative one fails after having written, so that the rollback shows.
async fn crear(
    State(app): State<App>,
    idem: ClaveIdempotencia,
    Parsed(cmd): Parsed<Cmd>,
) -> Result<Response, Problem> {
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let id = app.cx.new_id::<Cmd>();
    tx.exec("INSERT INTO efectos (id, n) VALUES ($1, $2)", params![id, cmd.n]).await?;
    if cmd.n < 0 {
        return Err(Problem::campo("n", "negativo", "Debe ser positivo."));
    }
    let lugar = [(header::LOCATION, format!("/efectos/{id}"))];
    let cuerpo = json!({"id": id.to_string(), "n": cmd.n, "nombre": "Ñandú"});
    let respuesta =
        idem.remember_with(&tx, &app.cx, (StatusCode::CREATED, &lugar), &cuerpo).await?;
    tx.commit().await?;
    Ok(respuesta)
}

fn router(db: &Db) -> Router {
    let rutas = Rutas::new().route("/efectos", post(crear)).route("/otros", post(crear));
    assemble(app(db.clone()), vec![rutas], Sitio::new())
}

async fn pedir(router: &Router, ruta: &str, clave: Option<&str>, cuerpo: &str) -> Vuelta {
    let mut cabeceras = vec![("content-type", "application/json"), ("authorization", "Bearer a")];
    cabeceras.extend(clave.map(|c| ("idempotency-key", c)));
    llamar(router, "POST", ruta, &cabeceras, cuerpo).await
}

async fn efectos(db: &Db) -> i64 {
    db.scalar("SELECT COUNT(*) FROM efectos", params![]).await.unwrap().unwrap()
}

const RUTA: &str = "/api/v1/efectos";

both_engines! {
    migraciones: [ramal_db::MIGRACIONES, ramal_web::MIGRACIONES, EFECTOS];

    async fn a_body_that_cannot_be_read_is_another_body_for_a_used_key(db: Db) {
        let router = router(&db);
        for roto in [r#"{"n":"siete"}"#, "{}", "no es json"] {
            let antes = pedir(&router, RUTA, Some(&format!("k-{}", roto.len())), roto).await;
            assert!(antes.estado == 422 || antes.estado == 400, "{}", antes.texto());
        }
        pedir(&router, RUTA, Some("k-1"), r#"{"n":7}"#).await;
        for roto in [r#"{"n":"siete"}"#, "{}", "no es json"] {
            let vuelta = pedir(&router, RUTA, Some("k-1"), roto).await;
            assert_eq!(vuelta.estado, 409, "{}", vuelta.texto());
            assert_eq!(vuelta.json()["codigo"], "idempotencia_cuerpo_distinto");
        }
        assert_eq!(efectos(&db).await, 1);
    }

    async fn fifty_parallel_requests_with_one_key_have_one_effect(db: Db) {
        let router = router(&db);
        let tareas: Vec<_> = (0..50)
            .map(|_| {
                let router = router.clone();
                tokio::spawn(async move { pedir(&router, RUTA, Some("k-1"), r#"{"n":7}"#).await })
            })
            .collect();
        let mut vueltas = Vec::new();
        for tarea in tareas {
            vueltas.push(tarea.await.unwrap());
        }
        assert_eq!(efectos(&db).await, 1);
        for vuelta in &vueltas {
            assert_eq!(vuelta.estado, 201, "{}", vuelta.texto());
            assert_eq!(vuelta.cuerpo, vueltas[0].cuerpo);
            assert_eq!(vuelta.cabecera("location"), vueltas[0].cabecera("location"));
            assert_eq!(vuelta.cabecera("content-type"), "application/json");
        }
        assert_eq!(vueltas[0].json()["nombre"], "Ñandú");
    }

    async fn a_key_used_for_something_else_is_refused(db: Db) {
        let router = router(&db);
        assert_eq!(pedir(&router, RUTA, Some("k"), r#"{"n":1}"#).await.estado, 201);
        for (ruta, cuerpo) in [
            (RUTA, r#"{"n":2}"#),
            (RUTA, r#"{"n": 1}"#),
            ("/api/v1/otros", r#"{"n":1}"#),
            ("/api/v1/efectos?x=1", r#"{"n":1}"#),
        ] {
            let vuelta = pedir(&router, ruta, Some("k"), cuerpo).await;
            assert_eq!(vuelta.estado, 409, "{ruta} {cuerpo}");
            assert_eq!(vuelta.json()["codigo"], "idempotencia_cuerpo_distinto");
        }
        assert_eq!(efectos(&db).await, 1);
    }

    async fn two_callers_may_use_the_same_key(db: Db) {
        let router = router(&db);
        for quien in ["Bearer a", "Bearer b"] {
            let cabeceras = [
                ("content-type", "application/json"),
                ("authorization", quien),
                ("idempotency-key", "k"),
            ];
            let vuelta = llamar(&router, "POST", RUTA, &cabeceras, r#"{"n":1}"#).await;
            assert_eq!(vuelta.estado, 201);
        }
        assert_eq!(efectos(&db).await, 2);
    }

    async fn a_refused_request_does_not_burn_its_key(db: Db) {
        let router = router(&db);
        assert_eq!(pedir(&router, RUTA, Some("k"), r#"{"n":-1}"#).await.estado, 422);
        assert_eq!(efectos(&db).await, 0);
        assert_eq!(pedir(&router, RUTA, Some("k"), r#"{"n":1}"#).await.estado, 201);
        assert_eq!(efectos(&db).await, 1);
    }

    async fn without_a_key_every_request_counts(db: Db) {
        let router = router(&db);
        for _ in 0..2 {
            assert_eq!(pedir(&router, RUTA, None, r#"{"n":1}"#).await.estado, 201);
        }
        assert_eq!(efectos(&db).await, 2);
    }

    async fn a_key_that_is_not_visible_ascii_is_refused(db: Db) {
        let router = router(&db);
        let larga = "x".repeat(256);
        for mala in ["", "con espacio", "ñ", larga.as_str()] {
            let vuelta = pedir(&router, RUTA, Some(mala), r#"{"n":1}"#).await;
            assert_eq!(vuelta.estado, 400, "{mala}");
            assert_eq!(vuelta.json()["codigo"], "idempotencia_clave_invalida");
        }
        assert_eq!(pedir(&router, RUTA, Some(&larga[1..]), r#"{"n":1}"#).await.estado, 201);
        assert_eq!(efectos(&db).await, 1);
    }

    async fn old_keys_are_forgotten_and_young_ones_stay(db: Db) {
        let router = router(&db);
        pedir(&router, RUTA, Some("k"), r#"{"n":1}"#).await;
        let ahora = ramal_testkit::cx_fijo().now();
        for (antes, borradas) in [(ahora, 0), (ahora.plus_millis(1), 1)] {
            let tx = db.begin().await.unwrap();
            assert_eq!(idempotencia::purge(&tx, antes).await.unwrap(), borradas);
            tx.commit().await.unwrap();
        }
    }
}
