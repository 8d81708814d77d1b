//! A tab of a customer's sheet: his invoices. The header of the sheet belongs to the customers'
//! slice. It changes nothing.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_base::Fecha;
use ramal_clientes::{Ficha, ficha};
use ramal_db::{Cursor, Pagina};
use ramal_plataforma::{Permiso, Vista};
use ramal_web::pagina::{Conteo, Filtro, Insignia, Listado, Opcion, page};
use ramal_web::{App, Marco, Problem, Ruta};

use super::comun::{amount, badge, kind_key, route, state_key, today};
use super::filtro::{ORDENES, order_of};
use crate::permisos::{EmitirFacturas, LeerFacturas};
use crate::storage::lista::{self, EstadoLista, FilaLista, FiltroLista, Lectura};
use crate::textos::TEXTOS;

struct Fila {
    numero: String,
    ruta: String,
    clase: String,
    fecha: String,
    vence: String,
    total: String,
    saldo: String,
    insignia: Insignia,
}

#[derive(Template)]
#[template(path = "facturacion/cliente_facturas.html", blocks = ["lista"])]
struct Facturas {
    marco: Marco,
    ficha: Ficha,
    l: Listado,
    estados: Vec<Opcion>,
    filas: Vec<Fila>,
    nueva: String,
}

/// `GET /admin/clientes/{codigo}/facturas`
pub async fn facturas(
    vista: Vista<LeerFacturas>,
    State(app): State<App>,
    Ruta(codigo): Ruta<String>,
) -> Result<Response, Problem> {
    let ficha = ficha(&app.db, vista.peticion(), &codigo).await?;
    let marco = ficha.titled(vista.marco(&TEXTOS, "facturacion-facturas-titulo"));
    let estado = |e: EstadoLista| Opcion::new(e.as_str(), marco.t(state_key(e)));
    let estados: Vec<Opcion> = EstadoLista::FILTROS.into_iter().map(estado).collect();
    let filtros = vec![Filtro::opciones("estado", "kit-estado", estados.clone())];
    let l = Listado::new(&marco, filtros).sortable(ORDENES);
    let hoy = today(&app).await?;
    let filtro = FiltroLista {
        cliente_id: Some(ficha.cliente.id.uuid()),
        estado: l.get("estado").and_then(EstadoLista::parse),
        ..FiltroLista::default()
    };
    let Cursor { limite, cursor } = l.cursor();
    let lectura = Lectura { orden: order_of(&l), cursor, filas: i64::from(limite), hoy: Some(hoy) };
    let tramo = lista::page(&app.db, &filtro, &lectura).await?;
    let filas = tramo.filas.iter().map(|f| row(&marco, f, hoy)).collect();
    let pagina: Pagina<()> = Pagina { datos: Vec::new(), siguiente: tramo.siguiente };
    let l = l.paged(&pagina).counted(&marco, Conteo::of(tramo.total));
    let nueva = match vista.may(EmitirFacturas::NOMBRE) {
        true => format!("/facturacion/facturas/nueva?cliente={}", ficha.cliente.codigo()),
        false => String::new(),
    };
    let p = Facturas { marco, ficha, l, estados, filas, nueva };
    if vista.peticion().hx.wants("lista") {
        return page(StatusCode::OK, &p.as_lista());
    }
    page(StatusCode::OK, &p)
}

fn row(marco: &Marco, f: &FilaLista, hoy: Fecha) -> Fila {
    let numero = f.numero();
    Fila {
        ruta: route(&numero),
        clase: if f.clase == "factura" { String::new() } else { marco.t(kind_key(&f.clase)) },
        fecha: marco.fecha(&f.fecha),
        vence: marco.fecha(&f.vencimiento),
        total: amount(marco, f.total, &f.moneda),
        saldo: amount(marco, f.saldo(), &f.moneda),
        insignia: badge(f.vista(hoy), &marco.textos),
        numero,
    }
}
