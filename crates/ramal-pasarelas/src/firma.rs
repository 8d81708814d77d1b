//! HMAC-SHA256 of notices, compared in constant time over every live secret. It knows no header.

use aws_lc_rs::hmac::{HMAC_SHA256, Key, verify};

/// Whether `firma` is that of `mensaje` under one of the keys. Every key is tried: the time does
/// not tell which one is good.
pub(crate) fn is_signed<'k>(
    claves: impl IntoIterator<Item = &'k [u8]>,
    mensaje: &[u8],
    firmas: &[Vec<u8>],
) -> bool {
    let mut buena = false;
    for clave in claves {
        let clave = Key::new(HMAC_SHA256, clave);
        for firma in firmas {
            buena |= verify(&clave, mensaje, firma).is_ok();
        }
    }
    buena
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_bit_less_of_key_message_or_signature_is_no_signature() {
        // RFC 4231, test case 2.
        let firma = hex::decode("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
            .unwrap();
        let mensaje = b"what do ya want for nothing?";
        let con = |clave: &[u8], firmas: &[Vec<u8>]| is_signed([clave], mensaje, firmas);
        assert!(con(b"Jefe", std::slice::from_ref(&firma)));
        assert!(con(b"Jefe", &[vec![0; 32], firma.clone()]));
        assert!(is_signed([b"otra".as_slice(), b"Jefe"], mensaje, std::slice::from_ref(&firma)));
        assert!(!con(b"jefe", std::slice::from_ref(&firma)));
        assert!(!con(b"Jefe", &[firma[..31].to_vec()]));
        assert!(!con(b"Jefe", &[]));
        assert!(!is_signed([b"Jefe".as_slice()], b"what", &[firma]));
    }
}
