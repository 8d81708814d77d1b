//! The JSON routes, and what they share. Thin: authorize, begin, one action, commit, render.

pub mod comprobantes;
pub mod cuentas;
pub mod lotes;
pub mod renglones;

use ramal_base::Problema;
use ramal_db::Consulta;
use ramal_web::{ClaveIdempotencia, Problem};
use uuid::Uuid;

use crate::storage::{comprobantes as pruebas, lotes as tabla};
use crate::{ComprobantePago, Error, Lote};

/// A route that moves money is not called without a key: a repeated call must be known as one.
pub(crate) fn required(idem: &ClaveIdempotencia) -> Result<(), Problem> {
    if idem.is_given() {
        return Ok(());
    }
    Err(Problem(Problema::new(
        400,
        "idempotencia_clave_requerida",
        "Falta Idempotency-Key",
        "Esta ruta mueve dinero: enviar la cabecera Idempotency-Key, por ejemplo un UUID. Repetir \
         la petición con la misma clave no cobra dos veces.",
    )))
}

/// The lote that an address names: `L-12` or its identifier. Errors: `NotFound`, `Storage`.
pub(crate) async fn lote_named(c: &impl Consulta, texto: &str) -> Result<Lote, Error> {
    let lote = match (printed(texto, "L-"), texto.parse::<Uuid>()) {
        (Some(numero), _) => tabla::by_numero(c, numero).await?,
        (None, Ok(id)) => tabla::by_id(c, crate::LoteId::from_uuid(id)).await?,
        (None, Err(_)) => None,
    };
    lote.ok_or(Error::NotFound("lote"))
}

/// The proof that an address names: `CP-12` or its identifier. Errors: `NotFound`, `Storage`.
pub(crate) async fn comprobante_named(
    c: &impl Consulta,
    texto: &str,
) -> Result<ComprobantePago, Error> {
    let hallado = match (printed(texto, "CP-"), texto.parse::<Uuid>()) {
        (Some(numero), _) => pruebas::by_numero(c, numero).await?,
        (None, Ok(id)) => pruebas::by_id(c, crate::ComprobantePagoId::from_uuid(id)).await?,
        (None, Err(_)) => None,
    };
    hallado.ok_or(Error::NotFound("comprobante_pago"))
}

fn printed(texto: &str, prefijo: &str) -> Option<i64> {
    let cifras = texto.strip_prefix(prefijo)?;
    let bien = !cifras.is_empty() && cifras.bytes().all(|b| b.is_ascii_digit());
    if bien { cifras.parse().ok() } else { None }
}

/// The customer that a text names. Errors: those of the customers.
pub(crate) async fn cliente_named(c: &impl Consulta, texto: &str) -> Result<Uuid, Error> {
    Ok(ramal_clientes::referencia::resolve(c, texto.trim()).await?.uuid())
}
