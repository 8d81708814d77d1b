//! The uptime strip: 96 slots of 15 minutes in which the filled part is the share of time down, so
//! that ten seconds do not paint a quarter of an hour. The outages are listed by the caller.

use super::lienzo::Lienzo;
use super::{Grafico, Rotulo};

const RANURAS: usize = 96;
const PASO: i64 = 6;
const ANCHO: i64 = 96 * PASO;
const BARRA: i64 = 32;
const ALTO: i64 = BARRA + 20;

/// What is known of a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ranura {
    /// Nothing was reported.
    SinDatos,
    /// Down for so many thousandths of the slot, 0 to 1000.
    Caido(u16),
}

/// The strip of the last 96 slots, the oldest first, with the times at which it begins and ends;
/// fewer slots are completed at the left without data, older ones are left out. `caidas` are the
/// rows of the table under `columnas`: from, to, duration.
pub fn disponibilidad(
    rotulo: &Rotulo,
    ranuras: &[Ranura],
    (desde, hasta): (&str, &str),
    (columnas, caidas): (Vec<String>, Vec<Vec<String>>),
) -> Grafico {
    let mut lienzo = Lienzo::new(rotulo, (ANCHO, ALTO), "gr gr-tira");
    let ultimas = &ranuras[ranuras.len().saturating_sub(RANURAS)..];
    let faltan = std::iter::repeat_n(Ranura::SinDatos, RANURAS - ultimas.len());
    let mut x = 0;
    for ranura in faltan.chain(ultimas.iter().copied()) {
        draw(&mut lienzo, x, ranura);
        x += PASO;
    }
    lienzo.text("gr-etiqueta", (0, ALTO - 4), "start", desde);
    lienzo.text("gr-etiqueta", (ANCHO, ALTO - 4), "end", hasta);
    Grafico {
        titulo: rotulo.titulo.clone(),
        conclusion: rotulo.conclusion.clone(),
        columnas,
        filas: caidas,
        svg: lienzo.finish(),
    }
}

/// Down fills from the top; a fall however short stays visible as one pixel.
fn draw(lienzo: &mut Lienzo, x: i64, ranura: Ranura) {
    match ranura {
        Ranura::SinDatos => lienzo.rect("gr-sin-datos", (x, 0), (PASO - 1, BARRA)),
        Ranura::Caido(milesimas) => {
            let milesimas = i64::from(milesimas.min(1000));
            let caido = (BARRA * milesimas + 999) / 1000;
            if caido < BARRA {
                lienzo.rect("gr-arriba", (x, caido), (PASO - 1, BARRA - caido));
            }
            if caido > 0 {
                lienzo.rect("gr-caido", (x, 0), (PASO - 1, caido));
            }
        }
    }
}
