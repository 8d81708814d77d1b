//! The state of the machine: what runs, how much waits, what was given up, with a second chance for
//! it. It shows no secret and no path.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_base::{Id, Instante};
use ramal_db::{Consulta, Cursor, FromQueryResult};
use ramal_jobs::cola::{self, Conteo, TrabajoMuerto};
use ramal_plataforma::{Registro, Vista, audit};
use ramal_web::pagina::{Aviso, Insignia, page, redirect};
use ramal_web::{App, Filtros, Formulario, Marco, Modo, Problem, Ruta};
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use super::TEXTOS;
use super::permisos::{OperarSistema, VerSistema};

/// Where the list of given-up jobs goes on.
#[derive(Deserialize)]
pub struct Pedido {
    cursor: Option<String>,
}

/// A schedule and when it last ran.
#[derive(FromQueryResult)]
struct Ultima {
    nombre: String,
    ultima: Instante,
}

#[derive(Template)]
#[template(path = "ramal/sistema.html")]
struct Sistema {
    marco: Marco,
    version: &'static str,
    motor: &'static str,
    modo: Insignia,
    url: String,
    eventos: i64,
    trabajos: Vec<Conteo>,
    horarios: Vec<Ultima>,
    muertos: Vec<TrabajoMuerto>,
    siguiente: Option<String>,
    puede_operar: bool,
}

/// `GET /admin/sistema`
pub async fn sistema(
    vista: Vista<VerSistema>,
    State(app): State<App>,
    Filtros(pedido): Filtros<Pedido>,
) -> Result<Response, Problem> {
    let marco = vista.marco(&TEXTOS, "sistema-titulo");
    let cursor = Cursor { limite: 50, cursor: pedido.cursor };
    let muertos = cola::muertos(&app.db, &cursor).await?;
    let pendientes = "SELECT COUNT(*) FROM eventos WHERE publicado = FALSE";
    let horarios = "SELECT nombre, ultima FROM horarios ORDER BY nombre";
    let pagina = Sistema {
        version: env!("CARGO_PKG_VERSION"),
        motor: app.db.motor().nombre(),
        modo: mode(&marco, app.entorno.modo),
        url: app.entorno.url_publica.clone(),
        eventos: app.db.scalar(pendientes, vec![]).await?.unwrap_or(0),
        trabajos: cola::conteos(&app.db).await?,
        horarios: app.db.all(horarios, vec![]).await?,
        muertos: muertos.datos,
        siguiente: muertos.siguiente,
        puede_operar: vista.may("sistema:operar"),
        marco,
    };
    page(StatusCode::OK, &pagina)
}

fn mode(marco: &Marco, modo: Modo) -> Insignia {
    match modo {
        Modo::Demo => Insignia::aviso(marco.t("sistema-modo-demo")),
        Modo::Prueba => Insignia::aviso(marco.t("sistema-modo-prueba")),
        Modo::Produccion => Insignia::ok(marco.t("sistema-modo-produccion")),
    }
}

/// `POST /admin/sistema/trabajos/{id}/revivir`
///
/// Sending it twice does nothing the second time, and says so.
pub async fn revivir(
    vista: Vista<OperarSistema>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
    _form: Formulario,
) -> Result<Response, Problem> {
    let tx = app.db.begin().await?;
    let hecho = cola::revive(&tx, vista.cx(), Id::from_uuid(id)).await?;
    if hecho {
        let registro = Registro::new("trabajo.revivir", "trabajo", id);
        let registro = registro.antes(json!({"estado": "muerto"}));
        audit(&tx, vista.cx(), registro.despues(json!({"estado": "pendiente"}))).await?;
    }
    tx.commit().await?;
    let marco = vista.marco(&TEXTOS, "sistema-titulo");
    let aviso = if hecho {
        Aviso::ok(marco.t("sistema-revivido"))
    } else {
        Aviso::info(marco.t("sistema-ya-no"))
    };
    Ok(redirect(&app, "/admin/sistema", &[aviso]))
}
