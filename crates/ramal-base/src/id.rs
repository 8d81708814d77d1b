//! Typed UUIDv7 identifiers. They are made by `Cx`, never by the database and never from a clock of
//! their own.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

/// Identifier of a `T`. Wire: canonical UUID text. Ordered by time of making.
pub struct Id<T>(pub Uuid, PhantomData<fn() -> T>);

impl<T> Id<T> {
    /// Wraps a UUID that is known to name a `T`.
    pub const fn from_uuid(uuid: Uuid) -> Self {
        Id(uuid, PhantomData)
    }

    /// The bare UUID.
    pub const fn uuid(self) -> Uuid {
        self.0
    }
}

impl<T> Clone for Id<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Id<T> {}
impl<T> PartialEq for Id<T> {
    fn eq(&self, otro: &Self) -> bool {
        self.0 == otro.0
    }
}
impl<T> Eq for Id<T> {}
impl<T> PartialOrd for Id<T> {
    fn partial_cmp(&self, otro: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(otro))
    }
}
impl<T> Ord for Id<T> {
    fn cmp(&self, otro: &Self) -> std::cmp::Ordering {
        self.0.cmp(&otro.0)
    }
}
impl<T> Hash for Id<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}
impl<T> fmt::Debug for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Id({})", self.0)
    }
}
impl<T> fmt::Display for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}
impl<T> FromStr for Id<T> {
    type Err = uuid::Error;

    fn from_str(texto: &str) -> Result<Self, uuid::Error> {
        texto.parse().map(Id::from_uuid)
    }
}
impl<T> Serialize for Id<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}
impl<'de, T> Deserialize<'de> for Id<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Uuid::deserialize(deserializer).map(Id::from_uuid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXTO: &str = "0198c0de-0000-7000-8000-000000000001";

    #[test]
    fn an_id_travels_as_canonical_text_and_returns_the_same() {
        let id: Id<()> = TEXTO.parse().unwrap();
        assert_eq!(id.to_string(), TEXTO);
        assert_eq!(serde_json::to_string(&id).unwrap(), format!("\"{TEXTO}\""));
        assert_eq!(serde_json::from_str::<Id<()>>(&format!("\"{TEXTO}\"")).unwrap(), id);
        assert_eq!(format!("{id:?}"), format!("Id({TEXTO})"));
    }

    #[test]
    fn garbage_is_not_an_id() {
        for malo in ["", "1", "0198c0de-0000-7000-8000-00000000000g"] {
            assert!(malo.parse::<Id<()>>().is_err(), "{malo}");
        }
        assert!(serde_json::from_str::<Id<()>>("7").is_err());
    }

    #[test]
    fn ids_order_and_hash_by_their_uuid() {
        let mayor: Id<()> = "0198c0de-0000-7000-8000-000000000002".parse().unwrap();
        let id: Id<()> = TEXTO.parse().unwrap();
        assert!(id < mayor);
        let unicos: std::collections::HashSet<Id<()>> = [id, id, mayor].into();
        assert_eq!(unicos.len(), 2);
    }
}
