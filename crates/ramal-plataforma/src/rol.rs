//! Roles: named sets of permissions. It decides who may give them nowhere: the actions do.

use ramal_base::CampoInvalido;

use crate::permiso::{check_permisos, covers};

/// Code of the role that may do everything; somebody active must always have it.
pub const ADMINISTRADOR: &str = "administrador";

/// A named set of permissions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rol {
    /// Code: `cobranzas`; never changes.
    pub codigo: String,
    /// Name to show.
    pub nombre: String,
    /// What it is for.
    pub descripcion: String,
    /// Grants, with the wildcards of [`covers`].
    pub permisos: Vec<String>,
    /// Whether it came with the program: it can be edited, not removed.
    pub predefinido: bool,
    /// Grows with every edit.
    pub version: i64,
}

impl Rol {
    /// Whether it grants something.
    pub fn grants(&self, permiso: &str) -> bool {
        covers(&self.permisos, permiso)
    }
}

/// What is needed to make or change a role.
#[derive(Clone, Debug)]
pub struct DatosRol {
    /// Name, 1 to 60 characters.
    pub nombre: String,
    /// What it is for, up to 200 characters.
    pub descripcion: String,
    /// Grants, 1 to 100.
    pub permisos: Vec<String>,
}

impl DatosRol {
    /// The same, trimmed and without repetitions. Errors: every bad field.
    pub fn checked(self) -> Result<DatosRol, Vec<CampoInvalido>> {
        let nombre = self.nombre.trim().to_owned();
        let descripcion = self.descripcion.trim().to_owned();
        let mut permisos = self.permisos;
        permisos.sort();
        permisos.dedup();
        let mut malos = check_permisos(&permisos).err().unwrap_or_default();
        if !(1..=60).contains(&nombre.chars().count()) {
            let motivo = "Falta el nombre del rol: de 1 a 60 caracteres.";
            malos.push(CampoInvalido::new("nombre", "nombre_largo", motivo));
        }
        if descripcion.chars().count() > 200 {
            let motivo = "La descripción tiene hasta 200 caracteres.";
            malos.push(CampoInvalido::new("descripcion", "descripcion_larga", motivo));
        }
        if malos.is_empty() { Ok(DatosRol { nombre, descripcion, permisos }) } else { Err(malos) }
    }
}

/// Code of a new role, from its name: `Mesa de ayuda` → `mesa-de-ayuda`.
///
/// Shape: ASCII lower case, digits and `-`; empty if the name has no letter that survives.
pub fn codigo_of(nombre: &str) -> String {
    let plano = nombre.to_lowercase().chars().map(unaccented).collect::<String>();
    let partes = plano.split('-').filter(|p| !p.is_empty()).collect::<Vec<_>>();
    partes.join("-").chars().take(40).collect()
}

fn unaccented(letra: char) -> char {
    match letra {
        'á' => 'a',
        'é' => 'e',
        'í' => 'i',
        'ó' => 'o',
        'ú' | 'ü' => 'u',
        'ñ' => 'n',
        c if c.is_ascii_alphanumeric() => c,
        _ => '-',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_made_of_what_a_name_has_and_nothing_else() {
        assert_eq!(codigo_of(" Mesa de Ayuda (2.º turno) "), "mesa-de-ayuda-2-turno");
        assert_eq!(codigo_of("Diseño y atención"), "diseno-y-atencion");
        assert_eq!(codigo_of("日本"), "");
    }

    #[test]
    fn every_bad_field_of_a_role_is_named_at_once() {
        let malo = DatosRol {
            nombre: " ".into(),
            descripcion: "x".repeat(201),
            permisos: vec!["Mal".into()],
        };
        let campos: Vec<String> =
            malo.checked().unwrap_err().into_iter().map(|c| c.campo).collect();
        assert_eq!(campos, ["permisos[0]", "nombre", "descripcion"]);
    }
}
