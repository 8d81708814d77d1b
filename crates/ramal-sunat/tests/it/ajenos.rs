//! Documents as other software makes them: other prefixes, indentation, exclusive C14N, SHA-1,
//! ISO-8859-1, unknown extensions; and the forgeries that a careless verifier lets pass.

use std::sync::OnceLock;

use ramal_sunat::lectura::verificar;
use ramal_xml::{
    C14n, Certificado, Limits, Llave, NuevoCertificado, b64, canonicalize, hash, parse, self_signed,
};

const INCLUSIVA: &str = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";
const EXCLUSIVA: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";

/// How a foreign program signs.
struct Estilo {
    c14n: &'static str,
    sha1: bool,
    transformada: bool,
    extra: &'static str,
}

const GREENTER: Estilo = Estilo { c14n: INCLUSIVA, sha1: true, transformada: false, extra: "" };
const SIGNXML: Estilo = Estilo { c14n: EXCLUSIVA, sha1: false, transformada: true, extra: "" };

fn llave() -> &'static (Llave, Certificado) {
    static LLAVE: OnceLock<(Llave, Certificado)> = OnceLock::new();
    LLAVE.get_or_init(|| {
        let llave = Llave::generate(2048).unwrap();
        let datos = NuevoCertificado {
            subject: vec![("2.5.4.3".into(), "OTRO PROGRAMA".into())],
            serial: vec![9],
            not_before_ms: 1_700_000_000_000,
            not_after_ms: 1_900_000_000_000,
        };
        let certificado = self_signed(&llave, &datos).unwrap();
        (llave, certificado)
    })
}

/// Indented factura with prefixes of its own.
fn plantilla(total: &str, firma: &str, extra: &str) -> String {
    let p = "urn:oasis:names:specification:ubl:schema:xsd";
    format!(
        r#"<inv:Invoice xmlns:inv="{p}:Invoice-2" xmlns:n1="{p}:CommonAggregateComponents-2"
  xmlns:n2="{p}:CommonBasicComponents-2" xmlns:ex="{p}:CommonExtensionComponents-2">
  <!-- hecho por otro programa -->
  <ex:UBLExtensions>{extra}
    <ex:UBLExtension><ex:ExtensionContent>{firma}</ex:ExtensionContent></ex:UBLExtension>
  </ex:UBLExtensions>
  <n2:UBLVersionID>2.1</n2:UBLVersionID><n2:CustomizationID>2.0</n2:CustomizationID>
  <n2:ID>F001-00000033</n2:ID><n2:IssueDate>2026-11-20</n2:IssueDate>
  <n2:InvoiceTypeCode listID='0101'>01</n2:InvoiceTypeCode>
  <n2:DocumentCurrencyCode>PEN</n2:DocumentCurrencyCode>
  <n1:AccountingSupplierParty><n1:Party><n1:PartyIdentification>
    <n2:ID schemeID="6">20123456789</n2:ID></n1:PartyIdentification><n1:PartyLegalEntity>
    <n2:RegistrationName><![CDATA[GREENTER Ñ S.A.C. & HIJOS]]></n2:RegistrationName>
    </n1:PartyLegalEntity></n1:Party></n1:AccountingSupplierParty>
  <n1:TaxTotal><n2:TaxAmount currencyID="PEN">18.00</n2:TaxAmount><n1:TaxSubtotal>
    <n2:TaxableAmount currencyID="PEN">100</n2:TaxableAmount>
    <n2:TaxAmount currencyID="PEN">18</n2:TaxAmount><n1:TaxCategory><n1:TaxScheme>
    <n2:ID>1000</n2:ID></n1:TaxScheme></n1:TaxCategory></n1:TaxSubtotal></n1:TaxTotal>
  <n1:LegalMonetaryTotal>
    <n2:LineExtensionAmount currencyID="PEN">100.00</n2:LineExtensionAmount>
    <n2:TaxInclusiveAmount currencyID="PEN">118.00</n2:TaxInclusiveAmount>
    <n2:PayableAmount currencyID="PEN">{total}</n2:PayableAmount></n1:LegalMonetaryTotal>
  <n1:InvoiceLine><n2:ID>1</n2:ID><n2:InvoicedQuantity unitCode="NIU">2</n2:InvoicedQuantity>
    <n2:LineExtensionAmount currencyID="PEN">100.00</n2:LineExtensionAmount><n1:TaxTotal>
    <n2:TaxAmount currencyID="PEN">18.00</n2:TaxAmount><n1:TaxSubtotal>
    <n2:TaxableAmount currencyID="PEN">100.00</n2:TaxableAmount>
    <n2:TaxAmount currencyID="PEN">18.00</n2:TaxAmount><n1:TaxCategory>
    <n2:Percent>18</n2:Percent><n2:TaxExemptionReasonCode>10</n2:TaxExemptionReasonCode>
    <n1:TaxScheme><n2:ID>1000</n2:ID></n1:TaxScheme></n1:TaxCategory></n1:TaxSubtotal>
    </n1:TaxTotal><n1:Price><n2:PriceAmount currencyID="PEN">50</n2:PriceAmount></n1:Price>
  </n1:InvoiceLine>
</inv:Invoice>"#
    )
}

