//! A person who signs in. It holds no password and no session: those are columns and rows that only
//! the storage reads.

use ramal_base::{CampoInvalido, Id, Instante, documentos};

use crate::SucursalId;

/// Identifier of a user.
pub type UsuarioId = Id<Usuario>;

/// Whether a user may sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EstadoUsuario {
    /// May.
    Activo,
    /// May not; his sessions are dead.
    Suspendido,
}

impl EstadoUsuario {
    /// `activo` or `suspendido`, as it is stored and sent.
    pub fn as_str(self) -> &'static str {
        match self {
            EstadoUsuario::Activo => "activo",
            EstadoUsuario::Suspendido => "suspendido",
        }
    }

    /// Reads what [`Self::as_str`] gives.
    pub fn parse(texto: &str) -> Option<EstadoUsuario> {
        match texto {
            "activo" => Some(EstadoUsuario::Activo),
            "suspendido" => Some(EstadoUsuario::Suspendido),
            _ => None,
        }
    }
}

/// A role given to a user, everywhere or in one branch.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RolDado {
    /// Code of the role.
    pub rol: String,
    /// Branch in which it counts; `None` means all of them.
    pub sucursal: Option<SucursalId>,
}

impl RolDado {
    /// The role in every branch.
    pub fn everywhere(rol: impl Into<String>) -> RolDado {
        RolDado { rol: rol.into(), sucursal: None }
    }
}

/// A person who signs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Usuario {
    /// Identifier.
    pub id: UsuarioId,
    /// E-mail in lower case; unique.
    pub correo: String,
    /// Name to show.
    pub nombre: String,
    /// Whether he may sign in.
    pub estado: EstadoUsuario,
    /// Whether he has a password of his own.
    pub con_contrasena: bool,
    /// Whether a code of his telephone is asked for.
    pub con_codigo: bool,
    /// Recovery codes left.
    pub respaldos: usize,
    /// Whether an identity provider signs him in.
    pub con_proveedor: bool,
    /// Grows with every edit.
    pub version: i64,
    /// When he was made.
    pub creado: Instante,
    /// When he last signed in.
    pub ultimo_ingreso: Option<Instante>,
}

impl Usuario {
    /// Actor in the audit trail: `usuario:<id>`.
    pub fn actor(&self) -> String {
        actor(self.id)
    }
}

/// Actor in the audit trail of a user.
pub fn actor(id: UsuarioId) -> String {
    format!("usuario:{id}")
}

/// The user that an actor of the trail names; `None` if it is a key, the command line or a job.
pub fn of_actor(actor: &str) -> Option<UsuarioId> {
    actor.strip_prefix("usuario:")?.parse().ok()
}

/// What is needed to make a user.
#[derive(Clone, Debug)]
pub struct NuevoUsuario {
    /// E-mail, in any case.
    pub correo: String,
    /// Name to show, 1 to 120 characters.
    pub nombre: String,
    /// Roles; may be empty.
    pub roles: Vec<RolDado>,
}

/// The e-mail as it is kept: whole in lower case. Errors: `correo_formato`.
pub fn checked_correo(texto: &str) -> Result<String, CampoInvalido> {
    documentos::correo(texto)
        .map(|c| c.to_ascii_lowercase())
        .map_err(|e| CampoInvalido::new("correo", e.codigo, e.motivo))
}

/// The name, trimmed. Errors: `nombre_largo`.
pub fn checked_nombre(texto: &str) -> Result<String, CampoInvalido> {
    let nombre = texto.trim();
    let bien = (1..=120).contains(&nombre.chars().count()) && !nombre.chars().any(char::is_control);
    if bien {
        return Ok(nombre.to_owned());
    }
    let motivo = "Falta el nombre: de 1 a 120 caracteres.";
    Err(CampoInvalido::new("nombre", "nombre_largo", motivo))
}
