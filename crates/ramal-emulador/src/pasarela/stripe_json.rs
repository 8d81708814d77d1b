//! Shapes of Stripe's API. Amounts are whole numbers. It decides nothing.

use ramal_base::Instante;
use serde_json::{Value, json};

use super::estado::{Cliente, Devolucion, Metodo, Pagina, Pago, Resultado, Situacion};
use super::registro::Registro;

/// Version that these shapes are of.
pub const VERSION: &str = "2026-10-28.endive";

/// How much of what belongs to an object goes inside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expandir {
    /// Ids.
    Nada,
    /// The charge.
    Cargo,
    /// The charge with its balance transaction.
    Asiento,
}

fn segundos(instante: Instante) -> i64 {
    instante.millis().div_euclid(1_000)
}

fn moneda(p: &Pago) -> String {
    p.datos.moneda.codigo().to_ascii_lowercase()
}

/// The part of the id that its charge and entries share.
fn cola(p: &Pago) -> &str {
    p.id.strip_prefix("pi_").unwrap_or(&p.id)
}

/// Id of the charge of a payment.
pub fn cargo_id(p: &Pago) -> String {
    format!("ch_{}", cola(p))
}

/// A PaymentIntent.
pub fn intencion(p: &Pago, expandir: Expandir) -> Value {
    let pagado = p.situacion == Situacion::Acreditado;
    let cargo = pagado.then(|| match expandir {
        Expandir::Nada => json!(cargo_id(p)),
        otro => cargo(p, otro),
    });
    json!({
        "id": p.id,
        "object": "payment_intent",
        "amount": p.datos.importe,
        "amount_received": if pagado { p.recibido } else { 0 },
        "cancellation_reason": null,
        "client_secret": format!("{}_secret_demo", p.id),
        "created": segundos(p.creado),
        "currency": moneda(p),
        "customer": p.cliente,
        "description": p.datos.concepto,
        "last_payment_error": error(p),
        "latest_charge": cargo,
        "livemode": false,
        "metadata": p.datos.metadatos,
        "next_action": accion(p),
        "on_behalf_of": null,
        "payment_method_types": [p.metodo.map_or("card", tipo)],
        "status": status(p),
    })
}

fn status(p: &Pago) -> &'static str {
    match p.situacion {
        Situacion::Pendiente if p.referencia.is_some() => "requires_action",
        Situacion::Pendiente | Situacion::Rechazado | Situacion::Vencido => {
            "requires_payment_method"
        }
        Situacion::EnProceso => "processing",
        Situacion::Acreditado => "succeeded",
        Situacion::Cancelado => "canceled",
    }
}

fn error(p: &Pago) -> Value {
    match p.situacion {
        Situacion::Rechazado => json!({
            "type": "card_error", "code": "card_declined", "decline_code": p.detalle,
            "message": "Your card was declined.",
        }),
        Situacion::Vencido => json!({
            "type": "invalid_request_error", "code": "payment_intent_payment_attempt_expired",
            "message": "The latest payment attempt has expired.",
        }),
        _ => Value::Null,
    }
}

fn accion(p: &Pago) -> Value {
    let (Situacion::Pendiente, Some(referencia)) = (p.situacion, &p.referencia) else {
        return Value::Null;
    };
    let ficha = format!("{}/referencia/{}", p.servidor, p.id);
    match p.metodo {
        Some(Metodo::Oxxo) => json!({
            "type": "oxxo_display_details",
            "oxxo_display_details": {
                "expires_after": p.datos.vence.map(segundos),
                "hosted_voucher_url": ficha,
                "number": referencia,
            },
        }),
        Some(Metodo::Spei) => json!({
            "type": "display_bank_transfer_instructions",
            "display_bank_transfer_instructions": {
                "amount_remaining": p.datos.importe,
                "currency": moneda(p),
                "financial_addresses": [{
                    "type": "spei",
                    "supported_networks": ["spei"],
                    "spei": {
                        "account_holder_name": "Comercio de demostración",
                        "bank_code": "646",
                        "bank_name": "STP",
                        "clabe": referencia,
                    },
                }],
                "hosted_instructions_url": ficha,
                "reference": cola(p).get(..12),
                "type": "mx_bank_transfer",
            },
        }),
        _ => Value::Null,
    }
}

