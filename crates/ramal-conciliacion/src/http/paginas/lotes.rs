//! The list of lotes, and bringing a statement.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_plataforma::{Permiso, Vista};
use ramal_web::pagina::{
    Aviso, Conteo, Enlace, Filtro, FormularioConArchivos, Insignia, Listado, Opcion, page, redirect,
};
use ramal_web::{App, Formulario, Marco, Problem};

use super::comun::{CUENTAS, LOTES, amount, for_form, lote_badge, tabs};
use crate::actions::{NuevoLote, receive_lote};
use crate::permisos::{ImportarExtractos, LeerConciliacion};
use crate::storage::cuentas;
use crate::storage::lotes::{self, FiltroLotes};
use crate::textos::TEXTOS;
use crate::{CuentaBancaria, CuentaId, Error, EstadoLote, Lote};

#[derive(Template)]
#[template(path = "conciliacion/lotes.html", blocks = ["lista"])]
struct Lista {
    marco: Marco,
    pestanas: Vec<Enlace>,
    l: Listado,
    filas: Vec<Fila>,
    estados: Vec<Opcion>,
    cuentas: Vec<Opcion>,
    puede_importar: bool,
    vacia: bool,
}

struct Fila {
    codigo: String,
    ruta: String,
    cuenta: String,
    archivo: String,
    dias: String,
    movimientos: String,
    por_resolver: String,
    diferencia: String,
    insignia: Insignia,
}

/// `GET /facturacion/conciliacion`
pub async fn lista(
    vista: Vista<LeerConciliacion>,
    State(app): State<App>,
) -> Result<Response, Problem> {
    let marco = vista.marco(&TEXTOS, "conciliacion-titulo").listens(&["lote"]);
    let todas = cuentas::all(&app.db).await?;
    let palabra = |e: EstadoLote| {
        Opcion::new(e.as_str(), marco.t(&format!("conciliacion-lote-{}", e.as_str())))
    };
    let estados: Vec<Opcion> = EstadoLote::TODOS.into_iter().map(palabra).collect();
    let opciones: Vec<Opcion> =
        todas.iter().map(|c| Opcion::new(c.id.to_string(), c.nombre.clone())).collect();
    let filtros = vec![
        Filtro::opciones("estado", "kit-estado", estados.clone()),
        Filtro::opciones("cuenta", "conciliacion-cuenta", opciones.clone()),
    ];
    let l = Listado::new(&marco, filtros);
    let filtro = FiltroLotes {
        estado: l.get("estado").and_then(EstadoLote::parse),
        cuenta: l.get("cuenta").and_then(|c| c.parse().ok()).map(CuentaId::from_uuid),
    };
    let tramo = lotes::page(&app.db, &filtro, &l.cursor()).await?;
    let total = lotes::count(&app.db, &filtro).await?;
    let ids: Vec<_> = tramo.datos.iter().map(|x| x.id).collect();
    let sumas = lotes::sums(&app.db, &ids).await?;
    let row = |x: &Lote| {
        let suma = sumas.get(&x.id).copied().unwrap_or_default();
        row_of(&marco, x, (&suma, &todas))
    };
    let filas = tramo.datos.iter().map(row).collect();
    let vacia = total == 0 && !l.has_filtros();
    let l = l.paged(&tramo).counted(&marco, Conteo::of(total));
    let fragmento = vista.peticion().hx.wants("lista");
    let p = Lista {
        pestanas: tabs(&vista, &marco, LOTES),
        puede_importar: vista.may(ImportarExtractos::NOMBRE),
        cuentas: opciones,
        marco,
        l,
        filas,
        estados,
        vacia,
    };
    if fragmento {
        return page(StatusCode::OK, &p.as_lista());
    }
    page(StatusCode::OK, &p)
}

fn row_of(marco: &Marco, x: &Lote, (suma, cuentas): (&lotes::Resumen, &[CuentaBancaria])) -> Fila {
    let cuenta = cuentas.iter().find(|c| c.id == x.cuenta_id);
    let dia = |d: Option<ramal_base::Fecha>| d.map_or_else(String::new, |d| marco.fecha(&d));
    let dias = match (x.desde, x.hasta) {
        (Some(a), Some(b)) if a == b => dia(Some(a)),
        (a, b) => format!("{} – {}", dia(a), dia(b)),
    };
    let pendientes = suma.pendientes();
    let monto = cuenta.map(|c| amount(marco, suma.diferencia(), c.moneda));
    Fila {
        ruta: format!("{LOTES}/{}", x.codigo()),
        codigo: x.codigo(),
        cuenta: cuenta.map_or_else(String::new, |c| c.nombre.clone()),
        archivo: x.archivo.clone(),
        dias: if x.desde.is_some() { dias } else { String::new() },
        movimientos: marco.numero(&x.nuevos),
        por_resolver: marco.numero(&pendientes),
        diferencia: monto.filter(|_| pendientes > 0).unwrap_or_default(),
        insignia: lote_badge(marco, x.estado),
    }
}

