//! Accounts: list, new, edit. The profile is chosen from those that come, or pasted as JSON.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_plataforma::{Permiso, Vista};
use ramal_web::pagina::{Aviso, Enlace, Insignia, Opcion, page, redirect};
use ramal_web::{App, Formulario, Marco, Problem, Ruta};
use uuid::Uuid;

use super::comun::{CUENTAS, LOTES, for_form, of_problem, tabs};
use crate::actions::{DatosCuenta, create_cuenta, update_cuenta};
use crate::permisos::{AdministrarCuentas, LeerConciliacion};
use crate::storage::cuentas;
use crate::textos::TEXTOS;
use crate::{CuentaBancaria, CuentaId, Error};

#[derive(Template)]
#[template(path = "conciliacion/cuentas.html")]
struct Lista {
    marco: Marco,
    pestanas: Vec<Enlace>,
    filas: Vec<Fila>,
    puede: bool,
}

struct Fila {
    nombre: String,
    ruta: String,
    clase: String,
    moneda: &'static str,
    lectura: String,
    ultima: String,
    insignia: Insignia,
}

/// `GET /facturacion/conciliacion/cuentas`
pub async fn lista(
    vista: Vista<LeerConciliacion>,
    State(app): State<App>,
) -> Result<Response, Problem> {
    let marco = vista.marco(&TEXTOS, "conciliacion-cuentas-titulo");
    let todas = cuentas::all(&app.db).await?;
    let filas = todas.iter().map(|c| row(&marco, c)).collect();
    let p = Lista {
        pestanas: tabs(&vista, &marco, CUENTAS),
        puede: vista.may(AdministrarCuentas::NOMBRE),
        marco,
        filas,
    };
    page(StatusCode::OK, &p)
}

fn row(marco: &Marco, c: &CuentaBancaria) -> Fila {
    let estandar = || marco.t("conciliacion-cuenta-estandar");
    let insignia = match c.activa {
        true => Insignia::ok(marco.t("conciliacion-cuenta-activa")),
        false => Insignia::gris(marco.t("conciliacion-cuenta-inactiva")),
    };
    Fila {
        nombre: c.nombre.clone(),
        ruta: format!("{CUENTAS}/{}", c.id),
        clase: marco.t(&format!("conciliacion-clase-{}", c.clase.as_str())),
        moneda: c.moneda.codigo(),
        lectura: c.perfil.as_ref().map_or_else(estandar, |p| p.nombre.clone()),
        ultima: c.ultima_linea.map_or_else(String::new, |d| marco.fecha(&d)),
        insignia,
    }
}

#[derive(Template)]
#[template(path = "conciliacion/cuenta.html")]
struct Ficha {
    marco: Marco,
    f: Formulario,
    accion: String,
    nueva: bool,
    clases: Vec<Opcion>,
    monedas: Vec<Opcion>,
    perfiles: Vec<Opcion>,
    estados: Vec<Opcion>,
}

fn show(
    vista: &Vista<AdministrarCuentas>,
    f: Formulario,
    cual: Option<&CuentaBancaria>,
) -> Result<Response, Problem> {
    let clave =
        if cual.is_some() { "conciliacion-cuenta-editar" } else { "conciliacion-cuenta-nueva" };
    let marco = vista.marco(&TEXTOS, clave);
    let (lotes, lista) = (marco.t("conciliacion-titulo"), marco.t("conciliacion-cuentas-titulo"));
    let marco = marco.miga(lotes, LOTES).miga(lista, CUENTAS).refused(&f);
    let estado = if f.is_refused() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let palabra = |valor: &str, clave: &str| Opcion::new(valor, marco.t(clave));
    let perfiles = ramal_extractos::perfiles::shipped();
    let p = Ficha {
        accion: cual.map_or_else(|| format!("{CUENTAS}/nueva"), |c| format!("{CUENTAS}/{}", c.id)),
        nueva: cual.is_none(),
        clases: vec![
            palabra("banco", "conciliacion-clase-banco"),
            palabra("pasarela", "conciliacion-clase-pasarela"),
        ],
        monedas: ["MXN", "PEN", "USD"].into_iter().map(|m| Opcion::new(m, m)).collect(),
        perfiles: perfiles.into_iter().map(|p| Opcion::new(p.codigo, p.nombre)).collect(),
        estados: vec![
            palabra("si", "conciliacion-cuenta-activa"),
            palabra("no", "conciliacion-cuenta-inactiva"),
        ],
        f,
        marco,
    };
    page(estado, &p)
}

