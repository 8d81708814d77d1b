//! Contracting: prices, coverage, anchors, repetition.

use ramal_contratos::storage;
use ramal_db::{Consulta, Db, params};
use ramal_testkit::both_engines;
use serde_json::{Value, json};

use crate::apoyo::{MIGRACIONES, Mundo, f};

async fn filas(db: &Db) -> i64 {
    db.scalar("SELECT COUNT(*) FROM servicios", params![]).await.unwrap().unwrap()
}

/// An address of C-1 in a zone with a technology and perhaps a price of `fibra-100`.
async fn zonificar(mundo: &Mundo, tecnologia: &str, precio: Option<&str>) -> Value {
    let zona = json!({"nombre": format!("Zona {tecnologia}"), "tecnologias": [tecnologia]});
    let zona = mundo.post("/catalogo/zonas", zona).await;
    assert_eq!(zona.estado, 201, "{}", zona.json);
    let domicilio = json!({"linea": "Jr. Unión 1", "zona_id": zona.json["id"]});
    let domicilio = mundo.post("/clientes/C-1/domicilios", domicilio).await;
    let Some(precio) = precio else { return domicilio.json["id"].clone() };
    let productos = mundo.get("/catalogo/productos").await;
    let productos = productos.json["datos"].as_array().unwrap();
    let fibra = productos.iter().find(|p| p["codigo"] == "fibra-100").unwrap();
    let precio = json!({"producto_id": fibra["id"], "zona_id": zona.json["id"],
        "precio": {"importe": precio, "moneda": "PEN"}, "desde": "2026-11-01"});
    let puesto = mundo.post("/catalogo/precios", precio).await;
    assert!(puesto.estado < 300, "{}", puesto.json);
    domicilio.json["id"].clone()
}

