//! Keys of texts: every key that a template or Rust names must be written in the `textos/es` of its
//! crate or of the kit. Keys that nobody names are told, not refused. It reads no translation.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result};

use super::calls::{Call, calls};
pub use super::calls::{Literal, literals};
use super::source::Source;
use super::templates::{Template, files};
use super::{Finding, finding};

const KIT: &str = "ramal-web";

/// Keys written in Spanish, by crate, with the file and line (from 0) of each.
#[derive(Default)]
pub struct Texts {
    keys: BTreeMap<String, BTreeMap<String, (String, usize)>>,
    /// Keys that other texts mention: `{ kit-saldo }`.
    mentioned: BTreeSet<String>,
    /// Keys written twice, or only for one country.
    faults: Vec<Finding>,
}

impl Texts {
    /// Reads `crates/*/textos/**/*.ftl`.
    pub fn load(root: &Path) -> Result<Texts> {
        let mut texts = Texts::default();
        let mut all = files(root, "textos", "ftl")?;
        // Plain Spanish first: the country variants are compared with it.
        all.sort_by_key(|(_, path)| !path.contains("/es/"));
        for (package, path) in all {
            let text = std::fs::read_to_string(root.join(&path)).with_context(|| path.clone())?;
            texts.read(&package, &path, &text);
        }
        Ok(texts)
    }

    /// Reads one file of texts.
    pub fn read(&mut self, package: &str, path: &str, text: &str) {
        let plain = path.contains("/es/");
        for (line, content) in text.lines().enumerate() {
            if !content.starts_with('#') {
                let inside = content.split('{').skip(1).filter_map(|p| p.split('}').next());
                self.mentioned.extend(inside.map(|m| m.trim().to_owned()));
            }
            let Some(key) = key_of(content) else { continue };
            let mine = self.keys.entry(package.to_owned()).or_default();
            let known = mine.contains_key(key);
            let what = match (plain, known) {
                (true, true) => format!("{key} is written twice in the texts of {package}"),
                (false, false) => format!("{key} has no text in textos/es"),
                _ => String::new(),
            };
            if !what.is_empty() {
                self.faults.push(Finding {
                    path: path.into(),
                    line: line + 1,
                    rule: "text-key",
                    what,
                });
            }
            if plain && !known {
                mine.insert(key.to_owned(), (path.to_owned(), line));
            }
        }
    }

    fn has(&self, package: &str, key: &str) -> bool {
        let of = |name: &str| self.keys.get(name).is_some_and(|keys| keys.contains_key(key));
        of(package) || of(KIT)
    }

    /// Whether some key of the crate or of the kit begins so.
    fn has_prefix(&self, package: &str, prefix: &str) -> bool {
        let of = |name: &str| {
            self.keys.get(name).is_some_and(|keys| keys.keys().any(|k| k.starts_with(prefix)))
        };
        of(package) || of(KIT)
    }

    /// First words of the crate's own keys and of the kit's: `clientes`, `kit`, `menu`.
    fn families(&self, package: &str) -> BTreeSet<&str> {
        let own = self.keys.get(package).into_iter().chain(self.keys.get(KIT));
        own.flat_map(BTreeMap::keys).filter_map(|k| k.split('-').next()).collect()
    }
}

/// `clientes-titulo = Clientes` → `clientes-titulo`.
fn key_of(line: &str) -> Option<&str> {
    let (key, _) = line.split_once('=')?;
    let key = key.trim_end();
    let letters = key.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    (letters && key.starts_with(|c: char| c.is_ascii_alphabetic())).then_some(key)
}

/// What the check found, and the keys that nobody names.
pub struct Verdict {
    /// Broken rules.
    pub found: Vec<Finding>,
    /// `crate: key`, to be told.
    pub unused: Vec<String>,
}

