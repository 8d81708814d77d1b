//! Forms that make and change a promotion; the new one can be tried before it is saved. What one
//! takes off never changes: another one is made.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_plataforma::Vista;
use ramal_web::pagina::{Aviso, Formulario, Marco, Opcion, page, redirect};
use ramal_web::{App, ClaveIdempotencia, Problem, Ruta};

use super::super::dia;
use super::conflicto::{Campo, conflict, differences};
use super::producto_form::{STALE, currency};
use super::promocion_ficha::{Ensayo, Prueba};
use super::{RAIZ, check_number, for_form, status};
use crate::permisos::EditarCatalogo;
use crate::promocion::{CambioPromocion, DatosPromocion};
use crate::textos::TEXTOS;
use crate::{Error, Promocion, actions, storage};

#[derive(Template)]
#[template(path = "catalogo/promocion_form.html")]
struct Pagina {
    marco: Marco,
    f: Formulario,
    idem: String,
    nueva: bool,
    moneda: String,
    clases: Vec<Opcion>,
    productos: Vec<Opcion>,
    zonas: Vec<Opcion>,
    prueba: Vec<Prueba>,
    volver: String,
}

/// `GET /admin/catalogo/nueva-promocion`
pub async fn get_nueva(
    vista: Vista<EditarCatalogo>,
    State(app): State<App>,
) -> Result<Response, Problem> {
    let hoy = dia(&app, None).await?;
    let f = Formulario::filled([("desde", hoy.to_string()), ("clase", "porcentaje".to_owned())]);
    show(&app, &vista, StatusCode::OK, (f, None, Vec::new())).await
}

/// `POST /admin/catalogo/nueva-promocion`
///
/// With `accion=probar` it saves nothing: the same form comes back with the prices that result.
pub async fn post_nueva(
    vista: Vista<EditarCatalogo>,
    State(app): State<App>,
    form: Formulario,
) -> Result<Response, Problem> {
    let hecho = if form.value("accion") == "probar" {
        preview(&app, &vista, &form).await
    } else {
        create(&app, &vista, &form).await
    };
    match hecho {
        Ok(respuesta) => Ok(respuesta),
        Err(problema) => {
            let problema = for_form(problema)?;
            let f = form.refused(&problema);
            show(&app, &vista, status(&problema), (f, None, Vec::new())).await
        }
    }
}

async fn create(
    app: &App,
    vista: &Vista<EditarCatalogo>,
    form: &Formulario,
) -> Result<Response, Problem> {
    let idem = ClaveIdempotencia::of_form(vista.peticion(), form);
    let datos = body(app, vista, form).await?;
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let promocion = actions::create_promocion(&tx, vista.cx(), datos).await?;
    idem.remember_redirect(&tx, vista.cx(), &route(&promocion)).await?;
    tx.commit().await?;
    let marco = vista.marco(&TEXTOS, "catalogo-titulo");
    let texto = marco.t1("catalogo-creado", "nombre", &promocion.nombre);
    Ok(redirect(app, &route(&promocion), &[Aviso::ok(texto)]))
}

/// The form again with what the promotion would do; made by the same rules in a transaction that is
/// let go.
async fn preview(
    app: &App,
    vista: &Vista<EditarCatalogo>,
    form: &Formulario,
) -> Result<Response, Problem> {
    let datos = body(app, vista, form).await?;
    let tx = app.db.begin().await?;
    let promocion = actions::create_promocion(&tx, vista.cx(), datos).await?;
    tx.rollback().await?;
    let productos = storage::all(&app.db).await?;
    let zonas = storage::zonas_activas(&app.db).await?;
    let mut pedido = form.clone();
    if pedido.value("fecha").is_empty() {
        pedido.set("fecha", promocion.desde.to_string());
    }
    let ensayo = Ensayo::of(&pedido, &promocion, (&productos, &zonas), promocion.desde);
    let marco = vista.marco(&TEXTOS, "catalogo-titulo");
    let prueba = ensayo.try_out(app, &marco, &promocion).await?;
    show(app, vista, StatusCode::OK, (pedido, None, prueba)).await
}

/// `GET /admin/catalogo/promociones/{codigo}/editar`
pub async fn get_editar(
    vista: Vista<EditarCatalogo>,
    State(app): State<App>,
    Ruta(codigo): Ruta<String>,
) -> Result<Response, Problem> {
    let promocion = found(&app, &codigo).await?;
    let f = filled(&promocion);
    show(&app, &vista, StatusCode::OK, (f, Some(&promocion), Vec::new())).await
}

/// `POST /admin/catalogo/promociones/{codigo}/editar`
pub async fn post_editar(
    vista: Vista<EditarCatalogo>,
    State(app): State<App>,
    Ruta(codigo): Ruta<String>,
    form: Formulario,
) -> Result<Response, Problem> {
    let promocion = found(&app, &codigo).await?;
    if form.value("version") != promocion.version.to_string() {
        let campos =
            [Campo::texto("nombre", "catalogo-nombre"), Campo::texto("hasta", "catalogo-hasta")];
        let diferencias = differences(&campos, &filled(&promocion), &form);
        let marco = vista.marco(&TEXTOS, "error-409-titulo");
        let version = promocion.version.to_string();
        return conflict(marco, diferencias, (&form, &version), route(&promocion));
    }
    match save(&app, &vista, &form, &promocion).await {
        Ok(respuesta) => Ok(respuesta),
        Err(problema) => {
            let problema = for_form(problema)?;
            let f = form.refused(&problema);
            show(&app, &vista, status(&problema), (f, Some(&promocion), Vec::new())).await
        }
    }
}

