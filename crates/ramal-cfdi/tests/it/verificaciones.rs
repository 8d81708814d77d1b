//! Judging of documents by any maker: honest ones pass, tampered ones and garbage do not, and
//! nothing panics.

use ramal_cfdi::texto::hex;
use ramal_cfdi::verificacion::{Verificacion, verificar};

use crate::mundo::{csd, sellada, todas};

/// Documents of another program and the hash of their cadena as libxslt gives it.
const AJENOS: [(&str, &[u8]); 6] = [
    ("nomina.xml", include_bytes!("fixtures/nomina.xml")),
    ("iedu.xml", include_bytes!("fixtures/iedu.xml")),
    ("implocal.xml", include_bytes!("fixtures/implocal.xml")),
    ("pago.xml", include_bytes!("fixtures/pago.xml")),
    ("v33.xml", include_bytes!("fixtures/v33.xml")),
    ("donat.xml", include_bytes!("fixtures/donat.xml")),
];
const HASHES: &str = include_str!("fixtures/SHA256");

fn cambiar(bytes: &[u8], de: &str, a: &str) -> Verificacion {
    let texto = std::str::from_utf8(bytes).unwrap();
    assert!(texto.contains(de), "{de}");
    verificar(texto.replacen(de, a, 1).as_bytes())
}

fn codigos(v: &Verificacion) -> Vec<&'static str> {
    v.problemas.iter().filter(|p| p.grave).map(|p| p.codigo).collect()
}

#[test]
fn documents_of_another_program_are_valid_with_their_complements() {
    for (nombre, bytes) in AJENOS {
        let v = verificar(bytes);
        assert!(v.valido, "{nombre}: {:?}", v.problemas);
        let esperado = HASHES.lines().find(|l| l.ends_with(nombre)).unwrap();
        let esperado = esperado.split(' ').next().unwrap();
        assert_eq!(v.cadena_sha256.as_deref(), Some(esperado), "{nombre}");
        let cadena = v.cadena.unwrap();
        let directa = ramal_cfdi::cadena::cadena_de_bytes(bytes).unwrap();
        assert_eq!(directa.cadena, cadena.as_bytes());
        assert_eq!(hex(&ramal_xml::sha256(cadena.as_bytes())), esperado, "{nombre}");
    }
}

#[test]
fn own_documents_are_valid() {
    for documento in todas() {
        let v = verificar(&sellada(&documento));
        assert!(v.valido && v.problemas.is_empty(), "{:?}", v.problemas);
        let (serie, folio) = (documento.serie.unwrap(), documento.folio.unwrap());
        assert_eq!(v.numero, Some(format!("{serie}-{folio}")));
        assert_eq!(v.tipo.as_deref(), Some(documento.tipo.clave()));
        assert_eq!(v.certificado.unwrap().rfc, "EKU9003173C9");
    }
}

#[test]
fn every_changed_byte_of_the_text_breaks_the_sello() {
    let xml = sellada(&todas()[0]);
    for (de, a) in [
        (" Total=\"698.00\"", " Total=\"698.01\""),
        ("Internet", "internet"),
        (" Folio=\"1\"", " Folio=\"2\""),
        (" Folio=\"1\"", ""),
        ("TasaOCuota=\"0.160000\"", "TasaOCuota=\"0.16\""),
        ("Nombre=\"XOCHILT", "Nombre=\"OTRA"),
    ] {
        let v = cambiar(&xml, de, a);
        assert!(!v.valido && !v.sello_valido && v.legible, "{de} → {a}");
        assert!(codigos(&v).contains(&"sello"));
    }
}

#[test]
fn white_space_that_the_cadena_ignores_breaks_nothing() {
    let xml = sellada(&todas()[0]);
    let v = cambiar(&xml, "Nombre=\"XOCHILT CASAS", "\n   Nombre=\" XOCHILT&#9;  CASAS");
    assert!(v.valido, "{:?}", v.problemas);
}

#[test]
fn an_unknown_complement_is_listed_and_does_not_break_the_sello() {
    let xml = sellada(&todas()[0]);
    let raro = "<cfdi:Complemento><x:Raro xmlns:x=\"urn:x\" a=\"1\">\n  <x:Hijo/>\n</x:Raro>\
        </cfdi:Complemento></cfdi:Comprobante>";
    let v = cambiar(&xml, "</cfdi:Comprobante>", raro);
    assert!(v.valido, "{:?}", v.problemas);
    assert_eq!(v.complementos_desconocidos, ["x:Raro"]);
    let con_texto = raro.replace("<x:Hijo/>", "<x:Hijo>texto</x:Hijo>");
    let v = cambiar(&xml, "</cfdi:Comprobante>", &con_texto);
    assert!(!v.sello_valido);
    let addenda = "<cfdi:Addenda><otro>lo que sea</otro></cfdi:Addenda></cfdi:Comprobante>";
    assert!(cambiar(&xml, "</cfdi:Comprobante>", addenda).valido);
}

