//! PEM blocks as openssl writes them.
//!
//! It ignores the old `Proc-Type` headers: keys encrypted that way are refused further on.

use crate::b64;

/// First block whose label satisfies `wanted`, as (label, bytes).
pub(crate) fn find(text: &str, wanted: impl Fn(&str) -> bool) -> Option<(String, Vec<u8>)> {
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("-----BEGIN ") {
        let (label, after) = after.split_once("-----")?;
        let end = format!("-----END {label}-----");
        let (body, after) = after.split_once(end.as_str())?;
        if wanted(label) {
            return Some((label.to_owned(), b64::decode(body).ok()?));
        }
        rest = after;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn second_block_is_found_and_cut_block_is_not() {
        let text = "x\n-----BEGIN A-----\nAAA=\n-----END A-----\n-----BEGIN B-----\naG9s\nYQ==\n\
                    -----END B-----\n";
        assert_eq!(find(text, |label| label == "B"), Some(("B".to_owned(), b"hola".to_vec())));
        assert_eq!(find(text, |label| label == "C"), None);
        assert_eq!(find("-----BEGIN B-----\naG9s", |_| true), None);
    }
}
