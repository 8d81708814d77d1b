//! Certificates say what they say, ours and openssl's. Keys are elsewhere.

use ramal_xml::{Certificado, LlaveError, self_signed};

use crate::comun::{datos_de_csd, fixture, llave, tool};

#[test]
fn certificate_made_by_openssl_is_read() {
    let certificado = Certificado::from_der(&fixture("prueba.cer")).unwrap();
    assert_eq!(certificado.numero().as_deref(), Some("30001000000400002434"));
    assert_eq!(certificado.subject_value("2.5.4.11"), Some("20600000005"));
    assert_eq!(
        certificado.issuer_text(),
        "CN=RAMAL DEMO S.A.C., O=RAMAL DEMO S.A.C., OU=20600000005, C=PE"
    );
    assert_eq!(certificado.public_key_bits(), 2048);
    let pem = String::from_utf8(fixture("prueba.cer.pem")).unwrap();
    assert_eq!(Certificado::from_pem(&pem).unwrap(), certificado);
    assert_eq!(Certificado::from_bytes(pem.as_bytes()).unwrap(), certificado);
    assert!(!certificado.base64().contains('\n'));
}

#[test]
fn self_signed_certificate_carries_what_was_asked() {
    let datos = datos_de_csd();
    let certificado = self_signed(&llave(), &datos).unwrap();
    assert_eq!(certificado.numero().as_deref(), Some("30001000000400002434"));
    assert_eq!(certificado.subject(), datos.subject);
    assert_eq!(certificado.issuer(), certificado.subject());
    assert_eq!(certificado.valid_from(), datos.not_before_ms);
    assert_eq!(certificado.valid_to(), datos.not_after_ms);
    assert!(llave().matches(&certificado));
    assert!(!certificado.is_valid_at(datos.not_before_ms - 1));
    assert!(certificado.is_valid_at(datos.not_after_ms));
    assert!(!certificado.is_valid_at(datos.not_after_ms + 1000));
    assert_eq!(certificado.serial_decimal(), "292233162870206001759766198444326234574038512436");
}

#[test]
fn impossible_certificates_are_refused() {
    let refuse = |change: &dyn Fn(&mut ramal_xml::NuevoCertificado)| {
        let mut datos = datos_de_csd();
        change(&mut datos);
        matches!(self_signed(&llave(), &datos), Err(LlaveError::Generacion(_)))
    };
    assert!(refuse(&|datos| datos.serial = vec![0]));
    assert!(refuse(&|datos| datos.subject[0].0 = "9.9".to_owned()));
    assert!(refuse(&|datos| datos.not_after_ms = i64::MAX));
}

#[test]
fn dates_from_2050_on_use_four_digit_years() {
    let mut datos = datos_de_csd();
    datos.not_before_ms = 2_524_607_999_000;
    datos.not_after_ms = 2_524_608_000_000;
    let certificado = self_signed(&llave(), &datos).unwrap();
    assert_eq!(certificado.valid_from(), datos.not_before_ms);
    assert_eq!(certificado.valid_to(), datos.not_after_ms);
    let der = certificado.der();
    assert!(der.windows(13).any(|w| w == b"491231235959Z"));
    assert!(der.windows(15).any(|w| w == b"20500101000000Z"));
}

#[test]
fn rubbish_is_not_a_certificate() {
    let der = fixture("prueba.cer");
    assert!(Certificado::from_der(&der[..der.len() - 1]).is_err());
    assert!(Certificado::from_der(&[&der[..], b"x"].concat()).is_err());
    assert!(Certificado::from_bytes(b"-----BEGIN CERTIFICATE-----").is_err());
    assert!(Certificado::from_der(&fixture("sat.key")).is_err());
}

#[test]
fn openssl_reads_the_self_signed_certificate() {
    let certificado = self_signed(&llave(), &datos_de_csd()).unwrap();
    assert!(certificado.der().len() > 800);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("c.cer");
    std::fs::write(&path, certificado.der()).unwrap();
    let args = ["x509", "-inform", "DER", "-text", "-noout", "-in", path.to_str().unwrap()];
    let Some(output) = tool("openssl", &args) else { return };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8_lossy(&output.stdout);
    for part in [
        "33:30:30:30:31:30:30:30:30:30:30:34:30:30:30:30:32:34:33:34",
        "x500UniqueIdentifier = EKU9003173C9 / VADA800927DJ3",
        "CA:FALSE",
        "Digital Signature, Non Repudiation",
        "Signature Algorithm: sha256WithRSAEncryption",
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
}

#[test]
fn a_changed_name_inside_a_certificate_is_seen() {
    let whole = self_signed(&llave(), &datos_de_csd()).unwrap();
    assert!(!whole.is_altered());
    let mut bytes = whole.der().to_vec();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    assert!(Certificado::from_der(&bytes).unwrap().is_altered());
    let ajeno = Certificado::from_der(&fixture("prueba.cer")).unwrap();
    assert!(!ajeno.is_altered(), "signed by OpenSSL");
}
