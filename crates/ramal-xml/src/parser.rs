//! The reader behind [`crate::parse`]: one pass over the text, no recursion.
//!
//! It does not validate against any schema and never follows a DTD: documents that carry one are
//! refused at its first character.

use std::collections::HashMap;

use crate::chars::{is_char, is_name_char, is_name_start, is_space};
use crate::tree::{Attribute, Document, Element, Kind, Limits, Node, NodeId, XML_NS, XmlError};

const XMLNS_NS: &str = "http://www.w3.org/2000/xmlns/";
const NO_NS: u32 = 0;
const XML_NS_INDEX: u32 = 1;

// Looking a prefix up walks the declarations in scope, so their number is bounded: no real
// document comes near, and a hostile one cannot make reading quadratic.
const MAX_DECLARATIONS_IN_SCOPE: usize = 256;
const MAX_ATTRIBUTES: usize = 512;

/// Text of the document without byte order mark and with line ends as XML 1.0, 2.11, wants.
pub(crate) fn decode(bytes: &[u8]) -> Result<String, XmlError> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let text = match declared_encoding(bytes)?.as_deref() {
        None | Some("utf-8" | "us-ascii" | "utf8") => std::str::from_utf8(bytes)
            .map_err(|_| XmlError::Encoding("utf-8".to_owned()))?
            .to_owned(),
        Some("iso-8859-1" | "latin1") => bytes.iter().map(|&b| char::from(b)).collect(),
        Some(other) => return Err(XmlError::Encoding(other.to_owned())),
    };
    if text.contains('\r') { Ok(text.replace("\r\n", "\n").replace('\r', "\n")) } else { Ok(text) }
}

// Looks only at the declaration; whether it is well formed is checked later, on the decoded text.
fn declared_encoding(bytes: &[u8]) -> Result<Option<String>, XmlError> {
    if bytes.starts_with(b"\xFE\xFF") || bytes.starts_with(b"\xFF\xFE") {
        return Err(XmlError::Encoding("utf-16".to_owned()));
    }
    if !bytes.starts_with(b"<?xml") {
        return Ok(None);
    }
    let end = bytes.iter().position(|&b| b == b'>').unwrap_or(bytes.len());
    let head = String::from_utf8_lossy(&bytes[..end.min(256)]);
    let Some((_, after)) = head.split_once("encoding") else { return Ok(None) };
    let mut parts = after.split(['"', '\'']);
    Ok(parts.nth(1).map(str::to_ascii_lowercase))
}

