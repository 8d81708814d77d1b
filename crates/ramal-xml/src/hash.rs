//! Digests that the authorities name in their signatures and stamps.
//!
//! SHA-1 is here only because SAT's cancellation and old documents demand it; nothing else uses it.

use aws_lc_rs::digest;

/// SHA-256 of `bytes`.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    sized(&digest::SHA256, bytes)
}

/// SHA-1 of `bytes`, for SAT's cancellation and for documents signed by others.
pub fn sha1(bytes: &[u8]) -> [u8; 20] {
    sized(&digest::SHA1_FOR_LEGACY_USE_ONLY, bytes)
}

/// SHA-512 of `bytes`.
pub fn sha512(bytes: &[u8]) -> [u8; 64] {
    sized(&digest::SHA512, bytes)
}

fn sized<const N: usize>(algorithm: &'static digest::Algorithm, bytes: &[u8]) -> [u8; N] {
    let mut out = [0; N];
    out.copy_from_slice(digest::digest(algorithm, bytes).as_ref());
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::b64::encode;

    #[test]
    fn digests_of_abc_are_those_of_the_standard() {
        assert_eq!(encode(&sha1(b"abc")), "qZk+NkcGgWq6PiVxeFDCbJzQ2J0=");
        assert_eq!(encode(&sha256(b"abc")), "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
        assert_eq!(sha512(b"abc")[..4], [0xdd, 0xaf, 0x35, 0xa1]);
    }
}
