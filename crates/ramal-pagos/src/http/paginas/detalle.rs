//! A payment: what it is, what it settles, its story, what may be done to it. It changes nothing.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_clientes::ClienteId;
use ramal_plataforma::{Permiso, Vista};
use ramal_web::pagina::{Familia, Hito, Insignia, page};
use ramal_web::{App, Marco, Problem, Ruta};

use super::comun::{LISTA, Nombres, amount, badge, door, means, refund_badge, route};
use crate::http::api::pagos::named;
use crate::permisos::{AplicarPagos, DevolverPagos, LeerPagos, RevertirPagos};
use crate::storage::pagos::{AplicadoA, PasoImputacion};
use crate::storage::{caja, contracargos, devoluciones, pagos};
use crate::textos::TEXTOS;
use crate::{Devolucion, Error, EstadoDevolucion, EstadoPago, Pago};

#[derive(Template)]
#[template(path = "pagos/detalle.html", blocks = ["cuerpo_pago"])]
struct Detalle {
    marco: Marco,
    insignia: Insignia,
    datos: Vec<(String, String)>,
    cliente: String,
    cliente_ruta: String,
    monto: String,
    a_favor: String,
    aplicaciones: Vec<Aplicacion>,
    devoluciones: Vec<Devuelta>,
    historia: Vec<Hito>,
    actos: Actos,
}

struct Aplicacion {
    numero: String,
    ruta: String,
    descripcion: String,
    monto: String,
}

struct Devuelta {
    codigo: String,
    monto: String,
    motivo: String,
    insignia: Insignia,
}

/// Addresses of what may be done; empty if it may not.
struct Actos {
    aplicar: String,
    desaplicar: String,
    devolver: String,
    contracargo: String,
    revertir: String,
    recibo: String,
}

/// `GET /facturacion/pagos/{pago}`
pub async fn detalle(
    vista: Vista<LeerPagos>,
    State(app): State<App>,
    Ruta(nombre): Ruta<String>,
) -> Result<Response, Problem> {
    let db = &app.db;
    let pago = named(db, &nombre).await?;
    let marco = under(vista.marco(&TEXTOS, "pagos-pago-titulo"), &pago).listens(&["pago"]);
    let cliente = ClienteId::from_uuid(pago.cliente_id);
    let cliente = ramal_clientes::storage::by_id(db, cliente).await?;
    let cliente = cliente.ok_or(Error::NotFound("cliente"))?;
    let devueltas = devoluciones::de_pago(db, pago.id).await?;
    let recibo = caja::recibo(db, pago.id.uuid()).await?;
    let aplicaciones = pagos::aplicado_a(db, pago.id).await?;
    let historia = story(&app, &marco, (&pago, &devueltas)).await?;
    let p = Detalle {
        insignia: badge(&marco.textos, pago.estado),
        datos: facts(&app, &marco, (&pago, recibo.as_ref().map(|r| r.codigo()))).await?,
        cliente: format!("{} {}", cliente.codigo(), cliente.razon_social),
        cliente_ruta: format!("/admin/clientes/{}/pagos", cliente.codigo()),
        monto: amount(&marco, pago.monto, pago.moneda),
        a_favor: amount(&marco, pago.a_favor(), pago.moneda),
        aplicaciones: aplicaciones.iter().map(|a| applied(&marco, a, &pago)).collect(),
        devoluciones: devueltas.iter().map(|d| refund(&marco, d)).collect(),
        actos: acts(&vista, &pago, recibo.is_some()),
        historia,
        marco,
    };
    if vista.peticion().hx.wants("pago") {
        return page(StatusCode::OK, &p.as_cuerpo_pago());
    }
    page(StatusCode::OK, &p)
}

/// The shell of a page of a payment, named by its number.
pub(super) fn under(marco: Marco, pago: &Pago) -> Marco {
    let lista = marco.t("pagos-titulo");
    let titulo = marco.t1("pagos-pago-numero", "numero", pago.codigo());
    marco.miga(lista, LISTA).titled(titulo)
}

async fn facts(
    app: &App,
    marco: &Marco,
    (p, recibo): (&Pago, Option<String>),
) -> Result<Vec<(String, String)>, Error> {
    let nombres = Nombres::load(&app.db, &marco.textos, std::iter::once(p.actor.as_str())).await?;
    let mut datos = vec![
        (marco.t("pagos-aplicado"), amount(marco, p.aplicado, p.moneda)),
        (marco.t("pagos-medio"), means(&marco.textos, p.medio)),
        (marco.t("pagos-valor"), marco.fecha_texto(&p.fecha_valor)),
        (marco.t("pagos-fecha"), marco.momento(&p.registrado)),
        (marco.t("pagos-cajero"), nombres.of(&p.actor)),
        (marco.t("pagos-origen"), door(&marco.textos, p.origen)),
    ];
    let mut add = |clave: &str, texto: &Option<String>| {
        if let Some(texto) = texto {
            datos.push((marco.t(clave), texto.clone()));
        }
    };
    add("pagos-operacion", &p.operacion);
    add("pagos-recibo", &recibo);
    add("pagos-notas", &p.notas);
    add("pagos-motivo", &p.motivo);
    if p.devuelto > 0 {
        datos.push((marco.t("pagos-devuelto"), amount(marco, p.devuelto, p.moneda)));
    }
    Ok(datos)
}

