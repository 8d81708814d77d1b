//! E-mail addresses: the shape that every provider takes. It does not ask the domain whether the
//! mailbox exists.

use super::DocumentoError;

const CORREO: DocumentoError = DocumentoError {
    codigo: "correo_formato",
    motivo: "El correo debe ser como nombre@dominio.com, sin espacios ni acentos.",
};

/// Checks an address and returns it trimmed, with its domain in lower case.
///
/// Shape: ASCII, one `@`, local part of 1 to 64 and whole of at most 254 characters, a domain with
/// a dot.
/// Errors: `correo_formato`. Quoted local parts and bare IP addresses are refused on purpose:
/// nobody has one.
pub fn correo(texto: &str) -> Result<String, DocumentoError> {
    let (local, dominio) = texto.trim().split_once('@').ok_or(CORREO)?;
    let dominio = dominio.to_ascii_lowercase();
    let largo = local.len() + dominio.len() + 1;
    if largo > 254 || !is_local(local) || !is_dominio(&dominio) {
        return Err(CORREO);
    }
    Ok(format!("{local}@{dominio}"))
}

fn is_local(local: &str) -> bool {
    let admitido = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+/=?^_`{|}~-".contains(&b);
    local.len() <= 64 && local.split('.').all(|t| !t.is_empty() && t.bytes().all(admitido))
}

fn is_dominio(dominio: &str) -> bool {
    let admitido = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    let etiqueta = |t: &str| {
        (1..=63).contains(&t.len())
            && t.bytes().all(admitido)
            && !t.starts_with('-')
            && !t.ends_with('-')
    };
    let final_ = dominio.rsplit('.').next().unwrap_or_default();
    let numerico = final_.bytes().all(|b| b.is_ascii_digit());
    dominio.contains('.') && dominio.split('.').all(etiqueta) && final_.len() >= 2 && !numerico
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_addresses_pass_and_keep_their_local_part() {
        let buenos = [
            (" Javier.Mosca+isp@Correo.Example ", "Javier.Mosca+isp@correo.example"),
            ("a@b.pe", "a@b.pe"),
            ("c0@correo.example", "c0@correo.example"),
            ("ventas_2@mi-isp.com.mx", "ventas_2@mi-isp.com.mx"),
        ];
        for (texto, esperado) in buenos {
            assert_eq!(correo(texto).as_deref(), Ok(esperado));
        }
    }

    #[test]
    fn addresses_that_no_server_takes_are_refused() {
        let largo = format!("{}@b.pe", "a".repeat(65));
        let malos = [
            "",
            "@",
            "a@",
            "@b.pe",
            "a@b",
            "a b@c.pe",
            "a@b@c.pe",
            "a..b@c.pe",
            ".a@c.pe",
            "a@-b.pe",
            "a@b-.pe",
            "a@b..pe",
            "a@b.p",
            "ñ@b.pe",
            "a@ñ.pe",
            "a@127.0.0.1",
            "a@b.pe\nBcc: x@y.pe",
            largo.as_str(),
        ];
        for texto in malos {
            assert_eq!(correo(texto), Err(CORREO), "{texto}");
        }
    }
}
