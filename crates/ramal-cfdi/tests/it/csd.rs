//! Certificates: each way of being wrong has its own answer.

use ramal_cfdi::csd::{ConSucursal, Csd, CsdError, DatosPrueba, Vigencia, certificado_de_prueba};
use ramal_xml::llave::Llave;

use crate::mundo::{csd, datos_csd};

const DIA_MS: i64 = 86_400_000;

#[test]
fn the_files_of_the_sat_open_with_their_password_alone() {
    let (cer, key) = csd().to_archivos("12345678a").unwrap();
    let abierto = Csd::load(&cer, &key, "12345678a").unwrap();
    assert_eq!(abierto.datos(), csd().datos());
    assert_eq!(abierto.no_certificado(), "30001000000500000007");
    assert_eq!(Csd::load(&cer, &key, "otra").unwrap_err(), CsdError::ContrasenaIncorrecta);
    assert_eq!(Csd::load(&cer, b"nada", "12345678a").unwrap_err(), CsdError::LlaveIlegible);
    assert_eq!(Csd::load(b"nada", &key, "12345678a").unwrap_err(), CsdError::CertificadoIlegible);
    let (der, pkcs8) = csd().to_parts();
    assert!(Csd::from_parts(&der, &pkcs8).is_ok());
}

#[test]
fn a_fiel_and_a_foreign_key_are_refused() {
    let llave = Llave::generate(2048).unwrap();
    let fiel = certificado_de_prueba(&datos_csd(), &llave, ConSucursal::No).unwrap();
    assert_eq!(Csd::from_llave(fiel, llave).unwrap_err(), CsdError::EsFiel);
    let ajena = Llave::generate(2048).unwrap();
    let certificado = csd().certificado().clone();
    assert_eq!(Csd::from_llave(certificado, ajena).unwrap_err(), CsdError::LlaveAjena);
}

#[test]
fn owner_and_validity_are_checked_against_today() {
    let (desde, hasta) = (csd().datos().desde_ms, csd().datos().hasta_ms);
    let check = |rfc: &str, ms: i64| csd().check(rfc, ms);
    assert_eq!(check("EKU9003173C9", desde + DIA_MS), Ok(Vigencia::Vigente));
    assert_eq!(check("EKU9003173C9", hasta - 10 * DIA_MS), Ok(Vigencia::PorVencer { dias: 10 }));
    assert_eq!(check("EKU9003173C9", hasta + 1), Err(CsdError::Vencido));
    assert_eq!(check("EKU9003173C9", desde - 1), Err(CsdError::AunNoVigente));
    let ajeno = check("CACX7605101P8", desde + 1).unwrap_err();
    assert!(ajeno.to_string().contains("EKU9003173C9"), "{ajeno}");
}

#[test]
fn nothing_secret_is_printed() {
    let texto = format!("{:?}", csd());
    assert!(texto.contains("EKU9003173C9") && !texto.contains("llave"), "{texto}");
}

#[test]
fn the_same_key_makes_a_certificate_with_the_name_asked_for() {
    let datos = DatosPrueba { razon_social: "COMUNICACIONES ÑANDÚ".into(), ..datos_csd() };
    let llave = Llave::from_pkcs8_der(&csd().to_parts().1).unwrap();
    let otro = Csd::prueba_con_llave(&datos, llave).unwrap();
    assert_eq!(otro.datos().nombre, "COMUNICACIONES ÑANDÚ");
}
