//! What a person types in the search of invoices: a printed number, a customer's code, a document
//! or part of a name. It reads customers and no invoice.

use ramal_clientes::busqueda;
use ramal_db::{Consulta, DbError, Value, params};
use uuid::Uuid;

/// Customers that are named one by one; more are searched inside the statement.
const CLIENTES: usize = 300;
/// Customers from which a name is common.
const COMUN: i64 = 8_000;

/// A search understood. Any of its parts is enough; with none nothing matches.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Buscar {
    /// Serie, if it was typed, and folio.
    pub numero: Option<(Option<String>, i64)>,
    /// Customers.
    pub clientes: Vec<Uuid>,
    /// Patterns of a name that too many customers have.
    pub palabras: Vec<String>,
    /// Whether so many have it that most invoices are of one of them.
    pub comun: bool,
}

/// Reads `F001-12`, `F001-00000012`, `12`: serie and folio.
pub fn printed(texto: &str) -> Option<(Option<String>, i64)> {
    let limpio = texto.trim();
    let (serie, folio) = match limpio.rsplit_once('-') {
        Some((serie, folio)) => (Some(serie), folio),
        None => (None, limpio),
    };
    let bien = (1..=18).contains(&folio.len()) && folio.bytes().all(|b| b.is_ascii_digit());
    let serie_bien = |s: &str| {
        (1..=25).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    let folio = folio.parse().ok().filter(|_| bien && serie.is_none_or(serie_bien))?;
    Some((serie.map(str::to_uppercase), folio))
}

/// Understands what was typed. Errors: `Storage`.
pub async fn resolve(c: &impl Consulta, texto: &str) -> Result<Buscar, DbError> {
    let texto = texto.trim();
    let mut buscar = Buscar { numero: printed(texto), ..Buscar::default() };
    let codigo = texto.strip_prefix(['C', 'c']).and_then(|t| t.strip_prefix('-'));
    if let Some(numero) = codigo.unwrap_or(texto).parse::<i64>().ok().filter(|n| *n > 0) {
        let id = ramal_clientes::storage::id_by_numero(c, numero).await?;
        buscar.clientes.extend(id.map(|id| id.uuid()));
    }
    if is_document(texto) {
        buscar.clientes.extend(by_document(c, texto).await?);
    }
    let palabras = patterns(texto);
    if !palabras.is_empty() && buscar.clientes.is_empty() {
        let suyos = by_name(c, &palabras).await?;
        if suyos.len() > CLIENTES {
            buscar.comun = how_many(c, &palabras).await? > COMUN;
            buscar.palabras = palabras;
        } else {
            buscar.clientes.extend(suyos);
        }
    }
    Ok(buscar)
}

fn is_document(texto: &str) -> bool {
    let cifra = texto.bytes().any(|b| b.is_ascii_digit());
    texto.len() >= 6 && cifra && texto.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'&')
}

/// Customers whose document begins so. A range, because no engine takes `LIKE` to an index alike.
async fn by_document(c: &impl Consulta, texto: &str) -> Result<Vec<Uuid>, DbError> {
    const SQL: &str = "SELECT id FROM clientes WHERE numero_documento >= $1 \
        AND numero_documento < $2 ORDER BY numero_documento LIMIT 300";
    let desde = texto.to_uppercase();
    c.column(SQL, params![desde.as_str(), format!("{desde}~")]).await
}

/// A pattern for each word of a name, without accents.
fn patterns(texto: &str) -> Vec<String> {
    let limpio = busqueda::normalize(texto);
    let escapada = |p: &str| p.replace('!', "!!").replace('%', "!%").replace('_', "!_");
    let letras = limpio.chars().any(char::is_alphabetic) && limpio.chars().count() >= 2;
    let palabras = limpio.split_whitespace().take(5).filter(|_| letras);
    palabras.map(|p| format!("%{}%", escapada(p))).collect()
}

fn named(palabras: &[String]) -> (String, Vec<Value>) {
    let una = |i: usize| format!("nombre_busqueda LIKE ${} ESCAPE '!'", i + 1);
    let todas: Vec<String> = (0..palabras.len()).map(una).collect();
    (todas.join(" AND "), palabras.iter().map(|p| p.as_str().into()).collect())
}

async fn by_name(c: &impl Consulta, palabras: &[String]) -> Result<Vec<Uuid>, DbError> {
    let (todas, valores) = named(palabras);
    let sql = format!("SELECT id FROM clientes WHERE {todas} LIMIT {}", CLIENTES + 1);
    c.column(&sql, valores).await
}

/// How many have a name, counted no further than needed.
async fn how_many(c: &impl Consulta, palabras: &[String]) -> Result<i64, DbError> {
    let (todas, valores) = named(palabras);
    let sql = format!(
        "SELECT COUNT(*) FROM (SELECT id FROM clientes WHERE {todas} LIMIT {}) AS t",
        COMUN + 1
    );
    Ok(c.scalar(&sql, valores).await?.unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_printed_number_is_read_with_and_without_zeros() {
        let numero = |serie: &str, folio| Some((Some(serie.to_owned()), folio));
        assert_eq!(printed("F001-12"), numero("F001", 12));
        assert_eq!(printed(" f001-00000012 "), numero("F001", 12));
        assert_eq!(printed("12"), Some((None, 12)));
        assert_eq!(printed("A-B-7"), numero("A-B", 7));
        for malo in ["", "F001-", "F001-1x", "-12", "F 1-2", "F001-1234567890123456789"] {
            assert_eq!(printed(malo), None, "{malo}");
        }
    }

    #[test]
    fn half_a_name_makes_a_pattern_per_word_and_wildcards_are_letters() {
        assert_eq!(patterns("Quíspe  50%"), ["%quispe%", "%50!%%"]);
        assert!(patterns("12345").is_empty() && patterns("x").is_empty());
    }
}