/// Compares what is named with what is written.
pub fn check(texts: Texts, templates: &[Template], sources: &[Source]) -> Verdict {
    let macros = Macros::read(templates);
    let mut named = Named::default();
    let mut found = Vec::new();
    for template in templates {
        for (line, key) in macros.keys_in(template) {
            if let Some(what) = named.take(&texts, &template.package, &key) {
                let path = template.path.clone();
                found.push(Finding { path, line: line + 1, rule: "text-key", what });
            }
        }
        for expression in &template.expressions {
            named.mention(literals(&expression.text));
        }
        found.retain(|f| f.path != template.path || !template.is_allowed(f.rule, f.line - 1));
    }
    for source in sources.iter().filter(|s| s.is_rust() && texts.keys.contains_key(&s.package)) {
        let families = texts.families(&source.package);
        let code = live_text(source);
        for (line, key) in keys_in_rust(&code, &families) {
            if let Some(what) = named.take(&texts, &source.package, &key) {
                found.push(finding(source, line, "text-key", what));
            }
        }
        named.mention(literals(&code));
        found.retain(|f| f.path != source.path || !source.is_allowed(f.rule, f.line - 1));
    }
    let unused = named.unused(&texts);
    found.extend(texts.faults);
    Verdict { found, unused }
}

/// Keys that something names, and beginnings of keys that are completed when the page is made.
#[derive(Default)]
struct Named {
    whole: BTreeSet<String>,
    beginnings: BTreeSet<String>,
}

impl Named {
    /// Notes a key. Returns what is wrong with it.
    fn take(&mut self, texts: &Texts, package: &str, key: &Literal) -> Option<String> {
        if key.continues {
            let missing = !texts.has_prefix(package, &key.text);
            return missing.then(|| format!("no text of {package} begins with {}", key.text));
        }
        let missing = !texts.has(package, &key.text);
        missing.then(|| format!("{} has no text in {package} nor in {KIT}", key.text))
    }

    /// Notes every string: one that is a key or begins one is used, wherever it stands.
    fn mention(&mut self, literals: impl Iterator<Item = Literal>) {
        for literal in literals {
            match literal.text.split_once('{') {
                Some((before, _)) => {
                    self.beginnings.insert(before.to_owned());
                }
                None if literal.continues => {
                    self.beginnings.insert(literal.text);
                }
                None => {
                    self.whole.insert(literal.text);
                }
            }
        }
    }

    fn unused(&self, texts: &Texts) -> Vec<String> {
        let begun = |key: &str| {
            self.beginnings.iter().any(|b| b.contains('-') && key.starts_with(b.as_str()))
        };
        let used =
            |key: &str| self.whole.contains(key) || texts.mentioned.contains(key) || begun(key);
        let all = texts.keys.iter().flat_map(|(p, keys)| keys.keys().map(move |k| (p, k)));
        all.filter(|(_, key)| !used(key)).map(|(p, key)| format!("{p}: {key}")).collect()
    }
}

/// Which parameters of which macros are keys.
struct Macros(BTreeMap<String, Macro>);

struct Macro {
    parameters: Vec<String>,
    keys: BTreeSet<usize>,
    body: Vec<Call>,
}

impl Macros {
    /// Reads the macros of every template. A parameter is a key if the body asks its text, or
    /// passes it on as a key.
    fn read(templates: &[Template]) -> Macros {
        let mut macros = Macros(BTreeMap::new());
        for template in templates {
            let mut open: Option<(String, Macro)> = None;
            for expression in &template.expressions {
                let text = expression.text.trim();
                if let Some(head) = text.strip_prefix("macro ") {
                    open = declared(head);
                } else if text.starts_with("endmacro") {
                    macros.0.extend(open.take());
                } else if let Some((_, one)) = &mut open {
                    one.body.extend(calls(text));
                }
            }
        }
        while macros.grow() {}
        macros
    }

    /// Marks parameters that reach a key; whether one was new.
    fn grow(&mut self) -> bool {
        let mut new = Vec::new();
        for (name, one) in &self.0 {
            let reached = one.body.iter().flat_map(|call| self.key_arguments(call));
            for argument in reached {
                let is = |p: &&String| super::lines::words(argument).any(|w| w == p.as_str());
                for (i, _) in one.parameters.iter().enumerate().filter(|(_, p)| is(p)) {
                    if !one.keys.contains(&i) {
                        new.push((name.clone(), i));
                    }
                }
            }
        }
        for (name, i) in &new {
            if let Some(one) = self.0.get_mut(name) {
                one.keys.insert(*i);
            }
        }
        !new.is_empty()
    }

