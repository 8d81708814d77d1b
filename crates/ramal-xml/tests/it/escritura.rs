//! What is written is already canonical: the digest needs no parser. Texts only; no documents.

use ramal_xml::{C14n, Writer, b64, canonicalize, sha1, sha256};

use crate::comun::{read, small_vector};

#[test]
fn small_vector_has_the_published_digests() {
    let bytes = small_vector(b"");
    assert_eq!(bytes.len(), 603);
    assert_eq!(b64::encode(&sha256(&bytes)), "E5WQbypQ6TjXa0bThp++P7blwFi9UvOdEloGUBL4Kbg=");
    assert_eq!(b64::encode(&sha1(&bytes)), "329CFLYpL0u0KtmHRJiQ2U4WyTg=");
}

#[test]
fn canonicalizer_gives_back_what_the_writer_wrote() {
    let bytes = small_vector(b"");
    let doc = read(&bytes);
    let canonical = canonicalize(&doc, doc.document_id(), None, C14n::Inclusive, &[]);
    assert_eq!(String::from_utf8(canonical), String::from_utf8(bytes));
}

#[test]
fn cancellation_written_by_hand_has_the_published_digest() {
    let mut writer = Writer::new();
    let attrs = [
        ("xmlns", "http://cancelacfd.sat.gob.mx"),
        ("xmlns:xsd", "http://www.w3.org/2001/XMLSchema"),
        ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"),
        ("Fecha", "2026-11-20T10:00:00"),
        ("RfcEmisor", "EKU9003173C9"),
    ];
    let folio = [
        ("FolioSustitucion", "5A9C1B2E-0000-4000-8000-000000000002"),
        ("Motivo", "01"),
        ("UUID", "5A9C1B2E-0000-4000-8000-000000000001"),
    ];
    writer.open("Cancelacion", &attrs);
    writer.open("Folios", &[]);
    writer.leaf("Folio", &folio, "");
    writer.close("Folios");
    writer.close("Cancelacion");
    let bytes = writer.into_bytes();
    assert_eq!(b64::encode(&sha1(&bytes)), "10L7I6RW/ItmOPczdFnt9ZaBkHs=");
    let doc = read(&bytes);
    assert_eq!(canonicalize(&doc, doc.root().id(), None, C14n::Inclusive, &[]), bytes);
}

#[test]
fn declaration_and_empty_leaf_are_byte_stable() {
    let mut writer = Writer::with_capacity(64);
    assert!(writer.is_empty());
    writer.declaration();
    let start = writer.len();
    writer.leaf("a", &[("x", "1\t\"&<>'\n\r")], "");
    writer.leaf("b", &[], "1\t\"&<>'\n\r");
    let want = "<a x=\"1&#x9;&quot;&amp;&lt;>'&#xA;&#xD;\"></a><b>1\t\"&amp;&lt;&gt;'\n&#xD;</b>";
    assert_eq!(std::str::from_utf8(&writer.as_bytes()[start..]), Ok(want));
    assert_eq!(&writer.into_bytes()[..start], br#"<?xml version="1.0" encoding="UTF-8"?>"#);
}
