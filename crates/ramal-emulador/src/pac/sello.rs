//! Seal, certificate and dates of a sealed document. It deliberately trusts any issuer: test CSDs
//! are self-signed.

use ramal_base::{Instante, Zona};
use ramal_xml::{Certificado, NodeRef, b64};

use super::cadena::cadena;
use super::rechazo::{Rechazo, ensure};
use crate::xml::attr;

/// 72 hours, ms.
pub const PLAZO_MS: i64 = 72 * 3_600_000;

/// Checks certificate, ownership, validity, dates and seal. `zona` is the local zone of the issue.
pub fn check(root: NodeRef<'_>, zona: &Zona, ahora: Instante) -> Result<(), Rechazo> {
    let certificado = certificate(root)?;
    check_owner(&certificado, emisor_rfc(root))?;
    let fecha = zona.instante(attr(root, "Fecha"));
    let fecha = fecha.map_err(|_| Rechazo::new("CFDI40101", ""))?;
    check_dates(&certificado, fecha, ahora)?;
    let sello = b64::decode(attr(root, "Sello"));
    let sello = sello.map_err(|_| Rechazo::new("302", "el sello no es base64"))?;
    let texto = cadena(root);
    ensure(
        certificado.verify_sha256(texto.as_bytes(), &sello),
        "302",
        "el sello no corresponde a la cadena original",
    )
}

/// RFC of the issuer.
pub fn emisor_rfc<'a>(root: NodeRef<'a>) -> &'a str {
    root.child("Emisor").map_or("", |n| attr(n, "Rfc"))
}

fn certificate(root: NodeRef<'_>) -> Result<Certificado, Rechazo> {
    let invalid = |texto: &str| Rechazo::new("CFDI40106", texto);
    let der = b64::decode(attr(root, "Certificado"));
    let der = der.map_err(|_| invalid("el certificado no es base64"))?;
    let certificado = Certificado::from_der(&der);
    let certificado = certificado.map_err(|_| invalid("el certificado no es X.509"))?;
    let numero = certificado.numero();
    let numero = numero.ok_or_else(|| Rechazo::new("308", "el certificado no es del SAT"))?;
    ensure(numero == attr(root, "NoCertificado"), "712", "NoCertificado no es el del certificado")?;
    Ok(certificado)
}

/// The certificate is a CSD (it names a branch) and belongs to `rfc`.
pub fn check_owner(certificado: &Certificado, rfc: &str) -> Result<(), Rechazo> {
    let campo = |oid: &str| certificado.subject().iter().find(|(o, _)| o == oid);
    let titular = campo("2.5.4.45").map_or("", |(_, v)| v.split('/').next().unwrap_or("").trim());
    ensure(titular == rfc, "303", format!("el certificado es de {titular}, el emisor es {rfc}"))?;
    ensure(campo("2.5.4.11").is_some(), "306", "el certificado es una e.firma, no un CSD")
}

fn check_dates(certificado: &Certificado, fecha: Instante, ahora: Instante) -> Result<(), Rechazo> {
    let valido = |i: Instante| {
        certificado.valid_from() <= i.millis() && i.millis() <= certificado.valid_to()
    };
    ensure(valido(ahora), "304", "")?;
    ensure(valido(fecha), "305", "")?;
    ensure(fecha <= ahora, "401", "la fecha de emisión está en el futuro")?;
    ensure(ahora.millis() - fecha.millis() <= PLAZO_MS, "401", "")
}

/// Local zone of a postal code of Mexico, by its first digits. Border towns take the later hour, as
/// PACs do.
pub fn zona_of(codigo_postal: &str, base: &Zona) -> Zona {
    let estado: u32 = codigo_postal.get(..2).and_then(|s| s.parse().ok()).unwrap_or(0);
    let nombre = match estado {
        21 | 22 => "America/Tijuana",
        23 | 63 | 80..=82 => "America/Mazatlan",
        83..=85 => "America/Hermosillo",
        77 => "America/Cancun",
        26 | 32 | 87 | 88 => "America/Matamoros",
        _ => return base.clone(),
    };
    Zona::parse(nombre).unwrap_or_else(|_| base.clone())
}
