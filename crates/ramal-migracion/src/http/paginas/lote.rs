//! The report of a batch and its undo, with a check page that says what would go or why it cannot.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_plataforma::Vista;
use ramal_web::pagina::{Aviso, Formulario, Insignia, Marco, page, redirect};
use ramal_web::{App, Problem, Ruta};
use uuid::Uuid;

use super::lista::lote_badge;
use super::resumen::Resumen;
use super::{RAIZ, csv, problem};
use crate::Error;
use crate::actions;
use crate::informe::Informe;
use crate::permisos::{DeshacerImportaciones, LeerImportaciones};
use crate::storage::{self, FilaLote, TERMINADO, listado};
use crate::textos::TEXTOS;

#[derive(Template)]
#[template(path = "importaciones/lote.html")]
struct Ficha {
    marco: Marco,
    id: String,
    estado: Insignia,
    cuando: ramal_base::Instante,
    importadas: String,
    r: Option<Resumen>,
    /// Whether it can be asked to be taken back.
    deshacible: bool,
}

#[derive(Template)]
#[template(path = "importaciones/deshacer.html")]
struct Deshacer {
    marco: Marco,
    id: String,
    clientes: String,
    servicios: String,
    /// Why it cannot be; empty if it can.
    motivo: String,
}

async fn found(app: &App, id: Uuid) -> Result<FilaLote, Problem> {
    let lote = storage::lote(&app.db, id).await?;
    lote.ok_or_else(|| problem(Error::LoteNotFound(id)))
}

fn report(lote: &FilaLote) -> Option<Informe> {
    serde_json::from_str(&lote.informe).ok()
}

/// `GET /admin/importaciones/{lote}`
pub async fn get_lote(
    vista: Vista<LeerImportaciones>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
) -> Result<Response, Problem> {
    let lote = found(&app, id).await?;
    let marco = under(vista.marco(&TEXTOS, "importaciones-titulo")).titled(&lote.archivo);
    let ficha = Ficha {
        id: id.to_string(),
        estado: lote_badge(&marco, &lote.estado),
        cuando: lote.creado,
        importadas: marco.numero(&lote.importadas),
        r: report(&lote).map(|i| Resumen::new(&marco, &i)),
        deshacible: lote.estado == TERMINADO && lote.importadas > 0,
        marco,
    };
    page(StatusCode::OK, &ficha)
}

fn under(marco: Marco) -> Marco {
    let raiz = marco.t("importaciones-titulo");
    marco.miga(raiz, RAIZ)
}

/// `GET /admin/importaciones/{lote}/rechazos.csv`
pub async fn get_rechazos(
    _vista: Vista<LeerImportaciones>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
) -> Result<Response, Problem> {
    let lote = found(&app, id).await?;
    let defectos = report(&lote).map_or_else(Vec::new, |i| i.rechazadas);
    let crudas = listado::crudas(&app.db, id).await?.into_iter().collect();
    csv::rejects(&lote.archivo, &defectos, &crudas)
}

/// `GET /admin/importaciones/{lote}/deshacer`
pub async fn get_deshacer(
    vista: Vista<DeshacerImportaciones>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
) -> Result<Response, Problem> {
    let lote = found(&app, id).await?;
    let motivo = match actions::refuse_billed(&app.db, id).await {
        Ok(()) => String::new(),
        Err(error @ Error::LoteFacturado(_)) => error.sentence(),
        Err(error) => return Err(problem(error)),
    };
    show_deshacer(&app, &vista, StatusCode::OK, (&lote, motivo)).await
}

/// `POST /admin/importaciones/{lote}/deshacer`
pub async fn post_deshacer(
    vista: Vista<DeshacerImportaciones>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
    _form: Formulario,
) -> Result<Response, Problem> {
    let lote = found(&app, id).await?;
    let tx = app.db.begin().await?;
    match actions::deshacer(&tx, vista.cx(), id).await {
        Ok(deshecho) => {
            tx.commit().await?;
            let marco = vista.marco(&TEXTOS, "importaciones-titulo");
            let n = |valor: u64| marco.numero(&i64::try_from(valor).unwrap_or(i64::MAX));
            let texto = marco.t2(
                "importaciones-deshecha",
                ("clientes", n(deshecho.clientes)),
                ("servicios", n(deshecho.servicios)),
            );
            Ok(redirect(&app, &format!("{RAIZ}/{id}"), &[Aviso::ok(texto)]))
        }
        Err(error @ (Error::LoteFacturado(_) | Error::LoteEnUso)) => {
            tx.rollback().await?;
            let motivo = error.sentence();
            show_deshacer(&app, &vista, StatusCode::CONFLICT, (&lote, motivo)).await
        }
        Err(error) => Err(problem(error)),
    }
}

async fn show_deshacer(
    app: &App,
    vista: &Vista<DeshacerImportaciones>,
    estado: StatusCode,
    (lote, motivo): (&FilaLote, String),
) -> Result<Response, Problem> {
    let marco = under(vista.marco(&TEXTOS, "importaciones-deshacer"));
    let titulo = marco.t1("importaciones-deshacer-que", "archivo", &lote.archivo);
    let marco = marco.miga(&lote.archivo, format!("{RAIZ}/{}", lote.id)).titled(titulo);
    let clientes = storage::clientes_de(&app.db, lote.id).await?.len();
    let pagina = Deshacer {
        id: lote.id.to_string(),
        clientes: marco.numero(&i64::try_from(clientes).unwrap_or(i64::MAX)),
        servicios: marco.numero(&lote.importadas),
        motivo,
        marco,
    };
    page(estado, &pagina)
}
