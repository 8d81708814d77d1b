//! Signatures of others are judged right, and attacks on their form are refused.
//! How a country places its signature is its own crate's matter.

use ramal_xml::{
    Certificado, DsigError, Llave, SignatureReport, b64, self_signed, sha256, verify_enveloped,
    verify_enveloped_with,
};

use crate::comun::{datos_de_csd, fixture, llave, read, small_vector, tool};

const INCLUSIVE: &str = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";
const RSA_SHA256: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";

fn signed() -> String {
    String::from_utf8(fixture("firmas/inc256.xml")).unwrap()
}

fn judge(text: &str) -> Result<SignatureReport, DsigError> {
    verify_enveloped(&read(text.as_bytes()))
}

#[test]
fn documents_signed_by_xmlsec_verify() {
    for name in ["inc256", "incwc512", "inc1", "exc256"] {
        let doc = read(&fixture(&format!("firmas/{name}.xml")));
        let report = verify_enveloped(&doc).unwrap();
        assert!(report.is_valid(), "{name}: {report:?}");
        assert_eq!(report.certificate.unwrap().der(), fixture("prueba.cer"));
        assert_eq!(report.references, 1);
        assert_eq!(
            report.location,
            "/Invoice/ext:UBLExtensions/ext:UBLExtension/ext:ExtensionContent/ds:Signature"
        );
        assert_eq!(doc.node(report.signature).name(), "Signature");
    }
    let report = judge(&signed()).unwrap();
    assert_eq!(report.signature_method, RSA_SHA256);
    assert_eq!(report.digest_method, "http://www.w3.org/2001/04/xmlenc#sha256");
}

#[test]
fn altered_document_loses_its_digest_only() {
    let report = judge(&signed().replace("F001-1", "F001-2")).unwrap();
    assert!(!report.digest_ok && report.signature_ok && !report.is_valid());
    assert_eq!(report.problems, ["El documento fue alterado: su resumen no es el que se firmó."]);
}

#[test]
fn comments_outside_the_signature_do_not_matter() {
    assert!(judge(&signed().replace("<!-- adentro -->", "")).unwrap().is_valid());
    assert!(judge(&signed().replace("<cbc:ID", "<?pi?><cbc:ID")).is_ok_and(|r| !r.digest_ok));
}

#[test]
fn altered_signed_info_or_foreign_key_lose_the_signature() {
    let text = signed();
    let digest = judge(&text).unwrap().digest_value;
    let other = b64::encode(&sha256(b"otro"));
    let report = judge(&text.replace(&digest, &other)).unwrap();
    assert!(!report.digest_ok && !report.signature_ok);
    assert_eq!(report.problems.len(), 2);
    let foreign = self_signed(&Llave::generate(2048).unwrap(), &datos_de_csd()).unwrap();
    let doc = read(text.as_bytes());
    let report = verify_enveloped_with(&doc, &foreign).unwrap();
    assert!(report.digest_ok && !report.signature_ok);
    let known = Certificado::from_der(&fixture("prueba.cer")).unwrap();
    assert!(verify_enveloped_with(&doc, &known).unwrap().is_valid());
}

#[test]
fn missing_or_broken_certificate_is_a_problem() {
    let text = signed();
    let start = text.find("<ds:X509Data>").unwrap();
    let end = text.find("</ds:KeyInfo>").unwrap();
    let report = judge(&format!("{}{}", &text[..start], &text[end..])).unwrap();
    assert!(report.digest_ok && !report.signature_ok && report.certificate.is_none());
    assert_eq!(report.problems, ["La firma no trae un certificado con el que comprobarla."]);
    let report =
        judge(&text.replace("<ds:X509Certificate>MII", "<ds:X509Certificate>AII")).unwrap();
    assert_eq!(report.problems.len(), 2);
}

#[test]
fn wrapping_attacks_are_refused() {
    let text = signed();
    let signature = {
        let start = text.find("<ds:Signature ").unwrap();
        let end = text.find("</ds:Signature>").unwrap() + "</ds:Signature>".len();
        text[start..end].to_owned()
    };
    let twice = text.replace("</Invoice>", &format!("{signature}</Invoice>"));
    assert_eq!(judge(&twice).err(), Some(DsigError::ManySignatures(2)));
    let none = text.replace(&signature, "");
    assert_eq!(judge(&none).err(), Some(DsigError::NoSignature));
    let by_id = text.replace("URI=\"\"", "URI=\"#a\"");
    assert_eq!(judge(&by_id).err(), Some(DsigError::ReferenceUri("#a".to_owned())));
    let no_uri = text.replace(" URI=\"\"", "");
    assert_eq!(judge(&no_uri).err(), Some(DsigError::ReferenceUri(String::new())));
    let object = text.replace("</ds:Signature>", "<ds:Object><x/></ds:Object></ds:Signature>");
    let report = judge(&object).unwrap();
    assert!(report.digest_ok && report.signature_ok && !report.is_valid());
    let hidden = text.replace("</ds:Signature>", "<x xmlns=''/></ds:Signature>");
    assert!(matches!(judge(&hidden).err(), Some(DsigError::Malformed(_))));
    let root = signature.replacen(
        "<ds:Signature ",
        &format!("<ds:Signature xmlns:ds=\"{}\" ", "http://www.w3.org/2000/09/xmldsig#"),
        1,
    );
    assert!(matches!(judge(&root).err(), Some(DsigError::Malformed(_))));
}

