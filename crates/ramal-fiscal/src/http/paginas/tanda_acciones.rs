//! Stopping, going on with and retrying a bulk act. The acts are those of `ramal-jobs`; who may is
//! who has the permission that the act took.

use axum::extract::State;
use axum::response::Response;
use ramal_base::Problema;
use ramal_jobs::{TandaId, resume_tanda, retry_fallidos, stop_tanda};
use ramal_plataforma::{Cualquiera, Registro, Vista, audit};
use ramal_web::pagina::{Aviso, Textos, redirect};
use ramal_web::{App, Formulario, Problem, Ruta};

use super::tandas::load;
use crate::textos::TEXTOS;

/// What is done with a bulk act.
#[derive(Clone, Copy)]
enum Acto {
    Detener,
    Seguir,
    Reintentar,
}

impl Acto {
    fn accion(self) -> &'static str {
        match self {
            Acto::Detener => "tanda.detener",
            Acto::Seguir => "tanda.seguir",
            Acto::Reintentar => "tanda.reintentar",
        }
    }

    fn clave(self) -> &'static str {
        match self {
            Acto::Detener => "fiscal-tanda-se-detuvo",
            Acto::Seguir => "fiscal-tanda-sigue",
            Acto::Reintentar => "fiscal-tanda-se-reintenta",
        }
    }
}

/// `POST …/tandas/{id}/detener`
pub(super) async fn detener(
    vista: Vista<Cualquiera>,
    State(app): State<App>,
    Ruta(id): Ruta<String>,
    _form: Formulario,
) -> Result<Response, Problem> {
    act(&vista, &app, &id, Acto::Detener).await
}

/// `POST …/tandas/{id}/seguir`
pub(super) async fn seguir(
    vista: Vista<Cualquiera>,
    State(app): State<App>,
    Ruta(id): Ruta<String>,
    _form: Formulario,
) -> Result<Response, Problem> {
    act(&vista, &app, &id, Acto::Seguir).await
}

/// `POST …/tandas/{id}/reintentar`
pub(super) async fn reintentar(
    vista: Vista<Cualquiera>,
    State(app): State<App>,
    Ruta(id): Ruta<String>,
    _form: Formulario,
) -> Result<Response, Problem> {
    act(&vista, &app, &id, Acto::Reintentar).await
}

async fn act(
    vista: &Vista<Cualquiera>,
    app: &App,
    id: &str,
    acto: Acto,
) -> Result<Response, Problem> {
    let t = load(app, vista, id).await?;
    let tx = app.db.begin().await?;
    let hecho = apply(&tx, vista, t.id, acto).await;
    let lugar = vista.peticion().ruta.rsplit_once('/').map_or("/", |(antes, _)| antes).to_owned();
    if let Err(problema) = hecho {
        // What cannot be done any more is told on the page that shows why.
        if problema.estado == 409 {
            return Ok(redirect(app, &lugar, &[Aviso::info(problema.detalle)]));
        }
        return Err(Problem(problema));
    }
    audit(&tx, vista.cx(), Registro::new(acto.accion(), "tanda", t.id)).await?;
    tx.commit().await?;
    let textos = Textos::new(&TEXTOS, vista.peticion().navegante.formato.pais);
    Ok(redirect(app, &lugar, &[Aviso::ok(textos.get(acto.clave()))]))
}

async fn apply(
    tx: &ramal_db::Tx,
    vista: &Vista<Cualquiera>,
    id: TandaId,
    acto: Acto,
) -> Result<(), Problema> {
    let cx = vista.cx();
    let hecho = match acto {
        Acto::Detener => stop_tanda(tx, cx, id).await,
        Acto::Seguir => resume_tanda(tx, cx, id).await,
        Acto::Reintentar => retry_fallidos(tx, cx, id).await.map(drop),
    };
    hecho.map_err(Problema::from)
}