/// `GET /facturacion/conciliacion/cuentas/nueva`
pub async fn get_nueva(
    vista: Vista<AdministrarCuentas>,
    State(app): State<App>,
) -> Result<Response, Problem> {
    let empresa = ramal_plataforma::empresa(&app.db).await.map_err(Error::from)?;
    let moneda = empresa.moneda.codigo();
    let f = Formulario::filled([("moneda", moneda), ("clase", "banco"), ("activa", "si")]);
    show(&vista, f, None)
}

/// `POST /facturacion/conciliacion/cuentas/nueva`
pub async fn post_nueva(
    vista: Vista<AdministrarCuentas>,
    State(app): State<App>,
    form: Formulario,
) -> Result<Response, Problem> {
    let datos: DatosCuenta = match form.parse() {
        Ok(datos) => datos,
        Err(problem) => return show(&vista, form.refused(&of_problem(problem)?), None),
    };
    let tx = app.db.begin().await?;
    match create_cuenta(&tx, vista.cx(), &datos).await {
        Ok(_) => {
            tx.commit().await?;
            Ok(redirect(&app, CUENTAS, &[done(&vista)]))
        }
        Err(error) => {
            tx.rollback().await?;
            show(&vista, form.refused(&for_form(error)?), None)
        }
    }
}

fn done(vista: &Vista<AdministrarCuentas>) -> Aviso {
    Aviso::ok(vista.marco(&TEXTOS, "conciliacion-cuentas-titulo").t("conciliacion-cuenta-guardada"))
}

async fn named(app: &App, id: Uuid) -> Result<CuentaBancaria, Problem> {
    let cuenta = cuentas::by_id(&app.db, CuentaId::from_uuid(id)).await?;
    Ok(cuenta.ok_or(Error::NotFound("cuenta_bancaria"))?)
}

/// `GET /facturacion/conciliacion/cuentas/{id}`
pub async fn get_editar(
    vista: Vista<AdministrarCuentas>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
) -> Result<Response, Problem> {
    let c = named(&app, id).await?;
    let propio = c
        .perfil
        .as_ref()
        .filter(|p| ramal_extractos::perfiles::by_code(&p.codigo).as_ref() != Some(*p));
    let json = propio.and_then(|p| serde_json::to_string_pretty(p).ok()).unwrap_or_default();
    let codigo = if propio.is_some() { None } else { c.perfil.as_ref() };
    let f = Formulario::filled([
        ("nombre", c.nombre.clone()),
        ("numero", c.numero.clone()),
        ("proveedor", c.proveedor.clone().unwrap_or_default()),
        ("perfil", codigo.map(|p| p.codigo.clone()).unwrap_or_default()),
        ("perfil_json", json),
        ("activa", if c.activa { "si" } else { "no" }.to_owned()),
        ("_version", c.version.to_string()),
    ]);
    show(&vista, f, Some(&c))
}

/// `POST /facturacion/conciliacion/cuentas/{id}`
pub async fn post_editar(
    vista: Vista<AdministrarCuentas>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
    form: Formulario,
) -> Result<Response, Problem> {
    let c = named(&app, id).await?;
    let datos: DatosCuenta = match form.parse() {
        Ok(datos) => datos,
        Err(problem) => return show(&vista, form.refused(&of_problem(problem)?), Some(&c)),
    };
    let version = form.value("_version").parse().unwrap_or(0);
    let tx = app.db.begin().await?;
    match update_cuenta(&tx, vista.cx(), (c.id, version), &datos).await {
        Ok(_) => {
            tx.commit().await?;
            Ok(redirect(&app, CUENTAS, &[done(&vista)]))
        }
        Err(error) => {
            tx.rollback().await?;
            show(&vista, form.refused(&for_form(error)?), Some(&c))
        }
    }
}
