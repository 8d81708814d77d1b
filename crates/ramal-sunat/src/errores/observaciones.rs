//! Placeholder.
use super::codigo::Codigo;
pub(super) const TABLA: &[Codigo] = &[];
