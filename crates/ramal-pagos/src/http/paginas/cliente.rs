//! The tab «Pagos» of a cliente's sheet. The header of the sheet belongs to the clientes' slice. It
//! changes nothing.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_clientes::{Ficha, ficha};
use ramal_cuenta::saldos_de;
use ramal_db::{Cursor, Pagina};
use ramal_plataforma::{Permiso, Vista};
use ramal_web::pagina::{Conteo, Filtro, Insignia, Listado, Opcion, page};
use ramal_web::{App, Marco, Problem, Ruta};

use super::comun::{amount, amount_of, badge, means, route, state};
use super::filtro::{ORDENES, order_of};
use crate::EstadoPago;
use crate::permisos::{LeerPagos, RegistrarPagos};
use crate::storage::lista::{self, FiltroPagos, Lectura};
use crate::textos::TEXTOS;

#[derive(Template)]
#[template(path = "pagos/cliente.html", blocks = ["lista"])]
struct Pagos {
    marco: Marco,
    ficha: Ficha,
    l: Listado,
    estados: Vec<Opcion>,
    filas: Vec<Fila>,
    debe: String,
    favor: String,
    nuevo: String,
}

struct Fila {
    codigo: String,
    ruta: String,
    fecha: String,
    medio: String,
    operacion: String,
    monto: String,
    a_favor: String,
    insignia: Insignia,
}

/// `GET /admin/clientes/{codigo}/pagos`
pub async fn pagos(
    vista: Vista<LeerPagos>,
    State(app): State<App>,
    Ruta(codigo): Ruta<String>,
) -> Result<Response, Problem> {
    let ficha = ficha(&app.db, vista.peticion(), &codigo).await?;
    let marco = ficha.titled(vista.marco(&TEXTOS, "pagos-titulo"));
    let opcion = |e: EstadoPago| Opcion::new(e.as_str(), state(&marco.textos, e));
    let estados: Vec<Opcion> = EstadoPago::TODOS.map(opcion).to_vec();
    let filtros = vec![Filtro::opciones("estado", "kit-estado", estados.clone())];
    let l = Listado::new(&marco, filtros).sortable(ORDENES);
    let filtro = FiltroPagos {
        cliente_id: Some(ficha.cliente.id.uuid()),
        estado: l.get("estado").and_then(EstadoPago::parse),
        ..FiltroPagos::default()
    };
    let Cursor { limite, cursor } = l.cursor();
    let total = lista::total(&app.db, &filtro).await?;
    let lectura = Lectura { orden: order_of(&l), cursor, filas: i64::from(limite) };
    let tramo = lista::page(&app.db, &filtro, &lectura).await?;
    let filas = tramo.filas.iter().map(|f| row(&marco, f)).collect();
    let pagina: Pagina<()> = Pagina { datos: Vec::new(), siguiente: tramo.siguiente };
    let l = l.paged(&pagina).counted(&marco, Conteo::of(total.n));
    let (debe, favor) = account(&app, &marco, &ficha).await?;
    let nuevo = match vista.may(RegistrarPagos::NOMBRE) {
        true => format!("/facturacion/pagos/nuevo?cliente={}", ficha.cliente.codigo()),
        false => String::new(),
    };
    let p = Pagos { marco, ficha, l, estados, filas, debe, favor, nuevo };
    if vista.peticion().hx.wants("lista") {
        return page(StatusCode::OK, &p.as_lista());
    }
    page(StatusCode::OK, &p)
}

/// What he owes and what he has in favour, by currency.
async fn account(app: &App, marco: &Marco, ficha: &Ficha) -> Result<(String, String), Problem> {
    let saldos = saldos_de(&app.db, ficha.cliente.id.uuid()).await?;
    let lado = |valor: fn(&ramal_cuenta::SaldoFila) -> i64| {
        let suyos = saldos.iter().filter(|s| valor(s) != 0);
        let textos: Vec<String> = suyos.map(|s| amount_of(marco, valor(s), &s.moneda)).collect();
        if textos.is_empty() { marco.formato().numero(0) } else { textos.join(" · ") }
    };
    Ok((lado(|s| s.por_cobrar), lado(|s| s.a_favor)))
}

fn row(marco: &Marco, f: &lista::FilaLista) -> Fila {
    let p = &f.pago;
    Fila {
        codigo: p.codigo(),
        ruta: route(p),
        fecha: marco.fecha(&p.fecha_valor),
        medio: means(&marco.textos, p.medio),
        operacion: p.operacion.clone().unwrap_or_default(),
        monto: amount(marco, p.monto, p.moneda),
        a_favor: match p.a_favor() {
            0 => String::new(),
            n => amount(marco, n, p.moneda),
        },
        insignia: badge(&marco.textos, p.estado),
    }
}
