//! Checking of enveloped XML signatures, independent of how the document was written.
//!
//! It says whether the document is what the certificate's key signed, not whether that certificate
//! is the one expected: that is the caller's question. It never resolves a reference outside.

use crate::c14n::{C14n, canonicalize};
use crate::certificado::Certificado;
use crate::tree::{Document, NodeId, NodeRef};
use crate::{b64, hash};

/// Namespace of XML signatures.
pub const DSIG_NS: &str = "http://www.w3.org/2000/09/xmldsig#";
const EXCLUSIVE_NS: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
// The list multiplies the work of the exclusive form, and it comes from outside.
const MAX_INCLUSIVE_PREFIXES: usize = 64;

/// What was found in a signature whose form is acceptable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignatureReport {
    /// Whether the document still has the digest that was signed.
    pub digest_ok: bool,
    /// Whether the certificate's key made the signature value.
    pub signature_ok: bool,
    /// `DigestValue` as written, without white space.
    pub digest_value: String,
    /// URI of the signature algorithm.
    pub signature_method: String,
    /// URI of the digest algorithm.
    pub digest_method: String,
    /// Certificate that verified, or the first one embedded.
    pub certificate: Option<Certificado>,
    /// Path of the `ds:Signature` with the names as written, `/Invoice/ext:UBLExtensions/...`.
    pub location: String,
    /// The `ds:Signature` itself, to judge its place by namespace.
    pub signature: NodeId,
    /// How many references it has; always one.
    pub references: usize,
    /// What is wrong, in Spanish, for people; empty when all is well.
    pub problems: Vec<String>,
}

impl SignatureReport {
    /// Whether nothing is wrong with the signature itself.
    pub fn is_valid(&self) -> bool {
        self.digest_ok && self.signature_ok && self.problems.is_empty()
    }
}

/// Why a signature is not even judged: its form allows signing one thing and showing another.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DsigError {
    /// There is no `ds:Signature`.
    #[error("el documento no está firmado")]
    NoSignature,
    /// More than one `ds:Signature`, wherever they are.
    #[error("el documento tiene {0} firmas")]
    ManySignatures(usize),
    /// A part is missing, repeated or out of place.
    #[error("la firma está mal formada ({0})")]
    Malformed(&'static str),
    /// An algorithm outside the allow-list.
    #[error("el algoritmo {0:?} no se admite")]
    Algorithm(String),
    /// More or less than one reference.
    #[error("la firma tiene {0} referencias y debe tener una")]
    References(usize),
    /// A reference to something other than the whole document.
    #[error("la referencia {0:?} no es al documento entero")]
    ReferenceUri(String),
}

/// Checks the only signature of a document with the certificate it carries.
///
/// Accepted: one `ds:Signature` anywhere, one reference with `URI=""`, transforms
/// enveloped-signature and at most one canonicalisation, Canonical XML 1.0 and exclusive, RSA with
/// SHA-1, SHA-256 or SHA-512. Errors: [`DsigError`] when the form is not acceptable; a signature
/// that does not match is a report with `problems`. Source: XML Signature 1.1, 3.2.
pub fn verify_enveloped(doc: &Document) -> Result<SignatureReport, DsigError> {
    verify(doc, None)
}

/// Like [`verify_enveloped`], with the key of `certificado` instead of the embedded certificate.
///
/// Errors: as [`verify_enveloped`].
pub fn verify_enveloped_with(
    doc: &Document,
    certificado: &Certificado,
) -> Result<SignatureReport, DsigError> {
    verify(doc, Some(certificado))
}

fn verify(doc: &Document, known: Option<&Certificado>) -> Result<SignatureReport, DsigError> {
    let parts = Parts::of(doc)?;
    let mut problems = Vec::new();
    let digest_ok = parts.digest_ok(doc);
    if !digest_ok {
        problems.push("El documento fue alterado: su resumen no es el que se firmó.".to_owned());
    }
    if parts.has_object {
        problems.push("La firma trae un ds:Object, que queda fuera de lo firmado.".to_owned());
    }
    let certificates = match known {
        Some(known) => vec![known.clone()],
        None => parts.certificates(&mut problems),
    };
    let message = parts.signed_bytes(doc);
    let signer = certificates.iter().find(|c| parts.is_signed_by(c, &message));
    let signature_ok = signer.is_some();
    if !signature_ok && !certificates.is_empty() {
        problems.push("El valor de la firma no corresponde al certificado.".to_owned());
    }
    Ok(SignatureReport {
        digest_ok,
        signature_ok,
        digest_value: parts.digest_value.clone(),
        signature_method: parts.signature_method.to_owned(),
        digest_method: parts.digest_method.to_owned(),
        certificate: signer.or(certificates.first()).cloned(),
        location: location(parts.signature),
        signature: parts.signature.id(),
        references: 1,
        problems,
    })
}

#[derive(Clone, Copy)]
enum Digest {
    Sha1,
    Sha256,
    Sha512,
}

