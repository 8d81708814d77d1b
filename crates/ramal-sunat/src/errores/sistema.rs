//! Codes below 2000: service, credentials, file, contributor exceptions. Sorted by number.

use super::codigo::{Codigo, c, s};

pub(super) const TABLA: &[Codigo] = &[c(0, "Aceptado"), s(100, "x", "y")];
