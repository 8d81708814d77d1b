//! The judges of other people's documents never panic and say which file is bad.

use serde_json::Value;

use crate::programa::Programa;

#[test]
fn garbage_is_judged_and_not_suffered() {
    let p = Programa::new();
    let archivos = [
        p.file("vacio.xml", b""),
        p.file("basura.xml", &[0xff, 0x00, 0x3c, 0x21]),
        p.file("ajeno.xml", b"<?xml version=\"1.0\"?><a><b/></a>"),
    ];
    let rutas: Vec<&str> = archivos.iter().map(|a| a.to_str().unwrap()).collect();
    for pais in ["cfdi", "sunat"] {
        let orden: Vec<&str> = [pais, "verify"].into_iter().chain(rutas.clone()).collect();
        let salida = p.run(&orden);
        assert_eq!(salida.status.code(), Some(1));
        let juicio: Value = serde_json::from_slice(&salida.stdout).unwrap();
        assert_eq!(juicio["archivos"].as_array().unwrap().len(), 3);
        for archivo in juicio["archivos"].as_array().unwrap() {
            assert_eq!(archivo["valido"], false);
            assert!(!archivo["problemas"].as_array().unwrap().is_empty(), "{archivo}");
        }
    }
}

#[cfg(unix)]
#[test]
fn a_file_that_cannot_be_read_has_its_verdict_with_all_the_keys() {
    use std::os::unix::ffi::OsStrExt;
    let p = Programa::new();
    let ajeno = p.file("ajeno.xml", b"<a/>");
    let raro = ajeno.with_file_name(std::ffi::OsStr::from_bytes(b"n\xff.xml"));
    std::fs::write(&raro, b"<a/>").unwrap();
    let carpeta = ajeno.parent().unwrap().to_path_buf();
    let claves = ["archivo", "legible", "tipo", "emisor", "numero", "firma_valida", "certificado"];
    for pais in ["cfdi", "sunat"] {
        let mut orden = std::process::Command::new(env!("CARGO_BIN_EXE_ramal"));
        orden.args([pais, "verify"]).args([&raro, &carpeta, &carpeta.join("no-hay.xml")]);
        let salida = orden.output().unwrap();
        assert_eq!(salida.status.code(), Some(1), "{}", String::from_utf8_lossy(&salida.stderr));
        let juicio: Value = serde_json::from_slice(&salida.stdout).unwrap();
        for archivo in juicio["archivos"].as_array().unwrap() {
            for clave in claves.iter().chain(&["totales_cuadran", "avisos"]) {
                assert!(archivo.get(*clave).is_some(), "{pais} {clave}");
            }
            assert!(archivo["problemas"][0]["motivo"].is_string(), "{archivo}");
        }
    }
}

#[test]
fn the_cadena_is_told_as_data_and_as_the_very_bytes() {
    let p = Programa::new();
    let xml = include_bytes!("../../../ramal-cfdi/tests/it/fixtures/iedu.xml");
    let ruta = p.file("iedu.xml", xml);
    let ruta = ruta.to_str().unwrap();
    let dicho = p.run(&["cfdi", "cadena", ruta]);
    assert_eq!(dicho.status.code(), Some(0));
    let dicho: Value = serde_json::from_slice(&dicho.stdout).unwrap();
    let sola = p.run(&["cfdi", "cadena", ruta, "--texto"]);
    assert_eq!(dicho["cadena"].as_str().unwrap().as_bytes(), sola.stdout);
    assert!(sola.stdout.starts_with(b"||4.0|") && sola.stdout.ends_with(b"||"));
    assert_eq!(dicho["legible"], true);
    let malo = p.file("malo.xml", b"<a");
    let dicho = p.run(&["cfdi", "cadena", malo.to_str().unwrap()]);
    assert_eq!(dicho.status.code(), Some(1));
    let dicho: Value = serde_json::from_slice(&dicho.stdout).unwrap();
    assert_eq!(dicho["legible"], false);
}