impl Digest {
    fn from_digest_uri(uri: &str) -> Result<Digest, DsigError> {
        match uri {
            "http://www.w3.org/2000/09/xmldsig#sha1" => Ok(Digest::Sha1),
            "http://www.w3.org/2001/04/xmlenc#sha256" => Ok(Digest::Sha256),
            "http://www.w3.org/2001/04/xmlenc#sha512" => Ok(Digest::Sha512),
            other => Err(DsigError::Algorithm(other.to_owned())),
        }
    }

    fn from_signature_uri(uri: &str) -> Result<Digest, DsigError> {
        match uri {
            "http://www.w3.org/2000/09/xmldsig#rsa-sha1" => Ok(Digest::Sha1),
            "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256" => Ok(Digest::Sha256),
            "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512" => Ok(Digest::Sha512),
            other => Err(DsigError::Algorithm(other.to_owned())),
        }
    }

    fn of(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Digest::Sha1 => hash::sha1(bytes).to_vec(),
            Digest::Sha256 => hash::sha256(bytes).to_vec(),
            Digest::Sha512 => hash::sha512(bytes).to_vec(),
        }
    }
}

struct Canonical<'a> {
    how: C14n,
    prefixes: Vec<&'a str>,
}

impl<'a> Canonical<'a> {
    fn of(element: NodeRef<'a>) -> Result<Self, DsigError> {
        let uri = algorithm(element);
        let how = C14n::from_uri(uri).ok_or_else(|| DsigError::Algorithm(uri.to_owned()))?;
        let mut prefixes = Vec::new();
        for child in element.children() {
            let is_list = child.is(EXCLUSIVE_NS, "InclusiveNamespaces") && !how.is_inclusive();
            if !is_list || !prefixes.is_empty() {
                return Err(DsigError::Malformed("parámetro inesperado en una canonización"));
            }
            let list = child.attr("PrefixList").unwrap_or_default();
            prefixes = list.split_ascii_whitespace().collect();
        }
        if prefixes.len() > MAX_INCLUSIVE_PREFIXES {
            return Err(DsigError::Malformed("demasiados prefijos en una canonización"));
        }
        Ok(Self { how, prefixes })
    }
}

struct Parts<'a> {
    signature: NodeRef<'a>,
    signed_info: NodeRef<'a>,
    canonical: Canonical<'a>,
    signature_method: &'a str,
    signature_digest: Digest,
    signature_value: Vec<u8>,
    reference_canonical: Canonical<'a>,
    digest_method: &'a str,
    digest: Digest,
    digest_value: String,
    has_object: bool,
}

impl<'a> Parts<'a> {
    fn of(doc: &'a Document) -> Result<Self, DsigError> {
        let signature = only_signature(doc)?;
        let signed_info = only(signature, "SignedInfo")?;
        check_order(signature, signed_info)?;
        let references = named(signed_info, "Reference").count();
        if references != 1 {
            return Err(DsigError::References(references));
        }
        let reference = only(signed_info, "Reference")?;
        let (method, digest_method) =
            (only(signed_info, "SignatureMethod")?, only(reference, "DigestMethod")?);
        refuse_children(method)?;
        refuse_children(digest_method)?;
        let value = only(signature, "SignatureValue")?.text();
        Ok(Self {
            signature,
            signed_info,
            canonical: Canonical::of(only(signed_info, "CanonicalizationMethod")?)?,
            signature_method: algorithm(method),
            signature_digest: Digest::from_signature_uri(algorithm(method))?,
            signature_value: b64::decode(&value)
                .map_err(|_| DsigError::Malformed("SignatureValue no es base64"))?,
            reference_canonical: reference_canonical(reference)?,
            digest_method: algorithm(digest_method),
            digest: Digest::from_digest_uri(algorithm(digest_method))?,
            digest_value: compact(&only(reference, "DigestValue")?.text()),
            has_object: named(signature, "Object").next().is_some(),
        })
    }

    // Comments never take part: a reference to the whole document leaves them out before any
    // transform (XML Signature 1.1, 4.4.3.3).
    fn digest_ok(&self, doc: &Document) -> bool {
        let Canonical { how, prefixes } = &self.reference_canonical;
        let how = how.without_comments();
        let bytes = canonicalize(doc, doc.document_id(), Some(self.signature.id()), how, prefixes);
        b64::decode(&self.digest_value).is_ok_and(|written| written == self.digest.of(&bytes))
    }

    fn signed_bytes(&self, doc: &Document) -> Vec<u8> {
        let Canonical { how, prefixes } = &self.canonical;
        canonicalize(doc, self.signed_info.id(), None, *how, prefixes)
    }

    fn is_signed_by(&self, certificado: &Certificado, message: &[u8]) -> bool {
        match self.signature_digest {
            Digest::Sha1 => certificado.verify_sha1(message, &self.signature_value),
            Digest::Sha256 => certificado.verify_sha256(message, &self.signature_value),
            Digest::Sha512 => certificado.verify_sha512(message, &self.signature_value),
        }
    }

