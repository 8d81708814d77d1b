//! The embedded letters: which glyph a character has and how wide it is.
//!
//! It does not shape scripts that need it (Arabic, Indic): each character gets its own glyph.

use std::sync::OnceLock;

use krilla::text::{Font, GlyphId};

use crate::error::PdfError;
use crate::medidas::Medida;

/// Printed for a character that the fonts do not have.
pub(crate) const REEMPLAZO: char = '\u{FFFD}';

/// Weight of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Letra {
    /// Running text.
    Normal,
    /// Names, headings and the total.
    Negra,
}

/// Glyph and advance (font units) of a character.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Glifo {
    id: u16,
    avance: u16,
}

impl Glifo {
    /// Glyph number in the font.
    pub(crate) fn id(self) -> GlyphId {
        GlyphId::new(u32::from(self.id))
    }

    /// Advance in font units.
    pub(crate) fn avance(self) -> u16 {
        self.avance
    }
}

/// One font, read once.
pub(crate) struct Fuente {
    /// The font as the PDF library wants it.
    pub(crate) font: Font,
    /// Font units of one em.
    pub(crate) unidades: u16,
    glifos: Vec<Glifo>, // one per character of the basic plane
}

impl Fuente {
    fn read(bytes: &'static [u8]) -> Option<Self> {
        let face = ttf_parser::Face::parse(bytes, 0).ok()?;
        let mut glifos = vec![Glifo::default(); 0x1_0000];
        for (codigo, glifo) in (0u32..).zip(glifos.iter_mut()) {
            let id = char::from_u32(codigo).and_then(|c| face.glyph_index(c));
            if let Some(id) = id {
                let avance = face.glyph_hor_advance(id).unwrap_or(0);
                *glifo = Glifo { id: id.0, avance };
            }
        }
        let font = Font::new(bytes.into(), 0)?;
        Some(Self { font, unidades: face.units_per_em(), glifos })
    }

    /// Whether the font draws `c` as itself.
    pub(crate) fn has(&self, c: char) -> bool {
        self.glifos.get(c as usize).is_some_and(|glifo| glifo.id != 0)
    }

    /// The glyph of `c`, or the one that stands for unknown characters.
    pub(crate) fn glifo(&self, c: char) -> Glifo {
        let c = if self.has(c) { c } else { REEMPLAZO };
        self.glifos.get(c as usize).copied().unwrap_or_default()
    }

    /// Width of `texto` at the size `cuerpo`.
    pub(crate) fn ancho(&self, texto: &str, cuerpo: Medida) -> Medida {
        let unidades: i64 = texto.chars().map(|c| i64::from(self.glifo(c).avance)).sum();
        self.escalar(unidades, cuerpo)
    }

    /// Font units to [`Medida`] at the size `cuerpo`, rounded up: a text fits in its own width.
    pub(crate) fn escalar(&self, unidades: i64, cuerpo: Medida) -> Medida {
        let em = i64::from(self.unidades.max(1));
        let ancho = (unidades * i64::from(cuerpo) + em - 1) / em;
        Medida::try_from(ancho).unwrap_or(Medida::MAX)
    }
}

/// Both weights.
pub(crate) struct Fuentes {
    normal: Fuente,
    negra: Fuente,
}

impl Fuentes {
    /// The fonts, read at the first call and kept for the life of the program.
    pub(crate) fn load() -> Result<&'static Self, PdfError> {
        static FUENTES: OnceLock<Option<Fuentes>> = OnceLock::new();
        FUENTES.get_or_init(Self::read).as_ref().ok_or(PdfError::Fuentes)
    }

    fn read() -> Option<Self> {
        Some(Self {
            normal: Fuente::read(dejavu::sans_condensed::regular())?,
            negra: Fuente::read(dejavu::sans_condensed::bold())?,
        })
    }

    /// The font of a weight.
    pub(crate) fn get(&self, letra: Letra) -> &Fuente {
        match letra {
            Letra::Normal => &self.normal,
            Letra::Negra => &self.negra,
        }
    }

    /// Whether every weight draws `c` as itself.
    pub(crate) fn has(&self, c: char) -> bool {
        self.normal.has(c) && self.negra.has(c)
    }
}
