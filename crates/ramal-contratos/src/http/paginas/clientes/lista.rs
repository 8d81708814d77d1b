//! List of customers: search, filters, order, acts on many. It changes nothing.

use std::collections::HashMap;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_base::documentos::TipoDocumento;
use ramal_clientes::http::filtro::FiltroLista;
use ramal_clientes::http::paginas::ficha::{back, badge, document, route};
use ramal_clientes::permisos::{CrearClientes, EditarClientes, LeerClientes};
use ramal_clientes::{Cliente, ClienteId};
use ramal_db::Consulta;
use ramal_plataforma::{Permiso, Vista};
use ramal_web::pagina::{Conteo, Enlace, Filtro, Insignia, Listado, Marco, Opcion, Textos, page};
use ramal_web::{App, Problem};

use super::super::{zone_name, zone_options};
use crate::storage::{self, Cuenta};
use crate::textos::TEXTOS;
use crate::{EstadoServicio, permisos};

struct Fila {
    codigo: String,
    ruta: String,
    nombre: String,
    documento: String,
    contacto: String,
    zona: String,
    servicios: Option<Insignia>,
    estado: Insignia,
    alta: String,
}

#[derive(Template)]
#[template(path = "contratos/clientes.html", blocks = ["lista"])]
struct Lista {
    marco: Marco,
    l: Listado,
    filas: Vec<Fila>,
    estados: Vec<Opcion>,
    tipos: Vec<Opcion>,
    zonas: Vec<Opcion>,
    servicios: Vec<Opcion>,
    crear: bool,
    editar: bool,
}

/// `GET /admin/clientes`
pub async fn lista(
    vista: Vista<LeerClientes>,
    State(app): State<App>,
) -> Result<Response, Problem> {
    let marco = vista.marco(&TEXTOS, "contratos-clientes-titulo");
    let zonas = zone_options(&app.db).await?;
    let (estados, tipos, servicios) = (states(&marco), kinds(), service_states(&marco));
    let filtros = vec![
        Filtro::texto("q", "contratos-clientes-buscar"),
        Filtro::opciones("estado", "contratos-clientes-estado", estados.clone()),
        Filtro::opciones("tipo", "contratos-clientes-tipo", tipos.clone()),
        Filtro::opciones("zona", "contratos-zona", zonas.clone()),
        Filtro::opciones("servicio", "contratos-clientes-con-servicio", servicios.clone()),
    ];
    let l = Listado::new(&marco, filtros).sortable(&["nombre", "codigo", "alta"]);
    let filtro = l.filtro();
    let pagina = ramal_clientes::storage::list(&app.db, &filtro, &l.cursor()).await?;
    let total = ramal_clientes::storage::count(&app.db, &filtro).await?;
    let vistas = views(&marco, &l);
    let l = l.paged(&pagina).counted(&marco, Conteo::of(total)).views(vistas);
    let cola = match vista.peticion().consulta.as_str() {
        "" => String::new(),
        consulta => back(vista.peticion(), &format!("/admin/clientes?{consulta}")),
    };
    let filas = rows(&app.db, &marco, pagina.datos, (&zonas, &cola)).await?;
    let fragmento = vista.peticion().hx.wants("lista");
    let (crear, editar) = (vista.may(CrearClientes::NOMBRE), vista.may(EditarClientes::NOMBRE));
    let pagina = Lista { l, filas, estados, tipos, zonas, servicios, crear, editar, marco };
    if fragmento {
        return page(StatusCode::OK, &pagina.as_lista());
    }
    page(StatusCode::OK, &pagina)
}

fn states(marco: &Marco) -> Vec<Opcion> {
    ["activo", "inactivo"]
        .map(|e| Opcion::new(e, marco.t(&format!("contratos-cliente-{e}"))))
        .into()
}

fn kinds() -> Vec<Opcion> {
    TipoDocumento::TODOS.map(|t| Opcion::new(t.as_str(), t.as_str())).into()
}