fn firmar(estilo: &Estilo, total: &str) -> String {
    firmar_el(estilo, total, "2026-11-20")
}

fn firmar_el(estilo: &Estilo, total: &str, fecha: &str) -> String {
    let (rsa, sha) = if estilo.sha1 {
        ("http://www.w3.org/2000/09/xmldsig#rsa-sha1", "http://www.w3.org/2000/09/xmldsig#sha1")
    } else {
        (
            "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
            "http://www.w3.org/2001/04/xmlenc#sha256",
        )
    };
    let c14n = estilo.c14n;
    let segunda = if estilo.transformada {
        format!("<s:Transform Algorithm=\"{c14n}\"/>")
    } else {
        String::new()
    };
    let certificado = llave().1.base64();
    let molde = |digest: &str, valor: &str| {
        let firma = format!(
            "<s:Signature xmlns:s=\"http://www.w3.org/2000/09/xmldsig#\" Id=\"x\"><s:SignedInfo>\n\
             <s:CanonicalizationMethod Algorithm=\"{c14n}\"/><s:SignatureMethod \
             Algorithm=\"{rsa}\"/><s:Reference URI=\"\"><s:Transforms><s:Transform \
             Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"/>{segunda}\
             </s:Transforms><s:DigestMethod Algorithm=\"{sha}\"/><s:DigestValue>{digest}\
             </s:DigestValue></s:Reference></s:SignedInfo><s:SignatureValue>{valor}\
             </s:SignatureValue><s:KeyInfo><s:X509Data><s:X509Certificate>{certificado}\
             </s:X509Certificate></s:X509Data></s:KeyInfo></s:Signature>"
        );
        plantilla(total, &firma, estilo.extra).replace("2026-11-20", fecha)
    };
    let modo = C14n::from_uri(c14n).unwrap();
    let del_documento = if estilo.transformada { modo } else { C14n::Inclusive };
    let previo = parse(molde("", "").as_bytes(), &Limits::default()).unwrap();
    let firma = previo.root().find_all("http://www.w3.org/2000/09/xmldsig#", "Signature")[0].id();
    let bytes = canonicalize(&previo, previo.document_id(), Some(firma), del_documento, &[]);
    let digest = if estilo.sha1 {
        b64::encode(&hash::sha1(&bytes))
    } else {
        b64::encode(&hash::sha256(&bytes))
    };
    let con_digest = parse(molde(&digest, "").as_bytes(), &Limits::default()).unwrap();
    let raiz = con_digest.root();
    let info = raiz.find_all("http://www.w3.org/2000/09/xmldsig#", "SignedInfo")[0].id();
    let mensaje = canonicalize(&con_digest, info, None, modo, &[]);
    let valor =
        if estilo.sha1 { llave().0.sign_sha1(&mensaje) } else { llave().0.sign_sha256(&mensaje) };
    molde(&digest, &b64::encode(&valor))
}

#[test]
fn documents_of_other_software_are_judged_right() {
    for estilo in [GREENTER, SIGNXML] {
        let xml = firmar(&estilo, "118.00");
        let v = verificar(xml.as_bytes(), Some("20123456789-01-F001-00000033.xml"));
        assert!(v.valido && v.firma_valida, "{v:#?}");
        assert_eq!(v.tipo.as_deref(), Some("01"));
        assert_eq!(v.emisor_nombre.as_deref(), Some("GREENTER Ñ S.A.C. & HIJOS"));
        assert_eq!((v.totales_cuadran, v.total.as_deref()), (Some(true), Some("118.00")));
        assert!(!v.certificado.unwrap().nombra_emisor, "a PSE may sign for its clients");
        let alterado = xml.replace(
            "<n2:PriceAmount currencyID=\"PEN\">50",
            "<n2:PriceAmount currencyID=\"PEN\">50.1",
        );
        assert!(!verificar(alterado.as_bytes(), None).firma_valida);
    }
}

#[test]
fn iso_8859_1_documents_verify_over_their_characters() {
    let xml = firmar(&GREENTER, "118.00");
    let mut bytes = b"<?xml version=\"1.0\" encoding=\"ISO-8859-1\" standalone=\"no\"?>\n".to_vec();
    bytes.extend(xml.chars().map(|c| u8::try_from(u32::from(c)).unwrap()));
    let v = verificar(&bytes, None);
    assert!(v.valido, "{v:#?}");
    let i = bytes.iter().position(|b| *b == 0xd1).unwrap();
    bytes[i] = b'N';
    assert!(!verificar(&bytes, None).firma_valida, "Ñ is not N");
}

