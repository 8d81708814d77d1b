//! A cobro as its customer sees it: where to pay, the reference to dictate, «se está confirmando»,
//! «Pagado». It turns by itself, without script, and says nothing that the gateway did not confirm.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_base::Instante;
use ramal_jobs::enqueue;
use ramal_pasarelas::{Instruccion, MedioRemoto};
use ramal_web::pagina::{Insignia, page, redirect};
use ramal_web::{App, Formulario, Marco, Peticion, Problem, Ruta};
use uuid::Uuid;

use super::comun::{amount, badge};
use super::pagar::private;
use crate::actions::{Intencion, may_launch};
use crate::barras::{self, Barras};
use crate::cobro::{Estado, Fila, Partida};
use crate::http::Puertas;
use crate::http::api::{launched, outward};
use crate::jobs::question;
use crate::storage::cobros;
use crate::textos::TEXTOS;
use crate::{CobroId, Error, cobro_link, enlace, pago_link};

/// What the page asks of who reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fase {
    /// The gateway is being asked.
    Preparando,
    /// It did not answer; nothing was charged.
    SinRespuesta,
    /// To pay on its page.
    IrAPagar,
    /// To pay with a code.
    ConCodigo,
    /// Somebody paid and it is not sure yet.
    Confirmando,
    /// Paid.
    Pagado,
    /// Over without money.
    Cerrado,
    /// The money went back.
    Devuelto,
}

#[derive(Template)]
#[template(path = "cobros/pago.html")]
struct Pago {
    marco: Marco,
    fase: Fase,
    insignia: Insignia,
    importe: String,
    vence: String,
    pagado: String,
    numeros: String,
    url: String,
    ir: bool,
    recarga: u32,
    codigos: Vec<Codigo>,
    ficha: String,
    barras: Option<Barras>,
    accion: String,
    otro: String,
    factura: String,
    comprobante: String,
}

impl Pago {
    fn is(&self, fase: &str) -> bool {
        let suya = match self.fase {
            Fase::Preparando => "preparando",
            Fase::SinRespuesta => "sin-respuesta",
            Fase::IrAPagar => "ir",
            Fase::ConCodigo => "codigo",
            Fase::Confirmando => "confirmando",
            Fase::Pagado => "pagado",
            Fase::Cerrado => "cerrado",
            Fase::Devuelto => "devuelto",
        };
        suya == fase
    }
}

/// Something to write or to dictate.
struct Codigo {
    etiqueta: &'static str,
    texto: String,
    a_mano: bool,
}

/// The cobro of an address: of the customer of the link's invoice, and about that invoice.
async fn opened(app: &App, token: &str, cobro: &str) -> Result<(Uuid, Fila, Vec<Partida>), Error> {
    let factura = enlace::open(&app.entorno.firma, token).ok_or(Error::NotFound("cobro"))?;
    let id: CobroId = cobro.parse().map_err(|_| Error::NotFound("cobro"))?;
    let fila = cobros::by_id(&app.db, id).await?.ok_or(Error::NotFound("cobro"))?;
    let partidas = cobros::partidas(&app.db, id).await?;
    let suya = partidas.iter().any(|p| p.factura_id == factura) || {
        let f = ramal_facturacion::storage::cambios::by_id(&app.db, factura).await?;
        f.is_some_and(|f| f.cliente_id == fila.cliente_id)
    };
    if suya { Ok((factura, fila, partidas)) } else { Err(Error::NotFound("cobro")) }
}

/// `GET /f/{token}/pagar/{cobro}`
pub async fn ver(
    peticion: Peticion,
    State(app): State<App>,
    Ruta((token, cobro)): Ruta<(String, String)>,
) -> Result<Response, Problem> {
    let (factura, fila, partidas) = opened(&app, &token, &cobro).await?;
    let regresa = has(&peticion, "regreso");
    if regresa && fila.estado()?.is_abierto() {
        came_back(&app, &fila).await?;
    }
    let fase = phase(&fila, (regresa || fila.regreso.is_some(), app.cx.now()))?;
    let marco = peticion.marco(&TEXTOS, title(fase));
    let instruccion = fila.instruccion();
    let raiz = ramal_facturacion::enlace_publico(&app.entorno.firma, factura);
    let numeros: Vec<&str> = partidas.iter().map(|p| p.numero.as_str()).collect();
    let p = Pago {
        insignia: badge(&marco, fila.estado()?),
        importe: amount(&marco, fila.monto, &fila.moneda),
        vence: marco.momento(&fila.vence),
        pagado: fila.acreditado.map(|a| marco.momento(&a)).unwrap_or_default(),
        numeros: numeros.join(", "),
        ir: fase == Fase::IrAPagar && has(&peticion, "ir") && !regresa,
        url: fila.url.clone().filter(|u| is_web(u)).unwrap_or_default(),
        recarga: reload(fase),
        codigos: instruccion.as_ref().map(codes).unwrap_or_default(),
        ficha: slip(instruccion.as_ref()),
        barras: instruccion.as_ref().and_then(bars),
        accion: cobro_link(&app.entorno.firma, factura, fila.id),
        otro: pago_link(&app.entorno.firma, factura),
        comprobante: format!("{raiz}/comprobante"),
        factura: raiz,
        fase,
        marco,
    };
    page(StatusCode::OK, &p).map(private)
}

