//! Sealing of secrets at rest: XChaCha20-Poly1305 under a master key that lies outside the
//! database. It does not rotate the master key, and it protects nothing from whoever can read both
//! the database and the key.

use std::fmt;
use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::ops::Deref;
use std::path::Path;

use aws_lc_rs::hmac;
use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};

/// Name of the environment variable with the master key, 32 bytes in base64.
pub const VARIABLE: &str = "RAMAL_CLAVE_MAESTRA";

/// Name of the master key's file in the data folder.
pub const ARCHIVO: &str = "clave_maestra";

/// Layout of a sealed value: this byte, 24 bytes of nonce, ciphertext with its tag.
const VERSION: u8 = 1;
const NONCE: usize = 24;

/// Why something could not be sealed or opened. No variant tells the secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SelloError {
    /// The master key is not 32 bytes in base64.
    #[error("la clave maestra debe ser de 32 bytes en base64")]
    ClaveMaestra,
    /// The master key's file cannot be read or written.
    #[error("no se pudo leer o crear el archivo de la clave maestra: {0}")]
    Archivo(String),
    /// The value was altered, or sealed under another name or another master key.
    #[error("el secreto sellado no se puede abrir: fue alterado o la clave maestra es otra")]
    Roto,
    /// The system gave no random bytes.
    #[error("el sistema no dio números al azar")]
    Azar,
}

/// The master key, ready to seal and open.
#[derive(Clone)]
pub struct Sello {
    cifra: XChaCha20Poly1305,
    raiz: hmac::Key,
}

impl fmt::Debug for Sello {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sello(***)")
    }
}

/// An opened secret. Reads as its bytes; prints as nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct Secreto(Vec<u8>);

impl fmt::Debug for Secreto {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secreto(***)")
    }
}

impl Deref for Secreto {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl Secreto {
    /// The bytes, for a function that wants to own them.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

impl Sello {
    /// Master key of 32 bytes.
    pub fn from_bytes(clave: &[u8; 32]) -> Sello {
        Sello {
            cifra: XChaCha20Poly1305::new(clave.into()),
            raiz: hmac::Key::new(hmac::HMAC_SHA256, clave),
        }
    }

    /// A key of its own for one use (signing what the browser keeps), the same at every start.
    pub fn derive(&self, uso: &str) -> [u8; 32] {
        let marca = hmac::sign(&self.raiz, format!("ramal:{uso}").as_bytes());
        let mut clave = [0_u8; 32];
        clave.copy_from_slice(marca.as_ref());
        clave
    }

    /// Master key from base64. Errors: `ClaveMaestra`.
    pub fn from_base64(texto: &str) -> Result<Sello, SelloError> {
        let bytes = STANDARD.decode(texto.trim()).map_err(|_| SelloError::ClaveMaestra)?;
        let clave = <[u8; 32]>::try_from(bytes).map_err(|_| SelloError::ClaveMaestra)?;
        Ok(Sello::from_bytes(&clave))
    }

    /// Master key from `RAMAL_CLAVE_MAESTRA`, or else from the data folder's file, which is made if
    /// missing.
    pub fn load(carpeta: &Path) -> Result<Sello, SelloError> {
        match std::env::var(VARIABLE) {
            Ok(texto) => Sello::from_base64(&texto),
            Err(_) => Sello::from_folder(carpeta),
        }
    }

    /// Master key from the file `clave_maestra` of the folder (mode 0600), which is made if
    /// missing.
    pub fn from_folder(carpeta: &Path) -> Result<Sello, SelloError> {
        let ruta = carpeta.join(ARCHIVO);
        match fs::read_to_string(&ruta) {
            Ok(texto) => {
                tighten(&ruta);
                Sello::from_base64(&texto)
            }
            Err(e) if e.kind() == ErrorKind::NotFound => {
                make_file(carpeta, &ruta)?;
                Sello::from_base64(&fs::read_to_string(&ruta).map_err(archivo)?)
            }
            Err(e) => Err(archivo(e)),
        }
    }

    /// Seals bytes under a name; they open under that name alone. Two seals of the same bytes
    /// differ.
    pub fn seal(&self, nombre: &str, claro: &[u8]) -> Result<Vec<u8>, SelloError> {
        let mut nonce = [0_u8; NONCE];
        SystemRandom::new().fill(&mut nonce).map_err(|_| SelloError::Azar)?;
        let carga = Payload { msg: claro, aad: nombre.as_bytes() };
        let cifrado = self.cifra.encrypt(XNonce::from_slice(&nonce), carga);
        let cifrado = cifrado.map_err(|_| SelloError::Roto)?;
        Ok([&[VERSION][..], &nonce, &cifrado].concat())
    }

