//! Notices: what is told of each change, in each vendor's words, and how the switches tamper with
//! them. It sends nothing.

use ramal_base::Instante;
use serde_json::{Value, json};

use super::estado::{Alteracion, Aviso, Hilo, Pagina, Pago};
use super::operaciones::Negativa;
use super::registro::Registro;
use super::{Emulador, stripe_json};

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Suceso {
    /// Made.
    Creado,
    /// Paid.
    Acreditado,
    /// Refused.
    Rechazado,
    /// Held.
    EnProceso,
    /// Ended by time.
    Vencido,
    /// Closed by the seller.
    Cancelado,
    /// Given back, in part or whole.
    Devuelto,
    /// Disputed.
    ContracargoAbierto,
    /// The dispute ended.
    ContracargoCerrado,
}

/// A notice to put.
struct Nuevo {
    objeto: String,
    tipo: String,
    url: String,
    firmado: Option<String>,
    cuerpo: Value,
}

impl Emulador {
    /// Puts the notices of a payment.
    pub fn tell_pago(&self, r: &mut Registro, p: &Pago, suceso: Suceso) -> Result<(), Negativa> {
        let nuevos = match p.datos.hilo {
            Hilo::Emulada => emulada(p, suceso, self.now()),
            Hilo::Mercadopago => mercadopago(p, suceso, self.now()),
            Hilo::Stripe => self.stripe(r, p, suceso),
        };
        self.put_all(r, p.datos.hilo, &p.datos.cuenta, nuevos)
    }

    /// Puts the notices of a page that ended without a payment.
    pub fn tell_pagina(
        &self,
        r: &mut Registro,
        p: &Pagina,
        suceso: Suceso,
    ) -> Result<(), Negativa> {
        let (hilo, cuenta) = (p.datos.hilo, p.datos.cuenta.clone());
        let nuevo = match hilo {
            // Mercado Pago says nothing of a preference.
            Hilo::Mercadopago => None,
            Hilo::Emulada => p.datos.aviso.clone().map(|url| {
                let que = if suceso == Suceso::Vencido { "vencido" } else { "cancelado" };
                let tipo = format!("cobro.{que}");
                let datos = json!({ "id": p.id, "externa": p.datos.externa });
                let cuerpo = json!({ "tipo": tipo, "momento": self.now(), "datos": datos });
                Nuevo { objeto: p.id.clone(), tipo, url, firmado: None, cuerpo }
            }),
            Hilo::Stripe => self.account(hilo, &cuenta).and_then(|c| c.aviso).map(|url| {
                let tipo = "checkout.session.expired".to_owned();
                let objeto = stripe_json::sesion(r, p);
                Nuevo { objeto: p.id.clone(), tipo, url, firmado: None, cuerpo: objeto }
            }),
        };
        self.put_all(r, hilo, &cuenta, nuevo.into_iter().collect())
    }

    fn stripe(&self, r: &Registro, p: &Pago, suceso: Suceso) -> Vec<Nuevo> {
        let comercio = self.account(Hilo::Stripe, &p.datos.cuenta);
        let Some(url) = comercio.and_then(|c| c.aviso) else { return Vec::new() };
        let nuevo = |tipo: &str, cuerpo: Value| Nuevo {
            objeto: p.id.clone(),
            tipo: tipo.to_owned(),
            url: url.clone(),
            firmado: None,
            cuerpo,
        };
        let intencion =
            |tipo: &str| nuevo(tipo, stripe_json::intencion(p, stripe_json::Expandir::Nada));
        let sesion = |que: &str| {
            let pagina = p.pagina.as_ref().and_then(|id| r.pagina(id))?;
            Some(nuevo(&format!("checkout.session.{que}"), stripe_json::sesion(r, pagina)))
        };
        let diferido = p.referencia.is_some();
        let (principal, de_sesion) = match suceso {
            // A session with a slip ends when the slip is given; its payment comes later.
            Suceso::Creado if diferido => {
                (intencion("payment_intent.requires_action"), sesion("completed"))
            }
            Suceso::Creado => (intencion("payment_intent.created"), None),
            Suceso::Acreditado if diferido => {
                (intencion("payment_intent.succeeded"), sesion("async_payment_succeeded"))
            }
            Suceso::Acreditado => (intencion("payment_intent.succeeded"), sesion("completed")),
            Suceso::Vencido => {
                (intencion("payment_intent.payment_failed"), sesion("async_payment_failed"))
            }
            Suceso::Rechazado => (intencion("payment_intent.payment_failed"), None),
            Suceso::EnProceso => (intencion("payment_intent.processing"), None),
            Suceso::Cancelado => (intencion("payment_intent.canceled"), None),
            Suceso::Devuelto => {
                let cargo = stripe_json::cargo(p, stripe_json::Expandir::Nada);
                (nuevo("charge.refunded", cargo), None)
            }
            Suceso::ContracargoAbierto => {
                (nuevo("charge.dispute.created", stripe_json::disputa(p)), None)
            }
            Suceso::ContracargoCerrado => {
                (nuevo("charge.dispute.closed", stripe_json::disputa(p)), None)
            }
        };
        std::iter::once(principal).chain(de_sesion).collect()
    }

