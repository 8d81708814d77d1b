//! SOAP 1.1 envelopes, read loosely and written plainly. It deliberately knows no operation.

use axum::http::StatusCode;
use axum::response::Response;
use ramal_xml::{Document, NodeRef, Writer};

use crate::servidor::content;

/// Namespace of the envelope.
pub const SOAP_NS: &str = "http://schemas.xmlsoap.org/soap/envelope/";

/// First element inside the Body: the operation. `None` if it is not a SOAP 1.1 envelope.
pub fn operation(doc: &Document) -> Option<NodeRef<'_>> {
    let root = doc.root();
    if !root.is(SOAP_NS, "Envelope") {
        return None;
    }
    root.child("Body")?.children().next()
}

/// HTTP 200 with `body` (canonical XML) in an envelope.
pub fn answer(body: &[u8]) -> Response {
    let mut w = Writer::with_capacity(body.len() + 256);
    w.declaration();
    w.open("soapenv:Envelope", &[("xmlns:soapenv", SOAP_NS)]);
    w.open("soapenv:Body", &[]);
    w.raw(body);
    w.close("soapenv:Body");
    w.close("soapenv:Envelope");
    content(StatusCode::OK, "text/xml; charset=utf-8", w.into_bytes())
}

/// HTTP 500 with a Fault; `code` goes after the envelope's prefix: `Client.1033`.
pub fn fault(code: &str, text: &str, detail: &str) -> Response {
    let mut w = Writer::new();
    w.declaration();
    w.open("soap-env:Envelope", &[("xmlns:soap-env", SOAP_NS)]);
    w.open("soap-env:Body", &[]);
    w.open("soap-env:Fault", &[]);
    w.leaf("faultcode", &[], &format!("soap-env:{code}"));
    w.leaf("faultstring", &[], text);
    if !detail.is_empty() {
        w.open("detail", &[]);
        w.leaf("message", &[], detail);
        w.close("detail");
    }
    w.close("soap-env:Fault");
    w.close("soap-env:Body");
    w.close("soap-env:Envelope");
    content(StatusCode::INTERNAL_SERVER_ERROR, "text/xml; charset=utf-8", w.into_bytes())
}
