//! Stripe's wire: what is written. Forms in, JSON out. It holds no rule of money.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use ramal_base::{Instante, Moneda};
use serde_json::json;

use super::Emulador;
use super::autenticar::{Escritura, Fallo, Pedido, Respuesta, is_direccion};
use super::estado::{Comercio, Datos, Hilo, Metodo, Pago, Retornos};
use super::operaciones::{Desenlace, Negativa, NuevaPagina, NuevoPago};
use super::registro::Registro;
use super::stripe_forma::{Forma, invalid};
use super::stripe_json::{self as shapes, Expandir};
use super::stripe_listas as lists;

pub type App = State<Arc<Emulador>>;

/// Life of a session, s: the shortest, and the longest which is also the default.
const SESION_S: (i64, i64) = (1_800, 86_400);
/// One day, ms.
const DIA_MS: i64 = 86_400_000;

/// Routes of the wire.
pub fn routes() -> Router<Arc<Emulador>> {
    Router::new()
        .route("/v1/checkout/sessions", post(create_session).get(lists::sessions))
        .route("/v1/checkout/sessions/{id}", get(lists::session))
        .route("/v1/checkout/sessions/{id}/expire", post(expire_session))
        .route("/v1/payment_intents", post(create_intent).get(lists::intents))
        .route("/v1/payment_intents/search", get(lists::search_intents))
        .route("/v1/payment_intents/{id}", get(lists::intent))
        .route("/v1/payment_intents/{id}/cancel", post(cancel_intent))
        .route("/v1/customers", post(create_customer))
        .route("/v1/customers/{id}", get(lists::customer))
        .route("/v1/refunds", post(create_refund).get(lists::refunds))
        .route("/v1/refunds/{id}", get(lists::refund))
        .route("/v1/charges/{id}", get(lists::charge))
        .route("/v1/disputes", get(lists::disputes))
        .route("/v1/disputes/{id}", get(lists::dispute))
        .route("/v1/account", get(lists::account))
}

async fn create_session(State(em): App, pedido: Pedido) -> Response {
    answer(em.write_stripe(&pedido, |r, c, mut f| {
        let nueva = session(&em, &mut f, c, em.servidor(&pedido))?;
        f.end()?;
        let pagina = em.new_pagina(r, nueva)?;
        Ok(Respuesta::json(200, &shapes::sesion(r, &pagina)))
    }))
}

async fn expire_session(State(em): App, Path(id): Path<String>, pedido: Pedido) -> Response {
    answer(em.write_stripe(&pedido, |r, c, f| {
        f.end()?;
        lists::page_of(r, c, &id)?;
        let pagina = em.cancel_pagina(r, &id)?;
        Ok(Respuesta::json(200, &shapes::sesion(r, &pagina)))
    }))
}

async fn create_intent(State(em): App, pedido: Pedido) -> Response {
    answer(em.write_stripe(&pedido, |r, c, mut f| {
        let (nuevo, desenlace) = intent(&em, r, &mut f, c, em.servidor(&pedido))?;
        f.end()?;
        let pago = em.new_pago(r, nuevo)?;
        let pago = em.settle(r, &pago.id, desenlace)?;
        Ok(Respuesta::json(200, &shapes::intencion(&pago, Expandir::Nada)))
    }))
}

async fn cancel_intent(State(em): App, Path(id): Path<String>, pedido: Pedido) -> Response {
    answer(em.write_stripe(&pedido, |r, c, mut f| {
        f.take("cancellation_reason");
        f.end()?;
        lists::payment_of(r, c, &id)?;
        let pago = em.cancel_pago(r, &id)?;
        Ok(Respuesta::json(200, &shapes::intencion(&pago, Expandir::Nada)))
    }))
}

async fn create_customer(State(em): App, pedido: Pedido) -> Response {
    answer(em.write_stripe(&pedido, |r, c, mut f| {
        let nombre = f.take("name").unwrap_or_default();
        let correo = f.take("email");
        f.map("metadata");
        f.end()?;
        let cliente = em.new_cliente(r, &c.cuenta, &nombre, correo)?;
        Ok(Respuesta::json(200, &shapes::cliente(&cliente)))
    }))
}

