//! Codes of the SUNAT catalogues that the rules need. It deliberately leaves out ubigeos and
//! UNSPSC.

/// Catalogue 51, operation.
pub const OPERACION: &[&str] = &[
    "0101", "0112", "0113", "0200", "0201", "0202", "0203", "0204", "0205", "0206", "0207", "0208",
    "0301", "0302", "0303", "0401", "1001", "1002", "1003", "1004", "2001", "2002", "2100", "2101",
    "2102", "2103", "2104", "2105", "2106",
];
/// Catalogue 52, legends.
pub const LEYENDA: &[&str] = &[
    "1000", "1002", "2000", "2001", "2002", "2003", "2004", "2005", "2006", "2007", "2008", "2009",
    "2010", "2011", "2012",
];
/// Catalogue 06, identity documents.
pub const IDENTIDAD: &[&str] =
    &["0", "1", "4", "6", "7", "A", "B", "C", "D", "E", "F", "G", "H", "-"];
/// Catalogue 03, units that the emulator knows.
pub const UNIDAD: &[&str] = &[
    "ZZ", "NIU", "MON", "ANN", "DAY", "HUR", "MTR", "KGM", "E34", "4L", "C62", "LTR", "SET", "PK",
    "BX", "GLL", "MTK", "MTQ", "KTM", "PR", "DZN", "MIL", "TNE", "GRM", "WEE", "MIN", "SEC",
];
/// Catalogue 09, motives of a credit note.
pub const MOTIVO_CREDITO: &[&str] =
    &["01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12", "13"];
/// Catalogue 10, motives of a debit note.
pub const MOTIVO_DEBITO: &[&str] = &["01", "02", "03", "11", "12"];

/// Name and type code of a tribute, catalogue 05.
pub fn tributo(id: &str) -> Option<(&'static str, &'static str)> {
    Some(match id {
        "1000" => ("IGV", "VAT"),
        "1016" => ("IVAP", "VAT"),
        "2000" => ("ISC", "EXC"),
        "3000" => ("IR", "TOX"),
        "7152" => ("ICBPER", "OTH"),
        "9995" => ("EXP", "FRE"),
        "9996" => ("GRA", "FRE"),
        "9997" => ("EXO", "VAT"),
        "9998" => ("INA", "FRE"),
        "9999" => ("OTROS", "OTH"),
        _ => return None,
    })
}

/// Tribute that an affectation of catalogue 07 belongs to.
pub fn tributo_of(afectacion: &str) -> Option<&'static str> {
    Some(match afectacion {
        "10" => "1000",
        "17" => "1016",
        "20" => "9997",
        "30" => "9998",
        "40" => "9995",
        "11" | "12" | "13" | "14" | "15" | "16" | "21" | "31" | "32" | "33" | "34" | "35"
        | "36" | "37" => "9996",
        _ => return None,
    })
}

/// Whether a free affectation still carries a tax of reference.
pub fn is_gravada_gratuita(afectacion: &str) -> bool {
    ["11", "12", "13", "14", "15", "16"].contains(&afectacion)
}

/// Catalogue 54, as check 3033 takes it.
pub fn is_detraccion(codigo: &str) -> bool {
    let n: u32 = codigo.parse().unwrap_or(0);
    let vale = matches!(n, 1..=5 | 7..=17 | 19..=28 | 30..=32 | 34..=37 | 39..=41 | 99);
    codigo.len() == 3 && vale
}

/// RUC by prefix and check digit.
pub fn is_ruc(numero: &str) -> bool {
    let digitos: Vec<u32> = numero.chars().filter_map(|c| c.to_digit(10)).collect();
    if digitos.len() != 11 || numero.len() != 11 {
        return false;
    }
    let pesos = [5, 4, 3, 2, 7, 6, 5, 4, 3, 2];
    let suma: u32 = pesos.iter().zip(&digitos).map(|(p, d)| p * d).sum();
    let prefijo = ["10", "15", "16", "17", "20"].contains(&&numero[..2]);
    prefijo && digitos[10] == (11 - suma % 11) % 10
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ruc_check_digit_follows_the_vectors() {
        for bueno in ["20600000005", "20512333797", "20100066603", "10054148289", "15482850712"] {
            assert!(is_ruc(bueno), "{bueno}");
        }
        for malo in ["20512333798", "20123456789", "12345678912", "2051233379", "2051233379A"] {
            assert!(!is_ruc(malo), "{malo}");
        }
    }
}
