//! Forms that Stripe's API takes: `a[b][c]=valor`, amounts in minor units. It calls nobody.

use std::fmt::Display;

use ramal_base::Instante;

use crate::cobro::{PedidoCobro, PedidoDevolucion};

/// Fields in order.
pub(crate) type Campos = Vec<(String, String)>;

/// Limits of the end of a page, s from now.
const PAGINA_MIN_S: i64 = 30 * 60;
const PAGINA_MAX_S: i64 = 86_400;
/// Limits of a slip of OXXO, days.
const OXXO_DIAS: (i64, i64) = (1, 7);

pub(crate) fn campo(nombre: &str, valor: impl Display) -> (String, String) {
    (nombre.to_owned(), valor.to_string())
}

/// `POST /v1/checkout/sessions`.
///
/// An end outside what the vendor takes is left out: its own is one day.
pub(crate) fn sesion(p: &PedidoCobro, ahora_s: i64) -> Campos {
    let precio = "line_items[0][price_data]";
    let mut campos = vec![
        campo("mode", "payment"),
        campo("client_reference_id", &p.externa),
        campo("metadata[externa]", &p.externa),
        campo("payment_intent_data[metadata][externa]", &p.externa),
        campo("payment_intent_data[description]", &p.concepto),
        campo("line_items[0][quantity]", 1),
        campo(&format!("{precio}[currency]"), currency(p)),
        campo(&format!("{precio}[unit_amount]"), p.importe),
        campo(&format!("{precio}[product_data][name]"), &p.concepto),
        campo("success_url", &p.retorno),
        campo("cancel_url", &p.retorno),
    ];
    campos.extend(p.pagador.email.as_ref().map(|e| campo("customer_email", e)));
    let faltan = |v: &i64| (PAGINA_MIN_S..=PAGINA_MAX_S).contains(&(v - ahora_s));
    campos.extend(p.vence.map(segundos).filter(faltan).map(|v| campo("expires_at", v)));
    campos
}

/// Fields of any `POST /v1/payment_intents`.
fn intencion(p: &PedidoCobro, tipo: &str) -> Campos {
    vec![
        campo("amount", p.importe),
        campo("currency", currency(p)),
        campo("description", &p.concepto),
        campo("metadata[externa]", &p.externa),
        campo("payment_method_types[0]", tipo),
        campo("confirm", true),
    ]
}

/// Slip to pay at a shop.
pub(crate) fn oxxo(p: &PedidoCobro, ahora_s: i64) -> Campos {
    let mut campos = intencion(p, "oxxo");
    campos.push(campo("payment_method_data[type]", "oxxo"));
    let datos = "payment_method_data[billing_details]";
    campos.push(campo(&format!("{datos}[name]"), &p.pagador.nombre));
    campos.extend(p.pagador.email.as_ref().map(|e| campo(&format!("{datos}[email]"), e)));
    campos.extend(p.vence.map(|v| {
        let dias = (segundos(v) - ahora_s).div_euclid(86_400).clamp(OXXO_DIAS.0, OXXO_DIAS.1);
        campo("payment_method_options[oxxo][expires_after_days]", dias)
    }));
    campos
}

/// Transfer to a CLABE of the customer.
pub(crate) fn spei(p: &PedidoCobro, cliente: &str) -> Campos {
    let opciones = "payment_method_options[customer_balance]";
    let mut campos = intencion(p, "customer_balance");
    campos.extend([
        campo("customer", cliente),
        campo("payment_method_data[type]", "customer_balance"),
        campo(&format!("{opciones}[funding_type]"), "bank_transfer"),
        campo(&format!("{opciones}[bank_transfer][type]"), "mx_bank_transfer"),
    ]);
    campos
}

/// Card, by the `pm_…` that the browser made.
pub(crate) fn tarjeta(p: &PedidoCobro) -> Campos {
    let mut campos = intencion(p, "card");
    campos.extend(p.token.as_ref().map(|t| campo("payment_method", t.expose())));
    campos.push(campo("return_url", &p.retorno));
    campos
}

/// `POST /v1/customers`.
pub(crate) fn cliente(p: &PedidoCobro) -> Campos {
    let mut campos = vec![campo("name", &p.pagador.nombre), campo("metadata[externa]", &p.externa)];
    campos.extend(p.pagador.email.as_ref().map(|e| campo("email", e)));
    campos
}

/// `POST /v1/refunds`.
pub(crate) fn devolucion(p: &PedidoDevolucion) -> Campos {
    vec![
        campo("payment_intent", &p.referencia),
        campo("amount", p.importe),
        campo("metadata[clave]", &p.clave),
    ]
}

fn currency(p: &PedidoCobro) -> String {
    p.moneda.codigo().to_ascii_lowercase()
}

fn segundos(instante: Instante) -> i64 {
    instante.millis().div_euclid(1_000)
}