async fn create_refund(State(em): App, pedido: Pedido) -> Response {
    answer(em.write_stripe(&pedido, |r, c, mut f| {
        let pago = match (f.take("payment_intent"), f.take("charge")) {
            (Some(id), None) => lists::payment_of(r, c, &id)?,
            (None, Some(cargo)) => lists::payment_of_charge(r, c, &cargo)?,
            _ => return Err(invalid("payment_intent", "give it or a charge")),
        };
        let queda = pago.recibido - pago.devuelto();
        let importe = f.integer("amount")?.unwrap_or(queda);
        let metadatos = f.map("metadata");
        f.take("reason");
        f.end()?;
        let (pago, hecha) = em.refund(r, &pago.id, importe, metadatos)?;
        Ok(Respuesta::json(200, &shapes::devolucion(&pago, &hecha)))
    }))
}

fn session(
    em: &Emulador,
    f: &mut Forma,
    c: &Comercio,
    servidor: String,
) -> Result<NuevaPagina, Fallo> {
    if f.need("mode")? != "payment" {
        return Err(invalid("mode", "only payment is emulated"));
    }
    let (moneda, importe, concepto) = lines(f)?;
    let exito = f.need("success_url")?;
    let fracaso = f.take("cancel_url").unwrap_or_default();
    if !is_direccion(&exito) || (!fracaso.is_empty() && !is_direccion(&fracaso)) {
        return Err(invalid("success_url", "not a valid URL"));
    }
    let ahora = em.now();
    let ahora_s = ahora.millis().div_euclid(1_000);
    let fin = f.integer("expires_at")?.unwrap_or(ahora_s + SESION_S.1);
    if !(SESION_S.0..=SESION_S.1).contains(&(fin - ahora_s)) {
        return Err(invalid("expires_at", "must be between 30 minutes and 24 hours from now"));
    }
    f.list("payment_method_types");
    f.take("payment_intent_data[description]");
    f.take("locale");
    Ok(NuevaPagina {
        metadatos_pago: f.map("payment_intent_data[metadata]"),
        datos: Datos {
            hilo: Hilo::Stripe,
            cuenta: c.cuenta.clone(),
            externa: f.take("client_reference_id").unwrap_or_default(),
            importe,
            moneda,
            concepto,
            pagador: (String::new(), f.take("customer_email")),
            aviso: None,
            vence: Some(Instante::from_millis(fin * 1_000)),
            metadatos: f.map("metadata"),
        },
        metodo: None,
        retornos: Retornos { pendiente: exito.clone(), exito, fracaso },
        servidor,
    })
}

/// Sum of `line_items`, in one currency.
fn lines(f: &mut Forma) -> Result<(Moneda, i64, String), Fallo> {
    let (mut suma, mut moneda, mut concepto) = (0i64, None, None);
    for n in 0..20 {
        let base = format!("line_items[{n}]");
        let Some(cuantos) = f.integer(&format!("{base}[quantity]"))? else { break };
        let precio = format!("{base}[price_data]");
        let de = currency(&f.need(&format!("{precio}[currency]"))?)?;
        let unidad = f.integer(&format!("{precio}[unit_amount]"))?;
        let unidad = unidad.ok_or_else(|| invalid("unit_amount", "is missing"))?;
        let nombre = f.need(&format!("{precio}[product_data][name]"))?;
        if moneda.is_some_and(|m| m != de) || !(1..=9_999).contains(&cuantos) {
            return Err(invalid("line_items", "one currency, quantities from 1"));
        }
        let parte = unidad.checked_mul(cuantos).and_then(|p| suma.checked_add(p));
        suma = parte.ok_or_else(|| invalid("unit_amount", "too large"))?;
        (moneda, concepto) = (Some(de), concepto.or(Some(nombre)));
    }
    match (moneda, concepto) {
        (Some(moneda), Some(concepto)) => Ok((moneda, suma, concepto)),
        _ => Err(invalid("line_items", "is missing")),
    }
}