#[test]
fn a_known_complement_slipped_in_breaks_the_sello() {
    let xml = sellada(&todas()[0]);
    let donativo = "<cfdi:Complemento>\
        <donat:Donatarias xmlns:donat=\"http://www.sat.gob.mx/donat\" \
        version=\"1.1\" noAutorizacion=\"1\" fechaAutorizacion=\"2026-01-01\" leyenda=\"x\"/>\
        </cfdi:Complemento></cfdi:Comprobante>";
    let v = cambiar(&xml, "</cfdi:Comprobante>", donativo);
    assert!(!v.sello_valido);
    assert_eq!(v.complementos_conocidos, ["donat:Donatarias"]);
}

#[test]
fn sums_that_do_not_agree_are_named_even_if_sealed() {
    let mut documento = todas().remove(0);
    documento.total = ramal_cfdi::Valor::centavos(69_801);
    let v = verificar(&sellada(&documento));
    assert!(v.sello_valido && !v.totales_cuadran && !v.valido);
    assert_eq!(v.problemas[0].campo, "Comprobante.Total");
}

#[test]
fn a_certificate_of_another_taxpayer_is_noticed() {
    let mut documento = todas().remove(0);
    documento.emisor.rfc = "SAT970701NN3".into();
    let v = verificar(&sellada(&documento));
    assert!(v.sello_valido && !v.valido);
    assert_eq!(codigos(&v), ["certificado"]);
}

#[test]
fn garbage_is_answered_and_never_panics() {
    let profundo = "<a>".repeat(100_000);
    let dtd = "<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>";
    let casos: [&[u8]; 8] = [
        b"",
        b"\0\0\0",
        b"%PDF-1.7",
        profundo.as_bytes(),
        dtd.as_bytes(),
        b"<a/>",
        b"\xff\xfe<\0a\0/\0>\0",
        b"<cfdi:Comprobante Version=\"4.0\"/>",
    ];
    for caso in casos {
        let v = verificar(caso);
        assert!(!v.valido && !v.problemas.is_empty(), "{caso:?}");
    }
    let vacio = b"<c:Comprobante xmlns:c=\"http://www.sat.gob.mx/cfd/4\" Version=\"4.0\"/>";
    let v = verificar(vacio);
    assert!(v.legible && !v.valido && v.tipo.is_none());
    let viejo = b"<c:Comprobante xmlns:c=\"http://www.sat.gob.mx/cfd/3\" version=\"3.2\"/>";
    assert_eq!(codigos(&verificar(viejo)), ["no_soportado"]);
}

#[test]
fn a_broken_document_is_judged_at_every_cut_and_flip() {
    let xml = sellada(&todas()[3]);
    for corte in (0..xml.len()).step_by(61) {
        assert!(!verificar(&xml[..corte]).valido);
        let mut roto = xml.clone();
        roto[corte] ^= 0x15;
        // Some flips fall on what neither XML nor the cadena reads; none may end the program.
        let _ = verificar(&roto);
    }
}

#[test]
fn the_answer_is_json_with_the_agreed_keys() {
    let v = serde_json::to_value(verificar(&sellada(&todas()[0]))).unwrap();
    for clave in [
        "legible",
        "valido",
        "tipo",
        "emisor",
        "folio",
        "cadena_sha256",
        "sello_valido",
        "certificado",
        "timbre",
        "totales_cuadran",
        "complementos_desconocidos",
        "problemas",
    ] {
        assert!(v.get(clave).is_some(), "{clave}");
    }
}

#[test]
fn a_changed_certificate_does_not_pass_for_the_one_that_sealed() {
    let xml = String::from_utf8(sellada(&todas()[0])).unwrap();
    let certificado = csd().certificado();
    let mut der = certificado.der().to_vec();
    let ultimo = der.len() - 1;
    der[ultimo] ^= 1;
    let v = cambiar(xml.as_bytes(), &certificado.base64(), &ramal_xml::b64::encode(&der));
    assert!(v.sello_valido && !v.valido);
    assert_eq!(codigos(&v), ["certificado"]);
}

#[test]
fn a_global_invoice_of_a_whole_month_is_not_too_large_to_judge() {
    let mut global = todas().into_iter().find(|d| d.informacion_global.is_some()).unwrap();
    let uno = global.conceptos[0].clone();
    global.conceptos = vec![uno; 12_000];
    let xml = sellada(&global);
    assert!(xml.len() > 4 * 1024 * 1024, "{}", xml.len());
    let v = verificar(&xml);
    assert!(v.legible && v.sello_valido, "{:?}", v.problemas.first());
}

#[test]
fn what_an_expired_certificate_sealed_is_not_valid() {
    let con_fecha = |fecha: &'static str| {
        let documento =
            ramal_cfdi::modelo::Comprobante { fecha: fecha.into(), ..todas()[0].clone() };
        verificar(&sellada(&documento))
    };
    let v = con_fecha("2099-01-01T10:00:00");
    assert!(v.sello_valido && !v.valido);
    assert_eq!(codigos(&v), ["certificado_vigencia"]);
    let v = con_fecha("2019-01-01T10:00:00");
    assert!(v.valido && v.problemas.iter().any(|p| p.codigo == "certificado_vigencia" && !p.grave));
}
