//! Products: uniqueness, combos, lists and changes.

use ramal_db::{Consulta, Db, params};
use ramal_testkit::both_engines;
use serde_json::{Value, json};

use crate::apoyo::{CATALOGO_MX, MIGRACIONES, Mundo, plan};

fn names(json: &Value) -> Vec<String> {
    let datos = json["datos"].as_array().cloned().unwrap_or_default();
    datos.iter().map(|d| d["nombre"].as_str().unwrap_or("").to_owned()).collect()
}

fn with(mut base: Value, cambios: Value) -> Value {
    let nuevos = cambios.as_object().cloned().unwrap_or_default();
    base.as_object_mut().unwrap().extend(nuevos);
    base
}

both_engines! {
    migraciones: MIGRACIONES;

    async fn a_product_comes_back_as_it_was_made(db: Db) {
        let mundo = Mundo::new(db).await;
        let cuerpo = with(plan(" Fibra  100 "), json!({
            "clase": "plan", "periodos": ["mensual", "anual"], "impuesto_incluido": false,
            "requiere_factura": false, "impuesto": "general_ieps", "clave_prod_serv": "81112101",
            "clave_unidad": "E48", "velocidad_mbps": 100, "configuracion": {"vlan": 20},
        }));
        let creado = mundo.post("/catalogo/productos", cuerpo).await;
        assert_eq!((creado.estado, creado.cabecera("etag")), (201, "\"v1\""));
        let ruta = creado.cabecera("location").trim_start_matches("/api/v1").to_owned();
        let leido = mundo.get(&ruta).await;
        assert_eq!(leido.json, creado.json);
        assert_eq!(leido.json["nombre"], "Fibra 100");
        assert_eq!(leido.json["codigo"], "fibra-100");
        assert_eq!(leido.json["periodos"], json!(["mensual", "anual"]));
        assert_eq!(leido.json["impuesto"], "general_ieps");
        assert_eq!(leido.json["impuesto_incluido"], false);
        assert_eq!(leido.json["configuracion"], json!({"vlan": 20}));
        assert_eq!(leido.json["precio"], json!({"importe": "399.00", "moneda": "MXN"}));
        assert_eq!(leido.json["vigente"]["fecha"], "2026-11-20");
    }

    async fn a_code_or_a_name_is_taken_once(db: Db) {
        let mundo = Mundo::new(db).await;
        mundo.make("/catalogo/productos", plan("Fibra 100")).await;
        for cuerpo in [plan("Fibra 100"), with(plan("Otra"), json!({"codigo": "FIBRA-100"}))] {
            let vuelta = mundo.post("/catalogo/productos", cuerpo).await;
            assert_eq!(vuelta.estado, 409);
            assert_eq!(vuelta.json["codigo"], "producto_duplicado");
        }
        let otra = mundo.make("/catalogo/productos", plan("Otra")).await;
        let ruta = format!("/catalogo/productos/{otra}");
        let cambio = Some(json!({"nombre": "Fibra 100"}));
        assert_eq!(mundo.call("PATCH", &ruta, &[], cambio).await.estado, 409);
    }

    async fn every_bad_field_of_a_product_is_named(db: Db) {
        let mundo = Mundo::new(db.clone()).await;
        let malo = json!({
            "codigo": "con espacio", "nombre": "a|b", "categoria": "otros",
            "precio": {"importe": "-1.00", "moneda": "MXN"}, "periodos": ["mensual", "mensual"],
            "clave_prod_serv": "1", "clave_unidad": "unidad", "velocidad_mbps": 0,
            "configuracion": [1], "componentes": [{"producto_id": uuid::Uuid::nil()}],
        });
        let vuelta = mundo.post("/catalogo/productos", malo).await;
        let campos: Vec<String> = vuelta.campos().into_iter().map(|(c, _)| c).collect();
        let esperados = [
            "nombre",
            "codigo",
            "precio",
            "clave_prod_serv",
            "clave_unidad",
            "periodos",
            "velocidad_mbps",
            "configuracion",
            "componentes",
        ];
        assert_eq!((vuelta.estado, campos.as_slice()), (422, &esperados.map(String::from)[..]));
        let precio = with(plan("A"), json!({"precio": {"importe": "1,5", "moneda": "MXN"}}));
        let vuelta = mundo.post("/catalogo/productos", precio).await;
        assert_eq!((vuelta.estado, vuelta.campos()[0].0.as_str()), (422, "precio"));
    }

    async fn a_change_over_an_old_reading_is_refused(db: Db) {
        let mundo = Mundo::new(db).await;
        let id = mundo.make("/catalogo/productos", plan("Fibra")).await;
        let ruta = format!("/catalogo/productos/{id}");
        let precio = |importe: &str, moneda: &str| {
            Some(json!({"precio": {"importe": importe, "moneda": moneda}}))
        };
        let v1 = [("if-match", "\"v1\"")];
        let bien = mundo.call("PATCH", &ruta, &v1, precio("450.00", "MXN")).await;
        assert_eq!((bien.estado, bien.cabecera("etag")), (200, "\"v2\""));
        assert_eq!(mundo.call("PATCH", &ruta, &v1, precio("1.00", "MXN")).await.estado, 412);
        let igual = mundo.call("PATCH", &ruta, &[], precio("450.00", "MXN")).await;
        assert_eq!(igual.json["version"], 2, "a change that changes nothing keeps the version");
        let otra = mundo.call("PATCH", &ruta, &[], precio("450.00", "USD")).await;
        assert_eq!(otra.campos()[0].1, "moneda_fija");
        let sin = mundo.call("PATCH", &ruta, &[], Some(json!({"tecnologia": null}))).await;
        assert_eq!(sin.json["tecnologia"], Value::Null);
        assert_eq!(sin.json["precio"]["importe"], "450.00");
    }

    async fn a_combo_has_parts_that_exist_and_are_no_combos(db: Db) {
        let mundo = Mundo::new(db).await;
        let internet = mundo.make("/catalogo/productos", plan("Fibra 100")).await;
        let tv = with(plan("TV"), json!({"categoria": "tv", "tecnologia": "hfc"}));
        let tv = mundo.make("/catalogo/productos", tv).await;
        let combo = |nombre: &str, partes: Value| {
            let suyo = json!({"clase": "combo", "tecnologia": null, "componentes": partes});
            with(plan(nombre), suyo)
        };
        let duo = json!([{"producto_id": internet}, {"producto_id": tv, "cantidad": 2}]);
        let id = mundo.make("/catalogo/productos", combo("Dúo", duo)).await;
        let ruta = format!("/catalogo/productos/{id}");
        let partes = mundo.get(&ruta).await.json["componentes"].clone();
        assert_eq!(partes[0]["nombre"], "Fibra 100");
        assert_eq!(partes[1]["cantidad"], 2);
        let nadie = uuid::Uuid::nil();
        for (partes, campo) in [
            (json!([{"producto_id": internet}]), "componentes"),
            (json!([{"producto_id": internet}, {"producto_id": id}]), "componentes[1].producto_id"),
            (json!([{"producto_id": tv}, {"producto_id": tv}]), "componentes[1].producto_id"),
            (json!([{"producto_id": tv, "cantidad": 100}]), "componentes[0].cantidad"),
            (json!([{"producto_id": nadie, "cantidad": 2}]), "componentes[0].producto_id"),
        ] {
            let vuelta = mundo.post("/catalogo/productos", combo("Malo", partes.clone())).await;
            assert_eq!((vuelta.estado, vuelta.campos()[0].0.as_str()), (422, campo), "{partes}");
        }
        let menos = Some(json!({"componentes": [{"producto_id": tv, "cantidad": 3}]}));
        let vuelta = mundo.call("PATCH", &ruta, &[], menos).await;
        assert_eq!(vuelta.json["componentes"].as_array().unwrap().len(), 1);
        assert_eq!(vuelta.json["version"], 2);
    }

    async fn rows_added_between_pages_are_neither_skipped_nor_repeated(db: Db) {
        let mundo = Mundo::new(db).await;
        for nombre in ["B", "D", "E"] {
            mundo.make("/catalogo/productos", plan(nombre)).await;
        }
        let primera = mundo.get("/catalogo/productos?limite=2").await;
        assert_eq!(names(&primera.json), ["B", "D"]);
        mundo.make("/catalogo/productos", plan("A")).await;
        mundo.make("/catalogo/productos", plan("F")).await;
        let cursor = primera.json["siguiente"].as_str().unwrap();
        let segunda = mundo.get(&format!("/catalogo/productos?limite=2&cursor={cursor}")).await;
        assert_eq!(names(&segunda.json), ["E", "F"]);
        assert_eq!(segunda.json["siguiente"], Value::Null);
    }

    async fn the_list_shows_what_its_filters_ask_for(db: Db) {
        let mundo = Mundo::new(db.clone()).await;
        let vuelta = mundo.post("/catalogo/importar?moneda=MXN", json!(CATALOGO_MX)).await;
        assert_eq!(vuelta.estado, 200);
        let por = async |ruta: &str| names(&mundo.get(&format!("/catalogo/{ruta}")).await.json);
        assert_eq!(por("productos?buscar=telefon%C3%ADa").await, ["TELEFONIA ILIMITADA"]);
        assert_eq!(por("productos?buscar=fibra&limite=1").await, ["FIBRA 100"]);
        assert_eq!(por("productos?buscar=%25").await.len(), 0);
        assert_eq!(por("productos?clase=pack").await, ["IP FIJA"]);
        assert_eq!(por("productos?categoria=tv").await, ["TV BASICA"]);
        let wisp = ["INALAMBRICO 10", "INALAMBRICO 20", "IP FIJA"];
        assert_eq!(por("productos?tecnologia=wisp").await, wisp);
        assert_eq!(por("planes").await.len(), 8);
        assert_eq!(por("combos").await.len() + por("servicios").await.len(), 0);
        assert_eq!(por("productos?activo=false").await.len(), 0);
        for (ruta, campo) in [
            ("productos?clase=nada", "clase"),
            ("productos?activo=quizas", "activo"),
            ("planes?zona=lejos", "zona"),
            ("planes?fecha=2026-02-30", "fecha"),
            ("planes?fecha=-004800-01-01", "fecha"),
            ("planes?limite=201", "limite"),
        ] {
            let vuelta = mundo.get(&format!("/catalogo/{ruta}")).await;
            assert_eq!(vuelta.estado, 422, "{ruta}");
            assert_eq!(vuelta.campos()[0].0, campo, "{ruta}");
        }
        let eventos: Option<i64> =
            db.scalar("SELECT COUNT(*) FROM eventos", params![]).await.unwrap();
        assert_eq!(eventos, Some(9));
    }
}
