//! What signing in needs of the program: the master key, who tells people, the identity provider.
//! The binary fills it in; it reads no environment.

use std::sync::{Arc, Mutex};

use axum::http::Extensions;
use ramal_base::{Instante, Pais, Zona};
use ramal_web::pagina::Formato;
use ramal_web::{App, Direccion, Navegante};

use crate::avisador::{Avisador, AvisosEnTabla};
use crate::oidc::AjustesOidc;
use crate::{Sello, storage};

/// The company's name and habits are read again after this, in milliseconds.
const FRESCURA_MS: i64 = 5_000;

/// What signing in needs.
#[derive(Clone)]
pub struct Puerta {
    pub(crate) sello: Sello,
    pub(crate) avisador: Arc<dyn Avisador>,
    pub(crate) permisos: Arc<Vec<&'static str>>,
    pub(crate) oidc: Option<Arc<AjustesOidc>>,
    casa: Arc<Mutex<Option<Casa>>>,
}

/// What the shell says of the company.
#[derive(Clone)]
struct Casa {
    leida: Instante,
    nombre: String,
    pais: Pais,
    zona: Zona,
}

impl Puerta {
    /// With the master key alone: messages stay in the table, and there is no provider.
    pub fn new(sello: Sello) -> Puerta {
        Puerta {
            avisador: Arc::new(AvisosEnTabla(sello.clone())),
            sello,
            permisos: Arc::new(crate::PERMISOS.to_vec()),
            oidc: None,
            casa: Arc::default(),
        }
    }

    /// Every permission of the program, for the page of roles.
    #[must_use]
    pub fn with_permisos(self, permisos: impl IntoIterator<Item = &'static str>) -> Puerta {
        let mut lista: Vec<&'static str> = permisos.into_iter().collect();
        lista.sort_unstable();
        lista.dedup();
        Puerta { permisos: Arc::new(lista), ..self }
    }

    /// Who tells people, in the place of the table.
    #[must_use]
    pub fn with_avisador(self, avisador: Arc<dyn Avisador>) -> Puerta {
        Puerta { avisador, ..self }
    }

    /// An identity provider.
    #[must_use]
    pub fn with_oidc(self, ajustes: AjustesOidc) -> Puerta {
        Puerta { oidc: Some(Arc::new(ajustes)), ..self }
    }

    /// The caller's address; `None` if nothing tells it.
    pub fn direccion(&self, extras: &Extensions) -> Option<String> {
        extras.get::<Direccion>().map(|d| d.0.to_string())
    }

    /// A visitor of this company, of whom nothing else is known.
    pub(crate) async fn visitante(&self, app: &App) -> Navegante {
        let Some(casa) = self.casa(app).await else { return Navegante::anonimo() };
        Navegante {
            formato: Formato { pais: casa.pais, zona: casa.zona },
            empresa: casa.nombre,
            ..Navegante::anonimo()
        }
    }

    async fn casa(&self, app: &App) -> Option<Casa> {
        let ahora = app.cx.now();
        if let Some(casa) = self.kept().filter(|c| is_fresh(c, ahora)) {
            return Some(casa);
        }
        let empresa = storage::empresa_if_any(&app.db).await.ok().flatten()?;
        let casa =
            Casa { leida: ahora, zona: empresa.zona(), nombre: empresa.nombre, pais: empresa.pais };
        if let Ok(mut lugar) = self.casa.lock() {
            *lugar = Some(casa.clone());
        }
        Some(casa)
    }

    fn kept(&self) -> Option<Casa> {
        self.casa.lock().ok().and_then(|lugar| lugar.clone())
    }
}

fn is_fresh(casa: &Casa, ahora: Instante) -> bool {
    ahora.millis().saturating_sub(casa.leida.millis()).abs() < FRESCURA_MS
}
