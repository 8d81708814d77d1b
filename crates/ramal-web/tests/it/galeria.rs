//! The gallery shows every component, and what the browser downloads stays light. Looks are judged
//! in a browser, not here.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use ramal_db::Db;
use ramal_testkit::both_engines;
use ramal_web::assemble;
use ramal_web::pagina::galeria;

use crate::llamada::{app, llamar};

const PAGINAS: [&str; 5] = [
    "/_galeria?tema=oscuro",
    "/_galeria/lista?q=sol&estado=pagada",
    "/_galeria/vista/telefono",
    "/_galeria/vista/publico",
    "/_galeria/vista/impresion",
];

fn compressed(bytes: &[u8]) -> usize {
    let mut escritor = GzEncoder::new(Vec::new(), Compression::best());
    escritor.write_all(bytes).unwrap();
    escritor.finish().unwrap().len()
}

/// Texts whose key nobody wrote show the key itself.
fn shown_keys(html: &str) -> Vec<&str> {
    let sueltas = html.split(['>', '<', '"']).filter(|t| !t.contains([' ', '/', '=', '#', '.']));
    let clave = |t: &&str| ["kit-", "galeria-", "estado-"].iter().any(|p| t.starts_with(p));
    sueltas.filter(clave).filter(|t| !t.starts_with("galeria-muestra")).collect()
}

both_engines! {
    migraciones: [ramal_db::MIGRACIONES, ramal_web::MIGRACIONES];

    async fn every_page_of_the_gallery_is_whole(db: Db) {
        let router = assemble(app(db), vec![], galeria::sitio());
        for ruta in PAGINAS {
            let vuelta = llamar(&router, "GET", ruta, &[], "").await;
            let html = vuelta.texto();
            assert_eq!(vuelta.estado, 200, "{ruta}: {html}");
            assert_eq!(shown_keys(&html), Vec::<&str>::new(), "{ruta}");
            assert_eq!(html.matches("<h1").count(), 1, "{ruta}");
            assert_eq!(html.matches("id=\"contenido\"").count(), 1, "{ruta}");
            for inline in [" style=", " onclick=", "<style", "javascript:"] {
                assert!(!html.contains(inline), "{ruta}: {inline}");
            }
        }
    }

    async fn a_list_asked_by_htmx_is_its_fragment_alone(db: Db) {
        let router = assemble(app(db), vec![], galeria::sitio());
        let pide = [("hx-request", "true"), ("hx-target", "lista")];
        let vuelta = llamar(&router, "GET", "/_galeria/lista?q=nada", &pide, "").await;
        let html = vuelta.texto();
        assert!(html.trim_start().starts_with("<div id=\"lista\">"), "{html}");
        assert!(html.contains("Nada coincide") && !html.contains("<h1"));
    }

    async fn a_list_of_fifty_rows_stays_light(db: Db) {
        let router = assemble(app(db), vec![], galeria::sitio());
        let html = llamar(&router, "GET", "/_galeria/lista", &[], "").await.cuerpo;
        assert!(compressed(&html) <= 30 * 1024, "{} bytes", compressed(&html));
        let nodos = html.windows(2).filter(|w| w[0] == b'<' && w[1].is_ascii_alphabetic()).count();
        assert!(nodos <= 1_500, "{nodos} elements");
    }

    async fn style_and_script_fit_their_budgets(db: Db) {
        let router = assemble(app(db), vec![], galeria::sitio());
        let html = llamar(&router, "GET", "/_galeria/lista", &[], "").await.texto();
        for (nombre, tope) in [("ramal.css", 12 * 1024), ("ramal.js", 6 * 1024)] {
            let ruta = html.split('"').find(|t| t.ends_with(nombre)).unwrap();
            let bytes = llamar(&router, "GET", ruta, &[], "").await.cuerpo;
            assert!(!bytes.is_empty() && compressed(&bytes) <= tope, "{nombre}");
        }
    }
}
