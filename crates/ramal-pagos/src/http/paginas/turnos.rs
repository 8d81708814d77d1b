//! Shifts: their count at the end, its approval, the report of one (arqueo), their history.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_db::{Cursor, Pagina};
use ramal_plataforma::{Permiso, Vista};
use ramal_web::pagina::{Aviso, Enlace, Insignia, Listado, page, redirect};
use ramal_web::{App, ClaveIdempotencia, Formulario, Marco, Problem, Ruta};
use uuid::Uuid;

use super::caja::{shift_route, title};
use super::comun::{
    CAJA, Nombres, amount, form_status, means, of_body, of_form, shift_badge, tabs,
};
use super::movimientos::{Movimiento, listed};
use crate::Error;
use crate::actions::{DatosCierre, approve_cierre, close_turno};
use crate::caja::{Caja, Conteo, EstadoTurno, Turno, TurnoId};
use crate::http::api::caja::faculty;
use crate::permisos::{LeerPagos, OperarCaja, SupervisarCaja};
use crate::storage::caja;
use crate::textos::TEXTOS;

/// Movements of a report.
const MOVIMIENTOS: i64 = 2_000;

/// What was expected and counted of a means.
struct Contado {
    medio: String,
    esperado: String,
    contado: String,
    diferencia: String,
    mal: bool,
}

#[derive(Template)]
#[template(path = "pagos/arqueo.html")]
struct Arqueo {
    marco: Marco,
    insignia: Insignia,
    datos: Vec<(String, String)>,
    piezas: Vec<(String, String)>,
    conteos: Vec<Contado>,
    movimientos: Vec<Movimiento>,
    cerrar: String,
    aprobar: String,
    imprimir: String,
    idem: String,
}

#[derive(Template)]
#[template(path = "pagos/arqueo_imprimir.html")]
struct ArqueoImpreso {
    marco: Marco,
    datos: Vec<(String, String)>,
    conteos: Vec<Contado>,
    movimientos: Vec<Movimiento>,
}

async fn found(app: &App, id: Uuid) -> Result<Turno, Problem> {
    let turno = caja::turno(&app.db, TurnoId::from_uuid(id)).await?;
    Ok(turno.ok_or(Error::NotFound("turno"))?)
}

fn shell<P>(vista: &Vista<P>, clave: &str, (t, cajas): (&Turno, &[Caja])) -> Marco {
    let marco = vista.marco(&TEXTOS, clave);
    let titulo = title(&marco, t, cajas);
    let caja = marco.t("pagos-caja-titulo");
    marco.miga(caja, CAJA).titled(titulo)
}

/// `GET /facturacion/caja/turnos/{turno}`
pub async fn arqueo(
    vista: Vista<LeerPagos>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
) -> Result<Response, Problem> {
    let t = found(&app, id).await?;
    let cajas = caja::cajas(&app.db).await?;
    let marco = shell(&vista, "pagos-arqueo-titulo", (&t, &cajas)).listens(&["pago"]);
    let mia = t.actor == vista.cx().actor();
    let supervisa = vista.may(SupervisarCaja::NOMBRE);
    let opera = vista.may(OperarCaja::NOMBRE) && (mia || supervisa);
    let ruta = shift_route(&t);
    let (conteos, movimientos) = body(&app, &marco, (&t, &cajas)).await?;
    let p = Arqueo {
        insignia: shift_badge(&marco.textos, t.estado),
        datos: facts(&app, &marco, &t).await?,
        piezas: pieces(&marco, &t),
        cerrar: match t.estado == EstadoTurno::Abierto && opera {
            true => format!("{ruta}/cerrar"),
            false => String::new(),
        },
        aprobar: match t.estado == EstadoTurno::PorAprobar && supervisa {
            true => format!("{ruta}/aprobar"),
            false => String::new(),
        },
        imprimir: format!("{ruta}/imprimir"),
        idem: vista.peticion().idem(),
        conteos,
        movimientos,
        marco,
    };
    page(StatusCode::OK, &p)
}

/// `GET /facturacion/caja/turnos/{turno}/imprimir`
pub async fn imprimir(
    vista: Vista<LeerPagos>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
) -> Result<Response, Problem> {
    let t = found(&app, id).await?;
    let cajas = caja::cajas(&app.db).await?;
    let marco = shell(&vista, "pagos-arqueo-titulo", (&t, &cajas));
    let (conteos, movimientos) = body(&app, &marco, (&t, &cajas)).await?;
    let datos = facts(&app, &marco, &t).await?;
    page(StatusCode::OK, &ArqueoImpreso { marco, datos, conteos, movimientos })
}

