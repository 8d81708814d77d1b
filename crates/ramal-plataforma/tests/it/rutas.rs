//! What holds for every route of the slice.

use std::collections::BTreeSet;

use ramal_db::Db;
use ramal_plataforma::PERMISOS;
use ramal_testkit::both_engines;
use serde_json::Value;

use crate::mundo::Mundo;

/// Method and path of every operation, with the path parameters filled in.
fn operaciones() -> Vec<(String, String)> {
    let documento = ramal_web::documento(vec![ramal_plataforma::rutas()]);
    let rutas = documento["paths"].as_object().unwrap();
    let de_ruta = |(ruta, item): (&String, &Value)| {
        let ruta = ruta.replace("{id}", "0193f0c8-7a00-7000-8000-000000000001");
        let ruta = ruta.replace("{codigo}", "consulta");
        let metodos = item.as_object().unwrap().keys();
        metodos.map(|m| (m.to_uppercase(), ruta.clone())).collect::<Vec<_>>()
    };
    rutas.iter().flat_map(de_ruta).collect()
}

both_engines! {
    migraciones: [ramal_db::MIGRACIONES, ramal_web::MIGRACIONES, ramal_plataforma::MIGRACIONES];

    async fn every_route_refuses_who_shows_no_key_or_no_permission(db: Db) {
        let mundo = Mundo::new(db);
        let ajena = mundo.clave("ajena", &["otra:cosa"]).await.texto;
        let mut pedidos = BTreeSet::new();
        let operaciones = operaciones();
        assert_eq!(operaciones.len(), 19);
        for (metodo, ruta) in operaciones {
            let (estado, cuerpo) = mundo.llamar_con(&metodo, &ruta, None, "{}").await;
            assert_eq!(estado, 401, "{metodo} {ruta}");
            assert_eq!(cuerpo["codigo"], "clave_requerida");
            let (estado, cuerpo) = mundo.llamar(&metodo, &ruta, &ajena, "{}").await;
            assert_eq!(estado, 403, "{metodo} {ruta}");
            assert_eq!(cuerpo["codigo"], "permiso_faltante");
            let detalle = cuerpo["detail"].as_str().unwrap();
            let nombrado = PERMISOS.iter().find(|p| detalle.contains(&format!("«{p}»")));
            pedidos.insert(*nombrado.expect("the refusal names a declared permission"));
        }
        assert_eq!(pedidos, PERMISOS.iter().copied().collect(), "a permission no route asks for");
    }

    async fn a_cursor_that_we_did_not_make_is_a_bad_field(db: Db) {
        let mundo = Mundo::new(db);
        let clave = mundo.clave("todo", &["*"]).await.texto;
        for ruta in ["auditoria", "claves-api"] {
            let ruta = format!("/api/v1/{ruta}?cursor=x");
            let (estado, cuerpo) = mundo.llamar("GET", &ruta, &clave, "").await;
            assert_eq!((estado.as_u16(), &cuerpo["errores"][0]["campo"]), (422, &"cursor".into()));
        }
    }
}
