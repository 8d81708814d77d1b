//! Small SAT catalogues and the use-by-regime matrix. It deliberately leaves out the large ones:
//! any well formed key passes.
//!
//! Source: catCFDI of August 2026.

/// c_FormaPago.
pub const FORMA_PAGO: &[&str] = &[
    "01", "02", "03", "04", "05", "06", "08", "12", "13", "14", "15", "17", "23", "24", "25", "26",
    "27", "28", "29", "30", "31", "99",
];
/// c_TipoRelacion.
pub const TIPO_RELACION: &[&str] = &["01", "02", "03", "04", "05", "06", "07"];
/// c_ObjetoImp.
pub const OBJETO_IMP: &[&str] = &["01", "02", "03", "04", "05", "06", "07", "08"];
/// Means of payment that go through a bank.
pub const BANCARIZADAS: &[&str] = &["02", "03", "04", "05", "06", "28", "29"];

const MORALES: &[&str] = &["601", "603", "620", "622", "623", "624"];
const FISICAS: &[&str] =
    &["605", "606", "607", "608", "611", "612", "614", "615", "616", "621", "625"];
const AMBAS: &[&str] = &["610", "626"];

const MONEDAS: &[&str] = &[
    "MXN", "USD", "EUR", "XXX", "CAD", "GBP", "JPY", "CHF", "PEN", "ARS", "BRL", "CLP", "COP",
    "GTQ", "CNY", "UYU", "BOB", "CRC", "DOP", "HNL", "NIO", "PAB", "PYG", "SVC", "MXV",
];

/// Kind of person that an RFC names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Persona {
    /// 13 characters.
    Fisica,
    /// 12 characters.
    Moral,
}

/// Kind of person of an RFC.
pub fn persona(rfc: &str) -> Persona {
    if rfc.chars().count() == 13 { Persona::Fisica } else { Persona::Moral }
}

/// Whether the currency key is known.
pub fn is_moneda(clave: &str) -> bool {
    MONEDAS.contains(&clave)
}

/// Whether the regime key exists.
pub fn is_regimen(clave: &str) -> bool {
    MORALES.contains(&clave) || FISICAS.contains(&clave) || AMBAS.contains(&clave)
}

/// Whether that kind of person may have the regime.
pub fn allows_regimen(persona: Persona, clave: &str) -> bool {
    let propios = match persona {
        Persona::Moral => MORALES,
        Persona::Fisica => FISICAS,
    };
    propios.contains(&clave) || AMBAS.contains(&clave)
}

/// Whether the use key exists.
pub fn is_uso(clave: &str) -> bool {
    uso_regimenes(clave).is_some()
}

/// Whether the use is allowed for the person and regime of the receiver.
pub fn allows_uso(clave: &str, persona: Persona, regimen: &str) -> bool {
    let solo_fisica = clave.starts_with('D') || clave == "CN01";
    if solo_fisica && persona == Persona::Moral {
        return false;
    }
    uso_regimenes(clave).is_some_and(|r| r.split(' ').any(|r| r == regimen))
}

fn uso_regimenes(clave: &str) -> Option<&'static str> {
    match clave {
        "G01" | "G03" | "I01" | "I02" | "I03" | "I04" | "I05" | "I06" | "I07" | "I08" => {
            Some("601 603 606 612 620 621 622 623 624 625 626")
        }
        "G02" => Some("601 603 606 612 616 620 621 622 623 624 625 626"),
        "D01" | "D02" | "D03" | "D04" | "D05" | "D06" | "D07" | "D08" | "D09" | "D10" => {
            Some("605 606 607 608 611 612 614 615 625")
        }
        "S01" | "CP01" => {
            Some("601 603 605 606 607 608 610 611 612 614 615 616 620 621 622 623 624 625 626")
        }
        "CN01" => Some("605"),
        _ => None,
    }
}

/// Whether the rate (six decimals) is in c_TasaOCuota for that tax.
pub fn is_tasa_traslado(impuesto: &str, factor: &str, tasa: &str) -> bool {
    match (impuesto, factor) {
        ("002", "Tasa") => ["0.000000", "0.160000", "0.080000"].contains(&tasa),
        ("003", "Tasa") => [
            "0.000000", "0.030000", "0.060000", "0.070000", "0.080000", "0.090000", "0.250000",
            "0.265000", "0.300000", "0.304000", "0.500000", "0.530000", "1.600000",
        ]
        .contains(&tasa),
        ("003", "Cuota") => true,
        _ => false,
    }
}

/// Highest retained rate, in millionths.
pub fn max_tasa_retencion(impuesto: &str) -> Option<i64> {
    match impuesto {
        "001" => Some(350_000),
        "002" => Some(160_000),
        "003" => Some(1_600_000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_salaried_person_gets_no_business_use() {
        assert!(!allows_uso("G03", Persona::Fisica, "605"));
        assert!(allows_uso("S01", Persona::Fisica, "605"));
        assert!(allows_uso("G02", Persona::Fisica, "616"));
        assert!(!allows_uso("D01", Persona::Moral, "601"));
        assert!(allows_uso("CP01", Persona::Moral, "601"));
        assert!(!is_uso("P01"));
    }
}
