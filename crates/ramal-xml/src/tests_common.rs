//! What several unit tests share. It holds no assertions of its own.

use crate::writer::Writer;

/// The namespaces of a Peruvian document, in canonical order.
pub(crate) const NAMESPACES: [(&str, &str); 5] = [
    ("xmlns", "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"),
    ("xmlns:cac", "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"),
    ("xmlns:cbc", "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"),
    ("xmlns:ds", "http://www.w3.org/2000/09/xmldsig#"),
    ("xmlns:ext", "urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2"),
];

/// The small canonicalisation vector: 603 bytes whose digests are published.
pub(crate) fn small_vector() -> Vec<u8> {
    let mut writer = Writer::new();
    writer.open("Invoice", &NAMESPACES);
    writer.open("ext:UBLExtensions", &[]);
    writer.open("ext:UBLExtension", &[]);
    writer.leaf("ext:ExtensionContent", &[], "");
    writer.close("ext:UBLExtension");
    writer.close("ext:UBLExtensions");
    writer.leaf("cbc:ID", &[], "F001-1");
    let note = "\u{d1}and\u{fa} & \"C\u{ed}a\" <x> it's";
    writer.leaf("cbc:Note", &[("languageLocaleID", "1000")], note);
    writer.close("Invoice");
    writer.into_bytes()
}
