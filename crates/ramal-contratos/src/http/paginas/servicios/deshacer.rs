//! Undo of the last step on a service, from the notice that followed it. It asks for the permission
//! of the step that it takes back.

use axum::extract::State;
use axum::response::Response;
use ramal_plataforma::{Permiso, Vista};
use ramal_web::pagina::{Aviso, redirect};
use ramal_web::{App, Formulario, Problem, Ruta};

use super::palabras::route;
use super::paso::load;
use crate::actions;
use crate::permisos::{CancelarServicios, EditarServicios, LeerServicios, SuspenderServicios};
use crate::textos::TEXTOS;
use crate::{Hecho, storage};

/// `POST /admin/servicios/{codigo}/deshacer/{version}/{hechos}`
pub async fn deshacer(
    vista: Vista<LeerServicios>,
    State(app): State<App>,
    Ruta((codigo, version, hechos)): Ruta<(String, i64, u32)>,
    _form: Formulario,
) -> Result<Response, Problem> {
    let tx = app.db.begin().await?;
    let s = load(&tx, &codigo).await?;
    for (_, evento) in storage::hechos(&tx, &[s.id]).await? {
        let permiso = permission(&evento.hecho);
        if evento.secuencia > hechos && !vista.may(permiso) {
            return Err(missing(permiso));
        }
    }
    actions::take_back(&tx, vista.cx(), (s.id, version), hechos).await?;
    tx.commit().await?;
    let marco = vista.marco(&TEXTOS, "contratos-servicios-titulo");
    let texto = marco.t1("contratos-deshecho", "codigo", s.codigo());
    Ok(redirect(&app, &route(&s), &[Aviso::ok(texto)]))
}

/// Permission of the step that records a fact.
fn permission(hecho: &Hecho) -> &'static str {
    match hecho {
        Hecho::Suspension | Hecho::Reactivacion | Hecho::Pausa | Hecho::FinPausa => {
            SuspenderServicios::NOMBRE
        }
        Hecho::Cancelacion => CancelarServicios::NOMBRE,
        _ => EditarServicios::NOMBRE,
    }
}

fn missing(permiso: &str) -> Problem {
    let detalle = format!("Para deshacer esto hace falta el permiso «{permiso}».");
    Problem::new(403, "permiso_faltante", "Falta un permiso", detalle)
}
