//! The link by which somebody stops advertising without signing in: the envio that brought it,
//! signed. It opens nothing else.

use aws_lc_rs::hmac;
use ramal_plataforma::Sello;

use crate::EnvioId;

fn key(sello: &Sello) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, &sello.derive("mensajeria.baja"))
}

/// Text of the link.
pub fn token(sello: &Sello, id: EnvioId) -> String {
    let marca = hmac::sign(&key(sello), id.uuid().as_bytes());
    format!("{}{}", id.uuid().simple(), hex::encode(&marca.as_ref()[..16]))
}

/// The envio of a link; `None` if we did not make it.
pub fn read(sello: &Sello, texto: &str) -> Option<EnvioId> {
    let id: EnvioId = texto.get(..32)?.parse().ok()?;
    let propio = token(sello, id);
    let igual =
        aws_lc_rs::constant_time::verify_slices_are_equal(propio.as_bytes(), texto.as_bytes());
    igual.is_ok().then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_links_are_read() {
        let sello = Sello::from_bytes(&[7; 32]);
        let id: EnvioId = "0198c0de-0000-7000-8000-000000000001".parse().unwrap();
        let texto = token(&sello, id);
        assert_eq!(read(&sello, &texto), Some(id));
        assert_eq!(read(&Sello::from_bytes(&[8; 32]), &texto), None);
        assert_eq!(read(&sello, &texto.replace("01", "02")), None);
        assert_eq!(read(&sello, ""), None);
        assert_eq!(read(&sello, &"ñ".repeat(40)), None);
    }
}
