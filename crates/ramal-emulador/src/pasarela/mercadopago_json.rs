//! Shapes of Mercado Pago's API as its documentation and SDK draw them. It decides nothing.

use std::collections::BTreeMap;

use ramal_base::{Instante, Moneda};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::estado::{Devolucion, Metodo, Pagina, Pago, Situacion};
use super::importes::Numero;

/// `POST` and `PUT /checkout/preferences`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PreferenciaPedida {
    #[serde(default)]
    pub items: Option<Vec<ItemPedido>>,
    #[serde(default)]
    pub external_reference: Option<String>,
    #[serde(default)]
    pub notification_url: Option<String>,
    #[serde(default)]
    pub back_urls: Option<Direcciones>,
    #[serde(default)]
    pub auto_return: Option<String>,
    #[serde(default)]
    pub payer: Option<PagadorPedido>,
    #[serde(default)]
    pub metadata: Option<BTreeMap<String, Value>>,
    #[serde(default)]
    pub expires: Option<bool>,
    #[serde(default)]
    pub expiration_date_from: Option<String>,
    #[serde(default)]
    pub expiration_date_to: Option<String>,
    #[serde(default)]
    pub date_of_expiration: Option<String>,
    #[serde(default)]
    pub statement_descriptor: Option<String>,
    #[serde(default, rename = "binary_mode")]
    _binary_mode: Option<bool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ItemPedido {
    #[serde(default, rename = "id")]
    _id: Option<String>,
    pub title: String,
    #[serde(default, rename = "description")]
    _description: Option<String>,
    pub quantity: i64,
    pub unit_price: Numero,
    #[serde(default)]
    pub currency_id: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Direcciones {
    pub success: Option<String>,
    pub pending: Option<String>,
    pub failure: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct PagadorPedido {
    pub name: Option<String>,
    pub first_name: Option<String>,
    pub email: Option<String>,
    pub identification: Option<IdentificacionPedida>,
}

#[derive(Deserialize)]
pub struct IdentificacionPedida {
    #[serde(rename = "type")]
    pub tipo: String,
    pub number: String,
}

/// `POST /v1/payments`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PagoPedido {
    pub transaction_amount: Numero,
    #[serde(default)]
    pub description: Option<String>,
    pub payment_method_id: String,
    #[serde(default)]
    pub external_reference: Option<String>,
    #[serde(default)]
    pub notification_url: Option<String>,
    #[serde(default)]
    pub payer: Option<PagadorPedido>,
    #[serde(default)]
    pub metadata: Option<BTreeMap<String, Value>>,
    #[serde(default)]
    pub date_of_expiration: Option<String>,
    #[serde(default)]
    pub token: Option<String>,
    #[serde(default, rename = "installments")]
    pub cuotas: Option<u32>,
    #[serde(default)]
    pub statement_descriptor: Option<String>,
}

/// `PUT /v1/payments/{id}`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CambioPedido {
    pub status: String,
}

/// `POST /v1/payments/{id}/refunds`.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DevolucionPedida {
    pub amount: Option<Numero>,
}

/// A payment.
#[derive(Serialize)]
pub struct PagoJson {
    id: u64,
    date_created: String,
    date_approved: Option<String>,
    date_last_updated: String,
    date_of_expiration: Option<String>,
    operation_type: &'static str,
    payment_method_id: &'static str,
    payment_type_id: &'static str,
    status: &'static str,
    status_detail: String,
    currency_id: &'static str,
    description: String,
    live_mode: bool,
    collector_id: u64,
    external_reference: Option<String>,
    transaction_amount: Numero,
    transaction_amount_refunded: Numero,
    #[serde(rename = "installments")]
    cuotas: u8,
    metadata: BTreeMap<String, String>,
    order: Value,
    fee_details: Vec<CargoJson>,
    refunds: Vec<DevolucionJson>,
    transaction_details: DetallesJson,
    payment_method: Value,
}

#[derive(Serialize)]
struct CargoJson {
    #[serde(rename = "type")]
    tipo: &'static str,
    amount: Numero,
    fee_payer: &'static str,
}