async fn body(
    app: &App,
    marco: &Marco,
    (t, cajas): (&Turno, &[Caja]),
) -> Result<(Vec<Contado>, Vec<Movimiento>), Problem> {
    let conteos = caja::conteos(&app.db, t).await?;
    let filas = caja::movimientos(&app.db, t.id, MOVIMIENTOS).await?;
    let movimientos = listed(app, marco, (&filas, cajas, t)).await?;
    Ok((conteos.iter().map(|c| counted(marco, c)).collect(), movimientos))
}

fn counted(marco: &Marco, c: &Conteo) -> Contado {
    let moneda = c.esperado.moneda;
    let diferencia = c.diferencia();
    let signo = if diferencia > 0 { "+" } else { "" };
    Contado {
        medio: means(&marco.textos, c.medio),
        esperado: marco.dinero(&c.esperado),
        contado: c.contado.map(|n| amount(marco, n, moneda)).unwrap_or_default(),
        diferencia: match (c.contado, diferencia) {
            (None, _) | (_, 0) => String::new(),
            _ => format!("{signo}{}", amount(marco, diferencia, moneda)),
        },
        mal: diferencia != 0,
    }
}

async fn facts(app: &App, marco: &Marco, t: &Turno) -> Result<Vec<(String, String)>, Problem> {
    let aprobo = t.aprobado_por.as_deref();
    let actores = std::iter::once(t.actor.as_str()).chain(aprobo);
    let nombres = Nombres::load(&app.db, &marco.textos, actores).await?;
    let mut datos = vec![
        (marco.t("pagos-cajero"), nombres.of(&t.actor)),
        (marco.t("pagos-turno-abierto"), marco.momento(&t.abierto)),
        (marco.t("pagos-turno-apertura"), amount(marco, t.apertura, t.moneda)),
    ];
    if let Some(cerrado) = &t.cerrado {
        datos.push((marco.t("pagos-turno-cerrado"), marco.momento(cerrado)));
    }
    if let Some(quien) = aprobo {
        datos.push((marco.t("pagos-turno-aprobo"), nombres.of(quien)));
    }
    if let Some(notas) = &t.notas {
        datos.push((marco.t("pagos-notas"), notas.clone()));
    }
    Ok(datos)
}

fn pieces(marco: &Marco, t: &Turno) -> Vec<(String, String)> {
    let pieza = |d: &crate::caja::Denominacion| {
        (amount(marco, d.valor, t.moneda), marco.formato().numero(d.piezas))
    };
    t.denominaciones.iter().map(pieza).collect()
}

/// A field of the count.
struct Campo {
    campo_medio: String,
    campo_moneda: String,
    campo_contado: String,
    medio: String,
    moneda: String,
    texto: String,
}

#[derive(Template)]
#[template(path = "pagos/cerrar.html")]
struct Cerrar {
    marco: Marco,
    f: Formulario,
    idem: String,
    accion: String,
    volver: String,
    campos: Vec<Campo>,
}

/// `GET /facturacion/caja/turnos/{turno}/cerrar`
pub async fn get_cerrar(
    vista: Vista<OperarCaja>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
) -> Result<Response, Problem> {
    let t = found(&app, id).await?;
    if t.estado != EstadoTurno::Abierto {
        return Ok(redirect(&app, &shift_route(&t), &[]));
    }
    close_page(&vista, &app, (&t, Formulario::default())).await
}

/// The count is blind: whoever counts does not see what it should be.
async fn close_page(
    vista: &Vista<OperarCaja>,
    app: &App,
    (t, f): (&Turno, Formulario),
) -> Result<Response, Problem> {
    let cajas = caja::cajas(&app.db).await?;
    let marco = shell(vista, "pagos-cerrar-titulo", (t, &cajas)).refused(&f);
    let esperado = caja::esperado(&app.db, t).await?;
    let campo = |(i, c): (usize, &Conteo)| Campo {
        campo_medio: format!("conteos[{i}].medio"),
        campo_moneda: format!("conteos[{i}].moneda"),
        campo_contado: format!("conteos[{i}].contado"),
        medio: c.medio.as_str().to_owned(),
        moneda: c.esperado.moneda.codigo().to_owned(),
        texto: means(&marco.textos, c.medio),
    };
    let p = Cerrar {
        idem: vista.peticion().idem(),
        accion: format!("{}/cerrar", shift_route(t)),
        volver: shift_route(t),
        campos: esperado.iter().enumerate().map(campo).collect(),
        f,
        marco,
    };
    page(form_status(&p.f), &p)
}

