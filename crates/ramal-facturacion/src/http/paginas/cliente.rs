//! Two tabs of a customer's sheet: his invoices and his account. The header of the sheet belongs to
//! the customers' slice. They change nothing.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_base::Fecha;
use ramal_clientes::{Ficha, ficha};
use ramal_db::{Consulta, Cursor, DbError, FromQueryResult, Pagina, params};
use ramal_plataforma::{Permiso, Vista};
use ramal_web::pagina::{Conteo, Filtro, Insignia, Listado, Opcion, page};
use ramal_web::{App, Marco, Problem, Ruta};
use uuid::Uuid;

use super::comun::{amount, badge, kind_key, route, state_key, today};
use super::filtro::{ORDENES, order_of};
use crate::permisos::{EmitirFacturas, LeerFacturas};
use crate::storage::consultas::{self, Saldo};
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

/// Something that moved the account, newest first.
struct Movimiento {
    dia: String,
    texto: String,
    ruta: String,
    cargo: String,
    abono: String,
}

#[derive(Template)]
#[template(path = "facturacion/cliente_cuenta.html")]
struct Cuenta {
    marco: Marco,
    ficha: Ficha,
    deuda: Vec<String>,
    pendientes: String,
    vencidas: String,
    ultimo_pago: String,
    facturas: String,
    movimientos: Vec<Movimiento>,
}

/// Movements that the account shows.
const MOVIMIENTOS: i64 = 100;

/// `GET /admin/clientes/{codigo}/cuenta`
pub async fn cuenta(
    vista: Vista<LeerFacturas>,
    State(app): State<App>,
    Ruta(codigo): Ruta<String>,
) -> Result<Response, Problem> {
    let db = &app.db;
    let ficha = ficha(db, vista.peticion(), &codigo).await?;
    let marco = ficha.titled(vista.marco(&TEXTOS, "facturacion-cuenta-titulo"));
    let id = ficha.cliente.id.uuid();
    let saldos = consultas::deuda(db, id).await?;
    let hoy = today(&app).await?;
    let vencidas = FiltroLista {
        cliente_id: Some(id),
        estado: Some(EstadoLista::Vencida),
        ..FiltroLista::default()
    };
    let vencidas = lista::count(db, &vencidas, Some(hoy)).await?;
    let ultima = consultas::ultima_pagada(db, id).await?;
    let facturas = format!("{}/facturas", ficha.ruta());
    let p = Cuenta {
        pendientes: marco.formato().numero(saldos.iter().map(|s| s.n).sum()),
        vencidas: marco.formato().numero(vencidas),
        deuda: owed(&marco, &saldos),
        ultimo_pago: ultima.map_or_else(String::new, |f| {
            let dia = f.pagada.map(|p| marco.momento(&p)).unwrap_or_default();
            format!("{} · {} · {dia}", f.numero(), amount(&marco, f.saldo(), &f.moneda))
        }),
        movimientos: movements(db, &marco, id).await?,
        facturas,
        ficha,
        marco,
    };
    page(StatusCode::OK, &p)
}

fn owed(marco: &Marco, saldos: &[Saldo]) -> Vec<String> {
    saldos.iter().map(|s| amount(marco, s.total, &s.moneda)).collect()
}

#[derive(FromQueryResult)]
struct FilaCuenta {
    clase: String,
    serie: String,
    folio: i64,
    fecha: Fecha,
    moneda: String,
    total: i64,
    acreditado: i64,
    estado: String,
    pagada: Option<ramal_base::Instante>,
}

async fn movements(
    c: &impl Consulta,
    marco: &Marco,
    cliente: Uuid,
) -> Result<Vec<Movimiento>, DbError> {
    const SQL: &str = "SELECT clase, serie, folio, fecha, moneda, total, acreditado, estado, \
        pagada FROM facturas WHERE cliente_id = $1 ORDER BY id DESC LIMIT $2";
    let filas: Vec<FilaCuenta> = c.all(SQL, params![cliente, MOVIMIENTOS]).await?;
    let mut movimientos: Vec<(Fecha, Movimiento)> = Vec::new();
    for f in filas {
        let numero = format!("{}-{}", f.serie, f.folio);
        let documento = format!("{} {numero}", marco.t(kind_key(&f.clase)));
        let importe = amount(marco, f.total, &f.moneda);
        let nuevo = |dia: Fecha, texto: String, (cargo, abono): (String, String)| {
            let (ruta, dia_texto) = (route(&numero), marco.fecha(&dia));
            (dia, Movimiento { dia: dia_texto, texto, ruta, cargo, abono })
        };
        let nada = String::new;
        if let Some(pagada) = f.pagada {
            let dia = marco.formato().zona.fecha(pagada);
            let pago = amount(marco, (f.total - f.acreditado).max(0), &f.moneda);
            let texto = marco.t1("facturacion-cuenta-pago", "numero", numero.clone());
            movimientos.push(nuevo(dia, texto, (nada(), pago)));
        }
        let importes = match (f.clase.as_str(), f.estado.as_str()) {
            ("nota_credito", _) => (nada(), importe),
            (_, "anulada") if f.acreditado == 0 => (nada(), nada()),
            _ => (importe, nada()),
        };
        let texto = match f.estado.as_str() {
            "anulada" => format!("{documento} · {}", marco.t("estado-factura-anulada")),
            _ => documento,
        };
        movimientos.push(nuevo(f.fecha, texto, importes));
    }
    movimientos.sort_by_key(|(dia, _)| std::cmp::Reverse(*dia));
    Ok(movimientos.into_iter().map(|(_, m)| m).collect())
}
