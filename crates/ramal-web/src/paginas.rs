//! Keyset pages on the wire: query parameters and body of a list. It does not read rows:
//! `ramal_db::Pagina` does.

use ramal_db::{Cursor, Pagina};
use serde::de::{Deserializer, Error, Visitor};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Query parameters of every list; `#[serde(flatten)]` works on it.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Paginacion {
    /// Filas por página, de 1 a 200; 50 si no se dice.
    #[serde(default = "Cursor::limite_por_defecto", deserialize_with = "limite")]
    #[param(required = false, minimum = 1, maximum = 200, default = 50)]
    pub limite: u32,
    /// `siguiente` de la página anterior; sin él, la primera.
    #[serde(default)]
    pub cursor: Option<String>,
}

impl Paginacion {
    /// The same, as the data layer wants it.
    pub fn cursor(&self) -> Cursor {
        let cursor = self.cursor.clone().filter(|c| !c.is_empty());
        Cursor { limite: self.limite, cursor }
    }
}

/// Body of a list: the rows and where the next page begins.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PaginaView<T> {
    /// Filas, en el orden de la lista.
    pub datos: Vec<T>,
    /// Cursor de la página siguiente; nulo en la última.
    pub siguiente: Option<String>,
}

impl<T> PaginaView<T> {
    /// Page of views from a page of nouns.
    pub fn of<U>(pagina: Pagina<U>, f: impl FnMut(U) -> T) -> PaginaView<T> {
        PaginaView::from(pagina.map(f))
    }
}

impl<T> From<Pagina<T>> for PaginaView<T> {
    fn from(pagina: Pagina<T>) -> PaginaView<T> {
        PaginaView { datos: pagina.datos, siguiente: pagina.siguiente }
    }
}

/// Accepts a number or its text, because a flattened query struct gives texts only.
fn limite<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    struct Limite;
    impl Visitor<'_> for Limite {
        type Value = u32;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("un número de 1 a 200")
        }

        fn visit_u64<E: Error>(self, n: u64) -> Result<u32, E> {
            let n = u32::try_from(n).ok().filter(|n| (1..=200).contains(n));
            n.ok_or_else(|| E::custom("El límite debe ser un número de 1 a 200."))
        }

        fn visit_str<E: Error>(self, texto: &str) -> Result<u32, E> {
            self.visit_u64(texto.parse().unwrap_or(0))
        }
    }
    deserializer.deserialize_any(Limite)
}
