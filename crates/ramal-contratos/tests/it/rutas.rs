//! Permissions, unknown things and the OpenAPI of the routes.

use ramal_db::Db;
use ramal_testkit::both_engines;
use serde_json::json;

use crate::apoyo::{MIGRACIONES, Mundo};

const ESCRITURAS: [(&str, &str); 6] = [
    ("POST", "/servicios/contratar"),
    ("PATCH", "/servicios/S-1"),
    ("POST", "/servicios/S-1/suspender"),
    ("POST", "/servicios/S-1/reactivar"),
    ("POST", "/servicios/S-1/cancelar"),
    ("POST", "/contratos"),
];

both_engines! {
    migraciones: MIGRACIONES;

    async fn a_key_that_only_reads_changes_nothing(db: Db) {
        let mundo = Mundo::new(db).await;
        mundo.contratar(json!({})).await;
        let lector = mundo.as_caller(&["servicios:leer", "contratos:leer"]).await;
        assert_eq!(lector.get("/servicios/S-1").await.estado, 200);
        assert_eq!(lector.get("/clientes/C-1/contratos").await.estado, 200);
        let cuerpo = json!({"cliente_id": "C-1", "producto_id": "fibra-100"});
        for (metodo, ruta) in ESCRITURAS {
            let vuelta = lector.call(metodo, ruta, &[], Some(cuerpo.clone())).await;
            let respuesta = (vuelta.estado, vuelta.texto("codigo"));
            assert_eq!(respuesta, (403, "permiso_faltante"), "{metodo} {ruta}");
        }
        let nadie = mundo.as_caller(&["clientes:leer"]).await;
        for ruta in ["/servicios", "/servicios/S-1", "/contratos/CT-1", "/clientes/C-1/servicios"] {
            assert_eq!(nadie.get(ruta).await.estado, 403, "{ruta}");
        }
        assert_eq!(mundo.servicio("S-1").await.version, 1);
    }

    async fn what_does_not_exist_is_404_and_a_bad_name_is_422(db: Db) {
        let mundo = Mundo::new(db).await;
        let uuid = "0198c0de-0000-7000-8000-000000000001";
        for id in ["S-9", "9", uuid] {
            let vuelta = mundo.get(&format!("/servicios/{id}")).await;
            assert_eq!((vuelta.estado, vuelta.texto("codigo")), (404, "servicio_no_encontrado"));
            for paso in ["suspender", "reactivar", "cancelar"] {
                let vuelta = mundo.post(&format!("/servicios/{id}/{paso}"), json!({})).await;
                assert_eq!(vuelta.estado, 404, "{paso} {id}");
            }
            assert_eq!(mundo.patch(&format!("/servicios/{id}"), json!({})).await.estado, 404);
        }
        assert_eq!(mundo.get("/servicios/pedro").await.campos(), ["id"]);
        for ruta in ["/contratos/CT-9", "/contratos/9"] {
            assert_eq!(mundo.get(ruta).await.texto("codigo"), "contrato_no_encontrado");
        }
        for ruta in ["servicios", "contratos"] {
            let vuelta = mundo.get(&format!("/clientes/C-9/{ruta}")).await;
            assert_eq!((vuelta.estado, vuelta.texto("codigo")), (404, "cliente_no_encontrado"));
        }
    }
}

#[test]
fn every_route_is_in_the_openapi_with_its_answers() {
    let doc = ramal_web::documento(vec![ramal_contratos::rutas()]);
    let lecturas = [
        ("GET", "/servicios"),
        ("GET", "/servicios/{id}"),
        ("GET", "/clientes/{id}/servicios"),
        ("GET", "/contratos/{id}"),
        ("GET", "/clientes/{id}/contratos"),
    ];
    for (metodo, ruta) in lecturas.into_iter().chain(ESCRITURAS) {
        let ruta = ruta.replace("S-1", "{id}");
        let operacion = &doc["paths"][format!("/api/v1{ruta}")][metodo.to_lowercase()];
        let alta = matches!(ruta.as_str(), "/servicios/contratar" | "/contratos");
        let bien = if alta { "201" } else { "200" };
        assert!(operacion["responses"][bien]["content"].is_object(), "{metodo} {ruta}");
        assert!(operacion["responses"]["409"].is_object(), "{metodo} {ruta}");
    }
}
