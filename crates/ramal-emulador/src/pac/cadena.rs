//! Cadena original 4.0 read from the tree, written apart from the builder so that each checks the
//! other.
//! It deliberately covers only the complement Pagos; others are refused before they reach it.
//!
//! Source: cadenaoriginal_4_0.xslt and Pagos20.xslt.

use ramal_xml::NodeRef;

use crate::xml::children;

/// The cadena of a `cfdi:Comprobante`.
pub fn cadena(root: NodeRef<'_>) -> String {
    let mut c = Cadena(String::with_capacity(1024));
    c.0.push('|');
    c.attributes(
        root,
        "Version Serie? Folio? Fecha FormaPago? NoCertificado CondicionesDePago? SubTotal \
         Descuento? Moneda TipoCambio? Total TipoDeComprobante Exportacion MetodoPago? \
         LugarExpedicion Confirmacion?",
    );
    for n in children(root, "InformacionGlobal") {
        c.attributes(n, "Periodicidad Meses Año");
    }
    for n in children(root, "CfdiRelacionados") {
        c.attributes(n, "TipoRelacion");
        c.each(n, "CfdiRelacionado", "UUID");
    }
    c.each(root, "Emisor", "Rfc Nombre RegimenFiscal FacAtrAdquirente?");
    c.each(
        root,
        "Receptor",
        "Rfc Nombre DomicilioFiscalReceptor ResidenciaFiscal? NumRegIdTrib? \
         RegimenFiscalReceptor UsoCFDI",
    );
    for concepto in children(root, "Conceptos").flat_map(|n| children(n, "Concepto")) {
        c.concepto(concepto);
    }
    for impuestos in children(root, "Impuestos") {
        c.impuestos(impuestos);
    }
    for pagos in children(root, "Complemento").flat_map(|n| children(n, "Pagos")) {
        c.pagos(pagos);
    }
    c.0.push_str("||");
    c.0
}

const TRASLADO: &str = "Base Impuesto TipoFactor TasaOCuota? Importe?";

struct Cadena(String);

impl Cadena {
    /// Fields by name in order; a `?` marks the optional ones.
    fn attributes(&mut self, node: NodeRef<'_>, fields: &str) {
        for field in fields.split_whitespace() {
            match field.strip_suffix('?') {
                Some(name) => {
                    if let Some(valor) = node.attr(name) {
                        self.field(valor);
                    }
                }
                None => self.field(node.attr(field).unwrap_or("")),
            }
        }
    }

    fn field(&mut self, valor: &str) {
        self.0.push('|');
        let blanks = [' ', '\t', '\n', '\r'];
        let mut first = true;
        for parte in valor.split(blanks).filter(|p| !p.is_empty()) {
            if !first {
                self.0.push(' ');
            }
            first = false;
            self.0.push_str(parte);
        }
    }

    fn each(&mut self, node: NodeRef<'_>, name: &str, fields: &str) {
        for hijo in children(node, name) {
            self.attributes(hijo, fields);
        }
    }

    /// `group/item` pairs with their fields.
    fn grouped(&mut self, node: NodeRef<'_>, group: &str, item: &str, fields: &str) {
        for g in children(node, group) {
            self.each(g, item, fields);
        }
    }

    fn concepto(&mut self, n: NodeRef<'_>) {
        self.attributes(
            n,
            "ClaveProdServ NoIdentificacion? Cantidad ClaveUnidad Unidad? Descripcion \
             ValorUnitario Importe Descuento? ObjetoImp",
        );
        for impuestos in children(n, "Impuestos") {
            self.grouped(impuestos, "Traslados", "Traslado", TRASLADO);
            let retencion = "Base Impuesto TipoFactor TasaOCuota Importe";
            self.grouped(impuestos, "Retenciones", "Retencion", retencion);
        }
        self.each(
            n,
            "ACuentaTerceros",
            "RfcACuentaTerceros NombreACuentaTerceros RegimenFiscalACuentaTerceros \
             DomicilioFiscalACuentaTerceros",
        );
        self.each(n, "InformacionAduanera", "NumeroPedimento");
        self.each(n, "CuentaPredial", "Numero");
        for parte in children(n, "Parte") {
            self.attributes(
                parte,
                "ClaveProdServ NoIdentificacion? Cantidad Unidad? Descripcion ValorUnitario? \
                 Importe?",
            );
            self.each(parte, "InformacionAduanera", "NumeroPedimento");
        }
    }

    fn impuestos(&mut self, n: NodeRef<'_>) {
        self.grouped(n, "Retenciones", "Retencion", "Impuesto Importe");
        self.attributes(n, "TotalImpuestosRetenidos?");
        self.grouped(n, "Traslados", "Traslado", TRASLADO);
        self.attributes(n, "TotalImpuestosTrasladados?");
    }

    fn pagos(&mut self, n: NodeRef<'_>) {
        self.attributes(n, "Version");
        self.each(
            n,
            "Totales",
            "TotalRetencionesIVA? TotalRetencionesISR? TotalRetencionesIEPS? \
             TotalTrasladosBaseIVA16? TotalTrasladosImpuestoIVA16? TotalTrasladosBaseIVA8? \
             TotalTrasladosImpuestoIVA8? TotalTrasladosBaseIVA0? TotalTrasladosImpuestoIVA0? \
             TotalTrasladosBaseIVAExento? MontoTotalPagos",
        );
        for pago in children(n, "Pago") {
            self.pago(pago);
        }
    }

