//! The worked example of the norm, byte for byte. Other shapes are in `vectores`.

use ramal_sunat::lectura::leer;
use ramal_sunat::{escribir_cpe, firma, qr};
use ramal_xml::{b64, hash};

use crate::muestras::caso_a;

#[test]
fn vector_a_is_byte_identical_to_the_worked_example() {
    let cpe = caso_a();
    let documento = escribir_cpe(&cpe);
    let esperado = include_str!("fixtures/vector_a.txt").replace('\n', "");
    assert_eq!(String::from_utf8_lossy(documento.bytes()), esperado);
    assert_eq!(documento.bytes().len(), 5_753);
    assert_eq!(firma::digest(&documento), "5ht22fK0AePeQMHgJLDh6V42+krOnLh/vTpwDYSjkcQ=");
    assert_eq!(b64::encode(&hash::sha1(documento.bytes())), "9BghJk91WuFWKnoiDMWY2MOoBsY=");
    let info = firma::signed_info_canonico(documento.raiz(), &firma::digest(&documento));
    assert_eq!(info.len(), 935);
    let hex: String = hash::sha256(&info).iter().map(|b| format!("{b:02x}")).collect();
    assert_eq!(hex, "168381c5654927b535b1fcbe7fd487c13c6906d8f9e97d0eb1eddcae55f6a321");
    assert_eq!(cpe.nombre(), "20600000005-01-F001-1");
    let texto = "20600000005|01|F001|1|15.25|100.00|2026-11-20|6|20512333797|";
    assert_eq!(qr::de_cpe(&cpe), texto);
    assert_eq!(qr::de_vista(&leer(documento.bytes()).unwrap()), texto);
}
