//! Enveloped XML signature of the authority over text that is already canonical. It deliberately
//! canonicalises nothing: whoever writes the document writes it in canonical form.

use ramal_xml::{Writer, b64, sha256};

use crate::prueba::Identidad;

const DSIG: &str = "http://www.w3.org/2000/09/xmldsig#";
const C14N: &str = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";
const RSA_SHA512: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512";
const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";

/// How the signature is written into its document.
pub struct Forma<'a> {
    /// Prefix of the signature's names: `ds` declared on the root, or empty.
    pub prefijo: &'a str,
    /// Declarations in scope at SignedInfo, in canonical order.
    pub alcance: &'a [(&'a str, &'a str)],
    /// Value of the attribute Id.
    pub id: &'a str,
}

/// The `Signature` element for `canonico`, the canonical document without it (rsa-sha512, digest
/// sha256).
pub fn signature(identidad: &Identidad, canonico: &[u8], forma: &Forma<'_>) -> Vec<u8> {
    let digest = b64::encode(&sha256(canonico));
    let firmado = signed_info(forma, forma.alcance, &digest);
    let valor = b64::encode(&identidad.llave.sign_sha512(&firmado));
    let n = |local: &str| name(forma.prefijo, local);
    let mut w = Writer::new();
    if forma.prefijo.is_empty() {
        w.open("Signature", &[("xmlns", DSIG), ("Id", forma.id)]);
    } else {
        w.open(&n("Signature"), &[("Id", forma.id)]);
    }
    w.raw(&signed_info(forma, &[], &digest));
    w.leaf(&n("SignatureValue"), &[], &valor);
    w.open(&n("KeyInfo"), &[]);
    w.open(&n("X509Data"), &[]);
    w.leaf(&n("X509Certificate"), &[], &identidad.certificado.base64());
    w.close(&n("X509Data"));
    w.close(&n("KeyInfo"));
    w.close(&n("Signature"));
    w.into_bytes()
}

fn name(prefijo: &str, local: &str) -> String {
    if prefijo.is_empty() { local.to_owned() } else { format!("{prefijo}:{local}") }
}

fn signed_info(forma: &Forma<'_>, alcance: &[(&str, &str)], digest: &str) -> Vec<u8> {
    let n = |local: &str| name(forma.prefijo, local);
    let mut w = Writer::new();
    let empty =
        |w: &mut Writer, local: &str, uri: &str| w.leaf(&n(local), &[("Algorithm", uri)], "");
    w.open(&n("SignedInfo"), alcance);
    empty(&mut w, "CanonicalizationMethod", C14N);
    empty(&mut w, "SignatureMethod", RSA_SHA512);
    w.open(&n("Reference"), &[("URI", "")]);
    w.open(&n("Transforms"), &[]);
    empty(&mut w, "Transform", "http://www.w3.org/2000/09/xmldsig#enveloped-signature");
    w.close(&n("Transforms"));
    empty(&mut w, "DigestMethod", SHA256);
    w.leaf(&n("DigestValue"), &[], digest);
    w.close(&n("Reference"));
    w.close(&n("SignedInfo"));
    w.into_bytes()
}