    fn pago(&mut self, n: NodeRef<'_>) {
        self.attributes(
            n,
            "FechaPago FormaDePagoP MonedaP TipoCambioP? Monto NumOperacion? RfcEmisorCtaOrd? \
             NomBancoOrdExt? CtaOrdenante? RfcEmisorCtaBen? CtaBeneficiario? TipoCadPago? \
             CertPago? CadPago? SelloPago?",
        );
        for docto in children(n, "DoctoRelacionado") {
            self.attributes(
                docto,
                "IdDocumento Serie? Folio? MonedaDR EquivalenciaDR? NumParcialidad ImpSaldoAnt \
                 ImpPagado ImpSaldoInsoluto ObjetoImpDR",
            );
            for impuestos in children(docto, "ImpuestosDR") {
                let retencion = "BaseDR ImpuestoDR TipoFactorDR TasaOCuotaDR ImporteDR";
                self.grouped(impuestos, "RetencionesDR", "RetencionDR", retencion);
                let traslado = "BaseDR ImpuestoDR TipoFactorDR TasaOCuotaDR? ImporteDR?";
                self.grouped(impuestos, "TrasladosDR", "TrasladoDR", traslado);
            }
        }
        for impuestos in children(n, "ImpuestosP") {
            self.grouped(impuestos, "RetencionesP", "RetencionP", "ImpuestoP ImporteP");
            let traslado = "BaseP ImpuestoP TipoFactorP TasaOCuotaP? ImporteP?";
            self.grouped(impuestos, "TrasladosP", "TrasladoP", traslado);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_collapse_and_hard_spaces_stay() {
        let casos = [
            ("A&#9;B", "A B"),
            ("A\n  B", "A B"),
            ("A&#13;B", "A B"),
            (" A&#160;&#160;B ", "A\u{a0}\u{a0}B"),
            ("   ", ""),
            ("&amp;", "&"),
        ];
        for (escrito, leido) in casos {
            let xml = format!("<C Version=\"4.0\" Serie=\"{escrito}\"/>");
            let doc = crate::xml::read(xml.as_bytes()).unwrap();
            let c = cadena(doc.root());
            assert!(c.starts_with(&format!("||4.0|{leido}|")), "{c}");
        }
    }

    #[test]
    fn vector_of_the_credit_note_gives_the_official_text() {
        let xml = "<cfdi:Comprobante xmlns:cfdi=\"http://www.sat.gob.mx/cfd/4\" Version=\"4.0\" \
             Serie=\"NC\" Folio=\"1\" Fecha=\"2026-11-20T10:00:00\" FormaPago=\"15\" \
             NoCertificado=\"30001000000400002434\" SubTotal=\"43.02\" Moneda=\"MXN\" \
             Total=\"49.90\" TipoDeComprobante=\"E\" Exportacion=\"01\" MetodoPago=\"PUE\" \
             LugarExpedicion=\"64000\"><cfdi:CfdiRelacionados \
             TipoRelacion=\"01\"><cfdi:CfdiRelacionado \
             UUID=\"5A9C1B2E-0000-4000-8000-000000000001\"/></cfdi:CfdiRelacionados><cfdi:Emisor \
             Rfc=\"EKU9003173C9\" Nombre=\"ESCUELA KEMPER URGATE\" \
             RegimenFiscal=\"601\"/><cfdi:Receptor Rfc=\"CACX7605101P8\" Nombre=\"XOCHILT CASAS \
             CHAVEZ\" DomicilioFiscalReceptor=\"36257\" RegimenFiscalReceptor=\"612\" \
             UsoCFDI=\"G02\"/><cfdi:Conceptos><cfdi:Concepto ClaveProdServ=\"84111506\" \
             Cantidad=\"1\" ClaveUnidad=\"ACT\" Descripcion=\"Bonificacion por falla de servicio \
             3 dias\" ValorUnitario=\"43.02\" Importe=\"43.02\" \
             ObjetoImp=\"02\"><cfdi:Impuestos><cfdi:Traslados><cfdi:Traslado Base=\"43.02\" \
             Impuesto=\"002\" TipoFactor=\"Tasa\" TasaOCuota=\"0.160000\" \
             Importe=\"6.88\"/></cfdi:Traslados></cfdi:Impuestos></cfdi:Concepto>\
             </cfdi:Conceptos><cfdi:Impuestos \
             TotalImpuestosTrasladados=\"6.88\"><cfdi:Traslados><cfdi:Traslado Base=\"43.02\" \
             Impuesto=\"002\" TipoFactor=\"Tasa\" TasaOCuota=\"0.160000\" \
             Importe=\"6.88\"/></cfdi:Traslados></cfdi:Impuestos></cfdi:Comprobante>";
        let doc = crate::xml::read(xml.as_bytes()).unwrap();
        let hash = hex::encode(ramal_xml::sha256(cadena(doc.root()).as_bytes()));
        assert_eq!(hash, "69cf65939fd169465bc6d83d43ff92baddea5226b4fe25f6849cd6aab3246b61");
    }

    #[test]
    fn rarely_used_nodes_give_the_text_of_the_official_style_sheet() {
        let xml = include_bytes!("../../tests/datos/cadena_rica.xml");
        let doc = crate::xml::read(xml).unwrap();
        let hash = hex::encode(ramal_xml::sha256(cadena(doc.root()).as_bytes()));
        assert_eq!(hash, "65ce062d637ccb509dac83f1cda600c0a63529dae6a1a8de3d5009b9f5cc0909");
    }
}
