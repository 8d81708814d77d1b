//! What the check of keys accepts and refuses. It reads no file of the project.

use super::keys::{Texts, Verdict, check};
use super::source::Source;
use super::templates::Template;

const KIT: &str = "kit-guardar = Guardar\nkit-de = de { kit-nada }\nkit-nada = nada\n";
const OWN: &str = "x-titulo = Equis\nx-estado-uno = Uno\nx-sobra = Sobra\n";
const MACROS: &str = "{% macro boton(clave, clase=\"principal\") %}<b class=\"{{ clase }}\">\
    {{ marco.t(clave) }}</b>{% endmacro %}\
    {% macro guardar(texto_clave=\"kit-guardar\") %}{{ self::boton(texto_clave) }}{% endmacro %}";

fn verdict(template: &str, rust: &str) -> Verdict {
    let mut texts = Texts::default();
    texts.read("ramal-web", "crates/ramal-web/textos/es/kit.ftl", KIT);
    texts.read("ramal-x", "crates/ramal-x/textos/es/x.ftl", OWN);
    let templates = [
        Template::new("crates/ramal-web/templates/ui/kit.html", "ramal-web", MACROS),
        Template::new("crates/ramal-x/templates/x/a.html", "ramal-x", template),
    ];
    check(texts, &templates, &[Source::new("crates/ramal-x/src/a.rs", "ramal-x", rust)])
}

fn missing(template: &str, rust: &str) -> Vec<String> {
    let found = verdict(template, rust).found.into_iter();
    found.map(|f| f.what.split(' ').next().unwrap_or_default().to_owned()).collect()
}

#[test]
fn keys_that_exist_are_accepted() {
    let page = "{{ marco.t(\"x-titulo\") }}{{ ui::boton(\"kit-guardar\", clase=\"otra-cosa\") }}\
        {{ marco.t(\"x-estado-\" ~ fila.estado) }}{% call ui::guardar() %}{% endcall %}\
        {{ marco.t(if fila.a == \"no-es-clave\" { \"x-titulo\" } else { \"kit-de\" }) }}";
    let rust = "//! D\nfn a() { v.marco(&TEXTOS, \"x-titulo\"); h.get(\"content-type\"); \
        t.get(&format!(\"x-estado-{}\", e)); }\n";
    assert_eq!(missing(page, rust), Vec::<String>::new());
}

#[test]
fn a_key_that_nobody_wrote_is_found_through_macros_too() {
    for (page, key) in [
        ("{{ marco.t(\"x-falta\") }}", "x-falta"),
        ("{{ marco.t1(\"x-falta\", \"n\", 3) }}", "x-falta"),
        ("{{ ui::boton(\"x-falta\") }}", "x-falta"),
        ("{{ ui::guardar(texto_clave=\"x-falta\") }}", "x-falta"),
    ] {
        assert_eq!(missing(page, "//! D\n"), [key], "{page}");
    }
    let prefix = "{{ marco.t(\"y-estado-\" ~ e) }}";
    assert!(verdict(prefix, "//! D\n").found[0].what.contains("begins with y-estado-"));
}

#[test]
fn a_key_in_rust_is_found_by_its_call_or_by_its_family() {
    for rust in [
        "//! D\nfn a() { v.marco(&TEXTOS, \"z-falta\"); }\n",
        "//! D\nfn a() { m.t(\"z-falta\"); }\n",
    ] {
        assert_eq!(missing("", rust), ["z-falta"], "{rust}");
    }
    assert_eq!(missing("", "//! D\nconst A: &str =\n    \"x-falta\";\n"), ["x-falta"]);
    assert_eq!(missing("", "//! D\n// \"x-falta\" in a comment\n"), Vec::<String>::new());
    let excused = "//! D\n// tidy: allow(text-key) an id of markup\nconst A: &str = \"x-lista\";\n";
    assert_eq!(missing("", excused), Vec::<String>::new());
}

#[test]
fn keys_that_nobody_names_are_told_and_not_refused() {
    let all = verdict("{{ marco.t(\"x-estado-\" ~ e) }}", "//! D\nconst A: &str = \"x-titulo\";\n");
    assert!(all.found.is_empty());
    assert_eq!(all.unused, ["ramal-web: kit-de", "ramal-x: x-sobra"]);
}

#[test]
fn a_text_written_twice_or_for_one_country_alone_is_found() {
    let mut texts = Texts::default();
    texts.read("x", "crates/x/textos/es/a.ftl", "a-b = 1\na-b = 2\n");
    texts.read("x", "crates/x/textos/es-MX/a.ftl", "a-b = 3\na-c = 4\n");
    let found = check(texts, &[], &[]).found;
    let what: Vec<&str> = found.iter().map(|f| f.what.as_str()).collect();
    assert_eq!(what, ["a-b is written twice in the texts of x", "a-c has no text in textos/es"]);
}
