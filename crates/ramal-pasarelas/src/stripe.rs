//! Stripe on its real wire: Checkout sessions and PaymentIntents (OXXO, bank transfer, card). It
//! does not use Connect.

use std::sync::Arc;

use async_trait::async_trait;
use reqwest::Client;
use serde::de::DeserializeOwned;

use crate::aviso::{AvisoCrudo, AvisoVerificado, RechazoAviso};
use crate::cobro::{
    CobroCreado, DevolucionRemota, EstadoRemoto, MedioRemoto, PedidoCobro, PedidoDevolucion,
};
use crate::comun::{check_pedido, idempotency_text, parse_escrita, parse_leida};
use crate::falla::{CODIGO_NO_EXISTE, FallaPasarela};
use crate::mercadopago_aviso::is_limpio;
use crate::pasarela::Pasarela;
use crate::red::{Clase, Cruda, Linea, Red};
use crate::secreto::{Secreto, Secretos};
use crate::stripe_aviso as aviso;
use crate::stripe_formas as formas;
use crate::stripe_formas::Campos;
use crate::stripe_json::{
    Cargo, ConId, Devolucion, Disputa, Intencion, Lista, RespuestaError, Sesion,
};

/// Address of the vendor.
pub const BASE: &str = "https://api.stripe.com";
/// Version of the API that these shapes are of.
pub const VERSION: &str = "2026-10-28.endive";
/// Objects asked for at a time: the most there may be.
const PAGINA: u32 = 100;
/// Pages read of one list.
const MAX_PAGINAS: u32 = 10;
/// How far back a lost write is looked for, s: pages and keys of the vendor live one day.
const ATRAS_S: i64 = 86_400;

/// How to enter.
#[derive(Clone, Debug)]
pub struct ConfigStripe {
    /// [`BASE`], or an emulator on this machine.
    pub base: String,
    /// Secret key `sk_…` or restricted key `rk_…`.
    pub clave: Secreto,
    /// Our account `acct_…`: the key reads no other, so payments are told as of it.
    pub cuenta: String,
    /// Secrets of the endpoint of notices.
    pub firmas: Secretos,
}

/// The gateway.
pub struct Stripe {
    linea: Linea,
    config: ConfigStripe,
}

impl Stripe {
    /// Errors: `Configuracion` if the address, the key or the account cannot be.
    pub fn new(red: &Arc<Red>, config: ConfigStripe) -> Result<Stripe, FallaPasarela> {
        let clave = config.clave.expose();
        let secreta = clave.starts_with("sk_") || clave.starts_with("rk_");
        if !secreta || !config.cuenta.starts_with("acct_") {
            let motivo = "Stripe necesita la clave secreta (sk_…) y la cuenta (acct_…)".to_owned();
            return Err(FallaPasarela::Configuracion { motivo });
        }
        Ok(Stripe { linea: red.linea(&config.base)?, config })
    }

    async fn get<T: DeserializeOwned>(
        &self,
        ruta: &str,
        consulta: &Campos,
    ) -> Result<T, FallaPasarela> {
        let clave = self.config.clave.expose();
        let build = |http: &Client, url: String| {
            let peticion = http.get(url).bearer_auth(clave).header("Stripe-Version", VERSION);
            peticion.query(consulta)
        };
        let cruda = self.linea.call(Clase::Lectura, ruta, build).await?;
        parse_leida(accepted(cruda)?)
    }

    async fn post<T: DeserializeOwned>(
        &self,
        ruta: &str,
        clave: &str,
        campos: &Campos,
    ) -> Result<T, FallaPasarela> {
        let secreta = self.config.clave.expose();
        let clave = idempotency_text(clave);
        let build = |http: &Client, url: String| {
            let peticion = http.post(url).bearer_auth(secreta).header("Stripe-Version", VERSION);
            peticion.header("Idempotency-Key", &clave).form(campos)
        };
        let cruda = self.linea.call(Clase::Escritura, ruta, build).await?;
        parse_escrita(accepted(cruda)?)
    }

    async fn intencion(&self, id: &str) -> Result<Intencion, FallaPasarela> {
        let consulta = vec![formas::campo("expand[]", "latest_charge.balance_transaction")];
        self.get(&format!("/v1/payment_intents/{id}"), &consulta).await
    }

    async fn estado(&self, intencion: &Intencion) -> Result<EstadoRemoto, FallaPasarela> {
        let disputa = match intencion.is_disputada() {
            true => self.disputa_of(&intencion.id).await?,
            false => None,
        };
        intencion.estado(&self.config.cuenta, disputa.as_ref()).ok_or_else(moneda_ajena)
    }

    /// The newest dispute of a payment.
    async fn disputa_of(&self, pago: &str) -> Result<Option<Disputa>, FallaPasarela> {
        let consulta = vec![formas::campo("payment_intent", pago), formas::campo("limit", "1")];
        let lista: Lista<Disputa> = self.get("/v1/disputes", &consulta).await?;
        Ok(lista.data.into_iter().next())
    }

