//! Lines that all forms share: paragraphs, labelled facts, sums and tables.
//!
//! It does not choose what a form shows, nor the paper.

use crate::fuentes::Letra;
use crate::hoja::{Estilo, Franja, Renglon, Tinta};
use crate::impreso::{Alineacion, Dato};
use crate::medidas::{Medida, dpt, pt};
use crate::prensa::Prensa;
use crate::texto::{Corte, limpiar, partir};

/// Running text.
pub(crate) const TEXTO: Estilo = Estilo::new(Letra::Normal, dpt(80), Tinta::Texto);
/// Running text in bold.
pub(crate) const FUERTE: Estilo = Estilo::new(Letra::Negra, dpt(80), Tinta::Texto);
/// Labels.
pub(crate) const ROTULO: Estilo = Estilo::new(Letra::Normal, dpt(65), Tinta::Gris);
/// Headings of sections and columns.
pub(crate) const TITULO: Estilo = Estilo::new(Letra::Negra, dpt(65), Tinta::Acento);
/// Legends and details.
pub(crate) const MENOR: Estilo = Estilo::new(Letra::Normal, dpt(68), Tinta::Gris);
/// Seals.
pub(crate) const SELLO: Estilo = Estilo::new(Letra::Normal, dpt(55), Tinta::Texto);

/// Space between the columns of a table.
pub(crate) const CANAL: Medida = pt(6);

/// Lines of a column's heading; what is repeated on every page must leave room for rows.
const TITULO_MAX: usize = 4;

/// A column of a table, placed.
pub(crate) struct Columnilla {
    /// Left.
    pub(crate) x: Medida,
    /// Width.
    pub(crate) ancho: Medida,
    /// Side to which the texts lean.
    pub(crate) alineacion: Alineacion,
    /// Heading.
    pub(crate) titulo: String,
}

