//! Whether two writings name one person. It is severe: two words in common are a hint, never a
//! proof.

use crate::texto::words;

/// How alike two names are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Parecido {
    /// Different, or too short to tell.
    Ninguno,
    /// One could be the other written short.
    Parcial,
    /// The same person as far as a name can tell.
    Pleno,
}

const VACIAS: [&str; 23] = [
    "DE", "DEL", "LA", "LAS", "LOS", "EL", "Y", "E", "SA", "SAC", "SAA", "SRL", "EIRL", "CV", "RL",
    "SAS", "SAPI", "S", "A", "C", "R", "L", "V",
];

pub(super) fn significant(nombre: &str) -> Vec<String> {
    words(nombre).into_iter().filter(|p| !VACIAS.contains(&p.as_str())).collect()
}

/// Compares the payer's name, as a bank prints and cuts it, with a customer's.
///
/// `Pleno`: every word of one is in the other and at least three are common, or both have the
/// same two words or more. The last word of the payer may be cut by the bank.
pub fn resemblance(pagador: &str, cliente: &str) -> Parecido {
    compare(&significant(pagador), cliente)
}

/// The same with the payer's words worked out, once for many customers.
pub(super) fn compare(unas: &[String], cliente: &str) -> Parecido {
    if unas.is_empty() {
        return Parecido::Ninguno;
    }
    let otras = significant(cliente);
    let comunes = common(unas, &otras);
    let menor = unas.len().min(otras.len());
    if comunes < menor || comunes < 2 {
        return Parecido::Ninguno;
    }
    let iguales = unas.len() == otras.len();
    if comunes >= 3 || iguales { Parecido::Pleno } else { Parecido::Parcial }
}

/// Words in common, each counted once; the last of the payer also by its first letters.
fn common(unas: &[String], otras: &[String]) -> usize {
    let mut libres: Vec<&String> = otras.iter().collect();
    let mut n = 0;
    for (i, palabra) in unas.iter().enumerate() {
        let cortada = i + 1 == unas.len() && palabra.len() >= 3 && unas.len() >= 3;
        let es = |p: &&String| **p == *palabra || cortada && p.starts_with(palabra.as_str());
        if let Some(lugar) = libres.iter().position(es) {
            libres.swap_remove(lugar);
            n += 1;
        }
    }
    n
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_as_banks_write_them() {
        let de = |a, b| resemblance(a, b);
        assert_eq!(de("JAVIER MOSCA NUNEZ", "Javier Mosca Núñez"), Parecido::Pleno);
        assert_eq!(de("MOSCA NUNEZ JAVIER", "Javier Mosca Núñez"), Parecido::Pleno);
        assert_eq!(
            de("MARIA DE LOS ANGELES QUISPE ROJ", "María de los Ángeles Quispe Rojas"),
            Parecido::Pleno
        );
        assert_eq!(de("JAVIER MOSCA", "Javier Mosca Núñez"), Parecido::Parcial);
        assert_eq!(de("JAVIER MOSCA", "Javier Mosca"), Parecido::Pleno);
        assert_eq!(de("JAVIER", "Javier Mosca Núñez"), Parecido::Ninguno);
        assert_eq!(de("JAVIER MOSCA LOPEZ", "Javier Mosca Núñez"), Parecido::Ninguno);
        assert_eq!(de("MOSCA J", "Javier Mosca Núñez"), Parecido::Ninguno);
        assert_eq!(de("REDES NORTE SA DE CV", "Redes del Norte, S.A. de C.V."), Parecido::Pleno);
        assert_eq!(de("", ""), Parecido::Ninguno);
        assert_eq!(de("ANA ANA", "Ana Quispe"), Parecido::Ninguno);
    }
}
