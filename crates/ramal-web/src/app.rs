//! State shared by every route. It carries no settings of a slice: those travel as axum extensions.

use std::sync::Arc;

use ramal_base::Cx;
use ramal_db::{Db, Objetos};

use crate::Entorno;
use crate::direccion::Proxy;
use crate::limites::{Cubetas, LIMITES, Limites};

/// What every handler may use.
#[derive(Clone)]
pub struct App {
    /// Database; the only way to begin a transaction.
    pub db: Db,
    /// Clock and ids, in the name of the server; `Can::cx` gives the one in the name of the caller.
    pub cx: Cx,
    /// Store of documents.
    pub objetos: Objetos,
    /// Settings of the site.
    pub entorno: Arc<Entorno>,
    /// Where the site meets the network.
    pub borde: Borde,
    pub(crate) cubetas: Arc<Cubetas>,
}

/// Where the site meets the network: who stands in front and how much one may ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Borde {
    /// Whether a proxy of ours stands in front.
    pub proxy: Proxy,
    /// Limits of requests.
    pub limites: Limites,
}

impl Default for Borde {
    fn default() -> Borde {
        Borde { proxy: Proxy::Ninguno, limites: LIMITES }
    }
}

impl App {
    /// State of a site.
    pub fn new(db: Db, cx: Cx, objetos: Objetos, entorno: Entorno) -> App {
        App {
            db,
            cx,
            objetos,
            entorno: Arc::new(entorno),
            borde: Borde::default(),
            cubetas: Arc::default(),
        }
    }

    /// The same behind another edge.
    #[must_use]
    pub fn behind(self, borde: Borde) -> App {
        App { borde, ..self }
    }
}

/// Routes of a slice together with their OpenAPI description; paths are relative to `/api/v1`.
pub type Rutas = utoipa_axum::router::OpenApiRouter<App>;

/// Name of the authenticated caller, left in the request's extensions by whoever authenticates.
///
/// Shape: `clave:<name>` or `usuario:<id>`; never a person's data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor(pub String);
