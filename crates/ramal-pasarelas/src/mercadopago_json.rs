//! Answers of Mercado Pago's API and what they mean here. It calls nobody.

use ramal_base::{Instante, Moneda};
use serde::Deserialize;

use crate::cobro::{
    CobroCreado, DevolucionRemota, EstadoCobro, EstadoDevolucion, EstadoRemoto, Instruccion,
    MedioRemoto,
};
use crate::importe::{Centavos, Texto};

/// A preference as it comes back.
#[derive(Deserialize)]
pub(crate) struct PreferenciaCreada {
    pub(crate) id: String,
    #[serde(default)]
    pub(crate) init_point: Option<String>,
    #[serde(default)]
    pub(crate) external_reference: Option<String>,
    #[serde(default)]
    collector_id: Option<Texto>,
    #[serde(default)]
    items: Vec<ItemCreado>,
    #[serde(default)]
    expires: Option<bool>,
    #[serde(default)]
    expiration_date_to: Option<String>,
}

#[derive(Deserialize)]
struct ItemCreado {
    quantity: u32,
    unit_price: Centavos,
    currency_id: String,
}

impl PreferenciaCreada {
    pub(crate) fn vence(&self) -> Option<Instante> {
        let texto = self.expiration_date_to.as_deref().filter(|_| self.expires == Some(true))?;
        Instante::parse(texto).ok()
    }

    pub(crate) fn creado(self) -> CobroCreado {
        let vence = self.vence();
        CobroCreado { referencia: self.id, url: self.init_point, instruccion: None, vence }
    }

    /// State of a page that nobody paid; `None` if its items make no amount.
    pub(crate) fn sin_pago(self, ahora: Instante) -> Option<EstadoRemoto> {
        let moneda = Moneda::parse(&self.items.first()?.currency_id)?;
        let importe = self
            .items
            .iter()
            .try_fold(0i64, |n, i| n.checked_add(i.unit_price.0.checked_mul(i.quantity.into())?))?;
        let vencida = self.vence().is_some_and(|v| v <= ahora);
        let estado = if vencida { EstadoCobro::Vencido } else { EstadoCobro::Pendiente };
        Some(EstadoRemoto {
            externa: self.external_reference,
            cuenta: self.collector_id.map(|t| t.0),
            estado,
            importe,
            moneda,
            referencia: self.id,
            devuelto: 0,
            comision: None,
            neto: None,
            acreditado: None,
            medio: None,
            detalle: None,
        })
    }
}

/// `GET /checkout/preferences/search`.
#[derive(Deserialize)]
pub(crate) struct Preferencias {
    #[serde(default)]
    pub(crate) elements: Vec<PreferenciaHallada>,
}

#[derive(Deserialize)]
pub(crate) struct PreferenciaHallada {
    pub(crate) id: String,
    #[serde(default)]
    pub(crate) external_reference: Option<String>,
}

/// `GET /v1/payments/search`.
#[derive(Deserialize)]
pub(crate) struct Pagos {
    pub(crate) results: Vec<Pago>,
    #[serde(default)]
    pub(crate) paging: Option<Paginas>,
}

#[derive(Deserialize)]
pub(crate) struct Paginas {
    pub(crate) total: u32,
}

/// A payment.
#[derive(Deserialize)]
pub(crate) struct Pago {
    pub(crate) id: Texto,
    status: String,
    #[serde(default)]
    status_detail: Option<String>,
    #[serde(default)]
    pub(crate) external_reference: Option<String>,
    transaction_amount: Centavos,
    #[serde(default)]
    transaction_amount_refunded: Option<Centavos>,
    currency_id: String,
    #[serde(default)]
    collector_id: Option<Texto>,
    #[serde(default)]
    date_approved: Option<String>,
    #[serde(default)]
    date_of_expiration: Option<String>,
    #[serde(default)]
    fee_details: Option<Vec<Cargo>>,
    #[serde(default)]
    transaction_details: Option<Detalles>,
    #[serde(default)]
    payment_method_id: Option<String>,
    #[serde(default)]
    payment_method: Option<Metodo>,
}

