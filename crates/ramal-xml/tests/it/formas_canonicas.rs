//! Canonical forms against fixed outputs of libxml2 and against xmllint when the machine has it.
//! Digests and signatures are elsewhere.

use ramal_xml::{C14n, canonicalize, sha256};

use crate::comun::{NAMESPACES, fixture, fixture_path, read, tool};

const DOCUMENTS: [&str; 7] =
    ["w3c_3_1", "w3c_3_2", "w3c_3_3", "w3c_3_4", "prefijos", "acentos", "latin1"];

const FORMS: [(&str, C14n); 4] = [
    ("inc", C14n::Inclusive),
    ("inc_com", C14n::InclusiveWithComments),
    ("exc", C14n::Exclusive),
    ("exc_com", C14n::ExclusiveWithComments),
];

fn whole(bytes: &[u8], how: C14n) -> String {
    let doc = read(bytes);
    String::from_utf8(canonicalize(&doc, doc.document_id(), None, how, &[])).unwrap()
}

#[test]
fn whole_documents_match_libxml2() {
    for name in DOCUMENTS {
        for (extension, how) in FORMS {
            let want = String::from_utf8(fixture(&format!("c14n/{name}.{extension}"))).unwrap();
            let got = whole(&fixture(&format!("c14n/{name}.xml")), how);
            assert_eq!(got, want, "{name}.{extension}");
        }
    }
}

#[test]
fn whole_documents_match_the_installed_xmllint() {
    for name in DOCUMENTS {
        let path = fixture_path(&format!("c14n/{name}.xml"));
        let path = path.to_str().unwrap();
        for (flag, how) in
            [("--c14n", C14n::InclusiveWithComments), ("--exc-c14n", C14n::ExclusiveWithComments)]
        {
            let got = whole(&std::fs::read(path).unwrap(), how);
            assert!(!got.is_empty());
            let Some(output) = tool("xmllint", &[flag, path]) else { return };
            assert_eq!(got, String::from_utf8(output.stdout).unwrap(), "{flag} {name}");
        }
    }
}

const NESTED: &str = "<r xmlns=\"urn:d\" xmlns:b=\"urn:b\" xmlns:a=\"urn:a\" xml:lang=\"es\" \
                      xml:space=\"preserve\"><m xml:lang=\"qu\"><b:s k=\"1\"><a:t/>\
                      <u xmlns=\"\"/></b:s></m></r>";

#[test]
fn subtree_in_place_inherits_namespaces_and_xml_attributes() {
    let doc = read(NESTED.as_bytes());
    let apex = doc.root().descend(&["m", "s"]).unwrap().id();
    let form = |how, prefixes: &[&str]| {
        String::from_utf8(canonicalize(&doc, apex, None, how, prefixes)).unwrap()
    };
    assert_eq!(
        form(C14n::Inclusive, &[]),
        "<b:s xmlns=\"urn:d\" xmlns:a=\"urn:a\" xmlns:b=\"urn:b\" k=\"1\" xml:lang=\"qu\" \
         xml:space=\"preserve\"><a:t></a:t><u xmlns=\"\"></u></b:s>"
    );
    assert_eq!(
        form(C14n::Exclusive, &[]),
        "<b:s xmlns:b=\"urn:b\" k=\"1\"><a:t xmlns:a=\"urn:a\"></a:t><u></u></b:s>"
    );
    assert_eq!(
        form(C14n::Exclusive, &["#default", "a", "ausente"]),
        "<b:s xmlns=\"urn:d\" xmlns:a=\"urn:a\" xmlns:b=\"urn:b\" k=\"1\"><a:t></a:t>\
         <u xmlns=\"\"></u></b:s>"
    );
}

#[test]
fn omitted_node_takes_its_content_with_it() {
    let doc = read(b"<r>a<x><y/>b</x>c<z/></r>");
    let omit = doc.root().child("x").unwrap().id();
    let bytes = canonicalize(&doc, doc.root().id(), Some(omit), C14n::Inclusive, &[]);
    assert_eq!(bytes, b"<r>ac<z></z></r>");
}

#[test]
fn sibling_prefixes_do_not_leak_into_each_other() {
    let doc = read(b"<r><a xmlns:p=\"urn:1\"><p:x/></a><b xmlns:p=\"urn:2\"><p:x/></b></r>");
    let bytes = canonicalize(&doc, doc.root().id(), None, C14n::Exclusive, &[]);
    let want = "<r><a><p:x xmlns:p=\"urn:1\"></p:x></a><b><p:x xmlns:p=\"urn:2\"></p:x></b></r>";
    assert_eq!(String::from_utf8(bytes).unwrap(), want);
}

#[test]
fn algorithms_are_named_by_their_uri() {
    let exclusive = "http://www.w3.org/2001/10/xml-exc-c14n#";
    assert_eq!(C14n::from_uri(exclusive), Some(C14n::Exclusive));
    let eleven = "http://www.w3.org/2006/12/xml-c14n11";
    assert_eq!(C14n::from_uri(eleven), Some(C14n::Inclusive));
    assert_eq!(C14n::from_uri("http://www.w3.org/2006/12/xml-c14n12"), None);
    assert_eq!(C14n::ExclusiveWithComments.without_comments(), C14n::Exclusive);
}

#[test]
fn signed_info_in_place_has_the_published_digest() {
    let scope: String = NAMESPACES.iter().map(|(k, v)| format!(" {k}='{v}'")).collect();
    let document = format!(
        "<Invoice{scope}><ds:Signature><ds:SignedInfo><ds:CanonicalizationMethod \
         Algorithm='http://www.w3.org/TR/2001/REC-xml-c14n-20010315'/><ds:SignatureMethod \
         Algorithm='http://www.w3.org/2001/04/xmldsig-more#rsa-sha256'/><ds:Reference URI=''>\
         <ds:Transforms><ds:Transform \
         Algorithm='http://www.w3.org/2000/09/xmldsig#enveloped-signature'/></ds:Transforms>\
         <ds:DigestMethod Algorithm='http://www.w3.org/2001/04/xmlenc#sha256'/><ds:DigestValue>\
         5ht22fK0AePeQMHgJLDh6V42+krOnLh/vTpwDYSjkcQ=</ds:DigestValue></ds:Reference>\
         </ds:SignedInfo></ds:Signature></Invoice>"
    );
    let doc = read(document.as_bytes());
    let info = doc.root().descend(&["Signature", "SignedInfo"]).unwrap().id();
    let bytes = canonicalize(&doc, info, None, C14n::Inclusive, &[]);
    assert_eq!(bytes.len(), 935);
    let hex: String = sha256(&bytes).iter().map(|b| format!("{b:02x}")).collect();
    assert_eq!(hex, "168381c5654927b535b1fcbe7fd487c13c6906d8f9e97d0eb1eddcae55f6a321");
}
