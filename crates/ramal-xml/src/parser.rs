//! The reader behind [`crate::parse`]: one pass over the text, no recursion.
//!
//! It does not validate against any schema and never follows a DTD: documents that carry one are
//! refused at its first character.

use std::collections::HashMap;

use crate::chars::{is_char, is_space};
use crate::cursor::Cursor;
use crate::tree::{Attribute, Document, Element, Kind, Limits, Node, NodeId, XML_NS, XmlError};

const XMLNS_NS: &str = "http://www.w3.org/2000/xmlns/";
const NO_NS: u32 = 0;
const XML_NS_INDEX: u32 = 1;

// Looking a prefix up walks the declarations in scope, so their number is bounded: no real
// document comes near, and a hostile one cannot make reading quadratic.
const MAX_DECLARATIONS_IN_SCOPE: usize = 256;
const MAX_ATTRIBUTES: usize = 512;

pub(crate) struct Parser<'a> {
    cursor: Cursor<'a>,
    limits: &'a Limits,
    nodes: Vec<Node>,
    spent: usize,
    uris: Vec<String>,
    uri_index: HashMap<String, u32>,
    open: Vec<Open<'a>>,
    scope: Vec<(&'a str, u32)>,
    root: Option<NodeId>,
}

struct Open<'a> {
    id: NodeId,
    qname: &'a str,
    scope_before: usize,
}

struct RawAttribute<'a> {
    prefix: &'a str,
    local: &'a str,
    value: String,
}

impl<'a> Parser<'a> {
    pub(crate) fn new(text: &'a str, limits: &'a Limits) -> Self {
        let document =
            Node { parent: NodeId::DOCUMENT, kind: Kind::Document, children: Vec::new() };
        Self {
            cursor: Cursor::new(text),
            limits,
            nodes: vec![document],
            spent: 0,
            uris: vec![String::new(), XML_NS.to_owned()],
            uri_index: HashMap::from([(String::new(), NO_NS), (XML_NS.to_owned(), XML_NS_INDEX)]),
            open: Vec::new(),
            scope: vec![("xml", XML_NS_INDEX)],
            root: None,
        }
    }

    pub(crate) fn document(mut self) -> Result<Document, XmlError> {
        if let Some(at) = self.cursor.text.find(|c| !is_char(c)) {
            return Err(XmlError::Character(at));
        }
        self.cursor.declaration()?;
        while !self.cursor.rest().is_empty() {
            self.step()?;
        }
        if !self.open.is_empty() {
            return Err(self.cursor.syntax("an end tag before the end of the document"));
        }
        let Some(root) = self.root else { return Err(self.cursor.syntax("a document element")) };
        Ok(Document { nodes: self.nodes, uris: self.uris, root })
    }

    fn step(&mut self) -> Result<(), XmlError> {
        let rest = self.cursor.rest();
        if rest.starts_with("</") {
            self.end_tag()
        } else if rest.starts_with("<!--") {
            self.comment()
        } else if rest.starts_with("<![CDATA[") {
            self.cdata()
        } else if rest.starts_with("<!") {
            Err(XmlError::Dtd(self.cursor.at))
        } else if rest.starts_with("<?") {
            self.instruction()
        } else if rest.starts_with('<') {
            self.start_tag()
        } else {
            self.characters()
        }
    }

    fn start_tag(&mut self) -> Result<(), XmlError> {
        let start = self.cursor.at;
        if self.open.is_empty() && self.root.is_some() {
            return Err(self.cursor.syntax("nothing after the document element"));
        }
        if self.open.len() >= self.limits.max_depth {
            return Err(XmlError::TooDeep(start));
        }
        self.cursor.at += 1;
        let (prefix, local) = self.cursor.qname()?;
        let qname = &self.cursor.text[start + 1..self.cursor.at];
        let (raw, is_empty) = self.attributes()?;
        let scope_before = self.scope.len();
        let element = self.resolve(start, prefix, local, raw)?;
        let id = self.push(Kind::Element(element))?;
        self.root.get_or_insert(id);
        if is_empty {
            self.scope.truncate(scope_before);
        } else {
            self.open.push(Open { id, qname, scope_before });
        }
        Ok(())
    }

