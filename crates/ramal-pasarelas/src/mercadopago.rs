//! Mercado Pago on its real wire: Checkout Pro preferences and direct payments. It does not use the
//! Orders API.

use std::sync::Arc;

use async_trait::async_trait;
use ramal_base::Instante;
use reqwest::Method;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::aviso::{AvisoCrudo, AvisoVerificado, RechazoAviso};
use crate::cobro::{
    CobroCreado, DevolucionRemota, EstadoCobro, EstadoRemoto, MedioRemoto, PedidoCobro,
    PedidoDevolucion,
};
use crate::comun::{check_pedido, idempotency_uuid, parse_escrita, parse_leida};
use crate::falla::{CODIGO_NO_EXISTE, FallaPasarela};
use crate::mercadopago_aviso::{self as aviso, CONTRACARGO, is_limpio, is_numero};
use crate::mercadopago_json::{
    Contracargo, Devolucion, ErrorMp, Pago, Pagos, PreferenciaCreada, Preferencias, Usuario,
};
use crate::mercadopago_pedidos as pedidos;
use crate::pasarela::Pasarela;
use crate::red::{Clase, Cruda, Linea, Red};
use crate::secreto::{Secreto, Secretos};

/// Address of the vendor.
pub const BASE: &str = "https://api.mercadopago.com";
/// Payments asked for at a time.
const PAGINA: u32 = 50;
/// Pages read of one search.
const MAX_PAGINAS: u32 = 10;

/// How to enter.
#[derive(Clone, Debug)]
pub struct ConfigMercadoPago {
    /// [`BASE`], or an emulator on this machine.
    pub base: String,
    /// Access token; one per seller.
    pub token: Secreto,
    /// Our `collector_id`, digits.
    pub cuenta: String,
    /// Secrets of the application's notices.
    pub firmas: Secretos,
    /// Name on the card statement; may be empty.
    pub descriptor: String,
}

/// The gateway.
pub struct MercadoPago {
    linea: Linea,
    config: ConfigMercadoPago,
}

impl MercadoPago {
    /// Errors: `Configuracion` if the address, the token or the account cannot be.
    pub fn new(red: &Arc<Red>, config: ConfigMercadoPago) -> Result<MercadoPago, FallaPasarela> {
        if config.token.is_vacio() || !is_numero(&config.cuenta) {
            let motivo = "Mercado Pago necesita el token y el número de cuenta".to_owned();
            return Err(FallaPasarela::Configuracion { motivo });
        }
        Ok(MercadoPago { linea: red.linea(&config.base)?, config })
    }

    fn now(&self) -> Instante {
        Instante::from_millis(self.linea.now_ms())
    }

    async fn get<T: DeserializeOwned>(&self, ruta: &str) -> Result<T, FallaPasarela> {
        let token = self.config.token.expose();
        let build = |http: &reqwest::Client, url: String| http.get(url).bearer_auth(token);
        let cruda = self.linea.call(Clase::Lectura, ruta, build).await?;
        parse_leida(accepted(cruda)?)
    }

    /// The key of the caller travels as a UUID v4 made of it: the same one every time.
    async fn write<T: DeserializeOwned>(
        &self,
        metodo: Method,
        ruta: &str,
        clave: &str,
        cuerpo: &(impl Serialize + Sync),
    ) -> Result<T, FallaPasarela> {
        let token = self.config.token.expose();
        let clave = idempotency_uuid(clave);
        let build = |http: &reqwest::Client, url: String| {
            let peticion = http.request(metodo.clone(), url).bearer_auth(token);
            peticion.header("X-Idempotency-Key", &clave).json(cuerpo)
        };
        let cruda = self.linea.call(Clase::Escritura, ruta, build).await?;
        parse_escrita(accepted(cruda)?)
    }

    async fn pago(&self, id: &str) -> Result<Pago, FallaPasarela> {
        self.get(&format!("/v1/payments/{id}")).await
    }

    fn estado(&self, pago: &Pago) -> Result<EstadoRemoto, FallaPasarela> {
        pago.estado(self.now()).ok_or_else(moneda_ajena)
    }

    async fn pagos_of(&self, externa: &str) -> Result<Vec<Pago>, FallaPasarela> {
        let mut todos = Vec::new();
        for pagina in 0..MAX_PAGINAS {
            let desde = pagina * PAGINA;
            let ruta = format!(
                "/v1/payments/search?external_reference={externa}&sort=date_created\
                 &criteria=desc&limit={PAGINA}&offset={desde}"
            );
            let hallados: Pagos = self.get(&ruta).await?;
            let total = hallados.paging.as_ref().map_or(0, |p| p.total);
            // The search of the vendor matches by prefix in some countries.
            let suyos = |p: &Pago| p.external_reference.as_deref() == Some(externa);
            todos.extend(hallados.results.into_iter().filter(suyos));
            if desde + PAGINA >= total {
                break;
            }
        }
        Ok(todos)
    }