#[derive(Serialize)]
struct DetallesJson {
    net_received_amount: Numero,
    total_paid_amount: Numero,
    overpaid_amount: Numero,
    external_resource_url: Option<String>,
    payment_method_reference_id: Option<String>,
    financial_institution: Option<&'static str>,
    barcode: Value,
}

/// A refund.
#[derive(Serialize)]
pub struct DevolucionJson {
    id: u64,
    payment_id: u64,
    amount: Numero,
    status: &'static str,
    date_created: String,
    refund_mode: &'static str,
    source: Value,
}

/// `2026-11-20T06:00:00.000-04:00`, as the API writes it.
pub fn fecha(instante: Instante) -> String {
    let local = Instante::from_millis(instante.millis() - 4 * 3_600_000);
    let texto = local.to_string();
    let entera = texto.trim_end_matches('Z').split('.').next().unwrap_or_default().to_owned();
    format!("{entera}.{:03}-04:00", instante.millis().rem_euclid(1_000))
}

pub fn pago(p: &Pago) -> PagoJson {
    let numero = |texto: &str| texto.parse().unwrap_or(0);
    let pagado = p.acreditado.is_some();
    let (status, status_detail) = status(p);
    PagoJson {
        id: numero(&p.id),
        date_created: fecha(p.creado),
        date_approved: p.acreditado.map(fecha),
        date_last_updated: fecha(p.acreditado.unwrap_or(p.creado)),
        date_of_expiration: p.datos.vence.map(fecha),
        operation_type: "regular_payment",
        payment_method_id: p.metodo.map_or("", method_id),
        payment_type_id: p.metodo.map_or("", method_type),
        status,
        status_detail,
        currency_id: p.datos.moneda.codigo(),
        description: p.datos.concepto.clone(),
        live_mode: false,
        collector_id: numero(&p.datos.cuenta),
        external_reference: Some(p.datos.externa.clone()).filter(|e| !e.is_empty()),
        transaction_amount: Numero(p.recibido),
        transaction_amount_refunded: Numero(p.devuelto()),
        cuotas: 1,
        metadata: p.datos.metadatos.clone(),
        order: json!({}),
        fee_details: fees(p),
        refunds: p.devoluciones.iter().map(|d| devolucion(p, d)).collect(),
        transaction_details: DetallesJson {
            net_received_amount: Numero(if pagado { p.recibido - p.comision } else { 0 }),
            total_paid_amount: Numero(p.recibido),
            overpaid_amount: Numero(0),
            external_resource_url: p
                .referencia
                .as_ref()
                .map(|_| format!("{}/referencia/{}", p.servidor, p.id)),
            payment_method_reference_id: p.referencia.clone(),
            financial_institution: (p.metodo == Some(Metodo::Spei)).then_some("STP"),
            barcode: match (&p.referencia, p.metodo) {
                (Some(referencia), Some(Metodo::Oxxo)) => {
                    json!({ "content": format!("{referencia}{:08}", p.datos.importe) })
                }
                _ => json!({ "content": null }),
            },
        },
        payment_method: json!({ "id": p.metodo.map_or("", method_id) }),
    }
}

/// What the seller pays, once there is money.
fn fees(p: &Pago) -> Vec<CargoJson> {
    let cargo = |_| CargoJson {
        tipo: "mercadopago_fee",
        amount: Numero(p.comision),
        fee_payer: "collector",
    };
    p.acreditado.map(cargo).into_iter().collect()
}

fn status(p: &Pago) -> (&'static str, String) {
    let tarjeta = p.metodo == Some(Metodo::Tarjeta);
    let (status, detalle) = match p.situacion {
        Situacion::Acreditado if p.is_contracargado() => ("charged_back", "in_process"),
        Situacion::Acreditado if p.contracargo.is_some() => ("charged_back", "reimbursed"),
        Situacion::Acreditado if p.devuelto() >= p.recibido => ("refunded", "refunded"),
        Situacion::Acreditado if p.devuelto() > 0 => ("approved", "partially_refunded"),
        Situacion::Acreditado => ("approved", "accredited"),
        Situacion::EnProceso => ("in_process", "pending_review_manual"),
        Situacion::Rechazado if tarjeta => ("rejected", "cc_rejected_insufficient_amount"),
        Situacion::Rechazado => ("rejected", "rejected_insufficient_data"),
        Situacion::Vencido => ("cancelled", "expired"),
        Situacion::Cancelado => ("cancelled", "by_collector"),
        Situacion::Pendiente if p.metodo == Some(Metodo::Spei) => {
            ("pending", "pending_waiting_transfer")
        }
        Situacion::Pendiente => ("pending", "pending_waiting_payment"),
    };
    (status, detalle.to_owned())
}

