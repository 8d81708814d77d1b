//! Canonical XML 1.0 and Exclusive Canonical XML 1.0 over the tree, for a whole document or for one
//! element where it stands (which is how `SignedInfo` is digested).
//!
//! It is not used to write documents: those are canonical by construction. It exists to judge what
//! others wrote, and to prove in tests that ours is what we think.

use crate::escape::{push_attr, push_text};
use crate::tree::{Attribute, Document, Element, Kind, NodeId, XML_NS};

/// Which canonical form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum C14n {
    /// Canonical XML 1.0.
    Inclusive,
    /// Canonical XML 1.0 with comments.
    InclusiveWithComments,
    /// Exclusive Canonical XML 1.0.
    Exclusive,
    /// Exclusive Canonical XML 1.0 with comments.
    ExclusiveWithComments,
}

impl C14n {
    /// The algorithm that an `Algorithm` attribute names.
    ///
    /// Source: XML Signature 1.1, 6.5.
    pub fn from_uri(uri: &str) -> Option<C14n> {
        match uri {
            // 1.1 parts from 1.0 only in `xml:id` and `xml:base` above a part of a document.
            "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
            | "http://www.w3.org/2006/12/xml-c14n11" => Some(C14n::Inclusive),
            "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments"
            | "http://www.w3.org/2006/12/xml-c14n11#WithComments" => {
                Some(C14n::InclusiveWithComments)
            }
            "http://www.w3.org/2001/10/xml-exc-c14n#" => Some(C14n::Exclusive),
            "http://www.w3.org/2001/10/xml-exc-c14n#WithComments" => {
                Some(C14n::ExclusiveWithComments)
            }
            _ => None,
        }
    }

    /// The same form without comments.
    pub fn without_comments(self) -> C14n {
        match self {
            C14n::Inclusive | C14n::InclusiveWithComments => C14n::Inclusive,
            C14n::Exclusive | C14n::ExclusiveWithComments => C14n::Exclusive,
        }
    }

    pub(crate) fn is_inclusive(self) -> bool {
        matches!(self, C14n::Inclusive | C14n::InclusiveWithComments)
    }

    fn has_comments(self) -> bool {
        matches!(self, C14n::InclusiveWithComments | C14n::ExclusiveWithComments)
    }
}

/// Canonical bytes of `apex` and everything below it, except `omit` and what is below that.
///
/// `apex` is an element, or [`Document::document_id`] for the whole document. `inclusive_prefixes`
/// is the `PrefixList` of the exclusive form (`#default` is the empty prefix); the inclusive form
/// ignores it. Namespaces and, for the inclusive form, `xml:` attributes of the ancestors of `apex`
/// are taken into account.
/// Source: Canonical XML 1.0 (REC-xml-c14n-20010315), Exclusive XML Canonicalization 1.0.
pub fn canonicalize(
    doc: &Document,
    apex: NodeId,
    omit: Option<NodeId>,
    how: C14n,
    inclusive_prefixes: &[&str],
) -> Vec<u8> {
    let mut canonicalizer = Canonicalizer {
        doc,
        omit,
        how,
        listed: inclusive_prefixes,
        scope: Vec::new(),
        rendered: Vec::new(),
        out: Vec::with_capacity(4096),
    };
    canonicalizer.run(apex);
    canonicalizer.out
}

enum Step<'a> {
    Enter(NodeId),
    Leave { element: &'a Element, scope_before: usize, rendered_before: usize },
}

struct Canonicalizer<'a> {
    doc: &'a Document,
    omit: Option<NodeId>,
    how: C14n,
    listed: &'a [&'a str],
    /// Declarations in force, innermost last.
    scope: Vec<(&'a str, &'a str)>,
    /// Declarations already written by output ancestors, innermost last.
    rendered: Vec<(&'a str, &'a str)>,
    out: Vec<u8>,
}

impl<'a> Canonicalizer<'a> {
    // An explicit stack: the depth of a document is the sender's choice, the thread's is not.
    fn run(&mut self, apex: NodeId) {
        let ancestors = self.ancestors(apex);
        for &element in ancestors.iter().rev() {
            self.declare(element);
        }
        let mut pending = vec![Step::Enter(apex)];
        while let Some(step) = pending.pop() {
            match step {
                Step::Enter(id) if Some(id) == self.omit => {}
                Step::Enter(id) => self.enter(id, apex, &ancestors, &mut pending),
                Step::Leave { element, scope_before, rendered_before } => {
                    self.out.extend_from_slice(b"</");
                    self.name(element);
                    self.out.push(b'>');
                    self.scope.truncate(scope_before);
                    self.rendered.truncate(rendered_before);
                }
            }
        }
    }

