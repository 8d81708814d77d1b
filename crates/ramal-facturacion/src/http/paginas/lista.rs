//! The list of invoices. It changes nothing.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_base::Fecha;
use ramal_db::{Cursor, Pagina};
use ramal_plataforma::{Permiso, Vista};
use ramal_web::pagina::{Conteo, Enlace, Insignia, Listado, Opcion, page};
use ramal_web::{App, Marco, Problem};

use super::comun::{LISTA, amount, badge, cliente_code, kind_key, route, today};
use super::filtro::{ORDENES, Opciones, of_list, order_of};
use crate::permisos::{EmitirFacturas, LeerFacturas};
use crate::storage::lista::{self, FilaLista, Lectura};
use crate::textos::TEXTOS;

#[derive(Template)]
#[template(path = "facturacion/lista.html", blocks = ["lista"])]
struct Lista {
    marco: Marco,
    l: Listado,
    filas: Vec<Fila>,
    estados: Vec<Opcion>,
    clases: Vec<Opcion>,
    emisores: Vec<Opcion>,
    saldos: Vec<Opcion>,
    puede_emitir: bool,
    exportar: String,
    vacia: bool,
}

struct Fila {
    id: String,
    numero: String,
    ruta: String,
    clase: String,
    cliente: String,
    codigo: String,
    cliente_ruta: String,
    fecha: String,
    vence: String,
    total: String,
    saldo: String,
    insignia: Insignia,
}

/// `GET /facturacion/facturas`
pub async fn lista(
    vista: Vista<LeerFacturas>,
    State(app): State<App>,
) -> Result<Response, Problem> {
    let marco = vista.marco(&TEXTOS, "facturacion-facturas-titulo").listens(&["factura"]);
    let opciones = Opciones::load(&app, &marco.textos).await?;
    let l = Listado::new(&marco, opciones.filters()).sortable(ORDENES);
    let l = l.views(views(&marco));
    let hoy = today(&app).await?;
    let filtro = of_list(&app, &l).await?;
    let Cursor { limite, cursor } = l.cursor();
    let lectura = Lectura { orden: order_of(&l), cursor, filas: i64::from(limite), hoy: Some(hoy) };
    let tramo = lista::page(&app.db, &filtro, &lectura).await?;
    let volver = vista.peticion().volver();
    let vacia = tramo.total == 0 && !l.has_filtros();
    let filas = tramo.filas.iter().map(|f| row(&marco, f, (hoy, &volver))).collect();
    let pagina: Pagina<()> = Pagina { datos: Vec::new(), siguiente: tramo.siguiente };
    let l = l.paged(&pagina).counted(&marco, Conteo::of(tramo.total));
    let Opciones { estados, clases, emisores, saldos } = opciones;
    let exportar = with_query("/facturacion/facturas.csv", &l.consulta());
    let puede_emitir = vista.may(EmitirFacturas::NOMBRE);
    let fragmento = vista.peticion().hx.wants("lista");
    let p =
        Lista { marco, l, filas, estados, clases, emisores, saldos, puede_emitir, exportar, vacia };
    if fragmento {
        return page(StatusCode::OK, &p.as_lista());
    }
    page(StatusCode::OK, &p)
}

/// A path with a query, if there is one.
pub(super) fn with_query(ruta: &str, consulta: &str) -> String {
    if consulta.is_empty() { ruta.to_owned() } else { format!("{ruta}?{consulta}") }
}

/// Views that everybody has: what needs a person, what is due, what is paid.
fn views(marco: &Marco) -> Vec<Enlace> {
    let vista = |clave: &str, consulta: &str| {
        let ruta = with_query(LISTA, consulta);
        Enlace { texto: marco.t(clave), activo: marco.consulta == consulta, ruta }
    };
    vec![
        vista("facturacion-vista-todas", ""),
        vista("facturacion-vista-rechazadas", "estado=rechazada"),
        vista("facturacion-vista-detenidas", "estado=detenida"),
        vista("facturacion-vista-vencidas", "estado=vencida&orden=vence"),
        vista("facturacion-vista-pendientes", "estado=pendiente&orden=vence"),
        vista("facturacion-vista-parciales", "saldo=parcial&orden=vence"),
        vista("facturacion-vista-pagadas", "estado=pagada"),
    ]
}

fn row(marco: &Marco, f: &FilaLista, (hoy, volver): (Fecha, &str)) -> Fila {
    let numero = f.numero();
    let estado = f.vista(hoy);
    let codigo = cliente_code(f.cliente_numero);
    let mut vuelta = form_urlencoded::Serializer::new(String::new());
    vuelta.append_pair("volver", volver);
    Fila {
        id: f.id.to_string(),
        ruta: with_query(&route(&numero), &vuelta.finish()),
        numero,
        clase: if f.clase == "factura" { String::new() } else { marco.t(kind_key(&f.clase)) },
        cliente: f.cliente.clone(),
        cliente_ruta: format!("/admin/clientes/{codigo}/facturas"),
        codigo,
        fecha: marco.fecha(&f.fecha),
        vence: marco.fecha(&f.vencimiento),
        total: amount(marco, f.total, &f.moneda),
        saldo: amount(marco, f.saldo(), &f.moneda),
        insignia: badge(estado, &marco.textos),
    }
}