#[derive(Template)]
#[template(path = "conciliacion/importar.html")]
struct Importar {
    marco: Marco,
    f: Formulario,
    cuentas: Vec<Opcion>,
}

/// `GET /facturacion/conciliacion/importar`
pub async fn get_importar(
    vista: Vista<ImportarExtractos>,
    State(app): State<App>,
) -> Result<Response, Problem> {
    let cuentas = active(&app).await?;
    if cuentas.is_empty() {
        let marco = vista.marco(&TEXTOS, "conciliacion-importar-titulo");
        let aviso = Aviso::info(marco.t("conciliacion-sin-cuentas"));
        return Ok(redirect(&app, &format!("{CUENTAS}/nueva"), &[aviso]));
    }
    let f = match cuentas.as_slice() {
        [una] => Formulario::filled([("cuenta", una.valor.clone())]),
        _ => Formulario::default(),
    };
    show(&vista, (f, StatusCode::OK), cuentas)
}

async fn active(app: &App) -> Result<Vec<Opcion>, Problem> {
    let todas = cuentas::all(&app.db).await?;
    let activas = todas.into_iter().filter(|c| c.activa);
    Ok(activas.map(|c| Opcion::new(c.id.to_string(), c.nombre)).collect())
}

fn show(
    vista: &Vista<ImportarExtractos>,
    (f, estado): (Formulario, StatusCode),
    cuentas: Vec<Opcion>,
) -> Result<Response, Problem> {
    let marco = vista.marco(&TEXTOS, "conciliacion-importar-titulo");
    let lista = marco.t("conciliacion-titulo");
    let marco = marco.miga(lista, LOTES).refused(&f);
    page(estado, &Importar { marco, f, cuentas })
}

/// `POST /facturacion/conciliacion/importar`
pub async fn post_importar(
    vista: Vista<ImportarExtractos>,
    State(app): State<App>,
    pedido: Result<FormularioConArchivos, Problem>,
) -> Result<Response, Problem> {
    let (form, hecho) = match pedido {
        Ok(pedido) => {
            let hecho = receive(&vista, &app, &pedido).await;
            (pedido.form, hecho)
        }
        Err(problema) if problema.0.estado == 413 => {
            let grande = Error::campo("archivo", "archivo_grande", "El archivo pasa de 20 MB.");
            (Formulario::default(), Err(grande))
        }
        Err(problema) => return Err(problema),
    };
    match hecho {
        Ok(lote) => {
            let ruta = format!("{LOTES}/{}", lote.codigo());
            Ok(redirect(&app, &ruta, &[notice(&vista, &lote)]))
        }
        Err(error) => {
            let problema = for_form(error)?;
            let f = form.refused(&problema);
            show(&vista, (f, StatusCode::UNPROCESSABLE_ENTITY), active(&app).await?)
        }
    }
}

fn notice(vista: &Vista<ImportarExtractos>, lote: &Lote) -> Aviso {
    let marco = vista.marco(&TEXTOS, "conciliacion-importar-titulo");
    match lote.estado {
        EstadoLote::Recibido => Aviso::ok(marco.t("conciliacion-importar-recibido")),
        _ => Aviso::info(marco.t1("conciliacion-importar-ya", "lote", lote.codigo())),
    }
}

async fn receive(
    vista: &Vista<ImportarExtractos>,
    app: &App,
    pedido: &FormularioConArchivos,
) -> Result<Lote, Error> {
    let cuenta = pedido.form.value("cuenta").parse().map(CuentaId::from_uuid);
    let cuenta =
        cuenta.map_err(|_| Error::campo("cuenta", "cuenta_requerida", "Elegir la cuenta."))?;
    let archivo = pedido.file("archivo").map_err(|p| Error::Refused(p.0))?;
    let bytes = archivo.bytes.clone();
    let nuevo = NuevoLote::keep(&app.objetos, cuenta, &archivo.nombre, bytes).await?;
    let tx = app.db.begin().await?;
    let lote = receive_lote(&tx, vista.cx(), nuevo).await?;
    tx.commit().await?;
    Ok(lote)
}
