//! Tests of where things fall on the page, over the strokes before they become PDF.
//!
//! It holds no code of the product.

use crate::fuentes::Fuentes;
use crate::hoja::{Hoja, Trazo};
use crate::impreso::{
    Campo, Columna, ColumnaTabla, Dato, Impreso, LineaImpresa, Marca, NivelQr, QrImpreso,
    TablaImpresa,
};
use crate::medidas::{Medida, mm10, pt};
use crate::pieza::Piezas;
use crate::{Papel, carta, compose, ticket};

const PAPELES: [Papel; 3] = [Papel::A4, Papel::Carta, Papel::Ticket80];

fn hojas(impreso: &Impreso, papel: Papel) -> Vec<Hoja> {
    let fuentes = Fuentes::load().unwrap();
    let piezas = Piezas::new(impreso.qr.as_ref(), None).unwrap();
    let marca = impreso.marca.as_ref();
    let prensa = compose(fuentes, (papel, &impreso.pie), marca, |prensa| match papel {
        Papel::Ticket80 => ticket::compose(prensa, impreso, &piezas),
        _ => carta::compose(prensa, impreso, &piezas),
    });
    prensa.unwrap().hojas
}

fn impreso(lineas: usize, texto: &str) -> Impreso {
    let dato = || Dato::new(texto, texto);
    let linea = LineaImpresa {
        clave: texto.to_owned(),
        cantidad: texto.to_owned(),
        unidad: texto.to_owned(),
        descripcion: texto.to_owned(),
        valor_unitario: texto.to_owned(),
        descuento: texto.to_owned(),
        importe: texto.to_owned(),
        detalle: texto.to_owned(),
        ..LineaImpresa::default()
    };
    Impreso {
        titulo: texto.to_owned(),
        numero: texto.to_owned(),
        registro: texto.to_owned(),
        emisor: vec![dato(), dato()],
        receptor: vec![dato(), dato()],
        documento: vec![dato(), dato(), dato()],
        lineas: vec![linea; lineas],
        totales: vec![dato(), dato()],
        importe_en_letras: texto.to_owned(),
        relacionados: vec![dato()],
        pagos: vec![TablaImpresa {
            titulo: texto.to_owned(),
            datos: vec![dato()],
            columnas: vec![ColumnaTabla::texto(texto, 0), ColumnaTabla::importe(texto, u16::MAX)],
            filas: vec![vec![], vec![texto.to_owned(); 5]],
        }],
        leyendas: vec![texto.to_owned()],
        sellos: vec![dato()],
        pie: texto.to_owned(),
        marca: Some(Marca { texto: texto.to_owned(), fecha: texto.to_owned() }),
        ..Impreso::default()
    }
}

fn check_inside(hoja: &Hoja) {
    let fuentes = Fuentes::load().unwrap();
    for trazo in &hoja.trazos {
        if let Trazo::Texto { x, y, estilo, texto } = trazo {
            let right = x + fuentes.get(estilo.letra).ancho(texto, estilo.cuerpo);
            assert!(*x >= pt(8) && right <= hoja.ancho - pt(8), "{texto:?} at {x}..{right}");
            assert!(*y > pt(8) && *y <= hoja.alto - pt(8), "{texto:?} at height {y}");
        }
    }
}

fn all_text(hojas: &[Hoja]) -> String {
    let trazos = hojas.iter().flat_map(|hoja| &hoja.trazos);
    let textos = trazos.filter_map(|trazo| match trazo {
        Trazo::Texto { texto, .. } => Some(texto.as_str()),
        _ => None,
    });
    textos.collect::<Vec<_>>().join(" ")
}

#[test]
fn no_text_leaves_the_page_whatever_its_length_or_signs() {
    let long = "Descripción larguísima con muchas palabras ".repeat(40);
    let hostile = [
        "",
        " ",
        "A",
        "\u{0}\u{1}\u{7F}\r\n\t",
        "مرحبا بالعالم \u{202E}שלום",
        "👩‍👩‍👧‍👦🧾漢字",
        "e\u{301}\u{301}\u{301}\u{301}\u{301}",
        "<script>&amp;'\"\\()[]%",
        &"W".repeat(3000),
        &"\n".repeat(300),
        &long,
    ];
    for texto in hostile {
        for papel in PAPELES {
            for hoja in hojas(&impreso(3, texto), papel) {
                check_inside(&hoja);
            }
        }
    }
}

