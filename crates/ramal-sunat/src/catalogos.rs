//! SUNAT catalogues that Ramal needs, as types and tables (05, 06, 07, 52, 54…). It does not decide
//! which code a sale takes: that belongs to whoever builds the document.

use serde::{Deserialize, Serialize};

/// Catalogue 01: kind of document, including the two files that inform SUNAT.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Tipo {
    /// 01 factura.
    #[serde(rename = "01")]
    Factura,
    /// 03 boleta de venta.
    #[serde(rename = "03")]
    Boleta,
    /// 07 nota de crédito.
    #[serde(rename = "07")]
    NotaCredito,
    /// 08 nota de débito.
    #[serde(rename = "08")]
    NotaDebito,
    /// RC resumen diario.
    #[serde(rename = "RC")]
    Resumen,
    /// RA comunicación de baja.
    #[serde(rename = "RA")]
    Baja,
}

impl Tipo {
    /// Code as it stands in file names: `01`, `03`, `07`, `08`, `RC`, `RA`.
    pub fn codigo(self) -> &'static str {
        match self {
            Tipo::Factura => "01",
            Tipo::Boleta => "03",
            Tipo::NotaCredito => "07",
            Tipo::NotaDebito => "08",
            Tipo::Resumen => "RC",
            Tipo::Baja => "RA",
        }
    }

    /// Reads the code of a file name. `None` for any other.
    pub fn parse(codigo: &str) -> Option<Tipo> {
        match codigo {
            "01" => Some(Tipo::Factura),
            "03" => Some(Tipo::Boleta),
            "07" => Some(Tipo::NotaCredito),
            "08" => Some(Tipo::NotaDebito),
            "RC" => Some(Tipo::Resumen),
            "RA" => Some(Tipo::Baja),
            _ => None,
        }
    }

    /// Title of the printed form, upper case.
    pub fn titulo(self) -> &'static str {
        match self {
            Tipo::Factura => "FACTURA ELECTRÓNICA",
            Tipo::Boleta => "BOLETA DE VENTA ELECTRÓNICA",
            Tipo::NotaCredito => "NOTA DE CRÉDITO ELECTRÓNICA",
            Tipo::NotaDebito => "NOTA DE DÉBITO ELECTRÓNICA",
            Tipo::Resumen => "RESUMEN DIARIO",
            Tipo::Baja => "COMUNICACIÓN DE BAJA",
        }
    }

    /// Whether SUNAT takes the file by `sendSummary` and answers with a ticket.
    pub fn is_por_ticket(self) -> bool {
        matches!(self, Tipo::Resumen | Tipo::Baja)
    }
}

/// Catalogue 06: identity document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum TipoIdentidad {
    /// 0, foreigner without RUC; also sales without identification.
    SinRuc,
    /// 1, eight digits.
    Dni,
    /// 4.
    CarneExtranjeria,
    /// 6, eleven digits.
    Ruc,
    /// 7.
    Pasaporte,
    /// A.
    CedulaDiplomatica,
    /// B.
    PaisResidencia,
    /// C.
    Tin,
    /// D.
    In,
    /// E.
    Tam,
    /// F.
    Ptp,
    /// G.
    Salvoconducto,
    /// H.
    Cpp,
    /// `-`, none: small boletas and exports.
    Ninguno,
}

const IDENTIDADES: [(TipoIdentidad, &str); 14] = [
    (TipoIdentidad::SinRuc, "0"),
    (TipoIdentidad::Dni, "1"),
    (TipoIdentidad::CarneExtranjeria, "4"),
    (TipoIdentidad::Ruc, "6"),
    (TipoIdentidad::Pasaporte, "7"),
    (TipoIdentidad::CedulaDiplomatica, "A"),
    (TipoIdentidad::PaisResidencia, "B"),
    (TipoIdentidad::Tin, "C"),
    (TipoIdentidad::In, "D"),
    (TipoIdentidad::Tam, "E"),
    (TipoIdentidad::Ptp, "F"),
    (TipoIdentidad::Salvoconducto, "G"),
    (TipoIdentidad::Cpp, "H"),
    (TipoIdentidad::Ninguno, "-"),
];

impl TipoIdentidad {
    /// One-character code of catalogue 06.
    pub fn codigo(self) -> &'static str {
        IDENTIDADES.iter().find(|(t, _)| *t == self).map_or("-", |(_, c)| c)
    }

    /// Reads a code of catalogue 06.
    pub fn parse(codigo: &str) -> Option<TipoIdentidad> {
        IDENTIDADES.iter().find(|(_, c)| *c == codigo).map(|(t, _)| *t)
    }
}

