//! CDRs in every dress: prefixes, encodings, notes, wrong references, garbage. Made here, after
//! §16 and §22.

use proptest::prelude::*;
use ramal_sunat::cdr::{CdrError, Veredicto, leer, leer_zip};
use ramal_sunat::lectura::verificar;
use ramal_sunat::soap::interpretar;
use ramal_sunat::{fault, zip};

/// A CDR with the prefix `p` for its root (empty: default namespace).
fn cdr(p: &str, codigo: &str, referencia: &str, notas: &[&str], mas: &str) -> String {
    let (decl, con) = match p {
        "" => ("xmlns".to_owned(), String::new()),
        p => (format!("xmlns:{p}"), format!("{p}:")),
    };
    let notas: String = notas.iter().map(|n| format!("<b:Note>{n}</b:Note>")).collect();
    format!(
        "<{con}ApplicationResponse \
         {decl}=\"urn:oasis:names:specification:ubl:schema:xsd:ApplicationResponse-2\" \
         xmlns:a=\"urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2\" \
         xmlns:b=\"urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2\">\
         <b:UBLVersionID>2.0</b:UBLVersionID><b:ID>201700000001</b:ID>\
         <b:ResponseDate>2026-11-20</b:ResponseDate><b:ResponseTime>10:20:00</b:ResponseTime>\
         {notas}<a:DocumentResponse><a:Response><b:ReferenceID>{referencia}</b:ReferenceID>\
         <b:ResponseCode>{codigo}</b:ResponseCode>\
         <b:Description>La Factura número {referencia}</b:Description>{mas}</a:Response>\
         <a:DocumentReference><b:ID>{referencia}</b:ID></a:DocumentReference>\
         </a:DocumentResponse></{con}ApplicationResponse>"
    )
}

#[test]
fn any_prefix_says_the_same() {
    for prefijo in ["", "ar", "ns3"] {
        let leido = leer(cdr(prefijo, "0", "F001-1", &[], "").as_bytes()).unwrap();
        assert_eq!(leido.veredicto(), Veredicto::Aceptado, "{prefijo}");
        assert_eq!((leido.id.as_str(), leido.fecha.as_str()), ("201700000001", "2026-11-20"));
        assert!(leido.is_de("F001-1") && !leido.is_de("F001-2") && !leido.is_de("B001-1"));
    }
}

#[test]
fn iso_8859_1_keeps_its_accents() {
    let xml = cdr("ar", "0", "F001-1", &["4252 - Ñandú"], "");
    let mut bytes = b"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>".to_vec();
    bytes.extend(xml.chars().map(|c| u8::try_from(u32::from(c)).unwrap()));
    let leido = leer(&bytes).unwrap();
    assert_eq!(leido.descripcion, "La Factura número F001-1");
    assert_eq!(leido.observaciones[0].texto, "Ñandú");
    assert_eq!(leido.veredicto(), Veredicto::AceptadoConObservaciones);
}

#[test]
fn codes_become_verdicts() {
    let casos = [
        ("0", Veredicto::Aceptado),
        ("2800", Veredicto::Rechazado),
        ("3244", Veredicto::Rechazado),
        ("0305", Veredicto::Excepcion),
        ("1079", Veredicto::Excepcion),
        ("1033", Veredicto::Incierto),
        ("1032", Veredicto::Incierto),
        ("4001", Veredicto::AceptadoConObservaciones),
        ("xx", Veredicto::Incierto),
    ];
    for (codigo, esperado) in casos {
        let leido = leer(cdr("ar", codigo, "F001-1", &[], "").as_bytes()).unwrap();
        assert_eq!(leido.veredicto(), esperado, "{codigo}");
        assert_eq!(leido.codigo, codigo, "leading zeros stay");
    }
}

#[test]
fn observations_come_from_notes_and_from_an_ose() {
    let notas = ["4252 - El dato no es el esperado", "4013: RUC", "texto suelto", " "];
    let ose = "<a:Status><b:StatusReasonCode>4337</b:StatusReasonCode>\
               <b:StatusReason>UNSPSC</b:StatusReason></a:Status>";
    let leido = leer(cdr("", "0", "B001-7", &notas, ose).as_bytes()).unwrap();
    let pares: Vec<(&str, &str)> =
        leido.observaciones.iter().map(|o| (o.codigo.as_str(), o.texto.as_str())).collect();
    let esperado = [
        ("4252", "El dato no es el esperado"),
        ("4013", "RUC"),
        ("", "texto suelto"),
        ("4337", "UNSPSC"),
    ];
    assert_eq!(pares, esperado);
}

#[test]
fn an_answer_about_another_document_is_seen() {
    let de = |referencia: &str, id: &str| {
        leer(cdr("", "0", referencia, &[], "").as_bytes()).unwrap().is_de(id)
    };
    assert!(de("F001-00000001", "F001-1"), "padding is not another document");
    assert!(de("20600000005-01-F001-1", "F001-1"));
    assert!(de("RC-20261120-1", "RC-20261120-1"));
    assert!(!de("F001-11", "F001-1") && !de("F001-1", "F001-11") && !de("", "F001-1"));
    let xml = cdr("", "0", "F001-1", &[], "");
    let cruzado =
        xml.replacen("<a:DocumentReference><b:ID>F001-1", "<a:DocumentReference><b:ID>F001-9", 1);
    assert!(!leer(cruzado.as_bytes()).unwrap().is_de("F001-1"));
}

#[test]
fn other_documents_and_rubbish_are_errors() {
    assert!(matches!(leer(b"<html/>"), Err(CdrError::OtroDocumento)));
    assert!(matches!(leer(b""), Err(CdrError::Xml(_))));
    let sin_codigo = cdr("", "", "F001-1", &[], "");
    assert!(matches!(leer(sin_codigo.as_bytes()), Err(CdrError::SinCodigo)));
    let dtd = b"<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><x>&a;</x>";
    assert!(leer(dtd).is_err());
    assert!(matches!(leer_zip(b"PK\x03\x04rubbish"), Err(CdrError::Zip(_))));
    let buen_zip = zip::empaquetar("R-x", cdr("", "0", "F001-1", &[], "").as_bytes()).unwrap();
    assert_eq!(leer_zip(&buen_zip).unwrap().veredicto(), Veredicto::Aceptado);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn garbage_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let _ = leer(&bytes);
        let _ = leer_zip(&bytes);
        let _ = zip::leer_envio(&bytes);
        let _ = interpretar(200, &bytes);
        let _ = fault::leer(&bytes);
        prop_assert!(!verificar(&bytes, None).valido);
    }

    #[test]
    fn damaged_answers_never_panic(en in 0usize..1200, con in any::<u8>(), corte in 0usize..1200) {
        let xml = cdr("ar", "0", "F001-1", &["4252 - x"], "").into_bytes();
        let mut zip = zip::empaquetar("R-x", &xml).unwrap();
        let mut roto = xml.clone();
        let (i, j) = (en % roto.len(), en % zip.len());
        roto[i] = con;
        zip[j] = con;
        let _ = leer(&roto);
        let _ = leer(&xml[..corte % xml.len()]);
        let _ = leer_zip(&zip);
    }
}
