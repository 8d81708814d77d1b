//! The second step: codes of a telephone (TOTP, RFC 6238) and the ten recovery codes. It counts no
//! attempts and remembers no step: the storage does.

use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use qrcode::QrCode;
use qrcode::render::svg;
use ramal_base::Instante;
use sha2::{Digest, Sha256};
use totp_rs::{Builder, Totp};

use crate::{Error, SelloError};

/// Recovery codes given at once.
pub const RESPALDOS: usize = 10;

/// Letters of a recovery code: none that is read as another.
const LETRAS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz23456789x";

/// Secret of a telephone: 20 random bytes.
pub fn new_secret() -> Result<Vec<u8>, Error> {
    let mut bytes = vec![0_u8; 20];
    SystemRandom::new().fill(&mut bytes).map_err(|_| SelloError::Azar)?;
    Ok(bytes)
}

fn totp(secreto: &[u8], cuenta: &str, empresa: &str) -> Result<Totp, Error> {
    let sin_dos_puntos = |texto: &str| texto.replace(':', " ");
    Builder::new()
        .with_secret(secreto.to_vec())
        .with_skew(1)
        .with_account_name(sin_dos_puntos(cuenta))
        .with_issuer(Some(sin_dos_puntos(empresa)))
        .build()
        .map_err(|_| Error::Cifrado)
}

/// What a person needs to enrol a telephone.
#[derive(Clone, PartialEq, Eq)]
pub struct Enrolamiento {
    /// Secret in base 32, in groups of four, to type by hand.
    pub texto: String,
    /// QR of the `otpauth://` address, an SVG.
    pub svg: String,
}

impl std::fmt::Debug for Enrolamiento {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Enrolamiento(***)")
    }
}

/// The secret as a person enrols it. Errors: `Cifrado`.
pub fn enrolment(secreto: &[u8], cuenta: &str, empresa: &str) -> Result<Enrolamiento, Error> {
    let url = totp(secreto, cuenta, empresa)?.to_url().map_err(|_| Error::Cifrado)?;
    let qr = QrCode::new(url.as_bytes()).map_err(|_| Error::Cifrado)?;
    let svg = qr.render::<svg::Color<'_>>().min_dimensions(200, 200).build();
    let base32 = totp_rs::Secret::from(secreto.to_vec()).to_base32();
    let grupos: Vec<&str> = base32.as_bytes().chunks(4).map(group).collect();
    Ok(Enrolamiento { texto: grupos.join(" "), svg })
}

fn group(letras: &[u8]) -> &str {
    std::str::from_utf8(letras).unwrap_or_default()
}

/// The step of 30 s to which a code belongs; `None` if it is wrong or not of now (one step either
/// way). The caller refuses a step that was used.
pub fn step(secreto: &[u8], codigo: &str, ahora: Instante) -> Result<Option<i64>, Error> {
    let codigo: String = codigo.chars().filter(|c| !c.is_whitespace()).collect();
    let segundos = u64::try_from(ahora.millis() / 1000).unwrap_or(0);
    let paso = totp(secreto, "x", "Ramal")?.check(&codigo, segundos);
    Ok(paso.and_then(|p| i64::try_from(p).ok()))
}

/// The code that a telephone shows at an instant; for tests and demonstrations.
pub fn shown(secreto: &[u8], ahora: Instante) -> Result<String, Error> {
    let segundos = u64::try_from(ahora.millis() / 1000).unwrap_or(0);
    Ok(totp(secreto, "x", "Ramal")?.generate(segundos).to_string())
}

/// Ten new recovery codes, `xxxxx-xxxxx`, each with some 49 random bits.
pub fn new_respaldos() -> Result<Vec<String>, Error> {
    (0..RESPALDOS).map(|_| respaldo()).collect()
}

fn respaldo() -> Result<String, Error> {
    let mut bytes = [0_u8; 10];
    SystemRandom::new().fill(&mut bytes).map_err(|_| SelloError::Azar)?;
    let letras: String = bytes.iter().map(|b| char::from(LETRAS[usize::from(b & 31)])).collect();
    let (a, b) = letras.split_at(5);
    Ok(format!("{a}-{b}"))
}

/// Digest of a recovery code as it is kept. Case, spaces and dashes do not count.
pub fn huella_respaldo(codigo: &str) -> String {
    let plano: String =
        codigo.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
    hex::encode(Sha256::digest(format!("respaldo:{plano}").as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B: the SHA-1 row, last six digits.
    #[test]
    fn codes_are_those_of_the_standard() {
        let secreto = b"12345678901234567890";
        for (segundos, codigo) in [(59, "287082"), (1_111_111_109, "081804")] {
            let ahora = Instante::from_millis(segundos * 1000);
            assert_eq!(shown(secreto, ahora).unwrap(), codigo);
            assert_eq!(step(secreto, codigo, ahora).unwrap(), Some(segundos / 30));
        }
    }

    #[test]
    fn a_code_of_two_steps_ago_is_no_code() {
        let (secreto, ahora) = (new_secret().unwrap(), Instante::from_millis(1_795_186_800_000));
        let codigo = shown(&secreto, ahora).unwrap();
        assert!(step(&secreto, &codigo, ahora.plus_millis(30_000)).unwrap().is_some());
        assert_eq!(step(&secreto, &codigo, ahora.plus_millis(61_000)).unwrap(), None);
        assert_eq!(step(&secreto, "", ahora).unwrap(), None);
    }

    #[test]
    fn a_recovery_code_is_read_as_it_is_written_by_hand() {
        let codigos = new_respaldos().unwrap();
        assert_eq!(codigos.len(), RESPALDOS);
        let escrito = codigos[0].to_uppercase().replace('-', " ");
        assert_eq!(huella_respaldo(&escrito), huella_respaldo(&codigos[0]));
        assert_ne!(huella_respaldo(&codigos[1]), huella_respaldo(&codigos[0]));
    }

    #[test]
    fn an_enrolment_is_a_picture_and_a_text() {
        let e = enrolment(&[1; 20], "rosa@norte.pe", "Norte: Telecom").unwrap();
        assert!(e.svg.contains("<svg") && e.texto.starts_with("AEAQ CAIB"));
    }
}
