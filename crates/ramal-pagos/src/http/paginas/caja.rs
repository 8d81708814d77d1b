//! The cash desk of who looks: opening a shift, what it holds, money in and out for other reasons.
//! The rules are in the actions.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use ramal_plataforma::{Permiso, Vista};
use ramal_web::pagina::{Aviso, Enlace, Insignia, Opcion, page, redirect};
use ramal_web::{App, ClaveIdempotencia, Filtros, Formulario, Marco, Problem};
use serde::Deserialize;

use super::comun::{
    CAJA, Nombres, amount, form_status, means, of_body, of_form, shift_badge, tabs,
};
use super::movimientos::{Movimiento, listed};
use crate::actions::{DatosApertura, DatosMovimiento, open_turno, record_movimiento};
use crate::caja::{Caja, Turno, valores};
use crate::permisos::{AdministrarCaja, LeerPagos, OperarCaja};
use crate::storage::caja;
use crate::textos::TEXTOS;

/// Movements that the desk shows; the rest is in the count of the shift.
const MOVIMIENTOS: i64 = 30;

/// Which caja, if it is known.
#[derive(Debug, Default, Deserialize)]
pub struct CualCaja {
    caja: Option<String>,
}

#[derive(Template)]
#[template(path = "pagos/caja.html")]
struct Desk {
    marco: Marco,
    pestanas: Vec<Enlace>,
    f: Formulario,
    idem: String,
    abierto: Option<Abierto>,
    cajas: Vec<Enlace>,
    elegida: Option<(String, String)>,
    moneda: String,
    piezas: Vec<Pieza>,
    vivos: Vec<Vivo>,
    clases: Vec<Opcion>,
    puede_operar: bool,
    puede_administrar: bool,
}

/// The open shift of who looks.
struct Abierto {
    titulo: String,
    ruta: String,
    desde: String,
    moneda: String,
    sumas: Vec<(String, String)>,
    movimientos: Vec<Movimiento>,
}

/// Notes or coins of one value.
struct Pieza {
    campo_valor: String,
    campo_piezas: String,
    valor: String,
    texto: String,
}

/// A shift of somebody that is not closed.
struct Vivo {
    titulo: String,
    ruta: String,
    quien: String,
    desde: String,
    insignia: Insignia,
}

/// `GET /facturacion/caja`
pub async fn get_caja(
    vista: Vista<LeerPagos>,
    State(app): State<App>,
    Filtros(cual): Filtros<CualCaja>,
) -> Result<Response, Problem> {
    desk(&vista, &app, (Formulario::default(), cual.caja)).await
}

async fn desk<P>(
    vista: &Vista<P>,
    app: &App,
    (f, cual): (Formulario, Option<String>),
) -> Result<Response, Problem> {
    let marco = vista.marco(&TEXTOS, "pagos-caja-titulo").refused(&f).listens(&["pago"]);
    let todas = caja::cajas(&app.db).await?;
    let turno = caja::abierto_de(&app.db, vista.cx().actor()).await?;
    let activas: Vec<&Caja> = todas.iter().filter(|c| c.activa).collect();
    let nombrada = cual.filter(|c| !c.is_empty());
    let elegida = match (&nombrada, activas.as_slice()) {
        (Some(codigo), _) => activas.iter().find(|c| c.codigo == *codigo).copied(),
        (None, [una]) => Some(*una),
        (None, _) => None,
    };
    let abierto = match &turno {
        Some(t) => Some(opened(app, &marco, (t, &todas)).await?),
        None => None,
    };
    let clase = |c: &str| Opcion::new(c, marco.t(&format!("pagos-movimiento-{c}")));
    let p = Desk {
        pestanas: tabs(&marco, CAJA),
        idem: vista.peticion().idem(),
        cajas: activas.iter().map(|c| choice(c, elegida)).collect(),
        moneda: elegida.map(|c| c.moneda.codigo().to_owned()).unwrap_or_default(),
        piezas: elegida.map(|c| pieces(&marco, c)).unwrap_or_default(),
        elegida: elegida.map(|c| (c.id.to_string(), c.nombre.clone())),
        vivos: alive(app, &marco, &todas).await?,
        clases: ["egreso", "ingreso"].into_iter().map(clase).collect(),
        puede_operar: vista.may(OperarCaja::NOMBRE),
        puede_administrar: vista.may(AdministrarCaja::NOMBRE),
        abierto,
        f,
        marco,
    };
    page(form_status(&p.f), &p)
}

fn choice(c: &Caja, elegida: Option<&Caja>) -> Enlace {
    Enlace {
        texto: format!("{} {}", c.codigo, c.nombre),
        ruta: format!("{CAJA}?caja={}", c.codigo),
        activo: elegida.is_some_and(|e| e.id == c.id),
    }
}

