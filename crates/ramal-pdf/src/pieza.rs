//! The pictures of a form: QR code and logo, checked before anything is placed.
//!
//! It does not draw them.

use krilla::image::Image;

use crate::LOGO_MAX_BYTES;
use crate::error::PdfError;
use crate::impreso::QrImpreso;
use crate::medidas::Medida;
use crate::qr::Matriz;

/// Largest side of a logo in pixels: its decoded size is what fills the memory.
const LADO_MAX: u32 = 4000;

/// Pictures of one form.
pub(crate) struct Piezas {
    /// QR code.
    pub(crate) qr: Option<Matriz>,
    /// Logo.
    pub(crate) logo: Option<Image>,
}

impl Piezas {
    /// Encodes the code and looks at the logo.
    pub(crate) fn new(qr: Option<&QrImpreso>, logo: Option<&[u8]>) -> Result<Self, PdfError> {
        let qr = qr.map(Matriz::new).transpose()?;
        let logo = logo.map(read_logo).transpose()?;
        Ok(Self { qr, logo })
    }

    /// Width and height of the logo within the limits, in its proportion.
    pub(crate) fn logo_size(&self, ancho: Medida, alto: Medida) -> Option<(Medida, Medida)> {
        let (w, h) = self.logo.as_ref()?.size();
        let (w, h) = (i64::from(w), i64::from(h));
        let by_height = i64::from(alto) * w / h;
        let (w, h) = if by_height <= i64::from(ancho) {
            (by_height, i64::from(alto))
        } else {
            (i64::from(ancho), i64::from(ancho) * h / w)
        };
        Some((Medida::try_from(w.max(1)).ok()?, Medida::try_from(h.max(1)).ok()?))
    }
}

fn read_logo(bytes: &[u8]) -> Result<Image, PdfError> {
    if bytes.len() > LOGO_MAX_BYTES {
        return Err(PdfError::Logo);
    }
    let image = Image::from_png(bytes.to_vec().into(), true).map_err(|_| PdfError::Logo)?;
    let (ancho, alto) = image.size();
    let legible = (1..=LADO_MAX).contains(&ancho) && (1..=LADO_MAX).contains(&alto);
    if legible { Ok(image) } else { Err(PdfError::Logo) }
}