#[derive(Deserialize)]
struct Cargo {
    amount: Centavos,
    #[serde(default)]
    fee_payer: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Detalles {
    net_received_amount: Option<Centavos>,
    external_resource_url: Option<String>,
    payment_method_reference_id: Option<String>,
    verification_code: Option<String>,
    bank_transfer_id: Option<Texto>,
    financial_institution: Option<String>,
    barcode: Option<Barras>,
}

#[derive(Deserialize)]
struct Barras {
    #[serde(default)]
    content: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Metodo {
    data: Option<DatosMetodo>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct DatosMetodo {
    reference_id: Option<String>,
    external_resource_url: Option<String>,
}

impl Pago {
    /// `None` if the currency is not one of ours.
    pub(crate) fn estado(&self, ahora: Instante) -> Option<EstadoRemoto> {
        let moneda = Moneda::parse(&self.currency_id)?;
        let acreditado = self.date_approved.as_deref().and_then(|t| Instante::parse(t).ok());
        Some(EstadoRemoto {
            referencia: self.id.0.clone(),
            externa: self.external_reference.clone(),
            estado: self.situacion(ahora),
            importe: self.transaction_amount.0,
            devuelto: self.transaction_amount_refunded.unwrap_or_default().0,
            moneda,
            comision: acreditado.and(self.comision()),
            neto: acreditado.and(self.neto()),
            acreditado,
            cuenta: self.collector_id.as_ref().map(|t| t.0.clone()),
            medio: self.payment_method_id.clone(),
            detalle: self.status_detail.clone(),
        })
    }

    fn situacion(&self, ahora: Instante) -> EstadoCobro {
        let detalle = self.status_detail.as_deref().unwrap_or_default();
        match (self.status.as_str(), detalle) {
            ("approved" | "in_mediation", _) => EstadoCobro::Acreditado,
            // Won by the seller, or covered by the vendor: the money came back.
            ("charged_back", "reimbursed") => EstadoCobro::Acreditado,
            ("charged_back", _) => EstadoCobro::Contracargado,
            ("refunded", _) => EstadoCobro::Devuelto,
            ("rejected", _) => EstadoCobro::Rechazado,
            ("cancelled", "expired") => EstadoCobro::Vencido,
            ("cancelled", _) if self.is_vencido(ahora) => EstadoCobro::Vencido,
            ("cancelled", _) => EstadoCobro::Cancelado,
            ("pending", _) => EstadoCobro::Pendiente,
            // `in_process`, `authorized` and whatever comes later: nothing is certain yet.
            _ => EstadoCobro::EnProceso,
        }
    }

    fn is_vencido(&self, ahora: Instante) -> bool {
        let limite = self.date_of_expiration.as_deref().and_then(|t| Instante::parse(t).ok());
        limite.is_some_and(|l| l <= ahora)
    }

    /// What the collector pays of the fees.
    fn comision(&self) -> Option<i64> {
        let cargos = self.fee_details.as_ref()?;
        let suyos = cargos.iter().filter(|c| c.fee_payer.as_deref() != Some("payer"));
        suyos.map(|c| c.amount.0).try_fold(0i64, i64::checked_add)
    }

    fn neto(&self) -> Option<i64> {
        self.transaction_details.as_ref()?.net_received_amount.map(|c| c.0)
    }

    pub(crate) fn creado(&self, medio: MedioRemoto) -> CobroCreado {
        let detalles = self.transaction_details.as_ref();
        let de_metodo = self.payment_method.as_ref().and_then(|m| m.data.as_ref());
        let url = detalles
            .and_then(|d| d.external_resource_url.clone())
            .or_else(|| de_metodo.and_then(|d| d.external_resource_url.clone()));
        CobroCreado {
            referencia: self.id.0.clone(),
            instruccion: self.instruccion(medio, url.clone()),
            url,
            vence: self.date_of_expiration.as_deref().and_then(|t| Instante::parse(t).ok()),
        }
    }

    fn instruccion(&self, medio: MedioRemoto, ficha: Option<String>) -> Option<Instruccion> {
        let d = self.transaction_details.as_ref();
        let codigo = || {
            d.and_then(|d| d.payment_method_reference_id.clone().or(d.verification_code.clone()))
        };
        match medio {
            MedioRemoto::Spei => {
                let clabe = self.references().find(|t| t.len() == 18 && is_digitos(t))?;
                Some(Instruccion::Clabe {
                    clabe,
                    banco: d.and_then(|d| d.financial_institution.clone()),
                    beneficiario: None,
                    referencia: None,
                })
            }
            MedioRemoto::Oxxo => {
                let codigo_barras =
                    d.and_then(|d| d.barcode.as_ref()).and_then(|b| b.content.clone());
                let referencia = codigo().or_else(|| codigo_barras.clone())?;
                Some(Instruccion::Referencia { referencia, codigo_barras, ficha })
            }
            MedioRemoto::PagoEfectivo => codigo().map(|cip| Instruccion::Cip { cip, ficha }),
            MedioRemoto::Enlace | MedioRemoto::Yape | MedioRemoto::Tarjeta => None,
        }
    }

    /// Places where the CLABE has been seen: the vendor moved it between versions.
    fn references(&self) -> impl Iterator<Item = String> {
        let d = self.transaction_details.as_ref();
        let de_metodo = self.payment_method.as_ref().and_then(|m| m.data.as_ref());
        [
            de_metodo.and_then(|m| m.reference_id.clone()),
            d.and_then(|d| d.payment_method_reference_id.clone()),
            d.and_then(|d| d.verification_code.clone()),
            d.and_then(|d| d.bank_transfer_id.as_ref().map(|t| t.0.clone())),
        ]
        .into_iter()
        .flatten()
    }
}

fn is_digitos(texto: &str) -> bool {
    texto.bytes().all(|b| b.is_ascii_digit())
}

/// A refund.
#[derive(Deserialize)]
pub(crate) struct Devolucion {
    id: Texto,
    #[serde(default)]
    payment_id: Option<Texto>,
    amount: Centavos,
    #[serde(default)]
    status: Option<String>,
}

impl Devolucion {
    pub(crate) fn remota(self, pago: &str, clave: Option<&str>) -> DevolucionRemota {
        let estado = match self.status.as_deref() {
            Some("rejected" | "cancelled") => EstadoDevolucion::Fallida,
            Some("in_process" | "pending" | "authorized") => EstadoDevolucion::EnProceso,
            // `approved`, or absent in the older answers, which only came once it was done.
            _ => EstadoDevolucion::Hecha,
        };
        DevolucionRemota {
            id: self.id.0,
            referencia: self.payment_id.map_or_else(|| pago.to_owned(), |t| t.0),
            importe: self.amount.0,
            moneda: None,
            estado,
            clave: clave.map(str::to_owned),
        }
    }
}

/// A chargeback: only which payment it takes back.
#[derive(Deserialize)]
pub(crate) struct Contracargo {
    #[serde(default)]
    payment_id: Option<Texto>,
    #[serde(default)]
    payments: Option<Vec<PagoContracargado>>,
}

#[derive(Deserialize)]
struct PagoContracargado {
    id: Texto,
}

impl Contracargo {
    pub(crate) fn pago(self) -> Option<String> {
        let primero = || self.payments.and_then(|p| p.into_iter().next()).map(|p| p.id);
        self.payment_id.or_else(primero).map(|t| t.0)
    }
}

/// `GET /users/me`.
#[derive(Deserialize)]
pub(crate) struct Usuario {
    pub(crate) id: Texto,
}

/// An error.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct ErrorMp {
    pub(crate) message: Option<String>,
    pub(crate) error: Option<String>,
    pub(crate) cause: Option<Vec<Causa>>,
}

#[derive(Deserialize)]
pub(crate) struct Causa {
    #[serde(default)]
    pub(crate) code: Option<Texto>,
    #[serde(default)]
    pub(crate) description: Option<String>,
}
