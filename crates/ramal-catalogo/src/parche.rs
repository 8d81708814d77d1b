//! Fields of a partial change that tell "not sent" from "sent as null". Knows no form.

use serde::{Deserialize, Deserializer};

/// A sent value, also a null: `Some(None)`. With `#[serde(default)]` an absent one is `None`.
pub(crate) fn presente<'de, T, D>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    Option::<T>::deserialize(deserializer).map(Some)
}
