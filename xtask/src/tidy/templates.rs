//! Rules for templates: every text by key, nothing inline, `|safe` only where markup is drawn. The
//! gallery and examples may hold literal samples; they obey the other rules. It renders nothing.

use std::path::Path;

use anyhow::{Context, Result};

use super::Finding;
use super::markup::{Attribute, Expression, Piece, pieces, split};

/// One template.
pub struct Template {
    /// Path from the root of the workspace.
    pub path: String,
    /// Name of the crate.
    pub package: String,
    /// What the template language will compute.
    pub expressions: Vec<Expression>,
    markup: String,
    text: String,
}

/// Attributes that a person reads or hears.
const READ: [&str; 11] = [
    "aria-label",
    "aria-description",
    "aria-roledescription",
    "aria-valuetext",
    "aria-placeholder",
    "title",
    "placeholder",
    "alt",
    "label",
    "data-et",
    "summary",
];

impl Template {
    /// Reads a text as a template of a crate.
    pub fn new(path: &str, package: &str, text: &str) -> Template {
        let (expressions, markup) = split(text);
        Template {
            path: path.into(),
            package: package.into(),
            expressions,
            markup,
            text: text.into(),
        }
    }

    /// Whether a comment `{# tidy: allow(rule) why #}` on the line or the one before excuses it.
    pub fn is_allowed(&self, rule: &str, line: usize) -> bool {
        let mark = format!("tidy: allow({rule})");
        let has = |n: usize| self.text.lines().nth(n).is_some_and(|l| l.contains(&mark));
        has(line) || (line > 0 && has(line - 1))
    }

    fn finding(&self, line: usize, rule: &'static str, what: String) -> Finding {
        Finding { path: self.path.clone(), line: line + 1, rule, what }
    }

    /// The gallery shows samples, which are nobody's text.
    fn is_sample(&self) -> bool {
        let mut parts = self.path.split('/');
        parts.any(|part| part.starts_with("galeria") || part == "examples")
    }

    fn draws(&self) -> bool {
        let name = self.path.rsplit('/').next().unwrap_or_default();
        self.package == "ramal-web" || name.starts_with("iconos") || name.starts_with("graficos")
    }
}

/// Every template under `crates/*/templates/`.
pub fn load(root: &Path) -> Result<Vec<Template>> {
    let mut templates = Vec::new();
    for (package, path) in files(root, "templates", "html")? {
        let text = std::fs::read_to_string(root.join(&path)).with_context(|| path.clone())?;
        templates.push(Template::new(&path, &package, &text));
    }
    Ok(templates)
}

