//! What the adapters share: checks before a call, keys on the wire, answers that must be read. It
//! knows no vendor.

use serde::de::DeserializeOwned;

use crate::cobro::PedidoCobro;
use crate::falla::FallaPasarela;
use crate::red::Cruda;

/// Refuses what no gateway would take, before anything leaves.
///
/// Errors: `Rechazada` with `importe`, `externa`, `concepto` or `falta_token`.
pub(crate) fn check_pedido(pedido: &PedidoCobro) -> Result<(), FallaPasarela> {
    let mala = |codigo, mensaje: &str| Err(FallaPasarela::rechazada(codigo, mensaje));
    if pedido.importe <= 0 {
        return mala("importe", "el importe debe ser mayor que cero");
    }
    let letra = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    if !(1..=64).contains(&pedido.externa.len()) || !pedido.externa.bytes().all(letra) {
        return mala("externa", "la referencia externa lleva de 1 a 64 letras, cifras, - o _");
    }
    if pedido.concepto.trim().is_empty() {
        return mala("concepto", "falta el concepto del cobro");
    }
    use crate::MedioRemoto::{Tarjeta, Yape};
    let necesita = matches!(pedido.medio, Tarjeta | Yape);
    match (&pedido.token, necesita) {
        (None, true) => mala("falta_token", "este medio necesita el código de quien paga"),
        (Some(_), false) => mala("sobra_token", "este medio no lleva código de quien paga"),
        _ => Ok(()),
    }
}

/// UUID v4 made of a key: the same key gives the same one.
pub(crate) fn idempotency_uuid(clave: &str) -> String {
    let resumen = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, clave.as_bytes());
    let mut bytes = [0u8; 16];
    bytes.copy_from_slice(&resumen.as_ref()[..16]);
    uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
}

/// Key as it is if a header takes it; otherwise its digest, the same every time.
pub(crate) fn idempotency_text(clave: &str) -> String {
    let cabe = (1..=255).contains(&clave.len()) && clave.bytes().all(|b| b.is_ascii_graphic());
    if cabe { clave.to_owned() } else { idempotency_uuid(clave) }
}

/// Answer to a question. One that is not understood is asked again later.
pub(crate) fn parse_leida<T: DeserializeOwned>(cruda: Cruda) -> Result<T, FallaPasarela> {
    serde_json::from_slice(&cruda.cuerpo).map_err(|_| FallaPasarela::Reintentable {
        motivo: "la respuesta de la pasarela no se entiende".to_owned(),
        espera_ms: None,
    })
}

/// Answer to a write. One that is not understood says that something was done, and not what.
pub(crate) fn parse_escrita<T: DeserializeOwned>(cruda: Cruda) -> Result<T, FallaPasarela> {
    serde_json::from_slice(&cruda.cuerpo).map_err(|_| FallaPasarela::Incierta {
        motivo: "la respuesta de la pasarela no se entiende".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_key_always_travels_as_the_same_uuid_v4() {
        let uno = idempotency_uuid("cobro:1");
        assert_eq!(uno, idempotency_uuid("cobro:1"));
        assert_ne!(uno, idempotency_uuid("cobro:2"));
        assert_eq!(uuid::Uuid::parse_str(&uno).unwrap().get_version_num(), 4);
        assert_eq!(idempotency_text("cobro:1"), "cobro:1");
        for rara in ["", "con espacio", "ñ", &"x".repeat(256)] {
            assert_eq!(idempotency_text(rara).len(), 36, "{rara}");
        }
    }
}