#[test]
fn sums_that_disagree_are_told_with_their_tolerance() {
    let v = verificar(firmar(&GREENTER, "118.90").as_bytes(), None);
    assert!(v.valido, "SUNAT tolerates one unit");
    let v = verificar(firmar(&GREENTER, "119.50").as_bytes(), None);
    assert!(v.firma_valida && !v.valido && v.totales_cuadran == Some(false), "{v:#?}");
}

#[test]
fn unknown_extensions_are_listed_and_signed() {
    let extra = "<ex:UBLExtension><ex:ExtensionContent><z:Datos xmlns:z=\"urn:ajeno\">1</z:Datos>\
                 </ex:ExtensionContent></ex:UBLExtension>";
    let estilo = Estilo { extra, ..SIGNXML };
    let xml = firmar(&estilo, "118.00");
    let v = verificar(xml.as_bytes(), None);
    assert!(v.valido, "{v:#?}");
    assert_eq!(v.extensiones_desconocidas, ["{urn:ajeno}Datos"]);
    let v = verificar(xml.replace(">1</z:Datos>", ">2</z:Datos>").as_bytes(), None);
    assert!(!v.firma_valida);
}

#[test]
fn forgeries_by_wrapping_are_refused() {
    let xml = firmar(&GREENTER, "118.00");
    let inicio = xml.find("<s:Signature ").unwrap();
    let fin = xml.find("</s:Signature>").unwrap() + "</s:Signature>".len();
    let firma = &xml[inicio..fin];
    let sin_firma = format!("{}{}", &xml[..inicio], &xml[fin..]);
    let v = verificar(sin_firma.as_bytes(), None);
    assert!(v.legible && !v.firma_valida && !v.valido, "unsigned");
    let movida = sin_firma.replace("</inv:Invoice>", &format!("{firma}</inv:Invoice>"));
    let v = verificar(movida.as_bytes(), None);
    assert!(!v.firma_valida && !v.valido, "a signature out of its place: {v:#?}");
    let doble = xml.replace("</inv:Invoice>", &format!("{firma}</inv:Invoice>"));
    assert!(!verificar(doble.as_bytes(), None).valido, "two signatures");
    let otra_raiz = xml.replace("Invoice-2\"", "Factura-9\"");
    let v = verificar(otra_raiz.as_bytes(), None);
    assert!(!v.legible && !v.valido, "a look-alike namespace");
    let repetido = xml.replace(
        "<n2:ID>F001-00000033</n2:ID>",
        "<n2:ID>F001-1</n2:ID><n2:ID>F001-00000033</n2:ID>",
    );
    let v = verificar(repetido.as_bytes(), None);
    assert!(v.problemas.iter().any(|p| p.codigo == "repetido"), "{:?}", v.problemas);
}

#[test]
fn the_verdict_is_json_with_stable_names() {
    let v = verificar(firmar(&SIGNXML, "118.00").as_bytes(), None);
    let json = serde_json::to_value(&v).unwrap();
    for campo in [
        "legible",
        "tipo",
        "emisor",
        "numero",
        "digest",
        "firma_valida",
        "certificado",
        "totales_cuadran",
        "extensiones_desconocidas",
        "problemas",
        "valido",
    ] {
        assert!(json.get(campo).is_some(), "{campo}");
    }
}

#[test]
fn canonical_xml_1_1_and_a_changed_certificate_are_judged_right() {
    let once = Estilo { c14n: "http://www.w3.org/2006/12/xml-c14n11", ..GREENTER };
    let xml = firmar(&once, "118.00");
    let v = verificar(xml.as_bytes(), None);
    assert!(v.valido, "{v:#?}");
    let mut der = llave().1.der().to_vec();
    let ultimo = der.len() - 1;
    der[ultimo] ^= 1;
    let v = verificar(xml.replace(&llave().1.base64(), &b64::encode(&der)).as_bytes(), None);
    assert!(!v.valido && v.problemas.iter().any(|p| p.codigo == "certificado"), "{v:#?}");
}

#[test]
fn what_an_expired_certificate_signed_is_not_valid() {
    // The certificate of these tests is in force from 2023 to 2030.
    let codigos = |fecha: &str| {
        let v = verificar(firmar_el(&GREENTER, "118.00", fecha).as_bytes(), None);
        assert!(v.firma_valida, "{v:#?}");
        let de = |h: &[ramal_sunat::lectura::Hallazgo]| h.iter().map(|p| p.codigo).collect();
        let (problemas, avisos): (Vec<_>, Vec<_>) = (de(&v.problemas), de(&v.avisos));
        (v.valido, problemas, avisos)
    };
    let (valido, problemas, _) = codigos("2031-01-01");
    assert_eq!((valido, problemas), (false, vec!["certificado_vigencia"]));
    let (valido, problemas, avisos) = codigos("2020-01-01");
    assert!(valido && problemas.is_empty() && avisos.contains(&"certificado_vigencia"));
}