/// Crate and path of every file of a kind in a folder that crates may have, in order.
pub fn files(root: &Path, folder: &str, extension: &str) -> Result<Vec<(String, String)>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(root.join("crates"))? {
        let entry = entry?;
        let package = entry.file_name().to_string_lossy().into_owned();
        let mut folders = vec![entry.path().join(folder)];
        while let Some(folder) = folders.pop().filter(|f| f.is_dir()) {
            for inside in std::fs::read_dir(&folder)? {
                let path = inside?.path();
                if path.is_dir() {
                    folders.insert(0, path);
                } else if path.extension().is_some_and(|e| e == extension) {
                    let path = path.strip_prefix(root).unwrap_or(&path).to_string_lossy();
                    found.push((package.clone(), path.replace('\\', "/")));
                }
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Every finding in one template.
pub fn check(template: &Template) -> Vec<Finding> {
    let mut found = Vec::new();
    for piece in pieces(&template.markup) {
        match piece {
            Piece::Text { line, text, .. } if is_attributes(&text) => {
                let lines = "\n".repeat(line);
                let tag = Template::new(&template.path, &template.package, &lines);
                found.extend(check(&Template { markup: format!("{lines}<i {text}>"), ..tag }));
            }
            Piece::Text { line, text, within } => {
                found.extend(literal_text(template, (line, &text), &within));
            }
            Piece::Tag { line, name, attributes } => {
                found.extend(inline(template, (line, &name), &attributes));
                found.extend(literal_attributes(template, &name, &attributes));
            }
        }
    }
    for expression in &template.expressions {
        found.extend(of_expression(template, expression));
    }
    found.retain(|f| !template.is_allowed(f.rule, f.line - 1));
    found
}

/// A macro may hold a part of a tag: `aria-describedby="{{ id }}"`.
fn is_attributes(text: &str) -> bool {
    let text = text.trim();
    let name = text.split('=').next().unwrap_or_default();
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c == '-');
    is_name && text.len() > name.len() + 2 && text.ends_with('"') && text.contains("=\"")
}

fn has_letters(text: &str) -> bool {
    without_entities(text).chars().any(char::is_alphabetic)
}

/// `&nbsp;` and `&#215;` are symbols.
fn without_entities(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        let inside = |c: &char| c.is_ascii_alphanumeric() || *c == '#';
        let length: usize = rest[at + 1..].chars().take_while(inside).count();
        let entity = length > 0 && rest[at + 1 + length..].starts_with(';');
        rest = &rest[at + 1 + if entity { length + 1 } else { 0 }..];
    }
    out + rest
}

/// The names of keys are the same in every language, so `<kbd>` may hold them.
fn literal_text(template: &Template, (line, text): (usize, &str), within: &str) -> Option<Finding> {
    if template.is_sample() || within == "kbd" || !has_letters(text) {
        return None;
    }
    let lead = text.chars().take_while(|c| c.is_whitespace()).filter(|c| *c == '\n').count();
    let shown: String = text.trim().chars().take(40).collect();
    let what = format!("«{shown}» is literal text: give it a key");
    Some(template.finding(line + lead, "literal-text", what))
}

fn literal_attributes(template: &Template, tag: &str, all: &[Attribute]) -> Vec<Finding> {
    let value_of = |name: &str| all.iter().find(|a| a.name == name).map_or("", |a| &a.value);
    let button = tag == "input" && matches!(value_of("type"), "submit" | "button" | "reset");
    let described = tag == "meta" && value_of("name") == "description";
    let is_read = |a: &&Attribute| {
        READ.contains(&a.name.as_str())
            || (a.name == "value" && button)
            || (a.name == "content" && described)
    };
    let literal = all.iter().filter(is_read).filter(|a| has_letters(&a.value));
    let finding = |a: &Attribute| {
        let what = format!("{}=\"{}\" is literal text: give it a key", a.name, a.value);
        template.finding(a.line, "literal-text", what)
    };
    if template.is_sample() { Vec::new() } else { literal.map(finding).collect() }
}

/// The policy of the pages has no inline script and no inline style; htmx is used without
/// inheritance and without code in attributes.
fn inline(template: &Template, (line, tag): (usize, &str), all: &[Attribute]) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut push = |line, what: String| found.push(template.finding(line, "inline", what));
    if tag == "script" && !all.iter().any(|a| a.name == "src") {
        push(line, "a script without src".into());
    }
    if tag == "style" {
        push(line, "style belongs to the one style sheet".into());
    }
    for a in all {
        let code = a.value.trim_start().to_ascii_lowercase();
        let code = code.starts_with("js:") || code.starts_with("javascript:");
        if a.name == "style" || a.name.starts_with("on") || a.name.starts_with("hx-on") {
            push(a.line, format!("{}: no style nor handler in an attribute", a.name));
        } else if a.name == "hx-boost" || code {
            push(a.line, format!("{}={}: refused by the design", a.name, a.value));
        }
    }
    found
}

fn of_expression(template: &Template, expression: &Expression) -> Vec<Finding> {
    let mut found = Vec::new();
    let unspaced: String = expression.text.split_whitespace().collect();
    let safe = unspaced.match_indices("|safe").any(|(at, word)| {
        let next = unspaced[at + word.len()..].chars().next();
        !next.is_some_and(|c| c.is_alphanumeric() || c == '_')
    });
    if safe && !template.draws() {
        let what = "|safe is for iconos and graficos: pass text, not markup".to_owned();
        found.push(template.finding(expression.line, "safe", what));
    }
    if !template.is_sample() && !expression.text.contains("tecla(") {
        for text in super::keys::literals(&expression.text).filter(|l| is_prose(&l.text)) {
            let what = format!("\"{}\" is literal text: give it a key", text.text);
            found.push(template.finding(expression.line, "literal-text", what));
        }
    }
    found
}

