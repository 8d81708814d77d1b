//! The squares of a QR code. It does not decide what the code says.

use qrcode::bits::Bits;
use qrcode::types::{Color, QrError};
use qrcode::{EcLevel, QrCode, Version};

use crate::error::PdfError;
use crate::impreso::{NivelQr, QrImpreso};
use crate::medidas::{Medida, mm10};

/// Light squares that must surround the code (ISO/IEC 18004).
const MARGEN: i32 = 4;

/// A code ready to be drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Matriz {
    /// Squares of a side.
    pub(crate) ancho: i32,
    /// Side of one square.
    pub(crate) modulo: Medida,
    /// Runs of dark squares: column, row, how many.
    pub(crate) tiras: Vec<(i32, i32, i32)>,
}

impl Matriz {
    /// Encodes the text at the level asked for.
    pub(crate) fn new(qr: &QrImpreso) -> Result<Self, PdfError> {
        let codigo = encode(qr).map_err(|_| PdfError::Qr { bytes: qr.texto.len() })?;
        let ancho = i32::try_from(codigo.width()).unwrap_or(i32::MAX).max(1);
        let lado = mm10(i32::from(qr.minimo_decimas_mm.clamp(150, 600)));
        let modulo = (lado + ancho - 1) / ancho;
        Ok(Self { ancho, modulo, tiras: tiras(&codigo.to_colors(), ancho) })
    }

    /// Side of the code with its quiet zone.
    pub(crate) fn lado(&self) -> Medida {
        (self.ancho + 2 * MARGEN) * self.modulo
    }

    /// Width of the quiet zone.
    pub(crate) fn margen(&self) -> Medida {
        MARGEN * self.modulo
    }
}

fn encode(qr: &QrImpreso) -> Result<QrCode, QrError> {
    let nivel = match qr.nivel {
        NivelQr::M => EcLevel::M,
        NivelQr::Q => EcLevel::Q,
    };
    if qr.texto.is_ascii() {
        return QrCode::with_error_correction_level(&qr.texto, nivel);
    }
    encode_bytes(qr.texto.as_bytes(), nivel)
}

/// Byte mode alone: the optimiser may take UTF-8 pairs for Kanji, which readers then turn into
/// other characters.
fn encode_bytes(bytes: &[u8], nivel: EcLevel) -> Result<QrCode, QrError> {
    for version in 1..=40 {
        let mut bits = Bits::new(Version::Normal(version));
        let fits = bits.push_byte_data(bytes).and_then(|()| bits.push_terminator(nivel));
        match fits {
            Ok(()) => return QrCode::with_bits(bits, nivel),
            Err(QrError::DataTooLong) => {}
            Err(error) => return Err(error),
        }
    }
    Err(QrError::DataTooLong)
}

fn tiras(colores: &[Color], ancho: i32) -> Vec<(i32, i32, i32)> {
    let lado = usize::try_from(ancho).unwrap_or(1);
    let mut tiras = Vec::new();
    for (fila, cuadros) in (0..).zip(colores.chunks(lado)) {
        let mut desde = None;
        for (columna, color) in (0..).zip(cuadros.iter().chain([&Color::Light])) {
            match (color, desde) {
                (Color::Dark, None) => desde = Some(columna),
                (Color::Light, Some(inicio)) => {
                    tiras.push((inicio, fila, columna - inicio));
                    desde = None;
                }
                _ => {}
            }
        }
    }
    tiras
}

#[cfg(test)]
mod tests {
    use super::*;

    fn qr(texto: &str, nivel: NivelQr) -> QrImpreso {
        QrImpreso { texto: texto.to_owned(), nivel, minimo_decimas_mm: 275 }
    }

    #[test]
    fn the_code_is_never_smaller_than_asked() {
        for largo in [1, 40, 200, 700] {
            let matriz = Matriz::new(&qr(&"a".repeat(largo), NivelQr::M)).unwrap();
            assert!(matriz.ancho * matriz.modulo >= mm10(275));
        }
    }

    #[test]
    fn the_level_asked_for_is_the_level_printed() {
        let texto = "20600000005|01|F001|1|15.25|100.00|2026-11-20|6|20512333797|";
        let medio = encode(&qr(texto, NivelQr::M)).unwrap();
        let alto = encode(&qr(texto, NivelQr::Q)).unwrap();
        assert_eq!(medio.error_correction_level(), EcLevel::M);
        assert_eq!(alto.error_correction_level(), EcLevel::Q);
        assert!(alto.width() > medio.width());
    }

    #[test]
    fn dark_runs_draw_each_dark_square_once() {
        let codigo = encode(&qr("Ñandú", NivelQr::Q)).unwrap();
        let matriz = Matriz::new(&qr("Ñandú", NivelQr::Q)).unwrap();
        let oscuros = codigo.to_colors().iter().filter(|c| **c == Color::Dark).count();
        let sum: i32 = matriz.tiras.iter().map(|tira| tira.2).sum();
        assert_eq!(usize::try_from(sum).unwrap(), oscuros);
    }

    #[test]
    fn too_much_text_is_refused_with_its_length() {
        let error = Matriz::new(&qr(&"ñ".repeat(2000), NivelQr::Q)).unwrap_err();
        assert!(matches!(error, PdfError::Qr { bytes: 4000 }));
    }
}