#[test]
fn five_hundred_lines_lose_none_and_repeat_the_heading_on_each_page() {
    let mut documento = impreso(0, "Dato");
    documento.columnas =
        vec![Columna::new(Campo::Descripcion, "CABECERA"), Columna::new(Campo::Importe, "TOTAL")];
    let linea = |i: usize| LineaImpresa {
        descripcion: format!("linea#{i}#"),
        importe: "1.00".to_owned(),
        ..LineaImpresa::default()
    };
    documento.lineas = (0..500).map(linea).collect();
    for papel in PAPELES {
        let hojas = hojas(&documento, papel);
        let texto = all_text(&hojas);
        assert!((0..500).all(|i| texto.contains(&format!("linea#{i}#"))));
        if papel != Papel::Ticket80 {
            assert!(hojas.len() > 10);
            let with_lines = hojas.iter().map(|hoja| all_text(std::slice::from_ref(hoja)));
            let with_lines: Vec<_> = with_lines.filter(|t| t.contains("linea#")).collect();
            assert!(with_lines.iter().all(|t| t.matches("CABECERA").count() == 1));
            assert!(texto.contains(&format!("Página {0} de {0}", hojas.len())));
        }
    }
}

#[test]
fn a_description_longer_than_a_page_goes_on_in_the_next_one() {
    let palabras: Vec<String> = (0..3000).map(|i| format!("p{i}q")).collect();
    let mut documento = impreso(1, "Dato");
    documento.lineas[0].descripcion = palabras.join(" ");
    for papel in PAPELES {
        let hojas = hojas(&documento, papel);
        hojas.iter().for_each(check_inside);
        let texto = all_text(&hojas);
        assert!(palabras.iter().all(|palabra| texto.contains(palabra)));
    }
}

#[test]
fn lines_of_two_rows_never_overlap() {
    let documento = impreso(40, "Servicio de internet por fibra");
    for hoja in hojas(&documento, Papel::A4) {
        let mut seen: Vec<(Medida, Medida)> = Vec::new();
        for trazo in &hoja.trazos {
            if let Trazo::Texto { x, y, estilo, .. } = trazo {
                let hit = seen.iter().find(|(ox, oy)| ox == x && (oy - y).abs() < estilo.cuerpo);
                assert_eq!(hit, None);
                seen.push((*x, *y));
            }
        }
    }
}

#[test]
fn the_roll_is_as_high_as_its_text() {
    let low = hojas(&impreso(1, "Dato"), Papel::Ticket80);
    let high = hojas(&impreso(20, "Dato"), Papel::Ticket80);
    assert_eq!((low.len(), high.len()), (1, 1));
    assert_eq!(low[0].ancho, mm10(800));
    assert!(low[0].alto > pt(150) && low[0].alto < pt(700));
    assert!(high[0].alto > low[0].alto + pt(19 * 20));
}

#[test]
fn the_code_keeps_its_quiet_zone_free_of_text() {
    let mut documento = impreso(2, "Dato");
    documento.marca = None;
    documento.qr = Some(QrImpreso {
        texto: "20600000005|01|F001|1|15.25|100.00|2026-11-20|6|20512333797|".to_owned(),
        nivel: NivelQr::Q,
        minimo_decimas_mm: 275,
    });
    let piezas = Piezas::new(documento.qr.as_ref(), None).unwrap();
    let qr = piezas.qr.unwrap();
    for papel in PAPELES {
        let hojas = hojas(&documento, papel);
        let trazos = &hojas.last().unwrap().trazos;
        let codes = trazos.iter().filter_map(|trazo| match trazo {
            Trazo::Qr { x, y } => Some((*x - qr.margen(), *y - qr.margen())),
            _ => None,
        });
        let codes: Vec<_> = codes.collect();
        assert_eq!(codes.len(), 1);
        let (left, top) = codes[0];
        for trazo in trazos {
            if let Trazo::Texto { x, y, .. } = trazo {
                let inside_x = (left..left + qr.lado()).contains(x);
                assert!(!(inside_x && (top..top + qr.lado()).contains(y)));
            }
        }
    }
}

#[test]
fn every_page_carries_the_mark_and_its_date() {
    let mut documento = impreso(80, "Dato");
    documento.marca = Some(Marca { texto: "CANCELADO".to_owned(), fecha: "21/11/2026".to_owned() });
    for papel in PAPELES {
        for hoja in hojas(&documento, papel) {
            let marks = hoja.trazos.iter().filter_map(|trazo| match trazo {
                Trazo::Marca { texto, .. } => Some(texto.as_str()),
                _ => None,
            });
            let marks: Vec<_> = marks.collect();
            assert!(marks.contains(&"CANCELADO") && marks.contains(&"21/11/2026"));
        }
    }
}

#[test]
fn a_foot_too_long_to_repeat_is_printed_once_and_whole() {
    let mut documento = impreso(60, "Dato");
    let palabras: Vec<String> = (0..400).map(|i| format!("pie{i}x")).collect();
    documento.pie = palabras.join(" ");
    let texto = all_text(&hojas(&documento, Papel::A4));
    assert!(palabras.iter().all(|palabra| texto.matches(palabra.as_str()).count() == 1));
}
