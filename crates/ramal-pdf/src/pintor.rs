//! Writes the strokes of the pages as PDF. It takes no decision about places.

use krilla::Document;
use krilla::SerializeSettings;
use krilla::color::rgb;
use krilla::error::KrillaError;
use krilla::geom::{PathBuilder, Point, Rect, Size, Transform};
use krilla::metadata::Metadata;
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::{Fill, Stroke};
use krilla::surface::Surface;
use krilla::text::KrillaGlyph;

use crate::error::PdfError;
use crate::fuentes::{Fuente, Fuentes, Letra};
use crate::hoja::{Caja, Estilo, Hoja, Tinta, Trazo};
use crate::medidas::{Medida, dpt};
use crate::pieza::Piezas;

/// Angle of the mark, in degrees.
const GIRO: f32 = -45.0;
/// Opacity of the mark: readable, and so is the text below it.
const OPACIDAD: f32 = 0.2;

/// The pages as the bytes of a PDF.
///
/// Shape: the same pages give the same bytes; no date and no random identifier is written.
pub(crate) fn paint(
    fuentes: &Fuentes,
    hojas: &[Hoja],
    piezas: &Piezas,
    titulo: String,
) -> Result<Vec<u8>, PdfError> {
    let settings = SerializeSettings { enable_tagging: false, ..SerializeSettings::default() };
    let mut document = Document::new_with(settings);
    document.set_metadata(Metadata::new().title(titulo).language("es".to_owned()));
    for hoja in hojas {
        let settings = PageSettings::from_wh(puntos(hoja.ancho), puntos(hoja.alto));
        let settings = settings.ok_or_else(|| PdfError::Escritura("page size".to_owned()))?;
        let mut page = document.start_page_with(settings);
        let mut surface = page.surface();
        let mut pintor = Pintor { fuentes, piezas, surface: &mut surface };
        for trazo in &hoja.trazos {
            pintor.stroke(trazo);
        }
        surface.finish();
        page.finish();
    }
    document.finish().map_err(|error| match error {
        KrillaError::Image(..) | KrillaError::SixteenBitImage(..) => PdfError::Logo,
        other => PdfError::Escritura(other.to_string()),
    })
}

struct Pintor<'a, 's> {
    fuentes: &'a Fuentes,
    piezas: &'a Piezas,
    surface: &'a mut Surface<'s>,
}

impl Pintor<'_, '_> {
    fn stroke(&mut self, trazo: &Trazo) {
        match trazo {
            Trazo::Texto { x, y, estilo, texto } => self.text((*x, *y), *estilo, texto),
            Trazo::Relleno { caja, tinta } => self.fill(*caja, *tinta),
            Trazo::Marco { caja, tinta } => self.frame(*caja, *tinta),
            Trazo::Qr { x, y } => self.qr(*x, *y),
            Trazo::Logo { caja } => self.logo(*caja),
            Trazo::Marca { x, y, cuerpo, texto } => self.mark((*x, *y), *cuerpo, texto),
        }
    }

    fn ink(&mut self, tinta: Tinta) {
        self.surface.set_stroke(None);
        self.surface.set_fill(Some(Fill { paint: color(tinta).into(), ..Fill::default() }));
    }

    fn text(&mut self, (x, y): (Medida, Medida), estilo: Estilo, texto: &str) {
        self.ink(estilo.tinta);
        let fuente = self.fuentes.get(estilo.letra);
        let glifos = glifos(fuente, texto);
        let start = Point::from_xy(puntos(x), puntos(y));
        let cuerpo = puntos(estilo.cuerpo);
        self.surface.draw_glyphs(start, &glifos, fuente.font.clone(), texto, cuerpo, false);
    }

    fn fill(&mut self, caja: Caja, tinta: Tinta) {
        let Some(rect) = rect(caja) else { return };
        let mut path = PathBuilder::new();
        path.push_rect(rect);
        if let Some(path) = path.finish() {
            self.ink(tinta);
            self.surface.draw_path(&path);
        }
    }

