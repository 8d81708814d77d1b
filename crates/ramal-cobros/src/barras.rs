//! Bar codes of references (Code 128), for the till of a shop. It reads none and knows no shop.
//!
//! Source: ISO/IEC 15417.

/// A bar code as bars to draw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Barras {
    /// Whole width, modules, with its quiet zones.
    pub ancho: u32,
    /// Path of the black bars, one module wide and [`ALTO`] modules high: `M10 0h2v48h-2z…`.
    pub trazo: String,
    /// What it says.
    pub texto: String,
}

/// Widths of the bars and spaces of each symbol, black first.
const SIMBOLOS: [&str; 107] = [
    "212222", "222122", "222221", "121223", "121322", "131222", "122213", "122312", "132212",
    "221213", "221312", "231212", "112232", "122132", "122231", "113222", "123122", "123221",
    "223211", "221132", "221231", "213212", "223112", "312131", "311222", "321122", "321221",
    "312212", "322112", "322211", "212123", "212321", "232121", "111323", "131123", "131321",
    "112313", "132113", "132311", "211313", "231113", "231311", "112133", "112331", "132131",
    "113123", "113321", "133121", "313121", "211331", "231131", "213113", "213311", "213131",
    "311123", "311321", "331121", "312113", "312311", "332111", "314111", "221411", "431111",
    "111224", "111422", "121124", "121421", "141122", "141221", "112214", "112412", "122114",
    "122411", "142112", "142211", "241211", "221114", "413111", "241112", "134111", "111242",
    "121142", "121241", "114212", "124112", "124211", "411212", "421112", "421211", "212141",
    "214121", "412121", "111143", "111341", "131141", "114113", "114311", "411113", "411311",
    "113141", "114131", "311141", "411131", "211412", "211214", "211232", "2331112",
];
/// Height of the bars, modules.
pub const ALTO: u32 = 48;
const INICIO_B: usize = 104;
const INICIO_C: usize = 105;
const FIN: usize = 106;
/// Blank modules at each side.
const MARGEN: u32 = 10;

/// The bar code of a text: pairs of digits in set C, anything else in set B.
///
/// Shape: 1 to 60 visible ASCII characters; `None` for anything else.
pub fn code128(texto: &str) -> Option<Barras> {
    let visible = |b: u8| (b' '..=b'~').contains(&b);
    if texto.is_empty() || texto.len() > 60 || !texto.bytes().all(visible) {
        return None;
    }
    let valores = values(texto);
    let mut trazo = String::new();
    let mut x = MARGEN;
    for valor in valores {
        for (i, ancho) in SIMBOLOS.get(valor)?.bytes().enumerate() {
            let ancho = u32::from(ancho - b'0');
            if i % 2 == 0 {
                trazo.push_str(&format!("M{x} 0h{ancho}v{ALTO}h-{ancho}z"));
            }
            x += ancho;
        }
    }
    Some(Barras { ancho: x + MARGEN, trazo, texto: texto.to_owned() })
}

/// Start, data, check and stop.
fn values(texto: &str) -> Vec<usize> {
    let bytes = texto.as_bytes();
    let pares = bytes.len().is_multiple_of(2) && bytes.iter().all(u8::is_ascii_digit);
    let digito = |b: u8| usize::from(b - b'0');
    let mut valores = if pares {
        let datos = bytes.chunks(2).map(|par| digito(par[0]) * 10 + digito(par[1]));
        std::iter::once(INICIO_C).chain(datos).collect()
    } else {
        let datos = bytes.iter().map(|b| usize::from(b - b' '));
        std::iter::once(INICIO_B).chain(datos).collect::<Vec<usize>>()
    };
    let suma: usize = valores.iter().enumerate().map(|(i, v)| v * i.max(1)).sum();
    valores.push(suma % 103);
    valores.push(FIN);
    valores
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_symbol_is_eleven_modules_wide_and_unlike_the_others() {
        let unicos: BTreeSet<&str> = SIMBOLOS.into_iter().collect();
        assert_eq!(unicos.len(), 107);
        for (n, s) in SIMBOLOS.iter().enumerate() {
            let (ancho, negro) = s.bytes().enumerate().fold((0, 0), |(total, negro), (i, b)| {
                let w = u32::from(b - b'0');
                (total + w, if i % 2 == 0 { negro + w } else { negro })
            });
            assert_eq!(ancho, if n == FIN { 13 } else { 11 }, "{n}");
            // Code 128 checks itself: the black of a symbol is even.
            assert!(n == FIN || negro % 2 == 0, "{n}");
        }
    }

    #[test]
    fn digits_go_in_pairs_and_the_check_is_that_of_the_standard() {
        // The worked example of the encyclopaedias, «PJJ123C» in set A, has check 54; the start of
        // set B is one more.
        assert_eq!(values("PJJ123C"), [104, 48, 42, 42, 17, 18, 19, 35, 55, 106]);
        assert_eq!(values("1234"), [105, 12, 34, (105 + 12 + 68) % 103, 106]);
    }

    #[test]
    fn the_bars_fill_the_width_that_is_told() {
        let b = code128("93000262500123456789").unwrap();
        // Start, ten pairs, check: 12 symbols of 11; stop of 13; a margin at each side.
        assert_eq!(b.ancho, 12 * 11 + 13 + 2 * MARGEN);
        let ultima = b.ancho - MARGEN - 2;
        assert!(b.trazo.ends_with(&format!("M{ultima} 0h2v48h-2z")), "{}", b.trazo);
        assert_eq!(code128(""), None);
        assert_eq!(code128("ñ"), None);
    }
}
