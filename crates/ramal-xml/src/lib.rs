//! XML in canonical form, a safe reader, C14N, XML signatures, RSA keys and certificates.
//!
//! Pure formats: it opens no file, no socket and no database, and it knows no document of any
//! country. Those live in `ramal-cfdi` and `ramal-sunat`, which build on it.

pub mod b64;
pub mod c14n;
pub mod certificado;
mod chars;
mod cursor;
mod der;
pub mod dsig;
mod encoding;
pub mod escape;
pub mod hash;
pub mod llave;
mod parser;
mod pem;
pub mod tree;
pub mod writer;

pub use c14n::{C14n, canonicalize};
pub use certificado::{Certificado, NuevoCertificado, self_signed};
pub use dsig::{DsigError, SignatureReport, verify_enveloped, verify_enveloped_with};
pub use escape::{push_attr, push_text};
pub use hash::{sha1, sha256, sha512};
pub use llave::{Llave, LlaveError};
pub use tree::{Document, Limits, NodeId, NodeRef, XmlError, parse};
pub use writer::Writer;
