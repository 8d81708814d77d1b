//! Saved views: one's own names for a list with its filters. Other slices ask [`vistas_de`] for the
//! links of their list.

use axum::extract::State;
use axum::response::Response;
use ramal_base::Id;
use ramal_db::Consulta;
use ramal_web::pagina::{Aviso, Enlace, Formulario, redirect};
use ramal_web::{App, Problem, Ruta};
use uuid::Uuid;

use super::comun::{own_id, say_of};
use crate::actions::save_vista::{forget_vista, save_vista};
use crate::{Cualquiera, Error, UsuarioId, Vista, storage};

/// Links of the views that a user saved of a list; `consulta` is the query shown, which marks its
/// own link as active. Nobody in tests of pages has views.
///
/// Errors: `Storage`.
pub async fn vistas_de(
    c: &impl Consulta,
    usuario: Option<UsuarioId>,
    (ruta, consulta): (&str, &str),
) -> Result<Vec<Enlace>, Error> {
    let Some(usuario) = usuario else { return Ok(Vec::new()) };
    let vistas = storage::vistas::vistas(c, usuario, ruta).await?;
    let enlace = |v: crate::vista_guardada::VistaGuardada| Enlace {
        activo: v.consulta == consulta,
        ruta: v.direccion(),
        texto: v.nombre,
    };
    Ok(vistas.into_iter().map(enlace).collect())
}

/// Saves the list that the form names (`ruta`, `consulta`) under a name (`nombre`).
pub async fn post_vista(
    vista: Vista<Cualquiera>,
    State(app): State<App>,
    f: Formulario,
) -> Result<Response, Problem> {
    let usuario = own_id(&vista)?;
    let tx = app.db.begin().await?;
    let textos = (f.value("ruta"), f.value("nombre"), f.value("consulta"));
    let guardada = save_vista(&tx, vista.cx(), usuario, textos).await?;
    tx.commit().await?;
    let aviso = Aviso::ok(say_of(vista.peticion(), "vistas-guardada", &guardada.nombre));
    let aviso = aviso.undo(format!("/vistas/{}/borrar", guardada.id));
    Ok(redirect(&app, &guardada.direccion(), &[aviso]))
}

/// Forgets a view of one's own. Errors: 404 if it is another's.
pub async fn post_borrar(
    vista: Vista<Cualquiera>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
    _f: Formulario,
) -> Result<Response, Problem> {
    let usuario = own_id(&vista)?;
    let tx = app.db.begin().await?;
    let borrada = forget_vista(&tx, vista.cx(), usuario, Id::from_uuid(id)).await?;
    tx.commit().await?;
    let aviso = Aviso::ok(say_of(vista.peticion(), "vistas-borrada", &borrada.nombre));
    Ok(redirect(&app, &borrada.ruta, &[aviso]))
}