/// `POST /facturacion/caja/turnos/{turno}/cerrar`
pub async fn post_cerrar(
    vista: Vista<OperarCaja>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
    form: Formulario,
) -> Result<Response, Problem> {
    let t = found(&app, id).await?;
    let mut plano = form.clone();
    let leido = plano.plain_money(&vista.peticion().navegante.formato, &["conteos[].contado"]);
    let datos: DatosCierre = match leido.and_then(|()| plano.parse()) {
        Ok(datos) => datos,
        Err(problem) => {
            let form = form.refused(&of_body(problem)?);
            return close_page(&vista, &app, (&t, form)).await;
        }
    };
    let idem = ClaveIdempotencia::of_form(vista.peticion(), &form);
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let facultad = faculty(vista.may(SupervisarCaja::NOMBRE));
    let cerrado = match close_turno(&tx, vista.cx(), t.id, (datos, facultad)).await {
        Ok(cerrado) => cerrado,
        Err(error) => {
            tx.rollback().await?;
            return close_page(&vista, &app, (&t, form.refused(&of_form(error)?))).await;
        }
    };
    let destino = shift_route(&t);
    idem.remember_redirect(&tx, vista.cx(), &destino).await?;
    tx.commit().await?;
    let marco = vista.marco(&TEXTOS, "pagos-caja-titulo");
    let aviso = match cerrado.estado {
        EstadoTurno::PorAprobar => Aviso::info(marco.t("pagos-cerrar-espera")),
        _ => Aviso::ok(marco.t("pagos-cerrar-hecho")),
    };
    Ok(redirect(&app, &destino, &[aviso]))
}

/// `POST /facturacion/caja/turnos/{turno}/aprobar`
pub async fn post_aprobar(
    vista: Vista<SupervisarCaja>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
    form: Formulario,
) -> Result<Response, Problem> {
    let t = found(&app, id).await?;
    let destino = shift_route(&t);
    let idem = ClaveIdempotencia::of_form(vista.peticion(), &form);
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    if let Err(error) = approve_cierre(&tx, vista.cx(), t.id).await {
        tx.rollback().await?;
        return Ok(redirect(&app, &destino, &[Aviso::mal(of_form(error)?.detalle)]));
    }
    idem.remember_redirect(&tx, vista.cx(), &destino).await?;
    tx.commit().await?;
    let marco = vista.marco(&TEXTOS, "pagos-caja-titulo");
    Ok(redirect(&app, &destino, &[Aviso::ok(marco.t("pagos-cerrar-aprobado"))]))
}

#[derive(Template)]
#[template(path = "pagos/turnos.html")]
struct Turnos {
    marco: Marco,
    pestanas: Vec<Enlace>,
    l: Listado,
    filas: Vec<FilaTurnos>,
}

struct FilaTurnos {
    titulo: String,
    ruta: String,
    quien: String,
    abierto: String,
    cerrado: String,
    apertura: String,
    insignia: Insignia,
}

/// `GET /facturacion/caja/turnos`
pub async fn turnos(vista: Vista<LeerPagos>, State(app): State<App>) -> Result<Response, Problem> {
    let marco = vista.marco(&TEXTOS, "pagos-turnos-titulo");
    let caja_titulo = marco.t("pagos-caja-titulo");
    let marco = marco.miga(caja_titulo, CAJA);
    let l = Listado::new(&marco, Vec::new());
    let cajas = caja::cajas(&app.db).await?;
    let pedida = l.cursor();
    let primera = Cursor { limite: pedida.limite, cursor: None };
    let pagina: Pagina<Turno> = match caja::turnos(&app.db, None, &pedida).await? {
        Some(pagina) => pagina,
        None => caja::turnos(&app.db, None, &primera).await?.ok_or(Error::NotFound("turno"))?,
    };
    let actores = pagina.datos.iter().map(|t| t.actor.as_str());
    let nombres = Nombres::load(&app.db, &marco.textos, actores).await?;
    let fila = |t: &Turno| FilaTurnos {
        titulo: title(&marco, t, &cajas),
        ruta: shift_route(t),
        quien: nombres.of(&t.actor),
        abierto: marco.momento(&t.abierto),
        cerrado: t.cerrado.map(|c| marco.momento(&c)).unwrap_or_default(),
        apertura: amount(&marco, t.apertura, t.moneda),
        insignia: shift_badge(&marco.textos, t.estado),
    };
    let filas = pagina.datos.iter().map(fila).collect();
    let l = l.paged(&pagina);
    page(StatusCode::OK, &Turnos { pestanas: tabs(&marco, CAJA), marco, l, filas })
}