    // Nearest first.
    fn ancestors(&self, apex: NodeId) -> Vec<&'a Element> {
        let mut found = Vec::new();
        let mut id = self.doc.get(apex).parent;
        while let Some(element) = self.doc.element(id) {
            found.push(element);
            id = self.doc.get(id).parent;
        }
        found
    }

    fn declare(&mut self, element: &'a Element) {
        let doc = self.doc;
        let declared = element.declarations.iter();
        self.scope.extend(declared.map(|(prefix, uri)| (prefix.as_str(), doc.uri(*uri))));
    }

    fn enter(
        &mut self,
        id: NodeId,
        apex: NodeId,
        ancestors: &[&'a Element],
        pending: &mut Vec<Step<'a>>,
    ) {
        let doc = self.doc;
        let node = doc.get(id);
        match &node.kind {
            Kind::Document => {}
            Kind::Text(text) => push_text(&mut self.out, text),
            Kind::Comment(text) if self.how.has_comments() => {
                self.outside_root(id, |out| {
                    out.extend_from_slice(b"<!--");
                    out.extend_from_slice(text.as_bytes());
                    out.extend_from_slice(b"-->");
                });
            }
            Kind::Comment(_) => {}
            Kind::Instruction { target, data } => {
                self.outside_root(id, |out| push_instruction(out, target, data));
            }
            Kind::Element(element) => {
                let (scope_before, rendered_before) = (self.scope.len(), self.rendered.len());
                let inherited = if id == apex { ancestors } else { &[] };
                self.start_tag(element, id == apex, inherited);
                pending.push(Step::Leave { element, scope_before, rendered_before });
            }
        }
        pending.extend(node.children.iter().rev().map(|&child| Step::Enter(child)));
    }

    // Comments and instructions beside the root stand on their own line (C14N 1.0, 2.3).
    fn outside_root(&mut self, id: NodeId, write: impl Fn(&mut Vec<u8>)) {
        let is_outside = self.doc.get(id).parent == NodeId::DOCUMENT;
        if is_outside && id > self.doc.root {
            self.out.push(b'\n');
        }
        write(&mut self.out);
        if is_outside && id < self.doc.root {
            self.out.push(b'\n');
        }
    }

    fn start_tag(&mut self, element: &'a Element, is_apex: bool, ancestors: &[&'a Element]) {
        self.declare(element);
        self.out.push(b'<');
        self.name(element);
        for prefix in self.candidates(element, is_apex) {
            self.namespace(prefix);
        }
        let mut attributes: Vec<&'a Attribute> = element.attributes.iter().collect();
        if self.how.is_inclusive() {
            inherit_xml_attributes(self.doc, &mut attributes, ancestors);
        }
        let doc = self.doc;
        attributes.sort_by_key(|a| (doc.uri(a.ns), a.local.as_str()));
        for attribute in attributes {
            self.attribute(attribute);
        }
        self.out.push(b'>');
    }

    // Prefixes whose declaration may have to be written on this element, sorted.
    fn candidates(&self, element: &'a Element, is_apex: bool) -> Vec<&'a str> {
        let mut prefixes: Vec<&'a str> = if !self.how.is_inclusive() {
            let used = element.attributes.iter().map(|a| a.prefix.as_str());
            let listed = self.listed.iter().map(|&p| if p == "#default" { "" } else { p });
            let used = used.filter(|prefix| !prefix.is_empty());
            used.chain(listed).chain([element.prefix.as_str()]).collect()
        } else if is_apex {
            self.scope.iter().map(|(prefix, _)| *prefix).collect()
        } else {
            element.declarations.iter().map(|(prefix, _)| prefix.as_str()).collect()
        };
        prefixes.sort_unstable();
        prefixes.dedup();
        prefixes
    }

    fn namespace(&mut self, prefix: &'a str) {
        let uri = lookup(&self.scope, prefix);
        if prefix == "xml" || uri == lookup(&self.rendered, prefix) {
            return;
        }
        self.rendered.push((prefix, uri));
        self.out.extend_from_slice(b" xmlns");
        if !prefix.is_empty() {
            self.out.push(b':');
            self.out.extend_from_slice(prefix.as_bytes());
        }
        self.out.extend_from_slice(b"=\"");
        push_attr(&mut self.out, uri);
        self.out.push(b'"');
    }

    fn name(&mut self, element: &Element) {
        push_qname(&mut self.out, &element.prefix, &element.local);
    }

    fn attribute(&mut self, attribute: &Attribute) {
        self.out.push(b' ');
        push_qname(&mut self.out, &attribute.prefix, &attribute.local);
        self.out.extend_from_slice(b"=\"");
        push_attr(&mut self.out, &attribute.value);
        self.out.push(b'"');
    }
}

// No declaration and `xmlns=""` are the same thing: the empty URI.
fn lookup<'a>(declarations: &[(&str, &'a str)], prefix: &str) -> &'a str {
    let found = declarations.iter().rev().find(|(known, _)| *known == prefix);
    found.map_or("", |(_, uri)| uri)
}

fn inherit_xml_attributes<'a>(
    doc: &Document,
    attributes: &mut Vec<&'a Attribute>,
    ancestors: &[&'a Element],
) {
    for attribute in ancestors.iter().flat_map(|element| &element.attributes) {
        let is_known =
            attributes.iter().any(|a| a.ns == attribute.ns && a.local == attribute.local);
        if doc.uri(attribute.ns) == XML_NS && !is_known {
            attributes.push(attribute);
        }
    }
}

fn push_qname(out: &mut Vec<u8>, prefix: &str, local: &str) {
    if !prefix.is_empty() {
        out.extend_from_slice(prefix.as_bytes());
        out.push(b':');
    }
    out.extend_from_slice(local.as_bytes());
}

fn push_instruction(out: &mut Vec<u8>, target: &str, data: &str) {
    out.extend_from_slice(b"<?");
    out.extend_from_slice(target.as_bytes());
    if !data.is_empty() {
        out.push(b' ');
        out.extend_from_slice(data.as_bytes());
    }
    out.extend_from_slice(b"?>");
}
