//! Who is signed in, as every page's edge needs it. The session behind it is kept elsewhere; this
//! holds no token.

use std::sync::Arc;

use ramal_web::{Navegante, pagina::UsuarioMarco};

use crate::permiso::covers;

/// The person signed in, left in the request's extensions by the session layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identidad {
    /// Actor in the audit trail: `usuario:<id>`.
    pub actor: String,
    /// Name to show.
    pub nombre: String,
    /// What he may do.
    pub permisos: Arc<Vec<String>>,
}

impl Identidad {
    /// Somebody with these permissions and no session behind, for tests of pages: put it on the
    /// router as an `Extension`.
    pub fn prueba(permisos: &[&str]) -> Identidad {
        Identidad {
            actor: "usuario:prueba".to_owned(),
            nombre: "Rosa Díaz".to_owned(),
            permisos: Arc::new(permisos.iter().map(|p| (*p).to_owned()).collect()),
        }
    }

    /// The same person as the kit of the pages wants him.
    pub fn navegante(&self, base: Navegante) -> Navegante {
        let permisos = self.permisos.clone();
        let iniciales = self.nombre.split_whitespace().filter_map(|p| p.chars().next());
        Navegante {
            usuario: Some(UsuarioMarco {
                nombre: self.nombre.clone(),
                iniciales: iniciales.take(2).collect::<String>().to_uppercase(),
            }),
            puede: Arc::new(move |permiso| covers(&permisos, permiso)),
            ..base
        }
    }
}
