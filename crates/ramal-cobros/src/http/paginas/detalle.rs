//! A cobro for the staff: its flow in time, its payments at the gateway, and what may be done with
//! it. What it does is in the actions.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_db::Consulta;
use ramal_plataforma::{Permiso, Vista};
use ramal_web::pagina::{Aviso, Enlace, Insignia, page, redirect};
use ramal_web::{App, ClaveIdempotencia, Formulario, Marco, Problem, Ruta};

use super::comun::{
    LISTA, amount, badge, gateway_word, means_word, named, of_form, pagos_tabs, route,
};
use super::pasos::steps;
use crate::actions::{Pedida, ask_gateway, ask_refund, cancel_cobro, send_refund};
use crate::cobro::{Estado, Fila};
use crate::flujo::{Seguimiento, flujo, ordered};
use crate::http::Puertas;
use crate::permisos::{CrearCobros, DevolverCobros, LeerCobros};
use crate::storage::{cobros, devoluciones, lista, remotos};
use crate::textos::TEXTOS;
use crate::{Error, cobro_link};

#[derive(Template)]
#[template(path = "cobros/detalle.html")]
struct Detalle {
    marco: Marco,
    pestanas: Vec<Enlace>,
    insignia: Insignia,
    monto: String,
    cliente: String,
    cliente_ruta: String,
    medio: String,
    pasarela: String,
    referencia: String,
    vence: String,
    falla: String,
    enlace: String,
    partidas: Vec<Partida>,
    pagos: Vec<Remoto>,
    devoluciones: Vec<Devolucion>,
    hitos: Vec<ramal_web::pagina::Hito>,
    ruta_consultar: String,
    ruta_cancelar: String,
    ruta_devolver: String,
    puede_consultar: bool,
    puede_cancelar: bool,
    puede_devolver: bool,
}

struct Partida {
    numero: String,
    ruta: String,
    monto: String,
}

struct Remoto {
    referencia: String,
    estado: String,
    monto: String,
    devuelto: String,
    comision: String,
    pago: String,
}

struct Devolucion {
    monto: String,
    motivo: String,
    estado: String,
    cuando: String,
}

/// `GET /facturacion/cobros/{cobro}`
pub async fn detalle(
    vista: Vista<LeerCobros>,
    State(app): State<App>,
    seguimiento: Option<Extension<Arc<dyn Seguimiento>>>,
    Ruta(nombre): Ruta<String>,
) -> Result<Response, Problem> {
    let fila = named(&app.db, &nombre).await?;
    let marco = vista.marco(&TEXTOS, "cobros-titulo").listens(&["cobro", "pago", "factura"]);
    let arriba = marco.titulo.clone();
    let marco = marco.titled(fila.codigo()).miga(arriba, LISTA);
    let estado = fila.estado()?;
    let nombres = lista::names(&app.db, &[fila.cliente_id]).await?;
    let (numero, cliente) = nombres.get(&fila.cliente_id).cloned().unwrap_or_default();
    let partidas = cobros::partidas(&app.db, fila.id).await?;
    let ruta = partidas.first().map(|p| cobro_link(&app.entorno.firma, p.factura_id, fila.id));
    let p = Detalle {
        pestanas: pagos_tabs(&marco),
        insignia: badge(&marco, estado),
        monto: amount(&marco, fila.monto, &fila.moneda),
        cliente,
        cliente_ruta: format!("/admin/clientes/C-{numero}/facturas"),
        medio: means_word(&marco, &fila.medio),
        pasarela: gateway_word(&marco, &fila.pasarela),
        referencia: fila.referencia.clone().unwrap_or_default(),
        vence: marco.momento(&fila.vence),
        falla: fila.falla.clone().unwrap_or_default(),
        enlace: ruta.map(|r| format!("{}{r}", app.entorno.url_publica)).unwrap_or_default(),
        partidas: partidas.iter().map(|p| line(&marco, p, &fila.moneda)).collect(),
        pagos: remote(&app.db, &marco, &fila).await?,
        devoluciones: refunds(&app.db, &marco, &fila).await?,
        hitos: timeline(&app, &marco, (&fila, seguimiento.as_ref())).await?,
        ruta_consultar: format!("{}/consultar", route(&fila)),
        ruta_cancelar: format!("{}/cancelar", route(&fila)),
        ruta_devolver: format!("{}/devolver", route(&fila)),
        puede_consultar: estado.is_abierto() || estado.was_acreditado(),
        puede_cancelar: matches!(estado, Estado::Pendiente | Estado::Creado)
            && vista.may(CrearCobros::NOMBRE),
        puede_devolver: estado == Estado::Acreditado && vista.may(DevolverCobros::NOMBRE),
        marco,
    };
    page(StatusCode::OK, &p)
}

