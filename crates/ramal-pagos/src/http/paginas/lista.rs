//! The list of payments. It changes nothing.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_db::{Cursor, Pagina};
use ramal_plataforma::{Permiso, Vista};
use ramal_web::pagina::{Conteo, Enlace, Insignia, Listado, Opcion, page};
use ramal_web::{App, Marco, Problem};

use super::comun::{LISTA, Nombres, amount, amounts, badge, means, route, tabs};
use super::filtro::{ORDENES, Opciones, of_list, order_of};
use crate::permisos::{LeerPagos, RegistrarPagos};
use crate::storage::lista::{self, FilaLista, Lectura, TOPE};
use crate::textos::TEXTOS;

#[derive(Template)]
#[template(path = "pagos/lista.html", blocks = ["lista"])]
struct Lista {
    marco: Marco,
    l: Listado,
    pestanas: Vec<Enlace>,
    filas: Vec<Fila>,
    medios: Vec<Opcion>,
    estados: Vec<Opcion>,
    origenes: Vec<Opcion>,
    cajeros: Vec<Opcion>,
    total: String,
    exportar: String,
    puede: bool,
    vacia: bool,
}

struct Fila {
    id: String,
    codigo: String,
    ruta: String,
    cliente: String,
    cliente_codigo: String,
    cliente_ruta: String,
    fecha: String,
    valor: String,
    medio: String,
    operacion: String,
    cajero: String,
    monto: String,
    a_favor: String,
    insignia: Insignia,
}

/// `GET /facturacion/pagos`
pub async fn lista(vista: Vista<LeerPagos>, State(app): State<App>) -> Result<Response, Problem> {
    let marco = vista.marco(&TEXTOS, "pagos-titulo").listens(&["pago"]);
    let opciones = Opciones::load(&app, &marco.textos).await?;
    let l = Listado::new(&marco, opciones.filters()).sortable(ORDENES);
    let l = l.views(views(&marco));
    let filtro = of_list(&app, &l).await?;
    let Cursor { limite, cursor } = l.cursor();
    let total = lista::total(&app.db, &filtro).await?;
    let lectura = Lectura { orden: order_of(&l), cursor, filas: i64::from(limite) };
    let tramo = lista::page(&app.db, &filtro, &lectura).await?;
    let actores = tramo.filas.iter().map(|f| f.pago.actor.as_str());
    let nombres = Nombres::load(&app.db, &marco.textos, actores).await?;
    let vacia = total.n == 0 && !l.has_filtros();
    let filas = tramo.filas.iter().map(|f| row(&marco, f, &nombres)).collect();
    let pagina: Pagina<()> = Pagina { datos: Vec::new(), siguiente: tramo.siguiente };
    let l = l.paged(&pagina).counted(&marco, Conteo::of(total.n));
    let Opciones { medios, estados, origenes, cajeros } = opciones;
    let p = Lista {
        pestanas: tabs(&marco, LISTA),
        total: if total.n > TOPE { String::new() } else { amounts(&marco, &total.sumas) },
        exportar: with_query("/facturacion/pagos.csv", &l.consulta()),
        puede: vista.may(RegistrarPagos::NOMBRE),
        marco,
        l,
        filas,
        medios,
        estados,
        origenes,
        cajeros,
        vacia,
    };
    if vista.peticion().hx.wants("lista") {
        return page(StatusCode::OK, &p.as_lista());
    }
    page(StatusCode::OK, &p)
}

/// A path with a query, if there is one.
pub(super) fn with_query(ruta: &str, consulta: &str) -> String {
    if consulta.is_empty() { ruta.to_owned() } else { format!("{ruta}?{consulta}") }
}

fn views(marco: &Marco) -> Vec<Enlace> {
    let vista = |clave: &str, consulta: &str| Enlace {
        texto: marco.t(clave),
        activo: marco.consulta == consulta,
        ruta: with_query(LISTA, consulta),
    };
    vec![
        vista("pagos-vista-todos", ""),
        vista("pagos-vista-a-favor", "estado=registrado"),
        vista("pagos-vista-parciales", "estado=parcial"),
        vista("pagos-vista-revertidos", "estado=revertido"),
        vista("pagos-vista-contracargados", "estado=contracargado"),
    ]
}

fn row(marco: &Marco, f: &FilaLista, nombres: &Nombres) -> Fila {
    let p = &f.pago;
    let codigo = format!("C-{}", f.cliente_numero);
    Fila {
        id: p.id.to_string(),
        codigo: p.codigo(),
        ruta: route(p),
        cliente: f.cliente.clone(),
        cliente_ruta: format!("/admin/clientes/{codigo}/pagos"),
        cliente_codigo: codigo,
        fecha: marco.fecha(&p.fecha),
        valor: if p.fecha_valor == p.fecha { String::new() } else { marco.fecha(&p.fecha_valor) },
        medio: means(&marco.textos, p.medio),
        operacion: p.operacion.clone().unwrap_or_default(),
        cajero: nombres.of(&p.actor),
        monto: amount(marco, p.monto, p.moneda),
        a_favor: match p.a_favor() {
            0 => String::new(),
            n => amount(marco, n, p.moneda),
        },
        insignia: badge(&marco.textos, p.estado),
    }
}
