//! The PDF as a reader gets it. It does not look at places: the unit tests do.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod muestras;

use std::io::Write;
use std::process::{Command, Stdio};

use ramal_pdf::{
    Dato, Impreso, LOGO_MAX_BYTES, Marca, NivelQr, Papel, PdfError, QrImpreso, render,
    render_orden_de_pago,
};

const PAPELES: [Papel; 3] = [Papel::A4, Papel::Carta, Papel::Ticket80];

fn count(pdf: &[u8], what: &str) -> usize {
    pdf.windows(what.len()).filter(|window| *window == what.as_bytes()).count()
}

fn pages(pdf: &[u8]) -> usize {
    count(pdf, "/Type/Page/") + count(pdf, "/Type/Page\n")
}

/// Text of the PDF by poppler, without blanks; `None` where poppler is not installed, so that the
/// structural assertions are all that is left.
fn text(pdf: &[u8]) -> Option<String> {
    let mut child = Command::new("pdftotext")
        .args(["-enc", "UTF-8", "-raw", "-", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .ok()?;
    let mut stdin = child.stdin.take().unwrap();
    let bytes = pdf.to_vec();
    let writer = std::thread::spawn(move || stdin.write_all(&bytes));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    Some(text.chars().filter(|c| !c.is_whitespace()).collect())
}

fn assert_text(pdf: &[u8], expected: &[&str]) {
    let Some(text) = text(pdf) else { return };
    for part in expected {
        let part: String = part.chars().filter(|c| !c.is_whitespace()).collect();
        assert!(text.contains(&part), "{part} is missing in {text}");
    }
}

fn assert_sound(pdf: &[u8]) {
    assert!(pdf.starts_with(b"%PDF-1."));
    assert!(pdf.trim_ascii_end().ends_with(b"%%EOF"));
    assert!(pages(pdf) >= 1);
    assert!((1..=2).contains(&count(pdf, "/FontFile2")), "fonts must be embedded");
    assert!(count(pdf, "+DejaVuSansCondensed") >= 1, "fonts must be subset");
    assert!(count(pdf, "/ToUnicode") >= 1, "text must be selectable");
    assert_eq!(count(pdf, "/CreationDate"), 0);
}

#[test]
fn mexican_invoice_says_all_that_the_norm_asks() {
    for papel in PAPELES {
        let pdf = render(&muestras::mexico(2), papel).unwrap();
        assert_sound(&pdf);
        assert_eq!(pages(&pdf), 1);
        assert!(pdf.len() < 60_000, "{} bytes", pdf.len());
        assert_text(&pdf, &["FACTURA ELECTRÓNICA", "A-1042", "EKU9003173C9", "MOJJ800101AB1"]);
        assert_text(&pdf, &["G03 Gastos en general", "PUE Pago en una sola exhibición"]);
        assert_text(&pdf, &["5A9C1B2E-0000-4000-8000-000000000001", "SPR190613I52"]);
        assert_text(&pdf, &["MIL CUARENTA Y TRES PESOS 97/100 M.N.", "$ 1,043.97"]);
        assert_text(&pdf, &["Este documento es una representación impresa de un CFDI"]);
        let sellos = muestras::mexico(2).sellos;
        for Dato { valor, .. } in &sellos {
            assert_text(&pdf, &[valor]);
        }
    }
}

#[test]
fn peruvian_invoice_says_all_that_the_norm_asks() {
    for papel in [Papel::A4, Papel::Ticket80] {
        let pdf = render(&muestras::peru(), papel).unwrap();
        assert_sound(&pdf);
        assert_eq!(pages(&pdf), 1);
        assert_text(&pdf, &["R.U.C. 20600000005", "F001-1", "AV. LOS ÑANDÚES 456, CUSCO"]);
        assert_text(&pdf, &["SON CIEN CON 00/100 SOLES", "IGV 18 %", "Cuota001", "S/ 100.00"]);
        assert_text(&pdf, &["5ht22fK0AePeQMHgJLDh6V42+krOnLh/vTpwDYSjkcQ="]);
        assert_text(&pdf, &["Representación impresa de la factura electrónica"]);
    }
}

#[test]
fn payment_receipt_prints_partialities_and_balances() {
    let pdf = render(&muestras::pago_mexico(), Papel::Carta).unwrap();
    assert_sound(&pdf);
    assert_text(
        &pdf,
        &["PAGO 1", "Parcialidad", "Saldo insoluto", "943.97", "2026-11-20T12:00:00"],
    );
}

#[test]
fn payment_order_says_what_until_when_and_where() {
    for papel in PAPELES {
        let pdf = render_orden_de_pago(&muestras::orden_de_pago(), papel).unwrap();
        assert_sound(&pdf);
        assert_eq!(pages(&pdf), 1);
        assert_text(&pdf, &["66489-202611", "Javier Mosca", "$ 549.00", "30/11/2026"]);
        assert_text(&pdf, &["01/11/2026 – 30/11/2026", "$ 450.00", "Transferencia SPEI", "CLABE"]);
    }
}

#[test]
fn equal_input_gives_equal_bytes_and_a_changed_digit_does_not() {
    for papel in PAPELES {
        let once = render(&muestras::mexico(30), papel).unwrap();
        assert_eq!(once, render(&muestras::mexico(30), papel).unwrap());
        let other = Impreso { numero: "A-1043".to_owned(), ..muestras::mexico(30) };
        assert_ne!(once, render(&other, papel).unwrap());
    }
}

#[test]
fn many_lines_take_many_pages_and_a_roll_takes_one() {
    let sheets = render(&muestras::mexico(500), Papel::A4).unwrap();
    assert_sound(&sheets);
    assert!((20..80).contains(&pages(&sheets)), "{} pages", pages(&sheets));
    assert!(sheets.len() < 600_000);
    let last = format!("Página {0} de {0}", pages(&sheets));
    assert_text(&sheets, &["noviembre de 2026 (500)", &last]);
    let roll = render(&muestras::mexico(60), Papel::Ticket80).unwrap();
    assert_eq!(pages(&roll), 1);
}

#[test]
fn an_empty_document_is_still_a_page() {
    for papel in PAPELES {
        let pdf = render(&Impreso::default(), papel).unwrap();
        assert!(pdf.starts_with(b"%PDF-1."));
        assert_eq!(pages(&pdf), 1);
    }
}

#[test]
fn hostile_texts_come_out_as_replacements_and_never_reordered() {
    let texto = "Año\u{0}\u{202E}malo 漢 👍 \u{1F468}\u{200D}\u{1F469} مرحبا é N\u{303}";
    let factura = Impreso { leyendas: vec![texto.to_owned()], ..muestras::mexico(1) };
    for papel in PAPELES {
        let pdf = render(&factura, papel).unwrap();
        assert_sound(&pdf);
        assert_text(&pdf, &["Año malo \u{FFFD}", "é Ñ"]);
    }
}

#[test]
fn a_mark_is_text_that_a_reader_finds() {
    let marca = Marca { texto: "CANCELADO".to_owned(), fecha: "21/11/2026".to_owned() };
    let cancelled = Impreso { marca: Some(marca), ..muestras::mexico(2) };
    for papel in PAPELES {
        let pdf = render(&cancelled, papel).unwrap();
        let clean = render(&muestras::mexico(2), papel).unwrap();
        assert!(count(&pdf, "/ExtGState") > count(&clean, "/ExtGState"), "no transparent mark");
    }
}

#[test]
fn a_bad_logo_is_refused_and_a_good_one_is_embedded() {
    let png = include_bytes!("logo.png").to_vec();
    let with = |logo: Vec<u8>| Impreso { logo: Some(logo), ..muestras::mexico(1) };
    for papel in PAPELES {
        let pdf = render(&with(png.clone()), papel).unwrap();
        assert_eq!(count(&pdf, "/Subtype/Image"), 2, "the logo and its transparency");
        let half = png[..png.len() / 2].to_vec();
        let mut noise = png.clone();
        noise.splice(40..60, [0xFF; 20]);
        for bad in [b"not a png".to_vec(), Vec::new(), half, noise, vec![0; LOGO_MAX_BYTES + 1]] {
            assert!(matches!(render(&with(bad), papel), Err(PdfError::Logo)));
        }
    }
}

#[test]
fn a_code_that_does_not_fit_is_refused() {
    let qr = QrImpreso { texto: "x".repeat(4000), nivel: NivelQr::Q, minimo_decimas_mm: 250 };
    let factura = Impreso { qr: Some(qr), ..muestras::peru() };
    let error = render(&factura, Papel::A4).unwrap_err();
    assert!(matches!(error, PdfError::Qr { bytes: 4000 }));
}

#[test]
fn a_document_without_end_is_refused() {
    let leyendas = vec!["palabra ".repeat(1_000_000)];
    let factura = Impreso { leyendas, ..muestras::mexico(1) };
    let error = render(&factura, Papel::A4).unwrap_err();
    assert!(matches!(error, PdfError::DemasiadasPaginas { paginas } if paginas > 500));
}

#[test]
fn forms_are_made_by_several_threads_at_once() {
    let expected = render(&muestras::peru(), Papel::A4).unwrap();
    std::thread::scope(|scope| {
        let threads: Vec<_> =
            (0..4).map(|_| scope.spawn(|| render(&muestras::peru(), Papel::A4).unwrap())).collect();
        assert!(threads.into_iter().all(|thread| thread.join().unwrap() == expected));
    });
}
