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
