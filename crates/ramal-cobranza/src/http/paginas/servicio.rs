//! Exemptions and voluntary pauses of a service, as forms. What they do is in the actions.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_base::Fecha;
use ramal_contratos::ServicioId;
use ramal_db::Consulta;
use ramal_plataforma::Vista;
use ramal_web::pagina::{Aviso, page, redirect};
use ramal_web::{App, ClaveIdempotencia, Formulario, Marco, Problem, Ruta};

use super::comun::{amount, of_body, of_form};
use crate::Error;
use crate::actions::{self, DatosExencion, DatosPausa};
use crate::expediente::{self, Cuadro};
use crate::nucleo::pausa::{self, Lapso};
use crate::permisos::{EximirCobranza, PausarServicios};
use crate::reglas::Reglas;
use crate::storage::pausas::{self, PausaFila};
use crate::textos::TEXTOS;

#[derive(Template)]
#[template(path = "cobranza/exencion.html")]
struct Exencion {
    marco: Marco,
    f: Formulario,
    accion: String,
    volver: String,
    idem: String,
    servicio: String,
    vigente: String,
    retirar: String,
}

#[derive(Template)]
#[template(path = "cobranza/pausa.html")]
struct Pausa {
    marco: Marco,
    f: Formulario,
    accion: String,
    volver: String,
    idem: String,
    servicio: String,
    primero: String,
    quedan: String,
    minimo: String,
    cargo: String,
    vigente: String,
    terminar: String,
}

/// A service, where it stands, and the tab of its customer.
struct Visto {
    cuadro: Cuadro,
    reglas: Reglas,
    volver: String,
}

async fn seen(
    c: &impl Consulta,
    cx: &ramal_base::Cx,
    codigo: &str,
) -> Result<(ServicioId, Visto), Problem> {
    let id = ramal_contratos::referencia::servicio(c, codigo).await?;
    let servicio = ramal_contratos::storage::by_id(c, id).await?;
    let cliente = servicio.ok_or(Error::NotFound("servicio"))?.cliente_id;
    let dueno = ramal_clientes::storage::by_id(c, cliente).await?;
    let dueno = dueno.ok_or(Error::NotFound("cliente"))?;
    let reglas = Reglas::load(c, cx).await?;
    let e = expediente::load(c, &reglas, cliente.uuid(), reglas.hoy).await?;
    let cuadro = e.cuadro(id.uuid()).ok_or(Error::NotFound("servicio"))?.clone();
    let volver = format!("/admin/clientes/{}/cobranza", dueno.codigo());
    Ok((id, Visto { cuadro, reglas, volver }))
}

fn named(cuadro: &Cuadro) -> String {
    format!("S-{} {}", cuadro.servicio.numero, cuadro.servicio.descripcion)
}

fn status(f: &Formulario) -> StatusCode {
    if f.is_refused() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }
}

fn exemption_page(
    vista: &Vista<EximirCobranza>,
    v: &Visto,
    f: Formulario,
) -> Result<Response, Problem> {
    let marco = vista.marco(&TEXTOS, "cobranza-exencion-titulo");
    let atras = marco.t("cobranza-cliente-titulo");
    let marco = marco.miga(atras, v.volver.clone()).refused(&f);
    let ruta = format!("/admin/servicios/S-{}/exencion", v.cuadro.servicio.numero);
    let hasta = v.cuadro.deuda.exento_hasta.filter(|h| *h >= v.reglas.hoy);
    let p = Exencion {
        vigente: hasta.map(|h| marco.fecha_texto(&h)).unwrap_or_default(),
        retirar: format!("{ruta}/retirar"),
        accion: ruta,
        volver: v.volver.clone(),
        idem: vista.peticion().idem(),
        servicio: named(&v.cuadro),
        marco,
        f,
    };
    page(status(&p.f), &p)
}

/// `GET /admin/servicios/{codigo}/exencion`
pub async fn get_exencion(
    vista: Vista<EximirCobranza>,
    State(app): State<App>,
    Ruta(codigo): Ruta<String>,
) -> Result<Response, Problem> {
    let (_, v) = seen(&app.db, vista.cx(), &codigo).await?;
    let hasta = v.reglas.hoy.plus_dias(15).to_string();
    let f = Formulario::filled([("hasta", hasta.as_str())]);
    exemption_page(&vista, &v, f)
}

/// `POST /admin/servicios/{codigo}/exencion`
pub async fn post_exencion(
    vista: Vista<EximirCobranza>,
    State(app): State<App>,
    Ruta(codigo): Ruta<String>,
    form: Formulario,
) -> Result<Response, Problem> {
    let (id, v) = seen(&app.db, vista.cx(), &codigo).await?;
    let datos: DatosExencion = match form.parse() {
        Ok(datos) => datos,
        Err(problem) => return exemption_page(&vista, &v, form.refused(&of_body(problem)?)),
    };
    let idem = ClaveIdempotencia::of_form(vista.peticion(), &form);
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    if let Err(error) = actions::grant_exencion(&tx, vista.cx(), &v.reglas, id, datos).await {
        tx.rollback().await?;
        return exemption_page(&vista, &v, form.refused(&of_form(error)?));
    }
    idem.remember_redirect(&tx, vista.cx(), &v.volver).await?;
    tx.commit().await?;
    let marco = vista.marco(&TEXTOS, "cobranza-exencion-titulo");
    Ok(redirect(&app, &v.volver, &[Aviso::ok(marco.t("cobranza-exencion-hecho"))]))
}

