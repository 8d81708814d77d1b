//! Rewraps comments and strings wider than the page, which rustfmt leaves alone. It touches no
//! other code and no example inside a comment.

use super::lines::MAX_COLUMNS;
use super::source::Source;

/// Beginnings that keep a line of their own.
const MARKS: [&str; 12] = [
    "Shape:", "Errors:", "Unit:", "Units:", "Source:", "Wire:", "Emits", "- ", "* ", "#", "|", "`",
];

/// The text with its wide comment lines broken at words; equal if there was nothing to do.
pub fn wrap(source: &Source) -> String {
    let comments: Vec<&str> = source.masked.comments.lines().collect();
    let mut out: Vec<String> = Vec::new();
    let mut carry: Option<(String, String)> = None;
    let mut fenced = false;
    for (n, line) in source.text.lines().enumerate() {
        let comment = comments.get(n).is_some_and(|c| c.trim() == line.trim());
        let parts = if comment { prefix(line) } else { None };
        fenced ^= parts.as_ref().is_some_and(|(_, body)| body.starts_with("```"));
        let mut line = line.to_string();
        if let Some((start, rest)) = carry.take() {
            match &parts {
                Some((p, body)) if *p == start && joins(body) && !fenced => {
                    line = format!("{start}{rest} {body}");
                }
                _ => out.push(format!("{start}{rest}")),
            }
        }
        if let Some((start, _)) = parts.filter(|_| !fenced) {
            carry = cut(&mut line, &start);
        }
        match split_string(&line, source.masked.strings.lines().nth(n).unwrap_or_default()) {
            Some((first, second)) => out.extend([first, second]),
            None => out.push(line),
        }
        while carry.as_ref().is_some_and(|(s, rest)| s.len() + rest.len() > MAX_COLUMNS) {
            let Some((start, rest)) = carry.take() else { break };
            let mut line = format!("{start}{rest}");
            carry = cut(&mut line, &start);
            out.push(line);
        }
    }
    out.extend(carry.map(|(start, rest)| format!("{start}{rest}")));
    out.join("\n") + "\n"
}

/// `    /// ` and the words after it.
fn prefix(line: &str) -> Option<(String, String)> {
    let indent = line.len() - line.trim_start().len();
    let slashes = ["/// ", "//! ", "// "].into_iter().find(|s| line[indent..].starts_with(s))?;
    let at = indent + slashes.len();
    Some((line[..at].to_string(), line[at..].to_string()))
}

fn joins(body: &str) -> bool {
    let numbered = body.split_once(". ").is_some_and(|(n, _)| n.parse::<u8>().is_ok());
    !body.starts_with(' ') && !numbered && !MARKS.iter().any(|mark| body.starts_with(mark))
}

/// Shortens a wide line at a word and returns what did not fit.
fn cut(line: &mut String, start: &str) -> Option<(String, String)> {
    if line.chars().count() <= MAX_COLUMNS {
        return None;
    }
    let end = line.char_indices().nth(MAX_COLUMNS + 1).map_or(line.len(), |(at, _)| at);
    let at = line[..end].trim_end().rfind(' ').filter(|at| *at >= start.len())?;
    let rest = line[at + 1..].to_string();
    line.truncate(at);
    Some((start.to_string(), rest))
}

/// Breaks the only string literal of a wide line with a backslash, which skips the white space that
/// follows it; `None` for raw strings and for lines with more than one literal.
fn split_string(line: &str, strings: &str) -> Option<(String, String)> {
    let (chars, literal): (Vec<char>, Vec<char>) =
        (line.chars().collect(), strings.chars().collect());
    if chars.len() <= MAX_COLUMNS {
        return None;
    }
    let is_quote = |i: &usize| literal.get(*i) == Some(&'"') && chars[*i - 1] != '\\';
    let quotes: Vec<usize> = (1..chars.len()).filter(is_quote).collect();
    let [open, close] = quotes[..] else { return None };
    let last = close.min(MAX_COLUMNS - 2);
    let space = (open + 2..=last).rev().find(|i| chars[*i] == ' ')?;
    if matches!(chars[open - 1], 'r' | '#') || chars[space + 1] == ' ' {
        return None;
    }
    let indent = line.len() - line.trim_start().len() + 4;
    let first: String = chars[..=space].iter().chain(['\\'].iter()).collect();
    let rest: String = chars[space + 1..].iter().collect();
    Some((first, format!("{}{rest}", " ".repeat(indent))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrapped(text: &str) -> String {
        wrap(&Source::new("crates/x/src/a.rs", "x", text))
    }

    #[test]
    fn the_overflow_goes_to_the_next_line_of_the_paragraph() {
        let text = format!(
            "/// {}end.\n/// Next words.\n/// Errors: x.\nfn a() {{}}\n",
            "word ".repeat(20)
        );
        let expected = format!(
            "/// {}word\n/// end. Next words.\n/// Errors: x.\nfn a() {{}}\n",
            "word ".repeat(18) + "word "
        );
        let result = wrapped(&text);
        assert!(result.lines().all(|l| l.chars().count() <= 100), "{result}");
        let words = |t: &str| {
            t.replace("/// ", " ").split_whitespace().map(String::from).collect::<Vec<_>>()
        };
        assert_eq!(words(&result), words(&expected));
        assert!(result.contains("\n/// Errors: x.\n"));
    }

    #[test]
    fn a_line_wider_than_two_pages_is_broken_twice() {
        let result = wrapped(&format!("    // {}\nlet a = 1;\n", "palabra ".repeat(30).trim_end()));
        assert!(result.lines().all(|l| l.chars().count() <= 100), "{result}");
        assert_eq!(result.matches("palabra").count(), 30);
        assert!(result.ends_with("palabra\nlet a = 1;\n"));
    }

    #[test]
    fn a_wide_string_is_broken_where_the_compiler_joins_it_again() {
        let text = format!("    error(\"{}final\"),\n", "palabra ".repeat(14));
        let result = wrapped(&text);
        assert!(result.lines().all(|l| l.chars().count() <= 100), "{result}");
        let (first, second) = result.split_once("\\\n").unwrap();
        assert_eq!(format!("{first}{}", second.trim_start()), text);
        let raw = format!("    error(r\"{}final\"),\n", "palabra ".repeat(14));
        assert_eq!(wrapped(&raw), raw);
    }

    #[test]
    fn code_strings_and_examples_stay_as_they_are() {
        let wide = "a ".repeat(70);
        for text in [
            format!("let a = \"\n// {wide}\n\";\n"),
            format!("/// ```\n/// {wide}\n/// ```\nfn a() {{}}\n"),
            "/// Short.\n/// Lines.\nfn a() {}\n".to_string(),
        ] {
            assert_eq!(wrapped(&text), text);
        }
    }
}
