//! Webhook of WhatsApp: handshake, signature and reading. It stores nothing: the caller keeps the
//! raw bytes before it reads them.

mod lectura;
mod lectura_mensaje;
mod tipos;

use aws_lc_rs::{constant_time, hmac};

use crate::Secreto;

pub use lectura::parse;
pub use tipos::{
    Avance, CambioPlantilla, Cita, ErrorMeta, EstadoMensaje, Hecho, Identidad, MedioEntrante,
    MensajeEntrante, Precio, Preferencia, Suceso, TipoEntrante, WebhookIlegible,
};

/// Header of the signature.
pub const CABECERA_FIRMA: &str = "x-hub-signature-256";

/// Largest body read, bytes (integrations.md 0).
pub const MAX_CUERPO: usize = 4 * 1024 * 1024;

/// Why a delivery is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FirmaRechazada {
    /// No secret is configured: the channel cannot be enabled (W2).
    #[error("no hay secreto de la aplicación")]
    SinSecreto,
    /// The header is missing.
    #[error("falta la firma")]
    Ausente,
    /// The header is not `sha256=` and 64 hexadecimal digits.
    #[error("la firma no tiene forma de firma")]
    Forma,
    /// It is of other bytes or of another secret.
    #[error("la firma no corresponde")]
    Falsa,
}

/// Answer to `GET ?hub.mode&hub.verify_token&hub.challenge`: the challenge, to be sent as the raw
/// `text/plain` body with 200; `None` is 403. No signature is asked here (W1).
pub fn handshake<'a>(modo: &str, token: &str, reto: &'a str, propio: &Secreto) -> Option<&'a str> {
    let propio = propio.expose().as_bytes();
    let igual = constant_time::verify_slices_are_equal(token.as_bytes(), propio).is_ok();
    (modo == "subscribe" && igual && !propio.is_empty()).then_some(reto)
}

/// Checks the signature over the bytes as they came, with every secret in force (two while one is
/// being replaced). Meta escapes accents as `\uXXXX`: bytes written again from JSON do not verify.
///
/// Errors: [`FirmaRechazada`], to be counted and answered with 401 or 403.
pub fn verify(
    secretos: &[Secreto],
    cuerpo: &[u8],
    cabecera: Option<&str>,
) -> Result<(), FirmaRechazada> {
    if secretos.iter().all(|s| s.expose().is_empty()) {
        return Err(FirmaRechazada::SinSecreto);
    }
    let cabecera = cabecera.ok_or(FirmaRechazada::Ausente)?;
    let hexadecimal = cabecera.trim().strip_prefix("sha256=").ok_or(FirmaRechazada::Forma)?;
    let firma = hex::decode(hexadecimal).map_err(|_| FirmaRechazada::Forma)?;
    let usados = secretos.iter().filter(|s| !s.expose().is_empty());
    let valida = any_verifies(usados, cuerpo, &firma);
    if valida { Ok(()) } else { Err(FirmaRechazada::Falsa) }
}

/// Every secret is tried, so that time does not tell which one it was.
fn any_verifies<'a>(
    secretos: impl Iterator<Item = &'a Secreto>,
    cuerpo: &[u8],
    firma: &[u8],
) -> bool {
    secretos.fold(false, |ya, secreto| {
        let llave = hmac::Key::new(hmac::HMAC_SHA256, secreto.expose().as_bytes());
        hmac::verify(&llave, cuerpo, firma).is_ok() || ya
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const CUERPO: &str = r#"{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"messages","value":{"messages":[{"from":"5215512345678","id":"wamid.A1","timestamp":"1763640000","type":"text","text":{"body":"Sin se\u00f1al \ud83d\ude21"}}]}}]}]}"#;
    const BUENA: &str = "sha256=371c417247bc9d57cf532e7a511e2dc75d926087b179dd78c35d9aee494ec974";
    const MALA: &str = "sha256=efeee335ffc0d37c329a27f073171d27ae9c32bbcc944e49d71b824a3d1990d6";

    fn secreto() -> Vec<Secreto> {
        vec![Secreto::new("secreto-app-demo")]
    }

    #[test]
    fn the_vector_of_meta_verifies_on_the_raw_bytes_and_only_on_them() {
        let crudo = CUERPO.as_bytes();
        assert_eq!(crudo.len(), 241);
        assert_eq!(verify(&secreto(), crudo, Some(BUENA)), Ok(()));
        assert_eq!(verify(&secreto(), crudo, Some(MALA)), Err(FirmaRechazada::Falsa));
        let otra_vez: serde_json::Value = serde_json::from_slice(crudo).unwrap();
        let reescrito = serde_json::to_vec(&otra_vez).unwrap();
        assert_eq!(verify(&secreto(), &reescrito, Some(BUENA)), Err(FirmaRechazada::Falsa));
    }

    #[test]
    fn without_secret_or_header_nothing_is_believed() {
        let crudo = CUERPO.as_bytes();
        assert_eq!(verify(&[], crudo, Some(BUENA)), Err(FirmaRechazada::SinSecreto));
        let vacio = [Secreto::new("")];
        assert_eq!(verify(&vacio, crudo, Some(BUENA)), Err(FirmaRechazada::SinSecreto));
        assert_eq!(verify(&secreto(), crudo, None), Err(FirmaRechazada::Ausente));
        for mala in ["", "sha256=", "sha1=00", "sha256=zz", &BUENA[7..]] {
            assert!(verify(&secreto(), crudo, Some(mala)).is_err(), "{mala}");
        }
        let cortada = &BUENA[..BUENA.len() - 2];
        assert_eq!(verify(&secreto(), crudo, Some(cortada)), Err(FirmaRechazada::Falsa));
    }

    #[test]
    fn both_secrets_serve_while_one_is_being_replaced() {
        let dos = [Secreto::new("nuevo"), Secreto::new("secreto-app-demo")];
        assert_eq!(verify(&dos, CUERPO.as_bytes(), Some(BUENA)), Ok(()));
    }

    #[test]
    fn the_handshake_gives_the_challenge_only_to_our_token() {
        let propio = Secreto::new("verifica");
        assert_eq!(handshake("subscribe", "verifica", "1158201444", &propio), Some("1158201444"));
        assert_eq!(handshake("subscribe", "otra", "1", &propio), None);
        assert_eq!(handshake("unsubscribe", "verifica", "1", &propio), None);
        assert_eq!(handshake("subscribe", "", "1", &Secreto::new("")), None);
    }
}
