//! Stripe's wire: what is read, one by one, in lists and by search. It changes nothing.

use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::{Value, json};

use super::Emulador;
use super::autenticar::{Fallo, Pedido, Respuesta};
use super::estado::{Comercio, Hilo, Pagina, Pago};
use super::operaciones::Negativa;
use super::registro::Registro;
use super::stripe::{App, answer, check_version, shown};
use super::stripe_forma::{Forma, invalid};
use super::stripe_json::{self as shapes, Expandir, HayMas};

pub async fn session(State(em): App, Path(id): Path<String>, pedido: Pedido) -> Response {
    answer(em.read_stripe(&pedido, |r, c, mut f| {
        f.list("expand");
        f.end()?;
        let pagina = page_of(r, c, &id)?;
        Ok(Respuesta::json(200, &shapes::sesion(r, &pagina)))
    }))
}

pub async fn sessions(State(em): App, pedido: Pedido) -> Response {
    answer(em.read_stripe(&pedido, |r, c, mut f| {
        let tramo = Tramo::take(&mut f)?;
        f.end()?;
        let suyas = r.paginas().filter(|p| p.datos.hilo == Hilo::Stripe);
        let suyas = suyas.filter(|p| p.datos.cuenta == c.cuenta && tramo.is_desde(p.creada));
        let todas: Vec<&Pagina> = suyas.collect();
        let (parte, mas) = tramo.cut(&todas, |p| &p.id)?;
        let data = parte.iter().map(|p| shapes::sesion(r, p)).collect();
        Ok(Respuesta::json(200, &shapes::lista("/v1/checkout/sessions", data, mas)))
    }))
}

pub async fn intent(State(em): App, Path(id): Path<String>, pedido: Pedido) -> Response {
    answer(em.read_stripe(&pedido, |r, c, mut f| {
        let expandir = expansion(&mut f, "");
        f.end()?;
        Ok(Respuesta::json(200, &shown(&payment_of(r, c, &id)?, expandir)))
    }))
}

pub async fn intents(State(em): App, pedido: Pedido) -> Response {
    answer(em.read_stripe(&pedido, |r, c, mut f| {
        let expandir = expansion(&mut f, "data.");
        let tramo = Tramo::take(&mut f)?;
        f.end()?;
        let todos: Vec<&Pago> = own(r, c).filter(|p| tramo.is_desde(p.creado)).collect();
        let (parte, mas) = tramo.cut(&todos, |p| &p.id)?;
        let data = parte.iter().map(|p| shown(p, expandir)).collect();
        Ok(Respuesta::json(200, &shapes::lista("/v1/payment_intents", data, mas)))
    }))
}

/// `metadata['clave']:'valor'`, the only query emulated.
pub async fn search_intents(State(em): App, pedido: Pedido) -> Response {
    answer(em.read_stripe(&pedido, |r, c, mut f| {
        let expandir = expansion(&mut f, "data.");
        let consulta = f.need("query")?.replace('"', "'");
        f.integer("limit")?;
        f.take("page");
        f.end()?;
        let resto = consulta.strip_prefix("metadata['");
        let partes = resto.and_then(|t| t.strip_suffix('\'')?.split_once("']:'"));
        let (clave, valor) = partes.ok_or_else(|| invalid("query", "not understood"))?;
        let suyo = |p: &&Pago| p.datos.metadatos.get(clave).is_some_and(|v| v == valor);
        let data: Vec<Value> = own(r, c).filter(suyo).map(|p| shown(p, expandir)).collect();
        Ok(Respuesta::json(
            200,
            &json!({
                "object": "search_result", "url": "/v1/payment_intents/search",
                "has_more": false, "next_page": null, "data": data,
            }),
        ))
    }))
}

pub async fn customer(State(em): App, Path(id): Path<String>, pedido: Pedido) -> Response {
    answer(em.read_stripe(&pedido, |r, c, _| {
        let suyo = r.cliente(&id).filter(|k| k.cuenta == c.cuenta).ok_or(Negativa::NoExiste)?;
        Ok(Respuesta::json(200, &shapes::cliente(suyo)))
    }))
}

pub async fn charge(State(em): App, Path(id): Path<String>, pedido: Pedido) -> Response {
    answer(em.read_stripe(&pedido, |r, c, _| {
        let pago = payment_of_charge(r, c, &id)?;
        Ok(Respuesta::json(200, &shapes::cargo(&pago, Expandir::Cargo)))
    }))
}

pub async fn refund(State(em): App, Path(id): Path<String>, pedido: Pedido) -> Response {
    answer(em.read_stripe(&pedido, |r, c, _| {
        let todas = own(r, c).flat_map(|p| p.devoluciones.iter().map(move |d| (p, d)));
        let (pago, suya) = todas.into_iter().find(|(_, d)| d.id == id).ok_or(Negativa::NoExiste)?;
        Ok(Respuesta::json(200, &shapes::devolucion(pago, suya)))
    }))
}

