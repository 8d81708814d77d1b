//! Splits a template into markup (tags with their attributes, text) and expressions of the template
//! language. It is a scanner: it knows no element by heart and judges nothing.

/// What stands between `{{ }}` or `{% %}`.
#[derive(Debug, PartialEq, Eq)]
pub struct Expression {
    /// Line, from 0.
    pub line: usize,
    /// The text inside, without the marks of blank control.
    pub text: String,
}

/// A piece of markup.
#[derive(Debug, PartialEq, Eq)]
pub enum Piece {
    /// Text between tags; `within` is the tag that was opened last.
    Text { line: usize, text: String, within: String },
    /// An opening tag.
    Tag { line: usize, name: String, attributes: Vec<Attribute> },
}

/// An attribute; its value keeps only what is literal (an expression is a `0` for each character).
#[derive(Debug, PartialEq, Eq)]
pub struct Attribute {
    /// Line, from 0.
    pub line: usize,
    /// Name in lower case.
    pub name: String,
    /// Value without quotes; empty if it has none.
    pub value: String,
}

/// Expressions of a template, and its markup with a `0` in the place of each `{{ }}` and a blank in
/// that of each `{% %}` and `{# #}`; lines stay.
pub fn split(text: &str) -> (Vec<Expression>, String) {
    let chars: Vec<char> = text.chars().collect();
    let (mut expressions, mut markup) = (Vec::new(), String::with_capacity(text.len()));
    let (mut at, mut line) = (0, 0);
    while at < chars.len() {
        let end = expression_end(&chars, at);
        let fill = if chars.get(at + 1) == Some(&'{') { '0' } else { ' ' };
        if end > at && chars[at + 1] != '#' {
            let inside: String = chars[at + 2..(end - 2).max(at + 2)].iter().collect();
            let text = inside.trim_matches(['-', '+', '~']).to_owned();
            expressions.push(Expression { line, text });
        }
        let masked = |c: &char| if *c == '\n' { '\n' } else { fill };
        let stop = end.max(at + 1);
        match end > at {
            true => markup.extend(chars[at..stop].iter().map(masked)),
            false => markup.push(chars[at]),
        }
        line += chars[at..stop].iter().filter(|c| **c == '\n').count();
        at = stop;
    }
    (expressions, markup)
}

/// End of the expression that begins at `at`; `at` if none does.
fn expression_end(chars: &[char], at: usize) -> usize {
    let close = match (chars[at], chars.get(at + 1)) {
        ('{', Some('{')) => '}',
        ('{', Some('%')) => '%',
        ('{', Some('#')) => '#',
        _ => return at,
    };
    let (mut i, mut quoted) = (at + 2, false);
    while i < chars.len() {
        match chars[i] {
            '"' if close != '#' => quoted = !quoted,
            '\\' if quoted => i += 1,
            c if c == close && !quoted && chars.get(i + 1) == Some(&'}') => return i + 2,
            _ => {}
        }
        i += 1;
    }
    chars.len()
}

/// Tags and text of a markup.
pub fn pieces(markup: &str) -> Vec<Piece> {
    let mut scanner = Scanner { chars: markup.chars().collect(), at: 0, line: 0 };
    let (mut found, mut within) = (Vec::new(), String::new());
    while scanner.at < scanner.chars.len() {
        if scanner.sees("<!--") {
            scanner.skip_past("-->");
        } else if scanner.sees_tag() {
            if let Some(tag) = scanner.tag() {
                if let Piece::Tag { name, .. } = &tag {
                    within.clone_from(name);
                }
                found.push(tag);
                if matches!(within.as_str(), "script" | "style") {
                    scanner.skip_to(&format!("</{within}"));
                }
            } else {
                within.clear();
            }
        } else {
            let line = scanner.line;
            let text = scanner.text();
            found.push(Piece::Text { line, text, within: within.clone() });
        }
    }
    found
}

struct Scanner {
    chars: Vec<char>,
    at: usize,
    line: usize,
}

impl Scanner {
    fn sees(&self, what: &str) -> bool {
        what.chars().enumerate().all(|(i, c)| {
            self.chars.get(self.at + i).is_some_and(|seen| seen.to_ascii_lowercase() == c)
        })
    }