#[test]
fn only_listed_algorithms_are_accepted() {
    let text = signed();
    let reference_start = text.find("<ds:Reference").unwrap();
    let reference_end = text.find("</ds:Reference>").unwrap() + "</ds:Reference>".len();
    let reference = &text[reference_start..reference_end];
    let two = text.replace(reference, &format!("{reference}{reference}"));
    assert_eq!(judge(&two).err(), Some(DsigError::References(2)));
    for (from, to) in [
        (INCLUSIVE, "http://www.w3.org/TR/1999/REC-xpath-19991116"),
        (RSA_SHA256, "http://www.w3.org/2000/09/xmldsig#hmac-sha1"),
        ("http://www.w3.org/2001/04/xmlenc#sha256", "http://www.w3.org/2001/04/xmldsig-more#md5"),
        (
            "http://www.w3.org/2000/09/xmldsig#enveloped-signature",
            "http://www.w3.org/TR/1999/REC-xslt-19991116",
        ),
    ] {
        assert_eq!(judge(&text.replace(from, to)).err(), Some(DsigError::Algorithm(to.to_owned())));
    }
    let transform = format!("<ds:Transform Algorithm=\"{INCLUSIVE}\"/>");
    let many = text.replace("</ds:Transforms>", &format!("{transform}{transform}</ds:Transforms>"));
    assert!(matches!(judge(&many).err(), Some(DsigError::Malformed(_))));
}

/// The direct method: digest of our own bytes, no parser, no canonicaliser.
fn sign_directly(certificado: &Certificado) -> Vec<u8> {
    let info = |namespaces: &str, digest: &str| {
        format!(
            "<ds:SignedInfo{namespaces}><ds:CanonicalizationMethod Algorithm=\"{INCLUSIVE}\">\
             </ds:CanonicalizationMethod><ds:SignatureMethod Algorithm=\"{RSA_SHA256}\">\
             </ds:SignatureMethod><ds:Reference URI=\"\"><ds:Transforms><ds:Transform \
             Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"></ds:Transform>\
             </ds:Transforms><ds:DigestMethod \
             Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"></ds:DigestMethod>\
             <ds:DigestValue>{digest}</ds:DigestValue></ds:Reference>\
             </ds:SignedInfo>"
        )
    };
    let digest = b64::encode(&sha256(&small_vector(b"")));
    let scope: String =
        crate::comun::NAMESPACES.iter().map(|(k, v)| format!(" {k}=\"{v}\"")).collect();
    let value = b64::encode(&llave().sign_sha256(info(&scope, &digest).as_bytes()));
    let certificate = certificado.base64();
    let signature = format!(
        "<ds:Signature Id=\"SIGN-20600000005\">{}<ds:SignatureValue>{value}</ds:SignatureValue>\
         <ds:KeyInfo><ds:X509Data><ds:X509Certificate>{certificate}</ds:X509Certificate>\
         </ds:X509Data></ds:KeyInfo></ds:Signature>",
        info("", &digest)
    );
    let declaration = b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>";
    [&declaration[..], &small_vector(signature.as_bytes())].concat()
}

#[test]
fn signature_made_without_canonicaliser_verifies_here_and_in_xmlsec() {
    let certificado = self_signed(&llave(), &datos_de_csd()).unwrap();
    let bytes = sign_directly(&certificado);
    let report = verify_enveloped(&read(&bytes)).unwrap();
    assert!(report.is_valid(), "{report:?}");
    assert_eq!(report.digest_value, "E5WQbypQ6TjXa0bThp++P7blwFi9UvOdEloGUBL4Kbg=");
    assert_eq!(report.certificate.as_ref(), Some(&certificado));
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (document, pem) = (path("firmado.xml"), path("certificado.pem"));
    std::fs::write(&document, bytes).unwrap();
    let base64 = certificado.base64();
    let block = format!("-----BEGIN CERTIFICATE-----\n{base64}\n-----END CERTIFICATE-----\n");
    std::fs::write(&pem, block).unwrap();
    let trusted = [
        "--verify",
        "--trusted-pem",
        &pem,
        "--verification-time",
        "2027-01-01 00:00:00",
        &document,
    ];
    for args in [&["--verify", "--insecure", &document][..], &trusted] {
        let Some(output) = tool("xmlsec1", args) else { return };
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{args:?}: {error}");
    }
}
