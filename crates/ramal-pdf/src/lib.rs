//! Printed forms as PDF: legal documents of any country and payment orders, from plain texts.
//!
//! It knows no country, database or clock: the same input always gives the same bytes.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

mod acabado;
mod carta;
mod error;
mod fuentes;
#[cfg(test)]
mod geometria;
mod hoja;
mod impreso;
mod medidas;
mod orden;
mod pago;
mod partes;
mod pieza;
mod pintor;
mod prensa;
mod qr;
mod tablas;
mod texto;
mod ticket;

use acabado::Pie;
use fuentes::Fuentes;
use impreso::Alineacion as Lado;
use medidas::{mm10, pt};
use pieza::Piezas;
use prensa::{Formato, Prensa};

pub use error::PdfError;
pub use impreso::{
    Alineacion, Campo, Columna, ColumnaTabla, Dato, Impreso, LineaImpresa, Marca, NivelQr,
    QrImpreso, TablaImpresa,
};
pub use orden::{OrdenDePago, ServicioImpreso};

/// Largest logo accepted, in bytes.
pub const LOGO_MAX_BYTES: usize = 1024 * 1024;

/// Most pages that one document may take.
pub const PAGINAS_MAX: usize = 500;

/// Paper on which a form is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Papel {
    /// 210 × 297 mm.
    A4,
    /// 8.5 × 11 in.
    Carta,
    /// Roll of 80 mm; as high as the text needs.
    Ticket80,
}

/// The printed form of a legal document.
///
/// Shape: PDF with embedded fonts and selectable text; equal input gives equal bytes.
/// Errors: `Logo`, `Qr`, `DemasiadasPaginas`, `Fuentes`, `Escritura`.
pub fn render(impreso: &Impreso, papel: Papel) -> Result<Vec<u8>, PdfError> {
    let fuentes = Fuentes::load()?;
    let piezas = Piezas::new(impreso.qr.as_ref(), impreso.logo.as_deref())?;
    let titulo = [impreso.titulo.as_str(), &impreso.numero];
    let body = |prensa: &mut Prensa<'_>| match papel {
        Papel::A4 | Papel::Carta => carta::compose(prensa, impreso, &piezas),
        Papel::Ticket80 => ticket::compose(prensa, impreso, &piezas),
    };
    let prensa = compose(fuentes, (papel, &impreso.pie), impreso.marca.as_ref(), body)?;
    pintor::paint(fuentes, &prensa.hojas, &piezas, heading(fuentes, titulo))
}

/// A payment order, with the sum and the last day to pay in large type.
///
/// Shape: as [`render`]. Errors: as [`render`].
pub fn render_orden_de_pago(orden: &OrdenDePago, papel: Papel) -> Result<Vec<u8>, PdfError> {
    if papel == Papel::Ticket80 {
        return render(&pago::as_roll(orden), papel);
    }
    let fuentes = Fuentes::load()?;
    let piezas = Piezas::new(orden.qr.as_ref(), orden.logo.as_deref())?;
    let titulo = [orden.titulo.as_str(), &orden.referencia];
    let body = |prensa: &mut Prensa<'_>| pago::compose(prensa, orden, &piezas);
    let prensa = compose(fuentes, (papel, &orden.pie), orden.marca.as_ref(), body)?;
    pintor::paint(fuentes, &prensa.hojas, &piezas, heading(fuentes, titulo))
}

fn heading(fuentes: &Fuentes, partes: [&str; 2]) -> String {
    texto::limpiar(fuentes, &partes.join(" ")).replace('\n', " ").trim().to_owned()
}

fn formato(papel: Papel) -> Formato {
    match papel {
        Papel::A4 => Formato { ancho: mm10(2100), alto: mm10(2970), margen: pt(34), pie: 0 },
        Papel::Carta => Formato { ancho: pt(612), alto: pt(792), margen: pt(34), pie: 0 },
        // PDF readers refuse pages higher than 14,400 points.
        Papel::Ticket80 => Formato { ancho: mm10(800), alto: pt(14_000), margen: pt(11), pie: 0 },
    }
}

/// Pages with their body, foot and mark.
fn compose<'f>(
    fuentes: &'f Fuentes,
    (papel, texto): (Papel, &str),
    marca: Option<&Marca>,
    body: impl FnOnce(&mut Prensa<'_>),
) -> Result<Prensa<'f>, PdfError> {
    let mut formato = formato(papel);
    if papel == Papel::Ticket80 {
        let mut prensa = Prensa::new(fuentes, formato);
        body(&mut prensa);
        acabado::cut_roll(&mut prensa);
        acabado::add_marca(&mut prensa, marca);
        acabado::check_pages(&prensa)?;
        return Ok(prensa);
    }
    let pie = Pie::new(fuentes, texto, &formato);
    let long = pie.is_none();
    let pie = pie.unwrap_or_else(Pie::empty);
    formato.pie = pie.alto();
    let mut prensa = Prensa::new(fuentes, formato);
    body(&mut prensa);
    if long {
        prensa.paragraph((Lado::Izquierda, partes::MENOR), texto);
    }
    acabado::check_pages(&prensa)?;
    acabado::add_pie(&mut prensa, &pie);
    acabado::add_marca(&mut prensa, marca);
    Ok(prensa)
}
