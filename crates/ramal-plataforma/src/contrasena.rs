//! Passwords: which are taken, how they are kept (argon2id) and how one is tried. It counts no
//! attempts.

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use ramal_base::CampoInvalido;
use tokio::sync::Semaphore;

use crate::{Error, SelloError};

/// Memory of one hash, in KiB; time and lanes. Source: OWASP Password Storage, argon2id.
const COSTO: (u32, u32, u32) = (19_456, 2, 1);

/// Hashes at once: each takes 19 MiB and a core.
static TURNOS: Semaphore = Semaphore::const_new(4);

/// A hash of nobody's password, so that an unknown account costs what a known one costs.
const NADIE: &str = "$argon2id$v=19$m=19456,t=2,p=1$cmFtYWwtbmFkaWUtMDAwMQ$\
    9xq0yQm4mQmT2pO3sV1cB7n5kJ8hG6fD4sA2lK0jH9g";

/// Passwords that everybody tries first, in lower case.
const COMUNES: &[&str] = &[
    "contraseña",
    "contrasena",
    "contraseña1",
    "contrasena1",
    "contrasena123",
    "contraseña123",
    "password",
    "password1",
    "password12",
    "password123",
    "password1234",
    "passw0rd123",
    "administrador",
    "administrator",
    "administracion",
    "admin12345",
    "admin123456",
    "adminadmin",
    "1234567890",
    "12345678910",
    "0123456789",
    "0987654321",
    "9876543210",
    "123456789a",
    "qwertyuiop",
    "qwerty12345",
    "qwerty123456",
    "asdfghjklñ",
    "1q2w3e4r5t",
    "1qaz2wsx3edc",
    "aaaaaaaaaa",
    "1111111111",
    "0000000000",
    "1212121212",
    "abcdefghij",
    "abc1234567",
    "iloveyou12",
    "teamo12345",
    "bienvenido",
    "bienvenido1",
    "welcome123",
    "letmein123",
    "internet123",
    "telecomunicaciones",
    "fibraoptica",
    "router12345",
    "cambiame123",
    "changeme123",
];

/// Checks a new password. `correo` is its owner's.
///
/// Errors: `contrasena_corta` (under 10 characters), `contrasena_larga` (over 200),
/// `contrasena_comun`, `contrasena_correo`.
pub fn check(contrasena: &str, correo: &str) -> Result<(), CampoInvalido> {
    let malo = |codigo: &str, motivo: &str| Err(CampoInvalido::new("contrasena", codigo, motivo));
    let largo = contrasena.chars().count();
    if largo < 10 {
        return malo("contrasena_corta", "La contraseña tiene que tener 10 caracteres o más.");
    }
    if largo > 200 {
        return malo("contrasena_larga", "La contraseña tiene hasta 200 caracteres.");
    }
    let plana = contrasena.to_lowercase();
    let local = correo.split('@').next().unwrap_or_default();
    if plana == correo || (local.len() >= 4 && plana.contains(local)) {
        return malo("contrasena_correo", "La contraseña no puede contener el correo.");
    }
    let repite = plana.chars().all(|c| plana.starts_with(c));
    if repite || COMUNES.contains(&plana.as_str()) {
        let motivo = "Esa contraseña es de las primeras que se prueban. Sirve mejor una frase de \
            varias palabras.";
        return malo("contrasena_comun", motivo);
    }
    Ok(())
}

fn hasher() -> Result<Argon2<'static>, Error> {
    let (memoria, vueltas, carriles) = COSTO;
    let params = Params::new(memoria, vueltas, carriles, None).map_err(|_| Error::Cifrado)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// The PHC text to keep of a password. Errors: `Cifrado`; `Sello` without random numbers.
pub async fn hash(contrasena: &str) -> Result<String, Error> {
    let contrasena = contrasena.to_owned();
    in_turn(move || {
        let mut sal = [0_u8; 16];
        SystemRandom::new().fill(&mut sal).map_err(|_| SelloError::Azar)?;
        let guardada: PasswordHash = hasher()?
            .hash_password_with_salt(contrasena.as_bytes(), &sal)
            .map_err(|_| Error::Cifrado)?;
        Ok(guardada.to_string())
    })
    .await
}

/// Whether a password is the one kept; without one, the same work is done and the answer is no.
pub async fn verify(guardada: Option<String>, contrasena: &str) -> Result<bool, Error> {
    let contrasena = contrasena.to_owned();
    in_turn(move || {
        let existe = guardada.is_some();
        let texto = guardada.unwrap_or_else(|| NADIE.to_owned());
        let guardada = PasswordHash::new(&texto).map_err(|_| Error::Cifrado)?;
        let igual = hasher()?.verify_password(contrasena.as_bytes(), &guardada).is_ok();
        Ok(igual && existe)
    })
    .await
}

/// Off the threads that answer requests, and few at a time.
async fn in_turn<T: Send + 'static>(
    trabajo: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let _turno = TURNOS.acquire().await.map_err(|_| Error::Cifrado)?;
    tokio::task::spawn_blocking(trabajo).await.map_err(|_| Error::Cifrado)?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn easy_passwords_are_refused_by_what_is_wrong_with_them() {
        let codigo = |c: &str| check(c, "rosa.diaz@norte.pe").map_err(|e| e.codigo);
        assert_eq!(codigo("corta"), Err("contrasena_corta".into()));
        assert_eq!(codigo("Password123"), Err("contrasena_comun".into()));
        assert_eq!(codigo("zzzzzzzzzzzz"), Err("contrasena_comun".into()));
        assert_eq!(codigo("Rosa.Diaz2026"), Err("contrasena_correo".into()));
        assert_eq!(codigo(&"a1".repeat(101)), Err("contrasena_larga".into()));
        assert_eq!(codigo("cuatro caballos verdes"), Ok(()));
    }

    #[tokio::test]
    async fn a_password_is_known_again_and_nobody_has_the_spare_hash() {
        let guardada = hash("cuatro caballos verdes").await.unwrap();
        assert!(guardada.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{guardada}");
        assert!(verify(Some(guardada.clone()), "cuatro caballos verdes").await.unwrap());
        assert!(!verify(Some(guardada), "cuatro caballos rojos").await.unwrap());
        assert!(!verify(None, "cuatro caballos verdes").await.unwrap());
    }
}
