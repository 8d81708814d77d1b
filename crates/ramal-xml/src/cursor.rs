//! Walking the text of a document token by token: names, quotes, references, the declaration.
//!
//! It builds no tree and knows no namespaces; `parser` does.

use crate::chars::{is_char, is_name_char, is_name_start, is_space};
use crate::tree::XmlError;

/// A place in the text of a document.
pub(crate) struct Cursor<'a> {
    pub text: &'a str,
    pub at: usize,
}

impl<'a> Cursor<'a> {
    /// At the start of `text`.
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// What is still to be read.
    pub(crate) fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    /// What comes before `token`, which is passed over too.
    pub(crate) fn until(&mut self, token: &str, what: &'static str) -> Result<&'a str, XmlError> {
        let rest = self.rest();
        let length = rest.find(token).ok_or_else(|| self.syntax(what))?;
        self.at += length + token.len();
        Ok(&rest[..length])
    }

    /// Passes over the XML declaration, if there is one.
    pub(crate) fn declaration(&mut self) -> Result<(), XmlError> {
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
        match self.quote()? {
            '"' => self.until("\"", "a quote"),
            _ => self.until("'", "a quote"),
        }
    }

    fn check_declaration(&self, seen: &[(&str, &str)]) -> Result<(), XmlError> {
        let names: Vec<&str> = seen.iter().map(|(name, _)| *name).collect();
        let well_ordered = matches!(
            names.as_slice(),
            ["version"]
                | ["version", "encoding" | "standalone"]
                | ["version", "encoding", "standalone"]
        );
        let standalone = seen.iter().find(|(name, _)| *name == "standalone");
        let standalone_ok = standalone.is_none_or(|(_, value)| matches!(*value, "yes" | "no"));
        if !well_ordered || !standalone_ok || seen[0].1 != "1.0" {
            return Err(self.syntax("an XML 1.0 declaration"));
        }
        Ok(())
    }

    /// A quoted value: references decoded, white space normalised (XML 1.0, 3.3.3).
    pub(crate) fn attribute_value(&mut self) -> Result<String, XmlError> {
        let quote = self.quote()?;
        let mut value = String::new();
        loop {
            let rest = self.rest();
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

    /// The character that a reference stands for.
    pub(crate) fn reference(&mut self) -> Result<char, XmlError> {
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

    /// Prefix (empty when there is none) and local name.
    pub(crate) fn qname(&mut self) -> Result<(&'a str, &'a str), XmlError> {
        let first = self.ncname()?;
        if self.eat(":") { Ok((first, self.ncname()?)) } else { Ok(("", first)) }
    }

    /// A name without colon.
    pub(crate) fn ncname(&mut self) -> Result<&'a str, XmlError> {
        let rest = self.rest();
        if !rest.starts_with(is_name_start) {
            return Err(self.syntax("a name"));
        }
        let length = rest.find(|c| !is_name_char(c)).unwrap_or(rest.len());
        self.at += length;
        Ok(&rest[..length])
    }

    /// The equals sign of an attribute, with the space around it.
    pub(crate) fn equals(&mut self) -> Result<(), XmlError> {
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

    /// Whether there was white space, which is passed over.
    pub(crate) fn skip_space(&mut self) -> bool {
        let rest = &self.text.as_bytes()[self.at..];
        let length = rest.iter().take_while(|&&b| is_space(b)).count();
        self.at += length;
        length > 0
    }

    /// Whether `token` comes next; it is passed over when it does.
    pub(crate) fn eat(&mut self, token: &str) -> bool {
        let found = self.rest().starts_with(token);
        if found {
            self.at += token.len();
        }
        found
    }

    /// An error here.
    pub(crate) fn syntax(&self, what: &'static str) -> XmlError {
        XmlError::Syntax { at: self.at, what }
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
