//! Rules of the house that a compiler does not check. It reports every finding and changes nothing
//! but, when asked, the width of comments and strings.

mod calls;
mod floors;
mod keys;
#[cfg(test)]
mod keys_tests;
mod lines;
mod markup;
mod mask;
mod source;
mod synonyms;
mod tables;
mod templates;
mod wrap;

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use source::Source;

/// One broken rule.
#[derive(Debug)]
pub struct Finding {
    /// File, from the root of the workspace.
    pub path: String,
    /// Line, from 1.
    pub line: usize,
    /// Name of the rule, as in `tidy: allow(rule)`.
    pub rule: &'static str,
    /// What is wrong and what to do.
    pub what: String,
}

/// A finding at a line counted from 0.
fn finding(source: &Source, line: usize, rule: &'static str, what: impl Into<String>) -> Finding {
    Finding { path: source.path.clone(), line: line + 1, rule, what: what.into() }
}

/// Prints every finding. Errors: at least one.
pub fn run(root: &Path) -> Result<()> {
    let found = check(root)?;
    for f in &found {
        println!("{}:{}: [{}] {}", f.path, f.line, f.rule, f.what);
    }
    if !found.is_empty() {
        bail!("tidy: {} findings", found.len());
    }
    println!("tidy: clean");
    Ok(())
}

/// Rewraps the comments and strings that are too wide.
pub fn fix(root: &Path) -> Result<()> {
    for source in source::load(root)?.iter().filter(|s| s.is_rust()) {
        let text = wrap::wrap(source);
        if text != source.text {
            std::fs::write(root.join(&source.path), text)?;
            println!("rewrapped {}", source.path);
        }
    }
    Ok(())
}

fn check(root: &Path) -> Result<Vec<Finding>> {
    let sources = source::load(root)?;
    let dictionary = std::fs::read_to_string(root.join("docs/dev/dictionary.md"))
        .context("docs/dev/dictionary.md")?;
    let synonyms = synonyms::read(&dictionary);
    let owners = tables::owners(&sources);
    let mut found = floors::check(&floors::packages(&metadata(root)?)?);
    for source in &sources {
        let mut of_file = lines::check(source);
        of_file.extend(synonyms::check(source, &synonyms));
        of_file.extend(tables::check(source, &owners));
        of_file.retain(|f| !source.is_allowed(f.rule, f.line - 1));
        found.extend(of_file);
    }
    found.extend(pages(root, &sources)?);
    Ok(found)
}

/// Rules of templates and of the keys of their texts; keys that nobody names are only told.
fn pages(root: &Path, sources: &[Source]) -> Result<Vec<Finding>> {
    let templates = templates::load(root)?;
    let mut found: Vec<Finding> = templates.iter().flat_map(templates::check).collect();
    let verdict = keys::check(keys::Texts::load(root)?, &templates, sources);
    if !verdict.unused.is_empty() {
        let all = verdict.unused.join(", ");
        println!("warning: {} texts that nobody names whole: {all}", verdict.unused.len());
    }
    found.extend(verdict.found);
    Ok(found)
}

fn metadata(root: &Path) -> Result<serde_json::Value> {
    let output = Command::new(std::env::var("CARGO").unwrap_or_else(|_| "cargo".into()))
        .args(["metadata", "--format-version", "1", "--no-deps"])
        .current_dir(root)
        .output()?;
    serde_json::from_slice(&output.stdout).context("cargo metadata")
}
