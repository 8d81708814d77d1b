//! The printed form as a page: the same neutral form that the PDF draws, field by field. It changes
//! nothing.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use qrcode::{Color, EcLevel, QrCode};
use ramal_fiscal::{ComprobanteId, impreso};
use ramal_pdf::{Impreso, NivelQr, QrImpreso};
use ramal_plataforma::Vista;
use ramal_web::pagina::page;
use ramal_web::{App, Marco, Problem, Ruta};

use super::comun::named;
use super::detalle::titled;
use crate::Error;
use crate::permisos::LeerFacturas;
use crate::textos::TEXTOS;

/// A QR code as the path of an SVG.
struct Qr {
    /// Modules of a side, with the quiet zone.
    lado: usize,
    /// One square per dark module.
    trazo: String,
}

#[derive(Template)]
#[template(path = "facturacion/imprimir.html")]
struct Imprimir {
    marco: Marco,
    i: Impreso,
    qr: Option<Qr>,
}

/// `GET /facturacion/facturas/{factura}/imprimir`
pub async fn imprimir(
    vista: Vista<LeerFacturas>,
    State(app): State<App>,
    Ruta(nombre): Ruta<String>,
) -> Result<Response, Problem> {
    let fila = named(&app.db, &nombre).await?;
    let id = fila.comprobante_id.ok_or(Error::NotFound("pdf"))?;
    let comprobante = ramal_fiscal::storage::by_id(&app.db, ComprobanteId::from_uuid(id)).await?;
    let comprobante = comprobante.ok_or(Error::NotFound("pdf"))?;
    let i = impreso::form(&app.db, &app.objetos, &comprobante).await.map_err(Error::from)?;
    let marco = vista.marco(&TEXTOS, "facturacion-factura-titulo");
    let p = Imprimir {
        marco: titled(marco, &fila.numero(), &fila.clase),
        qr: i.qr.as_ref().and_then(drawn),
        i,
    };
    page(StatusCode::OK, &p)
}

/// Modules around a code that stay white (ISO/IEC 18004).
const MARGEN: usize = 4;

fn drawn(qr: &QrImpreso) -> Option<Qr> {
    let nivel = match qr.nivel {
        NivelQr::M => EcLevel::M,
        NivelQr::Q => EcLevel::Q,
    };
    let codigo = QrCode::with_error_correction_level(qr.texto.as_bytes(), nivel).ok()?;
    let ancho = codigo.width();
    let oscuros = codigo.to_colors().into_iter().enumerate().filter(|(_, c)| *c == Color::Dark);
    let mut trazo = String::new();
    for (i, _) in oscuros {
        let (x, y) = (i % ancho + MARGEN, i / ancho + MARGEN);
        trazo.push_str(&format!("M{x} {y}h1v1h-1z"));
    }
    Some(Qr { lado: ancho + 2 * MARGEN, trazo })
}
