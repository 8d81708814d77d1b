//! Blocks that documents share (§5): signature reference, parties, taxes, totals, payment. Order is
//! the XSD's; it leaves lines and headers to the documents.

use super::pluma::{self, Pluma};
use crate::modelo::{
    Cliente, Comun, Cuota, Detraccion, Direccion, Emisor, FormaPago, Leyenda, Totales,
};
use crate::texto::{factor, porcentaje};
use ramal_base::Dinero;
use rust_decimal::Decimal;

/// `cac:Signature` (§5.3).
pub(super) fn firma(p: &mut Pluma, ruc: &str, razon_social: &str) {
    let id = p.id_firma();
    p.abrir("cac:Signature");
    p.hoja("cbc:ID", &id);
    p.abrir("cac:SignatoryParty");
    p.abrir("cac:PartyIdentification");
    p.hoja("cbc:ID", ruc);
    p.cerrar("cac:PartyIdentification");
    p.abrir("cac:PartyName");
    p.hoja("cbc:Name", razon_social);
    p.cerrar("cac:PartyName");
    p.cerrar("cac:SignatoryParty");
    p.abrir("cac:DigitalSignatureAttachment");
    p.abrir("cac:ExternalReference");
    p.hoja("cbc:URI", &format!("#{id}"));
    p.cerrar("cac:ExternalReference");
    p.cerrar("cac:DigitalSignatureAttachment");
    p.cerrar("cac:Signature");
}

/// Version, number and date: the head of 01, 03, 07 and 08.
pub(super) fn cabeza(p: &mut Pluma, c: &Comun) {
    p.hoja("cbc:UBLVersionID", "2.1");
    p.codigo("cbc:CustomizationID", &[pluma::SUNAT], "2.0");
    p.hoja("cbc:ID", &c.id());
    p.hoja("cbc:IssueDate", &c.fecha.to_string());
    p.opcional("cbc:IssueTime", c.hora.as_deref());
}

/// Legends (§12.9).
pub(super) fn leyendas(p: &mut Pluma, leyendas: &[Leyenda]) {
    for leyenda in leyendas {
        p.codigo("cbc:Note", &[("languageLocaleID", &leyenda.codigo)], &leyenda.texto);
    }
}

/// `cac:AccountingSupplierParty` (§5.4).
pub(super) fn emisor(p: &mut Pluma, emisor: &Emisor) {
    p.abrir("cac:AccountingSupplierParty");
    p.abrir("cac:Party");
    p.identidad("6", &emisor.ruc);
    if let Some(nombre) = &emisor.nombre_comercial {
        p.abrir("cac:PartyName");
        p.hoja("cbc:Name", nombre);
        p.cerrar("cac:PartyName");
    }
    p.abrir("cac:PartyLegalEntity");
    p.hoja("cbc:RegistrationName", &emisor.razon_social);
    direccion(p, &emisor.direccion);
    p.cerrar("cac:PartyLegalEntity");
    p.cerrar("cac:Party");
    p.cerrar("cac:AccountingSupplierParty");
}

fn direccion(p: &mut Pluma, d: &Direccion) {
    p.abrir("cac:RegistrationAddress");
    p.codigo("cbc:ID", pluma::UBIGEO, &d.ubigeo);
    p.codigo("cbc:AddressTypeCode", pluma::ESTABLECIMIENTO, &d.establecimiento);
    p.opcional("cbc:CitySubdivisionName", d.urbanizacion.as_deref());
    p.hoja("cbc:CityName", &d.provincia);
    p.hoja("cbc:CountrySubentity", &d.departamento);
    p.hoja("cbc:District", &d.distrito);
    p.abrir("cac:AddressLine");
    p.hoja("cbc:Line", &d.linea);
    p.cerrar("cac:AddressLine");
    p.abrir("cac:Country");
    p.codigo("cbc:IdentificationCode", pluma::PAIS, "PE");
    p.cerrar("cac:Country");
    p.cerrar("cac:RegistrationAddress");
}

/// `cac:AccountingCustomerParty` (§5.5).
pub(super) fn cliente(p: &mut Pluma, cliente: &Cliente) {
    p.abrir("cac:AccountingCustomerParty");
    p.abrir("cac:Party");
    p.identidad(cliente.tipo.codigo(), &cliente.numero);
    p.abrir("cac:PartyLegalEntity");
    p.hoja("cbc:RegistrationName", &cliente.nombre);
    if let Some(linea) = &cliente.direccion {
        p.abrir("cac:RegistrationAddress");
        p.abrir("cac:AddressLine");
        p.hoja("cbc:Line", linea);
        p.cerrar("cac:AddressLine");
        p.cerrar("cac:RegistrationAddress");
    }
    p.cerrar("cac:PartyLegalEntity");
    if let Some(correo) = &cliente.correo {
        p.abrir("cac:Contact");
        p.hoja("cbc:ElectronicMail", correo);
        p.cerrar("cac:Contact");
    }
    p.cerrar("cac:Party");
    p.cerrar("cac:AccountingCustomerParty");
}