fn applied(marco: &Marco, a: &AplicadoA, pago: &Pago) -> Aplicacion {
    Aplicacion {
        ruta: format!("/facturacion/facturas/{}", a.numero()),
        numero: a.numero(),
        descripcion: a.descripcion.clone(),
        monto: amount(marco, a.monto, pago.moneda),
    }
}

fn refund(marco: &Marco, d: &Devolucion) -> Devuelta {
    Devuelta {
        codigo: d.codigo(),
        monto: amount(marco, d.monto, d.moneda),
        motivo: d.motivo.clone(),
        insignia: refund_badge(&marco.textos, d.estado),
    }
}

fn acts(vista: &Vista<LeerPagos>, pago: &Pago, con_recibo: bool) -> Actos {
    let si = |cabe: bool, permiso: &str, acto: &str| match cabe && vista.may(permiso) {
        true => format!("{}/{acto}", route(pago)),
        false => String::new(),
    };
    let vigente = pago.estado.is_vigente();
    let vivo = vigente && pago.estado != EstadoPago::Devuelto;
    Actos {
        aplicar: si(pago.a_favor() > 0, AplicarPagos::NOMBRE, "aplicar"),
        desaplicar: si(vigente && pago.aplicado > 0, AplicarPagos::NOMBRE, "desaplicar"),
        devolver: si(pago.a_favor() > 0, DevolverPagos::NOMBRE, "devolver"),
        contracargo: si(vivo, RevertirPagos::NOMBRE, "contracargo"),
        revertir: si(vigente && pago.devuelto == 0, RevertirPagos::NOMBRE, "revertir"),
        recibo: si(con_recibo, LeerPagos::NOMBRE, "recibo"),
    }
}

/// What happened, oldest first.
async fn story(
    app: &App,
    marco: &Marco,
    (pago, devueltas): (&Pago, &[Devolucion]),
) -> Result<Vec<Hito>, Error> {
    let mut hitos = vec![Hito::new(pago.registrado, marco.t("pagos-hito-registrado"))];
    for paso in pagos::pasos(&app.db, pago.id).await? {
        hitos.push(step(marco, &paso, pago));
    }
    for d in devueltas {
        hitos.extend(refund_steps(marco, d));
    }
    if let Some(cuando) = pago.deshecho {
        let clave = match pago.estado {
            EstadoPago::Contracargado => "pagos-hito-contracargado",
            _ => "pagos-hito-revertido",
        };
        let detalle = pago.motivo.clone().unwrap_or_default();
        hitos.push(Hito::new(cuando, marco.t(clave)).detail(detalle).family(Familia::Mal));
    }
    if pago.estado == EstadoPago::Contracargado
        && contracargos::de_pago(&app.db, pago.id).await?.is_some()
    {
        hitos.push(Hito::pending(marco.t("pagos-hito-gracia")));
    }
    hitos.sort_by_key(|h| h.momento.map_or(i64::MAX, |m| m.millis()));
    Ok(hitos)
}

fn step(marco: &Marco, paso: &PasoImputacion, pago: &Pago) -> Hito {
    let numero = format!("{}-{}", paso.serie, paso.folio);
    let (clave, familia) = match paso.monto > 0 {
        true => ("pagos-hito-aplicado", Familia::Ok),
        false => ("pagos-hito-desaplicado", Familia::Aviso),
    };
    let monto = amount(marco, paso.monto.abs(), pago.moneda);
    let titulo = marco.t2(clave, ("factura", numero), ("monto", monto));
    Hito::new(paso.registrado, titulo).family(familia)
}

fn refund_steps(marco: &Marco, d: &Devolucion) -> Vec<Hito> {
    let monto = amount(marco, d.monto, d.moneda);
    let titulo = |clave: &str| marco.t2(clave, ("numero", d.codigo()), ("monto", monto.clone()));
    let mut hitos = Vec::new();
    let directa = d.estado == EstadoDevolucion::Hecha && d.resuelto == Some(d.solicitado);
    if !directa {
        let pedida = Hito::new(d.solicitado, titulo("pagos-hito-devolucion-pedida"));
        hitos.push(pedida.detail(d.motivo.clone()).family(Familia::Aviso));
    }
    let Some(resuelto) = d.resuelto else { return hitos };
    let hito = match d.estado {
        EstadoDevolucion::Rechazada => {
            let detalle = d.respuesta.clone().unwrap_or_default();
            Hito::new(resuelto, titulo("pagos-hito-devolucion-rechazada")).detail(detalle)
        }
        _ => Hito::new(resuelto, titulo("pagos-hito-devuelto")).detail(d.motivo.clone()),
    };
    hitos.push(hito.family(Familia::Aviso));
    hitos
}
