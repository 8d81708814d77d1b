//! Settings of collecting by gateway: which gateway, which means, how long a request lives. It
//! holds no secret: those lie sealed under the names given here.

use ramal_base::{CampoInvalido, Cx, Moneda, Problema};
use ramal_db::{Consulta, Tx};
use ramal_pasarelas::MedioRemoto;
use ramal_plataforma::update_ajustes_empresa;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::Error;

/// Key of the company's settings.
pub const CLAVE: &str = "pagos";

/// Codes of the gateways that Ramal speaks to, in the order in which they are offered.
pub const PASARELAS: [&str; 3] = ["emulada", "mercadopago", "stripe"];

/// Settings of collecting by gateway.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AjustesPagos {
    /// Code of the gateway of new cobros; `None` leaves it to the program's mode.
    pub pasarela: Option<String>,
    /// Codes of the means that the page offers; empty offers all that fit.
    pub medios: Vec<String>,
    /// Account that must collect at Mercado Pago.
    pub cuenta_mercadopago: Option<String>,
    /// Account that must collect at Stripe.
    pub cuenta_stripe: Option<String>,
    /// Hours that a link or a card waits, 1 to 720.
    pub vence_horas: u32,
    /// Hours that a reference of a shop or a bank waits, 1 to 720.
    pub vence_referencia_horas: u32,
}

impl Default for AjustesPagos {
    fn default() -> AjustesPagos {
        AjustesPagos {
            pasarela: None,
            medios: Vec::new(),
            cuenta_mercadopago: None,
            cuenta_stripe: None,
            vence_horas: 24,
            vence_referencia_horas: 72,
        }
    }
}

/// Name under which a secret of a gateway lies sealed: `pasarela/stripe/aviso`.
///
/// Shape of `cual`: one of [`SECRETOS`].
pub fn secret_name(pasarela: &str, cual: &str) -> String {
    format!("pasarela/{pasarela}/{cual}")
}

/// Secrets of a gateway: the access token, the key of its notices and the one before it, which is
/// still accepted while a rotation lasts.
pub const SECRETOS: [&str; 3] = ["token", "aviso", "aviso_anterior"];

impl AjustesPagos {
    /// The settings of the company; the defaults where it says nothing. Errors: 404 without
    /// company.
    pub async fn load(c: &impl Consulta) -> Result<AjustesPagos, Error> {
        let empresa = ramal_plataforma::empresa(c).await?;
        Ok(AjustesPagos::of(&empresa.ajustes))
    }

    /// Reads them out of the settings of the company.
    pub fn of(ajustes: &Value) -> AjustesPagos {
        serde_json::from_value(ajustes[CLAVE].clone()).unwrap_or_default()
    }

    /// Keeps them, with a line in the audit trail. Errors: 422 that names the fields.
    pub async fn save(&self, tx: &Tx, cx: &Cx) -> Result<(), Error> {
        let malos = self.check();
        if !malos.is_empty() {
            return Err(Error::Refused(Problema::campos(malos)));
        }
        let mut cambios = Map::new();
        cambios.insert(CLAVE.to_owned(), json!(self));
        update_ajustes_empresa(tx, cx, &cambios).await?;
        Ok(())
    }

    fn check(&self) -> Vec<CampoInvalido> {
        let mut malos = Vec::new();
        let known = |p: &String| PASARELAS.contains(&p.as_str());
        if self.pasarela.as_ref().is_some_and(|p| !known(p)) {
            let motivo = "Elegir una pasarela de la lista.";
            malos.push(CampoInvalido::new("pasarela", "pasarela_desconocida", motivo));
        }
        if self.medios.iter().any(|m| MedioRemoto::parse(m).is_none()) {
            let motivo = "Elegir medios de la lista.";
            malos.push(CampoInvalido::new("medios", "medio_desconocido", motivo));
        }
        let horas = [
            ("vence_horas", self.vence_horas),
            ("vence_referencia_horas", self.vence_referencia_horas),
        ];
        for (campo, valor) in horas {
            if !(1..=720).contains(&valor) {
                let motivo = "Escribir de 1 a 720 horas.";
                malos.push(CampoInvalido::new(campo, "horas_fuera", motivo));
            }
        }
        malos
    }

    /// Means that a customer may choose in a currency at a gateway, in the order of the page.
    ///
    /// Card and Yape need a token made in the person's device, so the page offers them inside the
    /// gateway's own page; the API takes them.
    pub fn offered(&self, pasarela: &str, moneda: Moneda) -> Vec<MedioRemoto> {
        let allowed = |m: &MedioRemoto| {
            self.medios.is_empty() || self.medios.iter().any(|codigo| codigo == m.codigo())
        };
        by_hand(pasarela, moneda).iter().copied().filter(allowed).collect()
    }

    /// Hours that a request by a means lives.
    pub fn horas(&self, medio: MedioRemoto) -> u32 {
        match medio {
            MedioRemoto::Spei | MedioRemoto::Oxxo | MedioRemoto::PagoEfectivo => {
                self.vence_referencia_horas
            }
            _ => self.vence_horas,
        }
    }
}

/// Means without a token that a gateway has in a currency. Source: integrations.md 2.1 to 2.4.
fn by_hand(pasarela: &str, moneda: Moneda) -> &'static [MedioRemoto] {
    use MedioRemoto::{Enlace, Oxxo, PagoEfectivo, Spei};
    match (pasarela, moneda) {
        (_, Moneda::Mxn) => &[Enlace, Spei, Oxxo],
        ("stripe", _) => &[Enlace],
        (_, Moneda::Pen) => &[Enlace, PagoEfectivo],
        _ => &[Enlace],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_customer_is_offered_only_what_fits_his_currency() {
        let ajustes = AjustesPagos::default();
        let codes = |pasarela: &str, moneda| -> Vec<&str> {
            ajustes.offered(pasarela, moneda).into_iter().map(MedioRemoto::codigo).collect()
        };
        assert_eq!(codes("emulada", Moneda::Mxn), ["enlace", "spei", "oxxo"]);
        assert_eq!(codes("emulada", Moneda::Pen), ["enlace", "pagoefectivo"]);
        assert_eq!(codes("stripe", Moneda::Pen), ["enlace"]);
        let solo = AjustesPagos { medios: vec!["oxxo".into()], ..ajustes };
        assert_eq!(solo.offered("emulada", Moneda::Mxn), [MedioRemoto::Oxxo]);
    }

    #[test]
    fn settings_that_mean_nothing_are_refused_field_by_field() {
        let malos = AjustesPagos {
            pasarela: Some("paypal".into()),
            medios: vec!["trueque".into()],
            vence_horas: 0,
            ..AjustesPagos::default()
        };
        let campos: Vec<String> = malos.check().into_iter().map(|m| m.campo).collect();
        assert_eq!(campos, ["pasarela", "medios", "vence_horas"]);
        assert!(AjustesPagos::default().check().is_empty());
    }

    #[test]
    fn damaged_settings_are_read_as_the_defaults() {
        assert_eq!(AjustesPagos::of(&json!({ "pagos": 7 })), AjustesPagos::default());
        let propias = AjustesPagos::of(&json!({ "pagos": { "vence_horas": 5 } }));
        assert_eq!((propias.vence_horas, propias.vence_referencia_horas), (5, 72));
    }
}
