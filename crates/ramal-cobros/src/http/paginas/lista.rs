//! The list of cobros. It changes nothing.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_base::Fecha;
use ramal_db::{Cursor, Pagina};
use ramal_plataforma::Vista;
use ramal_web::pagina::{Conteo, Enlace, Filtro, Insignia, Listado, Opcion, page};
use ramal_web::{App, Marco, Problem};
use uuid::Uuid;

use super::comun::{LISTA, amount, badge, gateway_word, means_word, pagos_tabs, route, state_word};
use crate::ajustes::PASARELAS;
use crate::cobro::{Estado, Fila};
use crate::permisos::LeerCobros;
use crate::storage::lista::{self, FiltroCobros};
use crate::textos::TEXTOS;

#[derive(Template)]
#[template(path = "cobros/lista.html", blocks = ["lista"])]
struct Lista {
    marco: Marco,
    pestanas: Vec<Enlace>,
    l: Listado,
    filas: Vec<Renglon>,
    estados: Vec<Opcion>,
    pasarelas: Vec<Opcion>,
    vacia: bool,
}

struct Renglon {
    codigo: String,
    ruta: String,
    cliente: String,
    cliente_codigo: String,
    cliente_ruta: String,
    medio: String,
    pasarela: String,
    creado: String,
    monto: String,
    insignia: Insignia,
}

/// `GET /facturacion/cobros`
pub async fn lista(vista: Vista<LeerCobros>, State(app): State<App>) -> Result<Response, Problem> {
    let marco = vista.marco(&TEXTOS, "cobros-titulo").listens(&["cobro"]);
    let estado = |e: Estado| Opcion::new(e.as_str(), state_word(&marco, e));
    let estados: Vec<Opcion> = Estado::TODOS.into_iter().map(estado).collect();
    let pasarela = |p: &str| Opcion::new(p, gateway_word(&marco, p));
    let pasarelas: Vec<Opcion> = PASARELAS.into_iter().map(pasarela).collect();
    let l = Listado::new(
        &marco,
        vec![
            Filtro::texto("q", "cobros-filtro-buscar"),
            Filtro::opciones("estado", "kit-estado", estados.clone()),
            Filtro::opciones("pasarela", "cobros-pasarela", pasarelas.clone()),
            Filtro::texto("cliente", "cobros-cliente"),
            Filtro::fecha("desde", "cobros-filtro-desde"),
            Filtro::fecha("hasta", "cobros-filtro-hasta"),
        ],
    );
    let l = l.views(views(&marco));
    let filtro = of_list(&app, &l).await?;
    let primera = Cursor { cursor: None, ..l.cursor() };
    let pagina = match lista::list(&app.db, &filtro, &l.cursor()).await? {
        Some(pagina) => pagina,
        None => lista::list(&app.db, &filtro, &primera)
            .await?
            .unwrap_or(Pagina { datos: Vec::new(), siguiente: None }),
    };
    let total = lista::count(&app.db, &filtro).await?;
    let l = l.paged(&pagina).counted(&marco, Conteo::of(total));
    let filas = rows(&app, &marco, pagina.datos).await?;
    let vacia = total == 0 && !l.has_filtros();
    let fragmento = vista.peticion().hx.wants("lista");
    let pestanas = pagos_tabs(&marco);
    let p = Lista { marco, pestanas, l, filas, estados, pasarelas, vacia };
    if fragmento {
        return page(StatusCode::OK, &p.as_lista());
    }
    page(StatusCode::OK, &p)
}

/// Views that everybody has: what is on its way, what failed, what came in.
fn views(marco: &Marco) -> Vec<Enlace> {
    let vista = |clave: &str, consulta: &str| {
        let ruta = match consulta {
            "" => LISTA.to_owned(),
            consulta => format!("{LISTA}?{consulta}"),
        };
        Enlace { texto: marco.t(clave), activo: marco.consulta == consulta, ruta }
    };
    vec![
        vista("cobros-vista-todos", ""),
        vista("cobros-vista-pendientes", "estado=pendiente"),
        vista("cobros-vista-proceso", "estado=en_proceso"),
        vista("cobros-vista-inciertos", "estado=incierto"),
        vista("cobros-vista-pagados", "estado=acreditado"),
    ]
}

/// The filters as the storage takes them. A word that names nothing matches nothing.
async fn of_list(app: &App, l: &Listado) -> Result<FiltroCobros, Problem> {
    let zona = ramal_plataforma::empresa(&app.db).await?.zona();
    let dia = |nombre: &str| l.get(nombre).and_then(|t| Fecha::parse(t).ok());
    let cliente_id = match l.get("cliente") {
        None => None,
        Some(codigo) => match ramal_clientes::referencia::resolve(&app.db, codigo).await {
            Ok(id) => Some(id.uuid()),
            Err(ramal_clientes::Error::Storage(error)) => return Err(error.into()),
            Err(_) => Some(Uuid::nil()),
        },
    };
    let filtro = FiltroCobros {
        estado: l.get("estado").and_then(Estado::parse),
        cliente_id,
        pasarela: l.get("pasarela").map(ToOwned::to_owned),
        buscar: l.get("q").map(ToOwned::to_owned),
        ..FiltroCobros::default()
    };
    Ok(filtro.between(&zona, dia("desde"), dia("hasta")))
}

async fn rows(app: &App, marco: &Marco, filas: Vec<Fila>) -> Result<Vec<Renglon>, Problem> {
    let ids: Vec<Uuid> = filas.iter().map(|f| f.cliente_id).collect();
    let nombres = lista::names(&app.db, &ids).await?;
    let row = |f: Fila| {
        let (numero, cliente) = nombres.get(&f.cliente_id).cloned().unwrap_or_default();
        let cliente_codigo = format!("C-{numero}");
        Ok(Renglon {
            ruta: route(&f),
            codigo: f.codigo(),
            cliente,
            cliente_ruta: format!("/admin/clientes/{cliente_codigo}/facturas"),
            cliente_codigo,
            medio: means_word(marco, &f.medio),
            pasarela: gateway_word(marco, &f.pasarela),
            creado: marco.momento(&f.creado),
            monto: amount(marco, f.monto, &f.moneda),
            insignia: badge(marco, f.estado()?),
        })
    };
    filas.into_iter().map(row).collect()
}
