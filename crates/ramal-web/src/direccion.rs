//! The address from which a request comes, left in its extensions for whoever limits or audits. It
//! believes a proxy only when the site says that there is one.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, Request};
use axum::http::{Extensions, HeaderMap};

use crate::App;

/// Address of the caller; absent when nobody knows it (a test without network).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Direccion(pub IpAddr);

/// Whether a proxy of ours stands in front.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Proxy {
    /// Nobody: `X-Forwarded-For` is what anybody writes.
    #[default]
    Ninguno,
    /// One of ours: the last hop of `X-Forwarded-For` is what it saw.
    Propio,
}

/// Finds the address and leaves it in the request.
pub(crate) fn note(peticion: &mut Request, app: &App) -> Option<Direccion> {
    let direccion = address(peticion.extensions(), peticion.headers(), app.borde.proxy)?;
    peticion.extensions_mut().insert(direccion);
    Some(direccion)
}

fn address(extras: &Extensions, cabeceras: &HeaderMap, proxy: Proxy) -> Option<Direccion> {
    let zocalo = extras.get::<ConnectInfo<SocketAddr>>().map(|c| c.0.ip().to_canonical());
    let vista = match proxy {
        Proxy::Ninguno => None,
        Proxy::Propio => last_hop(cabeceras),
    };
    vista.or(zocalo).map(Direccion)
}

fn last_hop(cabeceras: &HeaderMap) -> Option<IpAddr> {
    let linea = cabeceras.get_all("x-forwarded-for").into_iter().next_back()?.to_str().ok()?;
    let ultimo = linea.rsplit(',').next()?.trim();
    let ip = ultimo.parse::<IpAddr>().ok();
    ip.or_else(|| ultimo.parse::<SocketAddr>().ok().map(|s| s.ip())).map(|ip| ip.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forged_header_changes_nothing_without_a_proxy_of_ours() {
        let mut extras = Extensions::new();
        extras.insert(ConnectInfo(SocketAddr::from(([10, 0, 0, 9], 5000))));
        let mut cabeceras = HeaderMap::new();
        cabeceras.insert("x-forwarded-for", "1.2.3.4, 5.6.7.8".parse().unwrap());
        let ip = |texto: &str| Some(Direccion(texto.parse().unwrap()));
        assert_eq!(address(&extras, &cabeceras, Proxy::Ninguno), ip("10.0.0.9"));
        assert_eq!(address(&extras, &cabeceras, Proxy::Propio), ip("5.6.7.8"));
        cabeceras.insert("x-forwarded-for", "nada".parse().unwrap());
        assert_eq!(address(&extras, &cabeceras, Proxy::Propio), ip("10.0.0.9"));
        assert_eq!(address(&Extensions::new(), &HeaderMap::new(), Proxy::Ninguno), None);
    }
}