    fn put_all(
        &self,
        r: &mut Registro,
        hilo: Hilo,
        cuenta: &str,
        nuevos: Vec<Nuevo>,
    ) -> Result<(), Negativa> {
        for nuevo in nuevos {
            self.put(r, hilo, cuenta, nuevo)?;
        }
        self.timbre.notify_one();
        Ok(())
    }

    /// Puts one notice, and what the switches add to it.
    fn put(
        &self,
        r: &mut Registro,
        hilo: Hilo,
        cuenta: &str,
        nuevo: Nuevo,
    ) -> Result<(), Negativa> {
        let (numero, azar) = r.next()?;
        let evento = match hilo {
            Hilo::Emulada => format!("msg_{azar}"),
            Hilo::Mercadopago => (110_000_000_000 + numero).to_string(),
            Hilo::Stripe => format!("evt_{azar}"),
        };
        let honesto = Aviso {
            id: String::new(),
            cuerpo: envelope(hilo, &evento, cuenta, &nuevo, self.now()),
            evento,
            hilo,
            cuenta: cuenta.to_owned(),
            objeto: nuevo.objeto,
            tipo: nuevo.tipo,
            url: nuevo.url,
            firmado: nuevo.firmado,
            creado: self.now(),
            alteracion: Alteracion::Ninguna,
            intentos: Vec::new(),
            proximo: None,
        };
        let c = &self.conmutadores;
        let perdido = c.fires(|f| &mut f.perder);
        let principal = if perdido { Alteracion::Perdido } else { Alteracion::Ninguna };
        self.queue(r, &honesto, principal)?;
        for _ in 0..if perdido { 0 } else { c.copies() } {
            self.queue(r, &honesto, Alteracion::Ninguna)?;
        }
        if c.fires(|f| &mut f.falsificar) {
            self.queue(r, &forged(&honesto, &azar), Alteracion::Falsificado)?;
        }
        if c.fires(|f| &mut f.vencer) {
            self.queue(r, &honesto, Alteracion::Vencido)?;
        }
        if hilo == Hilo::Mercadopago && c.fires(|f| &mut f.sin_firma) {
            self.queue(r, &legacy(&honesto), Alteracion::SinFirma)?;
        }
        Ok(())
    }

    fn queue(
        &self,
        r: &mut Registro,
        aviso: &Aviso,
        alteracion: Alteracion,
    ) -> Result<(), Negativa> {
        let (numero, azar) = r.next()?;
        let sale = (alteracion != Alteracion::Perdido)
            .then(|| aviso.creado.plus_millis(self.conmutadores.delay_ms()));
        // The number first: notices are attempted in the order of their making.
        let id = format!("av_{numero:012}_{}", &azar[..6]);
        r.put_aviso(Aviso { id, alteracion, proximo: sale, ..aviso.clone() })?;
        Ok(())
    }
}

