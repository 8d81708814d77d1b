//! Check digits of account numbers and of our own payment references. It knows no bank by name.

/// Control digit of the first 17 digits of a CLABE: weights 3, 7, 1.
///
/// Errors: none if `base` is not 17 digits. Source: integrations 2.4.
pub fn clabe_digit(base: &str) -> Option<char> {
    if base.len() != 17 {
        return None;
    }
    let mut suma = 0;
    for (i, c) in base.chars().enumerate() {
        let cifra = c.to_digit(10)?;
        suma += cifra * [3, 7, 1][i % 3] % 10;
    }
    char::from_digit((10 - suma % 10) % 10, 10)
}

/// Whether a text is a CLABE: 18 digits and the last one right.
pub fn is_clabe(texto: &str) -> bool {
    let bien = texto.len() == 18 && texto.is_ascii();
    bien && clabe_digit(&texto[..17]) == texto.chars().last()
}

/// Whether a text is a Peruvian CCI: 20 digits with both control digits right.
///
/// The first control digit covers bank and office, the second the account; each by weights 1, 2
/// with the digits of every product added. No norm of the algorithm is public: it agrees with the
/// accounts that companies publish, and [`is_cci_shape`] is the weaker check for a bank that does
/// not follow it.
pub fn is_cci(texto: &str) -> bool {
    is_cci_shape(texto)
        && alternating(&texto[..6]) == texto.chars().nth(18)
        && alternating(&texto[6..18]) == texto.chars().nth(19)
}

/// Whether a text has the shape of a CCI: 20 digits with a bank of three that is not zero.
pub fn is_cci_shape(texto: &str) -> bool {
    let bien = texto.len() == 20 && texto.bytes().all(|b| b.is_ascii_digit());
    bien && !texto.starts_with("000")
}

fn alternating(cifras: &str) -> Option<char> {
    let mut suma = 0;
    for (i, c) in cifras.chars().enumerate() {
        let doble = c.to_digit(10)? * if i % 2 == 0 { 1 } else { 2 };
        suma += doble / 10 + doble % 10;
    }
    char::from_digit((10 - suma % 10) % 10, 10)
}

/// Reference of a customer to type in a transfer: `R`, his number with zeros, and a control digit
/// that refuses any wrong digit and any two swapped (Damm).
pub fn reference(numero: i64) -> String {
    let cuerpo = format!("{numero:06}");
    let control = damm(&cuerpo).unwrap_or('0');
    format!("R{cuerpo}{control}")
}

/// The customer's number of a reference; none if the control digit is not right.
pub fn reference_number(texto: &str) -> Option<i64> {
    let cifras = texto.strip_prefix('R').or_else(|| texto.strip_prefix('r'))?;
    let largo = (7..=19).contains(&cifras.len());
    if !largo || !cifras.bytes().all(|b| b.is_ascii_digit()) || damm(cifras) != Some('0') {
        return None;
    }
    cifras[..cifras.len() - 1].parse().ok()
}

/// Damm's check digit. Source: H. M. Damm, "Total anti-symmetrische Quasigruppen", 2004.
fn damm(cifras: &str) -> Option<char> {
    const TABLA: [[u8; 10]; 10] = [
        [0, 3, 1, 7, 5, 9, 8, 6, 4, 2],
        [7, 0, 9, 2, 1, 5, 4, 8, 6, 3],
        [4, 2, 0, 6, 8, 7, 1, 3, 5, 9],
        [1, 7, 5, 0, 9, 8, 3, 4, 2, 6],
        [6, 1, 2, 3, 0, 4, 5, 9, 7, 8],
        [3, 6, 7, 4, 2, 0, 9, 5, 8, 1],
        [5, 8, 6, 9, 7, 2, 0, 1, 3, 4],
        [8, 9, 4, 5, 3, 6, 2, 0, 1, 7],
        [9, 4, 3, 8, 6, 1, 7, 2, 0, 5],
        [2, 5, 8, 1, 4, 3, 6, 7, 9, 0],
    ];
    let mut paso = 0;
    for c in cifras.chars() {
        let cifra = usize::try_from(c.to_digit(10)?).ok()?;
        paso = usize::from(TABLA[paso][cifra]);
    }
    char::from_digit(u32::try_from(paso).ok()?, 10)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn clabe_vectors() {
        assert_eq!(clabe_digit("00218003224094867"), Some('2'));
        assert!(is_clabe("002180032240948672"));
        assert!(is_clabe("646180111000000011"));
        for mala in ["002180032240948673", "00218003224094867", "", "64618011100000001a"] {
            assert!(!is_clabe(mala), "{mala}");
        }
        assert!(!is_clabe("ñññññññññ"));
    }

    #[test]
    fn cci_vectors() {
        // Two accounts published by their owners: 011-241-000190006582-70, 011-366-000100032542-21.
        assert!(is_cci("01124100019000658270"));
        assert!(is_cci("01136600010003254221"));
        assert!(!is_cci("01136600010003254231"));
        assert!(!is_cci("01136600010003254222"));
        assert!(is_cci_shape("00219400123456789012"));
        assert!(!is_cci_shape("00019400123456789012"));
        assert!(!is_cci_shape("0021940012345678901"));
        assert!(!is_cci("00219400123456789012345"));
    }

    #[test]
    fn damm_vector() {
        assert_eq!(damm("572"), Some('4'));
        assert_eq!(reference(201), format!("R000201{}", damm("000201").unwrap()));
        assert_eq!(reference_number(&reference(201)), Some(201));
        assert_eq!(reference_number("R0002019999999999999999"), None);
    }

    proptest! {
        #[test]
        fn a_reference_with_one_wrong_digit_or_two_swapped_is_nobody_s(
            numero in 1_i64..9_999_999, lugar in 0_usize..6, suma in 1_u8..10,
        ) {
            let buena = reference(numero);
            let mut cifras = buena.clone().into_bytes();
            cifras[1 + lugar] = b'0' + (cifras[1 + lugar] - b'0' + suma) % 10;
            prop_assert_eq!(reference_number(std::str::from_utf8(&cifras).unwrap()), None);
            let mut cifras = buena.clone().into_bytes();
            if cifras[1 + lugar] != cifras[2 + lugar] {
                cifras.swap(1 + lugar, 2 + lugar);
                prop_assert_eq!(reference_number(std::str::from_utf8(&cifras).unwrap()), None);
            }
        }

        #[test]
        fn a_clabe_with_one_wrong_digit_is_none(base in "[0-9]{17}", lugar in 0_usize..18) {
            let buena = format!("{base}{}", clabe_digit(&base).unwrap());
            prop_assert!(is_clabe(&buena));
            let mut cifras = buena.into_bytes();
            cifras[lugar] = b'0' + (cifras[lugar] - b'0' + 1) % 10;
            prop_assert!(!is_clabe(std::str::from_utf8(&cifras).unwrap()));
        }

        #[test]
        fn no_text_makes_them_panic(texto in ".{0,30}") {
            let _ = (is_clabe(&texto), is_cci(&texto), reference_number(&texto));
        }
    }
}
