//! Names as the tax offices want them, of people and of files. Holds no list of taxpayers.

use crate::storage::{Clase, ComprobanteFila};

/// Company types that a CFDI name must not carry (cfdi.md 4.4), longest first.
const SUFIJOS: &[&str] = &[
    "SOCIEDAD ANONIMA DE CAPITAL VARIABLE",
    "SOCIEDAD DE RESPONSABILIDAD LIMITADA DE CAPITAL VARIABLE",
    "SOCIEDAD POR ACCIONES SIMPLIFICADA",
    "SAPI DE CV SOFOM ENR",
    "SA DE CV SOFOM ENR",
    "SAPI DE CV",
    "SAB DE CV",
    "S EN C POR A DE CV",
    "S DE RL DE CV",
    "SPR DE RL DE CV",
    "SC DE RL DE CV",
    "SAS DE CV",
    "SA DE CV",
    "SC DE RL",
    "S DE RL",
    "SPR DE RL",
    "SAPI",
    "SAS",
    "SC",
    "AC",
    "SA",
];

/// Name for a CFDI: upper case, single spaces, and without the company type for a legal person.
pub fn nombre_cfdi(nombre: &str, is_moral: bool) -> String {
    let mayusculas = nombre.to_uppercase();
    let palabras: Vec<&str> = mayusculas.split_whitespace().collect();
    if is_moral { sin_sufijo(&palabras) } else { palabras.join(" ") }
}

fn sin_sufijo(palabras: &[&str]) -> String {
    let plano = |p: &&str| p.replace(['.', ','], "");
    let planas: Vec<String> = palabras.iter().map(plano).filter(|p| !p.is_empty()).collect();
    for sufijo in SUFIJOS {
        let partes: Vec<&str> = sufijo.split(' ').collect();
        let resto = planas.len().saturating_sub(partes.len());
        if resto > 0 && planas[resto..] == partes[..] && planas.len() == palabras.len() {
            return palabras[..resto].join(" ").trim_end_matches(',').to_owned();
        }
    }
    palabras.join(" ")
}

/// Base file name of a CPE: `20600000005-01-F001-1` (sunat.md 3).
pub fn nombre_cpe(ruc: &str, fila: &ComprobanteFila) -> String {
    format!("{ruc}-{}-{}-{}", fila.tipo, fila.serie, fila.folio)
}

/// File name of stored bytes, as the norm of the country or, where it rules none, the custom says.
///
/// Shape: PE `RUC-TT-SERIE-NUMERO.xml`, `R-….zip`; MX `RFC_SERIE_FOLIO_UUID.xml` once stamped,
/// `RFC_TIPO_SERIE_FOLIO.xml` before.
pub fn nombre_archivo(numero: &str, fila: &ComprobanteFila, clase: Clase) -> String {
    if !matches!(fila.tipo.as_str(), "I" | "E" | "P") {
        let base = nombre_cpe(numero, fila);
        return match clase {
            Clase::Xml => format!("{base}.xml"),
            Clase::Cdr => format!("R-{base}.zip"),
            Clase::Pdf => format!("{base}.pdf"),
            otra => format!("{base}_{}.xml", otra.as_str()),
        };
    }
    let base = match &fila.uuid_fiscal {
        Some(uuid) if clase != Clase::Xml && clase != Clase::Anterior => {
            format!("{numero}_{}_{}_{uuid}", fila.serie, fila.folio)
        }
        _ => format!("{numero}_{}_{}_{}", fila.tipo, fila.serie, fila.folio),
    };
    match clase {
        Clase::Xml | Clase::Timbrado => format!("{base}.xml"),
        Clase::Pdf => format!("{base}.pdf"),
        otra => format!("{base}_{}.xml", otra.as_str()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_company_loses_its_type_and_a_person_keeps_every_word() {
        assert_eq!(nombre_cfdi("Hostal San Olmedo SA DE CV", true), "HOSTAL SAN OLMEDO");
        assert_eq!(nombre_cfdi("Redes, S.A. de C.V.", true), "REDES");
        assert_eq!(nombre_cfdi("Estudio  La Huamán S. de R.L. de C.V.", true), "ESTUDIO LA HUAMÁN");
        assert_eq!(nombre_cfdi("Ana Sa", false), "ANA SA");
        assert_eq!(nombre_cfdi("SA DE CV", true), "SA DE CV");
    }
}
