//! API keys: what they are and how a presented one is checked. The secret itself is never kept,
//! only its SHA-256.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ramal_base::{Id, Instante};
use sha2::{Digest, Sha256};

/// Identifier of an API key.
pub type ClaveId = Id<Clave>;

/// API key without its secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Clave {
    /// Identifier.
    pub id: ClaveId,
    /// Name for people; one live key per name.
    pub nombre: String,
    /// Public part, eight characters, by which it is looked up.
    pub prefijo: String,
    pub(crate) huella: Vec<u8>,
    /// Grants; see [`crate::permiso::covers`].
    pub permisos: Vec<String>,
    /// When it was made.
    pub creado: Instante,
    /// When it stopped being good.
    pub revocada: Option<Instante>,
    /// Last use, to the hour.
    pub ultimo_uso: Option<Instante>,
}

impl std::fmt::Debug for Clave {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Clave").field("id", &self.id).field("nombre", &self.nombre).finish()
    }
}

impl Clave {
    /// Whether the presented text is this key and it is still good. Takes the same time for every
    /// wrong text.
    pub(crate) fn accepts(&self, texto: &str) -> bool {
        let igual = verify_slices_are_equal(&self.huella, &huella(texto)).is_ok();
        igual && self.revocada.is_none()
    }
}

/// SHA-256 of the whole key; 256 random bits need no slow hash.
pub(crate) fn huella(texto: &str) -> [u8; 32] {
    Sha256::digest(texto.as_bytes()).into()
}

/// Public part of a presented key `rml_<prefijo>_<secreto>`.
pub(crate) fn prefijo_of(texto: &str) -> Option<&str> {
    let (prefijo, secreto) = texto.strip_prefix("rml_")?.split_once('_')?;
    let bien = prefijo.len() == 8 && prefijo.bytes().all(|b| b.is_ascii_alphanumeric());
    (bien && secreto.len() == 43).then_some(prefijo)
}

/// A new key: its public part and its whole text.
pub(crate) fn generate() -> Result<(String, String), crate::SelloError> {
    let mut bytes = [0_u8; 36];
    SystemRandom::new().fill(&mut bytes).map_err(|_| crate::SelloError::Azar)?;
    let (publica, secreta) = bytes.split_at(4);
    let prefijo = hex::encode(publica);
    let texto = format!("rml_{prefijo}_{}", URL_SAFE_NO_PAD.encode(secreta));
    Ok((prefijo, texto))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_back_and_a_damaged_one_is_not() {
        let (prefijo, texto) = generate().unwrap();
        assert_eq!(prefijo_of(&texto), Some(prefijo.as_str()));
        assert_eq!(texto.len(), 4 + 8 + 1 + 43);
        for mala in ["", "rml_", "rml_12345678_", &texto[1..], &texto[..texto.len() - 1]] {
            assert_eq!(prefijo_of(mala), None, "{mala}");
        }
    }

    #[test]
    fn two_keys_are_never_alike() {
        assert_ne!(generate().unwrap().1, generate().unwrap().1);
    }
}
