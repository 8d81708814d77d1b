//! Registering the payment of an invoice, and sending it again. What they do is in the actions.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_plataforma::Vista;
use ramal_web::pagina::{Aviso, Opcion, page, redirect};
use ramal_web::{App, ClaveIdempotencia, Formulario, Marco, Problem, Ruta};

use super::comun::{amount, named, route, today};
use super::detalle::under;
use super::formas::{of_body, of_form};
use crate::actions::{DatosPago, Reenvio, pay_factura, reissue};
use crate::factura::FacturaFila;
use crate::permisos::{CobrarFacturas, EmitirFacturas};
use crate::textos::TEXTOS;
use crate::{Error, FacturaId};

#[derive(Template)]
#[template(path = "facturacion/pagar.html")]
struct Pagar {
    marco: Marco,
    f: Formulario,
    accion: String,
    idem: String,
    saldo: String,
    formas: Vec<Opcion>,
    volver: String,
}

/// Means that the form offers; the API takes the whole catalogue.
const FORMAS: [&str; 6] = ["03", "01", "04", "28", "02", "06"];

/// `GET /facturacion/facturas/{factura}/pagar`
pub async fn get_pagar(
    vista: Vista<CobrarFacturas>,
    State(app): State<App>,
    Ruta(nombre): Ruta<String>,
) -> Result<Response, Problem> {
    let fila = named(&app.db, &nombre).await?;
    if fila.estado != "emitida" {
        return Err(Error::Estado(state_word(&fila)).into());
    }
    let hoy = today(&app).await?.to_string();
    let form = Formulario::filled([("fecha", hoy.as_str()), ("forma_pago", "03")]);
    render(&vista, &fila, form)
}

fn state_word(fila: &FacturaFila) -> &'static str {
    match fila.estado.as_str() {
        "pagada" => "pagada",
        "anulada" => "anulada",
        _ => "en borrador",
    }
}

fn render(
    vista: &Vista<CobrarFacturas>,
    fila: &FacturaFila,
    f: Formulario,
) -> Result<Response, Problem> {
    let numero = fila.numero();
    let marco = vista.marco(&TEXTOS, "facturacion-pagar-titulo");
    let marco = under(marco, &numero).refused(&f);
    let forma = |c: &str| Opcion::new(c, marco.t(&format!("facturacion-forma-{c}")));
    let estado = if f.is_refused() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let p = Pagar {
        accion: format!("{}/pagar", route(&numero)),
        idem: vista.peticion().idem(),
        saldo: amount(&marco, fila.saldo(), &fila.moneda),
        formas: FORMAS.into_iter().map(forma).collect(),
        volver: route(&numero),
        f,
        marco,
    };
    page(estado, &p)
}

/// `POST /facturacion/facturas/{factura}/pagar`
pub async fn post_pagar(
    vista: Vista<CobrarFacturas>,
    State(app): State<App>,
    Ruta(nombre): Ruta<String>,
    form: Formulario,
) -> Result<Response, Problem> {
    let fila = named(&app.db, &nombre).await?;
    let datos: DatosPago = match form.parse() {
        Ok(datos) => datos,
        Err(problem) => return render(&vista, &fila, form.refused(&of_body(problem)?)),
    };
    let idem = ClaveIdempotencia::of_form(vista.peticion(), &form);
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    if let Err(error) = pay_factura(&tx, vista.cx(), fila.id, datos).await {
        tx.rollback().await?;
        return render(&vista, &fila, form.refused(&of_form(error)?));
    }
    let destino = route(&fila.numero());
    idem.remember_redirect(&tx, vista.cx(), &destino).await?;
    tx.commit().await?;
    let marco = vista.marco(&TEXTOS, "facturacion-pagar-titulo");
    let texto = marco.t1("facturacion-pagar-hecho", "numero", fila.numero());
    Ok(redirect(&app, &destino, &[Aviso::ok(texto)]))
}

/// `POST /facturacion/facturas/{factura}/reenviar`
pub async fn post_reenviar(
    vista: Vista<EmitirFacturas>,
    State(app): State<App>,
    Ruta(nombre): Ruta<String>,
    form: Formulario,
) -> Result<Response, Problem> {
    let fila = named(&app.db, &nombre).await?;
    let idem = ClaveIdempotencia::of_form(vista.peticion(), &form);
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let marco = vista.marco(&TEXTOS, "facturacion-facturas-titulo");
    // By its identifier: a refused invoice takes another number.
    let destino = route(&fila.id.to_string());
    let aviso = match reissue(&tx, vista.cx(), FacturaId::from_uuid(fila.id.uuid())).await {
        Ok(Reenvio::Nuevo) => Aviso::ok(marco.t("facturacion-reenviar-nuevo")),
        Ok(Reenvio::Mismo) => Aviso::ok(marco.t("facturacion-reenviar-mismo")),
        Ok(Reenvio::Sellado) => Aviso::info(marco.t("facturacion-reenviar-sellado")),
        Err(error) => {
            tx.rollback().await?;
            let problema = of_form(error)?;
            return Ok(redirect(&app, &destino, &[Aviso::mal(problema.detalle)]));
        }
    };
    idem.remember_redirect(&tx, vista.cx(), &destino).await?;
    tx.commit().await?;
    Ok(redirect(&app, &destino, &[aviso]))
}
