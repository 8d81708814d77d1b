//! The files that tidy reads, with their test parts set apart. It does not judge anything.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::mask::{Masked, mask};

/// One file of the workspace.
pub struct Source {
    /// Path from the root of the workspace, with forward slashes.
    pub path: String,
    /// Name of the crate, e.g. `ramal-db`.
    pub package: String,
    /// The text as it is.
    pub text: String,
    /// The three views of the text; for SQL everything counts as a string.
    pub masked: Masked,
    /// Line numbers (from 0) that are test code; every line in a test file.
    test_lines: BTreeSet<usize>,
}

impl Source {
    /// Reads a text as a file of a crate.
    pub fn new(path: &str, package: &str, text: &str) -> Source {
        let masked = if path.ends_with(".rs") { mask(text) } else { plain(text) };
        let test_lines = if is_test_path(path) {
            (0..text.lines().count()).collect()
        } else {
            test_lines(&masked.code)
        };
        Source { path: path.into(), package: package.into(), text: text.into(), masked, test_lines }
    }

    /// Whether the file is Rust.
    pub fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    /// Whether a line (from 0) is test code.
    pub fn is_test(&self, line: usize) -> bool {
        self.test_lines.contains(&line)
    }

    /// Lines of code that are not tests, numbered from 0.
    pub fn live_code(&self) -> impl Iterator<Item = (usize, &str)> {
        self.masked.code.lines().enumerate().filter(|(n, _)| !self.is_test(*n))
    }

    /// String literals outside tests, with their line breaks; test lines are blank.
    pub fn live_strings(&self) -> String {
        let keep = |(n, line)| if self.is_test(n) { "" } else { line };
        let lines: Vec<&str> = self.masked.strings.lines().enumerate().map(keep).collect();
        lines.join("\n")
    }

    /// Whether a comment on the line, on the one before, or for the whole file excuses a rule:
    /// `// tidy: allow(rule) why` or `// tidy: allow-file(rule) why`.
    pub fn is_allowed(&self, rule: &str, line: usize) -> bool {
        let here = format!("tidy: allow({rule})");
        let file = format!("tidy: allow-file({rule})");
        let has = |n: usize| self.masked.comments.lines().nth(n).is_some_and(|l| l.contains(&here));
        has(line) || (line > 0 && has(line - 1)) || self.masked.comments.contains(&file)
    }

    /// Modules that the file declares for tests alone: `#[cfg(test)] mod name;`.
    fn test_modules(&self) -> Vec<String> {
        let words = self.masked.code.split("#[cfg(test)]").skip(1);
        let name = |rest: &str| {
            let rest = rest.trim_start();
            let rest = rest.strip_prefix("pub(crate) ").unwrap_or(rest).strip_prefix("mod ")?;
            let (name, _) = rest.split_once(';')?;
            (!name.contains('{')).then(|| name.trim().to_string())
        };
        words.filter_map(name).collect()
    }
}

/// Every Rust and SQL file under `crates/` and `xtask/`.
pub fn load(root: &Path) -> Result<Vec<Source>> {
    let mut sources = Vec::new();
    let mut folders: Vec<PathBuf> = subfolders(&root.join("crates"))?;
    folders.push(root.join("xtask"));
    for folder in folders {
        let package = folder.file_name().map(|n| n.to_string_lossy().into_owned());
        let package = package.unwrap_or_default();
        for file in files(&folder)? {
            let path = file.strip_prefix(root).unwrap_or(&file);
            let path = path.to_string_lossy().replace('\\', "/");
            let text = std::fs::read_to_string(&file).with_context(|| format!("read {path}"))?;
            sources.push(Source::new(&path, &package, &text));
        }
    }
    mark_test_modules(&mut sources);
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(sources)
}

/// A module declared under `#[cfg(test)]` in another file is test code in its own file too.
fn mark_test_modules(sources: &mut [Source]) {
    let mut paths = Vec::new();
    for source in sources.iter() {
        let folder = source.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let stem = source.path.trim_end_matches(".rs");
        let is_root = ["lib", "main", "mod"].iter().any(|n| stem.ends_with(&format!("/{n}")));
        let base = if is_root { folder } else { stem };
        for name in source.test_modules() {
            paths.push((format!("{base}/{name}.rs"), format!("{base}/{name}/")));
        }
    }
    for source in sources {
        if paths
            .iter()
            .any(|(file, folder)| source.path == *file || source.path.starts_with(folder))
        {
            source.test_lines = (0..source.text.lines().count()).collect();
        }
    }
}