/// A notice of an event of its own that says that money came.
fn forged(honesto: &Aviso, azar: &str) -> Aviso {
    let acredita = match honesto.hilo {
        Hilo::Emulada => honesto.cuerpo.replace(&honesto.tipo, "pago.acreditado"),
        Hilo::Stripe => honesto.cuerpo.replace(&honesto.tipo, "payment_intent.succeeded"),
        Hilo::Mercadopago => honesto.cuerpo.clone(),
    };
    let evento = format!("{}f{}", honesto.evento, &azar[..4]);
    Aviso { cuerpo: acredita.replace(&honesto.evento, &evento), evento, ..honesto.clone() }
}

/// `?topic=payment&id=…` without a signature.
fn legacy(honesto: &Aviso) -> Aviso {
    let base = honesto.url.split('?').next().unwrap_or_default();
    let url = format!("{base}?topic=payment&id={}", honesto.objeto);
    let cuerpo = json!({ "topic": "payment", "resource": honesto.objeto }).to_string();
    Aviso { url, cuerpo, ..honesto.clone() }
}

fn envelope(hilo: Hilo, evento: &str, cuenta: &str, nuevo: &Nuevo, ahora: Instante) -> String {
    match hilo {
        Hilo::Emulada => nuevo.cuerpo.to_string(),
        Hilo::Mercadopago => {
            let mut cuerpo = nuevo.cuerpo.clone();
            cuerpo["id"] = evento.parse::<u64>().map_or(Value::Null, Value::from);
            cuerpo["user_id"] = json!(cuenta);
            cuerpo.to_string()
        }
        Hilo::Stripe => json!({
            "id": evento,
            "object": "event",
            "api_version": stripe_json::VERSION,
            "created": ahora.millis().div_euclid(1_000),
            "data": { "object": nuevo.cuerpo },
            "livemode": false,
            "pending_webhooks": 1,
            "request": { "id": null, "idempotency_key": null },
            "type": nuevo.tipo,
        })
        .to_string(),
    }
}

fn emulada(p: &Pago, suceso: Suceso, ahora: Instante) -> Vec<Nuevo> {
    let Some(url) = p.datos.aviso.clone() else { return Vec::new() };
    let tipo = match suceso {
        Suceso::Creado => "pago.creado",
        Suceso::Acreditado => "pago.acreditado",
        Suceso::Rechazado => "pago.rechazado",
        Suceso::EnProceso => "pago.en_proceso",
        Suceso::Vencido => "pago.vencido",
        Suceso::Cancelado => "pago.cancelado",
        Suceso::Devuelto => "devolucion.hecha",
        Suceso::ContracargoAbierto => "contracargo.abierto",
        Suceso::ContracargoCerrado => "contracargo.cerrado",
    };
    let disputa = p.contracargo.as_ref().filter(|_| tipo.starts_with("contracargo"));
    let id = disputa.map_or(&p.id, |c| &c.id);
    let cuerpo = json!({
        "tipo": tipo,
        "momento": ahora,
        "datos": { "id": id, "pago": p.id, "externa": p.datos.externa, "cobro": p.pagina },
    });
    vec![Nuevo { objeto: p.id.clone(), tipo: tipo.into(), url, firmado: None, cuerpo }]
}

fn mercadopago(p: &Pago, suceso: Suceso, ahora: Instante) -> Vec<Nuevo> {
    let Some(base) = p.datos.aviso.clone() else { return Vec::new() };
    let disputa = match suceso {
        Suceso::ContracargoAbierto | Suceso::ContracargoCerrado => p.contracargo.as_ref(),
        _ => None,
    };
    let (tipo, id) = match disputa {
        Some(c) => ("topic_chargebacks_wh", &c.id),
        None => ("payment", &p.id),
    };
    let creado = matches!(suceso, Suceso::Creado | Suceso::ContracargoAbierto);
    let accion = format!("{tipo}.{}", if creado { "created" } else { "updated" });
    let union = if base.contains('?') { '&' } else { '?' };
    let cuerpo = json!({
        "action": accion,
        "api_version": "v1",
        "data": { "id": id },
        "date_created": ahora,
        "live_mode": false,
        "type": tipo,
    });
    vec![Nuevo {
        objeto: p.id.clone(),
        tipo: accion,
        url: format!("{base}{union}data.id={id}&type={tipo}"),
        firmado: Some(id.clone()),
        cuerpo,
    }]
}
