//! A text that is never printed. It seals nothing: whoever keeps it seals it.

use std::fmt;

/// Token, password or key in use.
#[derive(Clone, PartialEq, Eq)]
pub struct Secreto(String);

impl Secreto {
    /// Wraps it.
    pub fn new(texto: impl Into<String>) -> Secreto {
        Secreto(texto.into())
    }

    /// The text, for the wire only.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secreto {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secreto(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_does_not_reach_the_log() {
        assert_eq!(format!("{:?}", Secreto::new("EAAG-token")), "Secreto(***)");
    }
}
