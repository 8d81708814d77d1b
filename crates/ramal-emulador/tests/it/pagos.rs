//! Payment complements: the spec's vector is stamped and each broken figure has its CRP code.

use ramal_xml::{b64, sha256};

use crate::cfdi::{CSD, NUMERO, clock, code, emulador, stamp};

const PAGOS: &str = concat!(
    "<cfdi:Complemento><pago20:Pagos Version=\"2.0\"><pago20:Totales ",
    "TotalTrasladosBaseIVA16=\"258.62\" TotalTrasladosImpuestoIVA16=\"41.38\" ",
    "MontoTotalPagos=\"300.00\"/><pago20:Pago FechaPago=\"2026-11-19T12:00:00\" ",
    "FormaDePagoP=\"03\" MonedaP=\"MXN\" TipoCambioP=\"1\" Monto=\"300.00\" ",
    "NumOperacion=\"SPEI123\"><pago20:DoctoRelacionado ",
    "IdDocumento=\"5A9C1B2E-0000-4000-8000-000000000001\" Serie=\"F\" Folio=\"1\" ",
    "MonedaDR=\"MXN\" EquivalenciaDR=\"1\" NumParcialidad=\"1\" ImpSaldoAnt=\"499.00\" ",
    "ImpPagado=\"300.00\" ImpSaldoInsoluto=\"199.00\" ObjetoImpDR=\"02\"><pago20:ImpuestosDR>",
    "<pago20:TrasladosDR><pago20:TrasladoDR BaseDR=\"258.620690\" ImpuestoDR=\"002\" ",
    "TipoFactorDR=\"Tasa\" TasaOCuotaDR=\"0.160000\" ImporteDR=\"41.379310\"/>",
    "</pago20:TrasladosDR></pago20:ImpuestosDR></pago20:DoctoRelacionado><pago20:ImpuestosP>",
    "<pago20:TrasladosP><pago20:TrasladoP BaseP=\"258.620690\" ImpuestoP=\"002\" ",
    "TipoFactorP=\"Tasa\" TasaOCuotaP=\"0.160000\" ImporteP=\"41.379310\"/>",
    "</pago20:TrasladosP></pago20:ImpuestosP></pago20:Pago></pago20:Pagos></cfdi:Complemento>",
);

/// The vector V5 of the norm, with this certificate's own number.
const CADENA: &str = concat!(
    "||4.0|P|1|2026-11-20T10:00:00|30001000000400002434|0|XXX|0|P|01|64000|EKU9003173C9|",
    "ESCUELA KEMPER URGATE|601|CACX7605101P8|XOCHILT CASAS CHAVEZ|36257|612|CP01|84111506|1|ACT|",
    "Pago|0|0|01|2.0|258.62|41.38|300.00|2026-11-19T12:00:00|03|MXN|1|300.00|SPEI123|",
    "5A9C1B2E-0000-4000-8000-000000000001|F|1|MXN|1|1|499.00|300.00|199.00|02|258.620690|002|Tasa|",
    "0.160000|41.379310|258.620690|002|Tasa|0.160000|41.379310||",
);