fn pieces(marco: &Marco, c: &Caja) -> Vec<Pieza> {
    let pieza = |(i, valor): (usize, &i64)| Pieza {
        campo_valor: format!("denominaciones[{i}].valor"),
        campo_piezas: format!("denominaciones[{i}].piezas"),
        valor: ramal_base::dinero::format_centavos(*valor),
        texto: amount(marco, *valor, c.moneda),
    };
    valores(c.moneda).iter().enumerate().map(pieza).collect()
}

/// `CJ1 · turno 12`.
pub(super) fn title(marco: &Marco, t: &Turno, cajas: &[Caja]) -> String {
    let codigo = cajas.iter().find(|c| c.id == t.caja_id).map(|c| c.codigo.as_str());
    marco.t2("pagos-turno-numero", ("caja", codigo.unwrap_or("")), ("numero", t.numero))
}

/// Address of a shift.
pub(super) fn shift_route(t: &Turno) -> String {
    format!("{CAJA}/turnos/{}", t.id)
}

async fn opened(
    app: &App,
    marco: &Marco,
    (t, cajas): (&Turno, &[Caja]),
) -> Result<Abierto, Problem> {
    let esperado = caja::esperado(&app.db, t).await?;
    let suma = |c: &crate::caja::Conteo| (means(&marco.textos, c.medio), marco.dinero(&c.esperado));
    let mut filas = caja::movimientos(&app.db, t.id, 5_000).await?;
    let sobran = filas.len().saturating_sub(usize::try_from(MOVIMIENTOS).unwrap_or(30));
    filas.drain(..sobran);
    filas.reverse();
    Ok(Abierto {
        titulo: title(marco, t, cajas),
        ruta: shift_route(t),
        desde: marco.momento(&t.abierto),
        moneda: t.moneda.codigo().to_owned(),
        sumas: esperado.iter().map(suma).collect(),
        movimientos: listed(app, marco, (&filas, cajas, t)).await?,
    })
}

async fn alive(app: &App, marco: &Marco, cajas: &[Caja]) -> Result<Vec<Vivo>, Problem> {
    let turnos = caja::vivos(&app.db).await?;
    let actores = turnos.iter().map(|t| t.actor.as_str());
    let nombres = Nombres::load(&app.db, &marco.textos, actores).await?;
    let vivo = |t: &Turno| Vivo {
        titulo: title(marco, t, cajas),
        ruta: shift_route(t),
        quien: nombres.of(&t.actor),
        desde: marco.momento(&t.abierto),
        insignia: shift_badge(&marco.textos, t.estado),
    };
    Ok(turnos.iter().map(vivo).collect())
}

/// `POST /facturacion/caja/abrir`
pub async fn post_abrir(
    vista: Vista<OperarCaja>,
    State(app): State<App>,
    form: Formulario,
) -> Result<Response, Problem> {
    let cual = Some(form.value("_caja").to_owned());
    let datos: DatosApertura = match form.parse() {
        Ok(datos) => datos,
        Err(problem) => {
            let form = form.refused(&of_body(problem)?);
            return desk(&vista, &app, (form, cual)).await;
        }
    };
    let idem = ClaveIdempotencia::of_form(vista.peticion(), &form);
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let turno = match open_turno(&tx, vista.cx(), datos).await {
        Ok(turno) => turno,
        Err(error) => {
            tx.rollback().await?;
            let form = form.refused(&of_form(error)?);
            return desk(&vista, &app, (form, cual)).await;
        }
    };
    idem.remember_redirect(&tx, vista.cx(), CAJA).await?;
    tx.commit().await?;
    let marco = vista.marco(&TEXTOS, "pagos-caja-titulo");
    let monto = amount(&marco, turno.apertura, turno.moneda);
    Ok(redirect(&app, CAJA, &[Aviso::ok(marco.t1("pagos-caja-abierta", "monto", monto))]))
}

/// `POST /facturacion/caja/movimiento`
pub async fn post_movimiento(
    vista: Vista<OperarCaja>,
    State(app): State<App>,
    form: Formulario,
) -> Result<Response, Problem> {
    let mut plano = form.clone();
    let leido = plano.plain_money(&vista.peticion().navegante.formato, &["monto"]);
    let datos: DatosMovimiento = match leido.and_then(|()| plano.parse()) {
        Ok(datos) => datos,
        Err(problem) => {
            let form = form.refused(&of_body(problem)?);
            return desk(&vista, &app, (form, None)).await;
        }
    };
    let idem = ClaveIdempotencia::of_form(vista.peticion(), &form);
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    if let Err(error) = record_movimiento(&tx, vista.cx(), datos).await {
        tx.rollback().await?;
        return desk(&vista, &app, (form.refused(&of_form(error)?), None)).await;
    }
    idem.remember_redirect(&tx, vista.cx(), CAJA).await?;
    tx.commit().await?;
    let marco = vista.marco(&TEXTOS, "pagos-caja-titulo");
    Ok(redirect(&app, CAJA, &[Aviso::ok(marco.t("pagos-movimiento-hecho"))]))
}
