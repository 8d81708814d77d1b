//! An invoice by link, for whoever has the link and no account: how much, until when, what for. It
//! takes no payment and tells nothing of the customer that the paper does not.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use ramal_fiscal::Receptor;
use ramal_web::pagina::{Insignia, page};
use ramal_web::{App, Firma, Marco, Peticion, Problem, Ruta};
use uuid::Uuid;

use super::archivos::{self, attached, file_name, pdf_of};
use super::comun::{amount, badge, today};
use super::detalle::titled;
use super::detalle_vista::{LineaDetalle, lines_of};
use crate::Error;
use crate::factura::FacturaFila;
use crate::storage::lista::EstadoLista;
use crate::storage::{cambios, consultas, facturas};
use crate::textos::TEXTOS;

const USO: &str = "factura";

/// Path of an invoice for whoever has the link: `/f/<id>.<mark>`.
pub fn enlace_publico(firma: &Firma, id: Uuid) -> String {
    format!("/f/{}", firma.sign(USO, &id.simple().to_string()))
}

/// The same with the address of the site, to be copied.
pub(super) fn enlace_completo(app: &App, id: Uuid) -> String {
    format!("{}{}", app.entorno.url_publica, enlace_publico(&app.entorno.firma, id))
}

#[derive(Template)]
#[template(path = "facturacion/publica.html")]
struct Publica {
    marco: Marco,
    insignia: Insignia,
    importe: String,
    vence: String,
    debe: bool,
    anulada: bool,
    numero: String,
    emisor: String,
    receptor: String,
    fecha: String,
    total: String,
    acreditado: String,
    aplicado: String,
    saldo: String,
    pagar: String,
    comprobante: String,
    lineas: Vec<LineaDetalle>,
    pdf: String,
    xml: String,
}

/// `GET /f/{token}`
pub async fn publica(
    peticion: Peticion,
    State(app): State<App>,
    Ruta(token): Ruta<String>,
) -> Result<Response, Problem> {
    let fila = opened(&app, &token).await?;
    let id = fila.id.uuid();
    let marco = peticion.marco(&TEXTOS, "facturacion-factura-titulo");
    let marco = titled(marco, &fila.numero(), &fila.clase);
    let legales = consultas::legales(&app.db, fila.comprobante_id.as_slice()).await?;
    let legal = fila.comprobante_id.and_then(|c| legales.get(&c));
    let hoy = today(&app).await?;
    let estado = EstadoLista::of(
        (&fila.estado, &fila.clase, &fila.tipo),
        legal.map(|l| l.estado.as_str()),
        (fila.vencimiento, hoy),
    );
    let debe = fila.estado == "emitida" && fila.clase != "nota_credito" && fila.saldo() > 0;
    let raiz = enlace_publico(&app.entorno.firma, id);
    let when = |sufijo: &str| match legal {
        Some(_) => format!("{raiz}/{sufijo}"),
        None => String::new(),
    };
    let cargos = cambios::cargos_de(&app.db, id).await?;
    let lineas = facturas::lineas(&app.db, &[id]).await?;
    let p = Publica {
        insignia: cliente_badge(&marco, estado),
        importe: amount(&marco, if debe { fila.saldo() } else { fila.total }, &fila.moneda),
        vence: marco.fecha_texto(&fila.vencimiento),
        debe,
        anulada: estado == EstadoLista::Anulada,
        numero: fila.numero(),
        emisor: issuer(&app, fila.emisor_id).await?,
        receptor: receiver(&fila),
        fecha: marco.fecha_texto(&fila.fecha),
        total: amount(&marco, fila.total, &fila.moneda),
        acreditado: taken_off(&marco, fila.acreditado, &fila.moneda),
        aplicado: taken_off(&marco, fila.aplicado, &fila.moneda),
        saldo: amount(&marco, if debe { fila.saldo() } else { 0 }, &fila.moneda),
        pagar: format!("{raiz}/pagar"),
        comprobante: format!("{raiz}/comprobante"),
        lineas: lines_of(&marco, lineas, &cargos, &fila.moneda),
        pdf: when("pdf"),
        xml: when("xml"),
        marco,
    };
    page(StatusCode::OK, &p).map(private)
}

/// What comes off the total, with its sign; empty if nothing.
fn taken_off(marco: &Marco, centavos: i64, moneda: &str) -> String {
    if centavos == 0 { String::new() } else { amount(marco, -centavos, moneda) }
}

/// `GET /f/{token}/pdf`
pub async fn pdf(State(app): State<App>, Ruta(token): Ruta<String>) -> Result<Response, Problem> {
    let fila = opened(&app, &token).await?;
    let bytes = pdf_of(&app, &app.cx, &fila, None).await?;
    Ok(private(attached(bytes, &file_name(&fila, "pdf"), "application/pdf")))
}

/// `GET /f/{token}/xml`
pub async fn xml(State(app): State<App>, Ruta(token): Ruta<String>) -> Result<Response, Problem> {
    let fila = opened(&app, &token).await?;
    archivos::xml_of(&app, &fila).await.map(private)
}

/// The invoice of a token. Errors: 404, the same whether the token was touched or names nothing.
async fn opened(app: &App, token: &str) -> Result<FacturaFila, Problem> {
    let texto = app.entorno.firma.open(USO, token).ok_or(Error::NotFound("factura"))?;
    let id: Uuid = texto.parse().map_err(|_| Error::NotFound("factura"))?;
    let fila = cambios::by_id(&app.db, id).await?;
    Ok(fila.ok_or(Error::NotFound("factura"))?)
}

/// What the customer is told: that an authority is still looking is no concern of his.
fn cliente_badge(marco: &Marco, estado: EstadoLista) -> Insignia {
    match estado {
        EstadoLista::Detenida | EstadoLista::Rechazada | EstadoLista::Enviando => {
            Insignia::aviso(marco.t("facturacion-publica-revisando"))
        }
        otro => badge(otro, &marco.textos),
    }
}

async fn issuer(app: &App, id: Uuid) -> Result<String, Problem> {
    let emisor =
        ramal_plataforma::emisor(&app.db, ramal_plataforma::EmisorId::from_uuid(id)).await?;
    Ok(emisor.nombre_comercial.unwrap_or(emisor.razon_social))
}

fn receiver(fila: &FacturaFila) -> String {
    let receptor = serde_json::from_str::<Receptor>(&fila.receptor).ok();
    receptor.map(|r| r.nombre).unwrap_or_default()
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
