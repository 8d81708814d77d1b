//! Downloads of an invoice: which exist, of what type and weight, and their bytes. It changes
//! nothing but the cache of printed forms.

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use ramal_db::{Consulta, Db, DbError, FromQueryResult, params};
use ramal_fiscal::storage::{Clase, bytes};
use ramal_fiscal::{ComprobanteId, Receptor, impreso, lotes};
use ramal_pdf::Papel;
use ramal_plataforma::Vista;
use ramal_web::{App, Filtros, Marco, Problem, Ruta};

use super::comun::{named, route};
use crate::Error;
use crate::factura::FacturaFila;
use crate::http::documentos::{PapelQuery, PapelView};
use crate::permisos::LeerFacturas;

/// A file that can be taken.
pub(super) struct Archivo {
    /// `PDF`, `XML`, `CDR`.
    pub(super) nombre: &'static str,
    /// What it is and how much it weighs.
    pub(super) detalle: String,
    /// Where it is.
    pub(super) ruta: String,
}

#[derive(FromQueryResult)]
struct Guardado {
    clase: String,
    peso_bytes: i64,
}

/// Files of an invoice, as they are now; none before its seal.
pub(super) async fn files_of(
    c: &impl Consulta,
    marco: &Marco,
    f: &FacturaFila,
) -> Result<Vec<Archivo>, DbError> {
    const SQL: &str = "SELECT clase, peso_bytes FROM documentos WHERE comprobante_id = $1";
    let Some(comprobante) = f.comprobante_id else { return Ok(Vec::new()) };
    let guardados: Vec<Guardado> = c.all(SQL, params![comprobante]).await?;
    let weight = |clases: &[&str]| {
        let de = |clase: &&str| guardados.iter().find(|g| g.clase.starts_with(*clase));
        clases.iter().find_map(de).map(|g| g.peso_bytes)
    };
    let hay_xml = weight(&["timbrado", "xml"]);
    if hay_xml.is_none() {
        return Ok(Vec::new());
    }
    let raiz = route(&f.numero());
    let archivo = |nombre: &'static str, clave: &str, peso: Option<i64>, sufijo: &str| Archivo {
        nombre,
        detalle: described(marco, clave, peso),
        ruta: format!("{raiz}/{sufijo}"),
    };
    let mut archivos = vec![
        archivo("PDF", "facturacion-archivo-pdf", weight(&["pdf-"]), "pdf"),
        archivo("XML", "facturacion-archivo-xml", hay_xml, "xml"),
    ];
    if let Some(peso) = weight(&["cdr"]) {
        archivos.push(archivo("CDR", "facturacion-archivo-cdr", Some(peso), "cdr"));
    } else if f.tipo == "03"
        && lotes::cdr_of(c, ComprobanteId::from_uuid(comprobante)).await?.is_some()
    {
        archivos.push(archivo("CDR", "facturacion-archivo-cdr", None, "cdr"));
    }
    if let Some(peso) = weight(&["acuse"]) {
        archivos.push(archivo("XML", "facturacion-archivo-acuse", Some(peso), "acuse"));
    }
    Ok(archivos)
}

fn described(marco: &Marco, clave: &str, peso: Option<i64>) -> String {
    let que = marco.t(clave);
    match peso {
        Some(peso) => {
            let kb = marco.formato().numero((peso + 1023) / 1024);
            format!("{que} · {}", marco.t1("facturacion-peso-kb", "n", kb))
        }
        None => que,
    }
}

/// `GET /facturacion/facturas/{factura}/pdf`
pub async fn pdf(
    vista: Vista<LeerFacturas>,
    State(app): State<App>,
    Ruta(nombre): Ruta<String>,
    Filtros(query): Filtros<PapelQuery>,
) -> Result<Response, Problem> {
    let fila = named(&app.db, &nombre).await?;
    let bytes = pdf_of(&app, vista.cx(), &fila, query.papel).await?;
    Ok(attached(bytes, &file_name(&fila, "pdf"), "application/pdf"))
}

