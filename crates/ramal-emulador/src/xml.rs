//! Short ways to read a tree. It deliberately decides nothing: absent is `None` or empty.

use ramal_xml::{Document, Limits, NodeRef, XmlError};

/// Reads a received document under the limits of an authority: 4 MiB, depth 64, 400,000 nodes.
pub fn read(bytes: &[u8]) -> Result<Document, XmlError> {
    let limits = Limits { max_nodes: 400_000, ..Limits::default() };
    ramal_xml::parse(bytes, &limits)
}

/// Trimmed text of the element at `path` below `node`; empty when absent.
pub fn text_at(node: NodeRef<'_>, path: &[&str]) -> String {
    node.descend(path).map_or_else(String::new, |n| n.text().trim().to_owned())
}

/// All children called `name`.
pub fn children<'a>(
    node: NodeRef<'a>,
    name: &'a str,
) -> impl Iterator<Item = NodeRef<'a>> + use<'a> {
    node.children().filter(move |n| n.name() == name)
}

/// Attribute as text; empty when absent.
pub fn attr<'a>(node: NodeRef<'a>, name: &str) -> &'a str {
    node.attr(name).unwrap_or("")
}

/// First element called `name` at any depth, whatever its namespace.
pub fn find<'a>(node: NodeRef<'a>, name: &str) -> Option<NodeRef<'a>> {
    let mut pending = vec![node];
    while let Some(n) = pending.pop() {
        if n.name() == name {
            return Some(n);
        }
        let from = pending.len();
        pending.extend(n.children());
        pending[from..].reverse();
    }
    None
}
