//! Who may call what: every operation of the OpenAPI asked without a key, with a key that may do
//! nothing, and with one that may do all. `schema/permissions.md` is what they answered.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Value, json};

use crate::programa::Programa;
use crate::servido::Servido;

const METODOS: [&str; 5] = ["get", "post", "put", "patch", "delete"];
const ID: &str = "0193f0c8-7a00-7000-8000-000000000001";

/// Method and path template of every operation.
fn operations(documento: &Value) -> Vec<(String, String)> {
    let rutas = documento["paths"].as_object().unwrap();
    let de_ruta = |(ruta, item): (&String, &Value)| {
        let con = METODOS.iter().filter(|m| item.get(**m).is_some());
        con.map(|m| (m.to_uppercase(), ruta.clone())).collect::<Vec<_>>()
    };
    rutas.iter().flat_map(de_ruta).collect()
}

/// The path with an id in every place; a day where a day goes.
fn filled(ruta: &str) -> String {
    let tramo = |t: &str| match t {
        "{fecha}" => "2026-12-01".to_owned(),
        t if t.starts_with('{') => ID.to_owned(),
        t => t.to_owned(),
    };
    ruta.split('/').map(tramo).collect::<Vec<_>>().join("/")
}

#[test]
fn no_operation_answers_without_a_key_that_has_its_permission() {
    let p = Programa::new();
    let init = ["init", "--pais", "mx", "--emisor", "EKU9003173C9", "--razon-social", "KEMPER"];
    let todo = p.json(&init)["clave_api"].as_str().unwrap().to_owned();
    let servido = Servido::start(&p);
    let nada = json!({"nombre": "nada", "permisos": ["nada:nada"]}).to_string();
    let (estado, creada) = servido.call("POST", "/api/v1/claves-api", Some(&todo), &nada);
    assert_eq!(estado, 201, "{creada}");
    let nada = creada["texto"].as_str().unwrap().to_owned();
    let (_, documento) = servido.call("GET", "/api/v1/openapi.json", None, "");

    let mut tabla = String::from(
        "# Permissions\n\nWhat a key needs for each operation: `area:accion`; `*`, `area:*` and \
         `*:accion` cover\nseveral. Written by the test of roles from the answers of the program.\n\
         \n| Operation | Permission |\n|---|---|\n",
    );
    let operaciones = operations(&documento);
    assert!(operaciones.len() >= 80, "only {} operations", operaciones.len());
    for (metodo, ruta) in operaciones {
        let pedida = filled(&ruta);
        let (estado, cuerpo) = servido.call(&metodo, &pedida, None, "{}");
        assert_eq!(
            (estado, &cuerpo["codigo"]),
            (401, &json!("clave_requerida")),
            "{metodo} {ruta}"
        );
        let (estado, _) = servido.call(&metodo, &pedida, Some(&nada[1..]), "{}");
        assert_eq!(estado, 401, "{metodo} {ruta} with a damaged key");
        let (estado, cuerpo) = servido.call(&metodo, &pedida, Some(&nada), "{}");
        assert_eq!(
            (estado, &cuerpo["codigo"]),
            (403, &json!("permiso_faltante")),
            "{metodo} {ruta}"
        );
        let detalle = cuerpo["detail"].as_str().unwrap();
        let permiso = detalle.split(['«', '»']).nth(1).unwrap();
        assert!(permiso.contains(':'), "{metodo} {ruta}: {detalle}");
        let (estado, cuerpo) = servido.call(&metodo, &pedida, Some(&todo), "{}");
        assert!(
            ![401, 403].contains(&estado) && estado < 500,
            "{metodo} {ruta}: {estado} {cuerpo}"
        );
        writeln!(tabla, "| `{metodo} {ruta}` | `{permiso}` |").unwrap();
    }
    compare(&tabla);
}

/// Compares with what is kept, or writes it when `RAMAL_ESCRIBE_PERMISOS` is set.
fn compare(tabla: &str) {
    let ruta = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schema/permissions.md");
    if std::env::var_os("RAMAL_ESCRIBE_PERMISOS").is_some() {
        std::fs::write(&ruta, tabla).unwrap();
    }
    let guardada = std::fs::read_to_string(&ruta).unwrap_or_default();
    assert!(guardada == tabla, "schema/permissions.md is out of date; it should say:\n{tabla}");
}
