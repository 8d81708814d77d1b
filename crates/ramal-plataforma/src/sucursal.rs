//! Branches and the part of the company that a permission reaches. It filters nothing itself: each
//! slice asks for the scope and narrows its own query.

use ramal_base::{CampoInvalido, Id, Instante};

/// Identifier of a branch.
pub type SucursalId = Id<Sucursal>;

/// An office of the company.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sucursal {
    /// Identifier.
    pub id: SucursalId,
    /// Name; unique.
    pub nombre: String,
    /// Identifier of the zona that it serves, as the catalogue writes it; `None` if it serves no
    /// single one.
    pub zona: Option<String>,
    /// Grows with every edit.
    pub version: i64,
    /// When it was made.
    pub creado: Instante,
}

/// A branch as a scope names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnSucursal {
    /// Which.
    pub id: SucursalId,
    /// The zona that it serves.
    pub zona: Option<String>,
}

/// The part of the company in which somebody has a permission.
///
/// How a slice applies it: [`Alcance::Todas`] adds nothing to the query; [`Alcance::Solo`] adds
/// `AND <column of the branch> IN (…)` with [`Alcance::sucursales`], or with [`Alcance::zonas`]
/// where the slice knows zonas and no branches. An empty list gives no row, never all of them. A
/// thing asked for by its number is refused with the same 404 as one that does not exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Alcance {
    /// Every branch, also what belongs to none.
    Todas,
    /// These branches alone.
    Solo(Vec<EnSucursal>),
}

impl Alcance {
    /// Whether nothing is to be left out.
    pub fn is_todas(&self) -> bool {
        *self == Alcance::Todas
    }

    /// The branches to keep; `None` to keep everything.
    pub fn sucursales(&self) -> Option<Vec<SucursalId>> {
        match self {
            Alcance::Todas => None,
            Alcance::Solo(lista) => Some(lista.iter().map(|s| s.id).collect()),
        }
    }

    /// The zonas to keep; `None` to keep everything. A branch without zona adds none.
    pub fn zonas(&self) -> Option<Vec<String>> {
        match self {
            Alcance::Todas => None,
            Alcance::Solo(lista) => Some(lista.iter().filter_map(|s| s.zona.clone()).collect()),
        }
    }

    /// Whether a branch lies within.
    pub fn has(&self, sucursal: SucursalId) -> bool {
        match self {
            Alcance::Todas => true,
            Alcance::Solo(lista) => lista.iter().any(|s| s.id == sucursal),
        }
    }
}

/// What is needed to make or change a branch.
#[derive(Clone, Debug)]
pub struct DatosSucursal {
    /// Name, 1 to 80 characters.
    pub nombre: String,
    /// Identifier of the zona that it serves.
    pub zona: Option<String>,
}

impl DatosSucursal {
    /// The same, trimmed. Errors: the bad fields.
    pub fn checked(self) -> Result<DatosSucursal, Vec<CampoInvalido>> {
        let nombre = self.nombre.trim().to_owned();
        let zona = self.zona.map(|z| z.trim().to_owned()).filter(|z| !z.is_empty());
        let mut malos = Vec::new();
        if !(1..=80).contains(&nombre.chars().count()) {
            let motivo = "Falta el nombre de la sucursal: de 1 a 80 caracteres.";
            malos.push(CampoInvalido::new("nombre", "nombre_largo", motivo));
        }
        if zona.as_ref().is_some_and(|z| z.chars().count() > 80) {
            let motivo = "El identificador de la zona tiene hasta 80 caracteres.";
            malos.push(CampoInvalido::new("zona", "zona_larga", motivo));
        }
        if malos.is_empty() { Ok(DatosSucursal { nombre, zona }) } else { Err(malos) }
    }
}
