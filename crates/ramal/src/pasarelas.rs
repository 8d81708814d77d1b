//! Which gateways answer: emulated or real by `PAYMENT_MODE`, with the settings and sealed secrets
//! of the company. Holds credentials, logs none.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use async_trait::async_trait;
use ramal_cobros::Pasarelas;
use ramal_cobros::ajustes::{AjustesPagos, secret_name};
use ramal_db::Db;
use ramal_emulador::pasarela as emulador;
use ramal_pasarelas::{
    AjustesRed, ConfigEmulada, ConfigMercadoPago, ConfigStripe, Emulada, FallaPasarela,
    MercadoPago, Pasarela, Red, Secreto, Secretos, Stripe, mercadopago, stripe,
};
use ramal_plataforma::{Modo, Sello, get_secret};

use crate::casa::Casa;
use crate::conexiones::mode;

type Abiertas = BTreeMap<&'static str, Arc<dyn Pasarela>>;

/// The gateways of the process.
pub struct PasarelasDeRamal {
    db: Db,
    sello: Arc<Sello>,
    red: Arc<Red>,
    modo: Modo,
    /// Address of the emulated gateway; none if it runs in another process.
    emulador: Option<String>,
    abiertas: RwLock<(Abiertas, Option<&'static str>)>,
}

impl PasarelasDeRamal {
    /// Gateways of a house. Errors: `PAYMENT_MODE` says neither of the two; the database.
    pub async fn open(casa: &Casa, emulador: Option<String>) -> anyhow::Result<Arc<Self>> {
        let pasarelas = Arc::new(PasarelasDeRamal {
            db: casa.db.clone(),
            sello: casa.sello.clone(),
            red: Red::new(casa.cx.clock(), AjustesRed::default())?,
            modo: mode("PAYMENT_MODE")?,
            emulador,
            abiertas: RwLock::default(),
        });
        pasarelas.reload().await?;
        Ok(pasarelas)
    }

    async fn settings(&self) -> Result<AjustesPagos, FallaPasarela> {
        let empresa = ramal_plataforma::empresa_if_any(&self.db).await.map_err(broken)?;
        Ok(empresa.map(|e| AjustesPagos::of(&e.ajustes)).unwrap_or_default())
    }

    /// A sealed secret, or the environment variable of its name
    /// (`pasarela/stripe/token` → `PASARELA_STRIPE_TOKEN`).
    async fn secret(&self, pasarela: &str, cual: &str) -> Result<Option<Secreto>, FallaPasarela> {
        let nombre = secret_name(pasarela, cual);
        let variable = nombre.to_uppercase().replace('/', "_");
        if let Ok(valor) = std::env::var(variable) {
            return Ok(Some(Secreto::new(valor)));
        }
        let sellado = get_secret(&self.db, &self.sello, &nombre).await.map_err(broken)?;
        let texto = sellado.and_then(|s| String::from_utf8(s.to_vec()).ok());
        Ok(texto.filter(|t| !t.is_empty()).map(Secreto::new))
    }

    async fn signatures(&self, pasarela: &str) -> Result<Option<Secretos>, FallaPasarela> {
        let Some(vigente) = self.secret(pasarela, "aviso").await? else { return Ok(None) };
        let anterior = self.secret(pasarela, "aviso_anterior").await?;
        Ok(Some(Secretos { vigente, anterior }))
    }

