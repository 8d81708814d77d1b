//! How a customer is named in an address: its UUID or its printed number. Nothing else is searched.

use ramal_base::CampoInvalido;
use ramal_db::Consulta;

use crate::{ClienteId, Error, storage};

/// A customer as named in an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Referencia {
    /// By identifier.
    Id(ClienteId),
    /// By printed number.
    Numero(i64),
}

impl Referencia {
    /// Reads a UUID, `C-66489` (any case) or `66489`.
    pub fn parse(texto: &str) -> Option<Referencia> {
        let digitos =
            texto.strip_prefix("C-").or_else(|| texto.strip_prefix("c-")).unwrap_or(texto);
        if !digitos.is_empty() && digitos.bytes().all(|b| b.is_ascii_digit()) {
            return digitos.parse().ok().map(Referencia::Numero);
        }
        texto.parse().ok().map(Referencia::Id)
    }
}

/// Identifier of the named customer.
///
/// Errors: `Datos` if the text names nobody's kind of thing, `ReferenciaNotFound`, `Storage`.
/// A UUID is not looked up: whoever uses it finds out.
pub async fn resolve(c: &impl Consulta, texto: &str) -> Result<ClienteId, Error> {
    match Referencia::parse(texto) {
        Some(Referencia::Id(id)) => Ok(id),
        Some(Referencia::Numero(numero)) => {
            let id = storage::id_by_numero(c, numero).await?;
            id.ok_or_else(|| Error::ReferenciaNotFound(texto.to_owned()))
        }
        None => {
            let motivo = "Use el identificador del cliente o su número impreso, como C-66489.";
            Err(Error::Datos(vec![CampoInvalido::new("id", "valor_invalido", motivo)]))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_printed_number_is_not_taken_for_an_identifier() {
        assert_eq!(Referencia::parse("C-66489"), Some(Referencia::Numero(66_489)));
        assert_eq!(Referencia::parse("c-7"), Some(Referencia::Numero(7)));
        assert_eq!(Referencia::parse("12"), Some(Referencia::Numero(12)));
        let uuid = "0198c0de-0000-7000-8000-000000000001";
        assert_eq!(Referencia::parse(uuid), uuid.parse().ok().map(Referencia::Id));
        for malo in ["", "C-", "C--1", "-1", "+1", "C-1a", "99999999999999999999"] {
            assert_eq!(Referencia::parse(malo), None, "{malo}");
        }
    }
}
