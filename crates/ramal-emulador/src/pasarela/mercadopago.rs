//! Mercado Pago's wire: preferences, account, chargebacks and the settlement report. Payments are
//! in their own file.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use ramal_base::{Instante, Moneda};
use serde::Deserialize;
use serde_json::{Value, json};

use super::autenticar::{Escritura, Fallo, Pedido, Respuesta, is_direccion};
use super::estado::{Comercio, Datos, Hilo, Pagina, Pago, Resultado, Retornos};
use super::mercadopago_json::{self as shapes, ItemPedido, PagadorPedido, PreferenciaPedida};
use super::operaciones::{Negativa, NuevaPagina};
use super::registro::Registro;
use super::{Emulador, liquidacion, mercadopago_pagos};

pub type App = State<Arc<Emulador>>;

/// Routes of the wire.
pub fn routes() -> Router<Arc<Emulador>> {
    Router::new()
        .route("/checkout/preferences", post(create_preference))
        // As the SDK writes it.
        .route("/checkout/preferences/", post(create_preference))
        .route("/checkout/preferences/search", get(search_preferences))
        .route("/checkout/preferences/{id}", get(read_preference).put(close_preference))
        .route("/v1/chargebacks/{id}", get(read_chargeback))
        .route("/v1/account/settlement_report", get(settlement_report))
        .route("/users/me", get(me))
        .merge(mercadopago_pagos::routes())
}

async fn create_preference(State(em): App, pedido: Pedido) -> Response {
    answer(em.write_mp(&pedido, |r, c| {
        let cuerpo: PreferenciaPedida = body(&pedido)?;
        let pagina = em.new_pagina(r, page(cuerpo, c, em.servidor(&pedido))?)?;
        Ok(Respuesta::json(201, &shapes::preferencia(&pagina)))
    }))
}

async fn read_preference(State(em): App, Path(id): Path<String>, pedido: Pedido) -> Response {
    answer(em.read_mp(&pedido, |r, c| {
        Ok(Respuesta::json(200, &shapes::preferencia(&page_of(r, c, &id)?)))
    }))
}

async fn search_preferences(State(em): App, pedido: Pedido) -> Response {
    answer(em.read_mp(&pedido, |r, c| {
        let externa = pedido.parametro("external_reference").unwrap_or_default();
        let suyas = r.paginas_of(Hilo::Mercadopago, &c.cuenta, externa);
        let elements: Vec<Value> = suyas
            .iter()
            .map(|p| json!({ "id": p.id, "external_reference": p.datos.externa }))
            .collect();
        let total = elements.len();
        Ok(Respuesta::json(200, &json!({ "elements": elements, "total": total, "next_offset": 0 })))
    }))
}

/// Only its end can be changed, which is how a preference is closed.
async fn close_preference(State(em): App, Path(id): Path<String>, pedido: Pedido) -> Response {
    answer(em.write_mp(&pedido, |r, c| {
        let cuerpo: PreferenciaPedida = body(&pedido)?;
        let pagina = page_of(r, c, &id)?;
        let hasta = cuerpo.expiration_date_to.as_deref().map(date).transpose()?;
        if cuerpo.expires != Some(true) || cuerpo.items.is_some() {
            return Err(bad("only expires and expiration_date_to can be changed here"));
        }
        let vence = hasta.ok_or_else(|| bad("expiration_date_to is required"))?;
        let vencida = vence <= em.now();
        let datos = Datos { vence: Some(vence), ..pagina.datos.clone() };
        let cerrada = Pagina { datos, vencida, ..pagina };
        r.put_pagina(cerrada.clone()).map_err(Negativa::from)?;
        Ok(Respuesta::json(200, &shapes::preferencia(&cerrada)))
    }))
}

async fn read_chargeback(State(em): App, Path(id): Path<String>, pedido: Pedido) -> Response {
    answer(em.read_mp(&pedido, |r, c| {
        let suyo = |p: &&Pago| {
            p.datos.cuenta == c.cuenta && p.contracargo.as_ref().is_some_and(|k| k.id == id)
        };
        let pago = r.pagos().find(suyo).ok_or(Negativa::NoExiste)?;
        let ganado = pago.contracargo.as_ref().is_some_and(|k| k.resultado == Resultado::Ganado);
        let numero: u64 = pago.id.parse().unwrap_or(0);
        Ok(Respuesta::json(
            200,
            &json!({
                "id": id,
                "payment_id": numero,
                "payments": [{ "id": numero }],
                "currency": pago.datos.moneda.codigo(),
                "coverage_applied": ganado,
                "documentation_status": "not_supplied",
            }),
        ))
    }))
}