/// Catalogue 05: tribute, as it goes in `cac:TaxScheme`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Tributo {
    /// 1000.
    Igv,
    /// 9995.
    Exportacion,
    /// 9996.
    Gratuito,
    /// 9997.
    Exonerado,
    /// 9998.
    Inafecto,
}

/// Catalogue 05, whole: identifier, name, type code.
pub const TRIBUTOS: [(&str, &str, &str); 10] = [
    ("1000", "IGV", "VAT"),
    ("1016", "IVAP", "VAT"),
    ("2000", "ISC", "EXC"),
    ("3000", "IR", "TOX"),
    ("7152", "ICBPER", "OTH"),
    ("9995", "EXP", "FRE"),
    ("9996", "GRA", "FRE"),
    ("9997", "EXO", "VAT"),
    ("9998", "INA", "FRE"),
    ("9999", "OTROS", "OTH"),
];

impl Tributo {
    /// Identifier, name and type code of the tribute.
    pub fn ficha(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Tributo::Igv => TRIBUTOS[0],
            Tributo::Exportacion => TRIBUTOS[5],
            Tributo::Gratuito => TRIBUTOS[6],
            Tributo::Exonerado => TRIBUTOS[7],
            Tributo::Inafecto => TRIBUTOS[8],
        }
    }
}

/// Catalogue 07: how the IGV touches a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Afectacion {
    /// 10, taxed and paid.
    Gravado,
    /// 20, exempt by law (Amazonía).
    Exonerado,
    /// 30, out of the scope of the tax.
    Inafecto,
    /// 40.
    Exportacion,
    /// 11–16, taxed withdrawal without charge; holds the last digit, 1 to 6.
    GratuitoGravado(u8),
    /// 21.
    GratuitoExonerado,
    /// 31–37; holds the last digit, 1 to 7.
    GratuitoInafecto(u8),
}

impl Afectacion {
    /// Two-digit code of catalogue 07.
    pub fn codigo(self) -> &'static str {
        match self {
            Afectacion::Gravado => "10",
            Afectacion::Exonerado => "20",
            Afectacion::Inafecto => "30",
            Afectacion::Exportacion => "40",
            Afectacion::GratuitoExonerado => "21",
            Afectacion::GratuitoGravado(n) => {
                ["11", "12", "13", "14", "15", "16"][usize::from(n.clamp(1, 6)) - 1]
            }
            Afectacion::GratuitoInafecto(n) => {
                ["31", "32", "33", "34", "35", "36", "37"][usize::from(n.clamp(1, 7)) - 1]
            }
        }
    }

    /// Reads a code of catalogue 07; 17 (IVAP) is not sold by an ISP and gives `None`.
    pub fn parse(codigo: &str) -> Option<Afectacion> {
        let digito = codigo.as_bytes().get(1)?.wrapping_sub(b'0');
        match codigo {
            "10" => Some(Afectacion::Gravado),
            "20" => Some(Afectacion::Exonerado),
            "21" => Some(Afectacion::GratuitoExonerado),
            "30" => Some(Afectacion::Inafecto),
            "40" => Some(Afectacion::Exportacion),
            "11" | "12" | "13" | "14" | "15" | "16" => Some(Afectacion::GratuitoGravado(digito)),
            "31" | "32" | "33" | "34" | "35" | "36" | "37" => {
                Some(Afectacion::GratuitoInafecto(digito))
            }
            _ => None,
        }
    }

    /// Tribute under which the line is declared (§10.2).
    pub fn tributo(self) -> Tributo {
        match self {
            Afectacion::Gravado => Tributo::Igv,
            Afectacion::Exonerado => Tributo::Exonerado,
            Afectacion::Inafecto => Tributo::Inafecto,
            Afectacion::Exportacion => Tributo::Exportacion,
            _ => Tributo::Gratuito,
        }
    }

    /// Whether the customer pays nothing for the line.
    pub fn is_gratuita(self) -> bool {
        self.tributo() == Tributo::Gratuito
    }

    /// Whether the line bears IGV, paid or as a taxed withdrawal.
    pub fn lleva_igv(self) -> bool {
        matches!(self, Afectacion::Gravado | Afectacion::GratuitoGravado(_))
    }
}

