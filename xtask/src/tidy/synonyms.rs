//! One word per thing: identifiers that use a synonym refused by the dictionary. Strings are free:
//! UBL says `Invoice` and we must write it.

use super::lines::words;
use super::source::Source;
use super::{Finding, finding};

/// A refused word and the one to use.
#[derive(Debug, PartialEq, Eq)]
pub struct Synonym {
    /// In lower case.
    pub refused: String,
    /// Word of the dictionary.
    pub say: String,
    /// Crates where the word means something else, for instance an element of UBL.
    pub free_in: Vec<String>,
}

/// Reads the table under the heading `## Refused` of docs/dev/dictionary.md:
/// `| refused | say | free in |`.
pub fn read(dictionary: &str) -> Vec<Synonym> {
    let section = dictionary.split("\n## Refused").nth(1).unwrap_or_default();
    let row = |line: &str| {
        let mut cells = line.strip_prefix('|')?.split('|').map(str::trim);
        let (refused, say) = (cells.next()?, cells.next()?);
        let free = cells.next().unwrap_or_default().split(", ").map(str::to_string);
        let word =
            !refused.is_empty() && refused.chars().all(|c| c.is_ascii_lowercase() || c == '_');
        word.then(|| Synonym { refused: refused.into(), say: say.into(), free_in: free.collect() })
    };
    section.lines().filter_map(row).collect()
}

/// Refused words in the identifiers of a file. Tests are free: their names are English sentences.
pub fn check(source: &Source, synonyms: &[Synonym]) -> Vec<Finding> {
    if !source.is_rust() || source.package == "xtask" {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (n, line) in source.live_code() {
        for word in words(line) {
            let parts = format!("_{}_", snake(word));
            let hit = |s: &&Synonym| {
                let one = parts.contains(&format!("_{}_", s.refused));
                let many = parts.contains(&format!("_{}s_", s.refused));
                (one || many) && !s.free_in.contains(&source.package)
            };
            if let Some(synonym) = synonyms.iter().find(hit) {
                let what = format!("{word}: say {}", synonym.say);
                found.push(finding(source, n, "synonym", what));
            }
        }
    }
    found
}

/// `CreditNoteId` and `CREDIT_NOTE_ID` as `credit_note_id`.
fn snake(word: &str) -> String {
    let mut text = String::new();
    let mut before = '_';
    for c in word.chars() {
        if c.is_uppercase() && (before.is_lowercase() || before.is_ascii_digit()) {
            text.push('_');
        }
        text.extend(c.to_lowercase());
        before = c;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const DICTIONARY: &str = "# D\n| Cliente | clientes |\n\n## Refused words\n\n\
        | Refused | Say |\n\
        |---|---|---|\n| customer | cliente | |\n| credit_note | nota de credito | ubl |\n";

    fn hits(text: &str) -> usize {
        let source = Source::new("crates/x/src/a.rs", "x", text);
        check(&source, &read(DICTIONARY)).len()
    }

    #[test]
    fn only_the_table_of_refused_words_is_read() {
        let words: Vec<String> = read(DICTIONARY).into_iter().map(|s| s.refused).collect();
        assert_eq!(words, ["customer", "credit_note"]);
    }

    #[test]
    fn synonyms_are_found_inside_any_identifier() {
        for text in [
            "struct Customer;",
            "let customer_id = 1;",
            "fn load_customers() {}",
            "type CreditNoteId = u8;",
            "const MAX_CUSTOMERS: u8 = 1;",
        ] {
            assert_eq!(hits(text), 1, "{text}");
        }
    }

    #[test]
    fn a_word_is_free_in_the_crates_that_the_dictionary_names() {
        let synonyms = read(DICTIONARY);
        let in_crate = |package| Source::new("crates/x/src/a.rs", package, "CreditNote;");
        assert_eq!(check(&in_crate("ubl"), &synonyms).len(), 0);
        assert_eq!(check(&in_crate("x"), &synonyms).len(), 1);
    }

    #[test]
    fn strings_comments_and_longer_words_are_free() {
        for text in [
            "\"cac:AccountingCustomerParty\"",
            "// a customer",
            "let customary = 1;",
            "#[cfg(test)]\nmod tests { fn a_customer_pays() {} }",
        ] {
            assert_eq!(hits(text), 0, "{text}");
        }
    }
}
