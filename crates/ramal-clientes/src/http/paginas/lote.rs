//! Archiving or bringing back many customers: those picked, or all that a filter gives after a look
//! at how many. What was done can be taken back. It goes in batches, so that one failure leaves the
//! rest done.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_base::Cx;
use ramal_plataforma::Vista;
use ramal_web::pagina::{Aviso, Filtro, Listado, Marco, Seleccion, Textos, page, redirect};
use ramal_web::{App, Formulario, Problem, Ruta};
use uuid::Uuid;

use super::super::filtro;
use crate::cliente::EstadoCliente;
use crate::permisos::EditarClientes;
use crate::storage::{self, FiltroClientes, ParteMarca};
use crate::textos::TEXTOS;
use crate::{ClienteId, Error, actions, referencia};

/// Customers that change in one transaction.
const TANDA: i64 = 200;
/// Customers from which the act is shown before it is done.
const SIN_PREGUNTAR: usize = 50;
/// Most customers of one act.
const MAXIMO: usize = 10_000;
/// Customers shown before the act.
const MUESTRA: usize = 10;

#[derive(Template)]
#[template(path = "clientes/lote.html")]
struct Lote {
    marco: Marco,
    acto: &'static str,
    filtro: String,
    total_texto: String,
    cambian: String,
    muestra: Vec<(String, String)>,
    volver: String,
}

/// `POST /admin/clientes/lote`
pub async fn post_lote(
    vista: Vista<EditarClientes>,
    State(app): State<App>,
    form: Formulario,
) -> Result<Response, Problem> {
    let estado = asked(&form)?;
    let elegidos = Seleccion::read(&form)?;
    let filtro = form.value("filtro").to_owned();
    let ids = chosen(&app, &elegidos).await?;
    if ids.len() > SIN_PREGUNTAR && form.value("_confirmado") != "si" {
        return preview(&vista, &app, (estado, filtro), &ids).await;
    }
    let lote = vista.cx().new_id::<ParteMarca>().uuid();
    let hechos = apply(&app, vista.cx(), lote, &ids, estado).await?;
    let textos = Textos::new(&TEXTOS, vista.peticion().navegante.formato.pais);
    let clave = match estado {
        EstadoCliente::Activo => "clientes-lote-activados",
        EstadoCliente::Inactivo => "clientes-lote-archivados",
    };
    let numeros = [("n", hechos.to_string()), ("otros", (ids.len() - hechos).to_string())];
    let aviso = Aviso::ok(textos.with(clave, &numeros));
    let aviso = match hechos {
        0 => aviso,
        _ => aviso.undo(format!("/admin/clientes/lote/{lote}/deshacer")),
    };
    Ok(redirect(&app, &list_address(&filtro), &[aviso]))
}

fn asked(form: &Formulario) -> Result<EstadoCliente, Problem> {
    match form.value("accion") {
        "archivar" => Ok(EstadoCliente::Inactivo),
        "activar" => Ok(EstadoCliente::Activo),
        _ => Err(Problem::campo("accion", "valor_desconocido", "Falta elegir qué hacer.")),
    }
}

async fn chosen(app: &App, elegidos: &Seleccion) -> Result<Vec<ClienteId>, Problem> {
    let filtro = match elegidos {
        Seleccion::Ids(codigos) => return picked(app, codigos).await,
        Seleccion::Filtro(consulta) => filtro::of_query(consulta),
    };
    let maximo = i64::try_from(MAXIMO).unwrap_or(i64::MAX) + 1;
    let ids = storage::ids(&app.db, &filtro, None, maximo).await?;
    if ids.len() > MAXIMO {
        let motivo = "Se cambian hasta 10.000 clientes a la vez; un filtro más los separa.";
        return Err(Problem::campo("todos", "demasiados_elegidos", motivo));
    }
    Ok(ids)
}

async fn picked(app: &App, codigos: &[String]) -> Result<Vec<ClienteId>, Problem> {
    let mut ids = Vec::with_capacity(codigos.len());
    for codigo in codigos {
        ids.push(referencia::resolve(&app.db, codigo).await?);
    }
    Ok(ids)
}

/// Changes the customers batch by batch; gives how many changed. A batch that fails does not stop
/// the rest, unless none went well.
async fn apply(
    app: &App,
    cx: &Cx,
    lote: Uuid,
    ids: &[ClienteId],
    estado: EstadoCliente,
) -> Result<usize, Error> {
    let mut hechos = 0;
    for tanda in ids.chunks(usize::try_from(TANDA).unwrap_or(1)) {
        let tx = app.db.begin().await?;
        match actions::set_estado(&tx, cx, lote, tanda, estado).await {
            Ok(n) => {
                tx.commit().await?;
                hechos += n;
            }
            Err(error) if hechos == 0 => return Err(error),
            Err(error) => tracing::warn!(%error, "a batch of customers was not changed"),
        }
    }
    Ok(hechos)
}

async fn preview(
    vista: &Vista<EditarClientes>,
    app: &App,
    (estado, filtro): (EstadoCliente, String),
    ids: &[ClienteId],
) -> Result<Response, Problem> {
    let muestra = storage::by_ids(&app.db, &ids[..MUESTRA.min(ids.len())]).await?;
    let donde = filtro::of_query(&filtro);
    let iguales = FiltroClientes { estado: Some(estado), ..donde.clone() };
    let quedan = match donde.estado {
        Some(otro) if otro != estado => 0,
        _ => storage::count(&app.db, &iguales).await?,
    };
    let (clave, acto) = match estado {
        EstadoCliente::Activo => ("clientes-lote-activar-titulo", "activar"),
        EstadoCliente::Inactivo => ("clientes-lote-archivar-titulo", "archivar"),
    };
    let marco = vista.marco(&TEXTOS, clave);
    let marco = {
        let lista = marco.t("clientes-titulo");
        marco.miga(lista, list_address(&filtro))
    };
    let formato = marco.formato();
    let total = i64::try_from(ids.len()).unwrap_or(i64::MAX);
    let pagina = Lote {
        total_texto: formato.numero(total),
        cambian: formato.numero((total - quedan).max(0)),
        acto,
        muestra: muestra.into_iter().map(|c| (c.codigo(), c.razon_social)).collect(),
        volver: list_address(&filtro),
        filtro,
        marco,
    };
    page(StatusCode::OK, &pagina)
}

/// `POST /admin/clientes/lote/{lote}/deshacer`
pub async fn post_deshacer(
    vista: Vista<EditarClientes>,
    State(app): State<App>,
    Ruta(lote): Ruta<Uuid>,
    _form: Formulario,
) -> Result<Response, Problem> {
    let mut vueltos = 0;
    loop {
        let tx = app.db.begin().await?;
        let (vistos, hechos) = actions::take_back(&tx, vista.cx(), lote, TANDA).await?;
        tx.commit().await?;
        vueltos += hechos;
        if vistos == 0 {
            break;
        }
    }
    let textos = Textos::new(&TEXTOS, vista.peticion().navegante.formato.pais);
    let texto = textos.with("clientes-lote-deshecho", &[("n", vueltos.to_string())]);
    Ok(redirect(&app, "/admin/clientes", &[Aviso::ok(texto)]))
}

/// The list with a filter in its address.
fn list_address(consulta: &str) -> String {
    let lista = Listado::of("/admin/clientes", consulta, Vec::<Filtro>::new());
    match lista.consulta().as_str() {
        "" => "/admin/clientes".to_owned(),
        limpia => format!("/admin/clientes?{limpia}"),
    }
}
