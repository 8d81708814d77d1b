//! `Invoice`: factura (01) and boleta (03), in the order of §6. Lines and blocks are written by
//! their own files.

use super::bloques;
use super::linea::{Nombres, lineas};
use super::pluma::{self, Pluma, catalogo};
use super::{Raiz, SinFirma};
use crate::modelo::{Anticipo, Cpe};

const LINEA: Nombres =
    Nombres { linea: "cac:InvoiceLine", cantidad: "cbc:InvoicedQuantity", descuento_antes: true };

/// Canonical XML of a factura or boleta, unsigned. Source: §6, §11.
pub fn escribir_cpe(cpe: &Cpe) -> SinFirma {
    let c = &cpe.comun;
    let mut p = Pluma::new(Raiz::Invoice, &c.emisor.ruc, 4_000 + 2_200 * c.lineas.len());
    bloques::cabeza(&mut p, c);
    p.opcional("cbc:DueDate", cpe.vencimiento.map(|f| f.to_string()).as_deref());
    tipo(&mut p, cpe);
    bloques::leyendas(&mut p, &c.leyendas);
    p.codigo("cbc:DocumentCurrencyCode", pluma::MONEDA, c.moneda.codigo());
    if let Some(orden) = &cpe.orden_compra {
        p.abrir("cac:OrderReference");
        p.hoja("cbc:ID", orden);
        p.cerrar("cac:OrderReference");
    }
    for (i, anticipo) in cpe.anticipos.iter().enumerate() {
        documento_de_anticipo(&mut p, i + 1, anticipo);
    }
    bloques::firma(&mut p, &c.emisor.ruc, &c.emisor.razon_social);
    bloques::emisor(&mut p, &c.emisor);
    bloques::cliente(&mut p, &c.cliente);
    pago(&mut p, cpe);
    descuentos(&mut p, cpe);
    bloques::impuestos(&mut p, &c.totales);
    bloques::totales(&mut p, "cac:LegalMonetaryTotal", &c.totales);
    lineas(&mut p, &LINEA, &c.lineas, c.moneda);
    p.terminar()
}

fn tipo(p: &mut Pluma, cpe: &Cpe) {
    let atributos = [
        ("listAgencyName", "PE:SUNAT"),
        ("listID", cpe.operacion.as_str()),
        ("listName", "Tipo de Documento"),
        ("listSchemeURI", catalogo!("51")),
        ("listURI", catalogo!("01")),
        ("name", "Tipo de Operacion"),
    ];
    p.codigo("cbc:InvoiceTypeCode", &atributos, cpe.tipo_documento().codigo());
}

fn documento_de_anticipo(p: &mut Pluma, i: usize, anticipo: &Anticipo) {
    p.abrir("cac:AdditionalDocumentReference");
    p.hoja("cbc:ID", &anticipo.documento);
    p.codigo("cbc:DocumentTypeCode", pluma::DOCUMENTO_RELACIONADO, &anticipo.tipo_documento);
    p.codigo("cbc:DocumentStatusCode", pluma::ANTICIPO_ESTADO, &i.to_string());
    p.abrir("cac:IssuerParty");
    p.identidad("6", &anticipo.ruc);
    p.cerrar("cac:IssuerParty");
    p.cerrar("cac:AdditionalDocumentReference");
}

/// Detracción first, then cash or credit, then the advances already paid.
fn pago(p: &mut Pluma, cpe: &Cpe) {
    if let Some(detraccion) = &cpe.detraccion {
        bloques::medio_detraccion(p, detraccion);
        bloques::terminos_detraccion(p, detraccion);
    }
    if let Some(forma) = &cpe.forma_pago {
        bloques::forma_pago(p, forma);
    }
    for (i, anticipo) in cpe.anticipos.iter().enumerate() {
        p.abrir("cac:PrepaidPayment");
        p.codigo("cbc:ID", pluma::ANTICIPO_PAGO, &(i + 1).to_string());
        p.monto("cbc:PaidAmount", anticipo.bruto);
        p.cerrar("cac:PrepaidPayment");
    }
}

fn descuentos(p: &mut Pluma, cpe: &Cpe) {
    for anticipo in &cpe.anticipos {
        bloques::descuento(p, anticipo.tributo.codigo(), None, anticipo.neto, None);
    }
    if let Some(d) = &cpe.descuento_global {
        bloques::descuento(p, "02", Some(d.factor), d.monto, Some(d.base));
    }
    if let Some(r) = &cpe.retencion {
        bloques::descuento(p, "62", Some(r.factor), r.monto, Some(r.base));
    }
}
