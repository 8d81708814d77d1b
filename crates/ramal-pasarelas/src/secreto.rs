//! Secrets that are never printed, and the pair that lives during a rotation. It derives no key
//! and reads no file.

use std::fmt;

/// A text that is never printed.
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

    /// Whether there is nothing in it.
    pub fn is_vacio(&self) -> bool {
        self.0.trim().is_empty()
    }
}

impl fmt::Debug for Secreto {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secreto(***)")
    }
}

/// The secret that signs notices, and the one before it while a rotation lasts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Secretos {
    /// In force.
    pub vigente: Secreto,
    /// Still accepted.
    pub anterior: Option<Secreto>,
}

impl Secretos {
    /// Only one is live.
    pub fn new(vigente: Secreto) -> Secretos {
        Secretos { vigente, anterior: None }
    }

    /// `nuevo` signs from now on; the one in force is still accepted.
    pub fn rotate(self, nuevo: Secreto) -> Secretos {
        Secretos { vigente: nuevo, anterior: Some(self.vigente) }
    }

    /// Every live secret, the one in force first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Secreto> {
        std::iter::once(&self.vigente).chain(&self.anterior).filter(|s| !s.is_vacio())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_reaches_no_log_and_a_rotation_keeps_two_alive() {
        let s = Secretos::new(Secreto::new("whsec_uno")).rotate(Secreto::new("whsec_dos"));
        let vivos: Vec<&str> = s.iter().map(Secreto::expose).collect();
        assert_eq!(vivos, ["whsec_dos", "whsec_uno"]);
        assert!(!format!("{s:?}").contains("whsec"), "{s:?}");
        let s = s.rotate(Secreto::new("whsec_tres"));
        assert!(!s.iter().any(|v| v.expose() == "whsec_uno"), "the oldest is dead");
        assert_eq!(Secretos::new(Secreto::new(" ")).iter().count(), 0);
    }
}