/// A refund.
pub fn devolucion(p: &Pago, d: &Devolucion) -> DevolucionJson {
    DevolucionJson {
        id: d.id.parse().unwrap_or(0),
        payment_id: p.id.parse().unwrap_or(0),
        amount: Numero(d.importe),
        status: "approved",
        date_created: fecha(d.creada),
        refund_mode: "standard",
        source: json!({ "id": p.datos.cuenta, "name": "Comercio", "type": "collector" }),
    }
}

/// A preference. The amount goes by itself: a `Value` would make a float of it.
#[derive(Serialize)]
pub struct PreferenciaJson {
    id: String,
    collector_id: u64,
    client_id: &'static str,
    date_created: String,
    init_point: String,
    sandbox_init_point: String,
    external_reference: Option<String>,
    notification_url: Option<String>,
    items: [ItemJson; 1],
    back_urls: Value,
    auto_return: &'static str,
    expires: bool,
    expiration_date_to: Option<String>,
    metadata: BTreeMap<String, String>,
    site_id: &'static str,
}

#[derive(Serialize)]
struct ItemJson {
    id: String,
    title: String,
    quantity: u8,
    unit_price: Numero,
    currency_id: &'static str,
}

pub fn preferencia(p: &Pagina) -> PreferenciaJson {
    let enlace = format!("{}/pagar/{}", p.servidor, p.id);
    PreferenciaJson {
        id: p.id.clone(),
        collector_id: p.datos.cuenta.parse().unwrap_or(0),
        client_id: "6295877106812064",
        date_created: fecha(p.creada),
        init_point: enlace.clone(),
        sandbox_init_point: enlace,
        external_reference: Some(p.datos.externa.clone()).filter(|e| !e.is_empty()),
        notification_url: p.datos.aviso.clone(),
        items: [ItemJson {
            id: p.datos.externa.clone(),
            title: p.datos.concepto.clone(),
            quantity: 1,
            unit_price: Numero(p.datos.importe),
            currency_id: p.datos.moneda.codigo(),
        }],
        back_urls: json!({
            "success": p.retornos.exito,
            "pending": p.retornos.pendiente,
            "failure": p.retornos.fracaso,
        }),
        auto_return: "approved",
        expires: p.datos.vence.is_some(),
        expiration_date_to: p.datos.vence.map(fecha),
        metadata: p.datos.metadatos.clone(),
        site_id: if p.datos.moneda == Moneda::Pen { "MPE" } else { "MLM" },
    }
}

/// Word of the vendor for a means.
pub fn method_id(metodo: Metodo) -> &'static str {
    match metodo {
        Metodo::Tarjeta => "visa",
        Metodo::Spei => "clabe",
        Metodo::Oxxo => "oxxo",
        Metodo::Pagoefectivo => "pagoefectivo_atm",
        Metodo::Yape => "yape",
    }
}

fn method_type(metodo: Metodo) -> &'static str {
    match metodo {
        Metodo::Tarjeta => "credit_card",
        Metodo::Spei => "bank_transfer",
        Metodo::Oxxo => "ticket",
        Metodo::Pagoefectivo => "atm",
        Metodo::Yape => "debit_card",
    }
}

/// A means by the vendor's word.
pub fn method(id: &str) -> Option<Metodo> {
    match id {
        "visa" | "master" | "amex" | "debvisa" => Some(Metodo::Tarjeta),
        _ => Metodo::TODOS.into_iter().find(|m| method_id(*m) == id),
    }
}
