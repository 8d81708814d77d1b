//! API keys: who gets in, who does not, and what is kept.

use ramal_db::{Consulta, Db, params};
use ramal_plataforma::{Error, NuevaClave, create_clave};
use ramal_testkit::both_engines;
use serde_json::json;

use crate::mundo::Mundo;

const CLAVES: &str = "/api/v1/claves-api";

both_engines! {
    migraciones: [ramal_db::MIGRACIONES, ramal_web::MIGRACIONES, ramal_plataforma::MIGRACIONES];

    async fn a_live_key_gets_in_and_any_other_text_does_not(db: Db) {
        let mundo = Mundo::new(db);
        let buena = mundo.clave("panel", &["claves_api:leer"]).await.texto;
        let otra = mundo.clave("otra", &["claves_api:leer"]).await.texto;
        assert_eq!(mundo.llamar("GET", CLAVES, &buena, "").await.0, 200);
        let injerto = format!("{}{}", &buena[..13], &otra[13..]);
        let sin_base = "rml_00000000_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        for mala in ["", "x", &buena[..buena.len() - 1], injerto.as_str(), sin_base] {
            let (estado, cuerpo) = mundo.llamar("GET", CLAVES, mala, "").await;
            assert_eq!((estado.as_u16(), &cuerpo["codigo"]), (401, &"clave_invalida".into()));
        }
        let basica = mundo.llamar_con("GET", CLAVES, Some(&format!("Basic {buena}")), "").await;
        assert_eq!(basica.0, 401);
        let minuscula = format!("bearer {buena}");
        assert_eq!(mundo.llamar_con("GET", CLAVES, Some(&minuscula), "").await.0, 200);
    }

    async fn a_revoked_key_is_refused_from_then_on(db: Db) {
        let mundo = Mundo::new(db);
        let jefe = mundo.clave("jefe", &["*"]).await.texto;
        let victima = mundo.clave("victima", &["claves_api:leer"]).await;
        assert_eq!(mundo.llamar("GET", CLAVES, &victima.texto, "").await.0, 200);
        let ruta = format!("{CLAVES}/{}", victima.clave.id);
        for _ in 0..2 {
            assert_eq!(mundo.llamar("DELETE", &ruta, &jefe, "").await.0, 204);
        }
        let (estado, cuerpo) = mundo.llamar("GET", CLAVES, &victima.texto, "").await;
        assert_eq!((estado.as_u16(), &cuerpo["codigo"]), (401, &"clave_invalida".into()));
        let sql = "SELECT COUNT(*) FROM eventos WHERE tipo = 'clave_api.revocada'";
        assert_eq!(mundo.db.scalar::<i64>(sql, params![]).await.unwrap(), Some(1));
        let nadie = format!("{CLAVES}/0193f0c8-7a00-7000-8000-000000000001");
        assert_eq!(mundo.llamar("DELETE", &nadie, &jefe, "").await.0, 404);
    }

    async fn nobody_grants_what_he_does_not_have(db: Db) {
        let mundo = Mundo::new(db);
        let permisos = ["claves_api:administrar", "clientes:*"];
        let clave = mundo.clave("administra", &permisos).await.texto;
        for (pedido, estado) in
            [("*", 403), ("facturas:leer", 403), ("*:leer", 403), ("clientes:leer", 201)]
        {
            let cuerpo = json!({"nombre": "nueva", "permisos": [pedido]}).to_string();
            let vuelta = mundo.llamar("POST", CLAVES, &clave, &cuerpo).await;
            assert_eq!(vuelta.0.as_u16(), estado, "{pedido}: {}", vuelta.1);
        }
    }

    async fn the_text_of_a_key_is_shown_once_and_kept_nowhere(db: Db) {
        let mundo = Mundo::new(db);
        let jefe = mundo.clave("jefe", &["*"]).await;
        assert!(!format!("{jefe:?}").contains(&jefe.texto));
        let cuerpo = json!({"nombre": "nueva", "permisos": ["clientes:leer"]}).to_string();
        let (estado, creada) = mundo.llamar("POST", CLAVES, &jefe.texto, &cuerpo).await;
        assert_eq!(estado, 201);
        let texto = creada["texto"].as_str().unwrap();
        let secreto = &texto[13..];
        let (_, lista) = mundo.llamar("GET", CLAVES, &jefe.texto, "").await;
        assert_eq!(lista["datos"].as_array().unwrap().len(), 2);
        assert!(!lista.to_string().contains(secreto));
        for sql in [
            "SELECT nombre || prefijo || huella || permisos FROM claves_api",
            "SELECT COALESCE(antes, '') || COALESCE(despues, '') FROM auditoria",
            "SELECT datos FROM eventos",
        ] {
            let filas: Vec<String> = mundo.db.column(sql, params![]).await.unwrap();
            assert!(!filas.concat().contains(secreto), "{sql}");
        }
    }

    async fn a_repeated_request_gives_the_same_key_and_its_secret_lies_sealed(db: Db) {
        let mundo = Mundo::new(db);
        let jefe = mundo.clave("jefe", &["*"]).await.texto;
        let cuerpo = json!({"nombre": "nueva", "permisos": ["clientes:leer"]}).to_string();
        let primera = mundo.repetible(CLAVES, &jefe, &cuerpo).await;
        assert_eq!(primera.0, 201);
        assert_eq!(mundo.repetible(CLAVES, &jefe, &cuerpo).await, primera);
        let otra = json!({"nombre": "otra", "permisos": ["clientes:leer"]}).to_string();
        assert_eq!(mundo.repetible(CLAVES, &jefe, &otra).await.0, 409);
        let creada: serde_json::Value = serde_json::from_slice(&primera.1).unwrap();
        let texto = creada["texto"].as_str().unwrap();
        let sql = "SELECT cuerpo FROM claves_idempotencia";
        let guardado: Vec<String> = mundo.db.column(sql, params![]).await.unwrap();
        assert!(guardado.len() == 1 && !guardado[0].contains(&texto[13..]));
        let sql = "SELECT COUNT(*) FROM claves_api";
        assert_eq!(mundo.db.scalar::<i64>(sql, params![]).await.unwrap(), Some(2));
    }

    async fn a_name_is_taken_while_its_key_lives(db: Db) {
        let mundo = Mundo::new(db);
        let jefe = mundo.clave("jefe", &["*"]).await.texto;
        let vieja = mundo.clave("panel", &["*"]).await.clave.id;
        let tx = mundo.db.begin().await.unwrap();
        let nueva = NuevaClave { nombre: "panel".into(), permisos: vec!["*".into()] };
        let error = create_clave(&tx, &mundo.cx, nueva).await.unwrap_err();
        assert!(matches!(error, Error::ClaveExists), "{error:?}");
        tx.rollback().await.unwrap();
        mundo.llamar("DELETE", &format!("{CLAVES}/{vieja}"), &jefe, "").await;
        let cuerpo = json!({"nombre": "panel", "permisos": ["*"]}).to_string();
        assert_eq!(mundo.llamar("POST", CLAVES, &jefe, &cuerpo).await.0, 201);
        let vuelta = mundo.llamar("POST", CLAVES, &jefe, &cuerpo).await;
        assert_eq!((vuelta.0.as_u16(), &vuelta.1["codigo"]), (409, &"clave_duplicada".into()));
        let mala = json!({"nombre": " ", "permisos": ["*"]}).to_string();
        assert_eq!(mundo.llamar("POST", CLAVES, &jefe, &mala).await.0, 422);
        let mala = json!({"nombre": "x", "permisos": ["Mal Escrito"]}).to_string();
        assert_eq!(mundo.llamar("POST", CLAVES, &jefe, &mala).await.0, 422);
    }
}
