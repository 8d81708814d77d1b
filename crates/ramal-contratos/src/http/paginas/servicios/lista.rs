//! List of services with filters of people: state, what falls due, zone, plan, customer. It changes
//! nothing.

use std::collections::HashMap;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_base::Fecha;
use ramal_clientes::ClienteId;
use ramal_clientes::storage::FiltroClientes;
use ramal_db::Consulta;
use ramal_plataforma::Vista;
use ramal_web::pagina::{Conteo, Enlace, Filtro, Listado, Marco, Opcion, page};
use ramal_web::{App, Problem};

use super::super::zone_options;
use super::palabras::FilaServicio;
use crate::permisos::LeerServicios;
use crate::storage::{self, FiltroPantalla};
use crate::textos::TEXTOS;
use crate::{EstadoServicio, EstadoVencimiento, Servicio, actions};

/// Customers whose services a search looks at.
const CLIENTES: i64 = 500;

const ESTADOS: [&str; 4] = ["activo", "suspendido", "vencido", "cancelado"];
const VENCIMIENTOS: [(&str, EstadoVencimiento); 4] = [
    ("al-dia", EstadoVencimiento::AlDia),
    ("por-vencer", EstadoVencimiento::PorVencer),
    ("vence-hoy", EstadoVencimiento::VenceHoy),
    ("vencido", EstadoVencimiento::Vencido),
];

#[derive(Template)]
#[template(path = "contratos/servicios.html", blocks = ["lista"])]
struct Lista {
    marco: Marco,
    l: Listado,
    filas: Vec<FilaServicio>,
    estados: Vec<Opcion>,
    vencimientos: Vec<Opcion>,
    zonas: Vec<Opcion>,
    planes: Vec<Opcion>,
}

/// `GET /admin/servicios`
pub async fn lista(
    vista: Vista<LeerServicios>,
    State(app): State<App>,
) -> Result<Response, Problem> {
    let marco = vista.marco(&TEXTOS, "contratos-servicios-titulo");
    let zonas = zone_options(&app.db).await?;
    let planes = ramal_catalogo::storage::all(&app.db).await?;
    let planes: Vec<Opcion> =
        planes.into_iter().map(|p| Opcion::new(p.id.to_string(), p.nombre)).collect();
    let estados: Vec<Opcion> =
        ESTADOS.map(|e| Opcion::new(e, marco.t(&format!("contratos-estado-{e}")))).into();
    let vencimientos: Vec<Opcion> =
        VENCIMIENTOS.map(|(v, _)| Opcion::new(v, marco.t(&format!("estado-servicio-{v}")))).into();
    let filtros = vec![
        Filtro::texto("q", "contratos-servicios-buscar"),
        Filtro::opciones("estado", "contratos-servicio-estado", estados.clone()),
        Filtro::opciones("vencimiento", "contratos-vencimiento", vencimientos.clone()),
        Filtro::opciones("zona", "contratos-zona", zonas.clone()),
        Filtro::opciones("plan", "contratos-plan", planes.clone()),
    ];
    let l = Listado::new(&marco, filtros);
    let hoy = actions::hoy(&app.db, vista.cx()).await?;
    let filtro = read(&app.db, &l).await?;
    let pagina = storage::screen(&app.db, &filtro, hoy, &l.cursor()).await?;
    let total = storage::count_screen(&app.db, &filtro, hoy).await?;
    let vistas = views(&marco, &l);
    let l = l.paged(&pagina).counted(&marco, Conteo::of(total)).views(vistas);
    let filas = rows(&app.db, &marco, &pagina.datos, hoy).await?;
    let fragmento = vista.peticion().hx.wants("lista");
    let pagina = Lista { l, filas, estados, vencimientos, zonas, planes, marco };
    if fragmento {
        return page(StatusCode::OK, &pagina.as_lista());
    }
    page(StatusCode::OK, &pagina)
}

async fn read(c: &impl Consulta, l: &Listado) -> Result<FiltroPantalla, Problem> {
    let q: String = l.value("q").chars().take(100).collect();
    let codigo = q.strip_prefix("S-").or_else(|| q.strip_prefix("s-"));
    let numero: Option<i64> = codigo.and_then(|n| n.parse().ok());
    let clientes = match (q.is_empty(), numero) {
        (false, None) => {
            let suyos = FiltroClientes { buscar: Some(q), ..FiltroClientes::default() };
            Some(ramal_clientes::storage::ids(c, &suyos, None, CLIENTES).await?)
        }
        _ => None,
    };
    let vencimiento = VENCIMIENTOS.iter().find(|(v, _)| *v == l.value("vencimiento"));
    Ok(FiltroPantalla {
        numero,
        clientes,
        estado: EstadoServicio::parse(l.value("estado")),
        vencimiento: vencimiento.map(|(_, v)| *v),
        zona: l.value("zona").parse().ok(),
        producto: l.value("plan").parse().ok(),
    })
}

fn views(marco: &Marco, l: &Listado) -> Vec<Enlace> {
    let consulta = l.consulta();
    let vista = |(clave, filtro): (&str, &str)| Enlace {
        texto: marco.t(clave),
        ruta: match filtro {
            "" => "/admin/servicios".to_owned(),
            filtro => format!("/admin/servicios?{filtro}"),
        },
        activo: consulta == filtro,
    };
    [
        ("contratos-servicios-vista-todos", ""),
        ("contratos-servicios-vista-activos", "estado=activo"),
        ("contratos-servicios-vista-por-vencer", "vencimiento=por-vencer"),
        ("contratos-servicios-vista-vencidos", "vencimiento=vencido"),
        ("contratos-servicios-vista-suspendidos", "estado=suspendido"),
    ]
    .map(vista)
    .into()
}

async fn rows(
    c: &impl Consulta,
    marco: &Marco,
    servicios: &[(Servicio, Option<Fecha>)],
    hoy: Fecha,
) -> Result<Vec<FilaServicio>, Problem> {
    let mut ids: Vec<ClienteId> = servicios.iter().map(|(s, _)| s.cliente_id).collect();
    ids.sort_by_key(|id| id.uuid());
    ids.dedup();
    let clientes = ramal_clientes::storage::by_ids(c, &ids).await?;
    let nombres: HashMap<ClienteId, (String, String)> =
        clientes.into_iter().map(|c| (c.id, (c.codigo(), c.razon_social))).collect();
    let fila = |(s, marca): &(Servicio, Option<Fecha>)| {
        let cliente = nombres.get(&s.cliente_id).cloned();
        FilaServicio { cliente, ..FilaServicio::new(marco, s, *marca, hoy) }
    };
    Ok(servicios.iter().map(fila).collect())
}