    async fn preferencia(&self, id: &str) -> Result<PreferenciaCreada, FallaPasarela> {
        self.get(&format!("/checkout/preferences/{id}")).await
    }

    /// State of a page: that of its best payment, or its own while nobody tried.
    async fn consult_preferencia(&self, id: &str) -> Result<EstadoRemoto, FallaPasarela> {
        let preferencia = self.preferencia(id).await?;
        let externa = preferencia.external_reference.clone().unwrap_or_default();
        if is_limpio(&externa) {
            let estados = self.search(&externa).await?;
            if let Some(mejor) = estados.into_iter().max_by_key(|e| avance(e.estado)) {
                return Ok(mejor);
            }
        }
        preferencia.sin_pago(self.now()).ok_or_else(moneda_ajena)
    }

    async fn cancel_pago(&self, id: &str) -> Result<EstadoRemoto, FallaPasarela> {
        let cuerpo = serde_json::json!({ "status": "cancelled" });
        let (ruta, clave) = (format!("/v1/payments/{id}"), format!("cancelar:{id}"));
        let pago: Pago = self.write(Method::PUT, &ruta, &clave, &cuerpo).await?;
        self.estado(&pago)
    }

    async fn find_preferencia(&self, externa: &str) -> Result<Option<CobroCreado>, FallaPasarela> {
        let ruta = format!("/checkout/preferences/search?external_reference={externa}");
        let halladas: Preferencias = self.get(&ruta).await?;
        let suya = halladas
            .elements
            .into_iter()
            .find(|p| p.external_reference.as_deref() == Some(externa) && is_limpio(&p.id));
        match suya {
            Some(p) => self.preferencia(&p.id).await.map(|p| Some(p.creado())),
            None => Ok(None),
        }
    }
}

#[async_trait]
impl Pasarela for MercadoPago {
    fn codigo(&self) -> &'static str {
        "mercadopago"
    }

    fn cuenta(&self) -> &str {
        &self.config.cuenta
    }

    async fn create_cobro(&self, pedido: &PedidoCobro) -> Result<CobroCreado, FallaPasarela> {
        check_pedido(pedido)?;
        let Some(metodo) = metodo(pedido)? else {
            let cuerpo = pedidos::preferencia(pedido, &self.config.descriptor);
            let ruta = "/checkout/preferences";
            let creada: PreferenciaCreada =
                self.write(Method::POST, ruta, &pedido.clave, &cuerpo).await?;
            return Ok(creada.creado());
        };
        let email = pedido.pagador.email.as_deref().ok_or_else(|| {
            FallaPasarela::rechazada("falta_correo", "este medio necesita el correo de quien paga")
        })?;
        let cuerpo = pedidos::nuevo_pago(pedido, metodo, email);
        let pago: Pago = self.write(Method::POST, "/v1/payments", &pedido.clave, &cuerpo).await?;
        Ok(pago.creado(pedido.medio))
    }

    async fn resolve(&self, pedido: &PedidoCobro) -> Result<Option<CobroCreado>, FallaPasarela> {
        check_pedido(pedido)?;
        match metodo(pedido)? {
            None => self.find_preferencia(&pedido.externa).await,
            Some(_) => {
                let pagos = self.pagos_of(&pedido.externa).await?;
                Ok(pagos.first().map(|p| p.creado(pedido.medio)))
            }
        }
    }

    async fn consult(&self, referencia: &str) -> Result<EstadoRemoto, FallaPasarela> {
        if is_numero(referencia) {
            return self.estado(&self.pago(referencia).await?);
        }
        let limpia = |id: &str| is_limpio(id).then_some(()).ok_or_else(no_existe);
        if let Some(id) = referencia.strip_prefix(CONTRACARGO) {
            limpia(id)?;
            let c: Contracargo = self.get(&format!("/v1/chargebacks/{id}")).await?;
            let pago = c.pago().filter(|id| is_numero(id)).ok_or_else(no_existe)?;
            return self.estado(&self.pago(&pago).await?);
        }
        limpia(referencia)?;
        self.consult_preferencia(referencia).await
    }

    async fn search(&self, externa: &str) -> Result<Vec<EstadoRemoto>, FallaPasarela> {
        if !is_limpio(externa) {
            return Ok(Vec::new());
        }
        let pagos = self.pagos_of(externa).await?;
        pagos.iter().map(|p| self.estado(p)).collect()
    }

    async fn refund(&self, pedido: &PedidoDevolucion) -> Result<DevolucionRemota, FallaPasarela> {
        if !is_numero(&pedido.referencia) {
            return Err(no_existe());
        }
        if pedido.importe <= 0 {
            return Err(FallaPasarela::rechazada("importe", "el importe debe ser mayor que cero"));
        }
        // Always with its amount: an empty body would give back all that is left.
        let ruta = format!("/v1/payments/{}/refunds", pedido.referencia);
        let cuerpo = pedidos::cuerpo_devolucion(pedido.importe);
        let hecha: Devolucion = self.write(Method::POST, &ruta, &pedido.clave, &cuerpo).await?;
        Ok(hecha.remota(&pedido.referencia, Some(&pedido.clave)))
    }

    async fn refunds_of(&self, referencia: &str) -> Result<Vec<DevolucionRemota>, FallaPasarela> {
        if !is_numero(referencia) {
            return Err(no_existe());
        }
        let ruta = format!("/v1/payments/{referencia}/refunds");
        let hechas: Vec<Devolucion> = self.get(&ruta).await?;
        Ok(hechas.into_iter().map(|d| d.remota(referencia, None)).collect())
    }

    async fn cancel(&self, referencia: &str) -> Result<EstadoRemoto, FallaPasarela> {
        if is_numero(referencia) {
            return self.cancel_pago(referencia).await;
        }
        if !is_limpio(referencia) {
            return Err(no_existe());
        }
        let actual = self.consult_preferencia(referencia).await?;
        if actual.estado.was_acreditado() || actual.estado == EstadoCobro::EnProceso {
            return Err(FallaPasarela::rechazada("ya_pagado", "el cobro ya tiene un pago"));
        }
        // A slip that the page gave could still be paid after the page is closed.
        if actual.referencia != referencia && actual.estado == EstadoCobro::Pendiente {
            self.cancel_pago(&actual.referencia).await?;
        }
        // A page is closed by its date: there is no other way.
        let cierre = pedidos::fecha(self.now());
        let cuerpo = serde_json::json!({ "expires": true, "expiration_date_to": cierre });
        let ruta = format!("/checkout/preferences/{referencia}");
        let clave = format!("cancelar:{referencia}");
        let cerrada: PreferenciaCreada = self.write(Method::PUT, &ruta, &clave, &cuerpo).await?;
        let estado = cerrada.sin_pago(self.now()).ok_or_else(moneda_ajena)?;
        Ok(EstadoRemoto { estado: EstadoCobro::Cancelado, ..estado })
    }

    async fn check(&self) -> Result<String, FallaPasarela> {
        let usuario: Usuario = self.get("/users/me").await?;
        Ok(usuario.id.0)
    }

    fn verify(&self, crudo: &AvisoCrudo) -> Result<AvisoVerificado, RechazoAviso> {
        aviso::verify(&self.config.firmas, crudo)
    }
}

