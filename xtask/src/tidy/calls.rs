//! Calls and string literals in a line of code or in an expression of a template. It is a scanner
//! for both languages, not a parser of either.

/// `path(arguments)`.
#[derive(Debug, PartialEq, Eq)]
pub struct Call {
    /// What stands before the parenthesis: `marco.t`, `ui::boton`.
    pub path: String,
    /// Name (`clase="x"`) and text of each argument.
    pub arguments: Vec<(Option<String>, String)>,
    /// Byte where the arguments begin.
    pub at: usize,
}

/// A string between double quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Literal {
    /// What it holds, with its escapes as they are written.
    pub text: String,
    /// Line, from 0.
    pub line: usize,
    /// Something is added after it: `"estado-" ~ x`.
    pub continues: bool,
    /// It is compared, so it is a value and not a text.
    pub compared: bool,
}

/// Every call, also those inside the arguments of another.
pub fn calls(text: &str) -> Vec<Call> {
    let mut found = Vec::new();
    let outside: Vec<(usize, char)> = outside_strings(text).collect();
    for (i, (at, _)) in outside.iter().enumerate().filter(|(_, (_, c))| *c == '(') {
        let at = *at;
        let path = path_before(&text[..at]);
        if path.is_empty() {
            continue;
        }
        let inside = &text[at + 1..closing(&outside[i + 1..]).unwrap_or(text.len())];
        let arguments = split(inside).into_iter().map(named).collect();
        found.push(Call { path, arguments, at: at + 1 });
    }
    found
}

/// Every string literal.
pub fn literals(text: &str) -> impl Iterator<Item = Literal> {
    let mut found = Vec::new();
    let mut start = None;
    for (at, c) in quotes(text) {
        match start {
            None => start = Some(at + 1),
            Some(from) => {
                found.push(literal(text, from, at));
                start = None;
            }
        }
        debug_assert_eq!(c, '"');
    }
    found.into_iter()
}

fn literal(text: &str, from: usize, to: usize) -> Literal {
    let before = text[..from - 1].trim_end();
    let after = text[to + 1..].trim_start();
    let compares = |s: &str| s.starts_with("==") || s.starts_with("!=");
    Literal {
        text: text[from..to].to_owned(),
        line: text[..from].matches('\n').count(),
        continues: after.starts_with('~'),
        compared: before.ends_with("==") || before.ends_with("!=") || compares(after),
    }
}

/// Double quotes that open or close a string.
fn quotes(text: &str) -> impl Iterator<Item = (usize, char)> {
    let (mut quoted, mut escaped) = (false, false);
    text.char_indices().filter(move |(at, c)| {
        let here = *c == '"' && !escaped && (quoted || !is_char_literal(text, *at));
        escaped = quoted && *c == '\\' && !escaped;
        quoted ^= here;
        here
    })
}

/// `'"'` in Rust.
fn is_char_literal(text: &str, at: usize) -> bool {
    text[..at].ends_with('\'') && text[at + 1..].starts_with('\'')
}

fn outside_strings(text: &str) -> impl Iterator<Item = (usize, char)> {
    let marks: Vec<usize> = quotes(text).map(|(at, _)| at).collect();
    let (mut passed, mut quoted) = (0, false);
    text.char_indices().filter(move |(at, _)| {
        while marks.get(passed).is_some_and(|mark| mark <= at) {
            passed += 1;
            quoted = !quoted;
        }
        !quoted
    })
}

/// Where the parenthesis closes that was opened before the first of these.
fn closing(outside: &[(usize, char)]) -> Option<usize> {
    let mut depth = 0usize;
    for (at, c) in outside {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' if depth == 0 => return Some(*at),
            ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
    }
    None
}

fn split(text: &str) -> Vec<&str> {
    let (mut parts, mut from, mut depth) = (Vec::new(), 0, 0usize);
    for (at, c) in outside_strings(text) {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                parts.push(&text[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[from..]);
    parts.retain(|p| !p.trim().is_empty());
    parts
}

fn named(argument: &str) -> (Option<String>, String) {
    if let Some((name, value)) = argument.split_once('=') {
        let word = name.trim();
        let is_name = !word.is_empty() && word.chars().all(|c| c.is_alphanumeric() || c == '_');
        if is_name && !value.starts_with('=') {
            return (Some(word.to_owned()), value.to_owned());
        }
    }
    (None, argument.to_owned())
}

fn path_before(text: &str) -> String {
    let inside = |c: &char| c.is_alphanumeric() || "_.:".contains(*c);
    let reversed: String = text.chars().rev().take_while(inside).collect();
    reversed.chars().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_found_also_inside_others() {
        let found = calls("ui::boton(\"a)b\", clase=\"x\", n == 1) ~ f.g(h(\"c\"), [1, 2])");
        let paths: Vec<&str> = found.iter().map(|c| c.path.as_str()).collect();
        assert_eq!(paths, ["ui::boton", "f.g", "h"]);
        assert_eq!(found[0].arguments.len(), 3);
        assert_eq!(found[0].arguments[1], (Some("clase".into()), "\"x\"".into()));
        assert_eq!(found[0].arguments[2].0, None);
        assert_eq!(found[1].arguments.len(), 2);
    }

    #[test]
    fn literals_know_their_line_and_their_neighbours() {
        let found: Vec<Literal> = literals("á\n\"b\\\"c\" ~ x, y == \"d\" '\"' \"e\"").collect();
        let texts: Vec<&str> = found.iter().map(|l| l.text.as_str()).collect();
        assert_eq!(texts, ["b\\\"c", "d", "e"]);
        assert!(found[0].line == 1 && found[0].continues && !found[0].compared);
        assert!(found[1].compared && !found[2].compared);
    }
}
