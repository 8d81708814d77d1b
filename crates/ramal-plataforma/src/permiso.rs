//! Permissions: `area:accion`, declared as types by each slice. It keeps no users and
//! no roles: those hold lists of these.

use ramal_base::CampoInvalido;

/// A permission that a route asks for; declared with [`crate::permiso!`].
pub trait Permiso: Send + Sync + 'static {
    /// `area:accion`, e.g. `clientes:leer`.
    const NOMBRE: &'static str;
}

/// Declares a permission type: `permiso!(LeerClientes, "clientes:leer")`.
#[macro_export]
macro_rules! permiso {
    ($nombre:ident, $texto:literal) => {
        #[doc = concat!("Permission `", $texto, "`.")]
        #[derive(Clone, Copy, Debug)]
        pub struct $nombre;

        impl $crate::Permiso for $nombre {
            const NOMBRE: &'static str = $texto;
        }
    };
}

/// Whether what was granted covers what is asked.
///
/// Shape of a grant: `*` (all), `clientes:*` (an area), `*:leer` (an action everywhere) or
/// `clientes:leer`.
pub fn covers(otorgados: &[String], pedido: &str) -> bool {
    otorgados.iter().any(|otorgado| covers_one(otorgado, pedido))
}

fn covers_one(otorgado: &str, pedido: &str) -> bool {
    if otorgado == "*" || otorgado == pedido {
        return true;
    }
    let (Some((area, accion)), Some((otra, suya))) =
        (otorgado.split_once(':'), pedido.split_once(':'))
    else {
        return false;
    };
    (area == "*" || area == otra) && (accion == "*" || accion == suya)
}

/// Checks the shape of a list of grants. Errors: each bad entry by its index.
pub fn check_permisos(permisos: &[String]) -> Result<(), Vec<CampoInvalido>> {
    if permisos.is_empty() || permisos.len() > 100 {
        let motivo = "Indique de 1 a 100 permisos, por ejemplo clientes:leer.";
        return Err(vec![CampoInvalido::new("permisos", "permisos_cantidad", motivo)]);
    }
    let malos: Vec<CampoInvalido> = permisos
        .iter()
        .enumerate()
        .filter(|(_, p)| !is_well_formed(p))
        .map(|(i, _)| {
            let motivo = "Use area:accion en minúsculas, o * como comodín: clientes:leer, *:leer.";
            CampoInvalido::new(format!("permisos[{i}]"), "permiso_forma", motivo)
        })
        .collect();
    if malos.is_empty() { Ok(()) } else { Err(malos) }
}

fn is_well_formed(permiso: &str) -> bool {
    let letra = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-';
    let parte = |p: &str| p == "*" || (!p.is_empty() && p.len() <= 40 && p.chars().all(letra));
    permiso == "*" || permiso.split_once(':').is_some_and(|(a, b)| parte(a) && parte(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lista(textos: &[&str]) -> Vec<String> {
        textos.iter().map(|t| (*t).to_owned()).collect()
    }

    #[test]
    fn a_grant_covers_what_it_names_and_nothing_more() {
        assert!(covers(&lista(&["*"]), "clientes:leer"));
        assert!(covers(&lista(&["clientes:leer"]), "clientes:leer"));
        assert!(covers(&lista(&["clientes:*"]), "clientes:editar"));
        assert!(covers(&lista(&["*:leer"]), "facturas:leer"));
        assert!(!covers(&lista(&["*:leer"]), "facturas:emitir"));
        assert!(!covers(&lista(&["clientes:leer"]), "clientes:leer_todo"));
        assert!(!covers(&lista(&["clientes"]), "clientes:leer"));
        assert!(!covers(&[], "clientes:leer"));
    }

    #[test]
    fn asking_for_a_wildcard_needs_a_wildcard() {
        assert!(!covers(&lista(&["clientes:leer"]), "clientes:*"));
        assert!(!covers(&lista(&["clientes:*"]), "*"));
        assert!(covers(&lista(&["clientes:*"]), "clientes:*"));
    }

    #[test]
    fn a_badly_written_grant_is_named_by_its_place() {
        let malos = check_permisos(&lista(&["clientes:leer", "Clientes:leer", ":x"])).unwrap_err();
        let campos: Vec<&str> = malos.iter().map(|c| c.campo.as_str()).collect();
        assert_eq!(campos, ["permisos[1]", "permisos[2]"]);
        assert!(check_permisos(&[]).is_err());
        assert!(check_permisos(&lista(&["*", "a:*", "*:leer"])).is_ok());
    }
}
