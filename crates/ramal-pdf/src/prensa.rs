//! Places columns of lines on pages, one below the other, and opens pages as they fill.
//!
//! It does not know what the lines mean.

use crate::fuentes::Fuentes;
use crate::hoja::{Caja, Contenido, Estilo, Franja, Hoja, Renglon, Trazo};
use crate::impreso::Alineacion;
use crate::medidas::{Medida, dpt};

/// Thickness of a rule.
const REGLA: Medida = dpt(6);

/// A page's shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Formato {
    /// Width of the paper.
    pub(crate) ancho: Medida,
    /// Height of the paper, or the most that a roll may take.
    pub(crate) alto: Medida,
    /// Margin on the four sides.
    pub(crate) margen: Medida,
    /// Height kept free at the bottom for the foot.
    pub(crate) pie: Medida,
}

impl Formato {
    /// Width between the margins.
    pub(crate) fn util(&self) -> Medida {
        self.ancho - 2 * self.margen
    }

    /// Bottom of the room for lines.
    pub(crate) fn limite(&self) -> Medida {
        self.alto - self.margen - self.pie
    }
}

/// The pages under way.
pub(crate) struct Prensa<'a> {
    /// Letters.
    pub(crate) fuentes: &'a Fuentes,
    /// Shape of the pages.
    pub(crate) formato: Formato,
    /// Where the next line goes.
    pub(crate) y: Medida,
    /// Printed at the top of the second page and the following ones.
    pub(crate) continuacion: Vec<Franja>,
    /// Printed again after it while set: heading of a table.
    pub(crate) cabecera: Vec<Franja>,
    /// Pages, the last one under way.
    pub(crate) hojas: Vec<Hoja>,
}

impl<'a> Prensa<'a> {
    /// One empty page.
    pub(crate) fn new(fuentes: &'a Fuentes, formato: Formato) -> Self {
        let mut prensa = Self {
            fuentes,
            formato,
            y: 0,
            continuacion: Vec::new(),
            cabecera: Vec::new(),
            hojas: Vec::new(),
        };
        prensa.open();
        prensa
    }

    fn open(&mut self) {
        let Formato { ancho, alto, margen, .. } = self.formato;
        self.hojas.push(Hoja { ancho, alto, trazos: Vec::new() });
        self.y = margen;
    }

    /// Opens a page and repeats what has to be repeated.
    pub(crate) fn next_page(&mut self) {
        self.open();
        for franjas in [self.continuacion.clone(), self.cabecera.clone()] {
            self.place_all(franjas);
        }
    }

    /// Leaves a blank, unless the page ends here.
    pub(crate) fn space(&mut self, alto: Medida) {
        self.y = self.y.saturating_add(alto).min(self.formato.limite());
    }

    /// Height left on the page.
    pub(crate) fn room(&self) -> Medida {
        self.formato.limite() - self.y
    }

    /// Adds a stroke to the page under way.
    pub(crate) fn draw(&mut self, trazo: Trazo) {
        if let Some(hoja) = self.hojas.last_mut() {
            hoja.trazos.push(trazo);
        }
    }

    /// A rule across the page; none when the page is full, where it would separate nothing.
    pub(crate) fn rule(&mut self, alto: Medida) {
        if self.room() < alto {
            return;
        }
        let mut franja = Franja::new(self.formato.margen, self.formato.util());
        franja.renglones.push(Renglon::regla(alto));
        self.place(vec![franja]);
    }

    /// Opens a page when less than `alto` is left, if a whole page offers more.
    pub(crate) fn keep(&mut self, alto: Medida) {
        if self.room() < alto && self.y > self.formato.margen {
            self.next_page();
        }
    }

