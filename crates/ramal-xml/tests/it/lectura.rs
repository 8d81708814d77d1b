//! The reader accepts what XML 1.0 says and refuses what is dangerous or broken.
//! Canonical forms are elsewhere.

use ramal_xml::{Limits, XmlError, parse};

use crate::comun::read;

fn error(text: &str) -> XmlError {
    match parse(text.as_bytes(), &Limits::default()) {
        Ok(_) => unreachable!("{text} was accepted"),
        Err(error) => error,
    }
}

#[test]
fn doctype_and_entities_are_refused() {
    let bomb = "<?xml version=\"1.0\"?><!DOCTYPE l [<!ENTITY a \"aa\">]><l>&a;</l>";
    assert_eq!(error(bomb), XmlError::Dtd(21));
    assert!(matches!(error("<!DOCTYPE r SYSTEM \"file:///etc/passwd\"><r/>"), XmlError::Dtd(0)));
    for text in
        ["<r>&a;</r>", "<r>&#0;</r>", "<r>&#xD800;</r>", "<r>&#+65;</r>", "<r>&#;</r>", "<r>&</r>"]
    {
        assert_eq!(error(text), XmlError::Entity(3), "{text}");
    }
    assert!(matches!(error("<r a=\"&nbsp;\"/>"), XmlError::Entity(6)));
    assert!(matches!(error("<r>&#xFFFFFFFFFFFF;</r>"), XmlError::Entity(_)));
}

#[test]
fn broken_documents_are_refused() {
    for text in [
        "",
        " ",
        "texto",
        "<r>",
        "<r",
        "<r/><r/>",
        "<r/>x",
        "x<r/>",
        "<r a=1/>",
        "<r a='1'b='2'/>",
        "<r a='<'/>",
        "<r a='1/>",
        "<r>]]></r>",
        "<!-- a -- b --><r/>",
        "<!-- ---><r/>",
        "<r><!--",
        "<?xml version=\"1.1\"?><r/>",
        "<?xml encoding=\"UTF-8\"?><r/>",
        "<r><?xml?></r>",
        " <?xml version=\"1.0\"?><r/>",
        "<?p",
        "<?p:q?><r/>",
        "<1/>",
        "<a:/>",
        "<:a/>",
        "<a:b:c/>",
        "<r><![CDATA[x</r>",
        "<![CDATA[x]]><r/>",
        "&amp;<r/>",
        "<r a/>",
        "< r/>",
        "<r>< /r>",
        "<?xml version=\"1.0\" standalone=\"si\"?><r/>",
        "<?p?x?><r/>",
    ] {
        assert!(matches!(error(text), XmlError::Syntax { .. }), "{text}: {:?}", error(text));
    }
    for text in ["<a></b>", "<a xmlns:p='u' xmlns:q='u'><p:b></q:b></a>", "</a>"] {
        assert!(matches!(error(text), XmlError::MismatchedTag(_)), "{text}");
    }
    assert_eq!(error("<r>\u{1}</r>"), XmlError::Character(3));
    assert_eq!(error("<r>\u{FFFE}</r>"), XmlError::Character(3));
}

#[test]
fn namespaces_are_checked() {
    for text in [
        "<p:r/>",
        "<r p:a='1'/>",
        "<r xmlns:p=''/>",
        "<r xmlns:xmlns='u'/>",
        "<r xmlns:xml='otra'/>",
        "<r xmlns:p='http://www.w3.org/XML/1998/namespace'/>",
        "<r xmlns='http://www.w3.org/2000/xmlns/'/>",
        "<r><s xmlns:p='u'/><p:t/></r>",
    ] {
        assert!(matches!(error(text), XmlError::Prefix { .. }), "{text}");
    }
    for text in [
        "<r a='1' a='2'/>",
        "<r xmlns:p='u' xmlns:q='u' p:a='1' q:a='2'/>",
        "<r xmlns:p='u' xmlns:p='u'/>",
        "<r xmlns='u' xmlns='v'/>",
    ] {
        assert!(matches!(error(text), XmlError::DuplicateAttribute { .. }), "{text}");
    }
    let doc = read(b"<r xmlns='u' xmlns:p='u' a='1' p:a='2' xml:lang='es'><s xmlns=''/></r>");
    let root = doc.root();
    assert_eq!((root.ns(), root.attr("a"), root.attr("lang")), ("u", Some("1"), None));
    let attrs: Vec<_> = root.attrs().collect();
    assert_eq!(attrs[1], ("p", "u", "a", "2"));
    assert_eq!(attrs[2].1, "http://www.w3.org/XML/1998/namespace");
    assert_eq!(root.child("s").unwrap().ns(), "");
}

#[test]
fn attribute_white_space_is_normalised_but_references_are_kept() {
    let doc = read(b"<r a=\" x\ty\nz\r\nw\rv \" b='&#9;&#10;&#13;&quot;&apos;&amp;lt;'/>");
    assert_eq!(doc.root().attr("a"), Some(" x y z w v "));
    assert_eq!(doc.root().attr("b"), Some("\t\n\r\"'&lt;"));
}

