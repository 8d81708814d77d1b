//! Rules that look at one line at a time: width, module doc, panics, floats, clocks, engines. It
//! knows nothing of other files.

use super::source::Source;
use super::{Finding, finding};

const MAX_LINES: usize = 500;
/// Width of a line of Rust.
pub const MAX_COLUMNS: usize = 100;
/// A line with one word this long (a vector, an address) cannot be broken.
const UNBREAKABLE: usize = 70;
const EXACT: [&str; 6] = [
    "ramal-base",
    "ramal-cfdi",
    "ramal-sunat",
    "ramal-fiscal",
    "ramal-facturacion",
    "ramal-contratos",
];
const PANICS: [&str; 5] = [".unwrap()", ".expect(", "panic!(", "todo!(", "unimplemented!("];
const CLOCKS: [&str; 5] =
    ["SystemTime::now", "Utc::now", "Local::now", "Timestamp::now", "Zoned::now"];
const ENGINE_TYPES: [&str; 5] =
    ["PgPool", "PgConnection", "PgPoolOptions", "DbBackend", "DatabaseBackend"];

/// Every finding of the line rules in one file.
pub fn check(source: &Source) -> Vec<Finding> {
    let mut found = Vec::new();
    if source.is_rust() {
        found.extend(shape(source));
        found.extend(columns(source));
        found.extend(code_rules(source));
    }
    found.extend(todos(source));
    found.extend(sql_clock(source));
    found
}

fn shape(source: &Source) -> Vec<Finding> {
    let mut found = Vec::new();
    let lines = source.text.lines().count();
    if lines > MAX_LINES {
        let what = format!("{lines} lines; split it below {MAX_LINES}");
        found.push(finding(source, MAX_LINES, "long-file", what));
    }
    let first = source.text.lines().find(|l| !l.trim().is_empty()).unwrap_or_default();
    if !first.starts_with("//!") {
        found.push(finding(source, 0, "module-doc", "the file must open with //!"));
    }
    found
}

fn columns(source: &Source) -> Vec<Finding> {
    let too_wide = |line: &str| {
        let unbreakable = line.split_whitespace().any(|w| w.chars().count() > UNBREAKABLE);
        line.chars().count() > MAX_COLUMNS && !unbreakable
    };
    let lines = source.text.lines().enumerate().filter(|(_, l)| too_wide(l));
    lines
        .map(|(n, l)| {
            let what = format!("{} columns; stop at {MAX_COLUMNS}", l.chars().count());
            finding(source, n, "columns", what)
        })
        .collect()
}

/// `TODO(#12)` is a promise that can be found; anything else is not.
fn todos(source: &Source) -> Vec<Finding> {
    let comments = if source.is_rust() { &source.masked.comments } else { &source.text };
    let loose = |line: &str| {
        line.match_indices("TODO").any(|(at, _)| {
            let whole = |c: Option<char>| !c.is_some_and(|c| c.is_alphanumeric() || c == '_');
            let rest = &line[at + 4..];
            let numbered = rest.strip_prefix("(#").is_some_and(|r| {
                r.split_once(')').is_some_and(|(n, _)| !n.is_empty() && n.parse::<u32>().is_ok())
            });
            whole(line[..at].chars().next_back()) && whole(rest.chars().next()) && !numbered
        })
    };
    let lines = comments.lines().enumerate().filter(|(_, l)| loose(l));
    lines.map(|(n, _)| finding(source, n, "todo", "write TODO(#number) or do it now")).collect()
}

fn code_rules(source: &Source) -> Vec<Finding> {
    let mut found = Vec::new();
    for (n, line) in source.live_code() {
        let product = source.package != "ramal-testkit";
        if let Some(what) = PANICS.iter().find(|p| product && line.contains(**p)) {
            found.push(finding(
                source,
                n,
                "panic",
                format!("{what} outside tests: return an error"),
            ));
        }
        let exact = EXACT.contains(&source.package.as_str());
        if exact && words(line).any(|w| matches!(w, "f32" | "f64")) {
            found.push(finding(source, n, "float", "a float where money, tax or quantity flows"));
        }
        if !source.path.ends_with("ramal-base/src/cx.rs")
            && let Some(what) = CLOCKS.iter().find(|c| line.contains(**c))
        {
            found.push(finding(source, n, "clock", format!("{what}: take the time from Cx")));
        }
        if let Some(word) = engine(source, line) {
            let what = format!("{word}: only ramal-db names an engine");
            found.push(finding(source, n, "engine", what));
        }
    }
    found
}

/// Type or module of one database engine in a line of a crate that must not know it.
fn engine<'l>(source: &Source, line: &'l str) -> Option<&'l str> {
    if matches!(source.package.as_str(), "ramal-db" | "ramal-testkit" | "xtask") {
        return None;
    }
    words(line).find(|word| {
        let lower = word.to_ascii_lowercase();
        let named = ["sqlite", "postgres", "mysql"].iter().any(|e| lower.contains(e));
        // Own variants such as `Motor::Sqlite` are data; types and paths of a driver are not.
        let driver = line.contains("sqlx::") || line.contains("sea_orm::");
        ENGINE_TYPES.contains(word) || *word == "sqlx" || (named && driver)
    })
}

