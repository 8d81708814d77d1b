//! How services, contracts and products are named in an address or a body: by identifier or by
//! code. Nothing else is searched.

use ramal_base::Id;
use ramal_catalogo::{Producto, ProductoId};
use ramal_db::Consulta;

use crate::contrato::Contrato;
use crate::{Error, ServicioId, storage};

/// A printed number: `S-12` (any case) or `12`; none if the text is something else.
fn numero(texto: &str, letras: &str) -> Option<i64> {
    let sin_letras = texto.get(..letras.len()).filter(|p| p.eq_ignore_ascii_case(letras));
    let digitos = sin_letras.map_or(texto, |_| &texto[letras.len()..]);
    let bien = !digitos.is_empty() && digitos.bytes().all(|b| b.is_ascii_digit());
    if bien { digitos.parse().ok() } else { None }
}

fn unreadable(campo: &str, ejemplo: &str) -> Error {
    let motivo = format!("Use el identificador o el código impreso, como {ejemplo}.");
    Error::campo(campo, "valor_invalido", &motivo)
}

/// Identifier of the service named by UUID or `S-12`.
///
/// Errors: `Datos` if the text names no kind of thing, `NotFound`. A UUID is not looked up.
pub async fn servicio(c: &impl Consulta, texto: &str) -> Result<ServicioId, Error> {
    match numero(texto, "S-") {
        Some(numero) => storage::id_by_numero(c, numero).await?.ok_or(Error::NotFound),
        None => texto.parse().map_err(|_| unreadable("id", "S-12")),
    }
}

/// The contract named by UUID or `CT-12`. Errors: `Datos`, `ContratoNotFound`.
pub async fn contrato(c: &impl Consulta, texto: &str, campo: &str) -> Result<Contrato, Error> {
    let encontrado = match numero(texto, "CT-") {
        Some(numero) => storage::contrato_by_numero(c, numero).await?,
        None => {
            let id: Id<_> = texto.parse().map_err(|_| unreadable(campo, "CT-12"))?;
            storage::contrato_by_id(c, id).await?
        }
    };
    encontrado.ok_or(Error::ContratoNotFound)
}

/// The product named by UUID or by its code. Errors: `Catalogo(ProductoNotFound)`.
pub async fn producto(c: &impl Consulta, texto: &str) -> Result<Producto, Error> {
    let id = match texto.parse::<ProductoId>() {
        Ok(id) => Some(id),
        Err(_) => storage::producto_by_codigo(c, &texto.trim().to_lowercase()).await?,
    };
    let producto = match id {
        Some(id) => ramal_catalogo::storage::by_id(c, id).await?,
        None => None,
    };
    Ok(producto.ok_or(ramal_catalogo::Error::ProductoNotFound)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_printed_number_is_read_with_or_without_its_letters() {
        for texto in ["S-12", "s-12", "12"] {
            assert_eq!(numero(texto, "S-"), Some(12), "{texto}");
        }
        assert_eq!(numero("ct-3", "CT-"), Some(3));
        for malo in ["", "S-", "S--1", "-1", "C-1", "S-1a", "ñ-1", "99999999999999999999"] {
            assert_eq!(numero(malo, "S-"), None, "{malo}");
        }
    }
}
