//! Splits Rust text into code, string literals and comments of the same shape, so that a rule looks
//! only where it should. It is a scanner, not a parser: macros are code like any other.

/// Three views of one file. Each has the bytes of its kind and blanks for the rest, line by line.
pub struct Masked {
    /// Code without the contents of strings and comments.
    pub code: String,
    /// Contents of string literals.
    pub strings: String,
    /// Comments, with their slashes.
    pub comments: String,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Code,
    Text,
    Comment,
}

/// Splits a file.
pub fn mask(source: &str) -> Masked {
    let chars: Vec<char> = source.chars().collect();
    let mut kinds = vec![Kind::Code; chars.len()];
    let mut at = 0;
    while at < chars.len() {
        let (kind, end) = token(&chars, at);
        kinds[at..end].fill(kind);
        at = end;
    }
    let view = |kind: Kind| -> String {
        let keep = |(c, k): (&char, &Kind)| if *k == kind || *c == '\n' { *c } else { ' ' };
        chars.iter().zip(&kinds).map(keep).collect()
    };
    Masked { code: view(Kind::Code), strings: view(Kind::Text), comments: view(Kind::Comment) }
}

/// Kind and end of the token that starts at `at`; plain code advances one character or one word.
fn token(chars: &[char], at: usize) -> (Kind, usize) {
    let next = chars.get(at + 1).copied().unwrap_or('\0');
    match chars[at] {
        '/' if next == '/' => (Kind::Comment, line_end(chars, at)),
        '/' if next == '*' => (Kind::Comment, block_end(chars, at)),
        '"' => (Kind::Text, quoted_end(chars, at, '"')),
        '\'' if is_char_literal(chars, at) => (Kind::Text, quoted_end(chars, at, '\'')),
        c if c.is_alphanumeric() || c == '_' => word(chars, at),
        _ => (Kind::Code, at + 1),
    }
}

/// A word of code, or a raw or byte string that begins like one.
fn word(chars: &[char], at: usize) -> (Kind, usize) {
    let is_word = |c: &&char| c.is_alphanumeric() || **c == '_';
    let end = at + chars[at..].iter().take_while(is_word).count();
    let prefix: String = chars[at..end].iter().collect();
    let hashes = chars[end..].iter().take_while(|c| **c == '#').count();
    let quote = chars.get(end + hashes) == Some(&'"');
    match prefix.as_str() {
        "r" | "br" | "cr" if quote => (Kind::Text, raw_end(chars, end + hashes + 1, hashes)),
        "b" | "c" if quote && hashes == 0 => (Kind::Text, quoted_end(chars, end, '"')),
        "b" if chars.get(end) == Some(&'\'') => (Kind::Text, quoted_end(chars, end, '\'')),
        _ => (Kind::Code, end),
    }
}

fn line_end(chars: &[char], at: usize) -> usize {
    at + chars[at..].iter().take_while(|c| **c != '\n').count()
}

fn block_end(chars: &[char], at: usize) -> usize {
    let (mut depth, mut i) = (0usize, at);
    while i + 1 < chars.len() {
        match (chars[i], chars[i + 1]) {
            ('/', '*') => depth += 1,
            ('*', '/') => depth -= 1,
            _ => {
                i += 1;
                continue;
            }
        }
        i += 2;
        if depth == 0 {
            return i;
        }
    }
    chars.len()
}

fn quoted_end(chars: &[char], at: usize, quote: char) -> usize {
    let mut i = at + 1;
    while i < chars.len() {
        match chars[i] {
            '\\' => i += 2,
            c if c == quote => return i + 1,
            _ => i += 1,
        }
    }
    chars.len()
}

fn raw_end(chars: &[char], from: usize, hashes: usize) -> usize {
    let closes = |i: &usize| {
        chars[*i] == '"'
            && chars[i + 1..].iter().take(hashes).filter(|c| **c == '#').count() == hashes
    };
    (from..chars.len()).find(closes).map_or(chars.len(), |i| i + 1 + hashes)
}

/// Tells `'a'` and `'\n'` from the lifetime `'a`.
fn is_char_literal(chars: &[char], at: usize) -> bool {
    let next = (chars.get(at + 1), chars.get(at + 2));
    matches!(next, (Some('\\'), _) | (Some(_), Some('\'')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_and_comments_are_not_code() {
        let m = mask("let a = \"x // y\"; // unwrap()\nlet b = 1; /* /* f64 */ */ c");
        assert_eq!(m.code.lines().next().unwrap().trim_end(), "let a =         ;".trim_end());
        assert!(m.strings.contains("x // y") && !m.code.contains("unwrap"));
        assert!(m.comments.contains("// unwrap()") && m.comments.contains("f64"));
        assert!(m.code.ends_with('c'));
    }

    #[test]
    fn raw_strings_chars_and_lifetimes_do_not_confuse_the_scanner() {
        let m = mask(
            "fn f<'a>(x: &'a str) { let q = '\"'; let r = r#\"a \" b\"#; let z = b'\\''; end }",
        );
        assert!(m.code.contains("fn f<'a>(x: &'a str)"));
        assert!(m.code.contains("end }"));
        assert!(!m.code.contains("a \" b") && m.strings.contains("a \" b"));
    }

    #[test]
    fn lines_keep_their_numbers() {
        let source = "a\n\"b\nc\"\n// d\ne\n";
        let m = mask(source);
        for view in [&m.code, &m.strings, &m.comments] {
            assert_eq!(view.lines().count(), source.lines().count());
        }
        assert_eq!(m.code.lines().nth(4), Some("e"));
    }
}