/// Header `cac:TaxTotal`: one subtotal per tribute, without percent (§5.6).
pub(super) fn impuestos(p: &mut Pluma, totales: &Totales) {
    p.abrir("cac:TaxTotal");
    p.monto("cbc:TaxAmount", totales.impuestos);
    for subtotal in &totales.subtotales {
        p.abrir("cac:TaxSubtotal");
        p.monto("cbc:TaxableAmount", subtotal.base);
        p.monto("cbc:TaxAmount", subtotal.impuesto);
        p.abrir("cac:TaxCategory");
        p.tributo(subtotal.tributo.ficha(), pluma::TRIBUTO);
        p.cerrar("cac:TaxCategory");
        p.cerrar("cac:TaxSubtotal");
    }
    p.cerrar("cac:TaxTotal");
}

/// Monetary total under `nombre`, which is another one in notas de débito (§5.8).
pub(super) fn totales(p: &mut Pluma, nombre: &str, t: &Totales) {
    p.abrir(nombre);
    p.monto("cbc:LineExtensionAmount", t.valor_venta);
    p.monto("cbc:TaxInclusiveAmount", t.precio_venta);
    if t.anticipos.centavos != 0 {
        p.monto("cbc:PrepaidAmount", t.anticipos);
    }
    if t.redondeo.centavos != 0 {
        p.monto("cbc:PayableRoundingAmount", t.redondeo);
    }
    p.monto("cbc:PayableAmount", t.total);
    p.cerrar(nombre);
}

/// Discount: code of catalogue 53, factor, amount, base (§5.7).
pub(super) fn descuento(
    p: &mut Pluma,
    codigo: &str,
    multiplicador: Option<Decimal>,
    monto: Dinero,
    base: Option<Dinero>,
) {
    p.abrir("cac:AllowanceCharge");
    p.hoja("cbc:ChargeIndicator", "false");
    p.codigo("cbc:AllowanceChargeReasonCode", pluma::CARGO, codigo);
    if let Some(f) = multiplicador {
        p.hoja("cbc:MultiplierFactorNumeric", &factor(f));
    }
    p.monto("cbc:Amount", monto);
    if let Some(base) = base {
        p.monto("cbc:BaseAmount", base);
    }
    p.cerrar("cac:AllowanceCharge");
}

/// `cac:PaymentMeans` of the detracción: the account of the deposit (§11.2).
pub(super) fn medio_detraccion(p: &mut Pluma, d: &Detraccion) {
    p.abrir("cac:PaymentMeans");
    p.hoja("cbc:ID", "Detraccion");
    p.codigo("cbc:PaymentMeansCode", pluma::MEDIO_PAGO, &d.medio);
    p.abrir("cac:PayeeFinancialAccount");
    p.hoja("cbc:ID", &d.cuenta);
    p.cerrar("cac:PayeeFinancialAccount");
    p.cerrar("cac:PaymentMeans");
}

/// `cac:PaymentTerms` of the detracción.
pub(super) fn terminos_detraccion(p: &mut Pluma, d: &Detraccion) {
    p.abrir("cac:PaymentTerms");
    p.hoja("cbc:ID", "Detraccion");
    p.codigo("cbc:PaymentMeansID", pluma::DETRACCION, &d.codigo);
    p.hoja("cbc:PaymentPercent", &porcentaje(d.tasa));
    p.monto("cbc:Amount", d.monto);
    p.cerrar("cac:PaymentTerms");
}

/// `cac:PaymentTerms` of cash or credit, one per datum (§11.1).
pub(super) fn forma_pago(p: &mut Pluma, forma: &FormaPago) {
    match forma {
        FormaPago::Contado => termino(p, "Contado", None, None),
        FormaPago::Credito { pendiente, cuotas } => {
            termino(p, "Credito", Some(*pendiente), None);
            for (i, cuota) in cuotas.iter().enumerate() {
                termino(p, &format!("Cuota{:03}", i + 1), Some(cuota.monto), Some(cuota));
            }
        }
    }
}

fn termino(p: &mut Pluma, medio: &str, monto: Option<Dinero>, cuota: Option<&Cuota>) {
    p.abrir("cac:PaymentTerms");
    p.hoja("cbc:ID", "FormaPago");
    p.hoja("cbc:PaymentMeansID", medio);
    if let Some(monto) = monto {
        p.monto("cbc:Amount", monto);
    }
    if let Some(cuota) = cuota {
        p.hoja("cbc:PaymentDueDate", &cuota.vence.to_string());
    }
    p.cerrar("cac:PaymentTerms");
}