pub async fn refunds(State(em): App, pedido: Pedido) -> Response {
    answer(em.read_stripe(&pedido, |r, c, mut f| {
        let id = f.need("payment_intent")?;
        f.integer("limit")?;
        f.end()?;
        let pago = payment_of(r, c, &id)?;
        let data = pago.devoluciones.iter().rev().map(|d| shapes::devolucion(&pago, d)).collect();
        Ok(Respuesta::json(200, &shapes::lista("/v1/refunds", data, HayMas::No)))
    }))
}

pub async fn dispute(State(em): App, Path(id): Path<String>, pedido: Pedido) -> Response {
    answer(em.read_stripe(&pedido, |r, c, _| {
        let suya = |p: &&Pago| p.contracargo.as_ref().is_some_and(|k| k.id == id);
        let pago = own(r, c).find(suya).ok_or(Negativa::NoExiste)?;
        Ok(Respuesta::json(200, &shapes::disputa(pago)))
    }))
}

pub async fn disputes(State(em): App, pedido: Pedido) -> Response {
    answer(em.read_stripe(&pedido, |r, c, mut f| {
        let id = f.need("payment_intent")?;
        f.integer("limit")?;
        f.end()?;
        let pago = payment_of(r, c, &id)?;
        let data = pago.contracargo.iter().map(|_| shapes::disputa(&pago)).collect();
        Ok(Respuesta::json(200, &shapes::lista("/v1/disputes", data, HayMas::No)))
    }))
}

pub async fn account(State(em): App, pedido: Pedido) -> Response {
    answer(em.read_stripe(&pedido, |_, c, _| {
        let json = json!({ "id": c.cuenta, "object": "account", "charges_enabled": true });
        Ok(Respuesta::json(200, &json))
    }))
}

impl Emulador {
    fn read_stripe(
        &self,
        pedido: &Pedido,
        op: impl FnOnce(&Registro, &Comercio, Forma) -> Result<Respuesta, Fallo>,
    ) -> Result<Respuesta, Fallo> {
        let comercio = self.authenticate(Hilo::Stripe, pedido)?;
        check_version(pedido)?;
        let forma = Forma::of_pairs(pedido.consulta.clone())?;
        op(&self.state(), &comercio, forma)
    }
}

/// Part of a list: `limit`, `starting_after`, `created[gte]`.
struct Tramo {
    limite: usize,
    tras: Option<String>,
    desde_s: i64,
}

impl Tramo {
    fn take(f: &mut Forma) -> Result<Tramo, Fallo> {
        let limite = f.integer("limit")?.unwrap_or(10);
        let limite = usize::try_from(limite).ok().filter(|l| (1..=100).contains(l));
        Ok(Tramo {
            limite: limite.ok_or_else(|| invalid("limit", "from 1 to 100"))?,
            tras: f.take("starting_after"),
            desde_s: f.integer("created[gte]")?.unwrap_or(0),
        })
    }

    fn is_desde(&self, creado: ramal_base::Instante) -> bool {
        creado.millis().div_euclid(1_000) >= self.desde_s
    }

    fn cut<'a, T>(
        &self,
        todos: &'a [&'a T],
        id: impl Fn(&T) -> &str,
    ) -> Result<(&'a [&'a T], HayMas), Fallo> {
        let desde = match &self.tras {
            None => 0,
            Some(tras) => {
                let lugar = todos.iter().position(|o| id(o) == tras);
                lugar.ok_or_else(|| invalid("starting_after", "no such object"))? + 1
            }
        };
        let hasta = (desde + self.limite).min(todos.len());
        let mas = if hasta < todos.len() { HayMas::Si } else { HayMas::No };
        Ok((todos.get(desde..hasta).unwrap_or_default(), mas))
    }
}

fn expansion(f: &mut Forma, prefijo: &str) -> Expandir {
    let pedidas = f.list("expand");
    let pide = |que: &str| pedidas.iter().any(|p| *p == format!("{prefijo}{que}"));
    match (pide("latest_charge.balance_transaction"), pide("latest_charge")) {
        (true, _) => Expandir::Asiento,
        (false, true) => Expandir::Cargo,
        (false, false) => Expandir::Nada,
    }
}

fn own<'a>(r: &'a Registro, c: &'a Comercio) -> impl Iterator<Item = &'a Pago> {
    r.pagos().filter(|p| p.datos.hilo == Hilo::Stripe && p.datos.cuenta == c.cuenta)
}

pub fn page_of(r: &Registro, c: &Comercio, id: &str) -> Result<Pagina, Fallo> {
    let suya = r.pagina(id).filter(|p| p.datos.hilo == c.hilo && p.datos.cuenta == c.cuenta);
    Ok(suya.cloned().ok_or(Negativa::NoExiste)?)
}

pub fn payment_of(r: &Registro, c: &Comercio, id: &str) -> Result<Pago, Fallo> {
    let suyo = r.pago(id).filter(|p| p.datos.hilo == c.hilo && p.datos.cuenta == c.cuenta);
    Ok(suyo.cloned().ok_or(Negativa::NoExiste)?)
}

pub fn payment_of_charge(r: &Registro, c: &Comercio, cargo: &str) -> Result<Pago, Fallo> {
    let cola = cargo.strip_prefix("ch_").ok_or(Negativa::NoExiste)?;
    payment_of(r, c, &format!("pi_{cola}"))
}