/// A charge.
pub fn cargo(p: &Pago, expandir: Expandir) -> Value {
    let asiento = match expandir {
        Expandir::Asiento => json!({
            "id": format!("txn_{}", cola(p)),
            "object": "balance_transaction",
            "amount": p.recibido,
            "created": segundos(p.acreditado.unwrap_or(p.creado)),
            "currency": moneda(p),
            "fee": p.comision,
            "net": p.recibido - p.comision,
            "status": "available",
            "type": "charge",
        }),
        _ => json!(format!("txn_{}", cola(p))),
    };
    json!({
        "id": cargo_id(p),
        "object": "charge",
        "amount": p.recibido,
        "amount_captured": p.recibido,
        "amount_refunded": p.devuelto(),
        "balance_transaction": asiento,
        "captured": true,
        "created": segundos(p.acreditado.unwrap_or(p.creado)),
        "currency": moneda(p),
        "disputed": p.contracargo.is_some(),
        "livemode": false,
        "metadata": p.datos.metadatos,
        "paid": true,
        "payment_intent": p.id,
        "payment_method_details": { "type": p.metodo.map_or("card", tipo) },
        "refunded": p.devuelto() >= p.recibido,
        "status": "succeeded",
    })
}

/// A Checkout session.
pub fn sesion(r: &Registro, p: &Pagina) -> Value {
    let ultimo = p.pagos.last().and_then(|id| r.pago(id));
    let pagado = ultimo.is_some_and(|u| u.situacion == Situacion::Acreditado);
    let espera = ultimo.is_some_and(|u| u.situacion.is_abierta());
    let status = match (pagado || espera, p.cancelada || p.vencida) {
        (true, _) => "complete",
        (false, true) => "expired",
        (false, false) => "open",
    };
    json!({
        "id": p.id,
        "object": "checkout.session",
        "amount_total": p.datos.importe,
        "amount_subtotal": p.datos.importe,
        "cancel_url": p.retornos.fracaso,
        "client_reference_id": Some(&p.datos.externa).filter(|e| !e.is_empty()),
        "created": segundos(p.creada),
        "currency": p.datos.moneda.codigo().to_ascii_lowercase(),
        "expires_at": p.datos.vence.map(segundos),
        "livemode": false,
        "metadata": p.datos.metadatos,
        "mode": "payment",
        "payment_intent": ultimo.map(|u| &u.id),
        "payment_status": if pagado { "paid" } else { "unpaid" },
        "status": status,
        "success_url": p.retornos.exito,
        "url": (status == "open").then(|| format!("{}/pagar/{}", p.servidor, p.id)),
    })
}

/// A dispute.
pub fn disputa(p: &Pago) -> Value {
    let Some(c) = &p.contracargo else { return Value::Null };
    let status = match c.resultado {
        Resultado::Abierto => "needs_response",
        Resultado::Perdido => "lost",
        Resultado::Ganado => "won",
    };
    json!({
        "id": c.id,
        "object": "dispute",
        "amount": p.recibido,
        "charge": cargo_id(p),
        "created": segundos(c.creado),
        "currency": moneda(p),
        "livemode": false,
        "payment_intent": p.id,
        "reason": "fraudulent",
        "status": status,
    })
}

/// A refund.
pub fn devolucion(p: &Pago, d: &Devolucion) -> Value {
    json!({
        "id": d.id,
        "object": "refund",
        "amount": d.importe,
        "charge": cargo_id(p),
        "created": segundos(d.creada),
        "currency": moneda(p),
        "metadata": d.metadatos,
        "payment_intent": p.id,
        "reason": null,
        "status": "succeeded",
    })
}

/// A customer.
pub fn cliente(c: &Cliente) -> Value {
    json!({
        "id": c.id,
        "object": "customer",
        "created": segundos(c.creado),
        "email": c.correo,
        "livemode": false,
        "name": c.nombre,
    })
}

/// A list.
pub fn lista(url: &str, data: Vec<Value>, has_more: HayMas) -> Value {
    let has_more = has_more == HayMas::Si;
    json!({ "object": "list", "url": url, "has_more": has_more, "data": data })
}

/// Whether a list goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HayMas {
    /// It does.
    Si,
    /// It ends here.
    No,
}

/// Word of the vendor for a means.
fn tipo(metodo: Metodo) -> &'static str {
    match metodo {
        Metodo::Oxxo => "oxxo",
        Metodo::Spei => "customer_balance",
        _ => "card",
    }
}