fn line(marco: &Marco, p: &crate::cobro::Partida, moneda: &str) -> Partida {
    Partida {
        numero: p.numero.clone(),
        ruta: format!("/facturacion/facturas/{}", p.factura_id),
        monto: amount(marco, p.monto, moneda),
    }
}

async fn remote(c: &impl Consulta, marco: &Marco, fila: &Fila) -> Result<Vec<Remoto>, Problem> {
    let filas = remotos::of_cobro(c, fila.id).await?;
    let vista = |r: remotos::Remoto| Remoto {
        estado: marco.t(&format!("cobros-estado-{}", r.estado.replace('_', "-"))),
        monto: amount(marco, r.importe, &r.moneda),
        devuelto: if r.devuelto > 0 { amount(marco, r.devuelto, &r.moneda) } else { String::new() },
        comision: r.comision.map(|c| amount(marco, c, &r.moneda)).unwrap_or_default(),
        pago: r.pago_id.map(|p| format!("/facturacion/pagos/{p}")).unwrap_or_default(),
        referencia: r.referencia,
    };
    Ok(filas.into_iter().map(vista).collect())
}

async fn refunds(
    c: &impl Consulta,
    marco: &Marco,
    fila: &Fila,
) -> Result<Vec<Devolucion>, Problem> {
    let filas = devoluciones::of_cobro(c, fila.id).await?;
    let vista = |d: devoluciones::Devolucion| Devolucion {
        monto: amount(marco, d.monto, &fila.moneda),
        motivo: d.motivo,
        estado: marco.t(&format!("cobros-devolucion-{}", d.estado.replace('_', "-"))),
        cuando: marco.momento(&d.creado),
    };
    Ok(filas.into_iter().map(vista).collect())
}

/// The flow of the cobro in words, with what other slices add to it.
async fn timeline(
    app: &App,
    marco: &Marco,
    (fila, seguimiento): (&Fila, Option<&Extension<Arc<dyn Seguimiento>>>),
) -> Result<Vec<ramal_web::pagina::Hito>, Problem> {
    let mut hitos = flujo(&app.db, fila.id).await?;
    if let Some(Extension(otros)) = seguimiento {
        let pago = hitos.iter().find(|h| h.clase == "pago").map(|h| h.instante);
        if let Some(desde) = pago {
            let hasta = desde.plus_millis(3_600_000);
            hitos.extend(otros.hitos(fila.cliente_id, (desde, hasta)).await);
            hitos = ordered(hitos);
        }
    }
    Ok(steps(marco, &hitos, &fila.moneda))
}

/// `POST /facturacion/cobros/{cobro}/consultar`
pub async fn consultar(
    vista: Vista<LeerCobros>,
    State(app): State<App>,
    puertas: Puertas,
    Ruta(nombre): Ruta<String>,
    _form: Formulario,
) -> Result<Response, Problem> {
    let fila = named(&app.db, &nombre).await?;
    let marco = vista.marco(&TEXTOS, "cobros-titulo");
    let hecho = ask_gateway(&app.db, vista.cx(), puertas.as_ref(), fila.id).await;
    let aviso = told(&marco, hecho)?;
    Ok(redirect(&app, &route(&fila), &[aviso]))
}

