//! The routes: status, headers and bodies that callers rely on.

use ramal_db::{Consulta, Db, params};
use ramal_testkit::both_engines;
use serde_json::{Value, json};

use crate::apoyo::{MIGRACIONES, Mundo};

fn ferreteria() -> Value {
    json!({
        "tipo_documento": "RUC", "numero_documento": "20131312955",
        "razon_social": "Ferretería San Andrés S.R.L.", "telefono": "987654321",
        "consentimientos": [{"finalidad": "cobranza", "canal": "whatsapp", "otorgado": true}],
    })
}

async fn filas(db: &Db) -> i64 {
    db.scalar("SELECT COUNT(*) FROM clientes", params![]).await.unwrap().unwrap()
}

both_engines! {
    migraciones: MIGRACIONES;

    async fn a_signup_tells_where_the_customer_is(db: Db) {
        let mundo = Mundo::new(db).await;
        let creado = mundo.post("/clientes", ferreteria()).await;
        assert_eq!((creado.estado, creado.cabecera("etag")), (201, "\"v1\""));
        let id = creado.json["id"].as_str().unwrap();
        assert_eq!(creado.cabecera("location"), format!("/api/v1/clientes/{id}"));
        assert_eq!(creado.json["codigo"], "C-1");
        assert_eq!(creado.json["telefono"], "+51987654321");
        for nombre in [id, "C-1", "c-1", "1"] {
            let leido = mundo.get(&format!("/clientes/{nombre}")).await;
            assert_eq!((leido.estado, leido.json["id"].as_str()), (200, Some(id)), "{nombre}");
            assert_eq!(leido.cabecera("etag"), "\"v1\"");
            assert_eq!(leido.json["consentimientos"][0]["version"], 1);
        }
        let segundo = mundo.post("/clientes", ferreteria()).await;
        assert_eq!((segundo.estado, &segundo.json["codigo"]), (409, &json!("cliente_duplicado")));
    }

    async fn an_unknown_customer_is_404_and_a_bad_name_is_422(db: Db) {
        let mundo = Mundo::new(db).await;
        for id in ["C-9", "9223372036854775807", "0198c0de-0000-7000-8000-000000000001"] {
            for ruta in [format!("/clientes/{id}"), format!("/clientes/{id}/consentimientos")] {
                let vuelta = mundo.get(&ruta).await;
                assert_eq!(vuelta.estado, 404, "{ruta}");
                assert_eq!(vuelta.json["codigo"], "cliente_no_encontrado");
            }
        }
        let vuelta = mundo.get("/clientes/pedro").await;
        assert_eq!((vuelta.estado, vuelta.campos()[0].0.as_str()), (422, "id"));
        let domicilio = json!({"linea": "Calle 5"});
        assert_eq!(mundo.post("/clientes/C-9/domicilios", domicilio).await.estado, 404);
        let contacto = json!({"nombre": "Ana"});
        assert_eq!(mundo.post("/clientes/C-9/contactos", contacto).await.estado, 404);
    }

    async fn every_bad_field_of_a_signup_is_named(db: Db) {
        let mundo = Mundo::new(db.clone()).await;
        let malo = json!({
            "tipo_documento": "RUC", "numero_documento": "20131312956", "razon_social": "",
            "email": "nada", "telefono": "12",
            "domicilios": [{"linea": "", "codigo_postal": "1"}],
            "contactos": [{"nombre": "", "email": "x"}],
            "consentimientos": [{"finalidad": "todo", "canal": "humo", "otorgado": true}],
        });
        let vuelta = mundo.post("/clientes", malo).await;
        let campos: Vec<String> = vuelta.campos().into_iter().map(|(c, _)| c).collect();
        let esperados = [
            "numero_documento",
            "razon_social",
            "email",
            "telefono",
            "domicilios[0].linea",
            "domicilios[0].codigo_postal",
            "contactos[0].nombre",
            "contactos[0].email",
            "consentimientos[0].finalidad",
            "consentimientos[0].canal",
        ];
        assert_eq!((vuelta.estado, vuelta.json["codigo"].as_str()), (422, Some("datos_invalidos")));
        assert_eq!(campos, esperados);
        let vacio = mundo.post("/clientes", json!({})).await;
        let campos: Vec<String> = vacio.campos().into_iter().map(|(c, _)| c).collect();
        assert_eq!(campos, ["tipo_documento", "numero_documento", "razon_social"]);
        assert_eq!(filas(&db).await, 0);
    }

    async fn a_change_over_an_old_reading_is_refused(db: Db) {
        let mundo = Mundo::new(db).await;
        mundo.post("/clientes", ferreteria()).await;
        let cambio = |nombre: &str| Some(json!({"razon_social": nombre}));
        let v1 = [("if-match", "\"v1\"")];
        let bien = mundo.call("PATCH", "/clientes/C-1", &v1, cambio("Nueva")).await;
        assert_eq!((bien.estado, bien.cabecera("etag")), (200, "\"v2\""));
        let viejo = mundo.call("PATCH", "/clientes/C-1", &v1, cambio("Vieja")).await;
        assert_eq!((viejo.estado, &viejo.json["codigo"]), (412, &json!("version_distinta")));
        let libre = mundo.call("PATCH", "/clientes/C-1", &[], cambio("Libre")).await;
        assert_eq!((libre.estado, libre.json["version"].as_i64()), (200, Some(3)));
        let ajeno = json!({"numero_documento": "20131312955"});
        let vuelta = mundo.call("PATCH", "/clientes/C-1", &[], Some(ajeno)).await;
        assert_eq!(vuelta.campos()[0], ("numero_documento".into(), "campo_desconocido".into()));
    }

    async fn a_change_is_in_the_audit_trail_with_before_and_after(db: Db) {
        let mundo = Mundo::new(db.clone()).await;
        mundo.post("/clientes", ferreteria()).await;
        let cambio = Some(json!({"email": "pagos@ejemplo.pe"}));
        mundo.call("PATCH", "/clientes/C-1", &[], cambio).await;
        let donde = "FROM auditoria WHERE accion = 'cliente.actualizar' AND actor = 'clave:prueba'";
        let leer = async |columna: &str| -> Value {
            let sql = format!("SELECT {columna} {donde}");
            let texto: Option<String> = db.scalar(&sql, params![]).await.unwrap();
            serde_json::from_str(&texto.unwrap()).unwrap()
        };
        assert_eq!(leer("antes").await["email"], Value::Null);
        assert_eq!(leer("despues").await["email"], "pagos@ejemplo.pe");
    }

    async fn fifty_repeated_signups_make_one_customer(db: Db) {
        let mundo = Mundo::new(db.clone()).await;
        let pedir = |mundo: Mundo, cuerpo: Value| async move {
            mundo.call("POST", "/clientes", &[("idempotency-key", "alta-1")], Some(cuerpo)).await
        };
        let tareas: Vec<_> =
            (0..50).map(|_| tokio::spawn(pedir(mundo.clone(), ferreteria()))).collect();
        let mut ids = std::collections::HashSet::new();
        for tarea in tareas {
            let vuelta = tarea.await.unwrap();
            assert_eq!((vuelta.estado, vuelta.cabecera("etag")), (201, "\"v1\""));
            ids.insert(vuelta.cabecera("location").to_owned());
        }
        assert_eq!((ids.len(), filas(&db).await), (1, 1));
        let otro = json!({"tipo_documento": "DNI", "numero_documento": "40123456",
            "razon_social": "Otro"});
        let vuelta = pedir(mundo, otro).await;
        assert_eq!(vuelta.estado, 409);
        assert_eq!(vuelta.json["codigo"], "idempotencia_cuerpo_distinto");
    }

    async fn addresses_contacts_and_consents_are_added(db: Db) {
        let mundo = Mundo::new(db).await;
        mundo.post("/clientes", ferreteria()).await;
        let domicilio = json!({"linea": "Jr. Unión 1", "ubigeo": "150101", "ciudad": " "});
        let vuelta = mundo.post("/clientes/C-1/domicilios", domicilio).await;
        assert_eq!((vuelta.estado, &vuelta.json["clase"]), (201, &json!("instalacion")));
        let contacto = json!({"nombre": "Ana", "telefono": "12"});
        let vuelta = mundo.post("/clientes/C-1/contactos", contacto).await;
        assert_eq!((vuelta.estado, vuelta.campos()[0].0.as_str()), (422, "telefono"));
        let contacto = json!({"nombre": "Ana", "telefono": "987654321"});
        assert_eq!(mundo.post("/clientes/C-1/contactos", contacto).await.estado, 201);
        let retiro = json!({"finalidad": "cobranza", "canal": "whatsapp", "otorgado": false});
        let vuelta = mundo.post("/clientes/C-1/consentimientos", retiro).await;
        assert_eq!((vuelta.estado, &vuelta.json["version"]), (201, &json!(2)));
        let todos = mundo.get("/clientes/C-1/consentimientos").await;
        assert_eq!(todos.json["datos"].as_array().unwrap().len(), 2);
        let detalle = mundo.get("/clientes/C-1").await;
        assert_eq!(detalle.json["domicilios"][0]["ciudad"], Value::Null);
        assert_eq!(detalle.json["contactos"][0]["telefono"], "+51987654321");
    }

    async fn a_key_without_the_permission_gets_403(db: Db) {
        let mundo = Mundo::with_permisos(db.clone(), &["clientes:leer"]).await;
        assert_eq!(mundo.get("/clientes").await.estado, 200);
        for (metodo, ruta) in [
            ("POST", "/clientes"),
            ("PATCH", "/clientes/C-1"),
            ("POST", "/clientes/C-1/domicilios"),
            ("POST", "/clientes/C-1/contactos"),
            ("POST", "/clientes/C-1/consentimientos"),
        ] {
            let vuelta = mundo.call(metodo, ruta, &[], Some(ferreteria())).await;
            assert_eq!(vuelta.estado, 403, "{metodo} {ruta}");
            assert_eq!(vuelta.json["codigo"], "permiso_faltante");
        }
        assert_eq!(filas(&db).await, 0);
    }
}

#[test]
fn every_route_is_in_the_openapi_with_its_answers() {
    let doc = ramal_web::documento(vec![ramal_clientes::rutas()]);
    for (ruta, metodo, estado) in [
        ("/clientes", "get", "200"),
        ("/clientes", "post", "201"),
        ("/clientes/{id}", "get", "200"),
        ("/clientes/{id}", "patch", "200"),
        ("/clientes/{id}/consentimientos", "get", "200"),
        ("/clientes/{id}/consentimientos", "post", "201"),
        ("/clientes/{id}/domicilios", "post", "201"),
        ("/clientes/{id}/contactos", "post", "201"),
    ] {
        let operacion = &doc["paths"][format!("/api/v1{ruta}")][metodo];
        assert!(operacion["responses"][estado]["content"].is_object(), "{metodo} {ruta}");
        if metodo != "get" {
            assert!(operacion["requestBody"].is_object(), "{metodo} {ruta}");
            assert!(operacion["responses"]["422"].is_object(), "{metodo} {ruta}");
        }
    }
}
