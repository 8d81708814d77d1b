//! Arithmetic of the charts: round steps of an axis and places of values, in integers. It draws
//! nothing.

/// An axis from `minimo` to `maximo` in round steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Escala {
    pub minimo: i64,
    pub maximo: i64,
    pub paso: i64,
}

/// Steps that an axis has at most.
const PASOS: i64 = 4;

impl Escala {
    /// The axis that holds the values and zero.
    pub(super) fn of(valores: impl Iterator<Item = i64> + Clone) -> Escala {
        let alto = valores.clone().max().unwrap_or(0).max(0);
        let bajo = valores.min().unwrap_or(0).min(0);
        let tramo = alto.saturating_sub(bajo).max(1);
        let paso = round_step(tramo.saturating_add(PASOS - 1) / PASOS);
        let arriba = i128::from(alto).div_euclid(i128::from(paso)) * i128::from(paso);
        let maximo = if arriba < i128::from(alto) || alto == 0 && bajo == 0 {
            arriba + i128::from(paso)
        } else {
            arriba
        };
        let minimo = i128::from(bajo).div_euclid(i128::from(paso)) * i128::from(paso);
        Escala { minimo: clamped(minimo), maximo: clamped(maximo), paso }
    }

    /// Marks of the axis, from below.
    pub(super) fn marks(&self) -> Vec<i64> {
        let mut marcas = Vec::new();
        let mut marca = self.minimo;
        while marca <= self.maximo && marcas.len() < 12 {
            marcas.push(marca);
            match marca.checked_add(self.paso) {
                Some(siguiente) => marca = siguiente,
                None => break,
            }
        }
        marcas
    }

    /// Height of a value over the foot of the axis, in pixels of `alto`.
    pub(super) fn height(&self, valor: i64, alto: i64) -> i64 {
        let tramo = (i128::from(self.maximo) - i128::from(self.minimo)).max(1);
        let sube = i128::from(valor.clamp(self.minimo, self.maximo)) - i128::from(self.minimo);
        clamped((sube * i128::from(alto) + tramo / 2) / tramo)
    }
}

fn clamped(numero: i128) -> i64 {
    i64::try_from(numero).unwrap_or(if numero < 0 { i64::MIN } else { i64::MAX })
}

/// The next of 1, 2, 5, 10, 20, 50… that is not less.
fn round_step(minimo: i64) -> i64 {
    let mut potencia: i64 = 1;
    loop {
        for factor in [1, 2, 5] {
            match potencia.checked_mul(factor) {
                Some(paso) if paso >= minimo => return paso,
                Some(_) => {}
                None => return minimo,
            }
        }
        match potencia.checked_mul(10) {
            Some(mayor) => potencia = mayor,
            None => return minimo,
        }
    }
}
