//! Series, numbers and file names of §3. It keeps no counter: numbers are taken by whoever issues.

use ramal_base::Fecha;

use crate::catalogos::Tipo;

/// Why a file name or number does not fit §3.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NombreError {
    /// Not `RUC-TT-SERIE-NUMERO` nor `RUC-RC-AAAAMMDD-n`.
    #[error("el nombre debe ser RUC-TIPO-SERIE-NUMERO, por ejemplo 20600000005-01-F001-1")]
    Formato,
}

/// Parts of a base file name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nombre {
    /// RUC of the issuer, eleven digits.
    pub ruc: String,
    /// Kind, two characters as written (`01`, `RC`, also kinds that Ramal does not issue).
    pub tipo: String,
    /// Series, or the date `YYYYMMDD` in RC and RA.
    pub serie: String,
    /// Number as written, without padding in documents of Ramal.
    pub numero: String,
}

impl Nombre {
    /// Reads a base name or a file name ending in `.xml` or `.zip` (any case), with or without
    /// folders.
    pub fn parse(archivo: &str) -> Result<Nombre, NombreError> {
        let base = archivo.rsplit(['/', '\\']).next().unwrap_or(archivo);
        let base = match base.rsplit_once('.') {
            Some((b, ext)) if ["xml", "zip"].contains(&ext.to_ascii_lowercase().as_str()) => b,
            _ => base,
        };
        let partes: Vec<&str> = base.split('-').collect();
        let [ruc, tipo, serie, numero] = partes[..] else { return Err(NombreError::Formato) };
        let digitos = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
        let bien = ruc.len() == 11
            && digitos(ruc)
            && tipo.len() == 2
            && !serie.is_empty()
            && digitos(numero)
            && numero.len() <= 8;
        if !bien {
            return Err(NombreError::Formato);
        }
        let texto = |t: &str| t.to_owned();
        Ok(Nombre {
            ruc: texto(ruc),
            tipo: texto(tipo),
            serie: texto(serie),
            numero: texto(numero),
        })
    }

    /// Identifier that the document inside must carry: `F001-1`, `RC-20261120-1`.
    pub fn id(&self) -> String {
        match self.tipo.as_str() {
            "RC" | "RA" | "RR" => format!("{}-{}-{}", self.tipo, self.serie, self.numero),
            _ => format!("{}-{}", self.serie, self.numero),
        }
    }
}

/// Base name of a factura, boleta or nota: `20600000005-01-F001-1`.
pub fn nombre_comprobante(ruc: &str, tipo: Tipo, serie: &str, numero: u32) -> String {
    format!("{ruc}-{}-{serie}-{numero}", tipo.codigo())
}

/// Identifier of an RC or RA: `RC-20261120-1`; `fecha` is the generation date.
pub fn id_de_lote(tipo: Tipo, fecha: Fecha, n: u32) -> String {
    format!("{}-{:04}{:02}{:02}-{n}", tipo.codigo(), fecha.anio(), fecha.mes(), fecha.dia())
}

/// Whether the text is a legal `SERIE-NUMERO` of a factura or boleta series (regex of §3).
pub fn is_id(texto: &str) -> bool {
    let Some((serie, numero)) = texto.split_once('-') else { return false };
    is_serie(serie) && is_numero(numero)
}

/// Whether the series has the shape `[FB][A-Z0-9]{3}`.
pub fn is_serie(serie: &str) -> bool {
    let b = serie.as_bytes();
    b.len() == 4
        && matches!(b[0], b'F' | b'B')
        && b[1..].iter().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
}

/// Whether the text is 1 to 8 digits and not zero.
pub fn is_numero(numero: &str) -> bool {
    (1..=8).contains(&numero.len())
        && numero.bytes().all(|b| b.is_ascii_digit())
        && numero.bytes().any(|b| b != b'0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_identifiers_agree() {
        let fecha = Fecha::parse("2026-11-20").unwrap();
        let nombre = nombre_comprobante("20600000005", Tipo::Factura, "F001", 1);
        assert_eq!(nombre, "20600000005-01-F001-1");
        assert_eq!(Nombre::parse(&format!("{nombre}.XML")).unwrap().id(), "F001-1");
        assert_eq!(id_de_lote(Tipo::Resumen, fecha, 1), "RC-20261120-1");
        let rc = Nombre::parse("/tmp/20600000005-RC-20261120-1.zip").unwrap();
        assert_eq!(rc.id(), "RC-20261120-1");
        for malo in ["", "factura.xml", "20600000005-01-F001", "2060-01-F001-1", "a-b-c-d"] {
            assert!(Nombre::parse(malo).is_err(), "{malo}");
        }
    }

    #[test]
    fn padded_or_zero_numbers_are_told_apart() {
        for bueno in ["F001-1", "B001-99999999", "FC01-10", "BZZ9-00000001"] {
            assert!(is_id(bueno), "{bueno}");
        }
        for malo in ["F001-0", "F001-00000000", "F01-1", "E001-1", "f001-1", "F001-123456789"] {
            assert!(!is_id(malo), "{malo}");
        }
    }
}