/// A string that only a person would read: it has an accent, or begins like a sentence.
fn is_prose(text: &str) -> bool {
    let mut chars = text.chars();
    let sentence = chars.next().is_some_and(char::is_uppercase)
        && chars.next().is_some_and(char::is_lowercase);
    sentence || text.chars().any(|c| c.is_alphabetic() && !c.is_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules_at(path: &str, package: &str, text: &str) -> Vec<&'static str> {
        check(&Template::new(path, package, text)).into_iter().map(|f| f.rule).collect()
    }

    fn rules(text: &str) -> Vec<&'static str> {
        rules_at("crates/ramal-x/templates/x/a.html", "ramal-x", text)
    }

    #[test]
    fn a_page_with_every_text_by_key_is_clean() {
        let text = "{% extends \"escritorio.html\" %}{# Un comentario en prosa #}\
            <!-- another --><p class=\"nota\" title=\"{{ marco.t(\"x-y\") }}\">\
            {{ marco.t(\"x-z\") }} · 12 × 3 › &nbsp;&copy; {% if a %}—{% endif %}</p>\
            <img src=\"/a.svg\" alt=\"\"><kbd>Ctrl</kbd><input type=\"hidden\" value=\"abc\">\
            <script src=\"/b.js\" defer></script>{{ ui::tecla(\"Ctrl+K\") }}<i></i>\
            {% macro d(f) %} aria-describedby=\"a-{{ f }} e-{{ f }}\"{% endmacro %}";
        assert_eq!(rules(text), Vec::<&str>::new());
    }

    #[test]
    fn literal_text_is_found_where_it_stands() {
        for text in [
            "<p>Hola</p>",
            "{{ x }} de {{ y }}",
            "<p title=\"Hola\">",
            "<input type=\"submit\" value=\"Enviar\">",
            "<td data-et=\"Total {{ n }}\">",
            "<meta name=\"description\" content=\"Una página\">",
            "{{ ui::banner(\"aviso\", \"Vence pronto\") }}",
            "<p>&ntilde;a</p>",
            "{% macro d(f) %} aria-label=\"Hola\"{% endmacro %}",
        ] {
            assert_eq!(rules(text), ["literal-text"], "{text}");
        }
        let found = check(&Template::new("crates/x/templates/a.html", "x", "<p>\n\n Hola\n</p>"));
        assert_eq!(found[0].line, 3);
    }

    #[test]
    fn the_gallery_may_show_samples_but_nothing_inline() {
        let path = "crates/ramal-web/templates/galeria/botones.html";
        assert_eq!(rules_at(path, "ramal-web", "<p>Muestra</p>"), Vec::<&str>::new());
        assert_eq!(rules_at(path, "ramal-web", "<p style=\"color:red\">x</p>"), ["inline"]);
    }

    #[test]
    fn inline_code_and_style_are_found() {
        for text in [
            "<p style=\"x\">",
            "<a onclick=\"x\">",
            "<script>let a = 1;</script>",
            "<style>p {}</style>",
            "<a hx-boost=\"true\">",
            "<a hx-on:click=\"x\">",
            "<a hx-vals='js:{a: 1}'>",
            "<a href=\"javascript:x\">",
        ] {
            assert_eq!(rules(text), ["inline"], "{text}");
        }
    }

    #[test]
    fn safe_is_for_drawings_and_the_kit() {
        assert_eq!(rules("{{ x|safe }}"), ["safe"]);
        assert_eq!(rules("{{ x | safe }}"), ["safe"]);
        assert_eq!(rules("{{ x|safer }}"), Vec::<&str>::new());
        let drawn = "crates/ramal-x/templates/x/graficos.html";
        assert_eq!(rules_at(drawn, "ramal-x", "{{ x|safe }}"), Vec::<&str>::new());
    }

    #[test]
    fn an_excuse_with_its_why_covers_one_line() {
        let text = "{# tidy: allow(literal-text) a name #}\n<p>Ramal</p>\n<p>Hola</p>";
        assert_eq!(rules(text), ["literal-text"]);
    }
}
