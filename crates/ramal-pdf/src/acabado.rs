//! What every page gets once all of them are known: foot, page number, mark, final height.
//!
//! It does not place the body.

use crate::PAGINAS_MAX;
use crate::error::PdfError;
use crate::fuentes::{Fuentes, Letra};
use crate::hoja::{Hoja, Trazo};
use crate::impreso::Marca;
use crate::medidas::{Medida, dpt, pt};
use crate::partes::MENOR;
use crate::prensa::{Formato, Prensa};
use crate::texto::{Corte, limpiar, partir};

/// Lines of a foot; a longer one is printed once, at the end of the body.
const PIE_MAX: usize = 6;
/// Width kept at the right of the foot for the page number.
const NUMERO: Medida = pt(80);

/// The foot of every page, wrapped.
pub(crate) struct Pie {
    lineas: Vec<String>,
}

impl Pie {
    /// Lines of the foot, or `None` when they are too many to repeat.
    pub(crate) fn new(fuentes: &Fuentes, texto: &str, formato: &Formato) -> Option<Self> {
        let limpio = limpiar(fuentes, texto);
        let fuente = fuentes.get(MENOR.letra);
        let ancho = formato.util() - NUMERO;
        let lineas = partir(fuente, &limpio, MENOR.cuerpo, ancho, Corte::Palabra);
        (lineas.len() <= PIE_MAX).then_some(Self { lineas })
    }

    /// A foot with nothing but the page number.
    pub(crate) fn empty() -> Self {
        Self { lineas: vec![String::new()] }
    }

    /// Height that it takes.
    pub(crate) fn alto(&self) -> Medida {
        let lineas = Medida::try_from(self.lineas.len()).unwrap_or(1).max(1);
        lineas * MENOR.interlinea() + pt(6)
    }
}

/// Prints the foot and `Página x de y` on every page.
pub(crate) fn add_pie(prensa: &mut Prensa<'_>, pie: &Pie) {
    let formato = prensa.formato;
    let fuente = prensa.fuentes.get(MENOR.letra);
    let total = prensa.hojas.len();
    let top = formato.alto - formato.margen - pie.alto() + pt(6);
    let base = |i: usize| {
        let fila = Medida::try_from(i).unwrap_or(0);
        top + fila * MENOR.interlinea() + MENOR.cuerpo
    };
    for (i, hoja) in prensa.hojas.iter_mut().enumerate() {
        for (fila, texto) in pie.lineas.iter().enumerate() {
            let (x, texto) = (formato.margen, texto.clone());
            hoja.trazos.push(Trazo::Texto { x, y: base(fila), estilo: MENOR, texto });
        }
        let texto = format!("Página {} de {total}", i + 1);
        let x = formato.ancho - formato.margen - fuente.ancho(&texto, MENOR.cuerpo);
        hoja.trazos.push(Trazo::Texto { x, y: base(0), estilo: MENOR, texto });
    }
}

/// Cuts the last page of a roll below its last line.
pub(crate) fn cut_roll(prensa: &mut Prensa<'_>) {
    let bottom = prensa.y + prensa.formato.margen;
    if let Some(hoja) = prensa.hojas.last_mut() {
        hoja.alto = bottom.clamp(pt(100), hoja.alto);
    }
}

/// Prints the mark across every page; on a roll, as many times as it takes to see it.
pub(crate) fn add_marca(prensa: &mut Prensa<'_>, marca: Option<&Marca>) {
    let Some(marca) = marca else { return };
    let fuentes = prensa.fuentes;
    let texto = limpiar(fuentes, &marca.texto).replace('\n', " ");
    let fecha = limpiar(fuentes, &marca.fecha).replace('\n', " ");
    for hoja in &mut prensa.hojas {
        mark_page(fuentes, hoja, &texto, &fecha);
    }
}

fn mark_page(fuentes: &Fuentes, hoja: &mut Hoja, texto: &str, fecha: &str) {
    // The diagonal of the square on the width, so that the mark stays inside the page.
    let largo = hoja.ancho * 5 / 4;
    let em = fuentes.get(Letra::Negra).ancho(texto, pt(100)).max(1);
    let cuerpo = i64::from(largo) * i64::from(pt(100)) / i64::from(em);
    let cuerpo = Medida::try_from(cuerpo).unwrap_or(pt(100)).clamp(pt(8), hoja.ancho / 6);
    let veces = (hoja.alto / (hoja.ancho * 2)).max(1);
    let paso = hoja.alto / veces;
    for vez in 0..veces {
        let (x, y) = (hoja.ancho / 2, paso * vez + paso / 2);
        hoja.trazos.push(Trazo::Marca { x, y, cuerpo, texto: texto.to_owned() });
        if !fecha.trim().is_empty() {
            let menor = (cuerpo / 3).max(dpt(80));
            let below = cuerpo * 62 / 100; // on both axes: the mark leans 45 degrees
            let (x, y) = (x + below, y + below);
            hoja.trazos.push(Trazo::Marca { x, y, cuerpo: menor, texto: fecha.to_owned() });
        }
    }
}

/// Refuses a document of too many pages.
pub(crate) fn check_pages(prensa: &Prensa<'_>) -> Result<(), PdfError> {
    match prensa.hojas.len() {
        paginas if paginas > PAGINAS_MAX => Err(PdfError::DemasiadasPaginas { paginas }),
        _ => Ok(()),
    }
}