async fn save(
    app: &App,
    vista: &Vista<EditarCatalogo>,
    form: &Formulario,
    antes: &Promocion,
) -> Result<Response, Problem> {
    let cambio = CambioPromocion {
        nombre: Some(form.value("nombre").to_owned()),
        hasta: Some(super::day(form, "hasta")?),
        activa: None,
    };
    let tx = app.db.begin().await?;
    let actual = storage::lock_promocion(&tx, antes.id).await?.ok_or(Error::PromocionNotFound)?;
    if actual.version != antes.version {
        return Err(Problem(ramal_base::Problema::conflicto("version_distinta", STALE)));
    }
    let promocion = actions::update_promocion(&tx, vista.cx(), antes.id, cambio).await?;
    tx.commit().await?;
    let marco = vista.marco(&TEXTOS, "catalogo-titulo");
    let texto = marco.t1("catalogo-guardado", "nombre", &promocion.nombre);
    Ok(redirect(app, &route(&promocion), &[Aviso::ok(texto)]))
}

async fn found(app: &App, codigo: &str) -> Result<Promocion, Problem> {
    let promocion = storage::promocion_by_codigo(&app.db, codigo).await?;
    Ok(promocion.ok_or(Error::PromocionNotFound)?)
}

fn route(promocion: &Promocion) -> String {
    format!("{RAIZ}/promociones/{}", promocion.codigo)
}

fn filled(p: &Promocion) -> Formulario {
    Formulario::filled([
        ("version", p.version.to_string()),
        ("nombre", p.nombre.clone()),
        ("hasta", p.hasta.map_or_else(String::new, |h| h.to_string())),
    ])
}

/// The body of the API that a form means: of percentage and amount only the chosen one counts, and
/// the code of a product becomes its id.
async fn body(
    app: &App,
    vista: &Vista<EditarCatalogo>,
    form: &Formulario,
) -> Result<DatosPromocion, Problem> {
    let mut form = form.clone();
    form.plain_money(&vista.peticion().navegante.formato, &["importe.importe", "porcentaje"])?;
    check_number(&form, "periodos")?;
    super::day(&form, "desde")?;
    super::day(&form, "hasta")?;
    let sobra = if form.value("clase") == "importe" { "porcentaje" } else { "importe." };
    let propios = ["accion", "clase", "producto", "zona", "fecha"];
    let campos = form.fields().iter().filter(|(n, _)| !propios.contains(&n.as_str()));
    let campos = campos.filter(|(n, _)| !n.starts_with(sobra));
    let mut campos: Vec<(String, String)> = campos.cloned().collect();
    let codigo = form.value("producto").trim();
    if !codigo.is_empty() {
        let producto = storage::by_codigo(&app.db, codigo).await?.ok_or_else(|| {
            let motivo = "No hay producto con ese código; elegir uno de la lista.";
            Problem::campo("producto", "producto_desconocido", motivo)
        })?;
        campos.push(("producto_id".to_owned(), producto.id.to_string()));
    }
    if form.value("clase") == "importe" && form.value("importe.importe").trim().is_empty() {
        return Err(Problem::campo("importe.importe", "campo_requerido", "Falta el importe."));
    }
    if form.value("clase") != "importe" && form.value("porcentaje").trim().is_empty() {
        return Err(Problem::campo("porcentaje", "campo_requerido", "Falta el porcentaje."));
    }
    Formulario::filled(campos).parse()
}

async fn show(
    app: &App,
    vista: &Vista<EditarCatalogo>,
    estado: StatusCode,
    (f, promocion, prueba): (Formulario, Option<&Promocion>, Vec<Prueba>),
) -> Result<Response, Problem> {
    let clave = if promocion.is_some() { "catalogo-editar" } else { "catalogo-nueva-promocion" };
    let marco = vista.marco(&TEXTOS, clave).refused(&f);
    let volver = promocion.map_or_else(|| format!("{RAIZ}/promociones"), route);
    let (raiz, todas) = (marco.t("catalogo-titulo"), marco.t("catalogo-promociones"));
    let mut marco = marco.miga(raiz, RAIZ).miga(todas, format!("{RAIZ}/promociones"));
    if let Some(p) = promocion {
        let titulo = marco.t1("catalogo-editar-que", "nombre", &p.nombre);
        marco = marco.miga(&p.nombre, &volver).titled(titulo);
    }
    let activos = storage::all(&app.db).await?.into_iter().filter(|p| p.activo);
    let zonas = storage::zonas_activas(&app.db).await?;
    let clases = ["porcentaje", "importe"];
    let pagina = Pagina {
        idem: vista.peticion().idem(),
        nueva: promocion.is_none(),
        moneda: currency(app).await?.codigo().to_owned(),
        clases: clases.map(|c| Opcion::new(c, marco.t(&format!("catalogo-{c}")))).to_vec(),
        productos: activos.map(|p| Opcion::new(p.codigo, p.nombre)).collect(),
        zonas: zonas.into_iter().map(|z| Opcion::new(z.codigo, z.nombre)).collect(),
        marco,
        f,
        prueba,
        volver,
    };
    page(estado, &pagina)
}