    async fn consult_sesion(&self, id: &str) -> Result<EstadoRemoto, FallaPasarela> {
        let sesion: Sesion =
            self.get(&format!("/v1/checkout/sessions/{id}"), &Campos::new()).await?;
        match &sesion.payment_intent {
            Some(pago) => self.estado(&self.intencion(pago).await?).await,
            None => sesion.sin_pago(&self.config.cuenta).ok_or_else(moneda_ajena),
        }
    }

    /// Payment that another object belongs to.
    async fn pago_of(&self, referencia: &str) -> Result<Option<String>, FallaPasarela> {
        let nada = Campos::new();
        Ok(match referencia.split('_').next().unwrap_or_default() {
            "ch" | "py" => {
                let ruta = format!("/v1/charges/{referencia}");
                self.get::<Cargo>(&ruta, &nada).await?.payment_intent
            }
            "re" | "pyr" => {
                let ruta = format!("/v1/refunds/{referencia}");
                self.get::<Devolucion>(&ruta, &nada).await?.payment_intent
            }
            "dp" | "du" => {
                let ruta = format!("/v1/disputes/{referencia}");
                self.get::<Disputa>(&ruta, &nada).await?.payment_intent
            }
            _ => None,
        })
    }

    /// First recent object of a list that is ours. The search of the vendor lags; lists do not.
    async fn find_recent<T: DeserializeOwned>(
        &self,
        ruta: &str,
        id: impl Fn(&T) -> &str,
        is_suyo: impl Fn(&T) -> bool,
    ) -> Result<Option<T>, FallaPasarela> {
        let desde = self.linea.now_ms() / 1_000 - ATRAS_S;
        let mut tras: Option<String> = None;
        for _ in 0..MAX_PAGINAS {
            let mut consulta =
                vec![formas::campo("created[gte]", desde), formas::campo("limit", PAGINA)];
            consulta.extend(tras.take().map(|t| formas::campo("starting_after", t)));
            let lista: Lista<T> = self.get(ruta, &consulta).await?;
            tras = lista.data.last().map(|o| id(o).to_owned()).filter(|_| lista.has_more);
            if let Some(suyo) = lista.data.into_iter().find(|o| is_suyo(o)) {
                return Ok(Some(suyo));
            }
            if tras.is_none() {
                break;
            }
        }
        Ok(None)
    }

    async fn search_intenciones(&self, externa: &str) -> Result<Vec<Intencion>, FallaPasarela> {
        let mut todas: Vec<Intencion> = Vec::new();
        let mut pagina: Option<String> = None;
        for _ in 0..MAX_PAGINAS {
            let mut consulta = vec![
                formas::campo("query", format!("metadata['externa']:'{externa}'")),
                formas::campo("limit", PAGINA),
                formas::campo("expand[]", "data.latest_charge.balance_transaction"),
            ];
            consulta.extend(pagina.take().map(|p| formas::campo("page", p)));
            let lista: Lista<Intencion> = self.get("/v1/payment_intents/search", &consulta).await?;
            todas.extend(lista.data.into_iter().filter(|i| i.externa() == Some(externa)));
            pagina = lista.next_page.filter(|_| lista.has_more);
            if pagina.is_none() {
                break;
            }
        }
        Ok(todas)
    }

    /// A bank transfer needs a customer to hold what comes.
    async fn create_customer(&self, pedido: &PedidoCobro) -> Result<String, FallaPasarela> {
        let clave = format!("{}:cliente", pedido.clave);
        let cliente: ConId = self.post("/v1/customers", &clave, &formas::cliente(pedido)).await?;
        Ok(cliente.id)
    }
}