/// `GET /facturacion/facturas/{factura}/{xml|cdr|acuse}`
pub async fn xml(
    _vista: Vista<LeerFacturas>,
    State(app): State<App>,
    Ruta(nombre): Ruta<String>,
) -> Result<Response, Problem> {
    let fila = named(&app.db, &nombre).await?;
    xml_of(&app, &fila).await
}

/// `GET /facturacion/facturas/{factura}/cdr`
pub async fn cdr(
    _vista: Vista<LeerFacturas>,
    State(app): State<App>,
    Ruta(nombre): Ruta<String>,
) -> Result<Response, Problem> {
    let fila = named(&app.db, &nombre).await?;
    let id = document(&fila, "cdr")?;
    let suyo = match bytes(&app.db, &app.objetos, id, Clase::Cdr).await? {
        Some(suyo) => Some(suyo),
        None => lotes::cdr_of(&app.db, id).await?,
    };
    let suyo = suyo.ok_or(Error::NotFound("cdr"))?;
    Ok(attached(suyo, &file_name(&fila, "zip"), "application/zip"))
}

/// `GET /facturacion/facturas/{factura}/acuse`
pub async fn acuse(
    _vista: Vista<LeerFacturas>,
    State(app): State<App>,
    Ruta(nombre): Ruta<String>,
) -> Result<Response, Problem> {
    let fila = named(&app.db, &nombre).await?;
    let id = document(&fila, "acuse")?;
    let suyo = bytes(&app.db, &app.objetos, id, Clase::Acuse).await?;
    let suyo = suyo.ok_or(Error::NotFound("acuse"))?;
    Ok(attached(suyo, &file_name(&fila, "acuse.xml"), "application/xml"))
}

/// The XML of an invoice as an attachment: stamped if it is, or signed.
pub(super) async fn xml_of(app: &App, fila: &FacturaFila) -> Result<Response, Problem> {
    let id = document(fila, "xml")?;
    for clase in [Clase::Timbrado, Clase::Xml] {
        if let Some(suyo) = bytes(&app.db, &app.objetos, id, clase).await? {
            return Ok(attached(suyo, &file_name(fila, "xml"), "application/xml"));
        }
    }
    Err(Error::NotFound("xml").into())
}

/// The printed form of an invoice.
pub(super) async fn pdf_of(
    app: &App,
    cx: &ramal_base::Cx,
    fila: &FacturaFila,
    papel: Option<PapelView>,
) -> Result<Vec<u8>, Problem> {
    let papel = match papel {
        Some(PapelView::Ticket) => Papel::Ticket80,
        Some(PapelView::Carta) => Papel::Carta,
        Some(PapelView::A4) => Papel::A4,
        None if matches!(fila.tipo.as_str(), "I" | "E") => Papel::Carta,
        None => Papel::A4,
    };
    let db: &Db = &app.db;
    let pdf = impreso::pdf(db, cx, &app.objetos, document(fila, "pdf")?, papel).await;
    Ok(pdf.map_err(Error::from)?)
}

fn document(fila: &FacturaFila, que: &'static str) -> Result<ComprobanteId, Problem> {
    let id = fila.comprobante_id.ok_or(Error::NotFound(que))?;
    Ok(ComprobanteId::from_uuid(id))
}

/// `F001-00000012_20601234567.pdf`: number and who receives it.
pub(super) fn file_name(fila: &FacturaFila, extension: &str) -> String {
    let limpio = |t: &str| t.chars().filter(char::is_ascii_alphanumeric).collect::<String>();
    let receptor = serde_json::from_str::<Receptor>(&fila.receptor).ok();
    let quien = receptor.map(|r| limpio(&r.numero)).unwrap_or_default();
    format!("{}-{:08}_{quien}.{extension}", limpio(&fila.serie), fila.folio)
}

/// Bytes to keep in a file, never to be shown as a page of ours.
pub(crate) fn attached(bytes: Vec<u8>, nombre: &str, tipo: &'static str) -> Response {
    let mut respuesta = ([(header::CONTENT_TYPE, tipo)], bytes).into_response();
    let valor = HeaderValue::from_str(&format!("attachment; filename=\"{nombre}\""));
    if let Ok(valor) = valor {
        respuesta.headers_mut().insert(header::CONTENT_DISPOSITION, valor);
    }
    respuesta
}
