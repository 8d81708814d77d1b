//! The collections of one customer on the wire. It changes nothing.

use axum::Json;
use axum::extract::State;
use ramal_plataforma::Can;
use ramal_web::{App, Problem, Ruta};

use super::vistas::CobranzaView;
use crate::expediente;
use crate::permisos::LeerCobranza;
use crate::reglas::Reglas;
use crate::storage::{episodios, promesas};

/// La cobranza de un cliente: dónde está cada servicio, promesas, suspensiones y avisos
#[utoipa::path(get, path = "/clientes/{id}/cobranza", tag = "cobranza",
    params(("id" = String, Path, description = "Identificador o código", example = "C-66489")),
    responses((status = 200, description = "Su cobranza", body = CobranzaView)))]
pub async fn get_cobranza(
    can: Can<LeerCobranza>,
    State(app): State<App>,
    Ruta(id): Ruta<String>,
) -> Result<Json<CobranzaView>, Problem> {
    let db = &app.db;
    let reglas = Reglas::load(db, can.cx()).await?;
    let cliente = ramal_clientes::referencia::resolve(db, &id).await?.uuid();
    let e = expediente::load(db, &reglas, cliente, reglas.hoy).await?;
    let suspensiones = episodios::latest(db, cliente, 50).await?;
    let cumplidas = promesas::kept_and_broken(db, cliente).await?;
    Ok(Json(CobranzaView::of(e, suspensiones, cumplidas)))
}