both_engines! {
    migraciones: MIGRACIONES;

    async fn a_sale_without_price_costs_what_the_catalogue_says(db: Db) {
        let mundo = Mundo::new(db).await;
        let vuelta = mundo.contratar(json!({})).await;
        assert_eq!((vuelta.estado, vuelta.texto("codigo")), (201, "S-1"), "{}", vuelta.json);
        assert_eq!((vuelta.texto("precio"), vuelta.texto("moneda")), ("79.90", "PEN"));
        assert_eq!(vuelta.texto("descripcion"), "Fibra 100");
        assert_eq!(vuelta.json["dia_facturacion"], 20);
        assert_eq!(vuelta.texto("fecha_inicio"), "2026-11-20");
        assert_eq!(vuelta.cabecera("etag"), "\"v1\"");
        let id = vuelta.texto("id");
        assert_eq!(vuelta.cabecera("location"), format!("/api/v1/servicios/{id}"));
        let s = mundo.servicio("S-1").await;
        assert_eq!((s.revisar_desde, s.proxima_revision), (s.inicio, Some(s.inicio)));
        assert_eq!((s.hechos, s.facturado_desde), (1, s.inicio));
        let anual = mundo.contratar(json!({"periodo_facturacion": "anual"})).await;
        assert_eq!(anual.texto("precio"), "958.80");
        assert_eq!(mundo.eventos().await, ["servicio.contratado", "servicio.contratado"]);
    }

    async fn a_year_is_not_sold_where_only_months_are(db: Db) {
        let mundo = Mundo::new(db.clone()).await;
        let malo = json!({"producto_id": "hosting", "periodo_facturacion": "mensual",
            "precio": "1,200.00", "moneda": "MXN", "fecha_inicio": "-009999-01-01",
            "fecha_fin": "-009999-01-01", "dia_facturacion": 32, "grupo": "a|b",
            "configuracion": [1]});
        let vuelta = mundo.contratar(malo).await;
        let esperados = ["fecha_inicio", "dia_facturacion", "periodo_facturacion", "moneda",
            "precio", "fecha_fin", "fecha_fin", "configuracion", "grupo"];
        assert_eq!((vuelta.estado, vuelta.campos()), (422, esperados.map(String::from).to_vec()));
        assert_eq!(filas(&db).await, 0);
    }

    async fn the_zone_of_the_address_decides_price_and_coverage(db: Db) {
        let mundo = Mundo::new(db).await;
        let fibra = zonificar(&mundo, "ftth", Some("69.90")).await;
        let vuelta = mundo.contratar(json!({"domicilio_id": fibra})).await;
        assert_eq!((vuelta.estado, vuelta.texto("precio")), (201, "69.90"), "{}", vuelta.json);
        let aire = zonificar(&mundo, "wisp", None).await;
        let vuelta = mundo.contratar(json!({"domicilio_id": aire})).await;
        assert_eq!((vuelta.estado, vuelta.texto("codigo")), (409, "tecnologia_incompatible"));
        let ajeno = json!({"cliente_id": "C-2", "domicilio_id": fibra});
        let vuelta = mundo.contratar(ajeno).await;
        assert_eq!((vuelta.estado, vuelta.campos()), (422, vec!["domicilio_id".to_owned()]));
        let propio = mundo.contratar(json!({"domicilio_id": fibra, "precio": "50"})).await;
        assert_eq!(propio.texto("precio"), "50.00");
    }

    async fn a_promotion_is_a_discount_for_as_many_whole_periods(db: Db) {
        let mundo = Mundo::new(db).await;
        let promo = json!({"nombre": "Verano", "porcentaje": "25.00", "periodos": 2,
            "desde": "2026-11-01"});
        let creada = mundo.post("/catalogo/promociones", promo).await;
        assert_eq!(creada.estado, 201, "{}", creada.json);
        mundo.contratar(json!({"dia_facturacion": 1})).await;
        let detalle = mundo.get("/servicios/S-1").await;
        let tramos = &detalle.json["tramos"];
        assert_eq!(tramos[0]["precio"], "59.92", "{tramos}");
        assert_eq!(tramos[0]["precio_lista"], "79.90");
        let dias = json!([tramos[0]["desde"], tramos[0]["hasta"]]);
        assert_eq!(dias, json!(["2026-11-20", "2027-02-01"]));
        assert_eq!((&tramos[1]["precio"], &tramos[1]["hasta"]), (&json!("79.90"), &Value::Null));
        assert_eq!(detalle.json["hechos"][1]["clase"], "descuento");
        let propio = mundo.contratar(json!({"precio": "79.90"})).await;
        let detalle = mundo.get(&format!("/servicios/{}", propio.texto("codigo"))).await;
        assert_eq!(detalle.json["tramos"].as_array().unwrap().len(), 1);
    }

    async fn the_company_chooses_the_billing_day_unless_the_sale_does(db: Db) {
        let mundo = Mundo::with_ajustes(db, json!({"ancla": {"dia_fijo": 5}})).await;
        mundo.contratar(json!({})).await;
        mundo.contratar(json!({"politica_ancla": "ultimo_dia"})).await;
        mundo.contratar(json!({"politica_ancla": "aniversario"})).await;
        let dias = |s: ramal_contratos::Servicio| (s.ancla.dia(), s.ancla.limite(1));
        assert_eq!(dias(mundo.servicio("S-1").await), (5, f("2026-12-05")));
        assert_eq!(dias(mundo.servicio("S-2").await), (31, f("2026-11-30")));
        assert_eq!(dias(mundo.servicio("S-3").await), (20, f("2026-12-20")));
        let raro = json!({"politica_ancla": "ultimo_dia", "dia_facturacion": 3});
        assert_eq!(mundo.contratar(raro).await.campos(), ["dia_facturacion"]);
    }

    async fn fifty_repeated_sales_make_one_service(db: Db) {
        let mundo = Mundo::new(db.clone()).await;
        let cuerpo = json!({"cliente_id": "C-1", "producto_id": "fibra-100"});
        let pedir = |mundo: Mundo, cuerpo: Value| async move {
            let clave = [("idempotency-key", "venta-1")];
            mundo.call("POST", "/servicios/contratar", &clave, Some(cuerpo)).await
        };
        let tareas: Vec<_> =
            (0..50).map(|_| tokio::spawn(pedir(mundo.clone(), cuerpo.clone()))).collect();
        let mut ids = std::collections::HashSet::new();
        for tarea in tareas {
            let vuelta = tarea.await.unwrap();
            assert_eq!(vuelta.estado, 201);
            ids.insert(vuelta.texto("id").to_owned());
        }
        assert_eq!((ids.len(), filas(&db).await), (1, 1));
        let otro = json!({"cliente_id": "C-2", "producto_id": "fibra-100"});
        let vuelta = pedir(mundo, otro).await;
        assert_eq!((vuelta.estado, vuelta.texto("codigo")), (409, "idempotencia_cuerpo_distinto"));
    }

    async fn nothing_is_sold_to_who_left_nor_of_what_is_gone(db: Db) {
        let mundo = Mundo::new(db).await;
        mundo.patch("/clientes/C-2", json!({"estado": "inactivo"})).await;
        let vuelta = mundo.contratar(json!({"cliente_id": "C-2"})).await;
        assert_eq!((vuelta.estado, vuelta.texto("codigo")), (409, "cliente_inactivo"));
        let vuelta = mundo.contratar(json!({"cliente_id": "C-99"})).await;
        assert_eq!((vuelta.estado, vuelta.texto("codigo")), (404, "cliente_no_encontrado"));
        let vuelta = mundo.contratar(json!({"cliente_id": "pedro"})).await;
        assert_eq!(vuelta.campos(), ["cliente_id"]);
        let vuelta = mundo.contratar(json!({"producto_id": "humo"})).await;
        assert_eq!((vuelta.estado, vuelta.texto("codigo")), (404, "producto_no_encontrado"));
        let productos = mundo.get("/catalogo/productos").await;
        let id = productos.json["datos"][0]["id"].as_str().unwrap().to_owned();
        mundo.patch(&format!("/catalogo/productos/{id}"), json!({"activo": false})).await;
        let vuelta = mundo.contratar(json!({"producto_id": id})).await;
        assert_eq!((vuelta.estado, vuelta.texto("codigo")), (409, "producto_inactivo"));
    }

    async fn a_contract_lends_its_address_and_groups_its_services(db: Db) {
        let mundo = Mundo::new(db.clone()).await;
        let domicilio = zonificar(&mundo, "ftth", Some("69.90")).await;
        let contrato = json!({"cliente_id": "C-1", "domicilio_id": domicilio});
        let firmado = mundo.post("/contratos", contrato).await;
        assert_eq!((firmado.estado, firmado.texto("codigo")), (201, "CT-1"), "{}", firmado.json);
        let vuelta = mundo.contratar(json!({"contrato_id": "CT-1"})).await;
        assert_eq!((vuelta.estado, vuelta.texto("precio")), (201, "69.90"), "{}", vuelta.json);
        assert_eq!(vuelta.json["contrato_id"], firmado.json["id"]);
        let leido = mundo.get("/contratos/ct-1").await;
        assert_eq!(leido.json["servicios"][0]["codigo"], "S-1");
        let suyos = mundo.get("/clientes/C-1/contratos").await;
        assert_eq!(suyos.json["datos"].as_array().unwrap().len(), 1);
        let ajeno = mundo.contratar(json!({"cliente_id": "C-2", "contrato_id": "CT-1"})).await;
        assert_eq!(ajeno.campos(), ["contrato_id"]);
        let id = mundo.servicio("S-1").await.contrato_id.unwrap();
        let contrato = storage::contrato_by_id(&db, ramal_base::Id::from_uuid(id)).await.unwrap();
        assert_eq!(contrato.unwrap().codigo(), "CT-1");
    }
}
