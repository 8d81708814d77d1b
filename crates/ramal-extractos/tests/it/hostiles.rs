//! Files made to hurt: huge, cut, with entities, in another encoding. They are refused, never
//! believed, and nothing panics.

use proptest::prelude::*;
use ramal_extractos::linea::MAX_BYTES;
use ramal_extractos::perfiles::{by_code, shipped};
use ramal_extractos::{Motivo, camt, mt940, ofx, read, tabla};

const MUESTRAS: [&[u8]; 6] = [
    include_bytes!("../muestras/extracto.mt940"),
    include_bytes!("../muestras/extracto.camt.xml"),
    include_bytes!("../muestras/extracto1.ofx"),
    include_bytes!("../muestras/extracto2.ofx"),
    include_bytes!("../muestras/bbva_mx.txt"),
    include_bytes!("../muestras/bcp_pe.csv"),
];

#[test]
fn a_document_type_is_refused_before_any_entity() {
    let bomba = r#"<?xml version="1.0"?><!DOCTYPE Document [<!ENTITY a "aaaaaaaaaa">
        <!ENTITY b "&a;&a;&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>
        <Document><BkToCstmrStmt><Stmt>&b;&c;</Stmt></BkToCstmrStmt></Document>"#;
    assert_eq!(camt::read(bomba.as_bytes()).unwrap_err().motivo, Motivo::Doctype);
    let bomba = "<!DOCTYPE OFX SYSTEM \"x\"><OFX><STMTRS><CURDEF>MXN</STMTRS></OFX>";
    assert_eq!(ofx::read(bomba.as_bytes()).unwrap_err().motivo, Motivo::Doctype);
}

#[test]
fn too_large_is_told_without_reading_it() {
    let grande = vec![b'a'; MAX_BYTES + 1];
    let perfil = by_code("emulada").unwrap();
    for leido in [mt940::read(&grande), camt::read(&grande), ofx::read(&grande)] {
        assert_eq!(leido.unwrap_err().motivo, Motivo::Grande);
    }
    assert_eq!(tabla::read(&grande, &perfil, None).unwrap_err().motivo, Motivo::Grande);
    assert_eq!(read(&grande, None, None).unwrap_err().motivo, Motivo::Grande);
}

#[test]
fn a_table_with_a_hundred_thousand_rows_more_than_fit_is_refused() {
    let mut texto =
        String::from("fecha,pago,externa,clase,bruto,comision,neto,moneda,liquidacion\n");
    for _ in 0..102_000 {
        texto.push_str("2026-11-18,e,x,pago,1.00,0.00,1.00,MXN,\n");
    }
    let perfil = by_code("emulada").unwrap();
    let motivo = tabla::read(texto.as_bytes(), &perfil, None).unwrap_err().motivo;
    assert_eq!(motivo, Motivo::Grande);
}

#[test]
fn a_standard_file_cut_anywhere_is_never_read_as_whole() {
    for (i, muestra) in MUESTRAS.iter().take(3).enumerate() {
        let entero = read(muestra, None, None).unwrap();
        for corte in (1..muestra.len().saturating_sub(3)).step_by(7) {
            if let Ok(leido) = read(&muestra[..corte], None, None) {
                assert_eq!(leido[0].lineas.len(), entero[0].lineas.len(), "{i} cut at {corte}");
            }
        }
    }
}

#[test]
fn another_encoding_is_not_read_as_letters_that_are_not_there() {
    let utf16: Vec<u8> =
        "\u{feff}fecha;Monto\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    for perfil in shipped() {
        assert!(tabla::read(&utf16, &perfil, None).is_err(), "{}", perfil.codigo);
    }
    let perfil = by_code("bbva_pe").unwrap();
    let latin = b"F. Operaci\xF3n,F. Valor,N\xBA. Doc.,Concepto,Importe\n";
    let motivo = tabla::read(latin, &perfil, None).unwrap_err().motivo;
    assert_eq!(motivo, Motivo::Codificacion("utf-8".to_owned()));
}

#[test]
fn nothing_in_the_file_is_not_a_statement() {
    for vacio in [&b""[..], b"\n\n", b"<OFX></OFX>", b"hola"] {
        assert!(read(vacio, None, None).is_err());
    }
    let sin = "fecha,pago,externa,clase,bruto,comision,neto,moneda,liquidacion\n";
    let perfil = by_code("emulada").unwrap();
    let leido = read(sin.as_bytes(), Some(&perfil), Some(ramal_base::Moneda::Mxn));
    assert_eq!(leido.unwrap_err().motivo, Motivo::Vacio);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_byte_changed_anywhere_makes_nothing_panic(
        cual in 0_usize..6, lugar in 0_usize..4_000, byte in any::<u8>(), largo in 0_usize..20,
    ) {
        let mut bytes = MUESTRAS[cual].to_vec();
        let lugar = lugar % bytes.len();
        bytes[lugar] = byte;
        bytes.drain(lugar..(lugar + largo).min(bytes.len()));
        let _ = read(&bytes, None, None);
        for perfil in ["bbva_mx", "banamex_mx", "bcp_pe"] {
            let _ = read(&bytes, by_code(perfil).as_ref(), Some(ramal_base::Moneda::Mxn));
        }
    }

    #[test]
    fn no_bytes_make_a_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = (mt940::read(&bytes), camt::read(&bytes), ofx::read(&bytes));
        for perfil in shipped() {
            let _ = tabla::read(&bytes, &perfil, None);
        }
    }
}
