//! Mercado Pago's wire: payments and refunds. It holds no rule of money.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::{get, post};
use serde_json::json;

use super::Emulador;
use super::autenticar::{Fallo, Pedido, Respuesta};
use super::estado::{Comercio, Datos, Hilo, Metodo, Pago};
use super::mercadopago::{
    App, answer, bad, body, check_descriptor, date, metadata, payer, reference,
};
use super::mercadopago_json::{self as shapes, CambioPedido, DevolucionPedida, PagoPedido};
use super::operaciones::{Desenlace, Negativa, NuevoPago};
use super::registro::Registro;

/// Largest page of a search.
const MAX_PAGINA: usize = 100;

pub fn routes() -> Router<Arc<Emulador>> {
    Router::new()
        .route("/v1/payments", post(create))
        .route("/v1/payments/search", get(search))
        .route("/v1/payments/{id}", get(read).put(change))
        .route("/v1/payments/{id}/refunds", post(refund).get(list_refunds))
        // As the SDK writes it.
        .route("/v1/payments/{id}/refunds/", get(list_refunds))
}

async fn create(State(em): App, pedido: Pedido) -> Response {
    answer(em.write_mp(&pedido, |r, c| {
        let cuerpo: PagoPedido = body(&pedido)?;
        let token = cuerpo.token.clone();
        let nuevo = payment(cuerpo, c, em.servidor(&pedido))?;
        let desenlace = outcome(nuevo.metodo, token.as_deref())?;
        let pago = em.new_pago(r, nuevo)?;
        let pago = em.settle(r, &pago.id, desenlace)?;
        Ok(Respuesta::json(201, &shapes::pago(&pago)))
    }))
}

async fn read(State(em): App, Path(id): Path<String>, pedido: Pedido) -> Response {
    answer(
        em.read_mp(&pedido, |r, c| {
            Ok(Respuesta::json(200, &shapes::pago(&payment_of(r, c, &id)?)))
        }),
    )
}

#[derive(serde::Serialize)]
struct Hallados {
    paging: serde_json::Value,
    results: Vec<shapes::PagoJson>,
}

async fn search(State(em): App, pedido: Pedido) -> Response {
    answer(em.read_mp(&pedido, |r, c| {
        let externa = pedido.parametro("external_reference").filter(|e| !e.is_empty());
        let externa = externa.ok_or_else(|| bad("external_reference needed"))?;
        let numero = |nombre: &str, otro: usize| {
            pedido.parametro(nombre).and_then(|v| v.parse().ok()).unwrap_or(otro)
        };
        let (limite, desde) = (numero("limit", 30).clamp(1, MAX_PAGINA), numero("offset", 0));
        let todos = r.pagos_of(Hilo::Mercadopago, &c.cuenta, externa);
        let paging = json!({ "total": todos.len(), "limit": limite, "offset": desde });
        let results = todos.into_iter().skip(desde).take(limite).map(shapes::pago).collect();
        Ok(Respuesta::json(200, &Hallados { paging, results }))
    }))
}

async fn change(State(em): App, Path(id): Path<String>, pedido: Pedido) -> Response {
    answer(em.write_mp(&pedido, |r, c| {
        let cuerpo: CambioPedido = body(&pedido)?;
        payment_of(r, c, &id)?;
        if cuerpo.status != "cancelled" {
            return Err(bad("The action requested is not valid for the current payment state"));
        }
        let pago = em.cancel_pago(r, &id)?;
        Ok(Respuesta::json(200, &shapes::pago(&pago)))
    }))
}

async fn refund(State(em): App, Path(id): Path<String>, pedido: Pedido) -> Response {
    answer(em.write_mp(&pedido, |r, c| {
        let cuerpo: DevolucionPedida = body(&pedido)?;
        let pago = payment_of(r, c, &id)?;
        let queda = pago.recibido - pago.devuelto();
        let importe = cuerpo.amount.map_or(queda, |a| a.0);
        let (pago, hecha) = em.refund(r, &id, importe, Default::default())?;
        Ok(Respuesta::json(201, &shapes::devolucion(&pago, &hecha)))
    }))
}

async fn list_refunds(State(em): App, Path(id): Path<String>, pedido: Pedido) -> Response {
    answer(em.read_mp(&pedido, |r, c| {
        let pago = payment_of(r, c, &id)?;
        let lista: Vec<_> =
            pago.devoluciones.iter().map(|d| shapes::devolucion(&pago, d)).collect();
        Ok(Respuesta::json(200, &lista))
    }))
}

fn payment(cuerpo: PagoPedido, c: &Comercio, servidor: String) -> Result<NuevoPago, Fallo> {
    let metodo = shapes::method(&cuerpo.payment_method_id);
    let metodo = metodo.ok_or_else(|| bad("payment_method_id attribute invalid"))?;
    let moneda = c.monedas.first().copied().ok_or_else(|| bad("no currency"))?;
    let pagador = payer(cuerpo.payer)?;
    check_descriptor(cuerpo.statement_descriptor.as_deref())?;
    if !pagador.1.as_deref().is_some_and(|correo| correo.contains('@')) {
        return Err(bad("payer.email must be a valid email"));
    }
    if metodo == Metodo::Tarjeta && cuerpo.cuotas.is_none() {
        return Err(bad("installments attribute can't be null"));
    }
    Ok(NuevoPago {
        datos: Datos {
            hilo: Hilo::Mercadopago,
            cuenta: c.cuenta.clone(),
            externa: reference(cuerpo.external_reference)?,
            importe: cuerpo.transaction_amount.0,
            moneda,
            concepto: cuerpo.description.unwrap_or_else(|| "Pago".to_owned()),
            pagador,
            aviso: cuerpo.notification_url,
            vence: cuerpo.date_of_expiration.as_deref().map(date).transpose()?,
            metadatos: metadata(cuerpo.metadata),
        },
        pagina: None,
        metodo: Some(metodo),
        cliente: None,
        clabe: None,
        servidor,
    })
}

fn outcome(metodo: Option<Metodo>, token: Option<&str>) -> Result<Desenlace, Fallo> {
    let con_token = matches!(metodo, Some(Metodo::Tarjeta | Metodo::Yape));
    Ok(match (con_token, token) {
        (false, None) => Desenlace::Espera,
        (true, Some("tok_aprobada")) => Desenlace::Aprueba,
        (true, Some("tok_rechazada")) => Desenlace::Rechaza,
        (true, Some("tok_revision")) => Desenlace::Revisa,
        _ => return Err(bad("Card Token not found")),
    })
}

fn payment_of(r: &Registro, c: &Comercio, id: &str) -> Result<Pago, Fallo> {
    let suyo = r.pago(id).filter(|p| p.datos.hilo == c.hilo && p.datos.cuenta == c.cuenta);
    Ok(suyo.cloned().ok_or(Negativa::NoExiste)?)
}
