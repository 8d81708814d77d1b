//! Sello and bytes: what is sealed is what the cadena says, and OpenSSL agrees.

use std::io::Write as _;
use std::process::{Command, Stdio};

use ramal_cfdi::lectura::leer;
use ramal_cfdi::sellar;
use ramal_xml::b64;

use crate::mundo::{csd, todas};

#[test]
fn sealing_twice_gives_the_same_bytes() {
    for documento in todas() {
        assert_eq!(sellar(&documento, csd()), sellar(&documento, csd()));
    }
}

#[test]
fn the_sello_verifies_with_the_certificate_in_the_bytes() {
    for documento in todas() {
        let sellado = sellar(&documento, csd());
        let sello = b64::decode(&sellado.sello_b64).unwrap();
        assert!(csd().certificado().verify_sha256(&sellado.cadena, &sello));
        let texto = String::from_utf8(sellado.xml).unwrap();
        assert!(texto.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?><cfdi:Comprobante "));
        assert!(texto.contains(&format!(" Sello=\"{}\"", sellado.sello_b64)));
        assert!(texto.contains(&format!(" NoCertificado=\"{}\"", csd().no_certificado())));
        assert!(!texto.contains("=\"\""), "an empty attribute is invalid");
    }
}

#[test]
fn what_is_written_is_read_back_as_it_was() {
    for documento in todas() {
        let lectura = leer(&sellar(&documento, csd()).xml).unwrap();
        assert_eq!(lectura.comprobante, documento);
        assert!(lectura.problemas.is_empty());
        assert_eq!(lectura.timbre, None);
    }
}

#[test]
fn namespaces_are_declared_once_on_the_root_and_only_if_used() {
    let documentos = todas();
    let texto = |i: usize| String::from_utf8(sellar(&documentos[i], csd()).xml).unwrap();
    assert!(!texto(0).contains("pago20"));
    assert_eq!(texto(3).matches("xmlns:pago20=").count(), 1);
    assert!(texto(3).contains("http://www.sat.gob.mx/sitio_internet/cfd/Pagos/Pagos20.xsd"));
}

/// OpenSSL is the other judge; where it is not installed there is nothing to compare with.
#[test]
fn openssl_makes_the_same_sello() {
    let sellado = sellar(&todas()[0], csd());
    let carpeta = tempfile::tempdir().unwrap();
    let llave = carpeta.path().join("llave.der");
    std::fs::write(&llave, csd().to_parts().1).unwrap();
    let comando = Command::new("openssl")
        .args(["dgst", "-sha256", "-keyform", "DER", "-sign"])
        .arg(&llave)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let Ok(mut proceso) = comando else { return };
    proceso.stdin.take().unwrap().write_all(&sellado.cadena).unwrap();
    let salida = proceso.wait_with_output().unwrap();
    assert!(salida.status.success());
    assert_eq!(b64::encode(&salida.stdout), sellado.sello_b64);
}