    /// Places columns side by side; what does not fit goes on in the next page.
    ///
    /// A block lower than a third of the page is not divided.
    pub(crate) fn place(&mut self, mut franjas: Vec<Franja>) {
        let alto = franjas.iter().map(Franja::alto).max().unwrap_or(0);
        if alto > self.room() && alto < self.formato.limite() / 3 {
            self.next_page();
        }
        while franjas.iter().map(Franja::alto).max().unwrap_or(0) > self.room() {
            let before = count(&franjas);
            let part = take(&mut franjas, self.room());
            self.place_all(part);
            if count(&franjas) == before && self.is_fresh() {
                break; // a line higher than a page: it overflows rather than looping for ever
            }
            self.next_page();
        }
        self.place_all(franjas);
    }

    fn is_fresh(&self) -> bool {
        let repeated = self.continuacion.iter().chain(&self.cabecera).map(Franja::alto);
        self.y <= self.formato.margen + repeated.fold(0, Medida::saturating_add)
    }

    fn place_all(&mut self, franjas: Vec<Franja>) {
        let top = self.y;
        let mut bottom = top;
        for franja in franjas {
            let mut y = top;
            for renglon in franja.renglones {
                let caja = Caja { x: franja.x, y, ancho: franja.ancho, alto: renglon.alto };
                y = y.saturating_add(renglon.alto);
                self.draw_line(caja, renglon);
            }
            bottom = bottom.max(y);
        }
        self.y = bottom;
    }

    fn draw_line(&mut self, caja: Caja, renglon: Renglon) {
        if let Some(tinta) = renglon.fondo {
            self.draw(Trazo::Relleno { caja, tinta });
        }
        match renglon.contenido {
            Contenido::Vacio(None) => {}
            Contenido::Vacio(Some(tinta)) => {
                let y = caja.y + (caja.alto - REGLA) / 2;
                self.draw(Trazo::Relleno { caja: Caja { y, alto: REGLA, ..caja }, tinta });
            }
            Contenido::Qr { margen } => {
                self.draw(Trazo::Qr { x: caja.x + margen, y: caja.y + margen });
            }
            Contenido::Logo { ancho } => {
                let x = caja.x + (caja.ancho - ancho).max(0) / 2;
                self.draw(Trazo::Logo { caja: Caja { x, ancho, ..caja } });
            }
            Contenido::Textos(textos) => {
                // Capitals are 0.73 em high: this centres the largest in the line.
                let cuerpo = textos.iter().map(|texto| texto.2.cuerpo).max().unwrap_or(0);
                let base = caja.y + (caja.alto + cuerpo * 73 / 100) / 2;
                for (sangria, alineacion, estilo, texto) in textos {
                    self.draw_text(Caja { y: base, ..caja }, (sangria, alineacion), estilo, texto);
                }
            }
        }
    }

    /// One text; the top of `caja` is the base line.
    fn draw_text(
        &mut self,
        caja: Caja,
        (sangria, alineacion): (Medida, Alineacion),
        estilo: Estilo,
        texto: String,
    ) {
        if texto.is_empty() {
            return;
        }
        let ancho = self.fuentes.get(estilo.letra).ancho(&texto, estilo.cuerpo);
        let x = match alineacion {
            Alineacion::Izquierda => caja.x + sangria,
            Alineacion::Centro => caja.x + (caja.ancho - ancho) / 2,
            Alineacion::Derecha => caja.x + caja.ancho - sangria - ancho,
        };
        self.draw(Trazo::Texto { x, y: caja.y, estilo, texto });
    }
}

fn count(franjas: &[Franja]) -> usize {
    franjas.iter().map(|franja| franja.renglones.len()).sum()
}

/// Takes the first lines of each column that fit in `alto`.
fn take(franjas: &mut [Franja], alto: Medida) -> Vec<Franja> {
    let mut parts = Vec::with_capacity(franjas.len());
    for franja in franjas {
        let mut used: Medida = 0;
        let fits = franja.renglones.iter().take_while(|linea| {
            used = used.saturating_add(linea.alto);
            used <= alto
        });
        let fits = fits.count();
        let rest = franja.renglones.split_off(fits);
        let renglones = std::mem::replace(&mut franja.renglones, rest);
        parts.push(Franja { x: franja.x, ancho: franja.ancho, renglones });
    }
    parts
}