/// The REP with a change made both in the XML and in what is sealed.
fn rep(changes: &[(&str, &str)], cadena: &[(&str, &str)]) -> String {
    let replace = |texto: &str, cambios: &[(&str, &str)]| {
        cambios.iter().fold(texto.to_owned(), |t, (de, a)| t.replacen(de, a, 1))
    };
    let sello = b64::encode(&CSD.0.sign_sha256(replace(CADENA, cadena).as_bytes()));
    let certificado = CSD.1.base64();
    let xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><cfdi:Comprobante \
         xmlns:cfdi=\"http://www.sat.gob.mx/cfd/4\" \
         xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" \
         xmlns:pago20=\"http://www.sat.gob.mx/Pagos20\" \
         xsi:schemaLocation=\"http://www.sat.gob.mx/cfd/4 \
         http://www.sat.gob.mx/sitio_internet/cfd/4/cfdv40.xsd http://www.sat.gob.mx/Pagos20 \
         http://www.sat.gob.mx/sitio_internet/cfd/Pagos/Pagos20.xsd\" Version=\"4.0\" \
         Serie=\"P\" Folio=\"1\" Fecha=\"2026-11-20T10:00:00\" Sello=\"{sello}\" \
         NoCertificado=\"{NUMERO}\" Certificado=\"{certificado}\" SubTotal=\"0\" Moneda=\"XXX\" \
         Total=\"0\" TipoDeComprobante=\"P\" Exportacion=\"01\" LugarExpedicion=\"64000\">\
         <cfdi:Emisor Rfc=\"EKU9003173C9\" Nombre=\"ESCUELA KEMPER URGATE\" \
         RegimenFiscal=\"601\"/><cfdi:Receptor Rfc=\"CACX7605101P8\" \
         Nombre=\"XOCHILT CASAS CHAVEZ\" DomicilioFiscalReceptor=\"36257\" \
         RegimenFiscalReceptor=\"612\" UsoCFDI=\"CP01\"/><cfdi:Conceptos><cfdi:Concepto \
         ClaveProdServ=\"84111506\" Cantidad=\"1\" ClaveUnidad=\"ACT\" Descripcion=\"Pago\" \
         ValorUnitario=\"0\" Importe=\"0\" ObjetoImp=\"01\"/></cfdi:Conceptos>{PAGOS}\
         </cfdi:Comprobante>"
    );
    replace(&xml, changes)
}

#[tokio::test]
async fn the_vector_of_the_norm_is_stamped_inside_its_complement() {
    let hash = hex(&sha256(CADENA.as_bytes()));
    assert_eq!(hash, "569aa90a3d4ae51b6f9f90c5c0595b0c5275c2d5e4a79e23425427e3963ec889");
    let (_, router) = emulador(clock());
    let r = stamp(&router, &rep(&[], &[])).await;
    assert_eq!(r.estado, 200, "{}", r.texto());
    let cfdi = r.json()["data"]["cfdi"].as_str().unwrap().to_owned();
    assert!(cfdi.contains("</pago20:Pagos><tfd:TimbreFiscalDigital"), "{cfdi}");
    assert_eq!(cfdi.matches("<cfdi:Complemento>").count(), 1);
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

#[tokio::test]
async fn each_broken_figure_has_its_crp_code() {
    type Cambio = (&'static str, &'static str);
    let casos: &[(&str, Cambio, Cambio)] = &[
        ("CRP20204", ("BaseIVA16=\"258.62\"", "BaseIVA16=\"258.63\""), ("|258.62|", "|258.63|")),
        ("CRP20211", ("Pagos=\"300.00\"", "Pagos=\"300.01\""), ("41.38|300.00", "41.38|300.01")),
        ("CRP20212", ("FormaDePagoP=\"03\"", "FormaDePagoP=\"99\""), ("00|03|MXN", "00|99|MXN")),
        (
            "CRP20217",
            ("Monto=\"300.00\"", "Monto=\"299.99\""),
            ("|1|300.00|SPEI", "|1|299.99|SPEI"),
        ),
        ("CRP20238", ("DR=\"1\" Num", "DR=\"2\" Num"), ("MXN|1|1|499", "MXN|2|1|499")),
        ("CRP20244", ("Insoluto=\"199.00\"", "Insoluto=\"198.00\""), ("|199.00|", "|198.00|")),
        (
            "CRP20261",
            ("ImporteDR=\"41.379310\"", "ImporteDR=\"41.389310\""),
            ("41.379310|258", "41.389310|258"),
        ),
        (
            "CRP20271",
            ("BaseP=\"258.620690\"", "BaseP=\"259.620690\""),
            ("310|258.620690", "310|259.620690"),
        ),
        (
            "CRP20274",
            ("ImporteP=\"41.379310\"", "ImporteP=\"42.379310\""),
            ("0.160000|41.379310||", "0.160000|42.379310||"),
        ),
        ("CRP20112", ("UsoCFDI=\"CP01\"", "UsoCFDI=\"S01\""), ("|CP01|", "|S01|")),
        ("CRP20120", ("Descripcion=\"Pago\"", "Descripcion=\"Abono\""), ("|Pago|", "|Abono|")),
    ];
    let (_, router) = emulador(clock());
    for (esperado, xml, cadena) in casos {
        let r = stamp(&router, &rep(&[*xml], &[*cadena])).await;
        assert_eq!(code(&r), *esperado, "{}", r.texto());
    }
}
