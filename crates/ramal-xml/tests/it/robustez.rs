//! Whatever arrives, the reader, the canonicaliser and the key openers answer and never panic.
//! What they answer is asserted elsewhere.

use proptest::prelude::*;
use ramal_xml::{C14n, Certificado, Limits, Llave, canonicalize, parse, verify_enveloped};

use crate::comun::{fixture, read};

const MUTATED: [&str; 4] =
    ["c14n/prefijos.xml", "c14n/w3c_3_3.xml", "c14n/w3c_3_1.xml", "firmas/exc256.xml"];

fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..Default::default() }
}

fn swallow(bytes: &[u8]) {
    let Ok(doc) = parse(bytes, &Limits::default()) else { return };
    for how in [C14n::InclusiveWithComments, C14n::Exclusive] {
        let once = canonicalize(&doc, doc.document_id(), None, how, &[]);
        let again = read(&once);
        let twice = canonicalize(&again, again.document_id(), None, how, &[]);
        assert_eq!(once, twice, "canonicalising is idempotent");
    }
    let _ = verify_enveloped(&doc);
}

fn mutate(mut bytes: Vec<u8>, changes: &[(u16, u8, u8)]) -> Vec<u8> {
    for &(place, kind, byte) in changes {
        let at = usize::from(place) % bytes.len().max(1);
        match kind % 4 {
            0 => bytes[at] = byte,
            1 => bytes.insert(at, byte),
            2 if bytes.len() > 1 => drop(bytes.remove(at)),
            _ => bytes.truncate(at.max(1)),
        }
    }
    bytes
}

fn changes() -> impl Strategy<Value = Vec<(u16, u8, u8)>> {
    let byte = prop_oneof![any::<u8>(), prop::sample::select(b"<>&\"'=:/!?-[] x;#".to_vec())];
    prop::collection::vec((any::<u16>(), 0..15_u8, byte), 1..6)
}

proptest! {
    #![proptest_config(cases(400))]

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        swallow(&bytes);
        let _ = Certificado::from_bytes(&bytes);
        let _ = Llave::from_pkcs8_der(&bytes);
        let _ = Llave::from_pkcs8_encrypted_der(&bytes, "x");
    }

    #[test]
    fn arbitrary_markup_never_panics(text in "[<>&;#xa0:='\"/?!\\-\\[\\]CDAT \r\n\u{f1}]{0,60}") {
        swallow(text.as_bytes());
        swallow(format!("<a>{text}</a>").as_bytes());
        swallow(format!("<a b='1' {text}/>").as_bytes());
    }

    #[test]
    fn mutated_documents_never_panic(changes in changes(), which in 0..4_usize) {
        swallow(&mutate(fixture(MUTATED[which]), &changes));
    }
}

proptest! {
    #![proptest_config(cases(60))]

    #[test]
    fn mutated_key_files_never_panic(changes in changes()) {
        let _ = Certificado::from_der(&mutate(fixture("prueba.cer"), &changes));
        let _ = Llave::from_pkcs8_encrypted_der(&mutate(fixture("sat.key"), &changes), "12345678a");
        let _ = Llave::from_p12(&mutate(fixture("legado.p12"), &changes), "secreta123");
    }
}