    /// Arguments of a call that must be keys.
    fn key_arguments<'c>(&self, call: &'c Call) -> Vec<&'c str> {
        if is_lookup(call) {
            return call.arguments.first().map(|(_, a)| a.as_str()).into_iter().collect();
        }
        let name = call.path.rsplit("::").next().unwrap_or_default();
        let Some(one) = self.0.get(name).filter(|_| !call.path.contains('.')) else {
            return Vec::new();
        };
        let place = |(i, (name, _)): (usize, &(Option<String>, String))| match name {
            Some(name) => one.parameters.iter().position(|p| p == name),
            None => Some(i),
        };
        let numbered = call.arguments.iter().enumerate();
        let keys = numbered.filter(|(i, a)| place((*i, a)).is_some_and(|p| one.keys.contains(&p)));
        keys.map(|(_, (_, value))| value.as_str()).collect()
    }

    /// Keys that a template names, with their lines.
    fn keys_in(&self, template: &Template) -> Vec<(usize, Literal)> {
        let mut found = Vec::new();
        for expression in &template.expressions {
            let text = expression.text.trim();
            // Default values of a macro are arguments of every call that leaves them out.
            let head = text.strip_prefix("macro ").and_then(declared_calls);
            for call in head.into_iter().chain(calls(text)) {
                for argument in self.key_arguments(&call) {
                    let keys = literals(argument).filter(|l| !l.text.is_empty() && !l.compared);
                    found.extend(keys.map(|key| (expression.line, key)));
                }
            }
        }
        found
    }
}

/// `marco.t("…")`, `self.marco.t1("…", …)`.
fn is_lookup(call: &Call) -> bool {
    matches!(call.path.rsplit_once('.'), Some((_, "t" | "t1" | "t2" | "t3")))
}

/// `boton(clave, clase="principal")`.
fn declared(head: &str) -> Option<(String, Macro)> {
    let call = declared_calls(head)?;
    let name = |(name, value): &(Option<String>, String)| name.clone().unwrap_or(value.clone());
    let parameters = call.arguments.iter().map(name).collect();
    Some((call.path, Macro { parameters, keys: BTreeSet::new(), body: Vec::new() }))
}

fn declared_calls(head: &str) -> Option<Call> {
    calls(head).into_iter().next()
}

/// Code and strings of the lines that are not tests; comments are blank.
fn live_text(source: &Source) -> String {
    let lines = source.masked.code.lines().zip(source.masked.strings.lines()).enumerate();
    let join = |(n, (code, strings)): (usize, (&str, &str))| -> String {
        if source.is_test(n) {
            return String::new();
        }
        let both = code.chars().zip(strings.chars());
        both.map(|(c, s)| if c == ' ' { s } else { c }).collect()
    };
    lines.map(join).collect::<Vec<_>>().join("\n")
}

/// Strings of Rust that name a key: arguments of a lookup, and any that looks like a key of a
/// family that the crate has.
fn keys_in_rust(code: &str, families: &BTreeSet<&str>) -> Vec<(usize, Literal)> {
    let mut found: BTreeMap<(usize, String), Literal> = BTreeMap::new();
    for call in calls(code) {
        let argument = match call.path.rsplit('.').next() {
            _ if is_lookup(&call) => call.arguments.first(),
            Some("marco") if call.arguments.len() == 2 => call.arguments.get(1),
            _ => None,
        };
        let keys = argument.into_iter().flat_map(|(_, a)| literals(a));
        for key in keys.filter(|k| is_key(&k.text) && !k.compared) {
            let line = code[..call.at].matches('\n').count();
            found.insert((line + key.line, key.text.clone()), key);
        }
    }
    for key in literals(code).filter(|k| is_key(&k.text)) {
        let family = key.text.split('-').next().unwrap_or_default();
        if families.contains(family) {
            found.entry((key.line, key.text.clone())).or_insert(key);
        }
    }
    let mut all: Vec<(usize, Literal)> = found.into_iter().map(|((n, _), k)| (n, k)).collect();
    all.dedup_by(|a, b| a.1.text == b.1.text);
    all
}

fn is_key(text: &str) -> bool {
    let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let dashed = text.contains('-') && !text.ends_with('-') && !text.starts_with('-');
    dashed && text.chars().all(good)
}