    /// The three wires of the emulator, with the accounts that it starts with.
    async fn emulated(&self, base: &str) -> Result<Abiertas, FallaPasarela> {
        let empresa = ramal_plataforma::empresa_if_any(&self.db).await.map_err(broken)?;
        let peru = empresa.is_some_and(|e| e.pais == ramal_base::Pais::Pe);
        let (cuenta, token, firma) = match peru {
            true => ("100000002", "TEST-token-pe", "clave-webhook-demo-pe"),
            false => ("100000001", "TEST-token-mx", "clave-webhook-demo"),
        };
        let propia = ConfigEmulada {
            base: format!("{base}/emulada"),
            clave: Secreto::new(emulador::CLAVE_EMULADA),
            cuenta: emulador::CUENTA_EMULADA.to_owned(),
            firmas: Secretos::new(Secreto::new(emulated_secret())),
        };
        let mp = ConfigMercadoPago {
            base: format!("{base}/mercadopago"),
            token: Secreto::new(token),
            cuenta: cuenta.to_owned(),
            firmas: Secretos::new(Secreto::new(firma)),
            descriptor: String::new(),
        };
        let stripe = ConfigStripe {
            base: format!("{base}/stripe"),
            clave: Secreto::new("sk_test_demo"),
            cuenta: "acct_demo".to_owned(),
            firmas: Secretos::new(Secreto::new("whsec_demo")),
        };
        let todas: [Arc<dyn Pasarela>; 3] = [
            Arc::new(Emulada::new(&self.red, propia)?),
            Arc::new(MercadoPago::new(&self.red, mp)?),
            Arc::new(Stripe::new(&self.red, stripe)?),
        ];
        Ok(todas.into_iter().map(|p| (p.codigo(), p)).collect())
    }

    /// The gateways whose account and secrets are there.
    async fn real(&self, ajustes: &AjustesPagos) -> Result<Abiertas, FallaPasarela> {
        let mut abiertas = Abiertas::new();
        let cuenta = ajustes.cuenta_mercadopago.clone();
        if let (Some(cuenta), Some(token), Some(firmas)) = (
            cuenta,
            self.secret("mercadopago", "token").await?,
            self.signatures("mercadopago").await?,
        ) {
            let base = mercadopago::BASE.to_owned();
            let descriptor = String::new();
            let config = ConfigMercadoPago { base, token, cuenta, firmas, descriptor };
            abiertas.insert("mercadopago", Arc::new(MercadoPago::new(&self.red, config)?));
        }
        let cuenta = ajustes.cuenta_stripe.clone();
        if let (Some(cuenta), Some(clave), Some(firmas)) =
            (cuenta, self.secret("stripe", "token").await?, self.signatures("stripe").await?)
        {
            let config = ConfigStripe { base: stripe::BASE.to_owned(), clave, cuenta, firmas };
            abiertas.insert("stripe", Arc::new(Stripe::new(&self.red, config)?));
        }
        Ok(abiertas)
    }
}

/// Secret of the emulated gateway's notices: `WEBHOOK_SECRET`, or the one that it starts with.
pub fn emulated_secret() -> String {
    match std::env::var("WEBHOOK_SECRET") {
        Ok(secreto) if !secreto.is_empty() => secreto,
        _ => emulador::SECRETO_EMULADA.to_owned(),
    }
}

fn broken(error: impl std::fmt::Display) -> FallaPasarela {
    FallaPasarela::Configuracion { motivo: error.to_string() }
}

#[async_trait]
impl Pasarelas for PasarelasDeRamal {
    fn get(&self, codigo: &str) -> Option<Arc<dyn Pasarela>> {
        let abiertas = self.abiertas.read().unwrap_or_else(PoisonError::into_inner);
        abiertas.0.get(codigo).cloned()
    }

    fn predeterminada(&self) -> Option<Arc<dyn Pasarela>> {
        let abiertas = self.abiertas.read().unwrap_or_else(PoisonError::into_inner);
        abiertas.1.and_then(|codigo| abiertas.0.get(codigo)).cloned()
    }

    fn codigos(&self) -> Vec<&'static str> {
        let abiertas = self.abiertas.read().unwrap_or_else(PoisonError::into_inner);
        abiertas.0.keys().copied().collect()
    }

    fn modo(&self) -> Modo {
        self.modo
    }

    async fn reload(&self) -> Result<(), FallaPasarela> {
        let ajustes = self.settings().await?;
        let nuevas = match (self.modo, &self.emulador) {
            (Modo::Emulado, Some(base)) => self.emulated(base).await?,
            (Modo::Emulado, None) => Abiertas::new(),
            (Modo::Real, _) => self.real(&ajustes).await?,
        };
        let querida = ajustes.pasarela.as_deref();
        let elegida = nuevas.keys().copied().find(|codigo| Some(*codigo) == querida);
        let elegida = elegida.or_else(|| nuevas.keys().copied().next());
        *self.abiertas.write().unwrap_or_else(PoisonError::into_inner) = (nuevas, elegida);
        Ok(())
    }
}
