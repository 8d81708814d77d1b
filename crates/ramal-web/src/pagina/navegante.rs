//! Who is in front of the screen, as the kit needs to know it: left in the request's extensions by
//! whoever signs people in. It holds no password, no token and no role.

use std::sync::Arc;

use super::Formato;

/// The person signed in, for the shell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsuarioMarco {
    /// Name to show.
    pub nombre: String,
    /// Two letters for the account button.
    pub iniciales: String,
}

/// Which theme the person chose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tema {
    /// That of the device.
    #[default]
    Sistema,
    /// Light.
    Claro,
    /// Dark.
    Oscuro,
}

/// Question whether the person may do something: `clientes:leer`.
pub type Puede = Arc<dyn Fn(&str) -> bool + Send + Sync>;

/// Who looks, in which country, with which permissions.
#[derive(Clone)]
pub struct Navegante {
    /// The person; `None` before signing in.
    pub usuario: Option<UsuarioMarco>,
    /// Whether he may do what a permission names.
    pub puede: Puede,
    /// How money and dates are written.
    pub formato: Formato,
    /// Name of the company.
    pub empresa: String,
    /// Secret of the session (or of the visit) from which form tokens are made.
    pub secreto: Vec<u8>,
    /// Signed in, but somebody else's eyes: «en nombre de».
    pub en_nombre_de: Option<String>,
}

impl Navegante {
    /// A visitor of whom nothing is known.
    pub fn anonimo() -> Navegante {
        Navegante {
            usuario: None,
            puede: Arc::new(|_| false),
            formato: Formato::default(),
            empresa: "Ramal".to_owned(),
            secreto: Vec::new(),
            en_nombre_de: None,
        }
    }

    /// Whether somebody is signed in.
    pub fn is_identificado(&self) -> bool {
        self.usuario.is_some()
    }
}
