//! One to three lines over the same labels, each named beside its end. A fourth is not drawn but
//! stays in the table.

use super::escala::Escala;
use super::lienzo::Lienzo;
use super::{Grafico, Rotulo, Serie};

const ANCHO: i64 = 560;
const ALTO: i64 = 220;
const IZQUIERDA: i64 = 64;
const DERECHA: i64 = 96;
const ARRIBA: i64 = 16;
const ABAJO: i64 = 28;
const ETIQUETAS: usize = 8;
const SERIES: usize = 3;
/// Least distance between two names at the right, in pixels.
const RENGLON: i64 = 16;

/// Lines of values over an axis; `en_palabras` words the marks of the axis.
pub fn lineas(rotulo: &Rotulo, series: &[Serie], en_palabras: impl Fn(i64) -> String) -> Grafico {
    let dibujadas = &series[..series.len().min(SERIES)];
    let valores = dibujadas.iter().flat_map(|s| s.puntos.iter().map(|p| p.valor));
    let escala = Escala::of(valores);
    let mut lienzo = Lienzo::new(rotulo, (ANCHO, ALTO), "gr gr-lineas");
    let alto = ALTO - ARRIBA - ABAJO;
    let height = |valor: i64| ARRIBA + alto - escala.height(valor, alto);
    for marca in escala.marks() {
        let (y, clase) = (height(marca), if marca == 0 { "gr-eje" } else { "gr-guia" });
        lienzo.line(clase, (IZQUIERDA, y), (ANCHO - DERECHA, y));
        lienzo.text("gr-marca", (IZQUIERDA - 8, y + 4), "end", &en_palabras(marca));
    }
    labels(&mut lienzo, dibujadas);
    let mut finales: Vec<(i64, usize)> = Vec::new();
    for (i, serie) in dibujadas.iter().enumerate() {
        let lugares: Vec<(i64, i64)> = (serie.puntos.iter().enumerate())
            .map(|(j, p)| (place(j, serie.puntos.len()), height(p.valor)))
            .collect();
        lienzo.polyline(&format!("gr-linea gr-serie-{}", i + 1), &lugares);
        if let Some(fin) = lugares.last() {
            lienzo.circle(&format!("gr-punto gr-serie-{}", i + 1), *fin, 3);
            finales.push((fin.1, i));
        }
    }
    names(&mut lienzo, dibujadas, finales);
    with_table(rotulo, series, lienzo.finish())
}

/// Horizontal place of the value `i` of `n`.
fn place(i: usize, n: usize) -> i64 {
    let (i, n) = (i64::try_from(i).unwrap_or(0), i64::try_from(n).unwrap_or(1));
    IZQUIERDA + 8 + (ANCHO - IZQUIERDA - DERECHA - 16) * i / (n - 1).max(1)
}

fn labels(lienzo: &mut Lienzo, series: &[Serie]) {
    let Some(serie) = series.first() else { return };
    let n = serie.puntos.len();
    let cada = n.div_ceil(ETIQUETAS).max(1);
    let dicha = |i: &usize| (n - 1 - i).is_multiple_of(cada);
    for (i, punto) in serie.puntos.iter().enumerate().filter(|(i, _)| dicha(i)) {
        lienzo.text("gr-etiqueta", (place(i, n), ALTO - 8), "middle", &punto.etiqueta);
    }
}

/// Writes each name beside the end of its line, moved down when two would lie on each other.
fn names(lienzo: &mut Lienzo, series: &[Serie], mut finales: Vec<(i64, usize)>) {
    finales.sort_unstable();
    let mut libre = 0;
    for (y, i) in finales {
        let y = y.max(libre);
        libre = y + RENGLON;
        let clase = format!("gr-nombre gr-serie-{}", i + 1);
        lienzo.text(&clase, (ANCHO - DERECHA + 4, y + 4), "start", &series[i].nombre);
    }
}

fn with_table(rotulo: &Rotulo, series: &[Serie], svg: String) -> Grafico {
    let nombres = series.iter().map(|s| s.nombre.clone());
    let largo = series.iter().map(|s| s.puntos.len()).max().unwrap_or(0);
    let fila = |i: usize| {
        let etiqueta = series.iter().find_map(|s| s.puntos.get(i)).map(|p| p.etiqueta.clone());
        let valores =
            series.iter().map(|s| s.puntos.get(i).map_or_else(String::new, |p| p.texto.clone()));
        std::iter::once(etiqueta.unwrap_or_default()).chain(valores).collect()
    };
    Grafico {
        titulo: rotulo.titulo.clone(),
        conclusion: rotulo.conclusion.clone(),
        columnas: std::iter::once(String::new()).chain(nombres).collect(),
        filas: (0..largo).map(fila).collect(),
        svg,
    }
}
