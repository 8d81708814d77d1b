//! Fixtures and outside tools that several tests use. It asserts nothing by itself.

use std::path::{Path, PathBuf};
use std::process::Command;

use ramal_xml::{Document, Limits, Llave, NuevoCertificado, Writer, parse};

/// The namespaces of a Peruvian document, in canonical order.
pub const NAMESPACES: [(&str, &str); 5] = [
    ("xmlns", "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"),
    ("xmlns:cac", "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"),
    ("xmlns:cbc", "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"),
    ("xmlns:ds", "http://www.w3.org/2000/09/xmldsig#"),
    ("xmlns:ext", "urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2"),
];

/// The small canonicalisation vector: 603 bytes whose digests are published.
pub fn small_vector(inside: &[u8]) -> Vec<u8> {
    let mut writer = Writer::new();
    writer.open("Invoice", &NAMESPACES);
    writer.open("ext:UBLExtensions", &[]);
    writer.open("ext:UBLExtension", &[]);
    writer.open("ext:ExtensionContent", &[]);
    writer.raw(inside);
    writer.close("ext:ExtensionContent");
    writer.close("ext:UBLExtension");
    writer.close("ext:UBLExtensions");
    writer.leaf("cbc:ID", &[], "F001-1");
    let note = "Ñandú & \"Cía\" <x> it's";
    writer.leaf("cbc:Note", &[("languageLocaleID", "1000")], note);
    writer.close("Invoice");
    writer.into_bytes()
}

/// Parses with the usual limits.
pub fn read(bytes: &[u8]) -> Document {
    parse(bytes, &Limits::default()).unwrap()
}

/// Path of a fixture.
pub fn fixture_path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/fixtures").join(name)
}

/// Bytes of a fixture.
pub fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(fixture_path(name)).unwrap()
}

/// Output of an outside tool, or none when the machine lacks it.
pub fn tool(program: &str, args: &[&str]) -> Option<std::process::Output> {
    Command::new(program).args(args).output().ok()
}

/// What a test certificate of SAT says.
pub fn datos_de_csd() -> NuevoCertificado {
    let names = [
        ("2.5.4.3", "ESCUELA KEMPER URGATE SA DE CV"),
        ("2.5.4.41", "ESCUELA KEMPER URGATE SA DE CV"),
        ("2.5.4.10", "ESCUELA KEMPER URGATE SA DE CV"),
        ("2.5.4.6", "MX"),
        ("2.5.4.45", "EKU9003173C9 / VADA800927DJ3"),
        ("2.5.4.5", " / VADA800927HSRSRL05"),
        ("2.5.4.11", "Ñandú"),
    ];
    NuevoCertificado {
        subject: names.iter().map(|(oid, v)| (oid.to_string(), v.to_string())).collect(),
        serial: b"30001000000400002434".to_vec(),
        not_before_ms: 1_790_000_000_000,
        not_after_ms: 1_920_000_000_000,
    }
}

/// The committed test key.
pub fn llave() -> Llave {
    Llave::from_pkcs8_encrypted_der(&fixture("sat.key"), "12345678a").unwrap()
}
