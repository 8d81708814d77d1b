//! Texts made printable and cut into lines. It does not place them.

use unicode_normalization::UnicodeNormalization;

use crate::fuentes::{Fuente, Fuentes, REEMPLAZO};
use crate::medidas::Medida;

/// `texto` with composed accents, without invisible or missing characters.
///
/// Shape: line feeds stay; other controls are spaces; direction marks vanish, so that no text can
/// reorder its neighbours; what the fonts lack becomes U+FFFD.
pub(crate) fn limpiar(fuentes: &Fuentes, texto: &str) -> String {
    let mut limpio = String::with_capacity(texto.len());
    let mut previous = ' ';
    for c in texto.nfc() {
        let retorno = previous == '\r' && c == '\n';
        previous = c;
        match c {
            '\n' if retorno => {}
            '\n' | '\r' | '\u{2028}' | '\u{2029}' | '\u{85}' => limpio.push('\n'),
            c if is_invisible(c) => {}
            c if c.is_control() || c.is_whitespace() => limpio.push(' '),
            c if fuentes.has(c) => limpio.push(c),
            _ => limpio.push(REEMPLAZO),
        }
    }
    limpio
}

fn is_invisible(c: char) -> bool {
    matches!(u32::from(c),
        0xAD | 0x034F | 0x061C | 0x180B..=0x180E | 0x200B..=0x200F | 0x202A..=0x202E
        | 0x2060..=0x206F | 0xFE00..=0xFE0F | 0xFEFF | 0xFFF0..=0xFFFB | 0xE0000..=0xE0FFF)
}

/// Where a line may end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Corte {
    /// Between words; a word wider than the line is cut where it must.
    Palabra,
    /// After any character: seals and digests.
    Caracter,
}

/// Lines of `texto` no wider than `ancho` at the size `cuerpo`.
///
/// Shape: at least one line; a line holds one character even if that is too wide.
pub(crate) fn partir(
    fuente: &Fuente,
    texto: &str,
    cuerpo: Medida,
    ancho: Medida,
    corte: Corte,
) -> Vec<String> {
    let unidades = i64::from(ancho) * i64::from(fuente.unidades) / i64::from(cuerpo.max(1));
    let mut lineas = Vec::new();
    for parrafo in texto.trim_end().split('\n') {
        partir_parrafo(fuente, parrafo.trim_end(), unidades, corte, &mut lineas);
    }
    lineas
}

fn partir_parrafo(
    fuente: &Fuente,
    parrafo: &str,
    limite: i64,
    corte: Corte,
    lineas: &mut Vec<String>,
) {
    let words = corte == Corte::Palabra;
    let mut linea = String::new();
    let mut ancho = 0i64;
    for c in parrafo.chars() {
        if c == ' ' && linea.is_empty() && words {
            continue;
        }
        let avance = i64::from(fuente.glifo(c).avance());
        if ancho + avance > limite && !linea.is_empty() {
            let fin = if words && c != ' ' { word_end(&linea) } else { linea.len() };
            let resto = linea.split_off(fin);
            let end = if words { linea.trim_end().len() } else { fin };
            linea.truncate(end);
            lineas.push(linea);
            linea = resto;
            ancho = linea.chars().map(|c| i64::from(fuente.glifo(c).avance())).sum();
            if c == ' ' && words {
                continue;
            }
        }
        linea.push(c);
        ancho += avance;
    }
    lineas.push(linea);
}

/// Where a full line ends: after its last blank, else after its last hyphen, else as it is.
fn word_end(linea: &str) -> usize {
    let after = |c: char| linea.rfind(c).map(|place| place + 1);
    after(' ').or_else(|| after('-')).unwrap_or(linea.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fuentes::Letra;
    use crate::medidas::pt;

    fn lineas(texto: &str, ancho: i32, corte: Corte) -> Vec<String> {
        let fuente = Fuentes::load().unwrap().get(Letra::Normal);
        partir(fuente, texto, pt(10), pt(ancho), corte)
    }

    #[test]
    fn hostile_characters_neither_reorder_nor_vanish_silently() {
        let fuentes = Fuentes::load().unwrap();
        assert_eq!(limpiar(fuentes, "a\u{202E}b\u{0}c\td\r\ne\rf"), "ab c d\ne\nf");
        assert_eq!(limpiar(fuentes, "N\u{303}andu\u{301}"), "Ñandú");
        assert_eq!(limpiar(fuentes, "x漢\u{1F9FE}"), "x\u{FFFD}\u{FFFD}");
        assert_eq!(limpiar(fuentes, "\u{FEFF}\u{200B}"), "");
    }

    #[test]
    fn wrapped_lines_fit_and_lose_no_word() {
        let texto = "Servicio de internet por fibra óptica de quinientos megabits por segundo";
        let partidas = lineas(texto, 90, Corte::Palabra);
        let fuente = Fuentes::load().unwrap().get(Letra::Normal);
        assert!(partidas.len() > 3);
        assert!(partidas.iter().all(|linea| fuente.ancho(linea, pt(10)) <= pt(90)));
        assert_eq!(partidas.join(" "), texto);
    }

    #[test]
    fn a_long_word_is_cut_and_loses_no_character() {
        let texto = "A".repeat(500);
        for corte in [Corte::Palabra, Corte::Caracter] {
            let partidas = lineas(&texto, 60, corte);
            assert!(partidas.len() > 40);
            assert_eq!(partidas.concat(), texto);
        }
    }

    #[test]
    fn a_text_fits_in_its_own_width() {
        let fuente = Fuentes::load().unwrap().get(Letra::Normal);
        for texto in ["Dirección", "Régimen fiscal", "Fecha de vencimiento", "1,043.97"] {
            for cuerpo in [5500, 6500, 7200, 8000, 11_000] {
                let ancho = fuente.ancho(texto, cuerpo);
                assert_eq!(partir(fuente, texto, cuerpo, ancho, Corte::Palabra), [texto]);
            }
        }
    }

    #[test]
    fn an_identifier_is_cut_at_its_hyphens() {
        let partidas = lineas("5A9C1B2E-0000-4000-8000-000000000001", 130, Corte::Palabra);
        assert_eq!(partidas, ["5A9C1B2E-0000-4000-8000-", "000000000001"]);
    }

    #[test]
    fn a_width_of_nothing_still_ends() {
        assert_eq!(lineas("abc", 0, Corte::Palabra), ["a", "b", "c"]);
        assert_eq!(lineas("", 10, Corte::Palabra), [""]);
        assert_eq!(lineas("   ", 10, Corte::Palabra), [""]);
    }

    #[test]
    fn a_seal_keeps_its_blanks_so_that_it_can_be_copied() {
        let cadena = "||1.1|SELLO DE PRUEBA  CON BLANCOS|abc||";
        assert!((30..80).all(|ancho| lineas(cadena, ancho, Corte::Caracter).concat() == cadena));
    }
}
