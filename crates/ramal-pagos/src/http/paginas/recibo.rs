//! The receipt of a payment: as a page that prints, and as a PDF for a roll of 80 mm or a sheet. It
//! changes nothing.

use askama::Template;
use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use ramal_base::Problema;
use ramal_pdf::{Impreso, Papel};
use ramal_plataforma::Vista;
use ramal_web::pagina::{Textos, page};
use ramal_web::{App, Filtros, Marco, Problem, Ruta};
use serde::Deserialize;

use super::comun::route;
use super::detalle::under;
use super::exportar::named as file;
use crate::http::api::pagos::named;
use crate::permisos::LeerPagos;
use crate::recibo::form;
use crate::textos::TEXTOS;

#[derive(Template)]
#[template(path = "pagos/recibo.html")]
struct ReciboImpreso {
    marco: Marco,
    i: Impreso,
    ticket: String,
    hoja: String,
}

/// `GET /facturacion/pagos/{pago}/recibo`
pub async fn recibo(
    vista: Vista<LeerPagos>,
    State(app): State<App>,
    Ruta(nombre): Ruta<String>,
) -> Result<Response, Problem> {
    let pago = named(&app.db, &nombre).await?;
    let marco = under(vista.marco(&TEXTOS, "pagos-recibo-titulo"), &pago);
    let i = form(&app.db, &pago, (&marco.textos, marco.formato())).await?;
    let marco = marco.titled(format!("{} {}", i.titulo, i.numero));
    let pdf = format!("{}/recibo.pdf", route(&pago));
    let p = ReciboImpreso {
        ticket: format!("{pdf}?papel=ticket"),
        hoja: format!("{pdf}?papel=a4"),
        marco,
        i,
    };
    page(StatusCode::OK, &p)
}

/// On which paper.
#[derive(Debug, Default, Deserialize)]
pub struct CualPapel {
    papel: Option<String>,
}

/// `GET /facturacion/pagos/{pago}/recibo.pdf`
pub async fn pdf(
    vista: Vista<LeerPagos>,
    State(app): State<App>,
    Ruta(nombre): Ruta<String>,
    Filtros(cual): Filtros<CualPapel>,
) -> Result<Response, Problem> {
    let papel = match cual.papel.as_deref() {
        None | Some("ticket") => Papel::Ticket80,
        Some("a4") => Papel::A4,
        Some("carta") => Papel::Carta,
        Some(_) => {
            let motivo = "El papel es ticket, a4 o carta.";
            return Err(Problem::campo("papel", "papel_desconocido", motivo));
        }
    };
    let pago = named(&app.db, &nombre).await?;
    let formato = &vista.peticion().navegante.formato;
    let textos = Textos::new(&TEXTOS, formato.pais);
    let i = form(&app.db, &pago, (&textos, formato)).await?;
    let bytes = ramal_pdf::render(&i, papel).map_err(|error| {
        tracing::error!(%error, "a receipt was not printed");
        Problem(Problema::interno())
    })?;
    let nombre = format!("recibo-{}.pdf", i.numero);
    Ok(file(Body::from(bytes).into_response(), "application/pdf", &nombre))
}