pub(crate) struct Parser<'a> {
    text: &'a str,
    at: usize,
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
            text,
            at: 0,
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
        if let Some(at) = self.text.char_indices().find(|&(_, c)| !is_char(c)).map(|(at, _)| at) {
            return Err(XmlError::Character(at));
        }
        self.declaration()?;
        while self.at < self.text.len() {
            self.step()?;
        }
        if !self.open.is_empty() {
            return Err(self.syntax("an end tag before the end of the document"));
        }
        let Some(root) = self.root else { return Err(self.syntax("a document element")) };
        Ok(Document { nodes: self.nodes, uris: self.uris, root })
    }

    fn step(&mut self) -> Result<(), XmlError> {
        let rest = &self.text[self.at..];
        if rest.starts_with("</") {
            self.end_tag()
        } else if rest.starts_with("<!--") {
            self.comment()
        } else if rest.starts_with("<![CDATA[") {
            self.cdata()
        } else if rest.starts_with("<!") {
            Err(XmlError::Dtd(self.at))
        } else if rest.starts_with("<?") {
            self.instruction()
        } else if rest.starts_with('<') {
            self.start_tag()
        } else {
            self.characters()
        }
    }

    fn declaration(&mut self) -> Result<(), XmlError> {
        let starts = self.text.starts_with("<?xml")
            && self.text.as_bytes().get(5).is_some_and(|&b| is_space(b));
        if !starts {
            return Ok(());
        }
        self.at = 5;
        let mut seen = Vec::new();
        loop {
            let spaced = self.skip_space();
            if self.eat("?>") {
                break;
            }
            if !spaced {
                return Err(self.syntax("a space in the XML declaration"));
            }
            let name = self.ncname()?;
            seen.push((name, self.declaration_value()?));
        }
        self.check_declaration(&seen)
    }

    fn declaration_value(&mut self) -> Result<&'a str, XmlError> {
        self.equals()?;
        let quote = self.quote()?;
        let from = self.at;
        let length = self.text[from..].find(quote).ok_or_else(|| self.syntax("a quote"))?;
        self.at = from + length + 1;
        Ok(&self.text[from..from + length])
    }

    fn check_declaration(&self, seen: &[(&str, &str)]) -> Result<(), XmlError> {
        let names: Vec<&str> = seen.iter().map(|(name, _)| *name).collect();
        let well_ordered = matches!(
            names.as_slice(),
            ["version"]
                | ["version", "encoding" | "standalone"]
                | ["version", "encoding", "standalone"]
        );
        if !well_ordered || seen[0].1 != "1.0" {
            return Err(self.syntax("an XML 1.0 declaration"));
        }
        Ok(())
    }

    fn start_tag(&mut self) -> Result<(), XmlError> {
        let start = self.at;
        if self.open.is_empty() && self.root.is_some() {
            return Err(self.syntax("nothing after the document element"));
        }
        if self.open.len() >= self.limits.max_depth {
            return Err(XmlError::TooDeep(start));
        }
        self.at += 1;
        let (prefix, local) = self.qname()?;
        let qname = &self.text[start + 1..self.at];
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
            let spaced = self.skip_space();
            if self.eat("/>") {
                return Ok((raw, true));
            }
            if self.eat(">") {
                return Ok((raw, false));
            }
            if !spaced {
                return Err(self.syntax("a space, '>' or '/>'"));
            }
            if raw.len() >= MAX_ATTRIBUTES {
                return Err(XmlError::TooManyNodes(self.at));
            }
            self.spend()?;
            let (prefix, local) = self.qname()?;
            self.equals()?;
            let value = self.attribute_value()?;
            raw.push(RawAttribute { prefix, local, value });
        }
    }

    fn attribute_value(&mut self) -> Result<String, XmlError> {
        let quote = self.quote()?;
        let mut value = String::new();
        loop {
            let rest = &self.text[self.at..];
            let stop = rest
                .find([quote, '&', '<', '\t', '\n'])
                .ok_or_else(|| self.syntax("the end of an attribute value"))?;
            value.push_str(&rest[..stop]);
            self.at += stop;
            match rest.as_bytes()[stop] {
                b'&' => value.push(self.reference()?),
                b'<' => return Err(self.syntax("no '<' in an attribute value")),
                // Literal white space becomes a space; character references keep theirs.
                b'\t' | b'\n' => {
                    value.push(' ');
                    self.at += 1;
                }
                _ => {
                    self.at += 1;
                    return Ok(value);
                }
            }
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
        let start = self.at;
        self.at += 2;
        self.qname()?;
        let qname = &self.text[start + 2..self.at];
        self.skip_space();
        if !self.eat(">") {
            return Err(self.syntax("'>'"));
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
        let from = self.at + 4;
        let length = self.text[from..].find("--").ok_or_else(|| self.syntax("'-->'"))?;
        let body = &self.text[from..from + length];
        self.at = from + length;
        if !self.eat("-->") {
            return Err(self.syntax("no '--' in a comment"));
        }
        self.push(Kind::Comment(body.to_owned())).map(|_| ())
    }

    fn instruction(&mut self) -> Result<(), XmlError> {
        self.at += 2;
        let target = self.ncname()?;
        if target.eq_ignore_ascii_case("xml") {
            return Err(self.syntax("no XML declaration here"));
        }
        let spaced = self.skip_space();
        let from = self.at;
        let length = self.text[from..].find("?>").ok_or_else(|| self.syntax("'?>'"))?;
        if length > 0 && !spaced {
            return Err(self.syntax("a space after the target"));
        }
        self.at = from + length + 2;
        let data = self.text[from..from + length].to_owned();
        self.push(Kind::Instruction { target: target.to_owned(), data }).map(|_| ())
    }

    fn cdata(&mut self) -> Result<(), XmlError> {
        if self.open.is_empty() {
            return Err(self.syntax("no text outside the document element"));
        }
        let from = self.at + "<![CDATA[".len();
        let length = self.text[from..].find("]]>").ok_or_else(|| self.syntax("']]>'"))?;
        self.at = from + length + 3;
        let text = &self.text[from..from + length];
        self.append_text(text)
    }

    fn characters(&mut self) -> Result<(), XmlError> {
        let rest = &self.text[self.at..];
        let run = &rest[..rest.find(['<', '&']).unwrap_or(rest.len())];
        if self.open.is_empty() {
            if run.is_empty() || !run.bytes().all(is_space) {
                return Err(self.syntax("no text outside the document element"));
            }
            self.at += run.len();
            return Ok(());
        }
        if run.contains("]]>") {
            return Err(self.syntax("no ']]>' in text"));
        }
        if !run.is_empty() {
            self.at += run.len();
            return self.append_text(run);
        }
        let mut buffer = [0; 4];
        let c = self.reference()?;
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

    fn reference(&mut self) -> Result<char, XmlError> {
        let start = self.at;
        let refused = XmlError::Entity(start);
        // The longest legal reference, &#x0010FFFF;, is short; leading zeros beyond are refused.
        let window = &self.text.as_bytes()[start + 1..(start + 16).min(self.text.len())];
        let Some(length) = window.iter().position(|&b| b == b';') else { return Err(refused) };
        let body = &window[..length];
        self.at = start + length + 2;
        match body {
            b"amp" => Ok('&'),
            b"lt" => Ok('<'),
            b"gt" => Ok('>'),
            b"quot" => Ok('"'),
            b"apos" => Ok('\''),
            [b'#', b'x', digits @ ..] => character(digits, 16).ok_or(refused),
            [b'#', digits @ ..] => character(digits, 10).ok_or(refused),
            _ => Err(refused),
        }
    }

    fn qname(&mut self) -> Result<(&'a str, &'a str), XmlError> {
        let first = self.ncname()?;
        if self.eat(":") { Ok((first, self.ncname()?)) } else { Ok(("", first)) }
    }

    fn ncname(&mut self) -> Result<&'a str, XmlError> {
        let rest = &self.text[self.at..];
        if !rest.starts_with(is_name_start) {
            return Err(self.syntax("a name"));
        }
        let length = rest.find(|c| !is_name_char(c)).unwrap_or(rest.len());
        self.at += length;
        Ok(&rest[..length])
    }

    fn equals(&mut self) -> Result<(), XmlError> {
        self.skip_space();
        if !self.eat("=") {
            return Err(self.syntax("'='"));
        }
        self.skip_space();
        Ok(())
    }

    fn quote(&mut self) -> Result<char, XmlError> {
        if self.eat("\"") {
            Ok('"')
        } else if self.eat("'") {
            Ok('\'')
        } else {
            Err(self.syntax("a quote"))
        }
    }

    fn skip_space(&mut self) -> bool {
        let rest = &self.text.as_bytes()[self.at..];
        let length = rest.iter().take_while(|&&b| is_space(b)).count();
        self.at += length;
        length > 0
    }

    fn eat(&mut self, token: &str) -> bool {
        let found = self.text[self.at..].starts_with(token);
        if found {
            self.at += token.len();
        }
        found
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
        XmlError::TooManyNodes(self.at)
    }

    fn syntax(&self, what: &'static str) -> XmlError {
        XmlError::Syntax { at: self.at, what }
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

fn character(digits: &[u8], radix: u32) -> Option<char> {
    // from_str_radix accepts a sign, which XML does not.
    let all_digits = digits.iter().all(|&b| char::from(b).is_digit(radix));
    if digits.is_empty() || !all_digits {
        return None;
    }
    let code = u32::from_str_radix(std::str::from_utf8(digits).ok()?, radix).ok()?;
    char::from_u32(code).filter(|&c| is_char(c))
}
