//! Placeholder.
use super::codigo::Codigo;
pub(super) const TABLA: &[Codigo] = &[];
pub(super) fn tabla(_n: u16) -> &'static [Codigo] {
    TABLA
}