/// Word of the vendor for a direct means; `None` for the hosted page.
fn metodo(pedido: &PedidoCobro) -> Result<Option<&'static str>, FallaPasarela> {
    Ok(match pedido.medio {
        MedioRemoto::Enlace => None,
        MedioRemoto::Spei => Some("clabe"),
        MedioRemoto::Oxxo => Some("oxxo"),
        MedioRemoto::PagoEfectivo => Some("pagoefectivo_atm"),
        MedioRemoto::Yape => Some("yape"),
        // The brand comes from the browser with the token, which the port does not carry.
        MedioRemoto::Tarjeta => {
            let mensaje = "con Mercado Pago las tarjetas se cobran por enlace";
            return Err(FallaPasarela::rechazada("medio_no_ofrecido", mensaje));
        }
    })
}

/// How far a payment went: what decides when several carry the same reference.
fn avance(estado: EstadoCobro) -> u8 {
    match estado {
        EstadoCobro::Acreditado => 5,
        EstadoCobro::Contracargado | EstadoCobro::Devuelto => 4,
        EstadoCobro::EnProceso => 3,
        EstadoCobro::Pendiente => 2,
        EstadoCobro::Rechazado => 1,
        EstadoCobro::Cancelado | EstadoCobro::Vencido => 0,
    }
}

fn no_existe() -> FallaPasarela {
    FallaPasarela::rechazada(CODIGO_NO_EXISTE, "Mercado Pago no conoce la referencia")
}

fn moneda_ajena() -> FallaPasarela {
    FallaPasarela::rechazada("moneda", "la pasarela responde en una moneda que no se factura")
}

/// A 4xx in types; 2xx passes.
fn accepted(cruda: Cruda) -> Result<Cruda, FallaPasarela> {
    if cruda.is_ok() {
        return Ok(cruda);
    }
    let error: ErrorMp = serde_json::from_slice(&cruda.cuerpo).unwrap_or_default();
    let causa = error.cause.and_then(|c| c.into_iter().next());
    let (numero, descripcion) = causa.map_or((None, None), |c| (c.code, c.description));
    let codigo = match cruda.http {
        404 => CODIGO_NO_EXISTE.to_owned(),
        409 => "clave_en_conflicto".to_owned(),
        http => numero.map(|t| t.0).or(error.error).unwrap_or_else(|| http.to_string()),
    };
    let mensaje = descripcion.or(error.message).unwrap_or_default();
    Err(FallaPasarela::Rechazada { codigo, mensaje })
}
