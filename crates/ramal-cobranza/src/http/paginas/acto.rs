//! The page of an act that only needs a reason: what happens, why, and a button. It does nothing by
//! itself.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_web::pagina::page;
use ramal_web::{Formulario, Marco, Problem};

/// An act that needs a reason.
#[derive(Template)]
#[template(path = "cobranza/acto.html")]
pub(super) struct Acto {
    /// Shell; its title names the act.
    pub(super) marco: Marco,
    /// What was typed.
    pub(super) f: Formulario,
    /// What happens when it is done.
    pub(super) consecuencia: String,
    /// Where the form goes.
    pub(super) accion: String,
    /// Key that makes one act of a form sent twice.
    pub(super) idem: String,
    /// Where to go back without doing it.
    pub(super) volver: String,
    /// Key of the button.
    pub(super) boton: &'static str,
}

impl Acto {
    /// The page: 422 if it was refused.
    pub(super) fn page(&self) -> Result<Response, Problem> {
        let mal = self.f.is_refused();
        page(if mal { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, self)
    }
}
