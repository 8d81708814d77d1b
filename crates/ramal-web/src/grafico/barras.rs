//! Bars, one for each label, with the last value written over it. It compares no two series: lines
//! do.

use super::escala::Escala;
use super::lienzo::Lienzo;
use super::{Grafico, Punto, Rotulo};

const ANCHO: i64 = 560;
const ALTO: i64 = 220;
const IZQUIERDA: i64 = 64;
const ARRIBA: i64 = 24;
const ABAJO: i64 = 28;
/// Labels that fit under the axis.
const ETIQUETAS: usize = 12;

/// Bars of values over an axis; `columna` heads the values in the table and `en_palabras` words the
/// marks of the axis (`$1.2 M`).
pub fn barras(
    rotulo: &Rotulo,
    columna: &str,
    puntos: &[Punto],
    en_palabras: impl Fn(i64) -> String,
) -> Grafico {
    let escala = Escala::of(puntos.iter().map(|p| p.valor));
    let mut lienzo = Lienzo::new(rotulo, (ANCHO, ALTO), "gr gr-barras");
    let alto = ALTO - ARRIBA - ABAJO;
    let place = |valor: i64| ARRIBA + alto - escala.height(valor, alto);
    for marca in escala.marks() {
        let clase = if marca == 0 { "gr-eje" } else { "gr-guia" };
        lienzo.line(clase, (IZQUIERDA, place(marca)), (ANCHO, place(marca)));
        lienzo.text("gr-marca", (IZQUIERDA - 8, place(marca) + 4), "end", &en_palabras(marca));
    }
    let n = i64::try_from(puntos.len()).unwrap_or(1).max(1);
    let hueco = (ANCHO - IZQUIERDA) / n;
    let cada = puntos.len().div_ceil(ETIQUETAS).max(1);
    let mut x = IZQUIERDA;
    for (i, punto) in puntos.iter().enumerate() {
        let ultimo = i + 1 == puntos.len();
        let (y, pie) = (place(punto.valor.max(0)), place(punto.valor.min(0)));
        let clase = if ultimo { "gr-barra gr-actual" } else { "gr-barra" };
        lienzo.rect(clase, (x + hueco / 6, y), (hueco - hueco / 3, pie - y));
        let centro = x + hueco / 2;
        if ultimo {
            lienzo.text("gr-valor", (centro.min(ANCHO - 32), y - 6), "middle", &punto.texto);
        }
        if (puntos.len() - 1 - i).is_multiple_of(cada) {
            lienzo.text("gr-etiqueta", (centro, ALTO - 8), "middle", &punto.etiqueta);
        }
        x += hueco;
    }
    Grafico {
        titulo: rotulo.titulo.clone(),
        conclusion: rotulo.conclusion.clone(),
        columnas: vec![String::new(), columna.to_owned()],
        filas: puntos.iter().map(|p| vec![p.etiqueta.clone(), p.texto.clone()]).collect(),
        svg: lienzo.finish(),
    }
}
