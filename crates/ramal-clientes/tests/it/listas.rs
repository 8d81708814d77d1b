//! Pages and filters of the list: nothing is skipped, shown twice, or found by accident.

use ramal_base::Cx;
use ramal_clientes::storage::FiltroClientes;
use ramal_clientes::{actions, storage};
use ramal_db::{Cursor, Db};
use ramal_testkit::{both_engines, cx_fijo};
use serde_json::{Value, json};

use crate::apoyo::{MIGRACIONES, Mundo, form};

async fn alta(db: &Db, cx: &Cx, dni: u32, nombre: &str) {
    let tx = db.begin().await.unwrap();
    let datos = form("DNI", &dni.to_string(), nombre);
    actions::create_cliente(&tx, cx, datos).await.unwrap();
    tx.commit().await.unwrap();
}

fn names(json: &Value) -> Vec<String> {
    let datos = json["datos"].as_array().cloned().unwrap_or_default();
    datos.iter().map(|d| d["razon_social"].as_str().unwrap_or("").to_owned()).collect()
}

both_engines! {
    migraciones: MIGRACIONES;

    async fn rows_added_between_pages_are_neither_skipped_nor_repeated(db: Db) {
        let cx = cx_fijo();
        for (i, nombre) in ["Bravo", "Delta", "Delta", "Echo", "Foxtrot"].iter().enumerate() {
            alta(&db, &cx, 40_000_000 + u32::try_from(i).unwrap(), nombre).await;
        }
        let filtro = FiltroClientes::default();
        let mut cursor = Cursor { limite: 2, cursor: None };
        let mut vistos = Vec::new();
        for vuelta in 0..10 {
            let pagina = storage::list(&db, &filtro, &cursor).await.unwrap();
            vistos.extend(pagina.datos.into_iter().map(|c| c.razon_social));
            cursor.cursor = pagina.siguiente;
            if cursor.cursor.is_none() {
                break;
            }
            if vuelta == 0 {
                alta(&db, &cx, 41_000_000, "Alfa").await;
                alta(&db, &cx, 41_000_001, "Zulu").await;
            }
        }
        assert_eq!(vistos, ["Bravo", "Delta", "Delta", "Echo", "Foxtrot", "Zulu"]);
    }

    async fn a_customer_is_found_by_what_people_remember(db: Db) {
        let mundo = Mundo::new(db.clone()).await;
        alta(&db, &mundo.cx, 40_000_000, "Peñalosa Ávila 100%").await;
        alta(&db, &mundo.cx, 40_000_001, "Otra_Cosa").await;
        let por = async |buscar: &str| {
            names(&mundo.get(&format!("/clientes?buscar={buscar}")).await.json)
        };
        assert_eq!(por("penalosa%20AVILA").await, ["Peñalosa Ávila 100%"]);
        assert_eq!(por("4000000").await.len(), 2);
        assert_eq!(por("C-2").await, ["Otra_Cosa"]);
        assert_eq!(por("%25").await, ["Peñalosa Ávila 100%"], "a percent sign is not a wildcard");
        assert_eq!(por("_").await, ["Otra_Cosa"]);
        assert_eq!(por("nadie").await.len(), 0);
        let ruta = "/clientes?documento=4000-0001&estado=activo";
        assert_eq!(names(&mundo.get(ruta).await.json), ["Otra_Cosa"]);
        assert_eq!(names(&mundo.get("/clientes?estado=inactivo").await.json).len(), 0);
    }

    async fn a_foreign_cursor_does_not_begin_the_list_again(db: Db) {
        let mundo = Mundo::new(db).await;
        for (ruta, campo, codigo) in [
            ("/clientes?cursor=nada", "cursor", "cursor_invalido"),
            ("/clientes?limite=0", "limite", "valor_invalido"),
            ("/clientes?estado=dormido", "estado", "valor_desconocido"),
        ] {
            let vuelta = mundo.get(ruta).await;
            assert_eq!(vuelta.estado, 422, "{ruta}");
            assert_eq!(vuelta.campos(), [(campo.to_owned(), codigo.to_owned())], "{ruta}");
        }
        let largo = format!("/clientes?buscar={}", "a".repeat(101));
        assert_eq!(mundo.get(&largo).await.campos()[0].0, "buscar");
        let vacia = mundo.get("/clientes").await;
        assert_eq!(vacia.json, json!({"datos": [], "siguiente": null}));
    }
}
