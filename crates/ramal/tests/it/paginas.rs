//! Who may open which page: every route of the pages asked by a visitor and by each predefined
//! role. `schema/pages.md` is what they answered.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use serde_json::Value;

use crate::programa::Programa;
use crate::servido::{Navegador, Servido};

const ROLES: [&str; 8] = [
    "administrador",
    "operador",
    "consulta",
    "tecnico",
    "soporte",
    "cobranzas",
    "agente",
    "cliente",
];
const ID: &str = "0193f0c8-7a00-7000-8000-000000000001";
const CONTRASENA: &str = "una-frase-larga-2026";

/// The path with something in every place.
fn filled(ruta: &str) -> String {
    let tramo = |t: &str| match t {
        "{fecha}" => "2026-12-01".to_owned(),
        "{codigo}" => "C-1".to_owned(),
        t if t.starts_with('{') => ID.to_owned(),
        t => t.to_owned(),
    };
    ruta.split('/').map(tramo).collect::<Vec<_>>().join("/")
}

/// Whether an answer is a refusal for want of a permission.
fn is_refused(estado: u16, cuerpo: &str) -> bool {
    estado == 403 && cuerpo.contains("permiso")
}

#[test]
fn no_page_opens_for_a_role_without_its_permission() {
    let p = Programa::new();
    let init = ["init", "--pais", "mx", "--emisor", "EKU9003173C9", "--razon-social", "KEMPER"];
    p.json(&init);
    for rol in ROLES {
        let correo = format!("{rol}@prueba.example");
        let crear = ["usuarios", "crear", "--correo", &correo, "--nombre", "Ana", "--rol", rol];
        p.json_with_input(&crear, CONTRASENA);
    }
    let rutas = p.json(&["rutas"]);
    let rutas = rutas["rutas"].as_array().unwrap();
    assert!(rutas.len() >= 60, "only {} pages", rutas.len());
    let servido = Servido::start(&p);
    let visita = Navegador::new(&servido);
    let mut tabla: BTreeMap<(String, String), Vec<&str>> = BTreeMap::new();
    for r in rutas {
        let fila = tabla.entry(row(r)).or_default();
        if open(&visita, r) == Opened::Yes {
            fila.push("visitante");
        }
    }
    for rol in ROLES {
        let navegador = Navegador::new(&servido);
        navegador.sign_in(&format!("{rol}@prueba.example"), CONTRASENA);
        for r in rutas.iter().filter(|r| r["acceso"] != "publico" && !is_exit(r)) {
            if open(&navegador, r) == Opened::Yes {
                tabla.entry(row(r)).or_default().push(rol);
            }
        }
    }
    check(&tabla);
    compare(&tabla);
}

fn row(r: &Value) -> (String, String) {
    let texto = |campo: &str| r[campo].as_str().unwrap().to_owned();
    (format!("{} {}", texto("metodo"), texto("ruta")), texto("acceso"))
}

/// Routes that end the session of whoever asks.
fn is_exit(r: &Value) -> bool {
    r["ruta"] == "/salir"
}

#[derive(PartialEq, Eq)]
enum Opened {
    Yes,
    No,
}

fn open(navegador: &Navegador, r: &Value) -> Opened {
    let (metodo, ruta) = (r["metodo"].as_str().unwrap(), r["ruta"].as_str().unwrap());
    if ruta == "/eventos" {
        return Opened::No;
    }
    let (estado, cabeceras, cuerpo) = navegador.ask(metodo, &filled(ruta), "_csrf=x");
    assert!(estado < 500, "{metodo} {ruta}: {estado}");
    if r["acceso"] == "publico" {
        // A step of signing in leads back to the first one; it refuses nobody.
        return if is_refused(estado, &cuerpo) { Opened::No } else { Opened::Yes };
    }
    let a_la_puerta = estado == 303 && cabeceras.to_lowercase().contains("location: /entrar");
    if a_la_puerta || estado == 401 || is_refused(estado, &cuerpo) {
        Opened::No
    } else {
        Opened::Yes
    }
}

/// What is public opens for everybody, what needs a permission for no visitor.
fn check(tabla: &BTreeMap<(String, String), Vec<&str>>) {
    for ((ruta, acceso), quienes) in tabla {
        let visitante = quienes.contains(&"visitante");
        match acceso.as_str() {
            "publico" => assert!(visitante, "{ruta} should be public"),
            _ => assert!(!visitante, "{ruta} opens for a visitor, it should need {acceso}"),
        }
        if acceso.contains(':') {
            assert!(quienes.contains(&"administrador"), "{ruta} is closed to the administrator");
        }
    }
}

/// Compares with what is kept, or writes it when `RAMAL_ESCRIBE_PERMISOS` is set.
fn compare(tabla: &BTreeMap<(String, String), Vec<&str>>) {
    let mut texto = String::from(
        "# Pages\n\nWho may open each page: the permission that it declares and the predefined \
         roles that it opened for.\nWritten by the test of pages from the answers of the \
         program.\n\n| Page | Access | Roles |\n|---|---|---|\n",
    );
    for ((ruta, acceso), quienes) in tabla {
        writeln!(texto, "| `{ruta}` | `{acceso}` | {} |", quienes.join(", ")).unwrap();
    }
    let archivo = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schema/pages.md");
    if std::env::var_os("RAMAL_ESCRIBE_PERMISOS").is_some() {
        std::fs::write(&archivo, &texto).unwrap();
    }
    let guardada = std::fs::read_to_string(&archivo).unwrap_or_default();
    assert!(guardada == texto, "schema/pages.md is out of date; it should say:\n{texto}");
}