fn service_states(marco: &Marco) -> Vec<Opcion> {
    ["activo", "suspendido", "cancelado"]
        .map(|e| Opcion::new(e, marco.t(&format!("contratos-estado-{e}"))))
        .into()
}

fn views(marco: &Marco, l: &Listado) -> Vec<Enlace> {
    let consulta = l.consulta();
    let vista = |(clave, filtro): (&str, &str)| Enlace {
        texto: marco.t(clave),
        ruta: match filtro {
            "" => "/admin/clientes".to_owned(),
            filtro => format!("/admin/clientes?{filtro}"),
        },
        activo: consulta == filtro,
    };
    [
        ("contratos-clientes-vista-todos", ""),
        ("contratos-clientes-vista-activos", "estado=activo"),
        ("contratos-clientes-vista-suspendidos", "servicio=suspendido"),
        ("contratos-clientes-vista-archivados", "estado=inactivo"),
    ]
    .map(vista)
    .into()
}

async fn rows(
    c: &impl Consulta,
    marco: &Marco,
    clientes: Vec<Cliente>,
    (zonas, cola): (&[Opcion], &str),
) -> Result<Vec<Fila>, Problem> {
    let ids: Vec<ClienteId> = clientes.iter().map(|c| c.id).collect();
    let mut donde: HashMap<ClienteId, String> = HashMap::new();
    for (cliente, zona) in ramal_clientes::storage::zonas_de(c, &ids).await? {
        donde.entry(cliente).or_insert_with(|| zone_name(zonas, zona));
    }
    let mut cuentas: HashMap<ClienteId, Vec<Cuenta>> = HashMap::new();
    if marco.puede(permisos::LeerServicios::NOMBRE) {
        for cuenta in storage::cuentas(c, &ids).await? {
            cuentas.entry(cuenta.cliente_id).or_default().push(cuenta);
        }
    }
    let textos = Textos::new(&ramal_clientes::textos::TEXTOS, marco.formato().pais);
    let fila = |c: Cliente| Fila {
        codigo: c.codigo(),
        ruta: format!("{}{cola}", route(&c)),
        documento: document(&c),
        contacto: reach(marco, &c),
        zona: donde.get(&c.id).cloned().unwrap_or_default(),
        servicios: cuentas.get(&c.id).map(|suyas| count_badge(marco, suyas)),
        estado: badge(c.estado, &textos),
        alta: marco.fecha(&marco.formato().zona.fecha(c.creado)),
        nombre: c.razon_social,
    };
    Ok(clientes.into_iter().map(fila).collect())
}

/// How a customer is reached: his telephone, or his e-mail.
fn reach(marco: &Marco, c: &Cliente) -> String {
    let telefono = c.telefono.as_deref().map(|t| marco.formato().telefono(t));
    telefono.or(c.email.clone()).unwrap_or_default()
}

/// What stands out of the services of a customer: the suspended ones before the active ones.
fn count_badge(marco: &Marco, cuentas: &[Cuenta]) -> Insignia {
    let n = |estado: EstadoServicio| {
        cuentas.iter().filter(|c| c.estado == estado.texto()).map(|c| c.n).sum::<i64>()
    };
    let (activos, cortados) = (n(EstadoServicio::Activo), n(EstadoServicio::Suspendido));
    let suspendidos = || marco.t1("contratos-n-suspendidos", "n", cortados);
    match (activos, cortados) {
        (0, 0) => Insignia::cruz(marco.t("contratos-sin-vigentes")),
        (0, _) => Insignia::pausa(suspendidos()),
        (_, 0) => Insignia::ok(marco.t1("contratos-n-activos", "n", activos)),
        _ => Insignia::pausa(marco.t2(
            "contratos-n-activos-y-suspendidos",
            ("total", activos + cortados),
            ("suspendidos", cortados),
        )),
    }
}
