//! The signed cancellation request verifies in a reader that did not write it.

use ramal_cfdi::cancelacion::{CancelacionError, FolioCancelado, Motivo, solicitud};
use ramal_xml::{Limits, parse, verify_enveloped};

use crate::mundo::{FECHA, UUID, csd};

fn firmada(motivo: Motivo) -> Result<Vec<u8>, CancelacionError> {
    solicitud(&FolioCancelado { uuid: UUID.into(), motivo }, FECHA, csd())
}

#[test]
fn the_signature_of_the_request_verifies() {
    let sustituye = "5A9C1B2E-0000-4000-8000-000000000002".to_owned();
    for motivo in [Motivo::ConRelacion { sustituye }, Motivo::SinRelacion, Motivo::EnGlobal] {
        let bytes = firmada(motivo.clone()).unwrap();
        let documento = parse(&bytes, &Limits::default()).unwrap();
        let informe = verify_enveloped(&documento).unwrap();
        assert!(informe.digest_ok && informe.signature_ok, "{:?}", informe.problems);
        let texto = String::from_utf8(bytes).unwrap();
        let lleva = texto.contains("FolioSustitucion");
        assert_eq!(lleva, motivo.clave() == "01");
    }
}

#[test]
fn a_changed_request_does_not_verify() {
    let texto = String::from_utf8(firmada(Motivo::NoRealizada).unwrap()).unwrap();
    let cambiado = texto.replace("Motivo=\"03\"", "Motivo=\"02\"");
    let documento = parse(cambiado.as_bytes(), &Limits::default()).unwrap();
    assert!(!verify_enveloped(&documento).unwrap().digest_ok);
}

#[test]
fn requests_without_form_are_refused() {
    let mala = FolioCancelado { uuid: "x".into(), motivo: Motivo::SinRelacion };
    assert_eq!(solicitud(&mala, FECHA, csd()), Err(CancelacionError::UuidInvalido));
    let sin_sustituto = Motivo::ConRelacion { sustituye: String::new() };
    assert_eq!(firmada(sin_sustituto), Err(CancelacionError::UuidInvalido));
    let folio = FolioCancelado { uuid: UUID.into(), motivo: Motivo::SinRelacion };
    assert_eq!(solicitud(&folio, "hoy", csd()), Err(CancelacionError::FechaInvalida));
}