    fn frame(&mut self, caja: Caja, tinta: Tinta) {
        let Some(rect) = rect(caja) else { return };
        let mut path = PathBuilder::new();
        path.push_rect(rect);
        if let Some(path) = path.finish() {
            let width = puntos(dpt(9));
            let paint = color(tinta).into();
            self.surface.set_fill(None);
            self.surface.set_stroke(Some(Stroke { paint, width, ..Stroke::default() }));
            self.surface.draw_path(&path);
        }
    }

    fn qr(&mut self, x: Medida, y: Medida) {
        let Some(qr) = &self.piezas.qr else { return };
        let mut path = PathBuilder::new();
        for (columna, fila, cuantos) in &qr.tiras {
            let caja = Caja {
                x: x + columna * qr.modulo,
                y: y + fila * qr.modulo,
                ancho: cuantos * qr.modulo,
                alto: qr.modulo,
            };
            if let Some(rect) = rect(caja) {
                path.push_rect(rect);
            }
        }
        if let Some(path) = path.finish() {
            self.surface.set_stroke(None);
            self.surface.set_fill(Some(Fill::default()));
            self.surface.draw_path(&path);
        }
    }

    fn logo(&mut self, caja: Caja) {
        let Some(logo) = &self.piezas.logo else { return };
        let Some(size) = Size::from_wh(puntos(caja.ancho), puntos(caja.alto)) else { return };
        let place = Transform::from_translate(puntos(caja.x), puntos(caja.y));
        self.surface.push_transform(&place);
        self.surface.draw_image(logo.clone(), size);
        self.surface.pop();
    }

    /// Each line of a mark turns about its own middle, so that none leaves the page.
    fn mark(&mut self, (x, y): (Medida, Medida), cuerpo: Medida, texto: &str) {
        let fuente = self.fuentes.get(Letra::Negra);
        let ancho = fuente.ancho(texto, cuerpo);
        let opacity = NormalizedF32::new(OPACIDAD).unwrap_or(NormalizedF32::ONE);
        let paint = rgb::Color::new(0xB0, 0x1E, 0x1E).into();
        let giro = Transform::from_rotate_at(GIRO, puntos(x), puntos(y));
        self.surface.push_transform(&giro);
        self.surface.set_stroke(None);
        self.surface.set_fill(Some(Fill { paint, opacity, ..Fill::default() }));
        let start = Point::from_xy(puntos(x - ancho / 2), puntos(y + cuerpo * 36 / 100));
        let glifos = glifos(fuente, texto);
        let size = puntos(cuerpo);
        self.surface.draw_glyphs(start, &glifos, fuente.font.clone(), texto, size, false);
        self.surface.pop();
    }
}

fn glifos(fuente: &Fuente, texto: &str) -> Vec<KrillaGlyph> {
    let glifos = texto.char_indices().map(|(desde, c)| {
        let glifo = fuente.glifo(c);
        let avance = em(glifo.avance(), fuente.unidades);
        let rango = desde..desde + c.len_utf8();
        KrillaGlyph::new(glifo.id(), avance, 0.0, 0.0, 0.0, rango, None)
    });
    glifos.collect()
}

fn rect(caja: Caja) -> Option<Rect> {
    Rect::from_xywh(puntos(caja.x), puntos(caja.y), puntos(caja.ancho), puntos(caja.alto))
}

fn color(tinta: Tinta) -> rgb::Color {
    match tinta {
        Tinta::Texto => rgb::Color::new(0x1C, 0x1F, 0x23),
        Tinta::Gris => rgb::Color::new(0x5B, 0x63, 0x6E),
        Tinta::Regla => rgb::Color::new(0xD3, 0xD8, 0xDE),
        Tinta::Fondo => rgb::Color::new(0xF0, 0xF3, 0xF6),
        Tinta::Acento => rgb::Color::new(0x1B, 0x3A, 0x5C),
    }
}

/// Points for the PDF library, which takes nothing but floats.
#[expect(clippy::float_arithmetic, reason = "the edge to the PDF library; nothing is summed here")]
fn puntos(medida: Medida) -> f32 {
    medida as f32 / 1000.0
}

/// Share of an em, as the PDF library takes it.
#[expect(clippy::float_arithmetic, reason = "the edge to the PDF library; nothing is summed here")]
fn em(avance: u16, unidades: u16) -> f32 {
    f32::from(avance) / f32::from(unidades.max(1))
}
