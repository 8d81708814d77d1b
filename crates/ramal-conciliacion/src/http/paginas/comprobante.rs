//! Reviewing a proof: the photo beside the form, what it repeats, and the three decisions.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_base::dinero::format_centavos;
use ramal_clientes::ClienteId;
use ramal_db::Tx;
use ramal_facturacion::cobro;
use ramal_plataforma::{Permiso, Vista};
use ramal_web::pagina::{Aviso, Insignia, Opcion, page, redirect};
use ramal_web::{App, ClaveIdempotencia, Formulario, Marco, Problem, Ruta};

use super::comun::{COMPROBANTES, amount, for_form, means, of_problem, proof_badge};
use crate::actions::{
    Aprobacion, DatosComprobante, approve_comprobante, ask_again, reject_comprobante,
};
use crate::archivo::Tipo;
use crate::http::api::comprobante_named;
use crate::http::api::comprobantes::{Uso, file_of};
use crate::permisos::{LeerComprobantesPago, RevisarComprobantesPago};
use crate::storage::{comprobantes, vinculos};
use crate::textos::TEXTOS;
use crate::vistas_comprobantes::Linea;
use crate::{ComprobantePago, Error, EstadoComprobante};

#[derive(Template)]
#[template(path = "conciliacion/comprobante.html")]
struct Ficha {
    marco: Marco,
    f: Formulario,
    ruta: String,
    aprobar: String,
    idem: String,
    version: i64,
    insignia: Insignia,
    visible: bool,
    peso: String,
    cliente: String,
    cliente_ruta: String,
    moneda: &'static str,
    medios: Vec<Opcion>,
    facturas: Vec<Opcion>,
    notas: String,
    repetidos: Vec<(String, String, String)>,
    pagos: Vec<(String, String)>,
    pendiente: bool,
    puede: bool,
    motivo: String,
    pago: String,
    conciliado: bool,
    recibido: ramal_base::Instante,
}

/// `GET /facturacion/comprobantes/{id}`
pub async fn ver(
    vista: Vista<LeerComprobantesPago>,
    State(app): State<App>,
    Ruta(id): Ruta<String>,
) -> Result<Response, Problem> {
    let c = comprobante_named(&app.db, &id).await?;
    let f = Formulario::filled([
        ("medio", c.medio.as_str().to_owned()),
        ("operacion", c.operacion.clone().unwrap_or_default()),
        ("importe", c.importe.map(format_centavos).unwrap_or_default()),
        ("fecha", c.fecha.map(|d| d.to_string()).unwrap_or_default()),
        ("factura_id", c.factura_id.map(|f| f.to_string()).unwrap_or_default()),
    ]);
    show(&vista, &app, &c, f).await
}

async fn show<P>(
    vista: &Vista<P>,
    app: &App,
    c: &ComprobantePago,
    f: Formulario,
) -> Result<Response, Problem> {
    let db = &app.db;
    let marco = vista.marco(&TEXTOS, "conciliacion-comprobante-titulo");
    let lista = marco.t("conciliacion-comprobantes-titulo");
    let titulo = marco.t1("conciliacion-comprobante-de", "codigo", c.codigo());
    let marco = marco.titled(titulo).miga(lista, COMPROBANTES).refused(&f);
    let estado = if f.is_refused() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let cliente = ramal_clientes::storage::by_id(db, ClienteId::from_uuid(c.cliente_id)).await?;
    let cliente = cliente.ok_or(Error::NotFound("cliente"))?;
    let abiertas = cobro::abiertas(db, c.cliente_id, Some(c.moneda)).await.map_err(Error::from)?;
    let factura = |a: cobro::Abierta| {
        let texto = format!("{} {}", a.numero, amount(&marco, a.abierto, c.moneda));
        Opcion::new(a.factura_id.to_string(), texto)
    };
    let otros = comprobantes::duplicates(db, c).await?;
    let repetido = |o: &ComprobantePago| {
        let clave = match o.sha256 == c.sha256 {
            true => "conciliacion-mismo-archivo",
            false => "conciliacion-misma-operacion",
        };
        (o.codigo(), format!("{COMPROBANTES}/{}", o.codigo()), marco.t(clave))
    };
    let (pago, linea) = pago_of(app, c).await?;
    let p = Ficha {
        ruta: format!("{COMPROBANTES}/{}", c.codigo()),
        aprobar: format!("{COMPROBANTES}/{}/aprobar", c.codigo()),
        idem: vista.peticion().idem(),
        version: c.version,
        insignia: proof_badge(&marco, c.estado),
        visible: Tipo::parse(&c.tipo).is_some_and(Tipo::is_visible),
        peso: marco.t1("conciliacion-peso", "kb", (c.bytes / 1024).max(1)),
        cliente: format!("{} {}", cliente.codigo(), cliente.razon_social),
        cliente_ruta: format!("/admin/clientes/{}", cliente.codigo()),
        moneda: c.moneda.codigo(),
        medios: means(&marco),
        facturas: abiertas.into_iter().map(factura).collect(),
        notas: c.notas.clone().unwrap_or_default(),
        repetidos: otros.iter().map(repetido).collect(),
        pagos: comprobantes::pagos_with(db, c).await?.into_iter().map(numbered).collect(),
        pendiente: c.estado == EstadoComprobante::PorRevisar,
        puede: vista.may(RevisarComprobantesPago::NOMBRE),
        motivo: c.motivo.clone().unwrap_or_default(),
        pago,
        conciliado: linea == Linea::Hallada,
        recibido: c.creado,
        f,
        marco,
    };
    page(estado, &p)
}