    /// Opens what was sealed under the name. Errors: `Roto`.
    pub fn open(&self, nombre: &str, sellado: &[u8]) -> Result<Secreto, SelloError> {
        let (version, resto) = sellado.split_first().ok_or(SelloError::Roto)?;
        if *version != VERSION || resto.len() < NONCE {
            return Err(SelloError::Roto);
        }
        let (nonce, cifrado) = resto.split_at(NONCE);
        let carga = Payload { msg: cifrado, aad: nombre.as_bytes() };
        let claro = self.cifra.decrypt(XNonce::from_slice(nonce), carga);
        claro.map(Secreto).map_err(|_| SelloError::Roto)
    }
}

fn archivo(error: std::io::Error) -> SelloError {
    SelloError::Archivo(error.kind().to_string())
}

/// Writes the file whole beside its place and links it there, so that two processes end with the
/// same key.
fn make_file(carpeta: &Path, ruta: &Path) -> Result<(), SelloError> {
    let (mut clave, mut sufijo) = ([0_u8; 32], [0_u8; 8]);
    SystemRandom::new().fill(&mut clave).map_err(|_| SelloError::Azar)?;
    SystemRandom::new().fill(&mut sufijo).map_err(|_| SelloError::Azar)?;
    fs::create_dir_all(carpeta).map_err(archivo)?;
    let borrador = carpeta.join(format!(".{ARCHIVO}.{}", hex::encode(sufijo)));
    write_private(&borrador, STANDARD.encode(clave).as_bytes()).map_err(archivo)?;
    let enlace = fs::hard_link(&borrador, ruta);
    let _ = fs::remove_file(&borrador);
    match enlace {
        Err(e) if e.kind() != ErrorKind::AlreadyExists => Err(archivo(e)),
        _ => Ok(()),
    }
}

fn write_private(ruta: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut opciones = OpenOptions::new();
    opciones.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut opciones, 0o600);
    let mut archivo = opciones.open(ruta)?;
    archivo.write_all(bytes)?;
    archivo.write_all(b"\n")?;
    archivo.sync_all()
}

/// Takes the file away from everybody but its owner; a folder restored from a backup may have lost
/// that.
fn tighten(ruta: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let abierto = fs::metadata(ruta).is_ok_and(|m| m.permissions().mode() & 0o077 != 0);
        if abierto && fs::set_permissions(ruta, fs::Permissions::from_mode(0o600)).is_err() {
            tracing::warn!("the master key's file can be read by other users of this machine");
        }
    }
    #[cfg(not(unix))]
    let _ = ruta;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sello() -> Sello {
        Sello::from_bytes(&[7; 32])
    }

    #[test]
    fn a_sealed_secret_opens_with_its_name_and_key_alone() {
        let sellado = sello().seal("emisor/1/llave", b"secreto").unwrap();
        assert_eq!(&*sello().open("emisor/1/llave", &sellado).unwrap(), b"secreto");
        assert_eq!(sello().open("emisor/2/llave", &sellado), Err(SelloError::Roto));
        let otro = Sello::from_bytes(&[8; 32]);
        assert_eq!(otro.open("emisor/1/llave", &sellado), Err(SelloError::Roto));
    }

    #[test]
    fn no_byte_of_a_sealed_secret_can_be_altered() {
        let sellado = sello().seal("n", b"secreto").unwrap();
        for i in 0..sellado.len() {
            let mut alterado = sellado.clone();
            alterado[i] ^= 1;
            assert_eq!(sello().open("n", &alterado), Err(SelloError::Roto), "byte {i}");
            assert_eq!(sello().open("n", &sellado[..i]), Err(SelloError::Roto), "cut at {i}");
        }
    }

    #[test]
    fn equal_secrets_do_not_look_equal() {
        assert_ne!(sello().seal("n", b"x").unwrap(), sello().seal("n", b"x").unwrap());
    }

    #[test]
    fn nothing_secret_is_printed() {
        let secreto = sello().open("n", &sello().seal("n", b"abc").unwrap()).unwrap();
        assert_eq!(format!("{:?} {secreto:?}", sello()), "Sello(***) Secreto(***)");
    }

    #[test]
    fn a_short_master_key_is_refused() {
        assert_eq!(Sello::from_base64("c2hvcnQ=").unwrap_err(), SelloError::ClaveMaestra);
        assert_eq!(Sello::from_base64("¡no!").unwrap_err(), SelloError::ClaveMaestra);
    }
}