fn has(peticion: &Peticion, nombre: &str) -> bool {
    peticion.consulta.split('&').any(|par| par.split('=').next() == Some(nombre))
}

/// Only an address of the web is made a link, whatever the gateway gave.
fn is_web(url: &str) -> bool {
    url.starts_with("https://")
        || url.starts_with("http://127.0.0.1")
        || url.starts_with("http://localhost")
}

/// Who comes back from the gateway has probably paid: it is asked at once.
async fn came_back(app: &App, fila: &Fila) -> Result<(), Error> {
    let cx = app.cx.as_actor("enlace");
    let tx = app.db.begin().await?;
    if cobros::set_regreso(&tx, fila.id, cx.now()).await? == 1 {
        cobros::append(&tx, &cx, fila.id, ("regreso", serde_json::json!({}))).await?;
    }
    enqueue(&tx, &cx, question(fila.id)).await?;
    tx.commit().await?;
    Ok(())
}

/// What the page asks of who reads it. Making a page or a reference charges nobody, so one that the
/// gateway did not confirm may be asked for again at once; a card waits for the answer.
fn phase(fila: &Fila, (regreso, ahora): (bool, Instante)) -> Result<Fase, Error> {
    let cobra = matches!(fila.medio()?, MedioRemoto::Tarjeta | MedioRemoto::Yape);
    Ok(match fila.estado()? {
        Estado::Creado | Estado::Incierto if may_launch(fila, ahora) && !cobra => {
            Fase::SinRespuesta
        }
        Estado::Creado | Estado::Incierto => Fase::Preparando,
        Estado::Pendiente if regreso && fila.instruccion.is_none() => Fase::Confirmando,
        Estado::Pendiente if fila.instruccion.is_some() => Fase::ConCodigo,
        Estado::Pendiente => Fase::IrAPagar,
        Estado::EnProceso => Fase::Confirmando,
        Estado::Acreditado => Fase::Pagado,
        Estado::Rechazado | Estado::Vencido | Estado::Cancelado => Fase::Cerrado,
        Estado::Devuelto | Estado::Contracargado => Fase::Devuelto,
    })
}

fn title(fase: Fase) -> &'static str {
    match fase {
        Fase::Preparando => "cobros-pago-preparando",
        Fase::SinRespuesta => "cobros-pago-sin-respuesta",
        Fase::IrAPagar | Fase::ConCodigo => "cobros-pago-listo",
        Fase::Confirmando => "cobros-pago-confirmando",
        Fase::Pagado => "cobros-pago-pagado",
        Fase::Cerrado => "cobros-pago-cerrado",
        Fase::Devuelto => "cobros-pago-devuelto",
    }
}

/// Seconds after which the page looks again; 0 when nothing will change.
fn reload(fase: Fase) -> u32 {
    match fase {
        Fase::Preparando | Fase::Confirmando => 5,
        Fase::ConCodigo => 60,
        _ => 0,
    }
}

fn codes(instruccion: &Instruccion) -> Vec<Codigo> {
    let mut codigos = Vec::new();
    let mut add = |etiqueta, texto: Option<&String>, a_mano| {
        if let Some(texto) = texto.filter(|t| !t.is_empty()) {
            codigos.push(Codigo { etiqueta, texto: texto.clone(), a_mano });
        }
    };
    match instruccion {
        Instruccion::Clabe { clabe, banco, beneficiario, referencia } => {
            add("cobros-codigo-clabe", Some(clabe), true);
            add("cobros-codigo-banco", banco.as_ref(), false);
            add("cobros-codigo-beneficiario", beneficiario.as_ref(), false);
            add("cobros-codigo-referencia-transferencia", referencia.as_ref(), true);
        }
        Instruccion::Referencia { referencia, .. } => {
            add("cobros-codigo-referencia", Some(referencia), true);
        }
        Instruccion::Cip { cip, .. } => add("cobros-codigo-cip", Some(cip), true),
    }
    codigos
}

fn slip(instruccion: Option<&Instruccion>) -> String {
    let ficha = match instruccion {
        Some(Instruccion::Referencia { ficha, .. } | Instruccion::Cip { ficha, .. }) => ficha,
        _ => return String::new(),
    };
    ficha.clone().filter(|u| is_web(u)).unwrap_or_default()
}

fn bars(instruccion: &Instruccion) -> Option<Barras> {
    match instruccion {
        Instruccion::Referencia { referencia, codigo_barras, .. } => {
            barras::code128(codigo_barras.as_ref().unwrap_or(referencia))
        }
        _ => None,
    }
}

/// `POST /f/{token}/pagar/{cobro}`: asks the gateway once more for one that it did not make.
pub async fn reintentar(
    State(app): State<App>,
    puertas: Puertas,
    Ruta((token, cobro)): Ruta<(String, String)>,
    _form: Formulario,
) -> Result<Response, Problem> {
    let (factura, fila, _) = opened(&app, &token, &cobro).await?;
    let destino = cobro_link(&app.entorno.firma, factura, fila.id);
    if may_launch(&fila, app.cx.now()) {
        let cx = app.cx.as_actor("enlace");
        let ida = outward(&app, &fila).await?;
        let intencion = Intencion::YaPedida(fila);
        launched(&app.db, &cx, puertas.as_ref(), (intencion, &ida)).await?;
    }
    Ok(redirect(&app, &destino, &[]))
}
