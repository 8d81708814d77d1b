//! RFC and CURP of Mexico (cfdi.md 17). It does not derive either from a name: homonyms make that a
//! guess.

use crate::Fecha;

use super::{DocumentoError, DocumentoValido, Persona};

const RFC_FORMATO: DocumentoError = DocumentoError {
    codigo: "rfc_formato",
    motivo: "El RFC lleva 3 o 4 letras, la fecha AAMMDD y 3 caracteres de homoclave.",
};
const RFC_FECHA: DocumentoError = DocumentoError {
    codigo: "rfc_fecha",
    motivo: "La fecha dentro del RFC (AAMMDD) no existe; revise el número.",
};
const CURP_FORMATO: DocumentoError = DocumentoError {
    codigo: "curp_formato",
    motivo: "La CURP lleva 18 caracteres: letras, fecha AAMMDD, sexo, estado y homoclave.",
};
const CURP_FECHA: DocumentoError = DocumentoError {
    codigo: "curp_fecha",
    motivo: "La fecha dentro de la CURP (AAMMDD) no existe; revise el número.",
};
const CURP_ESTADO: DocumentoError = DocumentoError {
    codigo: "curp_estado",
    motivo: "La clave de estado dentro de la CURP no existe; revise el número.",
};
const CURP_DIGITO: DocumentoError = DocumentoError {
    codigo: "curp_digito",
    motivo: "El dígito verificador de la CURP no corresponde; revise el número.",
};
const ESTADOS: &str = "AS BC BS CC CS CH CL CM DF DG GT GR HG JC MC MN MS \
     NT NL OC PL QT QR SP SL SR TC TS TL VZ YN ZS NE";

/// Whether the RFC stands for nobody in particular: público en general or a foreigner.
///
/// Shape: exact, as stored (normalised). Such a number identifies no customer and is exempt from
/// its check digit.
pub fn is_generico(rfc: &str) -> bool {
    matches!(rfc, "XAXX010101000" | "XEXX010101000")
}

/// RFC of 12 (legal person) or 13 characters (natural person). A wrong check digit is an aviso.
pub(super) fn rfc(numero: String) -> Result<DocumentoValido, DocumentoError> {
    let letras: Vec<char> = numero.chars().collect();
    let persona = match letras.len() {
        12 => Persona::Moral,
        13 => Persona::Fisica,
        _ => return Err(RFC_FORMATO),
    };
    let (nombre, cola) = letras.split_at(letras.len() - 9);
    let (fecha, clave) = cola.split_at(6);
    if !is_nombre_rfc(nombre) || !is_homoclave_rfc(clave) {
        return Err(RFC_FORMATO);
    }
    // The century is not written; 20YY accepts 000229, and for every other year both centuries
    // agree.
    if !is_fecha(fecha, 2000).ok_or(RFC_FORMATO)? {
        return Err(RFC_FECHA);
    }
    if is_generico(&numero) {
        return Ok(DocumentoValido::sin_avisos(numero, Persona::Desconocida));
    }
    let avisos = if digito_rfc(&letras) == clave[2] { vec![] } else { vec!["rfc_digito"] };
    Ok(DocumentoValido { numero, avisos, persona })
}

/// Letters, & and Ñ; a zero after the first one too, because SAT has registered such RFCs.
fn is_nombre_rfc(nombre: &[char]) -> bool {
    let letra = |c: &char| c.is_ascii_uppercase() || matches!(c, '&' | 'Ñ');
    letra(&nombre[0]) && nombre[1..].iter().all(|c| letra(c) || *c == '0')
}

fn is_homoclave_rfc(clave: &[char]) -> bool {
    let alfanumerico = |c: &char| c.is_ascii_uppercase() || c.is_ascii_digit();
    clave[..2].iter().all(alfanumerico) && (clave[2].is_ascii_digit() || clave[2] == 'A')
}

/// Whether six characters are a real day AAMMDD of a century; `None` if they are not digits.
fn is_fecha(cifras: &[char], siglo: i16) -> Option<bool> {
    let par = |i: usize| Some(cifras[i].to_digit(10)? * 10 + cifras[i + 1].to_digit(10)?);
    let (anio, mes, dia) = (par(0)?, par(2)?, par(4)?);
    let anio = siglo + i16::try_from(anio).ok()?;
    Some(Fecha::new(anio, i8::try_from(mes).ok()?, i8::try_from(dia).ok()?).is_ok())
}

/// Check character by the SAT table; a legal person counts one leading space (37 × 13 = 481).
fn digito_rfc(letras: &[char]) -> char {
    let largo = letras.len();
    let inicial = if largo == 12 { 481 } else { 0 };
    let pesos = (2..=largo).rev();
    let suma: usize = letras.iter().zip(pesos).map(|(c, peso)| valor_rfc(*c) * peso).sum();
    match 11 - (inicial + suma) % 11 {
        11 => '0',
        10 => 'A',
        digito => char::from_digit(u32::try_from(digito).unwrap_or(0), 10).unwrap_or('0'),
    }
}

fn valor_rfc(c: char) -> usize {
    const TABLA: &str = "0123456789ABCDEFGHIJKLMN&OPQRSTUVWXYZ Ñ";
    TABLA.chars().position(|t| t == c).unwrap_or(0)
}

