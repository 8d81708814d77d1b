//! What is drawn on each page: a list of strokes with their places. It does not decide any of them.

use crate::fuentes::Letra;
use crate::impreso::Alineacion;
use crate::medidas::Medida;

/// Ink of a stroke.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tinta {
    /// Running text.
    Texto,
    /// Labels.
    Gris,
    /// Rules.
    Regla,
    /// Backgrounds of headings.
    Fondo,
    /// Name of the document and of the issuer, total.
    Acento,
}

/// Dress of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Estilo {
    /// Weight.
    pub(crate) letra: Letra,
    /// Size.
    pub(crate) cuerpo: Medida,
    /// Ink.
    pub(crate) tinta: Tinta,
}

impl Estilo {
    /// A dress.
    pub(crate) const fn new(letra: Letra, cuerpo: Medida, tinta: Tinta) -> Self {
        Self { letra, cuerpo, tinta }
    }

    /// Distance between two lines.
    pub(crate) fn interlinea(self) -> Medida {
        self.cuerpo * 13 / 10
    }
}

/// A rectangle; `y` grows downwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Caja {
    /// Left.
    pub(crate) x: Medida,
    /// Top.
    pub(crate) y: Medida,
    /// Width.
    pub(crate) ancho: Medida,
    /// Height.
    pub(crate) alto: Medida,
}

/// One thing drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Trazo {
    /// A line of text; `y` is the base line.
    Texto { x: Medida, y: Medida, estilo: Estilo, texto: String },
    /// A filled rectangle; rules are thin ones.
    Relleno { caja: Caja, tinta: Tinta },
    /// A frame.
    Marco { caja: Caja, tinta: Tinta },
    /// The QR code of the document, its quiet zone left out.
    Qr { x: Medida, y: Medida },
    /// The logo.
    Logo { caja: Caja },
    /// Text across the page, centred on the point.
    Marca { x: Medida, y: Medida, cuerpo: Medida, texto: String },
}

/// A page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hoja {
    /// Width.
    pub(crate) ancho: Medida,
    /// Height.
    pub(crate) alto: Medida,
    /// Strokes, in the order of drawing.
    pub(crate) trazos: Vec<Trazo>,
}

/// What a line of a column holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Contenido {
    /// Texts on the same base line, each leaning to its side of the column.
    Textos(Vec<(Medida, Alineacion, Estilo, String)>),
    /// The QR code, quiet zone included.
    Qr { margen: Medida },
    /// The logo with its width.
    Logo { ancho: Medida },
    /// Blank, or a rule when there is ink.
    Vacio(Option<Tinta>),
}

/// One line of a column, never divided between pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Renglon {
    /// Height.
    pub(crate) alto: Medida,
    /// What is in it.
    pub(crate) contenido: Contenido,
    /// Background across the column.
    pub(crate) fondo: Option<Tinta>,
}

impl Renglon {
    /// A line with one text.
    pub(crate) fn texto(alineacion: Alineacion, estilo: Estilo, texto: String) -> Self {
        Self::textos(estilo.interlinea(), vec![(0, alineacion, estilo, texto)])
    }

    /// A line with several texts; the number is the distance from the side they lean to.
    pub(crate) fn textos(alto: Medida, textos: Vec<(Medida, Alineacion, Estilo, String)>) -> Self {
        Self { alto, contenido: Contenido::Textos(textos), fondo: None }
    }

    /// A blank of some height.
    pub(crate) fn blanco(alto: Medida) -> Self {
        Self { alto, contenido: Contenido::Vacio(None), fondo: None }
    }

    /// A rule in the middle of some height.
    pub(crate) fn regla(alto: Medida) -> Self {
        Self { alto, contenido: Contenido::Vacio(Some(Tinta::Regla)), fondo: None }
    }
}

/// Lines one below the other, at a place across the page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Franja {
    /// Left.
    pub(crate) x: Medida,
    /// Width.
    pub(crate) ancho: Medida,
    /// Lines.
    pub(crate) renglones: Vec<Renglon>,
}

impl Franja {
    /// An empty column.
    pub(crate) fn new(x: Medida, ancho: Medida) -> Self {
        Self { x, ancho, renglones: Vec::new() }
    }

    /// Height of all the lines.
    pub(crate) fn alto(&self) -> Medida {
        self.renglones.iter().fold(0, |sum: Medida, linea| sum.saturating_add(linea.alto))
    }
}