fn subfolders(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder).with_context(|| format!("{}", folder.display()))?;
    let paths = entries.filter_map(|e| e.ok().map(|e| e.path()));
    Ok(paths.filter(|p| p.is_dir()).collect())
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let extension = path.extension().and_then(|e| e.to_str());
        if path.is_dir() && name != "target" && !name.starts_with('.') {
            found.extend(files(&path)?);
        } else if matches!(extension, Some("rs" | "sql")) {
            found.push(path);
        }
    }
    Ok(found)
}

fn plain(text: &str) -> Masked {
    let blank: String = text.chars().map(|c| if c == '\n' { c } else { ' ' }).collect();
    Masked { code: blank.clone(), strings: text.into(), comments: blank }
}

fn is_test_path(path: &str) -> bool {
    let mut parts = path.split('/');
    let file = parts.next_back().unwrap_or_default();
    let in_tests = parts.any(|p| matches!(p, "tests" | "benches" | "examples"));
    in_tests || file == "tests.rs" || file.ends_with("_tests.rs")
}

/// Lines covered by an item under `#[cfg(test)]`, found by matching braces.
fn test_lines(code: &str) -> BTreeSet<usize> {
    let mut lines = BTreeSet::new();
    let mut from = 0;
    while let Some(offset) = code[from..].find("#[cfg(test)]") {
        let start = from + offset;
        let end = item_end(code, start + "#[cfg(test)]".len());
        let first = code[..start].matches('\n').count();
        let last = code[..end].matches('\n').count();
        lines.extend(first..=last);
        from = end;
    }
    lines
}

fn item_end(code: &str, from: usize) -> usize {
    let mut depth = 0usize;
    for (offset, c) in code[from..].char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth <= 1 => return from + offset + 1,
            '}' => depth -= 1,
            ';' if depth == 0 => return from + offset + 1,
            _ => {}
        }
    }
    code.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str =
        "//! Doc.\nfn a() {}\n#[cfg(test)]\nmod tests {\n  fn b() { x() }\n}\nfn c() {}\n";

    #[test]
    fn only_the_test_module_is_test_code() {
        let source = Source::new("crates/x/src/a.rs", "x", FILE);
        let live: Vec<usize> = source.live_code().map(|(n, _)| n).collect();
        assert_eq!(live, [0, 1, 6]);
    }

    #[test]
    fn files_of_tests_and_examples_are_test_code() {
        for path in ["crates/x/tests/it/a.rs", "crates/x/examples/a.rs", "crates/x/src/tests.rs"] {
            assert_eq!(Source::new(path, "x", FILE).live_code().count(), 0, "{path}");
        }
    }

    #[test]
    fn a_module_declared_for_tests_is_test_code_in_its_own_file() {
        let mut sources = vec![
            Source::new("crates/x/src/lib.rs", "x", "#[cfg(test)]\nmod ayuda;\nmod vivo;\n"),
            Source::new("crates/x/src/ayuda.rs", "x", "fn a() {}\n"),
            Source::new("crates/x/src/vivo.rs", "x", "fn a() {}\n"),
        ];
        mark_test_modules(&mut sources);
        assert!(sources[1].is_test(0) && !sources[2].is_test(0));
    }

    #[test]
    fn an_excuse_covers_its_line_or_its_file_and_one_rule() {
        let text = "// tidy: allow(float) measured by hand\nlet a = 1;\nlet b = 2;\n";
        let source = Source::new("crates/x/src/a.rs", "x", text);
        assert!(source.is_allowed("float", 1) && !source.is_allowed("float", 2));
        assert!(!source.is_allowed("panic", 1));
        let source = Source::new("a.rs", "x", "// tidy: allow-file(engine) why\n\n\nlet b = 2;\n");
        assert!(source.is_allowed("engine", 3));
    }
}
