//! Hand-written UBL documents, signed here, and a SOAP client of the emulated SUNAT.

use std::io::{Cursor, Read, Write};
use std::sync::{Arc, LazyLock};

use axum::Router;
use ramal_base::FixedClock;
use ramal_emulador::sunat::{Emulador, Opciones};
use ramal_xml::{Certificado, Llave, NuevoCertificado, b64, self_signed, sha256};

use crate::cfdi::at;
use crate::http;

pub const RUC: &str = "20600000005";
pub const BILL: &str = "/ol-ti-itcpfegem-beta/billService";
pub const CONSULTA: &str = "/ol-it-wsconscpegem/billConsultService";

static FIRMA: LazyLock<(Llave, Certificado)> = LazyLock::new(|| {
    let llave = Llave::generate(2048).unwrap();
    let datos = NuevoCertificado {
        subject: vec![("2.5.4.3".into(), "RAMAL DEMO".into()), ("2.5.4.11".into(), RUC.into())],
        serial: vec![1, 2, 3],
        not_before_ms: at("2025-01-01T00:00:00Z").millis(),
        not_after_ms: at("2028-01-01T00:00:00Z").millis(),
    };
    let certificado = self_signed(&llave, &datos).unwrap();
    (llave, certificado)
});

pub fn clock() -> Arc<FixedClock> {
    Arc::new(FixedClock::new(at("2026-11-20T16:00:00Z")))
}

pub fn emulador(clock: Arc<FixedClock>) -> (Arc<Emulador>, Router) {
    let emulador = Emulador::abrir(Opciones::new(clock)).unwrap();
    (emulador.clone(), emulador.router())
}

const U: &str = "urn:oasis:names:specification:ubl:schema:xsd:";
const S: &str = "urn:sunat:names:specification:ubl:peru:schema:xsd:";

/// Declarations of a root, in canonical order.
fn scope(raiz: &str, sac: bool) -> String {
    let base = if sac { S } else { U };
    let version = if sac { 1 } else { 2 };
    let mut s = format!(
        " xmlns=\"{base}{raiz}-{version}\" xmlns:cac=\"{U}CommonAggregateComponents-2\" \
         xmlns:cbc=\"{U}CommonBasicComponents-2\" xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\" \
         xmlns:ext=\"{U}CommonExtensionComponents-2\""
    );
    if sac {
        s.push_str(&format!(" xmlns:sac=\"{S}SunatAggregateComponents-1\""));
    }
    s
}

/// Signs a body written in canonical form; `cuerpo` follows the extensions.
pub fn signed(raiz: &str, cuerpo: &str) -> String {
    let alcance = scope(raiz, raiz == "SummaryDocuments" || raiz == "VoidedDocuments");
    let whole = |firma: &str| {
        format!(
            "<{raiz}{alcance}><ext:UBLExtensions><ext:UBLExtension><ext:ExtensionContent>{firma}\
             </ext:ExtensionContent></ext:UBLExtension></ext:UBLExtensions>{cuerpo}</{raiz}>"
        )
    };
    let digest = b64::encode(&sha256(whole("").as_bytes()));
    let info = |alcance: &str| {
        let e = |n: &str, uri: &str| format!("<ds:{n} Algorithm=\"{uri}\"></ds:{n}>");
        format!(
            "<ds:SignedInfo{alcance}>{}{}<ds:Reference URI=\"\"><ds:Transforms>{}\
             </ds:Transforms>{}<ds:DigestValue>{digest}</ds:DigestValue></ds:Reference>\
             </ds:SignedInfo>",
            e("CanonicalizationMethod", "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"),
            e("SignatureMethod", "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"),
            e("Transform", "http://www.w3.org/2000/09/xmldsig#enveloped-signature"),
            e("DigestMethod", "http://www.w3.org/2001/04/xmlenc#sha256"),
        )
    };
    let (llave, certificado) = &*FIRMA;
    let valor = b64::encode(&llave.sign_sha256(info(&alcance).as_bytes()));
    let firma = format!(
        "<ds:Signature Id=\"SIGN-{RUC}\">{}<ds:SignatureValue>{valor}</ds:SignatureValue>\
         <ds:KeyInfo><ds:X509Data><ds:X509Certificate>{}</ds:X509Certificate></ds:X509Data>\
         </ds:KeyInfo></ds:Signature>",
        info(""),
        certificado.base64()
    );
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>{}", whole(&firma))
}