/// `POST /facturacion/cobros/{cobro}/cancelar`
pub async fn cancelar(
    vista: Vista<CrearCobros>,
    State(app): State<App>,
    puertas: Puertas,
    Ruta(nombre): Ruta<String>,
    _form: Formulario,
) -> Result<Response, Problem> {
    let fila = named(&app.db, &nombre).await?;
    let marco = vista.marco(&TEXTOS, "cobros-titulo");
    let hecho = cancel_cobro(&app.db, vista.cx(), puertas.as_ref(), fila.id).await;
    let aviso = told(&marco, hecho)?;
    Ok(redirect(&app, &route(&fila), &[aviso]))
}

/// What happened, in a notice; what the gateway refused is a notice too.
fn told(marco: &Marco, hecho: Result<Fila, Error>) -> Result<Aviso, Problem> {
    match hecho {
        Ok(fila) => {
            let estado = super::comun::state_word(marco, fila.estado()?);
            Ok(Aviso::ok(marco.t1("cobros-quedo", "estado", estado)))
        }
        Err(Error::Storage(e)) => Err(e.into()),
        Err(error) => {
            let problema = ramal_base::Problema::from(error);
            Ok(Aviso::mal(problema.detalle))
        }
    }
}

#[derive(Template)]
#[template(path = "cobros/devolver.html")]
struct Devolver {
    marco: Marco,
    f: Formulario,
    accion: String,
    idem: String,
    volver: String,
    monto: String,
    moneda: String,
}

/// `GET /facturacion/cobros/{cobro}/devolver`
pub async fn get_devolver(
    vista: Vista<DevolverCobros>,
    State(app): State<App>,
    Ruta(nombre): Ruta<String>,
) -> Result<Response, Problem> {
    let fila = named(&app.db, &nombre).await?;
    refund_form(&vista, &fila, Formulario::default())
}

fn refund_form(
    vista: &Vista<DevolverCobros>,
    fila: &Fila,
    f: Formulario,
) -> Result<Response, Problem> {
    let estado = if f.is_refused() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let marco = vista.marco(&TEXTOS, "cobros-devolver-titulo").refused(&f);
    let lista = marco.t("cobros-titulo");
    let marco = marco.miga(lista, LISTA).miga(fila.codigo(), route(fila));
    let p = Devolver {
        accion: format!("{}/devolver", route(fila)),
        idem: vista.peticion().idem(),
        volver: route(fila),
        monto: amount(&marco, fila.monto, &fila.moneda),
        moneda: fila.moneda.clone(),
        f,
        marco,
    };
    page(estado, &p)
}

/// `POST /facturacion/cobros/{cobro}/devolver`
pub async fn post_devolver(
    vista: Vista<DevolverCobros>,
    State(app): State<App>,
    puertas: Puertas,
    Ruta(nombre): Ruta<String>,
    mut form: Formulario,
) -> Result<Response, Problem> {
    let fila = named(&app.db, &nombre).await?;
    let formato = vista.peticion().navegante.formato.clone();
    if let Err(Problem(problema)) = form.plain_money(&formato, &["monto"]) {
        return refund_form(&vista, &fila, form.refused(&problema));
    }
    let (monto, motivo) = (form.value("monto").trim().to_owned(), form.value("motivo").to_owned());
    let pedida = Pedida { monto: (!monto.is_empty()).then_some(monto), motivo };
    let idem = ClaveIdempotencia::of_form(vista.peticion(), &form);
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let devolucion = match ask_refund(&tx, vista.cx(), fila.id, &pedida).await {
        Ok(devolucion) => devolucion,
        Err(error) => {
            tx.rollback().await?;
            return refund_form(&vista, &fila, form.refused(&of_form(error)?));
        }
    };
    idem.remember_redirect(&tx, vista.cx(), &route(&fila)).await?;
    tx.commit().await?;
    let hecha = send_refund(&app.db, vista.cx(), puertas.as_ref(), devolucion.id).await?;
    let marco = vista.marco(&TEXTOS, "cobros-titulo");
    let texto = marco.t(&format!("cobros-devolucion-{}", hecha.estado.replace('_', "-")));
    let aviso = match hecha.estado.as_str() {
        "rechazada" => Aviso::mal(marco.t1("cobros-devolucion-quedo", "estado", texto)),
        _ => Aviso::ok(marco.t1("cobros-devolucion-quedo", "estado", texto)),
    };
    Ok(redirect(&app, &route(&fila), &[aviso]))
}