/// The report as a file. The vendor makes it apart and keeps it by name; the columns are its own.
async fn settlement_report(State(em): App, pedido: Pedido) -> Response {
    let leido = em.authenticate(Hilo::Mercadopago, &pedido).and_then(|c| {
        let r = em.state();
        Ok(liquidacion::csv(&liquidacion::rows(&r, &c, liquidacion::Rango::read(&pedido)?)))
    });
    match leido {
        Ok(texto) => liquidacion::csv_response(texto),
        Err(fallo) => refusal(fallo).into_response(),
    }
}

async fn me(State(em): App, pedido: Pedido) -> Response {
    answer(em.read_mp(&pedido, |_, c| {
        let numero: u64 = c.cuenta.parse().unwrap_or(0);
        let sitio = if c.monedas.contains(&Moneda::Pen) { "MPE" } else { "MLM" };
        Ok(Respuesta::json(
            200,
            &json!({
                "id": numero, "nickname": "COMERCIO-DEMO", "site_id": sitio,
            }),
        ))
    }))
}

impl Emulador {
    pub(super) fn read_mp(
        &self,
        pedido: &Pedido,
        op: impl FnOnce(&Registro, &Comercio) -> Result<Respuesta, Fallo>,
    ) -> Result<Respuesta, Fallo> {
        let comercio = self.authenticate(Hilo::Mercadopago, pedido)?;
        op(&self.state(), &comercio)
    }

    pub(super) fn write_mp(
        &self,
        pedido: &Pedido,
        op: impl FnOnce(&mut Registro, &Comercio) -> Result<Respuesta, Fallo>,
    ) -> Result<Respuesta, Fallo> {
        let comercio = self.authenticate(Hilo::Mercadopago, pedido)?;
        let clave = pedido.cabecera("x-idempotency-key").ok_or(Fallo::ClaveMala)?;
        let is_v4 = uuid::Uuid::parse_str(clave).is_ok_and(|u| u.get_version_num() == 4);
        if !is_v4 {
            return Err(Fallo::ClaveMala);
        }
        let escritura = Escritura { pedido, comercio: &comercio, clave: Some(clave) };
        self.once(&escritura, |r| op(r, &comercio))
    }
}

fn page(cuerpo: PreferenciaPedida, c: &Comercio, servidor: String) -> Result<NuevaPagina, Fallo> {
    let items = cuerpo.items.filter(|i| !i.is_empty()).ok_or_else(|| bad("items needed"))?;
    let moneda = currency(&items, c)?;
    let importe = total(&items)?;
    let atras = cuerpo.back_urls.unwrap_or_default();
    if cuerpo.auto_return.is_some() && atras.success.is_none() {
        return Err(bad("auto_return invalid. back_url.success must be defined"));
    }
    let direcciones = [&atras.success, &atras.pending, &atras.failure, &cuerpo.notification_url];
    if direcciones.into_iter().flatten().any(|d| !is_direccion(d)) {
        return Err(bad("back_urls and notification_url must be valid URLs"));
    }
    for fecha in [&cuerpo.expiration_date_from, &cuerpo.date_of_expiration].into_iter().flatten() {
        date(fecha)?;
    }
    check_descriptor(cuerpo.statement_descriptor.as_deref())?;
    let limite = cuerpo.expiration_date_to.filter(|_| cuerpo.expires == Some(true));
    Ok(NuevaPagina {
        datos: Datos {
            hilo: Hilo::Mercadopago,
            cuenta: c.cuenta.clone(),
            externa: reference(cuerpo.external_reference)?,
            importe,
            moneda,
            concepto: items.first().map(|i| i.title.clone()).unwrap_or_default(),
            pagador: payer(cuerpo.payer)?,
            aviso: cuerpo.notification_url,
            vence: limite.as_deref().map(date).transpose()?,
            metadatos: metadata(cuerpo.metadata),
        },
        metodo: None,
        retornos: Retornos {
            exito: atras.success.unwrap_or_default(),
            pendiente: atras.pending.unwrap_or_default(),
            fracaso: atras.failure.unwrap_or_default(),
        },
        metadatos_pago: BTreeMap::new(),
        servidor,
    })
}

fn currency(items: &[ItemPedido], c: &Comercio) -> Result<Moneda, Fallo> {
    let propia = c.monedas.first().copied().ok_or_else(|| bad("no currency"))?;
    let otra = |i: &ItemPedido| i.currency_id.as_deref().is_some_and(|m| m != propia.codigo());
    if items.iter().any(otra) {
        return Err(bad("currency_id invalid"));
    }
    Ok(propia)
}