    fn sees_tag(&self) -> bool {
        let next = self.chars.get(self.at + 1).copied().unwrap_or(' ');
        self.chars[self.at] == '<' && (next.is_alphanumeric() || "/!".contains(next))
    }

    fn step(&mut self) -> Option<char> {
        let c = self.chars.get(self.at).copied()?;
        self.at += 1;
        self.line += usize::from(c == '\n');
        Some(c)
    }

    fn skip_to(&mut self, what: &str) {
        while self.at < self.chars.len() && !self.sees(what) {
            self.step();
        }
    }

    fn skip_past(&mut self, what: &str) {
        self.skip_to(what);
        for _ in what.chars() {
            self.step();
        }
    }

    fn text(&mut self) -> String {
        let mut text = String::new();
        while self.at < self.chars.len() && !self.sees_tag() {
            text.extend(self.step());
        }
        text
    }

    /// Reads a tag; `None` if it closes an element or is a declaration.
    fn tag(&mut self) -> Option<Piece> {
        let line = self.line;
        self.step();
        let opens = !self.sees("/") && !self.sees("!");
        let name = self.word(|c| c.is_alphanumeric() || "-:/!".contains(c)).to_lowercase();
        let mut attributes = Vec::new();
        while let Some(c) = self.chars.get(self.at).copied() {
            match c {
                '>' => {
                    self.step();
                    break;
                }
                c if c.is_whitespace() || "/=\"'".contains(c) => {
                    self.step();
                }
                _ => attributes.push(self.attribute()),
            }
        }
        opens.then_some(Piece::Tag { line, name, attributes })
    }

    fn attribute(&mut self) -> Attribute {
        let line = self.line;
        let name = self.word(|c| !c.is_whitespace() && !"=>/\"'".contains(c)).to_lowercase();
        self.word(char::is_whitespace);
        if self.chars.get(self.at) != Some(&'=') {
            return Attribute { line, name, value: String::new() };
        }
        self.step();
        self.word(char::is_whitespace);
        let value = match self.chars.get(self.at).copied() {
            Some(quote @ ('"' | '\'')) => {
                self.step();
                let value = self.word(|c| c != quote);
                self.step();
                value
            }
            _ => self.word(|c| !c.is_whitespace() && c != '>'),
        };
        Attribute { line, name, value }
    }

    fn word(&mut self, keep: impl Fn(char) -> bool) -> String {
        let mut word = String::new();
        while self.chars.get(self.at).is_some_and(|c| keep(*c)) {
            word.extend(self.step());
        }
        word
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_taken_out_and_lines_stay() {
        let (expressions, markup) = split("a\n{{ marco.t(\"x}}y\") }}\n{#- b\n -#}<i>{%- if c -%}");
        let texts: Vec<(usize, &str)> =
            expressions.iter().map(|e| (e.line, e.text.trim())).collect();
        assert_eq!(texts, [(1, "marco.t(\"x}}y\")"), (4 - 1, "if c")]);
        assert_eq!(markup.lines().count(), 4);
        assert!(!markup.contains("marco") && markup.contains("<i>"));
    }

    #[test]
    fn tags_attributes_and_text_are_told_apart() {
        let (_, markup) = split(
            "<!doctype html><p class=\"a > b\" hidden data-x={{ y }}>uno<!-- no --></p>\
            <script src=\"/a.js\">if (a < b) {}</script>dos",
        );
        let found = pieces(&markup);
        let texts: Vec<&str> = found
            .iter()
            .filter_map(
                |p| if let Piece::Text { text, .. } = p { Some(text.as_str()) } else { None },
            )
            .collect();
        assert_eq!(texts, ["uno", "dos"]);
        let Piece::Tag { name, attributes, .. } = &found[0] else { unreachable!() };
        let names: Vec<&str> = attributes.iter().map(|a| a.name.as_str()).collect();
        assert_eq!((name.as_str(), names), ("p", vec!["class", "hidden", "data-x"]));
        assert_eq!(attributes[0].value, "a > b");
    }
}
