//! The door of the house, from the environment: identity provider, proxy in front, every permission
//! that a role may hold. It signs nobody in.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Context;
use ramal_mensajeria::AvisadorMensajeria;
use ramal_oidc::{Ajustes, Proveedor, Secreto};
use ramal_plataforma::{AjustesOidc, Puerta};
use ramal_web::direccion::Proxy;
use ramal_web::{App, Borde};
use serde_json::Value;

use crate::casa::Casa;
use crate::wiring;

/// What signing in needs; `url` is the public address of the site.
///
/// Errors: settings of the identity provider that cannot be read.
pub fn open(casa: &Casa, url: &str) -> anyhow::Result<Puerta> {
    let sello = (*casa.sello).clone();
    let avisador = Arc::new(AvisadorMensajeria::new(sello.clone()));
    let puerta = Puerta::new(sello).with_permisos(wiring::permisos()).with_avisador(avisador);
    match var("RAMAL_OIDC_EMISOR") {
        Some(emisor) => Ok(puerta.with_oidc(provider(&emisor, url).context("RAMAL_OIDC_…")?)),
        None => Ok(puerta),
    }
}

/// The same state behind the proxy that the environment names (`RAMAL_PROXY=si`).
pub fn behind(app: App) -> App {
    let proxy = if is_behind_proxy() { Proxy::Propio } else { Proxy::Ninguno };
    app.behind(Borde { proxy, ..Borde::default() })
}

fn is_behind_proxy() -> bool {
    var("RAMAL_PROXY").as_deref() == Some("si")
}

fn provider(emisor: &str, url: &str) -> anyhow::Result<AjustesOidc> {
    let cliente = var("RAMAL_OIDC_CLIENTE").context("falta RAMAL_OIDC_CLIENTE")?;
    let mut ajustes = Ajustes::new(emisor, &cliente, &format!("{url}/entrar/oidc/retorno"));
    ajustes.client_secret = var("RAMAL_OIDC_SECRETO").map(Secreto::new);
    if let Some(rol_claim) = var("RAMAL_OIDC_ROL_CLAIM") {
        ajustes.rol_claim = rol_claim;
    }
    let proveedor = Proveedor::new(ajustes, ramal_oidc::http_client()?)?;
    let mut oidc = AjustesOidc::new(proveedor);
    if let Some(texto) = var("RAMAL_OIDC_ROLES") {
        oidc.roles = roles(&texto)?;
    }
    Ok(oidc)
}

/// `{"rol de allá": "rol de aquí"}`.
fn roles(texto: &str) -> anyhow::Result<BTreeMap<String, String>> {
    let valor: Value = serde_json::from_str(texto).context("RAMAL_OIDC_ROLES no es JSON")?;
    let objeto = valor.as_object().context("RAMAL_OIDC_ROLES debe ser un objeto JSON")?;
    let par = |(de, a): (&String, &Value)| {
        let a = a.as_str().context("cada rol de RAMAL_OIDC_ROLES debe ser un texto")?;
        Ok((de.clone(), a.to_owned()))
    };
    objeto.iter().map(par).collect()
}

fn var(nombre: &str) -> Option<String> {
    std::env::var(nombre).ok().filter(|v| !v.is_empty())
}