/// Code and address of a payment by its number.
fn numbered(numero: i64) -> (String, String) {
    (format!("P-{numero}"), format!("/facturacion/pagos/P-{numero}"))
}

async fn pago_of(app: &App, c: &ComprobantePago) -> Result<(String, Linea), Problem> {
    let Some(pago) = c.pago_id else { return Ok((String::new(), Linea::PorVer)) };
    let codigo = ramal_pagos::pago(&app.db, pago).await?.map(|p| p.codigo()).unwrap_or_default();
    let linea = match vinculos::of_pago(&app.db, pago).await? {
        Some(_) => Linea::Hallada,
        None => Linea::PorVer,
    };
    Ok((codigo, linea))
}

/// `GET /facturacion/comprobantes/{id}/archivo`
pub async fn archivo(
    _vista: Vista<LeerComprobantesPago>,
    State(app): State<App>,
    Ruta(id): Ruta<String>,
) -> Result<Response, Problem> {
    let c = comprobante_named(&app.db, &id).await?;
    file_of(&app, &c, Uso::Descarga).await
}

/// `GET /facturacion/comprobantes/{id}/imagen`
pub async fn imagen(
    _vista: Vista<LeerComprobantesPago>,
    State(app): State<App>,
    Ruta(id): Ruta<String>,
) -> Result<Response, Problem> {
    let c = comprobante_named(&app.db, &id).await?;
    file_of(&app, &c, Uso::Imagen).await
}

/// `POST /facturacion/comprobantes/{id}/aprobar`
pub async fn post_aprobar(
    vista: Vista<RevisarComprobantesPago>,
    State(app): State<App>,
    Ruta(id): Ruta<String>,
    mut form: Formulario,
) -> Result<Response, Problem> {
    let c = comprobante_named(&app.db, &id).await?;
    let typed = form.clone();
    if let Err(problem) = form.plain_money(&vista.peticion().navegante.formato, &["importe"]) {
        return show(&vista, &app, &c, typed.refused(&of_problem(problem)?)).await;
    }
    let valor = |campo: &str| form.value(campo).to_owned();
    let aprobacion = Aprobacion {
        version: form.value("version").parse().ok(),
        datos: DatosComprobante {
            medio: valor("medio"),
            operacion: valor("operacion"),
            importe: valor("importe"),
            fecha: valor("fecha"),
            notas: String::new(),
        },
        factura: form.value("factura_id").parse().ok(),
    };
    let acto = async |tx: &Tx| approve_comprobante(tx, vista.cx(), c.id, aprobacion).await;
    finish(&vista, &app, (&c, typed), ("conciliacion-comprobante-hecho-aprobar", acto)).await
}

/// `POST /facturacion/comprobantes/{id}/rechazar`
pub async fn post_rechazar(
    vista: Vista<RevisarComprobantesPago>,
    State(app): State<App>,
    Ruta(id): Ruta<String>,
    form: Formulario,
) -> Result<Response, Problem> {
    let c = comprobante_named(&app.db, &id).await?;
    let (cual, motivo) = ((c.id, form.value("version").parse().ok()), typed_reason(&form));
    let acto = async |tx: &Tx| reject_comprobante(tx, vista.cx(), cual, &motivo).await;
    finish(&vista, &app, (&c, form), ("conciliacion-comprobante-hecho-rechazar", acto)).await
}

/// `POST /facturacion/comprobantes/{id}/otra-foto`
pub async fn post_otra_foto(
    vista: Vista<RevisarComprobantesPago>,
    State(app): State<App>,
    Ruta(id): Ruta<String>,
    form: Formulario,
) -> Result<Response, Problem> {
    let c = comprobante_named(&app.db, &id).await?;
    let (cual, motivo) = ((c.id, form.value("version").parse().ok()), typed_reason(&form));
    let acto = async |tx: &Tx| ask_again(tx, vista.cx(), cual, &motivo).await;
    finish(&vista, &app, (&c, form), ("conciliacion-comprobante-hecho-otra-foto", acto)).await
}

fn typed_reason(form: &Formulario) -> String {
    form.value("motivo").to_owned()
}

/// Does a decision once and leads to the next proof that waits, or to the list.
async fn finish(
    vista: &Vista<RevisarComprobantesPago>,
    app: &App,
    (c, form): (&ComprobantePago, Formulario),
    (clave, acto): (&str, impl AsyncFnOnce(&Tx) -> Result<ComprobantePago, Error>),
) -> Result<Response, Problem> {
    let idem = ClaveIdempotencia::of_form(vista.peticion(), &form);
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    if let Err(error) = acto(&tx).await {
        tx.rollback().await?;
        let problema = for_form(error)?;
        if problema.codigo == "comprobante_revisado" {
            let ruta = format!("{COMPROBANTES}/{}", c.codigo());
            return Ok(redirect(app, &ruta, &[Aviso::mal(problema.detalle)]));
        }
        return show(vista, app, c, form.refused(&problema)).await;
    }
    let destino = match comprobantes::next_waiting(&tx, c.id).await? {
        Some(numero) => format!("{COMPROBANTES}/CP-{numero}"),
        None => COMPROBANTES.to_owned(),
    };
    idem.remember_redirect(&tx, vista.cx(), &destino).await?;
    tx.commit().await?;
    let marco = vista.marco(&TEXTOS, "conciliacion-comprobantes-titulo");
    let aviso = Aviso::ok(marco.t1(clave, "codigo", c.codigo()));
    Ok(redirect(app, &destino, &[aviso]))
}
