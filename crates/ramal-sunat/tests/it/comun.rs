//! A signer and a moment shared by the tests. The documents are in `muestras`.

use std::sync::OnceLock;

use ramal_base::Instante;
use ramal_sunat::FirmanteSunat;

use crate::muestras::RUC;

/// 2026-11-20T15:15:00Z.
pub fn ahora() -> Instante {
    Instante::parse("2026-11-20T15:15:00Z").unwrap()
}

pub fn firmante() -> &'static FirmanteSunat {
    static FIRMANTE: OnceLock<FirmanteSunat> = OnceLock::new();
    FIRMANTE.get_or_init(|| {
        let (desde, hasta) = (ahora().millis() - 86_400_000, ahora().millis() + 86_400_000 * 365);
        FirmanteSunat::prueba(RUC, "RAMAL DEMO S.A.C.", desde, hasta, vec![1, 2, 3]).unwrap()
    })
}