impl Prensa<'_> {
    /// Lines of `texto` in the width of `franja`, added to it.
    pub(crate) fn add(&self, franja: &mut Franja, como: (Alineacion, Estilo), texto: &str) {
        for linea in self.lineas(texto, como.1, franja.ancho, Corte::Palabra) {
            franja.renglones.push(Renglon::texto(como.0, como.1, linea));
        }
    }

    /// Cleaned and wrapped lines.
    pub(crate) fn lineas(
        &self,
        texto: &str,
        estilo: Estilo,
        ancho: Medida,
        corte: Corte,
    ) -> Vec<String> {
        let limpio = limpiar(self.fuentes, texto);
        partir(self.fuentes.get(estilo.letra), &limpio, estilo.cuerpo, ancho, corte)
    }

    /// A paragraph across the page, unless it is empty.
    pub(crate) fn paragraph(&mut self, como: (Alineacion, Estilo), texto: &str) {
        if texto.trim().is_empty() {
            return;
        }
        let mut franja = self.full();
        self.add(&mut franja, como, texto);
        self.place(vec![franja]);
    }

    /// An empty column between the margins.
    pub(crate) fn full(&self) -> Franja {
        Franja::new(self.formato.margen, self.formato.util())
    }

    /// Heading of a section, kept with a bit of what follows.
    pub(crate) fn heading(&mut self, titulo: &str) {
        self.keep(pt(40));
        self.paragraph((Alineacion::Izquierda, TITULO), titulo);
        self.space(pt(2));
    }

    /// Facts one below the other: labels in grey, values aligned after the widest label.
    pub(crate) fn add_datos(&self, franja: &mut Franja, datos: &[Dato], valor: Estilo) {
        let rotulo = Estilo { cuerpo: valor.cuerpo * 9 / 10, ..ROTULO };
        let tope = franja.ancho * 2 / 5;
        let ancho = |dato: &Dato| {
            let etiqueta = limpiar(self.fuentes, &dato.etiqueta);
            self.fuentes.get(rotulo.letra).ancho(&etiqueta, rotulo.cuerpo).min(tope)
        };
        let columna = datos.iter().map(ancho).max().unwrap_or(0);
        for dato in datos {
            if dato.etiqueta.trim().is_empty() {
                self.add(franja, (Alineacion::Izquierda, valor), &dato.valor);
            } else {
                self.add_dato(franja, dato, (columna, rotulo, valor));
            }
        }
    }

    fn add_dato(
        &self,
        franja: &mut Franja,
        dato: &Dato,
        (columna, rotulo, valor): (Medida, Estilo, Estilo),
    ) {
        let sangria = columna + CANAL;
        let etiquetas = self.lineas(&dato.etiqueta, rotulo, columna, Corte::Palabra);
        let valores = self.lineas(&dato.valor, valor, franja.ancho - sangria, Corte::Palabra);
        for i in 0..etiquetas.len().max(valores.len()) {
            let left = etiquetas.get(i).cloned().unwrap_or_default();
            let right = valores.get(i).cloned().unwrap_or_default();
            let textos = vec![
                (0, Alineacion::Izquierda, rotulo, left),
                (sangria, Alineacion::Izquierda, valor, right),
            ];
            franja.renglones.push(Renglon::textos(valor.interlinea(), textos));
        }
    }

    /// Sums one below the other, the last one large and on a background.
    pub(crate) fn add_sumas(&self, franja: &mut Franja, sumas: &[Dato], total: Estilo) {
        let Some((last, others)) = sumas.split_last() else { return };
        for suma in others {
            self.add_suma(franja, suma, TEXTO);
        }
        let desde = franja.renglones.len();
        franja.renglones.push(Renglon::blanco(pt(3)));
        self.add_suma(franja, last, total);
        franja.renglones.push(Renglon::blanco(pt(3)));
        for renglon in franja.renglones.iter_mut().skip(desde) {
            renglon.fondo = Some(Tinta::Fondo);
        }
    }

    /// Label at the left and amount at the right; both wrap.
    pub(crate) fn add_suma(&self, franja: &mut Franja, dato: &Dato, estilo: Estilo) {
        let sangria = pt(4);
        let util = franja.ancho - 2 * sangria;
        let valor = self.lineas(&dato.valor, estilo, util * 6 / 10, Corte::Palabra);
        let ancho_valor = valor
            .iter()
            .map(|linea| self.fuentes.get(estilo.letra).ancho(linea, estilo.cuerpo))
            .max()
            .unwrap_or(0);
        let ancho = util - ancho_valor - CANAL;
        let rotulo = self.lineas(&dato.etiqueta, estilo, ancho, Corte::Palabra);
        for i in 0..valor.len().max(rotulo.len()) {
            let left = rotulo.get(i).cloned().unwrap_or_default();
            let right = valor.get(i).cloned().unwrap_or_default();
            franja.renglones.push(Renglon::textos(
                estilo.interlinea(),
                vec![
                    (sangria, Alineacion::Izquierda, estilo, left),
                    (sangria, Alineacion::Derecha, estilo, right),
                ],
            ));
        }
    }

    /// Prints the heading of a table and repeats it on the pages that follow.
    pub(crate) fn begin_table(&mut self, columnas: &[Columnilla]) {
        let fondo = |alto| Renglon { fondo: Some(Tinta::Fondo), ..Renglon::blanco(alto) };
        let mut franjas = Vec::with_capacity(columnas.len() + 1);
        let mut alto = 0;
        for columna in columnas {
            let mut franja = Franja::new(columna.x, columna.ancho);
            franja.renglones.push(Renglon::blanco(pt(4)));
            self.add(&mut franja, (columna.alineacion, TITULO), &columna.titulo);
            franja.renglones.truncate(1 + TITULO_MAX);
            alto = alto.max(franja.alto() + pt(4));
            franjas.push(franja);
        }
        let mut banda = self.full();
        banda.renglones.extend([fondo(alto), Renglon::blanco(pt(2))]);
        franjas.insert(0, banda);
        self.keep(alto + pt(30));
        self.place(franjas.clone());
        self.cabecera = franjas;
    }

    /// One row of a table and the rule below it.
    pub(crate) fn row(&mut self, franjas: Vec<Franja>) {
        self.place(franjas);
        self.rule(pt(6));
    }

    /// Ends the table: its heading is not repeated any more.
    pub(crate) fn end_table(&mut self) {
        self.cabecera.clear();
        self.space(pt(6));
    }
}

/// Places columns from the left margin, sharing `ancho` by weight, [`CANAL`] apart.
pub(crate) fn repartir(
    margen: Medida,
    ancho: Medida,
    columnas: &[(u16, Alineacion, String)],
) -> Vec<Columnilla> {
    let cuantas = Medida::try_from(columnas.len()).unwrap_or(Medida::MAX).max(1);
    let libre = i64::from(ancho - CANAL.saturating_mul(cuantas)).max(1);
    let pesos: i64 = columnas.iter().map(|c| i64::from(c.0.max(1))).sum();
    let mut x = margen + CANAL / 2;
    let mut placed = Vec::with_capacity(columnas.len());
    for (peso, alineacion, titulo) in columnas {
        let parte = libre * i64::from((*peso).max(1)) / pesos.max(1);
        let ancho = Medida::try_from(parte).unwrap_or(0);
        placed.push(Columnilla { x, ancho, alineacion: *alineacion, titulo: titulo.clone() });
        x += ancho + CANAL;
    }
    placed
}
