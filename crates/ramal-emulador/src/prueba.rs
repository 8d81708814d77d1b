//! Test identity of an authority: key and self-signed certificate, kept in its folder. It
//! deliberately signs nothing.

use std::path::Path;

use ramal_base::Instante;
use ramal_xml::{Certificado, Llave, NuevoCertificado, self_signed};

use crate::Error;

/// Ten years, ms.
const VIGENCIA_MS: i64 = 10 * 365 * 86_400_000;

/// Key and certificate with which an emulator stamps or answers.
pub struct Identidad {
    /// Private key. It never leaves the emulator.
    pub llave: Llave,
    /// Its certificate, public at `/_emulador/certificado`.
    pub certificado: Certificado,
}

/// Who the certificate names.
pub struct Titular<'a> {
    /// Common name and organisation.
    pub nombre: &'a str,
    /// Tax number of the owner.
    pub numero: &'a str,
    /// Serial number, as ASCII digits.
    pub serie: &'a str,
}

impl Identidad {
    /// Reads the identity kept in `dir`, or makes one valid from a year before `ahora`.
    pub fn abrir(
        dir: Option<&Path>,
        titular: &Titular<'_>,
        ahora: Instante,
    ) -> Result<Identidad, Error> {
        let Some(dir) = dir else {
            return Identidad::nueva(titular, ahora);
        };
        let (ruta_llave, ruta_cert) = (dir.join("autoridad.key"), dir.join("autoridad.cer"));
        if ruta_llave.exists() && ruta_cert.exists() {
            let llave = Llave::from_pkcs8_der(&std::fs::read(ruta_llave)?).map_err(text)?;
            let certificado = Certificado::from_der(&std::fs::read(ruta_cert)?).map_err(text)?;
            return Ok(Identidad { llave, certificado });
        }
        std::fs::create_dir_all(dir)?;
        let identidad = Identidad::nueva(titular, ahora)?;
        std::fs::write(ruta_llave, identidad.llave.to_pkcs8_der())?;
        std::fs::write(ruta_cert, identidad.certificado.der())?;
        Ok(identidad)
    }

    fn nueva(titular: &Titular<'_>, ahora: Instante) -> Result<Identidad, Error> {
        let llave = Llave::generate(2048).map_err(text)?;
        let datos = NuevoCertificado {
            subject: vec![
                ("2.5.4.3".into(), titular.nombre.into()),
                ("2.5.4.10".into(), titular.nombre.into()),
                ("2.5.4.45".into(), titular.numero.into()),
                ("2.5.4.11".into(), titular.numero.into()),
            ],
            serial: titular.serie.as_bytes().to_vec(),
            not_before_ms: ahora.millis() - VIGENCIA_MS / 10,
            not_after_ms: ahora.millis() + VIGENCIA_MS,
        };
        let certificado = self_signed(&llave, &datos).map_err(text)?;
        Ok(Identidad { llave, certificado })
    }
}

fn text(error: impl std::fmt::Display) -> Error {
    Error::Certificado(error.to_string())
}