#[test]
fn text_joins_references_and_cdata_and_normalises_line_ends() {
    let doc = read(b"<r>a\r\nb\rc&#13;<![CDATA[<&amp;]]>&lt;<s>no</s><!-- no -->d</r>");
    assert_eq!(doc.root().text(), "a\nb\nc\r<&amp;<d");
}

#[test]
fn encodings_are_honoured_or_refused() {
    let latin = b"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><r A\xF1o=\"\xE1\"/>";
    assert_eq!(read(latin).root().attr("Año"), Some("á"));
    let marked = "\u{FEFF}<?xml version='1.0' encoding='utf-8'?><r>ñ</r>";
    assert_eq!(read(marked.as_bytes()).root().text(), "ñ");
    assert_eq!(read(b"\xFF\xFE<\0r\0/\0>\0").root().name(), "r");
    let refused: [&[u8]; 6] = [
        b"<r>\xF1</r>",
        b"<?xmlx encoding='ISO-8859-1'?><r>\xF1</r>",
        b"\xFF\xFE\x00\xD8",
        b"\xEF\xBB\xBF<?xml version='1.0' encoding='ISO-8859-1'?><r/>",
        b"<?xml version='1.0' encoding='UTF-7'?><r/>",
        b"<?xml version='1.0' encoding='utf-8'?><r>\xC3</r>",
    ];
    for bytes in refused {
        let error = parse(bytes, &Limits::default()).err();
        assert!(matches!(error, Some(XmlError::Encoding(_))), "{error:?}");
    }
}

#[test]
fn a_document_of_an_old_windows_program_is_not_called_unreadable() {
    let declared = b"<?xml version='1.0' encoding='windows-1252'?><a>\xD1 \x80 \x93</a>";
    assert_eq!(read(declared).root().text(), "\u{d1} \u{20ac} \u{201c}");
    let text = "<?xml version='1.0' encoding='UTF-16'?>\r\n<a>\u{d1}\r\n\u{1f600}</a>";
    let bytes = |bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
        [0xFEFF].into_iter().chain(text.encode_utf16()).flat_map(bytes).collect()
    };
    for whole in [bytes(u16::to_le_bytes), bytes(u16::to_be_bytes)] {
        assert_eq!(read(&whole).root().text(), "\u{d1}\n\u{1f600}");
        let half = parse(&whole[..whole.len() - 1], &Limits::default()).err();
        assert!(matches!(half, Some(XmlError::Encoding(_))), "half a unit: {half:?}");
    }
    let hole = b"<?xml version='1.0' encoding='windows-1252'?><a>\x81</a>";
    assert!(parse(hole, &Limits::default()).is_err());
}

#[test]
fn limits_stop_hostile_documents() {
    let limits = Limits { max_bytes: 100, max_depth: 3, max_nodes: 5 };
    let refuse = |text: &str| parse(text.as_bytes(), &limits).err();
    assert_eq!(refuse(&" ".repeat(101)), Some(XmlError::TooLarge(101)));
    assert_eq!(refuse("<a><a><a><a/></a></a></a>"), Some(XmlError::TooDeep(9)));
    assert!(parse(b"<a><a><a/></a></a>", &limits).is_ok());
    assert!(matches!(refuse("<a><b/><b/><b/><b/><b/></a>"), Some(XmlError::TooManyNodes(_))));
    assert!(matches!(refuse("<a b='' c='' d='' e='' f=''/>"), Some(XmlError::TooManyNodes(_))));
    let many: String = (0..600).map(|n| format!(" a{n}=''")).collect();
    assert!(matches!(error(&format!("<r{many}/>")), XmlError::TooManyNodes(_)));
    let many: String = (0..300).map(|n| format!(" xmlns:a{n}='u'")).collect();
    assert!(matches!(error(&format!("<r{many}/>")), XmlError::TooManyNodes(_)));
    let deep = "<a>".repeat(100_000);
    assert!(matches!(error(&deep), XmlError::TooDeep(_)));
}

#[test]
fn tree_is_walked_by_name_and_namespace() {
    let doc =
        read(b"<a xmlns:p='u'> <b><c>1</c></b><!-- x --><p:b><c>2</c><p:b/></p:b><?y z?></a>");
    let root = doc.root();
    assert!(root.is_root() && root.parent().is_none());
    assert_eq!(root.children().count(), 2);
    assert_eq!(root.descend(&["b", "c"]).unwrap().text(), "1");
    assert!(root.descend(&["b", "x"]).is_none());
    let found = root.find_all("u", "b");
    assert_eq!(found.len(), 2);
    assert_eq!((found[0].qname().as_str(), found[0].prefix(), found[0].name()), ("p:b", "p", "b"));
    assert_eq!(found[1].parent().unwrap().id(), found[0].id());
    assert_eq!(doc.node(found[0].id()).child("c").unwrap().text(), "2");
    assert_eq!(root.text(), " ");
}