    fn certificates(&self, problems: &mut Vec<String>) -> Vec<Certificado> {
        let key_infos = named(self.signature, "KeyInfo");
        let data = key_infos.flat_map(|info| named(info, "X509Data"));
        let written = data.flat_map(|data| named(data, "X509Certificate"));
        let mut found = Vec::new();
        for certificate in written {
            let bytes = b64::decode(&certificate.text()).unwrap_or_default();
            match Certificado::from_der(&bytes) {
                Ok(certificado) => found.push(certificado),
                Err(_) => problems.push("La firma trae un certificado ilegible.".to_owned()),
            }
        }
        if found.is_empty() {
            problems.push("La firma no trae un certificado con el que comprobarla.".to_owned());
        }
        found
    }
}

fn only_signature(doc: &Document) -> Result<NodeRef<'_>, DsigError> {
    let found = doc.root().find_all(DSIG_NS, "Signature");
    match found.as_slice() {
        [] => Err(DsigError::NoSignature),
        [one] if one.is_root() => Err(DsigError::Malformed("la firma no envuelve nada")),
        [one] => Ok(*one),
        many => Err(DsigError::ManySignatures(many.len())),
    }
}

// The schema's order, so that nothing unexpected hides among the parts.
fn check_order(signature: NodeRef<'_>, signed_info: NodeRef<'_>) -> Result<(), DsigError> {
    let outer: Vec<&str> = signature.children().map(|c| known_name(c)).collect();
    let outer_ok = match outer.as_slice() {
        ["SignedInfo", "SignatureValue", "KeyInfo", rest @ ..]
        | ["SignedInfo", "SignatureValue", rest @ ..] => rest.iter().all(|&name| name == "Object"),
        _ => false,
    };
    let inner: Vec<&str> = signed_info.children().map(|c| known_name(c)).collect();
    let inner_ok = match inner.as_slice() {
        ["CanonicalizationMethod", "SignatureMethod", rest @ ..] => {
            rest.iter().all(|&name| name == "Reference")
        }
        _ => false,
    };
    if outer_ok && inner_ok {
        Ok(())
    } else {
        Err(DsigError::Malformed("sus partes no son las del esquema, en su orden"))
    }
}

fn known_name(element: NodeRef<'_>) -> &str {
    if element.ns() == DSIG_NS { element.name() } else { "" }
}

// Without a canonicalisation transform the default is Canonical XML 1.0 (XML Signature, 4.4.3.2).
fn reference_canonical(reference: NodeRef<'_>) -> Result<Canonical<'_>, DsigError> {
    match reference.attr("URI") {
        Some("") => {}
        other => return Err(DsigError::ReferenceUri(other.unwrap_or_default().to_owned())),
    }
    let names: Vec<&str> = reference.children().map(|c| known_name(c)).collect();
    if names != ["Transforms", "DigestMethod", "DigestValue"] {
        return Err(DsigError::Malformed("la referencia tiene otras partes que las del esquema"));
    }
    let list = only(reference, "Transforms")?;
    let mut transforms = list.children();
    let first = transforms.next().filter(|t| t.is(DSIG_NS, "Transform"));
    let first = first.ok_or(DsigError::Malformed("falta la transformación"))?;
    if algorithm(first) != ENVELOPED {
        return Err(DsigError::Algorithm(algorithm(first).to_owned()));
    }
    refuse_children(first)?;
    let canonical = match transforms.next() {
        Some(second) if second.is(DSIG_NS, "Transform") => Canonical::of(second)?,
        Some(_) => {
            return Err(DsigError::Malformed("elemento desconocido entre las transformaciones"));
        }
        None => Canonical { how: C14n::Inclusive, prefixes: Vec::new() },
    };
    match transforms.next() {
        Some(_) => Err(DsigError::Malformed("sobran transformaciones")),
        None => Ok(canonical),
    }
}

fn named<'a>(parent: NodeRef<'a>, local: &'static str) -> impl Iterator<Item = NodeRef<'a>> {
    parent.children().filter(move |child| child.is(DSIG_NS, local))
}

fn only<'a>(parent: NodeRef<'a>, local: &'static str) -> Result<NodeRef<'a>, DsigError> {
    let mut found = named(parent, local);
    match (found.next(), found.next()) {
        (Some(one), None) => Ok(one),
        _ => Err(DsigError::Malformed(local)),
    }
}

fn refuse_children(element: NodeRef<'_>) -> Result<(), DsigError> {
    match element.children().next() {
        None => Ok(()),
        Some(_) => Err(DsigError::Malformed("un algoritmo tiene parámetros inesperados")),
    }
}

fn algorithm(element: NodeRef<'_>) -> &str {
    element.attr("Algorithm").unwrap_or_default()
}

fn compact(text: &str) -> String {
    text.split_ascii_whitespace().collect()
}

fn location(signature: NodeRef<'_>) -> String {
    let mut names = Vec::new();
    let mut at = Some(signature);
    while let Some(node) = at {
        names.push(node.qname());
        at = node.parent();
    }
    names.iter().rev().map(|name| format!("/{name}")).collect()
}
