//! Tree of a read document, with what canonicalisation needs: prefixes, namespace declarations,
//! comments and processing instructions.
//!
//! It is read only: a document that was signed or received is never rewritten from its tree.

use crate::parser::Parser;

/// Namespace of the reserved prefix `xml`.
pub const XML_NS: &str = "http://www.w3.org/XML/1998/namespace";

/// What a document may spend before the reader gives up on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the document.
    pub max_bytes: usize,
    /// Elements open at once.
    pub max_depth: usize,
    /// Elements, attributes, texts, comments and instructions, all together.
    pub max_nodes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { max_bytes: 4 * 1024 * 1024, max_depth: 64, max_nodes: 200_000 }
    }
}

impl Limits {
    /// For judging what others made: a public-in-general invoice of a month may have tens of
    /// thousands of lines.
    pub fn juicio() -> Self {
        Self { max_bytes: 32 * 1024 * 1024, max_nodes: 2_000_000, ..Self::default() }
    }
}

/// Why a document was refused. Positions are byte offsets in its UTF-8 form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum XmlError {
    /// Larger than [`Limits::max_bytes`].
    #[error("el documento de {0} bytes pasa del límite")]
    TooLarge(usize),
    /// Deeper than [`Limits::max_depth`].
    #[error("los elementos se anidan más de lo admitido en el byte {0}")]
    TooDeep(usize),
    /// More nodes than [`Limits::max_nodes`], or too many attributes on one element.
    #[error("demasiados elementos en el byte {0}")]
    TooManyNodes(usize),
    /// Another encoding than UTF-8 or declared ISO-8859-1, or bytes that do not follow it.
    #[error("la codificación {0} no se admite o los bytes no la respetan")]
    Encoding(String),
    /// A document type declaration, which is refused whatever it says.
    #[error("no se admite la declaración de tipo (DOCTYPE) del byte {0}")]
    Dtd(usize),
    /// A reference to an entity other than the five predefined ones, or to a forbidden character.
    #[error("no se admite la entidad del byte {0}")]
    Entity(usize),
    /// A prefix that no declaration in scope binds, or a forbidden declaration.
    #[error("el prefijo {prefix:?} del byte {at} no está declarado")]
    Prefix {
        /// The prefix as written.
        prefix: String,
        /// Where.
        at: usize,
    },
    /// Two attributes with the same expanded name.
    #[error("el atributo {name:?} del byte {at} se repite")]
    DuplicateAttribute {
        /// Local name.
        name: String,
        /// Where the element starts.
        at: usize,
    },
    /// An end tag that does not close the open element.
    #[error("la etiqueta de cierre del byte {0} no corresponde")]
    MismatchedTag(usize),
    /// A character that XML 1.0 forbids.
    #[error("carácter prohibido en el byte {0}")]
    Character(usize),
    /// Anything else that is not well formed.
    #[error("no está bien formado en el byte {at} ({what})")]
    Syntax {
        /// Where.
        at: usize,
        /// What was expected.
        what: &'static str,
    },
}

/// Identity of a node inside its document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub(crate) u32);

impl NodeId {
    pub(crate) const DOCUMENT: NodeId = NodeId(0);

    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Attribute {
    pub prefix: String,
    pub ns: u32,
    pub local: String,
    pub value: String,
}

#[derive(Debug, Clone)]
pub(crate) struct Element {
    pub prefix: String,
    pub ns: u32,
    pub local: String,
    pub attributes: Vec<Attribute>,
    /// Namespace declarations written on this element: prefix and index of the URI.
    pub declarations: Vec<(String, u32)>,
}

#[derive(Debug, Clone)]
pub(crate) enum Kind {
    Document,
    Element(Element),
    Text(String),
    Comment(String),
    Instruction { target: String, data: String },
}

#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub parent: NodeId,
    pub kind: Kind,
    pub children: Vec<NodeId>,
}

/// A well formed document. Made by [`parse`].
#[derive(Debug, Clone)]
pub struct Document {
    pub(crate) nodes: Vec<Node>,
    pub(crate) uris: Vec<String>,
    pub(crate) root: NodeId,
}

/// Reads a document.
///
/// UTF-8 (a byte order mark is tolerated) or ISO-8859-1 when declared; no DTD, no entities but the
/// five predefined ones. Errors: [`XmlError`]; never panics, whatever the bytes.
/// Source: XML 1.0 fifth edition, Namespaces in XML 1.0.
pub fn parse(bytes: &[u8], limits: &Limits) -> Result<Document, XmlError> {
    if bytes.len() > limits.max_bytes {
        return Err(XmlError::TooLarge(bytes.len()));
    }
    let text = crate::encoding::decode(bytes)?;
    Parser::new(&text, limits).document()
}

