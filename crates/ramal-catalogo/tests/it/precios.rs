//! What is paid: zones, dated prices, promotions and coverage, through the routes.

use ramal_db::Db;
use ramal_testkit::both_engines;
use serde_json::{Value, json};

use crate::apoyo::{MIGRACIONES, Mundo, centro, plan};

fn mxn(importe: &str) -> Value {
    json!({"importe": importe, "moneda": "MXN"})
}

async fn paid(mundo: &Mundo, producto: &str, zona: &str, fecha: &str) -> (String, String) {
    let ruta = format!("/catalogo/productos/{producto}?zona={zona}&fecha={fecha}");
    let vigente = mundo.get(&ruta).await.json["vigente"].clone();
    let texto = |v: &Value| v["importe"].as_str().unwrap_or("").to_owned();
    (texto(&vigente["lista"]), texto(&vigente["a_pagar"]))
}

both_engines! {
    migraciones: MIGRACIONES;

    async fn the_price_of_a_zone_and_a_promotion_meet_on_their_days(db: Db) {
        let mundo = Mundo::new(db).await;
        let producto = mundo.make("/catalogo/productos", plan("Fibra")).await;
        let zona = mundo.make("/catalogo/zonas", centro()).await;
        let precio = json!({"producto_id": producto, "zona_id": zona, "precio": mxn("350.00"),
            "desde": "2026-12-01", "hasta": "2027-01-01"});
        mundo.make("/catalogo/precios", precio).await;
        let promo = json!({"nombre": "Verano", "porcentaje": "10.00", "desde": "2026-12-15",
            "hasta": "2027-01-15"});
        let promo = mundo.make("/catalogo/promociones", promo).await;
        for (fecha, lista, pagado) in [
            ("2026-11-30", "399.00", "399.00"),
            ("2026-12-01", "350.00", "350.00"),
            ("2026-12-14", "350.00", "350.00"),
            ("2026-12-15", "350.00", "315.00"),
            ("2026-12-31", "350.00", "315.00"),
            ("2027-01-01", "399.00", "359.10"),
            ("2027-01-14", "399.00", "359.10"),
            ("2027-01-15", "399.00", "399.00"),
        ] {
            let esperado = (lista.to_owned(), pagado.to_owned());
            assert_eq!(paid(&mundo, &producto, "centro", fecha).await, esperado, "{fecha}");
        }
        let lista = mundo.get(&format!("/catalogo/planes?zona={zona}&fecha=2026-12-20")).await;
        let vigente = &lista.json["datos"][0]["vigente"];
        assert_eq!(vigente["promocion"], "verano");
        assert_eq!((&vigente["zona_id"], &vigente["descuento"]), (&json!(zona), &mxn("35.00")));
        let ruta = format!("/catalogo/promociones/{promo}");
        mundo.call("PATCH", &ruta, &[], Some(json!({"activa": false}))).await;
        assert_eq!(paid(&mundo, &producto, "centro", "2026-12-20").await.1, "350.00");
    }

    async fn a_price_of_the_same_day_takes_the_place_of_the_first(db: Db) {
        let mundo = Mundo::new(db).await;
        let producto = mundo.make("/catalogo/productos", plan("Fibra")).await;
        let zona = mundo.make("/catalogo/zonas", centro()).await;
        let poner = |importe: &str| {
            json!({"producto_id": producto, "zona_id": zona, "precio": mxn(importe),
                "desde": "2026-12-01"})
        };
        let uno = mundo.post("/catalogo/precios", poner("300.00")).await;
        let dos = mundo.post("/catalogo/precios", poner("310.00")).await;
        assert_eq!((uno.estado, dos.estado), (201, 200));
        assert_eq!(uno.json["id"], dos.json["id"]);
        let lista = mundo.get(&format!("/catalogo/precios?zona_id={zona}&fecha=2026-12-01")).await;
        assert_eq!(lista.json["datos"].as_array().unwrap().len(), 1);
        assert_eq!(lista.json["datos"][0]["precio"], mxn("310.00"));
        let antes = mundo.get("/catalogo/precios?fecha=2026-11-30").await;
        assert_eq!(antes.json["datos"], json!([]));
        let ajena = mundo.get(&format!("/catalogo/precios?producto_id={zona}")).await;
        assert_eq!(ajena.json["datos"], json!([]));
        assert_eq!(mundo.get("/catalogo/precios?cursor=x").await.estado, 422);
    }

    async fn a_price_that_nobody_could_pay_is_refused(db: Db) {
        let mundo = Mundo::new(db).await;
        let fibra = mundo.make("/catalogo/productos", plan("Fibra")).await;
        let mut aire = plan("Aire");
        aire["tecnologia"] = json!("wisp");
        let aire = mundo.make("/catalogo/productos", aire).await;
        let zona = mundo.make("/catalogo/zonas", centro()).await;
        let nadie = uuid::Uuid::nil().to_string();
        let poner = |producto: &str, zona: &str, precio: Value, hasta: Value| {
            json!({"producto_id": producto, "zona_id": zona, "precio": precio,
                "desde": "2026-12-01", "hasta": hasta})
        };
        let soles = json!({"importe": "1.00", "moneda": "PEN"});
        for (cuerpo, estado, codigo) in [
            (poner(&aire, &zona, mxn("1.00"), Value::Null), 409, "tecnologia_incompatible"),
            (poner(&nadie, &zona, mxn("1.00"), Value::Null), 404, "producto_no_encontrado"),
            (poner(&fibra, &nadie, mxn("1.00"), Value::Null), 404, "zona_no_encontrada"),
            (poner(&fibra, &zona, soles, Value::Null), 422, "datos_invalidos"),
            (poner(&fibra, &zona, mxn("-1.00"), Value::Null), 422, "datos_invalidos"),
            (poner(&fibra, &zona, mxn("1.00"), json!("2026-12-01")), 422, "datos_invalidos"),
            (poner(&fibra, &zona, mxn("1.00"), json!("9999-12-31")), 422, "datos_invalidos"),
        ] {
            let vuelta = mundo.post("/catalogo/precios", cuerpo.clone()).await;
            assert_eq!(vuelta.estado, estado, "{cuerpo}");
            assert_eq!(vuelta.json["codigo"], codigo, "{cuerpo}");
        }
    }

    async fn a_promotion_takes_off_a_percentage_or_an_amount(db: Db) {
        let mundo = Mundo::new(db).await;
        let producto = mundo.make("/catalogo/productos", plan("Fibra")).await;
        let base = |extra: Value| {
            let mut cuerpo = json!({"nombre": "Promo", "desde": "2026-12-01"});
            cuerpo.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
            cuerpo
        };
        for (extra, campo) in [
            (json!({}), "porcentaje"),
            (json!({"porcentaje": "10", "importe": mxn("1.00")}), "porcentaje"),
            (json!({"porcentaje": "0.00"}), "porcentaje"),
            (json!({"porcentaje": "100.01"}), "porcentaje"),
            (json!({"importe": mxn("0.00")}), "importe"),
            (json!({"porcentaje": "10", "periodos": 0}), "periodos"),
            (json!({"porcentaje": "10", "hasta": "2026-12-01"}), "hasta"),
            (json!({"importe": {"importe": "1.00", "moneda": "PEN"}, "producto_id": producto}),
                "importe.moneda"),
        ] {
            let vuelta = mundo.post("/catalogo/promociones", base(extra.clone())).await;
            assert_eq!((vuelta.estado, vuelta.campos()[0].0.as_str()), (422, campo), "{extra}");
        }
        let buena = base(json!({"importe": mxn("50.00"), "producto_id": producto, "periodos": 3}));
        let id = mundo.make("/catalogo/promociones", buena.clone()).await;
        assert_eq!(mundo.post("/catalogo/promociones", buena).await.estado, 409);
        let leida = mundo.get(&format!("/catalogo/promociones/{id}")).await;
        assert_eq!(leida.json["importe"], mxn("50.00"));
        assert_eq!(leida.json["porcentaje"], Value::Null);
        let ruta = format!("/catalogo/promociones?producto_id={producto}&activa=true");
        assert_eq!(mundo.get(&ruta).await.json["datos"][0]["codigo"], "promo");
        let v9 = [("if-match", "\"v9\"")];
        let cambio = Some(json!({"hasta": "2027-01-01"}));
        let ruta = format!("/catalogo/promociones/{id}");
        assert_eq!(mundo.call("PATCH", &ruta, &v9, cambio.clone()).await.estado, 412);
        let cambiada = mundo.call("PATCH", &ruta, &[], cambio).await;
        assert_eq!(cambiada.json["hasta"], "2027-01-01");
        assert_eq!(cambiada.cabecera("etag"), "\"v2\"");
        let abierta = mundo.call("PATCH", &ruta, &[], Some(json!({"hasta": null}))).await;
        assert_eq!(abierta.json["hasta"], Value::Null);
    }

    async fn an_address_is_covered_while_its_zone_is_open(db: Db) {
        let mundo = Mundo::new(db).await;
        let id = mundo.make("/catalogo/zonas", centro()).await;
        let zona = mundo.get(&format!("/catalogo/zonas/{id}")).await;
        assert_eq!(zona.json["codigos_postales"], json!(["06600", "06700"]));
        assert_eq!(zona.json["tecnologias"], json!(["ftth", "hfc"]));
        let cubierto = async |consulta: &str| {
            mundo.get(&format!("/catalogo/cobertura?{consulta}")).await.json["cubierto"].clone()
        };
        assert_eq!(cubierto("codigo_postal=06600").await, true);
        assert_eq!(cubierto("codigo_postal=06600&tecnologia=hfc").await, true);
        assert_eq!(cubierto("codigo_postal=06600&tecnologia=wisp").await, false);
        assert_eq!(cubierto("codigo_postal=06601").await, false);
        let ruta = format!("/catalogo/zonas/{id}");
        let v1 = [("if-match", "\"v1\"")];
        let cerrada = mundo.call("PATCH", &ruta, &v1, Some(json!({"activa": false}))).await;
        assert_eq!((cerrada.estado, cerrada.cabecera("etag")), (200, "\"v2\""));
        assert_eq!(cubierto("codigo_postal=06600").await, false);
        let viejo = mundo.call("PATCH", &ruta, &v1, Some(json!({"activa": true}))).await;
        assert_eq!(viejo.estado, 412);
        let vacia = mundo.call("PATCH", &ruta, &[], Some(json!({"tecnologias": []}))).await;
        assert_eq!(vacia.campos()[0].0, "tecnologias");
        for consulta in ["codigo_postal=1", "tecnologia=ftth"] {
            let vuelta = mundo.get(&format!("/catalogo/cobertura?{consulta}")).await;
            assert_eq!(vuelta.estado, 422, "{consulta}");
            assert_eq!(vuelta.campos()[0].0, "codigo_postal");
        }
    }

    async fn a_combo_is_not_for_sale_where_a_part_cannot_be_installed(db: Db) {
        let mundo = Mundo::new(db).await;
        let fibra = mundo.make("/catalogo/productos", plan("Fibra")).await;
        let mut tv = plan("TV");
        tv["tecnologia"] = json!("hfc");
        let tv = mundo.make("/catalogo/productos", tv).await;
        let combo = json!({"nombre": "Dúo", "categoria": "internet", "clase": "combo",
            "precio": mxn("500.00"),
            "componentes": [{"producto_id": fibra}, {"producto_id": tv}]});
        let combo = mundo.make("/catalogo/productos", combo).await;
        let mut norte = centro();
        norte["nombre"] = json!("Norte");
        norte["tecnologias"] = json!(["ftth"]);
        mundo.make("/catalogo/zonas", centro()).await;
        let norte = mundo.make("/catalogo/zonas", norte).await;
        for (zona, vendible) in [("centro", true), ("norte", false)] {
            let ruta = format!("/catalogo/productos/{combo}?zona={zona}");
            assert_eq!(mundo.get(&ruta).await.json["vigente"]["vendible"], vendible, "{zona}");
        }
        let precio = json!({"producto_id": combo, "zona_id": norte, "precio": mxn("1.00"),
            "desde": "2026-12-01"});
        let vuelta = mundo.post("/catalogo/precios", precio).await;
        assert_eq!(vuelta.json["codigo"], "tecnologia_incompatible");
    }
}