fn intent(
    em: &Emulador,
    r: &Registro,
    f: &mut Forma,
    c: &Comercio,
    servidor: String,
) -> Result<(NuevoPago, Desenlace), Fallo> {
    let importe = f.integer("amount")?.ok_or_else(|| invalid("amount", "is missing"))?;
    let moneda = currency(&f.need("currency")?)?;
    let metodo = match f.list("payment_method_types").as_slice() {
        [uno] => method(uno)?,
        _ => return Err(invalid("payment_method_types", "exactly one is emulated")),
    };
    if f.need("confirm")? != "true" {
        return Err(invalid("confirm", "only true is emulated"));
    }
    let metadatos = f.map("metadata");
    let concepto = f.take("description").unwrap_or_else(|| "Pago".to_owned());
    let mut nuevo = NuevoPago {
        datos: Datos {
            hilo: Hilo::Stripe,
            cuenta: c.cuenta.clone(),
            externa: metadatos.get("externa").cloned().unwrap_or_default(),
            importe,
            moneda,
            concepto,
            pagador: (String::new(), None),
            aviso: None,
            vence: None,
            metadatos,
        },
        pagina: None,
        metodo: Some(metodo),
        cliente: f.take("customer"),
        clabe: None,
        servidor,
    };
    let desenlace = match metodo {
        Metodo::Oxxo => oxxo(em, f, &mut nuevo)?,
        Metodo::Spei => spei(r, f, c, &mut nuevo)?,
        _ => card(f)?,
    };
    Ok((nuevo, desenlace))
}

fn oxxo(em: &Emulador, f: &mut Forma, nuevo: &mut NuevoPago) -> Result<Desenlace, Fallo> {
    if f.need("payment_method_data[type]")? != "oxxo" {
        return Err(invalid("payment_method_data[type]", "must be oxxo"));
    }
    let nombre = f.need("payment_method_data[billing_details][name]")?;
    let partes = nombre.split_whitespace().filter(|p| p.chars().count() >= 2).count();
    if partes < 2 {
        return Err(invalid("billing_details[name]", "first and last name of two letters or more"));
    }
    let correo = f.need("payment_method_data[billing_details][email]")?;
    let dias = f.integer("payment_method_options[oxxo][expires_after_days]")?.unwrap_or(3);
    if !(1..=7).contains(&dias) {
        return Err(invalid("expires_after_days", "from 1 to 7"));
    }
    nuevo.datos.pagador = (nombre, Some(correo));
    nuevo.datos.vence = Some(em.now().plus_millis(dias * DIA_MS));
    Ok(Desenlace::Espera)
}

fn spei(
    r: &Registro,
    f: &mut Forma,
    c: &Comercio,
    nuevo: &mut NuevoPago,
) -> Result<Desenlace, Fallo> {
    let opciones = "payment_method_options[customer_balance]";
    let dichos = [
        (f.need("payment_method_data[type]")?, "customer_balance"),
        (f.need(&format!("{opciones}[funding_type]"))?, "bank_transfer"),
        (f.need(&format!("{opciones}[bank_transfer][type]"))?, "mx_bank_transfer"),
    ];
    if let Some((dicho, _)) = dichos.iter().find(|(dicho, debido)| dicho != debido) {
        return Err(invalid(dicho, "is not what a bank transfer in Mexico takes"));
    }
    let cliente = nuevo.cliente.as_deref().and_then(|id| r.cliente(id));
    let cliente = cliente.filter(|k| k.cuenta == c.cuenta);
    let cliente = cliente.ok_or_else(|| invalid("customer", "is needed for a bank transfer"))?;
    nuevo.clabe = Some(cliente.clabe.clone());
    nuevo.datos.pagador = (cliente.nombre.clone(), cliente.correo.clone());
    Ok(Desenlace::Espera)
}

fn card(f: &mut Forma) -> Result<Desenlace, Fallo> {
    f.take("return_url");
    match f.need("payment_method")?.as_str() {
        "pm_card_visa" => Ok(Desenlace::Aprueba),
        "pm_card_processing" => Ok(Desenlace::Revisa),
        // The vendor answers 402 and keeps the payment; here it is kept as refused.
        "pm_card_chargeDeclinedInsufficientFunds" => Ok(Desenlace::Rechaza),
        otro => Err(invalid("payment_method", &format!("No such PaymentMethod: '{otro}'"))),
    }
}

