//! What the provider says of a person: claims of the ID token, completed from userinfo. It maps no
//! role to a permission.

use openidconnect::http::{Request, StatusCode, header};
use ramal_base::Instante;
use serde_json::{Map, Value};

use crate::proveedor::Documento;
use crate::{Error, Proveedor, Secreto, TokenError};

/// Claims by name, already verified.
pub(crate) type Datos = Map<String, Value>;

/// Most roles read of one person.
const MAX_ROLES: usize = 500;

/// A person as the provider knows him, after every check passed.
#[derive(Clone, Debug)]
pub struct Reclamos {
    /// Stable name of the person at this issuer; the key of the account, never the e-mail.
    pub sub: String,
    /// Session at the provider, if it says it; the back-channel logout names it.
    pub sid: Option<String>,
    /// E-mail as given, in any case. Not proven unless `correo_verificado`.
    pub correo: Option<String>,
    /// Whether the provider checked the e-mail; false when it does not say.
    pub correo_verificado: bool,
    /// Name to greet with.
    pub nombre: Option<String>,
    /// Roles of the claim of the settings, in the provider's order, without repeats. Empty if none.
    pub roles: Vec<String>,
    /// When the ID token expires.
    pub id_token_exp: Instante,
    /// The ID token, for `end_session_url`. Personal data: never in a log or a page.
    pub id_token: Secreto,
}

impl Proveedor {
    /// `datos` with what userinfo adds, asked only when the roles or the e-mail are missing.
    pub(crate) async fn completed(
        &self,
        mut datos: Datos,
        acceso: &str,
        documento: &Documento,
    ) -> Result<Datos, Error> {
        let completos =
            find(&datos, &self.ajustes.rol_claim).is_some() && datos.contains_key("email");
        let Some(lugar) = documento.userinfo_endpoint().filter(|_| !completos) else {
            return Ok(datos);
        };
        let otros = self.userinfo(lugar.as_str(), acceso).await?;
        let sub = |d: &Datos| d.get("sub").and_then(Value::as_str).map(str::to_owned);
        if sub(&otros).is_none() || sub(&otros) != sub(&datos) {
            return Err(TokenError::Subject.into());
        }
        merge(&mut datos, otros);
        Ok(datos)
    }

    async fn userinfo(&self, lugar: &str, acceso: &str) -> Result<Datos, Error> {
        let malo = || Error::Provider("userinfo");
        let pedido = Request::get(lugar)
            .header(header::ACCEPT, "application/json")
            .header(header::AUTHORIZATION, format!("Bearer {acceso}"))
            .body(Vec::new())
            .map_err(|_| malo())?;
        let respuesta = self.red.send(pedido).await.map_err(|corte| corte.error("userinfo"))?;
        if respuesta.status() != StatusCode::OK {
            return Err(malo());
        }
        serde_json::from_slice(respuesta.body()).map_err(|_| malo())
    }
}

/// Adds what the ID token lacks. The signed one wins, and an e-mail travels with its own proof: a
/// `email_verified` of one source never vouches for the address of the other.
fn merge(datos: &mut Datos, mut otros: Datos) {
    if datos.contains_key("email") {
        otros.remove("email");
        otros.remove("email_verified");
    } else {
        datos.remove("email_verified");
    }
    for (nombre, valor) in otros {
        match (datos.get_mut(&nombre), valor) {
            (None, valor) => drop(datos.insert(nombre, valor)),
            (Some(Value::Object(suyo)), Value::Object(ajeno)) => {
                for (campo, valor) in ajeno {
                    suyo.entry(campo).or_insert(valor);
                }
            }
            _ => {}
        }
    }
}

/// Reads the person out of verified claims.
pub(crate) fn read(datos: &Datos, rol_claim: &str, id_token: String) -> Result<Reclamos, Error> {
    let sub = text(datos, "sub").ok_or(TokenError::Subject)?;
    let exp = seconds(datos, "exp").ok_or(TokenError::Malformed)?;
    let nombre = ["name", "preferred_username"].iter().find_map(|n| text(datos, n));
    Ok(Reclamos {
        sub,
        sid: text(datos, "sid"),
        correo: text(datos, "email"),
        correo_verificado: is_true(datos.get("email_verified")),
        nombre,
        roles: find(datos, rol_claim).map(roles).unwrap_or_default(),
        id_token_exp: exp,
        id_token: Secreto::new(id_token),
    })
}

/// Text of a claim, trimmed; none when empty or of another type.
pub(crate) fn text(datos: &Datos, nombre: &str) -> Option<String> {
    let texto = datos.get(nombre)?.as_str()?.trim();
    (!texto.is_empty()).then(|| texto.to_owned())
}

/// Instant of a claim in whole seconds (RFC 7519 allows a fraction: it is dropped).
pub(crate) fn seconds(datos: &Datos, nombre: &str) -> Option<Instante> {
    let numero = datos.get(nombre)?.as_number()?.to_string();
    let enteros = numero.split('.').next()?.parse::<i64>().ok()?;
    enteros.checked_mul(1000).map(Instante::from_millis)
}

fn is_true(valor: Option<&Value>) -> bool {
    valor.is_some_and(|v| v.as_bool() == Some(true) || v.as_str() == Some("true"))
}

/// The claim called exactly `camino`, else the one at the end of its path of dots.
fn find<'d>(datos: &'d Datos, camino: &str) -> Option<&'d Value> {
    if let Some(valor) = datos.get(camino) {
        return Some(valor);
    }
    let mut pasos = camino.split('.');
    let primero = datos.get(pasos.next()?)?;
    pasos.try_fold(primero, |valor, paso| valor.get(paso))
}

/// A list of texts, or one text; anything else in it is ignored.
fn roles(valor: &Value) -> Vec<String> {
    let lista = match valor {
        Value::Array(lista) => lista.as_slice(),
        uno => std::slice::from_ref(uno),
    };
    let mut roles: Vec<String> = Vec::new();
    for rol in lista.iter().filter_map(Value::as_str).map(str::trim).take(MAX_ROLES) {
        if !rol.is_empty() && !roles.iter().any(|r| r == rol) {
            roles.push(rol.to_owned());
        }
    }
    roles
}
