//! Archiving or bringing back many customers: those picked, or all that a filter gives after a look
//! at how many, as a job with its report. What was done can be taken back. It changes nothing else.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_jobs::{MINIMO_DE_TANDA, NuevaTanda, Objeto, start_tanda};
use ramal_plataforma::{Permiso, Vista};
use ramal_web::pagina::{Aviso, Filtro, Listado, Marco, Seleccion, Textos, page, redirect};
use ramal_web::{App, ClaveIdempotencia, Formulario, Problem, Ruta};
use uuid::Uuid;

use super::super::filtro;
use crate::cliente::EstadoCliente;
use crate::jobs::{PedidoEstado, TANDA_ESTADO};
use crate::permisos::EditarClientes;
use crate::storage::{self, FiltroClientes, ParteMarca};
use crate::textos::TEXTOS;
use crate::{ClienteId, actions, referencia};

/// Customers whose undo goes in one transaction.
const TANDA: i64 = 200;
/// Customers whose codes are read at once.
const CODIGOS: usize = 500;
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
    clave: String,
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
    let idem = ClaveIdempotencia::of_form(vista.peticion(), &form);
    let ids = chosen(&app, &elegidos).await?;
    let pedido = PedidoEstado { lote: vista.cx().new_id::<ParteMarca>().uuid(), estado };
    if ids.len() > MINIMO_DE_TANDA {
        return match form.value("_confirmado") {
            "si" => start(&vista, &app, &idem, (pedido, filtro), &ids).await,
            _ => preview(&vista, &app, (estado, filtro), &ids).await,
        };
    }
    let tx = app.db.begin().await?;
    let hechos = actions::set_estado(&tx, vista.cx(), pedido.lote, &ids, estado).await?;
    tx.commit().await?;
    let textos = Textos::new(&TEXTOS, vista.peticion().navegante.formato.pais);
    let clave = match estado {
        EstadoCliente::Activo => "clientes-lote-activados",
        EstadoCliente::Inactivo => "clientes-lote-archivados",
    };
    let numeros = [("n", hechos.to_string()), ("otros", (ids.len() - hechos).to_string())];
    let aviso = Aviso::ok(textos.with(clave, &numeros));
    let aviso = if hechos == 0 { aviso } else { aviso.undo(undo_path(pedido)) };
    Ok(redirect(&app, &list_address(&filtro), &[aviso]))
}

fn undo_path(pedido: PedidoEstado) -> String {
    format!("/admin/clientes/lote/{}/deshacer", pedido.lote)
}

/// Begins the bulk act, once, and goes to the page that tells how it goes.
async fn start(
    vista: &Vista<EditarClientes>,
    app: &App,
    idem: &ClaveIdempotencia,
    (pedido, filtro): (PedidoEstado, String),
    ids: &[ClienteId],
) -> Result<Response, Problem> {
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let clave = match pedido.estado {
        EstadoCliente::Activo => "clientes-lote-activar-titulo",
        EstadoCliente::Inactivo => "clientes-lote-archivar-titulo",
    };
    let marco = vista.marco(&TEXTOS, clave);
    let mut objetos = Vec::with_capacity(ids.len());
    for tanda in ids.chunks(CODIGOS) {
        let codigos = storage::by_ids(&tx, tanda).await?;
        objetos.extend(codigos.into_iter().map(|c| Objeto::new(c.id.uuid(), c.codigo())));
    }
    let nueva = NuevaTanda {
        tipo: TANDA_ESTADO,
        permiso: EditarClientes::NOMBRE,
        titulo: marco.titulo.clone(),
        origen: list_address(&filtro),
        destino: "/admin/clientes/{etiqueta}",
        datos: serde_json::json!(pedido),
        objetos,
    };
    let id = start_tanda(&tx, vista.cx(), nueva).await.map_err(ramal_base::Problema::from)?;
    let destino = format!("/admin/tandas/{id}");
    idem.remember_redirect(&tx, vista.cx(), &destino).await?;
    tx.commit().await?;
    let aviso = Aviso::info(marco.t("clientes-lote-en-curso")).undo(undo_path(pedido));
    Ok(redirect(app, &destino, &[aviso]))
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
        clave: vista.peticion().idem(),
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
