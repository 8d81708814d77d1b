//! What every route keeps: repetition, permissions, audit, description.

use ramal_db::{Consulta, Db, params};
use ramal_testkit::both_engines;
use serde_json::{Value, json};

use crate::apoyo::{MIGRACIONES, Mundo, centro, plan};

both_engines! {
    migraciones: MIGRACIONES;

    async fn a_repeated_creation_has_one_effect(db: Db) {
        let mundo = Mundo::new(db.clone()).await;
        let promo = json!({"nombre": "Promo", "porcentaje": "10", "desde": "2026-12-01"});
        for (ruta, cuerpo) in [
            ("/catalogo/productos", plan("Fibra")),
            ("/catalogo/zonas", centro()),
            ("/catalogo/promociones", promo),
        ] {
            let clave = [("idempotency-key", ruta)];
            let uno = mundo.call("POST", ruta, &clave, Some(cuerpo.clone())).await;
            let dos = mundo.call("POST", ruta, &clave, Some(cuerpo.clone())).await;
            assert_eq!((uno.estado, dos.estado), (201, 201), "{ruta}");
            assert_eq!((&uno.json, uno.cabecera("etag")), (&dos.json, dos.cabecera("etag")));
            let mut otro = cuerpo;
            otro["nombre"] = json!("Otro");
            let tres = mundo.call("POST", ruta, &clave, Some(otro)).await;
            assert_eq!(tres.json["codigo"], "idempotencia_cuerpo_distinto", "{ruta}");
        }
        let filas: Option<i64> =
            db.scalar("SELECT COUNT(*) FROM productos", params![]).await.unwrap();
        assert_eq!(filas, Some(1));
    }

    async fn a_key_that_only_reads_changes_nothing(db: Db) {
        let mundo = Mundo::with_permisos(db, &["catalogo:leer"]).await;
        let id = uuid::Uuid::nil();
        for (metodo, ruta) in [
            ("POST", "/catalogo/productos".to_owned()),
            ("PATCH", format!("/catalogo/productos/{id}")),
            ("POST", "/catalogo/zonas".to_owned()),
            ("PATCH", format!("/catalogo/zonas/{id}")),
            ("POST", "/catalogo/precios".to_owned()),
            ("POST", "/catalogo/promociones".to_owned()),
            ("PATCH", format!("/catalogo/promociones/{id}")),
            ("POST", "/catalogo/importar".to_owned()),
        ] {
            let vuelta = mundo.call(metodo, &ruta, &[], Some(json!({}))).await;
            assert_eq!((vuelta.estado, &vuelta.json["codigo"]), (403, &json!("permiso_faltante")));
        }
        for ruta in ["productos", "zonas", "promociones"] {
            assert_eq!(mundo.get(&format!("/catalogo/{ruta}")).await.estado, 200);
            assert_eq!(mundo.get(&format!("/catalogo/{ruta}/{id}")).await.estado, 404);
            assert_eq!(mundo.get(&format!("/catalogo/{ruta}/x")).await.estado, 422);
        }
    }

    async fn every_change_is_in_the_audit_trail(db: Db) {
        let mundo = Mundo::new(db.clone()).await;
        let producto = mundo.make("/catalogo/productos", plan("Fibra")).await;
        let zona = mundo.make("/catalogo/zonas", centro()).await;
        let precio = json!({"producto_id": producto, "zona_id": zona, "desde": "2026-12-01",
            "precio": {"importe": "1.00", "moneda": "MXN"}});
        mundo.make("/catalogo/precios", precio).await;
        let ruta = format!("/catalogo/productos/{producto}");
        mundo.call("PATCH", &ruta, &[], Some(json!({"activo": false}))).await;
        let sql = "SELECT accion FROM auditoria WHERE actor = 'clave:prueba' ORDER BY id";
        let acciones: Vec<String> = db.column(sql, params![]).await.unwrap();
        let esperadas =
            ["producto.crear", "zona.crear", "precio_zona.poner", "producto.actualizar"];
        assert_eq!(acciones, esperadas);
        let leer = async |columna: &str| -> Value {
            let sql =
                format!("SELECT {columna} FROM auditoria WHERE accion = 'producto.actualizar'");
            let texto: Option<String> = db.scalar(&sql, params![]).await.unwrap();
            serde_json::from_str(&texto.unwrap()).unwrap()
        };
        assert_eq!(leer("antes").await["producto"]["activo"], true);
        assert_eq!(leer("despues").await["producto"]["activo"], false);
    }
}

#[test]
fn every_route_is_in_the_openapi_with_its_answers() {
    let doc = ramal_web::documento(vec![ramal_catalogo::rutas()]);
    for (ruta, metodo, estado) in [
        ("productos", "get", "200"),
        ("productos", "post", "201"),
        ("productos/{id}", "get", "200"),
        ("productos/{id}", "patch", "200"),
        ("planes", "get", "200"),
        ("combos", "get", "200"),
        ("servicios", "get", "200"),
        ("zonas", "get", "200"),
        ("zonas", "post", "201"),
        ("zonas/{id}", "get", "200"),
        ("zonas/{id}", "patch", "200"),
        ("cobertura", "get", "200"),
        ("precios", "get", "200"),
        ("precios", "post", "200"),
        ("precios", "post", "201"),
        ("promociones", "get", "200"),
        ("promociones", "post", "201"),
        ("promociones/{id}", "get", "200"),
        ("promociones/{id}", "patch", "200"),
        ("importar", "post", "200"),
    ] {
        let operacion = &doc["paths"][format!("/api/v1/catalogo/{ruta}")][metodo];
        assert!(operacion["responses"][estado]["content"].is_object(), "{metodo} {ruta}");
        if metodo != "get" {
            assert!(operacion["requestBody"].is_object(), "{metodo} {ruta}");
        }
    }
    let importar = &doc["paths"]["/api/v1/catalogo/importar"]["post"];
    assert!(importar["requestBody"]["content"]["text/csv"].is_object());
}