    fn attributes(&mut self) -> Result<(Vec<RawAttribute<'a>>, bool), XmlError> {
        let mut raw = Vec::new();
        loop {
            let spaced = self.cursor.skip_space();
            if self.cursor.eat("/>") {
                return Ok((raw, true));
            }
            if self.cursor.eat(">") {
                return Ok((raw, false));
            }
            if !spaced {
                return Err(self.cursor.syntax("a space, '>' or '/>'"));
            }
            if raw.len() >= MAX_ATTRIBUTES {
                return Err(XmlError::TooManyNodes(self.cursor.at));
            }
            self.spend()?;
            let (prefix, local) = self.cursor.qname()?;
            self.cursor.equals()?;
            let value = self.cursor.attribute_value()?;
            raw.push(RawAttribute { prefix, local, value });
        }
    }

    fn resolve(
        &mut self,
        at: usize,
        prefix: &'a str,
        local: &'a str,
        raw: Vec<RawAttribute<'a>>,
    ) -> Result<Element, XmlError> {
        let mut declarations: Vec<(String, u32)> = Vec::new();
        for attribute in &raw {
            let Some(declared) = declared_prefix(attribute) else { continue };
            if declarations.iter().any(|(known, _)| known == declared) {
                return Err(XmlError::DuplicateAttribute { name: declared.to_owned(), at });
            }
            let uri = self.declare(at, declared, &attribute.value)?;
            declarations.push((declared.to_owned(), uri));
        }
        let ns = self.lookup(prefix, at)?;
        let mut attributes = Vec::with_capacity(raw.len() - declarations.len());
        for attribute in raw {
            if declared_prefix(&attribute).is_some() {
                continue;
            }
            let ns = match attribute.prefix {
                "" => NO_NS,
                prefix => self.lookup(prefix, at)?,
            };
            let (prefix, local) = (attribute.prefix.to_owned(), attribute.local.to_owned());
            attributes.push(Attribute { prefix, ns, local, value: attribute.value });
        }
        refuse_repeated(&attributes, at)?;
        let (prefix, local) = (prefix.to_owned(), local.to_owned());
        Ok(Element { prefix, ns, local, attributes, declarations })
    }

    fn declare(&mut self, at: usize, prefix: &'a str, uri: &str) -> Result<u32, XmlError> {
        let reserved = prefix == "xmlns" || uri == XMLNS_NS || (prefix == "xml") != (uri == XML_NS);
        if reserved || (uri.is_empty() && !prefix.is_empty()) {
            return Err(XmlError::Prefix { prefix: prefix.to_owned(), at });
        }
        if self.scope.len() >= MAX_DECLARATIONS_IN_SCOPE {
            return Err(XmlError::TooManyNodes(at));
        }
        let index = self.intern(uri);
        self.scope.push((prefix, index));
        Ok(index)
    }

    fn intern(&mut self, uri: &str) -> u32 {
        if let Some(&index) = self.uri_index.get(uri) {
            return index;
        }
        // Each URI came from an attribute, and attributes are counted against the node limit.
        let index = u32::try_from(self.uris.len()).unwrap_or(u32::MAX);
        self.uris.push(uri.to_owned());
        self.uri_index.insert(uri.to_owned(), index);
        index
    }

    fn lookup(&self, prefix: &str, at: usize) -> Result<u32, XmlError> {
        let found = self.scope.iter().rev().find(|(known, _)| *known == prefix);
        match found {
            Some(&(_, index)) => Ok(index),
            None if prefix.is_empty() => Ok(NO_NS),
            None => Err(XmlError::Prefix { prefix: prefix.to_owned(), at }),
        }
    }

    fn end_tag(&mut self) -> Result<(), XmlError> {
        let start = self.cursor.at;
        self.cursor.at += 2;
        self.cursor.qname()?;
        let qname = &self.cursor.text[start + 2..self.cursor.at];
        self.cursor.skip_space();
        if !self.cursor.eat(">") {
            return Err(self.cursor.syntax("'>'"));
        }
        match self.open.pop() {
            Some(open) if open.qname == qname => {
                self.scope.truncate(open.scope_before);
                Ok(())
            }
            _ => Err(XmlError::MismatchedTag(start)),
        }
    }

