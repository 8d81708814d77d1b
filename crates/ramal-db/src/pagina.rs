//! Keyset pages: the cursor is the last key seen, so page 1,000 costs what page 1 costs. Counts
//! nothing.

use serde::{Deserialize, Serialize};

/// What the caller asks: at most `limite` rows after `cursor`.
#[derive(Clone, Debug, Deserialize)]
pub struct Cursor {
    /// Rows asked for, 1 to 200; 50 if not said.
    #[serde(default = "Cursor::limite_por_defecto")]
    pub limite: u32,
    /// `siguiente` of the page before, absent for the first.
    pub cursor: Option<String>,
}

impl Cursor {
    /// Rows per page when the caller names none.
    pub fn limite_por_defecto() -> u32 {
        50
    }

    /// Rows to read: the limit in range plus one, which tells whether more follow.
    pub fn filas(&self) -> i64 {
        i64::from(self.limite.clamp(1, 200)) + 1
    }
}

/// A page of a list. Wire: `{"datos":[…],"siguiente":"…"}`; `siguiente` is null on the last page.
#[derive(Clone, Debug, Serialize)]
pub struct Pagina<T> {
    /// The rows, in the list's order.
    pub datos: Vec<T>,
    /// Cursor of the next page.
    pub siguiente: Option<String>,
}

impl<T> Pagina<T> {
    /// Cuts the extra row that [`Cursor::filas`] asked for and makes the next cursor from the last
    /// one kept.
    pub fn cut(mut datos: Vec<T>, cursor: &Cursor, clave: impl Fn(&T) -> String) -> Pagina<T> {
        let limite = usize::try_from(cursor.filas() - 1).unwrap_or(1);
        let hay_mas = datos.len() > limite;
        datos.truncate(limite);
        let siguiente = if hay_mas { datos.last().map(clave) } else { None };
        Pagina { datos, siguiente }
    }

    /// The same page with its rows turned into something else.
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Pagina<U> {
        Pagina { datos: self.datos.into_iter().map(f).collect(), siguiente: self.siguiente }
    }
}
