//! What a PAC returns is checked against what was sent.

use ramal_cfdi::sellar;
use ramal_cfdi::timbre::{SelloSat, Timbre, TimbreError, check_timbrado, insertar};

use crate::mundo::{UUID, csd, todas};

fn timbre(sello: &str) -> Timbre {
    let sin_firma = Timbre {
        uuid: UUID.into(),
        fecha_timbrado: "2026-11-20T10:00:05".into(),
        rfc_prov_certif: "SPR190613I52".into(),
        leyenda: None,
        sello_cfd: sello.into(),
        no_certificado_sat: csd().no_certificado().into(),
        sello_sat: String::new(),
    };
    sin_firma.sign(csd().llave())
}

/// Sealed and stamped bytes of each kind of document.
fn pares() -> Vec<(Vec<u8>, Vec<u8>, Timbre)> {
    let par = |documento| {
        let sellado = sellar(&documento, csd());
        let timbre = timbre(&sellado.sello_b64);
        (sellado.xml.clone(), insertar(&sellado.xml, &timbre).unwrap(), timbre)
    };
    todas().into_iter().map(par).collect()
}

fn cambiar(bytes: &[u8], de: &str, a: &str) -> Vec<u8> {
    let texto = std::str::from_utf8(bytes).unwrap();
    assert!(texto.contains(de), "{de}");
    texto.replacen(de, a, 1).into_bytes()
}

#[test]
fn an_honest_stamp_is_accepted_and_touches_nothing_else() {
    for (enviado, recibido, timbre) in pares() {
        let con = check_timbrado(&enviado, &recibido, Some(csd().certificado()));
        assert_eq!(con, Ok((timbre.clone(), SelloSat::Valido)));
        let sin = check_timbrado(&enviado, &recibido, None).unwrap();
        assert_eq!(sin.1, SelloSat::NoVerificado);
        let nodo = String::from_utf8(timbre.xml()).unwrap();
        let resto = String::from_utf8(recibido).unwrap().replace(&nodo, "");
        let resto = resto.replace("<cfdi:Complemento></cfdi:Complemento>", "");
        assert_eq!(resto.into_bytes(), enviado);
    }
}

#[test]
fn a_changed_amount_is_noticed() {
    let (enviado, recibido, _) = &pares()[0];
    let cambiado = cambiar(recibido, " Total=\"698.00\"", " Total=\"697.00\"");
    let resultado = check_timbrado(enviado, &cambiado, None);
    assert_eq!(resultado, Err(TimbreError::CadenaDistinta));
}

#[test]
fn a_stamp_of_another_document_is_noticed() {
    let lista = pares();
    let ajeno = insertar(&lista[0].0, &lista[1].2).unwrap();
    let resultado = check_timbrado(&lista[0].0, &ajeno, None);
    assert_eq!(resultado, Err(TimbreError::SelloDistinto));
    let otro = check_timbrado(&lista[0].0, &lista[1].1, None);
    assert_eq!(otro, Err(TimbreError::SelloDistinto));
}

#[test]
fn malformed_stamps_are_named() {
    let (enviado, recibido, timbre) = &pares()[0];
    let sin = check_timbrado(enviado, enviado, None);
    assert_eq!(sin, Err(TimbreError::SinTimbre));
    assert_eq!(insertar(recibido, timbre), Err(TimbreError::YaTimbrado));
    let uuid = check_timbrado(enviado, &cambiar(recibido, UUID, "no-es-uuid"), None);
    assert_eq!(uuid, Err(TimbreError::UuidInvalido));
    let fecha = cambiar(recibido, "FechaTimbrado=\"2026-11-20", "FechaTimbrado=\"2026-13-20");
    assert_eq!(check_timbrado(enviado, &fecha, None), Err(TimbreError::FechaInvalida));
    let firma = cambiar(recibido, "RfcProvCertif=\"SPR190613I52", "RfcProvCertif=\"SAT970701NN3");
    let falsa = check_timbrado(enviado, &firma, Some(csd().certificado()));
    assert_eq!(falsa, Err(TimbreError::SelloSatInvalido));
    assert!(matches!(check_timbrado(enviado, b"", None), Err(TimbreError::Ilegible(_))));
}

#[test]
fn a_global_invoice_of_ten_thousand_receipts_can_be_stamped() {
    let mut documento = todas().remove(2);
    let venta = documento.conceptos[0].clone();
    documento.conceptos = vec![venta; 10_000];
    let sellado = sellar(&documento, csd());
    let timbrado = insertar(&sellado.xml, &timbre(&sellado.sello_b64)).unwrap();
    assert!(check_timbrado(&sellado.xml, &timbrado, Some(csd().certificado())).is_ok());
}