/// Tribute identifier that each code of catalogue 07 must carry (§12.5). `None`: unknown code.
pub fn tributo_de_afectacion(codigo: &str) -> Option<&'static str> {
    match codigo {
        "10" => Some("1000"),
        "17" => Some("1016"),
        "20" => Some("9997"),
        "30" => Some("9998"),
        "40" => Some("9995"),
        _ => Afectacion::parse(codigo).map(|_| "9996"),
    }
}

/// Catalogue 09: motives of a nota de crédito.
pub const MOTIVOS_CREDITO: [(&str, &str); 13] = [
    ("01", "Anulación de la operación"),
    ("02", "Anulación por error en el RUC"),
    ("03", "Corrección por error en la descripción"),
    ("04", "Descuento global"),
    ("05", "Descuento por ítem"),
    ("06", "Devolución total"),
    ("07", "Devolución por ítem"),
    ("08", "Bonificación"),
    ("09", "Disminución en el valor"),
    ("10", "Otros conceptos"),
    ("11", "Ajustes de operaciones de exportación"),
    ("12", "Ajustes afectos al IVAP"),
    ("13", "Corrección del monto neto pendiente de pago, fechas o cuotas"),
];

/// Catalogue 10: motives of a nota de débito.
pub const MOTIVOS_DEBITO: [(&str, &str); 5] = [
    ("01", "Intereses por mora"),
    ("02", "Aumento en el valor"),
    ("03", "Penalidades u otros conceptos"),
    ("11", "Ajustes de operaciones de exportación"),
    ("12", "Ajustes afectos al IVAP"),
];

/// Catalogue 51: operation codes that Ramal emits or accepts when reading.
pub const OPERACIONES: [&str; 34] = [
    "0101", "0112", "0113", "0200", "0201", "0202", "0203", "0204", "0205", "0206", "0207", "0208",
    "0301", "0302", "0401", "1001", "1002", "1003", "1004", "2001", "2002", "2100", "2101", "2102",
    "2103", "2104", "2105", "2106", "0102", "0103", "0104", "0110", "0111", "0121",
];

/// Catalogue 54: codes that check 3033 lets pass.
pub fn is_detraccion_conocida(codigo: &str) -> bool {
    let tres = codigo.len() == 3 && codigo.bytes().all(|b| b.is_ascii_digit());
    let numero: u16 = if tres { codigo.parse().unwrap_or(0) } else { 0 };
    matches!(numero, 1..=5 | 7..=17 | 19..=28 | 30..=32 | 34..=37 | 39..=41 | 99)
}

/// Catalogue 52: text of a legend with fixed wording.
pub fn leyenda(codigo: &str) -> Option<&'static str> {
    match codigo {
        "1002" => Some("TRANSFERENCIA GRATUITA DE UN BIEN Y/O SERVICIO PRESTADO GRATUITAMENTE"),
        "2002" => {
            Some("SERVICIOS PRESTADOS EN LA AMAZONÍA REGIÓN SELVA PARA SER CONSUMIDOS EN LA MISMA")
        }
        "2006" => Some("Operación sujeta a detracción"),
        _ => None,
    }
}

/// Catalogue 03: UN/ECE rec 20 units that Ramal writes; SUNAT knows more (2936).
pub const UNIDADES: [&str; 11] =
    ["ZZ", "NIU", "MON", "ANN", "DAY", "HUR", "MTR", "KGM", "E34", "4L", "C62"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_affectation_maps_to_its_tribute() {
        for codigo in ["10", "11", "16", "20", "21", "30", "31", "37", "40"] {
            let afectacion = Afectacion::parse(codigo).unwrap();
            assert_eq!(afectacion.codigo(), codigo);
            assert_eq!(Some(afectacion.tributo().ficha().0), tributo_de_afectacion(codigo));
        }
        assert_eq!(tributo_de_afectacion("17"), Some("1016"));
        for malo in ["", "1", "18", "22", "38", "99", "1x", "ñ"] {
            assert_eq!(tributo_de_afectacion(malo), None, "{malo}");
        }
    }

    #[test]
    fn unknown_detraction_codes_are_refused() {
        for bueno in ["001", "012", "019", "022", "037", "041", "099"] {
            assert!(is_detraccion_conocida(bueno), "{bueno}");
        }
        for malo in ["006", "018", "029", "033", "038", "042", "37", "", "abc", "0037"] {
            assert!(!is_detraccion_conocida(malo), "{malo}");
        }
    }
}
