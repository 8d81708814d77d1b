//! The door by which a customer, with the link of his invoice and no account, sends the photo of
//! his payment. It tells nothing that the invoice does not, and shows no file back.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use ramal_base::Moneda;
use ramal_facturacion::factura::FacturaFila;
use ramal_facturacion::storage::cambios;
use ramal_web::pagina::{FormularioConArchivos, Opcion, page, redirect};
use ramal_web::{App, Formulario, Marco, Peticion, Problem, Ruta};
use uuid::Uuid;

use super::comun::{amount, for_form, means, of_problem};
use super::subir::{too_large, typed};
use crate::Error;
use crate::actions::{NuevoComprobante, check_waiting, receive_comprobante};
use crate::textos::TEXTOS;

/// Use for which links of invoices are signed; the same word as where they are made.
const USO: &str = "factura";
/// Who acts: the holder of a link.
const ACTOR: &str = "enlace:factura";

#[derive(Template)]
#[template(path = "conciliacion/publica.html")]
struct Publica {
    marco: Marco,
    f: Formulario,
    numero: String,
    debe: String,
    moneda: String,
    medios: Vec<Opcion>,
    accion: String,
    volver: String,
    recibido: bool,
}

/// `GET /f/{token}/comprobante`
pub async fn get_comprobante(
    peticion: Peticion,
    State(app): State<App>,
    Ruta(token): Ruta<String>,
) -> Result<Response, Problem> {
    let factura = opened(&app, &token).await?;
    let f = Formulario::filled([("medio", "transferencia")]);
    show(&peticion, (&token, &factura), f)
}

fn show(
    peticion: &Peticion,
    (token, factura): (&str, &FacturaFila),
    f: Formulario,
) -> Result<Response, Problem> {
    let marco = peticion.marco(&TEXTOS, "conciliacion-publica-titulo").refused(&f);
    let moneda = currency(factura)?;
    let estado = if f.is_refused() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let debe =
        if factura.saldo() > 0 { amount(&marco, factura.saldo(), moneda) } else { String::new() };
    let p = Publica {
        numero: factura.numero(),
        debe,
        moneda: moneda.codigo().to_owned(),
        medios: means(&marco),
        accion: format!("/f/{token}/comprobante"),
        volver: format!("/f/{token}"),
        recibido: peticion.consulta == "recibido",
        f,
        marco,
    };
    page(estado, &p).map(private)
}

fn currency(factura: &FacturaFila) -> Result<Moneda, Error> {
    let moneda = Moneda::parse(&factura.moneda);
    moneda.ok_or(Error::Storage(ramal_db::DbError::Corrupt("currency of a factura")))
}

/// `POST /f/{token}/comprobante`
pub async fn post_comprobante(
    peticion: Peticion,
    State(app): State<App>,
    Ruta(token): Ruta<String>,
    pedido: Result<FormularioConArchivos, Problem>,
) -> Result<Response, Problem> {
    let factura = opened(&app, &token).await?;
    let pedido = match pedido {
        Ok(pedido) => pedido,
        Err(problem) if problem.0.estado == 413 => {
            let f = Formulario::default().refused(&too_large());
            return show(&peticion, (&token, &factura), f);
        }
        Err(problem) => return Err(problem),
    };
    let mut form = pedido.form.clone();
    if let Err(problem) = form.plain_money(&peticion.navegante.formato, &["importe"]) {
        let f = pedido.form.refused(&of_problem(problem)?);
        return show(&peticion, (&token, &factura), f);
    }
    match receive(&app, &factura, (&pedido, &form)).await {
        Ok(()) => Ok(private(redirect(&app, &format!("/f/{token}/comprobante?recibido"), &[]))),
        Err(error) => {
            let problema = for_form(error)?;
            show(&peticion, (&token, &factura), pedido.form.refused(&problema))
        }
    }
}

async fn receive(
    app: &App,
    factura: &FacturaFila,
    (pedido, form): (&FormularioConArchivos, &Formulario),
) -> Result<(), Error> {
    // Before the bytes are kept: the door is public.
    check_waiting(&app.db, factura.cliente_id).await?;
    let archivo = pedido.file("archivo").map_err(|p| Error::Refused(p.0))?;
    let archivo = (archivo.nombre.as_str(), archivo.bytes.clone());
    let datos = typed(form);
    let mut nuevo =
        NuevoComprobante::keep(&app.objetos, factura.cliente_id, archivo, datos).await?;
    nuevo.moneda = currency(factura)?;
    nuevo.factura_id = Some(factura.id.uuid());
    nuevo.origen = "cliente";
    let tx = app.db.begin().await?;
    receive_comprobante(&tx, &app.cx.as_actor(ACTOR), nuevo).await?;
    tx.commit().await.map_err(Error::from)
}

/// The invoice of a token. Errors: 404, the same whether the token was touched or names nothing.
async fn opened(app: &App, token: &str) -> Result<FacturaFila, Problem> {
    let texto = app.entorno.firma.open(USO, token).ok_or(Error::NotFound("factura"))?;
    let id: Uuid = texto.parse().map_err(|_| Error::NotFound("factura"))?;
    let fila = cambios::by_id(&app.db, id).await?;
    Ok(fila.ok_or(Error::NotFound("factura"))?)
}

/// No search engine keeps it, and the address is told to nobody else.
fn private(mut respuesta: Response) -> Response {
    let cabeceras = respuesta.headers_mut();
    let robots = HeaderName::from_static("x-robots-tag");
    cabeceras.insert(robots, HeaderValue::from_static("noindex, nofollow"));
    cabeceras.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    cabeceras.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    respuesta
}