    fn comment(&mut self) -> Result<(), XmlError> {
        self.cursor.at += "<!--".len();
        let body = self.cursor.until("--", "'-->'")?;
        if !self.cursor.eat(">") {
            return Err(self.cursor.syntax("no '--' in a comment"));
        }
        self.push(Kind::Comment(body.to_owned())).map(|_| ())
    }

    fn instruction(&mut self) -> Result<(), XmlError> {
        self.cursor.at += "<?".len();
        let target = self.cursor.ncname()?;
        if target.eq_ignore_ascii_case("xml") {
            return Err(self.cursor.syntax("no XML declaration here"));
        }
        let spaced = self.cursor.skip_space();
        let data = self.cursor.until("?>", "'?>'")?;
        if !data.is_empty() && !spaced {
            return Err(self.cursor.syntax("a space after the target"));
        }
        let (target, data) = (target.to_owned(), data.to_owned());
        self.push(Kind::Instruction { target, data }).map(|_| ())
    }

    fn cdata(&mut self) -> Result<(), XmlError> {
        if self.open.is_empty() {
            return Err(self.cursor.syntax("no text outside the document element"));
        }
        self.cursor.at += "<![CDATA[".len();
        let text = self.cursor.until("]]>", "']]>'")?;
        self.append_text(text)
    }

    fn characters(&mut self) -> Result<(), XmlError> {
        let rest = self.cursor.rest();
        let run = &rest[..rest.find(['<', '&']).unwrap_or(rest.len())];
        if self.open.is_empty() {
            if run.is_empty() || !run.bytes().all(is_space) {
                return Err(self.cursor.syntax("no text outside the document element"));
            }
            self.cursor.at += run.len();
            return Ok(());
        }
        if run.contains("]]>") {
            return Err(self.cursor.syntax("no ']]>' in text"));
        }
        if !run.is_empty() {
            self.cursor.at += run.len();
            return self.append_text(run);
        }
        let mut buffer = [0; 4];
        let c = self.cursor.reference()?;
        self.append_text(c.encode_utf8(&mut buffer))
    }

    // Text, references and CDATA that touch are one text node, as in the XPath data model.
    fn append_text(&mut self, text: &str) -> Result<(), XmlError> {
        if text.is_empty() {
            return Ok(());
        }
        let parent = self.parent();
        let last = self.nodes[parent.index()].children.last().copied();
        if let Some(last) = last
            && let Kind::Text(known) = &mut self.nodes[last.index()].kind
        {
            known.push_str(text);
            return Ok(());
        }
        self.push(Kind::Text(text.to_owned())).map(|_| ())
    }

    fn parent(&self) -> NodeId {
        self.open.last().map_or(NodeId::DOCUMENT, |open| open.id)
    }

    fn push(&mut self, kind: Kind) -> Result<NodeId, XmlError> {
        self.spend()?;
        let parent = self.parent();
        let id = NodeId(u32::try_from(self.nodes.len()).map_err(|_| self.too_many())?);
        self.nodes.push(Node { parent, kind, children: Vec::new() });
        self.nodes[parent.index()].children.push(id);
        Ok(id)
    }

    fn spend(&mut self) -> Result<(), XmlError> {
        self.spent += 1;
        if self.spent > self.limits.max_nodes { Err(self.too_many()) } else { Ok(()) }
    }

    fn too_many(&self) -> XmlError {
        XmlError::TooManyNodes(self.cursor.at)
    }
}

// `xmlns="..."` declares the empty prefix, `xmlns:p="..."` declares `p`.
fn declared_prefix<'a>(attribute: &RawAttribute<'a>) -> Option<&'a str> {
    match (attribute.prefix, attribute.local) {
        ("", "xmlns") => Some(""),
        ("xmlns", declared) => Some(declared),
        _ => None,
    }
}

fn refuse_repeated(attributes: &[Attribute], at: usize) -> Result<(), XmlError> {
    let mut names: Vec<(u32, &str)> = attributes.iter().map(|a| (a.ns, &*a.local)).collect();
    names.sort_unstable();
    match names.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(XmlError::DuplicateAttribute { name: pair[0].1.to_owned(), at }),
        None => Ok(()),
    }
}
