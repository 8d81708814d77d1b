//! `SummaryDocuments` (RC, §8) and `VoidedDocuments` (RA, §9), UBL 2.0 with SUNAT's own lines.

use ramal_base::Dinero;

use super::bloques;
use super::pluma::Pluma;
use super::{Raiz, SinFirma};
use crate::catalogos::{Tipo, Tributo};
use crate::modelo::{Baja, LineaBaja, LineaResumen, Lote, Resumen};

/// Canonical XML of a resumen diario, unsigned. Source: §8.
pub fn escribir_resumen(resumen: &Resumen) -> SinFirma {
    let capacidad = 3_000 + 1_600 * resumen.lineas.len();
    let mut p = Pluma::new(Raiz::SummaryDocuments, &resumen.lote.ruc, capacidad);
    cabeza(&mut p, &resumen.lote, Tipo::Resumen, "1.1");
    for (i, linea) in resumen.lineas.iter().enumerate() {
        p.abrir("sac:SummaryDocumentsLine");
        p.hoja("cbc:LineID", &(i + 1).to_string());
        linea_de_resumen(&mut p, linea);
        p.cerrar("sac:SummaryDocumentsLine");
    }
    p.terminar()
}

/// Canonical XML of a comunicación de baja, unsigned. Source: §9.
pub fn escribir_baja(baja: &Baja) -> SinFirma {
    let capacidad = 3_000 + 400 * baja.lineas.len();
    let mut p = Pluma::new(Raiz::VoidedDocuments, &baja.lote.ruc, capacidad);
    cabeza(&mut p, &baja.lote, Tipo::Baja, "1.0");
    for (i, linea) in baja.lineas.iter().enumerate() {
        p.abrir("sac:VoidedDocumentsLine");
        p.hoja("cbc:LineID", &(i + 1).to_string());
        linea_de_baja(&mut p, linea);
        p.cerrar("sac:VoidedDocumentsLine");
    }
    p.terminar()
}

fn cabeza(p: &mut Pluma, lote: &Lote, tipo: Tipo, version: &str) {
    p.hoja("cbc:UBLVersionID", "2.0");
    p.hoja("cbc:CustomizationID", version);
    p.hoja("cbc:ID", &lote.id(tipo));
    p.hoja("cbc:ReferenceDate", &lote.fecha_documentos.to_string());
    p.hoja("cbc:IssueDate", &lote.fecha.to_string());
    bloques::firma(p, &lote.ruc, &lote.razon_social);
    p.abrir("cac:AccountingSupplierParty");
    p.hoja("cbc:CustomerAssignedAccountID", &lote.ruc);
    p.hoja("cbc:AdditionalAccountID", "6");
    p.abrir("cac:Party");
    p.abrir("cac:PartyLegalEntity");
    p.hoja("cbc:RegistrationName", &lote.razon_social);
    p.cerrar("cac:PartyLegalEntity");
    p.cerrar("cac:Party");
    p.cerrar("cac:AccountingSupplierParty");
}

fn linea_de_resumen(p: &mut Pluma, linea: &LineaResumen) {
    p.hoja("cbc:DocumentTypeCode", linea.tipo.codigo());
    p.hoja("cbc:ID", &linea.id);
    if let Some((tipo, numero)) = &linea.cliente {
        p.abrir("cac:AccountingCustomerParty");
        p.hoja("cbc:CustomerAssignedAccountID", numero);
        p.hoja("cbc:AdditionalAccountID", tipo.codigo());
        p.cerrar("cac:AccountingCustomerParty");
    }
    if let Some(afectado) = &linea.afectado {
        p.abrir("cac:BillingReference");
        p.abrir("cac:InvoiceDocumentReference");
        p.hoja("cbc:ID", afectado);
        p.hoja("cbc:DocumentTypeCode", "03");
        p.cerrar("cac:InvoiceDocumentReference");
        p.cerrar("cac:BillingReference");
    }
    p.abrir("cac:Status");
    p.hoja("cbc:ConditionCode", linea.condicion.codigo());
    p.cerrar("cac:Status");
    importes_de_resumen(p, linea);
}

fn importes_de_resumen(p: &mut Pluma, linea: &LineaResumen) {
    p.monto("sac:TotalAmount", linea.total);
    let pagos = [
        (linea.gravado, "01"),
        (linea.exonerado, "02"),
        (linea.inafecto, "03"),
        (linea.exportacion, "04"),
        (linea.gratuito, "05"),
    ];
    for (monto, codigo) in pagos.iter().filter(|(monto, _)| monto.centavos > 0) {
        p.abrir("sac:BillingPayment");
        p.monto("cbc:PaidAmount", *monto);
        p.hoja("cbc:InstructionID", codigo);
        p.cerrar("sac:BillingPayment");
    }
    if linea.otros_cargos.centavos > 0 {
        p.abrir("cac:AllowanceCharge");
        p.hoja("cbc:ChargeIndicator", "true");
        p.monto("cbc:Amount", linea.otros_cargos);
        p.cerrar("cac:AllowanceCharge");
    }
    igv(p, linea.igv);
}

fn igv(p: &mut Pluma, monto: Dinero) {
    p.abrir("cac:TaxTotal");
    p.monto("cbc:TaxAmount", monto);
    p.abrir("cac:TaxSubtotal");
    p.monto("cbc:TaxAmount", monto);
    p.abrir("cac:TaxCategory");
    p.tributo(Tributo::Igv.ficha(), &[]);
    p.cerrar("cac:TaxCategory");
    p.cerrar("cac:TaxSubtotal");
    p.cerrar("cac:TaxTotal");
}

fn linea_de_baja(p: &mut Pluma, linea: &LineaBaja) {
    p.hoja("cbc:DocumentTypeCode", linea.tipo.codigo());
    p.hoja("sac:DocumentSerialID", &linea.serie);
    p.hoja("sac:DocumentNumberID", &linea.numero.to_string());
    p.hoja("sac:VoidReasonDescription", &linea.motivo);
}
