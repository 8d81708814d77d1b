//! The account of a customer: where it stands, its movements with running balance, and the same as
//! a file. It changes nothing.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_base::{Dinero, Fecha, Moneda};
use ramal_clientes::{Ficha, ficha};
use ramal_cuenta::{Rango, Renglon, SaldoFila, abonos_de, saldos_de, ultimos_movimientos};
use ramal_db::{Consulta, Pagina};
use ramal_plataforma::{Permiso, Vista};
use ramal_web::pagina::{Filtro, Listado, Opcion, page};
use ramal_web::{App, Filtros, Marco, Problem, Ruta};

use super::comun::{amount, route, today};
use super::lista::with_query;
use super::recargo::{Fee, fees_of};
use crate::extracto::{Numeros, currency, numbers, sides, words};
use crate::http::cuenta::{CuentaQuery, Hoja, file};
use crate::permisos::{AnularFacturas, LeerFacturas};
use crate::storage::consultas;
use crate::storage::lista::{self, EstadoLista, FiltroLista};
use crate::textos::TEXTOS;

/// Where the account stands in one currency.
struct Posicion {
    por_cobrar: String,
    a_favor: String,
}

/// Something that moved the account.
struct Movimiento {
    dia: String,
    texto: String,
    /// Amount of what only changes its use; empty otherwise.
    usado: String,
    ruta: String,
    cargo: String,
    abono: String,
    saldo: String,
}

#[derive(Template)]
#[template(path = "facturacion/cliente_cuenta.html", blocks = ["lista"])]
struct Cuenta {
    marco: Marco,
    ficha: Ficha,
    posiciones: Vec<Posicion>,
    pendientes: String,
    vencidas: String,
    ultimo_pago: String,
    facturas: String,
    pagar: String,
    recargos: Vec<Fee>,
    l: Listado,
    monedas: Vec<Opcion>,
    movimientos: Vec<Movimiento>,
    csv: String,
    pdf: String,
}

/// `GET /admin/clientes/{codigo}/cuenta`
pub async fn cuenta(
    vista: Vista<LeerFacturas>,
    State(app): State<App>,
    Ruta(codigo): Ruta<String>,
) -> Result<Response, Problem> {
    let db = &app.db;
    let ficha = ficha(db, vista.peticion(), &codigo).await?;
    let marco = ficha.titled(vista.marco(&TEXTOS, "facturacion-cuenta-titulo"));
    let marco = marco.listens(&["factura"]);
    let id = ficha.cliente.id.uuid();
    let pedida = Listado::new(&marco, filters(&[])).get("moneda").and_then(Moneda::parse);
    let (moneda, suyas) = currency(db, id, pedida).await?;
    let opcion = |m: &Moneda| Opcion::new(m.codigo(), m.codigo());
    let monedas: Vec<Opcion> = suyas.iter().map(opcion).collect();
    let l = Listado::new(&marco, filters(&monedas));
    let extracto = ultimos_movimientos(db, (id, moneda), range(&l), &l.cursor()).await?;
    let extracto = extracto.ok_or_else(crate::http::facturas::bad_cursor)?;
    let numeros = numbers(db, &extracto).await?;
    let fila = |r: &Renglon| row(&marco, r, (&numeros, moneda));
    let movimientos: Vec<Movimiento> = extracto.filas.iter().map(fila).collect();
    let l = l.paged(&Pagina::<()> { datos: Vec::new(), siguiente: extracto.siguiente });
    let archivo = |fin: &str| with_query(&format!("{}/cuenta.{fin}", ficha.ruta()), &l.consulta());
    let (csv, pdf) = (archivo("csv"), archivo("pdf"));
    let cobra = vista.may(super::actos::REGISTRAR_PAGOS);
    let codigo = ficha.cliente.codigo();
    let p = Cuenta {
        posiciones: positions(&marco, &saldos_de(db, id).await?),
        pendientes: pending(db, &marco, id).await?,
        vencidas: overdue(&app, &marco, id).await?,
        ultimo_pago: last_pago(db, &marco, id).await?,
        facturas: format!("{}/facturas", ficha.ruta()),
        pagar: if cobra { super::actos::new_pago("cliente", &codigo) } else { String::new() },
        recargos: fees_of(db, &marco, (&ficha, vista.may(AnularFacturas::NOMBRE))).await?,
        csv,
        pdf,
        l,
        monedas,
        movimientos,
        ficha,
        marco,
    };
    if vista.peticion().hx.wants("lista") {
        return page(StatusCode::OK, &p.as_lista());
    }
    page(StatusCode::OK, &p)
}