pub fn signer() -> String {
    format!(
        "<cac:Signature><cbc:ID>SIGN-{RUC}</cbc:ID><cac:SignatoryParty><cac:PartyIdentification>\
         <cbc:ID>{RUC}</cbc:ID></cac:PartyIdentification><cac:PartyName><cbc:Name>RAMAL\
         </cbc:Name></cac:PartyName></cac:SignatoryParty><cac:DigitalSignatureAttachment>\
         <cac:ExternalReference><cbc:URI>#SIGN-{RUC}</cbc:URI></cac:ExternalReference>\
         </cac:DigitalSignatureAttachment></cac:Signature>"
    )
}

fn parties(tipo: &str, numero: &str, nombre: &str) -> String {
    format!(
        "<cac:AccountingSupplierParty><cac:Party><cac:PartyIdentification><cbc:ID \
         schemeID=\"6\">{RUC}</cbc:ID></cac:PartyIdentification><cac:PartyLegalEntity>\
         <cbc:RegistrationName>RAMAL DEMO S.A.C.</cbc:RegistrationName><cac:RegistrationAddress>\
         <cbc:ID>150101</cbc:ID><cbc:AddressTypeCode>0000</cbc:AddressTypeCode>\
         </cac:RegistrationAddress></cac:PartyLegalEntity></cac:Party>\
         </cac:AccountingSupplierParty><cac:AccountingCustomerParty><cac:Party>\
         <cac:PartyIdentification><cbc:ID schemeID=\"{tipo}\">{numero}</cbc:ID>\
         </cac:PartyIdentification><cac:PartyLegalEntity><cbc:RegistrationName>{nombre}\
         </cbc:RegistrationName></cac:PartyLegalEntity></cac:Party>\
         </cac:AccountingCustomerParty>"
    )
}

/// A document of one line of 100.00 with IGV; the fields can be changed before it is signed.
#[derive(Clone)]
pub struct Cpe {
    pub tipo: &'static str,
    pub serie: &'static str,
    pub numero: u32,
    pub fecha: &'static str,
    pub cliente: (&'static str, &'static str, &'static str),
    pub valor: &'static str,
    pub igv: &'static str,
    pub total: &'static str,
    pub unitario: &'static str,
    pub pago: String,
    pub afecta: Option<(&'static str, &'static str)>,
    pub motivo: &'static str,
}

pub const CONTADO: &str = "<cac:PaymentTerms><cbc:ID>FormaPago</cbc:ID><cbc:PaymentMeansID>Contado\
                           </cbc:PaymentMeansID></cac:PaymentTerms>";

impl Cpe {
    /// Vector A: 84.75 + 15.25.
    pub fn factura(numero: u32) -> Cpe {
        Cpe {
            tipo: "01",
            serie: "F001",
            numero,
            fecha: "2026-11-20",
            cliente: ("6", "20512333797", "CLIENTE EMPRESA S.A.C."),
            valor: "84.75",
            igv: "15.25",
            total: "100.00",
            unitario: "84.7457627119",
            pago: CONTADO.into(),
            afecta: None,
            motivo: "09",
        }
    }

    pub fn boleta(numero: u32) -> Cpe {
        let cliente = ("1", "10117410", "JAVIER MOSCA");
        Cpe { tipo: "03", serie: "B001", cliente, pago: String::new(), ..Cpe::factura(numero) }
    }

    /// Vector G: 42.37 + 7.63, over a factura.
    pub fn credito(numero: u32, afectada: &'static str) -> Cpe {
        Cpe {
            tipo: "07",
            serie: "FC01",
            valor: "42.37",
            igv: "7.63",
            total: "50.00",
            unitario: "42.37",
            pago: String::new(),
            afecta: Some(("01", afectada)),
            ..Cpe::factura(numero)
        }
    }