/// `POST /admin/servicios/{codigo}/exencion/retirar`
pub async fn post_retirar(
    vista: Vista<EximirCobranza>,
    State(app): State<App>,
    Ruta(codigo): Ruta<String>,
    _form: Formulario,
) -> Result<Response, Problem> {
    let (id, v) = seen(&app.db, vista.cx(), &codigo).await?;
    let tx = app.db.begin().await?;
    if let Err(error) = actions::withdraw_exencion(&tx, vista.cx(), &v.reglas, id).await {
        tx.rollback().await?;
        return Ok(redirect(&app, &v.volver, &[Aviso::mal(of_form(error)?.detalle)]));
    }
    tx.commit().await?;
    let marco = vista.marco(&TEXTOS, "cobranza-exencion-titulo");
    Ok(redirect(&app, &v.volver, &[Aviso::ok(marco.t("cobranza-exencion-retirada"))]))
}

async fn pause_page(
    vista: &Vista<PausarServicios>,
    app: &App,
    v: &Visto,
    f: Formulario,
) -> Result<Response, Problem> {
    let marco = vista.marco(&TEXTOS, "cobranza-pausa-titulo");
    let atras = marco.t("cobranza-cliente-titulo");
    let marco = marco.miga(atras, v.volver.clone()).refused(&f);
    let (politica, calendario) = (&v.cuadro.regla.0.pausa, &v.cuadro.regla.1);
    let primero = pausa::efectiva(v.reglas.hoy, politica, calendario);
    let suyas = pausas::of_servicio(&app.db, v.cuadro.servicio.id).await?;
    let lapsos: Vec<Lapso> = suyas.iter().map(PausaFila::lapso).collect();
    let quedan = pausa::disponibles(v.cuadro.servicio.inicio, primero, &lapsos, politica);
    let viva = suyas.iter().find(|p| p.estado == "programada");
    let ruta = format!("/admin/servicios/S-{}/pausa", v.cuadro.servicio.numero);
    let dia = |d: &Fecha| marco.fecha_texto(d);
    let p = Pausa {
        primero: dia(&primero),
        quedan: marco.formato().numero(quedan),
        minimo: marco.formato().numero(i64::from(politica.min_dias)),
        cargo: match politica.cargo_retorno {
            0 => String::new(),
            n => amount(&marco, n, &v.cuadro.servicio.moneda),
        },
        vigente: viva.map_or_else(String::new, |p| {
            let hasta = ("hasta", dia(&p.hasta));
            marco.t2("cobranza-pausa-dias", ("desde", dia(&p.desde)), hasta)
        }),
        terminar: format!("{ruta}/terminar"),
        accion: ruta,
        volver: v.volver.clone(),
        idem: vista.peticion().idem(),
        servicio: named(&v.cuadro),
        marco,
        f,
    };
    page(status(&p.f), &p)
}

/// `GET /admin/servicios/{codigo}/pausa`
pub async fn get_pausa(
    vista: Vista<PausarServicios>,
    State(app): State<App>,
    Ruta(codigo): Ruta<String>,
) -> Result<Response, Problem> {
    let (_, v) = seen(&app.db, vista.cx(), &codigo).await?;
    let (politica, calendario) = (&v.cuadro.regla.0.pausa, &v.cuadro.regla.1);
    let desde = pausa::efectiva(v.reglas.hoy, politica, calendario);
    let hasta = desde.plus_dias(i32::from(politica.min_dias)).to_string();
    let desde = desde.to_string();
    let f = Formulario::filled([("desde", desde.as_str()), ("hasta", hasta.as_str())]);
    pause_page(&vista, &app, &v, f).await
}

/// `POST /admin/servicios/{codigo}/pausa`
pub async fn post_pausa(
    vista: Vista<PausarServicios>,
    State(app): State<App>,
    Ruta(codigo): Ruta<String>,
    form: Formulario,
) -> Result<Response, Problem> {
    let (id, v) = seen(&app.db, vista.cx(), &codigo).await?;
    let datos: DatosPausa = match form.parse() {
        Ok(datos) => datos,
        Err(problem) => {
            let f = form.refused(&of_body(problem)?);
            return pause_page(&vista, &app, &v, f).await;
        }
    };
    let idem = ClaveIdempotencia::of_form(vista.peticion(), &form);
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    if let Err(error) = actions::request_pausa(&tx, vista.cx(), &v.reglas, id, datos).await {
        tx.rollback().await?;
        let f = form.refused(&of_form(error)?);
        return pause_page(&vista, &app, &v, f).await;
    }
    idem.remember_redirect(&tx, vista.cx(), &v.volver).await?;
    tx.commit().await?;
    let marco = vista.marco(&TEXTOS, "cobranza-pausa-titulo");
    Ok(redirect(&app, &v.volver, &[Aviso::ok(marco.t("cobranza-pausa-hecho"))]))
}

/// `POST /admin/servicios/{codigo}/pausa/terminar`
pub async fn post_terminar(
    vista: Vista<PausarServicios>,
    State(app): State<App>,
    Ruta(codigo): Ruta<String>,
    _form: Formulario,
) -> Result<Response, Problem> {
    let (id, v) = seen(&app.db, vista.cx(), &codigo).await?;
    let tx = app.db.begin().await?;
    if let Err(error) = actions::end_pausa(&tx, vista.cx(), &v.reglas, id).await {
        tx.rollback().await?;
        return Ok(redirect(&app, &v.volver, &[Aviso::mal(of_form(error)?.detalle)]));
    }
    tx.commit().await?;
    let marco = vista.marco(&TEXTOS, "cobranza-pausa-titulo");
    Ok(redirect(&app, &v.volver, &[Aviso::ok(marco.t("cobranza-pausa-terminada"))]))
}
