//! Checks of single fields of the catalogue. Pure; asks no database.

use ramal_base::{CampoInvalido, Dinero, Fecha};

/// Largest price, in minor units: above it somebody typed a telephone.
pub const PRECIO_MAXIMO: i64 = 10_000_000_000;

/// Name of 1 to 120 characters, with its spaces collapsed; without `|`, which the CFDI refuses.
pub fn check_nombre(nombre: &str, errores: &mut Vec<CampoInvalido>) -> String {
    let limpio = nombre.split_whitespace().collect::<Vec<_>>().join(" ");
    let largo = limpio.chars().count();
    let raro = |c: char| c == '|' || c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}');
    if !(1..=120).contains(&largo) || limpio.chars().any(raro) || slug(&limpio).is_empty() {
        let motivo =
            "El nombre lleva de 1 a 120 caracteres, con letras o números y sin la barra |.";
        errores.push(CampoInvalido::new("nombre", "nombre_invalido", motivo));
    }
    limpio
}

/// Code of 1 to 60 lower-case letters, digits, `-` or `_`.
pub fn check_codigo(codigo: &str, errores: &mut Vec<CampoInvalido>) -> String {
    let limpio = codigo.trim().to_lowercase();
    let letra = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_';
    if !(1..=60).contains(&limpio.len()) || !limpio.bytes().all(letra) {
        let motivo = "El código lleva de 1 a 60 letras sin acento, números, guion o guion bajo.";
        errores.push(CampoInvalido::new("codigo", "codigo_formato", motivo));
    }
    limpio
}

/// Amount from zero to [`PRECIO_MAXIMO`]; whether it passed.
pub fn check_precio(precio: Dinero, campo: &str, errores: &mut Vec<CampoInvalido>) -> bool {
    let bien = (0..=PRECIO_MAXIMO).contains(&precio.centavos);
    if !bien {
        let motivo = "El importe debe ser de 0.00 a 100000000.00.";
        errores.push(CampoInvalido::new(campo, "precio_fuera_de_rango", motivo));
    }
    bien
}

/// c_ClaveProdServ (eight digits) and c_ClaveUnidad (two or three capitals or digits), if given.
pub fn check_claves(
    prod_serv: Option<&str>,
    unidad: Option<&str>,
    errores: &mut Vec<CampoInvalido>,
) {
    if prod_serv.is_some_and(|c| c.len() != 8 || !c.bytes().all(|b| b.is_ascii_digit())) {
        let motivo = "La clave de producto o servicio lleva ocho dígitos, por ejemplo 81112101.";
        errores.push(CampoInvalido::new("clave_prod_serv", "clave_prod_serv_formato", motivo));
    }
    let letra = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit();
    if unidad.is_some_and(|c| !(2..=3).contains(&c.len()) || !c.bytes().all(letra)) {
        let motivo = "La clave de unidad lleva dos o tres mayúsculas o dígitos, por ejemplo E48.";
        errores.push(CampoInvalido::new("clave_unidad", "clave_unidad_formato", motivo));
    }
}

/// Day from 2000 to 2199: what a person means and what both engines store.
pub fn check_fecha(fecha: Fecha, campo: &str, errores: &mut Vec<CampoInvalido>) {
    if !(2000..=2199).contains(&fecha.anio()) {
        let motivo = "La fecha debe estar entre 2000-01-01 y 2199-12-31.";
        errores.push(CampoInvalido::new(campo, "fecha_fuera_de_rango", motivo));
    }
}

/// Half-open span of days with at least one inside.
pub fn check_vigencia(desde: Fecha, hasta: Option<Fecha>, errores: &mut Vec<CampoInvalido>) {
    check_fecha(desde, "desde", errores);
    let Some(hasta) = hasta else { return };
    check_fecha(hasta, "hasta", errores);
    if hasta <= desde {
        let motivo = "Debe ser posterior a «desde»: es el primer día en que ya no vale.";
        errores.push(CampoInvalido::new("hasta", "vigencia_vacia", motivo));
    }
}

/// Code made from a name: lower case, without accents, words joined by hyphens, 60 at most.
pub fn slug(nombre: &str) -> String {
    let plano: String = nombre.chars().flat_map(char::to_lowercase).map(plain).collect();
    let palabras: Vec<&str> = plano.split(' ').filter(|p| !p.is_empty()).collect();
    let mut codigo = palabras.join("-");
    codigo.truncate(60);
    codigo.trim_end_matches('-').to_owned()
}

/// ASCII letter or digit of a lower-case character; a space for anything else.
fn plain(c: char) -> char {
    match c {
        'á' | 'à' | 'ä' | 'â' | 'ã' => 'a',
        'é' | 'è' | 'ë' | 'ê' => 'e',
        'í' | 'ì' | 'ï' | 'î' => 'i',
        'ó' | 'ò' | 'ö' | 'ô' | 'õ' => 'o',
        'ú' | 'ù' | 'ü' | 'û' => 'u',
        'ñ' => 'n',
        'ç' => 'c',
        c if c.is_ascii_alphanumeric() => c,
        _ => ' ',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_made_of_plain_letters() {
        assert_eq!(slug("  Telefonía ILIMITADA (España) "), "telefonia-ilimitada-espana");
        assert_eq!(slug("¡!"), "");
        assert_eq!(slug(&"ab ".repeat(40)).len(), 59);
    }

    #[test]
    fn the_bar_of_the_cadena_original_is_not_a_name() {
        for malo in ["", "  ", "a|b", "a\u{0}b", "---", &"x".repeat(121)] {
            let mut errores = Vec::new();
            check_nombre(malo, &mut errores);
            assert_eq!(errores.len(), 1, "{malo:?}");
        }
        let mut errores = Vec::new();
        assert_eq!(check_nombre(" Fibra   100 ", &mut errores), "Fibra 100");
        assert!(errores.is_empty());
    }
}
