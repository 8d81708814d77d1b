//! Bodies that Mercado Pago's API takes. It calls nobody and reads no answer.

use ramal_base::Instante;
use serde::Serialize;

use crate::cobro::PedidoCobro;
use crate::importe::Centavos;

/// `POST /checkout/preferences`.
#[derive(Serialize)]
pub(crate) struct Preferencia<'a> {
    items: [Item<'a>; 1],
    external_reference: &'a str,
    notification_url: String,
    back_urls: Retornos<'a>,
    auto_return: &'a str,
    payer: PagadorPreferencia<'a>,
    metadata: Metadatos<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expiration_date_to: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    date_of_expiration: Option<String>,
    #[serde(skip_serializing_if = "str::is_empty")]
    statement_descriptor: &'a str,
}

#[derive(Serialize)]
struct Item<'a> {
    id: &'a str,
    title: &'a str,
    quantity: u8,
    unit_price: Centavos,
    currency_id: &'a str,
}

#[derive(Serialize)]
struct Retornos<'a> {
    success: &'a str,
    pending: &'a str,
    failure: &'a str,
}

#[derive(Serialize)]
struct PagadorPreferencia<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    identification: Option<Identificacion<'a>>,
}

#[derive(Serialize)]
struct Identificacion<'a> {
    #[serde(rename = "type")]
    tipo: &'a str,
    number: &'a str,
}

#[derive(Serialize)]
struct Metadatos<'a> {
    cobro: &'a str,
}

/// `POST /v1/payments`.
#[derive(Serialize)]
pub(crate) struct NuevoPago<'a> {
    transaction_amount: Centavos,
    description: &'a str,
    payment_method_id: &'a str,
    external_reference: &'a str,
    notification_url: String,
    payer: PagadorPago<'a>,
    metadata: Metadatos<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    date_of_expiration: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<&'a str>,
    #[serde(rename = "installments", skip_serializing_if = "Option::is_none")]
    cuotas: Option<u8>,
}

#[derive(Serialize)]
struct PagadorPago<'a> {
    email: &'a str,
    first_name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    identification: Option<Identificacion<'a>>,
}

fn identificacion(p: &PedidoCobro) -> Option<Identificacion<'_>> {
    let d = p.pagador.documento.as_ref()?;
    Some(Identificacion { tipo: &d.tipo, number: &d.numero })
}

/// The parameter that suppresses the unsigned legacy IPN.
fn notification_url(aviso: &str) -> String {
    let union = if aviso.contains('?') { '&' } else { '?' };
    format!("{aviso}{union}source_news=webhooks")
}

/// `2026-11-20T10:00:00.000+00:00`, as the API wants it.
pub(crate) fn fecha(instante: Instante) -> String {
    let segundos = Instante::from_millis(instante.millis().div_euclid(1_000) * 1_000);
    let texto = segundos.to_string();
    format!("{}.000+00:00", texto.trim_end_matches('Z'))
}

pub(crate) fn preferencia<'a>(p: &'a PedidoCobro, descriptor: &'a str) -> Preferencia<'a> {
    let vence = p.vence.map(fecha);
    Preferencia {
        items: [Item {
            id: &p.externa,
            title: &p.concepto,
            quantity: 1,
            unit_price: Centavos(p.importe),
            currency_id: p.moneda.codigo(),
        }],
        external_reference: &p.externa,
        notification_url: notification_url(&p.aviso),
        back_urls: Retornos { success: &p.retorno, pending: &p.retorno, failure: &p.retorno },
        auto_return: "approved",
        payer: PagadorPreferencia {
            name: &p.pagador.nombre,
            email: p.pagador.email.as_deref(),
            identification: identificacion(p),
        },
        metadata: Metadatos { cobro: &p.externa },
        expires: vence.as_ref().map(|_| true),
        expiration_date_to: vence.clone(),
        date_of_expiration: vence,
        statement_descriptor: descriptor,
    }
}

/// `email`: the means that are not a page need one.
pub(crate) fn nuevo_pago<'a>(p: &'a PedidoCobro, metodo: &'a str, email: &'a str) -> NuevoPago<'a> {
    NuevoPago {
        transaction_amount: Centavos(p.importe),
        description: &p.concepto,
        payment_method_id: metodo,
        external_reference: &p.externa,
        notification_url: notification_url(&p.aviso),
        payer: PagadorPago {
            email,
            first_name: &p.pagador.nombre,
            identification: identificacion(p),
        },
        metadata: Metadatos { cobro: &p.externa },
        date_of_expiration: p.vence.filter(|_| p.token.is_none()).map(fecha),
        token: p.token.as_ref().map(|t| t.expose()),
        cuotas: p.token.as_ref().map(|_| 1),
    }
}

#[derive(Serialize)]
pub(crate) struct CuerpoDevolucion {
    amount: Centavos,
}

/// `POST /v1/payments/{id}/refunds`.
pub(crate) fn cuerpo_devolucion(importe: i64) -> CuerpoDevolucion {
    CuerpoDevolucion { amount: Centavos(importe) }
}