fn filters(monedas: &[Opcion]) -> Vec<Filtro> {
    let mut todos = vec![
        Filtro::fecha("desde", "facturacion-filtro-desde"),
        Filtro::fecha("hasta", "facturacion-filtro-hasta"),
    ];
    match monedas.len() {
        1 => {}
        _ => todos.push(match monedas {
            [] => Filtro::texto("moneda", "facturacion-moneda"),
            varias => Filtro::opciones("moneda", "facturacion-moneda", varias.to_vec()),
        }),
    }
    todos
}

fn range(l: &Listado) -> Rango {
    let dia = |nombre: &str| {
        let fecha = l.get(nombre).and_then(|t| Fecha::parse(t).ok());
        fecha.map(crate::vistas::within_calendar)
    };
    Rango { desde: dia("desde"), hasta: dia("hasta") }
}

fn positions(marco: &Marco, saldos: &[SaldoFila]) -> Vec<Posicion> {
    let posicion = |s: &SaldoFila| Posicion {
        por_cobrar: amount(marco, s.por_cobrar, &s.moneda),
        a_favor: if s.a_favor == 0 { String::new() } else { amount(marco, s.a_favor, &s.moneda) },
    };
    saldos.iter().filter(|s| s.por_cobrar != 0 || s.a_favor != 0).map(posicion).collect()
}

async fn pending(c: &impl Consulta, marco: &Marco, cliente: uuid::Uuid) -> Result<String, Problem> {
    let saldos = consultas::deuda(c, cliente).await?;
    Ok(marco.formato().numero(saldos.iter().map(|s| s.n).sum()))
}

async fn overdue(app: &App, marco: &Marco, cliente: uuid::Uuid) -> Result<String, Problem> {
    let vencidas = FiltroLista {
        cliente_id: Some(cliente),
        estado: Some(EstadoLista::Vencida),
        ..FiltroLista::default()
    };
    let hoy = today(app).await?;
    Ok(marco.formato().numero(lista::count(&app.db, &vencidas, Some(hoy)).await?))
}

async fn last_pago(
    c: &impl Consulta,
    marco: &Marco,
    cliente: uuid::Uuid,
) -> Result<String, Problem> {
    let ultimos = abonos_de(c, cliente, 10).await?;
    let ultimo = ultimos.iter().find(|a| a.is_vigente());
    Ok(ultimo.map_or_else(String::new, |a| {
        let dia = marco.fecha_texto(&a.fecha_valor);
        format!("{} · {dia}", amount(marco, a.monto, &a.moneda))
    }))
}

fn row(marco: &Marco, r: &Renglon, (numeros, moneda): (&Numeros, Moneda)) -> Movimiento {
    let dinero = |centavos: i64| marco.dinero(&Dinero::new(centavos, moneda));
    let celda = |centavos: i64| if centavos == 0 { String::new() } else { dinero(centavos) };
    let (cargo, abono) = sides(r);
    Movimiento {
        dia: marco.fecha(&r.movimiento.fecha),
        texto: words(r, numeros, &marco.textos),
        usado: if cargo == 0 && abono == 0 { dinero(r.movimiento.monto) } else { String::new() },
        ruta: crate::extracto::paper(r, numeros).map_or_else(String::new, |n| route(&n)),
        cargo: celda(cargo),
        abono: celda(abono),
        saldo: dinero(r.saldo.neto()),
    }
}

/// `GET /admin/clientes/{codigo}/cuenta.csv`
pub async fn csv(
    _vista: Vista<LeerFacturas>,
    State(app): State<App>,
    Ruta(codigo): Ruta<String>,
    Filtros(query): Filtros<CuentaQuery>,
) -> Result<Response, Problem> {
    file(&app, &codigo, &query, Hoja::Csv).await
}

/// `GET /admin/clientes/{codigo}/cuenta.pdf`
pub async fn pdf(
    _vista: Vista<LeerFacturas>,
    State(app): State<App>,
    Ruta(codigo): Ruta<String>,
    Filtros(query): Filtros<CuentaQuery>,
) -> Result<Response, Problem> {
    file(&app, &codigo, &query, Hoja::Pdf).await
}