impl Document {
    /// The document element.
    pub fn root(&self) -> NodeRef<'_> {
        self.node(self.root)
    }

    /// The document itself, above the root: the apex for canonicalising everything, including
    /// comments and instructions outside the root.
    pub fn document_id(&self) -> NodeId {
        NodeId::DOCUMENT
    }

    /// The node with that identity, which must come from this document.
    pub fn node(&self, id: NodeId) -> NodeRef<'_> {
        assert!(id.index() < self.nodes.len(), "a node id is used with its own document");
        NodeRef { doc: self, id }
    }

    pub(crate) fn get(&self, id: NodeId) -> &Node {
        &self.nodes[id.index()]
    }

    pub(crate) fn element(&self, id: NodeId) -> Option<&Element> {
        match &self.get(id).kind {
            Kind::Element(element) => Some(element),
            _ => None,
        }
    }

    pub(crate) fn uri(&self, index: u32) -> &str {
        &self.uris[index as usize]
    }
}

/// A node of a document; a cheap copy. Names of a node that is not an element are empty.
#[derive(Debug, Clone, Copy)]
pub struct NodeRef<'a> {
    doc: &'a Document,
    id: NodeId,
}

impl<'a> NodeRef<'a> {
    fn element(self) -> Option<&'a Element> {
        self.doc.element(self.id)
    }

    /// Local name.
    pub fn name(&self) -> &'a str {
        self.element().map_or("", |e| &e.local)
    }

    /// Prefix as written; empty when there is none.
    pub fn prefix(&self) -> &'a str {
        self.element().map_or("", |e| &e.prefix)
    }

    /// Namespace URI; empty when there is none.
    pub fn ns(&self) -> &'a str {
        self.element().map_or("", |e| self.doc.uri(e.ns))
    }

    /// Name as written, with its prefix.
    pub fn qname(&self) -> String {
        match self.prefix() {
            "" => self.name().to_owned(),
            prefix => format!("{prefix}:{}", self.name()),
        }
    }

    /// Whether it is the element `local` of the namespace `ns`.
    pub fn is(&self, ns: &str, local: &str) -> bool {
        self.name() == local && self.ns() == ns
    }

    /// Value of the attribute `local` that has no namespace: entities decoded and white space
    /// normalised as XML 1.0, 3.3.3, says for CDATA attributes.
    pub fn attr(&self, local: &str) -> Option<&'a str> {
        let attributes = &self.element()?.attributes;
        let found = attributes.iter().find(|a| a.prefix.is_empty() && a.local == local)?;
        Some(&found.value)
    }

    /// Attributes as (prefix, namespace, local name, value), in the order written; namespace
    /// declarations are not among them.
    pub fn attrs(&self) -> impl Iterator<Item = (&'a str, &'a str, &'a str, &'a str)> + use<'a> {
        let doc = self.doc;
        let attributes = self.element().map_or(&[][..], |e| &e.attributes);
        attributes
            .iter()
            .map(move |a| (a.prefix.as_str(), doc.uri(a.ns), a.local.as_str(), a.value.as_str()))
    }

    /// Child elements in document order; texts, comments and instructions are skipped.
    pub fn children(&self) -> impl Iterator<Item = NodeRef<'a>> + use<'a> {
        let doc = self.doc;
        let ids = doc.get(self.id).children.iter();
        ids.map(move |&id| NodeRef { doc, id }).filter(|node| node.element().is_some())
    }

    /// First child element with that local name, whatever its namespace.
    pub fn child(&self, local: &str) -> Option<NodeRef<'a>> {
        self.children().find(|node| node.name() == local)
    }

    /// First child element of the first child element... following local names down.
    pub fn descend(&self, path: &[&str]) -> Option<NodeRef<'a>> {
        path.iter().try_fold(*self, |node, local| node.child(local))
    }

    /// This element and all below it with that namespace and local name, in document order.
    pub fn find_all(&self, ns: &str, local: &str) -> Vec<NodeRef<'a>> {
        let mut found = Vec::new();
        let mut pending = vec![*self];
        while let Some(node) = pending.pop() {
            if node.is(ns, local) {
                found.push(node);
            }
            let from = pending.len();
            pending.extend(node.children());
            pending[from..].reverse();
        }
        found
    }

    /// Text directly inside this element, joined; text of its children is not included.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for &id in &self.doc.get(self.id).children {
            if let Kind::Text(part) = &self.doc.get(id).kind {
                text.push_str(part);
            }
        }
        text
    }

    /// Parent element; none for the root.
    pub fn parent(&self) -> Option<NodeRef<'a>> {
        let parent = NodeRef { doc: self.doc, id: self.doc.get(self.id).parent };
        parent.element().map(|_| parent)
    }

    /// Identity inside the document, for [`crate::canonicalize`].
    pub fn id(&self) -> NodeId {
        self.id
    }

    /// Whether it is the document element.
    pub fn is_root(&self) -> bool {
        self.id == self.doc.root
    }
}
