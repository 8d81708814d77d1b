//! Keys open from the files people have, with the right password and no other.
//! What their certificates say is elsewhere.

use ramal_xml::{Certificado, Llave, LlaveError};

use crate::comun::{fixture, llave, tool};

const MESSAGE: &[u8] = b"||4.0|F|1|2026-11-20T10:00:00||";

fn certificado() -> Certificado {
    Certificado::from_der(&fixture("prueba.cer")).unwrap()
}

fn error<T>(result: Result<T, LlaveError>) -> LlaveError {
    result.err().unwrap()
}

#[test]
fn sat_key_opens_only_with_its_password() {
    let key = fixture("sat.key");
    assert!(Llave::from_pkcs8_encrypted_der(&key, "12345678a").unwrap().matches(&certificado()));
    for wrong in ["", "12345678A", "12345678a "] {
        let error = error(Llave::from_pkcs8_encrypted_der(&key, wrong));
        assert_eq!(error, LlaveError::Contrasena, "{wrong:?}");
    }
}

#[test]
fn broken_key_files_are_not_reported_as_a_wrong_password() {
    let key = fixture("sat.key");
    let broken = |bytes: &[u8]| error(Llave::from_pkcs8_encrypted_der(bytes, "12345678a"));
    assert!(matches!(broken(&key[..key.len() - 8]), LlaveError::Formato(_)));
    assert!(matches!(broken(b""), LlaveError::Formato(_)));
    assert!(matches!(broken(&fixture("prueba.cer")), LlaveError::Formato(_)));
    assert!(matches!(broken(&llave().to_pkcs8_der()), LlaveError::Formato(_)));
    assert!(matches!(error(Llave::from_pkcs8_der(&key)), LlaveError::Formato(_)));
    assert!(matches!(error(Llave::from_p12(&key, "x")), LlaveError::Formato(_)));
}

/// The SAT key file with another count of rounds, in more bytes than the two it has.
fn with_rounds(key: &[u8], rounds: u32) -> Vec<u8> {
    let at = key.windows(4).position(|w| w == [2, 2, 8, 0]).unwrap();
    let bytes = rounds.to_be_bytes();
    let bytes = &bytes[bytes.iter().take_while(|&&b| b == 0).count()..];
    let size = u8::try_from(bytes.len()).unwrap();
    let mut changed = [&key[..at], &[2, size], bytes, &key[at + 4..]].concat();
    // Low bytes of the lengths of the sequences around: the file, then four nested ones.
    for length in [3, 5, 18, 20, 33] {
        changed[length] += size - 2;
    }
    changed
}

#[test]
fn hostile_parameters_are_refused_before_working() {
    let key = fixture("sat.key");
    assert_eq!(
        error(Llave::from_pkcs8_encrypted_der(&with_rounds(&key, 100_000_000), "12345678a")),
        LlaveError::Algoritmo
    );
    assert_eq!(
        error(Llave::from_pkcs8_encrypted_der(&with_rounds(&key, 70_000), "12345678a")),
        LlaveError::Contrasena
    );
    let cipher = key.windows(3).position(|w| w == [0x0D, 3, 7]).unwrap() + 3;
    assert_eq!(key[cipher..cipher + 2], [4, 8]);
    let mut short = key.clone();
    short[cipher..cipher + 10].copy_from_slice(&[4, 4, 1, 2, 3, 4, 5, 2, 1, 2]);
    assert_eq!(error(Llave::from_pkcs8_encrypted_der(&short, "12345678a")), LlaveError::Algoritmo);
}

#[test]
fn pem_keys_open_plain_and_encrypted() {
    let pem = String::from_utf8(fixture("aes.key.pem")).unwrap();
    assert!(Llave::from_pem(&pem, Some("12345678a")).unwrap().matches(&certificado()));
    assert_eq!(error(Llave::from_pem(&pem, Some("otra"))), LlaveError::Contrasena);
    assert_eq!(error(Llave::from_pem(&pem, None)), LlaveError::FaltaContrasena);
    assert!(matches!(error(Llave::from_pem("nada", None)), LlaveError::Formato(_)));
    let plain = ramal_xml::b64::encode(&llave().to_pkcs8_der());
    let pem = format!("-----BEGIN PRIVATE KEY-----\n{plain}\n-----END PRIVATE KEY-----\n");
    assert!(Llave::from_pem(&pem, None).unwrap().matches(&certificado()));
}

#[test]
fn pkcs12_opens_modern_and_legacy() {
    for name in ["moderno.p12", "legado.p12"] {
        let (llave, certificado) = Llave::from_p12(&fixture(name), "secreta123").unwrap();
        assert!(llave.matches(&certificado), "{name}");
        assert_eq!(certificado.der(), fixture("prueba.cer"), "{name}");
        assert_eq!(error(Llave::from_p12(&fixture(name), "mala")), LlaveError::Contrasena);
    }
}

#[test]
fn signatures_are_deterministic_and_verify_with_the_certificate() {
    let (llave, certificado) = (llave(), certificado());
    assert_eq!(llave.sign_sha256(MESSAGE), llave.sign_sha256(MESSAGE));
    assert_eq!(llave.sign_sha1(MESSAGE), llave.sign_sha1(MESSAGE));
    assert!(certificado.verify_sha256(MESSAGE, &llave.sign_sha256(MESSAGE)));
    assert!(certificado.verify_sha1(MESSAGE, &llave.sign_sha1(MESSAGE)));
    assert!(certificado.verify_sha512(MESSAGE, &llave.sign_sha512(MESSAGE)));
    assert!(!certificado.verify_sha256(b"otro", &llave.sign_sha256(MESSAGE)));
    assert!(!certificado.verify_sha256(MESSAGE, &llave.sign_sha1(MESSAGE)));
    assert!(!certificado.verify_sha1(MESSAGE, b""));
}

#[test]
fn openssl_makes_the_same_signatures() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (key, message, out) = (path("key"), path("message"), path("out"));
    std::fs::write(&key, llave().to_pkcs8_der()).unwrap();
    std::fs::write(&message, MESSAGE).unwrap();
    let ours = [
        ("-sha1", llave().sign_sha1(MESSAGE)),
        ("-sha256", llave().sign_sha256(MESSAGE)),
        ("-sha512", llave().sign_sha512(MESSAGE)),
    ];
    for (digest, ours) in ours {
        assert_eq!(ours.len(), 256);
        let args = ["dgst", digest, "-keyform", "DER", "-sign", &key, "-out", &out, &message];
        let Some(output) = tool("openssl", &args) else { return };
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(std::fs::read(&out).unwrap(), ours, "{digest}");
    }
}

#[test]
fn generated_key_travels_in_sat_form() {
    let llave = Llave::generate(2048).unwrap();
    let sealed = llave.to_pkcs8_encrypted_der("clave-ñ").unwrap();
    let opened = Llave::from_pkcs8_encrypted_der(&sealed, "clave-ñ").unwrap();
    assert_eq!(opened.public_der(), llave.public_der());
    assert_eq!(error(Llave::from_pkcs8_encrypted_der(&sealed, "clave-n")), LlaveError::Contrasena);
    // Same shape as the file that openssl made to SAT's parameters: 3DES after PBKDF2, no PRF.
    let reference = fixture("sat.key");
    assert_eq!(sealed[17..34], reference[17..34]);
    assert!(Llave::generate(1024).is_err());
    assert!(!llave.matches(&certificado()));
    assert_eq!(format!("{llave:?}"), "Llave { bits: 2048 }");
}