#[async_trait]
impl Pasarela for Stripe {
    fn codigo(&self) -> &'static str {
        "stripe"
    }

    fn cuenta(&self) -> &str {
        &self.config.cuenta
    }

    async fn create_cobro(&self, pedido: &PedidoCobro) -> Result<CobroCreado, FallaPasarela> {
        check_pedido(pedido)?;
        let ahora_s = self.linea.now_ms() / 1_000;
        let campos = match pedido.medio {
            MedioRemoto::Enlace => {
                let campos = formas::sesion(pedido, ahora_s);
                let ruta = "/v1/checkout/sessions";
                let sesion: Sesion = self.post(ruta, &pedido.clave, &campos).await?;
                return Ok(sesion.creado());
            }
            MedioRemoto::Oxxo => formas::oxxo(pedido, ahora_s),
            MedioRemoto::Spei => formas::spei(pedido, &self.create_customer(pedido).await?),
            MedioRemoto::Tarjeta => formas::tarjeta(pedido),
            MedioRemoto::PagoEfectivo | MedioRemoto::Yape => {
                let mensaje = "Stripe no ofrece este medio";
                return Err(FallaPasarela::rechazada("medio_no_ofrecido", mensaje));
            }
        };
        let hecha: Intencion = self.post("/v1/payment_intents", &pedido.clave, &campos).await?;
        Ok(hecha.creado())
    }

    async fn resolve(&self, pedido: &PedidoCobro) -> Result<Option<CobroCreado>, FallaPasarela> {
        check_pedido(pedido)?;
        let externa = pedido.externa.as_str();
        if pedido.medio == MedioRemoto::Enlace {
            let suya = |s: &Sesion| s.client_reference_id.as_deref() == Some(externa);
            let hallada =
                self.find_recent("/v1/checkout/sessions", |s: &Sesion| &s.id, suya).await?;
            return Ok(hallada.map(Sesion::creado));
        }
        let suya = |i: &Intencion| i.externa() == Some(externa);
        let hallada = self.find_recent("/v1/payment_intents", |i: &Intencion| &i.id, suya).await?;
        match hallada {
            Some(intencion) => Ok(Some(intencion.creado())),
            None => {
                let antiguas = self.search_intenciones(externa).await?;
                Ok(antiguas.into_iter().next().map(Intencion::creado))
            }
        }
    }

    async fn consult(&self, referencia: &str) -> Result<EstadoRemoto, FallaPasarela> {
        if !is_limpio_stripe(referencia) {
            return Err(no_existe());
        }
        if referencia.starts_with("cs_") {
            return self.consult_sesion(referencia).await;
        }
        if referencia.starts_with("pi_") {
            return self.estado(&self.intencion(referencia).await?).await;
        }
        let pago = self.pago_of(referencia).await?.ok_or_else(no_existe)?;
        self.estado(&self.intencion(&pago).await?).await
    }

    async fn search(&self, externa: &str) -> Result<Vec<EstadoRemoto>, FallaPasarela> {
        if !is_limpio(externa) {
            return Ok(Vec::new());
        }
        let mut estados = Vec::new();
        for intencion in self.search_intenciones(externa).await? {
            estados.push(self.estado(&intencion).await?);
        }
        Ok(estados)
    }

    async fn refund(&self, pedido: &PedidoDevolucion) -> Result<DevolucionRemota, FallaPasarela> {
        if !pedido.referencia.starts_with("pi_") {
            return Err(no_existe());
        }
        if pedido.importe <= 0 {
            return Err(FallaPasarela::rechazada("importe", "el importe debe ser mayor que cero"));
        }
        let campos = formas::devolucion(pedido);
        let hecha: Devolucion = self.post("/v1/refunds", &pedido.clave, &campos).await?;
        Ok(hecha.remota(&pedido.referencia))
    }

    async fn refunds_of(&self, referencia: &str) -> Result<Vec<DevolucionRemota>, FallaPasarela> {
        let consulta =
            vec![formas::campo("payment_intent", referencia), formas::campo("limit", PAGINA)];
        let lista: Lista<Devolucion> = self.get("/v1/refunds", &consulta).await?;
        Ok(lista.data.into_iter().map(|d| d.remota(referencia)).collect())
    }

    async fn cancel(&self, referencia: &str) -> Result<EstadoRemoto, FallaPasarela> {
        if !is_limpio_stripe(referencia) {
            return Err(no_existe());
        }
        let clave = format!("cancelar:{referencia}");
        if referencia.starts_with("cs_") {
            let ruta = format!("/v1/checkout/sessions/{referencia}/expire");
            let _: ConId = self.post(&ruta, &clave, &Campos::new()).await?;
        } else {
            let ruta = format!("/v1/payment_intents/{referencia}/cancel");
            let _: ConId = self.post(&ruta, &clave, &Campos::new()).await?;
        }
        self.consult(referencia).await
    }

    async fn check(&self) -> Result<String, FallaPasarela> {
        let cuenta: ConId = self.get("/v1/account", &Campos::new()).await?;
        Ok(cuenta.id)
    }

    fn verify(&self, crudo: &AvisoCrudo) -> Result<AvisoVerificado, RechazoAviso> {
        aviso::verify(&self.config.firmas, crudo)
    }
}

/// Ids of pages are longer than the rest.
fn is_limpio_stripe(id: &str) -> bool {
    (4..=255).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

fn no_existe() -> FallaPasarela {
    FallaPasarela::rechazada(CODIGO_NO_EXISTE, "Stripe no conoce la referencia")
}

fn moneda_ajena() -> FallaPasarela {
    FallaPasarela::rechazada("moneda", "la pasarela responde en una moneda que no se factura")
}

/// A 4xx in types; 2xx passes.
fn accepted(cruda: Cruda) -> Result<Cruda, FallaPasarela> {
    if cruda.is_ok() {
        return Ok(cruda);
    }
    let RespuestaError { error } = serde_json::from_slice(&cruda.cuerpo).unwrap_or_default();
    let tipo = error.tipo.unwrap_or_default();
    if cruda.http == 409 {
        // The first request with this key, or another over the same object, is still running.
        let motivo = "la misma operación está en curso (409)".to_owned();
        return Err(FallaPasarela::Reintentable { motivo, espera_ms: None });
    }
    let codigo = match (cruda.http, tipo.as_str()) {
        (404, _) => CODIGO_NO_EXISTE.to_owned(),
        (_, "idempotency_error") => "clave_en_conflicto".to_owned(),
        (http, _) => error.decline_code.or(error.code).unwrap_or_else(|| http.to_string()),
    };
    Err(FallaPasarela::Rechazada { codigo, mensaje: error.message.unwrap_or_default() })
}
