//! Who is signed in, as every page's edge needs it. The session behind it is kept elsewhere; this
//! holds no token.

use std::sync::Arc;

use ramal_web::{Navegante, pagina::UsuarioMarco};

use crate::permiso::covers;
use crate::usuario::UsuarioId;
use crate::{Alcance, EnSucursal};

/// Permissions that count in one branch, or in all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ambito {
    /// Grants.
    pub permisos: Vec<String>,
    /// Where; `None` means everywhere.
    pub sucursal: Option<EnSucursal>,
}

/// Permissions whose pages narrow what they show to the branches of whoever asks.
pub const POR_SUCURSAL: &[&str] = &["usuarios:leer", "usuarios:administrar"];

/// The person signed in, left in the request's extensions by the session layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identidad {
    /// Actor in the audit trail: `usuario:<id>`.
    pub actor: String,
    /// Name to show.
    pub nombre: String,
    /// What he may do: everywhere, or in a branch on pages that narrow to it.
    pub permisos: Arc<Vec<String>>,
    usuario: Option<UsuarioId>,
    ambitos: Arc<Vec<Ambito>>,
}

impl Identidad {
    /// A person with what each of his roles lets him do.
    ///
    /// A permission of one branch opens only the pages that narrow what they show to that branch
    /// ([`POR_SUCURSAL`]); any other page would show him the whole company, so it stays closed.
    pub fn new(usuario: UsuarioId, nombre: impl Into<String>, ambitos: Vec<Ambito>) -> Identidad {
        let (plenos, de_sucursal): (Vec<&Ambito>, Vec<&Ambito>) =
            ambitos.iter().partition(|a| a.sucursal.is_none());
        let mut permisos: Vec<String> =
            plenos.iter().flat_map(|a| a.permisos.iter().cloned()).collect();
        let suyos =
            POR_SUCURSAL.iter().filter(|p| de_sucursal.iter().any(|a| covers(&a.permisos, p)));
        permisos.extend(suyos.map(|p| (*p).to_owned()));
        permisos.sort();
        permisos.dedup();
        Identidad {
            actor: crate::usuario::actor(usuario),
            nombre: nombre.into(),
            permisos: Arc::new(permisos),
            usuario: Some(usuario),
            ambitos: Arc::new(ambitos),
        }
    }

    /// Somebody with these permissions and no session behind, for tests of pages: put it on the
    /// router as an `Extension`.
    pub fn prueba(permisos: &[&str]) -> Identidad {
        let permisos: Vec<String> = permisos.iter().map(|p| (*p).to_owned()).collect();
        Identidad {
            actor: "usuario:prueba".to_owned(),
            nombre: "Rosa Díaz".to_owned(),
            permisos: Arc::new(permisos.clone()),
            usuario: None,
            ambitos: Arc::new(vec![Ambito { permisos, sucursal: None }]),
        }
    }

    /// Which user it is; `None` only in tests of pages.
    pub fn usuario(&self) -> Option<UsuarioId> {
        self.usuario
    }

    /// Where a permission counts. Whoever has it nowhere gets an empty list of branches.
    pub fn alcance(&self, permiso: &str) -> Alcance {
        let suyos = self.ambitos.iter().filter(|a| covers(&a.permisos, permiso));
        let mut lista: Vec<EnSucursal> = Vec::new();
        for ambito in suyos {
            match &ambito.sucursal {
                None => return Alcance::Todas,
                Some(s) if lista.iter().any(|otra| otra.id == s.id) => {}
                Some(s) => lista.push(s.clone()),
            }
        }
        Alcance::Solo(lista)
    }

    /// Permissions that count everywhere: all that may be given to others.
    pub fn permisos_plenos(&self) -> Vec<String> {
        let plenos = self.ambitos.iter().filter(|a| a.sucursal.is_none());
        plenos.flat_map(|a| a.permisos.iter().cloned()).collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    fn en(n: u128) -> EnSucursal {
        EnSucursal { id: ramal_base::Id::from_uuid(uuid::Uuid::from_u128(n)), zona: None }
    }

    #[test]
    fn a_permission_of_one_branch_is_no_permission_of_another() {
        let ambito = |permisos: &[&str], sucursal| Ambito {
            permisos: permisos.iter().map(|p| (*p).to_owned()).collect(),
            sucursal,
        };
        let id = UsuarioId::from_uuid(uuid::Uuid::from_u128(9));
        let rosa = Identidad::new(
            id,
            "Rosa",
            vec![
                ambito(&["clientes:leer"], None),
                ambito(&["facturas:*"], Some(en(1))),
                ambito(&["facturas:leer"], Some(en(2))),
                ambito(&["facturas:leer"], Some(en(1))),
            ],
        );
        assert_eq!(rosa.alcance("clientes:leer"), Alcance::Todas);
        assert_eq!(rosa.alcance("facturas:leer"), Alcance::Solo(vec![en(1), en(2)]));
        assert_eq!(rosa.alcance("facturas:anular"), Alcance::Solo(vec![en(1)]));
        assert_eq!(rosa.alcance("roles:leer"), Alcance::Solo(vec![]));
        assert_eq!(rosa.permisos_plenos(), ["clientes:leer"]);
    }

    #[test]
    fn a_role_of_one_branch_opens_no_page_of_the_whole_company() {
        let ambito = |permisos: &[&str]| Ambito {
            permisos: permisos.iter().map(|p| (*p).to_owned()).collect(),
            sucursal: Some(en(1)),
        };
        let id = UsuarioId::from_uuid(uuid::Uuid::from_u128(9));
        let ana = Identidad::new(id, "Ana", vec![ambito(&["clientes:*", "usuarios:leer"])]);
        assert_eq!(*ana.permisos, ["usuarios:leer"]);
        let jefa = Identidad::new(id, "Jefa", vec![ambito(&["*"])]);
        assert_eq!(*jefa.permisos, ["usuarios:administrar", "usuarios:leer"]);
    }
}
