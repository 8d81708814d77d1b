//! What a search of customers gives to whoever shows results: a title, a detail and an address. It
//! decides no permission: who asks has `clientes:leer`.

use ramal_db::Consulta;
use ramal_web::pagina::Formato;

use crate::http::paginas::ficha::{document, route};
use crate::{Cliente, Error, storage};

/// Something found, ready to be shown and opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hallazgo {
    /// What it is called.
    pub titulo: String,
    /// What tells it apart from others alike.
    pub detalle: String,
    /// Page that shows it.
    pub ruta: String,
    /// Kind of thing: `cliente`.
    pub clase: &'static str,
}

impl From<Cliente> for Hallazgo {
    fn from(c: Cliente) -> Hallazgo {
        let mut detalle = vec![c.codigo(), document(&c)];
        detalle.extend(c.telefono.as_deref().map(|t| Formato::default().telefono(t)));
        detalle.extend(c.email.clone());
        Hallazgo {
            detalle: detalle.join(" · "),
            ruta: route(&c),
            titulo: c.razon_social,
            clase: "cliente",
        }
    }
}

impl Hallazgo {
    /// Code with which its address ends: `C-12`.
    pub fn codigo(&self) -> &str {
        self.ruta.rsplit('/').next().unwrap_or("")
    }
}

/// Customers whose code, document, telephone, e-mail or names hold every word of `q`, without
/// accents; those whose name begins so come first. Nothing for an empty question.
///
/// Errors: `Storage`.
pub async fn search(c: &impl Consulta, q: &str, limite: u32) -> Result<Vec<Hallazgo>, Error> {
    let clientes = storage::suggest(c, q, limite).await?;
    Ok(clientes.into_iter().map(Hallazgo::from).collect())
}