fn currency(texto: &str) -> Result<Moneda, Fallo> {
    let minusculas = texto.bytes().all(|b| b.is_ascii_lowercase());
    let moneda = Moneda::parse(&texto.to_ascii_uppercase()).filter(|_| minusculas);
    moneda.ok_or_else(|| invalid("currency", texto))
}

fn method(tipo: &str) -> Result<Metodo, Fallo> {
    match tipo {
        "oxxo" => Ok(Metodo::Oxxo),
        "customer_balance" => Ok(Metodo::Spei),
        "card" => Ok(Metodo::Tarjeta),
        otro => Err(invalid("payment_method_types", otro)),
    }
}

impl Emulador {
    fn write_stripe(
        &self,
        pedido: &Pedido,
        op: impl FnOnce(&mut Registro, &Comercio, Forma) -> Result<Respuesta, Fallo>,
    ) -> Result<Respuesta, Fallo> {
        let comercio = self.authenticate(Hilo::Stripe, pedido)?;
        check_version(pedido)?;
        let tipo = pedido.cabecera("content-type").unwrap_or_default();
        if !pedido.cuerpo.is_empty() && !tipo.starts_with("application/x-www-form-urlencoded") {
            return Err(invalid("Content-Type", "must be application/x-www-form-urlencoded"));
        }
        let clave = pedido.cabecera("idempotency-key");
        if clave.is_some_and(|c| c.len() > 255) {
            return Err(Fallo::ClaveMala);
        }
        let forma = Forma::read(&pedido.cuerpo)?;
        let escritura = Escritura { pedido, comercio: &comercio, clave };
        self.once(&escritura, |r| op(r, &comercio, forma))
    }
}

/// `YYYY-MM-DD`, with the name of a release since 2024.
pub fn check_version(pedido: &Pedido) -> Result<(), Fallo> {
    let Some(version) = pedido.cabecera("stripe-version") else { return Ok(()) };
    let dia = version.split('.').next().unwrap_or_default();
    let bien = ramal_base::Fecha::parse(dia).is_ok();
    if bien { Ok(()) } else { Err(invalid("Stripe-Version", version)) }
}

pub fn answer(resultado: Result<Respuesta, Fallo>) -> Response {
    resultado.unwrap_or_else(refusal).into_response()
}

fn refusal(fallo: Fallo) -> Respuesta {
    let mala = "invalid_request_error";
    let (estado, tipo, codigo, mensaje) = match fallo {
        Fallo::SinCredenciales => (401, mala, "", "Invalid API Key provided".to_owned()),
        Fallo::ClaveMala => (400, mala, "", "Idempotency-Key is too long".to_owned()),
        Fallo::ClaveUsada => (
            400,
            "idempotency_error",
            "",
            "Keys for idempotent requests can only be used with the same parameters".to_owned(),
        ),
        Fallo::Negativa(Negativa::NoExiste) => {
            (404, mala, "resource_missing", "No such object".to_owned())
        }
        Fallo::Negativa(Negativa::Invalido(codigo, m)) => (400, mala, codigo, m),
        Fallo::Negativa(Negativa::Conflicto(codigo, m)) => (400, mala, codigo, m),
        Fallo::Negativa(Negativa::Disco(e)) => (500, "api_error", "", e.to_string()),
    };
    let codigo = Some(codigo).filter(|c| !c.is_empty());
    let error: BTreeMap<&str, Option<&str>> =
        [("type", Some(tipo)), ("code", codigo), ("message", Some(mensaje.as_str()))]
            .into_iter()
            .filter(|(_, v)| v.is_some())
            .collect();
    Respuesta::json(estado, &json!({ "error": error }))
}

/// What a list shows of a payment.
pub fn shown(p: &Pago, expandir: Expandir) -> serde_json::Value {
    shapes::intencion(p, expandir)
}
