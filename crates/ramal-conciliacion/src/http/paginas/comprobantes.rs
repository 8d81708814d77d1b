//! The list of proofs: what waits first, oldest first.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_clientes::ClienteId;
use ramal_plataforma::{Permiso, Vista};
use ramal_web::pagina::{Conteo, Enlace, Filtro, Insignia, Listado, page};
use ramal_web::{App, Marco, Problem};
use uuid::Uuid;

use super::comun::{COMPROBANTES, amount, proof_badge, proof_key, tabs};
use crate::http::api::cliente_named;
use crate::permisos::{CargarComprobantesPago, LeerComprobantesPago};
use crate::storage::comprobantes::{self, FiltroComprobantes};
use crate::textos::TEXTOS;
use crate::{ComprobantePago, EstadoComprobante};

#[derive(Template)]
#[template(path = "conciliacion/comprobantes.html", blocks = ["lista"])]
struct Lista {
    marco: Marco,
    pestanas: Vec<Enlace>,
    l: Listado,
    filas: Vec<Fila>,
    puede_cargar: bool,
    vacia: bool,
}

struct Fila {
    codigo: String,
    ruta: String,
    cliente: String,
    cliente_codigo: String,
    operacion: String,
    importe: String,
    fecha: String,
    recibido: ramal_base::Instante,
    insignia: Insignia,
}

/// `GET /facturacion/comprobantes`
pub async fn lista(
    vista: Vista<LeerComprobantesPago>,
    State(app): State<App>,
) -> Result<Response, Problem> {
    let marco = vista.marco(&TEXTOS, "conciliacion-comprobantes-titulo");
    let marco = marco.listens(&["comprobante_pago"]);
    let filtros = vec![
        Filtro::texto("estado", "kit-estado"),
        Filtro::texto("cliente", "conciliacion-cliente"),
    ];
    let l = Listado::new(&marco, filtros);
    let estado = match l.get("estado") {
        None => Some(EstadoComprobante::PorRevisar),
        Some(texto) => EstadoComprobante::parse(texto),
    };
    let cliente = match l.get("cliente") {
        None => None,
        Some(texto) => Some(cliente_named(&app.db, texto).await.unwrap_or_default()),
    };
    let l = l.views(views(&marco, estado));
    let filtro = FiltroComprobantes { estado, cliente };
    let tramo = comprobantes::page(&app.db, &filtro, &l.cursor()).await?;
    let total = comprobantes::count(&app.db, &filtro).await?;
    let nombres = names(&app, &tramo.datos).await?;
    let filas = tramo.datos.iter().map(|c| row(&marco, c, &nombres)).collect();
    let vacia = total == 0 && l.get("cliente").is_none();
    let l = l.paged(&tramo).counted(&marco, Conteo::of(total));
    let fragmento = vista.peticion().hx.wants("lista");
    let p = Lista {
        pestanas: tabs(&vista, &marco, COMPROBANTES),
        puede_cargar: vista.may(CargarComprobantesPago::NOMBRE),
        marco,
        l,
        filas,
        vacia,
    };
    if fragmento {
        return page(StatusCode::OK, &p.as_lista());
    }
    page(StatusCode::OK, &p)
}

fn views(marco: &Marco, activo: Option<EstadoComprobante>) -> Vec<Enlace> {
    let de = |estado: Option<EstadoComprobante>| Enlace {
        texto: marco.t(estado.map_or("conciliacion-todos", proof_key)),
        ruta: format!(
            "{COMPROBANTES}?estado={}",
            estado.map_or("todos", EstadoComprobante::as_str)
        ),
        activo: estado == activo,
    };
    let mut vistas: Vec<Enlace> =
        EstadoComprobante::TODOS.into_iter().map(|e| de(Some(e))).collect();
    vistas.push(de(None));
    vistas
}

type Nombres = BTreeMap<Uuid, (String, String)>;

async fn names(app: &App, datos: &[ComprobantePago]) -> Result<Nombres, Problem> {
    let mut ids: Vec<ClienteId> =
        datos.iter().map(|c| ClienteId::from_uuid(c.cliente_id)).collect();
    ids.sort();
    ids.dedup();
    let clientes = ramal_clientes::storage::by_ids(&app.db, &ids).await?;
    let uno = |c: ramal_clientes::Cliente| {
        let codigo = c.codigo();
        (c.id.uuid(), (codigo, c.razon_social))
    };
    Ok(clientes.into_iter().map(uno).collect())
}

fn row(marco: &Marco, c: &ComprobantePago, nombres: &Nombres) -> Fila {
    let (cliente_codigo, cliente) = nombres.get(&c.cliente_id).cloned().unwrap_or_default();
    Fila {
        ruta: format!("{COMPROBANTES}/{}", c.codigo()),
        codigo: c.codigo(),
        cliente,
        cliente_codigo,
        operacion: c.operacion.clone().unwrap_or_default(),
        importe: c.importe.map_or_else(String::new, |n| amount(marco, n, c.moneda)),
        fecha: c.fecha.map_or_else(String::new, |d| marco.fecha(&d)),
        recibido: c.creado,
        insignia: proof_badge(marco, c.estado),
    }
}
