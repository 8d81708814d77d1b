//! Why a form could not be printed. It does not say how to show it to anyone.

/// Why a PDF was not made.
#[derive(Debug, thiserror::Error)]
pub enum PdfError {
    /// The embedded fonts cannot be read: the program is damaged.
    #[error("fonts cannot be read")]
    Fuentes,
    /// The logo is not a PNG, or is larger than [`crate::LOGO_MAX_BYTES`] or 4,000 pixels a side.
    #[error("logo is not a usable PNG")]
    Logo,
    /// The text does not fit in a QR code of that level.
    #[error("text of {bytes} bytes does not fit in a QR code")]
    Qr {
        /// Length of the text.
        bytes: usize,
    },
    /// More pages than [`crate::PAGINAS_MAX`].
    #[error("document needs {paginas} pages")]
    DemasiadasPaginas {
        /// Pages that it would take.
        paginas: usize,
    },
    /// The PDF library refused the page.
    #[error("PDF was not written: {0}")]
    Escritura(String),
}
