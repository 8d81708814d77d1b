//! How much one address or one account may ask: token buckets in memory, bounded, by the clock of
//! the program. They belong to the process: two processes grant twice as much.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Mutex;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use ramal_base::Instante;
use sha2::{Digest, Sha256};

use crate::direccion::Direccion;
use crate::pagina::peticion::cookie;
use crate::{App, Problem};

/// A bucket's size and how it fills.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cupo {
    /// Requests at once.
    pub rafaga: u32,
    /// Milliseconds in which one more is granted.
    pub cada_ms: u32,
}

/// The site's limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limites {
    /// Any request of one address; the own machine is exempt, because a proxy speaks from there.
    pub direccion: Cupo,
    /// Any request of one account or key.
    pub cuenta: Cupo,
    /// Attempts to sign in or to recover the account, by address.
    pub entrada: Cupo,
    /// Links that need no account (`/f/…`), by address.
    pub enlace: Cupo,
}

/// Limits of a site that says nothing.
pub const LIMITES: Limites = Limites {
    direccion: Cupo { rafaga: 1_000, cada_ms: 20 },
    cuenta: Cupo { rafaga: 3_000, cada_ms: 5 },
    entrada: Cupo { rafaga: 40, cada_ms: 2_000 },
    enlace: Cupo { rafaga: 60, cada_ms: 1_000 },
};

/// Buckets of one generation; two are kept, so memory is bounded by twice this.
const MAXIMO: usize = 20_000;

/// Names of the session's cookie, with and without HTTPS.
const GALLETAS: [&str; 2] = ["__Host-ramal_sesion", "ramal_sesion"];

/// Whose bucket it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Quien {
    Direccion(IpAddr),
    Cuenta([u8; 16]),
    Entrada(IpAddr),
    Enlace(IpAddr),
}

/// What is left in a bucket, in milliseconds of filling.
#[derive(Clone, Copy, Debug)]
struct Cubeta {
    saldo_ms: i64,
    visto: Instante,
}

/// The buckets of the process.
#[derive(Debug, Default)]
pub struct Cubetas(Mutex<Generaciones>);

#[derive(Debug, Default)]
struct Generaciones {
    nuevas: HashMap<Quien, Cubeta>,
    viejas: HashMap<Quien, Cubeta>,
}

impl Cubetas {
    /// Takes one request from a bucket, or tells in how many seconds there will be one.
    fn take(&self, quien: Quien, cupo: Cupo, ahora: Instante) -> Result<(), u64> {
        let mut todas = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let lleno = i64::from(cupo.rafaga) * i64::from(cupo.cada_ms);
        let antes = todas.nuevas.get(&quien).or_else(|| todas.viejas.get(&quien)).copied();
        let antes = antes.unwrap_or(Cubeta { saldo_ms: lleno, visto: ahora });
        let pasado = ahora.millis().saturating_sub(antes.visto.millis()).max(0);
        let saldo_ms = antes.saldo_ms.saturating_add(pasado).min(lleno) - i64::from(cupo.cada_ms);
        if saldo_ms < 0 {
            return Err(u64::try_from((-saldo_ms).div_euclid(1000) + 1).unwrap_or(1));
        }
        if todas.nuevas.len() >= MAXIMO {
            todas.viejas = std::mem::take(&mut todas.nuevas);
        }
        todas.nuevas.insert(quien, Cubeta { saldo_ms, visto: ahora });
        Ok(())
    }
}

/// Refuses with 429 and `Retry-After` who asks too much.
pub(crate) async fn limit(State(app): State<App>, peticion: Request, next: Next) -> Response {
    let ahora = app.cx.now();
    let direccion = peticion.extensions().get::<Direccion>().map(|d| d.0);
    for (quien, cupo) in buckets(&peticion, direccion, &app.borde.limites) {
        if let Err(segundos) = app.cubetas.take(quien, cupo, ahora) {
            return too_many(segundos);
        }
    }
    next.run(peticion).await
}

fn buckets(peticion: &Request, direccion: Option<IpAddr>, limites: &Limites) -> Vec<(Quien, Cupo)> {
    let mut cubetas = Vec::with_capacity(3);
    let ruta = peticion.uri().path();
    if ruta.starts_with("/estatico/") || ruta.starts_with("/health/") {
        return cubetas;
    }
    if let Some(ip) = direccion {
        let entra = ruta == "/entrar" || ruta.starts_with("/entrar/");
        let recupera = ruta == "/recuperar" || ruta.starts_with("/recuperar/");
        if peticion.method() == Method::POST && (entra || recupera) {
            cubetas.push((Quien::Entrada(ip), limites.entrada));
        }
        if ruta.starts_with("/f/") {
            cubetas.push((Quien::Enlace(ip), limites.enlace));
        }
        if !ip.is_loopback() {
            cubetas.push((Quien::Direccion(ip), limites.direccion));
        }
    }
    if let Some(cuenta) = account(peticion.headers()) {
        cubetas.push((Quien::Cuenta(cuenta), limites.cuenta));
    }
    cubetas
}

/// Digest of the credential that the caller shows; whether it is good is not asked here.
fn account(cabeceras: &HeaderMap) -> Option<[u8; 16]> {
    let clave = cabeceras.get(header::AUTHORIZATION).map(HeaderValue::as_bytes);
    let sesion = || GALLETAS.iter().find_map(|g| cookie(cabeceras, g)).map(str::as_bytes);
    let huella = Sha256::digest(clave.or_else(sesion)?);
    huella.first_chunk::<16>().copied()
}

fn too_many(segundos: u64) -> Response {
    let detalle = format!(
        "Llegaron demasiadas peticiones seguidas. Se puede seguir en {segundos} segundos; nada de \
         lo anterior se perdió."
    );
    let problema =
        Problem::new(429, "demasiadas_peticiones", "Hay que esperar un momento", detalle);
    let mut respuesta = problema.into_response();
    respuesta.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(segundos));
    respuesta
}

#[cfg(test)]
mod tests {
    use super::*;

    const CUPO: Cupo = Cupo { rafaga: 3, cada_ms: 1_000 };

    fn ip(n: u32) -> Quien {
        Quien::Direccion(IpAddr::V4(std::net::Ipv4Addr::from(n)))
    }

    #[test]
    fn a_burst_is_granted_then_one_for_each_interval() {
        let cubetas = Cubetas::default();
        let t = Instante::from_millis(1_000_000);
        for _ in 0..3 {
            assert_eq!(cubetas.take(ip(1), CUPO, t), Ok(()));
        }
        assert_eq!(cubetas.take(ip(1), CUPO, t), Err(2));
        assert_eq!(cubetas.take(ip(2), CUPO, t), Ok(()), "another address has its own");
        assert_eq!(cubetas.take(ip(1), CUPO, t.plus_millis(1_000)), Ok(()));
        assert_eq!(cubetas.take(ip(1), CUPO, t.plus_millis(1_000)), Err(2));
        assert_eq!(cubetas.take(ip(1), CUPO, t.plus_millis(-9_000)), Err(2), "a clock set back");
    }

    #[test]
    fn a_million_addresses_do_not_fill_the_memory() {
        let cubetas = Cubetas::default();
        for n in 0..100_000 {
            let _ = cubetas.take(ip(n), CUPO, Instante::from_millis(0));
        }
        let todas = cubetas.0.lock().unwrap();
        assert!(todas.nuevas.len() + todas.viejas.len() <= 2 * MAXIMO);
    }
}
