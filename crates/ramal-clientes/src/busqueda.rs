//! Text for searching names: lower case, without accents or double spaces. Not for showing.

/// `  Peñalosa  ÁVILA ` becomes `penalosa avila`.
pub fn normalize(texto: &str) -> String {
    let plano: String = texto.chars().flat_map(char::to_lowercase).map(without_accent).collect();
    plano.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn without_accent(c: char) -> char {
    match c {
        'á' | 'à' | 'ä' | 'â' | 'ã' => 'a',
        'é' | 'è' | 'ë' | 'ê' => 'e',
        'í' | 'ì' | 'ï' | 'î' => 'i',
        'ó' | 'ò' | 'ö' | 'ô' | 'õ' => 'o',
        'ú' | 'ù' | 'ü' | 'û' => 'u',
        'ñ' => 'n',
        'ç' => 'c',
        otro => otro,
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_name_is_found_without_its_accents() {
        assert_eq!(super::normalize("  Peñalosa  ÁVILA "), "penalosa avila");
    }
}