/// CURP of 18 characters with its check digit.
pub(super) fn curp(numero: String) -> Result<DocumentoValido, DocumentoError> {
    let letras: Vec<char> = numero.chars().collect();
    if letras.len() != 18 || !is_forma_curp(&letras) {
        return Err(CURP_FORMATO);
    }
    // The homoclave tells the century: a digit until 1999, a letter since 2000.
    let siglo = if letras[16].is_ascii_digit() { 1900 } else { 2000 };
    if !is_fecha(&letras[4..10], siglo).ok_or(CURP_FORMATO)? {
        return Err(CURP_FECHA);
    }
    let estado: String = letras[11..13].iter().collect();
    if !ESTADOS.split(' ').any(|e| e == estado) {
        return Err(CURP_ESTADO);
    }
    if digito_curp(&letras) != letras[17].to_digit(10) {
        return Err(CURP_DIGITO);
    }
    Ok(DocumentoValido::sin_avisos(numero, Persona::Fisica))
}

fn is_forma_curp(letras: &[char]) -> bool {
    let mayuscula = |c: &char| c.is_ascii_uppercase();
    let consonante = |c: &char| mayuscula(c) && !"AEIOU".contains(*c);
    mayuscula(&letras[0])
        && "AEIOUX".contains(letras[1])
        && letras[2..4].iter().all(mayuscula)
        && "HMX".contains(letras[10])
        && letras[13..16].iter().all(consonante)
        && (mayuscula(&letras[16]) || letras[16].is_ascii_digit())
        && letras[17].is_ascii_digit()
}

fn digito_curp(letras: &[char]) -> Option<u32> {
    const TABLA: &str = "0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ";
    let valor = |c: char| TABLA.chars().position(|t| t == c).unwrap_or(0);
    let pesos = (2..=18).rev();
    let suma: usize = letras[..17].iter().zip(pesos).map(|(c, peso)| valor(*c) * peso).sum();
    u32::try_from((10 - suma % 10) % 10).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codigo(resultado: Result<DocumentoValido, DocumentoError>) -> &'static str {
        match resultado {
            Ok(valido) => valido.avisos.first().copied().unwrap_or("valido"),
            Err(error) => error.codigo,
        }
    }

    #[test]
    fn every_rfc_of_the_spec_is_judged_right() {
        let validos = [
            "CAMA911215CJ0",
            "COSC8001137NA",
            "SORC591116FJ6",
            "DIM8701081LA",
            "A&A050908GT0",
            "SAT970701NN3",
            "AÑÑ801231JK0",
            "EKU9003173C9",
            "CACX7605101P8",
            "H&E951128469",
            "XIA190128J61",
            "OÑO120726RX3",
            "L&O950913MSA",
            "RAQÑ7701212M3",
            "LSO1306189R5",
            "FIN1203015JA",
        ];
        for numero in validos {
            assert_eq!(codigo(rfc(numero.into())), "valido", "{numero}");
        }
        for numero in ["AAA010101AAA", "RT0840921RE4", "PEÑ0001014K1"] {
            assert_eq!(codigo(rfc(numero.into())), "rfc_digito", "{numero}");
        }
    }

    #[test]
    fn a_generic_rfc_is_nobody_and_is_exempt_from_its_digit() {
        for numero in ["XAXX010101000", "XEXX010101000"] {
            let valido = rfc(numero.into()).unwrap();
            assert!(valido.avisos.is_empty(), "{numero}");
            assert_eq!(valido.persona, Persona::Desconocida);
            assert!(is_generico(numero));
        }
        assert!(!is_generico("CAMA911215CJ0"));
    }

    #[test]
    fn an_rfc_needs_letters_a_real_date_and_a_homoclave() {
        let malos = [
            ("EKU9013173C9", "rfc_fecha"),
            ("EKU9002303C9", "rfc_fecha"),
            ("ABC", "rfc_formato"),
            ("", "rfc_formato"),
            ("EKU90031X3C9", "rfc_formato"),
            ("EK19003173C9", "rfc_formato"),
            ("EKU9003173CB", "rfc_formato"),
            ("EKU900317ÑC9", "rfc_formato"),
            ("CAMAA911215CJ0", "rfc_formato"),
        ];
        for (numero, esperado) in malos {
            assert_eq!(codigo(rfc(numero.into())), esperado, "{numero}");
        }
        assert_ne!(codigo(rfc("ABC000229AB1".into())), "rfc_fecha");
    }

    #[test]
    fn twelve_characters_are_a_company_and_thirteen_a_person() {
        assert_eq!(rfc("SAT970701NN3".into()).unwrap().persona, Persona::Moral);
        assert_eq!(rfc("CAMA911215CJ0".into()).unwrap().persona, Persona::Fisica);
        assert_eq!(rfc("AÑÑ801231JK0".into()).unwrap().persona, Persona::Moral);
    }

    #[test]
    fn every_curp_of_the_spec_is_judged_right() {
        let validas = [
            "CACX760510MGTSHC04",
            "XIQB891116MGRMZR05",
            "XOJI740919MQTDMN02",
            "VADA800927HSRSRL05",
            "HEGG560427MVZRRL04",
            "BOXW310820HNERXN09",
        ];
        for numero in validas {
            assert_eq!(codigo(curp(numero.into())), "valido", "{numero}");
        }
        assert_eq!(codigo(curp("OEAF771012HMCRGR09".into())), "curp_digito");
    }

    #[test]
    fn a_curp_needs_a_known_state_a_real_date_and_its_shape() {
        let malas = [
            ("CACX760510MZZSHC04", "curp_estado"),
            ("CACX761310MGTSHC04", "curp_fecha"),
            ("CACX760510GGTSHC04", "curp_formato"),
            ("CBCX760510MGTSHC04", "curp_formato"),
            ("CACX760510MGTAHC04", "curp_formato"),
            ("CACX760510MGTSHC0", "curp_formato"),
            ("CACXÑ60510MGTSHC04", "curp_formato"),
        ];
        for (numero, esperado) in malas {
            assert_eq!(codigo(curp(numero.into())), esperado, "{numero}");
        }
    }
}
