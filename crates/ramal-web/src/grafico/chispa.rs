//! A sparkline: the shape of a series in the height of a line of text, without axis. The number
//! beside it says how much.

use super::lienzo::Lienzo;
use super::{Grafico, Punto, Rotulo};

const ANCHO: i64 = 96;
const ALTO: i64 = 24;
const BORDE: i64 = 3;

/// A small line of the values, from the least to the greatest of them.
pub fn chispa(rotulo: &Rotulo, columna: &str, puntos: &[Punto]) -> Grafico {
    let mut lienzo = Lienzo::new(rotulo, (ANCHO, ALTO), "gr gr-chispa");
    let bajo = puntos.iter().map(|p| p.valor).min().unwrap_or(0);
    let alto = puntos.iter().map(|p| p.valor).max().unwrap_or(0);
    let tramo = (i128::from(alto) - i128::from(bajo)).max(1);
    let n = i64::try_from(puntos.len()).unwrap_or(1);
    let mut lugares = Vec::with_capacity(puntos.len());
    for (i, punto) in (0..).zip(puntos) {
        let sube = (i128::from(punto.valor) - i128::from(bajo)) * i128::from(ALTO - 2 * BORDE);
        let sube = i64::try_from(sube / tramo).unwrap_or(0);
        lugares.push((BORDE + (ANCHO - 2 * BORDE) * i / (n - 1).max(1), ALTO - BORDE - sube));
    }
    lienzo.polyline("gr-linea gr-serie-1", &lugares);
    if let Some(fin) = lugares.last() {
        lienzo.circle("gr-punto gr-serie-1", *fin, 2);
    }
    Grafico {
        titulo: rotulo.titulo.clone(),
        conclusion: rotulo.conclusion.clone(),
        columnas: vec![String::new(), columna.to_owned()],
        filas: puntos.iter().map(|p| vec![p.etiqueta.clone(), p.texto.clone()]).collect(),
        svg: lienzo.finish(),
    }
}
