//! Whether the request comes from htmx and which element waits for it. It decides nothing about the
//! answer.

use axum::http::HeaderMap;

/// The htmx headers of a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hx {
    /// Id of the element that waits, if htmx asks.
    destino: Option<String>,
    /// Whether htmx asks.
    pide: bool,
}

impl Hx {
    /// Reads the headers.
    pub fn read(cabeceras: &HeaderMap) -> Hx {
        let texto = |nombre: &str| cabeceras.get(nombre).and_then(|v| v.to_str().ok());
        let pide = texto("hx-request") == Some("true") && texto("hx-boosted").is_none();
        Hx { destino: texto("hx-target").map(ToOwned::to_owned).filter(|_| pide), pide }
    }

    /// Whether htmx asks, for any element.
    pub fn asks(&self) -> bool {
        self.pide
    }

    /// Whether htmx asks for the fragment of this element (`id` without `#`).
    pub fn wants(&self, id: &str) -> bool {
        self.destino.as_deref() == Some(id)
    }
}