    pub fn base(&self) -> String {
        format!("{RUC}-{}-{}-{}", self.tipo, self.serie, self.numero)
    }

    fn tax(&self, linea: bool) -> String {
        let Cpe { valor, igv, .. } = self;
        let detalle = if linea {
            "<cbc:Percent>18.00</cbc:Percent><cbc:TaxExemptionReasonCode>10\
             </cbc:TaxExemptionReasonCode>"
        } else {
            ""
        };
        format!(
            "<cac:TaxTotal><cbc:TaxAmount currencyID=\"PEN\">{igv}</cbc:TaxAmount>\
             <cac:TaxSubtotal><cbc:TaxableAmount currencyID=\"PEN\">{valor}</cbc:TaxableAmount>\
             <cbc:TaxAmount currencyID=\"PEN\">{igv}</cbc:TaxAmount><cac:TaxCategory>{detalle}\
             <cac:TaxScheme><cbc:ID>1000</cbc:ID><cbc:Name>IGV</cbc:Name><cbc:TaxTypeCode>VAT\
             </cbc:TaxTypeCode></cac:TaxScheme></cac:TaxCategory></cac:TaxSubtotal></cac:TaxTotal>"
        )
    }

    pub fn xml(&self) -> String {
        let (raiz, linea, cantidad) = match self.tipo {
            "07" => ("CreditNote", "CreditNoteLine", "CreditedQuantity"),
            _ => ("Invoice", "InvoiceLine", "InvoicedQuantity"),
        };
        let Cpe { tipo, serie, numero, fecha, valor, total, unitario, pago, motivo, .. } = self;
        let clase = match raiz {
            "Invoice" => {
                format!("<cbc:InvoiceTypeCode listID=\"0101\">{tipo}</cbc:InvoiceTypeCode>")
            }
            _ => String::new(),
        };
        let afecta = self.afecta.map_or_else(String::new, |(clase, id)| {
            format!(
                "<cac:DiscrepancyResponse><cbc:ReferenceID>{id}</cbc:ReferenceID>\
                 <cbc:ResponseCode>{motivo}</cbc:ResponseCode><cbc:Description>Falla de servicio\
                 </cbc:Description></cac:DiscrepancyResponse><cac:BillingReference>\
                 <cac:InvoiceDocumentReference><cbc:ID>{id}</cbc:ID><cbc:DocumentTypeCode>{clase}\
                 </cbc:DocumentTypeCode></cac:InvoiceDocumentReference></cac:BillingReference>"
            )
        });
        let (documento, quien, nombre) = self.cliente;
        let cuerpo = format!(
            "<cbc:UBLVersionID>2.1</cbc:UBLVersionID><cbc:CustomizationID>2.0\
             </cbc:CustomizationID><cbc:ID>{serie}-{numero}</cbc:ID><cbc:IssueDate>{fecha}\
             </cbc:IssueDate>{clase}<cbc:Note languageLocaleID=\"1000\">SON CIEN CON 00/100 SOLES\
             </cbc:Note><cbc:DocumentCurrencyCode>PEN</cbc:DocumentCurrencyCode>{afecta}{}{}{pago}\
             {}<cac:LegalMonetaryTotal><cbc:LineExtensionAmount currencyID=\"PEN\">{valor}\
             </cbc:LineExtensionAmount><cbc:TaxInclusiveAmount currencyID=\"PEN\">{total}\
             </cbc:TaxInclusiveAmount><cbc:PayableAmount currencyID=\"PEN\">{total}\
             </cbc:PayableAmount></cac:LegalMonetaryTotal><cac:{linea}><cbc:ID>1</cbc:ID>\
             <cbc:{cantidad} unitCode=\"ZZ\">1</cbc:{cantidad}><cbc:LineExtensionAmount \
             currencyID=\"PEN\">{valor}</cbc:LineExtensionAmount><cac:PricingReference>\
             <cac:AlternativeConditionPrice><cbc:PriceAmount currencyID=\"PEN\">{total}\
             </cbc:PriceAmount><cbc:PriceTypeCode>01</cbc:PriceTypeCode>\
             </cac:AlternativeConditionPrice></cac:PricingReference>{}<cac:Item>\
             <cbc:Description>Internet fibra 100 Mbps</cbc:Description></cac:Item><cac:Price>\
             <cbc:PriceAmount currencyID=\"PEN\">{unitario}</cbc:PriceAmount></cac:Price>\
             </cac:{linea}>",
            signer(),
            parties(documento, quien, nombre),
            self.tax(false),
            self.tax(true),
        );
        signed(raiz, &cuerpo)
    }
}

/// Base64 of a zip with that document.
pub fn zipped(base: &str, xml: &str) -> String {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file(format!("{base}.xml"), zip::write::SimpleFileOptions::default()).unwrap();
    zip.write_all(xml.as_bytes()).unwrap();
    b64::encode(&zip.finish().unwrap().into_inner())
}

/// First text of an element called `nombre`, whatever its prefix.
pub fn field(texto: &str, nombre: &str) -> Option<String> {
    let doc = ramal_xml::parse(texto.as_bytes(), &ramal_xml::Limits::default()).ok()?;
    let mut pending = vec![doc.root()];
    while let Some(n) = pending.pop() {
        if n.name() == nombre {
            return Some(n.text());
        }
        pending.extend(n.children());
    }
    None
}

pub async fn call_as(router: &Router, ruta: &str, usuario: &str, op: &str, campos: &str) -> String {
    let wsse = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
    let cuerpo = format!(
        "<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\" \
         xmlns:ser=\"http://service.sunat.gob.pe\" xmlns:wsse=\"{wsse}\"><soapenv:Header>\
         <wsse:Security><wsse:UsernameToken><wsse:Username>{usuario}</wsse:Username>\
         <wsse:Password>moddatos</wsse:Password></wsse:UsernameToken></wsse:Security>\
         </soapenv:Header><soapenv:Body><ser:{op}>{campos}</ser:{op}></soapenv:Body>\
         </soapenv:Envelope>"
    );
    http::soap(router, ruta, cuerpo).await.texto()
}

pub async fn call(router: &Router, ruta: &str, op: &str, campos: &str) -> String {
    call_as(router, ruta, &format!("{RUC}MODDATOS"), op, campos).await
}

pub async fn send(router: &Router, op: &str, base: &str, xml: &str) -> String {
    let campos =
        format!("<fileName>{base}.zip</fileName><contentFile>{}</contentFile>", zipped(base, xml));
    call(router, BILL, op, &campos).await
}

/// What a document got: `Ok` is the XML of its CDR, `Err` the code of a fault.
pub async fn bill(router: &Router, cpe: &Cpe) -> Result<String, String> {
    bill_xml(router, &cpe.base(), &cpe.xml()).await
}

pub async fn bill_xml(router: &Router, base: &str, xml: &str) -> Result<String, String> {
    let r = send(router, "sendBill", base, xml).await;
    match field(&r, "applicationResponse") {
        Some(zip) => Ok(String::from_utf8(cdr(&zip).1).unwrap()),
        None => Err(fault(&r)),
    }
}

/// Code at the end of the faultcode.
pub fn fault(r: &str) -> String {
    let codigo = field(r, "faultcode").unwrap_or_else(|| panic!("{r}"));
    codigo.rsplit('.').next().unwrap().to_owned()
}

/// Name and bytes of the CDR inside a zip.
pub fn cdr(zip: &str) -> (String, Vec<u8>) {
    let bytes = b64::decode(zip).unwrap();
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let ultima = zip.len() - 1;
    let mut entrada = zip.by_index(ultima).unwrap();
    let mut xml = Vec::new();
    entrada.read_to_end(&mut xml).unwrap();
    (entrada.name().to_owned(), xml)
}

/// Code that the CDR gives.
pub fn verdict(cdr: &str) -> String {
    field(cdr, "ResponseCode").unwrap()
}