fn total(items: &[ItemPedido]) -> Result<i64, Fallo> {
    items.iter().try_fold(0i64, |suma, item| {
        let cuantos = (1..=9_999).contains(&item.quantity).then_some(item.quantity);
        let cuantos = cuantos.ok_or_else(|| bad("quantity invalid"))?;
        item.unit_price
            .0
            .checked_mul(cuantos)
            .and_then(|parte| suma.checked_add(parte))
            .ok_or_else(|| bad("unit_price invalid"))
    })
}

/// At most 64 letters, digits, hyphens and underscores.
pub fn reference(externa: Option<String>) -> Result<String, Fallo> {
    let externa = externa.unwrap_or_default();
    let letra = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    match externa.len() <= 64 && externa.bytes().all(letra) {
        true => Ok(externa),
        false => Err(bad("external_reference invalid")),
    }
}

/// Name and e-mail. The document is checked and not kept.
pub fn payer(pagador: Option<PagadorPedido>) -> Result<(String, Option<String>), Fallo> {
    let p = pagador.unwrap_or_default();
    if p.identification.is_some_and(|i| i.tipo.is_empty() || i.number.is_empty()) {
        return Err(bad("Invalid user identification number"));
    }
    Ok((p.name.or(p.first_name).unwrap_or_default(), p.email))
}

/// What a card statement has room for.
pub fn check_descriptor(texto: Option<&str>) -> Result<(), Fallo> {
    match texto.is_none_or(|t| t.chars().count() <= 22) {
        true => Ok(()),
        false => Err(bad("statement_descriptor is too long")),
    }
}

/// Texts as they are; the rest as JSON.
pub fn metadata(pedidos: Option<BTreeMap<String, Value>>) -> BTreeMap<String, String> {
    let texto = |v: Value| v.as_str().map_or_else(|| v.to_string(), str::to_owned);
    pedidos.unwrap_or_default().into_iter().map(|(k, v)| (k, texto(v))).collect()
}

/// `yyyy-MM-dd'T'HH:mm:ss.SSSz` and nothing shorter: code 23 of the vendor.
pub fn date(texto: &str) -> Result<Instante, Fallo> {
    let con_milesimas = texto.get(19..20) == Some(".") && texto.len() == 29;
    let leida = Instante::parse(texto).ok().filter(|_| con_milesimas);
    leida.ok_or_else(|| bad("The following parameters must be valid date and format"))
}

fn page_of(r: &Registro, c: &Comercio, id: &str) -> Result<Pagina, Fallo> {
    let suya = r.pagina(id).filter(|p| p.datos.hilo == c.hilo && p.datos.cuenta == c.cuenta);
    Ok(suya.cloned().ok_or(Negativa::NoExiste)?)
}

/// Body as a type. An empty one is `{}`, as the vendor takes it for a whole refund.
pub fn body<T: for<'a> Deserialize<'a>>(pedido: &Pedido) -> Result<T, Fallo> {
    let json = pedido.cabecera("content-type").is_some_and(|t| t.starts_with("application/json"));
    if !json && !pedido.cuerpo.is_empty() {
        return Err(bad("Content-Type must be application/json"));
    }
    let crudo: &[u8] = if pedido.cuerpo.is_empty() { b"{}" } else { &pedido.cuerpo };
    serde_json::from_slice(crudo).map_err(|e| bad(&e.to_string()))
}

pub fn bad(mensaje: &str) -> Fallo {
    Negativa::Invalido("bad_request", mensaje.to_owned()).into()
}

pub fn answer(resultado: Result<Respuesta, Fallo>) -> Response {
    resultado.unwrap_or_else(refusal).into_response()
}

fn refusal(fallo: Fallo) -> Respuesta {
    let (estado, error, codigo, mensaje) = match fallo {
        Fallo::SinCredenciales => {
            (401, "unauthorized", "unauthorized", "invalid access token".to_owned())
        }
        Fallo::ClaveMala => {
            (400, "bad_request", "4292", "Header X-Idempotency-Key can't be null".to_owned())
        }
        Fallo::ClaveUsada => {
            (409, "conflict", "409", "X-Idempotency-Key was used with another body".to_owned())
        }
        Fallo::Negativa(Negativa::NoExiste) => {
            (404, "not_found", "2000", "Payment not found".to_owned())
        }
        Fallo::Negativa(Negativa::Invalido(codigo, m)) => (400, "bad_request", codigo, m),
        Fallo::Negativa(Negativa::Conflicto(codigo, m)) => (400, "bad_request", codigo, m),
        Fallo::Negativa(Negativa::Disco(e)) => (500, "internal_error", "500", e.to_string()),
    };
    Respuesta::json(
        estado,
        &json!({
            "message": mensaje,
            "error": error,
            "status": estado,
            "cause": [{ "code": codigo, "description": mensaje }],
        }),
    )
}
