//! Writer of XML that is canonical by construction: what is written is what is digested.
//!
//! It does not sort attributes nor check names: a document type knows its own order and writes it
//! once, so that the hot path of billing neither allocates per attribute nor compares strings.

use crate::escape::{push_attr, push_text};

const DECLARATION: &[u8] = b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>";

/// Appends XML to one growing buffer.
///
/// Shape: an empty element is a start tag and an end tag; attributes come out in the order given;
/// nothing is indented. Namespace declarations are given as attributes, `("xmlns:cbc", "urn:...")`.
#[derive(Debug, Default)]
pub struct Writer {
    buffer: Vec<u8>,
}

impl Writer {
    /// An empty writer.
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty writer that takes `capacity` bytes before it grows.
    pub fn with_capacity(capacity: usize) -> Self {
        Self { buffer: Vec::with_capacity(capacity) }
    }

    /// Writes `<?xml version="1.0" encoding="UTF-8"?>`. It is not part of the canonical form.
    pub fn declaration(&mut self) {
        self.buffer.extend_from_slice(DECLARATION);
    }

    /// Writes a start tag. Values are escaped; names are written as they come.
    pub fn open(&mut self, name: &str, attrs: &[(&str, &str)]) {
        self.buffer.push(b'<');
        self.buffer.extend_from_slice(name.as_bytes());
        for (key, value) in attrs {
            self.buffer.push(b' ');
            self.buffer.extend_from_slice(key.as_bytes());
            self.buffer.extend_from_slice(b"=\"");
            push_attr(&mut self.buffer, value);
            self.buffer.push(b'"');
        }
        self.buffer.push(b'>');
    }

    /// Writes escaped text.
    pub fn text(&mut self, text: &str) {
        push_text(&mut self.buffer, text);
    }

    /// Writes bytes that are already canonical XML, such as a signature made apart.
    pub fn raw(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// Writes an end tag.
    pub fn close(&mut self, name: &str) {
        self.buffer.extend_from_slice(b"</");
        self.buffer.extend_from_slice(name.as_bytes());
        self.buffer.push(b'>');
    }

    /// Writes an element that holds only text (which may be empty).
    pub fn leaf(&mut self, name: &str, attrs: &[(&str, &str)], text: &str) {
        self.open(name, attrs);
        self.text(text);
        self.close(name);
    }

    /// Bytes written so far: the place where a later insertion would go.
    pub fn len(&self) -> usize {
        self.buffer.len()
    }

    /// Whether nothing was written yet.
    pub fn is_empty(&self) -> bool {
        self.buffer.is_empty()
    }

    /// What was written so far.
    pub fn as_bytes(&self) -> &[u8] {
        &self.buffer
    }

    /// The document.
    pub fn into_bytes(self) -> Vec<u8> {
        self.buffer
    }
}
