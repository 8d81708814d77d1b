//! Asking for the cancellation or voiding of a document: the page that explains the legal route and
//! its term, and the request. It is final only when the authority says so.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_base::{Fecha, Pais};
use ramal_plataforma::Vista;
use ramal_web::pagina::{Aviso, Marco, Opcion, Textos, page, redirect};
use ramal_web::{App, ClaveIdempotencia, Formulario, Problem, Ruta};

use super::documento::{factura_address, load};
use super::documentos::RUTA;
use super::palabras;
use crate::actions::{Motivo, request_baja};
use crate::conexiones::load_emisor;
use crate::http::permisos::AnularComprobantes;
use crate::http::vistas::BajaCmd;
use crate::storage::ComprobanteFila;
use crate::textos::TEXTOS;
use crate::{EmisorFiscal, plazo};

/// Legal route by which a document ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Via {
    /// Cancellation before the SAT.
    Cancelacion,
    /// Comunicación de baja (RA).
    Comunicacion,
    /// Daily summary with condition 3 (RC).
    Resumen,
}

#[derive(Template)]
#[template(path = "fiscal/baja.html")]
struct Baja {
    marco: Marco,
    f: Formulario,
    accion: String,
    volver: String,
    numero: String,
    receptor: String,
    total: String,
    via: Via,
    limite: Fecha,
    vencida: bool,
    motivos: Vec<Opcion>,
    factura: Option<String>,
    idem: String,
}

impl Baja {
    fn clave_via(&self) -> &'static str {
        match self.via {
            Via::Cancelacion => "fiscal-baja-via-mx",
            Via::Comunicacion => "fiscal-baja-via-ra",
            Via::Resumen => "fiscal-baja-via-rc",
        }
    }

    fn is_mx(&self) -> bool {
        self.via == Via::Cancelacion
    }
}

/// `GET /facturacion/documentos/{id}/anular`
pub(super) async fn revisar(
    vista: Vista<AnularComprobantes>,
    State(app): State<App>,
    Ruta(id): Ruta<String>,
) -> Result<Response, Problem> {
    let fila = load(&app, &id).await?;
    if !fila.estado()?.is_aceptado() {
        let textos = texts(&vista);
        let aviso = Aviso::mal(textos.get("fiscal-baja-no-admite"));
        return Ok(redirect(&app, &format!("{RUTA}/{}", fila.id), &[aviso]));
    }
    let form = Formulario::filled([("motivo", "02")]);
    let idem = vista.peticion().idem();
    show(&vista, &app, fila, (form, idem), StatusCode::OK).await
}

fn texts<P>(vista: &Vista<P>) -> Textos {
    Textos::new(&TEXTOS, vista.peticion().navegante.formato.pais)
}

async fn show(
    vista: &Vista<AnularComprobantes>,
    app: &App,
    fila: ComprobanteFila,
    (form, idem): (Formulario, String),
    estado: StatusCode,
) -> Result<Response, Problem> {
    let emisor = load_emisor(&app.db, fila.emisor_id).await?.fiscal;
    let (via, limite) = route(&fila, &emisor);
    let lugar = format!("{RUTA}/{}", fila.id);
    let marco = vista.marco(&TEXTOS, "fiscal-baja-titulo").refused(&form);
    let titulo = marco.t1("fiscal-baja-titulo-de", "numero", fila.numero());
    let migas = marco.t("fiscal-documentos-titulo");
    let motivos = ["02", "03", "01", "04"]
        .map(|c| Opcion::new(c, marco.t(&format!("fiscal-baja-motivo-{c}"))));
    let pagina = Baja {
        accion: format!("{lugar}/anular"),
        numero: fila.numero(),
        receptor: fila.receptor.clone().unwrap_or_default(),
        total: palabras::money(&marco, fila.total, &fila.moneda),
        vencida: emisor.zona.fecha(app.cx.now()) > limite,
        factura: (fila.origen_tipo == "factura").then(|| factura_address(&fila)),
        marco: marco.titled(titulo).miga(migas, RUTA).miga(fila.numero(), lugar.clone()),
        volver: lugar,
        f: form,
        via,
        limite,
        motivos: motivos.to_vec(),
        idem,
    };
    page(estado, &pagina)
}

fn route(fila: &ComprobanteFila, emisor: &EmisorFiscal) -> (Via, Fecha) {
    let siete = fila.fecha.plus_dias(i32::try_from(plazo::DIAS_BAJA_PE).unwrap_or(7));
    match emisor.pais {
        Pais::Pe if crate::actions::request_baja::is_de_boleta(fila) => (Via::Resumen, siete),
        Pais::Pe => (Via::Comunicacion, siete),
        _ => (Via::Cancelacion, plazo::limite_cancelacion(fila.fecha, &emisor.numero)),
    }
}

/// `POST /facturacion/documentos/{id}/anular`
pub(super) async fn pedir(
    vista: Vista<AnularComprobantes>,
    State(app): State<App>,
    Ruta(id): Ruta<String>,
    form: Formulario,
) -> Result<Response, Problem> {
    let fila = load(&app, &id).await?;
    let lugar = format!("{RUTA}/{}", fila.id);
    let clave = ClaveIdempotencia::of_form(vista.peticion(), &form);
    let tx = app.db.begin().await?;
    if let Some(respuesta) = clave.recall(&tx).await? {
        return Ok(respuesta);
    }
    let hecho = match motive(&form) {
        Ok(motivo) => request_baja(&tx, vista.cx(), fila.id, motivo).await.map_err(Problem::from),
        Err(problema) => Err(problema),
    };
    if let Err(Problem(problema)) = hecho {
        if problema.estado != 422 {
            return Err(Problem(problema));
        }
        tx.rollback().await?;
        let idem = form.idem().unwrap_or_default().to_owned();
        let form = form.refused(&problema);
        return show(&vista, &app, fila, (form, idem), StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    clave.remember_redirect(&tx, vista.cx(), &lugar).await?;
    tx.commit().await?;
    let aviso = Aviso::ok(texts(&vista).get("fiscal-baja-pedida"));
    Ok(redirect(&app, &lugar, &[aviso]))
}

fn motive(form: &Formulario) -> Result<Motivo, Problem> {
    let cmd: BajaCmd = form.parse()?;
    let sustituto = cmd.sustituto.map(|s| s.trim().to_owned()).filter(|s| !s.is_empty());
    Ok(Motivo { codigo: cmd.motivo, sustituto, texto: cmd.texto })
}