/// The engine's clock is a second source of time that tests cannot fix.
fn sql_clock(source: &Source) -> Vec<Finding> {
    let texts = source.live_strings().to_lowercase();
    let bad = |l: &str| {
        let call = l.match_indices("now()").any(|(at, _)| {
            !l[..at].chars().next_back().is_some_and(|c| c.is_alphanumeric() || "_.:".contains(c))
        });
        call || l.contains("current_timestamp") || l.contains("current_date")
    };
    if source.package == "xtask" {
        return Vec::new();
    }
    let lines = texts.lines().enumerate().filter(|(_, l)| bad(l));
    lines.map(|(n, _)| finding(source, n, "clock", "no clock of the engine in SQL")).collect()
}

/// Identifiers and keywords of a line.
pub fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|w| !w.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules_of(package: &str, path: &str, text: &str) -> Vec<&'static str> {
        check(&Source::new(path, package, text)).into_iter().map(|f| f.rule).collect()
    }

    fn rules(text: &str) -> Vec<&'static str> {
        rules_of("ramal-fiscal", "crates/ramal-fiscal/src/a.rs", &format!("//! Doc.\n{text}\n"))
    }

    #[test]
    fn a_good_file_has_no_finding() {
        let text = "// TODO(#12) later\nlet a = b?; // .unwrap() is fine here\n\
                    let m = \"panic!( f64 TODO\";\n#[cfg(test)]\n\
                    mod tests { fn a() { b.unwrap() } }";
        assert_eq!(rules(text), Vec::<&str>::new());
    }

    #[test]
    fn long_files_and_files_without_doc_are_found() {
        let long = "let a = 1;\n".repeat(501);
        assert_eq!(rules(&long), ["long-file"]);
        assert_eq!(rules_of("x", "crates/x/src/a.rs", "use b;\n//! late\n"), ["module-doc"]);
    }

    #[test]
    fn wide_lines_are_found_unless_one_word_fills_them() {
        assert_eq!(rules(&format!("// {}", "palabra ".repeat(13))), ["columns"]);
        assert_eq!(rules(&format!("// {}", "é".repeat(101))), Vec::<&str>::new());
        assert_eq!(rules(&format!("// {}é", "ab ".repeat(32))), Vec::<&str>::new());
    }

    #[test]
    fn a_todo_without_number_is_found() {
        for text in ["// TODO later", "// TODO(ana)", "/// TODO: x", "// TODO(#) x"] {
            assert_eq!(rules(text), ["todo"], "{text}");
        }
        assert_eq!(rules("// TODOS los días; TODO(#7) sigue"), Vec::<&str>::new());
    }

    #[test]
    fn panics_are_found_outside_tests() {
        for text in ["a.unwrap();", "a.expect(\"x\");", "panic!(\"x\");", "todo!()"] {
            assert_eq!(rules(text), ["panic"], "{text}");
        }
        assert_eq!(rules("a.unwrap_or(1); a.expect_err(2)"), Vec::<&str>::new());
    }

    #[test]
    fn floats_are_found_where_money_flows_and_only_there() {
        assert_eq!(rules("fn tasa() -> f64 { x }"), ["float"]);
        assert_eq!(
            rules_of("ramal-web", "crates/ramal-web/src/a.rs", "//! D\nlet a: f64;\n"),
            Vec::<&str>::new()
        );
    }

    #[test]
    fn clocks_are_found_outside_the_context() {
        for text in ["SystemTime::now()", "chrono::Utc::now()", "jiff::Timestamp::now()"] {
            assert_eq!(rules(text), ["clock"], "{text}");
        }
        let base =
            rules_of("ramal-base", "crates/ramal-base/src/cx.rs", "//! D\nTimestamp::now()\n");
        assert_eq!(base, Vec::<&str>::new());
        assert_eq!(rules("const Q: &str = \"SELECT now()\";"), ["clock"]);
        assert_eq!(rules("const Q: &str = \"cx.now() and known()\";"), Vec::<&str>::new());
    }

    #[test]
    fn engines_are_found_outside_the_data_layer() {
        for text in ["use sqlx::PgPool;", "sea_orm::DbBackend::Sqlite", "let p: PgPool;"] {
            assert_eq!(rules(text), ["engine"], "{text}");
        }
        assert_eq!(rules("Motor::Postgres => 1"), Vec::<&str>::new());
        let db = rules_of("ramal-db", "crates/ramal-db/src/a.rs", "//! D\nuse sqlx::PgPool;\n");
        assert_eq!(db, Vec::<&str>::new());
    }
}
